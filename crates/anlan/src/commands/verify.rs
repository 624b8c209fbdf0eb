//! `anlan verify`: a proof, a pack or a whole folder, with nothing but the key that is given.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anlan_assure::{Report, Verdict};
use anlan_journal::DiskFs;
use anlan_tlog::note::VerifyingKey;
use anyhow::Result;
use clap::ArgMatches;

use crate::instance::FolderLock;
use crate::say::{Say, code};

pub fn run(say: &Say, m: &ArgMatches) -> Result<ExitCode> {
    let target = m.get_one::<PathBuf>("file").or_else(|| m.get_one::<PathBuf>("data")).cloned().unwrap_or_default();
    let key = key(say, m)?;
    let against = against(say, m)?;
    let report = if target.is_dir() {
        folder(say, &target, &key, against.as_deref())?
    } else {
        anlan_assure::verify_file(&target, &key, against.as_deref())
    };
    let mut out = say.out();
    if m.get_flag("json") {
        writeln!(out, "{}", serde_json::to_string(&report)?)?;
        if key.name.is_demo() {
            say.talks("verify-demo", &[]);
        }
    } else {
        if key.name.is_demo() {
            writeln!(out, "{}", say.text("verify-demo", &[]))?;
        }
        for line in report.lines(say.lang) {
            writeln!(out, "{line}")?;
        }
    }
    out.flush()?;
    Ok(exit_code(&report))
}

fn folder(say: &Say, dir: &Path, key: &VerifyingKey, against: Option<&[u8]>) -> Result<Report> {
    if let Ok(place) = anlan_ledger::Place::of_folder(dir) {
        crate::database::refuse_password_in_environment(&place, say.lang)?;
    }
    let live = FolderLock::is_held(dir);
    Ok(anlan_assure::verify_folder(Arc::new(DiskFs), dir, key, against, live))
}

fn exit_code(report: &Report) -> ExitCode {
    match report.verdict {
        Verdict::Sound => ExitCode::SUCCESS,
        Verdict::Damaged => ExitCode::from(code::FAILED),
        Verdict::Usage => ExitCode::from(code::USAGE),
        Verdict::NotOurs => ExitCode::from(code::UNREADABLE),
    }
}

fn key(say: &Say, m: &ArgMatches) -> Result<VerifyingKey> {
    key_if_given(say, m)?.ok_or_else(|| say.told(code::USAGE, "verify-needs-key", &[]))
}

/// The vkey, or `@FILE` whose last line is the vkey.
pub fn key_if_given(say: &Say, m: &ArgMatches) -> Result<Option<VerifyingKey>> {
    let Some(given) = m.get_one::<String>("key") else { return Ok(None) };
    let text = match given.strip_prefix('@') {
        Some(file) => std::fs::read_to_string(file)
            .map_err(|error| say.told(code::USAGE, "key-unreadable", &[("file", file), ("why", &error.to_string())]))?,
        None => given.clone(),
    };
    let line = text.trim_end().lines().next_back().unwrap_or_default();
    VerifyingKey::parse(line.trim()).map(Some).map_err(|_| say.told(code::USAGE, "key-malformed", &[("got", line)]))
}

fn against(say: &Say, m: &ArgMatches) -> Result<Option<Vec<u8>>> {
    let Some(path) = m.get_one::<PathBuf>("against") else { return Ok(None) };
    let file = path.display().to_string();
    std::fs::read(path)
        .map(Some)
        .map_err(|error| say.told(code::USAGE, "against-unreadable", &[("file", &file), ("why", &error.to_string())]))
}
