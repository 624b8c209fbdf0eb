//! The disk as the project sees it. Each changing method says when the change is durable; tests use [`crate::faulty::FaultyFs`].

use std::io;
use std::path::{Path, PathBuf};

/// The disk. Every method that changes it says when the change is durable. Tests use a faulty one.
pub trait Fs: Send + Sync {
    /// Creates a new file for appending (error if it exists). The name is durable after `sync_dir` of its folder.
    fn create(&self, path: &Path) -> io::Result<Box<dyn Appender>>;
    /// Opens an existing file for appending, cut to `len` bytes; an error when it is shorter. The cut is durable after the first `sync`.
    fn reopen(&self, path: &Path, len: u64) -> io::Result<Box<dyn Appender>>;
    /// Temp file (the name and `.tmp`), write, fsync, rename, fsync folder: after return the file is there whole, or as it was before.
    /// After an error it is one or the other.
    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Gives a file another name, replacing what has it. Durable after `sync_dir` of the new name's folder.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file, or an empty folder. Durable after `sync_dir` of its folder.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Durable on return, even where the folder was there before.
    fn create_dir_all(&self, path: &Path) -> io::Result<()>;
    fn sync_dir(&self, path: &Path) -> io::Result<()>;
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// Exactly `len` bytes; an error when the file ends before.
    fn read_at(&self, path: &Path, offset: u64, len: usize) -> io::Result<Vec<u8>>;
    fn len(&self, path: &Path) -> io::Result<u64>;
    fn exists(&self, path: &Path) -> bool;
    /// Names in a folder (files and folders), sorted; empty when the folder is not there.
    fn list(&self, path: &Path) -> io::Result<Vec<DirEntry>>;
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DirEntry {
    pub name: String,
    pub is_dir: bool,
}

/// A file that only grows. One writer at a time.
pub trait Appender: Send {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// fdatasync. After an error the file must not be used again.
    fn sync(&mut self) -> io::Result<()>;
}

/// Where `replace` writes before it renames.
pub(crate) fn temporary(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".tmp");
    PathBuf::from(name)
}

pub(crate) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}
