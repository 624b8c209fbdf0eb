//! Verifies the transparency log and the segments of some days of a folder that a server works on, for the daily look.
//!
//! Invariants: reads only; the checks are those of a whole verification; what fails is looked at once more as the log stands then, so that a segment which was dropped
//! meanwhile is not called damage; memory grows with the days that are looked at, not with the log.

use std::path::Path;
use std::sync::Arc;

use anlan_base::Day;
use anlan_journal::Fs;
use anlan_tlog::envelope::{Body, Seal};
use anlan_tlog::note::VerifyingKey;

use super::log::{self, Log};
use super::segments::{self, Looked};
use super::snapshot::LogSnapshot;
use super::{Folder, State};
use crate::report::{Check, Outcome};

/// What is looked at.
pub struct Recheck<'a> {
    pub fs: Arc<dyn Fs>,
    pub dir: &'a Path,
    pub key: &'a VerifyingKey,
    /// Days before it have ended.
    pub today: Day,
    /// The days whose segments are looked at.
    pub wanted: &'a dyn Fn(Day) -> bool,
}

/// A segment that did not check.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Broken {
    /// Below the data folder.
    pub path: String,
    pub day: Day,
    /// A key of `verify.ftl`.
    pub why: &'static str,
}

/// What the look found.
#[derive(Clone, Debug, Default)]
pub struct Rechecked {
    /// Leaves of the log that were checked.
    pub log_size: u64,
    /// Segments of ended days that are kept, looked at or not.
    pub stored: u64,
    /// Segments that were looked at, and their lines.
    pub segments: u64,
    pub lines: u64,
    pub broken: Vec<Broken>,
    /// What is wrong with the log itself.
    pub log: Vec<Check>,
}

/// Blocking. `go_on` is asked before each segment, and may pause; none where it said no.
pub fn recheck(asked: &Recheck<'_>, go_on: &mut dyn FnMut() -> bool) -> Option<Rechecked> {
    let folder = Folder { fs: Arc::clone(&asked.fs), dir: asked.dir, key: asked.key, state: State::Live };
    let (log, failed) = read(&folder, asked.wanted);
    let seals: Vec<&Seal> = log.seals.values().map(|(_, seal)| seal).collect();
    let wanted: Vec<&Seal> = seals.iter().copied().filter(|seal| (asked.wanted)(seal.day)).collect();
    let first = segments::look_at(&folder, &log, &wanted, go_on)?;
    let mut found = Rechecked {
        log_size: log.checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.size),
        stored: seals.iter().filter(|seal| seal.day < asked.today).count() as u64,
        segments: first.segments,
        lines: first.lines,
        broken: Vec::new(),
        log: Vec::new(),
    };
    if !first.failed.is_empty() || !failed.is_empty() {
        look_again(&folder, asked.wanted, &first, &failed, go_on, &mut found)?;
    }
    Some(found)
}

/// What was found twice is damage.
fn look_again(
    folder: &Folder<'_>,
    wanted: &dyn Fn(Day) -> bool,
    first: &Looked,
    failed: &[Check],
    go_on: &mut dyn FnMut() -> bool,
    found: &mut Rechecked,
) -> Option<()> {
    let (log, again) = read(folder, wanted);
    found.log = again.into_iter().filter(|check| failed.contains(check)).collect();
    let standing = log.seals.values().map(|(_, seal)| seal);
    let seals: Vec<&Seal> = standing.filter(|seal| first.failed.iter().any(|(path, ..)| *path == segments::path_of(seal))).collect();
    let second = segments::look_at(folder, &log, &seals, go_on)?;
    found.broken = second.failed.into_iter().map(|(path, day, why)| Broken { path: path.display().to_string(), day, why }).collect();
    Some(())
}

/// The log as of one checkpoint: seals, and the batches of days that are looked at; and what is wrong with it.
fn read(folder: &Folder<'_>, wanted: &dyn Fn(Day) -> bool) -> (Log, Vec<Check>) {
    let fs = LogSnapshot::begin(&folder.fs, &folder.dir.join("log"), folder.key);
    let (log, checks) = log::read_some(&*fs, folder, &|body| match body {
        Body::Batch(batch) => wanted(batch.day),
        Body::Seal(_) | Body::Drop(_) => true,
        _ => false,
    });
    (log, checks.into_iter().filter(|check| check.outcome == Outcome::Failed).collect())
}
