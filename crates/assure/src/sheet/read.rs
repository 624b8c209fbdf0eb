//! Sheets coming in: the first sheet of an XLSX file, or a CSV text.
//!
//! Invariants: a file is unpacked into nothing first, to see that it is bounded; cells are taken one by one, so that a far corner costs nothing.

use std::io::{Cursor, Read as _};

use anlan_law::decode;
use calamine::{DataRef, Reader as _, Xlsx};

use super::delimited::{delimiter, restored};
use super::{BYTES_IN, COLUMNS, PARTS_IN, ROWS_IN, SheetError, UNPACKED_BYTES};

/// How an XLSX file and an old XLS file begin.
const ZIP: &[u8] = b"PK\x03\x04";
const OLD: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0];
const BEYOND: f64 = 1e15;

/// A row in which something stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GivenRow {
    /// As the program counts it, from 1.
    pub line: usize,
    /// Texts as people type them: dates `2026-10-09`, moments `2026-10-09T08:30`.
    pub cells: Vec<String>,
}

/// What was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    pub heads: Vec<String>,
    pub rows: Vec<GivenRow>,
}

/// Reads a file of at most [`BYTES_IN`].
///
/// # Errors
/// What is no sheet, or larger than the limits.
pub fn read(bytes: &[u8]) -> Result<Given, SheetError> {
    if bytes.len() > BYTES_IN {
        return Err(SheetError::Bytes { most: BYTES_IN });
    }
    let rows = match bytes {
        _ if bytes.starts_with(ZIP) => from_workbook(bytes)?,
        _ if bytes.starts_with(OLD) => return Err(SheetError::OldFormat),
        _ => from_text(bytes)?,
    };
    let mut rows = rows.0.into_iter();
    let heads = rows.next().ok_or(SheetError::Empty)?.cells.into_iter().map(|head| head.trim().to_owned()).collect();
    Ok(Given { heads, rows: rows.collect() })
}

/// Rows in which something stands, bounded.
#[derive(Default)]
struct Rows(Vec<GivenRow>);

impl Rows {
    fn put(&mut self, line: usize, column: usize, text: String) -> Result<(), SheetError> {
        if text.trim().is_empty() {
            return Ok(());
        }
        if column >= COLUMNS {
            return Err(SheetError::Columns { most: COLUMNS });
        }
        if self.0.last().is_none_or(|row| row.line != line) {
            if self.0.len() > ROWS_IN {
                return Err(SheetError::Rows { most: ROWS_IN });
            }
            self.0.push(GivenRow { line, cells: Vec::new() });
        }
        let Some(row) = self.0.last_mut() else { return Ok(()) };
        if row.cells.len() <= column {
            row.cells.resize(column + 1, String::new());
        }
        if let Some(cell) = row.cells.get_mut(column) {
            *cell = text;
        }
        Ok(())
    }
}

fn from_text(bytes: &[u8]) -> Result<Rows, SheetError> {
    let text = decode::text(bytes).filter(|text| !text.contains('\0')).ok_or(SheetError::NotASheet)?;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter(&text)).from_reader(text.as_bytes());
    let mut rows = Rows::default();
    let mut record = csv::StringRecord::new();
    let (mut line, mut counted) = (1, 0);
    while reader.read_record(&mut record).map_err(|_| SheetError::NotASheet)? {
        let start = record.position().map_or(counted, |at| usize::try_from(at.byte()).unwrap_or(counted));
        // The reader puts empty lines before the row that follows them.
        let start = text.get(start..).map_or(start, |rest| text.len() - rest.trim_start_matches(['\r', '\n']).len());
        line += text.get(counted..start).map_or(0, |passed| passed.matches('\n').count());
        counted = counted.max(start);
        for (column, cell) in record.iter().enumerate() {
            rows.put(line, column, restored(cell).to_owned())?;
        }
    }
    Ok(rows)
}

fn from_workbook(bytes: &[u8]) -> Result<Rows, SheetError> {
    check_unpacked(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| SheetError::NotASheet)?;
    let first = book.sheet_names().first().cloned().ok_or(SheetError::Empty)?;
    let mut cells = book.worksheet_cells_reader(&first).map_err(|_| SheetError::NotASheet)?;
    let mut rows = Rows::default();
    while let Some(cell) = cells.next_cell().map_err(|_| SheetError::NotASheet)? {
        let (line, column) = cell.get_position();
        let Some(text) = typed(cell.get_value()) else { continue };
        let at = |place: u32| usize::try_from(place).unwrap_or(usize::MAX);
        rows.put(at(line).saturating_add(1), at(column), text)?;
    }
    Ok(rows)
}

/// Unpacks all parts into nothing: what a file says of its size is not believed.
fn check_unpacked(bytes: &[u8]) -> Result<(), SheetError> {
    let mut parts = ::zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| SheetError::NotASheet)?;
    let most = SheetError::Unpacked { most: UNPACKED_BYTES };
    if parts.len() > PARTS_IN {
        return Err(most);
    }
    let mut left = UNPACKED_BYTES;
    for nth in 0..parts.len() {
        let part = parts.by_index(nth).map_err(|_| SheetError::NotASheet)?;
        let taken = std::io::copy(&mut part.take(left + 1), &mut std::io::sink()).map_err(|_| SheetError::NotASheet)?;
        left = left.checked_sub(taken).ok_or_else(|| most.clone())?;
    }
    Ok(())
}

/// As somebody would type it; none where nothing stands there.
fn typed(value: &DataRef<'_>) -> Option<String> {
    Some(match value {
        DataRef::Empty => return None,
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => of_number(*number),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        DataRef::DateTime(at) if at.is_duration() => of_number(at.as_f64()),
        DataRef::DateTime(at) => {
            let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
            let date = format!("{year:04}-{month:02}-{day:02}");
            if (hour, minute, second) == (0, 0, 0) { date } else { format!("{date}T{hour:02}:{minute:02}") }
        }
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
    })
}

/// Whole numbers without a point.
fn of_number(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < BEYOND { format!("{number:.0}") } else { number.to_string() }
}
