//! Values as people give them, judged by their field.
//!
//! Invariant: what passes is canonical text that its field's shape reads, and names people, units and kinds that are there. Whether a record, a source
//! or an attachment that it names is there is for the store to say.

use anlan_base::{Day, Instant, TimeOfDay};
use anlan_law::condition::Condition;
use anlan_law::kind::{Field, Kind, Shape};

use super::fact::{people_of, units_of};
use super::{Context, PersonId, Refusal, UnitId, Values};

/// The canonical text of what somebody typed into a field; empty where they emptied it.
pub(super) fn judged(field: &Field, typed: &str, context: &Context<'_>) -> Result<String, Refusal> {
    let canonical = field.check(typed, context.kinds).map_err(|fault| Refusal::of_value(fault).at(&field.name))?;
    if canonical.is_empty() {
        return Ok(canonical);
    }
    match unknown(&field.shape, &canonical, context) {
        Some(refusal) => Err(refusal.at(&field.name)),
        None => Ok(canonical),
    }
}

/// What a value names that is not there.
fn unknown(shape: &Shape, value: &str, context: &Context<'_>) -> Option<Refusal> {
    let person = |id: PersonId| match context.people.person(id) {
        None => Some(Refusal::new("person-unknown").with("value", id.to_string())),
        Some(person) if person.left => Some(Refusal::new("person-left").with("name", person.name.as_str())),
        Some(_) => None,
    };
    let unit = |id: UnitId| match context.people.unit(id) {
        None => Some(Refusal::new("unit-unknown").with("value", id.to_string())),
        Some(unit) if unit.closed => Some(Refusal::new("unit-closed").with("name", unit.name.as_str())),
        Some(_) => None,
    };
    match shape {
        Shape::Person => PersonId::parse(value).and_then(person),
        Shape::People { .. } => people_of(value)?.into_iter().find_map(person),
        Shape::Unit => UnitId::parse(value).and_then(unit),
        Shape::Units { .. } => units_of(value)?.into_iter().find_map(unit),
        _ => None,
    }
}

/// The values with the new ones over them; an empty new one empties the field.
pub(super) fn over(old: &Values, new: &Values) -> Values {
    let mut merged = old.clone();
    for (name, value) in new {
        if value.is_empty() {
            merged.remove(name)
        } else {
            merged.insert(name.clone(), value.clone())
        };
    }
    merged
}

/// Whether a condition surely holds; one that cannot be decided does not.
pub(super) fn holds(condition: &Condition, kind: &Kind, values: &Values) -> bool {
    condition.holds(&kind.facts(values)) == Ok(true)
}

/// `2026-10-09T08:30`, as fields of shape time hold a moment.
pub(super) fn time_text(at: Instant) -> String {
    format!("{}T{}", Day::of(at), TimeOfDay::of(at))
}
