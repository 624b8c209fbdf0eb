//! From where somebody may look at the records of a kind: units with all below them, and people: themselves and those they stand in for.
//!
//! Invariants: what is in a scope is what `engine::sees` answers with yes; what is not is in no list, count, search or filter (REC-9);
//! scopes hold no unit twice, nor one below another.

use std::collections::{BTreeMap, BTreeSet};

use anlan_law::kind::{Kind, Role, Who};

use super::rows::{own_seat, person_seat, unit_seat};
use crate::directory::Directory;
use crate::engine::{self, People as _, PersonId, Rights, UnitId};

/// Seats of a kind's records, see `record_seat`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Scope {
    /// Every record of these units and below them.
    pub units: BTreeSet<i64>,
    /// Records that these people see whatever their roles.
    pub people: BTreeSet<i64>,
    /// The units are the whole tree.
    pub everywhere: bool,
}

impl Scope {
    pub(crate) fn is_empty(&self) -> bool {
        self.units.is_empty() && self.people.is_empty()
    }

    pub(crate) fn seats(&self) -> impl Iterator<Item = i64> {
        self.units.iter().chain(&self.people).copied()
    }
}

/// Whoever looks, as one sees them for all kinds.
pub(crate) struct Looker<'a> {
    who: &'a Rights,
    directory: &'a Directory,
    /// Themselves and those they stand in for.
    people: Vec<PersonId>,
    /// Units that one of them heads, by path.
    heads: BTreeMap<String, UnitId>,
}

impl<'a> Looker<'a> {
    pub(crate) fn new(who: &'a Rights, directory: &'a Directory) -> Self {
        let people: Vec<PersonId> = match who.person {
            None => Vec::new(),
            Some(person) => std::iter::once(person).chain(stood_in_by(person, directory)).collect(),
        };
        let mut heads = BTreeMap::new();
        for unit in directory.units().map(|row| &row.unit) {
            if people.iter().any(|person| directory.with_role(Role::Head, unit.id).contains(person)) {
                heads.insert(unit.path.clone(), unit.id);
            }
        }
        Self { who, directory, people, heads }
    }

    /// Whether they see the kind's records in the unit with this path by roles or as its head.
    pub(crate) fn sees_unit(&self, kind: &Kind, path: &str) -> bool {
        engine::sees_unit(kind, self.who, path) || self.heads.keys().any(|above| path.starts_with(above.as_str()))
    }

    /// Themselves and those they stand in for, as `todo` knows them.
    pub(crate) fn people(&self) -> &[PersonId] {
        &self.people
    }

    /// The scope among the records of a kind; where a unit is asked for, only what is in it and below it.
    pub(crate) fn scope(&self, kind: &Kind, within: Option<UnitId>) -> Scope {
        let mut reached = self.heads.clone();
        for grant in &self.who.grants {
            if sees_from(kind, grant.role) {
                reached.insert(grant.path.clone(), grant.unit);
            } else if kind.sees.contains(&Who::Above(grant.role)) {
                let below = self.directory.units().map(|row| &row.unit).filter(|unit| unit.parent == Some(grant.unit));
                reached.extend(below.map(|unit| (unit.path.clone(), unit.id)));
            }
        }
        let units = match within.map(|unit| (unit, self.directory.unit(unit))) {
            None => topmost(&reached),
            Some((_, None)) => BTreeSet::new(),
            Some((id, Some(unit))) if reached.keys().any(|above| unit.is_within(above)) => BTreeSet::from([unit_seat(id)]),
            Some((_, Some(unit))) => {
                reached.retain(|below, _| below.starts_with(&unit.path));
                topmost(&reached)
            }
        };
        let everywhere = self.directory.root().is_some_and(|root| units.contains(&unit_seat(root.id)));
        Scope { units, everywhere, people: self.people.iter().copied().map(person_seat).chain(self.who.person.map(own_seat)).collect() }
    }
}

fn stood_in_by(person: PersonId, directory: &Directory) -> Vec<PersonId> {
    directory.stand_ins().map(|(away, _)| away).filter(|away| directory.stands_in(*away) == Some(person)).collect()
}

/// Whether the role, granted at a unit, sees this kind's records in it and below it.
fn sees_from(kind: &Kind, role: Role) -> bool {
    match role {
        Role::Audit => true,
        Role::Inspector => kind.sees.contains(&Who::Role(role)),
        _ => kind.sees.is_empty() || kind.sees.contains(&Who::Role(role)),
    }
}

/// Paths sort a unit before those below it.
fn topmost(reached: &BTreeMap<String, UnitId>) -> BTreeSet<i64> {
    let mut top: Vec<&str> = Vec::new();
    let mut units = BTreeSet::new();
    for (path, unit) in reached {
        if !top.last().is_some_and(|above| path.starts_with(above)) {
            top.push(path);
            units.insert(unit_seat(*unit));
        }
    }
    units
}
