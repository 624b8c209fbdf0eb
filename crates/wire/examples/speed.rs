//! Lines parsed a second on one core: `zstd -dc mixed.log.zst | cargo run --release -p anlan-wire --example speed`.
#![allow(clippy::print_stdout)]

use std::io::Read;

use anlan_base::{Clock, Instant, SystemClock};
use anlan_wire::frame::StreamSplitter;
use anlan_wire::{Detail, parse_for};

const ROUNDS: usize = 3;

fn main() -> std::io::Result<()> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes)?;
    let mut lines = Vec::new();
    report("split", bytes.len(), || {
        lines.clear();
        StreamSplitter::new().split(&bytes, |_, range| lines.push(range));
        lines.len()
    });
    // Lines are received when they say they were written.
    let now = SystemClock.now();
    let times: Vec<Instant> =
        lines.iter().map(|range| parse_for(&bytes[range.clone()], now, Detail::Header).claimed.unwrap_or(now)).collect();
    for detail in [Detail::Header, Detail::Columns, Detail::All] {
        report(&format!("{detail:?}"), bytes.len(), || {
            lines.iter().zip(&times).filter(|(range, at)| parse_for(&bytes[(*range).clone()], **at, detail).message.end > 0).count()
        });
    }
    count_fields(&bytes, &lines);
    Ok(())
}

fn report(name: &str, bytes: usize, mut run: impl FnMut() -> usize) {
    let mut best = u64::MAX;
    let mut count = 0;
    for _ in 0..ROUNDS {
        let start = cpu_nanos();
        count = std::hint::black_box(run());
        best = best.min(cpu_nanos().saturating_sub(start)).max(1);
    }
    let seconds = best as f64 / 1e9;
    println!("{name:>8}: {:>10.0} lines/s {:>6.0} MB/s", count as f64 / seconds, bytes as f64 / 1e6 / seconds);
}

/// Nanoseconds that this thread has run, so that a busy machine does not matter; the clock where Linux does not tell.
fn cpu_nanos() -> u64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    told.and_then(|t| t.split(' ').next()?.parse().ok()).unwrap_or_else(|| SystemClock.now().0)
}

/// The share of lines in which each column was found.
fn count_fields(bytes: &[u8], lines: &[std::ops::Range<usize>]) {
    let now = Instant::from_unix_seconds(1_790_900_000);
    for name in ["host.name", "process.name", "user.name", "source.ip", "event.action", "event.outcome"] {
        let found = lines.iter().filter(|r| parse_for(&bytes[(*r).clone()], now, Detail::Columns).field(name).is_some()).count();
        println!("{name:>14}: {:5.1} %", 100.0 * found as f64 / lines.len().max(1) as f64);
    }
}
