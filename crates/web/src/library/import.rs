//! `/library/import`: a text of the law is brought in, read, shown with its damage, and kept on a person's word.
//!
//! Reading stores nothing: until it is kept, the text waits in memory for the person who brought it.

use std::sync::Arc;

use anlan_base::text::{Lang, text};
use anlan_law::reading::Reading;
use anlan_law::{Library, VersionId, decode};
use anlan_ledger::{LAW_TEXT_BYTES, LedgerError};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use sha2::{Digest, Sha256};

use super::found::{Source, TextView};
use super::pending::Pending;
use super::words;
use crate::assets::hex;
use crate::console::{House, Shared};
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::{Page, Section, see_other, show};
use crate::session::{Signed, SignedForm};
use crate::shown;
use crate::upload::{Brought, SignedUpload};

/// Bytes of a text's name that are shown and kept.
const NAME_BYTES: usize = anlan_ledger::LAW_TEXT_NAME_BYTES;

#[derive(Template)]
#[template(path = "library_import.html")]
struct ImportPage {
    page: Page,
    /// Where a certain version is missing.
    wanted: String,
    max: String,
    wrong: String,
}

/// What keeping it as the text of a version would do.
struct Use {
    version: String,
    label: String,
    does: String,
    is_good: bool,
    is_on: bool,
}

#[derive(Template)]
#[template(path = "library_review.html")]
struct ReviewPage {
    page: Page,
    view: TextView,
    uses: Vec<Use>,
    wrong: String,
}

pub(crate) async fn form(State(house): State<Shared>, who: Signed, pairs: Pairs) -> Result<Response, Failure> {
    draw_form(&house, &who, pairs.get("version"), StatusCode::OK, String::new())
}

fn draw_form(house: &Shared, who: &Signed, version: &str, status: StatusCode, wrong: String) -> Result<Response, Failure> {
    let wanted = version.parse::<VersionId>().ok().and_then(|id| Library::shipped().version(&id));
    let wanted = wanted.map(|version| version.label.show(who.lang).to_owned()).unwrap_or_default();
    let page = Page::signed(house, who, Section::Library, "import-title");
    show(status, &ImportPage { page, wanted, max: (LAW_TEXT_BYTES / 1024).to_string(), wrong })
}

pub(crate) async fn upload(State(house): State<Shared>, sent: SignedUpload) -> Result<Response, Failure> {
    let SignedUpload { mut who, brought, .. } = sent;
    "/library/import".clone_into(&mut who.here);
    let (name, content) = match &brought {
        Brought::File { name, bytes } => (name.clone(), decode::text(bytes)),
        Brought::Text(content) => (String::new(), Some(content.clone())),
        Brought::Nothing | Brought::Both | Brought::TooLarge => {
            return draw_form(&house, &who, "", brought.status(), brought.wrong(who.lang).unwrap_or_default());
        }
    };
    let Some(content) = content.filter(|content| !content.contains('\0')) else {
        return draw_form(&house, &who, "", StatusCode::UNPROCESSABLE_ENTITY, text(who.lang, "import-no-text", &[]));
    };
    if content.len() > LAW_TEXT_BYTES {
        return draw_form(&house, &who, "", StatusCode::PAYLOAD_TOO_LARGE, Brought::TooLarge.wrong(who.lang).unwrap_or_default());
    }
    let digest = hex(&Sha256::digest(content.as_bytes()));
    let name = if name.trim().is_empty() { text(who.lang, "import-pasted", &[]) } else { shown::plain(name.trim(), NAME_BYTES - 3) };
    let to = format!("/library/import/{digest}");
    let at = house.console.clock.now();
    house.pending.put(Pending { user: who.session.user.name.clone(), digest, name, content: content.into(), at });
    Ok(see_other(&to))
}

/// The waiting text of the person, if its time has not run out.
fn waiting(house: &House, who: &Signed, digest: &str) -> Option<Pending> {
    house.pending.get(&who.session.user.name, digest, house.console.clock.now())
}

