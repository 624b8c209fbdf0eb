//! Working days over made-up holidays: none of these days comes from a real notice.
#![allow(clippy::unwrap_used)]

use anlan_base::calendar::{DAYS_IN_A_COUNT, WORKING_DAYS_IN_A_STEP, YEARS};
use anlan_base::{CalendarError, Counted, Day, DayKind, Guessed, WorkCalendar, YearDays};
use proptest::prelude::*;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// 2030: Thursday 3 to Wednesday 9 October off, Sunday 29 September and Saturday 12 October worked.
fn calendar() -> WorkCalendar {
    let mut calendar = WorkCalendar::new();
    let off = (3..=9).map(|of_month| day(&format!("2030-10-{of_month:02}"))).collect();
    let made_up = ["2030-09-29", "2030-10-12"].map(day).into_iter().collect();
    calendar.add_year(2030, YearDays { off, made_up }).unwrap();
    calendar
}

#[test]
fn days_have_kinds() {
    let calendar = calendar();
    for (text, kind, sure) in [
        ("2030-10-02", DayKind::Workday, true),
        ("2030-10-03", DayKind::Holiday, true),
        ("2030-10-05", DayKind::Weekend, true),
        ("2030-10-12", DayKind::MadeUp, true),
        ("2030-10-13", DayKind::Weekend, true),
        ("2031-10-03", DayKind::Workday, false),
    ] {
        let Counted { value, guessed } = calendar.kind(day(text));
        assert_eq!((value, guessed.is_none()), (kind, sure), "{text}");
    }
}

#[test]
fn working_days_are_added_over_holidays_and_made_up_days() {
    let calendar = calendar();
    for (from, count, to, holidays, made_up) in [
        ("2030-10-02", 0, "2030-10-02", 0, 0),
        ("2030-10-02", 1, "2030-10-10", 5, 0),
        ("2030-10-02", 3, "2030-10-12", 5, 1),
        ("2030-10-02", 4, "2030-10-14", 5, 1),
        ("2030-10-05", 1, "2030-10-10", 3, 0),
        ("2030-09-28", 1, "2030-09-29", 0, 1),
    ] {
        let walk = calendar.add_working_days(day(from), count).unwrap();
        assert_eq!((walk.value.day, walk.value.holidays, walk.value.made_up), (day(to), holidays, made_up), "{from} + {count}");
        assert!(walk.is_sure());
    }
    assert_eq!(calendar.this_or_next_working(day("2030-10-03")).unwrap().value, day("2030-10-10"));
    assert_eq!(calendar.this_or_previous_working(day("2030-10-09")).unwrap().value, day("2030-10-02"));
    assert_eq!(calendar.this_or_next_working(day("2030-10-12")).unwrap().value, day("2030-10-12"));
    assert_eq!(calendar.sub_working_days(day("2030-10-14"), 3).unwrap().value.day, day("2030-10-10"));
}

#[test]
fn a_year_without_a_calendar_says_so() {
    let calendar = calendar();
    let walk = calendar.add_working_days(day("2030-12-31"), 1).unwrap();
    assert_eq!((walk.value.day, walk.guessed), (day("2031-01-01"), Some(Guessed { first_year: 2031, last_year: 2031 })));
    let walk = calendar.add_working_days(day("2030-12-30"), 600).unwrap();
    assert_eq!(walk.guessed, Some(Guessed { first_year: 2031, last_year: 2033 }));
    assert!(calendar.add_working_days(day("2030-12-30"), 1).unwrap().is_sure());
}

#[test]
fn a_notice_may_name_days_of_the_december_before() {
    let mut calendar = WorkCalendar::new();
    calendar.add_year(2030, YearDays::default()).unwrap();
    let days = YearDays { off: [day("2030-12-31")].into(), made_up: [day("2030-12-29")].into() };
    calendar.add_year(2031, days).unwrap();
    assert_eq!(calendar.kind(day("2030-12-31")).value, DayKind::Holiday);
    assert_eq!(calendar.kind(day("2030-12-29")).value, DayKind::MadeUp);
    assert_eq!(calendar.kind(day("2030-12-30")).value, DayKind::Workday);
}

#[test]
fn a_wrong_year_is_refused_whole() {
    let mut calendar = calendar();
    let off = |text: &str| YearDays { off: [day(text)].into(), made_up: [].into() };
    let worked = |text: &str| YearDays { off: [].into(), made_up: [day(text)].into() };
    for (year, days, error) in [
        (2030, YearDays::default(), CalendarError::YearTwice(2030)),
        (2031, off("2032-01-01"), CalendarError::OtherYear(day("2032-01-01"))),
        (2031, off("2030-11-30"), CalendarError::OtherYear(day("2030-11-30"))),
        (2031, worked("2031-01-01"), CalendarError::NotAWeekend(day("2031-01-01"))),
        (
            2031,
            YearDays { off: [day("2031-01-04")].into(), made_up: [day("2031-01-04")].into() },
            CalendarError::OffAndWorked(day("2031-01-04")),
        ),
    ] {
        assert_eq!(calendar.add_year(year, days), Err(error));
    }
    assert_eq!(calendar.years().collect::<Vec<_>>(), [2030]);
}

#[test]
fn walks_counts_and_years_have_limits() {
    let calendar = calendar();
    let from = day("2030-01-01");
    for (count, fits) in [(WORKING_DAYS_IN_A_STEP - 1, true), (WORKING_DAYS_IN_A_STEP, true), (WORKING_DAYS_IN_A_STEP + 1, false)] {
        assert_eq!(calendar.add_working_days(from, count).is_some(), fits, "{count}");
    }
    for (span, fits) in [(DAYS_IN_A_COUNT - 1, true), (DAYS_IN_A_COUNT, true), (DAYS_IN_A_COUNT + 1, false)] {
        assert_eq!(calendar.working_days_between(from, Day(from.0 + span)).is_some(), fits, "{span}");
    }
    let mut many = WorkCalendar::new();
    for year in 0..YEARS {
        assert_eq!(many.add_year(2000 + u32::try_from(year).unwrap(), YearDays::default()), Ok(()));
    }
    assert_eq!(many.add_year(1999, YearDays::default()), Err(CalendarError::TooManyYears));
    assert_eq!(calendar.add_working_days_where(from, 1, |_| false), None);
    assert_eq!(calendar.add_working_days(Day::LAST, 1), None);
}

proptest! {
    #[test]
    fn what_was_added_is_counted_back(from in 21_900_u32..22_500, count in 1_u32..300) {
        let (calendar, from) = (calendar(), Day(from));
        let to = calendar.add_working_days(from, count).unwrap().value.day;
        prop_assert!(calendar.is_working(to));
        prop_assert_eq!(calendar.working_days_between(from, to).unwrap().value, count);
        let back = calendar.sub_working_days(to, count).unwrap().value.day;
        prop_assert!(back <= from || calendar.working_days_between(from, back).unwrap().value == 0);
    }
}
