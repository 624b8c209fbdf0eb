//! A running log as it was at one checkpoint, seen through its files.
//!
//! Invariants: full tiles never change, so that only the checkpoint and the partial tiles of its size are kept in memory; tiles beyond that
//! size, and partial tiles of another size (a newer one, or an older one that is about to be removed), are not listed, everything else is.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anlan_journal::{Appender, DirEntry, Fs};
use anlan_tlog::checkpoint::Checkpoint;
use anlan_tlog::note::VerifyingKey;
use anlan_tlog::tile;

/// Tries to read the partial tiles of one checkpoint before they are superseded.
const TRIES: usize = 16;

pub(crate) struct LogSnapshot {
    fs: Arc<dyn Fs>,
    log: PathBuf,
    kept: BTreeMap<PathBuf, Vec<u8>>,
    size: u64,
}

impl LogSnapshot {
    /// The log as of its present checkpoint; the folder itself when none can be held on to (the checks then say why).
    pub(crate) fn begin(fs: &Arc<dyn Fs>, log: &Path, key: &VerifyingKey) -> Arc<dyn Fs> {
        for _ in 0..TRIES {
            if let Some(snapshot) = Self::take(fs, log, key) {
                return Arc::new(snapshot);
            }
        }
        Arc::clone(fs)
    }

    fn take(fs: &Arc<dyn Fs>, log: &Path, key: &VerifyingKey) -> Option<Self> {
        let path = log.join("checkpoint");
        let note = fs.read(&path).ok()?;
        let size = Checkpoint::parse(key.open(&note).ok()?)?.size;
        let mut kept = BTreeMap::from([(path, note)]);
        for (level, full, width) in tile::levels(size).filter(|(.., width)| *width > 0) {
            let bundle = (level == 0).then_some(None);
            for level in [Some(Some(level)), bundle].into_iter().flatten() {
                let path = log.join(tile::path(level, full, width));
                let bytes = fs.read(&path).ok()?;
                kept.insert(path, bytes);
            }
        }
        Some(Self { fs: Arc::clone(fs), log: log.to_owned(), kept, size })
    }

    /// A tile that came after the snapshot, a partial one that it has superseded, or a file that is being written.
    fn is_passing(&self, path: &Path) -> bool {
        let Ok(below) = path.strip_prefix(&self.log) else { return false };
        let Some(below) = below.to_str() else { return false };
        if below.ends_with(".tmp") {
            return true;
        }
        let Some((level, n, width)) = tile::parse_path(below) else { return false };
        if width != tile::WIDTH {
            return !self.kept.contains_key(path);
        }
        let edge = tile::levels(self.size).find(|(l, ..)| *l == level.unwrap_or(0));
        edge.is_none_or(|(_, full, _)| n >= full)
    }
}

fn read_only<T>() -> io::Result<T> {
    Err(io::ErrorKind::ReadOnlyFilesystem.into())
}

impl Fs for LogSnapshot {
    fn create(&self, _: &Path) -> io::Result<Box<dyn Appender>> {
        read_only()
    }
    fn reopen(&self, _: &Path, _: u64) -> io::Result<Box<dyn Appender>> {
        read_only()
    }
    fn replace(&self, _: &Path, _: &[u8]) -> io::Result<()> {
        read_only()
    }
    fn rename(&self, _: &Path, _: &Path) -> io::Result<()> {
        read_only()
    }
    fn remove(&self, _: &Path) -> io::Result<()> {
        read_only()
    }
    fn create_dir_all(&self, _: &Path) -> io::Result<()> {
        read_only()
    }
    fn sync_dir(&self, _: &Path) -> io::Result<()> {
        read_only()
    }
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.kept.get(path).map_or_else(|| self.fs.read(path), |bytes| Ok(bytes.clone()))
    }
    fn read_at(&self, path: &Path, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        self.fs.read_at(path, offset, len)
    }
    fn len(&self, path: &Path) -> io::Result<u64> {
        self.kept.get(path).map_or_else(|| self.fs.len(path), |bytes| Ok(bytes.len() as u64))
    }
    fn exists(&self, path: &Path) -> bool {
        self.kept.contains_key(path) || self.fs.exists(path)
    }
    fn list(&self, path: &Path) -> io::Result<Vec<DirEntry>> {
        let entries = self.fs.list(path)?;
        Ok(entries.into_iter().filter(|entry| entry.is_dir || !self.is_passing(&path.join(&entry.name))).collect())
    }
}
