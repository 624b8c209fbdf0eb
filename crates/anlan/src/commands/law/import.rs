//! `anlan law import`: texts read from damaged pages, their findings, the copies merged; kept in the ledger where a folder is named.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anlan_law::numeral;
use anlan_law::reading::{self, Document, Finding, FindingKind, Kind, MOST_BYTES, Merged, ReadArticle, Reading};
use anyhow::Result;
use clap::ArgMatches;
use serde::Serialize;
use serde_json::Value;

use super::kept::{self, Kept, Text};
use super::{Report, library, why};
use crate::instance::Opening;
use crate::say::{Say, code};

/// The whole answer as JSON: `findings`, `documents`, and what was kept where a folder is named.
#[derive(Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    report: &'a reading::Report,
    #[serde(skip_serializing_if = "Option::is_none")]
    kept: Option<Vec<&'a Value>>,
}

pub fn run(say: &Say, m: &ArgMatches) -> Result<ExitCode> {
    let mut pages = Vec::new();
    for file in m.get_many::<PathBuf>("files").into_iter().flatten() {
        let bytes = read_file(say, file)?;
        if let Some(key) = no_page(&bytes) {
            let args = [("file", file.display().to_string()), ("why", say.text(key, &[]))];
            return Err(say.told(code::UNREADABLE, "law-unreadable-file", &[(args[0].0, &args[0].1), (args[1].0, &args[1].1)]));
        }
        pages.push((file, bytes));
    }
    let data = m.get_one::<PathBuf>("data");
    let library = library(say, m, Opening::OrNew)?;
    let known = library.known_texts();
    let readings: Vec<Reading> = pages.iter().map(|(file, bytes)| reading::read(&file.display().to_string(), bytes, &known)).collect();
    let merged = if m.get_flag("merge") { reading::merge(&readings, &known) } else { Vec::new() };
    let kept = match data {
        Some(dir) => {
            let texts = pages.iter().zip(&readings).map(|((file, bytes), reading)| Text::new(say, file, bytes, reading));
            Some(kept::keep(say, dir, texts.collect::<Result<_>>()?)?)
        }
        None => None,
    };
    let report = reading::report(&readings, &merged);
    if m.get_flag("json") {
        let mut out = say.out();
        let kept = kept.as_ref().map(|kept| kept.iter().map(|kept| &kept.row).collect());
        // As the error of input and output that it is: a closed pipe is no failure.
        serde_json::to_writer(&mut out, &Answer { report: &report, kept }).map_err(std::io::Error::from)?;
        writeln!(out)?;
        out.flush()?;
        return Ok(ExitCode::SUCCESS);
    }
    Told { say, readings: &readings, merged: &merged, report: &report, kept: kept.as_deref() }.report().print(say)?;
    Ok(ExitCode::SUCCESS)
}

/// The bytes of a file, of stdin for `-`.
pub fn read_file(say: &Say, file: &Path) -> Result<Vec<u8>> {
    let name = file.display().to_string();
    let unreadable = |why: &str| say.told(code::UNREADABLE, "law-unreadable-file", &[("file", &name), ("why", why)]);
    let mut bytes = Vec::new();
    let limit = u64::try_from(MOST_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    let read = if file == Path::new("-") {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|file| file.take(limit).read_to_end(&mut bytes))
    };
    read.map_err(|error| unreadable(&why(say, &error)))?;
    if bytes.len() > MOST_BYTES {
        return Err(unreadable(&say.text("law-file-too-long", &[("mebibytes", &(MOST_BYTES >> 20).to_string())])));
    }
    Ok(bytes)
}

/// A page has fewer zero bytes than one in so many; binary files, and UTF-16 without its mark, have more.
const ZERO_BYTES: usize = 1_000;

/// What is no text at all would be read as a page without any; the key of what to say. Damaged bytes alone are no reason.
fn no_page(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [b'P', b'K', 3, 4, ..] | [0xd0, 0xcf, 0x11, 0xe0, ..] | [b'%', b'P', b'D', b'F', ..] => Some("law-import-no-text"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => None,
        _ if bytes.iter().filter(|byte| **byte == 0).count() > bytes.len() / ZERO_BYTES => Some("law-letter-encoding"),
        _ => None,
    }
}

/// The last part of a path.
fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The report for people.
struct Told<'a> {
    say: &'a Say,
    readings: &'a [Reading],
    merged: &'a [Merged],
    report: &'a reading::Report,
    kept: Option<&'a [Kept]>,
}

