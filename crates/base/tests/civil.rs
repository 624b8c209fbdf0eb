//! Dates, months and weekdays against what everyone knows, and against the `time` crate over five hundred years.
#![allow(clippy::unwrap_used)]

use anlan_base::civil::{MONTHS_IN_A_STEP, is_leap};
use anlan_base::{CivilDate, Day, Instant, TimeOfDay, Weekday, parse_time};
use proptest::prelude::*;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

#[test]
fn every_day_of_the_range_comes_back_and_agrees_with_another_calendar() {
    for number in 0..=Day::LAST.0 {
        let date = Day(number).civil();
        assert_eq!(date.day(), Day(number));
        assert_eq!(CivilDate::new(date.year(), date.month(), date.day_of_month()), Some(date));
        assert_eq!(Day(number).to_string(), format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day_of_month()));
    }
    assert_eq!(Day::LAST.to_string(), "2554-07-20");
}

#[test]
fn dates_that_do_not_exist_are_refused() {
    for (year, month, of_month, exists) in [
        (2024, 2, 29, true),
        (2025, 2, 29, false),
        (2000, 2, 29, true),
        (2100, 2, 29, false),
        (2026, 4, 31, false),
        (2026, 13, 1, false),
        (2026, 0, 1, false),
        (2026, 1, 0, false),
        (1969, 12, 31, false),
        (2554, 7, 20, true),
        (2554, 7, 21, false),
    ] {
        assert_eq!(CivilDate::new(year, month, of_month).is_some(), exists, "{year}-{month}-{of_month}");
    }
    assert!(is_leap(2000) && !is_leap(1900) && is_leap(2024) && !is_leap(2026));
}

#[test]
fn months_end_on_the_same_number_or_on_the_last_day() {
    for (from, months, to) in [
        ("2026-08-31", 6, "2027-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-11-21", 0, "2026-11-21"),
        ("2026-03-31", 3, "2026-06-30"),
    ] {
        assert_eq!(day(from).plus_months(months), Some(day(to)), "{from} + {months}");
    }
    assert_eq!(day("2026-03-31").minus_months(1), Some(day("2026-02-28")));
    assert_eq!(day("2026-01-15").minus_months(1), Some(day("2025-12-15")));
    assert_eq!(day("1970-01-15").minus_months(1), None);
}

#[test]
fn a_step_of_months_has_a_limit() {
    let from = day("2026-01-31");
    for (months, fits) in [(MONTHS_IN_A_STEP - 1, true), (MONTHS_IN_A_STEP, true), (MONTHS_IN_A_STEP + 1, false), (u32::MAX, false)] {
        assert_eq!(from.plus_months(months).is_some(), fits, "{months}");
    }
}

#[test]
fn weekdays() {
    for (text, weekday) in [
        ("1970-01-01", Weekday::Thursday),
        ("2024-02-29", Weekday::Thursday),
        ("2026-01-01", Weekday::Thursday),
        ("2026-11-22", Weekday::Sunday),
    ] {
        assert_eq!(day(text).weekday(), weekday, "{text}");
    }
    for weekday in Weekday::ALL {
        assert_eq!(Weekday::from_code(weekday.code()), Some(weekday));
    }
    assert_eq!(Weekday::from_code("mon"), None);
}

#[test]
fn times_of_the_day_are_beijing_times() {
    let at = parse_time("2026-09-30T23:59").unwrap();
    assert_eq!(TimeOfDay::of(at).to_string(), "23:59");
    assert_eq!(Day::of(at).at("23:59".parse().unwrap()), at);
    assert_eq!(TimeOfDay::of(Instant(0)).to_string(), "08:00");
    assert_eq!(Day::FIRST.at("08:00".parse().unwrap()), Instant(0));
    assert_eq!(day("2026-11-21").last_moment().to_civil(), "2026-11-21 23:59:59");
    assert_eq!(Day::of(day("2026-11-21").last_moment()), day("2026-11-21"));
    for wrong in ["", "24:00", "23:60", "8:30", "08:3", "08.30", "08:30:00", "+8:30"] {
        assert!(wrong.parse::<TimeOfDay>().is_err(), "{wrong}");
    }
}

#[test]
fn the_ends_of_the_range_do_not_panic() {
    assert_eq!(Day::LAST.plus_days(1), None);
    assert_eq!(Day::FIRST.minus_days(1), None);
    assert_eq!(Day::LAST.plus_months(1), None);
    assert_eq!(Day(u32::MAX).civil(), Day::LAST.civil());
    assert_eq!(Day(u32::MAX).last_moment(), Day::LAST.last_moment());
    assert!(TimeOfDay::of(Instant(u64::MAX)).hour() < 24);
}

proptest! {
    #[test]
    fn month_arithmetic_never_panics_and_keeps_order(from in any::<u32>(), other in any::<u32>(), months in any::<u32>()) {
        let (from, other) = (Day(from), Day(other));
        let _ = (from.plus_months(months), from.minus_months(months), from.plus_days(months), from.weekday());
        let (from, other) = (Day(from.0 % 200_000), Day(other.0 % 200_000));
        let months = months % MONTHS_IN_A_STEP;
        let (Some(a), Some(b)) = (from.plus_months(months), other.plus_months(months)) else { return Ok(()) };
        prop_assert!(a >= from);
        prop_assert_eq!(from.cmp(&other) == std::cmp::Ordering::Less && a > b, false);
    }

    #[test]
    fn any_instant_has_a_time_of_day(at in any::<u64>()) {
        let at = Instant(at);
        let back = Day::of(at).at(TimeOfDay::of(at));
        if Day::of(at) <= Day::LAST {
            prop_assert!(back <= at && at.since(back) < 60 * Instant::SECOND);
        }
    }
}
