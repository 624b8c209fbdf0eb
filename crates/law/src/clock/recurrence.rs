//! Days that come again: daily patrols, the Monday report, the 28th, forms on the 1st, 11th and 21st, quarters, years.
//!
//! Invariant: the days of a recurrence come in order and never end before the calendar does.

use std::str::FromStr;

use anlan_base::civil::month_days;
use anlan_base::{CivilDate, Counted, Day, TimeOfDay, Weekday, WorkCalendar};

use super::Roll;

/// A day of a month: its number, or its last. A number that the month lacks is its last day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MonthDay {
    Number(u8),
    Last,
}

/// How often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Each {
    Day,
    WorkingDay,
    Week(Vec<Weekday>),
    Month(Vec<MonthDay>),
    /// The month of the quarter, 1 to 3, and its day.
    Quarter(Vec<(u8, MonthDay)>),
    /// The month, 1 to 12, and its day.
    Year(Vec<(u8, MonthDay)>),
}

/// A rule for days that come again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recurrence {
    pub each: Each,
    /// By when on the day; its end where none.
    pub time: Option<TimeOfDay>,
    pub roll: Roll,
}

impl MonthDay {
    fn of(self, year: u32, month: u8) -> u8 {
        let last = month_days(year, month);
        match self {
            Self::Number(number) => number.min(last),
            Self::Last => last,
        }
    }
}

impl FromStr for MonthDay {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        if text == "last" {
            return Ok(Self::Last);
        }
        number(text, 31).map(Self::Number).ok_or(())
    }
}

impl Each {
    /// `each` and `on` as packs write them. None where they do not fit together or a value is unknown.
    #[must_use]
    pub fn parse(each: &str, on: &[&str]) -> Option<Self> {
        if (each == "day" || each == "working_day") != on.is_empty() {
            return None;
        }
        Some(match each {
            "day" => Self::Day,
            "working_day" => Self::WorkingDay,
            "week" => Self::Week(all(on, Weekday::from_code)?),
            "month" => Self::Month(all(on, |text| text.parse().ok())?),
            "quarter" => Self::Quarter(all(on, |text| pair(text, 3))?),
            "year" => Self::Year(all(on, |text| pair(text, 12))?),
            _ => return None,
        })
    }

    /// Whether a last day that is a day off can be moved: not where every day is due.
    #[must_use]
    pub fn may_roll(&self) -> bool {
        !matches!(self, Self::Day | Self::WorkingDay)
    }

    /// The first day of the recurrence that is `from` or later, and whether that rests on a year without a calendar.
    pub(super) fn first_from(&self, from: Day, calendar: &WorkCalendar) -> Option<Counted<Day>> {
        let day = match self {
            Self::WorkingDay => return calendar.this_or_next_working(from),
            Self::Day => Some(from).filter(|day| *day <= Day::LAST),
            Self::Week(days) => (0..7).filter_map(|ahead| from.plus_days(ahead)).find(|day| days.contains(&day.weekday())),
            Self::Month(_) | Self::Quarter(_) | Self::Year(_) => self.first_by_month(from),
        };
        day.map(|value| Counted { value, guessed: None })
    }

    fn first_by_month(&self, from: Day) -> Option<Day> {
        let first = CivilDate::new(from.civil().year(), from.civil().month(), 1)?.day();
        // A year and a month: the day of this year's rule may have passed.
        (0..=12)
            .filter_map(|ahead| first.plus_months(ahead))
            .find_map(|month| self.days_of(month.civil()).into_iter().find(|day| *day >= from))
    }

    fn days_of(&self, month: CivilDate) -> Vec<Day> {
        let number = month.month();
        let of = |day: MonthDay| month.in_month(day.of(month.year(), number)).map(CivilDate::day);
        let mut days: Vec<Day> = match self {
            Self::Month(days) => days.iter().filter_map(|day| of(*day)).collect(),
            Self::Quarter(days) => days.iter().filter(|(of, _)| *of == (number - 1) % 3 + 1).filter_map(|(_, day)| of(*day)).collect(),
            Self::Year(days) => days.iter().filter(|(of, _)| *of == number).filter_map(|(_, day)| of(*day)).collect(),
            Self::Day | Self::WorkingDay | Self::Week(_) => Vec::new(),
        };
        days.sort_unstable();
        days.dedup();
        days
    }
}

fn all<T>(on: &[&str], read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    on.iter().map(|text| read(text)).collect()
}

fn pair(text: &str, months: u8) -> Option<(u8, MonthDay)> {
    let (month, day) = text.split_once('-')?;
    let (month, day) = (number(month, months)?, day.parse().ok()?);
    // The longest that the month can be, so that 30 February is refused and 29 is not.
    let fits = months < 12 || !matches!(day, MonthDay::Number(day) if day > month_days(2000, month));
    fits.then_some((month, day))
}

fn number(text: &str, most: u8) -> Option<u8> {
    if text.is_empty() || text.len() > 2 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|number| (1..=most).contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recurrences_as_packs_write_them() {
        // LAWPACK-55
        for (each, on, reads) in [
            ("day", &[][..], true),
            ("working_day", &[], true),
            ("week", &["MON"], true),
            ("week", &["MON", "THU"], true),
            ("month", &["28"], true),
            ("month", &["1", "11", "21"], true),
            ("month", &["last"], true),
            ("quarter", &["3-last"], true),
            ("year", &["12-04"], true),
            ("year", &["02-29"], true),
            ("day", &["MON"], false),
            ("week", &[], false),
            ("week", &["Mon"], false),
            ("month", &["0"], false),
            ("month", &["32"], false),
            ("month", &["-1"], false),
            ("quarter", &["4-1"], false),
            ("year", &["02-30"], false),
            ("year", &["13-01"], false),
            ("year", &["12"], false),
            ("fortnight", &["1"], false),
        ] {
            assert_eq!(Each::parse(each, on).is_some(), reads, "{each} {on:?}");
        }
    }

    #[test]
    fn the_first_day_from_a_day() {
        let calendar = WorkCalendar::new();
        let day = |text: &str| text.parse::<Day>().unwrap();
        for (each, on, from, first) in [
            ("day", &[][..], "2026-11-22", "2026-11-22"),
            ("working_day", &[], "2026-11-22", "2026-11-23"),
            ("week", &["MON"], "2026-11-23", "2026-11-23"),
            ("week", &["MON"], "2026-11-24", "2026-11-30"),
            ("month", &["28"], "2026-11-28", "2026-11-28"),
            ("month", &["28"], "2026-12-29", "2027-01-28"),
            ("month", &["21", "1", "11"], "2026-11-12", "2026-11-21"),
            ("month", &["31"], "2027-02-01", "2027-02-28"),
            ("month", &["last"], "2028-02-01", "2028-02-29"),
            ("quarter", &["3-last"], "2026-10-01", "2026-12-31"),
            ("quarter", &["1-15"], "2026-11-22", "2027-01-15"),
            ("year", &["12-04"], "2026-12-05", "2027-12-04"),
            ("year", &["02-29"], "2026-03-01", "2027-02-28"),
            ("year", &["02-29"], "2027-03-01", "2028-02-29"),
            ("year", &["11-21"], "2026-11-22", "2027-11-21"),
        ] {
            let got = Each::parse(each, on).unwrap().first_from(day(from), &calendar).unwrap();
            assert_eq!((got.value, got.is_sure()), (day(first), each != "working_day"), "{each} {on:?} {from}");
        }
    }
}
