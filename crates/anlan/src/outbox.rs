//! Carries ledger entries to the transparency log: the row is committed first, then its leaf is sequenced, then the leaf's index is written back.
//!
//! Invariants: leaves of entries stand once and in rising number (ENT-2), whatever moment the process died at.

use anlan_journal::Journal;
use anlan_ledger::Ledger;
use anlan_tlog::envelope::Body;
use anyhow::Result;
use tokio::sync::Mutex;

/// Entries carried in one step.
const STEP: u32 = 512;

/// One carrier at a time: two would sequence the same entry twice.
static CARRYING: Mutex<()> = Mutex::const_new(());

/// Sequences what waits in the outbox.
pub async fn pump(ledger: &Ledger, journal: &Journal) -> Result<()> {
    let _one = CARRYING.lock().await;
    loop {
        let waiting = ledger.outbox(STEP).await?;
        if waiting.is_empty() {
            return Ok(());
        }
        let bodies: Vec<Body> = waiting.iter().map(|&(number, digest)| Body::Entry { number, digest }).collect();
        let leaves = tokio::task::block_in_place(|| journal.append(&bodies))?;
        let placed: Vec<(u64, u64)> = waiting.iter().map(|&(number, _)| number).zip(leaves).collect();
        ledger.sequenced(&placed).await?;
    }
}

/// At start-up: entries sequenced before a crash, but not written back, get their index; the rest are sequenced.
pub async fn reconcile(ledger: &Ledger, journal: &Journal) -> Result<()> {
    let waiting = ledger.outbox(1).await?;
    let Some(&(first, _)) = waiting.first() else { return Ok(()) };
    let before = if first > 1 { ledger.entries(first - 1, 1).await?.first().and_then(|row| row.leaf) } else { None };
    let mut placed = Vec::new();
    journal.scan(before.map_or(0, |leaf| leaf + 1)..journal.size(), &mut |leaf, envelope| {
        if let Body::Entry { number, .. } = envelope.body {
            placed.push((number, leaf));
        }
    })?;
    ledger.sequenced(&placed).await?;
    pump(ledger, journal).await
}
