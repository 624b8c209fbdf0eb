//! Who there is, as the engine sees it: units with one head each, people with grants. The store hands in a [`People`].
//!
//! Invariants: a grant reaches its unit and everything below it; somebody who has left holds nothing.

use anlan_law::kind::Role;

use super::{PersonId, UnitId};

/// Units above one another, at most.
pub const UNIT_LEVELS: usize = 8;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    pub id: UnitId,
    pub name: String,
    pub parent: Option<UnitId>,
    /// `/1/7/23/`: the ids from the root down to the unit itself.
    pub path: String,
    /// None: the post is vacant.
    pub head: Option<PersonId>,
    pub closed: bool,
}

impl Unit {
    /// Whether it is that unit or lies below it.
    #[must_use]
    pub fn is_within(&self, above: &str) -> bool {
        self.path.starts_with(above)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub id: PersonId,
    pub name: String,
    pub unit: UnitId,
    /// The account they sign in with.
    pub account: Option<String>,
    pub left: bool,
}

/// A role in a unit and everything below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    pub role: Role,
    pub unit: UnitId,
    /// The unit's path.
    pub path: String,
}

/// Who acts, with what they may.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    /// None: Anlan itself, or an account that belongs to no person.
    pub person: Option<PersonId>,
    pub account: Option<String>,
    pub grants: Vec<Grant>,
}

impl Rights {
    /// Whether a role reaches the unit with this path.
    #[must_use]
    pub fn reaches(&self, role: Role, path: &str) -> bool {
        self.grants.iter().any(|grant| grant.role == role && path.starts_with(&grant.path))
    }

    /// The same, granted at a unit strictly above it.
    #[must_use]
    pub fn reaches_from_above(&self, role: Role, path: &str) -> bool {
        self.grants.iter().any(|grant| grant.role == role && grant.path.len() < path.len() && path.starts_with(&grant.path))
    }

    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        self.grants.iter().any(|grant| grant.role == role)
    }

    /// Any role that reaches the unit.
    #[must_use]
    pub fn touches(&self, path: &str) -> bool {
        self.grants.iter().any(|grant| path.starts_with(&grant.path))
    }
}

/// Who there is at this moment. Answers are about people who have not left, unless asked by id.
pub trait People: Send + Sync {
    fn unit(&self, id: UnitId) -> Option<&Unit>;
    fn person(&self, id: PersonId) -> Option<&Person>;
    /// People with this role granted at exactly this unit, the longest granted first.
    fn with_role(&self, role: Role, unit: UnitId) -> Vec<PersonId>;
    /// Who stands in for a person at the moment (委托代办 of all their work), if anybody.
    fn stands_in(&self, person: PersonId) -> Option<PersonId>;
    /// Rights of a person, for judging whether they could approve.
    fn rights(&self, person: PersonId) -> Rights;
}
