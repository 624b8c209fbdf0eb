//! Tables as XLSX and CSV, out and in.
//!
//! Invariants: what is written is data, never a formula, whatever a program makes of it; numbers, dates and moments are written as such; what comes in is bounded before
//! it is unpacked, and nothing in it is run or followed.

mod delimited;
mod read;
mod workbook;

use anlan_base::{Day, Instant};

pub use delimited::csv;
pub use read::{Given, GivenRow, read};
pub use workbook::xlsx;

/// Rows of one sheet that is written, heads and sums not counted.
pub const ROWS_OUT: usize = 100_000;
/// Cells of all sheets of one file that is written.
pub const CELLS_OUT: usize = 2_000_000;
/// Columns of a sheet, either way.
pub const COLUMNS: usize = 200;
/// Characters of one cell, as programs for sheets have it; more is cut.
pub const CELL_CHARS: usize = 32_767;
/// Rows of a sheet that comes in, heads not counted.
pub const ROWS_IN: usize = 5_000;
/// Bytes of a file that comes in.
pub const BYTES_IN: usize = 8 << 20;
/// Bytes of such a file when unpacked.
pub const UNPACKED_BYTES: u64 = 64 << 20;
/// Parts of such a file.
pub const PARTS_IN: usize = 1_000;

/// What stands in one cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cell {
    #[default]
    Empty,
    Text(String),
    Number(i64),
    Date(Day),
    /// Written in Beijing time, to the minute.
    Moment(Instant),
}

/// A table that is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    pub name: String,
    pub heads: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
    /// A last row of sums; empty where there is none.
    pub foot: Vec<Cell>,
}

impl Cell {
    /// Text, or nothing where it is empty.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    /// What a text cell may hold: no control characters but line feeds and tabs, cut to [`CELL_CHARS`].
    fn fitted(text: &str) -> String {
        text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t' | '\r')).take(CELL_CHARS).collect()
    }
}

impl Sheet {
    fn check(&self) -> Result<(), SheetError> {
        if self.rows.len() > ROWS_OUT {
            return Err(SheetError::Rows { most: ROWS_OUT });
        }
        let widest = self.rows.iter().map(Vec::len).chain([self.heads.len(), self.foot.len()]).max().unwrap_or_default();
        if widest > COLUMNS {
            return Err(SheetError::Columns { most: COLUMNS });
        }
        Ok(())
    }
}

/// Why a table was not written or read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SheetError {
    #[error("more than {most} rows")]
    Rows { most: usize },
    #[error("more than {most} columns")]
    Columns { most: usize },
    #[error("more than {most} cells")]
    Cells { most: usize },
    #[error("more than {most} bytes")]
    Bytes { most: usize },
    /// Unpacked it would be more than this many bytes, or it has too many parts.
    #[error("more than {most} bytes when unpacked")]
    Unpacked { most: u64 },
    #[error("neither an XLSX file nor a text")]
    NotASheet,
    /// An older format of sheets (XLS).
    #[error("an XLS file")]
    OldFormat,
    #[error("nothing stands in it")]
    Empty,
    #[error("the sheet could not be made: {0}")]
    Write(String),
}

impl SheetError {
    /// The key of its text in the locale files, and its placeholder `most`.
    #[must_use]
    pub fn key(&self) -> (&'static str, String) {
        match self {
            Self::Rows { most } => ("sheet-rows", most.to_string()),
            Self::Columns { most } => ("sheet-columns", most.to_string()),
            Self::Cells { most } => ("sheet-cells", most.to_string()),
            Self::Bytes { most } => ("sheet-bytes", (most >> 20).to_string()),
            Self::Unpacked { most } => ("sheet-unpacked", (most >> 20).to_string()),
            Self::NotASheet => ("sheet-not-one", String::new()),
            Self::OldFormat => ("sheet-old-format", String::new()),
            Self::Empty => ("sheet-empty", String::new()),
            Self::Write(_) => ("sheet-not-made", String::new()),
        }
    }
}
