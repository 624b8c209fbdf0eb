//! A device of the list with how far its logs cover their term, as pages and programs tell it.
//!
//! Invariants: younger than its term is at risk, never met; silence and loss are told apart; the term is named with its basis.

use anlan_assure::assess::coverage::{Cell, Coverage, DeviceCoverage};
use anlan_base::text::{Lang, text};
use anlan_base::{Day, Instant};
use anlan_law::Bilingual;
use anlan_law::kind::{Kinds, Shape};
use anlan_law::pack::Lawbook;
use anlan_ledger::Directory;

use super::bar::Bar;
use super::reach::{key_of, lines_of};
use crate::address::address;
use crate::page::ago;
use crate::records::words;
use crate::shown;

/// Kinds of the list of what must log, and of its confirmation.
pub(crate) const LISTED: &str = "log-source";
pub(crate) const LIST: &str = "log-list";
/// Gaps of one device that a page names.
pub(crate) const GAPS_SHOWN: usize = 10;
/// Bytes of a device's name on a page.
const NAME_BYTES: usize = 128;

/// How a device stands against its term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Standing {
    /// Listed, and nothing ever came.
    Never,
    /// Nothing comes now, though it should.
    Silent,
    /// Older than its term, with a hole in it.
    Holed,
    /// Younger than its term.
    Growing,
    Complete,
}

impl Standing {
    pub(crate) fn of(device: &DeviceCoverage) -> Self {
        let Some(first) = device.first else { return Self::Never };
        let is_older = device.cells.first().is_some_and(|(oldest, _)| Day::of(first) <= *oldest);
        match () {
            () if device.silent_since.is_some() => Self::Silent,
            () if device.days_required > 0 && device.days_complete >= device.days_required => Self::Complete,
            () if is_older => Self::Holed,
            () => Self::Growing,
        }
    }

    /// Class of its mark and key of its word.
    pub(crate) fn mark(self) -> (&'static str, &'static str) {
        match self {
            Self::Never => ("fail", "device-never"),
            Self::Silent => ("fail", "device-silent"),
            Self::Holed => ("fail", "device-holed"),
            Self::Growing => ("risk", "device-growing"),
            Self::Complete => ("met", "device-complete"),
        }
    }

    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Silent => "silent",
            Self::Holed => "holed",
            Self::Growing => "growing",
            Self::Complete => "complete",
        }
    }
}

/// A stretch without lines.
pub(crate) struct GapRow {
    pub(crate) cause: &'static str,
    pub(crate) since: String,
    pub(crate) until: String,
}

/// A row of the table.
pub(crate) struct Device {
    pub(crate) record: String,
    pub(crate) name: String,
    pub(crate) category: String,
    pub(crate) unit: String,
    pub(crate) source: String,
    pub(crate) state: (&'static str, &'static str),
    /// 静默 since when, where it is silent.
    pub(crate) silent: String,
    pub(crate) last: String,
    pub(crate) last_ago: String,
    pub(crate) progress: String,
    pub(crate) complete: String,
    pub(crate) term: Term,
    pub(crate) expected: String,
    pub(crate) bar: Bar,
    pub(crate) bar_label: String,
    pub(crate) gaps: Vec<GapRow>,
    pub(crate) more_gaps: usize,
    pub(crate) logs: String,
}

/// What a term asks and where it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Term {
    pub(crate) what: String,
    pub(crate) basis: String,
}

/// What is needed to tell about devices.
pub(crate) struct Telling<'a> {
    pub(crate) lang: Lang,
    pub(crate) now: Instant,
    pub(crate) book: &'a Lawbook,
    pub(crate) kinds: &'a Kinds,
    pub(crate) directory: &'a Directory,
}

