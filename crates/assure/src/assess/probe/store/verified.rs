//! `store.verified`: the daily look at what is stored, what it keeps in the ledger, and what follows from that.
//!
//! Invariants: each ended day's segments are looked at on the day after and then once a week, days that were missed are made up for; a segment that failed is looked at
//! each day until it checks, so that the newest look alone tells all that is known to be wrong.

use std::collections::BTreeSet;

use anlan_base::{Day, Instant};
use anlan_ledger::{EntryRow, Ledger, LedgerError};

use crate::assess::{AssessError, How, Measured, Site};
use crate::folder::{Recheck, Rechecked, recheck};

/// The act of a look.
const VERIFY: &str = "store.verify";
/// Every segment is looked at within so many days.
const WEEK: u32 = 7;
/// Failed segments that an entry names; all their days are named.
const NAMES: usize = 200;
/// Days in which stops of the server count.
const STOP_DAYS: u64 = 30;
const DAY: u64 = 24 * 3_600;
/// Failed segments, and stops, that become reasons of their own.
const TOLD: usize = 10;

/// A look at the store, as its entry keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// The Beijing day on which it was.
    pub day: Day,
    pub at: Instant,
    /// Segments of ended days that were kept then.
    pub stored: u64,
    /// Those that were looked at, and their lines.
    pub segments: u64,
    pub lines: u64,
    pub failed: u64,
    /// Paths below the data folder of failed segments, at most 200.
    pub names: Vec<String>,
    pub failed_days: BTreeSet<Day>,
    /// Findings in the log itself.
    pub log: u64,
    pub log_size: u64,
}

impl Verification {
    fn of(found: &Rechecked, day: Day, at: Instant) -> Self {
        Self {
            day,
            at,
            stored: found.stored,
            segments: found.segments,
            lines: found.lines,
            failed: found.broken.len() as u64,
            names: found.broken.iter().take(NAMES).map(|broken| broken.path.clone()).collect(),
            failed_days: found.broken.iter().map(|broken| broken.day).collect(),
            log: found.log.len() as u64,
            log_size: found.log_size,
        }
    }

    /// Act and fields of its entry. `collector_stops` counts what [`collector_stops`] found.
    #[must_use]
    pub fn entry(&self, collector_stops: u64) -> (&'static str, Vec<(&'static str, String)>) {
        let days: Vec<String> = self.failed_days.iter().map(Day::to_string).collect();
        let fields = vec![
            ("day", self.day.to_string()),
            ("stored", self.stored.to_string()),
            ("segments", self.segments.to_string()),
            ("lines", self.lines.to_string()),
            ("failed", self.failed.to_string()),
            ("names", self.names.join("\n")),
            ("failed_days", days.join(" ")),
            ("log_failed", self.log.to_string()),
            ("log_size", self.log_size.to_string()),
            ("collector_stops", collector_stops.to_string()),
        ];
        (VERIFY, fields)
    }

    /// None where the entry is not of this form.
    fn of_entry(row: &EntryRow) -> Option<Self> {
        let number = |name: &str| row.text(name)?.parse::<u64>().ok();
        let words = |name: &str, between: char| -> Option<Vec<String>> {
            Some(row.text(name)?.split(between).filter(|word| !word.is_empty()).map(str::to_owned).collect())
        };
        Some(Self {
            day: row.text("day")?.parse().ok()?,
            at: Instant(number("at")?),
            stored: number("stored")?,
            segments: number("segments")?,
            lines: number("lines")?,
            failed: number("failed")?,
            names: words("names", '\n')?,
            failed_days: words("failed_days", ' ')?.iter().filter_map(|day| day.parse().ok()).collect(),
            log: number("log_failed")?,
            log_size: number("log_size")?,
        })
    }

    /// Whether everything that was looked at checked.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.failed == 0 && self.log == 0
    }
}

/// The newest look that was finished; none where there was none.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn last_verification(ledger: &Ledger) -> Result<Option<Verification>, LedgerError> {
    Ok(verifications(ledger, Instant(0)).await?.into_iter().next())
}

/// Looks since then, newest first.
async fn verifications(ledger: &Ledger, since: Instant) -> Result<Vec<Verification>, LedgerError> {
    Ok(ledger.upkeep(&[VERIFY], since).await?.iter().filter_map(Verification::of_entry).collect())
}

/// Whether the segments of an ended day are looked at today.
fn is_wanted(day: Day, today: Day, last: Option<&Verification>) -> bool {
    let Some(last) = last else { return day < today };
    if day >= today {
        return false;
    }
    // Since the day before the last look: what was sealed late that day is looked at too.
    let is_new = day.0.saturating_add(1) >= last.day.0;
    let missed = today.days_since(last.day).max(1);
    let is_turn = (0..missed.min(WEEK)).any(|back| (today.0 - back) % WEEK == day.0 % WEEK);
    is_new || is_turn || last.failed_days.contains(&day)
}

/// Blocking, reads only. Looks at the segments whose turn it is; `go_on` is asked before each and may pause. None where it said no.
pub fn verify_store(
    site: &StoreSite<'_>,
    last: Option<&Verification>,
    now: Instant,
    go_on: &mut dyn FnMut() -> bool,
) -> Option<Verification> {
    let today = Day::of(now);
    let wanted = |day: Day| is_wanted(day, today, last);
    let asked = Recheck { fs: site.fs.clone(), dir: site.dir, key: site.key, today, wanted: &wanted };
    recheck(&asked, go_on).map(|found| Verification::of(&found, today, now))
}

