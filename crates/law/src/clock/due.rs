//! When a clock is due.
//!
//! Rules of counting (spec/lawpack.md, "Clocks"): hours run from the start through nights and holidays; days count from the day
//! after the start; months end on the same number or on the month's last day; working days are counted from the next working day;
//! a last day that is a day off moves only where the clock says so; a day ends at 24:00 Beijing time.
//!
//! Invariants:
//! - a due time is never before the start, but for dates that are fixed and for what is to be done ahead of an event;
//! - `at` is the last moment that is still in time, so that "late" is `now > at` everywhere;
//! - no input panics: what cannot be answered is a [`NoDue`] that says why.

use anlan_base::text::{Lang, text};
use anlan_base::{Counted, Day, Guessed, Instant, TimeOfDay, WorkCalendar};

use super::{Clock, Length, Recurrence, Roll, Span, Term, Why};

/// Pauses of one case.
pub const PAUSES: usize = 100;
/// Due times that one question may list.
pub const OCCURRENCES: usize = 1_000;
/// Days before the question in which the day of a recurrence may lie that was moved past it.
const LOOK_BACK_DAYS: u32 = 40;
const MINUTE: u64 = 60 * Instant::SECOND;

/// From when until when a clock stood still; it still does where there is no `until`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    pub from: Instant,
    pub until: Option<Instant>,
}

/// What a case knows when it asks a clock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked<'a> {
    /// When the start fact became true; for days that come again the moment from which one looks; for `ahead` the event.
    pub start: Instant,
    /// The value of the fact that chooses a row of a table.
    pub row: Option<&'a str>,
    /// The unit's own length.
    pub own: Option<Span>,
    /// Until when the order or request says.
    pub ordered: Option<Instant>,
    pub pauses: &'a [Pause],
}

impl Asked<'_> {
    #[must_use]
    pub fn at(start: Instant) -> Self {
        Self { start, ..Self::default() }
    }
}

/// When a clock is due, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The last moment in time.
    pub at: Instant,
    /// The day of `at` in Beijing.
    pub day: Day,
    /// The last working day from the start until `day`, on which an office can still act; none where none lies between.
    pub last_working_day: Option<Counted<Day>>,
    pub why: Vec<Why>,
    /// Years without a calendar that `at` rests on.
    pub guessed: Option<Guessed>,
}

/// Why a clock has no due time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoDue {
    #[error("the order that says until when was not given")]
    AsOrdered,
    #[error("the request that says until when was not given")]
    AsRequested,
    #[error("the law gives no number: the unit has to set one")]
    NotSet,
    #[error("the table has no row for this case")]
    NoRow,
    #[error("the unit's own length is not surely stricter than the pack's")]
    Looser,
    #[error("what was ordered lies before the start")]
    OrderedBeforeStart,
    #[error("the clock stands still")]
    StandsStill,
    #[error("more than {PAUSES} pauses or {OCCURRENCES} due times")]
    TooMany,
    #[error("the end lies outside the calendar")]
    OutsideCalendar,
    #[error("this clock has no days that come again")]
    DoesNotRecur,
}

impl NoDue {
    /// As packs' cases write it.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.names().0
    }

    /// In the reader's language.
    #[must_use]
    pub fn say(self, lang: Lang) -> String {
        text(lang, self.names().1, &[])
    }

    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::AsOrdered => ("as_ordered", "clock-none-as-ordered"),
            Self::AsRequested => ("as_requested", "clock-none-as-requested"),
            Self::NotSet => ("not_set", "clock-none-not-set"),
            Self::NoRow => ("no_row", "clock-none-no-row"),
            Self::Looser => ("looser", "clock-none-looser"),
            Self::OrderedBeforeStart => ("ordered_before_start", "clock-none-ordered-before-start"),
            Self::StandsStill => ("stands_still", "clock-none-stands-still"),
            Self::TooMany => ("too_many", "clock-none-too-many"),
            Self::OutsideCalendar => ("outside_calendar", "clock-none-outside-calendar"),
            Self::DoesNotRecur => ("does_not_recur", "clock-none-does-not-recur"),
        }
    }
}

