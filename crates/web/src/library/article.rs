//! An article as the reading view shows it: its words in paragraphs and items with anchors, its gaps, how it is known, its numbers in other versions.

use std::fmt::Write;

use anlan_base::text::{Lang, text};
use anlan_law::{Article, Body, Entry, Library, Lost, Paragraphs, Place, Version, numeral};

use super::words::{self, Tag};
use crate::compliance::beside::{self, Beside};
use crate::failure::Failure;
use crate::shown::Part;

/// What every article of a page is drawn with.
pub(super) struct Desk<'a> {
    pub(super) lang: Lang,
    pub(super) library: &'a Library,
    pub(super) version: &'a Version,
    /// Words to mark.
    pub(super) needles: &'a [String],
}

pub(super) struct ArticleView {
    pub(super) number: u32,
    pub(super) heading: String,
    /// The heading in the reader's language, where that is not Chinese.
    pub(super) translated: String,
    pub(super) body: BodyView,
    pub(super) known: Tag,
    pub(super) notes: Vec<String>,
    pub(super) others: Vec<OtherView>,
    /// By the items they cite, those of the whole article first.
    pub(super) duties: Vec<(String, Vec<Beside>)>,
    pub(super) fines: Vec<Beside>,
    pub(super) has_mark: bool,
}

pub(super) enum BodyView {
    Text(Vec<ParagraphView>),
    /// Our own words, and the article's places, each with an anchor.
    Summary {
        words: Vec<Part>,
        places: Vec<(String, String)>,
    },
}

pub(super) struct ParagraphView {
    /// Empty where the article has one paragraph.
    pub(super) anchor: String,
    pub(super) parts: Vec<Part>,
    pub(super) items: Vec<ItemView>,
}

pub(super) struct ItemView {
    pub(super) anchor: String,
    /// `（三）`.
    pub(super) mark: String,
    pub(super) parts: Vec<Part>,
    pub(super) lost: Option<LostView>,
}

/// An item that the source lost.
pub(super) struct LostView {
    pub(super) note: String,
    /// What other versions have in its place.
    pub(super) elsewhere: Vec<Elsewhere>,
}

pub(super) struct Elsewhere {
    pub(super) label: String,
    pub(super) link: String,
    pub(super) place: String,
    pub(super) words: String,
}

/// The article in another version.
pub(super) struct OtherView {
    pub(super) label: String,
    pub(super) landings: Vec<LandingView>,
    /// What nothing answers to there.
    pub(super) endings: Vec<String>,
}

pub(super) struct LandingView {
    pub(super) link: String,
    pub(super) place: String,
    /// Empty where the words are the same.
    pub(super) change: String,
    pub(super) note: String,
}

/// The anchor of a place: `a21`, `a21.3`, `a53p3`, `a60p1.2` where the number stands in several paragraphs.
pub(super) fn anchor(entry: &Entry, place: Place) -> String {
    let place = entry.plain(entry.full(place));
    let mut out = format!("a{}", place.article);
    if let Some(paragraph) = place.paragraph {
        let _ = write!(out, "p{paragraph}");
    }
    if let Some(item) = place.item {
        let _ = write!(out, ".{item}");
    }
    out
}

/// The address of a place in a version.
pub(super) fn link(library: &Library, version: &anlan_law::VersionId, place: Place) -> String {
    format!("/library/{}", short_link(library, version, place))
}

/// The same, from another reading view.
fn short_link(library: &Library, version: &anlan_law::VersionId, place: Place) -> String {
    let entry = library.version(version).and_then(|version| version.entry(place.article));
    let anchor = entry.map_or_else(|| format!("a{}", place.article), |entry| anchor(entry, place));
    format!("{version}?article={}#{anchor}", place.article)
}

