//! Checks a unit's own letter or rule: which of its citations of a statute are outdated, broken or ambiguous, and what stands there today.
//!
//! A number alone does not say which version it was written for. What decides, in this order: a version named beside the citation; the number
//! where only one version has it; the words beside it; what the letter's other citations were written for; the day the letter was written.
//!
//! Invariants:
//! - citations of other laws, and of the letter's own articles, are left alone;
//! - where nothing decides, both readings are named and none is chosen;
//! - at most [`CITATIONS`] citations are judged, and the report says when there were more.

pub mod file;
mod fit;
mod mention;
mod word;
mod written;

use std::cell::LazyCell;
use std::collections::BTreeSet;

use anlan_base::Day;
use anlan_base::text::{Lang, text};
use serde::Serialize;

use self::file::LetterError;
use self::fit::Fit;
use self::mention::{Claim, Mention, Reader};
use crate::concordance::Landing;
use crate::library::{Library, Statute, Unresolved};
use crate::numeral;
use crate::place::Place;
use crate::version::VersionId;

/// Citations of one letter that are judged; a range counts with every article in it.
pub const CITATIONS: usize = 2_000;

/// What a letter is checked against.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// The day for which the numbers have to hold.
    pub today: Day,
    /// The day the letter was written, where somebody knows it. Otherwise it is looked for in the letter.
    pub written: Option<Day>,
}

/// What was found in a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterReport {
    /// In the order of their places.
    pub findings: Vec<LetterCitation>,
    /// Citations of the library's statutes that were judged; a range counts with every article in it.
    pub citations: usize,
    pub extent: Extent,
    /// The day the letter was taken to be written on.
    pub written: Option<Day>,
    /// The letter's lines, or its paragraphs, as read.
    pub lines: Vec<String>,
}

/// How much of the letter was judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    Whole,
    /// Only the first [`CITATIONS`].
    Cut,
}

/// A citation that needs attention.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LetterCitation {
    pub kind: LetterKind,
    pub file: String,
    /// From 1; of a Word file the paragraph.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// As it stands there, the law's name with it where it is named.
    pub found: String,
    /// As statutes are cited: `《网络安全法》第二十三条第三项`. None where nothing holds today.
    pub today: Option<String>,
    pub reason: LetterReason,
    /// The version it was written for. None where that cannot be told.
    pub written_for: Option<VersionId>,
    pub statute: String,
    /// What the letter cites.
    pub places: Vec<Place>,
    /// What answers to it today.
    pub today_places: Vec<Place>,
    /// Of an ambiguous citation: every version it may be written for, and what answers to it today.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub readings: Vec<LetterReading>,
    /// Of a broken citation: what is missing in each version that may be meant, and what there is.
    #[serde(skip)]
    pub missing: Vec<Unresolved>,
    /// Of a paragraph that does not exist where an item of that number does: the item, and what answers to it today.
    #[serde(skip)]
    pub perhaps: Option<(Place, Place)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterKind {
    /// An old number; another holds today.
    Outdated,
    /// No version has it, or nothing answers to it today.
    Broken,
    /// Several versions have it with another meaning each, and nothing decides.
    Ambiguous,
}

/// Why the citation was read as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterReason {
    /// The version is named beside it.
    Named,
    /// Only one version has this number.
    Number,
    /// The words beside it.
    Words,
    /// The letter's other citations.
    Others,
    /// The day the letter was written.
    Date,
    /// No version has it.
    Nowhere,
    /// It was dropped.
    Repealed,
    Undecided,
}

/// One way to read an ambiguous citation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LetterReading {
    pub version: VersionId,
    /// What answers to it today; empty where nothing does.
    pub today: Vec<Place>,
}

/// What a mention was written for.
enum Decision {
    For(VersionId, LetterReason),
    Open(Vec<VersionId>),
    Nowhere(Vec<Unresolved>),
}

impl Library {
    /// Checks a letter: plain text or Markdown (UTF-8, GB18030), or Word (.docx). `name` is what findings carry as their file.
    ///
    /// # Errors
    /// A file that is too long or of no kind that can be read.
    pub fn check_letter(&self, bytes: &[u8], name: &str, asked: Asked) -> Result<LetterReport, LetterError> {
        let lines = file::lines(bytes)?;
        let written = asked.written.or_else(|| written::day(&lines));
        let (mentions, extent) = Reader::new(self, &lines).read();
        let (mut findings, mut citations) = (Vec::new(), 0);
        for statute in self.statutes() {
            let judge = Judge { library: self, statute, today: asked.today, written, fit: LazyCell::new(|| Fit::new(statute)) };
            let own: Vec<&Mention> = mentions.iter().filter(|mention| mention.statute == statute.id).collect();
            for (mention, decision) in judge.decide(&own) {
                citations += mention.places.len();
                let Some(verdict) = judge.verdict(mention, decision) else { continue };
                findings.push(LetterCitation {
                    file: name.to_owned(),
                    line: mention.line + 1,
                    column: mention.column,
                    found: mention.found.clone(),
                    ..verdict
                });
            }
        }
        findings.sort_by_key(|finding| (finding.line, finding.column));
        Ok(LetterReport { findings, citations, extent, written, lines })
    }
}

