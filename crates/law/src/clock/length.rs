//! Lengths as packs write them: one component of an ISO 8601 duration, or a word where the law gives no number.
//!
//! Invariant: a length that was read is at least one of its unit and at most the named limit.

use std::fmt;

use anlan_base::civil::month_days;

/// Minutes of the longest clock by the hour: a year.
pub const LONGEST_MINUTES: u32 = 366 * 24 * 60;
/// Ten years.
pub const LONGEST_DAYS: u32 = 3_660;
/// Under what one question to a calendar may count.
pub const LONGEST_WORKING_DAYS: u32 = 1_000;
/// A hundred years.
pub const LONGEST_MONTHS: u32 = 1_200;

const MINUTES_OF_A_DAY: u32 = 24 * 60;
const DAYS_OF_FOUR_YEARS: u32 = 1_461;

/// What the `D` of a length counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    #[default]
    CalendarDay,
    WorkingDay,
}

/// A length with a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Span {
    /// Runs through nights and holidays.
    Minutes(u32),
    Days(u32),
    WorkingDays(u32),
    /// A year is twelve.
    Months(u32),
}

/// How long a clock runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Length {
    Span(Span),
    /// At once: every minute counts from the start.
    AtOnce,
    /// The order says until when.
    AsOrdered,
    /// The request says until when.
    AsRequested,
    /// The law gives no number that could be checked, or it differs by province: the unit sets it.
    Configurable,
}

/// Why a length was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LengthError {
    #[error("is not one number and one unit, such as PT4H, P15D, P2W, P6M or P1Y")]
    Form,
    #[error("is zero")]
    Zero,
    #[error("is longer than {0}")]
    TooLong(u32),
    #[error("counts working days in something other than D")]
    WorkingDaysOfWhat,
}

impl Span {
    /// Reads `PT30M`, `PT4H`, `P15D`, `P2W`, `P6M`, `P1Y`: one component, no fractions.
    pub fn parse(text: &str, unit: Unit) -> Result<Self, LengthError> {
        let rest = text.strip_prefix('P').ok_or(LengthError::Form)?;
        let (in_day, rest) = rest.strip_prefix('T').map_or((false, rest), |rest| (true, rest));
        let designator = rest.chars().last().ok_or(LengthError::Form)?;
        let digits = rest.strip_suffix(designator).unwrap_or_default();
        if digits.is_empty() || digits.len() > 9 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(LengthError::Form);
        }
        let number: u32 = digits.parse().map_err(|_| LengthError::Form)?;
        let (factor, most, make): (u32, u32, fn(u32) -> Self) = match (in_day, designator, unit) {
            (true, 'M', Unit::CalendarDay) => (1, LONGEST_MINUTES, Self::Minutes),
            (true, 'H', Unit::CalendarDay) => (60, LONGEST_MINUTES, Self::Minutes),
            (false, 'D', Unit::CalendarDay) => (1, LONGEST_DAYS, Self::Days),
            (false, 'D', Unit::WorkingDay) => (1, LONGEST_WORKING_DAYS, Self::WorkingDays),
            (false, 'W', Unit::CalendarDay) => (7, LONGEST_DAYS, Self::Days),
            (false, 'M', Unit::CalendarDay) => (1, LONGEST_MONTHS, Self::Months),
            (false, 'Y', Unit::CalendarDay) => (12, LONGEST_MONTHS, Self::Months),
            (true, 'M' | 'H', Unit::WorkingDay) | (false, 'W' | 'M' | 'Y', Unit::WorkingDay) => return Err(LengthError::WorkingDaysOfWhat),
            _ => return Err(LengthError::Form),
        };
        if number == 0 {
            return Err(LengthError::Zero);
        }
        match number.checked_mul(factor).filter(|count| *count <= most) {
            Some(count) => Ok(make(count)),
            None => Err(LengthError::TooLong(most / factor)),
        }
    }

    /// Whether this length surely ends no later than `other` from the same start, whatever the date and the days off between.
    #[must_use]
    pub fn is_no_longer_than(self, other: Self) -> bool {
        match (self, other) {
            (Self::Days(own), Self::Days(other))
            | (Self::WorkingDays(own), Self::WorkingDays(other))
            | (Self::Minutes(own), Self::Minutes(other))
            | (Self::Months(own), Self::Months(other)) => own <= other,
            // A start in the last minute of its day leaves the days alone, one in the first minute a day more.
            (Self::Minutes(own), other) => own <= other.least_days() * MINUTES_OF_A_DAY,
            (own, Self::Minutes(other)) => own.most_days().is_some_and(|most| (most + 1) * MINUTES_OF_A_DAY <= other),
            (own, other) => own.most_days().is_some_and(|most| most <= other.least_days()),
        }
    }

    /// Days from the day of the start to the last, at least.
    fn least_days(self) -> u32 {
        match self {
            Self::Minutes(_) => 0,
            Self::Days(count) | Self::WorkingDays(count) => count,
            Self::Months(count) => days_of_months(count).0,
        }
    }

    /// At most; none where days off may stretch it without a bound that is known here.
    fn most_days(self) -> Option<u32> {
        match self {
            Self::Minutes(_) | Self::WorkingDays(_) => None,
            Self::Days(count) => Some(count),
            Self::Months(count) => Some(days_of_months(count).1),
        }
    }
}

