//! `/r/{number}/summary.xlsx`: what became of a record that was sent down: every unit's answer, its tables with their sums, and who is missing.
//!
//! Invariant: nothing of a kind is known by name: that a record was returned follows from its coming back to a state where it was before.

use std::collections::BTreeSet;

use anlan_assure::sheet::{Cell, Sheet};
use anlan_base::text::{Lang, text};
use anlan_law::kind::{Cell as Kept, Column, Field, Kind, Shape};
use anlan_ledger::Directory;
use anlan_ledger::records::{HistoryRow, SummaryRow};
use axum::extract::{Path, State};
use axum::response::Response;

use super::export::{EXPORT, Form, download, made, refused};
use super::form::{rows, say};
use super::{cells, words};
use crate::console::Shared;
use crate::failure::Failure;
use crate::session::Signed;

/// Columns that every child has, as keys of their heads.
const OF_CHILD: [&str; 10] = [
    "col-unit",
    "col-number",
    "col-state",
    "col-holder",
    "print-opened",
    "col-due",
    "sheet-ended",
    "sheet-missed",
    "sheet-returned",
    "sheet-urged",
];
const OF_MISSING: [&str; 6] = ["col-unit", "col-number", "col-state", "col-holder", "col-due", "sheet-urged"];

/// A child with what its history counts.
struct Child {
    row: SummaryRow,
    returned: usize,
    urged: usize,
    /// When it came into a state that ends.
    ended: Option<anlan_base::Instant>,
}

pub(crate) async fn summary(State(house): State<Shared>, who: Signed, Path(number): Path<String>) -> Result<Response, Failure> {
    let _turn = house.sheets.turn().await?;
    let ledger = &house.console.ledger;
    let found = ledger.summary_of_children(&who.rights, &number).await?.filter(|rows| !rows.is_empty()).ok_or(Failure::NotFound)?;
    let mut children = Vec::with_capacity(found.len());
    for row in found {
        let history = ledger.history(&who.rights, &row.row.number).await?.unwrap_or_default();
        children.push(counted(row, &history));
    }
    let count = children.len().to_string();
    let fields = [("record", number.as_str()), ("form", "xlsx"), ("rows", &count)];
    ledger.note_act(&who.actor(), EXPORT, &fields).await?;
    let (kinds, directory) = (ledger.kinds(), ledger.directory());
    let mut sheets = Vec::new();
    let of_kinds: BTreeSet<&str> = children.iter().map(|child| child.row.row.kind.as_str()).collect();
    for kind in of_kinds.into_iter().filter_map(|id| kinds.get(id)) {
        let own: Vec<&Child> = children.iter().filter(|child| child.row.row.kind == kind.id).collect();
        sheets.extend(drawn(kind, &own, &directory, who.lang));
    }
    match made(&house, Form::Xlsx, sheets).await? {
        Ok(bytes) => Ok(download(&format!("{number}-summary.xlsx"), Form::Xlsx, bytes)),
        Err(why) => {
            let kind = house.kind(&kinds, children.first().map_or("", |child| child.row.row.kind.as_str()))?;
            refused(&house, &who, &kind, &why, &format!("/r/{number}"))
        }
    }
}

fn counted(row: SummaryRow, history: &[HistoryRow]) -> Child {
    let mut been: Vec<&str> = Vec::new();
    let (mut returned, mut urged, mut ended) = (0, 0, None);
    for step in history {
        urged += usize::from(step.act == "record.urge");
        let Some(to) = step.to.as_deref() else { continue };
        match been.iter().position(|state| *state == to) {
            // To stay where one is, is no return.
            Some(at) if at + 1 == been.len() => {}
            Some(at) => {
                returned += 1;
                been.truncate(at + 1);
            }
            None => been.push(to),
        }
        ended = Some(step.at);
    }
    let ended = ended.filter(|_| row.row.ended);
    Child { row, returned, urged, ended }
}

fn drawn(kind: &Kind, children: &[&Child], directory: &Directory, lang: Lang) -> Vec<Sheet> {
    let open: Vec<&Field> = kind.fields.iter().filter(|field| field.sealed.is_empty()).collect();
    let (tables, fields): (Vec<&Field>, Vec<&Field>) = open.into_iter().partition(|field| matches!(field.shape, Shape::Table { .. }));
    let mut sheets = vec![answers(kind, &fields, children, directory, lang)];
    for field in tables {
        if let Shape::Table { columns, .. } = &field.shape {
            sheets.push(table(field, columns, children, directory, lang));
        }
    }
    sheets.push(missing(kind, children, directory, lang));
    sheets
}

fn heads(keys: &[&str], lang: Lang) -> Vec<String> {
    keys.iter().map(|key| text(lang, key, &[])).collect()
}

