//! The log: one sequencer that commits, any number of readers that never wait for it.
//!
//! Commit: new tiles and bundles under their exact names, fsync, fsync of their folders; then the checkpoint is replaced, which is the
//! commit; then partial tiles that are superseded are removed. Readers see the state of the last commit: partial tiles from memory,
//! full tiles, which never change, from disk.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use anlan_base::{Clock, Instant};
use anlan_tlog::checkpoint::Checkpoint;
use anlan_tlog::envelope::{Body, Envelope};
use anlan_tlog::note::{Signer, VerifyingKey};
use anlan_tlog::{Hash, consistency_ranges, inclusion_ranges, root, root_of_subtrees, sha256, subtrees, tile};

use crate::check::{Report, check_tree};
use crate::edge::{Edge, NewFile};
use crate::error::JournalError;
use crate::files::{self, CHECKPOINT, DETAILS};
use crate::fs::{Fs, parent};
use crate::recover;

/// Leaves under one checkpoint at most; a longer append is committed in steps of this many.
pub const APPEND_LEAVES: usize = 16_384;

/// Folders remembered as durable at most.
const FOLDERS: usize = 64;

/// The transparency log under `dir` (`DIR/log`). One per folder, shared by Arc.
pub struct Journal {
    fs: Arc<dyn Fs>,
    dir: PathBuf,
    signer: Signer,
    clock: Arc<dyn Clock>,
    sequencer: Mutex<Sequencer>,
    head: RwLock<Arc<Head>>,
}

/// What only the one who holds the lock may change.
#[derive(Default)]
struct Sequencer {
    /// A write failed: what is on disk is unknown until the log is opened again.
    failed: bool,
    /// Details stored, whose leaf is not in the log yet.
    pending: BTreeSet<Hash>,
    /// Folders that are known to be durable.
    folders: BTreeSet<PathBuf>,
}

/// The log as of the last commit.
pub(crate) struct Head {
    pub(crate) edge: Edge,
    /// The signed checkpoint.
    pub(crate) checkpoint: Vec<u8>,
}

impl Journal {
    /// Begins a new log: leaf 0 is the key. A beginning that was cut short is begun again.
    pub fn create(fs: Arc<dyn Fs>, dir: PathBuf, signer: Signer, clock: Arc<dyn Clock>) -> Result<Self, JournalError> {
        recover::prepare_new(&*fs, &dir)?;
        let VerifyingKey { name, public } = signer.verifying_key();
        let head = Head { edge: Edge::default(), checkpoint: Vec::new() };
        let journal = Self::with_head(fs, dir, signer, clock, head);
        journal.append(&[Body::Key { public, origin: name }])?;
        Ok(journal)
    }

    /// Opens a log, after checking the checkpoint's signature and origin, the first leaf, and that the right edge leads to the root.
    /// Removes what a crash left: tiles beyond the checkpoint or superseded, details without a leaf.
    pub fn open(fs: Arc<dyn Fs>, dir: PathBuf, signer: Signer, clock: Arc<dyn Clock>) -> Result<Self, JournalError> {
        let head = recover::read_head(&*fs, &dir, &signer.verifying_key())?;
        recover::sweep(&*fs, &dir, head.edge.size)?;
        let journal = Self::with_head(fs, dir, signer, clock, head);
        if journal.entry(0)?.body != (Body::Key { public: journal.verifying_key().public, origin: journal.verifying_key().name }) {
            return Err(JournalError::FirstLeaf);
        }
        journal.settle_details()?;
        Ok(journal)
    }

    fn with_head(fs: Arc<dyn Fs>, dir: PathBuf, signer: Signer, clock: Arc<dyn Clock>, head: Head) -> Self {
        Self { fs, dir, signer, clock, sequencer: Mutex::default(), head: RwLock::new(Arc::new(head)) }
    }

