//! Which place of one version of a statute answers to which place of the next.
//!
//! Invariants:
//! - every article of both versions stands in a link, as kept, changed, new, dropped or unknown;
//! - paragraphs and items are carried along only where the link says that their words or their numbers were kept;
//! - a step is read both ways with the same links.

use serde::{Deserialize, Serialize};

use crate::place::Place;
use crate::version::{Version, VersionId};
use crate::words::Bilingual;

/// What became of the words between two versions. Later ones are larger changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// The same words; number and punctuation aside.
    Same,
    /// Only the articles that it refers to have other numbers.
    References,
    Amended,
    /// Reworded and put elsewhere, out of the article that the rest stayed in.
    Moved,
    /// Put together with other places.
    Merged,
    New,
    Dropped,
    /// The source lost the words; what became of them cannot be told.
    Unknown,
}

impl Change {
    /// Whether the meaning is that of before.
    #[must_use]
    pub fn keeps_meaning(self) -> bool {
        matches!(self, Self::Same | Self::References)
    }

    /// Key of its name in the locale files.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Same => "law-change-same",
            Self::References => "law-change-references",
            Self::Amended => "law-change-amended",
            Self::Moved => "law-change-moved",
            Self::Merged => "law-change-merged",
            Self::New => "law-change-new",
            Self::Dropped => "law-change-dropped",
            Self::Unknown => "law-change-unknown",
        }
    }
}

/// Whether the numbers of paragraphs and items are those of before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    #[default]
    Free,
    Kept,
}

/// One line of the concordance. `from` is missing for what is new, `to` for what was dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub from: Option<Place>,
    pub to: Option<Place>,
    pub change: Change,
    pub shape: Shape,
    pub note: Option<Bilingual>,
}

impl Link {
    fn carries(&self) -> bool {
        self.shape == Shape::Kept || self.change.keeps_meaning()
    }
}

/// From one version to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub from: VersionId,
    pub to: VersionId,
    pub links: Vec<Link>,
}

/// How far a place came along.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Carried {
    /// With its paragraph and item, where it had any.
    Whole,
    /// Only its article; which paragraph or item answers to it is not told.
    ArticleOnly,
}

/// Where a place stands in another version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Landing {
    pub place: Place,
    /// The largest change on the way.
    pub change: Change,
    pub carried: Carried,
    #[serde(skip)]
    pub note: Option<Bilingual>,
}

impl Landing {
    pub(crate) fn order(&self) -> (Place, Change, Carried) {
        (self.place, self.change, self.carried)
    }
}

/// A part of a place that has no counterpart: new, dropped or unknown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ending {
    /// In the version where the part stands.
    pub place: Place,
    pub change: Change,
    #[serde(skip)]
    pub note: Option<Bilingual>,
}

/// Which way a step is walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Forward,
    Back,
}

/// A link as walked: where it starts and where it leads.
fn ends(link: &Link, way: Way) -> (Option<Place>, Option<Place>) {
    match way {
        Way::Forward => (link.from, link.to),
        Way::Back => (link.to, link.from),
    }
}

impl Step {
    /// What answers to a place (paragraph of an item named) in the version at the other end, and the parts of it that nothing answers to.
    pub(crate) fn walk(&self, place: Place, way: Way, target: &Version) -> (Vec<Landing>, Vec<Ending>) {
        let (mut landings, mut endings) = (Vec::new(), Vec::new());
        for link in &self.links {
            let (Some(source), goal) = ends(link, way) else { continue };
            if !source.covers(place) && !place.covers(source) {
                continue;
            }
            match goal {
                Some(goal) => landings.push(land(link, source, goal, place, target)),
                None => endings.push(Ending { place: source, change: link.change, note: link.note.clone() }),
            }
        }
        (landings, endings)
    }

    /// A whole article answers to a whole article where it has several places in it, or where nothing else of the past stands there.
    /// `origins` are the articles that the landings come from.
    pub(crate) fn gather(&self, landings: &[Landing], origins: &[u32], way: Way) -> Vec<Landing> {
        let gathered = landings.iter().map(|landing| {
            let article = landing.place.article;
            let count = landings.iter().filter(|other| other.place.article == article).count();
            let is_alone = landing.change != Change::Moved && !self.has_other_origin(article, origins, way);
            if count <= 1 && !is_alone {
                return landing.clone();
            }
            // The whole article is not the same where parts were added to it.
            let change = if self.has_additions(article, way) { landing.change.max(Change::Amended) } else { landing.change };
            Landing { place: Place::article(article), change, ..landing.clone() }
        });
        gathered.collect()
    }

    /// Whether an article has parts that nothing at the other end answers to.
    fn has_additions(&self, article: u32, way: Way) -> bool {
        self.links.iter().any(|link| matches!(ends(link, way), (None, Some(to)) if to.article == article && to != Place::article(article)))
    }

    fn has_other_origin(&self, goal: u32, origins: &[u32], way: Way) -> bool {
        self.links.iter().any(|link| match ends(link, way) {
            (Some(source), Some(to)) => to.article == goal && !origins.contains(&source.article),
            _ => false,
        })
    }
}

fn land(link: &Link, source: Place, goal: Place, place: Place, target: &Version) -> Landing {
    let landing = |place, carried| Landing { place, change: link.change, carried, note: link.note.clone() };
    let has_rest = source.covers(place) && source != place;
    if !has_rest {
        return landing(goal, Carried::Whole);
    }
    let carried = Place {
        article: goal.article,
        paragraph: goal.paragraph.or(if source.paragraph.is_none() { place.paragraph } else { None }),
        item: goal.item.or(if source.item.is_none() { place.item } else { None }),
    };
    let is_there = target.entry(carried.article).is_some_and(|entry| entry.holds(carried));
    if link.carries() && is_there { landing(carried, Carried::Whole) } else { landing(goal, Carried::ArticleOnly) }
}
