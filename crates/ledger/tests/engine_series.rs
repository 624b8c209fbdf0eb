//! Records that are due again and again: which occurrence is opened when, over holidays, month ends and long stops.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]

#[path = "engine/office.rs"]
mod office;
#[path = "engine/world.rs"]
mod world;

use anlan_base::Instant;
use anlan_law::Bilingual;
use anlan_law::clock::{Each, Recurrence, Roll, Span};
use anlan_law::kind::{Escalation, Role, Series, SeriesTerm, Who};
use anlan_ledger::engine::{ClockState, SERIES_BEHIND, SERIES_CLOCK, series_due, series_open};

use office::*;
use world::{Desk, NOBODY, at};

fn series(each: &str, on: &[&str], time: Option<&str>, roll: Roll, ahead: Option<Span>) -> Series {
    let recurrence = Recurrence { each: Each::parse(each, on).unwrap(), time: time.map(|time| time.parse().unwrap()), roll };
    let escalate = vec![Escalation { after: None, to: vec![Who::Role(Role::Head)] }];
    let title = Bilingual { zh: "例行".to_owned(), en: "Routine".to_owned() };
    Series {
        name: "routine".to_owned(),
        title,
        when: SeriesTerm::Own { recurrence },
        stop: Vec::new(),
        ahead,
        remind: vec![Span::Minutes(60)],
        escalate,
    }
}

/// The occurrences that are opened when the ticker looks every hour between two moments, each with when.
fn opened(desk: &mut Desk, series: &Series, from: &str, until: &str) -> Vec<(String, String)> {
    let (since, mut last, mut all) = (at(from), None::<Instant>, Vec::new());
    desk.now = since;
    while desk.now <= at(until) {
        while let Some(next) = series_due(series, since, last, &desk.context(&NOBODY)).unwrap() {
            assert!(last.is_none_or(|last| next > last));
            all.push((desk.now.to_civil()[5..16].to_owned(), next.to_civil()[5..].to_owned()));
            last = Some(next);
        }
        desk.now = desk.now.plus_seconds(3_600);
    }
    all
}

#[test]
fn each_occurrence_is_opened_once_and_in_time() {
    let mut desk = desk();
    let day = Some(Span::Days(1));
    for (each, on, time, roll, ahead, from, until, first, last, count) in [
        (
            "day",
            &[][..],
            None,
            Roll::Stay,
            None,
            "2026-09-29T10:00",
            "2026-10-08T10:00",
            ("09-29 10:00", "09-29 23:59:59"),
            ("10-08 00:00", "10-08 23:59:59"),
            10,
        ),
        (
            "working_day",
            &[],
            Some("17:00"),
            Roll::Stay,
            None,
            "2026-09-29T10:00",
            "2026-10-11T10:00",
            ("09-29 10:00", "09-29 17:00:00"),
            ("10-10 17:00", "10-12 17:00:00"),
            6,
        ),
        (
            "week",
            &["MON"],
            Some("12:00"),
            Roll::NextWorkingDay,
            day,
            "2026-09-29T10:00",
            "2026-10-20T10:00",
            ("10-07 00:00", "10-08 12:00:00"),
            ("10-18 00:00", "10-19 12:00:00"),
            3,
        ),
        (
            "month",
            &["28"],
            None,
            Roll::Stay,
            day,
            "2026-09-29T10:00",
            "2026-12-29T10:00",
            ("10-27 00:00", "10-28 23:59:59"),
            ("12-27 00:00", "12-28 23:59:59"),
            3,
        ),
        (
            "month",
            &["last"],
            None,
            Roll::PreviousWorkingDay,
            day,
            "2026-10-01T10:00",
            "2026-12-31T10:00",
            ("10-29 00:00", "10-30 23:59:59"),
            ("12-30 00:00", "12-31 23:59:59"),
            3,
        ),
        (
            "quarter",
            &["3-last"],
            None,
            Roll::Stay,
            Some(Span::Days(10)),
            "2026-09-29T10:00",
            "2027-01-05T10:00",
            ("09-29 10:00", "09-30 23:59:59"),
            ("12-21 00:00", "12-31 23:59:59"),
            2,
        ),
        (
            "year",
            &["12-04"],
            None,
            Roll::Stay,
            Some(Span::Months(1)),
            "2026-09-29T10:00",
            "2027-11-05T10:00",
            ("11-04 00:00", "12-04 23:59:59"),
            ("11-04 00:00", "12-04 23:59:59"),
            2,
        ),
    ] {
        let got = opened(&mut desk, &series(each, on, time, roll, ahead), from, until);
        let pair = |(opened, due): (&str, &str)| (opened.to_owned(), due.to_owned());
        assert_eq!(
            (got.first().cloned().unwrap(), got.last().cloned().unwrap(), got.len()),
            (pair(first), pair(last), count),
            "{each} {on:?}: {got:?}"
        );
    }
}