/// Decides what the citations of one statute were written for.
struct Judge<'a, F: FnOnce() -> Fit> {
    library: &'a Library,
    statute: &'a Statute,
    today: Day,
    written: Option<Day>,
    /// Made when words have to decide.
    fit: LazyCell<Fit, F>,
}

impl<F: FnOnce() -> Fit> Judge<'_, F> {
    fn decide<'m>(&self, mentions: &[&'m Mention]) -> Vec<(&'m Mention, Decision)> {
        let meant = mentions.iter().filter(|mention| self.is_meant(mention));
        let mut decided: Vec<(&Mention, Decision)> = meant.map(|mention| (*mention, self.alone(mention))).collect();
        let others: BTreeSet<VersionId> = decided
            .iter()
            .filter_map(|(_, decision)| match decision {
                Decision::For(version, LetterReason::Number | LetterReason::Words) => Some(version.clone()),
                _ => None,
            })
            .collect();
        for (_, decision) in &mut decided {
            if let Decision::Open(candidates) = decision
                && let Some((version, reason)) = self.by_the_letter(candidates, &others)
            {
                *decision = Decision::For(version, reason);
            }
        }
        decided
    }

    /// A citation without a law's name is one of the statute where the words beside it are about such an article.
    fn is_meant(&self, mention: &Mention) -> bool {
        let fits = |words: &String| self.fit.best(words, &self.having(mention), &mention.places).is_some();
        mention.claim == Claim::Named || mention.beside.iter().any(fits)
    }

    /// What decides without looking at the rest of the letter.
    fn alone(&self, mention: &Mention) -> Decision {
        if let Some(version) = &mention.version {
            return match mention.places.iter().find_map(|place| self.library.resolve(version, *place).err()) {
                Some(missing) => Decision::Nowhere(vec![missing]),
                None => Decision::For(version.clone(), LetterReason::Named),
            };
        }
        let having = self.having(mention);
        let candidates = self.adopted(&having);
        match (having.as_slice(), candidates.as_slice()) {
            ([], _) => Decision::Nowhere(self.missing(mention)),
            ([only], _) => Decision::For(only.clone(), LetterReason::Number),
            (_, [only]) => Decision::For(only.clone(), LetterReason::Date),
            _ => match mention.beside.iter().find_map(|words| self.fit.best(words, &candidates, &mention.places)) {
                Some(version) => Decision::For(version, LetterReason::Words),
                None => Decision::Open(candidates),
            },
        }
    }

    /// Versions that were ever in force and have all the places.
    fn having(&self, mention: &Mention) -> Vec<VersionId> {
        let versions = self.statute.versions.iter().filter(|version| version.from.is_some());
        let has_all = |id: &VersionId| mention.places.iter().all(|place| self.library.resolve(id, *place).is_ok());
        versions.map(|version| version.id.clone()).filter(has_all).collect()
    }

    /// Those that were adopted when the letter was written; all, where none was.
    fn adopted(&self, versions: &[VersionId]) -> Vec<VersionId> {
        let Some(written) = self.written else { return versions.to_vec() };
        let was =
            |id: &&VersionId| self.library.version(id).is_some_and(|version| version.adopted.is_none_or(|adopted| adopted <= written));
        let known: Vec<VersionId> = versions.iter().filter(was).cloned().collect();
        if known.is_empty() { versions.to_vec() } else { known }
    }

    /// What is missing in the version of the letter's day; where that is not known, in each that was ever in force.
    fn missing(&self, mention: &Mention) -> Vec<Unresolved> {
        let ever: Vec<VersionId> =
            self.statute.versions.iter().filter(|version| version.from.is_some()).map(|version| version.id.clone()).collect();
        let then = self.written.map_or(ever.clone(), |_| self.adopted(&ever));
        let lacks = |version: &VersionId| mention.places.iter().find_map(|place| self.library.resolve(version, *place).err());
        then.iter().rev().filter_map(lacks).collect()
    }

    /// `第二十一条第三款` where 第三项 is meant: the item, and what answers to it today.
    fn perhaps(&self, mention: &Mention, today: &VersionId) -> Option<(Place, Place)> {
        let &[Place { article, paragraph: Some(number), item: None }] = mention.places.as_slice() else { return None };
        let item = Place::article(article).with_item(number);
        let having = self
            .statute
            .versions
            .iter()
            .filter(|version| version.from.is_some() && mention.version.as_ref().is_none_or(|named| *named == version.id));
        let landings = having.rev().find_map(|version| {
            self.library.resolve(&version.id, item).ok()?;
            Some(self.landings(&Mention { places: vec![item], ..mention.clone() }, &version.id, today))
        });
        landings?.first().map(|landing| (item, landing.place))
    }

    fn current(&self) -> Option<VersionId> {
        let version = self.library.version_on(&self.statute.id, self.today).or_else(|| self.statute.versions.last());
        version.map(|version| version.id.clone())
    }

    fn by_the_letter(&self, candidates: &[VersionId], others: &BTreeSet<VersionId>) -> Option<(VersionId, LetterReason)> {
        let only = others.first().filter(|version| others.len() == 1 && candidates.contains(version));
        if let Some(version) = only {
            return Some((version.clone(), LetterReason::Others));
        }
        let on_that_day = self.library.version_on(&self.statute.id, self.written?)?;
        candidates.contains(&on_that_day.id).then(|| (on_that_day.id.clone(), LetterReason::Date))
    }

    /// What is to be said of a mention; None where its number holds today. File and place are filled in by the caller.
    fn verdict(&self, mention: &Mention, decision: Decision) -> Option<LetterCitation> {
        let today = self.current()?;
        match decision {
            Decision::Nowhere(missing) => {
                let finding = self.finding(mention, LetterKind::Broken, LetterReason::Nowhere);
                Some(LetterCitation { missing, perhaps: self.perhaps(mention, &today), ..finding })
            }
            Decision::For(version, _) if version == today => None,
            Decision::For(version, reason) => {
                let landings = self.landings(mention, &version, &today);
                if holds(&landings, &mention.places) {
                    return None;
                }
                let (kind, reason) =
                    if landings.is_empty() { (LetterKind::Broken, LetterReason::Repealed) } else { (LetterKind::Outdated, reason) };
                let places: Vec<Place> = landings.iter().map(|landing| landing.place).collect();
                let written = (!places.is_empty()).then(|| self.cited(&places));
                let finding = self.finding(mention, kind, reason);
                Some(LetterCitation { written_for: Some(version), today: written, today_places: places, ..finding })
            }
            Decision::Open(candidates) => {
                let holds = |version: &VersionId| *version == today || holds(&self.landings(mention, version, &today), &mention.places);
                if candidates.iter().all(holds) {
                    return None;
                }
                let place_of = |version: &VersionId| self.landings(mention, version, &today).iter().map(|landing| landing.place).collect();
                let readings =
                    candidates.iter().map(|version| LetterReading { version: version.clone(), today: place_of(version) }).collect();
                Some(LetterCitation { readings, ..self.finding(mention, LetterKind::Ambiguous, LetterReason::Undecided) })
            }
        }
    }

    fn finding(&self, mention: &Mention, kind: LetterKind, reason: LetterReason) -> LetterCitation {
        LetterCitation {
            kind,
            file: String::new(),
            line: 0,
            column: 0,
            found: String::new(),
            today: None,
            reason,
            written_for: None,
            statute: self.statute.id.clone(),
            places: mention.places.clone(),
            today_places: Vec::new(),
            readings: Vec::new(),
            missing: Vec::new(),
            perhaps: None,
        }
    }

    /// What answers today to the places as written for a version.
    fn landings(&self, mention: &Mention, version: &VersionId, today: &VersionId) -> Vec<Landing> {
        let mut landings: Vec<Landing> = Vec::new();
        for place in &mention.places {
            let Ok(trace) = self.library.trace(version, *place) else { continue };
            let found = trace.in_version(today.as_str()).map(|stop| stop.landings.clone()).unwrap_or_default();
            landings
                .extend(found.into_iter().filter(|landing| landings.iter().all(|other| other.place != landing.place)).collect::<Vec<_>>());
        }
        landings
    }

    /// `《网络安全法》第二十三条、第二十七条`, `《网络安全法》第四十三条至第四十五条`.
    fn cited(&self, places: &[Place]) -> String {
        format!("《{}》{}", self.statute.short.zh, listed(places))
    }
}

