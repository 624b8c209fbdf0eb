//! How far each listed device's logs cover its term, day by day (spec/verdict.md).
//!
//! Invariants: a day is covered by lines that were received on it, whatever time they claim; loss (ours) and silence (theirs) are different cells.

mod days;
pub(super) mod gone;
pub(super) mod list;
mod once;
pub(super) mod term;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use anlan_base::{Day, Instant, SourceKey};
use anlan_law::clock::kept_through;
use anlan_ledger::engine::UnitId;
use anlan_vault::SourceActivity;

use super::probe::store::last_verification;
use super::{AssessError, Site};
use days::Judge;
use gone::Gone;
use list::{List, Listed};
pub use once::{HOLDS_SECONDS, Remembered};

/// Days after which a look at the store says nothing any more.
const VERIFIED_DAYS: u32 = 7;
/// Sources that are heard and not listed, as many as are told; those with the most lines.
pub const UNLISTED: usize = 200;

/// A Beijing day of one device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Before its first line.
    Before,
    /// Lines came, or none were due, and nothing of ours stood in the way but briefly.
    Covered,
    /// Nothing came though it should have.
    Silent,
    /// We were down or dropped lines.
    Lost,
    /// Today, not yet over.
    Open,
}

/// A device of the list (kind `log-source`), or a source that is heard and not listed.
#[derive(Clone, Debug)]
pub struct DeviceCoverage {
    /// Number of its record; none where it is not listed.
    pub record: Option<String>,
    pub name: String,
    /// As the sender is known to the vault (`log.source.address`).
    pub source: String,
    pub unit: UnitId,
    /// Category of the list: an option of the field `category`.
    pub category: String,
    pub first: Option<Instant>,
    pub last: Option<Instant>,
    /// Days of the term that applies, and the id of the term.
    pub days_required: u32,
    pub term: String,
    /// Covered days without a hole, counted back from yesterday.
    pub days_complete: u32,
    /// The day on which the term is full, if nothing is missed.
    pub complete_on: Option<Day>,
    /// From the oldest day of the term to today; as many as `days_required` and one.
    pub cells: Vec<(Day, Cell)>,
    pub gaps: Vec<Gap>,
    /// Seconds after which silence counts, declared in the list or learned.
    pub expected_seconds: Option<u64>,
    /// Silent since, when it is silent now.
    pub silent_since: Option<Instant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    pub cause: Cell,
    pub since: Instant,
    pub until: Instant,
}

/// Where the console's own test lines come from: no device, so nobody lists it.
pub const CONSOLE_SOURCE: &str = "console";

/// The list and what is heard, compared.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// Confirmed by the head, and not changed since; the number of the confirming record.
    pub confirmed: Option<String>,
    pub devices: Vec<DeviceCoverage>,
    /// Heard and not listed.
    pub unlisted: Vec<DeviceCoverage>,
    /// Segments in the period that were not verified, or did not check; none while nothing was ever verified.
    pub unverified: Option<u64>,
}

/// Measures all units, or those that the caller then filters: rights are the caller's.
///
/// # Errors
/// When the ledger or the vault cannot be read.
pub async fn coverage(site: &Site) -> Result<Coverage, AssessError> {
    Ok(measured(site).await?.coverage.clone())
}

/// What we lost of everybody's lines in the last days, by our own doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost {
    pub since: Instant,
    /// Begun ones count whole.
    pub down_minutes: u64,
    pub dropped_lines: u64,
}

/// Days in which it counts.
pub const LOST_DAYS: u64 = 30;

impl Lost {
    pub(super) fn of(gone: &Gone, now: Instant) -> Self {
        let since = now.minus_seconds(LOST_DAYS * 86_400);
        let down_minutes = gone.down_seconds(since, now).div_ceil(60);
        Self { since, down_minutes, dropped_lines: gone.dropped(Day::of(since), Day::of(now)) }
    }
}

