//! `/library/{version}`: a version read from its first article to its last. `/library/{statute}` goes to the version in force.
//!
//! `?on=2024-05-01` goes to the version in force that day, `?article=21` says where the reader is (a change of version keeps the place),
//! `?q=` marks words.

use anlan_base::Day;
use anlan_base::text::{Lang, text};
use anlan_law::{Body, Force, Library, Place, Statute, Version, VersionId};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::article::{ArticleView, BodyView, Desk, link};
use super::shelf::Shelf;
use super::words::{self, Tag};
use crate::address::address;
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::{Page, Section, see_other, show};
use crate::session::Signed;

struct Switch {
    version: String,
    label: String,
    link: String,
    is_here: bool,
}

struct PartView {
    /// Of the first article under it.
    anchor: u32,
    title: String,
    /// In Chinese, where the page is not.
    original: String,
    range: String,
    articles: Vec<ArticleView>,
}

/// An official text laid over the version.
struct ImportedView {
    entry: u64,
    digest: String,
    on: String,
    differs: String,
}

#[derive(Template)]
#[template(path = "library_reading.html")]
struct ReadingPage {
    page: Page,
    version: String,
    action: String,
    force: Tag,
    validity: String,
    note: String,
    /// Which version held on the day that was asked for.
    as_of: String,
    on: String,
    wrong: String,
    article: u32,
    query: String,
    /// Articles with marked words: number and name.
    hits: Vec<(u32, String)>,
    switches: Vec<Switch>,
    parts: Vec<PartView>,
    summaries: usize,
    lost: usize,
    imported: Option<ImportedView>,
    printed: String,
}

pub(crate) async fn reading(
    State(house): State<Shared>,
    Path(version): Path<String>,
    who: Signed,
    pairs: Pairs,
) -> Result<Response, Failure> {
    let shelf = house.shelf().await?;
    let now = house.console.clock.now();
    let asked = Asked::new(&pairs, Day::of(now));
    match asked.go(&shelf.library, &version).ok_or(Failure::NotFound)? {
        Go::To(address) => Ok(see_other(&address)),
        Go::Read(statute, version) => {
            let mut page = Page::signed(&house, &who, Section::Library, "library-title");
            page.title =
                text(who.lang, "reading-title", &[("law", statute.short.show(who.lang)), ("version", version.label.show(who.lang))]);
            let printed = now.to_civil();
            show(StatusCode::OK, &asked.draw(page, &shelf, statute, version, printed)?)
        }
    }
}

/// What a request asks for beside the version.
struct Asked {
    /// As written.
    on: String,
    day: Option<Day>,
    today: Day,
    article: Option<u32>,
    query: String,
}

enum Go<'a> {
    To(String),
    Read(&'a Statute, &'a Version),
}

impl Asked {
    fn new(pairs: &Pairs, today: Day) -> Self {
        let on: String = pairs.get("on").trim().chars().take(16).collect();
        let place = pairs.get("article").parse::<Place>().ok();
        Self { day: on.parse().ok(), on, today, article: place.map(|place| place.article), query: words::query(pairs.get("q")) }
    }

