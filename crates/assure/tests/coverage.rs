//! How far logs cover their term: real vault, ledger and journal, a clock that is set.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may")]

mod school;

use std::time::Instant as Watch;

use anlan_assure::assess::coverage::{Cell, coverage, lost};
use anlan_assure::assess::{How, Measured};
use anlan_base::{Day, Instant, parse_time};
use anlan_law::condition::Fact;
use anlan_law::duty::{Standing, Why};
use anlan_law::probe::Probe;
use anlan_ledger::engine::{Command, Grant, Rights};
use anlan_ledger::records::{ListAsk, StateAsk};
use anlan_vault::{Loss, LossReason, Query, Scope, Search};
use school::{School, TODAY, codes};

const PACKS: [&str; 3] = ["cn", "campus", "government"];
const SWITCHES: [&str; 9] = [
    "ip:192.0.2.1",
    "ip:192.0.2.2",
    "ip:192.0.2.3",
    "ip:192.0.2.4",
    "ip:192.0.2.5",
    "ip:192.0.2.6",
    "ip:192.0.2.7",
    "ip:192.0.2.8",
    "ip:192.0.2.9",
];

async fn list_switches(school: &School) {
    for source in SWITCHES {
        school.list(&format!("交换机 {source}"), "switch", source.strip_prefix("ip:").unwrap()).await;
    }
}

fn number(measured: &Measured, fact: &str) -> i64 {
    match measured.facts.get(fact) {
        Some(Fact::Int(number)) => *number,
        other => panic!("{fact}: {other:?}"),
    }
}

/// Each question that counts lines or records gives its number when it is asked by hand.
async fn ask_by_hand(school: &School, measured: &Measured) {
    // VERDICT-7
    for asked in &measured.asked {
        let given = match asked.how {
            How::Logs => {
                let (query, period) = asked.text.split_once(" --since ").unwrap();
                let (since, until) = period.split_once(" --until ").unwrap();
                let query: Query = query.trim_matches('\'').parse().unwrap();
                let (since, until) = (parse_time(since).unwrap(), parse_time(until).unwrap());
                school.vault.count(&Search { query, since: Some(since), until: Some(until), scope: Scope::All, limit: 0 }).unwrap()
            }
            How::Records => {
                let root = school.ledger.directory().root().unwrap().clone();
                let grants = vec![Grant { role: anlan_law::kind::Role::Audit, unit: root.id, path: root.path }];
                let filters = asked.text.split_once("by.category=").map(|(_, of)| ("category".to_owned(), of.to_owned()));
                let ask = ListAsk {
                    kind: Some("log-source".into()),
                    state: StateAsk::Is("in_use".into()),
                    filters: filters.into_iter().collect(),
                    ..ListAsk::default()
                };
                let page = school.ledger.list(&Rights { person: None, account: None, grants }, &ask).await.unwrap();
                page.rows.len() as u64
            }
            // What `anlan doctor` answers with.
            How::Command => {
                let lost = lost(&school.site()).unwrap();
                match asked.text.as_str() {
                    "doctor --show lost.down_minutes" => lost.down_minutes,
                    "doctor --show lost.dropped_lines" => lost.dropped_lines,
                    other => panic!("{other}"),
                }
            }
        };
        assert_eq!(given, asked.number, "{}", asked.text);
    }
}

#[tokio::test]
async fn one_connected_switch_of_nine_listed_cannot_be_met() {
    // VERDICT-3, VERDICT-7
    for (speaking, standing) in [(1, Standing::Failing), (8, Standing::Failing), (9, Standing::Met)] {
        let school = School::begin(200, &PACKS).await;
        list_switches(&school).await;
        school.confirm().await;
        school.live(TODAY, &SWITCHES[..speaking], |_, _| true);
        school.verified().await;
        let measured = school.measure(Probe::LogCoverage, &[]).await;
        assert_eq!(school.standing("D019", &measured), standing, "{speaking}: {measured:?}");
        assert_eq!((number(&measured, "listed"), number(&measured, "heard")), (9, i64::try_from(speaking).unwrap()));
        assert_eq!(codes(&measured).contains(&"log-not-heard"), speaking < 9);
        ask_by_hand(&school, &measured).await;
    }
}

#[tokio::test]
async fn devices_that_share_an_address_are_one() {
    // VERDICT-2
    let school = School::begin(200, &PACKS).await;
    for name in ["甲", "乙"] {
        school.list(name, "switch", "192.0.2.1").await;
    }
    school.confirm().await;
    school.live(TODAY, &SWITCHES[..1], |_, _| true);
    school.verified().await;
    let measured = school.measure(Probe::LogCoverage, &[]).await;
    assert_eq!(school.standing("D019", &measured), Standing::Failing);
    assert_eq!(codes(&measured).first(), Some(&"log-same-address"));
}

