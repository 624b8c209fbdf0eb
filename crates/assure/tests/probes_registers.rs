//! Probes over registers and cases, each met, failing and unknown: VERDICT-1, VERDICT-7.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod bureau;

use anlan_ledger::records::Bulk;
use bureau::{Bureau, OUT, expect};

#[tokio::test]
async fn a_hazard_that_is_late_unwatched_or_closed_bare_is_told() {
    let bureau = Bureau::begin().await;
    // Nothing entered, nobody looked: not a pass.
    expect(
        &bureau,
        "hazards.overdue",
        &[],
        &[("open", OUT), ("overdue", OUT), ("unwatched", OUT), ("unswept", 3)],
        Some("reg-hazard-nothing"),
    )
    .await;
    expect(&bureau, "hazards.overdue", &["vulnerability"], &[("overdue", OUT)], Some("reg-hazard-no-scan")).await;
    for unit in [bureau.first, bureau.second] {
        let patrol = bureau.open("patrol", unit, &[]).await;
        bureau.make(&patrol, "walk", &[]).await;
    }
    // A unit whose schools were walked is swept.
    let clean = [("open", 0), ("overdue", 0), ("unwatched", 0), ("closed_without_proof", 0), ("unswept", 0)];
    expect(&bureau, "hazards.overdue", &["sweep"], &[("unswept", 0), ("open", OUT)], None).await;
    expect(&bureau, "hazards.overdue", &[], &clean, None).await;
    let hazard = bureau.open("hazard", bureau.first, &[("handling", "planned"), ("found_how", "scan")]).await;
    bureau.make(&hazard, "assign", &[("watcher", &bureau.p("teacher")), ("deadline", &bureau.day(10))]).await;
    expect(&bureau, "hazards.overdue", &[], &[("open", 1), ("overdue", 0), ("unwatched", 0)], None).await;
    bureau.pass(11).await;
    expect(&bureau, "hazards.overdue", &[], &[("open", 1), ("overdue", 1)], Some("reg-hazard-overdue")).await;
    expect(&bureau, "hazards.overdue", &["vulnerability"], &[("open", 1), ("overdue", 1)], Some("reg-hazard-overdue")).await;
    bureau.make(&hazard, "fix", &[]).await;
    bureau.make(&hazard, "strike_off", &[]).await;
    expect(&bureau, "hazards.overdue", &[], &clean, None).await;
    // Three months later somebody must have looked again.
    bureau.pass(100).await;
    expect(&bureau, "hazards.overdue", &["sweep"], &[("unswept", 3)], Some("reg-unit-unswept")).await;
    assert!(bureau.measure("hazards.overdue", &["unheard_of"]).await.is_none());
}

#[tokio::test]
async fn a_watcher_who_left_watches_nothing() {
    let mut bureau = Bureau::begin().await;
    bureau.hire("guard", bureau.first).await;
    let hazard = bureau.open("hazard", bureau.first, &[("handling", "planned")]).await;
    bureau.make(&hazard, "assign", &[("watcher", &bureau.p("guard")), ("deadline", &bureau.day(10))]).await;
    expect(&bureau, "hazards.overdue", &[], &[("unwatched", 0)], None).await;
    bureau.ledger.leave(&bureau.who("system"), bureau.people["guard"], "调离").await.unwrap();
    expect(&bureau, "hazards.overdue", &[], &[("unwatched", 1)], Some("reg-hazard-unwatched")).await;
}

#[tokio::test]
async fn clocks_of_the_law_are_found_in_the_kinds() {
    let bureau = Bureau::begin().await;
    for of in ["incident_police_report", "breach_notice", "nothing"] {
        assert!(bureau.measure("clocks.missed", &[of]).await.is_none(), "{of}");
    }
    // One of two that nobody runs leaves both unknown.
    assert!(bureau.measure("clocks.missed", &["complaint", "incident_summary"]).await.is_none());
    expect(&bureau, "clocks.missed", &["complaint"], &[("started", OUT), ("missed", OUT), ("due_soon", OUT)], Some("reg-none")).await;
    for of in ["deletion_request", "correction_request", "filing", "grid_item"] {
        expect(&bureau, "clocks.missed", &[of], &[("missed", OUT)], Some("reg-none")).await;
    }
    let request = bureau.open("personal-request", bureau.root, &[("kind", "delete"), ("requester", "甲")]).await;
    expect(&bureau, "clocks.missed", &["deletion_request"], &[("started", 1), ("running", 1), ("missed", 0), ("due_soon", 0)], None).await;
    expect(&bureau, "clocks.missed", &["correction_request"], &[("started", 0), ("missed", 0)], None).await;
    bureau.pass(60).await;
    expect(&bureau, "clocks.missed", &["deletion_request"], &[("missed", 1), ("running", 1)], Some("reg-clock-overdue")).await;
    for name in ["identify", "grant", "execute", "reply"] {
        bureau.make(&request, name, &[]).await;
    }
    // Late is late, also when it is done.
    expect(&bureau, "clocks.missed", &["deletion_request"], &[("missed", 1), ("running", 0)], Some("reg-clock-late")).await;
    bureau.make(&request, "close", &[]).await;
    bureau.pass(400).await;
    expect(&bureau, "clocks.missed", &["deletion_request"], &[("missed", 0), ("started", 0)], None).await;
}

