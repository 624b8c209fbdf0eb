//! A version of a statute: its validity, its articles, and how each article's words are known.
//!
//! Invariants:
//! - articles are numbered 1 to n without a gap;
//! - validity is stored per version and never read from the text;
//! - an article whose official text is not in the box has a summary and the numbers of its paragraphs and items, never invented words;
//! - an item that a source lost is named; the place exists, its words do not.

use std::fmt;
use std::str::FromStr;

use anlan_base::Day;
use anlan_base::text::Lang;
use serde::{Deserialize, Serialize};

use crate::place::Place;
use crate::tree::{Article, Item};
use crate::words::Bilingual;

/// A version of a statute, such as `csl@2016`: the statute's id, `@`, the edition. Lower-case letters and digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VersionId(String);

/// What is no [`VersionId`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no version: write it like csl@2016")]
pub struct VersionIdError(pub String);

/// Letters of a statute's id, and of an edition.
const ID_CHARS: usize = 32;

fn is_id(part: &str) -> bool {
    (1..=ID_CHARS).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

impl VersionId {
    /// The statute's id, such as `csl`.
    #[must_use]
    pub fn statute(&self) -> &str {
        self.0.split_once('@').map_or("", |(statute, _)| statute)
    }

    /// The edition, such as `2016`.
    #[must_use]
    pub fn edition(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, edition)| edition)
    }

    /// Stands for a version that nobody named.
    pub(crate) fn unknown() -> Self {
        Self("-@-".to_owned())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for VersionId {
    type Err = VersionIdError;
    fn from_str(s: &str) -> Result<Self, VersionIdError> {
        match s.split_once('@') {
            Some((statute, edition)) if is_id(statute) && is_id(edition) => Ok(Self(s.to_owned())),
            _ => Err(VersionIdError(s.to_owned())),
        }
    }
}

impl TryFrom<String> for VersionId {
    type Error = VersionIdError;
    fn try_from(s: String) -> Result<Self, VersionIdError> {
        s.parse()
    }
}

impl From<VersionId> for String {
    fn from(id: VersionId) -> Self {
        id.0
    }
}

impl fmt::Display for VersionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One version of a statute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    pub id: VersionId,
    /// Such as `2016年`.
    pub label: Bilingual,
    /// Words in or beside a citation that name this version.
    pub marks: Vec<String>,
    /// Those of the marks that stand for the law's name too.
    pub alone: Vec<String>,
    pub adopted: Option<Day>,
    /// First day in force. None: never.
    pub from: Option<Day>,
    /// Last day in force. None: open.
    pub until: Option<Day>,
    pub note: Bilingual,
    /// Headings and the first article under each.
    pub parts: Vec<(u32, Bilingual)>,
    pub(crate) entries: Vec<Entry>,
    /// Where an official text was laid over the version.
    pub imported: Option<Imported>,
}

/// The official text that a user brought in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// SHA-256 of the file or the pasted text, in hexadecimal digits.
    pub digest: String,
    pub on: Day,
    /// Articles whose imported words differ from those in the box; the box's are shown.
    pub differs: Vec<u32>,
}

/// Whether a version holds on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Force {
    InForce,
    /// It begins on this day.
    From(Day),
    /// This was its last day.
    Until(Day),
    Never,
}

impl Version {
    /// All articles, in order.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    #[must_use]
    pub fn entry(&self, article: u32) -> Option<&Entry> {
        self.entries.get(usize::try_from(article).ok()?.checked_sub(1)?)
    }

    #[must_use]
    pub fn last_article(&self) -> u32 {
        u32::try_from(self.entries.len()).unwrap_or(u32::MAX)
    }

    /// The heading that an article stands under.
    #[must_use]
    pub fn part(&self, article: u32) -> Option<&Bilingual> {
        self.parts.iter().rev().find(|(from, _)| *from <= article).map(|(_, title)| title)
    }

    #[must_use]
    pub fn force(&self, day: Day) -> Force {
        match (self.from, self.until) {
            (None, _) => Force::Never,
            (Some(from), _) if day < from => Force::From(from),
            (_, Some(until)) if until < day => Force::Until(until),
            _ => Force::InForce,
        }
    }
}

impl Bilingual {
    /// The words of one language.
    #[must_use]
    pub fn show(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// How an article's words are known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Provenance {
    /// Several damaged copies agreed, or the only copy that holds it was taken: `copies` of them hold the article whole.
    Voted { copies: u32 },
    /// In no copy; completed from elsewhere, not checked against the official text, nor are the breaks of its paragraphs.
    Completed,
    /// As one page has it, damage included.
    Found,
    /// The same words as this article of an earlier version.
    Same { version: VersionId, article: u32 },
    /// Only a summary of our own; the official text is not in the box.
    Summary,
    /// From the official text that a user brought in.
    Imported,
}

/// An article in a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub number: u32,
    pub provenance: Provenance,
    pub body: Body,
    /// Items that the source lost.
    pub lost: Vec<Lost>,
    pub note: Option<Bilingual>,
    /// Whether paragraph numbers were checked on a text.
    pub paragraphs: Paragraphs,
}

