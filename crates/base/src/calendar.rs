//! Working days: weekends, holidays, and the weekends that are worked to make up for a long holiday (调休).
//!
//! Invariants:
//! - this file knows no holiday: every day off and every made-up working day is handed in, per year;
//! - a year without a calendar counts as Monday to Friday, and every answer that rests on such a year says so;
//! - a walk has an end: more than [`WORKING_DAYS_IN_A_STEP`] working days, or a day outside the calendar, is `None`.

use std::collections::{BTreeMap, BTreeSet};

use crate::civil::Weekday;
use crate::day::Day;

/// Working days that one question may count: about eight years.
pub const WORKING_DAYS_IN_A_STEP: u32 = 2_000;
/// Days that a count between two days may span.
pub const DAYS_IN_A_COUNT: u32 = 4_000;
/// Years that one calendar holds.
pub const YEARS: usize = 200;

/// What a day is to those who work by the State Council's calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DayKind {
    Workday,
    /// A Saturday or Sunday that is worked because a holiday was lengthened.
    MadeUp,
    Weekend,
    Holiday,
}

impl DayKind {
    #[must_use]
    pub fn is_working(self) -> bool {
        matches!(self, Self::Workday | Self::MadeUp)
    }
}

/// The days of one year's notice. Days of the December before belong to it too, where the notice names them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct YearDays {
    pub off: BTreeSet<Day>,
    pub made_up: BTreeSet<Day>,
}

/// Why a calendar refuses a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    #[error("the year {0} has a calendar already")]
    YearTwice(u32),
    #[error("{0} is off and worked at once")]
    OffAndWorked(Day),
    #[error("{0} is worked already: only a Saturday or a Sunday is made up")]
    NotAWeekend(Day),
    #[error("{0} is a day of neither the year nor the December before it")]
    OtherYear(Day),
    #[error("a calendar holds {YEARS} years")]
    TooManyYears,
}

/// Years that were counted as Monday to Friday because they have no calendar yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guessed {
    pub first_year: u32,
    pub last_year: u32,
}

/// An answer of a calendar, and whether it rests on years without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted<T> {
    pub value: T,
    /// None where every day that was looked at stands in a calendar.
    pub guessed: Option<Guessed>,
}

impl<T> Counted<T> {
    /// Whether every day that was looked at stands in a calendar.
    #[must_use]
    pub fn is_sure(&self) -> bool {
        self.guessed.is_none()
    }
}

/// A walk over working days: where it ended, and what it met on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Walk {
    pub day: Day,
    /// Days off between the first day and the last that a plain Monday-to-Friday week would have worked.
    pub holidays: u32,
    /// Weekend days among those counted that were worked.
    pub made_up: u32,
}

/// Which days are worked, year by year.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkCalendar {
    years: BTreeMap<u32, YearDays>,
}

impl WorkCalendar {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a year's days, or refuses them whole.
    pub fn add_year(&mut self, year: u32, days: YearDays) -> Result<(), CalendarError> {
        if self.years.contains_key(&year) {
            return Err(CalendarError::YearTwice(year));
        }
        if self.years.len() >= YEARS {
            return Err(CalendarError::TooManyYears);
        }
        for day in days.off.iter().chain(&days.made_up) {
            let date = day.civil();
            if date.year() != year && !(date.year() + 1 == year && date.month() == 12) {
                return Err(CalendarError::OtherYear(*day));
            }
        }
        if let Some(day) = days.off.intersection(&days.made_up).next() {
            return Err(CalendarError::OffAndWorked(*day));
        }
        if let Some(day) = days.made_up.iter().find(|day| !day.weekday().is_weekend()) {
            return Err(CalendarError::NotAWeekend(*day));
        }
        self.years.insert(year, days);
        Ok(())
    }

    /// The years that have a calendar.
    pub fn years(&self) -> impl Iterator<Item = u32> {
        self.years.keys().copied()
    }

    #[must_use]
    pub fn kind(&self, day: Day) -> Counted<DayKind> {
        let date = day.civil();
        // A December day may stand in the next year's notice, which comes later and so wins.
        let own = self.years.get(&date.year());
        let next = (date.month() == 12).then(|| self.years.get(&(date.year() + 1))).flatten();
        let named = next.and_then(|days| days.named(day)).or_else(|| own.and_then(|days| days.named(day)));
        let guessed = Guessed { first_year: date.year(), last_year: date.year() };
        Counted { value: named.unwrap_or_else(|| plain(day.weekday())), guessed: (named.is_none() && own.is_none()).then_some(guessed) }
    }

