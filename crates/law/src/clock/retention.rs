//! The term for which something is kept, computed per day: six calendar months are 181 to 184 days.
//!
//! Invariant: what `held_from` says must be there on a day is exactly what `kept_through` does not yet let go.

use anlan_base::Day;

use super::Span;

/// The last day through which what came on `from` must be kept. None for working days, for hours, and beyond the calendar.
#[must_use]
pub fn kept_through(from: Day, span: Span) -> Option<Day> {
    match span {
        Span::Days(days) => from.plus_days(days),
        Span::Months(months) => from.plus_months(months),
        Span::Minutes(_) | Span::WorkingDays(_) => None,
    }
}

/// Days of the term that begins on `from`.
#[must_use]
pub fn term_days(from: Day, span: Span) -> Option<u32> {
    kept_through(from, span).map(|last| last.days_since(from))
}

/// The earliest day whose lines must still be there on `today`. Never before [`Day::FIRST`].
#[must_use]
pub fn held_from(today: Day, span: Span) -> Option<Day> {
    let back = match span {
        Span::Days(days) => today.minus_days(days),
        Span::Months(months) => today.minus_months(months),
        Span::Minutes(_) | Span::WorkingDays(_) => return None,
    };
    let Some(mut day) = back else { return Some(Day::FIRST) };
    // 31 August less six months is 28 February, whose own term ended on 28 August: step on to the first that has not ended.
    while kept_through(day, span)? < today {
        day = day.plus_days(1)?;
    }
    Some(day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Unit;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn six_months_are_181_to_184_days() {
        // LAWPACK-58
        let span = Span::parse("P6M", Unit::CalendarDay).unwrap();
        let (first, last) = (day("2024-01-01"), day("2034-01-01"));
        let mut seen = std::collections::BTreeSet::new();
        for number in first.0..last.0 {
            let from = Day(number);
            seen.insert(term_days(from, span).unwrap());
            let held = held_from(from, span).unwrap();
            assert!(kept_through(held, span).unwrap() >= from);
            assert!(kept_through(Day(held.0 - 1), span).unwrap() < from);
        }
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), [181, 182, 183, 184]);
    }

    #[test]
    fn terms_per_day() {
        // LAWPACK-58
        for (from, span, days, through) in [
            ("2026-08-31", "P6M", 181, "2027-02-28"),
            ("2026-08-28", "P6M", 184, "2027-02-28"),
            ("2026-11-21", "P6M", 181, "2027-05-21"),
            ("2027-08-31", "P6M", 182, "2028-02-29"),
            ("2024-02-29", "P1Y", 365, "2025-02-28"),
            ("2026-11-21", "P60D", 60, "2027-01-20"),
        ] {
            let span = Span::parse(span, Unit::CalendarDay).unwrap();
            assert_eq!((term_days(day(from), span), kept_through(day(from), span)), (Some(days), Some(day(through))), "{from}");
        }
        assert_eq!(held_from(day("2027-08-31"), Span::Months(6)), Some(day("2027-03-01")));
        assert_eq!(held_from(day("2027-02-28"), Span::Months(6)), Some(day("2026-08-28")));
        assert_eq!(held_from(day("1970-02-01"), Span::Months(6)), Some(Day::FIRST));
        assert_eq!(term_days(Day::LAST, Span::Months(6)), None);
        assert_eq!(kept_through(day("2026-11-21"), Span::WorkingDays(3)), None);
    }
}
