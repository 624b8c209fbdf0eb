//! Several damaged copies of one text vote: character by character where they differ, and whole items and articles where some have lost them.
//!
//! Invariants: what is in the merged text stood in at least one copy, or is marked as derived; copies of different versions never vote together.

use std::collections::{BTreeMap, HashMap};

use super::compare::{self, likeness, words};
use super::losses::{self, ListArticle};
use super::tree::{Document, ReadArticle, ReadItem, ReadParagraph};
use super::versions;
use super::{Known, Reading};

/// Most copies of one text that vote.
pub const MOST_COPIES: usize = 32;
/// As alike must articles of the same number be, for texts that are of no known version to be copies of one another.
const ALIKE: f64 = 0.7;

/// A text that several copies gave.
#[derive(Clone, Debug)]
pub struct Merged {
    pub document: Document,
    /// The files that voted.
    pub sources: Vec<String>,
}

/// Merges the copies of each text; a text with one copy is merged only when items of it could be derived from another version.
#[must_use]
pub fn merge(readings: &[Reading], known: &[Known]) -> Vec<Merged> {
    let known = versions::prepare(known);
    let documents: Vec<&Document> = readings.iter().flat_map(|reading| &reading.documents).collect();
    let numbered = documents.iter().enumerate().flat_map(|(nth, document)| document.articles.iter().map(move |article| (nth, article)));
    let lists: Vec<ListArticle> = numbered.filter_map(|(nth, article)| losses::list_of(nth, article)).take(losses::MOST_LISTS).collect();
    let mut merged = Vec::new();
    for copies in groups(&documents) {
        let known = known.iter().find(|known| copies.first().is_some_and(|copy| copy.version.as_deref() == Some(&known.known.id)));
        let mut document = vote(&copies, known);
        let own: Vec<usize> =
            documents.iter().enumerate().filter(|(_, d)| copies.iter().any(|copy| std::ptr::eq(*copy, **d))).map(|(nth, _)| nth).collect();
        let derived = derive(&mut document, &own, &lists);
        if copies.len() > 1 || derived {
            let sources = document.sources.clone();
            merged.push(Merged { document, sources });
        }
    }
    merged
}

fn groups<'a>(documents: &[&'a Document]) -> Vec<Vec<&'a Document>> {
    let mut groups: Vec<Vec<&'a Document>> = Vec::new();
    for document in documents {
        let same = groups.iter_mut().find(|group| group.len() < MOST_COPIES && group.first().is_some_and(|first| is_copy(first, document)));
        match same {
            Some(group) => group.push(document),
            None => groups.push(vec![document]),
        }
    }
    groups
}

fn is_copy(one: &Document, other: &Document) -> bool {
    if one.version.is_some() || other.version.is_some() {
        return one.version == other.version;
    }
    if one.kind != other.kind || versions::core(&one.title) != versions::core(&other.title) {
        return false;
    }
    let both: Vec<f64> = one
        .articles
        .iter()
        .filter_map(|article| Some((article, other.article(article.number)?)))
        .take(versions::MOST_COMPARED)
        .map(|(a, b)| likeness(&words(&a.text()), &words(&b.text())))
        .collect();
    !both.is_empty() && both.iter().sum::<f64>() / both.len() as f64 >= ALIKE
}

fn vote(copies: &[&Document], known: Option<&versions::Prepared<'_>>) -> Document {
    let fullest = copies.iter().max_by_key(|copy| copy.articles.len()).copied();
    let mut sources: Vec<String> = Vec::new();
    for copy in copies {
        if !sources.contains(&copy.file) {
            sources.push(copy.file.clone());
        }
    }
    let mut by_number: BTreeMap<u32, Vec<(&str, &ReadArticle)>> = BTreeMap::new();
    for copy in copies {
        for article in &copy.articles {
            by_number.entry(article.number).or_default().push((&copy.file, article));
        }
    }
    let articles = by_number.values().map(|articles| vote_article(articles, known)).collect();
    let first = fullest.or(copies.first().copied());
    Document {
        file: first.map_or(String::new(), |d| d.file.clone()),
        title: first.map_or(String::new(), |d| d.title.clone()),
        kind: first.map_or(super::tree::Kind::Rules, |d| d.kind),
        version: first.and_then(|d| d.version.clone()),
        place: first.map_or_else(Default::default, |d| d.place),
        parts: first.map_or_else(Vec::new, |d| d.parts.clone()),
        articles,
        head: None,
        sources,
    }
}

