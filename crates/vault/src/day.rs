//! Closing days: one leaf for each day since the log began, days without lines too (TLOG-8).

use std::ops::Range;

use anlan_base::{Day, Instant};
use anlan_journal::Journal;
use anlan_tlog::envelope::{Body, DayLeaf, DayRow, render_detail};

use crate::store::VaultError;

/// Day leaves written in one turn at most: a folder that slept for years catches up in several.
pub(crate) const DAYS_PER_TURN: u32 = 400;
/// Leaves read in one go when the log is searched.
pub(crate) const LEAVES_PER_SCAN: u64 = 4096;

/// The day on which the log began.
pub(crate) fn first_day(journal: &Journal) -> Result<Day, VaultError> {
    if journal.size() == 0 {
        return Ok(Day(0));
    }
    Ok(Day::of(journal.entry(0)?.at))
}

/// The last day with a leaf. A day's leaf comes soon after its end, so each day's leaves are read from their beginning, latest day first.
pub(crate) fn last_closed(journal: &Journal) -> Result<Option<Day>, VaultError> {
    let size = journal.size();
    if size == 0 {
        return Ok(None);
    }
    let first = first_day(journal)?;
    let mut day = Day::of(journal.entry(size - 1)?.at);
    let mut end = size;
    loop {
        let start = journal.first_at(day.start())?;
        if let Some(found) = last_in(journal, start, end)? {
            return Ok(Some(found));
        }
        if day <= first || start == 0 {
            return Ok(None);
        }
        // Days on which nothing was sequenced are skipped.
        day = Day::of(journal.entry(start - 1)?.at);
        end = start;
    }
}

/// The last day with a leaf in `start..end`. All of it is read: while the clock is set back, days ahead of it are closed.
fn last_in(journal: &Journal, start: u64, end: u64) -> Result<Option<Day>, VaultError> {
    let mut found: Option<Day> = None;
    scan(journal, start..end, &mut |_, body| {
        if let Body::Day(leaf) = body {
            found = found.max(Some(leaf.day));
        }
    })?;
    Ok(found)
}

/// Calls `each` for every leaf of the range, a bounded number at a time.
pub(crate) fn scan(journal: &Journal, range: Range<u64>, each: &mut dyn FnMut(u64, Body)) -> Result<(), VaultError> {
    let mut from = range.start;
    while from < range.end {
        let to = range.end.min(from + LEAVES_PER_SCAN);
        journal.scan(from..to, &mut |index, envelope| each(index, envelope.body))?;
        from = to;
    }
    Ok(())
}

/// Stores the detail of a day; the leaf that names it.
pub(crate) fn leaf(journal: &Journal, day: Day, rows: &[DayRow]) -> Result<Body, VaultError> {
    let detail = journal.put_detail(render_detail(day, rows).as_bytes())?;
    let lines = rows.iter().map(|row| row.lines).sum();
    let bytes = rows.iter().map(|row| row.bytes).sum();
    Ok(Body::Day(DayLeaf { day, lines, bytes, detail }))
}

/// The first moment after the last closed day.
pub(crate) fn floor(closed: Option<Day>, first: Day) -> Instant {
    closed.map_or(first, Day::next).start()
}
