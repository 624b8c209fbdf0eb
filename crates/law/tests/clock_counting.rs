//! Properties of counting, over any start, length, pause and calendar that ships.
#![allow(clippy::unwrap_used)]

use anlan_base::{Day, Instant, WorkCalendar, parse_time};
use anlan_law::clock::{
    Asked, Clock, Due, NoDue, OCCURRENCES, PAUSES, Pause, Span, Term, Why, due, occurrences, parse_calendars, parse_clocks,
};
use anlan_law::shipped::FILES;
use proptest::prelude::*;

fn calendar() -> WorkCalendar {
    let files: Vec<_> = FILES.iter().filter(|(path, _)| path.starts_with("cn/calendars/")).copied().collect();
    parse_calendars(&files).unwrap().work
}

/// A clock with these lines beside its names.
fn clock(lines: &str) -> Clock {
    let text = format!(
        "[[clock]]\nid = \"c\"\nname = {{ zh = \"一\", en = \"One\" }}\nstop = \"done\"\nbasis = [{{ zh = \"据\", en = \"B\" }}]\nsureness = \"certain\"\n{lines}\n"
    );
    parse_clocks(&[("cn/clocks.toml", &text)]).unwrap().get("c").unwrap().clone()
}

fn running(length: &str) -> Clock {
    clock(&format!("start = \"received\"\n{length}"))
}

fn at(text: &str) -> Instant {
    parse_time(text).unwrap()
}

fn get(clock: &Clock, start: &str) -> Due {
    due(clock, &Asked::at(at(start)), &calendar()).unwrap()
}

#[test]
fn every_step_is_said() {
    // LAWPACK-53 LAWPACK-54 LAWPACK-56
    let due = get(&running("within = \"P3D\"\nunit = \"working_day\""), "2026-09-30T23:59");
    let last = "2026-10-10".parse().unwrap();
    let first = "2026-10-01".parse().unwrap();
    assert_eq!(due.why, [Why::FromNextDay { first }, Why::WorkingDays { count: 3, last, holidays: 5, made_up: 1 }]);
    assert_eq!((due.day, due.guessed, due.last_working_day.unwrap().value), (last, None, last));

    let due = get(&running("within = \"P1M\"\nroll = \"next_working_day\""), "2026-12-02T08:00");
    assert!(matches!(due.why.as_slice(), [_, Why::SameNumber { .. }, Why::Moved { .. }, Why::NoCalendar(_)]), "{:?}", due.why);
    let due = get(&running("within = \"P6M\""), "2026-08-31T08:00");
    assert!(matches!(due.why.as_slice(), [_, Why::MonthEnd { months: 6, .. }]));
    for lang in [anlan_base::text::Lang::Zh, anlan_base::text::Lang::En] {
        assert!(due.why.iter().all(|why| !why.say(lang).contains('‹') && !why.say(lang).contains('{')));
    }
}

#[test]
fn all_words_are_there() {
    let day = Day(20_000);
    let guessed = anlan_base::Guessed { first_year: 2027, last_year: 2027 };
    let steps = [
        Why::Hours { minutes: 90 },
        Why::FromNextDay { first: day },
        Why::Days { count: 3, last: day },
        Why::SameNumber { months: 6, last: day },
        Why::MonthEnd { months: 6, last: day },
        Why::WorkingDays { count: 3, last: day, holidays: 5, made_up: 1 },
        Why::Ahead { event: day, last: day },
        Why::Named { day },
        Why::Moved { from: day, to: day },
        Why::StoodStill { days: 2, minutes: 0 },
        Why::AtOnce,
        Why::Ordered,
        Why::Own { span: Span::Days(3) },
        Why::NoCalendar(guessed),
    ];
    let none = [
        NoDue::AsOrdered,
        NoDue::AsRequested,
        NoDue::NotSet,
        NoDue::NoRow,
        NoDue::Looser,
        NoDue::OrderedBeforeStart,
        NoDue::StandsStill,
        NoDue::TooMany,
        NoDue::OutsideCalendar,
        NoDue::DoesNotRecur,
    ];
    for lang in [anlan_base::text::Lang::Zh, anlan_base::text::Lang::En] {
        let said = steps.iter().map(|why| why.say(lang)).chain(none.iter().map(|none| none.say(lang)));
        for words in said {
            assert!(!words.contains('‹') && !words.contains('{'), "{words}");
        }
    }
}