/// What makes a copy the frame, in this order: it is whole, has most items, says what most copies (and the known text) say, has most words and paragraphs.
type Rank = (bool, usize, usize, usize, usize);

/// The best copy of an article; of equal ones the first.
fn frame<'a>(copies: &[(&str, &'a ReadArticle)], known: Option<&versions::KnownArticle>) -> Option<&'a ReadArticle> {
    let words = |article: &ReadArticle| article.text().chars().filter(|c| compare::is_word(*c)).collect::<Vec<char>>();
    let said: Vec<Vec<char>> = copies.iter().map(|(_, article)| words(article)).collect();
    let mut alike: HashMap<&[char], usize> = HashMap::new();
    for words in &said {
        *alike.entry(words).or_default() += 1;
    }
    if let Some(count) = known.and_then(|known| alike.get_mut(known.words.as_slice())) {
        *count += 1;
    }
    let rank = |article: &ReadArticle, words: &[char]| -> Rank {
        let agreeing = alike.get(words).copied().unwrap_or_default();
        (!article.truncated, article.items().count(), agreeing, words.len(), article.paragraphs.len())
    };
    copies.iter().zip(&said).rev().max_by_key(|((_, article), words)| rank(article, words)).map(|((_, article), _)| *article)
}

/// The best copy is the frame; items that it lacks come from the others, and characters are put to the vote.
fn vote_article(copies: &[(&str, &ReadArticle)], known: Option<&versions::Prepared<'_>>) -> ReadArticle {
    let number = copies.first().map_or(0, |(_, article)| article.number);
    let Some(frame) = frame(copies, known.and_then(|known| known.article(number))) else { return ReadArticle::default() };
    let mut article = frame.clone();
    article.sources = copies.iter().map(|(file, _)| (*file).to_owned()).collect();
    article.sources.dedup();
    article.truncated = copies.iter().all(|(_, copy)| copy.truncated);
    article.raw = Vec::new();
    for (file, copy) in copies {
        for item in copy.items() {
            insert(&mut article, item, (*file).to_owned(), false);
        }
    }
    for item in article.paragraphs.iter_mut().flat_map(|p| &mut p.items) {
        item.source = giver(copies, item.number);
    }
    let expected = known.and_then(|known| known.article(article.number)).map(|known| known.text.as_str());
    let others = |pick: &dyn Fn(&ReadArticle) -> Option<String>| copies.iter().filter_map(|(_, copy)| pick(copy)).collect::<Vec<String>>();
    let whole = expected.map(str::to_owned);
    let paragraphs = article.paragraphs.len();
    for (nth, paragraph) in article.paragraphs.iter_mut().enumerate() {
        // A copy that breaks the article otherwise has no paragraph to hold against this one.
        let texts = others(&|copy| copy.paragraphs.get(nth).filter(|_| copy.paragraphs.len() == paragraphs).map(|p| p.text.clone()));
        paragraph.text = elect(&paragraph.text, &texts, whole.as_deref());
        for item in &mut paragraph.items {
            let texts = others(&|copy| copy.items().find(|i| i.number == item.number).map(|i| i.text.clone()));
            item.text = elect(&item.text, &texts, whole.as_deref());
        }
    }
    article
}

/// The file that gave an item which some copy has lost.
fn giver(copies: &[(&str, &ReadArticle)], number: u32) -> Option<String> {
    let has = |copy: &ReadArticle| copy.items().any(|item| item.number == number);
    let lost = copies.iter().any(|(_, copy)| !has(copy));
    copies.iter().find(|(_, copy)| lost && has(copy)).map(|(file, _)| (*file).to_owned())
}