#[tokio::test]
async fn what_comes_each_month_is_due_and_answered() {
    let bureau = Bureau::begin().await;
    for of in ["log_review", "drill", "filing", "official_reading", "cii_assessment", "monthly_filing"] {
        assert!(bureau.measure("tasks.answered", &[of]).await.is_none(), "{of}");
    }
    let none = [("due", 0), ("answered", 0), ("overdue", 0)];
    expect(&bureau, "tasks.answered", &["monthly_meeting"], &none, Some("reg-task-no-series")).await;
    bureau.ledger.switch_series(&bureau.who("chief"), bureau.root, "meeting", "monthly", true).await.unwrap();
    // Switched on today: nothing is known before something was due.
    expect(&bureau, "tasks.answered", &["monthly_meeting"], &[("due", OUT)], Some("reg-task-not-yet")).await;
    bureau.pass(30).await;
    let site = bureau.site();
    let rows =
        site.ledger.survey(&anlan_ledger::records::ListAsk { kind: Some("meeting".into()), ..Default::default() }).await.unwrap().rows;
    assert!(!rows.is_empty());
    expect(&bureau, "tasks.answered", &["monthly_meeting"], &[("answered", 0), ("overdue", 1)], Some("reg-task-overdue")).await;
    let oldest = rows.last().unwrap().number.clone();
    bureau.make(&oldest, "hold", &[]).await;
    expect(&bureau, "tasks.answered", &["monthly_meeting"], &[("due", 1), ("answered", 1), ("overdue", 0)], None).await;
}

#[tokio::test]
async fn orders_from_outside_are_answered_in_time() {
    let bureau = Bureau::begin().await;
    let none = [("due", OUT), ("answered", OUT), ("overdue", OUT)];
    for of in ["authority_order", "summons", "content_order"] {
        expect(&bureau, "tasks.answered", &[of], &none, Some("reg-none-due")).await;
    }
    let talk = bureau.open("rectification", bureau.root, &[("form", "talk"), ("deadline", &bureau.day(30))]).await;
    let order = bureau.open("rectification", bureau.root, &[("form", "order"), ("deadline", &bureau.day(5))]).await;
    bureau.pass(6).await;
    expect(&bureau, "tasks.answered", &["authority_order"], &[("due", 1), ("answered", 0), ("overdue", 1)], Some("reg-task-overdue")).await;
    expect(&bureau, "tasks.answered", &["summons"], &[("overdue", 0)], None).await;
    bureau.make(&order, "plan", &[]).await;
    bureau.make(&order, "report", &[]).await;
    expect(&bureau, "tasks.answered", &["authority_order"], &[("due", 1), ("answered", 1), ("overdue", 0)], None).await;
    // Its reminder has come: due, and not answered yet.
    bureau.pass(23).await;
    expect(&bureau, "tasks.answered", &["summons"], &[("due", 1), ("answered", 0), ("overdue", 0)], Some("reg-task-soon")).await;
    bureau.make(&talk, "plan", &[]).await;
    bureau.make(&talk, "report", &[]).await;
    expect(&bureau, "tasks.answered", &["summons"], &[("due", 1), ("answered", 1)], None).await;
    expect(&bureau, "tasks.answered", &["grading_test"], &[("due", OUT)], Some("reg-task-no-systems")).await;
}

