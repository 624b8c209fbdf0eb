//! `wal/`: frames check, batches in it hash to their roots, and what is not yet under a leaf is counted and said.
//!
//! Invariant: lines and batches that are sealed by now are passed over, since their files may be gone in part.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use anlan_base::{Class, Seq, SourceKey};
use anlan_tlog::envelope::Batch;
use anlan_tlog::line::{BatchKey, LineRef, line_leaf, salt};
use anlan_tlog::root;
use anlan_vault::wal::{self, Decoder, Frame, Record, WalError};

use super::days::Days;
use super::log::{Log, Name};
use super::{Folder, State};
use crate::report::{Check, Findings};

/// Bytes of one file at most: files are begun anew at 32 MiB, and one group of frames may exceed that.
const FILE_BYTES: u64 = 1 << 30;
/// Bytes whose checksums are taken when frames are looked for behind one that does not check.
const LOOK_BYTES: u64 = 256 << 20;

/// What was read.
#[derive(Default)]
pub(crate) struct Wal {
    findings: Vec<Check>,
    notes: Vec<Check>,
    files: usize,
    /// Size of the log that the files say there was.
    log_size: u64,
    /// Every line, by class in rising seq.
    pub(crate) lines: BTreeMap<Class, Vec<WalLine>>,
    batches: Vec<WalBatch>,
}

pub(crate) struct WalLine {
    pub(crate) seq: Seq,
    source: SourceKey,
    bytes: u64,
}

struct WalBatch {
    batch: Batch,
    /// Its lines are there and hash to its root.
    sound: bool,
    /// The last line before it that is in no batch.
    stray: Option<Seq>,
}

pub(crate) struct Waiting {
    pub(crate) checks: Vec<Check>,
    /// Batches found here, as their leaves say.
    pub(crate) batches: HashSet<Name>,
}

/// Reads all files. With a running server, a file may go meanwhile: its lines are sealed then.
pub(crate) fn read(folder: &Folder<'_>) -> Wal {
    let mut reader = Reader { folder, wal: Wal::default(), held: BTreeMap::new() };
    let entries = match folder.fs.list(&folder.dir.join("wal")) {
        Ok(entries) => entries,
        Err(error) => {
            reader.find("verify-file-unreadable-at", "", Some(("why", error.to_string())));
            return reader.wal;
        }
    };
    let mut files: Vec<(Seq, String)> = Vec::new();
    for entry in entries {
        match wal::parse_file_name(&entry.name).filter(|_| !entry.is_dir) {
            Some(first) => files.push((first, entry.name)),
            None if folder.state == State::Live && entry.name.ends_with(".tmp") => {}
            None => reader.find("verify-file-foreign", &entry.name, None),
        }
    }
    files.sort();
    let newest = files.last().map(|(first, _)| *first);
    for (first, name) in files {
        reader.file(first, &name, newest == Some(first));
    }
    reader.wal
}

struct Reader<'a> {
    folder: &'a Folder<'a>,
    wal: Wal,
    /// Frames whose lines are in no batch yet.
    held: BTreeMap<Class, Vec<Frame>>,
}

impl Reader<'_> {
    fn find(&mut self, key: &'static str, name: &str, more: Option<(&'static str, String)>) {
        let args = std::iter::once(("path", format!("wal/{name}"))).chain(more).collect();
        self.wal.findings.push(Check::failed(key, args));
    }

    fn file(&mut self, first: Seq, name: &str, newest: bool) {
        let path: PathBuf = self.folder.dir.join("wal").join(name);
        let fits = self.folder.fs.len(&path).is_ok_and(|length| length <= FILE_BYTES);
        let bytes = match self.folder.fs.read(&path) {
            Ok(bytes) if fits => bytes::Bytes::from(bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && self.folder.state == State::Live => return,
            Ok(_) => return self.find("verify-file-form", name, None),
            Err(error) => return self.find("verify-file-unreadable-at", name, Some(("why", error.to_string()))),
        };
        self.wal.files += 1;
        let (mut frames, log_size) = match Decoder::new(first, bytes.clone()) {
            Ok(decoder) => decoder,
            // A file whose header was being written when everything stopped holds nothing.
            Err(_) if newest && bytes.len() <= wal::HEADER_BYTES => return self.note(name, bytes.len() as u64),
            Err(_) => return self.find("verify-wal-header", name, None),
        };
        self.wal.log_size = self.wal.log_size.max(log_size);
        loop {
            let offset = frames.offset();
            match frames.next() {
                None => return,
                Some(Ok(record)) => self.record(record, name, offset),
                Some(Err(WalError::Torn { .. })) if newest && !frames_behind(first, &bytes, offset) => {
                    return self.note(name, bytes.len() as u64 - offset);
                }
                Some(Err(_)) => return self.find("verify-wal-frame", name, Some(("offset", offset.to_string()))),
            }
        }
    }

    fn note(&mut self, name: &str, bytes: u64) {
        self.wal.notes.push(Check::info("verify-wal-torn", vec![("path", format!("wal/{name}")), ("bytes", bytes.to_string())]));
    }

    fn record(&mut self, record: Record, name: &str, offset: u64) {
        match record {
            Record::Lines(frame) => self.lines(frame, name, offset),
            Record::Batch { batch, key } => self.batch(batch, &key),
            Record::Loss(_) => {}
        }
    }

    fn lines(&mut self, frame: Frame, name: &str, offset: u64) {
        let lines = self.wal.lines.entry(frame.class.clone()).or_default();
        if lines.last().is_some_and(|last| last.seq >= frame.first()) {
            return self.find("verify-wal-order", name, Some(("offset", offset.to_string())));
        }
        let line = |line: &wal::FrameLine| WalLine { seq: line.seq, source: frame.source.clone(), bytes: line.raw.len() as u64 };
        lines.extend(frame.lines.iter().map(line));
        self.held.entry(frame.class.clone()).or_default().push(frame);
    }

    /// Takes the batch's lines out of those held, with those before it that are in no batch.
    fn batch(&mut self, batch: Batch, key: &BatchKey) {
        let held = self.held.entry(batch.class.clone()).or_default();
        let (mut leaves, mut stray) = (Vec::new(), None);
        for frame in held.iter() {
            for line in frame.lines.iter().filter(|line| line.seq <= batch.last) {
                if line.seq < batch.first {
                    stray = Some(line.seq);
                    continue;
                }
                let position = u32::try_from(leaves.len()).unwrap_or(u32::MAX);
                let line = LineRef { seq: line.seq, origin: frame.origin, piece: line.piece, source: &frame.source, raw: &line.raw };
                leaves.push((line.seq, line_leaf(&salt(key, position), line)));
            }
        }
        for frame in held.iter_mut() {
            frame.lines.retain(|line| line.seq > batch.last);
        }
        held.retain(|frame| !frame.lines.is_empty());
        let ends = leaves.first().map(|(seq, _)| *seq) == Some(batch.first) && leaves.last().map(|(seq, _)| *seq) == Some(batch.last);
        let hashes: Vec<_> = leaves.into_iter().map(|(_, hash)| hash).collect();
        let sound = ends && hashes.len() == batch.count as usize && root(&hashes) == batch.root;
        self.wal.batches.push(WalBatch { batch, sound, stray });
    }
}