#[tokio::test]
async fn a_list_that_is_not_confirmed_or_changed_since_is_unknown() {
    // VERDICT-3
    let school = School::begin(30, &PACKS).await;
    let unknown = |measured: &Measured, code: &str| {
        assert!(measured.facts.is_empty(), "{measured:?}");
        assert_eq!(school.standing("D019", measured), Standing::Unknown(Why::NotMeasured));
        assert_eq!(measured.reasons[0].code, code, "{:?}", measured.reasons);
    };
    unknown(&school.measure(Probe::LogCoverage, &[]).await, "log-list-none");
    let device = school.list("核心交换机", "switch", "192.0.2.1").await;
    school.live(TODAY, &SWITCHES[..1], |_, _| true);
    unknown(&school.measure(Probe::LogCoverage, &[]).await, "log-list-unconfirmed");
    let list = school.confirm().await;
    school.verified().await;
    let confirmed = |measured: Measured| assert_eq!(school.standing("D019", &measured), Standing::AtRisk, "{measured:?}");
    confirmed(school.measure(Probe::LogCoverage, &[]).await);
    // A note about a device is no change of the list.
    let note = Command::Note { text: "已巡检".into() };
    school.ledger.act_on(&school.ledger.rights_of("teacher"), &device, None, note).await.unwrap();
    confirmed(school.measure(Probe::LogCoverage, &[]).await);
    for (what, values) in [("update", &[("place", "二楼")][..]), ("take_out", &[]), ("put_back", &[])] {
        school.act("teacher", &device, what, values).await;
        unknown(&school.measure(Probe::LogCoverage, &[]).await, "log-list-changed");
        school.act("teacher", &list, "submit", &[]).await;
        unknown(&school.measure(Probe::LogCoverage, &[]).await, if what == "take_out" { "log-list-none" } else { "log-list-unconfirmed" });
        school.act("head", &list, "confirm", &[]).await;
        let measured = school.measure(Probe::LogCoverage, &[]).await;
        assert_eq!(number(&measured, "listed"), i64::from(what != "take_out"));
    }
    school.list("新交换机", "switch", "192.0.2.2").await;
    unknown(&school.measure(Probe::LogCoverage, &[]).await, "log-list-changed");
}

#[tokio::test]
async fn old_times_in_lines_do_not_make_a_source_older() {
    // VERDICT-2, VERDICT-4
    let school = School::begin(1, &PACKS).await;
    school.list("核心交换机", "switch", "192.0.2.1").await;
    school.confirm().await;
    for year in 2020..2026 {
        school.lines(&[("ip:192.0.2.1", &format!("<13>1 {year}-01-01T00:00:00+08:00 192.0.2.2 app - - - old"))]);
    }
    school.live(TODAY, &[], |_, _| false);
    school.verified().await;
    let found = coverage(&school.site()).await.unwrap();
    assert_eq!(Day::of(found.devices[0].first.unwrap()), Day(TODAY.0 - 1));
    assert_eq!((found.devices.len(), found.unlisted.len(), found.devices[0].days_complete), (1, 0, 1));
    let measured = school.measure(Probe::LogCoverage, &[]).await;
    assert_eq!(school.standing("D019", &measured), Standing::AtRisk);
}

#[tokio::test]
async fn a_young_source_is_at_risk_with_its_day_and_its_date() {
    // VERDICT-4
    for (days, date) in [(7, Some("2027-05-13")), (41, Some("2027-04-10")), (183, Some("2026-11-21")), (184, None), (190, None)] {
        let school = School::begin(days, &["cn"]).await;
        school.list("核心交换机", "switch", "192.0.2.1").await;
        school.confirm().await;
        school.live(TODAY, &SWITCHES[..1], |_, _| true);
        school.verified().await;
        let measured = school.measure(Probe::LogCoverage, &[]).await;
        let young = measured.reasons.iter().find(|reason| reason.code == "log-young");
        assert_eq!(young.map(|reason| reason.args["date"].as_str()), date, "{days}");
        let told = young.map(|reason| (reason.args["day"].clone(), reason.args["of"].clone()));
        assert_eq!(told, date.map(|_| (days.to_string(), "184".to_owned())));
        let expected = if date.is_some() { Standing::AtRisk } else { Standing::Met };
        assert_eq!(school.standing("D019", &measured), expected, "{days}: {measured:?}");
    }
}