/// Puts a missing item into its place in the list; nothing where it stands already.
fn insert(article: &mut ReadArticle, item: &ReadItem, source: String, derived: bool) {
    if article.items().any(|own| own.number == item.number) {
        return;
    }
    let nearest = |p: &ReadParagraph| p.items.iter().any(|own| own.number.abs_diff(item.number) <= super::body::LONGEST_ITEM_GAP);
    let at = article.paragraphs.iter().position(nearest).or_else(|| article.paragraphs.iter().position(|p| p.text.ends_with('：')));
    let Some(paragraph) = at.and_then(|at| article.paragraphs.get_mut(at)) else { return };
    let place = paragraph.items.partition_point(|own| own.number < item.number);
    paragraph.items.insert(place, ReadItem { source: Some(source), derived, ..item.clone() });
}

/// Character by character, what most copies have; in a tie what the known text has, else what the frame has.
fn elect(frame: &str, copies: &[String], known: Option<&str>) -> String {
    let copies: Vec<&String> = copies.iter().filter(|copy| copy.as_str() != frame).take(MOST_COPIES).collect();
    if copies.is_empty() || known.is_some_and(|known| known.contains(frame)) {
        return frame.to_owned();
    }
    let frame: Vec<char> = frame.chars().collect();
    let mut votes: BTreeMap<(usize, usize), BTreeMap<Vec<char>, usize>> = BTreeMap::new();
    let all = copies.len() + 1;
    for copy in &copies {
        let copy: Vec<char> = copy.chars().collect();
        for hunk in compare::diff(&frame, &copy) {
            let at_end = hunk.new.is_empty() && hunk.old.end == frame.len();
            if at_end {
                continue;
            }
            let words = copy.get(hunk.new.clone()).unwrap_or_default().to_vec();
            *votes.entry((hunk.old.start, hunk.old.end)).or_default().entry(words).or_default() += 1;
        }
    }
    let mut elected = Vec::with_capacity(frame.len());
    let mut at = 0;
    for ((start, end), choices) in votes {
        let Some((words, count)) = choices.into_iter().max_by_key(|(_, count)| *count) else { continue };
        let tie = count * 2 == all && known.is_some_and(|known| agrees(known, &frame, (start, end), &words));
        if start < at || !(count * 2 > all || tie) {
            continue;
        }
        elected.extend_from_slice(frame.get(at..start).unwrap_or_default());
        elected.extend(words);
        at = end;
    }
    elected.extend_from_slice(frame.get(at..).unwrap_or_default());
    elected.into_iter().collect()
}

/// Whether the known text has these words where the frame has others.
fn agrees(known: &str, frame: &[char], range: (usize, usize), words: &[char]) -> bool {
    const AROUND: usize = 4;
    let before = frame.get(range.0.saturating_sub(AROUND)..range.0).unwrap_or_default();
    let behind = frame.get(range.1..frame.len().min(range.1 + AROUND)).unwrap_or_default();
    let text: String = before.iter().chain(words).chain(behind).collect();
    known.contains(&text)
}

/// Fills lists that still jump from the article of another text that is most alike; such items are marked.
fn derive(document: &mut Document, own: &[usize], lists: &[ListArticle]) -> bool {
    let mut derived = false;
    let mut lookups = 0;
    for article in &mut document.articles {
        let numbers: Vec<u32> = article.items().map(|item| item.number).collect();
        let most = numbers.iter().max().copied().unwrap_or(0);
        for number in (1..=most).filter(|n| !numbers.contains(n)) {
            lookups += 1;
            if lookups > losses::MOST_LOOKUPS {
                return derived;
            }
            let Some((text, _)) = losses::missing_item(own, article, number, lists) else { continue };
            let Some(model) = article.items().next().cloned() else { continue };
            let item = ReadItem { number, text, ..model };
            insert(article, &item, String::new(), true);
            derived = true;
        }
    }
    derived
}
