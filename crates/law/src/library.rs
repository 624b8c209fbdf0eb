//! The library: statutes in their versions, where a citation stands in them, and what answers to it in another version.
//!
//! ```
//! use anlan_law::{Library, VersionId};
//! let library = Library::shipped();
//! let draft: VersionId = "csl@draft2".parse().expect("a version");
//! let cited = library.cite("第二十条第三项", Some(&draft)).expect("a citation");
//! let trace = library.trace(&draft, cited[0].place).expect("it stands in the draft");
//! assert_eq!(trace.in_version("csl@2025").map(|stop| stop.landings[0].place.to_string()).as_deref(), Some("23(3)"));
//! ```
//!
//! Invariants:
//! - a library is whole or is not made: [`Library::parse`] names every fault;
//! - what is shown says how it is known: voted, completed, as found, a summary, imported;
//! - an imported official text fills only what the box has no text for; where it differs elsewhere, that is listed.

pub mod file;
pub mod lookup;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use anlan_base::Day;
use anlan_base::text::{Lang, text};
use serde::Serialize;
use thiserror::Error;

use self::file::Folder;
use crate::concordance::{Carried, Change, Ending, Landing, Step, Way};
use crate::fault::Fault;
use crate::place::Place;
use crate::reading::Known;
use crate::shipped;
use crate::tree::Article;
use crate::version::{Body, Entry, Imported, Lost, Paragraphs, Provenance, Version, VersionId};
use crate::words::Bilingual;

/// A statute with all its versions, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statute {
    /// Such as `csl`.
    pub id: String,
    pub title: Bilingual,
    pub short: Bilingual,
    /// Other names in Chinese letters and rules.
    pub names: Vec<String>,
    pub versions: Vec<Version>,
    /// From each version to the next.
    pub steps: Vec<Step>,
}

/// All statutes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Library {
    statutes: Vec<Statute>,
}

/// A place that exists in a version.
#[derive(Clone, Debug)]
pub struct Resolved<'a> {
    pub version: &'a Version,
    pub entry: &'a Entry,
    /// With the paragraph of an item named.
    pub place: Place,
    pub certainty: Certainty<'a>,
}

/// How sure it is that the place is the one that is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty<'a> {
    Certain,
    /// The breaks between paragraphs were not checked on an official text.
    ParagraphUnchecked,
    /// The place exists, but the source lost its words.
    Lost(&'a Lost),
}

/// A place that does not exist, and what does.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Unresolved {
    #[error("no version {0}")]
    Version(VersionId),
    #[error("{version} has no Article {article}; its last is {last}")]
    Article { version: VersionId, article: u32, last: u32 },
    #[error("{version} Article {article} has no paragraph {paragraph}; it has {count}")]
    Paragraph { version: VersionId, article: u32, paragraph: u32, count: u32 },
    #[error("{version} Article {} has no item {item}", place.article)]
    Item { version: VersionId, place: Place, item: u32, items: Vec<u32> },
}

impl Unresolved {
    /// In the reader's language, naming what exists; versions by their ids.
    #[must_use]
    pub fn message(&self, lang: Lang) -> String {
        self.told(self.version().as_str(), lang)
    }

    /// As [`Self::message`], with the version as people call it: `《网络安全法》（2025年修正）`.
    #[must_use]
    pub fn said(&self, library: &Library, lang: Lang) -> String {
        let id = self.version();
        let (Some(version), Some(statute)) = (library.version(id), library.statute(id.statute())) else { return self.message(lang) };
        let (title, label) = (statute.short.show(lang), version.label.show(lang));
        let told = self.told(&text(lang, "cite-version", &[("title", title), ("label", label)]), lang);
        // No blank behind a bracket that takes a whole square.
        told.replacen("） ", "）", 1)
    }

    fn version(&self) -> &VersionId {
        match self {
            Self::Version(version) | Self::Article { version, .. } | Self::Paragraph { version, .. } | Self::Item { version, .. } => {
                version
            }
        }
    }

    fn told(&self, version: &str, lang: Lang) -> String {
        match self {
            Self::Version(_) => text(lang, "cite-no-version", &[("version", version)]),
            Self::Article { article, last, .. } => {
                text(lang, "cite-no-article", &[("version", version), ("article", &article.to_string()), ("last", &last.to_string())])
            }
            Self::Paragraph { article, paragraph, count, .. } => {
                let (article, paragraph, count) = (article.to_string(), paragraph.to_string(), count.to_string());
                let args = [("version", version), ("article", &article), ("paragraph", &paragraph), ("count", &count)];
                text(lang, "cite-no-paragraph", &args)
            }
            Self::Item { place, item, items, .. } => {
                let (article, item) = (place.article.to_string(), item.to_string());
                let listed = items.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
                let key = if items.is_empty() { "cite-no-items" } else { "cite-no-item" };
                text(lang, key, &[("version", version), ("article", &article), ("item", &item), ("items", &listed)])
            }
        }
    }
}

