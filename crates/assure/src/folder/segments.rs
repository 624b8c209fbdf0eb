//! `events/`: the segments are exactly those sealed and not dropped; each has its digest, and its lines lead to the roots of its batches.

use std::collections::{BTreeMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anlan_base::{Class, Day, Seq, SourceKey};
use anlan_tlog::envelope::{Batch, Seal};
use anlan_tlog::line::{line_leaf, salt};
use anlan_tlog::{Digest, Hash, root};
use anlan_vault::{Line, Segment, SegmentBatch};

use super::days::Days;
use super::log::{Log, Name};
use super::wal::{Wal, WalLine};
use super::{Folder, State};
use crate::prove::line_ref;
use crate::report::{Check, Findings};

const PIECE_BYTES: u64 = 4 << 20;
/// Folders below `events/`.
const DEPTH: usize = 4;

/// Every file under `events/`, as a path below the data folder.
pub(crate) struct Files {
    paths: Vec<PathBuf>,
    unreadable: Option<io::Error>,
}

pub(crate) struct Segments {
    pub(crate) checks: Vec<Check>,
    /// Batches found in segments, as their leaves say.
    pub(crate) batches: HashSet<Name>,
}

pub(crate) fn list(folder: &Folder<'_>) -> Files {
    let mut files = Files { paths: Vec::new(), unreadable: None };
    if let Err(error) = walk(folder, Path::new("events"), DEPTH, &mut files.paths) {
        files.unreadable = Some(error);
    }
    files
}

fn walk(folder: &Folder<'_>, below: &Path, depth: usize, paths: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in folder.fs.list(&folder.dir.join(below))? {
        let path = below.join(&entry.name);
        if entry.is_dir && depth > 0 {
            walk(folder, &path, depth - 1, paths)?;
        } else {
            paths.push(path);
        }
    }
    Ok(())
}

/// Where the segment of a seal lies.
pub(crate) fn path_of(seal: &Seal) -> PathBuf {
    segment_path(&seal.class, seal.day, seal.first)
}

fn segment_path(class: &Class, day: Day, first: Seq) -> PathBuf {
    PathBuf::from(format!("events/class={class}/date={day}/{:020}.parquet", first.0))
}

pub(crate) fn check(folder: &Folder<'_>, log: &Log, files: Files, wal: &Wal, days: &mut Days) -> Segments {
    days.read_details(folder, log);
    let mut checker =
        Checker { folder, log, wal, days, findings: Findings::default(), batches: HashSet::new(), seen: Vec::new(), lines: 0 };
    if let Some(error) = files.unreadable {
        checker.find("verify-file-unreadable-at", Path::new("events"), Some(("why", error.to_string())));
    }
    let mut there: HashSet<PathBuf> = files.paths.into_iter().collect();
    // In the order of their first lines, so that lines that stand twice meet.
    let mut seals: Vec<&(u64, Seal)> = log.seals.values().collect();
    seals.sort_by_key(|(_, seal)| seal.first);
    for (_, seal) in seals {
        let path = path_of(seal);
        if there.remove(&path) || folder.fs.exists(&folder.dir.join(&path)) {
            checker.segment(seal, &path);
        } else {
            checker.find("verify-file-missing", &path, None);
        }
    }
    let mut foreign: Vec<PathBuf> = there.into_iter().filter(|path| !checker.is_being_written(path)).collect();
    foreign.sort();
    for path in foreign {
        checker.find("verify-file-foreign", &path, None);
    }
    checker.wal_twice();
    let held = vec![("segments", log.seals.len().to_string()), ("lines", checker.lines.to_string())];
    Segments { checks: checker.findings.into_checks(Check::held("verify-segments", held)), batches: checker.batches }
}

