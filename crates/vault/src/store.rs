//! The vault itself.

use std::path::PathBuf;
use std::sync::Arc;

use anlan_base::{Clock, Instant, Seq};
use anlan_journal::{Fs, Journal};
use anlan_tlog::envelope::Loss;

use crate::line::{BatchLines, Chunk, Line, SourceActivity};
use crate::query::QueryError;
use crate::search::{Found, Search};
use crate::segment::SegmentError;

#[derive(Clone, Debug)]
pub struct VaultOptions {
    pub seal_rows: usize,
    pub seal_bytes: usize,
}

impl Default for VaultOptions {
    fn default() -> Self {
        Self { seal_rows: 262_144, seal_bytes: 64 << 20 }
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
}

#[derive(Clone, Debug, Default)]
pub struct VaultStatus {
    pub unsealed_lines: u64,
    pub unsealed_bytes: u64,
    pub segments: u64,
    pub segment_bytes: u64,
    pub wal_bytes: u64,
    pub lines: u64,
    pub raw_bytes: u64,
}

pub struct Vault {
    _p: (),
}

impl Vault {
    /// Opens `dir` (the data folder: `wal/`, `events/`) and recovers.
    pub fn open(
        _fs: Arc<dyn Fs>,
        _dir: PathBuf,
        _journal: Arc<Journal>,
        _clock: Arc<dyn Clock>,
        _options: VaultOptions,
    ) -> Result<Self, VaultError> {
        todo!()
    }

    /// Writes, fsyncs once, makes searchable. Returns the seqs of each chunk (first, last). The blocking heart of the inlet; tests call it directly.
    pub fn append(&self, _chunks: &[Chunk]) -> Result<Vec<(Seq, Seq)>, VaultError> {
        todo!()
    }

    pub fn note_loss(&self, _loss: Loss) -> Result<(), VaultError> {
        todo!()
    }

    /// One turn of housekeeping: closes old batches, sequences leaves, seals, closes days. The server calls it from one thread; tests call it by hand.
    pub fn turn(&self) -> Result<(), VaultError> {
        todo!()
    }

    /// Closes, sequences and seals everything and empties the write-ahead log (SIGTERM).
    pub fn seal_all(&self) -> Result<(), VaultError> {
        todo!()
    }

    pub fn search(&self, _request: &Search) -> Result<Found, VaultError> {
        todo!()
    }

    pub fn count(&self, _request: &Search) -> Result<u64, VaultError> {
        todo!()
    }

    /// Matching lines per bucket of `bucket_nanos` from `since`.
    pub fn histogram(&self, _request: &Search, _bucket_nanos: u64) -> Result<Vec<(Instant, u64)>, VaultError> {
        todo!()
    }

    pub fn line(&self, _seq: Seq) -> Result<Option<Line>, VaultError> {
        todo!()
    }

    /// The batch of a line with all its lines and key; closes an open batch first (and sequences its leaf).
    pub fn batch_of(&self, _seq: Seq) -> Result<Option<BatchLines>, VaultError> {
        todo!()
    }

    /// Batches of the period whose leaves are sequenced, in log order, one at a time.
    pub fn batches(
        &self,
        _since: Instant,
        _until: Instant,
        _each: &mut dyn FnMut(BatchLines) -> Result<(), VaultError>,
    ) -> Result<(), VaultError> {
        todo!()
    }

    pub fn sources(&self) -> Result<Vec<SourceActivity>, VaultError> {
        todo!()
    }

    pub fn status(&self) -> VaultStatus {
        todo!()
    }
}
