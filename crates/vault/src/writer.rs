//! The writing end of the write-ahead log: numbers lines, writes groups of frames with one write and one fsync, keeps book of the files.
//!
//! Invariants:
//! - seqs rise and are unique in the folder; a file's name is not above the seq of any line in it and above every seq and name before it;
//! - a group is durable when [`WalWriter::append`] or [`WalWriter::record`] returns; after an error nothing is written any more;
//! - a file goes when it is the oldest, all its lines are sealed and all leaves it gave rise to are sequenced. Only the oldest: a batch's frame, with its key,
//!   stands in the file of its lines or a later one.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anlan_base::{Class, Day, Instant, Seq, limits};
use anlan_journal::{Appender, Fs};
use anlan_tlog::envelope::Body;

use crate::line::Chunk;
use crate::store::VaultError;
use crate::unsealed::Frame;
use crate::wal::{self, Encoder, FRAME_FULL, HEADER_BYTES, OpenLines, Record};

/// A leaf that waits to be sequenced, and the file whose frame says so.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    pub file: Seq,
    pub body: Body,
}

/// A file of the log as the writer remembers it.
#[derive(Debug)]
pub(crate) struct FileBook {
    pub first: Seq,
    pub len: u64,
    /// Last seq of each class in it.
    pub last_of: BTreeMap<Class, Seq>,
    /// Leaves it gave rise to that are not sequenced yet.
    pub waiting: usize,
}

impl FileBook {
    pub(crate) fn new(first: Seq, len: u64) -> Self {
        Self { first, len, last_of: BTreeMap::new(), waiting: 0 }
    }

    fn is_done(&self, sealed: &BTreeMap<Class, Seq>) -> bool {
        self.waiting == 0 && self.last_of.iter().all(|(class, last)| sealed.get(class).is_some_and(|to| to >= last))
    }
}

/// What an append made: the frames, and the first and last seq of each chunk.
pub(crate) struct Group {
    pub frames: Vec<Arc<Frame>>,
    pub seqs: Vec<(Seq, Seq)>,
}

pub(crate) struct WalWriter {
    fs: Arc<dyn Fs>,
    dir: PathBuf,
    /// The end of the newest file, when it may be written to.
    open: Option<Box<dyn Appender>>,
    /// An error came between: nothing may stand after what is half written.
    broken: bool,
    pub(crate) files: VecDeque<FileBook>,
    /// Last seq given, or that no line shall have any more.
    pub(crate) last: Seq,
    pub(crate) waiting: Vec<Waiting>,
    /// Up to where each class is sealed.
    pub(crate) sealed: BTreeMap<Class, Seq>,
    buffer: Vec<u8>,
    file_bytes: u64,
}

impl WalWriter {
    pub(crate) fn new(fs: Arc<dyn Fs>, dir: PathBuf, file_bytes: u64) -> Self {
        let (files, waiting, sealed) = (VecDeque::new(), Vec::new(), BTreeMap::new());
        Self { fs, dir, open: None, broken: false, files, last: Seq(0), waiting, sealed, buffer: Vec::new(), file_bytes }
    }

    /// Goes on writing to the newest file of the books.
    pub(crate) fn resume(&mut self, appender: Box<dyn Appender>) {
        self.open = Some(appender);
    }

    /// The seq that a line arriving `now` has at least.
    pub(crate) fn next_seq(&self, now: Instant) -> Seq {
        Seq(now.0.max(self.last.0.saturating_add(1)))
    }

