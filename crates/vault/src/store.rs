//! The vault: what may be asked of it, and the shared state behind it.
//!
//! Invariants:
//! - locks are taken in the order keeper, writer, shelf; nobody waits for disk while holding the shelf;
//! - lines are on the shelf, and so in every later search, before their append returns (I2);
//! - after the first error of disk or log the vault is failed: nothing is appended any more, and the process must stop.

use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, RwLock};

use anlan_base::{Clock, Instant, Seq};
use anlan_journal::{Fs, Journal, JournalError};
use anlan_tlog::envelope::Loss;
use tokio::sync::watch;

use crate::line::{Chunk, Line, SourceActivity};
use crate::losses::LossBook;
use crate::query::QueryError;
use crate::recover::{Recovered, recover};
use crate::search::{self, Found, Search, View};
use crate::segment::SegmentError;
use crate::shelf::Shelf;
use crate::turn::Keeper;
use crate::wal::{Record, WalError};
use crate::writer::{WalWriter, check_lines};

/// Unsealed bytes in memory above which appends wait for sealing.
pub const UNSEALED_BYTES: usize = 192 << 20;
/// Bytes of a write-ahead file after which another is begun.
pub const WAL_FILE_BYTES: u64 = 32 << 20;
/// Bytes of all write-ahead files above which what holds back the oldest is sealed, however little it is.
pub const WAL_BYTES: u64 = 512 << 20;

/// Why the folder is opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Opening {
    /// To serve: time since the last life sign becomes a loss leaf.
    #[default]
    Serve,
    /// For one command at the shell: no loss is noted.
    Visit,
}

#[derive(Clone, Debug)]
pub struct VaultOptions {
    /// Rows at which the batches of a class and day become a segment.
    pub seal_rows: usize,
    /// Raw bytes at which they do.
    pub seal_bytes: usize,
    /// [`UNSEALED_BYTES`].
    pub unsealed_bytes: usize,
    /// [`WAL_FILE_BYTES`].
    pub wal_file_bytes: u64,
    /// [`WAL_BYTES`].
    pub wal_bytes: u64,
    pub opening: Opening,
    /// Until when the folder was served, as somebody else knows it (the ledger's server acts).
    pub served_until: Option<Instant>,
}

