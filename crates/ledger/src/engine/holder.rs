//! In whose hands a record is (REC-6).
//!
//! Level by level from the record's unit up to the root: of the state's holders the first that is there; then the heads, then an administrator of
//! the system, at the very last the opener. Among several with the same role whoever has it already keeps it, then who acts, then the longest granted.

use anlan_law::kind::{Kind, Move, Role, Who};

use super::decide::{approver, kept_out, may_approve};
use super::draft::Writing;
use super::who::Place;
use super::{Context, Draft, On, Pending, PersonId, Record, Values};

const DEFAULT: [Who; 3] = [Who::Owner, Who::Role(Role::Handler), Who::Role(Role::Head)];

/// The state's list; the default where the kind does not know the state any more.
pub(super) fn holders<'k>(kind: Option<&'k Kind>, state: &str) -> &'k [Who] {
    kind.and_then(|kind| kind.state(state)).map_or(&DEFAULT, |state| state.holder.as_slice())
}

/// The person in whose hands it comes, one of `avoid` only where nobody else is there; none only where nobody is there at all.
pub(super) fn find_holder(place: &Place<'_>, list: &[Who], prefer: &[PersonId], avoid: &[PersonId]) -> Option<PersonId> {
    let free = |people: Vec<PersonId>, avoid: &[PersonId]| people.into_iter().filter(|person| !avoid.contains(person)).collect::<Vec<_>>();
    let one = |found: Vec<PersonId>| prefer.iter().find(|person| found.contains(person)).or(found.first()).copied();
    let named = |avoid: &[PersonId]| {
        let at = |level: usize| list.iter().find_map(|who| one(free(at_level(place, who, level), avoid)));
        place.units().enumerate().find_map(|(level, _)| at(level))
    };
    let found = named(avoid)
        .or_else(|| free(place.heads(), avoid).first().copied())
        .or_else(|| named(&[]))
        .or_else(|| place.heads().first().copied());
    found.or_else(|| administrator(place)).or(place.opener.filter(|opener| place.is_there(*opener)))
}

/// Those whom an earlier move keeps from every move that leads out of the state: what only others can do is not put into their hands.
/// `making` is the move that leads into the state, and who makes it.
fn kept_from_all(kind: &Kind, record: &Record, state: &str, making: Option<(&str, PersonId)>) -> Vec<PersonId> {
    let leads_out = |a_move: &&Move| a_move.from.iter().any(|from| from == state) && a_move.to.as_deref().is_some_and(|to| to != state);
    let out = |a_move: &Move| {
        let mut out = kept_out(a_move, record);
        out.extend(making.filter(|(name, _)| a_move.other_than.iter().any(|other| other == name)).map(|(_, person)| person));
        out
    };
    let each: Vec<Vec<PersonId>> = kind.moves.iter().filter(leads_out).map(out).collect();
    let Some((first, rest)) = each.split_first() else { return Vec::new() };
    first.iter().copied().filter(|person| rest.iter().all(|out| out.contains(person))).collect()
}

fn at_level(place: &Place<'_>, who: &Who, level: usize) -> Vec<PersonId> {
    let Some(unit) = place.units().nth(level) else { return Vec::new() };
    match who {
        Who::Role(role) => place.at_unit(*role, unit),
        Who::Above(role) if level > 0 => place.at_unit(*role, unit),
        Who::Above(_) => Vec::new(),
        _ if level == 0 => place.related(who).into_iter().filter(|person| place.is_there(*person)).collect(),
        _ => Vec::new(),
    }
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
        let these = list.iter().flat_map(|who| at_level(place, who, level)).collect();
        other(these)
    });
    let found = by_level.or_else(|| other(place.heads())).or_else(|| administrator(place).filter(|person| Some(*person) != late));
    found.or(late.filter(|person| place.is_there(*person))).or_else(|| find_holder(place, list, &[], &[]))
}

/// Whether the record may stay in these hands: they have not left, and a relation or a role ties them to it.
fn holds(place: &Place<'_>, list: &[Who], person: PersonId) -> bool {
    let related = list.iter().any(|who| *who != Who::Holder && place.related(who).contains(&person));
    place.is_there(person) && (related || has_ties(place, person))
}

/// Roles that do something with records; the others look, or see to the machine.
const WORKING: [Role; 7] = [Role::Security, Role::Head, Role::Leader, Role::Duty, Role::Handler, Role::Approver, Role::Staff];

/// Whether somebody who is there works in the record's unit or above it: a role of theirs reaches it.
pub(super) fn has_ties(place: &Place<'_>, person: PersonId) -> bool {
    place.is_there(person) && place.names(&WORKING.map(Who::Role), &place.people.rights(person))
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
        let avoid = kind.map(|kind| kept_from_all(kind, record, &record.state, None)).unwrap_or_default();
        let found = find_holder(&place, list, &[], &avoid).filter(|found| Some(*found) != record.holder);
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

/// The holder after a move into a state; `actor` makes it.
pub(super) fn holder_after(
    (kind, record): (&Kind, &Record),
    (name, actor): (&str, PersonId),
    state: &str,
    values: &Values,
    context: &Context<'_>,
) -> Option<PersonId> {
    let place = Place::of(record, values, context.people, context.now);
    let prefer: Vec<PersonId> = record.holder.into_iter().chain([actor]).collect();
    let avoid = kept_from_all(kind, record, state, Some((name, actor)));
    find_holder(&place, holders(Some(kind), state), &prefer, &avoid)
}
