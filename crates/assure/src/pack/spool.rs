//! A file in which a pack's members wait until the manifest, which stands first, can be written.
//!
//! Invariant: what was put is read back from where it was put; the file is removed when the spool goes.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use anlan_journal::{Appender, Fs};

/// Bytes gathered before they are written, and read back at once.
const PIECE_BYTES: usize = 1 << 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) offset: u64,
    pub(crate) length: u64,
}

pub(crate) struct Spool {
    fs: Arc<dyn Fs>,
    path: PathBuf,
    file: Box<dyn Appender>,
    waiting: Vec<u8>,
    written: u64,
}

impl Spool {
    pub(crate) fn create(fs: &Arc<dyn Fs>, path: PathBuf) -> io::Result<Self> {
        let file = fs.create(&path)?;
        Ok(Self { fs: Arc::clone(fs), path, file, waiting: Vec::new(), written: 0 })
    }

    pub(crate) fn put(&mut self, bytes: &[u8]) -> io::Result<Extent> {
        let extent = Extent { offset: self.written + self.waiting.len() as u64, length: bytes.len() as u64 };
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= PIECE_BYTES {
            self.flush()?;
        }
        Ok(extent)
    }

    /// Must be called before reading what was put last.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.file.append(&self.waiting)?;
        self.written += self.waiting.len() as u64;
        self.waiting.clear();
        Ok(())
    }

    pub(crate) fn whole(&self, extent: Extent) -> io::Result<Vec<u8>> {
        self.fs.read_at(&self.path, extent.offset, usize::try_from(extent.length).map_err(io::Error::other)?)
    }

    /// Hands over an extent piece by piece.
    pub(crate) fn each_piece<E: From<io::Error>>(&self, extent: Extent, each: &mut dyn FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let mut done = 0;
        while done < extent.length {
            let length = (extent.length - done).min(PIECE_BYTES as u64);
            each(&self.whole(Extent { offset: extent.offset + done, length })?)?;
            done += length;
        }
        Ok(())
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        // The folder of spools is emptied at start too.
        let _ = self.fs.remove(&self.path);
    }
}
