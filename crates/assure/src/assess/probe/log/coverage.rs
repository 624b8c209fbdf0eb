//! `log.coverage`: the logs of each listed device against the longest term that applies.
//!
//! Invariants: without a confirmed list there are no facts, only reasons (VERDICT-3); `days_complete` and `days_required` are those of the device that is furthest
//! from its term, so that one device can make no other whole.

use std::collections::{BTreeMap, BTreeSet};

use anlan_base::Day;
use anlan_law::term::Term;

use super::asked;
use crate::assess::coverage::list::{Missing, SOURCES};
use crate::assess::coverage::{Cell, DeviceCoverage, Gap, Measurement, measured, term};
use crate::assess::{AssessError, How, Measured, Reason, Site};

/// Devices whose lines stand as questions.
const ASKED: usize = 10;
/// Reasons of one sort, and unlisted sources, that are told one by one.
const TOLD: usize = 8;

pub(in crate::assess::probe) async fn coverage(site: &Site, of: &[String]) -> Result<Measured, AssessError> {
    let found = measured(site).await?;
    let wanted = |device: &&DeviceCoverage| of.is_empty() || of.contains(&device.category);
    let mut devices: Vec<&DeviceCoverage> = found.coverage.devices.iter().filter(wanted).collect();
    devices.sort_by_key(|device| std::cmp::Reverse(device.shortfall()));
    let probe = Probe { site, of, found: &found, devices };
    let mut measured = if found.coverage.confirmed.is_some() { probe.facts() } else { Measured::default() };
    measured.since = probe.devices.iter().filter_map(|device| device.cells.first()).map(|(day, _)| day.start()).min();
    probe.reasons(&mut measured);
    probe.questions(&mut measured);
    for device in &probe.devices {
        let number = device.record.clone().unwrap_or_default();
        measured.saw(number.as_str(), format!("/r/{number}"));
    }
    Ok(measured)
}

struct Probe<'a> {
    site: &'a Site,
    of: &'a [String],
    found: &'a Measurement,
    /// Those that are asked about, the one furthest from its term first.
    devices: Vec<&'a DeviceCoverage>,
}

impl Probe<'_> {
    fn facts(&self) -> Measured {
        let measured = Measured::default().flag("list_confirmed", true);
        // The list names no device of this sort: whether there is none, or whether one was forgotten, nobody measured.
        if !self.of.is_empty() && self.devices.is_empty() {
            return measured;
        }
        let heard = self.devices.iter().filter(|device| device.first.is_some()).count();
        let gaps: usize = self.devices.iter().map(|device| device.gaps.len()).sum();
        let measured = measured.count("listed", self.devices.len()).count("heard", heard).count("gaps", gaps);
        let measured = match self.found.coverage.unverified {
            Some(unverified) => measured.count("unverified", unverified),
            None => measured,
        };
        // A device that no term is set for would be complete at once.
        if self.devices.iter().any(|device| device.term.is_empty()) {
            return measured;
        }
        match self.devices.first() {
            Some(worst) => measured.count("days_required", worst.days_required).count("days_complete", worst.days_complete),
            None => measured.count("days_complete", 0),
        }
    }

    fn reasons(&self, measured: &mut Measured) {
        self.of_list(measured);
        few(measured, self.devices.iter().filter(|device| device.first.is_none()).map(|device| not_heard(self, device)));
        for cause in [Cell::Silent, Cell::Lost] {
            few(
                measured,
                self.devices
                    .iter()
                    .flat_map(|device| device.gaps.iter().filter(move |gap| gap.cause == cause).map(|gap| hole(device, gap))),
            );
        }
        match self.found.coverage.unverified {
            None => measured.reason("log-never-verified", &[]),
            Some(0) => {}
            Some(count) => measured.reason("log-unverified", &[("count", &count.to_string())]),
        }
        few(measured, self.devices.iter().filter_map(|device| young(device)));
        if self.of.is_empty() {
            few(measured, self.found.coverage.unlisted.iter().map(unlisted));
        }
        self.terms(measured);
    }

    fn of_list(&self, measured: &mut Measured) {
        let list = &self.found.list;
        if list.missing.is_empty() && list.confirmed.is_none() {
            measured.reason("log-list-none", &[]);
        }
        few(
            measured,
            list.missing.iter().map(|(unit, why)| match why {
                Missing::Never => Reason::new("log-list-unconfirmed", &[("unit", unit)]),
                Missing::Changed(number) => Reason::new("log-list-changed", &[("unit", unit), ("number", number)]),
            }),
        );
        if list.confirmed.is_some() && self.devices.is_empty() {
            measured.reason(if self.of.is_empty() { "log-list-empty" } else { "log-none-of" }, &[]);
        }
    }

    /// The longest term of each sort of device, with its basis and the others that apply (VERDICT-5).
    fn terms(&self, measured: &mut Measured) {
        let today = Day::of(self.site.now);
        let categories: BTreeSet<&str> = self.devices.iter().map(|device| device.category.as_str()).collect();
        let longest = categories.into_iter().filter_map(|category| term::longest(&self.site.book, category, today));
        let by_id: BTreeMap<String, term::Longest<'_>> = longest.map(|longest| (longest.term.id.clone(), longest)).collect();
        for (id, longest) in by_id {
            let named = |term: &&Term| format!("{} {} ({})", term.value, term.id, term::basis(term));
            let also: Vec<String> = longest.also.iter().map(named).collect();
            let (length, basis) = (longest.term.value.to_string(), term::basis(longest.term));
            let also = if also.is_empty() { "—".to_owned() } else { also.join("; ") };
            let days = longest.days.to_string();
            measured.reason("log-term", &[("term", &id), ("length", &length), ("days", &days), ("basis", &basis), ("also", &also)]);
        }
    }

    fn questions(&self, measured: &mut Measured) {
        let base = format!("/records/{SOURCES}?view=is:in_use");
        match self.of {
            [] => measured.asked(How::Records, base, self.devices.len() as u64),
            categories => {
                for category in categories {
                    let count = self.devices.iter().filter(|device| device.category == *category).count() as u64;
                    measured.asked(How::Records, format!("{base}&by.category={category}"), count);
                }
            }
        }
        let today = Day::of(self.site.now);
        for device in self.devices.iter().filter(|device| device.first.is_some()).take(ASKED) {
            let Some((oldest, _)) = device.cells.first() else { continue };
            let heard = self.found.heard.iter().find(|(key, _)| key.as_str() == device.source).map(|(_, heard)| heard);
            let lines = heard.map_or(0, |heard| heard.between(*oldest, today));
            measured.asked(How::Logs, asked::search(&asked::from_source(&device.source), oldest.start(), today.start()), lines);
            let silent = device.gaps.iter().rev().find(|gap| gap.cause == Cell::Silent);
            if let Some(gap) = silent {
                measured.asked(How::Logs, asked::search(&asked::from_source(&device.source), gap.since, gap.until), 0);
            }
        }
    }
}