/// The fewest and the most days of so many months on end, between 1901 and 2099.
fn days_of_months(count: u32) -> (u32, u32) {
    let month = |index: u32| u32::from(month_days(2000 + index / 12 % 4, u8::try_from(index % 12 + 1).unwrap_or(1)));
    let whole = count / 48 * DAYS_OF_FOUR_YEARS;
    let sums = (0..48).map(|first| whole + (first..first + count % 48).map(month).sum::<u32>());
    sums.fold((u32::MAX, 0), |(least, most), days| (least.min(days), most.max(days)))
}

/// `PT4H`, `P15D`, `P6M`; working days as `P15D` too: the unit stands beside it.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Minutes(count) if count % 60 == 0 => write!(f, "PT{}H", count / 60),
            Self::Minutes(count) => write!(f, "PT{count}M"),
            Self::Days(count) | Self::WorkingDays(count) => write!(f, "P{count}D"),
            Self::Months(count) if count % 12 == 0 => write!(f, "P{}Y", count / 12),
            Self::Months(count) => write!(f, "P{count}M"),
        }
    }
}

impl Length {
    /// A duration, or `immediate`, `as_ordered`, `as_requested`, `configurable`.
    pub fn parse(text: &str, unit: Unit) -> Result<Self, LengthError> {
        match text {
            "immediate" => Ok(Self::AtOnce),
            "as_ordered" => Ok(Self::AsOrdered),
            "as_requested" => Ok(Self::AsRequested),
            "configurable" => Ok(Self::Configurable),
            _ => Span::parse(text, unit).map(Self::Span),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Unit::{CalendarDay, WorkingDay};

    #[test]
    fn lengths_as_packs_write_them() {
        // LAWPACK-51
        for (text, unit, length) in [
            ("PT30M", CalendarDay, Ok(Length::Span(Span::Minutes(30)))),
            ("PT4H", CalendarDay, Ok(Length::Span(Span::Minutes(240)))),
            ("P15D", CalendarDay, Ok(Length::Span(Span::Days(15)))),
            ("P15D", WorkingDay, Ok(Length::Span(Span::WorkingDays(15)))),
            ("P2W", CalendarDay, Ok(Length::Span(Span::Days(14)))),
            ("P6M", CalendarDay, Ok(Length::Span(Span::Months(6)))),
            ("P1Y", CalendarDay, Ok(Length::Span(Span::Months(12)))),
            ("immediate", CalendarDay, Ok(Length::AtOnce)),
            ("as_ordered", CalendarDay, Ok(Length::AsOrdered)),
            ("as_requested", CalendarDay, Ok(Length::AsRequested)),
            ("configurable", CalendarDay, Ok(Length::Configurable)),
            ("PT4H", WorkingDay, Err(LengthError::WorkingDaysOfWhat)),
            ("P6M", WorkingDay, Err(LengthError::WorkingDaysOfWhat)),
            ("P0D", CalendarDay, Err(LengthError::Zero)),
            ("", CalendarDay, Err(LengthError::Form)),
            ("P", CalendarDay, Err(LengthError::Form)),
            ("PT", CalendarDay, Err(LengthError::Form)),
            ("P1M10D", CalendarDay, Err(LengthError::Form)),
            ("P1.5D", CalendarDay, Err(LengthError::Form)),
            ("P-1D", CalendarDay, Err(LengthError::Form)),
            ("PT5S", CalendarDay, Err(LengthError::Form)),
            ("4 hours", CalendarDay, Err(LengthError::Form)),
            ("P3天", CalendarDay, Err(LengthError::Form)),
            ("P４D", CalendarDay, Err(LengthError::Form)),
        ] {
            assert_eq!(Length::parse(text, unit), length, "{text} {unit:?}");
        }
    }

    #[test]
    fn lengths_have_limits() {
        // LAWPACK-51
        for (most, prefix, designator, unit) in [
            (LONGEST_MINUTES, "PT", "M", CalendarDay),
            (LONGEST_MINUTES / 60, "PT", "H", CalendarDay),
            (LONGEST_DAYS, "P", "D", CalendarDay),
            (LONGEST_WORKING_DAYS, "P", "D", WorkingDay),
            (LONGEST_MONTHS, "P", "M", CalendarDay),
            (LONGEST_MONTHS / 12, "P", "Y", CalendarDay),
        ] {
            for (number, fits) in [(most - 1, true), (most, true), (most + 1, false), (999_999_999, false)] {
                let text = format!("{prefix}{number}{designator}");
                assert_eq!(Span::parse(&text, unit).is_ok(), fits, "{text}");
                if !fits {
                    assert_eq!(Span::parse(&text, unit), Err(LengthError::TooLong(most)), "{text}");
                }
            }
        }
    }

    #[test]
    fn lengths_come_back_as_they_were_written() {
        for text in ["PT30M", "PT4H", "P15D", "P6M", "P1Y", "P3Y"] {
            assert_eq!(Span::parse(text, CalendarDay).map(|span| span.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn stricter_is_said_only_where_it_is_sure() {
        let span = |text: &str, unit| Span::parse(text, unit).unwrap();
        for (own, own_unit, other, other_unit, stricter) in [
            ("P3D", CalendarDay, "P5D", CalendarDay, true),
            ("P5D", CalendarDay, "P5D", CalendarDay, true),
            ("P6D", CalendarDay, "P5D", CalendarDay, false),
            ("P3D", WorkingDay, "P5D", WorkingDay, true),
            ("P3D", CalendarDay, "P5D", WorkingDay, true),
            ("P3D", WorkingDay, "P5D", CalendarDay, false),
            ("PT24H", CalendarDay, "P1D", CalendarDay, true),
            ("P1D", CalendarDay, "PT24H", CalendarDay, false),
            ("P28D", CalendarDay, "P1M", CalendarDay, true),
            ("P29D", CalendarDay, "P1M", CalendarDay, false),
            ("P1M", CalendarDay, "P31D", CalendarDay, true),
            ("P6M", CalendarDay, "P184D", CalendarDay, true),
            ("P6M", CalendarDay, "P183D", CalendarDay, false),
            ("P4Y", CalendarDay, "P1461D", CalendarDay, true),
            ("P366D", CalendarDay, "P1Y", CalendarDay, false),
        ] {
            assert_eq!(span(own, own_unit).is_no_longer_than(span(other, other_unit)), stricter, "{own} {other}");
        }
    }
}