    fn head(&self) -> Arc<Head> {
        Arc::clone(&self.head.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn lock(&self) -> Result<MutexGuard<'_, Sequencer>, JournalError> {
        // A panic while the lock was held counts as a failed write.
        let sequencer = self.sequencer.lock().map_err(|_| JournalError::Failed)?;
        if sequencer.failed { Err(JournalError::Failed) } else { Ok(sequencer) }
    }

    /// Sequences leaves; on return they are on disk under a signed checkpoint. Sets `at` itself, which never falls.
    /// After an I/O error the leaves may be in the log or not; it takes no more until it is opened again.
    pub fn append(&self, bodies: &[Body]) -> Result<Range<u64>, JournalError> {
        let mut sequencer = self.lock()?;
        let first = self.size();
        self.check_bodies(&sequencer, bodies)?;
        for step in bodies.chunks(APPEND_LEAVES) {
            sequencer.failed = true;
            self.commit(&mut sequencer, step)?;
            sequencer.failed = false;
        }
        Ok(first..self.size())
    }

    /// A leaf that could not be read back, or a day without its detail, would damage the log for ever.
    fn check_bodies(&self, sequencer: &Sequencer, bodies: &[Body]) -> Result<(), JournalError> {
        for body in bodies {
            Envelope::decode(&Envelope { at: Instant(0), body: body.clone() }.encode())?;
            if let Body::Day(day) = body
                && !sequencer.pending.contains(&day.detail)
                && !self.fs.exists(&files::detail(&self.dir, &day.detail))
            {
                return Err(JournalError::NoDetail);
            }
        }
        Ok(())
    }

    fn commit(&self, sequencer: &mut Sequencer, bodies: &[Body]) -> Result<(), JournalError> {
        let before = self.head();
        let mut edge = before.edge.clone();
        // Never before the lines it covers, even where the clock was set back (PACK-6).
        let at = bodies.iter().filter_map(last_line).fold(self.clock.now().max(edge.last_at), Instant::max);
        let mut new_files = Vec::new();
        for body in bodies {
            edge.push(&Envelope { at, body: body.clone() }.encode(), &mut new_files);
        }
        edge.last_at = at;
        new_files.extend(edge.new_partials(&before.edge));
        self.write_tiles(sequencer, &new_files)?;
        let origin = String::from(self.signer.verifying_key().name);
        let checkpoint = self.signer.sign(&Checkpoint { origin, size: edge.size, root: edge.root() }.render());
        self.fs.replace(&self.dir.join(CHECKPOINT), &checkpoint)?;
        let superseded = edge.superseded(&before.edge);
        *self.head.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Head { edge, checkpoint });
        self.keep_details(sequencer, bodies)?;
        self.remove_superseded(sequencer, &superseded);
        Ok(())
    }

    /// One fsync for each file, then one for each folder.
    fn write_tiles(&self, sequencer: &mut Sequencer, new_files: &[NewFile]) -> Result<(), JournalError> {
        let mut folders = BTreeSet::new();
        let mut written = Vec::with_capacity(new_files.len());
        for (path, bytes) in new_files {
            let path = self.dir.join(path);
            self.make_folder(sequencer, parent(&path))?;
            let mut file = self.fs.create(&path)?;
            file.append(bytes)?;
            written.push(file);
            folders.insert(parent(&path).to_owned());
        }
        written.iter_mut().try_for_each(|file| file.sync())?;
        Ok(folders.iter().try_for_each(|folder| self.fs.sync_dir(folder))?)
    }

    fn make_folder(&self, sequencer: &mut Sequencer, folder: &Path) -> Result<(), JournalError> {
        if sequencer.folders.contains(folder) {
            return Ok(());
        }
        self.fs.create_dir_all(folder)?;
        if sequencer.folders.len() == FOLDERS {
            sequencer.folders.clear();
        }
        sequencer.folders.insert(folder.to_owned());
        Ok(())
    }

    /// A partial tile that stays is no harm: the next start removes it.
    fn remove_superseded(&self, sequencer: &mut Sequencer, paths: &[String]) {
        for path in paths {
            let path = self.dir.join(path);
            if let Err(error) = self.fs.remove(&path) {
                tracing::warn!(path = %path.display(), %error, "a superseded tile could not be removed");
            }
            // Its folder goes too when it is empty now.
            if self.fs.list(parent(&path)).is_ok_and(|names| names.is_empty()) {
                sequencer.folders.remove(parent(&path));
                let _ = self.fs.remove(parent(&path));
            }
        }
    }

    /// Stores a detail under its digest; durable on return. Its leaf must follow, or the next start removes it.
    pub fn put_detail(&self, bytes: &[u8]) -> Result<Hash, JournalError> {
        let mut sequencer = self.lock()?;
        let digest = sha256(bytes);
        if sequencer.pending.contains(&digest) || self.fs.exists(&files::detail(&self.dir, &digest)) {
            return Ok(digest);
        }
        self.fs.create_dir_all(&self.dir.join(DETAILS))?;
        self.fs.replace(&files::pending_detail(&self.dir, &digest), bytes)?;
        sequencer.pending.insert(digest);
        Ok(digest)
    }