impl Telling<'_> {
    pub(crate) fn device(&self, device: &DeviceCoverage) -> Device {
        let (lang, standing) = (self.lang, Standing::of(device));
        let bar = Bar::new(&device.cells);
        let gaps = device.gaps.iter().rev().take(GAPS_SHOWN);
        Device {
            record: device.record.clone().unwrap_or_default(),
            name: shown::plain(&device.name, NAME_BYTES),
            category: self.category(&device.category),
            unit: words::unit(self.directory, device.unit),
            source: shown::plain(&device.source, NAME_BYTES),
            state: standing.mark(),
            silent: device.silent_since.map_or_else(String::new, words::moment),
            last: device.last.map_or_else(String::new, Instant::to_civil),
            last_ago: device.last.map_or_else(String::new, |last| ago(lang, self.now.since(last))),
            progress: self.progress(device),
            complete: self.complete(device, standing),
            term: self.term(&device.term),
            expected: device.expected_seconds.map_or_else(String::new, |seconds| interval(lang, seconds)),
            bar_label: self.bar_label(&bar),
            bar,
            gaps: gaps
                .map(|gap| GapRow { cause: cause(gap.cause), since: words::moment(gap.since), until: words::moment(gap.until) })
                .collect(),
            more_gaps: device.gaps.len().saturating_sub(GAPS_SHOWN),
            logs: self.logs(device),
        }
    }

    /// `第 7 天，共 183 天`.
    pub(crate) fn progress(&self, device: &DeviceCoverage) -> String {
        let (done, of) = (device.days_complete.min(device.days_required), device.days_required);
        text(self.lang, "device-progress", &[("done", &done.to_string()), ("of", &of.to_string())])
    }

    fn complete(&self, device: &DeviceCoverage, standing: Standing) -> String {
        match (standing, device.complete_on) {
            (Standing::Complete | Standing::Never, _) | (_, None) => String::new(),
            (_, Some(day)) => text(self.lang, "device-complete-on", &[("day", &day.to_string())]),
        }
    }

    fn bar_label(&self, bar: &Bar) -> String {
        let days = bar.days;
        let (covered, silent) = (days.covered.to_string(), days.silent.to_string());
        let (lost, before) = (days.lost.to_string(), days.before.to_string());
        text(self.lang, "device-bar", &[("covered", &covered), ("silent", &silent), ("lost", &lost), ("before", &before)])
    }

    /// The words of the list's own field.
    pub(crate) fn category(&self, id: &str) -> String {
        let field = self.kinds.get(LISTED).and_then(|kind| kind.field("category"));
        let option = field.and_then(|field| match &field.shape {
            Shape::Choice { options } => options.iter().find(|option| option.id == id),
            _ => None,
        });
        option.map_or_else(|| id.to_owned(), |option| option.title.show(self.lang).to_owned())
    }

    pub(crate) fn term(&self, id: &str) -> Term {
        let Some(term) = self.book.terms.iter().find(|term| term.id == id) else {
            return Term { what: shown::plain(id, NAME_BYTES), basis: String::new() };
        };
        let show = |words: &Bilingual| words.show(self.lang).to_owned();
        // The newest version stands last.
        let cited = term.cites.iter().next_back().map(|(version, places)| {
            let statutes = self.book.library.statutes();
            let statute = statutes.iter().find(|statute| statute.versions.iter().any(|one| one.id == *version));
            let title = statute.map_or_else(|| version.to_string(), |statute| show(&statute.title));
            let places: Vec<String> = places.iter().map(|place| place.show(self.lang)).collect();
            match self.lang {
                Lang::Zh => format!("《{title}》{}", places.join("、")),
                Lang::En => format!("{title} {}", places.join(", ")),
            }
        });
        let other = || {
            let basis = term.other.first()?;
            let title = self.book.instrument(&basis.instrument).map_or_else(|| basis.instrument.clone(), |one| show(&one.title));
            Some(basis.at.as_ref().map_or_else(|| title.clone(), |at| format!("{title} {at}")))
        };
        let sourced = || term.source.as_ref().map(|source| source.system.clone());
        Term { what: show(&term.what), basis: cited.or_else(other).or_else(sourced).unwrap_or_default() }
    }

    /// Its lines of the last day they came on.
    fn logs(&self, device: &DeviceCoverage) -> String {
        let Some((key, last)) = key_of(&device.source).zip(device.last) else { return String::new() };
        let day = Day::of(last);
        let (since, until) = (format!("{day}T00:00:00"), format!("{}T00:00:00", day.next()));
        address("/logs", &[("q", &lines_of(&key)), ("range", "custom"), ("since", &since), ("until", &until)])
    }
}

/// The key of a cell's word.
pub(crate) fn cause(cell: Cell) -> &'static str {
    match cell {
        Cell::Lost => "device-cell-lost",
        Cell::Silent => "device-cell-silent",
        Cell::Covered => "device-cell-covered",
        Cell::Before => "device-cell-before",
        Cell::Open => "device-cell-open",
    }
}

/// `每 10 分钟`, in the largest unit that is whole enough.
pub(crate) fn interval(lang: Lang, seconds: u64) -> String {
    let (key, n) = match seconds {
        0..120 => ("device-every-seconds", seconds),
        120..7200 => ("device-every-minutes", seconds / 60),
        7200..172_800 => ("device-every-hours", seconds / 3600),
        _ => ("device-every-days", seconds / 86_400),
    };
    text(lang, key, &[("n", &n.to_string())])
}

/// The listed devices, those that need something first.
pub(crate) fn worst_first(coverage: &Coverage) -> Vec<&DeviceCoverage> {
    let mut devices: Vec<&DeviceCoverage> = coverage.devices.iter().collect();
    let left = |device: &DeviceCoverage| std::cmp::Reverse(device.days_required.saturating_sub(device.days_complete));
    devices.sort_by(|a, b| (Standing::of(a), left(a), &a.record).cmp(&(Standing::of(b), left(b), &b.record)));
    devices
}
