//! Which known text a document is: by the words of its title, its highest number and its words, article by article.

use super::Known;
use super::body::{self, Lists};
use super::compare::{likeness, words};
use super::normal::Flow;
use super::page::Page;
use super::tree::Document;
use crate::Article;

/// Most articles of a document that are compared with a known text.
pub const MOST_COMPARED: usize = 400;
/// As alike must the articles be on the whole.
const ENOUGH: f64 = 0.6;
/// The same where the title says nothing.
const ENOUGH_WITHOUT_TITLE: f64 = 0.75;

/// An article of a known text.
pub(super) struct KnownArticle {
    pub number: u32,
    pub text: String,
    pub words: Vec<char>,
    pub items: Vec<(u32, String)>,
}

/// A known text prepared for comparison.
pub(super) struct Prepared<'a> {
    pub known: &'a Known,
    core: String,
    pub articles: Vec<KnownArticle>,
}

pub(super) fn prepare(known: &[Known]) -> Vec<Prepared<'_>> {
    let prepared = known.iter().map(|known| {
        let articles = known.articles.iter().map(known_article).collect();
        Prepared { known, core: core(&known.title), articles }
    });
    prepared.collect()
}

/// Where a known article is kept as one line, its items are read from it.
fn known_article(article: &Article) -> KnownArticle {
    let text = article.text();
    let mut items: Vec<(u32, String)> = article.items().map(|item| (item.number, item.text.clone())).collect();
    if items.is_empty() && text.contains("（一）") {
        let page = Page::new(&text);
        let flow = Flow::new(&page);
        let body = body::read(&page, &flow, 0..flow.glyphs.len(), &[], Lists::Statute);
        items = body.paragraphs.into_iter().flat_map(|p| p.items).map(|item| (item.number, item.text)).collect();
    }
    KnownArticle { number: article.number, words: words(&text), text, items }
}

impl Prepared<'_> {
    pub fn article(&self, number: u32) -> Option<&KnownArticle> {
        self.articles.iter().find(|article| article.number == number)
    }

    pub fn item(&self, article: u32, item: u32) -> Option<&str> {
        self.article(article)?.items.iter().find(|(number, _)| *number == item).map(|(_, text)| text.as_str())
    }

    pub fn is_draft(&self) -> bool {
        self.known.id.contains("draft") || self.known.title.contains("草案")
    }

    fn last_number(&self) -> u32 {
        self.articles.iter().map(|article| article.number).max().unwrap_or(0)
    }
}

/// `中华人民共和国网络安全法（草案）` as `网络安全法`.
pub(super) fn core(title: &str) -> String {
    let title = title.split('（').next().unwrap_or(title);
    let title = title.trim_start_matches("中华人民共和国").trim_end_matches("草案二次审议稿").trim_end_matches("草案");
    title.trim_matches(['《', '》']).to_owned()
}

/// The known text that a document is, as an index.
pub(super) fn recognise(document: &Document, known: &[Prepared<'_>]) -> Option<usize> {
    let draft = is_draft_title(&document.title);
    let title = core(&document.title);
    let mut best: Option<(usize, f64)> = None;
    for (index, candidate) in known.iter().enumerate() {
        let same_title = !title.is_empty() && (candidate.core == title || title.ends_with(&candidate.core));
        if draft && !candidate.is_draft() {
            continue;
        }
        let too_high = document.last_number() > candidate.last_number() && candidate.articles.len() >= 3;
        let floor = if same_title { ENOUGH } else { ENOUGH_WITHOUT_TITLE };
        let mut score = score(document, candidate);
        if too_high {
            score -= 0.3;
        }
        if year_named(&document.title).is_some_and(|year| candidate.known.id.ends_with(&year)) {
            score += 0.05;
        }
        if !draft && candidate.is_draft() {
            score -= 0.02;
        }
        if score >= floor && best.is_none_or(|(_, old)| score > old) {
            best = Some((index, score));
        }
    }
    best.map(|(index, _)| index)
}

/// Mean likeness of the articles of the same number.
fn score(document: &Document, known: &Prepared<'_>) -> f64 {
    let (mut sum, mut count) = (0.0, 0_usize);
    for article in document.articles.iter().filter(|a| !a.truncated).take(MOST_COMPARED) {
        if let Some(other) = known.article(article.number) {
            sum += likeness(&words(&article.text()), &other.words);
            count += 1;
        }
    }
    let enough = document.articles.len().min(3);
    if count < enough.max(1) { 0.0 } else { sum / count as f64 }
}

pub(super) fn is_draft_title(title: &str) -> bool {
    title.contains("草案") || title.contains("审议稿") || title.contains("征求意见稿")
}

/// `2025` of `（2025年修正）`.
fn year_named(title: &str) -> Option<String> {
    let at = title.find("年修")?;
    let digits: String = title.get(..at)?.chars().rev().take_while(char::is_ascii_digit).collect();
    (digits.len() == 4).then(|| digits.chars().rev().collect())
}

/// The id of a draft or amendment of a known statute that is itself not among the known texts: told by its title alone.
pub(super) fn by_title(document: &Document, known: &[Prepared<'_>], page_has_second_draft: bool) -> Option<String> {
    let title = core(&document.title);
    let base = known.iter().find(|candidate| candidate.core == title)?.known.id.split('@').next()?;
    if is_draft_title(&document.title) {
        let second = page_has_second_draft || document.title.contains("二次");
        return Some(format!("{base}@{}", if second { "draft2" } else { "draft" }));
    }
    year_named(&document.title).map(|year| format!("{base}@{year}"))
}
