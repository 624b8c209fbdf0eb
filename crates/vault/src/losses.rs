//! The losses that stand in the log, found once and remembered: our downtime, counted drops, clock steps (I5).
//!
//! Invariants: leaves are the truth and each is read once; drops of one source on one day are added up, downtime and clock steps stay single;
//! at most [`LOSS_ROWS`] rows, after which drops are no longer told apart by source, but still counted.

use std::collections::HashMap;

use anlan_base::{Day, Instant};
use anlan_journal::Journal;
use anlan_tlog::envelope::{Body, Loss, LossReason, LossSource};

use crate::day;
use crate::store::{Vault, VaultError, panicked};

/// Rows of losses that are remembered apart.
pub const LOSS_ROWS: usize = 50_000;

/// What was found so far.
#[derive(Default)]
pub(crate) struct LossBook {
    /// Leaves since this moment were read.
    since: Option<Instant>,
    /// The first leaf that was not looked at.
    next: u64,
    rows: Vec<Loss>,
    drops: HashMap<(u8, LossSource, Day), usize>,
}

impl LossBook {
    fn read_on(&mut self, journal: &Journal, since: Instant) -> Result<(), VaultError> {
        if self.since.is_none_or(|known| since < known) {
            *self = Self { since: Some(since), next: journal.first_at(since)?, ..Self::default() };
        }
        let end = journal.size();
        let mut found = Vec::new();
        day::scan(journal, self.next..end, &mut |_, body| {
            if let Body::Loss(loss) = body {
                found.push(loss);
            }
        })?;
        self.next = end;
        found.into_iter().for_each(|loss| self.add(loss, LOSS_ROWS));
        Ok(())
    }

    fn add(&mut self, mut loss: Loss, limit: usize) {
        if matches!(loss.reason, LossReason::Down | LossReason::ClockBack) {
            self.rows.push(loss);
            return;
        }
        let day = Day::of(loss.until);
        let known = self.drops.get(&(loss.reason.code(), loss.source.clone(), day)).copied();
        let known = known.or_else(|| {
            if self.rows.len() >= limit {
                loss.source = LossSource::default();
            }
            self.drops.get(&(loss.reason.code(), loss.source.clone(), day)).copied()
        });
        match known.and_then(|at| self.rows.get_mut(at)) {
            Some(row) => {
                row.count = row.count.saturating_add(loss.count);
                row.from = row.from.min(loss.from);
                row.until = row.until.max(loss.until);
            }
            None => {
                self.drops.insert((loss.reason.code(), loss.source.clone(), day), self.rows.len());
                self.rows.push(loss);
            }
        }
    }
}

impl Vault {
    /// Losses whose leaves were sequenced since `since`, in the order of the log; drops of one reason, source and Beijing day are one. The first call reads
    /// the log from there, later ones only what is new. Blocks on the disk.
    pub fn losses(&self, since: Instant) -> Result<Vec<Loss>, VaultError> {
        let mut book = self.losses.lock().map_err(|_| panicked())?;
        book.read_on(&self.journal, since)?;
        Ok(book.rows.iter().filter(|loss| loss.until.max(loss.from) >= since).cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drop_of(source: &str, hour: u64) -> Loss {
        let at = Instant(hour * 3_600 * Instant::SECOND);
        Loss { reason: LossReason::Queue, source: source.into(), count: 2, from: at, until: at }
    }

    #[test]
    fn drops_of_a_day_are_one_and_sources_are_told_apart_up_to_the_limit() {
        for (limit, rows) in [(2, 3), (3, 4), (4, 4)] {
            let mut book = LossBook::default();
            for source in ["ip:192.0.2.1", "ip:192.0.2.2", "ip:192.0.2.3", "ip:192.0.2.4"] {
                book.add(drop_of(source, 1), limit);
                book.add(drop_of(source, 2), limit);
            }
            assert_eq!(book.rows.iter().map(|loss| loss.count).sum::<u64>(), 16, "each is counted");
            assert_eq!(book.rows.len(), rows, "{limit}");
        }
    }
}
