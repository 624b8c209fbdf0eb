//! `/records/{kind}/import`: a sheet is brought, read, shown row by row with what it would do, and imported on a person's word.
//!
//! Invariants: nothing is stored before that word; then each row is a command of its own, with its own rights, its own entry and its own answer; the same file imported
//! again opens nothing twice; what was shown is what is done, or it is told that the record has changed since.

use std::sync::Arc;

use anlan_assure::sheet::{self, BYTES_IN, ROWS_IN};
use anlan_base::text::text;
use anlan_law::kind::Kind;
use anlan_ledger::engine::{Command, Rights};
use anlan_ledger::records::Opened;
use anlan_ledger::{Ledger, LedgerError};
use askama::Template;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use sha2::{Digest as _, Sha256};

use super::export::{self, Form};
use super::form::say;
use super::hints;
use super::plan::{Deed, Planner, Why, why};
use super::review::{draw_review, sort_of};
use super::sheets::{Brought, Outcome, Stage};
use crate::assets::hex;
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::{Page, Section, grouped, see_other, show};
use crate::session::{Signed, SignedForm, TOKEN_FIELD, random_token, same, signed_from_us};

/// Characters of a file's name that are shown and kept.
const NAME_CHARS: usize = 80;
/// Bytes of the form's token.
const TOKEN_BYTES: usize = 256;
/// Characters of the reason of corrections.
const REASON_CHARS: usize = 500;
/// The act of the entry that an import begins with; its rows are entries of their own.
const IMPORT: &str = "list.import";

/// A form of a signed-in person with one file, of at most [`BYTES_IN`]; of a larger one nothing is kept.
pub(crate) struct SheetForm {
    who: Signed,
    name: String,
    bytes: Option<Vec<u8>>,
}

impl FromRequest<Shared> for SheetForm {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &Shared) -> Result<Self, Failure> {
        let (who, request) = signed_from_us(request, state).await?;
        let mut parts = Multipart::from_request(request, state).await.map_err(|_| Failure::Forged)?;
        let token = match parts.next_field().await {
            Ok(Some(field)) if field.name() == Some(TOKEN_FIELD) => field,
            _ => return Err(Failure::Forged),
        };
        let token = taken(token, TOKEN_BYTES).await?.unwrap_or_default();
        if !same(&String::from_utf8_lossy(&token), &who.session.csrf) {
            return Err(Failure::Forged);
        }
        match parts.next_field().await {
            Ok(Some(field)) if field.name() == Some("file") => {
                let last = field.file_name().unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
                let name = last.chars().filter(|c| !c.is_control()).take(NAME_CHARS).collect();
                Ok(Self { who, name, bytes: taken(field, BYTES_IN).await? })
            }
            Ok(_) => Err(Failure::BadForm),
            Err(error) => Err(of(&error)),
        }
    }
}

fn of(error: &MultipartError) -> Failure {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE { Failure::TooLarge } else { Failure::BadForm }
}

/// The bytes of a field; none where there are more. It is read to its end, so that the browser hears why.
async fn taken(mut field: Field<'_>, most: usize) -> Result<Option<Vec<u8>>, Failure> {
    let mut bytes = Some(Vec::new());
    while let Some(chunk) = field.chunk().await.map_err(|error| of(&error))? {
        bytes = bytes.filter(|bytes| bytes.len() + chunk.len() <= most);
        if let Some(bytes) = &mut bytes {
            bytes.extend_from_slice(&chunk);
        }
    }
    Ok(bytes)
}

#[derive(Template)]
#[template(path = "sheet_import.html")]
struct ImportPage {
    page: Page,
    wrong: String,
    back: String,
    back_title: String,
    action: String,
    template: String,
    rows: String,
    size: String,
}

/// The kind where the person may open or see records of it.
fn kind_for(house: &Shared, who: &Signed, kind: &str) -> Result<Kind, Failure> {
    let kinds = house.console.ledger.kinds();
    let kind = house.kind(&kinds, kind)?;
    if house.console.ledger.units_to_open(&who.rights, &kind).is_empty() {
        return Err(Failure::NotFound);
    }
    Ok(kind)
}

pub(crate) async fn import_form(State(house): State<Shared>, who: Signed, Path(kind): Path<String>) -> Result<Response, Failure> {
    let kind = kind_for(&house, &who, &kind)?;
    draw_form(&house, &who, &kind, StatusCode::OK, String::new())
}

