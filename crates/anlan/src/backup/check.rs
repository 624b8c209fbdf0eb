//! Checks a backup without anything but its file and, where it is given, the log's public key.
//!
//! Invariant: every byte of the file is held against what the signed manifest says must stand there; what is not so is named by its file.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use anlan_tlog::note::{Note, VerifyingKey};
use sha2::{Digest as _, Sha256};

use super::manifest::{Entry, Manifest};
use super::tar::{self, BLOCK, TRAILER};
use super::{DATA, END, LEDGER, MANIFEST, MANIFEST_BYTES, NOT_COPIED, end_text};

const PART: usize = 1 << 18;
/// Bytes of the last member and the end of the tar.
const TAIL: usize = 2 * BLOCK + TRAILER;
/// Bytes of a name below the folder.
const NAME_BYTES: usize = 240;

/// What is wrong with a backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Not a backup at all.
    NotOurs,
    /// It does not end as a backup does.
    Cut,
    /// The manifest is not as it was signed.
    Manifest,
    /// It was signed, but by the key of another log.
    OtherKey { key: String },
    /// A file in it is not as it was.
    Changed { name: String },
    /// A name that would lead out of the folder.
    Unfit { name: String },
}

/// A backup whose manifest is good.
pub struct Backup {
    file: File,
    pub manifest: Manifest,
    /// SHA-256 of the signed manifest.
    pub digest: [u8; 32],
}

/// Something wrong, or the file cannot be read.
pub enum Refused {
    Found(Finding),
    Io(io::Error),
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Finding> for Refused {
    fn from(finding: Finding) -> Self {
        Self::Found(finding)
    }
}

impl Backup {
    /// Reads the manifest. Without a key, it is held against the one that it names.
    pub fn open(path: &Path, key: Option<&VerifyingKey>) -> Result<Self, Refused> {
        let file = File::open(path)?;
        let len = file.metadata()?.len();
        let begins = exact(&file, 0, BLOCK)
            .is_ok_and(|block| tar::size_of(&block).and_then(|size| tar::header(&format!("{DATA}format"), size)) == block.try_into().ok());
        let cut = || if begins { Finding::Cut } else { Finding::NotOurs };
        let tail_at = len.checked_sub(TAIL as u64).filter(|at| at % BLOCK as u64 == 0).ok_or_else(cut)?;
        let tail = exact(&file, tail_at, TAIL)?;
        let at = manifest_at(&tail).ok_or_else(cut)?;
        let note = manifest_note(&file, at, tail_at)?.ok_or(Finding::Manifest)?;
        let manifest = signed(&note, key)?;
        if manifest.entries.iter().map(|entry| tar::whole(entry.size)).sum::<u64>() != at {
            return Err(Finding::Manifest.into());
        }
        Ok(Self { file, manifest, digest: Sha256::digest(&note).into() })
    }

    /// Everything that is not as it was made; `seen` is called with the bytes that were read.
    pub fn findings(&self, seen: &mut dyn FnMut(u64)) -> io::Result<Vec<Finding>> {
        let (mut found, mut at) = (Vec::new(), 0);
        for entry in &self.manifest.entries {
            if !is_fit(&entry.name) {
                found.push(Finding::Unfit { name: entry.name.clone() });
            } else if !self.holds(entry, at)? {
                found.push(Finding::Changed { name: shown(&entry.name).to_owned() });
            }
            at += tar::whole(entry.size);
            seen(at);
        }
        Ok(found)
    }

    fn holds(&self, entry: &Entry, at: u64) -> io::Result<bool> {
        let Some(header) = tar::header(&entry.name, entry.size) else { return Ok(false) };
        if exact(&self.file, at, BLOCK)? != header {
            return Ok(false);
        }
        let mut hash = Sha256::new();
        self.content(entry, at, &mut |part| {
            hash.update(part);
            Ok(())
        })?;
        let padding = exact(&self.file, at + BLOCK as u64 + entry.size, tar::padding(entry.size))?;
        Ok(<[u8; 32]>::from(hash.finalize()) == entry.digest && padding.iter().all(|byte| *byte == 0))
    }

    fn content(&self, entry: &Entry, at: u64, each: &mut dyn FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        let (mut place, end) = (at + BLOCK as u64, at + BLOCK as u64 + entry.size);
        while place < end {
            let part = exact(&self.file, place, usize::try_from(end - place).map_or(PART, |left| left.min(PART)))?;
            each(&part)?;
            place += part.len() as u64;
        }
        Ok(())
    }