#[tokio::test]
async fn rules_are_in_force_reviewed_and_cite_what_holds() {
    let bureau = Bureau::begin().await;
    assert!(bureau.measure("rules.reviewed", &["no_such_rule"]).await.is_none());
    expect(&bureau, "rules.reviewed", &["rule"], &[("required", 2), ("in_force", 0), ("review_overdue", 0)], Some("reg-rule-missing"))
        .await;
    expect(&bureau, "rules.reviewed", &[], &[("required", 0), ("in_force", 0)], Some("reg-rule-none")).await;
    let old =
        bureau.file("制度.txt", "根据《中华人民共和国网络安全法》（2016年）第二十一条第三项留存网络日志不少于六个月。".as_bytes()).await;
    let new = bureau.file("规程.txt", "值班人员每天查看日志。".as_bytes()).await;
    for (category, text) in [("general", &old), ("procedure", &new)] {
        let rule = bureau.open("rule", bureau.root, &[("category", category), ("owner", &bureau.p("clerk"))]).await;
        bureau.make(&rule, "approve", &[]).await;
        bureau.make(&rule, "issue", &[("text", text), ("from", &bureau.day(0))]).await;
    }
    expect(&bureau, "rules.reviewed", &["rule"], &[("required", 2), ("in_force", 2), ("review_overdue", 0)], None).await;
    expect(&bureau, "rules.reviewed", &["incident_plan"], &[("required", 1), ("in_force", 0)], Some("reg-rule-missing")).await;
    expect(&bureau, "rules.reviewed", &[], &[("required", 2), ("outdated_citations", 1)], Some("reg-rule-citation")).await;
    bureau.pass(400).await;
    expect(&bureau, "rules.reviewed", &["rule"], &[("in_force", 2), ("review_overdue", 2)], Some("reg-rule-overdue")).await;
}

#[tokio::test]
async fn a_rule_that_cannot_be_read_leaves_its_citations_unknown() {
    let bureau = Bureau::begin().await;
    let picture = bureau.file("制度.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").await;
    let rule = bureau.open("rule", bureau.root, &[("owner", &bureau.p("clerk"))]).await;
    bureau.make(&rule, "approve", &[]).await;
    bureau.make(&rule, "issue", &[("text", &picture), ("from", &bureau.day(0))]).await;
    expect(&bureau, "rules.reviewed", &[], &[("required", 1), ("outdated_citations", OUT)], Some("reg-rule-unread")).await;
}

#[tokio::test]
async fn a_register_is_held_against_what_must_be_there() {
    let bureau = Bureau::begin().await;
    for of in ["data_set", "service", "penalty", "machine_room_keeper", "all"] {
        assert!(bureau.measure("registers.complete", &[of]).await.is_none(), "{of}");
    }
    // Nothing says how many there must be.
    for of in ["graded_system", "vendor_contract", "security_product", "algorithm"] {
        expect(&bureau, "registers.complete", &[of], &[("required", OUT), ("entered", 0), ("incomplete", 0)], Some("reg-required-unknown"))
            .await;
    }
    let vendor = bureau.open("supplier", bureau.root, &[("personal_information", "yes"), ("data", "学生姓名")]).await;
    bureau.open("supplier", bureau.root, &[("personal_information", "no")]).await;
    expect(&bureau, "registers.complete", &["vendor_contract"], &[("required", 0), ("entered", 0)], None).await;
    bureau.make(&vendor, "engage", &[("agreement_on", &bureau.day(0)), ("until", &bureau.day(20))]).await;
    let whole = [("required", 1), ("entered", 1), ("incomplete", 0), ("review_overdue", 0)];
    expect(&bureau, "registers.complete", &["vendor_contract"], &whole, None).await;
    bureau.pass(21).await;
    let over = [("required", 1), ("entered", 1), ("incomplete", 1), ("review_overdue", 1)];
    expect(&bureau, "registers.complete", &["vendor_contract"], &over, Some("reg-entry-incomplete")).await;
    bureau.open("device", bureau.first, &[("sort", "security")]).await;
    let bare = [("required", 1), ("entered", 0), ("incomplete", 0)];
    expect(&bureau, "registers.complete", &["security_product"], &bare, Some("reg-entry-missing")).await;
    bureau.open("graded-system", bureau.root, &[("level", "2")]).await;
    expect(
        &bureau,
        "registers.complete",
        &["graded_system"],
        &[("required", OUT), ("entered", 0), ("incomplete", 1)],
        Some("reg-entry-missing"),
    )
    .await;
}

