//! Files beside records: in `attachments/ab/` under their SHA-256, whole or not at all.
//!
//! Invariants: a file is on disk, synced, before an entry names it (REC-12); what is in it decides its type, and only types of the list come in;
//! a file that no entry names is harmless and goes after [`UNNAMED_SECONDS`].

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use anlan_base::Instant;
use anlan_journal::{Appender, Fs};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncRead, AsyncReadExt as _};

use super::file_types::{FileType, Sniffed};
use super::read::visible;
use super::store;
use crate::Ledger;
use crate::engine::{Refusal, Rights};
use crate::error::LedgerError;

/// Bytes of one file.
pub const FILE_BYTES: u64 = 20 << 20;
/// Characters of the name that a file came under.
pub const FILE_NAME_CHARS: usize = 200;
/// How long a file waits for an entry that names it.
pub const UNNAMED_SECONDS: u64 = 24 * 3_600;
/// Read and written at once.
const CHUNK: usize = 64 << 10;
const NEW: &str = "new";

/// A file, as values of attachment fields hold it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    pub name: String,
    /// SHA-256, lower-case hex.
    pub digest: String,
    pub size: u64,
    /// Media type, by what is in it.
    pub media: String,
}

impl Attachment {
    /// The canonical text of a field that holds these files.
    #[must_use]
    pub fn value_of(files: &[Self]) -> String {
        let one = |file: &Self| serde_json::json!({ "name": file.name, "digest": file.digest, "size": file.size, "type": file.media });
        serde_json::Value::Array(files.iter().map(one).collect()).to_string()
    }

    /// The files that a value names; none where it is not the value of an attachment field.
    #[must_use]
    pub fn in_value(value: &str) -> Vec<Self> {
        if !value.starts_with("[{") {
            return Vec::new();
        }
        let read = |file: &serde_json::Value| {
            let text = |name: &str| file.get(name)?.as_str().map(str::to_owned);
            let digest = text("digest").filter(|digest| is_digest(digest))?;
            Some(Self { name: text("name")?, digest, size: file.get("size")?.as_u64()?, media: text("type")? })
        };
        match serde_json::from_str::<Vec<serde_json::Value>>(value) {
            Ok(files) => files.iter().filter_map(read).collect(),
            Err(_) => Vec::new(),
        }
    }
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// Digests of files that fields of an entry name.
pub(crate) fn named(fields: &[(String, String)]) -> BTreeSet<String> {
    let values = fields.iter().filter(|(name, _)| name.starts_with("f.")).map(|(_, value)| value);
    values.flat_map(|value| Attachment::in_value(value)).map(|file| file.digest).collect()
}

/// Where files lie.
#[derive(Clone)]
pub(crate) struct Shelf {
    folder: PathBuf,
    fs: Arc<dyn Fs>,
}

impl Shelf {
    fn path(&self, digest: &str) -> PathBuf {
        self.folder.join(digest.get(..2).unwrap_or("xx")).join(digest)
    }

    pub(crate) fn has(&self, digest: &str) -> bool {
        self.fs.exists(&self.path(digest))
    }

    /// The file's bytes; none where it is not there or its bytes are not those of its name.
    pub(crate) fn bytes(&self, digest: &str) -> Option<Vec<u8>> {
        self.fs.read(&self.path(digest)).ok().filter(|bytes| hex(&Sha256::digest(bytes)) == digest)
    }

