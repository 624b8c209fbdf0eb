//! Reads legal texts out of damaged pages: finds them, splits them into articles and items, and says what is damaged.
//!
//! Invariants:
//! - pure: bytes and known texts in, documents and findings out; never fails, whatever the bytes are;
//! - nothing is corrected in silence, nothing is numbered anew: what was cut, folded or is missing is a finding;
//! - linear in the page, or bounded by the limits that stand as constants in the stages.
//!
//! The stages, each a file: `page` (places) → `normal` → `titles`, `headings` → `chain` (which numbers are headings) → `locate`, `rules`,
//! `explain` → `extent`, `foreign` → `body`, `build` (the tree) → `between` → `versions` → `losses`, `differences`, `masked`, `suspects` → `merge`, `report`.

mod between;
mod body;
mod build;
mod chain;
mod compare;
mod differences;
mod explain;
mod extent;
mod finding;
mod foreign;
mod headings;
mod locate;
mod losses;
mod markdown;
mod marker;
mod masked;
mod merge;
mod normal;
mod page;
mod report;
mod rules;
mod suspects;
mod titles;
mod tree;
mod versions;

pub use explain::{ExplainedPlace, Explanation, ExplanationPoint};
pub use finding::{Finding, FindingKind};
pub use headings::MOST_HEADINGS;
pub use merge::{Merged, merge};
pub use page::Place;
pub use report::{Report, report};
pub use tree::{Document, Kind, Part, PartLevel, ReadArticle, ReadItem, ReadParagraph};

use crate::{Article, decode};
use build::{Built, Source};
use headings::Heading;
use normal::Flow;
use page::Page;
use versions::Prepared;

/// Longest file that is read, in bytes; what is beyond is not looked at.
pub const MOST_BYTES: usize = 64 << 20;
/// Most findings of a file; the others are counted.
pub const MOST_FINDINGS: usize = 5_000;
/// Most quoted articles of a file that are told.
pub const MOST_QUOTATIONS: usize = 500;
/// Most stray marks of a file that are told one by one.
pub const MOST_MARKS_TOLD: usize = 2_000;

/// A text that is known: a version of a statute.
#[derive(Clone, Debug)]
pub struct Known {
    /// Such as `csl@2016`.
    pub id: String,
    pub title: String,
    /// In the order of their numbers; may have gaps.
    pub articles: Vec<Article>,
}

/// What was read in one file.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    pub file: String,
    pub documents: Vec<Document>,
    /// In the order of their places.
    pub findings: Vec<Finding>,
    pub explanations: Vec<Explanation>,
    /// Findings beyond [`MOST_FINDINGS`].
    pub more_findings: usize,
}

impl Reading {
    /// The articles of the document that is the text of a version: of several the fullest. Empty where there is none.
    #[must_use]
    pub fn articles_of(&self, version: &str) -> Vec<Article> {
        let documents = self.documents.iter().filter(|document| document.version.as_deref() == Some(version));
        let fullest = documents.max_by_key(|document| document.articles.len());
        fullest.map_or_else(Vec::new, |document| document.articles.iter().map(ReadArticle::to_article).collect())
    }
}

/// Reads all legal texts in a file (in an encoding that [`decode`] knows). `file` is the name that findings carry.
#[must_use]
pub fn read(file: &str, bytes: &[u8], known: &[Known]) -> Reading {
    let page = Page::new(&decode::lossy(bytes.get(..MOST_BYTES).unwrap_or(bytes)));
    let flow = Flow::new(&page);
    let known = versions::prepare(known);
    let mut reader =
        Reader { page: &page, flow: &flow, known: &known, file, cut: vec![false; flow.glyphs.len()], findings: Vec::new(), more: 0 };
    reader.read()
}

struct Reader<'a> {
    page: &'a Page,
    flow: &'a Flow,
    known: &'a [Prepared<'a>],
    file: &'a str,
    cut: Vec<bool>,
    findings: Vec<Finding>,
    more: usize,
}

