//! What time brings to records: reminders, lateness, escalation, series. The ledger does it; this says when.
//!
//! Invariant: what one look found is done to its end before the next pause, and each part is on its way to the log before the next one begins.

use std::sync::Arc;
use std::time::Duration;

use crate::instance::Instance;

/// How often the ledger is asked; due times are told to the minute.
const EVERY: Duration = Duration::from_secs(60);
/// Turns between looks for files that no record came to name.
const SWEEP_TURNS: u32 = 60;

/// Looks at once, then every minute. Ends only with the task.
pub async fn run(instance: Arc<Instance>) {
    let mut turns = tokio::time::interval(EVERY);
    turns.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    for nth in (0..SWEEP_TURNS).cycle() {
        turns.tick().await;
        while turn(&instance).await {}
        if nth == 0 {
            sweep(&instance).await;
        }
    }
}

async fn sweep(instance: &Instance) {
    if let Err(error) = instance.ledger.sweep_attachments().await {
        tracing::warn!(%error, "files that no record names stay for now");
    }
}

/// One bounded part; whether there is more to do at once.
async fn turn(instance: &Instance) -> bool {
    let ticked = match instance.ledger.tick().await {
        Ok(ticked) => ticked,
        Err(error) => {
            tracing::error!(%error, "what time brings to records waits for the next minute");
            return false;
        }
    };
    for (what, why) in &ticked.failed {
        tracing::error!(what, why, "nothing could be done for a record or series whose time has come");
    }
    if let Err(error) = instance.outbox.pump().await {
        tracing::error!(%error, "entries wait for the log");
        return false;
    }
    ticked.more
}