fn place(child: &Child, kind: &Kind, directory: &Directory, lang: Lang) -> [Cell; 4] {
    let row = &child.row.row;
    let holder = if row.ended { String::new() } else { words::person(directory, row.holder, lang) };
    [
        Cell::text(words::unit(directory, row.unit)),
        Cell::text(row.number.clone()),
        Cell::text(words::state(Some(kind), &row.state, row.ended, false, lang).1),
        Cell::text(holder),
    ]
}

/// A row for each unit, with the sums of what is a number.
fn answers(kind: &Kind, fields: &[&Field], children: &[&Child], directory: &Directory, lang: Lang) -> Sheet {
    // A field that nobody filled is no column.
    let filled: Vec<&&Field> =
        fields.iter().filter(|field| children.iter().any(|child| child.row.values.contains_key(&field.name))).collect();
    let one = |child: &&Child| {
        let row = &child.row.row;
        let mut line: Vec<Cell> = place(child, kind, directory, lang).into();
        line.extend([
            Cell::Moment(row.opened),
            row.due.map_or(Cell::Empty, Cell::Moment),
            child.ended.map_or(Cell::Empty, Cell::Moment),
            cells::yes(row.missed, lang),
            cells::count(child.returned),
            cells::count(child.urged),
        ]);
        line.extend(filled.iter().map(|field| {
            let value = child.row.values.get(&field.name).map_or("", String::as_str);
            cells::cell(field, value, directory, lang)
        }));
        line
    };
    let titles = filled.iter().map(|field| say(&field.title, lang).to_owned());
    let heads: Vec<String> = heads(&OF_CHILD, lang).into_iter().chain(titles).collect();
    let rows: Vec<Vec<Cell>> = children.iter().map(one).collect();
    let summed = |column: usize| {
        let at = column.checked_sub(OF_CHILD.len());
        matches!(OF_CHILD.get(column), Some(&"sheet-returned" | &"sheet-urged"))
            || at.and_then(|at| filled.get(at)).is_some_and(|field| matches!(field.shape, Shape::Number { .. }))
    };
    let foot = sums(&rows, heads.len(), summed, lang);
    Sheet { name: text(lang, "sheet-summary", &[]), heads, rows, foot }
}

/// A row for each row of the units' tables.
fn table(field: &Field, columns: &[Column], children: &[&Child], directory: &Directory, lang: Lang) -> Sheet {
    let mut lines: Vec<Vec<Cell>> = Vec::new();
    for child in children {
        for row in rows(child.row.values.get(&field.name).map_or("", String::as_str)) {
            let own = columns.iter().zip(&row).map(|(column, value)| cells::inner(column.shape, value, lang));
            let unit = [Cell::text(words::unit(directory, child.row.row.unit)), Cell::text(child.row.row.number.clone())];
            lines.push(unit.into_iter().chain(own).collect());
        }
    }
    let titles = columns.iter().map(|column| say(&column.title, lang).to_owned());
    let heads: Vec<String> = heads(&["col-unit", "col-number"], lang).into_iter().chain(titles).collect();
    let summed = |column: usize| column.checked_sub(2).and_then(|at| columns.get(at)).is_some_and(|column| column.shape == Kept::Number);
    let foot = sums(&lines, heads.len(), summed, lang);
    Sheet { name: say(&field.title, lang).to_owned(), heads, rows: lines, foot }
}

/// Who has not come to an end.
fn missing(kind: &Kind, children: &[&Child], directory: &Directory, lang: Lang) -> Sheet {
    let open = children.iter().filter(|child| !child.row.row.ended && !child.row.row.voided);
    let one = |child: &&Child| {
        let mut line: Vec<Cell> = place(child, kind, directory, lang).into();
        line.extend([child.row.row.due.map_or(Cell::Empty, Cell::Moment), cells::count(child.urged)]);
        line
    };
    Sheet { name: text(lang, "sheet-missing", &[]), heads: heads(&OF_MISSING, lang), rows: open.map(one).collect(), foot: Vec::new() }
}

/// A last row, where any column is summed.
fn sums(rows: &[Vec<Cell>], columns: usize, summed: impl Fn(usize) -> bool, lang: Lang) -> Vec<Cell> {
    if rows.is_empty() || !(0..columns).any(&summed) {
        return Vec::new();
    }
    let number = |cell: &Cell| if let Cell::Number(number) = cell { *number } else { 0 };
    let sum = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(number).fold(0_i64, i64::saturating_add);
    let cell = |column: usize| match column {
        0 => Cell::Text(text(lang, "sheet-sum", &[])),
        _ if summed(column) => Cell::Number(sum(column)),
        _ => Cell::Empty,
    };
    (0..columns).map(cell).collect()
}
