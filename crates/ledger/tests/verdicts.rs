//! Verdicts as the ledger keeps them: newest, history, ended days; what a verifier finds; both engines.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod room;

use VerdictState::{AtRisk, Failing, Met, Unknown};
use anlan_base::{Day, Instant};
use anlan_ledger::{DUTIES, KeptVerdict, LedgerError, Reached, VERDICT_BODY_BYTES, VERDICT_HISTORY, VerdictState};
use room::{Room, cluster, options, room, room_in, room_of_file};

const HOUR: u64 = 3_600;

fn reached(duty: &str, state: VerdictState) -> Reached {
    Reached { duty: duty.to_owned(), state, computed: true, body: format!("{{\"of\":\"{duty} {state}\"}}") }
}

async fn measure(room: &Room, new: &[(&str, VerdictState)]) {
    let new: Vec<Reached> = new.iter().map(|(duty, state)| reached(duty, *state)).collect();
    room.ledger.keep_measurement(&new, &[]).await.unwrap();
}

fn states(verdicts: &[KeptVerdict]) -> Vec<(&str, VerdictState)> {
    verdicts.iter().map(|kept| (kept.duty.as_str(), kept.state)).collect()
}

async fn days(room: &Room) -> Vec<(u32, Vec<(String, VerdictState)>)> {
    let first = Day::of(room::START).0;
    let days = room.ledger.verdict_days(Day(first - 1), Day(first + 1_000)).await.unwrap();
    days.into_iter().map(|(day, states)| (day.0 - first, states.into_iter().collect())).collect()
}

fn named(states: &[(&str, VerdictState)]) -> Vec<(String, VerdictState)> {
    states.iter().map(|(duty, state)| ((*duty).to_owned(), *state)).collect()
}

// VERDICT-8
#[tokio::test]
async fn each_verdict_is_an_entry_and_leads_to_the_one_before() {
    let room = room().await;
    assert_eq!((room.ledger.verdicts().await.unwrap(), room.ledger.last_measured().await.unwrap()), (vec![], None));
    for (after, new) in
        [(0, vec![("D002", Met), ("D001", Unknown)]), (1, vec![]), (2, vec![("D001", Failing)]), (3, vec![("D001", AtRisk)])]
    {
        room.clock.advance_seconds(after * 60);
        measure(&room, &new).await;
    }
    let ledger = &room.ledger;
    assert_eq!(states(&ledger.verdicts().await.unwrap()), [("D001", AtRisk), ("D002", Met)]);
    let reach = "verdict.reach";
    let measured = "verdict.measure";
    assert_eq!(room.acts().await, [reach, reach, measured, measured, reach, measured, reach, measured]);
    assert_eq!(ledger.last_measured().await.unwrap(), Some(Instant(room::START.0 + 6 * 60 * Instant::SECOND)));

    let history = ledger.verdict_history("D001", None, 10).await.unwrap();
    assert_eq!(history.iter().map(|kept| kept.state).collect::<Vec<_>>(), [AtRisk, Failing, Unknown]);
    assert_eq!(history.iter().map(|kept| kept.entry).collect::<Vec<_>>(), [7, 5, 2]);
    assert_eq!(history[2].body, "{\"of\":\"D001 unknown\"}");
    let page = ledger.verdict_history("D001", None, 2).await.unwrap();
    let rest = ledger.verdict_history("D001", Some(page[1].entry), 2).await.unwrap();
    assert_eq!([page, rest].concat(), history);
    for (duty, before) in [("D003", None), ("D001", Some(1)), ("D001", Some(3)), ("D001", Some(99)), ("D001", Some(2))] {
        assert_eq!(ledger.verdict_history(duty, before, 10).await.unwrap(), [], "{duty} {before:?}");
    }
    ledger.sequenced(&[(7, 107)]).await.unwrap();
    assert_eq!(ledger.verdicts().await.unwrap()[0].leaf, Some(107));
    room.assert_sound().await;

    // A restart changes nothing.
    ledger.close().await;
    let again = room.reopen().await.unwrap();
    assert_eq!(again.verdict_history("D001", None, 10).await.unwrap().len(), 3);
    assert_eq!(again.last_measured().await.unwrap(), Some(anlan_base::Clock::now(&*room.clock)));
}

