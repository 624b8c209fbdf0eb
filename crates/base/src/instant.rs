//! Moments in time and the numbers of lines, which are moments too (`seq` is the receive time, design §4).

use std::fmt;

use time::OffsetDateTime;
use time::macros::offset;

/// Nanoseconds since 1970-01-01T00:00:00Z. Good until the year 2554.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub u64);

impl Instant {
    pub const SECOND: u64 = 1_000_000_000;

    #[must_use]
    pub fn plus_nanos(self, nanos: u64) -> Self {
        Self(self.0.saturating_add(nanos))
    }

    #[must_use]
    pub fn plus_seconds(self, seconds: u64) -> Self {
        self.plus_nanos(seconds.saturating_mul(Self::SECOND))
    }

    #[must_use]
    pub fn minus_seconds(self, seconds: u64) -> Self {
        Self(self.0.saturating_sub(seconds.saturating_mul(Self::SECOND)))
    }

    /// Nanoseconds from `earlier` to `self`, zero when `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    #[must_use]
    pub fn from_unix_seconds(seconds: u64) -> Self {
        Self(seconds.saturating_mul(Self::SECOND))
    }

    fn utc(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0)).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// `2026-11-21T09:00:00.123456+08:00`: Beijing time, microseconds, the zone shown.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        let t = self.utc().to_offset(offset!(+8));
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}+08:00",
            t.year(),
            u8::from(t.month()),
            t.day(),
            t.hour(),
            t.minute(),
            t.second(),
            t.microsecond()
        )
    }

    /// `2026-11-21 09:00:00`: Beijing time for pages, where the zone is said once.
    #[must_use]
    pub fn to_civil(self) -> String {
        let t = self.utc().to_offset(offset!(+8));
        format!("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", t.year(), u8::from(t.month()), t.day(), t.hour(), t.minute(), t.second())
    }
}

/// The number of a line for ever: its receive time in nanoseconds, `max(now, last + 1)`, unique in a data folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seq(pub u64);

impl Seq {
    #[must_use]
    pub fn received(self) -> Instant {
        Instant(self.0)
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl std::str::FromStr for Seq {
    type Err = std::num::ParseIntError;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        s.parse().map(Self)
    }
}
