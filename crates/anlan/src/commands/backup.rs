//! `anlan backup make|check|restore`.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anlan_assure::Verdict;
use anlan_journal::DiskFs;
use anlan_ledger::{Actor, Place};
use anlan_tlog::note::VerifyingKey;
use anyhow::{Context, Result};
use clap::ArgMatches;
use tokio::runtime::Runtime;

use super::{ask, data_dir, own_uid, verify};
use crate::ask::Ask;
use crate::backup::check::{Backup, Finding, Refused};
use crate::backup::restore::{Target, restore};
use crate::database;
use crate::instance::Opening;
use crate::output::NamedFile;
use crate::say::{Say, code};

/// Files that are named at most; more are counted.
const NAMED: usize = 100;

pub fn run(say: &Say, m: &ArgMatches) -> Result<ExitCode> {
    match m.subcommand() {
        Some(("make", m)) => make(say, m),
        Some(("check", m)) => check(say, m),
        Some(("restore", m)) => bring_back(say, m),
        _ => Ok(ExitCode::FAILURE),
    }
}

fn make(say: &Say, m: &ArgMatches) -> Result<ExitCode> {
    let path = m.get_one::<PathBuf>("output").cloned().unwrap_or_default();
    let name = path.display().to_string();
    let mut file = NamedFile::create_private(&path).with_context(|| say.text("cannot-write", &[("file", &name)]))?;
    say.progress(&say.text("backup-making", &[]));
    ask(say, &data_dir(m), Opening::Existing, Ask::Backup, &mut file)?;
    file.keep()?;
    say.progress("");
    let Ok(backup) = Backup::open(&path, None) else { return Err(say.told(code::FAILED, "backup-cut", &[("file", &name)])) };
    let manifest = &backup.manifest;
    let kept = Ask::BackupKept { made: manifest.made.0, log_size: manifest.checkpoint.size, members: manifest.entries.len() as u64 };
    ask(say, &data_dir(m), Opening::Existing, kept, &mut std::io::sink())?;
    say.talks("backup-made", &[("file", &name)]);
    tell(say, &backup);
    Ok(ExitCode::SUCCESS)
}

fn tell(say: &Say, backup: &Backup) {
    let manifest = &backup.manifest;
    let files = manifest.entries.iter().filter(|entry| entry.name.starts_with("data/")).count();
    say.talks(
        "backup-holds",
        &[
            ("made", &manifest.made.to_civil()),
            ("files", &files.to_string()),
            ("entries", &manifest.copied.entries.to_string()),
            ("leaves", &manifest.checkpoint.size.to_string()),
            ("vkey", &manifest.key.render()),
        ],
    );
}

/// The backup when all of it is as it was made; otherwise what is wrong has been said, and this is the exit code.
fn checked(say: &Say, path: &Path, key: Option<&VerifyingKey>) -> Result<Result<Backup, u8>> {
    let name = path.display().to_string();
    let mut out = say.out();
    let opened = match Backup::open(path, key) {
        Ok(backup) => backup,
        Err(Refused::Io(error)) => {
            return Err(say.told(code::UNREADABLE, "backup-unreadable", &[("file", &name), ("why", &error.to_string())]));
        }
        Err(Refused::Found(finding)) => {
            writeln!(out, "{}", words(say, &finding, &name))?;
            out.flush()?;
            return Ok(Err(if finding == Finding::NotOurs { code::UNREADABLE } else { code::FAILED }));
        }
    };
    let findings =
        opened.findings(&mut |bytes| say.progress(&say.text("backup-checking", &[("mebibytes", &(bytes >> 20).to_string())])))?;
    say.progress("");
    for finding in findings.iter().take(NAMED) {
        writeln!(out, "{}", words(say, finding, &name))?;
    }
    if findings.len() > NAMED {
        writeln!(out, "{}", say.text("backup-more", &[("count", &(findings.len() - NAMED).to_string())]))?;
    }
    out.flush()?;
    Ok(if findings.is_empty() { Ok(opened) } else { Err(code::FAILED) })
}

fn words(say: &Say, finding: &Finding, file: &str) -> String {
    let (key, what) = match finding {
        Finding::NotOurs => ("backup-not-ours", ""),
        Finding::Cut => ("backup-cut", ""),
        Finding::Manifest => ("backup-manifest", ""),
        Finding::OtherKey { key } => ("backup-other-key", key.as_str()),
        Finding::Changed { name } => ("backup-changed", name.as_str()),
        Finding::Unfit { name } => ("backup-unfit", name.as_str()),
    };
    say.text(key, &[("file", file), ("what", &crate::output::visible(what))])
}

fn check(say: &Say, m: &ArgMatches) -> Result<ExitCode> {
    let path = m.get_one::<PathBuf>("file").cloned().unwrap_or_default();
    let key = verify::key_if_given(say, m)?;
    let backup = match checked(say, &path, key.as_ref())? {
        Ok(backup) => backup,
        Err(code) => return Ok(ExitCode::from(code)),
    };
    say.talks("backup-sound", &[("file", &path.display().to_string())]);
    tell(say, &backup);
    if key.is_none() {
        say.talks("backup-own-key", &[]);
    }
    Ok(ExitCode::SUCCESS)
}

fn bring_back(say: &Say, m: &ArgMatches) -> Result<ExitCode> {
    let path = m.get_one::<PathBuf>("file").cloned().unwrap_or_default();
    let dir = data_dir(m);
    let place = match m.get_one::<String>("database") {
        Some(url) => Place::Postgres(database::parse(say.lang, url)?),
        None => Place::Sqlite(dir.join("ledger.db")),
    };
    let key = verify::key_if_given(say, m)?;
    let backup = match checked(say, &path, key.as_ref())? {
        Ok(backup) => backup,
        Err(code) => return Ok(ExitCode::from(code)),
    };
    let runtime = Runtime::new()?;
    let target = Target { dir: &dir, place, actor: Actor::Uid(own_uid()), lang: say.lang };
    restore(&backup, &target, &runtime)?;
    let report = anlan_assure::verify_folder(Arc::new(DiskFs), &dir, &backup.manifest.key, None, false);
    if report.verdict != Verdict::Sound {
        let mut out = say.out();
        for line in report.lines(say.lang) {
            writeln!(out, "{line}")?;
        }
        out.flush()?;
        return Err(say.told(code::FAILED, "backup-restored-damaged", &[("dir", &dir.display().to_string())]));
    }
    say.talks("backup-restored", &[("dir", &dir.display().to_string()), ("leaves", &backup.manifest.checkpoint.size.to_string())]);
    tell(say, &backup);
    Ok(ExitCode::SUCCESS)
}
