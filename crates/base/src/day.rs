//! Civil days in Beijing, and the times that people write.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;
use time::macros::offset;
use time::{Date, Duration, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

use crate::instant::{Instant, Seq};

const DAY_NANOS: u64 = 86_400 * Instant::SECOND;
const BEIJING_NANOS: u64 = 8 * 3_600 * Instant::SECOND;

/// A civil day in Beijing, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub u32);

impl Day {
    #[must_use]
    pub fn of(at: Instant) -> Self {
        let days = at.0.saturating_add(BEIJING_NANOS) / DAY_NANOS;
        Self(u32::try_from(days).unwrap_or(u32::MAX))
    }

    #[must_use]
    pub fn of_seq(seq: Seq) -> Self {
        Self::of(seq.received())
    }

    /// Midnight in Beijing at which the day begins. Day 0 begins before the epoch and is cut to it.
    #[must_use]
    pub fn start(self) -> Instant {
        Instant((u64::from(self.0) * DAY_NANOS).saturating_sub(BEIJING_NANOS))
    }

    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }

    fn date(self) -> Date {
        OffsetDateTime::UNIX_EPOCH.date() + Duration::days(i64::from(self.0))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let d = self.date();
        write!(f, "{:04}-{:02}-{:02}", d.year(), u8::from(d.month()), d.day())
    }
}

impl FromStr for Day {
    type Err = ParseTimeError;
    /// `YYYY-MM-DD`, nothing else.
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let date = parse_date(s).ok_or_else(|| ParseTimeError(s.to_owned()))?;
        let days = (date - OffsetDateTime::UNIX_EPOCH.date()).whole_days();
        u32::try_from(days).map(Self).map_err(|_| ParseTimeError(s.to_owned()))
    }
}

#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("`{0}` is not a time: write RFC 3339 or YYYY-MM-DD[THH:MM[:SS]] (Beijing)")]
pub struct ParseTimeError(pub String);

/// Reads RFC 3339, or `YYYY-MM-DD[THH:MM[:SS]]` as Beijing time (a space may stand for the `T`).
pub fn parse_time(s: &str) -> Result<Instant, ParseTimeError> {
    parse_time_inner(s.trim()).ok_or_else(|| ParseTimeError(s.to_owned()))
}

fn parse_time_inner(s: &str) -> Option<Instant> {
    let date = parse_date(s.get(..10)?)?;
    let rest = s.get(10..)?;
    if rest.is_empty() {
        return to_instant(PrimitiveDateTime::new(date, Time::MIDNIGHT), offset!(+8));
    }
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let (clock, zone) = split_zone(rest)?;
    to_instant(PrimitiveDateTime::new(date, parse_clock(clock)?), zone)
}

fn split_zone(s: &str) -> Option<(&str, UtcOffset)> {
    if let Some(clock) = s.strip_suffix(['Z', 'z']) {
        return Some((clock, UtcOffset::UTC));
    }
    let Some(at) = s.rfind(['+', '-']) else { return Some((s, offset!(+8))) };
    let (hours, minutes) = s.get(at + 1..)?.split_once(':')?;
    let sign = if s.as_bytes()[at] == b'-' { -1 } else { 1 };
    let zone = UtcOffset::from_hms(sign * two_digits(hours)?, sign * two_digits(minutes)?, 0).ok()?;
    Some((&s[..at], zone))
}

fn parse_date(s: &str) -> Option<Date> {
    let b = s.as_bytes();
    if b.len() != 10 || b[4] != b'-' || b[7] != b'-' || !s.is_ascii() {
        return None;
    }
    let year = digits(&s[..4])?;
    let month = Month::try_from(u8::try_from(digits(&s[5..7])?).ok()?).ok()?;
    Date::from_calendar_date(i32::try_from(year).ok()?, month, u8::try_from(digits(&s[8..10])?).ok()?).ok()
}

fn parse_clock(s: &str) -> Option<Time> {
    let (clock, fraction) = s.split_once('.').map_or((s, None), |(c, f)| (c, Some(f)));
    let mut parts = clock.split(':');
    let hour = u8::try_from(two_digits(parts.next()?)?).ok()?;
    let minute = u8::try_from(two_digits(parts.next()?)?).ok()?;
    let second = parts.next().map_or(Some(0), |s| u8::try_from(two_digits(s)?).ok())?;
    if parts.next().is_some() {
        return None;
    }
    let nanos = fraction.map_or(Some(0), fraction_nanos)?;
    Time::from_hms_nano(hour, minute, second, nanos).ok()
}

fn fraction_nanos(s: &str) -> Option<u32> {
    if s.is_empty() || s.len() > 9 {
        return None;
    }
    Some(u32::try_from(digits(s)?).ok()? * 10_u32.pow(u32::try_from(9 - s.len()).ok()?))
}

fn two_digits(s: &str) -> Option<i8> {
    if s.len() != 2 { None } else { i8::try_from(digits(s)?).ok() }
}

fn digits(s: &str) -> Option<u64> {
    if s.is_empty() || !s.bytes().all(|b| b.is_ascii_digit()) { None } else { s.parse().ok() }
}

fn to_instant(at: PrimitiveDateTime, zone: UtcOffset) -> Option<Instant> {
    u64::try_from(at.assume_offset(zone).unix_timestamp_nanos()).ok().map(Instant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beijing_days_turn_at_sixteen_hours_utc() {
        for (utc, day) in [
            ("2026-11-20T15:59:59.999999999Z", "2026-11-20"),
            ("2026-11-20T16:00:00Z", "2026-11-21"),
            ("2024-02-28T16:00:00Z", "2024-02-29"),
            ("2026-12-31T16:00:00Z", "2027-01-01"),
        ] {
            assert_eq!(Day::of(parse_time(utc).unwrap()).to_string(), day, "{utc}");
        }
    }

    #[test]
    fn a_day_begins_at_its_start_and_ends_before_the_next() {
        let day: Day = "2026-11-21".parse().unwrap();
        assert_eq!(Day::of(day.start()), day);
        assert_eq!(Day::of(Instant(day.next().start().0 - 1)), day);
        assert_eq!(Day::of(day.next().start()), day.next());
    }

    #[test]
    fn times_people_write() {
        for (written, same) in [
            ("2026-11-21", "2026-11-20T16:00:00Z"),
            ("2026-11-21T08:30", "2026-11-21T00:30:00Z"),
            ("2026-11-21 08:30:05", "2026-11-21T00:30:05Z"),
            ("2026-11-21T08:30:05.25+08:00", "2026-11-21T00:30:05.250Z"),
            ("2026-11-21T08:30:05-01:30", "2026-11-21T10:00:05Z"),
        ] {
            assert_eq!(parse_time(written), parse_time(same), "{written}");
        }
        for wrong in
            ["", "2026", "2026-13-01", "2026-02-30", "2026-11-21T25:00", "2026-11-21T08", "昨天", "2026-11-21T08:30:05.", "2026-11-21Tx"]
        {
            assert!(parse_time(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn written_times_read_back() {
        let at = parse_time("2026-11-21T09:00:00.123456+08:00").unwrap();
        assert_eq!(at.to_rfc3339(), "2026-11-21T09:00:00.123456+08:00");
        assert_eq!(at.to_civil(), "2026-11-21 09:00:00");
    }
}