/// When `clock` is due. Days that come again: the first due time at or after `asked.start`.
pub fn due(clock: &Clock, asked: &Asked<'_>, calendar: &WorkCalendar) -> Result<Due, NoDue> {
    if asked.pauses.len() > PAUSES {
        return Err(NoDue::TooMany);
    }
    let counting = Counting { asked, calendar };
    match &clock.term {
        Term::Within { length, roll } | Term::Every { length, roll } => counting.length(*length, *roll),
        Term::Table { rows, roll, .. } => {
            let length = asked.row.and_then(|row| rows.get(row)).ok_or(NoDue::NoRow)?;
            counting.length(*length, *roll)
        }
        Term::Keep { span } => counting.keep(*span),
        Term::Ahead { span } => counting.ahead(*span),
        Term::Recurs(recurrence) => counting.next(recurrence, None).map(|(due, _)| due),
        Term::On { day, time, roll } => counting.on(*day, *time, *roll),
    }
}

/// The next `count` due times of days that come again, from the moment on. Two days moved to one are two due times.
pub fn occurrences(clock: &Clock, from: Instant, count: usize, calendar: &WorkCalendar) -> Result<Vec<Due>, NoDue> {
    let Term::Recurs(recurrence) = &clock.term else { return Err(NoDue::DoesNotRecur) };
    if count > OCCURRENCES {
        return Err(NoDue::TooMany);
    }
    let asked = Asked::at(from);
    let counting = Counting { asked: &asked, calendar };
    let (mut dues, mut after) = (Vec::with_capacity(count), None);
    for _ in 0..count {
        let (due, day) = counting.next(recurrence, after)?;
        dues.push(due);
        after = Some(day);
    }
    Ok(dues)
}

struct Counting<'a> {
    asked: &'a Asked<'a>,
    calendar: &'a WorkCalendar,
}

/// An end before it is given its moment: its day, the steps, the guesses.
struct End {
    day: Day,
    why: Vec<Why>,
    guessed: Option<Guessed>,
}

