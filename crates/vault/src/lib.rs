//! Keeps events: write-ahead log, batches, sealed segments, filters, search.
//!
//! Invariants: a line is acknowledged after fsync and found by the next search (I1, I2); raw bytes are kept bit for bit (I3); every search takes a [`Scope`]; no law, no HTML.
#![forbid(unsafe_code)]
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use anlan_base::{Class, Clock, Day, Instant, Origin, Piece, Seq, SourceKey};
use anlan_journal::{Fs, Journal};
use anlan_tlog::{Hash, envelope::{Batch, Loss}};
use bytes::Bytes;

/// Lines of one source as a receiver hands them over.
#[derive(Clone, Debug)]
pub struct Chunk { pub class: Class, pub source: SourceKey, pub origin: Origin, pub lines: Vec<(Piece, Bytes)> }
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line { pub seq: Seq, pub class: Class, pub source: SourceKey, pub origin: Origin, pub piece: Piece, pub raw: Bytes }
/// Which sources the asker may see. Applied before counts, fields and histograms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope { All, Sources(BTreeSet<SourceKey>) }
#[derive(Clone, Debug)]
pub struct VaultOptions { pub seal_rows: usize, pub seal_bytes: usize }
impl Default for VaultOptions { fn default() -> Self { todo!() } }
#[derive(Debug, thiserror::Error)]
pub enum VaultError { #[error("{0}")] Io(#[from] std::io::Error), #[error("{0}")] Query(#[from] QueryError) }
pub struct Vault { _p: () }
impl Vault {
    /// Opens `dir` (the data folder: `wal/`, `events/`) and recovers.
    pub fn open(_fs: Arc<dyn Fs>, _dir: PathBuf, _journal: Arc<Journal>, _clock: Arc<dyn Clock>, _options: VaultOptions) -> Result<Self, VaultError> { todo!() }
    /// Writes, fsyncs once, makes searchable. Returns the seqs of each chunk (first, last). The blocking heart of the inlet; tests call it directly.
    pub fn append(&self, _chunks: &[Chunk]) -> Result<Vec<(Seq, Seq)>, VaultError> { todo!() }
    pub fn note_loss(&self, _loss: Loss) -> Result<(), VaultError> { todo!() }
    /// One turn of housekeeping: closes old batches, sequences leaves, seals, closes days. The server calls it from one thread; tests call it by hand.
    pub fn turn(&self) -> Result<(), VaultError> { todo!() }
    /// Closes, sequences and seals everything and empties the write-ahead log (SIGTERM).
    pub fn seal_all(&self) -> Result<(), VaultError> { todo!() }
    pub fn search(&self, _request: &Search) -> Result<Found, VaultError> { todo!() }
    pub fn count(&self, _request: &Search) -> Result<u64, VaultError> { todo!() }
    /// Matching lines per bucket of `bucket_nanos` from `since`.
    pub fn histogram(&self, _request: &Search, _bucket_nanos: u64) -> Result<Vec<(Instant, u64)>, VaultError> { todo!() }
    pub fn line(&self, _seq: Seq) -> Result<Option<Line>, VaultError> { todo!() }
    /// The batch of a line with all its lines and key; closes an open batch first (and sequences its leaf).
    pub fn batch_of(&self, _seq: Seq) -> Result<Option<BatchLines>, VaultError> { todo!() }
    /// Batches of the period whose leaves are sequenced, in log order, one at a time.
    pub fn batches(&self, _since: Instant, _until: Instant, _each: &mut dyn FnMut(BatchLines) -> Result<(), VaultError>) -> Result<(), VaultError> { todo!() }
    pub fn sources(&self) -> Result<Vec<SourceActivity>, VaultError> { todo!() }
    /// Waits until something was appended after `after` (for live tail); returns lines newer than it that match.
    pub fn status(&self) -> VaultStatus { todo!() }
}
pub struct BatchLines { pub leaf: u64, pub batch: Batch, pub key: [u8; 32], pub lines: Vec<Line> }
#[derive(Clone, Debug)]
pub struct SourceActivity { pub source: SourceKey, pub last: Seq, pub first: Seq, pub days: Vec<(Day, u64)>, pub lines: u64 }
#[derive(Clone, Debug, Default)]
pub struct VaultStatus { pub unsealed_lines: u64, pub unsealed_bytes: u64, pub segments: u64, pub segment_bytes: u64, pub wal_bytes: u64, pub lines: u64, pub raw_bytes: u64 }
/// A search. `limit` bounds `search` only.
#[derive(Clone, Debug)]
pub struct Search { pub query: Query, pub since: Option<Instant>, pub until: Option<Instant>, pub scope: Scope, pub limit: usize }
#[derive(Clone, Debug, Default)]
pub struct Found { pub lines: Vec<Hit>, pub more: bool, pub pages_opened: u64, pub pages_total: u64 }
/// A line that matched, with what it says. `fields` are flat ECS names, `@timestamp` first.
#[derive(Clone, Debug)]
pub struct Hit { pub line: Line, pub fields: Vec<(String, String)>, pub message: String, pub notes: Vec<&'static str> }
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query { _p: () }
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("column {column}: expected {expected}")]
pub struct QueryError { pub column: usize, pub expected: String }
impl std::str::FromStr for Query { type Err = QueryError; fn from_str(_s: &str) -> Result<Self, QueryError> { todo!() } }
pub struct InletOptions { pub queue_bytes: usize, pub source_bytes: usize }
/// The door for receivers: one fair queue, one writer thread, group commit. Cloneable.
#[derive(Clone)]
pub struct Inlet { _p: () }
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum InletError { #[error("queue full")] Full, #[error("closed")] Closed }
impl Inlet {
    pub fn start(_vault: Arc<Vault>, _options: InletOptions) -> Self { todo!() }
    /// Waits for room (back-pressure), then for the fsync.
    pub async fn submit(&self, _chunk: Chunk) -> Result<(Seq, Seq), InletError> { todo!() }
    /// Waits for room only; the ticket resolves after fsync. RELP keeps many in flight.
    pub async fn enqueue(&self, _chunk: Chunk) -> Result<Ticket, InletError> { todo!() }
    /// Never waits: `Full` when the source's share or the queue is full (UDP counts it as a loss).
    pub fn try_enqueue(&self, _chunk: Chunk) -> Result<(), InletError> { todo!() }
}
pub struct Ticket { _p: () }
impl Ticket { pub async fn wait(self) -> Result<(Seq, Seq), InletError> { todo!() } }
#[allow(unused)] fn _u(_: Hash) {}