fn draw_form(house: &Shared, who: &Signed, kind: &Kind, status: StatusCode, wrong: String) -> Result<Response, Failure> {
    let title = say(&kind.title, who.lang).to_owned();
    let page = Page::records(house, who, kind.place, &format!("{} · {title}", text(who.lang, "sheet-import", &[])));
    show(
        status,
        &ImportPage {
            page,
            wrong,
            back: format!("/records/{}", kind.id),
            back_title: title,
            action: format!("/records/{}/import", kind.id),
            template: format!("/records/{}/import/template.xlsx", kind.id),
            rows: grouped(u64::try_from(ROWS_IN).unwrap_or(u64::MAX)),
            size: (BYTES_IN >> 20).to_string(),
        },
    )
}

pub(crate) async fn template(State(house): State<Shared>, who: Signed, Path(kind): Path<String>) -> Result<Response, Failure> {
    let kind = kind_for(&house, &who, &kind)?;
    let with_unit = house.console.ledger.units_to_open(&who.rights, &kind).len() > 1;
    let sheet = hints::template(&kind, with_unit, who.lang);
    let back = format!("/records/{}/import", kind.id);
    match export::made(&house, Form::Xlsx, vec![sheet]).await? {
        Ok(bytes) => Ok(export::download(&format!("{}-template.xlsx", kind.id), Form::Xlsx, bytes)),
        Err(why) => export::refused(&house, &who, &kind, &why, &back),
    }
}

pub(crate) async fn import_upload(State(house): State<Shared>, Path(kind): Path<String>, sent: SheetForm) -> Result<Response, Failure> {
    let SheetForm { mut who, name, bytes } = sent;
    let kind = kind_for(&house, &who, &kind)?;
    who.here = format!("/records/{}/import", kind.id);
    let _turn = house.sheets.turn().await?;
    let Some(bytes) = bytes else {
        let wrong = export::told(&sheet::SheetError::Bytes { most: BYTES_IN }, who.lang);
        return draw_form(&house, &who, &kind, StatusCode::PAYLOAD_TOO_LARGE, wrong);
    };
    let digest = hex(&Sha256::digest(&bytes));
    let given = tokio::task::spawn_blocking(move || sheet::read(&bytes)).await.map_err(Failure::internal)?;
    let given = match given {
        Ok(given) => given,
        Err(why) => return draw_form(&house, &who, &kind, StatusCode::UNPROCESSABLE_ENTITY, export::told(&why, who.lang)),
    };
    let directory = house.console.ledger.directory();
    // Corrections have a reason; the one that counts is asked for with the word to import.
    let reason = text(who.lang, "sheet-reason", &[]);
    let plan = Planner::new(&house, &who, &kind, &directory, &reason).await?.plan(given).await?;
    if let Some((key, found)) = &plan.fault {
        return draw_form(&house, &who, &kind, StatusCode::UNPROCESSABLE_ENTITY, text(who.lang, key, &[("found", found)]));
    }
    let id = random_token()?;
    let to = format!("/records/{}/import/{id}", kind.id);
    house.sheets.put(Brought {
        user: who.session.user.name.clone(),
        kind: kind.id,
        id,
        digest,
        name,
        plan: Arc::new(plan),
        stage: Stage::Waiting,
        at: house.console.clock.now(),
    });
    Ok(see_other(&to))
}

pub(crate) async fn import_review(
    State(house): State<Shared>,
    Path((kind, id)): Path<(String, String)>,
    who: Signed,
    pairs: Pairs,
) -> Result<Response, Failure> {
    let kind = kind_for(&house, &who, &kind)?;
    let found = house.sheets.get(&who.session.user.name, &id, house.console.clock.now()).filter(|brought| brought.kind == kind.id);
    match found {
        Some(brought) => draw_review(&house, &who, &kind, &brought, &pairs, StatusCode::OK, String::new()),
        None => draw_form(&house, &who, &kind, StatusCode::NOT_FOUND, text(who.lang, "sheet-gone", &[])),
    }
}

