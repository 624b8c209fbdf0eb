//! `/library/compare?from=csl@draft2&to=csl@2016`: two versions side by side, words removed and added marked.
//!
//! Invariant: a difference that only shows that a source lost an item is marked as a gap, never as a change.

use anlan_base::Day;
use anlan_base::text::{Lang, text};
use anlan_law::{Article, Body, Change, Compared, Library, Piece, Place, Row, Statute, Version, VersionId};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::article::link;
use super::side::{Kind, Line, Side, lines, plain};
use super::words;
use crate::address::address;
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::{Page, Section, show};
use crate::session::Signed;

struct Choice {
    id: String,
    label: String,
    is_on: bool,
}

struct RowView {
    /// `第二十条 → 第二十一条`.
    from: Vec<(String, String)>,
    to: Vec<(String, String)>,
    change: String,
    is_same: bool,
    notes: Vec<String>,
    before: SideView,
    after: SideView,
}

#[derive(Default)]
struct SideView {
    lines: Vec<Line>,
    /// A summary of our own stands in the place of the text.
    is_ours: bool,
}

#[derive(Template)]
#[template(path = "library_compare.html")]
struct ComparePage {
    page: Page,
    froms: Vec<Choice>,
    tos: Vec<Choice>,
    from_label: String,
    to_label: String,
    article: String,
    is_all: bool,
    all_link: String,
    changed_link: String,
    whole_link: String,
    changed: usize,
    same: usize,
    rows: Vec<RowView>,
    /// Rows that cannot be compared, and the version whose words are missing.
    untold: usize,
    missing: String,
    printed: String,
}

pub(crate) async fn compare(State(house): State<Shared>, who: Signed, pairs: Pairs) -> Result<Response, Failure> {
    let shelf = house.shelf().await?;
    let now = house.console.clock.now();
    let (statute, from, to) = sides(&shelf.library, &pairs, Day::of(now)).ok_or(Failure::NotFound)?;
    let difference = shelf.library.difference(&from.id, &to.id).map_err(|_| Failure::NotFound)?;
    let mut page = Page::signed(&house, &who, Section::Library, "library-compare");
    let names = [("law", statute.short.show(who.lang)), ("from", from.label.show(who.lang)), ("to", to.label.show(who.lang))];
    page.title = text(who.lang, "compare-title", &names);
    let drawn = draw(page, &shelf.library, &Pair { statute, from, to }, &difference.rows, &pairs, now.to_civil());
    show(StatusCode::OK, &drawn)
}

struct Pair<'a> {
    statute: &'a Statute,
    from: &'a Version,
    to: &'a Version,
}

/// The two versions asked for. Without one, the version in force and the one before it.
fn sides<'a>(library: &'a Library, pairs: &Pairs, today: Day) -> Option<(&'a Statute, &'a Version, &'a Version)> {
    let asked = |name| match pairs.get(name) {
        "" => Some(None),
        id => id.parse::<VersionId>().ok().and_then(|id| library.version(&id)).map(Some),
    };
    let (from, to) = (asked("from")?, asked("to")?);
    let named = to.or(from).map(|version| version.id.statute());
    let statute = named.map_or_else(|| library.statutes().first(), |id| library.statute(id))?;
    let versions = &statute.versions;
    let to = to.or_else(|| library.version_on(&statute.id, today)).or(versions.last())?;
    let at = versions.iter().position(|version| version.id == to.id)?;
    let neighbour = at.checked_sub(1).or(Some(at + 1)).and_then(|at| versions.get(at));
    let from = from.or(neighbour).unwrap_or(to);
    (from.id.statute() == to.id.statute()).then_some((statute, from, to))
}

