//! What was measured last, so that probes of one assessment and pages loaded one after the other share it.
//!
//! Invariant: it is given again only while nothing it was measured from is known to have changed: within one assessment, or for [`HOLDS_SECONDS`] with the
//! same lines, the same log and the same entries.

use std::sync::Arc;

use tokio::sync::Mutex;

use super::Measurement;
use crate::assess::{AssessError, Site};

/// Seconds for which what was measured is given again, where nothing changed: silence grows by itself.
pub const HOLDS_SECONDS: u64 = 30;

/// Shared by all clones of a site.
#[derive(Clone, Default)]
pub struct Remembered {
    last: Arc<Mutex<Option<Last>>>,
    /// It holds as long as this lives: one assessment.
    is_once: bool,
}

/// A measurement, and what it follows from.
type Last = (Mark, Arc<Measurement>);

/// What a measurement follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    lines: u64,
    segments: u64,
    log: u64,
    entry: u64,
    at: anlan_base::Instant,
}

impl Mark {
    async fn of(site: &Site) -> Result<Self, AssessError> {
        let status = site.vault.status();
        let (log, entry) = (site.journal.size(), site.ledger.newest_entry().await?);
        Ok(Self { lines: status.lines, segments: status.segments, log, entry, at: site.now })
    }

    fn holds(self, now: Self) -> bool {
        let age = now.at.0.checked_sub(self.at.0);
        Self { at: now.at, ..self } == now && age.is_some_and(|age| age <= HOLDS_SECONDS * anlan_base::Instant::SECOND)
    }
}

impl Remembered {
    /// For one assessment: what is measured first holds for all of it.
    pub(in crate::assess) fn once() -> Self {
        Self { is_once: true, ..Self::default() }
    }

    pub(in crate::assess) async fn measured(&self, site: &Site) -> Result<Arc<Measurement>, AssessError> {
        let mut last = self.last.lock().await;
        let mark = Mark::of(site).await?;
        if let Some((_, found)) = last.as_ref().filter(|(before, _)| self.is_once || before.holds(mark)) {
            return Ok(Arc::clone(found));
        }
        let found = Arc::new(super::survey(site).await?);
        *last = Some((mark, Arc::clone(&found)));
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use anlan_base::Instant;

    use super::*;

    #[test]
    fn it_holds_for_its_time_and_while_nothing_changed() {
        let at = |seconds: u64| Mark { lines: 1, segments: 1, log: 1, entry: 1, at: Instant(seconds * Instant::SECOND) };
        let before = at(100);
        for (seconds, holds) in
            [(99, false), (100, true), (99 + HOLDS_SECONDS, true), (100 + HOLDS_SECONDS, true), (101 + HOLDS_SECONDS, false)]
        {
            assert_eq!(before.holds(at(seconds)), holds, "{seconds}");
        }
        for changed in [Mark { lines: 2, ..before }, Mark { segments: 2, ..before }, Mark { log: 2, ..before }, Mark { entry: 2, ..before }]
        {
            assert!(!before.holds(changed));
        }
    }
}
