//! Printed forms: a record as its kind's form lays it out, with boxes for signatures and the seal; a list as a ledger sheet.
//!
//! Invariant: every sheet carries the record's number and version and the checkpoint under which it stands, and says how far that is anchored.

use anlan_assure::docx::day_in_words;
use anlan_base::Day;
use anlan_base::text::{Lang, text};
use anlan_law::kind::{Kind, Print, PrintOf, Shape};
use anlan_ledger::Directory;
use anlan_ledger::engine::Record;
use anlan_ledger::records::{ListAsk, RecordRow, Shown};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::facts::told;
use super::form::{Kept, say};
use super::history::steps;
use super::list::question;
use super::words;
use crate::assets;
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::{Page, Section, show};
use crate::paper::{Foot, foot};
use crate::session::Signed;

/// Rows of a printed list.
const PRINTED_ROWS: usize = 2_000;

struct Cell {
    label: String,
    text: String,
    heads: Vec<String>,
    rows: Vec<Vec<String>>,
    pictures: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "print_record.html")]
struct RecordSheet {
    page: Page,
    paper: &'static str,
    title: String,
    number: String,
    unit: String,
    back: String,
    copies: Vec<String>,
    columns: usize,
    lines: Vec<Vec<Cell>>,
    signs: Vec<String>,
    seal: bool,
    foot: Foot,
}

#[derive(Template)]
#[template(path = "print_list.html")]
struct ListSheet {
    page: Page,
    paper: &'static str,
    title: String,
    unit: String,
    today: String,
    back: String,
    heads: Vec<String>,
    rows: Vec<Vec<String>>,
    signs: Vec<String>,
    seal: bool,
    foot: Foot,
}

fn signs(form: &Print, lang: Lang) -> Vec<String> {
    form.signs.iter().map(|sign| say(sign, lang).to_owned()).collect()
}