/// What a look needs.
pub struct StoreSite<'a> {
    pub fs: std::sync::Arc<dyn anlan_journal::Fs>,
    pub dir: &'a std::path::Path,
    pub key: &'a anlan_tlog::note::VerifyingKey,
}

/// Starts of the server in the last 30 days that did not follow a clean stop: it was killed, or the machine went down. Newest first.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn collector_stops(ledger: &Ledger, now: Instant) -> Result<Vec<Instant>, LedgerError> {
    let signs = ledger.upkeep(&["server.start", "server.stop"], Instant(0)).await?;
    let since = now.minus_seconds(STOP_DAYS * DAY);
    let mut stops = Vec::new();
    for pair in signs.windows(2) {
        let [after, before] = pair else { continue };
        let unclean = after.text("act") == Some("server.start") && before.text("act") == Some("server.start");
        let at = after.text("at").and_then(|at| at.parse().ok()).map(Instant);
        stops.extend(at.filter(|at| unclean && *at >= since));
    }
    Ok(stops)
}

pub(in crate::assess) async fn store_verified(site: &Site, _of: &[String]) -> Result<Option<Measured>, AssessError> {
    let stops = collector_stops(&site.ledger, site.now).await?;
    let week = site.now.minus_seconds(u64::from(WEEK) * DAY);
    let mut measured = Measured { since: Some(week), ..Measured::default() }.count("collector_stops", stops.len());
    measured.asked(How::Command, "doctor --show collector_stops", stops.len() as u64);
    match last_verification(&site.ledger).await? {
        Some(last) => look(site, &last, &mut measured),
        None => measured.reason("store-never-verified", &[]),
    }
    for at in stops.iter().take(TOLD) {
        measured.reason("store-stopped", &[("at", &at.to_civil())]);
    }
    Ok(Some(measured))
}

fn look(site: &Site, last: &Verification, measured: &mut Measured) {
    let since = Day::of(site.now).days_since(last.day);
    let failed = last.failed + last.log;
    *measured = std::mem::take(measured).count("failed", failed).count("days_since", since);
    for name in last.names.iter().take(TOLD) {
        measured.reason("store-segment-failed", &[("name", name)]);
        measured.saw(name.as_str(), "");
    }
    if last.failed as usize > TOLD {
        measured.reason("store-more-failed", &[("count", &(last.failed - TOLD as u64).to_string())]);
    }
    if last.log > 0 {
        measured.reason("store-log-failed", &[("count", &last.log.to_string())]);
    }
    measured.asked(How::Command, "doctor --show verified.failed", failed);
    // Where no day with lines has ended yet there is nothing that could have been looked at.
    if last.stored == 0 {
        measured.reason("store-nothing-sealed", &[]);
        return;
    }
    *measured = std::mem::take(measured).count("segments", last.segments);
    measured.asked(How::Command, "doctor --show verified.segments", last.segments);
    let args = [("day", last.day.to_string()), ("segments", last.segments.to_string()), ("stored", last.stored.to_string())];
    let args: Vec<(&str, &str)> = args.iter().map(|(name, value)| (*name, value.as_str())).collect();
    measured.reason(if since > 1 { "store-verified-late" } else { "store-verified" }, &args);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last(day: u32, failed: &[u32]) -> Verification {
        Verification {
            day: Day(day),
            at: Instant(0),
            stored: 9,
            segments: 1,
            lines: 1,
            failed: failed.len() as u64,
            names: Vec::new(),
            failed_days: failed.iter().map(|day| Day(*day)).collect(),
            log: 0,
            log_size: 1,
        }
    }

    #[test]
    fn yesterday_is_looked_at_and_every_day_within_a_week() {
        let first = 20_000;
        for start in 0..WEEK {
            let mut seen: BTreeSet<u32> = BTreeSet::new();
            let mut before = last(first + start - 1, &[]);
            for today in first + start..first + start + WEEK {
                let wanted: Vec<u32> = (first - 200..today + 2).filter(|day| is_wanted(Day(*day), Day(today), Some(&before))).collect();
                assert!(wanted.contains(&(today - 1)) && wanted.iter().all(|day| *day < today), "{today}: {wanted:?}");
                let old = wanted.iter().filter(|day| **day < first - 10).count();
                assert!((190 / WEEK as usize..=190 / WEEK as usize + 1).contains(&old), "one seventh of the others: {old}");
                seen.extend(wanted);
                before = last(today, &[]);
            }
            assert!((first - 200..first).all(|day| seen.contains(&day)));
        }
    }

    #[test]
    fn what_was_missed_is_made_up_for_and_what_failed_is_looked_at_again() {
        let today = 20_000;
        let count = |last: Option<&Verification>| (today - 100..today).filter(|day| is_wanted(Day(*day), Day(today), last)).count();
        assert_eq!(count(None), 100, "the first look is at everything");
        for (missed, least) in [(1, 14), (2, 28), (6, 84), (7, 100), (8, 100), (50, 100)] {
            assert!(count(Some(&last(today - missed, &[]))) >= least, "{missed}");
        }
        let failed = (today - 100..today).find(|day| !is_wanted(Day(*day), Day(today), Some(&last(today - 1, &[])))).unwrap();
        assert!(is_wanted(Day(failed), Day(today), Some(&last(today - 1, &[failed]))));
    }
}
