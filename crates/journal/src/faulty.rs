//! A filesystem in memory that fails on command, for tests of every crate that writes.
//!
//! It is stricter than real ones: a file's bytes are durable only after its `sync`, its name only after `sync_dir` of its folder. Each
//! writing step counts as a call ([`FaultyFs::calls`]; `replace` is five of them, `create_dir_all` two for each new folder), and a fault
//! can be armed for any of them. After a crash every call fails until [`FaultyFs::restart`], which shows what survived.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::fs::{Appender, DirEntry, Fs, parent, temporary};
use machine::{Call, State, crash_error};
use torn::{Inode, Node, is_root};

mod machine;
mod torn;

/// What becomes of unsynced changes in a crash. The numbers are seeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tearing {
    /// None survives.
    DropUnsynced,
    /// Of each file's bytes, and of all names, those up to a random point survive.
    RandomPrefix(u64),
    /// Each sector and each name survives or does not, by chance: later ones without earlier ones too.
    Reordered(u64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The call is under way when the power goes.
    Crash(Tearing),
    /// The call fails and changes nothing. A failed sync loses what it should have made durable, though it can still be read.
    ErrorNotPersisted,
    /// The call fails, yet its change is durable.
    ErrorButPersisted,
}

/// Shared by its clones.
#[derive(Clone, Default)]
pub struct FaultyFs(Arc<Mutex<State>>);

impl FaultyFs {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Writing calls so far, failed ones included.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.state().calls
    }

    /// Arms a fault for the `nth` writing call from now (1 is the next).
    pub fn arm(&self, nth: u64, fault: Fault) {
        let mut state = self.state();
        state.armed = Some((state.calls + nth, fault));
    }

    /// Pulls the plug between two calls.
    pub fn crash(&self, tearing: Tearing) {
        self.state().crash(tearing);
    }

    #[must_use]
    pub fn crashed(&self) -> bool {
        self.state().crashed
    }

    /// Power is back: what survived is there, nothing is armed. Without a crash before it, unsynced changes are kept, as after `kill -9`.
    pub fn restart(&self) {
        let mut state = self.state();
        state.crashed = false;
        state.armed = None;
        state.life += 1;
    }

    /// All files and their bytes.
    #[must_use]
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let state = self.state();
        let file = |(path, node): (&PathBuf, &Node)| match node {
            Node::File(inode) => Some((path.clone(), state.inodes.get(*inode)?.data.clone())),
            Node::Folder => None,
        };
        state.live.iter().filter_map(file).collect()
    }

    /// Tampers: the file has these bytes now, durably. Folders are made where they are missing. Counts as no call.
    pub fn put(&self, path: &Path, bytes: &[u8]) {
        let mut state = self.state();
        for folder in path.ancestors().skip(1).filter(|folder| !is_root(folder)) {
            state.live.insert(folder.to_owned(), Node::Folder);
            state.durable.insert(folder.to_owned(), Node::Folder);
        }
        let inode = state.inodes.len();
        state.inodes.push(Inode { data: bytes.to_vec(), durable: bytes.to_vec(), pending: Vec::new() });
        state.live.insert(path.to_owned(), Node::File(inode));
        state.durable.insert(path.to_owned(), Node::File(inode));
    }

    /// Tampers: the file is gone, durably. Counts as no call.
    pub fn take(&self, path: &Path) {
        let mut state = self.state();
        state.live.remove(path);
        state.durable.remove(path);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// For reading: fails after a crash.
    fn alive(&self) -> io::Result<MutexGuard<'_, State>> {
        let state = self.state();
        if state.crashed { Err(crash_error()) } else { Ok(state) }
    }

    fn call(&self, call: Call<'_>) -> io::Result<usize> {
        self.alive()?.call(&call)
    }

    fn appender(&self, inode: usize) -> Box<dyn Appender> {
        Box::new(FaultyAppender { fs: self.clone(), inode, life: self.state().life })
    }

    fn inode(&self, path: &Path) -> io::Result<usize> {
        self.alive()?.file(path)
    }
}

impl Fs for FaultyFs {
    fn create(&self, path: &Path) -> io::Result<Box<dyn Appender>> {
        self.call(Call::Create(path)).map(|inode| self.appender(inode))
    }

    fn reopen(&self, path: &Path, len: u64) -> io::Result<Box<dyn Appender>> {
        let inode = self.inode(path)?;
        self.call(Call::Cut(inode, len))?;
        Ok(self.appender(inode))
    }

    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let temporary = temporary(path);
        let inode = match self.inode(&temporary) {
            Ok(inode) => {
                self.call(Call::Cut(inode, 0))?;
                inode
            }
            Err(_) => self.call(Call::Create(&temporary))?,
        };
        self.call(Call::Append(inode, bytes))?;
        self.call(Call::Sync(inode))?;
        self.call(Call::Rename(&temporary, path))?;
        self.sync_dir(parent(path))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.call(Call::Rename(from, to)).map(drop)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.call(Call::Remove(path)).map(drop)
    }

    fn create_dir_all(&self, path: &Path) -> io::Result<()> {
        if is_root(path) {
            return Ok(());
        }
        if self.alive()?.check_folder(path).is_err() {
            self.create_dir_all(parent(path))?;
            self.call(Call::MakeFolder(path))?;
        }
        self.sync_dir(parent(path))
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        self.call(Call::SyncFolder(path)).map(drop)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let inode = self.inode(path)?;
        Ok(self.alive()?.inode(inode)?.data.clone())
    }

    fn read_at(&self, path: &Path, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        let data = self.read(path)?;
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let bytes = data.get(start..start.saturating_add(len));
        bytes.map(<[u8]>::to_vec).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    fn len(&self, path: &Path) -> io::Result<u64> {
        Ok(self.read(path)?.len() as u64)
    }

    fn exists(&self, path: &Path) -> bool {
        self.alive().is_ok_and(|state| state.live.contains_key(path))
    }

    fn list(&self, path: &Path) -> io::Result<Vec<DirEntry>> {
        let state = self.alive()?;
        let inside = state.live.iter().filter(|(name, _)| name.parent() == Some(path));
        let mut entries: Vec<DirEntry> = inside
            .filter_map(|(name, node)| Some(DirEntry { name: name.file_name()?.to_str()?.to_owned(), is_dir: *node == Node::Folder }))
            .collect();
        entries.sort();
        Ok(entries)
    }
}

struct FaultyAppender {
    fs: FaultyFs,
    inode: usize,
    life: u64,
}

impl FaultyAppender {
    fn call(&self, call: Call<'_>) -> io::Result<()> {
        let mut state = self.fs.alive()?;
        if state.life != self.life {
            return Err(crash_error());
        }
        state.call(&call).map(drop)
    }
}

impl Appender for FaultyAppender {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.call(Call::Append(self.inode, bytes))
    }

    fn sync(&mut self) -> io::Result<()> {
        self.call(Call::Sync(self.inode))
    }
}