impl Default for VaultOptions {
    fn default() -> Self {
        Self {
            seal_rows: 262_144,
            seal_bytes: 64 << 20,
            unsealed_bytes: UNSEALED_BYTES,
            wal_file_bytes: WAL_FILE_BYTES,
            wal_bytes: WAL_BYTES,
            opening: Opening::Serve,
            served_until: None,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("{0}")]
    Query(#[from] QueryError),
    #[error("{0}")]
    Segment(#[from] SegmentError),
    #[error("{0}")]
    Journal(#[from] JournalError),
    #[error("{path}: {error}")]
    Wal { path: PathBuf, error: WalError },
    /// Frames check but do not fit together.
    #[error("the write-ahead log contradicts itself or the transparency log: {0}")]
    Inconsistent(String),
    #[error("the transparency log has {size} leaves, fewer than the {expected} it had when the write-ahead log was begun")]
    LogBehind { size: u64, expected: u64 },
    #[error("a line of {0} bytes must be cut into pieces first")]
    LineTooLong(usize),
    #[error("no random numbers: {0}")]
    Random(String),
    /// The vault stopped after an earlier error.
    #[error("the vault stopped: {0}")]
    Failed(String),
}

#[derive(Clone, Debug, Default)]
pub struct VaultStatus {
    pub unsealed_lines: u64,
    pub unsealed_bytes: u64,
    pub segments: u64,
    /// Segment files that could not be read at start.
    pub unreadable_segments: u64,
    pub segment_bytes: u64,
    pub wal_bytes: u64,
    pub lines: u64,
    pub raw_bytes: u64,
}

pub struct Vault {
    pub(crate) fs: Arc<dyn Fs>,
    pub(crate) dir: PathBuf,
    pub(crate) journal: Arc<Journal>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) options: VaultOptions,
    pub(crate) keeper: Mutex<Keeper>,
    pub(crate) writer: Mutex<WalWriter>,
    pub(crate) shelf: RwLock<Shelf>,
    pub(crate) room: Room,
    pub(crate) losses: Mutex<LossBook>,
    unreadable_segments: u64,
    newest: watch::Sender<Seq>,
    failure: watch::Sender<Option<String>>,
}

impl Vault {
    /// Opens `dir` (the data folder: `wal/`, `events/`) and recovers.
    pub fn open(
        fs: Arc<dyn Fs>,
        dir: PathBuf,
        journal: Arc<Journal>,
        clock: Arc<dyn Clock>,
        options: VaultOptions,
    ) -> Result<Self, VaultError> {
        let Recovered { writer, shelf, keeper, weight, unreadable, newest } = recover(&fs, &dir, &journal, clock.now(), &options)?;
        let room = Room { used: Mutex::new(weight), freed: Condvar::new(), limit: options.unsealed_bytes };
        let vault = Self {
            fs,
            dir,
            journal,
            clock,
            options,
            keeper: Mutex::new(keeper),
            writer: Mutex::new(writer),
            shelf: RwLock::new(shelf),
            room,
            losses: Mutex::default(),
            unreadable_segments: unreadable,
            newest: watch::Sender::new(newest),
            failure: watch::Sender::new(None),
        };
        vault.resume()?;
        Ok(vault)
    }

    /// Writes, fsyncs once, makes searchable. Returns the seqs of each chunk (first, last); for a chunk without lines the last seq given, twice.
    /// The blocking heart of the inlet; tests call it directly. Waits while [`VaultOptions::unsealed_bytes`] are exceeded.
    pub fn append(&self, chunks: &[Chunk]) -> Result<Vec<(Seq, Seq)>, VaultError> {
        check_lines(chunks)?;
        self.room.wait(|| self.failure().is_some())?;
        let done = self.append_group(chunks);
        self.fatal(done)
    }

    fn append_group(&self, chunks: &[Chunk]) -> Result<Vec<(Seq, Seq)>, VaultError> {
        let mut writer = self.writer()?;
        let group = writer.append(chunks, self.clock.now(), || self.journal.size())?;
        let Some(newest) = group.frames.last().map(|frame| frame.last()) else { return Ok(group.seqs) };
        self.room.take(group.frames.iter().map(|frame| frame.weight()).sum())?;
        self.shelf.write().map_err(|_| panicked())?.add_frames(group.frames);
        self.newest.send_replace(newest);
        Ok(group.seqs)
    }

    /// Makes losses durable with one fsync; their leaves follow with the next that are sequenced.
    pub fn note_losses(&self, losses: &[Loss]) -> Result<(), VaultError> {
        let records: Vec<_> = losses.iter().cloned().map(Record::Loss).collect();
        let noted = self.writer().and_then(|mut writer| writer.record(&records, self.clock.now(), || self.journal.size()));
        self.fatal(noted)
    }

    pub fn search(&self, request: &Search) -> Result<Found, VaultError> {
        search::search(&self.view(request.since, request.until)?, request)
    }

    pub fn count(&self, request: &Search) -> Result<u64, VaultError> {
        search::count(&self.view(request.since, request.until)?, request)
    }

    /// Matching lines per bucket of `bucket_nanos` from `since`.
    pub fn histogram(&self, request: &Search, bucket_nanos: u64) -> Result<Vec<(Instant, u64)>, VaultError> {
        search::histogram(&self.view(request.since, request.until)?, request, bucket_nanos)
    }

    pub fn line(&self, seq: Seq) -> Result<Option<Line>, VaultError> {
        let View { frames, segments } = self.view(Some(Instant(seq.0)), Some(Instant(seq.0.saturating_add(1))))?;
        for frame in frames {
            if let Some(line) = frame.between(seq, seq).first() {
                return Ok(Some(frame.line(line)));
            }
        }
        for segment in segments {
            if let Some(line) = segment.lines(seq, seq)?.pop() {
                return Ok(Some(line));
            }
        }
        Ok(None)
    }

    /// What was heard from each source, sorted by source.
    pub fn sources(&self) -> Result<Vec<SourceActivity>, VaultError> {
        Ok(self.shelf()?.sources())
    }

    #[must_use]
    pub fn status(&self) -> VaultStatus {
        let wal_bytes = self.writer.lock().map(|writer| writer.bytes()).unwrap_or_default();
        let Ok(shelf) = self.shelf.read() else { return VaultStatus::default() };
        VaultStatus {
            unsealed_lines: shelf.unsealed_lines,
            unsealed_bytes: shelf.unsealed_bytes,
            segments: shelf.segment_count(),
            unreadable_segments: self.unreadable_segments,
            segment_bytes: shelf.segment_bytes,
            wal_bytes,
            lines: shelf.lines,
            raw_bytes: shelf.raw_bytes,
        }
    }

    /// The last seq that a search finds, as it moves (live tail).
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Seq> {
        self.newest.subscribe()
    }

    /// Why the vault stopped, if it did.
    #[must_use]
    pub fn failure(&self) -> Option<String> {
        self.failure.borrow().clone()
    }

    /// Waits until the vault stops after an error; the process must then stop.
    pub async fn failed(&self) -> String {
        let mut watched = self.failure.subscribe();
        let failure = watched.wait_for(Option::is_some).await.ok().and_then(|failure| failure.clone());
        failure.unwrap_or_default()
    }

    /// Marks the vault failed when `done` is an error.
    pub(crate) fn fatal<T>(&self, done: Result<T, VaultError>) -> Result<T, VaultError> {
        if let Err(error) = &done {
            let first = self.failure.send_if_modified(|failure| {
                let first = failure.is_none();
                failure.get_or_insert_with(|| error.to_string());
                first
            });
            if first {
                tracing::error!(%error, "the vault stops");
            }
            self.room.wake();
        }
        done
    }

    /// An error when the vault stopped.
    pub(crate) fn alive(&self) -> Result<(), VaultError> {
        self.failure().map_or(Ok(()), |failure| Err(VaultError::Failed(failure)))
    }

    pub(crate) fn writer(&self) -> Result<MutexGuard<'_, WalWriter>, VaultError> {
        let writer = self.writer.lock().map_err(|_| panicked())?;
        self.alive()?;
        Ok(writer)
    }

    pub(crate) fn shelf(&self) -> Result<std::sync::RwLockReadGuard<'_, Shelf>, VaultError> {
        self.shelf.read().map_err(|_| panicked())
    }

    fn view(&self, since: Option<Instant>, until: Option<Instant>) -> Result<View, VaultError> {
        Ok(self.shelf()?.view(since, until))
    }
}

pub(crate) fn panicked() -> VaultError {
    VaultError::Failed("a thread of the vault panicked".to_owned())
}

/// Counts the memory of unsealed lines. What is there already counts, so that one group may exceed the limit.
pub(crate) struct Room {
    used: Mutex<usize>,
    freed: Condvar,
    limit: usize,
}

impl Room {
    /// Waits until less than the limit is used, or the vault has failed.
    fn wait(&self, failed: impl Fn() -> bool) -> Result<(), VaultError> {
        let used = self.used.lock().map_err(|_| panicked())?;
        let _used = self.freed.wait_while(used, |used| self.is_full(*used) && !failed()).map_err(|_| panicked())?;
        Ok(())
    }

