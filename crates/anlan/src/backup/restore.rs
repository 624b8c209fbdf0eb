//! Restores a backup into an empty folder and, where it is asked, into a database elsewhere, and opens a new epoch.
//!
//! Invariants: nothing is written before the whole backup checks; until the log says by a leaf that it was restored, the folder has no `format` and is none.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::sync::Arc;

use anlan_base::text::Lang;
use anlan_base::{Clock, SystemClock};
use anlan_journal::{DiskFs, Fs, Journal};
use anlan_ledger::{Actor, Ledger, LedgerOptions, PART_BYTES, Place};
use anlan_tlog::envelope::Body;
use anlan_tlog::note::Signer;
use anyhow::{Context, Result};

use super::check::Backup;
use super::{DATA, LEDGER};
use crate::database;
use crate::instance::{FolderLock, told};
use crate::outbox::Outbox;
use crate::say::code;

const FORMAT: &str = "data/format";
/// The act whose entry names what was restored.
const ACT: &str = "backup.restore";

/// Where to, and by whom.
pub struct Target<'a> {
    pub dir: &'a Path,
    pub place: Place,
    pub actor: Actor,
    pub lang: Lang,
}

/// Blocking. The backup has been checked; `dir` is empty or not there.
pub fn restore(backup: &Backup, target: &Target<'_>, runtime: &tokio::runtime::Runtime) -> Result<()> {
    let fs: Arc<dyn Fs> = Arc::new(DiskFs);
    let lock = begin(&*fs, target)?;
    database::refuse_password_in_environment(&target.place, target.lang)?;
    unpack(backup, &*fs, target.dir)?;
    runtime.block_on(ledger(backup, target))?;
    runtime.block_on(epoch(backup, &fs, target))?;
    database::remember(&*fs, target.dir, &target.place)?;
    let (entry, at) = backup.members(FORMAT).next().context(FORMAT)?;
    let mut format = Vec::new();
    backup.read(entry, at, &mut |part| {
        format.extend_from_slice(part);
        Ok(())
    })?;
    fs.replace(&target.dir.join("format"), &format)?;
    drop(lock);
    Ok(())
}

fn begin(fs: &dyn Fs, target: &Target<'_>) -> Result<FolderLock> {
    if !fs.list(target.dir).unwrap_or_default().is_empty() {
        return Err(told(target.lang, code::USAGE, "backup-not-empty", &[("dir", &target.dir.display().to_string())]));
    }
    FolderLock::take(fs, target.dir, target.lang)
}

/// Every file but `format`, on disk when this returns.
fn unpack(backup: &Backup, fs: &dyn Fs, dir: &Path) -> Result<()> {
    let mut folders = BTreeSet::from([dir.to_owned()]);
    for (entry, at) in backup.members(DATA).filter(|(entry, _)| entry.name != FORMAT) {
        let path = dir.join(entry.name.trim_start_matches(DATA));
        let folder = path.parent().unwrap_or(dir).to_owned();
        if folders.insert(folder.clone()) {
            fs.create_dir_all(&folder)?;
        }
        let mut file = fs.create(&path).with_context(|| path.display().to_string())?;
        backup.read(entry, at, &mut |part| file.append(part)).with_context(|| path.display().to_string())?;
        file.sync()?;
    }
    for folder in folders {
        fs.sync_dir(&folder)?;
    }
    Ok(())
}

/// The rows, into an empty database.
async fn ledger(backup: &Backup, target: &Target<'_>) -> Result<()> {
    let mut members = backup.members(LEDGER);
    let mut next = || -> io::Result<Option<Vec<u8>>> {
        let Some((entry, at)) = members.next() else { return Ok(None) };
        if entry.size > PART_BYTES as u64 {
            return Err(io::Error::other(format!("{} is too long", entry.name)));
        }
        let mut bytes = Vec::new();
        backup.read(entry, at, &mut |part| {
            bytes.extend_from_slice(part);
            Ok(())
        })?;
        Ok(Some(bytes))
    };
    let manifest = &backup.manifest;
    Ledger::import(&target.place, SystemClock.now(), manifest.copied, manifest.checkpoint.size, &mut next)
        .await
        .map_err(|error| database::in_words(target.lang, error))
        .with_context(|| target.place.to_string())
}

/// Says in the log and in the ledger what was restored, so that a rollback is seen by whoever holds a newer checkpoint.
async fn epoch(backup: &Backup, fs: &Arc<dyn Fs>, target: &Target<'_>) -> Result<()> {
    let manifest = &backup.manifest;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let key = String::from_utf8(fs.read(&target.dir.join("key"))?).context("key")?;
    let signer = Signer::parse(key.trim_end()).context("key")?;
    let journal = Arc::new(Journal::open(fs.clone(), target.dir.join("log"), signer, clock.clone()).context("log")?);
    let (size, root) = (manifest.checkpoint.size, manifest.checkpoint.root);
    anyhow::ensure!(journal.size() == size && journal.root_at(size)? == root, "the log is not the one whose checkpoint the backup names");
    tokio::task::block_in_place(|| journal.append(&[Body::Restore { size, root }]))?;
    let ledger = Arc::new(Ledger::open_database(&target.place, clock, LedgerOptions::default()).await?);
    ledger.claim(journal.verifying_key().name.as_str()).await?;
    let fields = [
        ("made", manifest.made.0.to_string()),
        ("log_size", size.to_string()),
        ("log_root", anlan_tlog::hex(&root)),
        ("manifest", anlan_tlog::hex(&backup.digest)),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    ledger.note_act(&target.actor, ACT, &fields).await?;
    Outbox::new(ledger.clone(), journal).pump().await?;
    ledger.close().await;
    Ok(())
}