fn day(back: u32) -> Day {
    TODAY.minus_days(back).unwrap()
}

#[tokio::test]
async fn downtime_is_loss_and_quiet_is_silence() {
    // VERDICT-6
    let school = School::begin(40, &["cn"]).await;
    school.list("甲", "switch", "192.0.2.1").await;
    school.list("乙", "switch", "192.0.2.2").await;
    school.confirm().await;
    // 乙 is quiet on one day; then the machine is off for three.
    school.live(day(20), &SWITCHES[..2], |at, source| at != day(30) || source == "ip:192.0.2.1");
    let school = school.off_until(day(16).start().plus_seconds(8 * 3_600));
    school.live(day(10), &SWITCHES[..2], |_, _| true);
    // A restart that was brief, then drops of 甲 alone.
    let at = school.now();
    school.lose(&[Loss { reason: LossReason::Down, source: "".into(), count: 0, from: at, until: at.plus_seconds(60) }]);
    school.lose(&[Loss { reason: LossReason::Queue, source: "ip:192.0.2.1".into(), count: 500, from: at, until: at }]);
    school.live(TODAY, &SWITCHES[..2], |_, _| true);
    let found = coverage(&school.site()).await.unwrap();
    let cells = |at: usize, cell: Cell| {
        found.devices[at].cells.iter().filter(|(_, is)| *is == cell).map(|(day, _)| TODAY.days_since(*day)).collect::<Vec<_>>()
    };
    assert_eq!((cells(0, Cell::Lost), cells(0, Cell::Silent)), (vec![20, 19, 18, 17, 16, 10], vec![]));
    assert_eq!((cells(1, Cell::Lost), cells(1, Cell::Silent)), (vec![20, 19, 18, 17, 16], vec![30]));
    assert_eq!(found.devices[0].gaps.iter().map(|gap| gap.cause).collect::<Vec<_>>(), [Cell::Lost, Cell::Lost]);
    assert_eq!(found.devices[1].gaps.iter().map(|gap| gap.cause).collect::<Vec<_>>(), [Cell::Silent, Cell::Lost]);
    assert_eq!((found.devices[0].days_complete, found.devices[1].days_complete), (9, 15));
    let measured = school.measure(Probe::LogCoverage, &[]).await;
    assert_eq!(number(&measured, "gaps"), 4);
    ask_by_hand(&school, &measured).await;
    let heard = school.measure(Probe::LogHeard, &[]).await;
    assert_eq!((number(&heard, "listed"), number(&heard, "silent"), number(&heard, "dropped_lines")), (2, 0, 500));
    assert!(number(&heard, "down_minutes") > 3 * 24 * 60, "{heard:?}");
    assert_eq!(codes(&heard), ["log-down", "log-dropped"]);
    ask_by_hand(&school, &heard).await;
}

#[tokio::test]
async fn silence_is_judged_by_what_is_declared_or_usual() {
    // VERDICT-6
    let weekend = |day: Day| day.weekday().is_weekend();
    let school = School::begin(60, &["cn"]).await;
    for (name, address, interval) in
        [("周末停", "192.0.2.1", ""), ("十分钟", "192.0.2.2", "10"), ("停了", "192.0.2.3", ""), ("三天", "192.0.2.4", "4320")]
    {
        let values = [("title", name), ("category", "switch"), ("address", address), ("interval", interval)];
        school.open("teacher", "log-source", &values).await;
    }
    school.confirm().await;
    school.live(TODAY, &SWITCHES[..4], |at, source| match source {
        "ip:192.0.2.1" => !weekend(at),
        "ip:192.0.2.3" => at < day(5),
        "ip:192.0.2.4" => at.0 % 3 == 0,
        _ => true,
    });
    let found = coverage(&school.site()).await.unwrap();
    let silent: Vec<bool> = found.devices.iter().map(|device| device.silent_since.is_some()).collect();
    assert_eq!(silent, [false, true, true, false], "heard a day ago, ten minutes declared");
    let gaps: Vec<usize> = found.devices.iter().map(|device| device.gaps.len()).collect();
    assert_eq!(gaps, [0, 0, 1, 0]);
    assert_eq!(found.devices[2].gaps[0].until, school.now());
    let heard = school.measure(Probe::LogHeard, &[]).await;
    assert_eq!(number(&heard, "silent"), 2);
    assert_eq!(school.standing("D018", &heard), Standing::Failing);
}

