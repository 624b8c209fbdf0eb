//! What is missing: articles and items whose numbers are skipped, texts that break off, beginnings without a heading. Offers the words that another copy or
//! a known text has.

use super::body::{breaks_off, is_complete};
use super::build::Built;
use super::compare::{likeness, words};
use super::explain::Explanation;
use super::finding::{Finding, FindingKind};
use super::page::Page;
use super::tree::{Document, Kind, ReadArticle};
use super::versions::Prepared;

/// Most missing items for which other copies are looked through.
pub const MOST_LOOKUPS: usize = 200;
/// Most places of one document where a list jumps.
pub const MOST_JUMPS: usize = 2_000;
/// Most articles with lists that they are looked up in.
pub const MOST_LISTS: usize = 400;
/// Most missing articles of one document that are told one by one.
pub const MOST_LOST_ARTICLES: u32 = 100;
/// As alike must two articles be for one to offer the other's items.
const ALIKE: f64 = 0.4;
/// The same for two items.
const ALIKE_ITEMS: f64 = 0.5;

/// An article with a list, of any text at hand.
pub(super) struct ListArticle {
    /// The document of the page that it stands in; none of a known text.
    document: Option<usize>,
    words: Vec<char>,
    items: Vec<(u32, String, Vec<char>)>,
}

pub(super) fn list_of(document: usize, article: &ReadArticle) -> Option<ListArticle> {
    let items: Vec<(u32, String, Vec<char>)> = article.items().map(|item| (item.number, item.text.clone(), words(&item.text))).collect();
    (items.len() >= 2).then(|| ListArticle { document: Some(document), words: words(&article.text()), items })
}

/// Lists of all texts at hand: the known ones, and those of the page.
pub(super) fn lists(built: &[Built], known: &[Prepared<'_>]) -> Vec<ListArticle> {
    let known = known.iter().flat_map(|known| &known.articles).filter_map(|article| {
        let items: Vec<(u32, String, Vec<char>)> =
            article.items.iter().map(|(number, text)| (*number, text.clone(), words(text))).collect();
        (items.len() >= 2).then(|| ListArticle { document: None, words: article.words.clone(), items })
    });
    let numbered = built.iter().enumerate().flat_map(|(nth, built)| built.document.articles.iter().map(move |article| (nth, article)));
    let read = numbered.filter_map(|(nth, article)| list_of(nth, article));
    known.chain(read).take(MOST_LISTS).collect()
}

/// The words of a missing item, as the article most like this one has them; and how sure that is.
pub(super) fn missing_item(own_documents: &[usize], article: &ReadArticle, number: u32, lists: &[ListArticle]) -> Option<(String, f64)> {
    let own = words(&article.text());
    let present: Vec<(u32, Vec<char>)> = article.items().map(|item| (item.number, words(&item.text))).collect();
    let others = lists.iter().filter(|list| !list.document.is_some_and(|document| own_documents.contains(&document)));
    let alike = others.map(|list| (likeness(&own, &list.words), list)).filter(|(alike, list)| *alike >= ALIKE && offers(list, &present));
    let (alike, list) = alike.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    let matched: Vec<Option<usize>> = present.iter().map(|(_, words)| best_item(words, list)).collect();
    let before = present.iter().zip(&matched).filter(|((n, _), _)| *n < number).filter_map(|(_, at)| *at).max();
    let behind = present.iter().zip(&matched).filter(|((n, _), _)| *n > number).filter_map(|(_, at)| *at).min();
    let range = before.map_or(0, |at| at + 1)..behind.unwrap_or(list.items.len());
    let free: Vec<usize> = range.filter(|at| !matched.contains(&Some(*at))).collect();
    let missing_before = (1..number).rev().take_while(|n| !present.iter().any(|(p, _)| p == n)).count();
    let missing_behind =
        (number + 1..).take_while(|n| present.iter().any(|(p, _)| p > n) && !present.iter().any(|(p, _)| p == n)).take(50).count();
    let exact = free.len() == missing_before + missing_behind + 1;
    let pick = if exact { free.get(missing_before) } else { free.get(missing_before).or(free.last()) };
    let (_, text, _) = list.items.get(*pick?)?;
    let sure = if exact { 0.5 + alike * 0.4 } else { 0.4 };
    Some((text.clone(), sure))
}

/// A list that has at least one item that this one has not.
fn offers(list: &ListArticle, present: &[(u32, Vec<char>)]) -> bool {
    list.items.iter().any(|(_, _, words)| !present.iter().any(|(_, own)| likeness(own, words) >= ALIKE_ITEMS))
}

fn best_item(words: &[char], list: &ListArticle) -> Option<usize> {
    let alike = list.items.iter().enumerate().map(|(at, (_, _, other))| (likeness(words, other), at));
    alike.filter(|(alike, _)| *alike >= ALIKE_ITEMS).max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, at)| at)
}