/// Whether the numbers of paragraphs can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Paragraphs {
    Checked,
    Unchecked,
}

/// What stands in an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    Text(Article),
    /// The official text is not in the box: a summary, and for each paragraph how many items it has.
    Summary {
        words: Bilingual,
        shape: Vec<u32>,
    },
}

/// An item that the source of a text lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    pub paragraph: u32,
    pub item: u32,
    pub note: Bilingual,
}

impl Entry {
    /// The text, where the box holds it.
    #[must_use]
    pub fn text(&self) -> Option<&Article> {
        match &self.body {
            Body::Text(article) => Some(article),
            Body::Summary { .. } => None,
        }
    }

    #[must_use]
    pub fn summary(&self) -> Option<&Bilingual> {
        match &self.body {
            Body::Text(_) => None,
            Body::Summary { words, .. } => Some(words),
        }
    }

    /// How many paragraphs the article has.
    #[must_use]
    pub fn paragraph_count(&self) -> u32 {
        let count = match &self.body {
            Body::Text(article) => article.paragraphs.len(),
            Body::Summary { shape, .. } => shape.len(),
        };
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// The items of a paragraph, lost ones included, in order.
    #[must_use]
    pub fn items_of(&self, paragraph: u32) -> Vec<u32> {
        let Some(index) = usize::try_from(paragraph).ok().and_then(|number| number.checked_sub(1)) else { return Vec::new() };
        let mut items: Vec<u32> = match &self.body {
            Body::Text(article) => article.paragraphs.get(index).map(|paragraph| paragraph.items.iter().map(|item| item.number).collect()),
            Body::Summary { shape, .. } => shape.get(index).map(|count| (1..=*count).collect()),
        }
        .unwrap_or_default();
        items.extend(self.lost.iter().filter(|lost| lost.paragraph == paragraph).map(|lost| lost.item));
        items.sort_unstable();
        items
    }

    /// All items of the article, in order of paragraphs.
    #[must_use]
    pub fn items(&self) -> Vec<u32> {
        (1..=self.paragraph_count()).flat_map(|paragraph| self.items_of(paragraph)).collect()
    }

    /// The paragraphs that hold an item of this number.
    fn holders(&self, item: u32) -> impl Iterator<Item = u32> + '_ {
        (1..=self.paragraph_count()).filter(move |paragraph| self.items_of(*paragraph).contains(&item))
    }

    /// The place with the paragraph of its item named, where one paragraph alone holds it.
    #[must_use]
    pub fn full(&self, place: Place) -> Place {
        let (None, Some(item)) = (place.paragraph, place.item) else { return place };
        let mut holders = self.holders(item);
        match (holders.next(), holders.next()) {
            (Some(only), None) => place.with_paragraph(only),
            _ => place,
        }
    }

    /// Whether the article has this paragraph and item.
    #[must_use]
    pub fn holds(&self, place: Place) -> bool {
        let has_paragraph = place.paragraph.is_none_or(|paragraph| (1..=self.paragraph_count()).contains(&paragraph));
        let has_item = match (place.paragraph, place.item) {
            (_, None) => true,
            (None, Some(item)) => self.holders(item).next().is_some(),
            (Some(paragraph), Some(item)) => self.items_of(paragraph).contains(&item),
        };
        place.article == self.number && has_paragraph && has_item
    }

    /// The place as it is usually cited: an item that stands once in the article without its paragraph, the only paragraph not at all.
    #[must_use]
    pub fn plain(&self, place: Place) -> Place {
        match (place.paragraph, place.item) {
            (Some(_), Some(item)) if self.holders(item).nth(1).is_none() => Place { paragraph: None, ..place },
            (Some(_), None) if self.paragraph_count() == 1 => Place { paragraph: None, ..place },
            _ => place,
        }
    }

    /// The words of a place of this article, in one line. None where the box does not hold them.
    #[must_use]
    pub fn words(&self, place: Place) -> Option<String> {
        let article = self.text()?;
        let place = self.full(place);
        let Some(paragraph) = place.paragraph else { return Some(article.text()) };
        let paragraph = article.paragraphs.get(usize::try_from(paragraph).ok()?.checked_sub(1)?)?;
        match place.item {
            Some(number) => paragraph.items.iter().find(|item| item.number == number).map(|item| item.text.clone()),
            None => Some(Article { number: self.number, part: String::new(), paragraphs: vec![paragraph.clone()] }.text()),
        }
    }

    /// An item's text by its number, wherever it stands.
    #[must_use]
    pub fn item(&self, number: u32) -> Option<&Item> {
        self.text()?.items().find(|item| item.number == number)
    }
}