/// Whether the number that was cited is the one that holds, with the same meaning.
fn holds(landings: &[Landing], places: &[Place]) -> bool {
    landings.len() == places.len()
        && landings.iter().zip(places).all(|(landing, place)| landing.place == *place && landing.change.keeps_meaning())
}

/// Places as a Chinese list; three articles, paragraphs or items or more in a row as a range: `第二十三条第一项至第四项`.
#[must_use]
pub fn listed(places: &[Place]) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut before: Option<Place> = None;
    for run in places.chunk_by(|a, b| follows(*a, *b)) {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
        let beside = before.is_some_and(|before| is_sibling(before, *first));
        parts.push(if beside { tail(*first) } else { first.zh() });
        match run.len() {
            1 => {}
            2 => parts.push(tail(*last)),
            _ => {
                if let Some(part) = parts.last_mut() {
                    part.push('至');
                    part.push_str(&tail(*last));
                }
            }
        }
        before = Some(*last);
    }
    parts.join("、")
}

/// The next number of the same kind in the same place.
fn follows(a: Place, b: Place) -> bool {
    match (a.item, b.item) {
        (Some(item), Some(next)) => is_sibling(a, b) && item + 1 == next,
        (None, None) if a.paragraph.is_some() => is_sibling(a, b) && a.paragraph.map(|number| number + 1) == b.paragraph,
        (None, None) => b == Place::article(a.article + 1),
        _ => false,
    }
}

