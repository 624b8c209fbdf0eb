//! The days of the demo, and on which of them what happens to the devices.
//!
//! Invariant: the demo's present is one fixed moment, so that two people who look at it see the same.

use std::ops::RangeInclusive;

use anlan_base::{CivilDate, Day, Instant};

/// The demo's present: Friday 2026-11-20, 14:00 in Beijing.
const PRESENT: (u32, u8, u8) = (2026, 11, 20);
const PRESENT_HOUR: u64 = 14;
/// Days of lines, today among them.
const DAYS: u32 = 200;
/// The same in the small variant.
const SMALL_DAYS: u32 = 30;
/// The shortest that can be asked for: a week, of which the first day begins in the morning.
pub const LEAST_DAYS: u32 = 7;
/// The longest.
pub const MOST_DAYS: u32 = DAYS;
/// From how many days on what happens to the devices lies where the small variant has it; in fewer it moves together.
const ROOMY: u32 = SMALL_DAYS;
/// When the folder is begun on its first day: seconds.
const BIRTH: u64 = 7 * 3_600;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub first: Day,
    pub last: Day,
}

impl Span {
    /// The whole span, or the small variant's at scale 0.
    pub fn of(scale: u64) -> Self {
        Self::of_days(if scale == 0 { SMALL_DAYS } else { DAYS })
    }

    /// So many days, at least [`LEAST_DAYS`] and at most [`MOST_DAYS`], up to the same present.
    pub fn of_days(days: u32) -> Self {
        let last = CivilDate::new(PRESENT.0, PRESENT.1, PRESENT.2).map_or(Day::FIRST, CivilDate::day);
        let days = days.clamp(LEAST_DAYS, MOST_DAYS);
        Self { first: last.minus_days(days - 1).unwrap_or(last), last }
    }

    pub fn birth(self) -> Instant {
        self.first.start().plus_seconds(BIRTH)
    }

    pub fn present(self) -> Instant {
        self.last.start().plus_seconds(PRESENT_HOUR * 3_600)
    }

    pub fn days(self) -> impl Iterator<Item = Day> {
        (self.first.0..=self.last.0).map(Day)
    }

    /// So many days before the last; in a short span in proportion.
    fn back(self, days: u32) -> Day {
        let length = self.last.days_since(self.first) + 1;
        let days = if length < ROOMY { days * length / ROOMY } else { days };
        self.last.minus_days(days).unwrap_or(self.last)
    }

    /// The last day of the switch that falls silent.
    pub fn last_of_silent(self) -> Day {
        self.back(13)
    }

    /// On which a switch says nothing for three days.
    pub fn pause(self) -> RangeInclusive<Day> {
        self.back(24)..=self.back(22)
    }

    /// The night of failed logins.
    pub fn bad_night(self) -> Day {
        self.back(6)
    }

    /// Since when a device writes that nobody listed.
    pub fn stray_from(self) -> Day {
        self.back(17)
    }

    /// From when until when nothing was received: the power was out. In the whole span that lies before the legal term, so that most devices have kept theirs.
    pub fn downtime(self) -> (Instant, Instant) {
        let day = if self.is_small() { self.back(19) } else { self.first.plus_days(9).unwrap_or(self.first) };
        (day.start().plus_seconds(2 * 3_600 + 600), day.start().plus_seconds(7 * 3_600 + 2_400))
    }

    /// From when until when datagrams of one device were dropped.
    pub fn drops(self) -> (Instant, Instant) {
        let start = self.back(16).start();
        (start.plus_seconds(10 * 3_600 + 120), start.plus_seconds(10 * 3_600 + 480))
    }

    /// When a backup is really made: before the last test of a restore, where it lies in the span, and in the last night.
    pub fn backups(self) -> Vec<Instant> {
        let on = |day: Day, hour: u64| day.start().plus_seconds(hour * 3_600 + 1_800);
        let last = on(self.last, 2);
        let length = self.last.days_since(self.first) + 1;
        if length < ROOMY { vec![last] } else { vec![on(self.back(9), 10), last] }
    }

    fn is_small(self) -> bool {
        self.last.days_since(self.first) < DAYS - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happens_lies_in_both_spans() {
        for scale in [0, 1, 50] {
            let span = Span::of(scale);
            assert_eq!(span.present().to_civil(), "2026-11-20 14:00:00");
            assert_eq!(span.days().count(), if scale == 0 { 30 } else { 200 });
            lies_in(span);
        }
    }

    fn lies_in(span: Span) {
        for day in [
            span.last_of_silent(),
            *span.pause().start(),
            span.bad_night(),
            span.stray_from(),
            Day::of(span.downtime().0),
            Day::of(span.drops().1),
        ] {
            assert!(span.first < day && day < span.last, "{day} of {span:?}");
        }
    }

    #[test]
    fn a_week_is_the_least_and_has_all_of_it_too() {
        for (asked, got) in [(0, 7), (6, 7), (7, 7), (8, 8), (29, 29), (30, 30), (31, 31), (199, 199), (200, 200), (201, 200)] {
            let span = Span::of_days(asked);
            assert_eq!(span.days().count(), got);
            lies_in(span);
        }
        assert_eq!(Span::of_days(30), Span::of(0));
    }
}
