//! From what a bureau did to the verdicts on its duties: kept, shown, stale, attested, and found when somebody changes them.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may")]

mod bureau;

use std::sync::Arc;

use anlan_assure::assess::{Assessor, STALE, State, Verdict};
use anlan_base::{Clock, Day, Instant};
use anlan_law::clock::{Span, kept_through};
use anlan_law::duty::{Shown, Why};
use anlan_ledger::engine::Command;
use bureau::{Bureau, DAY, book};

fn assessor(bureau: &Bureau) -> Assessor {
    let (site, clock) = (bureau.site(), Arc::clone(&bureau.clock));
    Assessor::new(move || anlan_assure::assess::Site { now: clock.now(), ..site.clone() })
}

async fn acts(bureau: &Bureau) -> Vec<String> {
    let (mut acts, mut next) = (Vec::new(), 1);
    loop {
        let page = bureau.ledger.entries(next, 1_000).await.unwrap();
        let Some(last) = page.last() else { return acts };
        next = last.number + 1;
        acts.extend(page.iter().map(|entry| entry.text("act").unwrap().to_owned()));
    }
}

async fn of(assessor: &Assessor, duty: &str) -> Verdict {
    assessor.standings().await.unwrap().verdicts.into_iter().find(|verdict| verdict.duty == duty).unwrap()
}

/// Letters of an attested duty of the books, with how long a word counts.
fn attested() -> (String, Span) {
    let book = book();
    let found = book.duties.iter().find_map(|duty| match duty.shown {
        Shown::Attestation { every: every @ Span::Months(12), .. } => Some((duty.id.clone(), every)),
        _ => None,
    });
    found.unwrap()
}

// VERDICT-1: arranged is not carried out, and no record is no proof that nothing happened.
#[tokio::test]
async fn where_nothing_was_entered_nothing_is_met() {
    let bureau = Bureau::begin().await;
    for verdict in assessor(&bureau).assess().await.unwrap().verdicts {
        // The bureau of the tests has its accounts and its three administrators.
        let probe = book().duty(&verdict.duty).and_then(anlan_law::duty::Duty::probe).map(|probe| probe.name());
        let is_of_people = matches!(probe, Some("accounts.policy" | "roles.separated"));
        assert!(verdict.state != State::Met || is_of_people, "{}: {:?} {:?}", verdict.duty, verdict.facts, verdict.reasons);
    }
}

// VERDICT-1 VERDICT-8
#[tokio::test]
async fn what_differs_is_kept_and_a_restart_keeps_all_of_it() {
    let bureau = Bureau::begin().await;
    let assessor = assessor(&bureau);
    let nothing = assessor.standings().await.unwrap();
    assert_eq!((nothing.verdicts.len(), nothing.count.unknown, nothing.count.total()), (0, book().duties.len(), book().duties.len()));

    let first = assessor.assess().await.unwrap();
    let ids: Vec<&str> = first.verdicts.iter().map(|verdict| verdict.duty.as_str()).collect();
    assert_eq!(ids, book().duties.iter().map(|duty| duty.id.as_str()).collect::<Vec<_>>(), "in the order of the packs");
    assert_eq!(first.count.total(), ids.len());
    for verdict in &first.verdicts {
        assert!(verdict.entry.is_some(), "{verdict:?}");
        assert_eq!(verdict.state == State::Unknown, verdict.why.is_some(), "{verdict:?}");
        assert!(verdict.state != State::Unknown || !verdict.reasons.is_empty(), "unknown has a reason: {verdict:?}");
        for lang in [anlan_base::text::Lang::Zh, anlan_base::text::Lang::En] {
            assert!(!verdict.sentence(lang).contains(['‹', '{']), "{}", verdict.sentence(lang));
        }
    }
    let reached = |acts: &[String]| acts.iter().filter(|act| *act == "verdict.reach").count();
    assert_eq!(reached(&acts(&bureau).await), ids.len());
    // Nothing has changed: one entry says so, and that it was looked.
    let before = acts(&bureau).await.len();
    bureau.clock.advance_seconds(60);
    let again = assessor.assess().await.unwrap();
    assert_eq!(acts(&bureau).await.len(), before + 1);
    assert!(again.verdicts.iter().all(|verdict| verdict.at == bureau.clock.now()));
    // A hazard whose day has passed changes what stands on hazards.
    bureau.open("hazard", bureau.first, &[("deadline", &bureau.day(1))]).await;
    bureau.pass(40).await;
    assessor.assess().await.unwrap();
    let changed = acts(&bureau).await;
    assert!(reached(&changed) > ids.len());
    let is_ledger = |duty: &&anlan_law::duty::Duty| matches!(&duty.shown, Shown::Probe { probe, of, .. } if probe.name() == "hazards.overdue" && of.is_empty());
    let hazards = book().duties.iter().find(is_ledger).unwrap().id.clone();
    let history = assessor.history(&hazards, None, 10).await.unwrap();
    assert!(history.len() >= 2 && history[0].entry > history[1].entry, "{history:#?}");
    assert_eq!(assessor.history(&hazards, history[0].entry, 10).await.unwrap(), history[1..]);
    assert!(bureau.ledger.check_projections().await.unwrap().is_empty());

    let stands = assessor.standings().await.unwrap().verdicts;
    let days = assessor.days(Day(0), Day(99_999)).await.unwrap();
    assert_eq!(days[&hazards].len(), 1, "the first day has ended: {days:?}");
    bureau.ledger.close().await;
    let ledger = Arc::new(anlan_ledger::Ledger::open(&bureau.dir.path().join("ledger.db"), bureau.clock.clone()).await.unwrap());
    ledger.set_book(book()).await.unwrap();
    let (site, clock) = (anlan_assure::assess::Site { ledger, ..bureau.site() }, Arc::clone(&bureau.clock));
    let reopened = Assessor::new(move || anlan_assure::assess::Site { now: clock.now(), ..site.clone() });
    assert_eq!(reopened.standings().await.unwrap().verdicts, stands);
    assert_eq!(reopened.history(&hazards, None, 10).await.unwrap(), history);
    assert_eq!(reopened.days(Day(0), Day(99_999)).await.unwrap(), days);
}