/// Downtime and dropped lines as the log has them. Blocks on the disk.
///
/// # Errors
/// When the log cannot be read.
pub fn lost(site: &Site) -> Result<Lost, AssessError> {
    let losses = site.vault.losses(site.now.minus_seconds((LOST_DAYS + 1) * 86_400))?;
    Ok(Lost::of(&Gone::new(&losses), site.now))
}

/// What was measured, with what it was measured from.
pub(super) struct Measurement {
    pub list: List,
    pub coverage: Coverage,
    pub gone: Gone,
    /// Lines of listed and told sources by day.
    pub heard: HashMap<SourceKey, Heard>,
}

/// What came from one source, by receipt alone (VERDICT-2).
#[derive(Clone, Debug)]
pub(super) struct Heard {
    pub first: Instant,
    pub last: Instant,
    pub lines: u64,
    pub days: BTreeMap<Day, u64>,
}

impl Heard {
    fn of(activity: SourceActivity) -> (SourceKey, Self) {
        let SourceActivity { source, first, last, days, lines } = activity;
        (source, Self { first: first.received(), last: last.received(), lines, days: days.into_iter().collect() })
    }

    /// Lines from one day to another, that one not included.
    pub(super) fn between(&self, since: Day, until: Day) -> u64 {
        self.days.range(since..until).map(|(_, lines)| lines).sum()
    }
}

/// As it was measured last, where that still holds.
pub(super) async fn measured(site: &Site) -> Result<Arc<Measurement>, AssessError> {
    site.coverage.measured(site).await
}

async fn survey(site: &Site) -> Result<Measurement, AssessError> {
    let list = list::read(site).await?;
    let names = site.ledger.sources().await?.into_iter().filter_map(|row| Some((row.key, row.name?))).collect();
    let unverified = unverified(site).await?;
    let site = site.clone();
    let work = move || measure(&site, list, &names, unverified);
    tokio::task::spawn_blocking(work).await.map_err(|_| AssessError::CutOff)?
}

/// What the newest look at the store says, which names all that is known to be wrong; none while there was none this week.
async fn unverified(site: &Site) -> Result<Option<u64>, AssessError> {
    let last = last_verification(&site.ledger).await?;
    let fresh = last.filter(|last| Day::of(site.now).days_since(last.day) <= VERIFIED_DAYS);
    Ok(fresh.map(|last| (last.failed + last.log).max(site.vault.status().unreadable_segments)))
}

fn measure(site: &Site, list: List, names: &HashMap<SourceKey, String>, unverified: Option<u64>) -> Result<Measurement, AssessError> {
    let today = Day::of(site.now);
    let heard: HashMap<SourceKey, Heard> = site.vault.sources()?.into_iter().map(Heard::of).collect();
    let mut of_all: BTreeMap<Day, u64> = BTreeMap::new();
    for (day, lines) in heard.values().flat_map(|heard| &heard.days) {
        *of_all.entry(*day).or_default() += lines;
    }
    let categories = list.devices.iter().map(|device| device.category.as_str()).chain([""]);
    let oldest = categories.filter_map(|category| term::longest(&site.book, category, today)).map(|term| term.oldest).min();
    let gone = Gone::new(&site.vault.losses(oldest.unwrap_or(today).start())?);
    let surveyor = Surveyor { site, today, heard: &heard, of_all: &of_all, gone: &gone };
    let mut taken = HashSet::new();
    // Of devices with one address only the first can be told from the others.
    let devices = list.devices.iter().map(|listed| surveyor.listed(listed, listed.source.clone().filter(|key| taken.insert(key.clone()))));
    let devices: Vec<DeviceCoverage> = devices.collect();
    let unlisted = surveyor.unlisted(&taken, names);
    let coverage = Coverage { confirmed: list.confirmed.clone(), devices, unlisted, unverified };
    Ok(Measurement { list, coverage, gone, heard })
}

struct Surveyor<'a> {
    site: &'a Site,
    today: Day,
    heard: &'a HashMap<SourceKey, Heard>,
    of_all: &'a BTreeMap<Day, u64>,
    gone: &'a Gone,
}