    fn is_full(&self, used: usize) -> bool {
        used >= self.limit
    }

    fn take(&self, bytes: usize) -> Result<(), VaultError> {
        *self.used.lock().map_err(|_| panicked())? += bytes;
        Ok(())
    }

    pub(crate) fn free(&self, bytes: usize) -> Result<(), VaultError> {
        let mut used = self.used.lock().map_err(|_| panicked())?;
        *used = used.saturating_sub(bytes);
        drop(used);
        self.freed.notify_all();
        Ok(())
    }

    /// Wakes all who wait, those too who have just looked whether the vault failed and are about to wait.
    fn wake(&self) {
        drop(self.used.lock());
        self.freed.notify_all();
    }

    /// More than half of the limit is used: seal what is largest, though it be small.
    pub(crate) fn is_tight(&self) -> Result<bool, VaultError> {
        Ok(*self.used.lock().map_err(|_| panicked())? > self.limit / 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_full_at_its_limit_and_freed_by_sealing_or_failure() {
        for (used, full) in [(9, false), (10, true), (11, true)] {
            let room = Room { used: Mutex::new(0), freed: Condvar::new(), limit: 10 };
            room.take(used).unwrap();
            assert_eq!(room.is_full(used), full);
            // Full or not: nobody waits for a vault that has failed.
            room.wait(|| true).unwrap();
            std::thread::scope(|scope| {
                let waiting = scope.spawn(|| room.wait(|| false));
                room.free(used).unwrap();
                waiting.join().unwrap().unwrap();
            });
        }
    }
}