    pub fn detail(&self, digest: &Hash) -> Result<Vec<u8>, JournalError> {
        let path = files::detail(&self.dir, digest);
        let bytes = match self.fs.read(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => self.fs.read(&files::pending_detail(&self.dir, digest))?,
            bytes => bytes?,
        };
        if sha256(&bytes) == *digest { Ok(bytes) } else { Err(damaged(&path, "is not what its name says")) }
    }

    /// Details whose leaf is committed now get their lasting name, before any other append.
    fn keep_details(&self, sequencer: &mut Sequencer, bodies: &[Body]) -> Result<(), JournalError> {
        let mut renamed = false;
        for body in bodies {
            if let Body::Day(day) = body
                && sequencer.pending.remove(&day.detail)
            {
                self.fs.rename(&files::pending_detail(&self.dir, &day.detail), &files::detail(&self.dir, &day.detail))?;
                renamed = true;
            }
        }
        if renamed {
            self.fs.sync_dir(&self.dir.join(DETAILS))?;
        }
        Ok(())
    }

    /// After a crash: a pending detail belongs to a leaf of the last commit, or to none.
    fn settle_details(&self) -> Result<(), JournalError> {
        let folder = self.dir.join(DETAILS);
        let mut pending: BTreeSet<Hash> = self.fs.list(&folder)?.iter().filter_map(|e| files::pending_digest(&e.name)).collect();
        if pending.is_empty() {
            return Ok(());
        }
        let size = self.size();
        let mut kept = Vec::new();
        self.scan(size.saturating_sub(APPEND_LEAVES as u64)..size, &mut |_, envelope| {
            if let Body::Day(day) = envelope.body
                && pending.remove(&day.detail)
            {
                kept.push(day.detail);
            }
        })?;
        for digest in kept {
            self.fs.rename(&files::pending_detail(&self.dir, &digest), &files::detail(&self.dir, &digest))?;
        }
        for digest in pending {
            self.fs.remove(&files::pending_detail(&self.dir, &digest))?;
        }
        Ok(self.fs.sync_dir(&folder)?)
    }

    #[must_use]
    pub fn size(&self) -> u64 {
        self.head().edge.size
    }

    /// The signed checkpoint as it stands on disk.
    #[must_use]
    pub fn checkpoint(&self) -> Vec<u8> {
        self.head().checkpoint.clone()
    }

    #[must_use]
    pub fn verifying_key(&self) -> VerifyingKey {
        self.signer.verifying_key()
    }

    /// Signs another text with the log's key (a pack's manifest).
    #[must_use]
    pub fn sign(&self, text: &str) -> Vec<u8> {
        self.signer.sign(text)
    }

    pub fn entry(&self, index: u64) -> Result<Envelope, JournalError> {
        let mut found = None;
        self.scan(index..index.saturating_add(1), &mut |_, envelope| found = Some(envelope))?;
        found.ok_or(JournalError::NoSuchLeaf { index, size: self.size() })
    }

    /// Calls `each` for every envelope of the range, in order. The range must lie in the log.
    pub fn scan(&self, range: Range<u64>, each: &mut dyn FnMut(u64, Envelope)) -> Result<(), JournalError> {
        let head = self.head();
        if range.end > head.edge.size {
            return Err(JournalError::NoSuchLeaf { index: range.end.saturating_sub(1), size: head.edge.size });
        }
        let mut at = range.start;
        while at < range.end {
            let n = at / u64::from(tile::WIDTH);
            let start = n * u64::from(tile::WIDTH);
            let (path, bundle, width) = self.stored(&head, None, n)?;
            let (entries, _) = files::bundle_entries(&bundle, width).ok_or_else(|| damaged(&path, "is cut short"))?;
            for (index, entry) in (start..range.end).zip(entries).skip_while(|(index, _)| *index < at) {
                each(index, Envelope::decode(entry).map_err(|_| damaged(&path, "holds what is no envelope"))?);
            }
            at = start + u64::from(tile::WIDTH);
        }
        Ok(())
    }