impl DeviceCoverage {
    /// Days that are missing to its term; of devices that are even, those with holes and those never heard come first.
    fn shortfall(&self) -> (u32, usize, bool) {
        (self.days_required.saturating_sub(self.days_complete), self.gaps.len(), self.first.is_none())
    }
}

/// The first reasons of one sort; the rest are counted.
fn few(measured: &mut Measured, reasons: impl Iterator<Item = Reason>) {
    let mut more = 0_usize;
    for (at, reason) in reasons.enumerate() {
        if at < TOLD {
            let args: Vec<(&str, &str)> = reason.args.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            measured.reason(&reason.code, &args);
        } else {
            more += 1;
        }
    }
    if more > 0 {
        measured.reason("log-more", &[("count", &more.to_string())]);
    }
}

/// Never heard, or not to be told from another of the same address.
fn not_heard(probe: &Probe<'_>, device: &DeviceCoverage) -> Reason {
    let same = |other: &&DeviceCoverage| other.source == device.source && other.record != device.record && other.first.is_some();
    match probe.found.coverage.devices.iter().find(same) {
        Some(other) => Reason::new("log-same-address", &[("name", &device.name), ("other", &other.name), ("source", &device.source)]),
        None => Reason::new("log-not-heard", &[("name", &device.name), ("source", &device.source)]),
    }
}

fn hole(device: &DeviceCoverage, gap: &Gap) -> Reason {
    let code = if gap.cause == Cell::Lost { "log-lost" } else { "log-silent" };
    let since = gap.since.to_civil();
    // What goes on to this moment would be another reason each hour.
    let goes_on = gap.cause == Cell::Silent && device.last.is_some_and(|last| last < gap.since);
    if goes_on {
        return Reason::new("log-silent-since", &[("name", &device.name), ("since", &since)]);
    }
    Reason::new(code, &[("name", &device.name), ("since", &since), ("until", &gap.until.to_civil())])
}

/// Younger than its term, and nothing missing (VERDICT-4).
fn young(device: &DeviceCoverage) -> Option<Reason> {
    let date = device.complete_on?;
    let (day, of, date) = (device.days_complete.to_string(), device.days_required.to_string(), date.to_string());
    Some(Reason::new("log-young", &[("name", &device.name), ("day", &day), ("of", &of), ("date", &date)]))
}

fn unlisted(source: &DeviceCoverage) -> Reason {
    Reason::new("log-unlisted", &[("name", &source.name), ("source", &source.source)])
}