/// A segment that did not check: its path below the data folder, its day and why, as a key of `verify.ftl`.
pub(crate) type Failed = (PathBuf, Day, &'static str);

/// What a look at some segments found.
#[derive(Default)]
pub(crate) struct Looked {
    pub(crate) segments: u64,
    pub(crate) lines: u64,
    pub(crate) failed: Vec<Failed>,
}

/// Checks segments alone, in the order of their first lines; `go_on` is asked before each. None where it said no.
pub(crate) fn look_at(folder: &Folder<'_>, log: &Log, seals: &[&Seal], go_on: &mut dyn FnMut() -> bool) -> Option<Looked> {
    let (wal, mut days, mut looked) = (Wal::default(), Days::default(), Looked::default());
    let mut seals = seals.to_vec();
    seals.sort_by_key(|seal| seal.first);
    let mut checker = Checker {
        folder,
        log,
        wal: &wal,
        days: &mut days,
        findings: Findings::default(),
        batches: HashSet::new(),
        seen: Vec::new(),
        lines: 0,
    };
    for seal in seals {
        if !go_on() {
            return None;
        }
        let path = path_of(seal);
        if folder.fs.exists(&folder.dir.join(&path)) {
            checker.segment(seal, &path);
        } else {
            checker.find("verify-file-missing", &path, None);
        }
        looked.segments += 1;
        let found = std::mem::take(&mut checker.findings).into_checks(Check::held("verify-segments", vec![]));
        looked.failed.extend(found.first().filter(|check| check.key != "verify-segments").map(|check| (path, seal.day, check.key)));
    }
    looked.lines = checker.lines;
    Some(looked)
}

struct Checker<'a> {
    folder: &'a Folder<'a>,
    log: &'a Log,
    wal: &'a Wal,
    days: &'a mut Days,
    findings: Findings,
    batches: HashSet<Name>,
    /// Seqs of earlier segments that later ones may overlap.
    seen: Vec<(Class, Vec<Seq>)>,
    lines: u64,
}

