//! `anlan kind …`: checking files of kinds, and showing the kinds in force. One file for each verb.
//!
//! Invariants: reports keep to 80 columns; `--json` prints one value for the whole answer; nothing is stored but by `add`.

mod lint;
mod list;
mod read;
mod show;
mod words;

use std::process::ExitCode;

use anlan_law::kind::Kinds;
use anlan_law::pack::Lawbook;
use anlan_law::shipped;
use anyhow::Result;
use clap::ArgMatches;

use crate::say::{Say, code};

pub fn run(say: &Say, m: &ArgMatches) -> Result<ExitCode> {
    match m.subcommand() {
        Some(("lint", m)) => lint::run(say, m),
        Some(("list", m)) => list::run(say, m),
        Some(("show", m)) => show::run(say, m),
        _ => Ok(ExitCode::FAILURE),
    }
}

/// Every pack in the box.
fn shipped(say: &Say) -> Result<Lawbook> {
    let packs: std::collections::BTreeSet<&str> = shipped::FILES.iter().filter_map(|(path, _)| path.split('/').next()).collect();
    let packs: Vec<&str> = packs.into_iter().collect();
    Lawbook::shipped(&packs).map_err(|_| say.told(code::FAILED, "kind-packs-faulty", &[]))
}

/// The kinds in force.
fn in_force(say: &Say, _m: &ArgMatches) -> Result<Kinds> {
    Ok(shipped(say)?.kinds().clone())
}

/// The unit's own kinds of the folder of `--data`, without those that `files` stand for: names and texts.
fn own(_say: &Say, _m: &ArgMatches, _files: &[read::Named]) -> Result<Vec<(String, String)>> {
    Ok(Vec::new())
}
