//! `anlan law show`: the words of a place in the version that is asked for, how they are known, and its numbers in the other versions.

use std::process::ExitCode;

use anlan_base::Day;
use anlan_law::{
    Article, Body, Certainty, Entry, Force, Library, Lost, Place, Provenance, Resolved, Statute, Stop, Trace, Version, VersionId, numeral,
};
use anyhow::Result;
use clap::ArgMatches;
use serde_json::{Value, json};

use super::cite::certainty_name;
use super::columns::{padded, width};
use super::place::{stop_changes, stop_places, trace_json, unresolved};
use super::{Report, as_of, asked_version, known_versions, library, print_json, today, version};
use crate::instance::Opening;
use crate::say::{Say, code};

/// Why this version is shown.
#[derive(Clone, Copy)]
enum Why {
    /// It was named.
    Asked,
    /// It holds on the day of `--as-of`.
    OnDay(Day),
    /// It holds today.
    Today(Day),
}

impl Why {
    fn name(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::OnDay(_) => "as_of",
            Self::Today(_) => "today",
        }
    }

    fn day(self) -> Day {
        match self {
            Self::Asked => today(),
            Self::OnDay(day) | Self::Today(day) => day,
        }
    }
}

pub fn run(say: &Say, m: &ArgMatches) -> Result<ExitCode> {
    let library = library(say, m, Opening::Existing)?;
    let named = m.get_one::<String>("statute").map(String::as_str).unwrap_or_default();
    let (statute, in_name) = statute(say, &library, named)?;
    let written = m.get_many::<String>("place").into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
    if written.is_empty() {
        return versions(say, m, statute);
    }
    let (id, why) = chosen(say, m, &library, statute, in_name)?;
    let places = places(say, &library, statute, &id, &written)?;
    let mut shown = Vec::with_capacity(places.len());
    for citation in &places {
        let refused = |why| unresolved(say, &library, citation, &why);
        let resolved = library.resolve(&id, citation.place).map_err(refused)?;
        let trace = library.trace(&id, citation.place).map_err(refused)?;
        shown.push((resolved, trace));
    }
    if m.get_flag("json") {
        let each = shown.iter().map(|(resolved, trace)| json(statute, resolved, trace, why)).collect::<Result<Vec<_>>>()?;
        print_json(say, &json!({ "statute": statute.id, "places": each }))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut report = Report::default();
    for (resolved, trace) in &shown {
        report.gap();
        Shown { say, library: &library, statute, resolved, trace, why }.report(&mut report);
    }
    report.print(say)?;
    Ok(ExitCode::SUCCESS)
}

/// The statute of `csl`, `csl@2016` or 网络安全法, with the version where the name has one.
fn statute<'a>(say: &Say, library: &'a Library, named: &str) -> Result<(&'a Statute, Option<VersionId>)> {
    if named.contains('@') {
        let id = version(say, library, named)?;
        if let Some(statute) = library.statute(id.statute()) {
            return Ok((statute, Some(id)));
        }
    }
    let bare = named.trim_start_matches('《').trim_end_matches('》');
    let is_named = |statute: &&Statute| {
        let names = [&statute.id, &statute.title.zh, &statute.title.en, &statute.short.zh, &statute.short.en];
        names.into_iter().chain(&statute.names).any(|name| name.eq_ignore_ascii_case(bare))
    };
    let found = library.statutes().iter().find(is_named);
    let known = || library.statutes().iter().map(|statute| statute.id.as_str()).collect::<Vec<_>>().join(", ");
    found.map(|statute| (statute, None)).ok_or_else(|| say.told(code::USAGE, "law-no-statute", &[("got", named), ("known", &known())]))
}

fn chosen(say: &Say, m: &ArgMatches, library: &Library, statute: &Statute, in_name: Option<VersionId>) -> Result<(VersionId, Why)> {
    if let Some(id) = asked_version(say, m, library)?.or(in_name) {
        if id.statute() != statute.id {
            return Err(say.told(code::USAGE, "law-no-version", &[("got", id.as_str()), ("known", &known_versions(library))]));
        }
        return Ok((id, Why::Asked));
    }
    let why = as_of(say, m)?.map_or_else(|| Why::Today(today()), Why::OnDay);
    let found = library.version_on(&statute.id, why.day());
    found
        .map(|version| (version.id.clone(), why))
        .ok_or_else(|| say.told(code::FAILED, "law-none-in-force", &[("statute", &statute.id), ("day", &why.day().to_string())]))
}

fn places(say: &Say, library: &Library, statute: &Statute, id: &VersionId, written: &str) -> Result<Vec<anlan_law::Citation>> {
    let found = library.cite(written, Some(id));
    let found = found.map_err(|error| say.told(code::USAGE, "law-unreadable-citation", &[("why", &error.message(say.lang))]))?;
    let is_other = |citation: &&anlan_law::Citation| citation.statute != statute.id || citation.version.as_ref() != Some(id);
    match found.iter().find(is_other) {
        Some(other) => Err(say.told(code::USAGE, "law-two-versions", &[("one", id.as_str()), ("other", &other.to_string())])),
        None => Ok(found),
    }
}