#[tokio::test]
async fn approvals_are_held_against_what_was_done() {
    let bureau = Bureau::begin().await;
    for of in ["export", "scan", "transfer_abroad", "open_service"] {
        assert!(bureau.measure("acts.approved", &[of]).await.is_none(), "{of}");
    }
    expect(&bureau, "acts.approved", &["join"], &[("done", OUT), ("unapproved", OUT)], Some("reg-none")).await;
    let admission = bureau.open("admission", bureau.first, &[("mac", "00:11:22:33:44:55")]).await;
    for name in ["endorse", "approve", "connect"] {
        bureau.make(&admission, name, &[]).await;
    }
    // Nothing but the approvals themselves speaks of what joined.
    expect(&bureau, "acts.approved", &["join"], &[("done", 1), ("unapproved", OUT)], Some("reg-act-unseen")).await;
    bureau.open("device", bureau.first, &[("mac", "00:11:22:33:44:55"), ("used_from", &bureau.day(0))]).await;
    expect(&bureau, "acts.approved", &["join"], &[("done", 1), ("unapproved", 0), ("self_approved", 0)], None).await;
    bureau.open("device", bureau.first, &[("mac", "00:11:22:33:44:66"), ("used_from", &bureau.day(1))]).await;
    expect(&bureau, "acts.approved", &["join"], &[("done", 2), ("unapproved", 1)], Some("reg-act-unapproved")).await;
    let change = bureau.open("change", bureau.first, &[("owner", &bureau.p("teacher"))]).await;
    bureau.make(&change, "act_urgent", &[]).await;
    expect(&bureau, "acts.approved", &["change"], &[("done", 1), ("unapproved", 1)], Some("reg-act-unapproved")).await;
    bureau.make(&change, "approve_after", &[]).await;
    expect(&bureau, "acts.approved", &["change"], &[("done", 1), ("unapproved", OUT)], Some("reg-act-unseen")).await;
}

#[tokio::test]
async fn cases_have_their_record_their_second_person_and_their_answer() {
    let bureau = Bureau::begin().await;
    for of in ["incident_activation", "incident_review"] {
        assert!(bureau.measure("cases.complete", &[of]).await.is_none(), "{of}");
    }
    for of in ["content_case", "assistance", "inspection_visit"] {
        expect(&bureau, "cases.complete", &[of], &[("cases", OUT), ("without_record", OUT)], Some("reg-none")).await;
    }
    let case = bureau.open("content-case", bureau.root, &[]).await;
    bureau.make(&case, "keep", &[("came", "found")]).await;
    bureau.make(&case, "decide", &[("confirmer", &bureau.p("chief"))]).await;
    bureau.make(&case, "execute", &[]).await;
    let fine = [("cases", 1), ("without_record", 0), ("without_second_person", 0), ("unanswered", 0)];
    expect(&bureau, "cases.complete", &["content_case"], &fine, None).await;
    bureau.pass(4).await;
    expect(&bureau, "cases.complete", &["content_case"], &[("without_second_person", 1)], Some("reg-case-second")).await;
    bureau.make(&case, "confirm", &[]).await;
    expect(&bureau, "cases.complete", &["content_case"], &fine, None).await;
}

/// More than one question reads in full: what is open is not known whole, what ended is known for a shorter period; nothing is guessed.
#[allow(clippy::print_stdout, reason = "how long each takes is to be seen")]
async fn measured_among(records: u64) {
    let bureau = Bureau::alone().await;
    let bulk = Bulk { records, entries_each: 4, districts: 4, units: 40 };
    bureau.ledger.fill_units(&bulk).await.unwrap();
    bureau.ledger.fill_records(&bulk, |_| ()).await.unwrap();
    for (probe, of) in [
        ("hazards.overdue", [].as_slice()),
        ("hazards.overdue", &["vulnerability"]),
        ("clocks.missed", &["complaint"]),
        ("clocks.missed", &["grid_item"]),
        ("tasks.answered", &["authority_order"]),
        ("tasks.answered", &["daily_patrol"]),
        ("registers.complete", &["security_product"]),
        ("acts.approved", &["change"]),
        ("cases.complete", &["content_case"]),
        ("letters.signed", &[]),
        ("posts.filled", &["key_post"]),
        ("rules.reviewed", &[]),
        ("accounts.policy", &[]),
    ] {
        let of: Vec<String> = of.iter().map(|name| (*name).to_owned()).collect();
        let begun = std::time::Instant::now();
        let probe_of = anlan_law::probe::Probe::named(probe).unwrap();
        let measured = anlan_assure::assess::measure(&bureau.site(), probe_of, &of).await.unwrap();
        let took = begun.elapsed();
        let measured = measured.unwrap_or_else(|| panic!("{probe} {of:?} is not measured"));
        assert!(measured.reasons.len() <= 40 && measured.sample.len() <= 20, "{probe} {of:?}");
        println!("{probe} {of:?}: {took:?}, {:?}", measured.facts);
    }
}

#[tokio::test]
async fn many_records_are_measured_within_bounds() {
    measured_among(2_000).await;
}

#[tokio::test]
#[ignore = "minutes; for looking at how long each probe takes"]
async fn a_hundred_thousand_records_are_measured() {
    measured_among(100_000).await;
}
