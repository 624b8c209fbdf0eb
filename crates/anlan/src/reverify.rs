//! The daily look at what is stored: yesterday's segments and one seventh of all others, against their seals and batches. `assure` looks; this says when, and keeps what was found.
//!
//! Invariants: the look runs in a thread of the lowest priority that rests as long as it works, and ends soon after the server is told to; what it found is an entry
//! before the day counts as looked at, so that a look that was cut off is begun anew.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant as Moment};

use anlan_assure::assess::{StoreSite, Verification, collector_stops, last_verification, verify_store};
use anlan_base::{Clock, Day, Instant};
use anlan_journal::Fs;
use anlan_ledger::Actor;
use anlan_tlog::note::VerifyingKey;
use anyhow::Result;
use tokio::sync::oneshot;

use crate::instance::Instance;

/// How often it is asked whether a look is due.
const EVERY: Duration = Duration::from_secs(60);
/// Seconds after midnight in Beijing: by then the day before is sealed.
const AFTER_MIDNIGHT: u64 = 30 * 60;
/// The longest rest after a segment.
const LONGEST_REST: Duration = Duration::from_secs(2);
/// How often a rest asks whether to end.
const NAP: Duration = Duration::from_millis(50);
const LOWEST_PRIORITY: i32 = 19;

/// Looks when a look is due. Ends only with the task.
pub async fn run(instance: Arc<Instance>) {
    loop {
        if let Err(error) = turn(&instance).await {
            tracing::error!(%error, "what is stored could not be verified; it is tried again");
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Once on each Beijing day; at once where a day was missed.
fn is_due(last: Option<Day>, now: Instant) -> bool {
    let today = Day::of(now);
    match last {
        Some(last) if last == today => false,
        Some(last) if last.next() == today => now >= today.start().plus_seconds(AFTER_MIDNIGHT),
        // None yet, some days missed, or the clock was set back.
        _ => true,
    }
}

async fn turn(instance: &Instance) -> Result<()> {
    let last = last_verification(&instance.ledger).await?;
    if !is_due(last.as_ref().map(|last| last.day), instance.clock.now()) {
        return Ok(());
    }
    let Some(found) = look(instance, last).await else { return Ok(()) };
    let stops = collector_stops(&instance.ledger, found.at).await?;
    let (act, fields) = found.entry(stops.len() as u64);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    instance.ledger.note_act(&Actor::System, act, &fields).await?;
    if !found.is_sound() {
        let names = found.names.join(" ");
        tracing::error!(
            segments = found.failed,
            log = found.log,
            names,
            "WHAT IS STORED DOES NOT CHECK: run `anlan verify`, and keep everything as it is"
        );
    }
    instance.outbox.pump().await
}

/// None where it was cut off.
async fn look(instance: &Instance, last: Option<Verification>) -> Option<Verification> {
    let stop = Arc::new(AtomicBool::new(false));
    // Dropped with this task: the thread then ends after the segment at hand.
    let _end = StopOnDrop(stop.clone());
    let (done, answer) = oneshot::channel();
    let looker = Looker {
        fs: instance.fs.clone(),
        dir: instance.dir.clone(),
        key: instance.journal.verifying_key(),
        clock: instance.clock.clone(),
        stop,
    };
    let began = std::thread::Builder::new().name("reverify".to_owned()).spawn(move || {
        let _ = done.send(looker.look(last.as_ref()));
    });
    if let Err(error) = began {
        tracing::error!(%error, "no thread for verifying what is stored");
        return None;
    }
    answer.await.ok().flatten()
}

struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

struct Looker {
    fs: Arc<dyn Fs>,
    dir: PathBuf,
    key: VerifyingKey,
    clock: Arc<dyn Clock>,
    stop: Arc<AtomicBool>,
}

impl Looker {
    /// Blocking.
    fn look(&self, last: Option<&Verification>) -> Option<Verification> {
        // On Linux it is this thread's own.
        if let Err(error) = rustix::process::setpriority_process(None, LOWEST_PRIORITY) {
            tracing::debug!(%error, "verifying goes on at the usual priority");
        }
        let site = StoreSite { fs: self.fs.clone(), dir: &self.dir, key: &self.key };
        let mut began = Moment::now();
        verify_store(&site, last, self.clock.now(), &mut || {
            self.rest(began.elapsed().min(LONGEST_REST));
            began = Moment::now();
            !self.is_stopped()
        })
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn rest(&self, length: Duration) {
        let until = Moment::now() + length;
        while Moment::now() < until && !self.is_stopped() {
            std::thread::sleep(NAP.min(until.saturating_duration_since(Moment::now())));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_is_due_once_a_day_and_at_once_where_a_day_was_missed() {
        let today = Day(20_780);
        let at = |seconds| today.start().plus_seconds(seconds);
        for (last, seconds, due) in [
            (None, 0, true),
            (Some(20_780), 0, false),
            (Some(20_780), 86_399, false),
            (Some(20_779), AFTER_MIDNIGHT - 1, false),
            (Some(20_779), AFTER_MIDNIGHT, true),
            (Some(20_778), 0, true),
            // The clock was set back since.
            (Some(20_790), 0, true),
        ] {
            assert_eq!(is_due(last.map(Day), at(seconds)), due, "{last:?} {seconds}");
        }
    }
}