    /// First index whose `at` is not before this (binary search); size when none.
    pub fn first_at(&self, at: Instant) -> Result<u64, JournalError> {
        let (mut low, mut high) = (0, self.size());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.entry(middle)?.at < at { low = middle + 1 } else { high = middle }
        }
        Ok(low)
    }

    /// Inclusion proof of `index` in the tree of `size`, sibling first.
    pub fn inclusion(&self, index: u64, size: u64) -> Result<Vec<Hash>, JournalError> {
        let head = self.head();
        if index >= size || size > head.edge.size {
            return Err(JournalError::NoSuchLeaf { index, size: head.edge.size });
        }
        inclusion_ranges(index, size).into_iter().map(|range| self.range_root(&head, range)).collect()
    }

    /// Consistency proof from the tree of `old` to that of `new`.
    pub fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, JournalError> {
        let head = self.head();
        if old > new || new > head.edge.size {
            return Err(JournalError::NoSuchLeaf { index: old.max(new), size: head.edge.size });
        }
        consistency_ranges(old, new).into_iter().map(|range| self.range_root(&head, range)).collect()
    }

    /// Checks the whole folder ([`check_tree`]) while nothing is appended.
    #[must_use]
    pub fn check(&self, each: &mut dyn FnMut(u64, &Envelope)) -> Report {
        let sequencer = self.sequencer.lock().unwrap_or_else(PoisonError::into_inner);
        let mut report = check_tree(&*self.fs, &self.dir, &self.verifying_key(), each);
        // Details whose leaf is about to follow belong to no leaf yet.
        report.findings.retain(|finding| {
            !sequencer.pending.iter().any(|digest| self.dir.join(&finding.path) == files::pending_detail(&self.dir, digest))
        });
        report
    }

    /// Root of the log when it had `size` leaves.
    pub fn root_at(&self, size: u64) -> Result<Hash, JournalError> {
        let head = self.head();
        if size > head.edge.size {
            return Err(JournalError::NoSuchLeaf { index: size - 1, size: head.edge.size });
        }
        self.range_root(&head, 0..size)
    }

    fn range_root(&self, head: &Head, range: Range<u64>) -> Result<Hash, JournalError> {
        let parts = subtrees(range).into_iter().map(|(height, index)| self.subtree(head, height, index));
        Ok(root_of_subtrees(&parts.collect::<Result<Vec<_>, _>>()?))
    }

    /// Root of a complete subtree, from the 1 to 128 hashes of the one tile that spans it.
    fn subtree(&self, head: &Head, height: u8, index: u64) -> Result<Hash, JournalError> {
        let (level, within) = (height / 8, height % 8);
        let first = index << within;
        let (path, bytes, width) = self.stored(head, Some(level), first / u64::from(tile::WIDTH))?;
        let hashes = files::tile_hashes(&bytes, width).ok_or_else(|| damaged(&path, "has not its length"))?;
        let start = usize::try_from(first % u64::from(tile::WIDTH)).unwrap_or(0);
        hashes.get(start..start + (1 << within)).map(root).ok_or(JournalError::NoSuchTile)
    }

    /// Bytes of one tile of the current checkpoint (level None: entries bundle); a wider one on disk is cut.
    pub fn tile(&self, level: Option<u8>, n: u64, width: u16) -> Result<Vec<u8>, JournalError> {
        let (path, mut bytes, stored) = self.stored(&self.head(), level, n)?;
        if width == 0 || width > stored {
            return Err(JournalError::NoSuchTile);
        }
        let end = match level {
            Some(_) => Some(usize::from(width) * 32),
            None => files::bundle_entries(&bytes, width).map(|(_, end)| end),
        };
        let end = end.filter(|end| *end <= bytes.len()).ok_or_else(|| damaged(&path, "is cut short"))?;
        bytes.truncate(end);
        Ok(bytes)
    }

    /// Tile `n` of a level at its full present width, where it would lie, and that width.
    fn stored(&self, head: &Head, level: Option<u8>, n: u64) -> Result<(PathBuf, Vec<u8>, u16), JournalError> {
        let wanted = level.unwrap_or(0);
        let (_, full, width) = tile::levels(head.edge.size).find(|(level, ..)| *level == wanted).ok_or(JournalError::NoSuchTile)?;
        if n < full {
            let path = self.dir.join(tile::path(level, n, tile::WIDTH));
            let bytes = self.fs.read(&path)?;
            return Ok((path, bytes, tile::WIDTH));
        }
        if n > full || width == 0 {
            return Err(JournalError::NoSuchTile);
        }
        Ok((self.dir.join(tile::path(level, n, width)), head.edge.partial(level), width))
    }
}

pub(crate) fn damaged(path: &Path, what: &'static str) -> JournalError {
    JournalError::Damaged { path: path.to_owned(), what }
}

/// When the newest line that this leaf covers was received.
fn last_line(body: &Body) -> Option<Instant> {
    match body {
        Body::Batch(batch) => Some(batch.last.received()),
        _ => None,
    }
}
