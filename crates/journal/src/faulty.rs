//! A filesystem in memory that fails on command, for tests of every crate that writes.
//!
//! It is stricter than real ones: a file's bytes are durable only after its `sync`, its name only after `sync_dir` of its folder. Each
//! writing step counts as a call ([`FaultyFs::calls`]; `replace` is five of them, `create_dir_all` two for each new folder), and a fault
//! can be armed for any of them. After a crash every call fails until [`FaultyFs::restart`], which shows what survived.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::fs::{Appender, DirEntry, Fs, parent, temporary};

/// Writes are torn at multiples of this many bytes.
const SECTOR: usize = 512;

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

#[derive(Default)]
struct State {
    inodes: Vec<Inode>,
    /// Names as programs see them.
    live: Names,
    /// Names as they would be after a crash without luck.
    durable: Names,
    pending: Vec<NameChange>,
    calls: u64,
    armed: Option<(u64, Fault)>,
    crashed: bool,
    /// Counts restarts: an appender of an earlier life is of no use.
    life: u64,
}

type Names = BTreeMap<PathBuf, Node>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Node {
    File(usize),
    Folder,
}

#[derive(Default)]
struct Inode {
    data: Vec<u8>,
    durable: Vec<u8>,
    pending: Vec<DataChange>,
}

#[derive(Clone)]
enum DataChange {
    Write { at: usize, bytes: Vec<u8> },
    Cut(usize),
}

#[derive(Clone)]
enum NameChange {
    Link(PathBuf, Node),
    Unlink(PathBuf),
    Rename(PathBuf, PathBuf, Node),
}

