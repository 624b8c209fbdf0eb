//! `/library`: the statutes with their versions and the state of their texts, and the texts that were brought in.

use anlan_base::Day;
use anlan_law::{Provenance, Version};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::shelf::Shelf;
use super::words::{self, Tag};
use crate::compliance::beside::{self, PackLine};
use crate::console::Shared;
use crate::failure::Failure;
use crate::page::{Page, Section, show};
use crate::session::Signed;
use crate::shown;

struct StatuteView {
    title: String,
    /// In Chinese, where the page is not.
    original: String,
    versions: Vec<VersionView>,
}

struct VersionView {
    id: String,
    label: String,
    force: Tag,
    validity: String,
    articles: usize,
    /// How many articles are known how: words and count.
    known: Vec<(Tag, usize)>,
    lost: usize,
    note: String,
}

struct TextView {
    entry: u64,
    name: String,
    version: String,
    at: String,
    actor: String,
    digest: String,
    findings: usize,
    fate: Tag,
}

#[derive(Template)]
#[template(path = "library.html")]
struct LibraryPage {
    page: Page,
    statutes: Vec<StatuteView>,
    texts: Vec<TextView>,
    packs: Vec<PackLine>,
}

pub(crate) async fn index(State(house): State<Shared>, who: Signed) -> Result<Response, Failure> {
    let shelf = house.shelf().await?;
    let today = Day::of(house.console.clock.now());
    let page = Page::signed(&house, &who, Section::Library, "library-title");
    let statutes = shelf.library.statutes().iter().map(|statute| StatuteView {
        title: statute.title.show(who.lang).to_owned(),
        original: if statute.title.show(who.lang) == statute.title.zh { String::new() } else { statute.title.zh.clone() },
        versions: statute.versions.iter().rev().map(|version| version_view(&who, version, today)).collect(),
    });
    let page = LibraryPage { page, statutes: statutes.collect(), texts: texts(&who, &shelf), packs: beside::packs(who.lang)? };
    show(StatusCode::OK, &page)
}

/// One of each kind that an article's words can be known by, mildest first.
fn kind(provenance: &Provenance) -> usize {
    match provenance {
        Provenance::Imported => 0,
        Provenance::Voted { .. } => 1,
        Provenance::Same { .. } => 2,
        Provenance::Found => 3,
        Provenance::Completed => 4,
        Provenance::Summary => 5,
    }
}

const KINDS: [(&str, &str); 6] = [
    ("accent", "count-imported"),
    ("", "count-voted"),
    ("", "count-same"),
    ("", "count-found"),
    ("warn", "count-completed"),
    ("warn", "count-summary"),
];

fn version_view(who: &Signed, version: &Version, today: Day) -> VersionView {
    let mut counts = [0_usize; KINDS.len()];
    for entry in version.entries() {
        if let Some(count) = counts.get_mut(kind(&entry.provenance)) {
            *count += 1;
        }
    }
    let known = KINDS.iter().zip(counts).filter(|(_, count)| *count > 0);
    VersionView {
        id: version.id.to_string(),
        label: version.label.show(who.lang).to_owned(),
        force: words::force(who.lang, version, today),
        validity: words::validity(who.lang, version),
        articles: version.entries().len(),
        known: known.map(|((class, key), count)| (Tag::new(who.lang, class, key, &[("n", &count.to_string())]), count)).collect(),
        lost: version.entries().iter().map(|entry| entry.lost.len()).sum(),
        note: version.note.show(who.lang).to_owned(),
    }
}

fn texts(who: &Signed, shelf: &Shelf) -> Vec<TextView> {
    let views = shelf.texts.iter().rev().map(|kept| TextView {
        entry: kept.row.entry,
        name: shown::plain(&kept.row.name, shown::ROW_BYTES),
        version: kept.row.version.clone().unwrap_or_default(),
        at: kept.row.at.to_civil(),
        actor: kept.actor.clone(),
        digest: kept.row.digest.clone(),
        findings: kept.findings,
        fate: words::fate(who.lang, &kept.fate),
    });
    views.collect()
}