    pub(crate) fn path(dir: &Path, first: Seq) -> PathBuf {
        dir.join(wal::file_name(first))
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.len).sum()
    }

    /// Begins a file when there is none to write to, or when it is full. `log_size` is asked for only then.
    fn ensure_open(&mut self, now: Instant, log_size: impl Fn() -> u64) -> Result<(), VaultError> {
        if self.broken {
            return Err(VaultError::Failed("writing failed before".to_owned()));
        }
        let full = self.files.back().is_some_and(|file| file.len >= self.file_bytes);
        if self.open.is_some() && !full {
            return Ok(());
        }
        self.open = None;
        self.broken = true;
        let newest = self.files.back().map_or(Seq(0), |file| file.first);
        let first = self.next_seq(now).max(Seq(newest.0.saturating_add(1)));
        let header = wal::encode_header(log_size());
        let mut appender = self.fs.create(&Self::path(&self.dir, first))?;
        appender.append(&header)?;
        appender.sync()?;
        self.fs.sync_dir(&self.dir)?;
        self.last = self.last.max(Seq(first.0 - 1));
        self.files.push_back(FileBook::new(first, HEADER_BYTES as u64));
        self.open = Some(appender);
        self.broken = false;
        Ok(())
    }

    /// Writes the buffer at the end of the newest file, durably. The file is given up on an error.
    fn commit(&mut self) -> Result<(), VaultError> {
        let mut appender = self.open.take().ok_or_else(|| VaultError::Failed("no write-ahead file is open".to_owned()))?;
        self.broken = true;
        appender.append(&self.buffer)?;
        appender.sync()?;
        self.open = Some(appender);
        self.broken = false;
        if let Some(file) = self.files.back_mut() {
            file.len += self.buffer.len() as u64;
        }
        Ok(())
    }

    /// Numbers the lines of the chunks and writes them: one write, one fsync.
    pub(crate) fn append(&mut self, chunks: &[Chunk], now: Instant, log_size: impl Fn() -> u64) -> Result<Group, VaultError> {
        self.ensure_open(now, log_size)?;
        let Some(book) = self.files.back() else { return Err(VaultError::Failed("no write-ahead file".to_owned())) };
        let mut buffer = std::mem::take(&mut self.buffer);
        let mut numbers = Numbers::new(now, self.last);
        let encoder = Encoder::new(book.first, book.len, &mut buffer);
        let group = Grouping { encoder, frames: Vec::new(), open: None }.write(chunks, &mut numbers);
        self.buffer = buffer;
        self.commit()?;
        self.last = numbers.last;
        if let Some(book) = self.files.back_mut() {
            for frame in &group.frames {
                note_last(book, &frame.class, frame.last());
            }
        }
        self.shrink();
        Ok(group)
    }

    /// Writes records other than lines, durably, and lets their leaves wait.
    pub(crate) fn record(&mut self, records: &[Record], now: Instant, log_size: impl Fn() -> u64) -> Result<(), VaultError> {
        self.ensure_open(now, log_size)?;
        let Some(book) = self.files.back() else { return Err(VaultError::Failed("no write-ahead file".to_owned())) };
        let first = book.first;
        let mut buffer = std::mem::take(&mut self.buffer);
        let mut encoder = Encoder::new(first, book.len, &mut buffer);
        for record in records {
            encoder.record(record);
        }
        self.buffer = buffer;
        self.commit()?;
        for body in records.iter().filter_map(leaf_of) {
            self.wait_for(first, body);
        }
        Ok(())
    }

    /// Lets a leaf of a frame in the newest file, or in `file`, wait.
    pub(crate) fn wait_for(&mut self, file: Seq, body: Body) {
        if let Some(book) = self.files.iter_mut().rev().find(|book| book.first == file) {
            book.waiting += 1;
        }
        self.waiting.push(Waiting { file, body });
    }

    /// These leaves stand in the log now.
    pub(crate) fn sequenced(&mut self, leaves: &[Waiting]) {
        for leaf in leaves {
            if let Some(book) = self.files.iter_mut().find(|book| book.first == leaf.file) {
                book.waiting = book.waiting.saturating_sub(1);
            }
        }
    }

    /// Removes the files that nothing needs any more, the newest among them too: the next group begins another.
    pub(crate) fn drop_done(&mut self) -> Result<(), VaultError> {
        let before = self.files.len();
        while self.files.front().is_some_and(|file| file.is_done(&self.sealed)) {
            if self.files.len() == 1 {
                self.open = None;
            }
            let Some(file) = self.files.pop_front() else { break };
            // The name must not come again: a line numbered later must stand in a file named later.
            self.last = self.last.max(file.first);
            self.fs.remove(&Self::path(&self.dir, file.first))?;
        }
        if self.files.len() < before {
            self.fs.sync_dir(&self.dir)?;
        }
        Ok(())
    }

    /// A rare large group must not keep its buffer for ever.
    fn shrink(&mut self) {
        self.buffer.clear();
        self.buffer.shrink_to(2 * FRAME_FULL);
    }
}