impl Checker<'_> {
    fn find(&mut self, key: &'static str, path: &Path, more: Option<(&'static str, String)>) {
        let args = std::iter::once(("path", path.display().to_string())).chain(more).collect();
        self.findings.add(key, args);
    }

    /// Beside a running server: a file that is being written, or a segment whose seal is on its way (its lines are still in the write-ahead log).
    fn is_being_written(&self, path: &Path) -> bool {
        let first = path.file_stem().and_then(|stem| stem.to_str()?.parse().ok()).map_or(Seq(0), Seq);
        let waits = |(class, lines): (&Class, &Vec<WalLine>)| {
            path == segment_path(class, Day::of_seq(first), first) && lines.binary_search_by_key(&first, |line| line.seq).is_ok()
        };
        let unfinished = path.extension().is_some_and(|extension| extension == "tmp");
        self.folder.state == State::Live && (unfinished || self.wal.lines.iter().any(waits))
    }

    fn segment(&mut self, seal: &Seal, path: &Path) {
        match self.digest(path, seal.size) {
            Ok(digest) if digest == Some(seal.digest) => {}
            Ok(_) => return self.find("verify-file-digest", path, None),
            Err(error) => return self.find("verify-file-unreadable-at", path, Some(("why", error.to_string()))),
        }
        let opened = Segment::open(Arc::clone(&self.folder.fs), self.folder.dir.join(path));
        let lines = opened.and_then(|segment| Ok((segment.lines(segment.first(), segment.last())?, segment)));
        match lines {
            Ok((lines, segment)) => self.content(seal, path, &segment, &lines),
            Err(error) => self.find("verify-segment-form", path, Some(("why", error.to_string()))),
        }
    }

    /// None when the file has another size than it was sealed with.
    fn digest(&self, path: &Path, size: u64) -> io::Result<Option<Hash>> {
        let path = self.folder.dir.join(path);
        if self.folder.fs.len(&path)? != size {
            return Ok(None);
        }
        let mut digest = Digest::new();
        let mut done = 0;
        while done < size {
            let length = (size - done).min(PIECE_BYTES);
            digest.update(&self.folder.fs.read_at(&path, done, usize::try_from(length).unwrap_or(0))?);
            done += length;
        }
        Ok(Some(digest.finish()))
    }

    fn content(&mut self, seal: &Seal, path: &Path, segment: &Segment, lines: &[Line]) {
        let counts = (segment.rows(), segment.batches().len(), segment.first(), segment.last());
        let sealed = (u64::from(seal.rows), seal.batches as usize, seal.first, seal.last);
        if counts != sealed || *segment.class() != seal.class || segment.day() != seal.day || lines.len() as u64 != segment.rows() {
            return self.find("verify-segment-seal", path, None);
        }
        if !lines.is_sorted_by(|a, b| a.seq < b.seq) {
            self.find("verify-segment-twice", path, None);
        }
        let mut rest = lines;
        for batch in segment.batches() {
            let (of_batch, after) = rest.split_at_checked(batch.count as usize).unwrap_or((rest, &[]));
            self.batch(seal, path, batch, of_batch);
            rest = after;
        }
        self.count(path, segment, lines);
        self.lines += lines.len() as u64;
        self.twice(&seal.class, lines.iter().map(|line| line.seq).collect());
    }

    fn batch(&mut self, seal: &Seal, path: &Path, batch: &SegmentBatch, lines: &[Line]) {
        let SegmentBatch { count, first, last, key, root: stated } = *batch;
        let leaves: Vec<Hash> = lines.iter().zip(0_u32..).map(|(line, i)| line_leaf(&salt(&key, i), line_ref(line))).collect();
        let ends = (lines.first().map(|line| line.seq), lines.last().map(|line| line.seq));
        let fits = leaves.len() == count as usize && ends == (Some(first), Some(last)) && root(&leaves) == stated;
        let said = Batch { class: seal.class.clone(), day: seal.day, count, first, last, root: stated };
        let name = (seal.class.clone(), first);
        if fits && self.log.batches.get(&name).is_some_and(|(_, leaf)| *leaf == said) {
            self.batches.insert(name);
        } else {
            self.find("verify-segment-batch", path, Some(("first", first.to_string())));
        }
    }

    /// The table of sources counts the lines; so does the day.
    fn count(&mut self, path: &Path, segment: &Segment, lines: &[Line]) {
        let mut counts: BTreeMap<&SourceKey, (u64, u64, Seq, Seq)> = BTreeMap::new();
        for line in lines {
            let (lines, bytes, _, last) = counts.entry(&line.source).or_insert((0, 0, line.seq, line.seq));
            *lines += 1;
            *bytes += line.raw.len() as u64;
            *last = line.seq;
        }
        let stated = segment.sources().iter().map(|s| (&s.source, (u64::from(s.lines), s.bytes, s.first, s.last)));
        if !stated.eq(counts.iter().map(|(source, counts)| (*source, *counts))) {
            self.find("verify-segment-sources", path, None);
        }
        for (source, (lines, bytes, first, last)) in counts {
            self.days.add(segment.class(), source, (lines, bytes), (first, last));
        }
    }

    /// Classes interleave, but no seq stands in two of them.
    fn twice(&mut self, class: &Class, seqs: Vec<Seq>) {
        let Some(first) = seqs.first().copied() else { return };
        self.seen.retain(|(_, seen)| seen.last().is_some_and(|last| *last >= first));
        let waiting =
            self.wal.lines.iter().filter(|(of, _)| *of != class).filter_map(|(_, lines)| common(&seqs, lines.iter().map(|line| line.seq)));
        let sealed = self.seen.iter().filter(|(of, _)| of != class).filter_map(|(_, seen)| common(&seqs, seen.iter().copied()));
        let found: Vec<Seq> = waiting.chain(sealed).collect();
        for seq in found {
            self.findings.add("verify-lines-twice", vec![("seq", seq.to_string())]);
        }
        self.seen.push((class.clone(), seqs));
    }

    /// The same among the lines of the write-ahead log.
    fn wal_twice(&mut self) {
        let mut classes: Vec<_> = self.wal.lines.iter().collect();
        classes.sort_by(|a, b| a.0.cmp(b.0));
        while let Some((_, lines)) = classes.pop() {
            let seqs: Vec<Seq> = lines.iter().map(|line| line.seq).collect();
            for (_, other) in &classes {
                if let Some(seq) = common(&seqs, other.iter().map(|line| line.seq)) {
                    self.findings.add("verify-lines-twice", vec![("seq", seq.to_string())]);
                }
            }
        }
    }
}

/// A seq that stands in both; both rise.
fn common(seqs: &[Seq], other: impl Iterator<Item = Seq>) -> Option<Seq> {
    let (first, last) = (*seqs.first()?, *seqs.last()?);
    other.skip_while(|seq| *seq < first).take_while(|seq| *seq <= last).find(|seq| seqs.binary_search(seq).is_ok())
}
