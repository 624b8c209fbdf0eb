//! Values of records as cells of sheets: numbers, dates and moments as such, everything else as pages tell it.

use anlan_assure::sheet::Cell;
use anlan_base::text::{Lang, text};
use anlan_base::{Day, parse_time};
use anlan_law::kind::{Cell as Kept, Field, Shape};
use anlan_ledger::engine::People;

use super::words;

pub(crate) fn cell(field: &Field, value: &str, people: &dyn People, lang: Lang) -> Cell {
    match &field.shape {
        Shape::Number { .. } => number(value),
        Shape::Date => date(value),
        Shape::Time => parse_time(value).map_or_else(|_| Cell::text(value), Cell::Moment),
        _ => Cell::text(words::value(field, value, people, lang)),
    }
}

/// A cell of a table field.
pub(crate) fn inner(shape: Kept, value: &str, lang: Lang) -> Cell {
    match shape {
        Kept::Number => number(value),
        Kept::Date => date(value),
        Kept::Text | Kept::Yes => Cell::text(words::cell_text(shape, value, lang)),
    }
}

pub(crate) fn yes(is: bool, lang: Lang) -> Cell {
    if is { Cell::Text(text(lang, "word-yes", &[])) } else { Cell::Empty }
}

pub(crate) fn count(count: usize) -> Cell {
    i64::try_from(count).map_or(Cell::Empty, Cell::Number)
}

fn number(value: &str) -> Cell {
    value.parse().map_or_else(|_| Cell::text(value), Cell::Number)
}

fn date(value: &str) -> Cell {
    value.parse::<Day>().map_or_else(|_| Cell::text(value), Cell::Date)
}
