//! What stands beside an article in the library's reading view: the duties that cite it, and what a breach of it costs.

use anlan_base::text::Lang;
use anlan_law::VersionId;

use super::book::{Sure, law};
use super::money;
use crate::failure::Failure;

/// A duty or a fine in one line.
pub(crate) struct Beside {
    pub(crate) link: String,
    pub(crate) title: String,
    /// The items that a duty cites, or the range of a fine; empty where there is nothing to add.
    pub(crate) more: String,
    /// How sure it is; empty where it is certain.
    pub(crate) sure: String,
    /// What is not sure.
    pub(crate) why: String,
}

/// The duties that cite an article of a version, in the order of the packs.
pub(crate) fn duties(lang: Lang, version: &VersionId, article: u32) -> Result<Vec<Beside>, Failure> {
    let cited = law()?.book.duties_of(version, article);
    let beside = cited.into_iter().map(|(duty, places)| {
        let sure = Sure::of(lang, duty.sureness, duty.unsure.as_ref());
        let items = places.iter().filter_map(|place| place.item).map(|item| format!("({item})"));
        Beside {
            link: format!("/compliance/duties/{}", duty.id),
            title: duty.title.show(lang).to_owned(),
            more: items.collect(),
            sure: sure.word,
            why: sure.why,
        }
    });
    Ok(beside.collect())
}

/// The fines of an article of a version, and those that a breach of it brings.
pub(crate) fn fines(lang: Lang, version: &VersionId, article: u32) -> Result<Vec<Beside>, Failure> {
    let book = &law()?.book;
    let beside = book.fines_of(version, article).into_iter().map(|penalty| {
        let sure = Sure::of(lang, penalty.sureness, penalty.unsure.as_ref());
        Beside {
            link: format!("/compliance/fines#{}", penalty.id),
            title: penalty.at.show(lang),
            more: money::one_line(lang, [penalty]).map(|(first, most)| format!("{first} {most}").trim_end().to_owned()).unwrap_or_default(),
            sure: sure.word,
            why: sure.why,
        }
    });
    Ok(beside.collect())
}

/// A pack of the box, and how much it holds.
pub(crate) struct PackLine {
    pub(crate) title: String,
    pub(crate) id: String,
    pub(crate) version: String,
    pub(crate) about: String,
    pub(crate) duties: usize,
    pub(crate) terms: usize,
}

/// The packs of the box, the law's own first.
pub(crate) fn packs(lang: Lang) -> Result<Vec<PackLine>, Failure> {
    let book = &law()?.book;
    let line = |pack: &anlan_law::pack::Pack| PackLine {
        title: pack.title.show(lang).to_owned(),
        id: pack.id.clone(),
        version: pack.version.clone(),
        about: pack.about.as_ref().map(|about| about.show(lang).to_owned()).unwrap_or_default(),
        duties: book.duties.iter().filter(|duty| duty.pack == pack.id).count(),
        terms: book.terms.iter().filter(|term| term.pack == pack.id).count(),
    };
    let (own, further): (Vec<_>, Vec<_>) = book.packs.iter().partition(|pack| pack.needs.is_empty());
    Ok(own.into_iter().chain(further).map(line).collect())
}
