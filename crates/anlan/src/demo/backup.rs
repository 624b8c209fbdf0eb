//! Backups of the demo's folder: really made, opened again, and once brought back into a folder of its own and verified there.
//!
//! Invariant: what is noted was done; the copies go again, for the folder they are of is made up.

use std::path::Path;
use std::sync::Arc;

use anlan_assure::Verdict;
use anlan_base::text::Lang;
use anlan_journal::{DiskFs, Fs};
use anlan_ledger::{Actor, Place};
use anyhow::{Context, Result, bail};
use tokio::runtime::{Handle, Runtime};

use super::home::remove_all;
use crate::backup::check::Backup;
use crate::backup::make;
use crate::backup::restore::{Target, restore};
use crate::instance::Instance;
use crate::output::NamedFile;

/// Under `tmp`, which no backup copies.
const FOLDER: &str = "tmp/backup";

pub(super) async fn make(instance: &Instance, lang: Lang, bring_back: bool) -> Result<()> {
    let folder = instance.dir.join(FOLDER);
    DiskFs.create_dir_all(&folder)?;
    let backup = tokio::task::block_in_place(|| made(instance, &folder.join("demo.anlan-backup")))?;
    let manifest = &backup.manifest;
    let (made, size, members) = (manifest.made.0.to_string(), manifest.checkpoint.size.to_string(), manifest.entries.len().to_string());
    instance.ledger.note_act(&Actor::System, "backup.make", &[]).await?;
    instance.ledger.note_act(&Actor::System, "backup.kept", &[("made", &made), ("log_size", &size), ("members", &members)]).await?;
    if bring_back {
        tokio::task::block_in_place(|| brought_back(&backup, &folder.join("restored"), lang))?;
    }
    Ok(remove_all(&folder)?)
}

/// Written whole and opened again.
fn made(instance: &Instance, path: &Path) -> Result<Backup> {
    let mut file = NamedFile::create_private(path)?;
    make::make(instance, &Handle::current(), &mut file)?;
    file.keep()?;
    let backup = Backup::open(path, None).ok().context("the demo's backup cannot be opened")?;
    if !backup.findings(&mut |_| ())?.is_empty() {
        bail!("the demo's backup does not check");
    }
    Ok(backup)
}

/// In a thread of its own: restoring waits on a runtime of its own.
fn brought_back(backup: &Backup, dir: &Path, lang: Lang) -> Result<()> {
    DiskFs.create_dir_all(dir)?;
    let work = || {
        let target = Target { dir, place: Place::Sqlite(dir.join("ledger.db")), actor: Actor::System, lang };
        restore(backup, &target, &Runtime::new()?)
    };
    std::thread::scope(|scope| scope.spawn(work).join().unwrap_or_else(|_| bail!("the restore panicked")))?;
    let report = anlan_assure::verify_folder(Arc::new(DiskFs), dir, &backup.manifest.key, None, false);
    if report.verdict != Verdict::Sound {
        bail!("the demo's restored folder does not check");
    }
    Ok(())
}
