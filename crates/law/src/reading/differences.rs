//! A recognised text against the known one, word by word: every difference is a finding.

use super::body::Jump;
use super::build::Built;
use super::compare::{self, Hunk, is_word};
use super::finding::{Finding, FindingKind};
use super::page::{Page, Place};
use super::tree::ReadArticle;
use super::versions::{KnownArticle, Prepared};

/// Most differences of one article that are told one by one.
pub const MOST_DIFFERENCES: usize = 100;
/// Added words from this length on are a block and no slip.
const BLOCK: usize = 8;

/// Compares all articles; marks those whose end is missing.
pub(super) fn compare(page: &Page, built: &mut Built, known: &Prepared<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let last = built.document.articles.len().saturating_sub(1);
    let has_head = built.has_head;
    for (nth, article) in built.document.articles.iter_mut().enumerate() {
        let Some(other) = known.article(article.number) else { continue };
        let jumps: Vec<&Jump> = built.jumps.iter().filter(|(number, _)| *number == article.number).map(|(_, jump)| jump).collect();
        let side = Side { page, article, other, is_last: nth == last, is_headless: nth == 0 && has_head };
        let (found, truncated) = side.compare(&jumps);
        article.truncated |= truncated;
        findings.extend(found);
    }
    findings.extend(end(page, built, known));
    findings
}

/// The known text goes on where this one ends. An excerpt, which does not begin with the first article either, may end where it likes.
fn end(page: &Page, built: &Built, known: &Prepared<'_>) -> Option<Finding> {
    if built.has_head || built.document.articles.first().is_some_and(|first| first.number > 1) {
        return None;
    }
    let last = built.document.articles.last().filter(|last| !last.truncated)?;
    let next = known.articles.iter().filter(|article| article.number > last.number).min_by_key(|article| article.number)?;
    let place = last.raw.last().map_or(last.place, |(_, at)| page.place(*at));
    let heading = format!("第{}条{}", crate::numeral::chinese(next.number), next.text);
    let tail: String = last.text().chars().rev().take(20).collect::<Vec<_>>().into_iter().rev().collect();
    Some(Finding::at(FindingKind::Truncated, place, 0.95).found(tail).expected(super::finding::excerpt(&heading)).article(last.number))
}

struct Side<'a> {
    page: &'a Page,
    article: &'a ReadArticle,
    other: &'a KnownArticle,
    is_last: bool,
    is_headless: bool,
}

impl Side<'_> {
    fn compare(&self, jumps: &[&Jump]) -> (Vec<Finding>, bool) {
        let letters: Vec<(char, u32)> =
            self.article.raw.iter().filter(|(c, _)| is_word(*c)).take(compare::LONGEST_COMPARED).copied().collect();
        let own: Vec<char> = letters.iter().map(|(c, _)| *c).collect();
        if own == self.other.words {
            return (Vec::new(), false);
        }
        let (mut findings, lost) = self.lost_items(jumps);
        let expected = self.without(&lost);
        let hunks = compare::diff(&own, &expected);
        let mut truncated = false;
        for hunk in hunks.iter().take(MOST_DIFFERENCES) {
            let at_end = hunk.old.is_empty() && hunk.old.start == own.len() && hunk.new.end == expected.len();
            if self.is_headless && hunk.old.is_empty() && hunk.old.start == 0 {
                continue;
            }
            if at_end && (self.is_last || !lost.is_empty() && hunk.new.len() > 1) {
                truncated = true;
            }
            if at_end && self.is_last && self.article.truncated {
                continue;
            }
            findings.push(self.finding(hunk, &letters, &expected, at_end));
        }
        (findings, truncated)
    }

    fn finding(&self, hunk: &Hunk, letters: &[(char, u32)], expected: &[char], at_end: bool) -> Finding {
        let place = self.place(letters, hunk.old.start);
        let word = |all: &[char], range: std::ops::Range<usize>| all.get(range).unwrap_or_default().iter().collect::<String>();
        let own: Vec<char> = letters.iter().map(|(c, _)| *c).collect();
        let (old, new) = (word(&own, hunk.old.clone()), word(expected, hunk.new.clone()));
        // One character before shows which word it is.
        let before = hunk.old.start.checked_sub(1).and_then(|at| own.get(at)).map(char::to_string).unwrap_or_default();
        let (kind, confidence) = match (hunk.old.len(), hunk.new.len()) {
            (0, _) if at_end => (FindingKind::Truncated, 0.95),
            (0, _) => (FindingKind::MaskedText, 0.9),
            (old, 0) if old >= BLOCK => (FindingKind::ForeignBlock, 0.8),
            (_, 0) if !old.chars().all(super::normal::is_han) => (FindingKind::StrayMark, 0.9),
            _ if old.contains(['x', 'X', '*']) => (FindingKind::MaskedText, 0.9),
            (old, new) if old <= 6 && new <= 6 => (FindingKind::OcrSuspect, 0.95),
            _ => (FindingKind::OcrSuspect, 0.7),
        };
        Finding::at(kind, place, confidence).found(format!("{before}{old}")).expected(format!("{before}{new}")).article(self.article.number)
    }

    fn place(&self, letters: &[(char, u32)], at: usize) -> Place {
        letters.get(at).or(letters.last()).map_or(self.article.place, |(_, at)| self.page.place(*at))
    }

    /// Items of the known article that this one lacks; those whose number does not jump are told here.
    fn lost_items(&self, jumps: &[&Jump]) -> (Vec<Finding>, Vec<u32>) {
        let mut lost: Vec<u32> = jumps.iter().flat_map(|jump| jump.missing.clone()).collect();
        let mut findings = Vec::new();
        if self.article.truncated && self.is_last {
            return (findings, lost);
        }
        for (number, text) in &self.other.items {
            if lost.contains(number) || self.article.items().any(|item| item.number == *number) {
                continue;
            }
            if self.is_last && self.article.items().all(|item| item.number < *number) {
                continue;
            }
            lost.push(*number);
            let place = self.article.raw.last().map_or(self.article.place, |(_, at)| self.page.place(*at));
            findings
                .push(Finding::at(FindingKind::LostItem, place, 0.98).article(self.article.number).item(*number).expected(text.clone()));
        }
        (findings, lost)
    }

    /// The known words without the items that are lost anyway.
    fn without(&self, lost: &[u32]) -> Vec<char> {
        let mut text = self.other.text.clone();
        for (number, item) in self.other.items.iter().filter(|(number, _)| lost.contains(number)) {
            text = text.replacen(&format!("（{}）{item}", crate::numeral::chinese(*number)), "", 1);
        }
        compare::words(&text)
    }
}

/// Which known article the words before the first heading are from.
pub(super) fn article_of_head(head: &ReadArticle, first: u32, known: &Prepared<'_>) -> Option<u32> {
    const ENOUGH: f64 = 0.45;
    let own = compare::words(&head.text());
    let before = known.articles.iter().filter(|article| article.number < first);
    let alike = before.map(|article| (share(&own, &article.words), article.number));
    alike.filter(|(share, _)| *share >= ENOUGH).max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, number)| number)
}

/// How much of a fragment stands in an article.
fn share(fragment: &[char], article: &[char]) -> f64 {
    let whole = compare::likeness(fragment, article);
    whole * (fragment.len() + article.len()) as f64 / (2 * fragment.len().max(1)) as f64
}
