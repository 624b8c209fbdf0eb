//! Verifies a whole data folder (`spec/folder.md`): log, segments, write-ahead log, ledger, and that nothing else stands among them.
//!
//! Invariants: reads only; a segment is parsed only when its digest is the sealed one; with a running server, what is newer than the first
//! look is passed over and what moved meanwhile is looked at again, but nothing older is excused.

mod days;
mod ledger;
mod log;
mod recheck;
mod segments;
mod snapshot;
mod wal;

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use anlan_journal::Fs;
use anlan_tlog::checkpoint::Checkpoint;
use anlan_tlog::note::{Signer, VerifyingKey};

use crate::against;
use crate::report::{Anchor, Check, Outcome, Report, Verdict, judge};

pub use recheck::{Broken, Recheck, Rechecked, recheck};

/// Looks at a folder that a server changes meanwhile: only what is found at each of them is called damage.
pub const LOOKS: usize = 5;
/// Content of `DIR/format`.
const FORMAT: &[u8] = b"anlan-data/1\n";
/// Bytes of `DIR/key` at most.
const KEY_BYTES: u64 = 4096;

/// Whether a server runs on the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Still,
    Live,
}

/// Checks everything under `dir`. `against` is the text of a checkpoint that the reader kept; `live` says that a server runs on the folder.
#[must_use]
pub fn verify_folder(fs: Arc<dyn Fs>, dir: &Path, key: &VerifyingKey, against: Option<&[u8]>, live: bool) -> Report {
    let older = match against::open(against, key) {
        Ok(older) => older,
        Err(report) => return report,
    };
    match fs.read(&dir.join("format")) {
        Ok(found) if found == FORMAT => {}
        _ => return Report::refused(Verdict::NotOurs, Check::failed("verify-folder-not-ours", vec![])),
    }
    let folder = Folder { fs, dir, key, state: if live { State::Live } else { State::Still } };
    let mut report = folder.look(older.as_ref());
    if live {
        let mut lasting = findings(&report);
        for _ in 1..LOOKS {
            if lasting.is_empty() {
                break;
            }
            report = folder.look(older.as_ref());
            let again = findings(&report);
            lasting.retain(|finding| again.contains(finding));
        }
        if lasting.is_empty() {
            settle(&mut report);
        }
    }
    report
}

/// What failed, told apart without the numbers that move with a running server.
fn findings(report: &Report) -> HashSet<String> {
    let failed = report.checks.iter().filter(|check| check.outcome == Outcome::Failed);
    let still = |(name, _): &&(&str, String)| !matches!(*name, "size" | "count" | "lines");
    failed.map(|check| format!("{} {:?}", check.key, check.args.iter().filter(still).collect::<Vec<_>>())).collect()
}

/// Every finding was gone at a later look: it was the server at work.
fn settle(report: &mut Report) {
    report.checks.retain(|check| check.outcome != Outcome::Failed);
    report.verdict = judge(&report.checks);
}

pub(crate) struct Folder<'a> {
    pub(crate) fs: Arc<dyn Fs>,
    pub(crate) dir: &'a Path,
    pub(crate) key: &'a VerifyingKey,
    pub(crate) state: State,
}

impl Folder<'_> {
    /// One look. The order of reading is that in which things move: from the write-ahead log into segments, and both before the log's last leaves.
    fn look(&self, older: Option<&Checkpoint>) -> Report {
        let mut checks = self.top();
        let fs = match self.state {
            State::Still => Arc::clone(&self.fs),
            State::Live => snapshot::LogSnapshot::begin(&self.fs, &self.dir.join("log"), self.key),
        };
        let before = log::size(&*fs, self.dir, self.key).filter(|_| self.state == State::Live);
        let wal = wal::read(self);
        let files = segments::list(self);
        // With a running server the log is looked at again: a segment found just now may have been sealed since.
        let fs = match self.state {
            State::Still => fs,
            State::Live => snapshot::LogSnapshot::begin(&self.fs, &self.dir.join("log"), self.key),
        };
        let (log, log_checks) = log::read(&*fs, self);
        checks.extend(log_checks);
        if let (Some(older), Some(now)) = (older, &log.checkpoint) {
            checks.push(against::compare(older, now, log::root_at(&*fs, self.dir, now, older)));
        }
        if log.checkpoint.is_some() {
            let mut days = days::Days::default();
            let segments = segments::check(self, &log, files, &wal, &mut days);
            let waiting = wal::judge(&wal, &log, &mut days);
            checks.extend(segments.checks);
            checks.extend(log::batches(&log, &segments.batches, &waiting.batches, before));
            checks.extend(waiting.checks);
            checks.extend(days.judge(&log));
            checks.extend(ledger::check(self, &log));
        }
        let anchored = checks.iter().any(|check| check.key == "verify-against-held" && check.outcome == Outcome::Held);
        let anchor = older.filter(|_| anchored).map_or(Anchor::SelfOnly, |older| Anchor::Against { size: older.size });
        Report { verdict: judge(&checks), checks, anchor }
    }

    /// What lies in the folder itself: the key, and files that nobody knows.
    fn top(&self) -> Vec<Check> {
        let mut checks = vec![self.private_key()];
        let known = [
            "format",
            "anlan.lock",
            "anlan.sock",
            "key",
            "tls",
            "database",
            "attachments",
            "secrets",
            "demo.json",
            "ledger.db",
            "ledger.db-wal",
            "ledger.db-shm",
            "log",
            "wal",
            "events",
            "tmp",
        ];
        for entry in self.fs.list(self.dir).unwrap_or_default() {
            if !known.contains(&entry.name.as_str()) {
                checks.push(Check::info("verify-folder-unknown", vec![("path", entry.name)]));
            }
        }
        checks
    }

    fn private_key(&self) -> Check {
        let path = self.dir.join("key");
        if !self.fs.exists(&path) {
            return Check::info("verify-folder-no-key", vec![]);
        }
        let short = self.fs.len(&path).is_ok_and(|length| length <= KEY_BYTES);
        let text = if short { self.fs.read(&path).ok() } else { None };
        let signer = text.and_then(|text| Signer::parse(std::str::from_utf8(&text).ok()?.trim_end()).ok());
        let origin = vec![("origin", self.key.name.to_string())];
        if signer.is_some_and(|signer| signer.verifying_key() == *self.key) {
            Check::held("verify-folder-key", origin)
        } else {
            Check::failed("verify-folder-other-key", origin)
        }
    }
}
