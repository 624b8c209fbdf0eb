//! In whose hands a record is (REC-6).
//!
//! Level by level from the record's unit up to the root: of the state's holders the first that is there; then the heads, then an administrator of
//! the system, at the very last the opener. Among several with the same role whoever has it already keeps it, then who acts, then the longest granted.

use anlan_law::kind::{Kind, Role, Who};

use super::decide::{approver, may_approve};
use super::draft::Writing;
use super::who::Place;
use super::{Context, Draft, On, Pending, PersonId, Record, Values};

const DEFAULT: [Who; 3] = [Who::Owner, Who::Role(Role::Handler), Who::Role(Role::Head)];

/// The state's list; the default where the kind does not know the state any more.
pub(super) fn holders<'k>(kind: Option<&'k Kind>, state: &str) -> &'k [Who] {
    kind.and_then(|kind| kind.state(state)).map_or(&DEFAULT, |state| state.holder.as_slice())
}

/// The person in whose hands it comes; none only where nobody is there at all.
pub(super) fn find_holder(place: &Place<'_>, list: &[Who], prefer: &[PersonId]) -> Option<PersonId> {
    let by_level = place.units().enumerate().find_map(|(level, _)| list.iter().find_map(|who| at_level(place, who, level, prefer)));
    let by_level = by_level.or_else(|| place.heads().first().copied());
    by_level.or_else(|| administrator(place)).or(place.opener.filter(|opener| place.is_there(*opener)))
}

fn at_level(place: &Place<'_>, who: &Who, level: usize, prefer: &[PersonId]) -> Option<PersonId> {
    let unit = place.units().nth(level)?;
    let found = match who {
        Who::Role(role) => place.at_unit(*role, unit),
        Who::Above(role) if level > 0 => place.at_unit(*role, unit),
        Who::Above(_) => Vec::new(),
        _ if level == 0 => place.related(who).into_iter().filter(|person| place.is_there(*person)).collect(),
        _ => Vec::new(),
    };
    prefer.iter().find(|person| found.contains(person)).or(found.first()).copied()
}

/// An administrator of the system, sought from the root down to the record's unit.
pub(super) fn administrator(place: &Place<'_>) -> Option<PersonId> {
    let units: Vec<_> = place.units().collect();
    units.into_iter().rev().find_map(|unit| place.at_unit(Role::System, unit).first().copied())
}

/// Lateness goes up: the first of the list who is there and not the holder, else the heads above, else an administrator; nobody but the holder at the very last.
pub(super) fn escalate_to(place: &Place<'_>, list: &[Who], late: Option<PersonId>) -> Option<PersonId> {
    let other = |people: Vec<PersonId>| people.into_iter().find(|person| Some(*person) != late);
    let by_level = place.units().enumerate().find_map(|(level, _)| {
        let these = list.iter().flat_map(|who| at_level_all(place, who, level)).collect();
        other(these)
    });
    let found = by_level.or_else(|| other(place.heads())).or_else(|| administrator(place).filter(|person| Some(*person) != late));
    found.or(late.filter(|person| place.is_there(*person))).or_else(|| find_holder(place, list, &[]))
}

fn at_level_all(place: &Place<'_>, who: &Who, level: usize) -> Vec<PersonId> {
    let Some(unit) = place.units().nth(level) else { return Vec::new() };
    match who {
        Who::Role(role) => place.at_unit(*role, unit),
        Who::Above(role) if level > 0 => place.at_unit(*role, unit),
        Who::Above(_) => Vec::new(),
        _ if level == 0 => place.related(who).into_iter().filter(|person| place.is_there(*person)).collect(),
        _ => Vec::new(),
    }
}

/// Whether the record may stay in these hands: they have not left, and a relation, a role or their unit ties them to it.
fn holds(place: &Place<'_>, list: &[Who], person: PersonId) -> bool {
    let related = place.opener == Some(person) || list.iter().any(|who| place.related(who).contains(&person) && *who != Who::Holder);
    place.is_there(person) && (related || administrator(place) == Some(person) || has_ties(place, person))
}

/// Whether somebody has to do with the record's unit: by a role that reaches it, or because they belong to it or to a unit above.
pub(super) fn has_ties(place: &Place<'_>, person: PersonId) -> bool {
    let Some(known) = place.people.person(person).filter(|known| !known.left) else { return false };
    place.people.rights(person).touches(place.path()) || place.units().any(|unit| unit.id == known.unit)
}

/// What follows for a record when people have changed: another holder where the one there is left or has nothing to do with the unit any more, another
/// approver for what is pending (also in a record that ended), no delegate who has left. None where nothing has to change.
#[must_use]
pub fn rehold(record: &Record, context: &Context<'_>) -> Option<Draft> {
    let kind = context.kind(&record.kind);
    let place = Place::of(record, &record.values, context.people, context.now);
    let list = holders(kind, &record.state);
    let mut writing = Writing::new(On::This, "record.hand");
    let mut changed = false;
    if !record.ended && !record.holder.is_some_and(|holder| holds(&place, list, holder)) {
        let found = find_holder(&place, list, &[]).filter(|found| Some(*found) != record.holder);
        changed |= found.is_some();
        writing = writing.with_some("holder", found);
    }
    if record.delegate.is_some_and(|(delegate, _)| !place.is_there(delegate)) {
        changed = true;
        writing.put("delegate", "");
    }
    if let (Some(pending), Some(kind)) = (&record.pending, kind)
        && let Some(approver) = another_approver(kind, record, pending, context)
    {
        changed = true;
        writing.put("approver", approver.to_string());
    }
    changed.then(|| writing.alone().swap_remove(0))
}

/// Who is asked instead, where the one who was asked has left or may not approve it any more.
fn another_approver(kind: &Kind, record: &Record, pending: &Pending, context: &Context<'_>) -> Option<PersonId> {
    let there = context.people.person(pending.approver).is_some_and(|person| !person.left);
    let rights = context.people.rights(pending.approver);
    if there && may_approve(kind, record, pending, &rights, context).is_ok() {
        return None;
    }
    let found = approver(kind, record, &pending.name, &pending.values, pending.proposer, context)
        .or_else(|| if there { None } else { fallen_back(record, pending, context) });
    found.filter(|found| *found != pending.approver)
}

/// Nobody may approve it any more: an administrator of the system, or in whose hands it is, can at least turn it down.
fn fallen_back(record: &Record, pending: &Pending, context: &Context<'_>) -> Option<PersonId> {
    let place = Place::of(record, &record.values, context.people, context.now);
    let mut others = place.heads().into_iter().chain(administrator(&place)).chain(record.holder);
    others.find(|person| *person != pending.proposer && place.is_there(*person))
}

/// The holder after a change of state, as its entry's field: nobody where the state ends.
pub(super) fn holder_after(record: &Record, kind: &Kind, state: &str, values: &Values, context: &Context<'_>) -> Option<PersonId> {
    let place = Place { holder: record.holder, ..Place::of(record, values, context.people, context.now) };
    let prefer: Vec<PersonId> = record.holder.into_iter().chain(context.actor.person).collect();
    find_holder(&place, holders(Some(kind), state), &prefer)
}