    /// The members whose names begin so, each with where it stands.
    pub fn members<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a Entry, u64)> + 'a {
        let places = self.manifest.entries.iter().scan(0, |at, entry| {
            let own = *at;
            *at += tar::whole(entry.size);
            Some((entry, own))
        });
        places.filter(move |(entry, _)| entry.name.starts_with(prefix))
    }

    /// The bytes of a member, once more held against its digest.
    pub fn read(&self, entry: &Entry, at: u64, each: &mut dyn FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        let mut hash = Sha256::new();
        self.content(entry, at, &mut |part| {
            hash.update(part);
            each(part)
        })?;
        let same = <[u8; 32]>::from(hash.finalize()) == entry.digest;
        if same { Ok(()) } else { Err(io::Error::other(format!("{} changed while it was read", entry.name))) }
    }
}

fn exact(file: &File, at: u64, len: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; len];
    file.read_exact_at(&mut bytes, at)?;
    Ok(bytes)
}

/// Where the manifest begins, if the tail is one that says so.
fn manifest_at(tail: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(tail.get(BLOCK..BLOCK + end_text(0).len())?).ok()?;
    let at = text.lines().nth(1)?.strip_prefix("manifest ")?.parse().ok()?;
    let mut expected = tar::header(END, end_text(at).len() as u64)?.to_vec();
    expected.extend_from_slice(end_text(at).as_bytes());
    expected.resize(TAIL, 0);
    (expected == tail).then_some(at)
}

/// The bytes of the manifest, when it fills the file from `at` to `end`.
fn manifest_note(file: &File, at: u64, end: u64) -> io::Result<Option<Vec<u8>>> {
    if at.checked_add(BLOCK as u64).is_none_or(|begin| begin > end) {
        return Ok(None);
    }
    let header = exact(file, at, BLOCK)?;
    let Some(size) = tar::size_of(&header).filter(|size| *size <= MANIFEST_BYTES) else { return Ok(None) };
    if tar::header(MANIFEST, size).is_none_or(|expected| header != expected) || at.checked_add(tar::whole(size)) != Some(end) {
        return Ok(None);
    }
    let len = usize::try_from(size).unwrap_or(usize::MAX);
    let padding = exact(file, at + BLOCK as u64 + size, tar::padding(size))?;
    if padding.iter().any(|byte| *byte != 0) {
        return Ok(None);
    }
    exact(file, at + BLOCK as u64, len).map(Some)
}

fn signed(note: &[u8], key: Option<&VerifyingKey>) -> Result<Manifest, Finding> {
    let text = Note::parse(note).map_err(|_| Finding::Manifest)?.text;
    let manifest = Manifest::parse(text).ok_or(Finding::Manifest)?;
    manifest.key.open(note).map_err(|_| Finding::Manifest)?;
    // Read again out of the key that signed: nothing but what is signed is believed.
    let is_whole = manifest.checkpoint.origin == manifest.key.name.as_str() && note.starts_with(text.as_bytes());
    match key {
        Some(key) if *key != manifest.key => Err(Finding::OtherKey { key: manifest.key.render() }),
        _ if is_whole => Ok(manifest),
        _ => Err(Finding::Manifest),
    }
}

/// A name that stays in the folder and takes nothing's place.
fn is_fit(name: &str) -> bool {
    let Some(below) = name.strip_prefix(DATA).or_else(|| name.strip_prefix(LEDGER)) else { return false };
    let is_part =
        |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains('\\') && !part.chars().any(char::is_control);
    let first = below.split('/').next().unwrap_or_default();
    below.len() <= NAME_BYTES && below.split('/').all(is_part) && (name.starts_with(LEDGER) || !NOT_COPIED.contains(&first))
}

/// As people know it: a file of the folder by its path there.
fn shown(name: &str) -> &str {
    name.strip_prefix(DATA).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    // BACKUP-5
    #[test]
    fn names_stay_in_the_folder() {
        for (name, fits) in [
            ("data/format", true),
            ("data/log/tile/0/x001/234.p/5", true),
            ("data/attachments/ab/cd", true),
            ("ledger/entry/000001", true),
            ("data/../x", false),
            ("data/a/../../x", false),
            ("data//x", false),
            ("data/", false),
            ("data/./x", false),
            ("data/a\\b", false),
            ("data/a\nb", false),
            ("/data/x", false),
            ("other/x", false),
            ("data/ledger.db", false),
            ("data/database", false),
            ("data/tmp/x", false),
            ("data/anlan.lock", false),
        ] {
            assert_eq!(is_fit(name), fits, "{name}");
        }
        assert!(is_fit(&format!("data/{}", "a".repeat(NAME_BYTES))));
        assert!(!is_fit(&format!("data/{}", "a".repeat(NAME_BYTES + 1))));
    }
}
