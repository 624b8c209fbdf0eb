//! Names and contents of the files under `DIR/log`.

use std::io;
use std::path::{Path, PathBuf};

use anlan_tlog::{Hash, hex, tile, unhex32};

use crate::fs::Fs;

pub(crate) const CHECKPOINT: &str = "checkpoint";
pub(crate) const TILES: &str = "tile";
pub(crate) const DETAILS: &str = "detail";
/// Ends the name of a detail whose leaf is not in the log yet.
pub(crate) const PENDING: &str = ".new";
/// Folders under `tile/`: a level, up to six groups of digits, `.p`.
const DEPTH: usize = 12;

pub(crate) fn detail(dir: &Path, digest: &Hash) -> PathBuf {
    dir.join(DETAILS).join(hex(digest))
}

pub(crate) fn pending_detail(dir: &Path, digest: &Hash) -> PathBuf {
    dir.join(DETAILS).join(hex(digest) + PENDING)
}

pub(crate) fn pending_digest(name: &str) -> Option<Hash> {
    unhex32(name.strip_suffix(PENDING)?)
}

/// Every file under `tile/`, as a path below `dir` with `/`, sorted within a folder.
pub(crate) fn tile_files(fs: &dyn Fs, dir: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    walk(fs, dir, TILES.to_owned(), DEPTH, &mut found)?;
    Ok(found)
}

fn walk(fs: &dyn Fs, dir: &Path, folder: String, depth: usize, found: &mut Vec<String>) -> io::Result<()> {
    for entry in fs.list(&dir.join(&folder))? {
        let path = format!("{folder}/{}", entry.name);
        if entry.is_dir && depth > 0 {
            walk(fs, dir, path, depth - 1, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}

/// Whether exactly this tile exists for a log of `size`.
pub(crate) fn belongs(path: &str, size: u64) -> bool {
    let Some((level, n, width)) = tile::parse_path(path) else { return false };
    let wanted = level.unwrap_or(0);
    tile::levels(size)
        .any(|(level, full, partial)| level == wanted && if width == tile::WIDTH { n < full } else { n == full && width == partial })
}

/// Writes an entry into a bundle: `u16 length ‖ entry`.
pub(crate) fn put_entry(bundle: &mut Vec<u8>, entry: &[u8]) {
    // An envelope is at most 256 bytes.
    bundle.extend_from_slice(&u16::try_from(entry.len()).unwrap_or(u16::MAX).to_be_bytes());
    bundle.extend_from_slice(entry);
}

/// The first `count` entries of a bundle, and the bytes they take.
pub(crate) fn bundle_entries(bundle: &[u8], count: u16) -> Option<(Vec<&[u8]>, usize)> {
    let mut entries = Vec::new();
    let mut rest = bundle;
    for _ in 0..count {
        let (length, after) = rest.split_first_chunk::<2>()?;
        let (entry, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        entries.push(entry);
        rest = after;
    }
    Some((entries, bundle.len() - rest.len()))
}

/// The hashes of a tile; `None` when it does not hold exactly `width`.
pub(crate) fn tile_hashes(bytes: &[u8], width: u16) -> Option<Vec<Hash>> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    (rest.is_empty() && hashes.len() == usize::from(width)).then(|| hashes.to_vec())
}
