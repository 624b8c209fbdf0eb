//! A full, read-only check of a log's folder (`spec/folder.md`, points 1 and 2, and the details).
//!
//! Invariant: every byte of every file under the folder is either checked here or makes its file foreign.

use std::collections::BTreeSet;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use anlan_base::{Day, Instant};
use anlan_tlog::checkpoint::Checkpoint;
use anlan_tlog::envelope::{Body, DayLeaf, DayRow, Envelope, EnvelopeError, parse_detail};
use anlan_tlog::note::{Note, NoteError, VerifyingKey};
use anlan_tlog::{Frontier, Hash, edge_root, hex, leaf_hash, root, sha256, tile};

use crate::files::{self, CHECKPOINT, DETAILS, TILES};
use crate::fs::{DirEntry, Fs};

/// Findings listed at most; more are only counted.
pub const FINDINGS: usize = 1_000;
/// Bytes of a checkpoint at most.
pub const CHECKPOINT_BYTES: u64 = 64 << 10;
/// Bytes of a day's detail at most.
pub const DETAIL_BYTES: u64 = 64 << 20;
/// Bytes of a bundle at most: 256 entries of 256 bytes, and their lengths.
const BUNDLE_BYTES: u64 = 256 * 258;

/// What the check found out.
#[derive(Debug, Default)]
pub struct Report {
    /// The checkpoint, when its signature checks.
    pub checkpoint: Option<Checkpoint>,
    /// The signed note it came in.
    pub note: Vec<u8>,
    pub findings: Vec<Finding>,
    /// Findings beyond [`FINDINGS`].
    pub unlisted: u64,
    /// Envelopes that were read.
    pub envelopes: u64,
    /// Day leaves in order.
    pub days: Vec<DayLeaf>,
}

impl Report {
    #[must_use]
    pub fn sound(&self) -> bool {
        self.findings.is_empty() && self.checkpoint.is_some()
    }

