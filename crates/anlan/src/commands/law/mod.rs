//! `anlan law …`: reading, showing and checking texts of the law. One file for each verb.
//!
//! Invariants: nothing is stored without `--data`; reports keep to 80 columns; `--json` prints one value for the whole answer.

mod check;
mod cite;
pub(super) mod columns;
mod diff;
mod import;
mod kept;
mod lint;
mod marks;
mod place;
mod search;
mod show;

use std::borrow::Cow;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anlan_base::{Clock, Day, SystemClock};
use anlan_law::{Library, VersionId};
use anyhow::Result;
use clap::ArgMatches;

use crate::instance::Opening;
use crate::output::visible;
use crate::say::{Say, code};
use columns::wrapped;
use marks::Marks;

pub fn run(say: &Say, m: &ArgMatches) -> Result<ExitCode> {
    match m.subcommand() {
        Some(("show", m)) => show::run(say, m),
        Some(("cite", m)) => cite::run(say, m),
        Some(("diff", m)) => diff::run(say, m),
        Some(("search", m)) => search::run(say, m),
        Some(("import", m)) => import::run(say, m),
        Some(("check", m)) => check::run(say, m),
        Some(("lint", m)) => lint::run(say, m),
        _ => Ok(ExitCode::FAILURE),
    }
}

/// The statutes in the box, with the official texts that were imported into the folder of `--data`.
fn library(say: &Say, m: &ArgMatches, opening: Opening) -> Result<Cow<'static, Library>> {
    match m.try_get_one::<PathBuf>("data").ok().flatten() {
        Some(dir) => kept::library(say, dir, opening),
        None => Ok(Cow::Borrowed(Library::shipped())),
    }
}

/// The day in Beijing.
fn today() -> Day {
    Day::of(SystemClock.now())
}

/// The day of `--as-of`.
fn as_of(say: &Say, m: &ArgMatches) -> Result<Option<Day>> {
    let Some(written) = m.get_one::<String>("as-of") else { return Ok(None) };
    written.parse().map(Some).map_err(|_| say.told(code::USAGE, "law-bad-day", &[("got", written)]))
}

/// The version of `--in`; it is in the library.
fn asked_version(say: &Say, m: &ArgMatches, library: &Library) -> Result<Option<VersionId>> {
    m.get_one::<String>("in").map(|written| version(say, library, written)).transpose()
}

/// A version of the library by its name.
fn version(say: &Say, library: &Library, written: &str) -> Result<VersionId> {
    let id: Option<VersionId> = written.parse().ok();
    id.filter(|id| library.version(id).is_some())
        .ok_or_else(|| say.told(code::USAGE, "law-no-version", &[("got", written), ("known", &known_versions(library))]))
}

fn known_versions(library: &Library) -> String {
    let versions = library.statutes().iter().flat_map(|statute| &statute.versions);
    versions.map(|version| version.id.as_str()).collect::<Vec<_>>().join(", ")
}

/// A report: lines for people, each within the columns, none of which can drive the terminal.
#[derive(Default)]
pub(super) struct Report {
    lines: Vec<String>,
}

impl Report {
    /// A text at the margin, wrapped; further lines a little in.
    pub(in crate::commands) fn line(&mut self, text: &str) {
        self.hanging(0, 2, text);
    }

    /// A text behind an indent, wrapped to the same indent.
    pub(in crate::commands) fn at(&mut self, indent: usize, text: &str) {
        self.hanging(indent, indent, text);
    }

    /// A text whose further lines stand under `rest`. Control characters are made visible: texts come from anywhere.
    pub(in crate::commands) fn hanging(&mut self, indent: usize, rest: usize, text: &str) {
        let shown = text.split('\n').map(visible).collect::<Vec<_>>().join("\n");
        self.lines.extend(wrapped(&shown, indent, rest));
    }

    pub(in crate::commands) fn gap(&mut self) {
        if self.lines.last().is_some_and(|line| !line.is_empty()) {
            self.lines.push(String::new());
        }
    }

    pub(in crate::commands) fn print(&self, say: &Say) -> Result<()> {
        self.print_marked(say, &Marks::new(false))
    }

    fn print_marked(&self, say: &Say, marks: &Marks) -> Result<()> {
        let (mut out, mut open) = (say.out(), None);
        for line in &self.lines {
            writeln!(out, "{}", marks.paint(line, &mut open))?;
        }
        Ok(out.flush()?)
    }
}

/// Why a file or folder cannot be read, in the reader's language where people meet it often.
pub(super) fn why(say: &Say, error: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::NotFound => say.text("law-why-absent", &[]),
        ErrorKind::IsADirectory => say.text("law-why-folder", &[]),
        ErrorKind::NotADirectory => say.text("law-why-no-folder", &[]),
        ErrorKind::PermissionDenied => say.text("law-why-forbidden", &[]),
        _ => error.to_string(),
    }
}

/// One JSON value alone on its line.
pub(super) fn print_json(say: &Say, value: &serde_json::Value) -> Result<()> {
    let mut out = say.out();
    writeln!(out, "{value}")?;
    Ok(out.flush()?)
}
