//! Opening a record: who may, which fields must be filled, when it happened.

use anlan_base::{Day, Instant, parse_time};
use anlan_law::kind::{Kind, Setting};

use super::super::effects::Birth;
use super::super::values::{judged, over};
use super::super::who::Place;
use super::super::{Context, Draft, Refusal, UnitId, Values};
use super::not_yours;

pub(super) fn open(
    kind: &Kind,
    unit: UnitId,
    values: &Values,
    happened: Option<Instant>,
    context: &Context<'_>,
) -> Result<Vec<Draft>, Refusal> {
    may_open(kind, unit, context)?;
    if happened.is_some_and(|happened| happened > context.now) {
        return Err(Refusal::new("happened-ahead"));
    }
    let mut given = Values::new();
    for (name, typed) in values {
        let field = kind.field(name).ok_or_else(|| Refusal::new("field-unknown").at(name))?;
        if !typed.trim().is_empty() && is_written_by_moves(kind, name) {
            return Err(Refusal::new("field-automatic").at(name));
        }
        given.insert(name.clone(), judged(field, typed, context)?);
    }
    let given = over(&Values::new(), &given);
    let facts = kind.facts(&given);
    if let Some(field) = kind.fields.iter().find(|field| field.is_required(&facts) && !given.contains_key(&field.name)) {
        return Err(Refusal::new("field-required").at(&field.name));
    }
    let happened = happened.or_else(|| told_by_field(&given, context)).unwrap_or(context.now);
    let late_entry = Day::of(happened) < Day::of(context.now);
    let (opener, mut drafts) = (context.actor.person, Vec::with_capacity(1));
    Birth { nth: 0, kind, unit, opener, happened, late_entry, values: &given, parent: None, series: None }.draft(context, &mut drafts)?;
    Ok(drafts)
}

/// A kind whose form asks when it happened says so in this field.
const HAPPENED: &str = "happened";

/// What the form says; nothing where it lies ahead: what is planned has not happened.
fn told_by_field(given: &Values, context: &Context<'_>) -> Option<Instant> {
    let told = parse_time(given.get(HAPPENED)?).ok()?;
    (told <= context.now).then_some(told)
}

/// Whether the actor may open a record of the kind in the unit.
///
/// # Errors
/// Why not.
pub fn may_open(kind: &Kind, unit: UnitId, context: &Context<'_>) -> Result<(), Refusal> {
    let known = context.people.unit(unit).ok_or(Refusal::new("not-there"))?;
    let place = Place { people: context.people, unit, opener: None, holder: None, delegate: None, values: &Values::new() };
    if kind.opens.is_empty() {
        return Err(Refusal::new("opens-by-itself"));
    }
    if known.closed {
        return Err(Refusal::new("unit-closed").with("name", known.name.as_str()));
    }
    place.may(&kind.opens, &[], context.actor).map_err(|not| not_yours(not, "open-not-yours", context))
}

/// Fields that only moves write, such as the moment of the striking off.
pub(in super::super) fn is_written_by_moves(kind: &Kind, name: &str) -> bool {
    let sets = |set: &(String, Setting)| set.0 == name && !matches!(set.1, Setting::Text(_));
    kind.moves.iter().any(|a_move| a_move.sets.iter().any(sets)) && !kind.moves.iter().any(|a_move| asks_for(a_move, name))
}

fn asks_for(a_move: &anlan_law::kind::Move, name: &str) -> bool {
    a_move.needs.iter().chain(&a_move.asks).any(|field| field == name)
}
