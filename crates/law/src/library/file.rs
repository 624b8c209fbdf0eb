//! Reads `statute.toml`, the files of its versions and the concordance into a [`Statute`], naming every fault.
//!
//! Invariant: a statute that is returned is whole: numbers without gaps, lost items named, references between versions resolved.

use std::collections::BTreeMap;

use anlan_base::Day;
use serde::Deserialize;
use toml::Spanned;

use crate::concordance::{Change, Link, Shape, Step};
use crate::fault::{Fault, line_at};
use crate::library::Statute;
use crate::place::Place;
use crate::tree::{Article, Item, Paragraph};
use crate::version::{Body, Entry, Lost, Paragraphs, Provenance, Version, VersionId};
use crate::words::Bilingual;

/// Bytes of one file of a statute.
pub const FILE_BYTES: usize = 2 << 20;
/// Articles of one version.
pub const ARTICLES: usize = 2_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStatute {
    id: String,
    title: Bilingual,
    short: Bilingual,
    #[serde(default)]
    names: Vec<String>,
    concordance: String,
    version: Vec<Spanned<RawVersion>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawVersion {
    id: String,
    file: String,
    label: Bilingual,
    #[serde(default)]
    marks: Vec<String>,
    #[serde(default)]
    alone: Vec<String>,
    adopted: Option<String>,
    from: Option<String>,
    until: Option<String>,
    note: Bilingual,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawText {
    version: Spanned<String>,
    base: Option<VersionId>,
    #[serde(default)]
    part: Vec<RawPart>,
    article: Vec<Spanned<RawArticle>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPart {
    from: u32,
    zh: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawArticle {
    number: u32,
    provenance: RawProvenance,
    #[serde(default)]
    copies: u32,
    #[serde(default)]
    paragraphs: Vec<Paragraph>,
    #[serde(default)]
    lost: Vec<RawLost>,
    same: Option<u32>,
    like: Option<u32>,
    shape: Option<Vec<u32>>,
    summary: Option<Bilingual>,
    note: Option<Bilingual>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum RawProvenance {
    Voted,
    Completed,
    Found,
    Same,
    Summary,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLost {
    paragraph: u32,
    item: u32,
    zh: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawConcordance {
    step: Vec<RawStep>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStep {
    from: VersionId,
    to: VersionId,
    links: Vec<Spanned<RawLink>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLink {
    from: Option<String>,
    to: Option<String>,
    change: Change,
    #[serde(default)]
    shape: Shape,
    note: Option<Bilingual>,
}

/// The files of one statute's folder, and the faults found so far.
pub(crate) struct Folder<'a> {
    /// With `/` at its end.
    path: &'a str,
    files: &'a BTreeMap<&'a str, &'a str>,
    faults: Vec<Fault>,
}

/// A file with its path.
#[derive(Clone, Copy)]
struct Source<'a> {
    path: &'a str,
    text: &'a str,
}

impl Source<'_> {
    fn fault(&self, byte: usize, key: impl Into<String>, code: &'static str) -> Fault {
        Fault::new(self.path, line_at(self.text, byte), key, code)
    }
}

impl<'a> Folder<'a> {
    pub(crate) fn new(path: &'a str, files: &'a BTreeMap<&'a str, &'a str>) -> Self {
        Self { path, files, faults: Vec::new() }
    }

    /// The statute, or everything that is wrong with it.
    pub(crate) fn read(mut self) -> Result<Statute, Vec<Fault>> {
        let statute = self.statute();
        match statute {
            Some(statute) if self.faults.is_empty() => Ok(statute),
            _ => Err(self.faults),
        }
    }

    fn statute(&mut self) -> Option<Statute> {
        let source = self.source("statute.toml", "statute.toml", 0)?;
        let raw: RawStatute = self.toml(source)?;
        let mut versions: Vec<Version> = Vec::new();
        for version in raw.version {
            let at = version.span().start;
            match self.version(source, at, version.into_inner(), &raw.id, &versions) {
                Some(version) => versions.push(version),
                None if self.faults.is_empty() => return None,
                None => {}
            }
        }
        self.check_validity(source, &versions);
        if !self.faults.is_empty() {
            return None;
        }
        let steps = self.concordance(&raw.concordance, &versions)?;
        Some(Statute { id: raw.id, title: raw.title, short: raw.short, names: raw.names, versions, steps })
    }

    fn source(&mut self, name: &str, key: &str, line: usize) -> Option<Source<'a>> {
        let path = format!("{}{name}", self.path);
        match self.files.get_key_value(path.as_str()) {
            Some((path, text)) if text.len() <= FILE_BYTES => Some(Source { path, text }),
            Some(_) => {
                self.faults.push(Fault::new(&path, 0, "", "statute-too-big").with("most", FILE_BYTES.to_string()));
                None
            }
            None => {
                let at = format!("{}statute.toml", self.path);
                self.faults.push(Fault::new(&at, line, key, "statute-no-file").with("name", name));
                None
            }
        }
    }

    fn toml<T: serde::de::DeserializeOwned>(&mut self, source: Source<'_>) -> Option<T> {
        match toml::from_str(source.text) {
            Ok(read) => Some(read),
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                self.faults.push(source.fault(at, "", "statute-syntax").with("detail", error.message()));
                None
            }
        }
    }

    fn day(&mut self, source: Source<'_>, at: usize, key: String, written: Option<&String>) -> Option<Day> {
        let written = written?;
        let day = written.parse();
        if day.is_err() {
            self.faults.push(source.fault(at, key, "statute-day").with("found", written));
        }
        day.ok()
    }

    fn version(&mut self, source: Source<'_>, at: usize, raw: RawVersion, statute: &str, before: &[Version]) -> Option<Version> {
        let key = format!("version.{}", raw.id);
        let id = raw.id.parse::<VersionId>().ok().filter(|id| id.statute() == statute && before.iter().all(|version| version.id != *id));
        let Some(id) = id else {
            self.faults.push(source.fault(at, key, "statute-version").with("found", raw.id).with("statute", statute));
            return None;
        };
        let adopted = self.day(source, at, format!("{key}.adopted"), raw.adopted.as_ref());
        let from = self.day(source, at, format!("{key}.from"), raw.from.as_ref());
        let until = self.day(source, at, format!("{key}.until"), raw.until.as_ref());
        let text = self.source(&raw.file, &format!("{key}.file"), line_at(source.text, at))?;
        let file: RawText = self.toml(text)?;
        if file.version.get_ref() != id.as_str() {
            self.faults.push(text.fault(file.version.span().start, "version", "statute-other-version").with("expected", id.to_string()));
        }
        let parts: Vec<(u32, Bilingual)> = file.part.into_iter().map(|part| (part.from, Bilingual { zh: part.zh, en: part.en })).collect();
        let base = file.base.as_ref().and_then(|base| before.iter().find(|version| version.id == *base));
        let entries = self.entries(text, file.article, base, &parts);
        let (label, note) = (raw.label, raw.note);
        Some(Version { id, label, marks: raw.marks, alone: raw.alone, adopted, from, until, note, parts, entries, imported: None })
    }

    fn entries(
        &mut self,
        file: Source<'_>,
        raw: Vec<Spanned<RawArticle>>,
        base: Option<&Version>,
        parts: &[(u32, Bilingual)],
    ) -> Vec<Entry> {
        let mut entries = Vec::new();
        if raw.len() > ARTICLES {
            self.faults.push(file.fault(0, "article", "statute-many-articles").with("most", ARTICLES.to_string()));
            return entries;
        }
        for (article, expected) in raw.into_iter().zip(1_u32..) {
            let at = article.span().start;
            let article = article.into_inner();
            let key = format!("article.{}", article.number);
            if article.number != expected {
                self.faults.push(file.fault(at, key, "statute-order").with("expected", expected.to_string()));
                return entries;
            }
            let part = parts.iter().rev().find(|(from, _)| *from <= expected).map_or("", |(_, title)| &title.zh);
            match entry(article, base, part) {
                Ok(entry) => entries.push(entry),
                Err(code) => self.faults.push(file.fault(at, key, code)),
            }
        }
        entries
    }

    /// One version at most holds on a day.
    fn check_validity(&mut self, source: Source<'_>, versions: &[Version]) {
        let mut last: Option<&Version> = None;
        for version in versions.iter().filter(|version| version.from.is_some()) {
            let is_backward = version.until.is_some_and(|until| Some(until) < version.from);
            let overlaps = last.is_some_and(|last| last.until.is_none() || last.until >= version.from);
            if is_backward || overlaps {
                self.faults.push(source.fault(0, format!("version.{}.from", version.id), "statute-validity"));
            }
            last = Some(version);
        }
    }

    fn concordance(&mut self, name: &str, versions: &[Version]) -> Option<Vec<Step>> {
        let source = self.source(name, "concordance", 0)?;
        let raw: RawConcordance = self.toml(source)?;
        let is_chain = raw.step.len() + 1 == versions.len()
            && raw.step.iter().zip(versions.windows(2)).all(|(step, pair)| step.from == pair[0].id && step.to == pair[1].id);
        if !is_chain {
            self.faults.push(source.fault(0, "step", "concordance-steps"));
            return None;
        }
        let mut steps = Vec::new();
        for (raw, pair) in raw.step.into_iter().zip(versions.windows(2)) {
            let step = self.step(source, raw, &pair[0], &pair[1]);
            steps.push(step);
        }
        self.faults.is_empty().then_some(steps)
    }

    fn step(&mut self, source: Source<'_>, raw: RawStep, from: &Version, to: &Version) -> Step {
        let mut links = Vec::new();
        for link in raw.links {
            let at = link.span().start;
            let link = link.into_inner();
            let ends = (self.end(source, at, link.from.as_ref(), from), self.end(source, at, link.to.as_ref(), to));
            let fits = match link.change {
                Change::New => link.from.is_none() && link.to.is_some(),
                Change::Dropped | Change::Unknown => link.from.is_some() && link.to.is_none(),
                _ => link.from.is_some() && link.to.is_some(),
            };
            if !fits {
                self.faults.push(source.fault(at, format!("step.{}.links", raw.to), "concordance-ends"));
            }
            links.push(Link { from: ends.0, to: ends.1, change: link.change, shape: link.shape, note: link.note });
        }
        for (version, side) in
            [(from, links.iter().filter_map(|link| link.from).collect::<Vec<_>>()), (to, links.iter().filter_map(|link| link.to).collect())]
        {
            for article in (1..=version.last_article()).filter(|article| !side.iter().any(|place| place.article == *article)) {
                let missing = Place::article(article).to_string();
                self.faults.push(
                    source
                        .fault(0, format!("step.{}.links", raw.to), "concordance-uncovered")
                        .with("place", missing)
                        .with("version", version.id.to_string()),
                );
            }
        }
        Step { from: raw.from, to: raw.to, links }
    }

    fn end(&mut self, source: Source<'_>, at: usize, written: Option<&String>, version: &Version) -> Option<Place> {
        let written = written?;
        let place = written.parse::<Place>().ok();
        let full = place.and_then(|place| version.entry(place.article).filter(|entry| entry.holds(place)).map(|entry| entry.full(place)));
        if full.is_none() {
            let fault = source.fault(at, format!("step.links.{written}"), "concordance-place");
            self.faults.push(fault.with("place", written).with("version", version.id.to_string()));
        }
        full
    }
}

fn entry(raw: RawArticle, base: Option<&Version>, part: &str) -> Result<Entry, &'static str> {
    let lost: Vec<Lost> = raw
        .lost
        .into_iter()
        .map(|lost| Lost { paragraph: lost.paragraph, item: lost.item, note: Bilingual { zh: lost.zh, en: lost.en } })
        .collect();
    let origin = |number: Option<u32>| number.and_then(|number| base?.entry(number));
    let (number, note) = (raw.number, raw.note);
    let whole = |provenance, body, paragraphs| Entry { number, provenance, body, lost: Vec::new(), note: note.clone(), paragraphs };
    match raw.provenance {
        RawProvenance::Same => {
            let from = origin(raw.same).ok_or("statute-same")?;
            let text = from.text().ok_or("statute-same")?;
            let version = base.ok_or("statute-same")?.id.clone();
            let body = Body::Text(Article { number, part: part.to_owned(), paragraphs: text.paragraphs.clone() });
            Ok(whole(Provenance::Same { version, article: from.number }, body, from.paragraphs))
        }
        RawProvenance::Summary => {
            let words = raw.summary.ok_or("statute-summary")?;
            let (shape, paragraphs) = match (raw.shape, origin(raw.like)) {
                (Some(shape), None) if !shape.is_empty() => (shape, Paragraphs::Unchecked),
                (None, Some(like)) => (shape_of(like), like.paragraphs),
                _ => return Err("statute-summary"),
            };
            Ok(whole(Provenance::Summary, Body::Summary { words, shape }, paragraphs))
        }
        RawProvenance::Voted | RawProvenance::Completed | RawProvenance::Found => {
            check_items(&raw.paragraphs, &lost)?;
            let (provenance, paragraphs) = match raw.provenance {
                RawProvenance::Voted => (Provenance::Voted { copies: raw.copies }, Paragraphs::Checked),
                RawProvenance::Completed => (Provenance::Completed, Paragraphs::Unchecked),
                _ => (Provenance::Found, Paragraphs::Checked),
            };
            let body = Body::Text(Article { number, part: part.to_owned(), paragraphs: raw.paragraphs });
            Ok(Entry { lost, ..whole(provenance, body, paragraphs) })
        }
    }
}

fn shape_of(entry: &Entry) -> Vec<u32> {
    (1..=entry.paragraph_count()).map(|paragraph| u32::try_from(entry.items_of(paragraph).len()).unwrap_or(u32::MAX)).collect()
}

/// Items count 1 to n in each paragraph; what is not there is named as lost.
fn check_items(paragraphs: &[Paragraph], lost: &[Lost]) -> Result<(), &'static str> {
    if paragraphs.is_empty() || paragraphs.iter().any(|paragraph| paragraph.text.is_empty()) {
        return Err("statute-empty");
    }
    for (paragraph, number) in paragraphs.iter().zip(1_u32..) {
        let mut numbers: Vec<u32> = paragraph.items.iter().map(|item: &Item| item.number).collect();
        if !numbers.is_sorted() {
            return Err("statute-items");
        }
        numbers.extend(lost.iter().filter(|lost| lost.paragraph == number).map(|lost| lost.item));
        numbers.sort_unstable();
        if !numbers.iter().copied().eq(1..=u32::try_from(numbers.len()).unwrap_or(u32::MAX)) {
            return Err("statute-items");
        }
    }
    let last = u32::try_from(paragraphs.len()).unwrap_or(u32::MAX);
    if lost.iter().any(|lost| !(1..=last).contains(&lost.paragraph)) { Err("statute-items") } else { Ok(()) }
}
