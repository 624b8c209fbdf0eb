//! What Anlan itself did for the store, told from entries: starts and stops, verifications, anchors, backups, the clock's synchronisation.
//!
//! Invariants: entries are the truth; what is remembered here is only found again faster, each entry is looked at once; older than [`UPKEEP_DAYS`], or more than
//! [`UPKEEP_KEPT`] of one act, is not told.

use std::collections::{BTreeMap, VecDeque};

use anlan_base::Instant;

use crate::Ledger;
use crate::entry::{EntryRow, PAGE, newest, page, page_back};
use crate::error::LedgerError;

/// Acts that are told of.
pub const UPKEEP: [&str; 8] =
    ["server.start", "server.stop", "store.verify", "time.sync", "anchor.sent", "anchor.kept", "backup.kept", "backup.restore"];
/// Days that are looked back.
pub const UPKEEP_DAYS: u64 = 400;
/// Entries of one act that are told, the newest.
pub const UPKEEP_KEPT: usize = 4_000;
const DAY: u64 = 24 * 3_600;

/// What was found so far, by act, oldest first.
#[derive(Default)]
pub(crate) struct Upkeep {
    /// Entries up to this number were looked at; none before the first look.
    seen: Option<u64>,
    rows: BTreeMap<&'static str, VecDeque<EntryRow>>,
}

/// When an entry was recorded.
fn at(row: &EntryRow) -> Option<Instant> {
    row.text("at")?.parse().ok().map(Instant)
}

fn act_of(row: &EntryRow) -> Option<&'static str> {
    let act = row.text("act")?;
    UPKEEP.into_iter().find(|known| *known == act)
}

impl Upkeep {
    fn add_newer(&mut self, row: EntryRow) {
        let Some(act) = act_of(&row) else { return };
        let rows = self.rows.entry(act).or_default();
        rows.push_back(row);
        if rows.len() > UPKEEP_KEPT {
            rows.pop_front();
        }
    }

    fn add_older(&mut self, row: EntryRow) {
        let Some(act) = act_of(&row) else { return };
        let rows = self.rows.entry(act).or_default();
        if rows.len() < UPKEEP_KEPT {
            rows.push_front(row);
        }
    }
}

impl Ledger {
    /// Entries of these acts (of [`UPKEEP`]) since `since`, newest first. The index of a leaf may be missing though it is known by now.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn upkeep(&self, acts: &[&str], since: Instant) -> Result<Vec<EntryRow>, LedgerError> {
        let mut upkeep = self.upkeep.lock().await;
        self.look_back(&mut upkeep).await?;
        self.look_on(&mut upkeep).await?;
        let of_acts = upkeep.rows.iter().filter(|(act, _)| acts.contains(act)).flat_map(|(_, rows)| rows);
        let mut found: Vec<EntryRow> = of_acts.filter(|row| at(row).is_some_and(|at| at >= since)).cloned().collect();
        found.sort_unstable_by_key(|row| std::cmp::Reverse(row.number));
        Ok(found)
    }

    /// The first look: from the newest entry back.
    async fn look_back(&self, upkeep: &mut Upkeep) -> Result<(), LedgerError> {
        if upkeep.seen.is_some() {
            return Ok(());
        }
        let oldest = self.clock.now().minus_seconds(UPKEEP_DAYS * DAY);
        let mut look = self.db.look().await?;
        let last = newest(&mut look).await?;
        let mut found = Upkeep { seen: Some(last), rows: BTreeMap::new() };
        let mut before = last + 1;
        loop {
            let rows = page_back(&mut look, before, PAGE).await?;
            let Some(first) = rows.last() else { break };
            before = first.number;
            let is_enough = at(first).is_some_and(|at| at < oldest);
            rows.into_iter().for_each(|row| found.add_older(row));
            if is_enough {
                break;
            }
        }
        *upkeep = found;
        Ok(())
    }

    /// What came since the last look.
    async fn look_on(&self, upkeep: &mut Upkeep) -> Result<(), LedgerError> {
        let mut look = self.db.look().await?;
        loop {
            let from = upkeep.seen.map_or(1, |seen| seen + 1);
            let rows = page(&mut look, from, PAGE).await?;
            let Some(last) = rows.last().map(|row| row.number) else { return Ok(()) };
            rows.into_iter().for_each(|row| upkeep.add_newer(row));
            upkeep.seen = Some(last);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use anlan_base::ManualClock;

    use super::*;
    use crate::Actor;

    const NOW: Instant = Instant(1_790_000_000 * Instant::SECOND);

    #[tokio::test]
    async fn acts_of_upkeep_are_found_before_and_after_the_first_look() {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(NOW));
        let ledger = Ledger::open(&dir.path().join("ledger.db"), clock.clone()).await.unwrap();
        for act in ["server.start", "log.search", "store.verify"] {
            ledger.note_act(&Actor::System, act, &[("nth", act)]).await.unwrap();
            clock.advance_seconds(DAY);
        }
        let acts = |rows: &[EntryRow]| rows.iter().filter_map(|row| row.text("act").map(str::to_owned)).collect::<Vec<_>>();
        let all = ledger.upkeep(&UPKEEP, Instant(0)).await.unwrap();
        assert_eq!(acts(&all), ["store.verify", "server.start"]);
        ledger.note_act(&Actor::System, "server.stop", &[]).await.unwrap();
        assert_eq!(acts(&ledger.upkeep(&UPKEEP, Instant(0)).await.unwrap()), ["server.stop", "store.verify", "server.start"]);
        assert_eq!(acts(&ledger.upkeep(&["server.start", "server.stop"], NOW.plus_seconds(1)).await.unwrap()), ["server.stop"]);
        ledger.close().await;
        let again = Ledger::open(&dir.path().join("ledger.db"), clock).await.unwrap();
        assert_eq!(acts(&again.upkeep(&["server.stop"], Instant(0)).await.unwrap()), ["server.stop"]);
    }

    #[test]
    fn of_one_act_so_many_are_told_and_no_more() {
        let row = |number: u64| EntryRow { number, fields: Vec::new(), leaf: None, is_broken: false };
        for (count, told) in [(UPKEEP_KEPT - 1, UPKEEP_KEPT - 1), (UPKEEP_KEPT, UPKEEP_KEPT), (UPKEEP_KEPT + 1, UPKEEP_KEPT)] {
            let mut upkeep = Upkeep::default();
            let named = |number: usize| {
                let field = crate::EntryField { name: "act".into(), salt: None, value: Some(b"time.sync".to_vec()), digest: [0; 32] };
                EntryRow { fields: vec![field], ..row(number as u64) }
            };
            (0..count).for_each(|number| upkeep.add_newer(named(number)));
            assert_eq!(upkeep.rows["time.sync"].len(), told);
            assert_eq!(upkeep.rows["time.sync"].back().unwrap().number, count as u64 - 1);
        }
    }
}
