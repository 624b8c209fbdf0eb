//! `store.room`: whether the disk takes the logs of the longest term, at the rate at which they came in the last days.
//!
//! Invariants: only days that were received from beginning to end count; with less than one such day nothing is said of how long the disk lasts; today's free space
//! and what is stored already are counted, not what could be removed.

use std::collections::BTreeMap;

use anlan_base::{Day, Instant};
use anlan_law::clock::Span;
use anlan_law::term::{Sense, Value};

use crate::assess::coverage::coverage;
use crate::assess::{AssessError, How, Measured, Site};

/// Days that the rate is taken from, at most.
const RATE_DAYS: u32 = 7;
/// Bytes of the disk that are never counted on: the write-ahead log at its limit, and what a segment needs while it is made.
const RESERVE: u64 = 1 << 30;
/// Bytes that a leaf takes at most, with its hash and its share of the tiles above it.
const LEAF_BYTES: u64 = 256 + 2 + 33;
/// Days of a month, for a term that is counted in months: 31 at most.
const MONTH_DAYS: u32 = 31;
/// Subject of the terms that apply to every log.
const LOG: &str = "log";

/// What the disk holds and takes, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// In segments.
    pub held: u64,
    /// Free for us on the disk of the folder; none where the disk does not tell.
    pub free: Option<u64>,
    /// Ended days that were received whole and that the rate is taken from; at most 7.
    pub days: u32,
    /// Kept for each of them on average; none without a whole day.
    pub per_day: Option<u64>,
}

impl Room {
    /// Days of logs that fit into what is held and what is free; none where that is not known.
    #[must_use]
    pub fn days_fit(&self) -> Option<u64> {
        days_that_fit(self.held, self.free?, self.per_day?)
    }
}

/// Days of `per_day` bytes that fit into what is held and what is free, without the reserve; none where nothing is kept in a day.
fn days_that_fit(held: u64, free: u64, per_day: u64) -> Option<u64> {
    held.saturating_add(free.saturating_sub(RESERVE)).checked_div(per_day)
}

/// Average over `days`, rounded up.
fn rate(bytes: u64, days: u32) -> Option<u64> {
    (days > 0).then(|| bytes.div_ceil(u64::from(days)))
}

/// Blocking. What the disk holds and takes now.
///
/// # Errors
/// When folder, vault or log cannot be read.
pub fn room(site: &Site) -> Result<Room, AssessError> {
    let today = Day::of(site.now);
    let first = site.vault.sources()?.iter().map(|source| source.first).min().map(Day::of_seq);
    // The day of the first line began before it.
    let days = first.map_or(0, |first| today.days_since(first.next())).min(RATE_DAYS);
    let status = site.vault.status();
    let mut bytes = 0;
    if days > 0 {
        let from = Day(today.0 - days);
        let by_day = segment_days(site, from)?;
        bytes = by_day.range(from..today).map(|(_, bytes)| bytes).sum::<u64>();
        let leaves = site.journal.first_at(today.start())?.saturating_sub(site.journal.first_at(from.start())?);
        bytes += leaves * LEAF_BYTES + ledger_growth(site)? * u64::from(days);
    }
    Ok(Room { held: status.segment_bytes, free: free(site), days, per_day: rate(bytes, days) })
}

/// Bytes that the ledger's file grew by in a day on average since the log began. One in PostgreSQL lies on another disk.
fn ledger_growth(site: &Site) -> Result<u64, AssessError> {
    let bytes = site.fs.len(&site.dir.join("ledger.db")).unwrap_or(0);
    let began = site.journal.entry(0)?.at;
    Ok(bytes / u64::from(Day::of(site.now).days_since(Day::of(began)).max(1)))
}

/// Bytes of segment files by day, since `from`.
fn segment_days(site: &Site, from: Day) -> Result<BTreeMap<Day, u64>, AssessError> {
    let mut days: BTreeMap<Day, u64> = BTreeMap::new();
    let events = site.dir.join("events");
    for class in site.fs.list(&events)?.into_iter().filter(|entry| entry.is_dir) {
        let of_class = events.join(&class.name);
        for entry in site.fs.list(&of_class)? {
            let Some(day) = entry.name.strip_prefix("date=").and_then(|day| day.parse::<Day>().ok()).filter(|day| *day >= from) else {
                continue;
            };
            let of_day = of_class.join(&entry.name);
            for file in site.fs.list(&of_day)?.into_iter().filter(|file| file.name.ends_with(".parquet")) {
                *days.entry(day).or_default() += site.fs.len(&of_day.join(&file.name)).unwrap_or(0);
            }
        }
    }
    Ok(days)
}

