//! The operator's one transparency log on disk (single sequencer, tiles, checkpoints), and all durable writes behind the [`Fs`] trait.
//!
//! Invariants: nothing else in the project writes to disk, but for the SQLite pool of `ledger`; a leaf has its index when its checkpoint is on disk; knows no product nouns.
#![forbid(unsafe_code)]
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use anlan_base::Clock;
use anlan_tlog::{Hash, envelope::{Body, Envelope}, note::{Signer, VerifyingKey}};
/// The disk. Every method that changes it says when the change is durable. Tests use a faulty one.
pub trait Fs: Send + Sync {
    /// Creates a new file for appending (error if it exists). The name is durable after `sync_dir` of its folder.
    fn create(&self, path: &Path) -> io::Result<Box<dyn Appender>>;
    /// Opens an existing file for appending, cut to `len` bytes.
    fn reopen(&self, path: &Path, len: u64) -> io::Result<Box<dyn Appender>>;
    /// Temp file, write, fsync, rename, fsync folder: after return the file is there whole, or as it was before.
    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    fn remove(&self, path: &Path) -> io::Result<()>;
    fn create_dir_all(&self, path: &Path) -> io::Result<()>;
    fn sync_dir(&self, path: &Path) -> io::Result<()>;
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
    fn read_at(&self, path: &Path, offset: u64, len: usize) -> io::Result<Vec<u8>>;
    fn len(&self, path: &Path) -> io::Result<u64>;
    fn exists(&self, path: &Path) -> bool;
    /// Names in a folder (files and folders), sorted; empty when the folder is not there.
    fn list(&self, path: &Path) -> io::Result<Vec<DirEntry>>;
}
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DirEntry { pub name: String, pub is_dir: bool }
pub trait Appender: Send {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// fdatasync. After an error the file must not be used again.
    fn sync(&mut self) -> io::Result<()>;
}
#[derive(Clone, Copy, Debug, Default)]
pub struct DiskFs;
#[derive(Debug, thiserror::Error)]
pub enum JournalError { #[error("{0}")] Io(#[from] io::Error) }
/// The transparency log under `dir` (`DIR/log`). One per folder, shared by Arc.
pub struct Journal { _p: () }
impl Journal {
    /// Begins a new log: leaf 0 is the key.
    pub fn create(_fs: Arc<dyn Fs>, _dir: PathBuf, _signer: Signer, _clock: Arc<dyn Clock>) -> Result<Self, JournalError> { todo!() }
    pub fn open(_fs: Arc<dyn Fs>, _dir: PathBuf, _signer: Signer, _clock: Arc<dyn Clock>) -> Result<Self, JournalError> { todo!() }
    /// Sequences leaves; on return they are on disk under a signed checkpoint. Sets `at` itself.
    pub fn append(&self, _bodies: &[Body]) -> Result<Range<u64>, JournalError> { todo!() }
    /// Stores a detail under its digest; durable on return.
    pub fn put_detail(&self, _bytes: &[u8]) -> Result<Hash, JournalError> { todo!() }
    pub fn detail(&self, _digest: &Hash) -> Result<Vec<u8>, JournalError> { todo!() }
    pub fn size(&self) -> u64 { todo!() }
    /// The signed checkpoint as it stands on disk.
    pub fn checkpoint(&self) -> Vec<u8> { todo!() }
    pub fn verifying_key(&self) -> VerifyingKey { todo!() }
    pub fn entry(&self, _index: u64) -> Result<Envelope, JournalError> { todo!() }
    /// Calls `each` for every envelope of the range, in order.
    pub fn scan(&self, _range: Range<u64>, _each: &mut dyn FnMut(u64, Envelope)) -> Result<(), JournalError> { todo!() }
    /// First index whose `at` is not before this (binary search); size when none.
    pub fn first_at(&self, _at: anlan_base::Instant) -> Result<u64, JournalError> { todo!() }
    /// Inclusion proof of `index` in the tree of `size`.
    pub fn inclusion(&self, _index: u64, _size: u64) -> Result<Vec<Hash>, JournalError> { todo!() }
    /// Bytes of one tile of the current checkpoint (level None: entries bundle); a wider one on disk is cut.
    pub fn tile(&self, _level: Option<u8>, _n: u64, _width: u16) -> Result<Vec<u8>, JournalError> { todo!() }
    /// Signs another text with the log's key (a pack's manifest).
    pub fn sign(&self, _text: &str) -> Vec<u8> { todo!() }
}
