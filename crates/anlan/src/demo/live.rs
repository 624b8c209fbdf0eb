//! After the present: the devices go on writing, by the same rhythm, as long as the demo is looked at.

use std::sync::Arc;
use std::time::Duration;

use anlan_base::{Day, Instant};

use super::make::chunk;
use super::traffic::{Sent, Traffic};
use crate::instance::Instance;

const EVERY: Duration = Duration::from_millis(500);

/// Ends only with the task, or when the vault no longer takes writes.
pub async fn run(instance: Arc<Instance>, traffic: Traffic) {
    let Ok(book) = instance.ledger.lawbook() else { return };
    let mut until = instance.clock.now();
    let mut today: (Day, Vec<Sent>) = (Day::of(until), Vec::new());
    let mut turns = tokio::time::interval(EVERY);
    loop {
        turns.tick().await;
        let now = instance.clock.now();
        let day = Day::of(now);
        if today.1.is_empty() || today.0 != day {
            today = (day, traffic.of_day(day, &book.calendars.work));
        }
        if !tokio::task::block_in_place(|| receive(&instance, &today.1, until, now)) {
            return;
        }
        until = now;
    }
}

fn receive(instance: &Instance, lines: &[Sent], after: Instant, until: Instant) -> bool {
    let due = lines.iter().filter(|sent| after < sent.at && sent.at <= until);
    let chunks: Result<Vec<_>, _> = due.map(chunk).collect();
    chunks.is_ok_and(|chunks| chunks.is_empty() || instance.vault.append(&chunks).is_ok())
}
