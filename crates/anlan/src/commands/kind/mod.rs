//! `anlan kind …`: checking files of kinds, and showing the kinds in force. One file for each verb.
//!
//! Invariants: reports keep to 80 columns; `--json` prints one value for the whole answer; nothing is stored but by `add`.

mod add;
mod lint;
mod list;
mod read;
mod show;
mod words;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use anlan_law::kind::{Kinds, id_of};
use anlan_law::pack::Lawbook;
use anlan_law::shipped;
use anyhow::Result;
use clap::ArgMatches;
use serde::Deserialize;

use crate::ask::Ask;
use crate::commands::ask;
use crate::instance::Opening;
use crate::say::{Say, code};

pub use lint::fault_json;

pub fn run(say: &Say, m: &ArgMatches) -> Result<ExitCode> {
    match m.subcommand() {
        Some(("lint", m)) => lint::run(say, m),
        Some(("list", m)) => list::run(say, m),
        Some(("show", m)) => show::run(say, m),
        Some(("add", m)) => add::run(say, m),
        _ => Ok(ExitCode::FAILURE),
    }
}

/// Every pack in the box.
pub fn shipped(say: &Say) -> Result<Lawbook> {
    let packs: BTreeSet<&str> = shipped::FILES.iter().filter_map(|(path, _)| path.split('/').next()).collect();
    let packs: Vec<&str> = packs.into_iter().collect();
    Lawbook::shipped(&packs).map_err(|_| say.told(code::FAILED, "kind-packs-faulty", &[]))
}

/// The kinds in force: what ships, and with `--data` the unit's own. Of those that do not fit together with what ships is told.
fn in_force(say: &Say, m: &ArgMatches) -> Result<Kinds> {
    let book = shipped(say)?;
    let own = own(say, m, &[])?;
    let files: Vec<(&str, &str)> = own.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    book.with_kinds(&files).or_else(|faults| {
        for fault in faults {
            say.talk(&format!("{}:{}  {}", fault.file, fault.line, fault.what(say.lang)));
        }
        Ok(book.kinds().clone())
    })
}

/// A unit's own kind as the folder has it.
#[derive(Deserialize)]
struct Own {
    kind: String,
    text: String,
}

/// The unit's own kinds of the folder of `--data`, without those that `files` stand for: names and texts.
fn own(say: &Say, m: &ArgMatches, files: &[read::Named]) -> Result<Vec<(String, String)>> {
    let Some(dir) = m.get_one::<PathBuf>("data") else { return Ok(Vec::new()) };
    let mut answer = Vec::new();
    ask(say, dir, Opening::Existing, Ask::Kinds, &mut answer)?;
    let rows: Vec<Own> = serde_json::Deserializer::from_slice(&answer).into_iter().collect::<Result<_, _>>()?;
    let named: BTreeSet<String> = files.iter().filter_map(|file| id_of(file.text.as_deref()?)).collect();
    Ok(rows.into_iter().filter(|row| !named.contains(&row.kind)).map(|row| (format!("{}.toml", row.kind), row.text)).collect())
}