impl Reader<'_> {
    fn read(&mut self) -> Reading {
        let titles = titles::scan(self.flow);
        let candidates = headings::scan(self.flow);
        let located = locate::locate(self.flow, &titles, &candidates.headings);
        self.more = candidates.more + usize::from(located.more);
        let marks = rules::marks(self.flow);
        let mut built: Vec<Built> = Vec::new();
        let mut explanations = Vec::new();
        let mut floor = 0;
        let ends: Vec<usize> = located.spans.iter().map(|span| span.start).chain([self.flow.glyphs.len()]).collect();
        for (nth, end) in ends.into_iter().enumerate() {
            if let Some(explanation) = explain::find(self.page, self.flow, &marks, floor..end) {
                explanations.push((explanation, built.len().checked_sub(1)));
            } else if !(located.more || candidates.more > 0) {
                let rules = rules::locate(self.flow, &titles, &marks, floor..end.max(floor));
                let file = self.file;
                built.extend(rules.iter().map(|rules| build::units(&mut self.source(), rules, file)));
            }
            if let Some(span) = located.spans.get(nth) {
                let file = self.file;
                built.push(build::articles(&mut self.source(), span, file));
                floor = span.extent.end;
            }
        }
        let explanations = self.explanations(explanations);
        self.judge(&mut built, &explanations);
        self.quotations(&located.quoted, &built, &explanations);
        self.between(&built, &explanations);
        self.page_findings(&built);
        self.finish(built, explanations)
    }

    fn source(&mut self) -> Source<'_> {
        Source { page: self.page, flow: self.flow, cut: &mut self.cut }
    }

    fn explanations(&self, found: Vec<(Explanation, Option<usize>)>) -> Vec<Explanation> {
        found.into_iter().map(|(explanation, document)| Explanation { file: self.file.to_owned(), document, ..explanation }).collect()
    }

    /// Versions, losses, truncation, differences from known texts.
    fn judge(&mut self, built: &mut [Built], explanations: &[Explanation]) {
        let recognised: Vec<Option<usize>> = built.iter().map(|built| versions::recognise(&built.document, self.known)).collect();
        let lists = losses::lists(built, self.known);
        let mut lookups = 0;
        for (nth, (built, recognised)) in built.iter_mut().zip(recognised).enumerate() {
            let known = recognised.and_then(|index| self.known.get(index));
            built.document.version = known.map(|known| known.known.id.clone());
            let own: Vec<Explanation> = explanations.iter().filter(|e| e.document == Some(nth)).cloned().collect();
            if let Some(known) = known.filter(|_| built.document.title.is_empty()) {
                built.document.title.clone_from(&known.known.title);
            }
            if known.is_none() {
                built.document.version = versions::by_title(&built.document, self.known, !own.is_empty());
            }
            let mut findings = std::mem::take(&mut built.findings);
            findings.extend(head(built, known));
            findings.extend(losses::truncation(self.page, built));
            findings.extend(losses::items(nth, built, known, &lists, &own, &mut lookups));
            findings.extend(losses::articles(&built.document, built.has_head, known));
            if let Some(known) = known {
                findings.extend(differences::compare(self.page, built, known));
                one_truncation(&mut findings);
            }
            self.findings.extend(findings.into_iter().map(|finding| finding.document(Some(nth))));
        }
    }

    /// Headings that are part of no sequence, and articles that a sentence quotes.
    fn quotations(&mut self, quoted: &[Heading], built: &[Built], explanations: &[Explanation]) {
        const SHORTEST_QUOTED: usize = 8;
        let explained = |at: usize| explanations.iter().any(|e| e.range.contains(&at));
        for heading in quoted.iter().chain(&cited(self.flow)).take(MOST_QUOTATIONS) {
            if explained(heading.start) {
                continue;
            }
            let line = self.flow.lines.partition_point(|line| line.end <= heading.start);
            let Some(end) = self.flow.lines.get(line).map(|line| line.end) else { continue };
            if end.saturating_sub(heading.end) < SHORTEST_QUOTED {
                continue;
            }
            let text = titles::glyph_text(self.flow, heading.start..end.min(heading.start + 2 * finding::LONGEST_EXCERPT));
            let document = built.iter().position(|built| built.range.contains(&heading.start));
            let place = self.place(heading.start);
            self.findings.push(Finding::at(FindingKind::Quotation, place, 0.9).found(text).article(heading.number).document(document));
        }
    }

    /// What lies between two texts belongs to the page.
    fn between(&mut self, built: &[Built], explanations: &[Explanation]) {
        for range in between::unread(built, explanations) {
            let text = titles::glyph_text(self.flow, range.start..range.end.min(range.start + finding::LONGEST_EXCERPT + 1));
            self.findings.push(Finding::at(FindingKind::ForeignBlock, self.place(range.start), 0.6).found(text));
        }
    }

    /// Damage that shows character by character, inside documents and around them.
    fn page_findings(&mut self, built: &[Built]) {
        let within = |at: usize| built.iter().position(|built| built.range.contains(&at));
        let mut found = Vec::new();
        if !built.is_empty() {
            self.more += self.flow.marks.len().saturating_sub(MOST_MARKS_TOLD);
            for mark in self.flow.marks.iter().take(MOST_MARKS_TOLD) {
                let glyph = self.flow.glyphs.partition_point(|glyph| glyph.at < mark.at);
                let finding = Finding::at(FindingKind::StrayMark, self.page.place(mark.at), 0.9).found(&mark.found).expected(mark.expected);
                found.push((glyph, finding));
            }
            for masked in masked::find(self.flow) {
                found.push((masked.at, Finding::at(FindingKind::MaskedText, self.place(masked.at), masked.confidence).found(masked.found)));
            }
            for line in self.flow.lines.iter().take(3).filter(|line| foreign::is_nav(&foreign::line_text(self.flow, line))) {
                let text = titles::glyph_text(self.flow, line.clone());
                found.push((line.start, Finding::at(FindingKind::ForeignBlock, self.place(line.start), 0.8).found(text)));
            }
        }
        let read_by_machine = self.flow.spaced_lines * 2 > self.flow.lines.len();
        for suspect in suspects::find(self.flow, read_by_machine) {
            let place = self.place(suspect.at);
            let told = self.findings.iter().any(|f| f.kind == FindingKind::OcrSuspect && (f.line, f.column) == (place.line, place.column));
            if within(suspect.at).is_some() && !told {
                let finding =
                    Finding::at(FindingKind::OcrSuspect, place, suspect.confidence).found(suspect.found).expected(suspect.expected);
                found.push((suspect.at, finding));
            }
        }
        for (glyph, finding) in found {
            let document = within(glyph);
            let article = document.and_then(|index| built.get(index)).and_then(|built| article_at(built, &finding));
            self.findings.push(Finding { article, ..finding }.document(document));
        }
    }

    fn place(&self, glyph: usize) -> Place {
        self.flow.glyphs.get(glyph).map(|g| self.page.place(g.at)).unwrap_or_default()
    }

    fn finish(&mut self, built: Vec<Built>, explanations: Vec<Explanation>) -> Reading {
        let mut findings = std::mem::take(&mut self.findings);
        for finding in &mut findings {
            self.file.clone_into(&mut finding.file);
        }
        findings.sort_by_key(|f| (f.line, f.column, f.kind, f.item));
        let more = findings.len().saturating_sub(MOST_FINDINGS);
        findings.truncate(MOST_FINDINGS);
        let documents = built.into_iter().map(|built| built.document).collect();
        Reading { file: self.file.to_owned(), documents, findings, explanations, more_findings: self.more + more }
    }
}

