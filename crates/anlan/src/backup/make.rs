//! Makes a backup of an open folder, a server's too, while it takes in lines.
//!
//! Invariant: what is copied is one state that a recovery could meet: the write-ahead log and the list of segments of a moment at which nothing moves between them,
//! the log as of that moment or some entries later, and the ledger's rows of a later moment.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{Read as _, Write};
use std::path::PathBuf;

use anlan_journal::Fs;
use anlan_tlog::checkpoint::Checkpoint;
use anlan_tlog::envelope::Body;
use anlan_tlog::tile;
use anyhow::{Context, Result};
use tokio::runtime::Handle;

use super::manifest::Manifest;
use super::tar::Writer;
use super::{DATA, END, LEDGER, MANIFEST, NOT_COPIED, end_text};
use crate::instance::Instance;

/// What is held on to while nothing moves.
struct Still {
    /// Opened, for a file may go while it is being copied: name, file, bytes.
    wal: Vec<(String, File, u64)>,
    segments: Vec<String>,
    note: Vec<u8>,
    checkpoint: Checkpoint,
}

impl Still {
    fn take(instance: &Instance) -> Result<Self> {
        let mut wal = Vec::new();
        for name in files_under(&*instance.fs, &instance.dir, "wal")? {
            let file = File::open(instance.dir.join(&name)).with_context(|| name.clone())?;
            let size = file.metadata()?.len();
            wal.push((name, file, size));
        }
        let segments = files_under(&*instance.fs, &instance.dir, "events")?;
        // After the write-ahead log, which knows how long the log was when a file of it was begun.
        let note = instance.journal.checkpoint();
        let text = instance.journal.verifying_key().open(&note).map(str::to_owned);
        let checkpoint = text.ok().as_deref().and_then(Checkpoint::parse).context("log/checkpoint")?;
        Ok(Self { wal, segments, note, checkpoint })
    }
}

/// Blocking. Writes the backup's bytes to `out`.
pub fn make(instance: &Instance, handle: &Handle, out: &mut dyn Write) -> Result<()> {
    let made = instance.clock.now();
    let still = instance.vault.at_rest(|| Still::take(instance))??;
    let mut tar = Writer::new(out);
    tar.bytes(&format!("{DATA}format"), &instance.fs.read(&instance.dir.join("format"))?)?;
    log(instance, &still, &mut tar)?;
    for (name, file, size) in &still.wal {
        tar.stream(&format!("{DATA}{name}"), *size, &mut file.take(*size))?;
    }
    for name in &still.segments {
        whole_file(instance, name, &mut tar)?;
    }
    let copied = handle.block_on(instance.ledger.export(&mut |name, bytes| tar.bytes(&format!("{LEDGER}{name}"), bytes)))?;
    // Last: an attachment is there before the entry that names it.
    for name in others(instance)? {
        if instance.fs.exists(&instance.dir.join(&name)) {
            whole_file(instance, &name, &mut tar)?;
        }
    }
    let entries = std::mem::take(&mut tar.entries);
    let manifest = Manifest { made, key: instance.journal.verifying_key(), checkpoint: still.checkpoint, copied, entries };
    let manifest_at = tar.at();
    tar.bytes(MANIFEST, &instance.journal.sign(&manifest.render()))?;
    tar.bytes(END, end_text(manifest_at).as_bytes())?;
    Ok(tar.finish()?)
}

/// Checkpoint, tiles and details, exactly those of the checkpoint.
fn log(instance: &Instance, still: &Still, tar: &mut Writer<'_>) -> Result<()> {
    tar.bytes(&format!("{DATA}log/checkpoint"), &still.note)?;
    for (level, n, width) in tile::all(still.checkpoint.size) {
        let bytes = instance.journal.tile(level, n, width)?;
        tar.bytes(&format!("{DATA}log/{}", tile::path(level, n, width)), &bytes)?;
    }
    let mut details = Vec::new();
    instance.journal.scan(0..still.checkpoint.size, &mut |_, envelope| {
        if let Body::Day(day) = envelope.body {
            details.push(day.detail);
        }
    })?;
    details.sort_unstable();
    details.dedup();
    for digest in details {
        tar.bytes(&format!("{DATA}log/detail/{}", anlan_tlog::hex(&digest)), &instance.journal.detail(&digest)?)?;
    }
    Ok(())
}

fn whole_file(instance: &Instance, name: &str, tar: &mut Writer<'_>) -> Result<()> {
    let mut file = File::open(instance.dir.join(name)).with_context(|| name.to_owned())?;
    let size = file.metadata()?.len();
    Ok(tar.stream(&format!("{DATA}{name}"), size, &mut file)?)
}

/// What lies in the folder beside log, write-ahead log, segments and ledger: key, certificates, attachments, and whatever comes to lie there.
fn others(instance: &Instance) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in instance.fs.list(&instance.dir)? {
        let name = entry.name.as_str();
        if ["format", "log", "wal", "events"].contains(&name) || NOT_COPIED.contains(&name) {
            continue;
        }
        if entry.is_dir {
            names.extend(files_under(&*instance.fs, &instance.dir, name)?);
        } else {
            names.push(entry.name);
        }
    }
    names.retain(|name| instance.dir.join(name).symlink_metadata().is_ok_and(|meta| meta.is_file()));
    Ok(names)
}

/// Names of all files under a folder of the data folder, sorted within each; files that are being written are left out.
fn files_under(fs: &dyn Fs, dir: &std::path::Path, folder: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut folders = VecDeque::from([folder.to_owned()]);
    while let Some(folder) = folders.pop_front() {
        for entry in fs.list(&dir.join(PathBuf::from(&folder)))? {
            let name = format!("{folder}/{}", entry.name);
            match entry.is_dir {
                true => folders.push_back(name),
                false if name.ends_with(".tmp") => {}
                false => found.push(name),
            }
        }
    }
    Ok(found)
}
