//! The server's own signs of life, as ledger entries: so that the next start tells downtime from a quiet night (I5).
//!
//! Invariant: downtime after a kill is claimed at most [`EVERY`] too long, after a stop not at all.

use std::sync::Arc;
use std::time::Duration;

use anlan_ledger::Actor;
use anyhow::Result;

use crate::instance::Instance;

pub const START: &str = "server.start";
pub const ALIVE: &str = "server.alive";
pub const STOP: &str = "server.stop";
/// What says that the folder was served.
pub const ACTS: [&str; 3] = [START, ALIVE, STOP];
/// How often a server says that it lives.
const EVERY: Duration = Duration::from_secs(600);

/// Records one sign and brings it to the log.
pub async fn note(instance: &Instance, act: &str) -> Result<()> {
    instance.ledger.note_act(&Actor::System, act, &[]).await?;
    instance.outbox.pump().await
}

/// Says every [`EVERY`] that the server lives. Never ends.
pub async fn go_on(instance: Arc<Instance>) {
    let mut turns = tokio::time::interval(EVERY);
    turns.tick().await;
    loop {
        turns.tick().await;
        if let Err(error) = note(&instance, ALIVE).await {
            tracing::error!(%error, "a sign of life could not be recorded");
        }
    }
}
