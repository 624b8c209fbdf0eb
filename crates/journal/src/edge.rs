//! The right edge of the log: the partial tiles, kept in memory, from which new leaves and roots follow.
//!
//! Invariant: what an [`Edge`] of size `s` holds is exactly the partial tiles and the partial bundle of a log of size `s`.

use anlan_base::Instant;
use anlan_tlog::{Hash, edge_root, leaf_hash, root, tile};

use crate::files::put_entry;

/// A file of the log that is to be written: path under the log's folder, bytes.
pub(crate) type NewFile = (String, Vec<u8>);

#[derive(Clone, Debug, Default)]
pub(crate) struct Edge {
    pub(crate) size: u64,
    /// Hashes of the partial tile of each level, fewer than 256; levels without any may be missing at the end.
    pub(crate) levels: Vec<Vec<Hash>>,
    /// The partial bundle.
    pub(crate) bundle: Vec<u8>,
    /// `at` of the last leaf.
    pub(crate) last_at: Instant,
}

impl Edge {
    pub(crate) fn root(&self) -> Hash {
        edge_root(&self.levels)
    }

    /// Adds a leaf; tiles that it fills go to `full`.
    pub(crate) fn push(&mut self, entry: &[u8], full: &mut Vec<NewFile>) {
        put_entry(&mut self.bundle, entry);
        self.size += 1;
        if self.size.is_multiple_of(u64::from(tile::WIDTH)) {
            let n = self.size / u64::from(tile::WIDTH) - 1;
            full.push((tile::path(None, n, tile::WIDTH), std::mem::take(&mut self.bundle)));
        }
        self.push_hash(0, leaf_hash(entry), full);
    }

    fn push_hash(&mut self, level: u8, hash: Hash, full: &mut Vec<NewFile>) {
        let index = usize::from(level);
        if self.levels.len() <= index {
            self.levels.resize(index + 1, Vec::new());
        }
        let Some(hashes) = self.levels.get_mut(index) else { return };
        hashes.push(hash);
        if hashes.len() < usize::from(tile::WIDTH) {
            return;
        }
        let hashes = std::mem::take(hashes);
        let n = (self.size >> (8 * (u32::from(level) + 1))) - 1;
        full.push((tile::path(Some(level), n, tile::WIDTH), hashes.concat()));
        self.push_hash(level + 1, root(&hashes), full);
    }

    /// The partial tiles of this edge that `before` did not have.
    pub(crate) fn new_partials(&self, before: &Self) -> Vec<NewFile> {
        let names = partial_names(self.size);
        let known = partial_names(before.size);
        names
            .into_iter()
            .filter(|name| !known.contains(name))
            .map(|(level, n, width)| (tile::path(level, n, width), self.partial(level)))
            .collect()
    }

    /// Paths of partial tiles that a log of `before` had and this one has not.
    pub(crate) fn superseded(&self, before: &Self) -> Vec<String> {
        let names = partial_names(self.size);
        let known = partial_names(before.size);
        known.into_iter().filter(|name| !names.contains(name)).map(|(level, n, width)| tile::path(level, n, width)).collect()
    }

    /// Bytes of the partial tile of a level (None: the bundle).
    pub(crate) fn partial(&self, level: Option<u8>) -> Vec<u8> {
        match level {
            None => self.bundle.clone(),
            Some(level) => self.levels.get(usize::from(level)).map(|hashes| hashes.concat()).unwrap_or_default(),
        }
    }
}

/// (level, n, width) of the partial tiles of a log of `size`, the bundle first.
pub(crate) fn partial_names(size: u64) -> Vec<(Option<u8>, u64, u16)> {
    let partial = |(_, _, width): &(u8, u64, u16)| *width > 0;
    let bundle = tile::levels(size).take(1).filter(partial).map(|(_, full, width)| (None, full, width));
    bundle.chain(tile::levels(size).filter(partial).map(|(level, full, width)| (Some(level), full, width))).collect()
}
