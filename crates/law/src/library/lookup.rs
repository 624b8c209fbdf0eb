//! Looking things up: a citation as it is to be shown, and articles that contain words.
//!
//! Invariants: nothing is shown without how it is known; a search looks at every version, has a bound on its words, and its ranges lie on characters.

use std::ops::Range;

use anlan_base::Day;
use serde::Serialize;
use thiserror::Error;

use crate::citation::Citation;
use crate::cursor::fold;
use crate::library::{Library, Resolved, Statute, Trace, Unresolved};
use crate::place::Place;
use crate::version::{Body, Entry, Force, Version, VersionId};

/// Words of a search.
pub const TERMS: usize = 16;
/// Characters of a search.
pub const QUERY_CHARS: usize = 200;
/// Articles that one search returns.
pub const HITS: usize = 500;

/// A citation, ready to be shown.
#[derive(Clone, Debug)]
pub struct Shown<'a> {
    /// With its version named.
    pub citation: Citation,
    pub statute: &'a Statute,
    /// Version, article, exact place, and how sure it is.
    pub resolved: Resolved<'a>,
    /// The words of the place; None where the box holds only a summary, or the source lost them.
    pub words: Option<String>,
    /// Whether the version holds on the day that was asked about.
    pub force: Force,
    /// The place in every version.
    pub trace: Trace,
    /// What answers to it in the version that holds on that day; the same citation where that is this version.
    pub today: Vec<Citation>,
}

/// An article that contains all words of a search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hit {
    pub version: VersionId,
    pub article: u32,
    /// Where the words stand, in order.
    pub spots: Vec<Spot>,
}

/// A paragraph or item that contains words of a search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Spot {
    /// Of a summary: the article.
    pub place: Place,
    pub text: String,
    /// Bytes in `text`, in order, not overlapping.
    pub ranges: Vec<Range<usize>>,
    pub origin: Origin,
}

/// Whose words were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    Text,
    /// A summary of our own, in Chinese.
    SummaryZh,
    SummaryEn,
}

/// Why nothing can be searched for.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum SearchError {
    #[error("nothing to search for")]
    Empty,
    #[error("more than {TERMS} words")]
    ManyTerms,
    #[error("more than {QUERY_CHARS} characters")]
    Long,
}

impl SearchError {
    /// In the reader's language.
    #[must_use]
    pub fn message(self, lang: anlan_base::text::Lang) -> String {
        let (key, most) = match self {
            Self::Empty => ("law-search-empty", 0),
            Self::ManyTerms => ("law-search-many", TERMS),
            Self::Long => ("law-search-long", QUERY_CHARS),
        };
        anlan_base::text::text(lang, key, &[("most", &most.to_string())])
    }
}