    #[must_use]
    pub fn is_working(&self, day: Day) -> bool {
        self.kind(day).value.is_working()
    }

    /// The `count`-th working day after `from`, which itself is never counted. `count` 0 is `from`.
    #[must_use]
    pub fn add_working_days(&self, from: Day, count: u32) -> Option<Counted<Walk>> {
        self.walk(from, count, |day| day.plus_days(1), |_| true)
    }

    /// As [`Self::add_working_days`], but days for which `counts` is false are passed over (a clock that stands still).
    #[must_use]
    pub fn add_working_days_where(&self, from: Day, count: u32, counts: impl Fn(Day) -> bool) -> Option<Counted<Walk>> {
        self.walk(from, count, |day| day.plus_days(1), counts)
    }

    /// The `count`-th working day before `from`, which itself is never counted.
    #[must_use]
    pub fn sub_working_days(&self, from: Day, count: u32) -> Option<Counted<Walk>> {
        self.walk(from, count, |day| day.minus_days(1), |_| true)
    }

    fn walk(&self, from: Day, count: u32, step: impl Fn(Day) -> Option<Day>, counts: impl Fn(Day) -> bool) -> Option<Counted<Walk>> {
        if count > WORKING_DAYS_IN_A_STEP {
            return None;
        }
        let mut walk = Walk { day: from, holidays: 0, made_up: 0 };
        let (mut left, mut guessed, mut steps) = (count, None, 0_u32);
        while left > 0 {
            walk.day = step(walk.day)?;
            steps += 1;
            if steps > DAYS_IN_A_COUNT {
                return None;
            }
            let kind = self.kind(walk.day);
            guessed = widened(guessed, kind.guessed);
            if kind.value == DayKind::Holiday {
                walk.holidays += 1;
            }
            if !kind.value.is_working() || !counts(walk.day) {
                continue;
            }
            walk.made_up += u32::from(kind.value == DayKind::MadeUp);
            left -= 1;
        }
        Some(Counted { value: walk, guessed })
    }

    /// The day itself where it is worked, else the next one that is.
    #[must_use]
    pub fn this_or_next_working(&self, day: Day) -> Option<Counted<Day>> {
        self.nearest(day, |day| day.plus_days(1))
    }

    /// The day itself where it is worked, else the last one before it that is.
    #[must_use]
    pub fn this_or_previous_working(&self, day: Day) -> Option<Counted<Day>> {
        self.nearest(day, |day| day.minus_days(1))
    }

    fn nearest(&self, day: Day, step: impl Fn(Day) -> Option<Day>) -> Option<Counted<Day>> {
        let (mut day, mut guessed) = (day, None);
        for _ in 0..DAYS_IN_A_COUNT {
            let kind = self.kind(day);
            guessed = widened(guessed, kind.guessed);
            if kind.value.is_working() {
                return Some(Counted { value: day, guessed });
            }
            day = step(day)?;
        }
        None
    }

    /// Working days after `from`, up to and including `to`; none where `to` is not later.
    /// The other way round of [`Self::add_working_days`]. None where the span is over [`DAYS_IN_A_COUNT`] days.
    #[must_use]
    pub fn working_days_between(&self, from: Day, to: Day) -> Option<Counted<u32>> {
        if to.days_since(from) > DAYS_IN_A_COUNT {
            return None;
        }
        let (mut value, mut guessed) = (0, None);
        for day in from.0.saturating_add(1)..=to.0 {
            let kind = self.kind(Day(day));
            guessed = widened(guessed, kind.guessed);
            value += u32::from(kind.value.is_working());
        }
        Some(Counted { value, guessed })
    }
}

impl YearDays {
    fn named(&self, day: Day) -> Option<DayKind> {
        if self.made_up.contains(&day) {
            return Some(DayKind::MadeUp);
        }
        self.off.contains(&day).then(|| if day.weekday().is_weekend() { DayKind::Weekend } else { DayKind::Holiday })
    }
}

fn plain(weekday: Weekday) -> DayKind {
    if weekday.is_weekend() { DayKind::Weekend } else { DayKind::Workday }
}

fn widened(one: Option<Guessed>, other: Option<Guessed>) -> Option<Guessed> {
    match (one, other) {
        (Some(a), Some(b)) => Some(Guessed { first_year: a.first_year.min(b.first_year), last_year: a.last_year.max(b.last_year) }),
        (one, None) => one,
        (None, other) => other,
    }
}