fn json(statute: &Statute, resolved: &Resolved<'_>, trace: &Trace, why: Why) -> Result<Value> {
    let (version, entry, place) = (resolved.version, resolved.entry, resolved.place);
    let lost = entry.lost.iter().map(|lost| json!({ "paragraph": lost.paragraph, "item": lost.item, "note": lost.note }));
    Ok(json!({
        "citation": { "statute": statute.id, "version": version.id, "place": entry.plain(place) },
        "title": statute.title,
        "label": version.label,
        "why": why.name(),
        "day": why.day().to_string(),
        "from": version.from.map(|day| day.to_string()),
        "until": version.until.map(|day| day.to_string()),
        "part": version.part(entry.number),
        "text": entry.words(place),
        "summary": entry.summary(),
        "provenance": entry.provenance,
        "paragraphs": entry.paragraphs,
        "certainty": certainty_name(resolved.certainty),
        "lost": lost.collect::<Vec<_>>(),
        "note": entry.note,
        "stops": trace_json(trace)?,
    }))
}

/// One place on its way to the terminal.
struct Shown<'a> {
    say: &'a Say,
    library: &'a Library,
    statute: &'a Statute,
    resolved: &'a Resolved<'a>,
    trace: &'a Trace,
    why: Why,
}

impl Shown<'_> {
    fn report(&self, report: &mut Report) {
        let (say, version, entry) = (self.say, self.resolved.version, self.resolved.entry);
        let place = entry.plain(self.resolved.place).show(say.lang);
        let (title, label) = (self.statute.short.show(say.lang), version.label.show(say.lang));
        report.line(&say.text("law-show-heading", &[("title", title), ("label", label), ("place", &place)]));
        if let Some(part) = version.part(entry.number) {
            report.line(part.show(say.lang));
        }
        report.line(&self.why());
        report.gap();
        self.words(report);
        report.gap();
        self.known(report);
        self.numbers(report);
    }

    fn why(&self) -> String {
        let version = self.resolved.version;
        let validity = validity(self.say, version, self.why.day());
        let (key, day) = match self.why {
            Why::Asked => ("law-show-why-asked", String::new()),
            Why::OnDay(day) => ("law-show-why-day", day.to_string()),
            Why::Today(day) => ("law-show-why-today", day.to_string()),
        };
        self.say.text(key, &[("version", version.id.as_str()), ("day", &day), ("validity", &validity)])
    }

    fn words(&self, report: &mut Report) {
        let (say, entry) = (self.say, self.resolved.entry);
        match &entry.body {
            Body::Text(article) => self.text(article, report),
            Body::Summary { words, .. } => {
                report.line(&say.text("law-show-summary", &[]));
                report.at(2, words.show(say.lang));
                let id = self.resolved.version.id.as_str();
                report.line(
                    &say.text("law-show-import", &[("version", id), ("statute", &self.statute.id), ("article", &entry.number.to_string())]),
                );
            }
        }
    }

    /// Paragraphs and items on lines of their own, lost items in their places; of one item, the words before its list too.
    fn text(&self, article: &Article, report: &mut Report) {
        let place = self.resolved.place;
        for (paragraph, number) in article.paragraphs.iter().zip(1_u32..) {
            if place.paragraph.is_some_and(|shown| shown != number) {
                continue;
            }
            report.at(2, &paragraph.text);
            let lost = self.resolved.entry.lost.iter().filter(|lost| lost.paragraph == number);
            let mut items: Vec<(u32, String)> = lost.map(|lost| (lost.item, self.lost(lost))).collect();
            items.extend(paragraph.items.iter().map(|item| (item.number, format!("（{}）{}", numeral::chinese(item.number), item.text))));
            items.sort_by_key(|(number, _)| *number);
            for (_, item) in items.iter().filter(|(number, _)| place.item.is_none_or(|shown| shown == *number)) {
                report.hanging(2, 4, item);
            }
        }
    }

    fn lost(&self, lost: &Lost) -> String {
        let item = numeral::chinese(lost.item);
        self.say.text("law-show-lost", &[("item", &item), ("note", lost.note.show(self.say.lang))])
    }

    /// How the words are known.
    fn known(&self, report: &mut Report) {
        let (say, version, entry) = (self.say, self.resolved.version, self.resolved.entry);
        report.line(&provenance(say, version, entry));
        if let Some(imported) = version.imported.as_ref().filter(|imported| imported.differs.contains(&entry.number)) {
            report.line(&say.text("law-show-import-differs", &[("digest", &imported.digest)]));
        }
        if let Some(note) = &entry.note {
            report.line(note.show(say.lang));
        }
        if self.resolved.certainty == Certainty::ParagraphUnchecked {
            report.line(&say.text("law-paragraph-unchecked", &[("version", version.id.as_str())]));
        }
    }

    fn numbers(&self, report: &mut Report) {
        let say = self.say;
        report.line(&say.text("law-show-numbers", &[]));
        let rows = self.trace.stops.iter().map(|stop| [stop.version.to_string(), stop_places(say, stop), self.state(stop)]);
        let rows: Vec<[String; 3]> = rows.collect();
        let widest = |column: usize| rows.iter().map(|row| width(&row[column])).max().unwrap_or(0);
        let (id, place) = (widest(0), widest(1));
        for row in &rows {
            report.hanging(2, id + 4, &format!("{}  {}  {}", padded(&row[0], id), padded(&row[1], place), row[2]));
        }
    }

    /// What became of the words in a version.
    fn state(&self, stop: &Stop) -> String {
        let say = self.say;
        let is_lost = stop.landings.iter().any(|landing| {
            let resolved = self.library.resolve(&stop.version, landing.place);
            resolved.is_ok_and(|resolved| matches!(resolved.certainty, Certainty::Lost(_)))
        });
        match (stop.version == self.resolved.version.id, is_lost) {
            (true, _) => say.text("law-show-here", &[]),
            (false, true) => say.text("law-show-lost-there", &[]),
            (false, false) => stop_changes(say, stop),
        }
    }
}