    /// Whether the file is there and its bytes are those of its name.
    pub(crate) fn check(&self, digest: &str) -> Result<(), FileFault> {
        let Ok(bytes) = self.fs.read(&self.path(digest)) else { return Err(FileFault::Missing) };
        if hex(&Sha256::digest(&bytes)) == digest { Ok(()) } else { Err(FileFault::Changed) }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileFault {
    Missing,
    Changed,
}

/// The shelf, and since when files lie on it that no entry names.
#[derive(Default)]
pub(crate) struct Shelves {
    shelf: RwLock<Option<Shelf>>,
    unnamed: Mutex<BTreeMap<String, Instant>>,
}

impl Shelves {
    pub(crate) fn get(&self) -> Option<Shelf> {
        self.shelf.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn touch(&self, digest: &str) {
        self.unnamed.lock().unwrap_or_else(PoisonError::into_inner).remove(digest);
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn refused(code: &'static str) -> LedgerError {
    LedgerError::Refusal(Refusal::new(code))
}

/// A file that is coming in.
struct Coming {
    path: PathBuf,
    file: Box<dyn Appender>,
    hash: Sha256,
    size: u64,
    sniffed: Sniffed,
}

impl Coming {
    fn open(shelf: &Shelf) -> Result<Self, LedgerError> {
        let mut name = [0_u8; 16];
        getrandom::fill(&mut name)?;
        let folder = shelf.folder.join(NEW);
        shelf.fs.create_dir_all(&folder)?;
        let path = folder.join(hex(&name));
        let file = shelf.fs.create(&path)?;
        Ok(Self { path, file, hash: Sha256::new(), size: 0, sniffed: Sniffed::default() })
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), LedgerError> {
        self.size += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if self.size > FILE_BYTES {
            return Err(LedgerError::Refusal(Refusal::new("attachment-too-large").with("most", (FILE_BYTES >> 20).to_string())));
        }
        self.hash.update(bytes);
        self.sniffed.take(bytes);
        Ok(self.file.append(bytes)?)
    }

    fn finish(mut self, shelf: &Shelf, name: &str) -> Result<Attachment, LedgerError> {
        if self.size == 0 {
            return Err(refused("attachment-empty"));
        }
        let media = FileType::of(name, &self.sniffed).ok_or_else(|| refused("attachment-type"))?.media();
        let digest = hex(&self.hash.finalize());
        self.file.sync()?;
        let path = shelf.path(&digest);
        let folder = path.parent().unwrap_or(&shelf.folder).to_owned();
        shelf.fs.create_dir_all(&folder)?;
        shelf.fs.rename(&self.path, &path)?;
        shelf.fs.sync_dir(&folder)?;
        Ok(Attachment { name: name.to_owned(), digest, size: self.size, media: media.to_owned() })
    }
}

/// The last part of a path, without what no name may hold.
fn clean_name(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next()?.trim();
    let fits = !last.is_empty() && last.chars().count() <= FILE_NAME_CHARS && !last.chars().any(char::is_control);
    fits.then(|| last.to_owned())
}

impl Ledger {
    /// Says where files beside records lie: `DIR/attachments`. Without it none are taken.
    pub fn keep_files_in(&self, folder: &Path, fs: Arc<dyn Fs>) {
        *self.shelves.shelf.write().unwrap_or_else(PoisonError::into_inner) = Some(Shelf { folder: folder.to_owned(), fs });
    }

    fn shelf(&self) -> Result<Shelf, LedgerError> {
        self.shelves.get().ok_or(LedgerError::NotFound { what: "folder", name: "attachments".to_owned() })
    }

    /// Keeps a file, streamed, of at most [`FILE_BYTES`]; what is refused leaves nothing. Name it in a field with [`Attachment::value_of`].
    pub async fn keep_attachment(&self, name: &str, mut bytes: impl AsyncRead + Unpin + Send) -> Result<Attachment, LedgerError> {
        let shelf = self.shelf()?;
        let name = clean_name(name).ok_or_else(|| refused("attachment-name"))?;
        let (send, mut chunks) = tokio::sync::mpsc::channel::<Vec<u8>>(4);
        let writing = tokio::task::spawn_blocking(move || {
            let mut coming = Coming::open(&shelf)?;
            let path = coming.path.clone();
            let mut taken = Ok(());
            let mut whole = false;
            while let Some(chunk) = chunks.blocking_recv() {
                if chunk.is_empty() {
                    whole = true;
                    break;
                }
                taken = coming.take(&chunk);
                if taken.is_err() {
                    break;
                }
            }
            let kept = taken.and_then(|()| if whole { coming.finish(&shelf, &name) } else { Err(refused("attachment-missing")) });
            if kept.is_err() {
                // What cannot be removed now goes with the next sweep.
                let _ = shelf.fs.remove(&path);
            }
            kept
        });
        let mut buffer = vec![0; CHUNK];
        // An error of the sender drops the channel without the empty chunk that ends a whole file.
        while let Ok(count) = bytes.read(&mut buffer).await {
            let chunk = buffer.get(..count).unwrap_or_default().to_vec();
            if send.send(chunk).await.is_err() || count == 0 {
                break;
            }
        }
        drop(send);
        let kept = writing.await.map_err(|_| LedgerError::damaged("the writer of a file died"))??;
        self.shelves.touch(&kept.digest);
        Ok(kept)
    }

    /// A file that a field of the record holds, now or before; none where there is none, or where the asker may not see the field.
    pub async fn attachment(&self, who: &Rights, number: &str, digest: &str) -> Result<Option<(Attachment, File)>, LedgerError> {
        let shelf = self.shelf()?;
        let laws = self.laws()?;
        let mut look = self.db.look().await?;
        let Some(held) = visible(&mut look, number, who, &laws, &self.directory()).await? else { return Ok(None) };
        let id = crate::database::to_sql(held.id)?;
        let kind = laws.kinds.get(&held.record.kind);
        let sealed = |name: &str| kind.and_then(|kind| kind.field(name)).is_some_and(|field| !field.sealed.is_empty());
        for entry in store::entries_of(&mut look, id).await? {
            for (name, value) in store::fields_of(&entry) {
                if name.strip_prefix("f.").is_none_or(sealed) {
                    continue;
                }
                if let Some(file) = Attachment::in_value(&value).into_iter().find(|file| file.digest == digest) {
                    let opened = File::open(shelf.path(digest))?;
                    return Ok(Some((file, opened)));
                }
            }
        }
        Ok(None)
    }

    /// Removes files of these digests that no record names any more.
    pub(crate) async fn remove_unused(&self, digests: &[String]) -> Result<(), LedgerError> {
        let Some(shelf) = self.shelves.get() else { return Ok(()) };
        for digest in digests {
            let used: Option<i64> = sqlx::query_scalar("SELECT record FROM attachment_use WHERE digest = $1 LIMIT 1")
                .bind(digest.clone())
                .fetch_optional(self.db.read())
                .await?;
            if used.is_none() && shelf.has(digest) {
                shelf.fs.remove(&shelf.path(digest))?;
            }
        }
        Ok(())
    }

    /// Removes files that nothing has named for [`UNNAMED_SECONDS`]; answers how many.
    pub async fn sweep_attachments(&self) -> Result<usize, LedgerError> {
        let (shelf, now) = (self.shelf()?, self.clock.now());
        let found = tokio::task::spawn_blocking({
            let shelf = shelf.clone();
            move || on_shelf(&shelf)
        });
        let found = found.await.map_err(|_| LedgerError::damaged("the reader of a folder died"))??;
        let named: Vec<String> = sqlx::query_scalar("SELECT DISTINCT digest FROM attachment_use").fetch_all(self.db.read()).await?;
        let named: BTreeSet<String> = named.into_iter().collect();
        let old: Vec<PathBuf> = {
            let mut unnamed = self.shelves.unnamed.lock().unwrap_or_else(PoisonError::into_inner);
            unnamed.retain(|name, _| found.contains_key(name) && !named.contains(name));
            let lone = found.iter().filter(|(name, _)| !named.contains(*name));
            lone.filter(|(name, _)| {
                let since = *unnamed.entry((*name).clone()).or_insert(now);
                now.since(since) >= UNNAMED_SECONDS * Instant::SECOND
            })
            .map(|(_, path)| path.clone())
            .collect()
        };
        for path in &old {
            shelf.fs.remove(path)?;
        }
        Ok(old.len())
    }
}

/// Names and paths of all files there.
fn on_shelf(shelf: &Shelf) -> Result<BTreeMap<String, PathBuf>, LedgerError> {
    let mut found = BTreeMap::new();
    for folder in shelf.fs.list(&shelf.folder)?.into_iter().filter(|entry| entry.is_dir) {
        let folder = shelf.folder.join(folder.name);
        let files = shelf.fs.list(&folder)?.into_iter().filter(|entry| !entry.is_dir);
        found.extend(files.map(|file| (file.name.clone(), folder.join(file.name))));
    }
    Ok(found)
}