impl Library {
    /// A citation with its words, validity and counterparts. Without a version, the one in force on `day` is meant, or the last where none is.
    ///
    /// # Errors
    /// What of it does not exist.
    pub fn show(&self, citation: &Citation, day: Day) -> Result<Shown<'_>, Unresolved> {
        let version = citation.version.as_ref().and_then(|id| self.version(id)).or_else(|| {
            let meant = self.version_on(&citation.statute, day).or_else(|| self.statute(&citation.statute)?.versions.last());
            meant.filter(|_| citation.version.is_none())
        });
        let version = version.ok_or_else(|| Unresolved::Version(missing(citation)))?;
        let resolved = self.resolve(&version.id, citation.place)?;
        let statute = self.statute(version.id.statute()).ok_or_else(|| Unresolved::Version(version.id.clone()))?;
        let trace = self.trace(&version.id, citation.place)?;
        let today = self.version_on(&statute.id, day).map_or_else(Vec::new, |today| self.answers(&trace, &today.id));
        let words = match resolved.certainty {
            crate::library::Certainty::Lost(_) => None,
            _ => resolved.entry.words(resolved.place),
        };
        let citation = Citation { version: Some(version.id.clone()), ..citation.clone() };
        Ok(Shown { citation, statute, words, force: version.force(day), resolved, trace, today })
    }

    /// The places of a trace in one version, as citations.
    #[must_use]
    pub fn answers(&self, trace: &Trace, version: &VersionId) -> Vec<Citation> {
        let landings = trace.in_version(version.as_str()).map(|stop| stop.landings.as_slice()).unwrap_or_default();
        let cite = |place| Citation { statute: version.statute().to_owned(), version: Some(version.clone()), place };
        landings.iter().map(|landing| cite(landing.place)).collect()
    }

    /// Articles of all versions that contain every word of `query`, newest version first, at most [`HITS`].
    /// Words are parted by blanks; width and case of letters do not matter.
    ///
    /// # Errors
    /// An empty query or one past [`TERMS`] or [`QUERY_CHARS`].
    pub fn search(&self, query: &str) -> Result<Vec<Hit>, SearchError> {
        if query.chars().count() > QUERY_CHARS {
            return Err(SearchError::Long);
        }
        let terms: Vec<Vec<char>> = query.split_whitespace().map(|term| term.chars().map(plain).collect()).collect();
        match terms.len() {
            0 => return Err(SearchError::Empty),
            1..=TERMS => {}
            _ => return Err(SearchError::ManyTerms),
        }
        let versions = self.statutes().iter().flat_map(|statute| statute.versions.iter().rev());
        Ok(versions.flat_map(|version| version.entries().iter().filter_map(|entry| hit(version, entry, &terms))).take(HITS).collect())
    }
}

/// The id of a version that is not there.
fn missing(citation: &Citation) -> VersionId {
    let unknown = || format!("{}@-", citation.statute).parse().ok();
    citation.version.clone().or_else(unknown).unwrap_or_else(VersionId::unknown)
}

fn plain(c: char) -> char {
    fold(c).to_ascii_lowercase()
}

fn hit(version: &Version, entry: &Entry, terms: &[Vec<char>]) -> Option<Hit> {
    let mut found = vec![false; terms.len()];
    let mut spots = Vec::new();
    for (place, text, origin) in texts(entry) {
        let ranges = ranges_in(text, terms, &mut found);
        if !ranges.is_empty() {
            spots.push(Spot { place, text: text.to_owned(), ranges, origin });
        }
    }
    found.iter().all(|found| *found).then(|| Hit { version: version.id.clone(), article: entry.number, spots })
}

/// Every paragraph and item of an article, or its summary in both languages.
fn texts(entry: &Entry) -> Vec<(Place, &str, Origin)> {
    let article = Place::article(entry.number);
    match &entry.body {
        Body::Summary { words, .. } => {
            vec![(article, words.zh.as_str(), Origin::SummaryZh), (article, words.en.as_str(), Origin::SummaryEn)]
        }
        Body::Text(text) => {
            let mut texts = Vec::new();
            for (paragraph, number) in text.paragraphs.iter().zip(1_u32..) {
                let place = article.with_paragraph(number);
                texts.push((entry.plain(place), paragraph.text.as_str(), Origin::Text));
                texts.extend(
                    paragraph.items.iter().map(|item| (entry.plain(place.with_item(item.number)), item.text.as_str(), Origin::Text)),
                );
            }
            texts
        }
    }
}

/// Where the terms stand in a text; overlapping ones as one range.
fn ranges_in(text: &str, terms: &[Vec<char>], found: &mut [bool]) -> Vec<Range<usize>> {
    let signs: Vec<(usize, char)> = text.char_indices().map(|(at, c)| (at, plain(c))).collect();
    let end_of = |sign: usize| signs.get(sign).map_or(text.len(), |(at, _)| *at);
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for (term, found) in terms.iter().zip(found) {
        for start in 0..(signs.len() + 1).saturating_sub(term.len()) {
            if signs[start..start + term.len()].iter().map(|(_, c)| c).eq(term) {
                *found = true;
                ranges.push(end_of(start)..end_of(start + term.len()));
            }
        }
    }
    ranges.sort_by_key(|range| (range.start, range.end));
    ranges.into_iter().fold(Vec::new(), |mut joined: Vec<Range<usize>>, range| {
        match joined.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
        joined
    })
}