/// Findings for the lists that jump.
pub(super) fn items(
    nth: usize,
    built: &Built,
    known: Option<&Prepared<'_>>,
    lists: &[ListArticle],
    explanations: &[Explanation],
    lookups: &mut usize,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, jump) in built.jumps.iter().take(MOST_JUMPS) {
        let article = built.document.article(*number);
        for item in jump.missing.clone() {
            let mut finding =
                Finding::at(FindingKind::LostItem, jump.place, jump.confidence).found(&jump.found).article(*number).item(item);
            let known_item = known.and_then(|known| known.item(*number, item));
            if let Some(text) = known_item {
                finding = finding.expected(text);
                finding.confidence = 0.99;
            } else if let Some((text, sure)) = article.filter(|_| *lookups < MOST_LOOKUPS).and_then(|article| {
                *lookups += 1;
                missing_item(&[nth], article, item, lists)
            }) {
                // Sure that it is lost, less sure of its words: the lesser counts where words are offered.
                finding = finding.expected(text);
                finding.confidence = sure.min(jump.confidence);
            }
            if explains(explanations, *number, item) {
                finding.confidence = finding.confidence.max(0.98);
            }
            findings.push(finding);
        }
    }
    findings
}

/// Whether an explanation of this document names the missing item.
fn explains(explanations: &[Explanation], article: u32, item: u32) -> bool {
    let points = explanations.iter().flat_map(|explanation| &explanation.explanation_points);
    points.flat_map(|point| &point.cites).any(|cite| cite.article == article && cite.item == Some(item))
}

/// Findings for numbers that are skipped between articles.
pub(super) fn articles(document: &Document, has_head: bool, known: Option<&Prepared<'_>>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut last = match document.articles.first() {
        Some(first) if has_head => first.number,
        Some(first) if first.number > 10 => {
            findings.push(Finding::at(FindingKind::HeadlessStart, first.place, 0.7).found(first.text()).article(first.number));
            first.number
        }
        _ => 0,
    };
    for article in &document.articles {
        for number in (last + 1..article.number).take(MOST_LOST_ARTICLES as usize) {
            let expected = known.and_then(|known| known.article(number)).map_or(String::new(), |article| article.text.clone());
            let confidence = if expected.is_empty() { 0.9 } else { 0.99 };
            let finding = Finding::at(FindingKind::LostArticle, article.place, confidence).article(number).expected(expected);
            findings.push(finding.found(format!("第{}条", crate::numeral::chinese(article.number))));
        }
        last = last.max(article.number);
    }
    findings
}

/// Marks what breaks off, and says so.
pub(super) fn truncation(page: &Page, built: &mut Built) -> Vec<Finding> {
    let mut findings = Vec::new();
    let kind = built.document.kind;
    let last = built.document.articles.len().saturating_sub(1);
    let foot = built.foot;
    let unfinished = foot && is_unfinished(&built.document);
    for (nth, article) in built.document.articles.iter_mut().enumerate() {
        let text = article.text();
        let open = match kind {
            Kind::Statute => !text.is_empty() && !is_complete(&text) && (nth == last || breaks_off(&text)),
            Kind::Rules => nth == last && (text.ends_with(['，', '、', '：']) || (foot && breaks_off(&text) && !text.contains("施行"))),
        };
        let hides = text.is_empty() && kind == Kind::Statute;
        let cut_off = unfinished && nth == last;
        if !(open || hides || cut_off || article.truncated) || last_list_is_open(article) && nth != last {
            continue;
        }
        let place = article.raw.last().map_or(article.place, |(_, at)| page.place(*at));
        let tail: String = text.chars().rev().take(20).collect::<Vec<_>>().into_iter().rev().collect();
        let confidence = match (nth == last, open || article.truncated) {
            (true, true) => 0.95,
            (true, false) => 0.5,
            (false, _) => 0.7,
        };
        findings.push(Finding::at(FindingKind::Truncated, place, confidence).found(tail).article(article.number));
        article.truncated |= open || hides;
    }
    findings
}

/// A list whose last item is missing is told as that.
fn last_list_is_open(article: &ReadArticle) -> bool {
    let text = article.text();
    text.ends_with('；') || text.ends_with('：')
}

/// A statute in chapters ends with its supplementary provisions and its entry into force.
fn is_unfinished(document: &Document) -> bool {
    let last = document.articles.last().map(ReadArticle::text).unwrap_or_default();
    let supplementary = document.parts.iter().any(|part| part.title.contains("附则"));
    document.kind == Kind::Statute && document.parts.len() >= 2 && !supplementary && !last.contains("施行")
}
