//! Times as devices write them.
//!
//! Invariants: a time is read from the beginning of a text and says how long it is; nothing is assumed here but by [`Stamp::resolve`], which takes Beijing for
//! a missing zone and the nearest year for a missing year.

use anlan_base::{Day, Instant};

const BEIJING_SECONDS: i64 = 8 * 3_600;
const DAY_SECONDS: i64 = 86_400;

/// A civil time of which year and zone may be missing. `offset` is seconds east of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) year: Option<u32>,
    month: u32,
    day: u32,
    seconds: u32,
    nanos: u32,
    pub(crate) offset: Option<i32>,
}

impl Stamp {
    /// The moment, with what is missing taken from when the line was received. `None` for dates that are none, and before 1970.
    pub(crate) fn resolve(&self, received: Instant) -> Option<Instant> {
        let Some(year) = self.year else { return self.nearest_year(received) };
        self.in_year(year)
    }

    fn nearest_year(&self, received: Instant) -> Option<Instant> {
        let year = civil_year(Day::of(received));
        let candidates = [year, year.saturating_sub(1), year + 1];
        candidates.iter().filter_map(|y| self.in_year(*y)).min_by_key(|at| at.since(received).max(received.since(*at)))
    }

    fn in_year(&self, year: u32) -> Option<Instant> {
        if self.day > days_in(year, self.month) {
            return None;
        }
        let offset = self.offset.map_or(BEIJING_SECONDS, i64::from);
        let seconds = days_from_epoch(year, self.month, self.day) * DAY_SECONDS + i64::from(self.seconds) - offset;
        let nanos = u64::try_from(seconds).ok()?.checked_mul(Instant::SECOND)?;
        Some(Instant(nanos + u64::from(self.nanos)))
    }

    pub(crate) fn with_offset(mut self, offset: Option<i32>) -> Self {
        self.offset = self.offset.or(offset);
        self
    }
}

fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_in(year: u32, month: u32) -> u32 {
    match month {
        2 => 28 + u32::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar, years taken from March so that the leap day is the last.
fn days_from_epoch(year: u32, month: u32, day: u32) -> i64 {
    let (year, month, day) = (i64::from(year) - i64::from(month <= 2), i64::from(month), i64::from(day));
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn civil_year(day: Day) -> u32 {
    let guess = 1970 + day.0 / 366;
    // 366 days a year falls short by at most one year in every 1,461 days or so.
    let mut year = guess;
    while days_from_epoch(year + 1, 1, 1) <= i64::from(day.0) {
        year += 1;
    }
    year
}

/// `YYYY-MM-DDThh:mm:ss[.frac][Z|±hh[:]mm]`; `/` for `-`, and a space for the `T`, as many programs write. Returns the length too.
pub(crate) fn iso(text: &str) -> Option<(Stamp, usize)> {
    let b = text.as_bytes();
    let t: &[u8; 19] = b.first_chunk()?;
    if !matches!(t[4], b'-' | b'/') || t[7] != t[4] || !matches!(t[10], b'T' | b' ' | b't') {
        return None;
    }
    let year = two(t[0], t[1])? * 100 + two(t[2], t[3])?;
    let (month, day) = (two(t[5], t[6])?, two(t[8], t[9])?);
    let seconds = clock(&[t[11], t[12], t[13], t[14], t[15], t[16], t[17], t[18]])?;
    let (nanos, at) = fraction(b, 19, b".,");
    let (offset, at) = zone(b, at);
    Some((Stamp { year: Some(year), month, day, seconds, nanos, offset }, at))
}

/// `Mmm dd [YYYY] hh:mm:ss[.frac][zone] [YYYY]`: RFC 3164 and what Cisco, Huawei and H3C make of it. Returns the length too.
pub(crate) fn bsd(text: &str) -> Option<(Stamp, usize)> {
    let b = text.as_bytes();
    let month = month(*b.first_chunk::<3>()?)?;
    let at = spaces(b, 3)?;
    let (day, at) = small_number(b, at)?;
    let at = spaces(b, at)?;
    let (year, at) = match year_before_space(b, at) {
        Some(year) => (Some(year), spaces(b, at + 4)?),
        None => (None, at),
    };
    let seconds = clock(b.get(at..)?.first_chunk::<8>()?)?;
    let (nanos, at) = fraction(b, at + 8, b".:,");
    let (offset, at) = zone(b, at);
    let (year, at) = match b.get(at) {
        Some(b' ') if year.is_none() => year_before_space(b, at + 1).map_or((None, at), |y| (Some(y), at + 5)),
        _ => (year, at),
    };
    let (offset, at) = named_zone(b, at).map_or((offset, at), |(named, end)| (offset.or(named), end));
    if matches!(b.get(at), Some(c) if c.is_ascii_alphanumeric()) {
        return None;
    }
    Some((Stamp { year, month, day, seconds, nanos, offset }, at))
}

/// `dd/Mmm/YYYY:hh:mm:ss ±hhmm`: web servers.
pub(crate) fn common_log(text: &str) -> Option<Stamp> {
    let b = text.as_bytes();
    let t: &[u8; 20] = b.first_chunk()?;
    if t[2] != b'/' || t[6] != b'/' || t[11] != b':' {
        return None;
    }
    let year = two(t[7], t[8])? * 100 + two(t[9], t[10])?;
    let seconds = clock(&[t[12], t[13], t[14], t[15], t[16], t[17], t[18], t[19]])?;
    let at = if b.get(20) == Some(&b' ') { 21 } else { 20 };
    Some(Stamp { year: Some(year), month: month([t[3], t[4], t[5]])?, day: two(t[0], t[1])?, seconds, nanos: 0, offset: zone(b, at).0 })
}

/// Seconds, milli-, micro- or nanoseconds since 1970, told apart by their size; a fraction may follow seconds.
pub(crate) fn epoch(text: &str) -> Option<Instant> {
    let (whole, fraction_text) = text.split_once('.').unwrap_or((text, ""));
    if !crate::event::is_number(whole) || whole.len() < 9 || !fraction_text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let value: u64 = whole.parse().ok()?;
    let nanos = match whole.len() {
        9..=11 => value.checked_mul(Instant::SECOND)? + u64::from(fraction(format!(".{fraction_text}").as_bytes(), 0, b".").0),
        12..=14 => value.checked_mul(1_000_000)?,
        15..=17 => value.checked_mul(1_000)?,
        _ => value,
    };
    Some(Instant(nanos))
}

/// `±hh[:]mm` or `Z` alone.
pub(crate) fn offset(text: &str) -> Option<i32> {
    zone(text.as_bytes(), 0).0
}

fn two(a: u8, b: u8) -> Option<u32> {
    (a.is_ascii_digit() && b.is_ascii_digit()).then(|| u32::from(a - b'0') * 10 + u32::from(b - b'0'))
}

/// `hh:mm:ss`; a leap second is taken for the one before it.
fn clock(t: &[u8; 8]) -> Option<u32> {
    let (hour, minute, second) = (two(t[0], t[1])?, two(t[3], t[4])?, two(t[6], t[7])?);
    let fits = t[2] == b':' && t[5] == b':' && hour < 24 && minute < 60 && second <= 60;
    fits.then(|| hour * 3_600 + minute * 60 + second.min(59))
}

/// A mark and digits; digits after the ninth are passed over.
fn fraction(b: &[u8], at: usize, marks: &[u8]) -> (u32, usize) {
    if !b.get(at).is_some_and(|m| marks.contains(m)) || !b.get(at + 1).is_some_and(u8::is_ascii_digit) {
        return (0, at);
    }
    let (mut nanos, mut unit, mut end) = (0, 100_000_000, at + 1);
    while let Some(digit) = b.get(end).filter(|d| d.is_ascii_digit()) {
        nanos += u32::from(digit - b'0') * unit;
        unit /= 10;
        end += 1;
    }
    (nanos, end)
}

fn zone(b: &[u8], at: usize) -> (Option<i32>, usize) {
    let sign = match b.get(at) {
        Some(b'Z' | b'z') if !b.get(at + 1).is_some_and(u8::is_ascii_alphanumeric) => return (Some(0), at + 1),
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return (None, at),
    };
    let pair = |i: usize| two(*b.get(i)?, *b.get(i + 1)?);
    let minutes_at = if b.get(at + 3) == Some(&b':') { at + 4 } else { at + 3 };
    match (pair(at + 1), pair(minutes_at)) {
        (Some(hours), Some(minutes)) if hours < 24 && minutes < 60 => {
            (i32::try_from(hours * 3_600 + minutes * 60).ok().map(|s| sign * s), minutes_at + 2)
        }
        _ => (None, at),
    }
}

/// Cisco's ` UTC:` and ` CST:`, of which the colon is left. Of an unknown name nothing is known.
fn named_zone(b: &[u8], at: usize) -> Option<(Option<i32>, usize)> {
    if b.get(at) != Some(&b' ') {
        return None;
    }
    let name = b.get(at + 1..)?;
    let end = name.iter().take(8).position(|c| !c.is_ascii_alphabetic())?;
    if end < 2
        || name.get(end) != Some(&b':')
        || !name.iter().take(end).any(u8::is_ascii_uppercase)
        || name.get(end + 1) != Some(&b' ')
        || name.get(end + 2) != Some(&b'%')
    {
        return None;
    }
    let offset = match name.get(..end)? {
        b"UTC" | b"GMT" => Some(0),
        b"CST" | b"BJ" | b"BJT" | b"Beijing" | b"beijing" | b"PRC" => Some(8 * 3_600),
        _ => None,
    };
    Some((offset, at + 1 + end))
}

fn month(name: [u8; 3]) -> Option<u32> {
    Some(match &name {
        b"Jan" => 1,
        b"Feb" => 2,
        b"Mar" => 3,
        b"Apr" => 4,
        b"May" => 5,
        b"Jun" => 6,
        b"Jul" => 7,
        b"Aug" => 8,
        b"Sep" => 9,
        b"Oct" => 10,
        b"Nov" => 11,
        b"Dec" => 12,
        _ => return None,
    })
}

/// Past one space or two.
fn spaces(b: &[u8], at: usize) -> Option<usize> {
    match (b.get(at)?, b.get(at + 1)?) {
        (b' ', b' ') => Some(at + 2),
        (b' ', _) => Some(at + 1),
        _ => None,
    }
}

fn small_number(b: &[u8], at: usize) -> Option<(u32, usize)> {
    let first = *b.get(at)?;
    if let Some(value) = two(first, *b.get(at + 1)?) {
        return Some((value, at + 2));
    }
    first.is_ascii_digit().then(|| (u32::from(first - b'0'), at + 1))
}

/// Four digits that can be a year, and then a space or a colon.
fn year_before_space(b: &[u8], at: usize) -> Option<u32> {
    let t: &[u8; 5] = b.get(at..)?.first_chunk()?;
    let year = two(t[0], t[1])? * 100 + two(t[2], t[3])?;
    (matches!(t[4], b' ' | b':' | b']') && (1970..2555).contains(&year)).then_some(year)
}

#[cfg(test)]
mod tests {
    use super::*;
    use anlan_base::parse_time;

    fn at(text: &str) -> Instant {
        parse_time(text).unwrap()
    }

    #[test]
    fn times_as_devices_write_them() {
        let received = at("2026-11-21T09:00:00+08:00");
        for (text, expected, length) in [
            ("Nov 21 09:00:00 host", "2026-11-21T09:00:00+08:00", 15),
            ("Nov  1 09:00:00.123: x", "2026-11-01T09:00:00.123+08:00", 19),
            ("Nov 1 09:00:00 x", "2026-11-01T09:00:00+08:00", 14),
            ("Nov 21 2026 09:00:00+08:00 H", "2026-11-21T09:00:00+08:00", 26),
            ("Nov 21 2025 09:00:00: %ASA", "2025-11-21T09:00:00+08:00", 20),
            ("Nov 21 09:00:00:123 2026 H", "2026-11-21T09:00:00.123+08:00", 24),
            ("Nov 21 09:00:00.5 UTC: %SYS", "2026-11-21T09:00:00.5Z", 21),
            ("Nov 21 09:00:00.5 CST: %SYS", "2026-11-21T09:00:00.5+08:00", 21),
            ("Nov 21 09:00:00.5 XYZ: %SYS", "2026-11-21T09:00:00.5+08:00", 21),
            ("Dec 04 04:47:44.123456 2005]", "2005-12-04T04:47:44.123456+08:00", 27),
        ] {
            let (stamp, end) = bsd(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((stamp.resolve(received), end), (Some(at(expected)), length), "{text}");
        }
        for (text, expected, length) in [
            ("2026-11-21T09:00:00Z h", "2026-11-21T09:00:00Z", 20),
            ("2026-11-21T09:00:00.1234567890+0530", "2026-11-21T09:00:00.123456789+05:30", 35),
            ("2026-11-21 09:00:00,5 x", "2026-11-21T09:00:00.5+08:00", 21),
            ("2026/11/21 09:00:00 [error]", "2026-11-21T09:00:00+08:00", 19),
            ("2026-12-31T23:59:60-01:00 x", "2026-12-31T23:59:59-01:00", 25),
        ] {
            let (stamp, end) = iso(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((stamp.resolve(received), end), (Some(at(expected)), length), "{text}");
        }
        assert_eq!(common_log("21/Nov/2026:09:00:00 +0800] x").unwrap().resolve(received), Some(received));
    }

    #[test]
    fn the_nearest_year_is_taken() {
        for (text, received, expected) in [
            ("Dec 31 23:59:59 h", "2027-01-01T00:00:05+08:00", "2026-12-31T23:59:59+08:00"),
            ("Jan  1 00:00:05 h", "2026-12-31T23:59:59+08:00", "2027-01-01T00:00:05+08:00"),
            ("Jul  1 00:00:00 h", "2026-12-01T00:00:00+08:00", "2026-07-01T00:00:00+08:00"),
            ("Feb 29 12:00:00 h", "2028-03-01T00:00:00+08:00", "2028-02-29T12:00:00+08:00"),
            ("Feb 29 12:00:00 h", "2029-01-01T00:00:00+08:00", "2028-02-29T12:00:00+08:00"),
            ("Mar  1 00:00:01 h", "1970-01-02T00:00:00+08:00", "1970-03-01T00:00:01+08:00"),
        ] {
            assert_eq!(bsd(text).unwrap().0.resolve(at(received)), Some(at(expected)), "{text} {received}");
        }
        assert_eq!(bsd("Feb 29 12:00:00 h").unwrap().0.resolve(at("2026-06-01")), None);
    }

    #[test]
    fn what_is_no_time() {
        for text in [
            "",
            "Nov",
            "Nov 21",
            "Nov 21 25:00:00 h",
            "Nov 21 09:60:00 h",
            "Nov 21 09:00:0",
            "Now 21 09:00:00 h",
            "Nov x 09:00:00",
            "Nov 21 09:00:00x",
        ] {
            assert_eq!(bsd(text), None, "{text}");
        }
        for text in ["", "2026-11-21", "2026-11-21X09:00:00", "2026-1121T09:00:00", "2026-11-21T24:00:00"] {
            assert_eq!(iso(text), None, "{text}");
        }
        let received = at("2026-11-21");
        assert_eq!(iso("2026-13-01T09:00:00Z").unwrap().0.resolve(received), None);
        assert_eq!(iso("2026-02-30T09:00:00Z").unwrap().0.resolve(received), None);
        assert_eq!(iso("1969-02-20T09:00:00Z").unwrap().0.resolve(received), None);
        assert_eq!(iso("9999-02-20T09:00:00Z").unwrap().0.resolve(received), None);
    }

    #[test]
    fn epochs_are_told_by_size() {
        for text in ["1790849705", "1790849705.0", "1790849705000", "1790849705000000", "1790849705000000000"] {
            assert_eq!(epoch(text), Some(Instant(1_790_849_705_000_000_000)), "{text}");
        }
        assert_eq!(epoch("1790849705.743"), Some(Instant(1_790_849_705_743_000_000)));
        assert_eq!(epoch("99999999999999999999"), None);
        assert_eq!(epoch("12"), None);
    }

    #[test]
    fn years_from_days() {
        for day in (0..200_000).step_by(7) {
            let year = civil_year(Day(day));
            assert!(Day(day).to_string().starts_with(&format!("{year:04}-")), "{}", Day(day));
        }
    }
}