fn draw(page: Page, library: &Library, pair: &Pair<'_>, rows: &[Row], pairs: &Pairs, printed: String) -> ComparePage {
    let lang = page.lang;
    let article = pairs.get("article").parse::<Place>().ok().map(|place| place.article);
    let is_all = pairs.get("show") == "all" || article.is_some();
    let (from, to) = (pair.from.id.as_str(), pair.to.id.as_str());
    let choices = |on: &VersionId| {
        let choice =
            |version: &Version| Choice { id: version.id.to_string(), label: version.label.show(lang).to_owned(), is_on: version.id == *on };
        pair.statute.versions.iter().map(choice).collect::<Vec<_>>()
    };
    let is_same = |row: &Row| row.change == Change::Same && !has_gap(row);
    let is_asked = |row: &&Row| match article {
        Some(number) => row.to.contains(&number) || (row.to.is_empty() && row.from.contains(&number)),
        None => is_all || !is_same(row),
    };
    let link_to = |show: &str| address("/library/compare", &[("from", from), ("to", to), ("show", show)]);
    ComparePage {
        froms: choices(&pair.from.id),
        tos: choices(&pair.to.id),
        from_label: pair.from.label.show(lang).to_owned(),
        to_label: pair.to.label.show(lang).to_owned(),
        article: article.map(|number| number.to_string()).unwrap_or_default(),
        is_all,
        all_link: link_to("all"),
        changed_link: link_to(""),
        whole_link: link_to(if pairs.get("show") == "all" { "all" } else { "" }),
        changed: rows.iter().filter(|row| !is_same(row)).count(),
        same: rows.iter().filter(|row| is_same(row)).count(),
        rows: rows.iter().filter(is_asked).map(|row| row_view(lang, library, pair, row)).collect(),
        untold: rows.iter().filter(|row| missing(row).is_some()).count(),
        missing: rows.iter().find_map(missing).map(ToString::to_string).unwrap_or_default(),
        printed,
        page,
    }
}

fn row_view(lang: Lang, library: &Library, pair: &Pair<'_>, row: &Row) -> RowView {
    let numbers = |version: &Version, articles: &[u32]| {
        let named = articles.iter().map(|number| {
            let place = Place::article(*number);
            (link(library, &version.id, place), place.show(lang))
        });
        named.collect::<Vec<_>>()
    };
    let mut notes: Vec<String> = row.notes.iter().map(|note| note.show(lang).to_owned()).collect();
    for ending in &row.endings {
        let note = ending.note.as_ref().map(|note| note.show(lang)).unwrap_or_default();
        notes.push(text(
            lang,
            "compare-ending",
            &[("place", &ending.place.show(lang)), ("change", &words::change(lang, ending.change)), ("note", note)],
        ));
    }
    notes.dedup();
    let (before, after) = match &row.compared {
        Compared::Words { pieces } => {
            let side = |version: &Version, articles: &[u32], side| SideView {
                lines: lines(pieces, side, &texts(version, articles)),
                is_ours: false,
            };
            (side(pair.from, &row.from, Side::Before), side(pair.to, &row.to, Side::After))
        }
        Compared::NoText { .. } => (without_text(lang, pair.from, &row.from), without_text(lang, pair.to, &row.to)),
    };
    RowView {
        from: numbers(pair.from, &row.from),
        to: numbers(pair.to, &row.to),
        change: words::change(lang, row.change),
        is_same: row.change == Change::Same,
        notes,
        before,
        after,
    }
}

/// Whether one side has words that the other's source lost.
fn has_gap(row: &Row) -> bool {
    match &row.compared {
        Compared::Words { pieces } => pieces.iter().any(|piece| matches!(piece, Piece::LostBefore(_) | Piece::LostAfter(_))),
        Compared::NoText { .. } => false,
    }
}

/// The version whose words the box does not hold.
fn missing(row: &Row) -> Option<&VersionId> {
    match &row.compared {
        Compared::NoText { version } => Some(version),
        Compared::Words { .. } => None,
    }
}

fn texts<'a>(version: &'a Version, articles: &[u32]) -> Vec<&'a Article> {
    articles.iter().filter_map(|number| version.entry(*number)?.text()).collect()
}

/// One side of a row that cannot be compared: its text, or our summary.
fn without_text(lang: Lang, version: &Version, articles: &[u32]) -> SideView {
    let mut view = SideView::default();
    for entry in articles.iter().filter_map(|number| version.entry(*number)) {
        match &entry.body {
            Body::Text(article) => view.lines.extend(plain(article)),
            Body::Summary { words, .. } => {
                view.is_ours = true;
                view.lines.push(Line::same(words.show(lang)));
            }
        }
    }
    view
}
