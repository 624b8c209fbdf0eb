//! What every room shares: instants, Beijing days, names of classes and sources, limits, the `Clock`, and the words shown to people.
//!
//! Invariants:
//! - No I/O and no knowledge of any other room. The only call to the system clock in the project is `SystemClock::now`.
//! - An [`Instant`] counts nanoseconds since 1970-01-01T00:00:00Z; a [`Day`] is a civil day in Beijing (UTC+8, no daylight saving since 1991).
//! - Names that reach a file name or a proof ([`Class`], [`SourceKey`]) are checked when made and trusted afterwards.
#![forbid(unsafe_code)]

pub mod calendar;
pub mod civil;
mod clock;
mod day;
mod instant;
pub mod limits;
mod names;
pub mod text;

pub use calendar::{CalendarError, Counted, DayKind, Guessed, WorkCalendar, YearDays};
pub use civil::{CivilDate, ParseTimeOfDayError, TimeOfDay, Weekday};
pub use clock::{Clock, ManualClock, SystemClock};
pub use day::{Day, ParseTimeError, parse_time};
pub use instant::{Instant, Seq};
pub use names::{Class, NameError, Origin, Piece, SourceKey};
