//! Counts of lines by day, class and source, against the details that the days closed with.

use std::collections::{BTreeMap, HashSet};

use anlan_base::{Class, Day, Seq, SourceKey};
use anlan_tlog::envelope::{DayRow, parse_detail};
use anlan_tlog::hex;

use super::Folder;
use super::log::Log;
use crate::report::{Check, Findings};

#[derive(Default)]
pub(crate) struct Days {
    rows: BTreeMap<Day, BTreeMap<(Class, SourceKey), DayRow>>,
    details: BTreeMap<Day, Vec<DayRow>>,
}

impl Days {
    /// Adds lines of one source; `bytes` are raw bytes.
    pub(crate) fn add(&mut self, class: &Class, source: &SourceKey, (lines, bytes): (u64, u64), (first, last): (Seq, Seq)) {
        let rows = self.rows.entry(Day::of_seq(first)).or_default();
        let row = rows.entry((class.clone(), source.clone())).or_insert_with(|| DayRow {
            class: class.clone(),
            source: source.clone(),
            lines: 0,
            bytes: 0,
            first,
            last,
        });
        row.lines += lines;
        row.bytes += bytes;
        row.first = row.first.min(first);
        row.last = row.last.max(last);
    }

    /// Reads what the days closed with. A detail that is not what its leaf says has been found by the check of the log.
    pub(crate) fn read_details(&mut self, folder: &Folder<'_>, log: &Log) {
        for leaf in &log.days {
            let path = folder.dir.join("log/detail").join(hex(&leaf.detail));
            if let Some((day, rows)) = folder.fs.read(&path).ok().and_then(|bytes| parse_detail(&bytes)) {
                self.details.insert(day, rows);
            }
        }
    }

    pub(crate) fn judge(mut self, log: &Log) -> Vec<Check> {
        let gone: HashSet<Day> = log.dropped.iter().map(|seal| seal.day).collect();
        let mut findings = Findings::default();
        for (day, detail) in self.details.iter().filter(|(day, _)| !gone.contains(day)) {
            let rows: Vec<DayRow> = self.rows.remove(day).unwrap_or_default().into_values().collect();
            if rows != *detail {
                findings.add("verify-day-counts", vec![("day", day.to_string())]);
            }
        }
        findings.into_checks(Check::held("verify-days", vec![("days", log.days.len().to_string())]))
    }
}