impl Counting<'_> {
    fn length(&self, length: Length, roll: Roll) -> Result<Due, NoDue> {
        match (length, self.asked.own) {
            (Length::Span(span), None) => self.span(span, roll, Vec::new()),
            (Length::Span(span), Some(own)) if own.is_no_longer_than(span) => self.span(own, roll, vec![Why::Own { span: own }]),
            (Length::Span(_), Some(_)) => Err(NoDue::Looser),
            (Length::Configurable, Some(own)) => self.span(own, roll, vec![Why::Own { span: own }]),
            (Length::Configurable, None) => Err(NoDue::NotSet),
            (Length::AtOnce, _) => Ok(self.moment(self.asked.start, vec![Why::AtOnce], None)),
            (Length::AsOrdered, _) => self.ordered(NoDue::AsOrdered),
            (Length::AsRequested, _) => self.ordered(NoDue::AsRequested),
        }
    }

    fn ordered(&self, missing: NoDue) -> Result<Due, NoDue> {
        let at = self.asked.ordered.ok_or(missing)?;
        if at < self.asked.start {
            return Err(NoDue::OrderedBeforeStart);
        }
        Ok(self.moment(at, vec![Why::Ordered], None))
    }

    fn keep(&self, span: Span) -> Result<Due, NoDue> {
        match self.asked.own {
            None => self.span(span, Roll::Stay, Vec::new()),
            // Kept longer is stricter.
            Some(own) if span.is_no_longer_than(own) => self.span(own, Roll::Stay, vec![Why::Own { span: own }]),
            Some(_) => Err(NoDue::Looser),
        }
    }

    fn span(&self, span: Span, roll: Roll, why: Vec<Why>) -> Result<Due, NoDue> {
        if let Span::Minutes(minutes) = span {
            return self.minutes(minutes, why);
        }
        let mut end = self.days(span, &[], why.clone())?;
        let pauses = self.pauses_until(|pauses| self.days(span, pauses, Vec::new()).map(|end| end.day.last_moment()))?;
        if !pauses.is_empty() {
            end = self.days(span, &pauses, why)?;
        }
        self.finish(end, None, roll)
    }

    fn minutes(&self, minutes: u32, mut why: Vec<Why>) -> Result<Due, NoDue> {
        let end = |pauses: &[Pause]| {
            let stood: u64 = pauses.iter().map(|pause| pause.until.map_or(0, |until| until.since(pause.from))).sum();
            within_calendar(self.asked.start.plus_nanos(u64::from(minutes) * MINUTE).plus_nanos(stood))
        };
        why.push(Why::Hours { minutes });
        let pauses = self.pauses_until(end)?;
        if !pauses.is_empty() {
            let stood: u64 = pauses.iter().map(|pause| pause.until.map_or(0, |until| until.since(pause.from))).sum();
            why.push(Why::StoodStill { days: 0, minutes: stood / MINUTE });
        }
        Ok(self.moment(end(&pauses)?, why, None))
    }

    /// The pauses, in order and without overlaps, that began while the clock was running. `end` says when it ends, given some.
    fn pauses_until(&self, end: impl Fn(&[Pause]) -> Result<Instant, NoDue>) -> Result<Vec<Pause>, NoDue> {
        if self.asked.pauses.is_empty() {
            return Ok(Vec::new());
        }
        let mut sorted = self.asked.pauses.to_vec();
        sorted.sort_by_key(|pause| pause.from);
        let mut taken: Vec<Pause> = Vec::with_capacity(sorted.len());
        for pause in sorted {
            let free = taken.last().and_then(|last| last.until).unwrap_or(self.asked.start).max(self.asked.start);
            let from = pause.from.max(free);
            if from > end(&taken)? {
                break;
            }
            match pause.until {
                None => return Err(NoDue::StandsStill),
                Some(until) if until > from => taken.push(Pause { from, until: Some(until) }),
                Some(_) => {}
            }
        }
        Ok(taken)
    }

    fn days(&self, span: Span, pauses: &[Pause], mut why: Vec<Why>) -> Result<End, NoDue> {
        let start = Day::of(self.asked.start);
        let stood: u32 =
            pauses.iter().map(|pause| standing_days(*pause).1.days_since(standing_days(*pause).0)).fold(0, u32::saturating_add);
        let longer = |day: Option<Day>| day.and_then(|day| day.plus_days(stood)).ok_or(NoDue::OutsideCalendar);
        let first = start.plus_days(1).ok_or(NoDue::OutsideCalendar)?;
        let (day, step, guessed) = match span {
            Span::WorkingDays(count) => {
                let counts = |day: Day| {
                    let begun = pauses.partition_point(|pause| standing_days(*pause).0 < day);
                    begun.checked_sub(1).and_then(|last| pauses.get(last)).is_none_or(|pause| day > standing_days(*pause).1)
                };
                let walked = self.calendar.add_working_days_where(start, count, counts).ok_or(NoDue::OutsideCalendar)?;
                let walk = walked.value;
                (walk.day, Why::WorkingDays { count, last: walk.day, holidays: walk.holidays, made_up: walk.made_up }, walked.guessed)
            }
            Span::Months(months) => {
                let last = longer(start.plus_months(months))?;
                let same = start.plus_months(months).is_some_and(|end| end.civil().day_of_month() == start.civil().day_of_month());
                (last, if same { Why::SameNumber { months, last } } else { Why::MonthEnd { months, last } }, None)
            }
            Span::Days(count) => {
                let last = longer(start.plus_days(count))?;
                (last, Why::Days { count, last }, None)
            }
            Span::Minutes(_) => return Err(NoDue::OutsideCalendar),
        };
        why.push(Why::FromNextDay { first });
        if stood > 0 {
            why.push(Why::StoodStill { days: stood, minutes: 0 });
        }
        why.push(step);
        Ok(End { day, why, guessed })
    }

    fn ahead(&self, span: Span) -> Result<Due, NoDue> {
        let event = Day::of(self.asked.start);
        let (day, guessed) = match span {
            Span::Days(count) => (event.minus_days(count), None),
            Span::Months(months) => (event.minus_months(months), None),
            Span::WorkingDays(count) => {
                let walked = self.calendar.sub_working_days(event, count).ok_or(NoDue::OutsideCalendar)?;
                (Some(walked.value.day), walked.guessed)
            }
            Span::Minutes(count) => {
                let nanos = u64::from(count) * MINUTE;
                let at = self.asked.start.0.checked_sub(nanos).map(Instant).ok_or(NoDue::OutsideCalendar)?;
                return Ok(self.moment(at, vec![Why::Ahead { event, last: Day::of(at) }], None));
            }
        };
        let last = day.ok_or(NoDue::OutsideCalendar)?;
        self.finish(End { day: last, why: vec![Why::Ahead { event, last }], guessed }, None, Roll::Stay)
    }

    fn on(&self, day: Day, time: Option<TimeOfDay>, roll: Roll) -> Result<Due, NoDue> {
        self.finish(End { day, why: vec![Why::Named { day }], guessed: None }, time, roll)
    }

    /// The first due time at or after the start, of a day after `after`; with the day that the rule names.
    fn next(&self, recurrence: &Recurrence, after: Option<Day>) -> Result<(Due, Day), NoDue> {
        let today = Day::of(self.asked.start);
        let back = if recurrence.roll == Roll::Stay { 0 } else { LOOK_BACK_DAYS };
        let mut from = match after {
            Some(day) => day.plus_days(1).ok_or(NoDue::OutsideCalendar)?,
            None => today.minus_days(back).unwrap_or(Day::FIRST),
        };
        loop {
            let found = recurrence.each.first_from(from, self.calendar).ok_or(NoDue::OutsideCalendar)?;
            let day = found.value;
            let end = End { day, why: vec![Why::Named { day }], guessed: found.guessed };
            let due = self.finish(end, recurrence.time, recurrence.roll)?;
            if due.at >= self.asked.start {
                return Ok((due, day));
            }
            from = day.plus_days(1).ok_or(NoDue::OutsideCalendar)?;
        }
    }

    fn finish(&self, mut end: End, time: Option<TimeOfDay>, roll: Roll) -> Result<Due, NoDue> {
        let moved = match roll {
            Roll::Stay => None,
            Roll::NextWorkingDay => Some(self.calendar.this_or_next_working(end.day)),
            Roll::PreviousWorkingDay => Some(self.calendar.this_or_previous_working(end.day)),
        };
        if let Some(moved) = moved {
            let moved = moved.ok_or(NoDue::OutsideCalendar)?;
            if moved.value != end.day {
                end.why.push(Why::Moved { from: end.day, to: moved.value });
            }
            end.day = moved.value;
            end.guessed = both(end.guessed, moved.guessed);
        }
        if end.day > Day::LAST {
            return Err(NoDue::OutsideCalendar);
        }
        let at = time.map_or(end.day.last_moment(), |time| end.day.at(time));
        Ok(self.moment(at, end.why, end.guessed))
    }

    fn moment(&self, at: Instant, mut why: Vec<Why>, guessed: Option<Guessed>) -> Due {
        let day = Day::of(at);
        why.extend(guessed.map(Why::NoCalendar));
        let start = Day::of(self.asked.start).min(day);
        let last_working_day = self.calendar.this_or_previous_working(day).filter(|counted| counted.value >= start);
        Due { at, day, last_working_day, why, guessed }
    }
}

/// The days after the first, up to and including the second, on which a clock of days did not run.
fn standing_days(pause: Pause) -> (Day, Day) {
    (Day::of(pause.from), Day::of(pause.until.unwrap_or(pause.from)))
}

fn within_calendar(at: Instant) -> Result<Instant, NoDue> {
    if Day::of(at) > Day::LAST { Err(NoDue::OutsideCalendar) } else { Ok(at) }
}

fn both(one: Option<Guessed>, other: Option<Guessed>) -> Option<Guessed> {
    match (one, other) {
        (Some(a), Some(b)) => Some(Guessed { first_year: a.first_year.min(b.first_year), last_year: a.last_year.max(b.last_year) }),
        (one, other) => one.or(other),
    }
}