/// One writing step.
enum Call<'a> {
    Create(&'a Path),
    Append(usize, &'a [u8]),
    Cut(usize, u64),
    Sync(usize),
    Rename(&'a Path, &'a Path),
    Remove(&'a Path),
    MakeFolder(&'a Path),
    SyncFolder(&'a Path),
}

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

fn crash_error() -> io::Error {
    io::Error::other("the power is off")
}

fn is_root(path: &Path) -> bool {
    path.as_os_str().is_empty() || path == Path::new("/") || path == Path::new(".")
}

impl State {
    fn call(&mut self, call: &Call<'_>) -> io::Result<usize> {
        self.calls += 1;
        let fault = self.armed.filter(|(at, _)| *at == self.calls).map(|(_, fault)| fault);
        match fault {
            None => self.apply(call),
            Some(Fault::Crash(tearing)) => {
                if !call.is_sync() {
                    let _ = self.apply(call);
                }
                self.crash(tearing);
                Err(crash_error())
            }
            Some(Fault::ErrorNotPersisted) => {
                if let Call::Sync(inode) = call {
                    self.inode(*inode)?.pending.clear();
                }
                Err(io::Error::other("armed: not persisted"))
            }
            Some(Fault::ErrorButPersisted) => {
                let inode = self.apply(call)?;
                self.make_durable(call, inode)?;
                Err(io::Error::other("armed: persisted"))
            }
        }
    }

    /// What the call does without a fault. Answers the inode it concerns, if any.
    fn apply(&mut self, call: &Call<'_>) -> io::Result<usize> {
        match call {
            Call::Create(path) => return self.create(path),
            Call::Append(inode, bytes) => {
                let file = self.inode(*inode)?;
                file.pending.push(DataChange::Write { at: file.data.len(), bytes: bytes.to_vec() });
                file.data.extend_from_slice(bytes);
            }
            Call::Cut(inode, len) => {
                let file = self.inode(*inode)?;
                let len = usize::try_from(*len).unwrap_or(usize::MAX);
                if file.data.len() < len {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                file.data.truncate(len);
                file.pending.push(DataChange::Cut(len));
            }
            Call::Sync(inode) => self.inode(*inode)?.sync(),
            Call::Rename(from, to) => {
                let node = Node::File(self.file(from)?);
                self.check_folder(parent(to))?;
                self.change(NameChange::Rename((*from).to_owned(), (*to).to_owned(), node));
            }
            Call::Remove(path) => self.remove(path)?,
            Call::MakeFolder(path) => {
                self.check_folder(parent(path))?;
                self.change(NameChange::Link((*path).to_owned(), Node::Folder));
            }
            Call::SyncFolder(path) => {
                self.check_folder(path)?;
                self.sync_names(path);
            }
        }
        Ok(0)
    }

    fn make_durable(&mut self, call: &Call<'_>, inode: usize) -> io::Result<()> {
        match call {
            Call::Append(inode, _) | Call::Cut(inode, _) => self.inode(*inode)?.sync(),
            Call::Create(path) | Call::Rename(_, path) | Call::Remove(path) | Call::MakeFolder(path) => self.sync_names(parent(path)),
            Call::Sync(_) | Call::SyncFolder(_) => {}
        }
        if let Call::Create(_) = call {
            self.inode(inode)?.sync();
        }
        Ok(())
    }

    fn create(&mut self, path: &Path) -> io::Result<usize> {
        self.check_folder(parent(path))?;
        if self.live.contains_key(path) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let inode = self.inodes.len();
        self.inodes.push(Inode::default());
        self.change(NameChange::Link(path.to_owned(), Node::File(inode)));
        Ok(inode)
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        match self.live.get(path) {
            None => return Err(io::ErrorKind::NotFound.into()),
            Some(Node::Folder) if self.live.keys().any(|name| name.parent() == Some(path)) => {
                return Err(io::ErrorKind::DirectoryNotEmpty.into());
            }
            Some(_) => {}
        }
        self.change(NameChange::Unlink(path.to_owned()));
        Ok(())
    }

    fn change(&mut self, change: NameChange) {
        change.apply(&mut self.live);
        self.pending.push(change);
    }

    fn sync_names(&mut self, folder: &Path) {
        let (now, later) = self.pending.drain(..).partition(|change| change.folder() == folder);
        self.pending = later;
        let now: Vec<NameChange> = now;
        now.iter().for_each(|change| change.apply(&mut self.durable));
    }

    fn check_folder(&self, path: &Path) -> io::Result<()> {
        if is_root(path) || self.live.get(path) == Some(&Node::Folder) { Ok(()) } else { Err(io::ErrorKind::NotFound.into()) }
    }

    fn file(&self, path: &Path) -> io::Result<usize> {
        match self.live.get(path) {
            Some(Node::File(inode)) => Ok(*inode),
            Some(Node::Folder) => Err(io::ErrorKind::IsADirectory.into()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn inode(&mut self, inode: usize) -> io::Result<&mut Inode> {
        self.inodes.get_mut(inode).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn crash(&mut self, tearing: Tearing) {
        let mut chance = Chance::of(tearing);
        let mut names = std::mem::take(&mut self.durable);
        let survivors = chance.survivors(std::mem::take(&mut self.pending), tearing);
        survivors.iter().for_each(|change| change.apply(&mut names));
        drop_orphans(&mut names);
        for inode in &mut self.inodes {
            inode.crash(&mut chance, tearing);
        }
        self.live.clone_from(&names);
        self.durable = names;
        self.crashed = true;
    }
}

/// A name is reached only through its folders.
fn drop_orphans(names: &mut Names) {
    loop {
        let orphan = |path: &PathBuf| !is_root(parent(path)) && names.get(parent(path)) != Some(&Node::Folder);
        let orphans: Vec<PathBuf> = names.keys().filter(|path| orphan(path)).cloned().collect();
        if orphans.is_empty() {
            return;
        }
        orphans.iter().for_each(|path| {
            names.remove(path);
        });
    }
}

impl Call<'_> {
    fn is_sync(&self) -> bool {
        matches!(self, Self::Sync(_) | Self::SyncFolder(_))
    }
}

impl NameChange {
    /// The folder whose sync makes it durable.
    fn folder(&self) -> &Path {
        match self {
            Self::Link(path, _) | Self::Unlink(path) | Self::Rename(_, path, _) => parent(path),
        }
    }

    fn apply(&self, names: &mut Names) {
        match self {
            Self::Link(path, node) => {
                names.insert(path.clone(), *node);
            }
            Self::Unlink(path) => {
                names.remove(path);
            }
            Self::Rename(from, to, node) => {
                names.remove(from);
                names.insert(to.clone(), *node);
            }
        }
    }
}

impl Inode {
    fn sync(&mut self) {
        for change in std::mem::take(&mut self.pending) {
            change.apply(&mut self.durable);
        }
    }

    fn crash(&mut self, chance: &mut Chance, tearing: Tearing) {
        let pending = std::mem::take(&mut self.pending);
        let survivors = match tearing {
            Tearing::DropUnsynced => Vec::new(),
            Tearing::RandomPrefix(_) => prefix(pending, chance),
            Tearing::Reordered(_) => pending.iter().flat_map(DataChange::sectors).filter(|_| chance.coin()).collect(),
        };
        for change in survivors {
            change.apply(&mut self.durable);
        }
        self.data.clone_from(&self.durable);
    }
}

/// Whole changes up to a random byte, and what of the next one lies before it.
fn prefix(pending: Vec<DataChange>, chance: &mut Chance) -> Vec<DataChange> {
    let total: usize = pending.iter().map(DataChange::weight).sum();
    let mut left = chance.below(total + 1);
    let mut kept = Vec::new();
    for change in pending {
        let weight = change.weight();
        if weight <= left {
            left -= weight;
            kept.push(change);
            continue;
        }
        if let DataChange::Write { at, mut bytes } = change {
            bytes.truncate(left);
            kept.push(DataChange::Write { at, bytes });
        }
        break;
    }
    kept
}

impl DataChange {
    fn weight(&self) -> usize {
        match self {
            Self::Write { bytes, .. } => bytes.len(),
            Self::Cut(_) => 1,
        }
    }

    /// The pieces of the change that a disk writes as one.
    fn sectors(&self) -> Vec<Self> {
        let Self::Write { at, bytes } = self else { return vec![self.clone()] };
        let mut pieces = Vec::new();
        let (mut at, mut rest) = (*at, bytes.as_slice());
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(rest.len().min(SECTOR - at % SECTOR));
            pieces.push(Self::Write { at, bytes: piece.to_vec() });
            at += piece.len();
            rest = after;
        }
        pieces
    }

    /// A hole before the written bytes is filled with zeros.
    fn apply(&self, data: &mut Vec<u8>) {
        match self {
            Self::Cut(len) => data.truncate(*len),
            Self::Write { at, bytes } => {
                let end = at + bytes.len();
                data.resize(data.len().max(end), 0);
                if let Some(place) = data.get_mut(*at..end) {
                    place.copy_from_slice(bytes);
                }
            }
        }
    }
}

/// SplitMix64: the same seed tears the same way.
struct Chance(u64);

impl Chance {
    fn of(tearing: Tearing) -> Self {
        match tearing {
            Tearing::DropUnsynced => Self(0),
            Tearing::RandomPrefix(seed) | Tearing::Reordered(seed) => Self(seed),
        }
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn coin(&mut self) -> bool {
        self.next() & 1 == 1
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % (limit as u64)).unwrap_or(0)
    }

    fn survivors(&mut self, mut pending: Vec<NameChange>, tearing: Tearing) -> Vec<NameChange> {
        match tearing {
            Tearing::DropUnsynced => pending.clear(),
            Tearing::RandomPrefix(_) => pending.truncate(self.below(pending.len() + 1)),
            Tearing::Reordered(_) => pending.retain(|_| self.coin()),
        }
        pending
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