// VERDICT-9
#[tokio::test]
async fn a_day_that_ended_keeps_the_worst_of_its_measurements() {
    let room = room().await; // 19:06 in Beijing
    measure(&room, &[("D001", Met), ("D002", AtRisk), ("D003", Unknown)]).await;
    room.clock.advance_seconds(HOUR);
    measure(&room, &[("D001", Failing), ("D003", Met)]).await;
    room.clock.advance_seconds(HOUR);
    measure(&room, &[("D001", Met)]).await;
    assert_eq!(days(&room).await, []);
    // The next day begins with better states; what was worse yesterday does not count today.
    room.clock.advance_seconds(5 * HOUR);
    measure(&room, &[("D002", Met)]).await;
    let first = (0, named(&[("D001", Failing), ("D002", AtRisk), ("D003", Unknown)]));
    assert_eq!(days(&room).await, std::slice::from_ref(&first));
    // Three days without a measurement leave no rows.
    room.clock.advance_seconds(4 * 24 * HOUR);
    measure(&room, &[("D003", Failing)]).await;
    let second = (1, named(&[("D001", Met), ("D002", Met), ("D003", Met)]));
    assert_eq!(days(&room).await, [first.clone(), second.clone()]);
    room.clock.advance_seconds(24 * HOUR);
    measure(&room, &[]).await;
    let fifth = (5, named(&[("D001", Met), ("D002", Met), ("D003", Failing)]));
    assert_eq!(days(&room).await, [first, second, fifth]);
    assert_eq!(room.acts().await.iter().filter(|act| *act == "verdict.day").count(), 3);
    room.assert_sound().await;
}

// VERDICT-9
#[tokio::test]
async fn a_clock_that_was_set_back_closes_no_day_twice() {
    let room = room().await;
    measure(&room, &[("D001", Met)]).await;
    room.clock.advance_seconds(24 * HOUR);
    measure(&room, &[("D001", Failing)]).await;
    room.clock.set(room::START);
    measure(&room, &[("D001", AtRisk)]).await;
    room.clock.advance_seconds(48 * HOUR);
    measure(&room, &[]).await;
    assert_eq!(days(&room).await, [(0, named(&[("D001", Met)])), (1, named(&[("D001", Failing)]))]);
    room.assert_sound().await;
}

#[tokio::test]
async fn a_duty_that_counts_no_more_is_told_and_may_come_back() {
    let room = room().await;
    measure(&room, &[("D001", Failing), ("D002", Met)]).await;
    room.ledger.keep_measurement(&[], &["D001".into(), "D009".into()]).await.unwrap();
    assert_eq!(states(&room.ledger.verdicts().await.unwrap()), [("D002", Met)]);
    assert_eq!(room.acts().await.iter().filter(|act| *act == "verdict.drop").count(), 1);
    measure(&room, &[("D001", Met)]).await;
    assert_eq!(room.ledger.verdict_history("D001", None, 9).await.unwrap().len(), 1, "a new beginning");
    room.clock.advance_seconds(24 * HOUR);
    measure(&room, &[]).await;
    assert_eq!(days(&room).await, [(0, named(&[("D001", Met), ("D002", Met)]))]);
    room.assert_sound().await;
}

#[tokio::test]
async fn what_does_not_fit_is_refused_whole() {
    let room = room().await;
    measure(&room, &[("D001", Met)]).await;
    let before = room.acts().await;
    let long = Reached { body: "x".repeat(VERDICT_BODY_BYTES + 1), ..reached("D002", Met) };
    for wrong in [vec![reached("", Met)], vec![reached("D 1", Met)], vec![reached("D1\n", Met)], vec![reached("D002", Met), long]] {
        assert!(matches!(room.ledger.keep_measurement(&wrong, &[]).await, Err(LedgerError::Unfit { .. })));
    }
    let twice = room.ledger.keep_measurement(&[reached("D001", Met), reached("D001", Failing)], &[]).await;
    assert!(matches!(twice, Err(LedgerError::Exists { .. })), "{twice:?}");
    // One duty is there already.
    for (more, fits) in [(DUTIES - 2, true), (DUTIES - 1, true), (DUTIES, false)] {
        let many: Vec<Reached> = (0..more).map(|n| reached(&format!("X{n}"), Met)).collect();
        let kept = room.ledger.keep_measurement(&many, &[]).await;
        assert_eq!(kept.is_ok(), fits, "{more}: {kept:?}");
    }
    assert!(matches!(room.ledger.note_act(&room::admin(), "verdict.reach", &[]).await, Err(LedgerError::Unfit { .. })));
    let exact = Reached { body: "x".repeat(VERDICT_BODY_BYTES), ..reached("D001", Met) };
    room.ledger.keep_measurement(&[exact], &[]).await.unwrap();
    assert!(room.acts().await.starts_with(&before));
    room.assert_sound().await;
}