pub(crate) async fn import_keep(
    State(house): State<Shared>,
    Path((kind, id)): Path<(String, String)>,
    signed: SignedForm,
) -> Result<Response, Failure> {
    let SignedForm { mut who, form } = signed;
    let kind = kind_for(&house, &who, &kind)?;
    who.here = format!("/records/{}/import/{id}", kind.id);
    let user = who.session.user.name.clone();
    let now = house.console.clock.now();
    let Some(brought) = house.sheets.get(&user, &id, now).filter(|brought| brought.kind == kind.id) else {
        return draw_form(&house, &who, &kind, StatusCode::NOT_FOUND, text(who.lang, "sheet-gone", &[]));
    };
    let asks = |sort: &str| brought.plan.rows.iter().any(|row| sort_of(&row.deed) == sort);
    let reason: String = form.get("reason").trim().chars().take(REASON_CHARS).collect();
    let refusal = match form.get("take") {
        _ if asks("change") && reason.is_empty() => Some("sheet-reason-missing"),
        "good" => None,
        _ if asks("wrong") => Some("sheet-not-all"),
        _ => None,
    };
    if let Some(key) = refusal {
        let wrong = text(who.lang, key, &[]);
        return draw_review(&house, &who, &kind, &brought, &Pairs::default(), StatusCode::UNPROCESSABLE_ENTITY, wrong);
    }
    let _turn = house.sheets.turn().await?;
    if let Some(brought) = house.sheets.begin(&user, &id, now) {
        let count = brought.plan.rows.len().to_string();
        let fields = [("kind", kind.id.as_str()), ("name", &brought.name), ("digest", &brought.digest), ("rows", &count)];
        house.console.ledger.note_act(&who.actor(), IMPORT, &fields).await?;
        let (stops, rights) = (form.get("take") != "good", who.rights.clone());
        let running = {
            let house = Arc::clone(&house);
            // Goes on to its end, though the browser may have gone away.
            tokio::spawn(async move {
                let outcomes = run(&house.console.ledger, &rights, &brought, &reason, stops).await;
                house.sheets.finish(&brought.id, outcomes);
            })
        };
        running.await.map_err(Failure::internal)?;
    }
    Ok(see_other(&who.here))
}

/// Each row as its command. Where all were wanted, the first that is refused ends it.
async fn run(ledger: &Ledger, rights: &Rights, brought: &Brought, reason: &str, stops: bool) -> Vec<Outcome> {
    let mut outcomes = vec![Outcome::Left; brought.plan.rows.len()];
    for (row, outcome) in brought.plan.rows.iter().zip(&mut outcomes) {
        let done = match &row.deed {
            Deed::New { unit, happened } => {
                let command = Command::Open { unit: *unit, values: row.values.clone(), happened: *happened };
                open(ledger, rights, brought, row.line, command).await
            }
            Deed::Change { number, version } => {
                let command = Command::Correct { values: row.values.clone(), reason: reason.to_owned() };
                ledger.act_on(rights, number, Some(*version), command).await.map(|done| Outcome::Changed(done.number))
            }
            Deed::Same { .. } | Deed::Wrong(_) => continue,
        };
        *outcome = done.unwrap_or_else(failed);
        if stops && matches!(outcome, Outcome::Failed(_)) {
            break;
        }
    }
    outcomes
}

/// The file and the line make a key, so that the same file opens nothing twice.
async fn open(ledger: &Ledger, rights: &Rights, brought: &Brought, line: usize, command: Command) -> Result<Outcome, LedgerError> {
    let key = format!("sheet-{}-{line}", brought.digest.get(..40).unwrap_or_default());
    match ledger.open_once(rights, &brought.kind, command.clone(), Some(&key)).await {
        Ok(Opened::Now(done)) => Ok(Outcome::Opened(done.number)),
        Ok(Opened::Before(done)) => Ok(Outcome::OpenedBefore(done.number)),
        Err(LedgerError::Refusal(refusal)) if refusal.code == "once-full" => {
            ledger.open_record(rights, &brought.kind, command).await.map(|done| Outcome::Opened(done.number))
        }
        Err(error) => Err(error),
    }
}

fn failed(error: LedgerError) -> Outcome {
    let cause = error.to_string();
    Outcome::Failed(why(error).unwrap_or_else(|_| {
        tracing::error!(cause, "a row of a sheet could not be imported");
        Why::Told("plan-failed", String::new())
    }))
}
