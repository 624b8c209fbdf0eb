//! The civil calendar in Beijing: dates, weekdays, hours, and arithmetic with days, months and years.
//!
//! Invariants:
//! - the proleptic Gregorian calendar, UTC+8 throughout, no daylight saving (China has had none since 1991);
//! - nothing here panics or wraps: what leaves the range [`Day::FIRST`] to [`Day::LAST`] is `None`;
//! - no rule of any law: which day counts, and what a day off does to a term, is said by whoever asks.

use std::fmt;
use std::str::FromStr;

use crate::day::Day;
use crate::instant::Instant;

/// Months that one step may cross: two hundred years. More is a mistake of the asker and answered by `None`.
pub const MONTHS_IN_A_STEP: u32 = 2_400;

const DAYS_FROM_YEAR_0_TO_1970: i64 = 719_468;
const DAYS_OF_400_YEARS: i64 = 146_097;
const MINUTES_OF_A_DAY: u64 = 24 * 60;

/// A date of the civil calendar that exists: 29 February only in leap years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CivilDate {
    year: u32,
    month: u8,
    day: u8,
}

impl CivilDate {
    /// None where there is no such date, or where it lies outside [`Day::FIRST`] to [`Day::LAST`].
    #[must_use]
    pub fn new(year: u32, month: u8, day: u8) -> Option<Self> {
        let fits = (1970..=2554).contains(&year) && (1..=12).contains(&month) && (1..=month_days(year, month)).contains(&day);
        let date = Self { year, month, day };
        (fits && date.day_number() <= Day::LAST.0).then_some(date)
    }

    #[must_use]
    pub fn year(self) -> u32 {
        self.year
    }

    /// 1 to 12.
    #[must_use]
    pub fn month(self) -> u8 {
        self.month
    }

    /// 1 to 31.
    #[must_use]
    pub fn day_of_month(self) -> u8 {
        self.day
    }

    #[must_use]
    pub fn day(self) -> Day {
        Day(self.day_number())
    }

    /// The numbered day of this date's month, or the month's last day where the month has no such number.
    #[must_use]
    pub fn in_month(self, day: u8) -> Option<Self> {
        Self::new(self.year, self.month, day.min(month_days(self.year, self.month)))
    }

    fn day_number(self) -> u32 {
        // Years begin in March, so that the leap day is the last of them.
        let year = i64::from(self.year) - i64::from(self.month <= 2);
        let (era, year_of_era) = (year / 400, year % 400);
        let month = (i64::from(self.month) + 9) % 12;
        let day_of_year = (153 * month + 2) / 5 + i64::from(self.day) - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        u32::try_from(era * DAYS_OF_400_YEARS + day_of_era - DAYS_FROM_YEAR_0_TO_1970).unwrap_or(0)
    }
}

/// Days of a month, `month` from 1 to 12.
#[must_use]
pub fn month_days(year: u32, month: u8) -> u8 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[must_use]
pub fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    pub const ALL: [Self; 7] = [Self::Monday, Self::Tuesday, Self::Wednesday, Self::Thursday, Self::Friday, Self::Saturday, Self::Sunday];

    #[must_use]
    pub fn is_weekend(self) -> bool {
        matches!(self, Self::Saturday | Self::Sunday)
    }

    /// `MON` to `SUN`, as packs write it.
    #[must_use]
    pub fn code(self) -> &'static str {
        ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"][self as usize]
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|weekday| weekday.code() == code)
    }
}

/// A time of the day in Beijing, to the minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay {
    hour: u8,
    minute: u8,
}

impl TimeOfDay {
    #[must_use]
    pub fn new(hour: u8, minute: u8) -> Option<Self> {
        (hour < 24 && minute < 60).then_some(Self { hour, minute })
    }

    #[must_use]
    pub fn of(at: Instant) -> Self {
        let since = at.since(Day::of(at).start()).min((MINUTES_OF_A_DAY - 1) * 60 * Instant::SECOND);
        // Day 0 begins before the epoch and is cut to it: eight hours of it are missing.
        let lost = if Day::of(at) == Day::FIRST { 8 * 60 } else { 0 };
        let minutes = since / (60 * Instant::SECOND) + lost;
        let of = |value: u64| u8::try_from(value).unwrap_or(0);
        Self { hour: of(minutes / 60 % 24), minute: of(minutes % 60) }
    }

