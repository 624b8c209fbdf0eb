//! The period of a pack, `since ≤ seq < until`, against days and batches.

use anlan_base::{Day, Instant, Seq};
use anlan_tlog::envelope::Batch;

const DAY_NANOS: i128 = 86_400 * 1_000_000_000;
const BEIJING_NANOS: i128 = 8 * 3_600 * 1_000_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    pub since: Instant,
    pub until: Instant,
}

impl Period {
    #[must_use]
    pub fn holds(&self, seq: Seq) -> bool {
        self.since <= seq.received() && seq.received() < self.until
    }

    /// The batch may have a line of the period, so its member stands in the pack.
    #[must_use]
    pub fn meets(&self, batch: &Batch) -> bool {
        batch.first.received() < self.until && batch.last.received() >= self.since
    }

    #[must_use]
    pub fn touches(&self, day: Day) -> bool {
        let (start, end) = span(day);
        i128::from(self.since.0) < end && i128::from(self.until.0) > start
    }

    /// The whole day lies inside.
    #[must_use]
    pub fn covers(&self, day: Day) -> bool {
        let (start, end) = span(day);
        i128::from(self.since.0) <= start && i128::from(self.until.0) >= end
    }
}

/// Start and end of a day, exactly: day 0 begins before the epoch.
fn span(day: Day) -> (i128, i128) {
    let start = i128::from(day.0) * DAY_NANOS - BEIJING_NANOS;
    (start, start + DAY_NANOS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_at_the_border_of_a_period() {
        let day: Day = "2026-11-21".parse().unwrap();
        let (start, end) = (day.start().0, day.next().start().0);
        for (since, until, touches, covers) in [
            (start, end, true, true),
            (start - 1, end + 1, true, true),
            (start + 1, end, true, false),
            (start, end - 1, true, false),
            (end, end + 1, false, false),
            (end - 1, end, true, false),
            (start - 1, start, false, false),
            (start - 1, start + 1, true, false),
            (start, start, false, false),
            (start + 1, start + 1, true, false),
            (0, u64::MAX, true, true),
        ] {
            let period = Period { since: Instant(since), until: Instant(until) };
            assert_eq!((period.touches(day), period.covers(day)), (touches, covers), "{since} {until}");
        }
        let last = Day::of(Instant(u64::MAX));
        assert!(Period { since: Instant(0), until: Instant(u64::MAX) }.touches(last));
        assert!(Period { since: Instant(0), until: Instant(u64::MAX) }.covers(last));
        assert!(!Period { since: Instant(0), until: Instant(u64::MAX) }.covers(Day(0)));
    }
}
