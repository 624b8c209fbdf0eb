//! The transparency log of a folder: what the journal's own check finds, and what the leaves say about batches, segments, days and entries.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use anlan_base::{Class, Seq};
use anlan_journal::Fs;
use anlan_journal::check::{self, Finding, Reason};
use anlan_tlog::Hash;
use anlan_tlog::checkpoint::Checkpoint;
use anlan_tlog::envelope::{Batch, Body, DayLeaf, Dropped, Seal};
use anlan_tlog::note::VerifyingKey;

use super::{Folder, State};
use crate::report::{Check, Findings};
use crate::rules::BatchRules;

/// A batch or a segment is named by its class and first seq.
pub(crate) type Name = (Class, Seq);

/// Restores that are said at most, the last ones.
const RESTORES_SAID: usize = 20;

/// What the leaves say.
#[derive(Default)]
pub(crate) struct Log {
    /// None when it does not check: then nothing else is judged.
    pub(crate) checkpoint: Option<Checkpoint>,
    pub(crate) batches: HashMap<Name, (u64, Batch)>,
    /// Sealed and not dropped.
    pub(crate) seals: BTreeMap<Name, (u64, Seal)>,
    pub(crate) dropped: Vec<Seal>,
    pub(crate) days: Vec<DayLeaf>,
    /// Leaf index and digest by number.
    pub(crate) entries: BTreeMap<u64, (u64, Hash)>,
    /// The last seq that is sealed, by class: older lines in the write-ahead log have been passed on.
    pub(crate) sealed: HashMap<Class, Seq>,
    /// Where the log goes on after a backup was restored: the leaf that says so, and the size of the log that was restored.
    restored: Vec<(u64, u64)>,
}

impl Log {
    fn add(&mut self, index: u64, body: &Body, findings: &mut Findings) {
        let leaf = || vec![("leaf", index.to_string())];
        match body {
            Body::Batch(batch) => _ = self.batches.insert((batch.class.clone(), batch.first), (index, batch.clone())),
            Body::Seal(seal) => {
                let last = self.sealed.entry(seal.class.clone()).or_default();
                *last = seal.last.max(*last);
                if self.seals.insert((seal.class.clone(), seal.first), (index, seal.clone())).is_some() {
                    findings.add("verify-log-sealed-twice", leaf());
                }
            }
            Body::Drop(dropped) => self.drop_segment(dropped).unwrap_or_else(|| findings.add("verify-log-dropped-unknown", leaf())),
            Body::Entry { number, digest } => _ = self.entries.insert(*number, (index, *digest)),
            Body::Restore { size, .. } => self.restored.push((index, *size)),
            _ => {}
        }
    }

    fn drop_segment(&mut self, dropped: &Dropped) -> Option<()> {
        let name = (dropped.class.clone(), dropped.first);
        self.seals.get(&name).filter(|(_, seal)| seal.digest == dropped.digest && seal.day == dropped.day)?;
        self.dropped.push(self.seals.remove(&name)?.1);
        Some(())
    }

    pub(crate) fn is_sealed(&self, class: &Class, seq: Seq) -> bool {
        self.sealed.get(class).is_some_and(|last| seq <= *last)
    }
}

/// Size of the log now.
pub(crate) fn size(fs: &dyn Fs, dir: &Path, key: &VerifyingKey) -> Option<u64> {
    let note = fs.read(&dir.join("log/checkpoint")).ok()?;
    Some(Checkpoint::parse(key.open(&note).ok()?)?.size)
}

pub(crate) fn read(fs: &dyn Fs, folder: &Folder<'_>) -> (Log, Vec<Check>) {
    read_some(fs, folder, &|_| true)
}

