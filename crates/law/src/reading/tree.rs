//! What was read: documents with their parts, articles, paragraphs and items, each with its place in the source.

use super::marker::Style;
use super::page::Place;

/// What kind of text it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Statute,
    /// An institution's own rules or letter.
    Rules,
}

impl Kind {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Statute => "statute",
            Self::Rules => "rules",
        }
    }
}

/// One legal text of a page.
#[derive(Clone, Debug)]
pub struct Document {
    pub file: String,
    /// The nearest heading line before it, without what the page set around it; empty where there is none.
    pub title: String,
    pub kind: Kind,
    /// Such as `csl@2016`; none where the text is not a known one.
    pub version: Option<String>,
    pub place: Place,
    pub parts: Vec<Part>,
    pub articles: Vec<ReadArticle>,
    /// What stands before the first heading of a text that starts inside an article that nothing tells the number of.
    pub head: Option<ReadArticle>,
    /// The files that a merged document was made of; empty for one that was read.
    pub sources: Vec<String>,
}

impl Document {
    #[must_use]
    pub fn article(&self, number: u32) -> Option<&ReadArticle> {
        self.articles.iter().find(|article| article.number == number)
    }

    /// The highest number.
    #[must_use]
    pub fn last_number(&self) -> u32 {
        self.articles.iter().map(|article| article.number).max().unwrap_or(0)
    }
}

/// Level of a [`Part`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartLevel {
    /// 编
    Book,
    /// 章
    Chapter,
    /// 节
    Section,
}

impl PartLevel {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Book => "part",
            Self::Chapter => "chapter",
            Self::Section => "section",
        }
    }
}

/// A heading above articles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub level: PartLevel,
    pub number: u32,
    pub title: String,
    pub place: Place,
}

/// An article, or the top unit of a rule set that has none.
#[derive(Clone, Debug, Default)]
pub struct ReadArticle {
    pub number: u32,
    pub place: Place,
    /// Chapter and section that it stands in: `第三章 网络运行安全 第一节 一般规定`.
    pub part: String,
    pub paragraphs: Vec<ReadParagraph>,
    /// The text breaks off.
    pub truncated: bool,
    /// Of a merged article: which files gave it.
    pub sources: Vec<String>,
    /// Of a merged article: taken from a text of another version, and so only likely.
    pub derived: bool,
    /// The characters as read, each with its index in the page.
    pub(super) raw: Vec<(char, u32)>,
}

impl ReadArticle {
    /// All words in one line, items with their marks.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for paragraph in &self.paragraphs {
            text.push_str(&paragraph.text);
            for item in &paragraph.items {
                text.push_str(&item.mark());
                text.push_str(&item.text);
            }
        }
        text
    }

    pub fn items(&self) -> impl Iterator<Item = &ReadItem> {
        self.paragraphs.iter().flat_map(|paragraph| &paragraph.items)
    }

    /// As an article of a known text.
    #[must_use]
    pub fn to_article(&self) -> crate::Article {
        let item = |item: &ReadItem| crate::Item { number: item.number, text: item.text.clone() };
        let paragraph = |p: &ReadParagraph| crate::Paragraph { text: p.text.clone(), items: p.items.iter().map(item).collect() };
        crate::Article { number: self.number, part: self.part.clone(), paragraphs: self.paragraphs.iter().map(paragraph).collect() }
    }
}

/// A paragraph (款): its own words, then its items.
#[derive(Clone, Debug, Default)]
pub struct ReadParagraph {
    pub place: Place,
    pub text: String,
    pub items: Vec<ReadItem>,
}

/// An item (项).
#[derive(Clone, Debug)]
pub struct ReadItem {
    pub number: u32,
    pub place: Place,
    /// Without its mark.
    pub text: String,
    pub(super) style: Style,
    /// Of a merged item: the file that gave it, where not all did.
    pub source: Option<String>,
    pub derived: bool,
}

impl ReadItem {
    /// The mark as printed: `（三）`.
    #[must_use]
    pub fn mark(&self) -> String {
        self.style.mark(self.number)
    }
}