#[test]
fn no_working_day_may_be_left() {
    // LAWPACK-56
    let four_hours = running("within = \"PT4H\"");
    assert_eq!(get(&four_hours, "2026-01-01T00:00").last_working_day, None);
    let over_midnight = get(&four_hours, "2025-12-31T22:30");
    assert_eq!(over_midnight.last_working_day.unwrap().value, "2025-12-31".parse().unwrap());
    assert_eq!(over_midnight.at, at("2026-01-01T02:30"));
}

#[test]
fn limits_of_questions() {
    // LAWPACK-57
    let calendar = calendar();
    let days = running("within = \"P3D\"\nunit = \"working_day\"");
    let start = at("2026-03-02T09:00");
    for (count, fits) in [(PAUSES - 1, true), (PAUSES, true), (PAUSES + 1, false)] {
        let pauses = vec![Pause { from: start, until: Some(start.plus_seconds(60)) }; count];
        let asked = Asked { pauses: &pauses, ..Asked::at(start) };
        assert_eq!(due(&days, &asked, &calendar).is_ok(), fits, "{count}");
    }
    let daily = clock("each = \"day\"");
    for (count, fits) in [(OCCURRENCES - 1, true), (OCCURRENCES, true), (OCCURRENCES + 1, false)] {
        assert_eq!(occurrences(&daily, start, count, &calendar).is_ok(), fits, "{count}");
    }
    assert_eq!(occurrences(&days, start, 1, &calendar), Err(NoDue::DoesNotRecur));
}

#[test]
fn two_days_moved_to_one_are_two_due_times() {
    // LAWPACK-55
    let twice = clock("each = \"month\"\non = [\"1\", \"5\"]\nroll = \"next_working_day\"");
    let dues = occurrences(&twice, at("2026-09-30T09:00"), 3, &calendar()).unwrap();
    let days: Vec<String> = dues.iter().map(|due| due.day.to_string()).collect();
    assert_eq!(days, ["2026-10-08", "2026-10-08", "2026-11-02"]);
    // On the 7th both still lie ahead, though the rule names the 1st and the 5th.
    assert_eq!(get(&twice, "2026-10-07T09:00").day.to_string(), "2026-10-08");
    let before = clock("each = \"month\"\non = [\"5\"]\nroll = \"previous_working_day\"");
    assert_eq!(get(&before, "2026-10-01T09:00").day.to_string(), "2026-11-05");
    assert_eq!(get(&before, "2026-09-30T09:00").day.to_string(), "2026-09-30");
}

#[test]
fn the_end_of_time_is_an_answer() {
    let calendar = calendar();
    for clock in [
        running("within = \"PT4H\""),
        running("within = \"P3D\""),
        running("within = \"P6M\""),
        running("within = \"P3D\"\nunit = \"working_day\""),
        running("keep = \"P1Y\""),
        clock("each = \"month\"\non = [\"28\"]"),
        clock("each = \"working_day\"\nat = \"08:30\""),
    ] {
        assert_eq!(due(&clock, &Asked::at(Instant(u64::MAX)), &calendar), Err(NoDue::OutsideCalendar), "{:?}", clock.term);
        assert!(due(&clock, &Asked::at(Instant(0)), &calendar).is_ok());
    }
    let ahead = running("ahead = \"P7D\"");
    assert_eq!(due(&ahead, &Asked::at(Instant(0)), &calendar), Err(NoDue::OutsideCalendar));
}

fn lengths() -> impl Strategy<Value = String> {
    prop_oneof![
        (1_u32..10_000).prop_map(|count| format!("within = \"PT{count}M\"")),
        (1_u32..3_000).prop_map(|count| format!("within = \"P{count}D\"")),
        (1_u32..400).prop_map(|count| format!("within = \"P{count}D\"\nunit = \"working_day\"")),
        (1_u32..200).prop_map(|count| format!("within = \"P{count}M\"")),
        (1_u32..200).prop_map(|count| format!("within = \"P{count}M\"\nroll = \"next_working_day\"")),
        (1_u32..200).prop_map(|count| format!("every = \"P{count}D\"\nroll = \"next_working_day\"")),
        Just("within = \"immediate\"".to_owned()),
    ]
}

