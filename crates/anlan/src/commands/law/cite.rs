//! `anlan law cite`: the path of a citation through the versions of its statute.

use std::process::ExitCode;

use anlan_law::{Bilingual, Certainty, Change, Citation, Library, Stop, Trace, VersionId};
use anyhow::Result;
use clap::ArgMatches;
use serde_json::{Value, json};

use super::place::{citation_json, path, stop_changes, trace_json, unresolved, version_today};
use super::{Report, asked_version, library, print_json};
use crate::instance::Opening;
use crate::say::{Say, code};

struct Cited<'a> {
    version: VersionId,
    citation: Citation,
    trace: Trace,
    certainty: Certainty<'a>,
}

pub fn run(say: &Say, m: &ArgMatches) -> Result<ExitCode> {
    let library = library(say, m, Opening::Existing)?;
    let asked = asked_version(say, m, &library)?;
    let written = m.get_many::<String>("citation").into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
    let cited = read(say, &library, &written, asked.as_ref())?;
    if m.get_flag("json") {
        print_json(say, &json(&cited, &written)?)?;
    } else {
        report(say, &cited).print(say)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads citations; without a version, the one in force today is meant.
fn read<'a>(say: &Say, library: &'a Library, written: &str, asked: Option<&VersionId>) -> Result<Vec<Cited<'a>>> {
    let citations = library
        .cite(written, asked)
        .map_err(|error| say.told(code::USAGE, "law-unreadable-citation", &[("why", &error.message(say.lang))]))?;
    let mut cited = Vec::with_capacity(citations.len());
    for citation in citations {
        let version = match &citation.version {
            Some(version) => version.clone(),
            None => version_today(say, library, &citation.statute)?,
        };
        let resolved = library.resolve(&version, citation.place).map_err(|why| unresolved(say, library, &citation, &why))?;
        let trace = library.trace(&version, citation.place).map_err(|why| unresolved(say, library, &citation, &why))?;
        cited.push(Cited { version, citation, trace, certainty: resolved.certainty });
    }
    if let Some(guessed) = cited.iter().find(|cited| cited.citation.version.is_none()) {
        say.talks("law-read-as-today", &[("version", guessed.version.as_str())]);
    }
    Ok(cited)
}

fn json(cited: &[Cited<'_>], written: &str) -> Result<Value> {
    let each = cited.iter().map(|cited| {
        let mut value = citation_json(&cited.citation, &cited.version);
        if let Some(object) = value.as_object_mut() {
            object.insert("certainty".into(), certainty_name(cited.certainty).into());
            object.insert("stops".into(), trace_json(&cited.trace)?);
        }
        Ok(value)
    });
    Ok(json!({ "written": written, "citations": each.collect::<Result<Vec<_>>>()? }))
}

pub fn certainty_name(certainty: Certainty<'_>) -> &'static str {
    match certainty {
        Certainty::Certain => "certain",
        Certainty::ParagraphUnchecked => "paragraph_unchecked",
        Certainty::Lost(_) => "lost",
    }
}

fn report(say: &Say, cited: &[Cited<'_>]) -> Report {
    let mut report = Report::default();
    for cited in cited {
        report.line(&path(say, &cited.version, &cited.trace));
        match cited.certainty {
            Certainty::Certain => {}
            Certainty::ParagraphUnchecked => report.at(2, &say.text("law-paragraph-unchecked", &[("version", cited.version.as_str())])),
            Certainty::Lost(lost) => {
                report.at(2, &say.text("law-lost", &[("version", cited.version.as_str()), ("note", lost.note.show(say.lang))]))
            }
        }
        for stop in cited.trace.stops.iter().filter(|stop| stop.version != cited.version) {
            changes(say, stop, &mut report);
        }
    }
    report
}

/// What became of the words, where they are not the same, and the notes on it.
fn changes(say: &Say, stop: &Stop, report: &mut Report) {
    let is_same = stop.endings.is_empty() && stop.landings.iter().all(|landing| landing.change == Change::Same);
    let said = stop_changes(say, stop);
    if !is_same && !said.is_empty() {
        report.at(2, &say.text("law-change-in", &[("version", stop.version.as_str()), ("change", &said)]));
    }
    let mut notes: Vec<&Bilingual> = stop.landings.iter().filter_map(|landing| landing.note.as_ref()).collect();
    notes.extend(stop.endings.iter().filter_map(|ending| ending.note.as_ref()));
    notes.dedup();
    for note in notes {
        report.at(4, note.show(say.lang));
    }
}