    fn find(&mut self, path: impl Into<PathBuf>, reason: Reason) {
        if self.findings.len() < FINDINGS {
            self.findings.push(Finding { path: path.into(), reason });
        } else {
            self.unlisted += 1;
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Below the log's folder.
    pub path: PathBuf,
    pub reason: Reason,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The checkpoint's note: form or signature.
    Note(NoteError),
    /// The checkpoint has signature lines beside the log's.
    MoreSignatures,
    /// The note's text is no checkpoint of a log with leaves.
    Checkpoint,
    /// The checkpoint is another log's.
    Origin {
        found: String,
    },
    /// The file could not be read.
    Unreadable(ErrorKind),
    Missing,
    /// The file does not belong to a log of this size, or to no log at all.
    Foreign,
    /// The file has not the length that it must have.
    Length,
    /// The bundle's entries, or the tile below, do not hash to what this tile says: one of the two was changed.
    Hashes {
        below: PathBuf,
    },
    /// The tiles do not lead to the checkpoint's root.
    Root,
    Envelope {
        index: u64,
        error: EnvelopeError,
    },
    /// Leaf 0 is not that of the key (TLOG-7).
    FirstLeaf,
    /// `at` falls (TLOG-5).
    TimeFalls {
        index: u64,
    },
    /// The day does not follow the one before (TLOG-8).
    DayOrder {
        index: u64,
        day: Day,
    },
    /// The entry's number does not rise (ENT-2).
    EntryOrder {
        index: u64,
        number: u64,
    },
    /// A detail is not what its name says.
    Digest,
    /// A detail does not parse, or is not of its leaf's day.
    Detail {
        day: Day,
    },
    /// A detail's rows do not add up to its leaf.
    Sums {
        day: Day,
    },
}

/// Checks everything under `dir`; calls `each` for every envelope that parses, in order, with its index.
/// The log must not change meanwhile ([`crate::Journal::check`] sees to that).
pub fn check_tree(fs: &dyn Fs, dir: &Path, key: &VerifyingKey, each: &mut dyn FnMut(u64, &Envelope)) -> Report {
    let mut report = Report::default();
    let Some(checkpoint) = check_checkpoint(fs, dir, key, &mut report) else { return report };
    match files::tile_files(fs, dir) {
        Ok(paths) => {
            paths.into_iter().filter(|path| !files::belongs(path, checkpoint.size)).for_each(|path| report.find(path, Reason::Foreign))
        }
        Err(error) => report.find(TILES, Reason::Unreadable(error.kind())),
    }
    Leaves { fs, dir, key, report: &mut report, each, at: Instant(0), number: None }.check(&checkpoint);
    report.checkpoint = Some(checkpoint);
    check_details(fs, dir, &mut report);
    check_names(fs, dir, &mut report);
    report
}

/// Root of the first `size` leaves of a log of `now` leaves, from its level-0 tiles: for comparing with an older checkpoint.
/// Says something only of a folder that [`check_tree`] found sound.
pub fn root_at(fs: &dyn Fs, dir: &Path, now: u64, size: u64) -> io::Result<Hash> {
    let mut frontier = Frontier::default();
    for n in 0..size.div_ceil(u64::from(tile::WIDTH)) {
        let width = now.saturating_sub(n * u64::from(tile::WIDTH)).min(u64::from(tile::WIDTH));
        let width = u16::try_from(width).unwrap_or(tile::WIDTH);
        let bytes = fs.read(&dir.join(tile::path(Some(0), n, width)))?;
        let hashes = files::tile_hashes(&bytes, width).ok_or(ErrorKind::InvalidData)?;
        for hash in hashes {
            if frontier.size < size {
                frontier.push(hash);
            }
        }
    }
    if frontier.size == size { Ok(frontier.root()) } else { Err(ErrorKind::InvalidInput.into()) }
}

fn check_checkpoint(fs: &dyn Fs, dir: &Path, key: &VerifyingKey, report: &mut Report) -> Option<Checkpoint> {
    report.note = read(fs, dir, CHECKPOINT, CHECKPOINT_BYTES, report)?;
    let checkpoint = read_checkpoint(&report.note, key);
    checkpoint.map_err(|reason| report.find(CHECKPOINT, reason)).ok()
}

/// In the folder a checkpoint has the log's signature alone.
fn read_checkpoint(note: &[u8], key: &VerifyingKey) -> Result<Checkpoint, Reason> {
    let text = key.open(note).map_err(Reason::Note)?;
    if Note::parse(note).map_err(Reason::Note)?.signatures.len() != 1 {
        return Err(Reason::MoreSignatures);
    }
    let checkpoint = Checkpoint::parse(text).filter(|checkpoint| checkpoint.size > 0).ok_or(Reason::Checkpoint)?;
    if checkpoint.origin == key.name { Ok(checkpoint) } else { Err(Reason::Origin { found: checkpoint.origin }) }
}

/// Reads a file of at most `limit` bytes, or reports why not.
fn read(fs: &dyn Fs, dir: &Path, path: &str, limit: u64, report: &mut Report) -> Option<Vec<u8>> {
    let file = dir.join(path);
    let reason = match fs.len(&file) {
        Ok(len) if len > limit => Reason::Length,
        Ok(_) => match fs.read(&file) {
            Ok(bytes) => return Some(bytes),
            Err(error) => Reason::Unreadable(error.kind()),
        },
        Err(error) if error.kind() == ErrorKind::NotFound => Reason::Missing,
        Err(error) => Reason::Unreadable(error.kind()),
    };
    report.find(path, reason);
    None
}

/// The walk over bundles and tiles, level by level, from the first leaf to the last.
struct Leaves<'a> {
    fs: &'a dyn Fs,
    dir: &'a Path,
    key: &'a VerifyingKey,
    report: &'a mut Report,
    each: &'a mut dyn FnMut(u64, &Envelope),
    /// `at` of the leaf before.
    at: Instant,
    /// Number of the last ledger entry.
    number: Option<u64>,
}

impl Leaves<'_> {
    fn check(&mut self, checkpoint: &Checkpoint) {
        let mut edges = Vec::new();
        // Roots of the full tiles of the level below, as they are stored.
        let mut below: Vec<Option<Hash>> = Vec::new();
        for (level, full, width) in tile::levels(checkpoint.size) {
            let mut roots = Vec::new();
            for n in 0..full {
                let hashes = self.check_tile(level, n, tile::WIDTH, &below);
                roots.push(hashes.map(|hashes| root(&hashes)));
            }
            edges.push(if width > 0 { self.check_tile(level, full, width, &below) } else { Some(Vec::new()) });
            below = roots;
        }
        // A tile that cannot be read is a finding already.
        let edges: Option<Vec<_>> = edges.into_iter().collect();
        if edges.is_some_and(|edges| edge_root(&edges) != checkpoint.root) {
            self.report.find(TILES, Reason::Root);
        }
    }

    /// The hashes of a tile, after comparing them with what they stand for.
    fn check_tile(&mut self, level: u8, n: u64, width: u16, below: &[Option<Hash>]) -> Option<Vec<Hash>> {
        let expected = if level == 0 { self.check_bundle(n, width) } else { under(n, width, below) };
        let path = tile::path(Some(level), n, width);
        let bytes = read(self.fs, self.dir, &path, u64::from(width) * 32, self.report)?;
        let Some(hashes) = files::tile_hashes(&bytes, width) else {
            self.report.find(path, Reason::Length);
            return None;
        };
        let differs = hashes.iter().zip(expected).position(|(hash, expected)| expected.is_some_and(|expected| expected != *hash));
        if let Some(place) = differs {
            let below = match level {
                0 => tile::path(None, n, width),
                _ => tile::path(Some(level - 1), n * u64::from(tile::WIDTH) + place as u64, tile::WIDTH),
            };
            self.report.find(path, Reason::Hashes { below: below.into() });
        }
        Some(hashes)
    }

