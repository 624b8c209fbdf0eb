//! `anlan log search|tail|prove`.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::ArgMatches;

use super::{ask, data_dir, file_out, period};
use crate::ask::Ask;
use crate::instance::{FolderLock, Opening};
use crate::output::HitText;
use crate::say::{Say, code};

pub fn run(say: &Say, m: &ArgMatches) -> Result<ExitCode> {
    match m.subcommand() {
        Some(("search", m)) => search(say, m),
        Some(("tail", m)) => tail(say, m),
        Some(("prove", m)) => prove(say, m),
        _ => Ok(()),
    }?;
    Ok(ExitCode::SUCCESS)
}

fn search(say: &Say, m: &ArgMatches) -> Result<()> {
    let dir = data_dir(m);
    let query = query(m);
    let (since, until) = period(say, m)?;
    let (since, until) = (since.map(|t| t.0), until.map(|t| t.0));
    if m.get_flag("count") {
        return ask(say, &dir, Opening::Existing, Ask::Count { query, since, until }, &mut say.out());
    }
    let limit = m.get_one::<u64>("limit").copied();
    hits(say, m, Ask::Search { query, since, until, limit })
}

/// Follows a running server; without one nothing new can come, and the folder's lock would be held for nothing.
fn tail(say: &Say, m: &ArgMatches) -> Result<()> {
    let dir = data_dir(m);
    if !FolderLock::is_held(&dir) {
        return Err(say.told(code::FAILED, "tail-needs-server", &[("dir", &dir.display().to_string())]));
    }
    hits(say, m, Ask::Tail { query: query(m) })
}

fn hits(say: &Say, m: &ArgMatches, request: Ask) -> Result<()> {
    let mut out = say.out();
    if m.get_flag("json") {
        ask(say, &data_dir(m), Opening::Existing, request, &mut out)?;
    } else {
        ask(say, &data_dir(m), Opening::Existing, request, &mut HitText::new(&mut out))?;
    }
    Ok(out.flush()?)
}

fn query(m: &ArgMatches) -> String {
    m.get_one::<String>("query").cloned().unwrap_or_default()
}

fn prove(say: &Say, m: &ArgMatches) -> Result<()> {
    let path = m.get_one::<PathBuf>("output").cloned().unwrap_or_default();
    let seq = m.get_one::<u64>("seq").copied().unwrap_or_default();
    let mut file = file_out(say, &path)?;
    ask(say, &data_dir(m), Opening::Existing, Ask::Prove { seq }, &mut file)?;
    file.keep()?;
    say.talks("proof-written", &[("file", &path.display().to_string())]);
    Ok(())
}