#[test]
fn after_a_long_stop_the_newest_are_made_up_for() {
    let desk_at = |now: &str| {
        let mut desk = desk();
        desk.now = at(now);
        desk
    };
    let daily = series("day", &[], None, Roll::Stay, None);
    let (since, last) = (at("2026-01-01T00:00"), at("2026-06-01T23:59:59"));
    let last = Some(Instant(last.0 + 999_999_999));
    for (now, first) in [
        ("2026-06-02T08:00", "2026-06-02"),
        ("2026-06-05T08:00", "2026-06-02"),
        // 40 lie behind from 2 June to 11 July; one more, and the oldest is passed over.
        ("2026-07-12T08:00", "2026-06-02"),
        ("2026-07-13T08:00", "2026-06-03"),
        ("2027-06-01T08:00", "2027-04-22"),
    ] {
        let desk = desk_at(now);
        let next = series_due(&daily, since, last, &desk.context(&NOBODY)).unwrap().unwrap();
        assert_eq!(next.to_civil()[..10], *first, "{now}");
    }
    assert_eq!(SERIES_BEHIND, 40);
}

#[test]
fn an_occurrence_is_a_record_with_a_clock_and_somebody_who_holds_it() {
    let mut desk = shipped_desk();
    let kind = desk.kinds.get("patrol").unwrap().clone();
    let patrol = kind.series.iter().find(|series| series.name == "workday").unwrap();
    let due = series_due(patrol, desk.now, None, &desk.context(&NOBODY)).unwrap().unwrap();
    let drafts = series_open(&kind, patrol, SCHOOL, due, &desk.context(&NOBODY)).unwrap();
    let number = desk.write(None, drafts).remove(0);
    let record = &desk.records[&number];
    assert_eq!((record.opener, record.series.clone()), (None, Some(("workday".to_owned(), due))));
    assert!(record.holder.is_some_and(|holder| desk.town.is_there(holder)));
    assert!(record.values[&kind.title_field].ends_with("2026-09-29"));
    assert!(matches!(&record.clocks[SERIES_CLOCK], ClockState::Running(running) if running.due == due));
    desk.now = at("2026-09-30T08:00");
    desk.tick();
    assert!(desk.acts(&number).contains(&"record.late"));
    let holder = desk.records[&number].holder.unwrap();
    let walked =
        [("owner", "p8"), ("happened", "2026-09-30T07:00"), ("area", "机房"), ("minutes", "60"), ("result", "sound"), ("note", "正常")];
    let walked: Vec<_> =
        walked.into_iter().filter(|(name, _)| kind.a_move("walk").unwrap().needs.iter().any(|need| need == name)).collect();
    desk.make(holder, &number, "walk", &walked).unwrap();
    assert!(matches!(&desk.records[&number].clocks[SERIES_CLOCK], ClockState::Stopped { late: true, .. }));
}
