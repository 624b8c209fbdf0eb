//! `backup.restored`: sets of data, whether each has a backup, and when it was last brought back.
//!
//! Invariants: a set counts as tested only by a record of a test that passed; our own store is always one of the important sets, and has a backup only where one was
//! really made and kept, a test only of such a one: a form alone meets nothing. While no other set is registered, or nothing but registered sets is asked for, it is
//! not known how many there are, and `sets` is left out.

use std::collections::{BTreeMap, BTreeSet};

use anlan_base::{Day, Instant};
use anlan_law::clock::{Each, Term};
use anlan_ledger::records::{RecordRow, StateAsk};

use super::{RECORDS_READ, records};
use crate::assess::{AssessError, How, Measured, Site};

const KIND: &str = "restore-test";
/// Value of `sort` for our own logs and registers.
const OWN: &str = "own";
/// What `of` says where our own store is one of the sets.
const IMPORTANT: &str = "important_data";
/// The clock of the packs that says how often data are backed up.
const CLOCK: &str = "data-backup";
/// Sets that become reasons of their own.
const TOLD: usize = 20;

/// A set of data as its records tell it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Set {
    backup: Option<Day>,
    tested: Option<Day>,
    /// A backup older than this does not count; none: any counts.
    since: Option<Day>,
}

impl Set {
    fn has_backup(&self) -> bool {
        self.backup.is_some_and(|day| self.since.is_none_or(|since| day >= since))
    }

    fn read(&mut self, row: &RecordRow, today: Day) {
        let day = |name: &str| row.values.get(name).and_then(|day| day.parse::<Day>().ok()).filter(|day| *day <= today);
        self.backup = self.backup.max(day("backup_on"));
        if row.state == "passed" {
            self.tested = self.tested.max(day("tested_on"));
        }
    }
}

/// Sets of these sorts by name.
fn sets_of(rows: &[RecordRow], of: &[String], today: Day) -> BTreeMap<String, Set> {
    let mut sets: BTreeMap<String, Set> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.state != "cancelled") {
        let sort = row.values.get("sort").map(String::as_str).unwrap_or_default();
        if sort != OWN && (of.is_empty() || of.iter().any(|wanted| wanted == sort)) {
            sets.entry(row.title.trim().to_owned()).or_default().read(row, today);
        }
    }
    sets
}

/// Our own store: backups that were made and kept, and records of tests that brought one of them back.
async fn own(site: &Site, rows: &[RecordRow], today: Day) -> Result<Set, AssessError> {
    let made = site.ledger.upkeep(&["backup.kept"], Instant(0)).await?;
    let kept: BTreeSet<Day> = made.iter().filter_map(|row| row.text("made")?.parse().ok()).map(|at| Day::of(Instant(at))).collect();
    let mut recorded = Set::default();
    rows.iter()
        .filter(|row| row.state != "cancelled" && row.values.get("sort").is_some_and(|sort| sort == OWN))
        .filter(|row| row.values.get("backup_on").and_then(|day| day.parse().ok()).is_some_and(|day| kept.contains(&day)))
        .for_each(|row| recorded.read(row, today));
    Ok(Set { since: oldest_backup(site, today), backup: kept.last().copied(), tested: recorded.tested })
}

/// The day of the oldest backup that still counts, by the packs: one period before this one.
fn oldest_backup(site: &Site, today: Day) -> Option<Day> {
    let clock = site.book.clocks.get(CLOCK)?;
    match &clock.term {
        Term::Recurs(recurrence) if recurrence.each == Each::Day => today.minus_days(1),
        _ => None,
    }
}

pub(in crate::assess) async fn backup_restored(site: &Site, of: &[String]) -> Result<Option<Measured>, AssessError> {
    let today = Day::of(site.now);
    let (rows, total) = records(site, KIND, StateAsk::All, RECORDS_READ).await?;
    let mut sets = sets_of(&rows, of, today);
    let (is_listed, with_own) = (!sets.is_empty(), of.is_empty() || of.iter().any(|sort| sort == IMPORTANT));
    let mut measured = Measured::default();
    if with_own {
        // No record can have this name: it is trimmed.
        sets.insert(" ".to_owned(), own(site, &rows, today).await?);
    }
    let without_backup: Vec<&str> = sets.iter().filter(|(_, set)| !set.has_backup()).map(|(name, _)| name.as_str()).collect();
    let untested: Vec<&str> = sets.iter().filter(|(_, set)| set.tested.is_none()).map(|(name, _)| name.as_str()).collect();
    for (names, code) in [(&without_backup, "store-without-backup"), (&untested, "store-without-test")] {
        for name in names.iter().take(TOLD) {
            // The own store has words of its own.
            let code = if *name == " " { format!("{code}-own") } else { code.to_owned() };
            measured.reason(&code, &[("set", name.trim())]);
        }
    }
    match (is_listed, with_own) {
        (true, true) => measured = measured.count("sets", sets.len()),
        (true, false) => measured.reason("store-sets-recorded", &[]),
        (false, _) => measured.reason("store-sets-unlisted", &[]),
    }
    measured = measured.count("without_backup", without_backup.len()).count("without_restore_test", untested.len());
    if let Some(oldest) = sets.values().filter_map(|set| set.tested).min() {
        measured = measured.count("days_since_test", today.days_since(oldest));
        measured.reason("store-tested", &[("day", &oldest.to_string())]);
    }
    measured.asked(How::Records, format!("/records/{KIND}?view=all"), total);
    rows.iter().for_each(|row| measured.saw(row.number.as_str(), format!("/r/{}", row.number)));
    Ok(Some(measured))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_counts_while_it_is_not_too_old() {
        let set = |backup, since| Set { backup, tested: None, since };
        for (backup, since, counts) in [
            (None, None, false),
            (Some(Day(1)), None, true),
            (None, Some(Day(9)), false),
            (Some(Day(8)), Some(Day(9)), false),
            (Some(Day(9)), Some(Day(9)), true),
            (Some(Day(10)), Some(Day(9)), true),
        ] {
            assert_eq!(set(backup, since).has_backup(), counts, "{backup:?} {since:?}");
        }
    }
}
