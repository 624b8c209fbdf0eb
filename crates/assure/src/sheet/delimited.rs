//! CSV: UTF-8 with a byte order mark going out; coming in, UTF-8, UTF-16 or GB18030, with commas, semicolons or tabs between.
//!
//! Invariant: a text that a program would take for a formula goes out behind an apostrophe, and comes back as it was.

use anlan_base::{Day, Instant};

use super::{Cell, Sheet, SheetError};

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// What programs take for the beginning of a formula; the wide signs too, in East Asian settings.
fn begins_formula(c: char) -> bool {
    matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠')
}

fn would_run(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(begins_formula)
}

/// The text of a cell that stays text.
fn neutral(text: &str) -> String {
    let text = Cell::fitted(text);
    if would_run(&text) { format!("'{text}") } else { text }
}

/// What [`neutral`] was given.
pub(super) fn restored(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| would_run(rest)).unwrap_or(text)
}

fn day(day: Day) -> String {
    day.to_string()
}

/// `2026-10-09 17:30`
fn moment(at: Instant) -> String {
    at.to_civil().chars().take(16).collect()
}

fn written(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => neutral(text),
        Cell::Number(number) => number.to_string(),
        Cell::Date(at) => day(*at),
        Cell::Moment(at) => moment(*at),
    }
}

/// One table; its name and sums are left out, so that it can be read again.
///
/// # Errors
/// Where it is larger than the limits.
pub fn csv(sheet: &Sheet) -> Result<Vec<u8>, SheetError> {
    sheet.check()?;
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).flexible(true).from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
    let told = |error: csv::Error| SheetError::Write(error.to_string());
    writer.write_record(sheet.heads.iter().map(|head| neutral(head))).map_err(told)?;
    for row in &sheet.rows {
        writer.write_record(row.iter().map(written)).map_err(told)?;
    }
    writer.into_inner().map_err(|error| SheetError::Write(error.to_string()))
}

/// The sign between cells: the one that the first line has most of.
pub(super) fn delimiter(text: &str) -> u8 {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |sign: u8| line.bytes().filter(|byte| *byte == sign).count();
    [b',', b'\t', b';'].into_iter().max_by_key(|sign| (count(*sign), *sign == b',')).unwrap_or(b',')
}
