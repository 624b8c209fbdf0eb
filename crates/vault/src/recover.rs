//! Opening a folder: what the write-ahead log, the transparency log and the segments say together (`spec/wal.md`, Recovery).
//!
//! Invariants:
//! - a torn tail of the last file is cut (WAL-4); anything else that does not check stops the start (WAL-5);
//! - batches keep their keys and roots (WAL-3), leaves that stand in the log are not sequenced twice;
//! - what was read and kept is durable: the last file is written anew before anything is built on it;
//! - segments are opened by their footers; rows of sealed lines are not read.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::path::Path;
use std::sync::Arc;

use anlan_base::{Class, Instant, Seq};
use anlan_journal::{Fs, Journal};
use anlan_tlog::envelope::{Batch, Body, Loss, LossReason, LossSource};
use bytes::Bytes;

use crate::batch::{ClassBook, Closed, root_of};
use crate::catalog::{self, SegmentFile};
use crate::day;
use crate::shelf::Shelf;
use crate::store::{Opening, VaultError, VaultOptions};
use crate::turn::Keeper;
use crate::unsealed::Frame;
use crate::wal::{self, Decoder, HEADER_BYTES, Record, WalError};
use crate::writer::{FileBook, WalWriter, leaf_of, note_last};

/// Nanoseconds of silence before a start that are noted as downtime.
const DOWN_NANOS: u64 = 10 * Instant::SECOND;
/// Leaves looked through, from the newest back, for the last sign of a server.
const LIFE_SIGN_LEAVES: u64 = 4_096;
/// Leaves at the end of the log that are read at every start, for the seqs in them.
const TAIL_LEAVES: u64 = 256;

/// A folder as it was found.
pub(crate) struct Recovered {
    pub writer: WalWriter,
    pub shelf: Shelf,
    pub keeper: Keeper,
    /// Memory of the unsealed frames.
    pub weight: usize,
    pub unreadable: u64,
    pub newest: Seq,
}

pub(crate) fn recover(
    fs: &Arc<dyn Fs>,
    dir: &Path,
    journal: &Journal,
    now: Instant,
    options: &VaultOptions,
) -> Result<Recovered, VaultError> {
    let wal = dir.join("wal");
    let is_new = !fs.exists(&wal);
    fs.create_dir_all(&wal)?;
    fs.create_dir_all(&dir.join("events"))?;
    let files = wal_files(fs.as_ref(), &wal)?;
    let log = LogSince::read(journal, oldest_log_size(fs.as_ref(), &wal, &files)?)?;
    let (segments, unreadable) = sealed_segments(fs, dir, files.first().copied(), &log)?;

    let mut writer = WalWriter::new(Arc::clone(fs), wal.clone(), options.wal_file_bytes);
    writer.sealed = log.sealed.clone();
    for segment in &segments {
        let to = writer.sealed.entry(segment.class().clone()).or_default();
        *to = segment.last().max(*to);
    }
    let mut replay = Replay { writer, log, frames: BTreeMap::new(), books: BTreeMap::new(), last: Seq(0) };
    replay.read_files(fs.as_ref(), &wal, &files)?;
    replay.check_batches()?;

    let first_day = day::first_day(journal)?;
    let closed = day::last_closed(journal)?;
    let seen = segments.iter().map(|segment| segment.last()).max().max(Some(replay.last)).max(Some(replay.log.last)).unwrap_or_default();
    let Replay { mut writer, frames, mut books, .. } = replay;
    writer.last = seen.max(writer.last).max(Seq(day::floor(closed, first_day).0.saturating_sub(1)));
    for (class, to) in &writer.sealed {
        let book = books.entry(class.clone()).or_insert_with(ClassBook::default);
        book.batched = book.batched.max(*to);
    }

    let mut shelf = Shelf::new(closed);
    segments.into_iter().for_each(|segment| shelf.add_segment(segment));
    let weight = frames.values().flatten().map(|frame| frame.weight()).sum();
    frames.into_values().for_each(|frames| shelf.add_frames(frames));
    let known = life_sign(journal, seen)?.max(options.served_until.unwrap_or_default().min(now));
    let clock_high = if options.opening == Opening::Serve && !is_new { known.max(now) } else { now };
    let keeper = Keeper { books, sequenced_at: None, clock_high, first_day };
    let mut recovered = Recovered { writer, shelf, keeper, weight, unreadable, newest: seen };
    if options.opening == Opening::Serve && !is_new {
        recovered.note_downtime(journal, known, now)?;
    }
    Ok(recovered)
}

