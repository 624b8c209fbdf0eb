//! The server's own signs of life, as ledger entries: so that the next start tells downtime from a quiet night (I5).
//!
//! Invariant: downtime after a kill is claimed at most [`EVERY`] too long, after a stop not at all.

use std::time::Duration;

use anlan_ledger::{Actor, Ledger};
use anyhow::Result;

use crate::outbox::Outbox;

pub const START: &str = "server.start";
pub const ALIVE: &str = "server.alive";
pub const STOP: &str = "server.stop";
/// What says that the folder was served.
pub const ACTS: [&str; 3] = [START, ALIVE, STOP];
/// How often a server says that it lives.
pub const EVERY: Duration = Duration::from_secs(600);

/// Records one sign and brings it to the log.
pub async fn note(ledger: &Ledger, outbox: &Outbox, act: &str) -> Result<()> {
    ledger.note_act(&Actor::System, act, &[]).await?;
    outbox.pump().await
}
