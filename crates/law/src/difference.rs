//! What changed between two versions of a statute: by article through the concordance, words removed and added.
//!
//! Invariants:
//! - the words of the two sides, put together again from the pieces, are the words of the versions, punctuation aside;
//! - words that one side lacks only because its source lost an item are told apart from changes;
//! - linear space, and a bound on the work: past [`compare::COST`] the two texts are shown as replaced.

mod compare;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::Serialize;

use self::compare::{Word, compare, is_punctuation, words};
use crate::concordance::{Change, Ending};
use crate::library::{Library, Unresolved};
use crate::place::Place;
use crate::tree::Article;
use crate::version::{Version, VersionId};
use crate::words::Bilingual;

/// Two versions compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    pub from: VersionId,
    pub to: VersionId,
    /// In the order of the later articles; dropped ones behind the article they followed.
    pub rows: Vec<Row>,
}

/// Articles that answer to each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Empty: new.
    pub from: Vec<u32>,
    /// Empty: dropped.
    pub to: Vec<u32>,
    /// The largest change in the row.
    pub change: Change,
    pub compared: Compared,
    /// Parts without a counterpart.
    pub endings: Vec<Ending>,
    #[serde(skip)]
    pub notes: Vec<Bilingual>,
}

/// What the comparison of a row shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Compared {
    Words {
        pieces: Vec<Piece>,
    },
    /// The box does not hold the words of one side.
    NoText {
        version: VersionId,
    },
}

/// A run of words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "text", rename_all = "snake_case")]
pub enum Piece {
    Same(String),
    Removed(String),
    Added(String),
    /// Only the later side has these words, because the source of the earlier lost the item: no change that can be told.
    LostBefore(String),
    /// Only the earlier side has these words, because the source of the later lost the item.
    LostAfter(String),
}

impl Library {
    /// Compares two versions of one statute, either way round.
    ///
    /// # Errors
    /// Where a version is not in the library.
    pub fn difference(&self, from: &VersionId, to: &VersionId) -> Result<Difference, Unresolved> {
        let earlier = self.version(from).ok_or_else(|| Unresolved::Version(from.clone()))?;
        let later = self.version(to).filter(|later| later.id.statute() == from.statute()).ok_or_else(|| Unresolved::Version(to.clone()))?;
        let mut groups = Groups::default();
        for entry in earlier.entries() {
            let trace = self.trace(from, Place::article(entry.number))?;
            let Some(stop) = trace.in_version(to.as_str()) else { continue };
            groups.add(
                entry.number,
                stop.landings.iter().map(|landing| (landing.place.article, landing.change, landing.note.clone())),
                &stop.endings,
            );
        }
        for entry in later.entries() {
            groups.new_article(entry.number);
        }
        let rows = groups.rows.into_iter().map(|group| self.row(group, earlier, later)).collect();
        Ok(Difference { from: from.clone(), to: to.clone(), rows: in_order(rows) })
    }

    fn row(&self, group: Group, earlier: &Version, later: &Version) -> Row {
        let lost = self.lost_ranges(earlier, &group.from, later, &group.to);
        let lost_after = self.lost_ranges(later, &group.to, earlier, &group.from);
        let compared = match (text_of(earlier, &group.from), text_of(later, &group.to)) {
            (Some(before), Some(after)) => Compared::Words { pieces: pieces(&before, &after, &lost_after, &lost) },
            (None, _) => Compared::NoText { version: earlier.id.clone() },
            (_, None) => Compared::NoText { version: later.id.clone() },
        };
        let change = match (group.from.is_empty(), group.to.is_empty()) {
            (true, _) => Change::New,
            (_, true) => group.endings.iter().map(|ending| ending.change).max().unwrap_or(Change::Dropped),
            _ => group.change,
        };
        Row {
            from: group.from.into_iter().collect(),
            to: group.to.into_iter().collect(),
            change,
            compared,
            endings: group.endings,
            notes: group.notes,
        }
    }

    /// Where, in the words of the other side, the items stand that the source of `version` lost.
    fn lost_ranges(&self, version: &Version, articles: &BTreeSet<u32>, other: &Version, others: &BTreeSet<u32>) -> Vec<Range<usize>> {
        let mut ranges = Vec::new();
        for lost_in in articles.iter().filter_map(|article| version.entry(*article)) {
            for lost in &lost_in.lost {
                let place = Place { article: lost_in.number, paragraph: Some(lost.paragraph), item: Some(lost.item) };
                let Ok(trace) = self.trace(&version.id, place) else { continue };
                let landings = trace.in_version(other.id.as_str()).map(|stop| stop.landings.as_slice()).unwrap_or_default();
                ranges.extend(landings.iter().filter_map(|landing| item_range(other, others, landing.place)));
            }
        }
        ranges
    }
}

/// The words of some articles, one after the other. None where the box lacks one of them.
fn text_of(version: &Version, articles: &BTreeSet<u32>) -> Option<String> {
    articles.iter().map(|article| version.entry(*article)?.text().map(Article::text)).collect()
}

/// The bytes of an item, its number included, in the words of [`text_of`].
fn item_range(version: &Version, articles: &BTreeSet<u32>, place: Place) -> Option<Range<usize>> {
    let mut at = 0;
    for article in articles {
        let entry = version.entry(*article)?;
        let text = entry.text()?;
        if *article != place.article {
            at += text.text().len();
            continue;
        }
        let (full, mut walked) = (entry.full(place), Article::default());
        for (paragraph, number) in text.paragraphs.iter().zip(1_u32..) {
            walked.paragraphs.push(crate::tree::Paragraph { text: paragraph.text.clone(), items: Vec::new() });
            for item in &paragraph.items {
                let before = walked.text().len();
                walked.paragraphs.last_mut()?.items.push(item.clone());
                if Some(number) == full.paragraph && Some(item.number) == full.item {
                    return Some(at + before..at + walked.text().len());
                }
            }
        }
        return None;
    }
    None
}

