//! `/records/{kind}/list.xlsx` and `list.csv`: a register as its list asks for it, with the columns that are chosen.
//!
//! Invariants: an export is an entry before its first byte goes out (I7); sealed values are never in it; what does not fit is refused, never cut in silence.

use anlan_assure::sheet::{self, COLUMNS, Cell, ROWS_OUT, Sheet, SheetError};
use anlan_base::Day;
use anlan_base::text::{Lang, text};
use anlan_law::kind::Kind;
use anlan_ledger::Directory;
use anlan_ledger::records::RecordRow;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::cells;
use super::form::say;
use super::list::{Question, question};
use super::words;
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::{Page, Section, show};
use crate::session::Signed;

/// Exports and imports that run at once; the next ones wait.
pub(crate) const SHEETS_AT_ONCE: usize = 2;
/// Pages of a list that one export reads: a search may look at many records that do not fit.
const PAGES: usize = 5_000;
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const CSV: &str = "text/csv; charset=utf-8";
/// The act of the entry that an export leaves behind.
pub(crate) const EXPORT: &str = "list.export";

/// What every row has around the columns of its kind: key of the head.
const BEFORE: [&str; 1] = ["col-number"];
const AFTER: [&str; 9] = [
    "col-unit",
    "col-state",
    "col-holder",
    "col-due",
    "sheet-missed",
    "sheet-happened",
    "print-opened",
    "sheet-late-entry",
    "sheet-voided",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Xlsx,
    Csv,
}

#[derive(Template)]
#[template(path = "sheet_wrong.html")]
struct WrongPage {
    page: Page,
    wrong: String,
    back: String,
    back_title: String,
}

pub(crate) async fn xlsx(house: State<Shared>, who: Signed, kind: Path<String>, pairs: Pairs) -> Result<Response, Failure> {
    list(house, who, kind, pairs, Form::Xlsx).await
}

pub(crate) async fn csv(house: State<Shared>, who: Signed, kind: Path<String>, pairs: Pairs) -> Result<Response, Failure> {
    list(house, who, kind, pairs, Form::Csv).await
}

async fn list(State(house): State<Shared>, who: Signed, Path(kind): Path<String>, pairs: Pairs, form: Form) -> Result<Response, Failure> {
    let _turn = house.sheets.turn().await?;
    let kinds = house.console.ledger.kinds();
    let kind = house.kind(&kinds, &kind)?;
    let mut asked = question(&kind, &pairs, &who)?;
    name_first(&kind, &mut asked);
    let back = format!("/records/{}", kind.id);
    let (rows, directory) = match rows(&house, &who, &mut asked).await? {
        Some(found) => found,
        None => return refused(&house, &who, &kind, &SheetError::Rows { most: ROWS_OUT }, &back),
    };
    let query = who.here.split_once('?').map_or("", |(_, query)| query);
    let count = rows.len().to_string();
    let fields = [("kind", kind.id.as_str()), ("question", query), ("form", form.ending()), ("rows", &count)];
    house.console.ledger.note_act(&who.actor(), EXPORT, &fields).await?;
    let sheet = drawn(&kind, &asked.columns, &rows, &directory, who.lang);
    drop(rows);
    let name = format!("{}-{}.{}", kind.id, Day::of(house.console.clock.now()), form.ending());
    match made(&house, form, vec![sheet]).await? {
        Ok(bytes) => Ok(download(&name, form, bytes)),
        Err(why) => refused(&house, &who, &kind, &why, &back),
    }
}

/// What a record is called comes first, and each column once.
fn name_first(kind: &Kind, asked: &mut Question) {
    let mut columns = vec![kind.title_field.clone()];
    for name in asked.columns.drain(..) {
        let open = kind.field(&name).is_some_and(|field| field.sealed.is_empty());
        if open && kind.list.contains(&name) && !columns.contains(&name) {
            columns.push(name);
        }
    }
    columns.truncate(COLUMNS - BEFORE.len() - AFTER.len());
    asked.columns = columns;
}