/// Whether a frame that checks stands anywhere behind `offset`: then it is no torn tail, but something in between was changed.
fn frames_behind(file: Seq, bytes: &[u8], offset: u64) -> bool {
    let mut looked = 0;
    for at in usize::try_from(offset).unwrap_or(usize::MAX).saturating_add(1)..bytes.len() {
        let Some((crc, body)) = frame_at(bytes, at) else { continue };
        looked += body.len() as u64;
        if looked > LOOK_BYTES {
            return false;
        }
        if checksum(file, at as u64, body) == crc {
            return true;
        }
    }
    false
}

/// The checksum and the type and body that a frame at `at` would have.
fn frame_at(bytes: &[u8], at: usize) -> Option<(u32, &[u8])> {
    let (length, rest) = bytes.get(at..)?.split_first_chunk::<4>()?;
    let (crc, rest) = rest.split_first_chunk::<4>()?;
    let length = u32::from_be_bytes(*length);
    let body = rest.get(..usize::try_from(length).ok()?)?;
    let known = body.first().is_some_and(|kind| (1..=3).contains(kind));
    (length <= wal::FRAME_LENGTH && known).then_some((u32::from_be_bytes(*crc), body))
}

fn checksum(file: Seq, offset: u64, body: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&file.0.to_be_bytes());
    crc.update(&offset.to_be_bytes());
    crc.update(body);
    crc.finalize()
}

/// Judges what was read by what the log says.
pub(crate) fn judge(wal: &Wal, log: &Log, days: &mut Days) -> Waiting {
    let mut findings = Findings::default();
    wal.findings.iter().for_each(|finding| findings.push(finding.clone()));
    let size = log.checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.size);
    if wal.log_size > size {
        findings.add("verify-wal-log-behind", vec![("expected", wal.log_size.to_string()), ("size", size.to_string())]);
    }
    let mut batches = HashSet::new();
    let mut covered: BTreeMap<&Class, Seq> = BTreeMap::new();
    for WalBatch { batch, sound, stray } in wal.batches.iter().filter(|known| !log.is_sealed(&known.batch.class, known.batch.last)) {
        let name = (batch.class.clone(), batch.first);
        let leaf = log.batches.get(&name);
        let strays = stray.is_some_and(|seq| !log.is_sealed(&batch.class, seq));
        if !sound || strays || leaf.is_some_and(|(_, leaf)| leaf != batch) {
            findings.add("verify-wal-batch", vec![("class", batch.class.to_string()), ("first", batch.first.to_string())]);
            continue;
        }
        if leaf.is_some() {
            covered.insert(&batch.class, batch.last);
            batches.insert(name);
        }
    }
    let (mut unsealed, mut open) = (0_u64, 0_u64);
    for (class, lines) in &wal.lines {
        for line in lines.iter().filter(|line| !log.is_sealed(class, line.seq)) {
            unsealed += 1;
            open += u64::from(covered.get(class).is_none_or(|last| line.seq > *last));
            days.add(class, &line.source, (1, line.bytes), (line.seq, line.seq));
        }
    }
    let held = Check::held("verify-wal", vec![("files", wal.files.to_string()), ("lines", unsealed.to_string())]);
    let mut checks = findings.into_checks(held);
    checks.extend(wal.notes.iter().cloned());
    if open > 0 {
        checks.push(Check::info("verify-wal-open", vec![("lines", open.to_string())]));
    }
    Waiting { checks, batches }
}