pub(crate) async fn print_record(
    State(house): State<Shared>,
    who: Signed,
    Path((number, name)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let ledger = &house.console.ledger;
    let shown = ledger.record(&who.rights, &number).await?.ok_or(Failure::NotFound)?;
    let kinds = ledger.kinds();
    let kind = house.kind(&kinds, &shown.record.kind)?;
    let form = kind.print.iter().find(|form| form.name == name).ok_or(Failure::NotFound)?;
    let PrintOf::Record { rows } = &form.of else { return Err(Failure::NotFound) };
    let directory = ledger.directory();
    let history = steps(&kind, &ledger.history(&who.rights, &number).await?.unwrap_or_default(), &directory, who.lang);
    let of = |name: &String| cell(name, &kind, &shown, &directory, &history, who.lang);
    let lines: Vec<Vec<Cell>> = rows.iter().map(|line| line.iter().map(of).collect()).collect();
    let originals = usize::from(form.copies.max(1));
    let copy = |n: usize| text(who.lang, "copy-of", &[("n", &n.to_string()), ("of", &originals.to_string())]);
    let note = text(who.lang, "print-note", &[("number", &number), ("version", &shown.record.version.to_string())]);
    let page = Page::signed(&house, &who, Section::Records, "print-title");
    show(
        StatusCode::OK,
        &RecordSheet {
            paper: assets::paper_css_address(),
            title: say(&form.title, who.lang).to_owned(),
            unit: words::unit(&*directory, shown.record.unit),
            back: format!("/r/{number}"),
            copies: (1..=originals).map(copy).collect(),
            columns: lines.iter().map(|line| line.len() * 2).max().unwrap_or(2),
            lines,
            signs: signs(form, who.lang),
            seal: form.seal,
            foot: foot(&house, who.lang, &note).await,
            number,
            page,
        },
    )
}

fn cell(name: &str, kind: &Kind, shown: &Shown, directory: &Directory, history: &[super::history::Step], lang: Lang) -> Cell {
    let record = &shown.record;
    let plain = |key: &str, text_of: String| Cell {
        label: text(lang, key, &[]),
        text: text_of,
        heads: Vec::new(),
        rows: Vec::new(),
        pictures: Vec::new(),
    };
    match name {
        "@number" => plain("col-number", record.number.clone()),
        "@unit" => plain("col-unit", words::unit(directory, record.unit)),
        "@opened" => plain("print-opened", words::moment(record.opened)),
        "@state" => plain("col-state", words::state(Some(kind), &record.state, record.ended, false, lang).1),
        "@clocks" => plain("col-due", clocks(kind, record, lang)),
        "@history" => {
            let line = |step: &super::history::Step| format!("{} {} {} {}", step.at, step.who, step.title, step.text).trim_end().to_owned();
            plain("history", history.iter().rev().map(line).collect::<Vec<_>>().join("\n"))
        }
        _ => field_cell(name, kind, shown, directory, lang),
    }
}

fn clocks(kind: &Kind, record: &Record, lang: Lang) -> String {
    use anlan_ledger::engine::ClockState;
    let line = |(name, clock): (&String, &ClockState)| {
        let title = words::clock(kind, name, lang);
        let (started, due, end) = match clock {
            ClockState::Running(running) | ClockState::Paused { running, .. } => (running.started, running.due, String::new()),
            ClockState::Stopped { started, due, at, late } => (
                *started,
                *due,
                format!(" · {} {}", text(lang, if *late { "clock-done-late" } else { "clock-done" }, &[]), words::moment(*at)),
            ),
        };
        let span = text(lang, "clock-started", &[("from", &words::moment(started)), ("until", &words::moment(due))]);
        format!("{title}：{span}{end}")
    };
    record.clocks.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn field_cell(name: &str, kind: &Kind, shown: &Shown, directory: &Directory, lang: Lang) -> Cell {
    let Some(field) = kind.field(name) else {
        return Cell { label: name.to_owned(), text: String::new(), heads: Vec::new(), rows: Vec::new(), pictures: Vec::new() };
    };
    let value = shown.record.values.get(name).map_or("", String::as_str);
    let fact = told(field, value, directory, lang);
    let is_picture = |file: &Kept| file.kind.starts_with("image/");
    let pictures = match &field.shape {
        Shape::Attachment { .. } => {
            let files = Kept::list(value).into_iter().filter(is_picture);
            files.map(|file| (format!("/r/{}/files/{}", shown.record.number, file.digest), file.name)).collect()
        }
        _ => Vec::new(),
    };
    let sealed = shown.sealed.contains(name);
    let text_of = if sealed { text(lang, "fact-sealed-filled", &[]) } else { fact.text };
    Cell { label: fact.label, text: text_of, heads: fact.heads, rows: fact.rows, pictures }
}

pub(crate) async fn print_list(
    State(house): State<Shared>,
    who: Signed,
    Path(kind): Path<String>,
    pairs: Pairs,
) -> Result<Response, Failure> {
    let ledger = &house.console.ledger;
    let kinds = ledger.kinds();
    let kind = house.kind(&kinds, &kind)?;
    let form = kind
        .print
        .iter()
        .find(|form| matches!(form.of, PrintOf::List { .. }) && (pairs.get("form").is_empty() || form.name == pairs.get("form")));
    let mut asked = question(&kind, &pairs, &who)?;
    asked.ask.limit = 0;
    asked.ask.after = None;
    let directory = ledger.directory();
    let columns: Vec<String> = match form.map(|form| &form.of) {
        Some(PrintOf::List { columns }) => columns.clone(),
        _ => ["@number".to_owned()].into_iter().chain(asked.columns.clone()).chain(["@state".to_owned(), "@due".to_owned()]).collect(),
    };
    let mut rows = Vec::new();
    while rows.len() < PRINTED_ROWS {
        let (found, next) = page(&house, &who, &asked.ask, &kind, &columns).await?;
        rows.extend(found.iter().map(|row| columns.iter().map(|name| listed(name, row, &kind, &directory, who.lang)).collect::<Vec<_>>()));
        asked.ask.after = next;
        if asked.ask.after.is_none() {
            break;
        }
    }
    rows.truncate(PRINTED_ROWS);
    let form_id = form.map_or_else(|| kind.id.clone(), |form| format!("{}/{}", kind.id, form.name));
    let note = text(who.lang, "print-list-note", &[("id", &form_id), ("n", &rows.len().to_string())]);
    let unit = super::unit_of(pairs.get("unit")).or_else(|| super::open::own_unit(&house, &who));
    let page = Page::signed(&house, &who, Section::Records, "print-title");
    show(
        StatusCode::OK,
        &ListSheet {
            paper: assets::paper_css_address(),
            title: form.map_or_else(|| say(&kind.title, who.lang), |form| say(&form.title, who.lang)).to_owned(),
            unit: unit.map_or_else(String::new, |unit| words::unit(&*directory, unit)),
            today: day_in_words(who.lang, Day::of(house.console.clock.now())),
            back: format!("/records/{}", kind.id),
            heads: columns.iter().map(|name| head(name, &kind, who.lang)).collect(),
            rows,
            signs: form.map_or_else(Vec::new, |form| signs(form, who.lang)),
            seal: form.is_some_and(|form| form.seal),
            foot: foot(&house, who.lang, &note).await,
            page,
        },
    )
}

/// A page of the list with the values of all columns: those that no list shows stand in the records alone.
async fn page(
    house: &Shared,
    who: &Signed,
    ask: &ListAsk,
    kind: &Kind,
    columns: &[String],
) -> Result<(Vec<RecordRow>, Option<String>), Failure> {
    let is_listed = |name: &String| name.starts_with('@') || kind.list.contains(name);
    if columns.iter().all(is_listed) {
        let found = house.console.ledger.list(&who.rights, ask).await?;
        return Ok((found.rows, found.next));
    }
    let (found, next) = house.console.ledger.summary(&who.rights, ask).await?;
    Ok((found.into_iter().map(|one| RecordRow { values: one.values, ..one.row }).collect(), next))
}

/// The head of a column of a printed or exported list.
pub(crate) fn head(name: &str, kind: &Kind, lang: Lang) -> String {
    let key = match name {
        "@number" => "col-number",
        "@unit" => "col-unit",
        "@opened" => "print-opened",
        "@state" => "col-state",
        "@due" | "@clocks" => "col-due",
        "@holder" => "col-holder",
        _ => return kind.field(name).map_or_else(|| name.to_owned(), |field| say(&field.title, lang).to_owned()),
    };
    text(lang, key, &[])
}

/// A cell of such a list.
pub(crate) fn listed(name: &str, row: &RecordRow, kind: &Kind, directory: &Directory, lang: Lang) -> String {
    match name {
        "@number" => row.number.clone(),
        "@unit" => words::unit(directory, row.unit),
        "@opened" => words::moment(row.opened),
        "@state" => words::state(Some(kind), &row.state, row.ended, false, lang).1,
        "@due" | "@clocks" => row.due.map_or_else(String::new, words::moment),
        "@holder" => words::person(directory, row.holder, lang),
        _ => kind
            .field(name)
            .map_or_else(String::new, |field| words::value(field, row.values.get(name).map_or("", String::as_str), directory, lang)),
    }
}