/// A place in every version of its statute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trace {
    /// One for each version, oldest first.
    pub stops: Vec<Stop>,
}

/// Where a place stands in one version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stop {
    pub version: VersionId,
    /// Several where it was split; none where it was dropped, is not yet there, or cannot be told.
    pub landings: Vec<Landing>,
    /// Parts of the place in the neighbouring version that nothing answers to here.
    pub endings: Vec<Ending>,
}

impl Trace {
    /// The stop at a version, such as `csl@2025`.
    #[must_use]
    pub fn in_version(&self, version: &str) -> Option<&Stop> {
        self.stops.iter().find(|stop| stop.version.as_str() == version)
    }
}

/// Why a text cannot be laid over a version.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ImportError {
    #[error("no version {0}")]
    Version(VersionId),
    #[error("the text has {found} articles; the version has {expected}, numbered 1 to {expected}")]
    Articles { expected: u32, found: usize },
    #[error("Article {article} has items {found:?}; the version has {expected:?}")]
    Items { article: u32, expected: Vec<u32>, found: Vec<u32> },
}

static SHIPPED: LazyLock<Library> = LazyLock::new(|| {
    // The packs are compiled in and read by a test; a broken one shows as an empty library, never a panic.
    Library::parse(shipped::FILES).unwrap_or_default()
});

impl Library {
    /// Reads every folder that holds a `statute.toml` below a folder `statutes`. Paths are relative to `packs/`, with `/`; other files are passed over.
    ///
    /// # Errors
    /// All faults that were found.
    pub fn parse(files: &[(&str, &str)]) -> Result<Self, Vec<Fault>> {
        let by_path: BTreeMap<&str, &str> = files.iter().copied().collect();
        let (mut statutes, mut faults) = (Vec::new(), Vec::new());
        for path in by_path.keys().filter(|path| path.contains("statutes/")) {
            let Some(folder) = path.strip_suffix("statute.toml") else { continue };
            match Folder::new(folder, &by_path).read() {
                Ok(statute) => statutes.push(statute),
                Err(found) => faults.extend(found),
            }
        }
        if faults.is_empty() { Ok(Self { statutes }) } else { Err(faults) }
    }

    /// The library of the packs that are compiled in.
    #[must_use]
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    #[must_use]
    pub fn statutes(&self) -> &[Statute] {
        &self.statutes
    }

    #[must_use]
    pub fn statute(&self, id: &str) -> Option<&Statute> {
        self.statutes.iter().find(|statute| statute.id == id)
    }

    #[must_use]
    pub fn version(&self, id: &VersionId) -> Option<&Version> {
        self.statute(id.statute())?.versions.iter().find(|version| version.id == *id)
    }

    /// All versions as texts that a reader of pages can recognise; articles without words are left out.
    #[must_use]
    pub fn known_texts(&self) -> Vec<Known> {
        let of = |statute: &Statute, version: &Version| Known {
            id: version.id.to_string(),
            title: statute.title.zh.clone(),
            articles: version.entries().iter().filter_map(|entry| entry.text().cloned()).collect(),
        };
        self.statutes.iter().flat_map(|statute| statute.versions.iter().map(move |version| of(statute, version))).collect()
    }

    /// The version of a statute that is in force on a day.
    #[must_use]
    pub fn version_on(&self, statute: &str, day: Day) -> Option<&Version> {
        self.statute(statute)?.versions.iter().find(|version| version.force(day) == crate::version::Force::InForce)
    }

