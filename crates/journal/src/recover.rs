//! What happens to the log's folder before it is used: the last commit is read and checked, leftovers of a crash are removed.
//!
//! Invariant: nothing that the checkpoint covers is ever removed, and nothing that is not named like a tile.

use std::io::ErrorKind;
use std::path::Path;

use anlan_base::Instant;
use anlan_tlog::checkpoint::Checkpoint;
use anlan_tlog::envelope::Envelope;
use anlan_tlog::note::VerifyingKey;
use anlan_tlog::{leaf_hash, tile};

use crate::edge::{Edge, partial_names};
use crate::error::JournalError;
use crate::files::{self, CHECKPOINT, DETAILS};
use crate::fs::{Fs, parent, temporary};
use crate::log::{Head, damaged};

/// Makes the folder ready for leaf 0. A log that lost its checkpoint is not overwritten: only what the first commit writes is removed.
pub(crate) fn prepare_new(fs: &dyn Fs, dir: &Path) -> Result<(), JournalError> {
    if fs.exists(&dir.join(CHECKPOINT)) {
        return Err(JournalError::Exists(dir.to_owned()));
    }
    if files::tile_files(fs, dir)?.iter().any(|path| !files::belongs(path, 1)) || !fs.list(&dir.join(DETAILS))?.is_empty() {
        return Err(JournalError::LostCheckpoint(dir.to_owned()));
    }
    fs.create_dir_all(dir)?;
    sweep(fs, dir, 0)
}

/// The last commit: checkpoint verified, right edge read and led to its root.
pub(crate) fn read_head(fs: &dyn Fs, dir: &Path, key: &VerifyingKey) -> Result<Head, JournalError> {
    if fs.exists(dir) {
        // A process that was killed may have renamed the checkpoint without making the name durable; it must not fall back later.
        fs.sync_dir(dir)?;
    }
    let path = dir.join(CHECKPOINT);
    let note = match fs.read(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(JournalError::NoLog(dir.to_owned())),
        note => note?,
    };
    let checkpoint = Checkpoint::parse(key.open(&note)?).ok_or_else(|| damaged(&path, "is no checkpoint"))?;
    if checkpoint.origin != key.name {
        return Err(JournalError::Origin { found: checkpoint.origin, expected: key.name.to_string() });
    }
    if checkpoint.size == 0 {
        return Err(damaged(&path, "is of an empty log"));
    }
    let edge = read_edge(fs, dir, checkpoint.size)?;
    if edge.root() != checkpoint.root {
        return Err(damaged(&dir.join(files::TILES), "does not lead to the checkpoint's root"));
    }
    Ok(Head { edge, checkpoint: note })
}

fn read_edge(fs: &dyn Fs, dir: &Path, size: u64) -> Result<Edge, JournalError> {
    let mut edge = Edge { size, ..Edge::default() };
    for (level, n, width) in partial_names(size) {
        let path = dir.join(tile::path(level, n, width));
        let bytes = read_tile(fs, &path)?;
        match level {
            None => edge.bundle = bytes,
            Some(level) => {
                edge.levels.resize(usize::from(level), Vec::new());
                edge.levels.push(files::tile_hashes(&bytes, width).ok_or_else(|| damaged(&path, "has not its length"))?);
            }
        }
    }
    check_bundle(dir, &edge)?;
    edge.last_at = last_at(fs, dir, &edge)?;
    Ok(edge)
}

fn read_tile(fs: &dyn Fs, path: &Path) -> Result<Vec<u8>, JournalError> {
    match fs.read(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Err(damaged(path, "is missing")),
        bytes => Ok(bytes?),
    }
}

/// The partial bundle must be that of the partial tile above it.
fn check_bundle(dir: &Path, edge: &Edge) -> Result<(), JournalError> {
    let hashes = edge.levels.first().map(Vec::as_slice).unwrap_or_default();
    let width = u16::try_from(hashes.len()).unwrap_or(u16::MAX);
    let path = || dir.join(tile::path(None, edge.size / u64::from(tile::WIDTH), width));
    let (entries, end) = files::bundle_entries(&edge.bundle, width).ok_or_else(|| damaged(&path(), "is cut short"))?;
    let same = end == edge.bundle.len() && entries.iter().map(|entry| leaf_hash(entry)).eq(hashes.iter().copied());
    if same { Ok(()) } else { Err(damaged(&path(), "does not hash to its tile")) }
}

/// `at` of the last leaf, from the partial bundle, or the last full one.
fn last_at(fs: &dyn Fs, dir: &Path, edge: &Edge) -> Result<Instant, JournalError> {
    let (n, partial) = ((edge.size - 1) / u64::from(tile::WIDTH), !edge.bundle.is_empty());
    let path = dir.join(tile::path(None, n, tile::WIDTH));
    let (bundle, width) = if partial {
        (edge.bundle.clone(), u16::try_from(edge.size % u64::from(tile::WIDTH)).unwrap_or(0))
    } else {
        (read_tile(fs, &path)?, tile::WIDTH)
    };
    let entries = files::bundle_entries(&bundle, width).map(|(entries, _)| entries);
    let last = entries.and_then(|entries| Envelope::decode(entries.last()?).ok());
    last.map(|envelope| envelope.at).ok_or_else(|| damaged(&path, "holds what is no envelope"))
}

/// Removes tiles that a log of `size` does not have, and what a cut-short `replace` left. Other strange files stay, for verification to report.
pub(crate) fn sweep(fs: &dyn Fs, dir: &Path, size: u64) -> Result<(), JournalError> {
    let mut removed = 0_u64;
    for path in files::tile_files(fs, dir)? {
        if tile::parse_path(&path).is_some() && !files::belongs(&path, size) {
            remove_with_folder(fs, &dir.join(path))?;
            removed += 1;
        }
    }
    let checkpoint = temporary(&dir.join(CHECKPOINT));
    if fs.exists(&checkpoint) {
        fs.remove(&checkpoint)?;
        fs.sync_dir(dir)?;
    }
    for entry in fs.list(&dir.join(DETAILS))? {
        if entry.name.strip_suffix(".tmp").is_some_and(|name| files::pending_digest(name).is_some()) {
            fs.remove(&dir.join(DETAILS).join(entry.name))?;
        }
    }
    if removed > 0 {
        tracing::info!(removed, size, "tiles beyond the checkpoint, or superseded, were removed");
    }
    Ok(())
}

/// Durable on return: a name that came back after a later crash could stand in the way of a new file.
fn remove_with_folder(fs: &dyn Fs, path: &Path) -> Result<(), JournalError> {
    fs.remove(path)?;
    fs.sync_dir(parent(path))?;
    if fs.list(parent(path))?.is_empty() {
        fs.remove(parent(path))?;
    }
    Ok(())
}