impl Recovered {
    fn note_downtime(&mut self, journal: &Journal, from: Instant, until: Instant) -> Result<(), VaultError> {
        if until.since(from) <= DOWN_NANOS {
            return Ok(());
        }
        let loss = Loss { reason: LossReason::Down, source: LossSource::default(), count: 0, from, until };
        self.writer.record(&[Record::Loss(loss)], until, || journal.size())
    }
}

/// The latest moment at which the folder was surely served: its newest line, or its newest leaf that only a server makes. A command at the shell on a
/// stopped folder writes `entry` leaves too, and must not make the time before it look served. What the entries say of the server comes in by
/// [`VaultOptions::served_until`].
fn life_sign(journal: &Journal, seen: Seq) -> Result<Instant, VaultError> {
    let size = journal.size();
    for index in (size.saturating_sub(LIFE_SIGN_LEAVES)..size).rev() {
        let leaf = journal.entry(index)?;
        if !matches!(leaf.body, Body::Entry { .. }) {
            return Ok(leaf.at.max(seen.received()));
        }
    }
    Ok(seen.received())
}

/// The write-ahead files in the order of their names. A newest one whose header was never finished holds nothing and is removed.
fn wal_files(fs: &dyn Fs, wal: &Path) -> Result<Vec<Seq>, VaultError> {
    let entries = fs.list(wal)?;
    for entry in entries.iter().filter(|entry| entry.name.strip_suffix(".tmp").is_some_and(|name| wal::parse_file_name(name).is_some())) {
        fs.remove(&wal.join(&entry.name))?;
    }
    let mut files: Vec<Seq> = entries.iter().filter_map(|entry| wal::parse_file_name(&entry.name)).collect();
    files.sort_unstable();
    if let Some(newest) = files.last().copied() {
        let path = WalWriter::path(wal, newest);
        // The header is synced before the first frame is written: a file no longer than it has none.
        if fs.len(&path)? <= HEADER_BYTES as u64 && wal::decode_header(&fs.read(&path)?).is_err() {
            fs.remove(&path)?;
            fs.sync_dir(wal)?;
            files.pop();
        }
    }
    Ok(files)
}

fn oldest_log_size(fs: &dyn Fs, wal: &Path, files: &[Seq]) -> Result<Option<u64>, VaultError> {
    let Some(oldest) = files.first() else { return Ok(None) };
    let path = WalWriter::path(wal, *oldest);
    let len = fs.len(&path)?.min(HEADER_BYTES as u64);
    let header = fs.read_at(&path, 0, usize::try_from(len).unwrap_or(HEADER_BYTES))?;
    wal::decode_header(&header).map(Some).map_err(|error| VaultError::Wal { path, error })
}

/// What the transparency log says since the oldest write-ahead file was begun.
struct LogSince {
    batches: HashMap<(Class, Seq), (u64, Batch)>,
    /// In log order, which is that of their frames.
    losses: VecDeque<Loss>,
    seals: HashMap<(Class, Seq), Seq>,
    sealed: BTreeMap<Class, Seq>,
    /// The last seq of a batch that was seen.
    last: Seq,
}

impl LogSince {
    /// `from` is `None` when there is no write-ahead log.
    fn read(journal: &Journal, from: Option<u64>) -> Result<Self, VaultError> {
        let size = journal.size();
        let from = from.unwrap_or(size);
        if from > size {
            return Err(VaultError::LogBehind { size, expected: from });
        }
        let mut log =
            Self { batches: HashMap::new(), losses: VecDeque::new(), seals: HashMap::new(), sealed: BTreeMap::new(), last: Seq(0) };
        let start = from.min(size.saturating_sub(TAIL_LEAVES));
        day::scan(journal, start..size, &mut |index, body| log.add(index, body, index >= from))?;
        Ok(log)
    }