/// Items of one list, or paragraphs of one article.
fn is_sibling(a: Place, b: Place) -> bool {
    let is_items = a.item.is_some() && b.item.is_some() && a.paragraph == b.paragraph;
    let is_paragraphs = a.item.is_none() && b.item.is_none() && a.paragraph.is_some() && b.paragraph.is_some();
    a.article == b.article && (is_items || is_paragraphs)
}

/// The last number of a place: `第三项`, `第二款`, `第四条`.
fn tail(place: Place) -> String {
    let (number, unit) = match (place.paragraph, place.item) {
        (_, Some(item)) => (item, '项'),
        (Some(paragraph), None) => (paragraph, '款'),
        (None, None) => (place.article, '条'),
    };
    format!("第{}{unit}", numeral::chinese(number))
}

impl LetterCitation {
    /// What is wrong and why it was read so, in the reader's language.
    #[must_use]
    pub fn explain(&self, library: &Library, lang: Lang) -> String {
        let label = |id: &VersionId| library.version(id).map_or_else(|| id.to_string(), |version| version.label.show(lang).to_owned());
        let version = self.written_for.as_ref().map(label).unwrap_or_default();
        let today = show(&self.today_places, lang);
        match (self.kind, self.missing.as_slice()) {
            (LetterKind::Broken, missing @ [_, ..]) => {
                let joint = if lang == Lang::Zh { "；" } else { "; " };
                let missing: Vec<String> = missing.iter().map(|missing| missing.said(library, lang)).collect();
                let told = text(lang, "letter-nowhere", &[("missing", &missing.join(joint))]);
                let Some((item, now)) = self.perhaps else { return told };
                let hint = text(lang, "letter-perhaps-item", &[("item", &item.show(lang)), ("today", &now.show(lang))]);
                format!("{told}{joint}{hint}")
            }
            (LetterKind::Broken, []) => text(lang, "letter-repealed", &[("version", &version)]),
            (LetterKind::Outdated, _) => {
                let why = text(lang, self.reason.key(), &[]);
                text(lang, "letter-outdated", &[("version", &version), ("today", &today), ("why", &why)])
            }
            (LetterKind::Ambiguous, _) => {
                let one = |reading: &LetterReading| {
                    text(lang, "letter-reading", &[("version", &label(&reading.version)), ("today", &show(&reading.today, lang))])
                };
                let readings = self.readings.iter().map(one).collect::<Vec<_>>().join(if lang == Lang::Zh { "；" } else { "; " });
                text(lang, "letter-ambiguous", &[("readings", &readings)])
            }
        }
    }
}

fn show(places: &[Place], lang: Lang) -> String {
    match lang {
        Lang::Zh => listed(places),
        Lang::En => places.iter().map(|place| place.en()).collect::<Vec<_>>().join(", "),
    }
}

impl LetterReason {
    /// Key of its text in the locale files.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Named => "letter-why-named",
            Self::Number => "letter-why-number",
            Self::Words => "letter-why-words",
            Self::Others => "letter-why-others",
            Self::Date => "letter-why-date",
            Self::Nowhere => "letter-why-nowhere",
            Self::Repealed => "letter-why-repealed",
            Self::Undecided => "letter-why-undecided",
        }
    }
}
