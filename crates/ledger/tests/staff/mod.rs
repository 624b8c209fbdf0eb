//! People in a room: the three administrators, a head, and two without any role, for the tests of people and rights.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "a test may; each test file uses its own part")]

use std::fmt::Debug;

use anlan_law::kind::Role;
use anlan_ledger::engine::{PersonId, Rights, UnitId};
use anlan_ledger::{Administrator, GraveAct, Ledger, LedgerError, NewPerson, ProposalId, Why};

use crate::room::{Room, admin, room_with_user};

pub const SYSTEM: &str = "zhang.wei";
pub const SECURITY: &str = "li.na";
pub const AUDIT: &str = "wang.fang";
pub const HEAD: &str = "chen.jie";

pub struct Staff {
    pub room: Room,
    pub root: UnitId,
}

/// A room whose first user is alone.
pub async fn alone() -> Staff {
    let room = room_with_user().await;
    let root = room.ledger.directory().root().unwrap().id;
    Staff { room, root }
}

/// A room with the three administrators and a head at the root; `sun.li` and `qian.jin` have accounts and no role.
pub async fn staff() -> Staff {
    let staff = alone().await;
    for account in [SECURITY, AUDIT, HEAD, "sun.li", "qian.jin"] {
        staff.hire(account, staff.root).await;
    }
    staff.ledger().grant(&staff.who(SYSTEM), staff.id(SECURITY), Role::Security, staff.root).await.unwrap();
    staff.ledger().grant(&staff.who(SECURITY), staff.id(AUDIT), Role::Audit, staff.root).await.unwrap();
    staff.ledger().set_head(&staff.who(SECURITY), staff.root, Some(staff.id(HEAD))).await.unwrap();
    staff
}

pub fn person(name: &str, unit: UnitId, account: Option<&str>) -> NewPerson {
    NewPerson { name: name.into(), unit, phone: String::new(), email: String::new(), account: account.map(str::to_owned) }
}

impl Staff {
    pub fn ledger(&self) -> &Ledger {
        &self.room.ledger
    }

    pub fn who(&self, account: &str) -> Rights {
        self.room.ledger.rights_of(account)
    }

    pub fn id(&self, account: &str) -> PersonId {
        self.room.ledger.directory().person_of(account).unwrap()
    }

    /// Somebody with an account.
    pub async fn hire(&self, account: &str, unit: UnitId) -> PersonId {
        self.ledger().add_account(&admin(), account).await.unwrap();
        self.ledger().add_person(&self.who(SYSTEM), &person(account, unit, Some(account))).await.unwrap()
    }

    /// Somebody without an account.
    pub async fn known(&self, name: &str, unit: UnitId) -> PersonId {
        self.ledger().add_person(&self.who(SYSTEM), &person(name, unit, None)).await.unwrap()
    }

    pub async fn unit(&self, name: &str, parent: UnitId) -> UnitId {
        self.ledger().add_unit(&self.who(SYSTEM), name, "", Some(parent)).await.unwrap()
    }

    pub async fn grant(&self, account: &str, role: Role, unit: UnitId) -> Result<(), LedgerError> {
        self.ledger().grant(&self.who(SECURITY), self.id(account), role, unit).await
    }

    pub fn appoint(&self, account: &str, administrator: Administrator, unit: UnitId) -> GraveAct {
        GraveAct::Appoint { person: self.id(account), administrator, unit }
    }

    pub fn dismiss(&self, account: &str, administrator: Administrator, unit: UnitId) -> GraveAct {
        GraveAct::Dismiss { person: self.id(account), administrator, unit }
    }

    pub async fn propose(&self, account: &str, act: &GraveAct) -> Result<ProposalId, LedgerError> {
        self.ledger().propose(&self.who(account), act, "", "按会议纪要").await
    }

    /// As from a page that shows it as it is.
    pub async fn approve(&self, account: &str, id: ProposalId) -> Result<(), LedgerError> {
        let seen = self.ledger().proposals(&self.who(HEAD)).await.unwrap().into_iter().find(|shown| shown.row.id == id);
        self.ledger().approve(&self.who(account), id, &seen.unwrap().row.state, "").await
    }

    /// Proposed by security, approved by the head.
    pub async fn agreed(&self, act: &GraveAct) -> Result<(), LedgerError> {
        let id = self.propose(SECURITY, act).await?;
        self.approve(HEAD, id).await
    }
}

/// Refused for this reason, and nothing else.
#[track_caller]
pub fn assert_refused<T: Debug>(answer: Result<T, LedgerError>, why: Why) {
    match answer {
        Err(LedgerError::Refusal(refusal)) => assert_eq!(refusal.code, why.code()),
        other => panic!("{other:?} where {why:?} was expected"),
    }
}
