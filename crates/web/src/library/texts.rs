//! `/library/texts/{entry}`: a text that was kept, as it came, with what was found in it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::found::{Source, TextView};
use super::words::{self, Tag};
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::{Page, Section, show};
use crate::session::Signed;

#[derive(Template)]
#[template(path = "library_text.html")]
struct TextPage {
    page: Page,
    entry: u64,
    version: String,
    label: String,
    fate: Tag,
    at: String,
    actor: String,
    view: TextView,
    printed: String,
}

pub(crate) async fn text(State(house): State<Shared>, Path(entry): Path<String>, who: Signed, pairs: Pairs) -> Result<Response, Failure> {
    let entry: u64 = entry.parse().map_err(|_| Failure::NotFound)?;
    let shelf = house.shelf().await?;
    let kept = shelf.text(entry).ok_or(Failure::NotFound)?;
    let (row, content) = house.console.ledger.law_text(entry).await?.ok_or(Failure::NotFound)?;
    let address = format!("/library/texts/{entry}");
    let source = Source { name: &row.name, digest: &row.digest, content: content.into(), address };
    let reading = source.read(&house).await?;
    let view = source.view(who.lang, &shelf.library, &reading, pairs.get("part"));
    let version = row.version.clone().unwrap_or_default();
    let label = version.parse().ok().and_then(|id| shelf.library.version(&id)).map(|version| version.label.show(who.lang).to_owned());
    let mut page = Page::signed(&house, &who, Section::Library, "text-title");
    page.title.clone_from(&view.name);
    let page = TextPage {
        page,
        entry,
        version,
        label: label.unwrap_or_default(),
        fate: words::fate(who.lang, &kept.fate),
        at: row.at.to_civil(),
        actor: kept.actor.clone(),
        view,
        printed: house.console.clock.now().to_civil(),
    };
    show(StatusCode::OK, &page)
}