    fn go<'a>(&self, library: &'a Library, asked: &str) -> Option<Go<'a>> {
        let Ok(id) = asked.parse::<VersionId>() else {
            let statute = library.statute(asked)?;
            let version = library.version_on(&statute.id, self.day.unwrap_or(self.today)).or_else(|| statute.versions.last())?;
            return Some(Go::To(self.address(&version.id, self.article)));
        };
        let statute = library.statute(id.statute())?;
        let version = library.version(&id)?;
        let in_force = self.day.and_then(|day| library.version_on(&statute.id, day));
        match in_force.filter(|in_force| in_force.id != version.id) {
            Some(other) => {
                Some(Go::To(self.address(&other.id, self.article.and_then(|number| carried(library, version, number, &other.id)))))
            }
            None => Some(Go::Read(statute, version)),
        }
    }

    fn address(&self, id: &VersionId, article: Option<u32>) -> String {
        let number = article.map(|n| n.to_string()).unwrap_or_default();
        let mut to = address(&format!("/library/{id}"), &[("on", &self.on), ("article", &number), ("q", &self.query)]);
        if let Some(article) = article {
            to.push_str(&format!("#a{article}"));
        }
        to
    }

    fn draw(&self, page: Page, shelf: &Shelf, statute: &Statute, version: &Version, printed: String) -> Result<ReadingPage, Failure> {
        let lang = page.lang;
        let needles = words::needles(&self.query);
        let desk = Desk { lang, library: &shelf.library, version, needles: &needles };
        let parts = parts(&desk)?;
        let hits = parts.iter().flat_map(|part| &part.articles).filter(|article| article.has_mark);
        let hits = hits.map(|article| (article.number, Place::article(article.number).show(lang))).collect();
        Ok(ReadingPage {
            version: version.id.to_string(),
            action: format!("/library/{}", version.id),
            force: words::force(lang, version, self.today),
            validity: words::validity(lang, version),
            note: version.note.show(lang).to_owned(),
            as_of: self.as_of(lang, version),
            wrong: if self.day.is_none() && !self.on.is_empty() {
                text(lang, "reading-day-wrong", &[("written", &self.on)])
            } else {
                String::new()
            },
            on: self.day.map(|day| day.to_string()).unwrap_or_default(),
            article: self.article.unwrap_or_default(),
            query: self.query.clone(),
            hits,
            switches: statute.versions.iter().map(|other| self.switch(lang, shelf, version, other)).collect(),
            parts,
            summaries: version.entries().iter().filter(|entry| matches!(entry.body, Body::Summary { .. })).count(),
            lost: version.entries().iter().map(|entry| entry.lost.len()).sum(),
            imported: imported(lang, shelf, version),
            printed,
            page,
        })
    }

    fn as_of(&self, lang: Lang, version: &Version) -> String {
        let Some(day) = self.day else { return String::new() };
        let day_shown = day.to_string();
        match version.force(day) {
            Force::InForce => text(
                lang,
                "as-of-in-force",
                &[("day", &day_shown), ("version", version.label.show(lang)), ("validity", &words::validity(lang, version))],
            ),
            _ => text(lang, "as-of-none", &[("day", &day_shown)]),
        }
    }

    fn switch(&self, lang: Lang, shelf: &Shelf, here: &Version, other: &Version) -> Switch {
        let number = self.article.and_then(|number| carried(&shelf.library, here, number, &other.id));
        let to = number.map_or_else(|| format!("/library/{}", other.id), |number| link(&shelf.library, &other.id, Place::article(number)));
        Switch { version: other.id.to_string(), label: other.label.show(lang).to_owned(), link: to, is_here: other.id == here.id }
    }
}

/// The article of another version that answers to one of this version, where one does.
fn carried(library: &Library, here: &Version, number: u32, to: &VersionId) -> Option<u32> {
    let trace = library.trace(&here.id, Place::article(number)).ok()?;
    trace.in_version(to.as_str())?.landings.first().map(|landing| landing.place.article)
}

fn parts(desk: &Desk<'_>) -> Result<Vec<PartView>, Failure> {
    let mut parts: Vec<PartView> = Vec::new();
    for entry in desk.version.entries() {
        let starts = desk.version.parts.iter().find(|(from, _)| *from == entry.number);
        if parts.is_empty() || starts.is_some() {
            let title = starts.map(|(_, title)| title);
            let shown = title.map(|title| title.show(desk.lang).to_owned()).unwrap_or_default();
            let original = title.map(|title| title.zh.clone()).filter(|zh| *zh != shown).unwrap_or_default();
            parts.push(PartView { anchor: entry.number, title: shown, original, range: String::new(), articles: Vec::new() });
        }
        if let Some(part) = parts.last_mut() {
            part.range = if part.anchor == entry.number { entry.number.to_string() } else { format!("{}–{}", part.anchor, entry.number) };
            part.articles.push(desk.article(entry)?);
        }
    }
    Ok(parts)
}

fn imported(lang: Lang, shelf: &Shelf, version: &Version) -> Option<ImportedView> {
    let imported = version.imported.as_ref()?;
    let entry = *shelf.shown.get(&version.id)?;
    let differs = imported.differs.iter().map(|number| Place::article(*number).show(lang)).collect::<Vec<_>>();
    Some(ImportedView {
        entry,
        digest: imported.digest.clone(),
        on: imported.on.to_string(),
        differs: differs.join(if lang == Lang::Zh { "、" } else { ", " }),
    })
}
