//! The machine under [`super::FaultyFs`]: names and files, each as programs see it and as the disk has it.

use std::io;
use std::path::Path;

use super::torn::{Chance, DataChange, Inode, NameChange, Names, Node, drop_orphans, is_root};
use super::{Fault, Tearing};
use crate::fs::parent;

#[derive(Default)]
pub(super) struct State {
    pub(super) inodes: Vec<Inode>,
    /// Names as programs see them.
    pub(super) live: Names,
    /// Names as they would be after a crash without luck.
    pub(super) durable: Names,
    pub(super) pending: Vec<NameChange>,
    pub(super) calls: u64,
    pub(super) armed: Option<(u64, Fault)>,
    pub(super) crashed: bool,
    /// Counts restarts: an appender of an earlier life is of no use.
    pub(super) life: u64,
}

/// One writing step.
pub(super) enum Call<'a> {
    Create(&'a Path),
    Append(usize, &'a [u8]),
    Cut(usize, u64),
    Sync(usize),
    Rename(&'a Path, &'a Path),
    Remove(&'a Path),
    MakeFolder(&'a Path),
    SyncFolder(&'a Path),
}

impl Call<'_> {
    pub(super) fn is_sync(&self) -> bool {
        matches!(self, Self::Sync(_) | Self::SyncFolder(_))
    }
}

pub(super) fn crash_error() -> io::Error {
    io::Error::other("the power is off")
}

impl State {
    pub(super) fn call(&mut self, call: &Call<'_>) -> io::Result<usize> {
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
    pub(super) fn apply(&mut self, call: &Call<'_>) -> io::Result<usize> {
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

    pub(super) fn make_durable(&mut self, call: &Call<'_>, inode: usize) -> io::Result<()> {
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

    pub(super) fn create(&mut self, path: &Path) -> io::Result<usize> {
        self.check_folder(parent(path))?;
        if self.live.contains_key(path) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let inode = self.inodes.len();
        self.inodes.push(Inode::default());
        self.change(NameChange::Link(path.to_owned(), Node::File(inode)));
        Ok(inode)
    }

    pub(super) fn remove(&mut self, path: &Path) -> io::Result<()> {
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

    pub(super) fn change(&mut self, change: NameChange) {
        change.apply(&mut self.live);
        self.pending.push(change);
    }

    pub(super) fn sync_names(&mut self, folder: &Path) {
        let (now, later) = self.pending.drain(..).partition(|change| change.folder() == folder);
        self.pending = later;
        let now: Vec<NameChange> = now;
        now.iter().for_each(|change| change.apply(&mut self.durable));
    }

    pub(super) fn check_folder(&self, path: &Path) -> io::Result<()> {
        if is_root(path) || self.live.get(path) == Some(&Node::Folder) { Ok(()) } else { Err(io::ErrorKind::NotFound.into()) }
    }

    pub(super) fn file(&self, path: &Path) -> io::Result<usize> {
        match self.live.get(path) {
            Some(Node::File(inode)) => Ok(*inode),
            Some(Node::Folder) => Err(io::ErrorKind::IsADirectory.into()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    pub(super) fn inode(&mut self, inode: usize) -> io::Result<&mut Inode> {
        self.inodes.get_mut(inode).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    pub(super) fn crash(&mut self, tearing: Tearing) {
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
