//! Duties are measured after the start and then every hour (`spec/verdict.md`). The assessor does it; this says when.
//!
//! Invariant: what one measurement kept is on its way to the log before the next one begins.

use std::sync::Arc;
use std::time::Duration;

use anlan_assure::assess::Assessor;

use crate::instance::Instance;

/// How often; far below the age at which a verdict is stale.
const EVERY: Duration = Duration::from_secs(3_600);

/// Measures at once, then every hour. Ends only with the task.
pub async fn run(instance: Arc<Instance>, assessor: Arc<Assessor>) {
    let mut turns = tokio::time::interval(EVERY);
    turns.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        // What waits goes first: the store is then looked at as it stands in the log.
        if let Err(error) = instance.outbox.pump().await {
            tracing::error!(%error, "entries wait for the log");
        }
        if let Err(error) = assessor.assess().await {
            tracing::error!(%error, "the duties could not be measured; the last verdicts stand until they are stale");
        }
        if let Err(error) = instance.outbox.pump().await {
            tracing::error!(%error, "entries wait for the log");
        }
    }
}
