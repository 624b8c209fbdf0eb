//! Citations as links into the reading view, with the article's number before, and what is not sure about a place.

use anlan_base::text::{Lang, text};
use anlan_law::{Certainty, Library, Place, Version};

use super::book::{Law, Sides};

/// A place of a version that a person can open.
pub(super) struct Cited {
    pub(super) text: String,
    pub(super) link: String,
    /// What is not sure about the place; empty where nothing is.
    pub(super) note: String,
    /// The words that stand there, where the box holds them.
    pub(super) words: String,
}

/// Where a place stands in the reading view: `#a23.3`, `#a61p3`, `#a60p1.2` where the item's number stands in several paragraphs.
pub(super) fn link(version: &Version, place: Place) -> String {
    let place = version.entry(place.article).map_or(place, |entry| entry.plain(entry.full(place)));
    let paragraph = place.paragraph.map_or_else(String::new, |paragraph| format!("p{paragraph}"));
    let item = place.item.map_or_else(String::new, |item| format!(".{item}"));
    format!("/library/{}#a{}{paragraph}{item}", version.id, place.article)
}

pub(super) fn cited(law: &Law, lang: Lang, version: &Version, place: Place) -> Cited {
    let resolved = law.book.library.resolve(&version.id, place);
    let note = match resolved.as_ref().map(|found| found.certainty) {
        Ok(Certainty::ParagraphUnchecked) if place.paragraph.is_some() => text(lang, "duty-paragraph-unchecked", &[]),
        Ok(Certainty::Lost(_)) => text(lang, "duty-item-lost", &[]),
        Ok(_) => String::new(),
        Err(why) => why.message(lang),
    };
    let words = resolved.ok().and_then(|found| found.entry.words(place)).unwrap_or_default();
    Cited { text: place.show(lang), link: link(version, place), note, words }
}

/// The article before, such as `2016 年为第二十一条`; of an article that is new, that it is.
pub(super) fn article_before(law: &Law, lang: Lang, sides: &Sides<'_>, article: u32) -> String {
    let Some(was) = sides.was else { return String::new() };
    let places = before(&law.book.library, sides.now, was, article);
    if places.is_empty() {
        return text(lang, "duties-group-new", &[("label", was.label.show(lang))]);
    }
    let joined = super::words::joined(lang, places.iter().map(|place| place.show(lang)));
    text(lang, "duties-group-was", &[("label", was.label.show(lang)), ("place", &joined)])
}

/// The places of the earlier version that an article of today answers to.
pub(super) fn before(library: &Library, now: &Version, was: &Version, article: u32) -> Vec<Place> {
    let Ok(trace) = library.trace(&now.id, Place::article(article)) else { return Vec::new() };
    let stop = trace.in_version(was.id.as_str());
    stop.map_or_else(Vec::new, |stop| stop.landings.iter().map(|landing| landing.place).collect())
}