pub(crate) fn note_last(book: &mut FileBook, class: &Class, last: Seq) {
    match book.last_of.get_mut(class) {
        Some(before) => *before = last.max(*before),
        None => {
            book.last_of.insert(class.clone(), last);
        }
    }
}

/// The leaf that a frame gives rise to.
pub(crate) fn leaf_of(record: &Record) -> Option<Body> {
    match record {
        Record::Lines(_) => None,
        Record::Batch { batch, .. } => Some(Body::Batch(batch.clone())),
        Record::Loss(loss) => Some(Body::Loss(loss.clone())),
    }
}

/// A line above the limit cannot be kept whole; receivers cut it into pieces first.
pub(crate) fn check_lines(chunks: &[Chunk]) -> Result<(), VaultError> {
    let longest = chunks.iter().flat_map(|chunk| &chunk.lines).map(|(_, raw)| raw.len()).max().unwrap_or(0);
    if longest > limits::LINE_BYTES { Err(VaultError::LineTooLong(longest)) } else { Ok(()) }
}

/// Gives out seqs: `max(now, last + 1)`.
struct Numbers {
    now: u64,
    last: Seq,
    day: Day,
    day_end: u64,
}

impl Numbers {
    fn new(now: Instant, last: Seq) -> Self {
        let day = Day::of(Instant(now.0.max(last.0.saturating_add(1))));
        Self { now: now.0, last, day, day_end: day.next().start().0 }
    }

    /// The next seq, and whether it is the first of another day.
    fn take(&mut self) -> (Seq, bool) {
        self.last = Seq(self.now.max(self.last.0.saturating_add(1)));
        if self.last.0 < self.day_end {
            return (self.last, false);
        }
        self.day = Day::of_seq(self.last);
        self.day_end = self.day.next().start().0;
        (self.last, true)
    }
}

/// Turns chunks into frames: neighbours of one class, source and origin share a frame; a frame never holds two days.
struct Grouping<'a, 'c> {
    encoder: Encoder<'a>,
    frames: Vec<Arc<Frame>>,
    open: Option<(OpenLines, &'c Chunk)>,
}

impl<'c> Grouping<'_, 'c> {
    fn write(mut self, chunks: &'c [Chunk], numbers: &mut Numbers) -> Group {
        let mut seqs = Vec::with_capacity(chunks.len());
        for chunk in chunks {
            seqs.push(self.chunk(chunk, numbers));
        }
        self.close();
        Group { frames: self.frames, seqs }
    }

    /// An empty chunk answers the last seq given: all up to it is on disk.
    fn chunk(&mut self, chunk: &'c Chunk, numbers: &mut Numbers) -> (Seq, Seq) {
        let mut first = None;
        if self.open.as_ref().is_some_and(|(_, of)| !shares_frame(of, chunk)) {
            self.close();
        }
        for (piece, raw) in &chunk.lines {
            let (seq, new_day) = numbers.take();
            first.get_or_insert(seq);
            if new_day || self.open.as_ref().is_some_and(|(open, _)| self.encoder.lines_len(open) >= FRAME_FULL) {
                self.close();
            }
            let encoder = &mut self.encoder;
            let (open, _) = self.open.get_or_insert_with(|| (encoder.begin_lines(&chunk.class, &chunk.source, chunk.origin), chunk));
            encoder.line(open, seq, *piece, raw);
        }
        (first.unwrap_or(numbers.last), numbers.last)
    }

    fn close(&mut self) {
        let Some((open, chunk)) = self.open.take() else { return };
        let lines = self.encoder.end_lines(open);
        let (class, source, origin) = (chunk.class.clone(), chunk.source.clone(), chunk.origin);
        self.frames.push(Arc::new(Frame { class, source, origin, lines }));
    }
}

fn shares_frame(a: &Chunk, b: &Chunk) -> bool {
    a.origin == b.origin && a.source == b.source && a.class == b.class
}
