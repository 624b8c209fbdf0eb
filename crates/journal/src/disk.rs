//! The real disk. The one place in the project that calls the writing functions of `std::fs`.
//!
//! Invariant: files are made for their owner alone (0600, folders 0700): they hold logs and the key.
#![allow(clippy::disallowed_methods, reason = "all disk writes of the project go through here")]

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _, OpenOptionsExt as _};
use std::path::Path;

use crate::fs::{Appender, DirEntry, Fs, parent, temporary};

const FILE_MODE: u32 = 0o600;
const FOLDER_MODE: u32 = 0o700;

#[derive(Clone, Copy, Debug, Default)]
pub struct DiskFs;

impl Fs for DiskFs {
    fn create(&self, path: &Path) -> io::Result<Box<dyn Appender>> {
        let file = OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(path)?;
        Ok(Box::new(DiskAppender { file, failed: false }))
    }

    fn reopen(&self, path: &Path, len: u64) -> io::Result<Box<dyn Appender>> {
        let mut file = OpenOptions::new().write(true).open(path)?;
        if file.metadata()?.len() < len {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        file.set_len(len)?;
        file.seek(SeekFrom::End(0))?;
        Ok(Box::new(DiskAppender { file, failed: false }))
    }

    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let temporary = temporary(path);
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(FILE_MODE).open(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&temporary, path)?;
        self.sync_dir(parent(path))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        if fs::symlink_metadata(path)?.is_dir() { fs::remove_dir(path) } else { fs::remove_file(path) }
    }

    fn create_dir_all(&self, path: &Path) -> io::Result<()> {
        let above = parent(path);
        let make = || DirBuilder::new().mode(FOLDER_MODE).create(path);
        let made = match make() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.create_dir_all(above)?;
                make()
            }
            made => made,
        };
        match made {
            // Another thread may have made it at the same moment.
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists || !path.is_dir() => return Err(error),
            _ => {}
        }
        self.sync_dir(above)
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path)
    }

    fn read_at(&self, path: &Path, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        let file = File::open(path)?;
        // Memory is taken only for what the file has.
        if file.metadata()?.len() < offset.saturating_add(len as u64) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut bytes = vec![0; len];
        file.read_exact_at(&mut bytes, offset)?;
        Ok(bytes)
    }

    fn len(&self, path: &Path) -> io::Result<u64> {
        Ok(fs::metadata(path)?.len())
    }

    fn exists(&self, path: &Path) -> bool {
        path.exists()
    }

    fn list(&self, path: &Path) -> io::Result<Vec<DirEntry>> {
        let entries = match fs::read_dir(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry?;
            names.push(DirEntry { name: entry.file_name().to_string_lossy().into_owned(), is_dir: entry.file_type()?.is_dir() });
        }
        names.sort();
        Ok(names)
    }
}

struct DiskAppender {
    file: File,
    /// Set by the first error: what the kernel kept of the bytes is then unknown.
    failed: bool,
}

impl DiskAppender {
    fn run(&mut self, work: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
        if self.failed {
            return Err(io::Error::other("the file failed before and is not used again"));
        }
        let done = work(&mut self.file);
        self.failed = done.is_err();
        done
    }
}

impl Appender for DiskAppender {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.run(|file| file.write_all(bytes))
    }

    fn sync(&mut self) -> io::Result<()> {
        self.run(|file| file.sync_data())
    }
}