impl Told<'_> {
    fn report(&self) -> Report {
        let mut report = Report::default();
        for reading in self.readings {
            report.gap();
            report.line(&reading.file);
            for document in &reading.documents {
                self.document(document, &mut report);
            }
            self.explanations(reading, &mut report);
            if reading.documents.is_empty() {
                report.at(2, &self.say.text("law-import-nothing", &[]));
            }
            for finding in self.report.findings.iter().filter(|finding| finding.file == reading.file) {
                self.finding(finding, &mut report);
            }
            if reading.more_findings > 0 {
                report.at(2, &self.say.text("law-import-more", &[("count", &reading.more_findings.to_string())]));
            }
        }
        for merged in self.merged {
            self.merged(merged, &mut report);
        }
        report.gap();
        self.summary(&mut report);
        report
    }

    fn document(&self, document: &Document, report: &mut Report) {
        let say = self.say;
        let kind = match document.kind {
            Kind::Statute => say.text("law-kind-statute", &[]),
            Kind::Rules => say.text("law-kind-rules", &[]),
        };
        let title = if document.title.is_empty() { say.text("law-import-untitled", &[]) } else { document.title.clone() };
        let version = document.version.clone().unwrap_or_else(|| say.text("law-import-unknown-version", &[]));
        let (line, count) = (document.place.line.to_string(), document.articles.len().to_string());
        let args = [("title", title.as_str()), ("kind", &kind), ("version", &version), ("count", &count), ("line", &line)];
        let mut told = say.text("law-import-document", &args);
        let truncated = document.articles.iter().filter(|article| article.truncated).count();
        if truncated > 0 {
            told.push_str(&say.text("law-import-truncated", &[("count", &truncated.to_string())]));
        }
        report.hanging(2, 4, &told);
    }

    fn explanations(&self, reading: &Reading, report: &mut Report) {
        for explanation in &reading.explanations {
            let (line, points) = (explanation.line.to_string(), explanation.explanation_points.len().to_string());
            report.hanging(2, 4, &self.say.text("law-import-explanation", &[("line", &line), ("points", &points)]));
        }
    }

    fn finding(&self, finding: &Finding, report: &mut Report) {
        let say = self.say;
        let place = format!("{}:{}:{}", finding.file, finding.line, finding.column);
        let kind = say.text(&finding.kind.key(), &[]);
        let confidence = format!("{:.0}%", finding.confidence * 100.0);
        let stands = self.stands(finding);
        let joined = if stands.is_empty() { kind } else { format!("{kind}  {stands}") };
        report.hanging(2, 4, &format!("{place}  {joined}  {confidence}"));
        let (found, expected) = (finding.found.as_str(), finding.expected.as_str());
        let told = match (found.is_empty(), expected.is_empty()) {
            (true, true) => return,
            (false, true) => say.text("law-finding-found", &[("found", found)]),
            (true, false) => say.text("law-finding-expected", &[("expected", expected)]),
            (false, false) => say.text("law-finding-both", &[("found", found), ("expected", expected)]),
        };
        report.at(6, &told);
    }

    /// The article and item that a finding names.
    fn stands(&self, finding: &Finding) -> String {
        let article = finding.article.map(anlan_law::Place::article);
        match (article, finding.item) {
            (Some(article), Some(item)) => article.with_item(item).show(self.say.lang),
            (Some(article), None) => article.show(self.say.lang),
            (None, Some(item)) => format!("（{}）", numeral::chinese(item)),
            (None, None) => String::new(),
        }
    }

    fn merged(&self, merged: &Merged, report: &mut Report) {
        let say = self.say;
        report.gap();
        report.line(&say.text("law-import-merged", &[]));
        self.document(&merged.document, report);
        report.hanging(4, 6, &say.text("law-import-sources", &[("files", &merged.sources.join(", "))]));
        for article in &merged.document.articles {
            self.restored(article, report);
        }
    }

    /// Items that not every copy had.
    fn restored(&self, article: &ReadArticle, report: &mut Report) {
        for item in article.items() {
            let Some(source) = &item.source else { continue };
            let place = anlan_law::Place::article(article.number).with_item(item.number).show(self.say.lang);
            let key = if item.derived { "law-import-derived" } else { "law-import-restored" };
            report.hanging(4, 6, &self.say.text(key, &[("place", &place), ("file", base(source)), ("text", &item.text)]));
        }
    }

    fn summary(&self, report: &mut Report) {
        let say = self.say;
        let count = |kind: FindingKind| self.report.findings.iter().filter(|finding| finding.kind == kind).count();
        let kinds = FindingKind::ALL.into_iter().map(|kind| (kind, count(kind))).filter(|(_, count)| *count > 0);
        let kinds: Vec<String> = kinds.map(|(kind, count)| format!("{} {count}", say.text(&kind.key(), &[]))).collect();
        let documents = self.report.documents.len() - self.merged.len();
        let articles: usize = self.readings.iter().flat_map(|reading| &reading.documents).map(|document| document.articles.len()).sum();
        let findings = self.report.findings.len() + self.report.more_findings;
        let numbers = [self.readings.len(), documents, articles, findings].map(|number| number.to_string());
        let args = [("files", numbers[0].as_str()), ("documents", &numbers[1]), ("articles", &numbers[2]), ("findings", &numbers[3])];
        report.line(&say.text("law-import-summary", &args));
        if !kinds.is_empty() {
            report.at(2, &kinds.join(&say.text("law-list-joint", &[])));
        }
        match self.kept {
            None => report.line(&say.text("law-import-not-kept", &[])),
            Some(kept) => kept.iter().for_each(|kept| self.kept(kept, report)),
        }
    }

    /// The entry, and whether the text will be shown.
    fn kept(&self, kept: &Kept, report: &mut Report) {
        let say = self.say;
        let text = |name: &str| kept.row.get(name).map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned)).unwrap_or_default();
        let (entry, name, digest) = (text("entry"), text("name"), text("digest"));
        report.line(&say.text("law-import-kept", &[("entry", &entry), ("name", &name), ("digest", &digest)]));
        let version = kept.row.get("version").and_then(Value::as_str);
        match (version, &kept.fit) {
            (None, _) => report.at(2, &say.text("law-kept-loose", &[])),
            (Some(version), Ok(())) => report.at(2, &say.text("law-kept-used", &[("version", version)])),
            (Some(version), Err(why)) => {
                report.at(2, &say.text("law-kept-unfit", &[("version", version), ("why", &kept::why_unfit(say, why))]));
            }
        }
    }
}