fn recurrences() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("each = \"day\"".to_owned()),
        Just("each = \"working_day\"\nat = \"08:30\"".to_owned()),
        Just("each = \"week\"\non = [\"MON\"]\nat = \"12:00\"".to_owned()),
        (1_u8..=31, any::<bool>()).prop_map(|(day, roll)| format!(
            "each = \"month\"\non = [\"{day}\"]{}",
            if roll { "\nroll = \"next_working_day\"" } else { "\nroll = \"previous_working_day\"" }
        )),
        (1_u8..=3, 1_u8..=31).prop_map(|(month, day)| format!("each = \"quarter\"\non = [\"{month}-{day}\"]")),
        (1_u8..=12, 1_u8..=28).prop_map(|(month, day)| format!("each = \"year\"\non = [\"{month:02}-{day:02}\"]")),
    ]
}

/// From 2023 to 2029: years with and without a calendar.
fn moments() -> impl Strategy<Value = Instant> {
    (1_672_502_400_u64..1_893_427_200).prop_map(Instant::from_unix_seconds)
}

proptest! {
    #[test]
    fn nothing_is_due_before_it_starts(length in lengths(), start in moments(), pauses in pauses()) {
        let clock = running(&length);
        let calendar = calendar();
        let plain = due(&clock, &Asked::at(start), &calendar).unwrap();
        prop_assert!(plain.at >= start);
        if matches!(clock.term, Term::Within { .. }) {
            prop_assert!(plain.at > start || plain.why == [Why::AtOnce]);
        }
        let asked = Asked { pauses: &pauses, ..Asked::at(start) };
        match due(&clock, &asked, &calendar) {
            Ok(paused) => prop_assert!(paused.at >= plain.at),
            Err(none) => prop_assert_eq!(none, NoDue::StandsStill),
        }
    }

    #[test]
    fn a_later_start_is_never_due_earlier(length in lengths(), one in moments(), other in moments()) {
        let (clock, calendar) = (running(&length), calendar());
        let (first, second) = (one.min(other), one.max(other));
        let due = |start| due(&clock, &Asked::at(start), &calendar).unwrap().at;
        prop_assert!(due(first) <= due(second));
    }

    #[test]
    fn working_days_count_back(count in 1_u32..300, start in moments()) {
        // LAWPACK-54
        let (clock, calendar) = (running(&format!("within = \"P{count}D\"\nunit = \"working_day\"")), calendar());
        let due = due(&clock, &Asked::at(start), &calendar).unwrap();
        prop_assert_eq!(calendar.working_days_between(Day::of(start), due.day).unwrap().value, count);
        prop_assert_eq!(due.last_working_day.unwrap().value, due.day);
    }

    #[test]
    fn days_that_come_again_come_in_order(lines in recurrences(), from in moments()) {
        // LAWPACK-55
        let (clock, calendar) = (clock(&lines), calendar());
        let dues = occurrences(&clock, from, 20, &calendar).unwrap();
        prop_assert!(dues.iter().all(|due| due.at >= from));
        prop_assert!(dues.windows(2).all(|two| two[0].at <= two[1].at));
        prop_assert_eq!(&dues[0], &due(&clock, &Asked::at(from), &calendar).unwrap());
        // What is asked from just after the first is the second, unless both were moved to one day.
        let next = due(&clock, &Asked::at(Instant(dues[0].at.0 + 1)), &calendar).unwrap();
        prop_assert!(dues.iter().any(|due| due.at == next.at));
    }

    #[test]
    fn no_text_panics(text in "[ -~一-龥\n\"\\[\\]={}]{0,200}") {
        let _ = parse_clocks(&[("a/clocks.toml", &text)]);
        let _ = parse_calendars(&[("a/calendars/2030.toml", &text)]);
        let _ = Span::parse(&text, anlan_law::clock::Unit::CalendarDay);
    }
}

fn pauses() -> impl Strategy<Value = Vec<Pause>> {
    let pause = (moments(), 0_u64..40_000_000, any::<bool>())
        .prop_map(|(from, length, closed)| Pause { from, until: closed.then(|| from.plus_seconds(length)) });
    proptest::collection::vec(pause, 0..6)
}