// VERDICT-9
#[tokio::test]
async fn a_day_keeps_its_worst() {
    let bureau = Bureau::begin().await;
    let assessor = assessor(&bureau);
    let (duty, _) = attested();
    let today = bureau.today();
    assessor.assess().await.unwrap();
    let number = attest(&bureau, &duty, "not_met", 300).await;
    assessor.assess().await.unwrap();
    bureau.make(&number, "withdraw", &[]).await;
    attest(&bureau, &duty, "met", 300).await;
    assert_eq!(assessor.assess().await.unwrap().verdicts.iter().find(|verdict| verdict.duty == duty).unwrap().state, State::Met);
    assert!(assessor.days(today, today).await.unwrap().is_empty(), "the day has not ended");
    bureau.clock.advance_seconds(2 * DAY);
    assessor.assess().await.unwrap();
    bureau.clock.advance_seconds(DAY);
    assessor.assess().await.unwrap();
    let days = assessor.days(today, bureau.today()).await.unwrap();
    let second = today.plus_days(2).unwrap();
    assert_eq!(days[&duty].iter().map(|(day, state)| (*day, *state)).collect::<Vec<_>>(), [(today, State::Failing), (second, State::Met)]);
}

// VERDICT-10
#[tokio::test]
async fn a_computed_verdict_goes_stale_after_twenty_six_hours() {
    let bureau = Bureau::begin().await;
    let assessor = assessor(&bureau);
    let fresh = assessor.assess().await.unwrap();
    let computed = fresh.verdicts.iter().find(|verdict| verdict.computed && verdict.state != State::Unknown).unwrap().clone();
    for (age, stale) in [(STALE - 1, false), (STALE, false), (STALE + 1, true)] {
        bureau.clock.set(computed.at.plus_nanos(age));
        let now = of(&assessor, &computed.duty).await;
        assert_eq!((now.stale, now.state == computed.state, now.at), (stale, !stale, computed.at), "{age}");
        if stale {
            assert_eq!((now.state, now.reasons[0].code.as_str()), (State::Unknown, "measured-stale"));
        }
    }
    let standings = assessor.standings().await.unwrap();
    assert!(standings.verdicts.iter().filter(|verdict| verdict.computed).all(|verdict| verdict.stale));
    assert_eq!((standings.count.met, standings.count.failing, standings.count.at_risk), (0, 0, 0));
    // What was kept says what was measured then; measured anew it counts anew.
    assert_eq!(assessor.history(&computed.duty, None, 1).await.unwrap()[0].state, computed.state);
    assessor.assess().await.unwrap();
    assert!(!of(&assessor, &computed.duty).await.stale);
}

