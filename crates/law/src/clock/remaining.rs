//! What is left of a clock, in numbers only: the words belong to the pages.

use anlan_base::Instant;

const MINUTE: u64 = 60 * Instant::SECOND;

/// Time left, or time past where `overdue`. Whole minutes, rounded down, so that nobody is told of time that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remaining {
    /// Of 24 hours each.
    pub days: u64,
    /// 0 to 23.
    pub hours: u64,
    /// 0 to 59.
    pub minutes: u64,
    pub overdue: bool,
}

/// From `now` to `due`. The moment of `due` itself is still in time.
#[must_use]
pub fn remaining(now: Instant, due: Instant) -> Remaining {
    let overdue = now > due;
    let minutes = if overdue { now.since(due) } else { due.since(now) } / MINUTE;
    Remaining { days: minutes / (24 * 60), hours: minutes / 60 % 24, minutes: minutes % 60, overdue }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anlan_base::parse_time;

    #[test]
    fn what_is_left_and_what_is_past() {
        // LAWPACK-59
        let due = parse_time("2026-11-22T12:00").unwrap();
        for (now, days, hours, minutes, overdue) in [
            ("2026-11-20T10:30", 2, 1, 30, false),
            ("2026-11-22T12:00", 0, 0, 0, false),
            ("2026-11-22T12:00:01", 0, 0, 0, true),
            ("2026-11-22T13:05", 0, 1, 5, true),
            ("2026-11-22T11:59:59", 0, 0, 0, false),
        ] {
            assert_eq!(remaining(parse_time(now).unwrap(), due), Remaining { days, hours, minutes, overdue }, "{now}");
        }
        let _ = remaining(Instant(0), Instant(u64::MAX));
    }
}
