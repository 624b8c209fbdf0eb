//! The rows of the directory, as pages show them.

use std::fmt;

use anlan_base::Instant;
use anlan_law::kind::Role;

use super::organization::GrantKey;
use crate::engine::{Person, PersonId, Unit, UnitId};

/// A post in a unit, written `g5`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PostId(pub u64);

/// A proposal: the number of the entry that proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProposalId(pub u64);

/// Digits as they are written: no sign, no leading zero.
fn number(digits: &str) -> Option<u64> {
    let canonical = !digits.is_empty() && !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit());
    canonical.then(|| digits.parse().ok()).flatten()
}

impl PostId {
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        number(text.strip_prefix('g')?).map(Self)
    }
}

impl ProposalId {
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        number(text).map(Self)
    }
}

impl fmt::Display for PostId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "g{}", self.0)
    }
}

impl fmt::Display for ProposalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The three who exclude each other, per person (三员分立).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Administrator {
    System,
    Security,
    Audit,
}

impl Administrator {
    pub const ALL: [Self; 3] = [Self::System, Self::Security, Self::Audit];

    #[must_use]
    pub fn of(role: Role) -> Option<Self> {
        Self::ALL.into_iter().find(|administrator| administrator.role() == role)
    }

    #[must_use]
    pub fn role(self) -> Role {
        match self {
            Self::System => Role::System,
            Self::Security => Role::Security,
            Self::Audit => Role::Audit,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitRow {
    pub unit: Unit,
    /// What kind of level it is, such as 一级网格.
    pub label: Option<String>,
    pub closed: Option<Instant>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonRow {
    pub person: Person,
    pub phone: Option<String>,
    pub email: Option<String>,
    /// The one of the three roles that they hold.
    pub administrator: Option<Administrator>,
    pub added: Instant,
    pub left_at: Option<Instant>,
    pub left_why: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostRow {
    pub id: PostId,
    pub unit: UnitId,
    pub title: String,
    /// 关键岗位.
    pub key_post: bool,
    pub added: Instant,
    pub closed: Option<Instant>,
    /// Oldest first; the last one holds.
    pub holdings: Vec<Holding>,
}

impl PostRow {
    /// None: vacant.
    #[must_use]
    pub fn person(&self) -> Option<PersonId> {
        self.holdings.last().and_then(|holding| holding.person)
    }

    /// Since when it is held or vacant.
    #[must_use]
    pub fn since(&self) -> Instant {
        self.holdings.last().map_or(self.added, |holding| holding.at)
    }
}

/// Who holds a post from a moment on; nobody: it is vacant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    pub entry: u64,
    pub person: Option<PersonId>,
    pub at: Instant,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantRow {
    pub person: PersonId,
    pub role: Role,
    pub unit: UnitId,
    /// The entry that granted.
    pub entry: u64,
    pub at: Instant,
    /// Appointed by one person alone, when there was nobody else.
    pub bootstrap: bool,
}

impl GrantRow {
    pub(crate) fn key(&self) -> GrantKey {
        (self.person, self.role, self.unit)
    }
}

/// 委托代办 of all of somebody's work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandIn {
    pub person: PersonId,
    pub until: Instant,
    pub reason: String,
}

/// How far a proposal has come. An open or approved one that is past its end, or whose people may no more, is worth nothing: see `ProposalShown`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Open,
    Approved,
    Objected,
    Withdrawn,
    /// Whoever proposed or approved has left.
    Void,
    Used,
}

impl Stage {
    pub const ALL: [Self; 6] = [Self::Open, Self::Approved, Self::Objected, Self::Withdrawn, Self::Void, Self::Used];

    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approved => "approved",
            Self::Objected => "objected",
            Self::Withdrawn => "withdrawn",
            Self::Void => "void",
            Self::Used => "used",
        }
    }

    pub(crate) fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.id() == id)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposalRow {
    pub id: ProposalId,
    /// The act's name and what it is about, as the entry has them: see `GraveAct::read`.
    pub grave: String,
    pub about: String,
    /// Where the right to decide about it is needed.
    pub unit: UnitId,
    /// Digest of the state it was made against.
    pub state: String,
    pub reason: String,
    pub proposer: PersonId,
    pub at: Instant,
    pub expires: Instant,
    pub stage: Stage,
    /// Who approved, objected or withdrew.
    pub decider: Option<PersonId>,
    pub decided: Option<Instant>,
    pub objection: Option<String>,
    pub used: Option<Instant>,
}

impl ProposalRow {
    /// Whether it falls when this person leaves.
    pub(crate) fn hangs_on(&self, person: PersonId) -> bool {
        match self.stage {
            Stage::Open => self.proposer == person,
            Stage::Approved => self.proposer == person || self.decider == Some(person),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_back_and_nothing_else_is_one() {
        assert_eq!(PostId::parse("g5"), Some(PostId(5)));
        assert_eq!(ProposalId::parse("17"), Some(ProposalId(17)));
        for wrong in ["", "g", "g0", "g05", "5", "p5"] {
            assert_eq!(PostId::parse(wrong), None, "{wrong}");
        }
        for wrong in ["", "0", "017", "+17", "-1", "x"] {
            assert_eq!(ProposalId::parse(wrong), None, "{wrong}");
        }
    }
}
