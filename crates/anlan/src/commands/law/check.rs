//! `anlan law check`: citations of a unit's own letter or rule that are outdated, broken or ambiguous, with the number that holds today.

use std::path::PathBuf;
use std::process::ExitCode;

use anlan_law::{Asked, Extent, LetterCitation, LetterKind, LetterReport, Library};
use anyhow::Result;
use clap::ArgMatches;

use super::import::read_file;
use super::{Report, as_of, library, print_json, today};
use crate::instance::Opening;
use crate::say::{Say, code};

pub fn run(say: &Say, m: &ArgMatches) -> Result<ExitCode> {
    let library = library(say, m, Opening::Existing)?;
    let asked = Asked { today: as_of(say, m)?.unwrap_or_else(today), written: None };
    let mut checked = Vec::new();
    for file in m.get_many::<PathBuf>("files").into_iter().flatten() {
        let (name, bytes) = (file.display().to_string(), read_file(say, file)?);
        let report = library
            .check_letter(&bytes, &name, asked)
            .map_err(|error| say.told(code::UNREADABLE, "law-unreadable-file", &[("file", &name), ("why", &error.message(say.lang))]))?;
        checked.push((name, report));
    }
    let found: Vec<&LetterCitation> = checked.iter().flat_map(|(_, report)| &report.findings).collect();
    if m.get_flag("json") {
        print_json(say, &serde_json::to_value(&found)?)?;
    } else {
        report(say, &library, &checked, asked).print(say)?;
    }
    Ok(if found.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(code::FAILED) })
}

fn report(say: &Say, library: &Library, checked: &[(String, LetterReport)], asked: Asked) -> Report {
    let mut report = Report::default();
    for (name, letter) in checked {
        report.gap();
        for finding in &letter.findings {
            one(say, library, finding, &mut report);
        }
        summary(say, name, letter, asked, &mut report);
    }
    report
}

fn one(say: &Say, library: &Library, finding: &LetterCitation, report: &mut Report) {
    let kind = match finding.kind {
        LetterKind::Outdated => say.text("law-check-outdated", &[]),
        LetterKind::Broken => say.text("law-check-broken", &[]),
        LetterKind::Ambiguous => say.text("law-check-ambiguous", &[]),
    };
    let place = format!("{}:{}:{}", finding.file, finding.line, finding.column);
    report.hanging(0, 2, &format!("{place}  {kind}"));
    let found = &finding.found;
    match &finding.today {
        Some(today) => report.at(2, &format!("{found} → {today}")),
        None => report.at(2, found),
    }
    report.at(4, &finding.explain(library, say.lang));
}

fn summary(say: &Say, name: &str, letter: &LetterReport, asked: Asked, report: &mut Report) {
    let (citations, listed, day) = (letter.citations.to_string(), letter.findings.len().to_string(), asked.today.to_string());
    let args = [("file", name), ("citations", &citations), ("listed", &listed), ("day", &day)];
    report.line(&say.text("law-check-summary", &args));
    if let Some(written) = letter.written {
        report.line(&say.text("law-check-written", &[("day", &written.to_string())]));
    }
    if letter.extent == Extent::Cut {
        report.line(&say.text("law-check-cut", &[("most", &anlan_law::letter::CITATIONS.to_string())]));
    }
}