    /// Leaf hashes of a bundle's entries, none when it cannot be read.
    fn check_bundle(&mut self, n: u64, width: u16) -> Vec<Option<Hash>> {
        let path = tile::path(None, n, width);
        let Some(bundle) = read(self.fs, self.dir, &path, BUNDLE_BYTES, self.report) else { return Vec::new() };
        let entries = files::bundle_entries(&bundle, width).filter(|(_, end)| *end == bundle.len());
        let Some((entries, _)) = entries else {
            self.report.find(path, Reason::Length);
            return Vec::new();
        };
        for (index, entry) in (n * u64::from(tile::WIDTH)..).zip(&entries) {
            match Envelope::decode(entry) {
                Ok(envelope) => self.check_envelope(&path, index, &envelope),
                Err(error) => self.report.find(path.as_str(), Reason::Envelope { index, error }),
            }
        }
        entries.iter().map(|entry| Some(leaf_hash(entry))).collect()
    }

    fn check_envelope(&mut self, path: &str, index: u64, envelope: &Envelope) {
        self.report.envelopes += 1;
        if index == 0 && envelope.body != (Body::Key { public: self.key.public, origin: self.key.name.clone() }) {
            self.report.find(path, Reason::FirstLeaf);
        }
        if envelope.at < self.at {
            self.report.find(path, Reason::TimeFalls { index });
        }
        self.at = envelope.at;
        match &envelope.body {
            Body::Day(day) => self.check_day(path, index, day),
            Body::Entry { number, .. } => self.check_number(path, index, *number),
            _ => {}
        }
        (self.each)(index, envelope);
    }

    fn check_day(&mut self, path: &str, index: u64, day: &DayLeaf) {
        if self.report.days.last().is_some_and(|last| last.day.0.checked_add(1) != Some(day.day.0)) {
            self.report.find(path, Reason::DayOrder { index, day: day.day });
        }
        self.report.days.push(day.clone());
    }

    fn check_number(&mut self, path: &str, index: u64, number: u64) {
        if self.number.is_some_and(|last| last >= number) {
            self.report.find(path, Reason::EntryOrder { index, number });
        }
        self.number = Some(number);
    }
}

/// The roots that tile `n` of a level stands for.
fn under(n: u64, width: u16, below: &[Option<Hash>]) -> Vec<Option<Hash>> {
    let start = usize::try_from(n).unwrap_or(usize::MAX).saturating_mul(usize::from(tile::WIDTH));
    below.iter().skip(start).take(usize::from(width)).copied().collect()
}

fn check_details(fs: &dyn Fs, dir: &Path, report: &mut Report) {
    for day in report.days.clone() {
        let path = format!("{DETAILS}/{}", hex(&day.detail));
        let Some(text) = read(fs, dir, &path, DETAIL_BYTES, report) else { continue };
        if let Err(reason) = check_detail(&day, &text) {
            report.find(path, reason);
        }
    }
}

fn check_detail(leaf: &DayLeaf, text: &[u8]) -> Result<(), Reason> {
    if sha256(text) != leaf.detail {
        return Err(Reason::Digest);
    }
    let day = leaf.day;
    let (_, rows) = parse_detail(text).filter(|(of, _)| *of == day).ok_or(Reason::Detail { day })?;
    let sum = |count: fn(&DayRow) -> u64| rows.iter().map(|row| u128::from(count(row))).sum::<u128>();
    let same = sum(|row| row.lines) == u128::from(leaf.lines) && sum(|row| row.bytes) == u128::from(leaf.bytes);
    if same { Ok(()) } else { Err(Reason::Sums { day }) }
}

/// What lies beside the checkpoint, the tiles and the details.
fn check_names(fs: &dyn Fs, dir: &Path, report: &mut Report) {
    let known: BTreeSet<String> = report.days.iter().map(|day| hex(&day.detail)).collect();
    report_others(fs, dir, "", report, |entry| match entry.name.as_str() {
        CHECKPOINT => !entry.is_dir,
        TILES | DETAILS => entry.is_dir,
        _ => false,
    });
    report_others(fs, dir, DETAILS, report, |entry| !entry.is_dir && known.contains(&entry.name));
}

fn report_others(fs: &dyn Fs, dir: &Path, folder: &str, report: &mut Report, belongs: impl Fn(&DirEntry) -> bool) {
    match fs.list(&dir.join(folder)) {
        Ok(entries) => {
            entries
                .iter()
                .filter(|entry| !belongs(entry))
                .for_each(|entry| report.find(Path::new(folder).join(&entry.name), Reason::Foreign));
        }
        Err(error) => report.find(folder, Reason::Unreadable(error.kind())),
    }
}
