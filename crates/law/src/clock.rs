//! Legal time: clocks that packs declare, counted the way Chinese practice counts, in Beijing time throughout.
//!
//! ```
//! use anlan_base::parse_time;
//! use anlan_law::clock::{Asked, due, parse_calendars, parse_clocks, remaining};
//! let of = |folder: &str| anlan_law::shipped::FILES.iter().filter(|(path, _)| path.starts_with(folder)).copied().collect::<Vec<_>>();
//! let clocks = parse_clocks(&of("cn/clocks")).expect("what ships is sound");
//! let calendars = parse_calendars(&of("cn/calendars/")).expect("what ships is sound");
//! let found = parse_time("2026-09-30T23:59").expect("a time");
//! let asked = Asked { row: Some("community"), ..Asked::at(found) };
//! let due = due(clocks.get("grid-handling").expect("a clock"), &asked, &calendars.work).expect("a number");
//! assert_eq!(due.at.to_civil(), "2026-10-10 23:59:59");
//! assert_eq!(remaining(found, due.at).days, 10);
//! ```
//!
//! Invariants:
//! - no length, date or holiday stands here: clocks, cases and calendars are data (`packs/`), instants are handed in;
//! - every answer says why, day by day, and whether it rests on a year without a holiday calendar;
//! - a term whose number nobody could check is `configurable` and has no due time until a unit sets one: none is invented;
//! - a unit may set its own length only to be stricter than the pack (I6: upward only).

mod calendars;
mod cases;
mod due;
mod length;
mod read;
mod recurrence;
mod remaining;
mod retention;
mod why;

use std::collections::BTreeMap;

use anlan_base::{Day, TimeOfDay};

use crate::condition::{Condition, Kind};
use crate::words::{Bilingual, Sureness};

pub use calendars::{CALENDAR_FILE_BYTES, Calendars, HOLIDAY_DAYS, HOLIDAYS, Notice, parse_calendars};
pub use cases::{CASE_FILE_BYTES, CASES, run_cases};
pub use due::{Asked, Due, NoDue, OCCURRENCES, PAUSES, Pause, due, occurrences};
pub use length::{LONGEST_DAYS, LONGEST_MINUTES, LONGEST_MONTHS, LONGEST_WORKING_DAYS, Length, LengthError, Span, Unit};
pub use read::{CLOCK_FILE_BYTES, CLOCKS, ENTRIES, FACTS, TEXT_CHARS, parse_clocks};
pub use recurrence::{Each, MonthDay, Recurrence};
pub use remaining::{Remaining, remaining};
pub use retention::{held_from, kept_through, term_days};
pub use why::Why;

/// What becomes of a last day that is a day off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Roll {
    /// It stays the last day: the rule where the clock says nothing.
    #[default]
    Stay,
    NextWorkingDay,
    PreviousWorkingDay,
}

/// How long a clock runs, or on which days it is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// Once, from the start.
    Within { length: Length, roll: Roll },
    /// Once, from the start; which length holds depends on the value of the fact `by`, such as a severity.
    Table { by: String, rows: BTreeMap<String, Length>, roll: Roll },
    /// Again and again, each time from when it was last done: a review every year.
    Every { length: Length, roll: Roll },
    /// So long before the start, which is an event to come: a filing a week ahead.
    Ahead { span: Span },
    /// On fixed days of the calendar: every Monday, the 28th, the last day of a quarter.
    Recurs(Recurrence),
    /// On one date.
    On { day: Day, time: Option<TimeOfDay>, roll: Roll },
    /// To be kept at least so long.
    Keep { span: Span },
}

/// Facts between which a clock stands still by law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PauseRule {
    pub from: String,
    pub until: String,
}

/// A clock of a pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Lower-case words with hyphens, unique over all packs, such as `csl-incident-operator`.
    pub id: String,
    pub name: Bilingual,
    /// Ids of duties, such as `D048`. The duty carries the checked citations of the law.
    pub duties: Vec<String>,
    /// The kind of case on which it runs, as the probes of duties name it, such as `incident_cac_report`.
    pub of: Option<String>,
    /// Name of the fact with which it starts, such as `discovered_or_learned`; none for [`Term::Recurs`] and [`Term::On`].
    pub start: Option<String>,
    /// Name of the fact with which it stops.
    pub stop: String,
    pub term: Term,
    /// To whom; several where the rule names several at once.
    pub recipients: Vec<Bilingual>,
    /// Over the declared facts; none where it always applies.
    pub applies: Option<Condition>,
    /// The instruments that give the number.
    pub basis: Vec<Bilingual>,
    pub sureness: Sureness,
    /// What is not certain about it; present exactly where `sureness` is not certain.
    pub unsure: Option<Bilingual>,
    pub pauses: Vec<PauseRule>,
    /// Where it stands, for faults.
    pub file: String,
    pub line: usize,
}

/// A fact that the conditions of clocks may name as `facts.NAME`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockFact {
    pub kind: Kind,
    pub what: Bilingual,
}

/// All clocks of the packs in force.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clocks {
    facts: BTreeMap<String, ClockFact>,
    all: BTreeMap<String, Clock>,
}

impl Clocks {
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Clock> {
        self.all.get(id)
    }

    /// A fact that conditions may name.
    #[must_use]
    pub fn fact(&self, name: &str) -> Option<&ClockFact> {
        self.facts.get(name)
    }

    /// In the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &Clock> {
        self.all.values()
    }

    /// The clocks that name a duty.
    pub fn of_duty<'a>(&'a self, duty: &'a str) -> impl Iterator<Item = &'a Clock> {
        self.iter().filter(move |clock| clock.duties.iter().any(|named| named == duty))
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}