async fn attest(bureau: &Bureau, duty: &str, met: &str, days: i64) -> String {
    bureau.open("attestation", bureau.root, &[("duty", duty), ("met", met), ("until", &bureau.day(days))]).await
}

// VERDICT-11
#[tokio::test]
async fn an_attestation_counts_until_its_day_and_never_longer_than_the_pack_allows() {
    let bureau = Bureau::begin().await;
    let assessor = assessor(&bureau);
    let (duty, every) = attested();
    let stand = async || assessor.assess().await.unwrap().verdicts.into_iter().find(|verdict| verdict.duty == duty).unwrap();
    let unknown = stand().await;
    assert_eq!((unknown.state, unknown.why, unknown.computed), (State::Unknown, Some(Why::NotAttested), false));

    let number = attest(&bureau, &duty, "met", 10).await;
    let met = stand().await;
    let who = met.who.clone().unwrap();
    assert_eq!(
        (met.state, met.computed, who.record.as_str(), who.until),
        (State::Met, false, number.as_str(), bureau.today().plus_days(10).unwrap())
    );
    assert!(["chief", "security", "head"].contains(&who.person.as_str()), "by name: {who:?}");
    // Its last day counts whole; the day after it is over, measured anew or not.
    bureau.clock.set(Instant(who.until.next().start().0 - 1));
    assert_eq!(of(&assessor, &duty).await.state, State::Met);
    bureau.clock.advance_seconds(1);
    let over = of(&assessor, &duty).await;
    assert_eq!((over.state, over.why, over.reasons[0].code.as_str()), (State::Unknown, Some(Why::NotAttested), "measured-attested-over"));
    assert_eq!(assessor.standings().await.unwrap().count.met, 0);
    assert_eq!((stand().await.state, stand().await.who), (State::Unknown, None));

    // A word for ten years counts for what the pack allows.
    attest(&bureau, &duty, "met", 3_650).await;
    let last = kept_through(bureau.today(), every).unwrap();
    assert_eq!(stand().await.who.unwrap().until, last);
    for (day, state) in [(last, State::Met), (last.next(), State::Unknown)] {
        bureau.clock.set(day.start());
        assert_eq!(stand().await.state, state, "{day}");
    }
}

// VERDICT-11
#[tokio::test]
async fn the_latest_word_of_each_unit_counts_and_only_the_whole_operator_says_met() {
    let bureau = Bureau::begin().await;
    let assessor = assessor(&bureau);
    let (duty, _) = attested();
    let stand = async || assessor.assess().await.unwrap().verdicts.into_iter().find(|verdict| verdict.duty == duty).unwrap();
    let by_school = Command::Open {
        unit: bureau.first,
        values: [
            ("duty", duty.as_str()),
            ("met", "met"),
            ("until", &bureau.day(30)),
            ("words", "核对"),
            ("evidence", &bureau.file("a.txt", b"a").await),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into(),
        happened: None,
    };
    bureau.ledger.open_record(&bureau.who("head"), "attestation", by_school).await.unwrap();
    assert_eq!(stand().await.state, State::Unknown, "a school does not speak for the bureau");
    let whole = attest(&bureau, &duty, "met", 30).await;
    assert_eq!(stand().await.who.unwrap().record, whole);
    bureau.clock.advance_seconds(60);
    let not = attest(&bureau, &duty, "not_met", 30).await;
    let failing = stand().await;
    assert_eq!((failing.state, failing.reasons[0].code.as_str()), (State::Failing, "measured-attested-not"));
    bureau.make(&not, "withdraw", &[]).await;
    assert_eq!(stand().await.state, State::Met, "taken back");
    // A duty that a probe measures is not attested.
    let computed = book().duties.iter().find(|duty| duty.probe().is_some()).unwrap().id.clone();
    attest(&bureau, &computed, "met", 30).await;
    assessor.assess().await.unwrap();
    assert_eq!(of(&assessor, &computed).await.who, None);
    bureau.make(&whole, "expire", &[]).await;
    assert_eq!(stand().await.state, State::Unknown);
}

#[tokio::test]
async fn asking_how_all_stands_is_quick() {
    let bureau = Bureau::begin().await;
    let assessor = assessor(&bureau);
    assessor.assess().await.unwrap();
    let begun = std::time::Instant::now();
    for _ in 0..20 {
        assert_eq!(assessor.standings().await.unwrap().count.total(), book().duties.len());
    }
    println!("standings: {:?} each", begun.elapsed() / 20);
}