impl Surveyor<'_> {
    fn listed(&self, listed: &Listed, source: Option<SourceKey>) -> DeviceCoverage {
        let heard = source.as_ref().and_then(|key| self.heard.get(key));
        let shown = listed.source.as_ref().map_or_else(|| listed.address.clone(), ToString::to_string);
        let mut device = DeviceCoverage {
            record: Some(listed.record.clone()),
            name: listed.name.clone(),
            source: shown,
            unit: listed.unit,
            category: listed.category.clone(),
            expected_seconds: listed.interval_seconds,
            // Never heard: silent since it must log.
            silent_since: Some(listed.since),
            ..DeviceCoverage::nothing()
        };
        self.fill(&mut device, source.as_ref(), heard);
        device
    }

    fn unlisted(&self, listed: &HashSet<SourceKey>, names: &HashMap<SourceKey, String>) -> Vec<DeviceCoverage> {
        let mut others: Vec<(&SourceKey, &Heard)> =
            self.heard.iter().filter(|(key, _)| !listed.contains(*key) && key.as_str() != CONSOLE_SOURCE).collect();
        others.sort_unstable_by(|a, b| (b.1.lines, a.0).cmp(&(a.1.lines, b.0)));
        others.into_iter().take(UNLISTED).map(|(key, heard)| self.heard_only(key, heard, names)).collect()
    }

    fn heard_only(&self, key: &SourceKey, heard: &Heard, names: &HashMap<SourceKey, String>) -> DeviceCoverage {
        let directory = self.site.ledger.directory();
        let unit = directory.unit_of_source(key).or_else(|| directory.root()).map_or(UnitId(0), |unit| unit.id);
        let name = names.get(key).cloned().unwrap_or_else(|| key.to_string());
        let mut device = DeviceCoverage { name, source: key.to_string(), unit, ..DeviceCoverage::nothing() };
        self.fill(&mut device, Some(key), Some(heard));
        device
    }

    /// What follows from the term and from what was heard.
    fn fill(&self, device: &mut DeviceCoverage, source: Option<&SourceKey>, heard: Option<&Heard>) {
        let term = term::longest(&self.site.book, &device.category, self.today);
        let oldest = term.as_ref().map_or(self.today, |term| term.oldest);
        if let Some(term) = &term {
            (device.term, device.days_required) = (term.term.id.clone(), term.days);
        }
        let (Some(source), Some(heard)) = (source, heard) else {
            device.cells = (oldest.0..self.today.0).map(|day| (Day(day), Cell::Before)).chain([(self.today, Cell::Open)]).collect();
            return;
        };
        let expected = device.expected_seconds.unwrap_or_else(|| days::learned(&heard.days, self.gone, source));
        let judge = Judge {
            source,
            lines: &heard.days,
            of_all: self.of_all,
            gone: self.gone,
            first: Some(heard.first),
            last: Some(heard.last),
            expected_seconds: expected,
            now: self.site.now,
        };
        device.cells = judge.cells(oldest);
        device.gaps = judge.gaps(&device.cells);
        let (complete, begun) = days::complete(&device.cells, self.today);
        device.days_complete = complete;
        device.complete_on = term.filter(|term| complete < term.days).and_then(|term| kept_through(begun, term.span));
        device.expected_seconds = Some(expected);
        device.silent_since = judge.silent_since();
        (device.first, device.last) = (Some(heard.first), Some(heard.last));
    }
}

impl DeviceCoverage {
    /// Of a device that nothing is known of.
    fn nothing() -> Self {
        Self {
            record: None,
            name: String::new(),
            source: String::new(),
            unit: UnitId(0),
            category: String::new(),
            first: None,
            last: None,
            days_required: 0,
            term: String::new(),
            days_complete: 0,
            complete_on: None,
            cells: Vec::new(),
            gaps: Vec::new(),
            expected_seconds: None,
            silent_since: None,
        }
    }
}