    /// The place in a version, and how sure it is.
    ///
    /// # Errors
    /// What does not exist: the version, article, paragraph or item.
    pub fn resolve(&self, id: &VersionId, place: Place) -> Result<Resolved<'_>, Unresolved> {
        let version = self.version(id).ok_or_else(|| Unresolved::Version(id.clone()))?;
        resolve_in(version, place)
    }

    /// What answers to a place in every version of the statute.
    ///
    /// # Errors
    /// Where the place does not stand in the version it is named for.
    pub fn trace(&self, id: &VersionId, place: Place) -> Result<Trace, Unresolved> {
        let resolved = self.resolve(id, place)?;
        let statute = self.statute(id.statute()).ok_or_else(|| Unresolved::Version(id.clone()))?;
        let start = statute.versions.iter().position(|version| version.id == *id).ok_or_else(|| Unresolved::Version(id.clone()))?;
        let landing = Landing { place: resolved.place, change: Change::Same, carried: Carried::Whole, note: None };
        let first = Stop {
            version: id.clone(),
            landings: vec![Landing { place: resolved.entry.plain(resolved.place), ..landing.clone() }],
            endings: Vec::new(),
        };
        let is_whole = place.paragraph.is_none() && place.item.is_none();
        let mut stops = vec![first];
        let mut walk = Walk { statute, is_whole, landings: vec![landing.clone()], ended: Vec::new() };
        for at in start..statute.steps.len() {
            stops.extend(walk.on(at, Way::Forward));
        }
        let mut walk = Walk { statute, is_whole, landings: vec![landing], ended: Vec::new() };
        for at in (0..start).rev() {
            if let Some(stop) = walk.on(at, Way::Back) {
                stops.insert(0, stop);
            }
        }
        Ok(Trace { stops })
    }

    /// The library with an official text laid over a version: articles that the box has only a summary of show it.
    ///
    /// # Errors
    /// Where the text is not one of this version: other articles, or other items in an article.
    pub fn with_text(&self, id: &VersionId, articles: &[Article], digest: &str, on: Day) -> Result<Self, ImportError> {
        let mut library = self.clone();
        let version = library
            .statutes
            .iter_mut()
            .flat_map(|statute| &mut statute.versions)
            .find(|version| version.id == *id)
            .ok_or_else(|| ImportError::Version(id.clone()))?;
        let is_whole = articles.iter().map(|article| article.number).eq(1..=version.last_article());
        if !is_whole {
            return Err(ImportError::Articles { expected: version.last_article(), found: articles.len() });
        }
        let mut differs = Vec::new();
        for (entry, article) in version.entries.iter_mut().zip(articles) {
            let (expected, found) = (entry.items(), article.items().map(|item| item.number).collect::<Vec<_>>());
            if expected != found {
                return Err(ImportError::Items { article: entry.number, expected, found });
            }
            match &entry.body {
                Body::Text(shown) if shown.text() == article.text() => {}
                Body::Text(_) => differs.push(entry.number),
                Body::Summary { .. } => {
                    entry.body = Body::Text(article.clone());
                    entry.provenance = Provenance::Imported;
                    entry.paragraphs = Paragraphs::Checked;
                }
            }
        }
        version.imported = Some(Imported { digest: digest.to_owned(), on, differs });
        Ok(library)
    }
}

pub(crate) fn resolve_in(version: &Version, place: Place) -> Result<Resolved<'_>, Unresolved> {
    let id = || version.id.clone();
    let entry = version.entry(place.article);
    let entry = entry.ok_or_else(|| Unresolved::Article { version: id(), article: place.article, last: version.last_article() })?;
    let count = entry.paragraph_count();
    if let Some(paragraph) = place.paragraph.filter(|paragraph| !(1..=count).contains(paragraph)) {
        return Err(Unresolved::Paragraph { version: id(), article: place.article, paragraph, count });
    }
    if let Some(item) = place.item.filter(|_| !entry.holds(place)) {
        let items = place.paragraph.map_or_else(|| entry.items(), |paragraph| entry.items_of(paragraph));
        return Err(Unresolved::Item { version: id(), place, item, items });
    }
    let full = entry.full(place);
    let lost = entry.lost.iter().find(|lost| Some(lost.paragraph) == full.paragraph && Some(lost.item) == full.item);
    let certainty = match lost {
        Some(lost) => Certainty::Lost(lost),
        None if place.paragraph.is_some() && entry.paragraphs == Paragraphs::Unchecked => Certainty::ParagraphUnchecked,
        None => Certainty::Certain,
    };
    Ok(Resolved { version, entry, place: full, certainty })
}

/// On the way from version to version.
struct Walk<'a> {
    statute: &'a Statute,
    /// A whole article was asked about.
    is_whole: bool,
    /// Where the place stands in the version reached, as exactly as the links tell.
    landings: Vec<Landing>,
    /// Why it stands nowhere there: what is new in one version is in none before it.
    ended: Vec<Ending>,
}

impl Walk<'_> {
    /// Through the step at `at` to the next version.
    fn on(&mut self, at: usize, way: Way) -> Option<Stop> {
        let (step, pair) = (self.statute.steps.get(at)?, self.statute.versions.get(at..at + 2)?);
        let target = match way {
            Way::Forward => &pair[1],
            Way::Back => &pair[0],
        };
        let (mut landings, mut endings) = (Vec::new(), Vec::new());
        for from in &self.landings {
            let (found, lost) = step.walk(from.place, way, target);
            let came = |landing: Landing| Landing {
                change: landing.change.max(from.change),
                carried: landing.carried.max(from.carried),
                ..landing
            };
            landings.extend(found.into_iter().map(came));
            endings.extend(lost);
        }
        in_order(&mut landings);
        endings.sort_by_key(|ending| ending.place);
        endings.dedup();
        if self.landings.is_empty() {
            endings.clone_from(&self.ended);
        }
        self.ended.clone_from(&endings);
        let origins: Vec<u32> = self.landings.iter().map(|landing| landing.place.article).collect();
        let mut shown = if self.is_whole { step.gather(&landings, &origins, way) } else { landings.clone() };
        for landing in &mut shown {
            landing.place = target.entry(landing.place.article).map_or(landing.place, |entry| entry.plain(landing.place));
        }
        in_order(&mut shown);
        self.landings = landings;
        Some(Stop { version: target.id.clone(), landings: shown, endings })
    }
}

fn in_order(landings: &mut Vec<Landing>) {
    landings.sort_by_key(Landing::order);
    landings.dedup_by(|later, first| later.place == first.place);
}
