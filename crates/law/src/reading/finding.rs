//! What is damaged in a text that was read: where, what stood there, what should stand there, how sure that is.
//!
//! Invariant: a finding never changes the text it speaks of. Its words for people stand in `locales/*/law.ftl` as `finding-<kind>`.

use serde::Serialize;

use super::page::Place;

/// Most characters of the source that a finding repeats.
pub const LONGEST_EXCERPT: usize = 60;

/// The closed list of damages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// An item's number is missing in its list, or its words are.
    LostItem,
    /// An article's number is missing between its neighbours.
    LostArticle,
    /// The text breaks off.
    Truncated,
    /// A heading stands in the middle of a line, behind other words.
    GluedHeading,
    /// A word that is probably another one, misread by a machine.
    OcrSuspect,
    /// A mark that the page or its scanner added.
    StrayMark,
    /// An article quoted outside the text itself.
    Quotation,
    /// Words that were masked or dropped: `***`, `xxxx`, an empty date.
    MaskedText,
    /// Words that belong to the page and not to the text.
    ForeignBlock,
    /// The text starts inside an article whose heading is not there.
    HeadlessStart,
}

impl FindingKind {
    pub const ALL: [Self; 10] = [
        Self::LostItem,
        Self::LostArticle,
        Self::Truncated,
        Self::GluedHeading,
        Self::OcrSuspect,
        Self::StrayMark,
        Self::Quotation,
        Self::MaskedText,
        Self::ForeignBlock,
        Self::HeadlessStart,
    ];

    /// As in the JSON: `lost_item`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::LostItem => "lost_item",
            Self::LostArticle => "lost_article",
            Self::Truncated => "truncated",
            Self::GluedHeading => "glued_heading",
            Self::OcrSuspect => "ocr_suspect",
            Self::StrayMark => "stray_mark",
            Self::Quotation => "quotation",
            Self::MaskedText => "masked_text",
            Self::ForeignBlock => "foreign_block",
            Self::HeadlessStart => "headless_start",
        }
    }

    /// The key of its words in the locale files: `finding-lost-item`.
    #[must_use]
    pub fn key(self) -> String {
        format!("finding-{}", self.name().replace('_', "-"))
    }
}

/// One damage. Lines and columns count from 1, columns in characters of the decoded file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    pub kind: FindingKind,
    pub file: String,
    pub line: usize,
    pub column: usize,
    pub article: Option<u32>,
    pub item: Option<u32>,
    /// What stands there, at most [`LONGEST_EXCERPT`] characters of it.
    pub found: String,
    /// What should stand there, as another copy or a known text has it; empty where nothing is known.
    pub expected: String,
    /// From 0 to 1.
    pub confidence: f64,
    /// Index of the document that it concerns; none where it concerns the page.
    pub document: Option<usize>,
}

impl Finding {
    pub(super) fn at(kind: FindingKind, place: Place, confidence: f64) -> Self {
        Self {
            kind,
            file: String::new(),
            line: place.line,
            column: place.column,
            article: None,
            item: None,
            found: String::new(),
            expected: String::new(),
            confidence,
            document: None,
        }
    }

    pub(super) fn found(mut self, text: impl AsRef<str>) -> Self {
        self.found = excerpt(text.as_ref());
        self
    }

    pub(super) fn expected(mut self, text: impl Into<String>) -> Self {
        self.expected = text.into();
        self
    }

    pub(super) fn article(mut self, article: u32) -> Self {
        self.article = Some(article);
        self
    }

    pub(super) fn item(mut self, item: u32) -> Self {
        self.item = Some(item);
        self
    }

    pub(super) fn document(mut self, document: Option<usize>) -> Self {
        self.document = document;
        self
    }
}

/// The first [`LONGEST_EXCERPT`] characters, with `…` where more follow.
pub(super) fn excerpt(text: &str) -> String {
    let mut chars = text.chars();
    let mut short: String = chars.by_ref().take(LONGEST_EXCERPT).collect();
    if chars.next().is_some() {
        short.push('…');
    }
    short
}
