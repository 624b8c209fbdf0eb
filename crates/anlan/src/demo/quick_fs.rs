//! The disk without waiting for it: for a folder that is made in one go and worth nothing before it is whole.
//!
//! Invariant: what is read back is what was written; only power cuts are not provided for.

use std::io;
use std::path::{Path, PathBuf};

use anlan_journal::{Appender, DirEntry, DiskFs, Fs};

#[derive(Clone, Copy, Debug, Default)]
pub struct QuickFs;

struct QuickAppender(Box<dyn Appender>);

impl Appender for QuickAppender {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.append(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Fs for QuickFs {
    fn create(&self, path: &Path) -> io::Result<Box<dyn Appender>> {
        Ok(Box::new(QuickAppender(DiskFs.create(path)?)))
    }

    fn reopen(&self, path: &Path, len: u64) -> io::Result<Box<dyn Appender>> {
        Ok(Box::new(QuickAppender(DiskFs.reopen(path, len)?)))
    }

    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let temporary = temporary(path);
        if DiskFs.exists(&temporary) {
            DiskFs.remove(&temporary)?;
        }
        DiskFs.create(&temporary)?.append(bytes)?;
        DiskFs.rename(&temporary, path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        DiskFs.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        DiskFs.remove(path)
    }

    fn create_dir_all(&self, path: &Path) -> io::Result<()> {
        if path.is_dir() { Ok(()) } else { DiskFs.create_dir_all(path) }
    }

    fn sync_dir(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        DiskFs.read(path)
    }

    fn read_at(&self, path: &Path, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        DiskFs.read_at(path, offset, len)
    }

    fn len(&self, path: &Path) -> io::Result<u64> {
        DiskFs.len(path)
    }

    fn exists(&self, path: &Path) -> bool {
        DiskFs.exists(path)
    }

    fn list(&self, path: &Path) -> io::Result<Vec<DirEntry>> {
        DiskFs.list(path)
    }
}

fn temporary(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".tmp");
    PathBuf::from(name)
}