fn free(site: &Site) -> Option<u64> {
    let disk = rustix::fs::statvfs(&*site.dir).ok()?;
    disk.f_bavail.checked_mul(disk.f_frsize)
}

/// Days of the longest term that applies to a listed device; while none is listed, of the longest for every log.
async fn days_required(site: &Site) -> Result<Option<(u32, String)>, AssessError> {
    let listed = coverage(site).await?.devices.into_iter().map(|device| (device.days_required, device.term)).max();
    if listed.is_some() {
        return Ok(listed);
    }
    let terms = site.book.terms.iter().filter(|term| term.sense == Sense::AtLeast && term.subject == LOG);
    Ok(terms.filter_map(|term| Some((days_of(term.value, site.now)?, term.id.clone()))).max())
}

/// Days from the day on which a term that ends now began.
fn days_of(value: Value, now: Instant) -> Option<u32> {
    let today = Day::of(now);
    match value {
        Value::Length(Span::Months(months)) => {
            Some(today.minus_months(months).map_or(months.saturating_mul(MONTH_DAYS), |began| today.days_since(began)))
        }
        Value::Length(Span::Days(days) | Span::WorkingDays(days)) => Some(days),
        Value::Length(Span::Minutes(minutes)) => Some(minutes.div_ceil(24 * 60)),
        Value::Count(_) => None,
    }
}

pub(in crate::assess) async fn store_room(site: &Site, _of: &[String]) -> Result<Option<Measured>, AssessError> {
    let room = room(site)?;
    let mut measured = Measured { since: Some(Day(Day::of(site.now).0.saturating_sub(room.days)).start()), ..Measured::default() };
    let required = days_required(site).await?;
    if let Some((days, _)) = &required {
        measured = measured.count("days_required", *days);
    }
    let (required, term) = required.unwrap_or_default();
    let (required_text, free, per_day) = (required.to_string(), mebibytes(room.free), mebibytes(room.per_day));
    let Some(fit) = room.days_fit() else {
        let code = match (room.free, room.per_day) {
            (None, _) => "store-room-unknown",
            _ => "store-room-young",
        };
        measured.reason(code, &[("required", &required_text), ("term", &term), ("free", &free)]);
        return Ok(Some(measured));
    };
    measured = measured.count("days_fit", fit);
    measured.asked(How::Command, "doctor --show room.days_fit", fit);
    let code = if fit < u64::from(required) { "store-room-short" } else { "store-room-fits" };
    let (fit, days) = (fit.to_string(), room.days.to_string());
    measured.reason(
        code,
        &[("fit", &fit), ("required", &required_text), ("term", &term), ("free", &free), ("per_day", &per_day), ("days", &days)],
    );
    Ok(Some(measured))
}

/// Rounded up; empty where it is not known.
fn mebibytes(bytes: Option<u64>) -> String {
    bytes.map(|bytes| bytes.div_ceil(1 << 20).to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u64 = 1 << 30;

    #[test]
    fn what_is_held_and_what_is_free_is_divided_by_a_day() {
        for (held, free, per_day, days) in [
            (0, 0, 1, Some(0)),
            (0, GIB - 1, 1, Some(0)),
            (0, GIB, 1, Some(0)),
            (0, GIB + 1, 1, Some(1)),
            (10 * GIB, 174 * GIB, GIB, Some(183)),
            (10 * GIB, 173 * GIB, GIB, Some(182)),
            (10 * GIB, 175 * GIB, GIB, Some(184)),
            (u64::MAX, u64::MAX, 1, Some(u64::MAX)),
            (GIB, GIB, 0, None),
        ] {
            assert_eq!(days_that_fit(held, free, per_day), days, "{held} {free} {per_day}");
        }
    }

    #[test]
    fn without_a_whole_day_nothing_is_said() {
        assert_eq!((rate(5, 0), rate(0, 3), rate(7, 2), rate(8, 2)), (None, Some(0), Some(4), Some(4)));
        let room = Room { held: 9, free: Some(GIB), days: 0, per_day: None };
        assert_eq!(room.days_fit(), None);
        assert_eq!(Room { free: None, per_day: Some(1), ..room }.days_fit(), None);
    }

    #[test]
    fn a_term_in_months_has_the_days_of_its_months() {
        let now = anlan_base::parse_time("2026-08-31T09:00").unwrap();
        for (span, days) in [(Span::Months(6), 184), (Span::Months(12), 365), (Span::Days(60), 60), (Span::Minutes(1_441), 2)] {
            assert_eq!(days_of(Value::Length(span), now), Some(days), "{span}");
        }
    }
}
