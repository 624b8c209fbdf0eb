//! The detail of a day: one row for each class and source heard (`spec/tlog.md`, Day detail).

use std::fmt::Write as _;

use anlan_base::{Class, Day, Seq, SourceKey};

use crate::decimal::parse_u64;
use crate::envelope::known_day;

const MAGIC: &str = "anlan-day/1";

/// Row of a day detail; [`render_detail`] and [`parse_detail`] are exact inverses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayRow {
    pub class: Class,
    pub source: SourceKey,
    pub lines: u64,
    /// Raw bytes.
    pub bytes: u64,
    pub first: Seq,
    pub last: Seq,
}

impl DayRow {
    fn key(&self) -> (&str, &str) {
        (self.class.as_str(), self.source.as_str())
    }
}

/// Sorts the rows by class, then source. A class and source stand in one row.
#[must_use]
pub fn render_detail(day: Day, rows: &[DayRow]) -> String {
    let mut sorted: Vec<&DayRow> = rows.iter().collect();
    sorted.sort_by(|a, b| a.key().cmp(&b.key()));
    let mut text = format!("{MAGIC}\nday {day}\n");
    for row in sorted {
        let DayRow { class, source, lines, bytes, first, last } = row;
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{class}\t{source}\t{lines}\t{bytes}\t{first}\t{last}");
    }
    text
}

/// `None` for anything [`render_detail`] would not write of rows with at least one line each.
#[must_use]
pub fn parse_detail(text: &[u8]) -> Option<(Day, Vec<DayRow>)> {
    let text = std::str::from_utf8(text).ok()?.strip_suffix('\n')?;
    let mut lines = text.split('\n');
    if lines.next() != Some(MAGIC) {
        return None;
    }
    let day: Day = lines.next()?.strip_prefix("day ")?.parse().ok()?;
    let rows = lines.map(parse_row).collect::<Option<Vec<_>>>()?;
    let rising = rows.is_sorted_by(|a, b| a.key() < b.key());
    (rising && known_day(day)).then_some((day, rows))
}

fn parse_row(line: &str) -> Option<DayRow> {
    let mut fields = line.split('\t');
    let row = DayRow {
        class: Class::new(fields.next()?).ok()?,
        source: SourceKey::new(fields.next()?).ok()?,
        lines: parse_u64(fields.next()?)?,
        bytes: parse_u64(fields.next()?)?,
        first: Seq(parse_u64(fields.next()?)?),
        last: Seq(parse_u64(fields.next()?)?),
    };
    (fields.next().is_none() && row.lines > 0 && row.first <= row.last).then_some(row)
}