    fn add(&mut self, index: u64, body: Body, since: bool) {
        match body {
            Body::Batch(batch) => {
                self.last = self.last.max(batch.last);
                self.batches.insert((batch.class.clone(), batch.first), (index, batch));
            }
            Body::Seal(seal) if since => {
                let to = self.sealed.entry(seal.class.clone()).or_default();
                *to = seal.last.max(*to);
                self.seals.insert((seal.class, seal.first), seal.last);
            }
            Body::Loss(loss) if since => self.losses.push_back(loss),
            _ => {}
        }
    }

    /// Whether this loss stands in the log; each is found once.
    fn take_loss(&mut self, loss: &Loss) -> bool {
        let at = self.losses.iter().position(|known| known == loss);
        at.and_then(|at| self.losses.remove(at)).is_some()
    }
}

/// Opens the segments. Those that never got their seal are removed: a segment's lines are in the write-ahead log until its seal stands in the transparency log,
/// so such a one begins in what is left of it.
fn sealed_segments(
    fs: &Arc<dyn Fs>,
    dir: &Path,
    oldest: Option<Seq>,
    log: &LogSince,
) -> Result<(Vec<Arc<crate::segment::Segment>>, u64), VaultError> {
    let unfinished = |file: &SegmentFile| {
        oldest.is_some_and(|oldest| file.first >= oldest) && !log.seals.contains_key(&(file.class.clone(), file.first))
    };
    let found = catalog::list(fs.as_ref(), dir)?;
    let (orphans, sealed): (Vec<_>, Vec<_>) = found.segments.into_iter().partition(unfinished);
    for path in found.unfinished.iter().chain(orphans.iter().map(|file| &file.path)) {
        tracing::info!(path = %path.display(), "removing a segment that was not sealed; its lines are in the write-ahead log");
        fs.remove(path)?;
        if let Some(folder) = path.parent() {
            fs.sync_dir(folder)?;
        }
    }
    Ok(catalog::open(fs, &sealed))
}

/// Reading the write-ahead log.
struct Replay {
    writer: WalWriter,
    log: LogSince,
    frames: BTreeMap<Class, Vec<Arc<Frame>>>,
    books: BTreeMap<Class, ClassBook>,
    last: Seq,
}

impl Replay {
    fn read_files(&mut self, fs: &dyn Fs, wal: &Path, files: &[Seq]) -> Result<(), VaultError> {
        for (position, first) in files.iter().enumerate() {
            let path = WalWriter::path(wal, *first);
            let bytes = Bytes::from(fs.read(&path)?);
            let found = bytes.len() as u64;
            let sound = self.read_file(*first, bytes.clone(), &path)?;
            let is_newest = position + 1 == files.len();
            if sound < found && !is_newest {
                return Err(VaultError::Wal { path, error: WalError::Torn { offset: sound } });
            }
            if sound < found {
                tracing::warn!(path = %path.display(), bytes = found - sound, "cutting off bytes of the write-ahead log that were never acknowledged");
            }
            if is_newest {
                // Written anew: after a failed fsync what can be read need not be on disk, and another fsync would not say so.
                fs.replace(&path, bytes.get(..usize::try_from(sound).unwrap_or(usize::MAX)).unwrap_or_default())?;
                self.writer.resume(fs.reopen(&path, sound)?);
            }
        }
        Ok(())
    }

    /// Takes in the frames of a file; answers how many bytes of it are sound.
    fn read_file(&mut self, first: Seq, bytes: Bytes, path: &Path) -> Result<u64, VaultError> {
        let damaged = |error| VaultError::Wal { path: path.to_owned(), error };
        let (mut frames, _) = Decoder::new(first, bytes).map_err(damaged)?;
        self.last = self.last.max(Seq(first.0.saturating_sub(1)));
        self.writer.files.push_back(FileBook::new(first, HEADER_BYTES as u64));
        loop {
            let offset = frames.offset();
            match frames.next() {
                Some(Ok(record)) => self.take(first, record, path)?,
                Some(Err(WalError::Torn { .. })) | None => {
                    self.book().len = offset;
                    return Ok(offset);
                }
                Some(Err(error)) => return Err(damaged(error)),
            }
        }
    }