#[derive(Debug)]
struct Group {
    from: BTreeSet<u32>,
    to: BTreeSet<u32>,
    change: Change,
    endings: Vec<Ending>,
    notes: Vec<Bilingual>,
}

/// Articles that answer to each other, directly or through another.
#[derive(Default)]
struct Groups {
    rows: Vec<Group>,
    /// Row of each later article.
    by_later: BTreeMap<u32, usize>,
}

impl Groups {
    fn add(&mut self, article: u32, landings: impl Iterator<Item = (u32, Change, Option<Bilingual>)>, endings: &[Ending]) {
        let landings: Vec<_> = landings.collect();
        let home = landings.iter().find_map(|(to, _, _)| self.by_later.get(to).copied()).unwrap_or_else(|| {
            self.rows.push(Group {
                from: BTreeSet::new(),
                to: BTreeSet::new(),
                change: Change::Same,
                endings: Vec::new(),
                notes: Vec::new(),
            });
            self.rows.len() - 1
        });
        for (to, change, note) in landings {
            self.join(home, to);
            let Some(group) = self.rows.get_mut(home) else { continue };
            group.to.insert(to);
            group.change = group.change.max(change);
            group.notes.extend(note.filter(|note| !group.notes.contains(note)));
            self.by_later.insert(to, home);
        }
        if let Some(group) = self.rows.get_mut(home) {
            group.from.insert(article);
            group.endings.extend_from_slice(endings);
        }
    }

    /// Where a later article has a row of its own already, that row is taken into `home`.
    fn join(&mut self, home: usize, to: u32) {
        let Some(other) = self.by_later.get(&to).copied().filter(|other| *other != home) else { return };
        let Some(group) = self.rows.get_mut(other) else { return };
        let (from, later, change) = (std::mem::take(&mut group.from), std::mem::take(&mut group.to), group.change);
        let (endings, notes) = (std::mem::take(&mut group.endings), std::mem::take(&mut group.notes));
        for article in &later {
            self.by_later.insert(*article, home);
        }
        if let Some(home) = self.rows.get_mut(home) {
            home.from.extend(from);
            home.to.extend(later);
            home.change = home.change.max(change);
            home.endings.extend(endings);
            home.notes.extend(notes);
        }
    }

    fn new_article(&mut self, article: u32) {
        if !self.by_later.contains_key(&article) {
            let (from, to) = (BTreeSet::new(), BTreeSet::from([article]));
            self.rows.push(Group { from, to, change: Change::New, endings: Vec::new(), notes: Vec::new() });
        }
    }
}

fn in_order(rows: Vec<Row>) -> Vec<Row> {
    let mut rows: Vec<Row> = rows.into_iter().filter(|row| !row.from.is_empty() || !row.to.is_empty()).collect();
    let follows: BTreeMap<u32, u32> = rows.iter().filter_map(|row| Some((*row.from.first()?, *row.to.first()?))).collect();
    rows.sort_by_key(|row| match (row.to.first(), row.from.first()) {
        (Some(to), _) => (*to, 0),
        (None, Some(from)) => (follows.range(..from).next_back().map_or(0, |(_, to)| *to), *from),
        (None, None) => (0, 0),
    });
    rows
}

/// The words of two texts compared. Ranges are bytes that the other side lacks because an item was lost.
fn pieces(before: &str, after: &str, lost_after: &[Range<usize>], lost_before: &[Range<usize>]) -> Vec<Piece> {
    let (old, new) = (words(before), words(after));
    let mut pieces = Pieces::default();
    let mut at_new = 0;
    for (removed, added) in compare(&old, &new) {
        pieces.same(&new, at_new..added.start);
        at_new = added.end;
        if is_punctuation(&old[removed.clone()]) && is_punctuation(&new[added.clone()]) {
            pieces.same(&new, added);
            continue;
        }
        pieces.one_side(&old, removed, lost_after, Piece::Removed, Piece::LostAfter);
        pieces.one_side(&new, added, lost_before, Piece::Added, Piece::LostBefore);
    }
    pieces.same(&new, at_new..new.len());
    pieces.0
}

#[derive(Default)]
struct Pieces(Vec<Piece>);

impl Pieces {
    fn same(&mut self, words: &[Word<'_>], range: Range<usize>) {
        let text: String = words[range].iter().map(|word| word.text).collect();
        if text.is_empty() {
            return;
        }
        match self.0.last_mut() {
            Some(Piece::Same(last)) => last.push_str(&text),
            _ => self.0.push(Piece::Same(text)),
        }
    }

    /// Words of one side, cut where those of a lost item begin and end.
    fn one_side(
        &mut self,
        words: &[Word<'_>],
        range: Range<usize>,
        lost: &[Range<usize>],
        changed: fn(String) -> Piece,
        missing: fn(String) -> Piece,
    ) {
        let is_lost = |word: &Word<'_>| lost.iter().any(|range| range.contains(&word.at));
        for run in words[range].chunk_by(|a, b| is_lost(a) == is_lost(b)) {
            let text: String = run.iter().map(|word| word.text).collect();
            self.0.push(if run.first().is_some_and(is_lost) { missing(text) } else { changed(text) });
        }
    }
}
