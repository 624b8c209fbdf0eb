//! What the tests of the log share: its key, bodies of leaves, days with their details.
#![allow(dead_code, reason = "each test file uses some")]
#![allow(clippy::unwrap_used, reason = "a test")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anlan_base::{Class, Day, Instant, ManualClock, Seq, SourceKey};
use anlan_journal::faulty::FaultyFs;
use anlan_journal::{Journal, JournalError};
use anlan_tlog::envelope::{Body, DayLeaf, DayRow, render_detail};
use anlan_tlog::note::Signer;

pub const ORIGIN: &str = "anlan.local/0123456789abcdef";

pub fn signer() -> Signer {
    Signer::from_seed(ORIGIN, [7; 32]).unwrap()
}

pub fn dir() -> PathBuf {
    Path::new("data/log").to_owned()
}

pub fn entries(numbers: std::ops::Range<u64>) -> Vec<Body> {
    numbers.map(|number| Body::Entry { number, digest: [u8::try_from(number % 251).unwrap(); 32] }).collect()
}

/// A day's detail and its leaf.
pub fn day(day: u32) -> (String, Body) {
    let day = Day(day);
    let row = |name: &str, lines| DayRow {
        class: Class::network(),
        source: SourceKey::new(name).unwrap(),
        lines,
        bytes: lines * 100,
        first: Seq(day.start().0 + 1),
        last: Seq(day.start().0 + 9),
    };
    let detail = render_detail(day, &[row("ip:192.0.2.1", 7), row("ip:192.0.2.2", 5)]);
    let digest = anlan_tlog::sha256(detail.as_bytes());
    (detail, Body::Day(DayLeaf { day, lines: 12, bytes: 1200, detail: digest }))
}

pub fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(Instant(5_000)))
}

pub fn create(fs: &FaultyFs) -> Result<Journal, JournalError> {
    Journal::create(Arc::new(fs.clone()), dir(), signer(), clock())
}

pub fn open(fs: &FaultyFs) -> Result<Journal, JournalError> {
    Journal::open(Arc::new(fs.clone()), dir(), signer(), clock())
}
