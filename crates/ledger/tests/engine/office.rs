//! A small office for tests: a bureau, a district, two schools; the kinds `job` and `follow`.
#![allow(dead_code, reason = "each test uses a part of it")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]

use std::sync::Arc;

use anlan_law::kind::Role;
use anlan_ledger::engine::{PersonId, UnitId};

use crate::world::{Desk, Law, Town, at, shipped};

pub const BUREAU: UnitId = UnitId(1);
pub const DISTRICT: UnitId = UnitId(2);
pub const SCHOOL: UnitId = UnitId(3);
pub const OTHER_SCHOOL: UnitId = UnitId(4);

pub const SYSTEM: PersonId = PersonId(1);
pub const BUREAU_HEAD: PersonId = PersonId(2);
pub const BUREAU_HANDLER: PersonId = PersonId(3);
pub const DISTRICT_HEAD: PersonId = PersonId(4);
pub const HEAD: PersonId = PersonId(5);
pub const HANDLER: PersonId = PersonId(6);
pub const APPROVER: PersonId = PersonId(7);
pub const STAFF: PersonId = PersonId(8);
pub const SECURITY: PersonId = PersonId(9);
pub const AUDIT: PersonId = PersonId(10);
pub const READER: PersonId = PersonId(11);
pub const OTHER_HEAD: PersonId = PersonId(12);
pub const HANDLER_2: PersonId = PersonId(13);
pub const GONE: PersonId = PersonId(14);

pub fn town() -> Town {
    let mut town = Town::default();
    town.add_unit(1, "教育局", None);
    town.add_unit(2, "东区", Some(1));
    town.add_unit(3, "一小", Some(2));
    town.add_unit(4, "二小", Some(2));
    town.add_unit(5, "旧校", Some(2));
    town.units.get_mut(&UnitId(5)).unwrap().closed = true;
    for (id, unit, role) in [
        (1, 1, Role::System),
        (2, 1, Role::Head),
        (3, 1, Role::Handler),
        (4, 2, Role::Head),
        (5, 3, Role::Head),
        (6, 3, Role::Handler),
        (7, 3, Role::Approver),
        (8, 3, Role::Staff),
        (9, 1, Role::Security),
        (10, 1, Role::Audit),
        (11, 3, Role::Reader),
        (12, 4, Role::Head),
        (13, 3, Role::Handler),
        (14, 3, Role::Staff),
    ] {
        town.add_person(id, unit, &[role]);
    }
    town.leave(GONE);
    town
}

/// Tuesday 2026-09-29, 10:00; the National Day holiday is 1 to 7 October, 10 October (a Saturday) is worked.
pub fn desk() -> Desk {
    let (law, _) = shipped();
    let kinds = law.kinds(&[("job.toml", include_str!("kinds/job.toml")), ("follow.toml", include_str!("kinds/follow.toml"))]);
    Desk::new(town(), Arc::new(kinds), law, at("2026-09-29T10:00"))
}

/// With the kinds that ship.
pub fn shipped_desk() -> Desk {
    let (law, kinds): (Arc<Law>, _) = shipped();
    Desk::new(town(), kinds, law, at("2026-09-29T10:00"))
}

/// A job that is open in the school.
pub fn job(desk: &mut Desk) -> String {
    desk.open(HANDLER, "job", SCHOOL, &[("title", "漏水"), ("level", "low"), ("reporter", "李某"), ("phone", "12345")]).unwrap()
}

/// A job that [`HANDLER`] assigned to [`STAFF`].
pub fn assigned(desk: &mut Desk) -> String {
    let number = job(desk);
    desk.make(HANDLER, &number, "assign", &[("owner", "p8")]).unwrap();
    number
}

pub fn fixed(desk: &mut Desk) -> String {
    let number = assigned(desk);
    desk.make(STAFF, &number, "fix", &[("proof", "已修")]).unwrap();
    number
}

pub fn closed(desk: &mut Desk) -> String {
    let number = fixed(desk);
    desk.make(HEAD, &number, "strike", &[]).unwrap();
    number
}

/// A job for which more time was proposed by its owner.
pub fn proposed(desk: &mut Desk) -> String {
    let number = assigned(desk);
    desk.make(STAFF, &number, "extend", &[("deadline", "2026-10-09")]).unwrap();
    number
}