impl Desk<'_> {
    pub(super) fn article(&self, entry: &Entry) -> Result<ArticleView, Failure> {
        let place = Place::article(entry.number);
        let body = match &entry.body {
            Body::Text(article) => BodyView::Text(self.paragraphs(entry, article)),
            Body::Summary { words, .. } => self.summary(entry, words.show(self.lang)),
        };
        let mut notes: Vec<String> = entry.note.iter().map(|note| note.show(self.lang).to_owned()).collect();
        if entry.paragraphs == Paragraphs::Unchecked && entry.text().is_some() && entry.paragraph_count() > 1 {
            notes.push(text(self.lang, "paragraphs-unchecked", &[]));
        }
        Ok(ArticleView {
            number: entry.number,
            heading: place.zh(),
            translated: if self.lang == Lang::Zh { String::new() } else { place.show(self.lang) },
            has_mark: body.has_mark(),
            body,
            known: words::provenance(self.lang, &entry.provenance),
            notes,
            others: self.others(place),
            duties: by_item(beside::duties(self.lang, &self.version.id, entry.number)?),
            fines: beside::fines(self.lang, &self.version.id, entry.number)?,
        })
    }

    fn paragraphs(&self, entry: &Entry, article: &Article) -> Vec<ParagraphView> {
        let paragraphs = (1..).zip(&article.paragraphs).map(|(number, paragraph)| {
            let place = Place::article(entry.number).with_paragraph(number);
            let item =
                |item| self.item(entry, place.with_item(item), paragraph.items.iter().find(|i| i.number == item).map(|i| i.text.as_str()));
            ParagraphView {
                anchor: if article.paragraphs.len() > 1 { anchor(entry, place) } else { String::new() },
                parts: words::marked(&paragraph.text, self.needles),
                items: entry.items_of(number).into_iter().map(item).collect(),
            }
        });
        paragraphs.collect()
    }

    fn item(&self, entry: &Entry, place: Place, words: Option<&str>) -> ItemView {
        let number = place.item.unwrap_or_default();
        let lost = entry.lost.iter().find(|lost| Some(lost.paragraph) == place.paragraph && lost.item == number);
        ItemView {
            anchor: anchor(entry, place),
            mark: format!("（{}）", numeral::chinese(number)),
            parts: words::marked(words.unwrap_or_default(), self.needles),
            lost: lost.map(|lost| self.lost(place, lost)),
        }
    }

    fn lost(&self, place: Place, lost: &Lost) -> LostView {
        let trace = self.library.trace(&self.version.id, place).map(|trace| trace.stops).unwrap_or_default();
        let mut elsewhere: Vec<Elsewhere> = Vec::new();
        for stop in trace.iter().filter(|stop| stop.version != self.version.id) {
            let Some(version) = self.library.version(&stop.version) else { continue };
            for landing in stop.landings.iter().filter(|landing| landing.place.item.is_some()) {
                let Some(words) = version.entry(landing.place.article).and_then(|entry| entry.words(landing.place)) else { continue };
                if elsewhere.iter().any(|seen| seen.words == words) {
                    continue;
                }
                let link = link(self.library, &stop.version, landing.place);
                elsewhere.push(Elsewhere {
                    label: version.label.show(self.lang).to_owned(),
                    link,
                    place: landing.place.show(self.lang),
                    words,
                });
            }
        }
        LostView { note: lost.note.show(self.lang).to_owned(), elsewhere }
    }

    fn summary(&self, entry: &Entry, words: &str) -> BodyView {
        let mut places = Vec::new();
        for paragraph in 1..=entry.paragraph_count() {
            let place = Place::article(entry.number).with_paragraph(paragraph);
            if entry.paragraph_count() > 1 {
                places.push((anchor(entry, place), self.part_name(place)));
            }
            places.extend(entry.items_of(paragraph).into_iter().map(|item| {
                let place = place.with_item(item);
                (anchor(entry, place), self.part_name(place))
            }));
        }
        BodyView::Summary { words: words::marked(words, self.needles), places }
    }

    /// A paragraph or item by its number alone: `第二款`, `第三项`, `para 2`, `item 3`.
    fn part_name(&self, place: Place) -> String {
        let (key, number) = match (place.paragraph, place.item) {
            (_, Some(item)) => ("part-item", item),
            (paragraph, None) => ("part-paragraph", paragraph.unwrap_or_default()),
        };
        let number = if self.lang == Lang::Zh { numeral::chinese(number) } else { number.to_string() };
        text(self.lang, key, &[("n", &number)])
    }

    fn others(&self, place: Place) -> Vec<OtherView> {
        let trace = self.library.trace(&self.version.id, place).map(|trace| trace.stops).unwrap_or_default();
        let stops = trace.into_iter().filter(|stop| stop.version != self.version.id);
        let views = stops.filter_map(|stop| {
            let version = self.library.version(&stop.version)?;
            let landings = stop.landings.iter().map(|landing| LandingView {
                link: short_link(self.library, &stop.version, landing.place),
                place: landing.place.show(self.lang),
                change: if landing.change == anlan_law::Change::Same { String::new() } else { words::change(self.lang, landing.change) },
                note: landing.note.as_ref().map(|note| note.show(self.lang).to_owned()).unwrap_or_default(),
            });
            let endings = stop.endings.iter().map(|ending| {
                let note = ending.note.as_ref().map(|note| note.show(self.lang)).unwrap_or_default();
                format!("{} {} {note}", ending.place.show(self.lang), words::change(self.lang, ending.change)).trim_end().to_owned()
            });
            // An article that has no counterpart at all: one word says so.
            let nothing = stop.landings.is_empty().then(|| text(self.lang, "others-none", &[]));
            Some(OtherView {
                label: version.label.show(self.lang).to_owned(),
                endings: if nothing.is_some() { nothing.into_iter().collect() } else { endings.collect() },
                landings: landings.collect(),
            })
        });
        views.collect()
    }
}

fn by_item(mut duties: Vec<Beside>) -> Vec<(String, Vec<Beside>)> {
    duties.sort_by(|a, b| a.more.cmp(&b.more));
    let mut groups: Vec<(String, Vec<Beside>)> = Vec::new();
    for duty in duties {
        match groups.last_mut() {
            Some((items, group)) if *items == duty.more => group.push(duty),
            _ => groups.push((duty.more.clone(), vec![duty])),
        }
    }
    groups
}

impl BodyView {
    fn has_mark(&self) -> bool {
        match self {
            Self::Text(paragraphs) => paragraphs
                .iter()
                .any(|paragraph| words::has_mark(&paragraph.parts) || paragraph.items.iter().any(|item| words::has_mark(&item.parts))),
            Self::Summary { words, .. } => words::has_mark(words),
        }
    }
}
