//! Losses that the receivers know of: counted at once, noted in the vault at most once a minute for each reason and source (I5).
//!
//! Invariant: a counted loss is kept until the vault has taken it; what it refuses is offered again with the next turn.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use anlan_base::{Clock, Instant};
pub(crate) use anlan_vault::{Loss, LossReason, LossSource};
use anlan_vault::{Vault, VaultError};

use crate::limits::COUNTED_LOSSES;

/// Where losses are noted for good.
pub trait LossSink: Send + Sync {
    /// Blocks until the losses are kept, all or none.
    fn note(&self, losses: &[Loss]) -> Result<(), VaultError>;
}

impl LossSink for Vault {
    fn note(&self, losses: &[Loss]) -> Result<(), VaultError> {
        self.note_losses(losses)
    }
}

/// Counts losses until they are noted.
pub(crate) struct Losses {
    clock: Arc<dyn Clock>,
    sink: Arc<dyn LossSink>,
    counted: Mutex<BTreeMap<(u8, String), Loss>>,
}

impl Losses {
    pub(crate) fn new(clock: Arc<dyn Clock>, sink: Arc<dyn LossSink>) -> Self {
        Self { clock, sink, counted: Mutex::new(BTreeMap::new()) }
    }

    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Counts what was lost now.
    pub(crate) fn count(&self, reason: LossReason, source: &str, count: u64) {
        self.count_since(reason, source, count, self.clock.now());
    }

    /// Counts what was lost at some time since `from`.
    pub(crate) fn count_since(&self, reason: LossReason, source: &str, count: u64, from: Instant) {
        let until = self.clock.now();
        self.add(Loss { reason, source: LossSource::new(source), count, from: from.min(until), until });
    }

    fn add(&self, mut loss: Loss) {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let mut key = (loss.reason as u8, loss.source.to_string());
        if counted.len() >= COUNTED_LOSSES && !counted.contains_key(&key) {
            loss.source = LossSource::default();
            key.1.clear();
        }
        let Some(known) = counted.get_mut(&key) else {
            counted.insert(key, loss);
            return;
        };
        known.count += loss.count;
        known.from = known.from.min(loss.from);
        known.until = known.until.max(loss.until);
    }

    /// Notes all that was counted since the last time.
    pub(crate) async fn note_all(self: &Arc<Self>) {
        let losses = Arc::clone(self);
        let noted = tokio::task::spawn_blocking(move || losses.note_all_blocking()).await;
        if let Err(error) = noted {
            tracing::error!(%error, "noting losses failed");
        }
    }

    fn note_all_blocking(&self) {
        let counted = std::mem::take(&mut *self.counted.lock().unwrap_or_else(PoisonError::into_inner));
        if counted.is_empty() {
            return;
        }
        let losses: Vec<Loss> = counted.into_values().collect();
        if let Err(error) = self.sink.note(&losses) {
            tracing::error!(%error, losses = losses.len(), "losses could not be noted; they are tried again");
            losses.into_iter().for_each(|loss| self.add(loss));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use anlan_base::ManualClock;

    use super::*;

    #[derive(Default)]
    struct Noted {
        refuses: AtomicBool,
        losses: Mutex<Vec<Loss>>,
    }

    impl LossSink for Noted {
        fn note(&self, losses: &[Loss]) -> Result<(), VaultError> {
            if self.refuses.load(Ordering::SeqCst) {
                return Err(std::io::Error::other("full").into());
            }
            self.losses.lock().unwrap().extend_from_slice(losses);
            Ok(())
        }
    }

    fn counting() -> (Arc<ManualClock>, Arc<Noted>, Arc<Losses>) {
        let clock = Arc::new(ManualClock::at(Instant(1_000)));
        let sink = Arc::new(Noted::default());
        (clock.clone(), sink.clone(), Arc::new(Losses::new(clock, sink)))
    }

    #[tokio::test]
    async fn losses_of_one_reason_and_source_are_one_note() {
        let (clock, sink, losses) = counting();
        losses.count(LossReason::Queue, "ip:192.0.2.1", 3);
        clock.set(Instant(2_000));
        losses.count(LossReason::Queue, "ip:192.0.2.1", 4);
        losses.count(LossReason::CutFrame, "ip:192.0.2.1", 1);
        losses.note_all().await;
        losses.note_all().await;
        let loss = |reason, count, from, until| Loss {
            reason,
            source: LossSource::new("ip:192.0.2.1"),
            count,
            from: Instant(from),
            until: Instant(until),
        };
        assert_eq!(*sink.losses.lock().unwrap(), [loss(LossReason::Queue, 7, 1_000, 2_000), loss(LossReason::CutFrame, 1, 2_000, 2_000)]);
    }

    #[tokio::test]
    async fn what_is_refused_is_offered_again() {
        let (_, sink, losses) = counting();
        losses.count(LossReason::Kernel, "udp:0.0.0.0:514", 3);
        sink.refuses.store(true, Ordering::SeqCst);
        losses.note_all().await;
        losses.count_since(LossReason::Kernel, "udp:0.0.0.0:514", 2, Instant(500));
        sink.refuses.store(false, Ordering::SeqCst);
        losses.note_all().await;
        let noted = sink.losses.lock().unwrap();
        assert_eq!(noted.iter().map(|l| (l.count, l.from)).collect::<Vec<_>>(), [(5, Instant(500))]);
    }

    #[tokio::test]
    async fn counted_losses_have_a_limit_and_none_is_forgotten() {
        for (sources, rows) in
            [(COUNTED_LOSSES - 1, COUNTED_LOSSES - 1), (COUNTED_LOSSES, COUNTED_LOSSES), (COUNTED_LOSSES + 3, COUNTED_LOSSES + 1)]
        {
            let (_, sink, losses) = counting();
            for n in 0..sources {
                losses.count(LossReason::Queue, &format!("ip:{n}"), 2);
            }
            losses.note_all().await;
            let noted = sink.losses.lock().unwrap();
            assert_eq!(noted.len(), rows, "{sources}");
            assert_eq!(noted.iter().map(|l| l.count).sum::<u64>(), 2 * sources as u64);
        }
    }
}