#[tokio::test]
async fn a_history_is_read_in_bounded_parts() {
    let room = room().await;
    for n in 0..u64::from(VERDICT_HISTORY) + 1 {
        measure(&room, &[("D001", if n % 2 == 0 { Met } else { Failing })]).await;
    }
    let history = room.ledger.verdict_history("D001", None, u32::MAX).await.unwrap();
    assert_eq!(history.len(), VERDICT_HISTORY as usize);
    let rest = room.ledger.verdict_history("D001", history.last().map(|kept| kept.entry), 10).await.unwrap();
    assert_eq!(rest.iter().map(|kept| kept.entry).collect::<Vec<_>>(), [1]);
}

async fn measured_room() -> Room {
    let room = room().await;
    measure(&room, &[("D001", Failing), ("D002", Met)]).await;
    room.clock.advance_seconds(24 * HOUR);
    measure(&room, &[("D001", Met)]).await;
    room.assert_sound().await;
    room
}

// VERDICT-8
#[tokio::test]
async fn each_changed_row_is_named() {
    for (change, table) in [
        ("UPDATE verdict SET state = 'met', worst = 'met' WHERE duty = 'D002'", ""),
        ("UPDATE verdict SET state = 'failing' WHERE duty = 'D002'", "verdict"),
        ("UPDATE verdict SET state = 'green' WHERE duty = 'D002'", "verdict"),
        ("UPDATE verdict SET worst = 'failing' WHERE duty = 'D002'", "verdict"),
        ("UPDATE verdict SET entry = 1 WHERE duty = 'D001'", "verdict"),
        ("UPDATE verdict SET duty = 'D003' WHERE duty = 'D001'", "verdict"),
        ("DELETE FROM verdict WHERE duty = 'D001'", "verdict"),
        ("INSERT INTO verdict (duty, entry, state, worst) VALUES ('D003', 1, 'met', 'met')", "verdict"),
        ("UPDATE verdict_run SET at = at + 1", "verdict_run"),
        ("UPDATE verdict_run SET day = '2030-01-01'", "verdict_run"),
        ("UPDATE verdict_run SET day = 'soon'", "verdict_run"),
        ("DELETE FROM verdict_run", "verdict_run"),
        ("INSERT INTO verdict_run (slot, entry, at, day) VALUES (2, 1, 1, '2030-01-01')", "verdict_run"),
        ("UPDATE verdict_day SET states = 'D001 met'", "verdict_day"),
        ("UPDATE verdict_day SET day = '2026-01-01'", "verdict_day"),
        ("DELETE FROM verdict_day", "verdict_day"),
    ] {
        let room = measured_room().await;
        room.tamper(change).await;
        let expected: Vec<&str> = Some(table).filter(|table| !table.is_empty()).into_iter().collect();
        assert_eq!(room.ledger.check_projections().await.unwrap(), expected, "{change}");
    }
}

/// Entries that no ledger could have written in this order, with digests that hold.
#[tokio::test]
async fn entries_that_could_not_have_followed_are_named() {
    for (act, name, value) in [
        ("verdict.reach", "before", "7"),
        ("verdict.reach", "state", "green"),
        ("verdict.reach", "kind", "guessed"),
        ("verdict.day", "states", "D001 met\nD002 met\n"),
        ("verdict.day", "day", "2026-01-01"),
        ("verdict.measure", "day", "2026-01-01"),
        ("verdict.measure", "duties", "1"),
    ] {
        let room = measured_room().await;
        let number = room.entries().await.iter().rev().find(|entry| entry.text("act") == Some(act)).unwrap().number;
        room.forge(number, |row| {
            let field = room::field(row, name);
            field.value = Some(value.as_bytes().to_vec());
            field.digest = anlan_ledger::field_digest(&field.salt.unwrap(), value.as_bytes());
        })
        .await;
        assert!(room.ledger.check_projections().await.unwrap().contains(&"entry".to_owned()), "{act} {name}");
    }
}

#[tokio::test]
async fn both_engines_keep_the_same_verdicts() {
    let Some(cluster) = cluster() else { return };
    let mut told = Vec::new();
    for room in [room_of_file(options()).await, room_in(cluster, options()).await] {
        measure(&room, &[("D001", Failing), ("d-2", Met)]).await;
        room.clock.advance_seconds(24 * HOUR);
        measure(&room, &[("D001", Met)]).await;
        room.assert_sound().await;
        let ledger = &room.ledger;
        told.push((ledger.verdicts().await.unwrap(), ledger.verdict_history("D001", None, 9).await.unwrap(), days(&room).await));
    }
    assert_eq!(told[0], told[1]);
}