#[tokio::test]
async fn the_longest_term_wins_and_is_named() {
    // VERDICT-5
    for (packs, category, days, term) in [
        (&["cn"][..], "machine_room", 184, "log-six-months"),
        (&PACKS[..], "machine_room", 365, "campus-room-log"),
        (&PACKS[..], "switch", 184, "log-six-months"),
        (&PACKS[..], "server", 184, "log-six-months"),
    ] {
        let school = School::begin(3, packs).await;
        school.list("设备", category, "192.0.2.1").await;
        school.list("别的", "other", "192.0.2.2").await;
        school.confirm().await;
        school.live(TODAY, &SWITCHES[..1], |_, _| true);
        let measured = school.measure(Probe::LogCoverage, &[category]).await;
        assert_eq!((number(&measured, "listed"), number(&measured, "days_required")), (1, days), "{category}");
        let told = measured.reasons.iter().find(|reason| reason.code == "log-term").unwrap();
        assert_eq!((told.args["term"].as_str(), told.args["days"].clone()), (term, days.to_string()));
        assert!(packs.len() == 1 || category != "switch" || told.args["also"].contains("P3M government-device-log"), "{told:?}");
        ask_by_hand(&school, &measured).await;
    }
}

#[tokio::test]
async fn what_is_not_measured_is_left_out() {
    // VERDICT-1
    let school = School::begin(3, &PACKS).await;
    school.list("交换机", "switch", "192.0.2.1").await;
    school.confirm().await;
    school.live(TODAY, &SWITCHES[..2], |_, _| true);
    let measured = school.measure(Probe::LogCoverage, &[]).await;
    assert!(!measured.facts.contains_key("unverified"), "nothing was verified yet");
    assert_eq!(school.standing("D019", &measured), Standing::Unknown(Why::NotMeasured));
    assert!(codes(&measured).contains(&"log-unlisted"), "{measured:?}");
    let rooms = school.measure(Probe::LogCoverage, &["machine_room"]).await;
    assert_eq!(school.standing("D023", &rooms), Standing::Unknown(Why::NotMeasured), "nobody said that there is none");
    assert_eq!(codes(&rooms)[0], "log-none-of");
}

#[tokio::test]
async fn fields_and_time_are_those_of_the_newest_lines() {
    let school = School::begin(2, &["cn"]).await;
    school.list("服务器", "server", "192.0.2.1").await;
    school.list("交换机", "switch", "192.0.2.2").await;
    school.live(TODAY, &[], |_, _| false);
    let ours = Instant(school.now().0 - 90 * Instant::SECOND).to_rfc3339();
    for n in 0..30 {
        let login = format!("<86>1 {ours} srv sshd 812 - - Failed password for root from 203.0.113.{n} port 4022 ssh2");
        school.lines(&[("ip:192.0.2.1", &login), ("ip:192.0.2.2", "link up"), ("ip:198.51.100.1", "not listed")]);
    }
    school.clock.advance_seconds(60);
    let fields = school.measure(Probe::LogFields, &[]).await;
    assert_eq!((number(&fields, "sources"), number(&fields, "percent_complete")), (2, 0));
    let server = fields.reasons.iter().find(|reason| reason.args.get("name").is_some_and(|name| name == "服务器")).unwrap();
    assert_eq!((server.args["percent"].as_str(), server.args["lines"].as_str()), ("100", "30"), "{server:?}");
    ask_by_hand(&school, &fields).await;
    let time = school.measure(Probe::LogTime, &[]).await;
    assert_eq!((number(&time, "sources"), number(&time, "most_skew_seconds"), number(&time, "unmeasured")), (2, 90, 1));
    assert_eq!(codes(&time), ["log-skew", "log-no-time"]);
    ask_by_hand(&school, &time).await;
}

#[tokio::test]
async fn forty_devices_and_two_hundred_days_need_no_lines() {
    let sources: Vec<String> = (1..=40).map(|n| format!("ip:192.0.2.{n}")).collect();
    let school = School::begin(200, &PACKS).await;
    for source in &sources {
        school.list(source, "switch", source).await;
    }
    school.confirm().await;
    school.live(TODAY, &sources.iter().map(String::as_str).collect::<Vec<_>>(), |_, _| true);
    coverage(&school.site()).await.unwrap();
    let watch = Watch::now();
    let found = coverage(&school.site()).await.unwrap();
    let took = watch.elapsed();
    println!("coverage of 40 devices over 200 days: {took:?}");
    assert!(found.devices.iter().all(|device| device.days_complete == 184 && device.cells.len() == 185), "{:?}", found.devices[0]);
    assert!(took.as_millis() < 2_000, "{took:?}");
}
