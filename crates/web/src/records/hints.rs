//! The template of a register's sheet: its heads in the reader's language, and a row that says how to fill each column.
//!
//! Invariant: the row of hints, in either language, is known again and passed over when the sheet comes back.

use anlan_assure::sheet::{Cell, Sheet};
use anlan_base::text::{Lang, text};
use anlan_law::kind::{Field, Kind, Shape};

use super::form::say;
use super::plan::{Column, is_brought};

/// Options that a hint names.
const OPTIONS: usize = 20;

/// The columns of the template: the number, the unit where there is a choice, and what the form asks for when a record is opened.
fn columns(kind: &Kind, with_unit: bool) -> Vec<Column> {
    let asked = kind.asked_at_opening();
    let fields = kind.fields.iter().enumerate().filter(|(_, field)| is_brought(field) && asked.iter().any(|one| one.name == field.name));
    let mut columns = vec![Column::Number];
    if with_unit {
        columns.push(Column::Unit);
    }
    columns.extend(fields.map(|(at, _)| Column::Field(at)));
    if kind.field("happened").is_none() {
        columns.push(Column::Happened);
    }
    columns
}

fn head(kind: &Kind, column: &Column, lang: Lang) -> String {
    match column {
        Column::Number => text(lang, "col-number", &[]),
        Column::Unit => text(lang, "col-unit", &[]),
        Column::Happened => text(lang, "sheet-happened", &[]),
        Column::Field(at) => kind.fields.get(*at).map_or_else(String::new, |field| say(&field.title, lang).to_owned()),
        Column::Passed | Column::Unknown => String::new(),
    }
}

fn hint(kind: &Kind, column: &Column, lang: Lang) -> String {
    match column {
        Column::Number => text(lang, "hint-number", &[]),
        Column::Unit => text(lang, "hint-unit", &[]),
        Column::Happened => text(lang, "hint-happened", &[]),
        Column::Field(at) => kind.fields.get(*at).map_or_else(String::new, |field| of_field(field, lang)),
        Column::Passed | Column::Unknown => String::new(),
    }
}

fn of_field(field: &Field, lang: Lang) -> String {
    let must = match (field.required, &field.required_when) {
        (true, _) => "hint-required",
        (false, Some(_)) => "hint-required-when",
        (false, None) => "hint-optional",
    };
    let shape = match &field.shape {
        Shape::Text { most, .. } => text(lang, "hint-text", &[("most", &most.to_string())]),
        Shape::Number { least, most } => text(lang, "hint-whole", &[("least", &least.to_string()), ("most", &most.to_string())]),
        Shape::Choice { options } => {
            let titles: Vec<&str> = options.iter().take(OPTIONS).map(|option| say(&option.title, lang)).collect();
            let more = if options.len() > OPTIONS { " …" } else { "" };
            format!("{}{more}", titles.join(" / "))
        }
        Shape::Date => text(lang, "hint-date", &[]),
        Shape::Time => text(lang, "hint-time", &[]),
        Shape::Yes => text(lang, "hint-yes", &[]),
        Shape::Person => text(lang, "hint-person", &[]),
        Shape::People { .. } => text(lang, "hint-people", &[]),
        Shape::Unit => text(lang, "hint-one-unit", &[]),
        Shape::Units { .. } => text(lang, "hint-units", &[]),
        Shape::Source => text(lang, "hint-source", &[]),
        Shape::Asset | Shape::Link { .. } => text(lang, "hint-record", &[]),
        Shape::Attachment { .. } | Shape::Table { .. } => String::new(),
    };
    text(lang, must, &[("shape", &shape)])
}

pub(crate) fn template(kind: &Kind, with_unit: bool, lang: Lang) -> Sheet {
    let columns = columns(kind, with_unit);
    Sheet {
        name: say(&kind.title, lang).to_owned(),
        heads: columns.iter().map(|column| head(kind, column, lang)).collect(),
        rows: vec![columns.iter().map(|column| Cell::text(hint(kind, column, lang))).collect()],
        foot: Vec::new(),
    }
}

/// Whether a row is that of the hints.
pub(crate) fn is_hints(kind: &Kind, columns: &[Column], cells: &[String]) -> bool {
    let of = |lang: Lang| {
        let filled = columns.iter().zip(cells).filter(|(_, cell)| !cell.trim().is_empty());
        filled.clone().count() > 0 && filled.clone().all(|(column, cell)| hint(kind, column, lang).trim() == cell.trim())
    };
    of(Lang::Zh) || of(Lang::En)
}