    /// The file being read.
    fn book(&mut self) -> &mut FileBook {
        let at = self.writer.files.len().saturating_sub(1);
        &mut self.writer.files[at]
    }

    fn take(&mut self, file: Seq, record: Record, path: &Path) -> Result<(), VaultError> {
        let leaf = leaf_of(&record);
        let is_sequenced = match record {
            Record::Lines(frame) => return self.take_lines(frame, path),
            Record::Batch { batch, key } => self.take_batch(batch, key)?,
            Record::Loss(loss) => self.log.take_loss(&loss),
        };
        if let (Some(leaf), false) = (leaf, is_sequenced) {
            self.writer.wait_for(file, leaf);
        }
        Ok(())
    }

    fn take_lines(&mut self, frame: Frame, path: &Path) -> Result<(), VaultError> {
        let book = self.book();
        let before = book.last_of.get(&frame.class).copied();
        let is_early = before.is_some_and(|before| frame.first() <= before) || frame.first() < book.first;
        note_last(book, &frame.class, frame.last());
        self.last = self.last.max(frame.last());
        let frames = self.frames.entry(frame.class.clone()).or_default();
        if is_early || frames.last().is_some_and(|before| frame.first() <= before.last()) {
            let text = format!("{}: line {} stands after a later one", path.display(), frame.first());
            return Err(VaultError::Inconsistent(text));
        }
        match self.writer.sealed.get(&frame.class) {
            Some(sealed) if frame.first() <= *sealed => frames.extend(frame.after(*sealed).map(Arc::new)),
            _ => frames.push(Arc::new(frame)),
        }
        Ok(())
    }

    /// Keeps the batch, if it is not sealed. Answers whether its leaf stands in the log.
    fn take_batch(&mut self, batch: Batch, key: [u8; 32]) -> Result<bool, VaultError> {
        if self.writer.sealed.get(&batch.class).is_some_and(|to| batch.last <= *to) {
            return Ok(true);
        }
        let known = self.log.batches.get(&(batch.class.clone(), batch.first));
        if known.is_some_and(|(_, known)| *known != batch) {
            return Err(VaultError::Inconsistent(format!("batch {} {} has another leaf", batch.class, batch.first)));
        }
        let leaf = known.map(|(index, _)| *index);
        let book = self.books.entry(batch.class.clone()).or_default();
        if batch.first <= book.batched {
            return Err(VaultError::Inconsistent(format!("batch {} {} overlaps the one before", batch.class, batch.first)));
        }
        book.push(Closed { batch, key, bytes: 0, leaf });
        Ok(leaf.is_some())
    }

    /// Every batch kept hashes to its root, and they follow each other without leaving a line out.
    fn check_batches(&mut self) -> Result<(), VaultError> {
        for (class, book) in &mut self.books {
            let frames = self.frames.get(class).map(Vec::as_slice).unwrap_or_default();
            let mut counted = 0;
            for closed in &mut book.closed {
                let (first, last) = (closed.batch.first, closed.batch.last);
                let (root, count) = root_of(frames, first, last, &closed.key);
                if root != closed.batch.root || count != closed.batch.count {
                    return Err(VaultError::Inconsistent(format!("batch {class} {first} is not that of its lines")));
                }
                let within = frames.iter().flat_map(|frame| frame.between(first, last));
                closed.bytes = within.map(|line| line.raw.len() as u64).sum();
                counted += u64::from(count);
            }
            let batched: usize = frames.iter().map(|frame| frame.between(Seq(0), book.batched).len()).sum();
            if batched as u64 != counted {
                return Err(VaultError::Inconsistent(format!("a line of {class} was left out of its batch")));
            }
        }
        Ok(())
    }
}