pub(crate) async fn review(
    State(house): State<Shared>,
    Path(digest): Path<String>,
    who: Signed,
    pairs: Pairs,
) -> Result<Response, Failure> {
    let Some(pending) = waiting(&house, &who, &digest) else {
        return draw_form(&house, &who, "", StatusCode::NOT_FOUND, text(who.lang, "import-gone", &[]));
    };
    draw_review(&house, &who, &pending, pairs.get("part"), StatusCode::OK, String::new()).await
}

async fn draw_review(
    house: &Shared,
    who: &Signed,
    pending: &Pending,
    part: &str,
    status: StatusCode,
    wrong: String,
) -> Result<Response, Failure> {
    let address = format!("/library/import/{}", pending.digest);
    let source = Source { name: &pending.name, digest: &pending.digest, content: Arc::clone(&pending.content), address };
    let reading = source.read(house).await?;
    let view = source.view(who.lang, &house.shelf().await?.library, &reading, part);
    let uses = uses(who.lang, &reading, &pending.digest);
    let page = Page::signed(house, who, Section::Library, "review-title");
    show(status, &ReviewPage { page, view, uses, wrong })
}

/// What the text can be kept as: each version recognised in it, and as a page alone.
fn uses(lang: Lang, reading: &Reading, digest: &str) -> Vec<Use> {
    let mut uses: Vec<Use> = Vec::new();
    for id in reading.documents.iter().filter_map(|document| document.version.as_deref()) {
        let known = id.parse::<VersionId>().ok().and_then(|id| Library::shipped().version(&id));
        let Some(version) = known.filter(|_| uses.iter().all(|other| other.version != id)) else { continue };
        let articles = reading.articles_of(id);
        let laid = Library::shipped().with_text(&version.id, &articles, digest, anlan_base::Day(0));
        let does = match &laid {
            Ok(library) => fits(lang, library, &version.id),
            Err(why) => words::unfit(lang, why),
        };
        uses.push(Use {
            version: id.to_owned(),
            label: version.label.show(lang).to_owned(),
            does,
            is_good: laid.is_ok(),
            is_on: uses.is_empty(),
        });
    }
    let (label, does) = (text(lang, "use-alone", &[]), text(lang, "use-alone-why", &[]));
    uses.push(Use { version: String::new(), label, does, is_good: true, is_on: uses.is_empty() });
    uses
}

fn fits(lang: Lang, laid: &Library, id: &VersionId) -> String {
    let version = laid.version(id);
    let shown = version.map_or(0, |v| v.entries().iter().filter(|entry| entry.provenance == anlan_law::Provenance::Imported).count());
    let differs = version.and_then(|v| v.imported.as_ref()).map_or(0, |imported| imported.differs.len());
    text(lang, "use-fits", &[("shown", &shown.to_string()), ("differs", &differs.to_string())])
}

pub(crate) async fn keep(State(house): State<Shared>, Path(digest): Path<String>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { mut who, form } = signed;
    who.here = format!("/library/import/{digest}");
    let Some(pending) = waiting(&house, &who, &digest) else {
        return draw_form(&house, &who, "", StatusCode::NOT_FOUND, text(who.lang, "import-gone", &[]));
    };
    let version = form.get("version");
    let version = if version.is_empty() { None } else { Some(version.parse::<VersionId>().map_err(|_| Failure::BadForm)?) };
    if let Some(id) = &version
        && Library::shipped().version(id).is_none()
    {
        return Err(Failure::BadForm);
    }
    let version = version.as_ref().map(VersionId::as_str);
    match house.console.ledger.import_law_text(&who.actor(), version, &pending.name, &pending.content).await {
        Ok(row) => {
            house.pending.take_away(&who.session.user.name, &digest);
            Ok(see_other(&format!("/library/texts/{}", row.entry)))
        }
        Err(LedgerError::Full { limit, .. }) => {
            let wrong = text(who.lang, "import-full", &[("max", &limit.to_string())]);
            draw_review(&house, &who, &pending, "1", StatusCode::UNPROCESSABLE_ENTITY, wrong).await
        }
        Err(error) => Err(error.into()),
    }
}