/// As [`read`]; of what does not pass `wanted` nothing is kept in memory. All of it is checked.
pub(crate) fn read_some(fs: &dyn Fs, folder: &Folder<'_>, wanted: &dyn Fn(&Body) -> bool) -> (Log, Vec<Check>) {
    let mut log = Log::default();
    let mut rules = BatchRules::default();
    let mut leaves = Findings::default();
    let found = check::check_tree(fs, &folder.dir.join("log"), folder.key, &mut |index, envelope| {
        if let Body::Batch(batch) = &envelope.body {
            rules.batch(index, batch, &mut leaves);
        }
        if wanted(&envelope.body) {
            log.add(index, &envelope.body, &mut leaves);
        }
    });
    let mut findings = Findings::default();
    for finding in &found.findings {
        let of_newer = folder.state == State::Live && finding.reason == Reason::Foreign && finding.path.starts_with("detail");
        if !of_newer {
            findings.push(explain(finding));
        }
    }
    log.days = found.days;
    let size = found.checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.size);
    log.checkpoint = found.checkpoint;
    let held = Check::held("verify-log", vec![("origin", folder.key.name.to_string()), ("size", size.to_string())]);
    let mut checks = findings.into_checks(held);
    if !leaves.is_empty() {
        checks.extend(leaves.into_checks(Check::info("verify-log", vec![])));
    }
    for (leaf, size) in log.restored.iter().rev().take(RESTORES_SAID) {
        checks.push(Check::info("verify-log-restored", vec![("leaf", leaf.to_string()), ("size", size.to_string())]));
    }
    (log, checks)
}

fn explain(finding: &Finding) -> Check {
    let path = ("path", format!("log/{}", finding.path.display()));
    let leaf = |index: u64| ("leaf", index.to_string());
    let (key, args) = match &finding.reason {
        Reason::Note(error) => ("verify-checkpoint-signature", vec![path, ("why", error.to_string())]),
        Reason::MoreSignatures => ("verify-file-signatures", vec![path]),
        Reason::Checkpoint => ("verify-file-form", vec![path]),
        Reason::Origin { found } => ("verify-log-origin", vec![path, ("origin", found.clone())]),
        Reason::Unreadable(kind) => ("verify-file-unreadable-at", vec![path, ("why", kind.to_string())]),
        Reason::Missing => ("verify-file-missing", vec![path]),
        Reason::Foreign => ("verify-file-foreign", vec![path]),
        Reason::Length | Reason::Detail { .. } => ("verify-file-form", vec![path]),
        Reason::Hashes { below } => ("verify-log-hashes", vec![path, ("below", format!("log/{}", below.display()))]),
        Reason::Root => ("verify-log-root", vec![path]),
        Reason::Envelope { index, .. } => ("verify-log-envelope", vec![path, leaf(*index)]),
        Reason::FirstLeaf => ("verify-log-first-leaf", vec![path, leaf(0)]),
        Reason::TimeFalls { index } => ("verify-log-at-falls", vec![path, leaf(*index)]),
        Reason::DayOrder { index, .. } => ("verify-log-day-hole", vec![path, leaf(*index)]),
        Reason::EntryOrder { index, .. } => ("verify-log-entry-order", vec![path, leaf(*index)]),
        Reason::Digest | Reason::Sums { .. } => ("verify-file-digest", vec![path]),
    };
    Check::failed(key, args)
}

/// Root of the first leaves, as many as the older checkpoint has.
pub(crate) fn root_at(fs: &dyn Fs, dir: &Path, now: &Checkpoint, older: &Checkpoint) -> Option<Hash> {
    if older.size > now.size {
        return None;
    }
    check::root_at(fs, &dir.join("log"), now.size, older.size).ok()
}

/// Each batch of the log is kept: in a segment, or not yet sealed in the write-ahead log. `before` is the log's size at the first look at a
/// running folder: what came later need not have been seen.
pub(crate) fn batches(log: &Log, sealed: &HashSet<Name>, waiting: &HashSet<Name>, before: Option<u64>) -> Vec<Check> {
    let mut findings = Findings::default();
    let dropped =
        |batch: &Batch| log.dropped.iter().any(|seal| seal.class == batch.class && seal.first <= batch.first && batch.last <= seal.last);
    let mut missing: Vec<&(u64, Batch)> = Vec::new();
    for (name, known) in &log.batches {
        let seen = sealed.contains(name) || waiting.contains(name);
        if !seen && before.is_none_or(|before| known.0 < before) && !dropped(&known.1) {
            missing.push(known);
        }
    }
    missing.sort_by_key(|(leaf, _)| *leaf);
    for (leaf, batch) in missing {
        let args = vec![
            ("leaf", leaf.to_string()),
            ("class", batch.class.to_string()),
            ("first", batch.first.to_string()),
            ("lines", batch.count.to_string()),
        ];
        findings.add("verify-batch-missing", args);
    }
    findings.into_checks(Check::held("verify-batches", vec![("batches", log.batches.len().to_string())]))
}
