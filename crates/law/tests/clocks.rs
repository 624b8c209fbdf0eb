//! The clocks and calendars of the packs that ship, and the cases that prove them.
#![allow(clippy::unwrap_used)]

use anlan_base::text::Lang;
use anlan_base::{CivilDate, DayKind};
use anlan_law::clock::{Calendars, Clock, Clocks, Length, Term, parse_calendars, parse_clocks, run_cases};
use anlan_law::condition::{Fact, Facts};
use anlan_law::shipped::FILES;
use anlan_law::{Fault, Sureness};

fn shipped(prefix: &str) -> Vec<(&'static str, &'static str)> {
    FILES.iter().filter(|(path, _)| path.starts_with(prefix)).copied().collect()
}

fn said(faults: &[Fault]) -> String {
    faults.iter().map(|fault| format!("{}:{} {} {}\n", fault.file, fault.line, fault.key, fault.what(Lang::En))).collect()
}

fn packs() -> (Clocks, Calendars) {
    let clocks = parse_clocks(&shipped("cn/clocks")).unwrap_or_else(|faults| panic!("{}", said(&faults)));
    let calendars = parse_calendars(&shipped("cn/calendars/")).unwrap_or_else(|faults| panic!("{}", said(&faults)));
    (clocks, calendars)
}

#[test]
fn what_ships_is_read_and_every_case_holds() {
    // LAWPACK-50 LAWPACK-60
    let (clocks, calendars) = packs();
    assert!(!clocks.is_empty());
    assert_eq!(calendars.work.years().collect::<Vec<_>>(), [2024, 2025, 2026]);
    let faults = run_cases(&shipped("cn/cases/clocks"), &clocks, &calendars);
    assert!(faults.is_empty(), "{}", said(&faults));
}

#[test]
fn holidays_and_made_up_days_balance() {
    // LAWPACK-61. A holiday is lengthened by working weekends: weekdays off less weekends worked are the holidays of the regulation,
    // 11 days until 2024 and 13 since 2025. A wrong day in a calendar breaks the balance.
    let (_, calendars) = packs();
    for (year, lengths, holidays) in
        [(2024, vec![1, 8, 3, 5, 1, 3, 7], 11), (2025, vec![1, 8, 3, 5, 3, 8], 13), (2026, vec![3, 9, 3, 5, 3, 3, 7], 13)]
    {
        let notice = &calendars.notices[&year];
        let found: Vec<u32> = notice.holidays.iter().map(|(_, from, to)| to.days_since(*from) + 1).collect();
        assert_eq!(found, lengths, "{year}");
        let days =
            (0..=365).filter_map(|ahead| CivilDate::new(year, 1, 1)?.day().plus_days(ahead)).filter(|day| day.civil().year() == year);
        let kinds: Vec<DayKind> = days.map(|day| calendars.work.kind(day).value).collect();
        let count = |kind| kinds.iter().filter(|found| **found == kind).count();
        assert_eq!(count(DayKind::Holiday) - count(DayKind::MadeUp), holidays, "{year}");
        assert_eq!(count(DayKind::MadeUp), notice.made_up.len(), "{year}");
    }
}

#[test]
fn each_duty_with_a_term_has_its_clock() {
    // LAWPACK-52
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packs/cn/duties.toml");
    let duties: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
    let (clocks, _) = packs();
    for duty in duties["duty"].as_array().unwrap() {
        let (id, kind) = (duty["id"].as_str().unwrap(), duty["clock"]["kind"].as_str().unwrap());
        let needs = !matches!(kind, "state" | "continuous" | "event");
        assert!(!needs || clocks.of_duty(id).next().is_some(), "{id} has a clock of kind {kind} and none in clocks.toml");
        let probed = duty.get("probe").filter(|probe| probe["name"].as_str() == Some("clocks.missed"));
        for of in probed.and_then(|probe| probe.get("of")?.as_array()).into_iter().flatten() {
            assert!(clocks.iter().any(|clock| clock.of.as_deref() == of.as_str()), "{id}: no clock runs on {of:?}");
        }
    }
}

#[test]
fn what_has_no_number_and_what_is_unsure_say_so() {
    // LAWPACK-59
    let (clocks, _) = packs();
    for clock in clocks.iter() {
        assert_eq!(clock.sureness == Sureness::Certain, clock.unsure.is_none(), "{}", clock.id);
    }
    let education = clocks.get("education-report").unwrap();
    assert!(matches!(education.term, Term::Within { length: Length::Configurable, .. }));
}

#[test]
fn several_clocks_run_on_one_incident() {
    // LAWPACK-52
    let (clocks, _) = packs();
    let facts = |operator: &str, grade: i64| -> Facts {
        [("operator".to_owned(), Fact::Text(operator.to_owned())), ("grade".to_owned(), Fact::Int(grade))].into()
    };
    let running = |facts: &Facts| -> Vec<&str> {
        let holds = |clock: &&Clock| clock.applies.as_ref().is_none_or(|applies| applies.holds(facts) == Ok(true));
        let of = |clock: &&Clock| clock.of.as_deref().is_some_and(|of| of.starts_with("incident_"));
        clocks.iter().filter(of).filter(holds).map(|clock| clock.id.as_str()).collect()
    };
    let always = ["incident-review", "police-24h"];
    assert_eq!(running(&facts("other", 4)), always);
    assert_eq!(running(&facts("other", 3)), ["cac-report-other", "cac-summary", "cac-supplement", "incident-review", "police-24h"]);
    assert!(running(&facts("cii", 1)).contains(&"cac-onward-cii") && running(&facts("cii", 1)).contains(&"cac-report-cii"));
    assert_eq!(clocks.get("cac-report-cii").unwrap().recipients.len(), 2);
}