/// Every row that fits, page by page; none where there are too many.
async fn rows(house: &Shared, who: &Signed, asked: &mut Question) -> Result<Option<(Vec<RecordRow>, std::sync::Arc<Directory>)>, Failure> {
    asked.ask.limit = 0;
    asked.ask.after = None;
    let mut rows = Vec::new();
    for _ in 0..PAGES {
        let found = house.console.ledger.list(&who.rights, &asked.ask).await?;
        rows.extend(found.rows);
        if rows.len() > ROWS_OUT {
            return Ok(None);
        }
        asked.ask.after = found.next;
        if asked.ask.after.is_none() {
            return Ok(Some((rows, house.console.ledger.directory())));
        }
    }
    Ok(None)
}

fn drawn(kind: &Kind, columns: &[String], rows: &[RecordRow], directory: &Directory, lang: Lang) -> Sheet {
    let head = |key: &&str| text(lang, key, &[]);
    let own = columns.iter().filter_map(|name| kind.field(name));
    let heads = BEFORE.iter().map(head).chain(own.map(|field| say(&field.title, lang).to_owned())).chain(AFTER.iter().map(head));
    Sheet {
        name: say(&kind.title, lang).to_owned(),
        heads: heads.collect(),
        rows: rows.iter().map(|row| drawn_row(kind, columns, row, directory, lang)).collect(),
        foot: Vec::new(),
    }
}

fn drawn_row(kind: &Kind, columns: &[String], row: &RecordRow, directory: &Directory, lang: Lang) -> Vec<Cell> {
    let own = columns.iter().filter_map(|name| {
        let field = kind.field(name)?;
        // A row has the name of its record also where it is no column.
        let value = row.values.get(name).or_else(|| (*name == kind.title_field).then_some(&row.title));
        Some(cells::cell(field, value.map_or("", String::as_str), directory, lang))
    });
    let holder = if row.ended { String::new() } else { words::person(directory, row.holder, lang) };
    let after = [
        Cell::text(words::unit(directory, row.unit)),
        Cell::text(words::state(Some(kind), &row.state, row.ended, false, lang).1),
        Cell::text(holder),
        row.due.map_or(Cell::Empty, Cell::Moment),
        cells::yes(row.missed, lang),
        Cell::Moment(row.happened),
        Cell::Moment(row.opened),
        cells::yes(row.late_entry, lang),
        cells::yes(row.voided, lang),
    ];
    std::iter::once(Cell::text(row.number.clone())).chain(own).chain(after).collect()
}

impl Form {
    fn ending(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
        }
    }
}

/// The bytes of a file, made beside the reactor.
pub(crate) async fn made(house: &Shared, form: Form, sheets: Vec<Sheet>) -> Result<Result<Vec<u8>, SheetError>, Failure> {
    let now = house.console.clock.now();
    let _alone = house.sheets.writing.lock().await;
    let making = tokio::task::spawn_blocking(move || match form {
        Form::Xlsx => sheet::xlsx(&sheets, now),
        Form::Csv => sheets.first().map_or_else(|| Ok(Vec::new()), sheet::csv),
    });
    making.await.map_err(Failure::internal)
}

pub(crate) fn download(name: &str, form: Form, bytes: Vec<u8>) -> Response {
    let media = match form {
        Form::Xlsx => XLSX,
        Form::Csv => CSV,
    };
    let disposition = format!("attachment; filename=\"{name}\"");
    (StatusCode::OK, [(header::CONTENT_TYPE, media.to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes).into_response()
}

/// Why a sheet was not made or read, in the reader's language.
pub(crate) fn told(why: &SheetError, lang: Lang) -> String {
    let (key, most) = why.key();
    if let SheetError::Write(cause) = why {
        tracing::error!(cause, "a sheet could not be made");
    }
    text(lang, key, &[("most", &most)])
}

pub(crate) fn refused(house: &Shared, who: &Signed, kind: &Kind, why: &SheetError, back: &str) -> Result<Response, Failure> {
    let title = say(&kind.title, who.lang).to_owned();
    let page = Page::records(house, who, kind.place, &title);
    show(StatusCode::UNPROCESSABLE_ENTITY, &WrongPage { page, wrong: told(why, who.lang), back: back.to_owned(), back_title: title })
}