/// Where a known text shows that an article breaks off, the guess that it does is not told beside it.
fn one_truncation(findings: &mut Vec<Finding>) {
    let shown: Vec<Option<u32>> =
        findings.iter().filter(|f| f.kind == FindingKind::Truncated && !f.expected.is_empty()).map(|f| f.article).collect();
    findings.retain(|f| f.kind != FindingKind::Truncated || !f.expected.is_empty() || !shown.contains(&f.article));
}

/// The last article that starts before the finding.
fn article_at(built: &Built, finding: &Finding) -> Option<u32> {
    let place = Place { line: finding.line, column: finding.column };
    let articles = &built.document.articles;
    let count = articles.partition_point(|article| article.place <= place);
    articles.get(count.checked_sub(1)?).map(|article| article.number)
}

/// A text that starts inside an article: which one, a known text can say.
fn head(built: &mut Built, known: Option<&Prepared<'_>>) -> Option<Finding> {
    let head = built.document.head.as_ref()?;
    let first = built.document.articles.first()?.number;
    let number = known.and_then(|known| differences::article_of_head(head, first, known));
    let confidence = if number.is_some() { 0.95 } else { 0.7 };
    let mut finding = Finding::at(FindingKind::HeadlessStart, head.place, confidence).found(head.text());
    finding.article = number;
    if let Some(number) = number
        && let Some(mut article) = built.document.head.take()
    {
        finding.expected = format!("第{}条", crate::numeral::chinese(number));
        article.number = number;
        built.document.articles.insert(0, article);
    }
    Some(finding)
}

/// `根据《…法》第三条规定：…`: an article quoted inside a sentence.
fn cited(flow: &Flow) -> Vec<Heading> {
    let mut found = Vec::new();
    for (at, glyph) in flow.glyphs.iter().enumerate() {
        if glyph.c != '》' || found.len() >= MOST_QUOTATIONS || headings::char_at(flow, at + 1) != Some('第') {
            continue;
        }
        found.extend(headings::quoted_at(flow, at + 1));
    }
    found
}
