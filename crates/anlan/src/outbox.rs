//! Carries ledger entries to the transparency log: the row is committed first, then its leaf is sequenced, then the leaf's index is written back.
//!
//! Invariants: leaves of entries stand once and in rising number (ENT-2), whatever moment the process died at, or a carrier was cut off or failed at.

use std::sync::Arc;

use anlan_journal::Journal;
use anlan_ledger::Ledger;
use anlan_tlog::envelope::Body;
use anyhow::Result;
use tokio::sync::Mutex;

/// Entries carried in one step.
const STEP: u32 = 512;

pub struct Outbox {
    ledger: Arc<Ledger>,
    journal: Arc<Journal>,
    /// Whether leaves may stand in the log whose indexes are not written back: at start, and after a step that did not come to its end.
    /// Held while carrying: two carriers would sequence the same entry twice.
    unsure: Mutex<bool>,
}

impl Outbox {
    pub fn new(ledger: Arc<Ledger>, journal: Arc<Journal>) -> Self {
        Self { ledger, journal, unsure: Mutex::new(true) }
    }

    /// Sequences what waits. May be cut off at any point.
    pub async fn pump(&self) -> Result<()> {
        let mut unsure = self.unsure.lock().await;
        if *unsure {
            self.write_back().await?;
            *unsure = false;
        }
        loop {
            let waiting = self.ledger.outbox(STEP).await?;
            if waiting.is_empty() {
                return Ok(());
            }
            let bodies: Vec<Body> = waiting.iter().map(|&(number, digest)| Body::Entry { number, digest }).collect();
            *unsure = true;
            let leaves = tokio::task::block_in_place(|| self.journal.append(&bodies))?;
            let placed: Vec<(u64, u64)> = waiting.iter().map(|&(number, _)| number).zip(leaves).collect();
            self.ledger.sequenced(&placed).await?;
            *unsure = false;
        }
    }

    /// Entries that stand in the log already get their index.
    async fn write_back(&self) -> Result<()> {
        let waiting = self.ledger.outbox(1).await?;
        let Some(&(first, _)) = waiting.first() else { return Ok(()) };
        let before = if first > 1 { self.ledger.entries(first - 1, 1).await?.first().and_then(|row| row.leaf) } else { None };
        let mut placed = Vec::new();
        let range = before.map_or(0, |leaf| leaf + 1)..self.journal.size();
        tokio::task::block_in_place(|| {
            self.journal.scan(range, &mut |leaf, envelope| {
                if let Body::Entry { number, .. } = envelope.body {
                    placed.push((number, leaf));
                }
            })
        })?;
        Ok(self.ledger.sequenced(&placed).await?)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use anlan_base::SystemClock;
    use anlan_journal::DiskFs;
    use anlan_ledger::Actor;
    use anlan_tlog::note::Signer;

    use super::*;

    // ENT-2
    #[test]
    fn a_carrier_that_is_cut_off_leaves_no_entry_twice() {
        let dir = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let clock = Arc::new(SystemClock);
            let signer = Signer::from_seed("anlan.local/test", [7; 32]).unwrap();
            let journal = Arc::new(Journal::create(Arc::new(DiskFs), dir.path().join("log"), signer, clock.clone()).unwrap());
            let ledger = Arc::new(Ledger::open(&dir.path().join("ledger.db"), clock).await.unwrap());
            let outbox = Outbox::new(ledger.clone(), journal.clone());
            for step in 0..60 {
                ledger.note_act(&Actor::Uid(1), "log.search", &[("query", "*")]).await.unwrap();
                let _ = tokio::time::timeout(Duration::from_micros(step * 50), outbox.pump()).await;
            }
            outbox.pump().await.unwrap();
            let mut numbers = Vec::new();
            journal
                .scan(0..journal.size(), &mut |_, envelope| {
                    if let Body::Entry { number, .. } = envelope.body {
                        numbers.push(number);
                    }
                })
                .unwrap();
            assert_eq!(numbers, (1..=60).collect::<Vec<u64>>());
        });
    }
}
