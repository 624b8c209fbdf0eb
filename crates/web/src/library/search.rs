//! `/library/search?q=`: articles of all versions that contain the words, newest version first, the words marked.

use std::collections::BTreeMap;

use anlan_base::text::text;
use anlan_law::{Hit, Library, Origin, Place, Spot};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::article::link;
use crate::address::address;
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::{Page, Section, show};
use crate::session::Signed;
use crate::shown::{Kind, Part};

/// Articles on one page.
pub(crate) const PAGE_HITS: usize = 40;
/// Paragraphs and items that are shown of one article.
const HIT_SPOTS: usize = 4;
/// Characters shown of a paragraph, and those of them that stand before the first word found.
const SPOT_CHARS: usize = 160;
const SPOT_LEAD: usize = 40;

struct HitView {
    label: String,
    place: String,
    heading: String,
    link: String,
    spots: Vec<SpotView>,
    more: usize,
}

struct SpotView {
    /// Paragraph or item; empty where it is the whole article.
    place: String,
    link: String,
    is_ours: bool,
    parts: Vec<Part>,
}

/// A version that the hits can be narrowed to.
struct Chip {
    label: String,
    count: usize,
    link: String,
    is_on: bool,
}

#[derive(Template)]
#[template(path = "library_search.html")]
struct SearchPage {
    page: Page,
    query: String,
    wrong: String,
    chips: Vec<Chip>,
    hits: Vec<HitView>,
    previous: String,
    next: String,
}

pub(crate) async fn search(State(house): State<Shared>, who: Signed, pairs: Pairs) -> Result<Response, Failure> {
    let shelf = house.shelf().await?;
    let query = pairs.get("q").trim().to_owned();
    let page = Page::signed(&house, &who, Section::Library, "library-search-title");
    let (status, found, wrong) = match shelf.library.search(&query) {
        Ok(hits) => (StatusCode::OK, hits, String::new()),
        Err(_) if query.is_empty() => (StatusCode::OK, Vec::new(), String::new()),
        Err(why) => (StatusCode::BAD_REQUEST, Vec::new(), why.message(who.lang)),
    };
    let version = pairs.get("version");
    let from = pairs.get("from").parse::<usize>().unwrap_or(0);
    show(status, &draw(page, &shelf.library, query, wrong, &found, version, from))
}

fn draw(page: Page, library: &Library, query: String, wrong: String, found: &[Hit], version: &str, from: usize) -> SearchPage {
    let lang = page.lang;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for hit in found {
        *counts.entry(hit.version.as_str()).or_default() += 1;
    }
    let to = |version: &str, from: usize| {
        let from = if from == 0 { String::new() } else { from.to_string() };
        address("/library/search", &[("q", &query), ("version", version), ("from", &from)])
    };
    let mut chips =
        vec![Chip { label: text(lang, "library-search-all", &[]), count: found.len(), link: to("", 0), is_on: version.is_empty() }];
    for other in library.statutes().iter().flat_map(|statute| statute.versions.iter().rev()) {
        let id = other.id.as_str();
        let count = counts.get(id).copied().unwrap_or(0);
        chips.push(Chip { label: other.label.show(lang).to_owned(), count, link: to(id, 0), is_on: id == version });
    }
    let chosen: Vec<&Hit> = found.iter().filter(|hit| version.is_empty() || hit.version.as_str() == version).collect();
    let hits = chosen.iter().skip(from).take(PAGE_HITS).map(|hit| hit_view(lang, library, hit)).collect();
    let next = from.saturating_add(PAGE_HITS);
    SearchPage {
        hits,
        previous: if from == 0 { String::new() } else { to(version, from.saturating_sub(PAGE_HITS)) },
        next: if next < chosen.len() { to(version, next) } else { String::new() },
        chips,
        wrong,
        query: query.clone(),
        page,
    }
}

fn hit_view(lang: anlan_base::text::Lang, library: &Library, hit: &Hit) -> HitView {
    let place = Place::article(hit.article);
    let version = library.version(&hit.version);
    let spots = hit.spots.iter().filter(|spot| shown_in(lang, spot)).collect::<Vec<_>>();
    // A word that stands only in the summary of the other language is shown there.
    let spots = if spots.is_empty() { hit.spots.iter().collect() } else { spots };
    HitView {
        label: version.map(|version| version.label.show(lang).to_owned()).unwrap_or_default(),
        place: place.show(lang),
        heading: version.and_then(|version| version.part(hit.article)).map(|part| part.show(lang).to_owned()).unwrap_or_default(),
        link: link(library, &hit.version, place),
        more: spots.len().saturating_sub(HIT_SPOTS),
        spots: spots.iter().take(HIT_SPOTS).map(|spot| spot_view(lang, library, hit, spot)).collect(),
    }
}

fn shown_in(lang: anlan_base::text::Lang, spot: &Spot) -> bool {
    match spot.origin {
        Origin::Text => true,
        Origin::SummaryZh => lang == anlan_base::text::Lang::Zh,
        Origin::SummaryEn => lang == anlan_base::text::Lang::En,
    }
}

fn spot_view(lang: anlan_base::text::Lang, library: &Library, hit: &Hit, spot: &Spot) -> SpotView {
    let is_whole = spot.place.paragraph.is_none() && spot.place.item.is_none();
    SpotView {
        place: if is_whole { String::new() } else { spot.place.show(lang) },
        link: link(library, &hit.version, spot.place),
        is_ours: spot.origin != Origin::Text,
        parts: snippet(spot),
    }
}

/// The text around the first word found, the words marked.
fn snippet(spot: &Spot) -> Vec<Part> {
    let first = spot.ranges.first().map_or(0, |range| range.start);
    let before: Vec<usize> = spot.text.get(..first).unwrap_or_default().char_indices().map(|(at, _)| at).collect();
    let start = before.len().checked_sub(SPOT_LEAD).and_then(|skip| before.get(skip)).copied().unwrap_or(0);
    let start = if spot.text.chars().count() <= SPOT_CHARS { 0 } else { start };
    let end = spot.text.get(start..).and_then(|rest| rest.char_indices().nth(SPOT_CHARS)).map_or(spot.text.len(), |(at, _)| start + at);
    let mut parts = Vec::new();
    let mut push = |kind, text: &str| {
        if !text.is_empty() {
            parts.push(Part { kind, text: text.to_owned() });
        }
    };
    if start > 0 {
        push(Kind::Plain, "…");
    }
    let mut at = start;
    for range in spot.ranges.iter().filter(|range| range.start < end) {
        let stop = range.end.min(end);
        push(Kind::Plain, spot.text.get(at..range.start).unwrap_or_default());
        push(Kind::Mark, spot.text.get(range.start..stop).unwrap_or_default());
        at = stop;
    }
    push(Kind::Plain, spot.text.get(at..end).unwrap_or_default());
    if end < spot.text.len() {
        push(Kind::Plain, "…");
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_paragraph_is_shown_around_the_first_word() {
        for (chars, cut) in [(SPOT_CHARS - 1, false), (SPOT_CHARS, false), (SPOT_CHARS + 1, true)] {
            let text = format!("{}日志", "字".repeat(chars - 2));
            let at = text.len() - "日志".len();
            let spot = Spot { place: Place::article(1), ranges: std::iter::once(at..text.len()).collect(), text, origin: Origin::Text };
            let parts = snippet(&spot);
            assert_eq!(parts.first().is_some_and(|part| part.text == "…"), cut, "{chars}");
            assert!(parts.iter().any(|part| part.is_mark() && part.text == "日志"));
        }
    }
}