    #[must_use]
    pub fn hour(self) -> u8 {
        self.hour
    }

    #[must_use]
    pub fn minute(self) -> u8 {
        self.minute
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hour, self.minute)
    }
}

/// `text` is no `HH:MM` from 00:00 to 23:59.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no time of the day: write HH:MM, 00:00 to 23:59")]
pub struct ParseTimeOfDayError(pub String);

impl FromStr for TimeOfDay {
    type Err = ParseTimeOfDayError;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let two = |part: &str| (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse().ok()).flatten();
        let parsed = s.split_once(':').and_then(|(hour, minute)| Self::new(two(hour)?, two(minute)?));
        parsed.ok_or_else(|| ParseTimeOfDayError(s.to_owned()))
    }
}

impl Day {
    pub const FIRST: Self = Self(0);
    /// 2554-07-20, the last whole day that an [`Instant`] can hold.
    pub const LAST: Self = Self(213_502);

    /// The date of the day; days after [`Day::LAST`] show as it.
    #[must_use]
    pub fn civil(self) -> CivilDate {
        let days = i64::from(self.0.min(Self::LAST.0)) + DAYS_FROM_YEAR_0_TO_1970;
        let (era, day_of_era) = (days / DAYS_OF_400_YEARS, days % DAYS_OF_400_YEARS);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = era * 400 + year_of_era + i64::from(month <= 2);
        let small = |value: i64| u8::try_from(value).unwrap_or(1);
        CivilDate { year: u32::try_from(year).unwrap_or(1970), month: small(month), day: small(day) }
    }

    #[must_use]
    pub fn weekday(self) -> Weekday {
        // 1970-01-01 was a Thursday.
        Weekday::ALL[(self.0 as usize + 3) % 7]
    }

    #[must_use]
    pub fn plus_days(self, days: u32) -> Option<Self> {
        self.0.checked_add(days).map(Self).filter(|day| *day <= Self::LAST)
    }

    #[must_use]
    pub fn minus_days(self, days: u32) -> Option<Self> {
        self.0.checked_sub(days).map(Self)
    }

    /// Days from `earlier` to this day, zero where `earlier` is later.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> u32 {
        self.0.saturating_sub(earlier.0)
    }

    /// The same numbered day so many months later, or that month's last day where it has no such number.
    /// A year is twelve months. None beyond [`MONTHS_IN_A_STEP`] or [`Day::LAST`].
    #[must_use]
    pub fn plus_months(self, months: u32) -> Option<Self> {
        self.shifted_months(i64::from(Some(months).filter(|months| *months <= MONTHS_IN_A_STEP)?))
    }

    /// The same numbered day so many months earlier, or that month's last day where it has no such number.
    #[must_use]
    pub fn minus_months(self, months: u32) -> Option<Self> {
        self.shifted_months(-i64::from(Some(months).filter(|months| *months <= MONTHS_IN_A_STEP)?))
    }

    fn shifted_months(self, months: i64) -> Option<Self> {
        let date = self.civil();
        let whole = i64::from(date.year) * 12 + i64::from(date.month) - 1 + months;
        let (year, month) = (u32::try_from(whole.div_euclid(12)).ok()?, u8::try_from(whole.rem_euclid(12) + 1).ok()?);
        CivilDate::new(year, month, date.day.min(month_days(year, month))).map(CivilDate::day)
    }

    /// The moment at which a minute of this day begins.
    #[must_use]
    pub fn at(self, time: TimeOfDay) -> Instant {
        let minutes = u64::from(time.hour) * 60 + u64::from(time.minute);
        if self == Self::FIRST {
            return Instant(minutes.saturating_sub(8 * 60) * 60 * Instant::SECOND);
        }
        Instant(self.min(Self::LAST).start().0).plus_seconds(minutes * 60)
    }

    /// The last nanosecond of the day: what is done by then is done on this day (24:00 itself is the next day).
    #[must_use]
    pub fn last_moment(self) -> Instant {
        Instant(Self(self.min(Self::LAST).0 + 1).start().0 - 1)
    }
}
