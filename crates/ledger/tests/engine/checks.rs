//! What must hold after every step, whatever people do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]

use std::collections::{BTreeMap, BTreeSet};

use anlan_base::Instant;
use anlan_law::kind::Role;
use anlan_ledger::engine::{ClockState, People, PersonId, Record, Rights, Verb, may, may_do, people_of};
use sha2::{Digest, Sha256};

use crate::world::{Desk, Kept};

#[derive(Default)]
pub struct Checks {
    /// Entries that were looked at.
    seen: usize,
    /// The newest moment that was told of each clock since it began, went on or was dated anew, by record and clock.
    told: BTreeMap<(String, String), (Instant, u8)>,
    pub reminded: u64,
    pub late: u64,
    pub escalated: u64,
}

impl Checks {
    /// Checks the records of the entries that are new since the last look.
    pub fn recent(&mut self, desk: &Desk) {
        let mut touched: Vec<&str> = Vec::new();
        for entry in &desk.entries[self.seen..] {
            self.entry(desk, entry);
            // What Anlan tells people of changes nothing that they can do.
            if !matches!(entry.act, "record.remind" | "record.late" | "record.escalate") {
                touched.push(entry.get("record").unwrap());
            }
        }
        self.seen = desk.entries.len();
        touched.sort_unstable();
        touched.dedup();
        for number in touched {
            one(desk, &desk.records[number]);
        }
    }

    /// No clock passes unseen: after a tick nothing is left that was due.
    pub fn clocks(&mut self, desk: &Desk) {
        if let Some(wake) = desk.wakes() {
            assert!(wake > desk.now, "something due at {} was not done", wake.to_civil());
        }
        self.recent(desk);
    }

    /// Whoever is told is there, and a clock's reminders, lateness and escalations come in order.
    fn entry(&mut self, desk: &Desk, entry: &Kept) {
        let rank = match entry.act {
            "record.remind" => 0,
            "record.late" => 1,
            "record.escalate" => 2,
            _ => return self.begins_anew(entry),
        };
        let people = people_of(entry.get("people").unwrap()).unwrap();
        assert!(!people.is_empty(), "{} {} was told to nobody", entry.act, entry.get("record").unwrap());
        assert!(people.iter().all(|person| desk.town.is_there(*person)), "{} was told to somebody who left", entry.act);
        let (number, clock) = (entry.get("record").unwrap(), entry.get("clock").unwrap());
        let moment = Instant(entry.get("moment").unwrap().parse().unwrap());
        assert!(moment <= entry.at);
        let told = self.told.entry((number.to_owned(), clock.to_owned())).or_insert((moment, rank));
        assert!(told.0 <= moment && told.1 <= rank, "{number} {clock}: told out of order");
        *told = (moment, rank);
        *[&mut self.reminded, &mut self.late, &mut self.escalated][usize::from(rank)] += 1;
    }

    fn begins_anew(&mut self, entry: &Kept) {
        for (field, _) in &entry.fields {
            let Some((clock, "started" | "resume")) = field.strip_prefix("c.").and_then(|rest| rest.split_once('.')) else { continue };
            self.told.remove(&(entry.get("record").unwrap().to_owned(), clock.to_owned()));
        }
    }

    /// Every record, also those that nothing touched.
    pub fn all(&mut self, desk: &Desk) {
        self.recent(desk);
        for record in desk.records.values() {
            one(desk, record);
        }
    }

    /// REC-1: the entries give the same records once more.
    pub fn replay(&self, desk: &Desk) {
        for (number, record) in &desk.records {
            assert_eq!(&desk.replayed(number), record, "{number}: the entries give another record");
        }
    }
}

/// The hash of all records, in the order of their numbers.
pub fn hash(desk: &Desk) -> String {
    let mut hash = Sha256::new();
    for number in desk.records.keys() {
        hash.update(format!("{:?}\n", desk.replayed(number)));
    }
    hash.update(desk.entries.len().to_be_bytes());
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn one(desk: &Desk, record: &Record) {
    let number = &record.number;
    let standing = |state: &ClockState| matches!(state, ClockState::Running(_) | ClockState::Paused { .. });
    if record.ended {
        assert!(!record.clocks.values().any(standing), "{number} ended and a clock runs");
        assert_eq!((record.holder, record.delegate), (None, None), "{number} ended and is in somebody's hands");
        assert!(record.pending.is_none() || !record.voided, "{number} is void and waits for approval");
        return;
    }
    let holder = record.holder.unwrap_or_else(|| panic!("{number} is open and in nobody's hands"));
    assert!(desk.town.is_there(holder), "{number} is in the hands of {holder}, who left");
    for (name, running) in record.running() {
        // A run that was late when it began is told of by the next tick.
        let is_seen = running.missed || desk.now <= running.due || record.changed == desk.now;
        assert!(is_seen, "{number} {name} passed unseen at {}", running.due.to_civil());
    }
    if let Some(pending) = &record.pending {
        assert_ne!(pending.approver, pending.proposer, "{number}: one approves their own");
        assert!(desk.town.is_there(pending.approver), "{number} waits for {}, who left", pending.approver);
    }
    assert!(can_go_on(desk, record), "{number} is stuck in `{}`: nobody can do anything with it", record.state);
}

/// Whether somebody who is there can make a move, or approve or turn down what is pending. Where no two heads are left who had no part in it, a second
/// person may not exist: then its holder can at least hand it to another unit.
fn can_go_on(desk: &Desk, record: &Record) -> bool {
    let kind = desk.kinds.get(&record.kind).unwrap();
    let verbs = |person: PersonId| may_do(record, kind, &desk.context(&desk.town.rights(person)));
    if let Some(pending) = &record.pending {
        return verbs(pending.approver).contains(&Verb::Object);
    }
    let moves = |person: PersonId| may(record, kind, &desk.context(&desk.town.rights(person)));
    let can = |person: PersonId| desk.town.is_there(person) && moves(person).iter().any(|told| told.may());
    if record.holder.is_some_and(can) {
        return true;
    }
    let nobody = Rights::default();
    let people: BTreeSet<PersonId> = may(record, kind, &desk.context(&nobody)).into_iter().flat_map(|told| told.people).collect();
    people.into_iter().any(can)
        || (!has_free_heads(desk, record) && record.holder.is_some_and(|holder| verbs(holder).contains(&Verb::HandOver)))
}

/// Whether two heads of the record's unit or of those above are there who had no part in it: one may propose, the other approve.
fn has_free_heads(desk: &Desk, record: &Record) -> bool {
    let units = std::iter::successors(desk.town.units.get(&record.unit), |unit| desk.town.units.get(&unit.parent?));
    let heads = units.flat_map(|unit| unit.head.into_iter().chain(desk.town.with_role(Role::Head, unit.id)));
    let had_part = |head: PersonId| record.opener == Some(head) || record.made.values().any(|maker| *maker == head);
    heads.filter(|head| desk.town.is_there(*head) && !had_part(*head)).collect::<BTreeSet<_>>().len() >= 2
}