fn provenance(say: &Say, version: &Version, entry: &Entry) -> String {
    match &entry.provenance {
        Provenance::Voted { copies } => say.text("law-known-voted", &[("copies", &copies.to_string())]),
        Provenance::Completed => say.text("law-known-completed", &[]),
        Provenance::Found => say.text("law-known-found", &[]),
        Provenance::Same { version, article } => {
            say.text("law-known-same", &[("version", version.as_str()), ("place", &Place::article(*article).show(say.lang))])
        }
        Provenance::Summary => say.text("law-known-summary", &[]),
        Provenance::Imported => {
            let imported = version.imported.as_ref().map(|imported| (imported.digest.as_str(), imported.on.to_string()));
            let (digest, on) = imported.unwrap_or_default();
            say.text("law-known-imported", &[("digest", digest), ("day", &on)])
        }
    }
}

/// `自 2017-06-01 至 2025-12-31 施行`, and where the day lies.
fn validity(say: &Say, version: &Version, day: Day) -> String {
    let written = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
    let (from, until) = (written(version.from), written(version.until));
    let args = [("from", from.as_str()), ("until", until.as_str())];
    match (version.force(day), version.until) {
        (Force::InForce, None) => say.text("law-valid-open", &args),
        (Force::InForce, Some(_)) => say.text("law-valid", &args),
        (Force::From(_), _) => say.text("law-valid-later", &args),
        (Force::Until(_), _) => say.text("law-valid-before", &args),
        (Force::Never, _) => say.text("law-valid-never", &args),
    }
}

fn force_name(force: Force) -> &'static str {
    match force {
        Force::InForce => "in_force",
        Force::From(_) => "not_yet",
        Force::Until(_) => "no_longer",
        Force::Never => "never",
    }
}

/// How many articles have their words, and how many only a summary of ours.
fn counts(version: &Version) -> (usize, usize, usize) {
    let texts = version.entries().iter().filter(|entry| entry.text().is_some()).count();
    let lost = version.entries().iter().map(|entry| entry.lost.len()).sum();
    (texts, version.entries().len() - texts, lost)
}

fn versions(say: &Say, m: &ArgMatches, statute: &Statute) -> Result<ExitCode> {
    let day = as_of(say, m)?.unwrap_or_else(today);
    if m.get_flag("json") {
        let each = statute.versions.iter().map(|version| version_json(version, day)).collect::<Vec<_>>();
        print_json(say, &json!({ "statute": statute.id, "title": statute.title, "day": day.to_string(), "versions": each }))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut report = Report::default();
    report.line(&format!("{}  {}", statute.id, statute.title.show(say.lang)));
    for version in &statute.versions {
        report.gap();
        report.line(&format!("{}  {}  {}", version.id, version.label.show(say.lang), validity(say, version, day)));
        let (texts, summaries, lost) = counts(version);
        let args = [("articles", (texts + summaries).to_string()), ("summaries", summaries.to_string()), ("lost", lost.to_string())];
        let args: Vec<(&str, &str)> = args.iter().map(|(name, value)| (*name, value.as_str())).collect();
        report.at(2, &say.text("law-version-counts", &args));
        report.at(2, version.note.show(say.lang));
        if let Some(imported) = &version.imported {
            report.at(2, &say.text("law-known-imported", &[("digest", &imported.digest), ("day", &imported.on.to_string())]));
        }
    }
    report.print(say)?;
    Ok(ExitCode::SUCCESS)
}

fn version_json(version: &Version, day: Day) -> Value {
    let (texts, summaries, lost) = counts(version);
    let written = |day: Option<Day>| day.map(|day| day.to_string());
    json!({
        "version": version.id,
        "label": version.label,
        "adopted": written(version.adopted),
        "from": written(version.from),
        "until": written(version.until),
        "force": force_name(version.force(day)),
        "articles": texts + summaries,
        "summaries": summaries,
        "lost_items": lost,
        "note": version.note,
        "imported": version.imported.as_ref().map(|imported| json!({ "digest": imported.digest, "on": imported.on.to_string(), "differs": imported.differs })),
    })
}
