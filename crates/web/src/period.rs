//! The time range of a search: chips, custom bounds, and the steps of its histogram. Beijing time, receive time.

use anlan_base::{Day, Instant, parse_time};

const MINUTE: u64 = 60 * Instant::SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const BEIJING: u64 = 8 * HOUR;

/// Bars that a histogram of a custom range has at most.
pub(crate) const BARS: u64 = 120;
const STEPS: [u64; 16] = [
    Instant::SECOND,
    5 * Instant::SECOND,
    15 * Instant::SECOND,
    MINUTE,
    5 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
    30 * DAY,
    365 * DAY,
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Range {
    Day,
    Week,
    HalfYear,
    Custom,
}

impl Range {
    pub(crate) const CHIPS: [Self; 3] = [Self::Day, Self::Week, Self::HalfYear];

    /// As written in addresses.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Day => "24h",
            Self::Week => "7d",
            Self::HalfYear => "term",
            Self::Custom => "custom",
        }
    }

    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Day => "range-day",
            Self::Week => "range-week",
            Self::HalfYear => "range-half-year",
            Self::Custom => "range-custom",
        }
    }

    fn parse(code: &str, bounded: bool) -> Self {
        match code {
            "24h" => Self::Day,
            "7d" => Self::Week,
            "term" => Self::HalfYear,
            "custom" => Self::Custom,
            _ if bounded => Self::Custom,
            _ => Self::Day,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Period {
    pub(crate) range: Range,
    /// Inclusive. None: from the first line on.
    pub(crate) since: Option<Instant>,
    /// Exclusive. None: up to the newest line.
    pub(crate) until: Option<Instant>,
    /// A bound that was written and cannot be read.
    pub(crate) unread: Option<String>,
}

impl Period {
    pub(crate) fn read(range: &str, since: &str, until: &str, now: Instant) -> Self {
        let range = Range::parse(range, !since.is_empty() || !until.is_empty());
        if range != Range::Custom {
            return Self { range, since: Some(relative_start(range, now)), until: None, unread: None };
        }
        match (bound(since), bound(until)) {
            (Ok(since), Ok(until)) => Self { range, since, until, unread: None },
            (Err(written), _) | (_, Err(written)) => Self { unread: Some(written), ..Self::read("24h", "", "", now) },
        }
    }

    /// The step and the start of the histogram; `first` is the first line there is.
    pub(crate) fn axis(&self, first: Option<Instant>, now: Instant) -> Axis {
        let start = self.since.or(first).unwrap_or_else(|| now.minus_seconds(86_400));
        let end = self.until.unwrap_or(now).max(start.plus_nanos(1));
        let step = match self.range {
            Range::Day => 15 * MINUTE,
            Range::Week => 2 * HOUR,
            Range::HalfYear => DAY,
            Range::Custom => step_of(end.since(start)),
        };
        Axis { start, end, step }
    }
}

/// Where the bars stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Axis {
    pub(crate) start: Instant,
    pub(crate) end: Instant,
    pub(crate) step: u64,
}

impl Axis {
    pub(crate) fn bars(&self) -> usize {
        usize::try_from(self.end.since(self.start).div_ceil(self.step)).unwrap_or(usize::MAX)
    }

    /// A time as the axis writes it.
    pub(crate) fn label(&self, at: Instant) -> String {
        let civil = at.to_civil();
        let part = if self.step >= DAY {
            civil.get(..10)
        } else if self.step >= MINUTE {
            civil.get(5..16)
        } else {
            civil.get(5..)
        };
        part.unwrap_or(&civil).to_owned()
    }
}

fn bound(written: &str) -> Result<Option<Instant>, String> {
    if written.trim().is_empty() {
        return Ok(None);
    }
    parse_time(written).map(Some).map_err(|_| written.to_owned())
}

fn step_of(span: u64) -> u64 {
    let fitting = STEPS.iter().copied().find(|step| span.div_ceil(*step) <= BARS);
    fitting.unwrap_or_else(|| span.div_ceil(BARS))
}

/// The start of a range that ends now, brought down to a whole step, so that an address shows the same lines from one minute to the next.
fn relative_start(range: Range, now: Instant) -> Instant {
    let (back, step) = match range {
        Range::Week => (7 * DAY, 2 * HOUR),
        Range::HalfYear => return months_back(Day::of(now), 6).start(),
        Range::Day | Range::Custom => (DAY, 15 * MINUTE),
    };
    let start = now.0.saturating_sub(back) + BEIJING;
    Instant((start - start % step).saturating_sub(BEIJING))
}

/// The same day `months` calendar months earlier, or the last day of that month.
pub(crate) fn months_back(day: Day, months: u32) -> Day {
    let written = day.to_string();
    let number = |range: std::ops::Range<usize>| written.get(range).and_then(|s| s.parse::<u32>().ok());
    let (Some(year), Some(month), Some(date)) = (number(0..4), number(5..7), number(8..10)) else { return day };
    let total = (year * 12 + month - 1).saturating_sub(months);
    let candidates = (1..=date).rev().map(|date| format!("{:04}-{:02}-{date:02}", total / 12, total % 12 + 1));
    candidates.filter_map(|date| date.parse().ok()).next().unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(written: &str) -> Instant {
        parse_time(written).unwrap()
    }

    #[test]
    fn ranges_begin_at_whole_steps() {
        let now = at("2026-11-21T14:07:31");
        for (range, since) in [
            ("", "2026-11-20T14:00"),
            ("24h", "2026-11-20T14:00"),
            ("7d", "2026-11-14T14:00"),
            ("term", "2026-05-21"),
            ("no", "2026-11-20T14:00"),
        ] {
            let period = Period::read(range, "", "", now);
            assert_eq!(period.since, Some(at(since)), "{range}");
            assert_eq!(period.until, None);
        }
    }

    #[test]
    fn custom_bounds_are_read_and_wrong_ones_told() {
        let now = at("2026-11-21T14:07:31");
        let period = Period::read("", "2026-11-01", "", now);
        assert_eq!((period.range, period.since, period.until), (Range::Custom, Some(at("2026-11-01")), None));
        let wrong = Period::read("custom", "2026-11-01", "昨天", now);
        assert_eq!((wrong.range, wrong.unread.as_deref()), (Range::Day, Some("昨天")));
    }

    #[test]
    fn six_calendar_months_back() {
        for (day, back) in
            [("2026-11-21", "2026-05-21"), ("2026-08-31", "2026-02-28"), ("2024-08-31", "2024-02-29"), ("2026-03-15", "2025-09-15")]
        {
            assert_eq!(months_back(day.parse().unwrap(), 6).to_string(), back, "{day}");
        }
    }

    #[test]
    fn a_histogram_has_a_limited_number_of_bars() {
        for (span, step) in [((BARS - 1) * MINUTE, MINUTE), (BARS * MINUTE, MINUTE), (BARS * MINUTE + 1, 5 * MINUTE)] {
            assert_eq!(step_of(span), step, "{span}");
        }
        let now = at("2026-11-21T14:07:31");
        for (since, until) in [("2026-11-21T14:07:30", ""), ("1970-01-02", ""), ("2026-11-21", "2026-11-20"), ("", "")] {
            let axis = Period::read("custom", since, until, now).axis(None, now);
            assert!((1..=usize::try_from(BARS).unwrap()).contains(&axis.bars()), "{since}");
        }
    }
}
