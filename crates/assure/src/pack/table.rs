//! `目录.xlsx`: what lies in the pack, for people with a program for sheets.

use anlan_base::text::{Lang, text};
use anlan_base::{Day, Instant};
use anlan_tlog::{Hash, hex};

use crate::sheet::{Cell, ROWS_OUT, Sheet, SheetError, xlsx};

/// A member, or all of a folder.
pub(crate) struct Row {
    pub(crate) name: String,
    /// Source, day and lines of plain text.
    pub(crate) of: Option<(String, Day, u64)>,
    /// Members that the row tells of.
    pub(crate) members: u64,
    pub(crate) bytes: u64,
    /// None for a folder.
    pub(crate) digests: Option<(Hash, Option<Hash>)>,
}

fn row(row: &Row) -> Vec<Cell> {
    let number = |number: u64| Cell::Number(i64::try_from(number).unwrap_or(i64::MAX));
    let (source, day, lines) = match &row.of {
        Some((source, day, lines)) => (Cell::text(source.clone()), Cell::Date(*day), number(*lines)),
        None => (Cell::Empty, Cell::Empty, Cell::Empty),
    };
    let (sha256, sm3) = match &row.digests {
        Some((sha256, sm3)) => (Cell::text(hex(sha256)), sm3.map_or(Cell::Empty, |sm3| Cell::text(hex(&sm3)))),
        None => (Cell::Empty, Cell::Empty),
    };
    vec![Cell::text(row.name.clone()), source, day, lines, number(row.members), number(row.bytes), sha256, sm3]
}

/// `facts` are pairs of key and value for the second sheet. Rows beyond the limit of a sheet go to further sheets.
pub(crate) fn table(rows: &[Row], facts: &[(&str, String)], lang: Lang, made: Instant) -> Result<Vec<u8>, SheetError> {
    let say = |key: &str| text(lang, key, &[]);
    let heads = ["table-name", "table-source", "table-day", "table-lines", "table-members", "table-bytes", "table-sha256", "table-sm3"];
    let heads: Vec<String> = heads.iter().map(|key| say(key)).collect();
    let about = Sheet {
        name: say("table-facts"),
        heads: vec![say("table-what"), say("table-value")],
        rows: facts.iter().map(|(key, value)| vec![Cell::text(say(key)), Cell::text(value.clone())]).collect(),
        foot: Vec::new(),
    };
    let list = |rows: &[Row]| Sheet {
        name: say("table-members-sheet"),
        heads: heads.clone(),
        rows: rows.iter().map(row).collect(),
        foot: Vec::new(),
    };
    let mut sheets: Vec<Sheet> = rows.chunks(ROWS_OUT).map(list).collect();
    sheets.insert(1.min(sheets.len()), about);
    xlsx(&sheets, made)
}
