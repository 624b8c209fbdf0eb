//! Changes that are not durable yet, and what a crash leaves of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::Tearing;
use crate::fs::parent;

/// Writes are torn at multiples of this many bytes.
pub(super) const SECTOR: usize = 512;

pub(super) type Names = BTreeMap<PathBuf, Node>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Node {
    File(usize),
    Folder,
}

#[derive(Default)]
pub(super) struct Inode {
    pub(super) data: Vec<u8>,
    pub(super) durable: Vec<u8>,
    pub(super) pending: Vec<DataChange>,
}

#[derive(Clone)]
pub(super) enum DataChange {
    Write { at: usize, bytes: Vec<u8> },
    Cut(usize),
}

#[derive(Clone)]
pub(super) enum NameChange {
    Link(PathBuf, Node),
    Unlink(PathBuf),
    Rename(PathBuf, PathBuf, Node),
}

pub(super) fn is_root(path: &Path) -> bool {
    path.as_os_str().is_empty() || path == Path::new("/") || path == Path::new(".")
}

/// A name is reached only through its folders.
pub(super) fn drop_orphans(names: &mut Names) {
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

impl NameChange {
    /// The folder whose sync makes it durable.
    pub(super) fn folder(&self) -> &Path {
        match self {
            Self::Link(path, _) | Self::Unlink(path) | Self::Rename(_, path, _) => parent(path),
        }
    }

    pub(super) fn apply(&self, names: &mut Names) {
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
    pub(super) fn sync(&mut self) {
        for change in std::mem::take(&mut self.pending) {
            change.apply(&mut self.durable);
        }
    }

    pub(super) fn crash(&mut self, chance: &mut Chance, tearing: Tearing) {
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
pub(super) fn prefix(pending: Vec<DataChange>, chance: &mut Chance) -> Vec<DataChange> {
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
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Write { bytes, .. } => bytes.len(),
            Self::Cut(_) => 1,
        }
    }

    /// The pieces of the change that a disk writes as one.
    pub(super) fn sectors(&self) -> Vec<Self> {
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
    pub(super) fn apply(&self, data: &mut Vec<u8>) {
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
pub(super) struct Chance(pub(super) u64);

impl Chance {
    pub(super) fn of(tearing: Tearing) -> Self {
        match tearing {
            Tearing::DropUnsynced => Self(0),
            Tearing::RandomPrefix(seed) | Tearing::Reordered(seed) => Self(seed),
        }
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(super) fn coin(&mut self) -> bool {
        self.next() & 1 == 1
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % (limit as u64)).unwrap_or(0)
    }

    pub(super) fn survivors(&mut self, mut pending: Vec<NameChange>, tearing: Tearing) -> Vec<NameChange> {
        match tearing {
            Tearing::DropUnsynced => pending.clear(),
            Tearing::RandomPrefix(_) => pending.truncate(self.below(pending.len() + 1)),
            Tearing::Reordered(_) => pending.retain(|_| self.coin()),
        }
        pending
    }
}
