//! More kinds that ship, walked by a school with a head and one IT teacher under a bureau: posts, letters, rules, filings, graded systems,
//! complaints, requests, publishing, content cases, suppliers, monthly reports. Nothing is stuck with two people, and nobody judges their own work.
#![allow(clippy::unwrap_used, reason = "a test may")]

#[path = "engine/world.rs"]
mod world;

use anlan_law::kind::{Cell, Column, Field, Kind, Role, Shape};
use anlan_ledger::engine::{ClockState, Command, PersonId, Refusal, UnitId, Values};
use world::{CHECKPOINT, Desk, Town, at};

const SCHOOL: UnitId = UnitId(2);
const BUREAU: UnitId = UnitId(1);
const CLERK: PersonId = PersonId(2);
const HEAD: PersonId = PersonId(3);
const TEACHER: PersonId = PersonId(4);
const STAFF: PersonId = PersonId(5);

fn desk() -> Desk {
    let mut town = Town::default();
    town.add_unit(1, "县教育局", None);
    town.add_unit(2, "第一中学", Some(1));
    town.add_unit(3, "第二小学", Some(1));
    town.add_person(1, 1, &[Role::Head]);
    town.add_person(2, 1, &[Role::Handler]);
    town.add_person(3, 2, &[Role::Head]);
    town.add_person(4, 2, &[Role::Handler]);
    town.add_person(5, 2, &[Role::Staff]);
    town.add_person(6, 3, &[Role::Head]);
    let (law, kinds) = world::shipped();
    Desk::new(town, kinds, law, at("2026-09-25T09:00"))
}

fn cell(column: &Column) -> &'static str {
    match column.shape {
        Cell::Text => "一项",
        Cell::Number => "3",
        Cell::Date => "2026-10-10",
        Cell::Yes => "yes",
    }
}

/// Something that fits into the field.
fn some(field: &Field) -> String {
    match &field.shape {
        Shape::Text { .. } => "情况属实".to_owned(),
        Shape::Number { least, .. } => least.max(&2).to_string(),
        Shape::Choice { options } => options[0].id.clone(),
        Shape::Date => "2026-10-10".to_owned(),
        Shape::Time => "2026-09-25T08:00".to_owned(),
        Shape::Yes => "no".to_owned(),
        Shape::Person => TEACHER.to_string(),
        Shape::People { .. } => format!("[\"{HEAD}\",\"{TEACHER}\"]"),
        Shape::Unit => SCHOOL.to_string(),
        Shape::Units { .. } => "[\"u2\",\"u3\"]".to_owned(),
        Shape::Table { columns, .. } => serde_json::json!([columns.iter().map(cell).collect::<Vec<_>>()]).to_string(),
        Shape::Attachment { .. } => format!(r#"[{{"name":"扫描件.pdf","digest":"{}","size":3,"type":"application/pdf"}}]"#, "0".repeat(64)),
        Shape::Source | Shape::Asset | Shape::Link { .. } => unreachable!("{} is never needed", field.name),
    }
}

/// What is given, and something for whatever else is needed.
fn filled<'n>(kind: &Kind, names: impl Iterator<Item = &'n String>, known: &Values, given: &[(&str, &str)]) -> Values {
    let mut values = world::values(given);
    for name in names.filter(|name| !known.contains_key(*name)) {
        values.entry(name.clone()).or_insert_with(|| some(kind.field(name).unwrap()));
    }
    values
}

fn open(desk: &mut Desk, who: PersonId, kind: &str, given: &[(&str, &str)]) -> String {
    open_in(desk, who, kind, SCHOOL, given)
}

fn open_in(desk: &mut Desk, who: PersonId, kind: &str, unit: UnitId, given: &[(&str, &str)]) -> String {
    let known = desk.kinds.get(kind).unwrap().clone();
    let required = known.fields.iter().filter(|field| field.required).map(|field| &field.name);
    let values = filled(&known, required, &Values::new(), given);
    let command = Command::Open { unit, values, happened: None };
    desk.command(who, kind, None, &command).unwrap_or_else(|refusal| panic!("{who} opens {kind}: {refusal:?}"))[0].clone()
}

fn try_move(desk: &mut Desk, who: PersonId, number: &str, name: &str, given: &[(&str, &str)]) -> Result<Vec<String>, Refusal> {
    let kind = desk.kind_of(number).clone();
    let a_move = kind.a_move(name).unwrap_or_else(|| panic!("{} has no move {name}", kind.id));
    let values = filled(&kind, a_move.needs.iter(), &desk.records[number].values, given);
    desk.act(who, number, &Command::Move { name: name.to_owned(), values, reason: Some("按要求办理".to_owned()) })
}

/// Makes a move with whatever it needs, and has it approved where it takes two; returns what it opened.
fn make(desk: &mut Desk, who: PersonId, number: &str, name: &str, given: &[(&str, &str)]) -> Vec<String> {
    let opened = try_move(desk, who, number, name, given).unwrap_or_else(|refusal| panic!("{number}: {who} makes {name}: {refusal:?}"));
    let Some(pending) = desk.records[number].pending.clone() else { return opened };
    assert_ne!(pending.approver, who, "{number}: {name} takes two");
    let approval = Command::Approve { seen: desk.records[number].version, reason: None };
    desk.act(pending.approver, number, &approval).unwrap_or_else(|refusal| panic!("{number}: {name} is approved: {refusal:?}"))
}

fn refused(desk: &mut Desk, who: PersonId, number: &str, name: &str) {
    assert!(try_move(desk, who, number, name, &[]).is_err(), "{number}: {who} must not make {name}");
}

fn walk(desk: &mut Desk, number: &str, steps: &[(PersonId, &str)]) {
    for (who, name) in steps {
        make(desk, *who, number, name, &[]);
    }
}

fn holds(desk: &Desk, number: &str, who: PersonId) {
    let record = &desk.records[number];
    assert_eq!(record.holder, Some(who), "{number} in {}", record.state);
}

fn value<'d>(desk: &'d Desk, number: &str, field: &str) -> &'d str {
    desk.records[number].values.get(field).map_or("", String::as_str)
}

/// Until when a clock runs; how it ended where it does not run any more.
fn clock(desk: &Desk, number: &str, name: &str) -> String {
    match desk.records[number].clocks.get(name) {
        Some(ClockState::Running(running)) => running.due.to_civil().to_string(),
        Some(ClockState::Stopped { late: true, .. }) => "late".to_owned(),
        Some(ClockState::Stopped { .. }) => "in time".to_owned(),
        Some(ClockState::Paused { .. }) => "paused".to_owned(),
        None => "none".to_owned(),
    }
}

#[test]
fn a_key_post_is_checked_given_and_handed_to_a_successor() {
    let mut desk = desk();
    let post = open(&mut desk, TEACHER, "appointment", &[("key", "key_post"), ("post", "security_lead")]);
    refused(&mut desk, TEACHER, &post, "appoint");
    refused(&mut desk, TEACHER, &post, "attest_both");
    walk(&mut desk, &post, &[(HEAD, "attest"), (TEACHER, "appoint_checked")]);
    assert_eq!((value(&desk, &post, "ban_result"), value(&desk, &post, "ban_by")), ("clear", "p3"));
    holds(&desk, &post, TEACHER);
    make(&mut desk, HEAD, &post, "leave", &[]);
    assert_eq!(clock(&desk, &post, "handover"), "2026-10-09 23:59:59");
    make(&mut desk, TEACHER, &post, "hand_over", &[("successor", "p5")]);
    holds(&desk, &post, STAFF);
    refused(&mut desk, TEACHER, &post, "confirm");
    make(&mut desk, STAFF, &post, "not_complete", &[]);
    make(&mut desk, TEACHER, &post, "hand_over", &[]);
    let next = make(&mut desk, STAFF, &post, "confirm", &[])[0].clone();
    assert!(desk.records[&post].ended);
    assert_eq!((value(&desk, &next, "person"), value(&desk, &next, "before")), ("p5", post.as_str()));
}

#[test]
fn a_letter_is_signed_by_both_renewed_and_taken_over() {
    let mut desk = desk();
    let letter = open(&mut desk, TEACHER, "letter", &[("kind", "site")]);
    assert_eq!(clock(&desk, &letter, "signing"), "2026-12-31 23:59:59");
    make(&mut desk, TEACHER, &letter, "present", &[("signer", "p4"), ("from", "2026-01-01"), ("until", "2026-12-31")]);
    assert_eq!(desk.records[&letter].asks.len(), 2);
    make(&mut desk, TEACHER, &letter, "sign", &[("confirmer", "p3")]);
    holds(&desk, &letter, HEAD);
    refused(&mut desk, TEACHER, &letter, "countersign");
    make(&mut desk, HEAD, &letter, "countersign", &[("originals", "4")]);
    assert_eq!((clock(&desk, &letter, "signing"), clock(&desk, &letter, "renewal")), ("in time".into(), "2026-12-31 23:59:59".into()));
    make(&mut desk, HEAD, &letter, "appraise", &[]);
    make(&mut desk, TEACHER, &letter, "change", &[("successor", "p5"), ("changed_on", "2026-09-25")]);
    holds(&desk, &letter, STAFF);
    let next = make(&mut desk, STAFF, &letter, "take_over", &[])[0].clone();
    assert_eq!((value(&desk, &next, "signer"), value(&desk, &next, "until")), ("p5", "2026-12-31"));
    walk(&mut desk, &next, &[(TEACHER, "present"), (TEACHER, "refuse"), (TEACHER, "present")]);
    make(&mut desk, STAFF, &next, "sign", &[]);
    walk(&mut desk, &next, &[(HEAD, "countersign"), (TEACHER, "renew")]);
    assert!(desk.records[&letter].ended && desk.records[&next].ended);
}

#[test]
fn a_bureau_sends_letters_down() {
    let mut desk = desk();
    let letter = open_in(&mut desk, CLERK, "letter", BUREAU, &[("kind", "superior")]);
    let given = [("from", "2027-01-01"), ("until", "2027-12-31"), ("sign_by", "2026-10-20")];
    let children = make(&mut desk, CLERK, &letter, "send_down", &given);
    assert_eq!(children.len(), 2);
    assert_eq!(
        (clock(&desk, &children[0], "signing"), clock(&desk, &letter, "collecting")),
        ("2026-10-20 23:59:59".into(), "2026-10-20 23:59:59".into())
    );
    make(&mut desk, TEACHER, &children[0], "present", &[("signer", "p3")]);
    make(&mut desk, HEAD, &children[0], "sign", &[]);
    walk(&mut desk, &children[0], &[(TEACHER, "countersign")]);
    make(&mut desk, CLERK, &letter, "collect", &[]);
}

#[test]
fn a_rule_is_approved_issued_read_reviewed_and_replaced() {
    let mut desk = desk();
    let rule = open(&mut desk, TEACHER, "rule", &[]);
    walk(&mut desk, &rule, &[(TEACHER, "consult"), (TEACHER, "approve")]);
    make(&mut desk, TEACHER, &rule, "issue", &[("read_by", "2026-10-10"), ("review_by", "2027-06-30")]);
    assert_eq!(
        (clock(&desk, &rule, "review"), clock(&desk, &rule, "reading")),
        ("2027-06-30 23:59:59".into(), "2026-10-10 23:59:59".into())
    );
    walk(&mut desk, &rule, &[(TEACHER, "ask_readers"), (TEACHER, "all_read"), (TEACHER, "review")]);
    assert_eq!((clock(&desk, &rule, "review"), clock(&desk, &rule, "reading")), ("2027-09-25 23:59:59".into(), "in time".into()));
    make(&mut desk, TEACHER, &rule, "plan_review", &[("review_by", "2027-01-31")]);
    assert_eq!(clock(&desk, &rule, "review"), "2027-01-31 23:59:59");
    let next = make(&mut desk, TEACHER, &rule, "revise", &[])[0].clone();
    assert_eq!(value(&desk, &next, "replaces"), rule);
    walk(&mut desk, &rule, &[(TEACHER, "replace")]);
    walk(&mut desk, &next, &[(TEACHER, "approve"), (TEACHER, "issue"), (TEACHER, "withdraw")]);
}

#[test]
fn a_connection_is_filed_in_thirty_days_and_an_old_filing_starts_no_term() {
    let mut desk = desk();
    let filing = open(&mut desk, TEACHER, "filing", &[("kind", "police")]);
    assert_eq!(clock(&desk, &filing, "connection"), "2026-10-25 23:59:59");
    walk(&mut desk, &filing, &[(TEACHER, "hand_in"), (TEACHER, "sent_back"), (TEACHER, "hand_in"), (TEACHER, "grant"), (TEACHER, "check")]);
    assert_eq!(clock(&desk, &filing, "connection"), "in time");
    make(&mut desk, TEACHER, &filing, "change", &[("change_by", "2026-10-09")]);
    assert_eq!(clock(&desk, &filing, "change"), "2026-10-09 23:59:59");
    walk(
        &mut desk,
        &filing,
        &[(TEACHER, "change_filed"), (TEACHER, "renew"), (TEACHER, "change"), (TEACHER, "change_filed"), (TEACHER, "cancel")],
    );
    for given in [[("kind", "icp"), ("filing_no", "")], [("kind", "police"), ("filing_no", "44010002000001")]] {
        let filing = open(&mut desk, TEACHER, "filing", &given);
        assert_eq!(clock(&desk, &filing, "connection"), "none");
    }
}

#[test]
fn a_system_is_tested_by_its_level() {
    for (level, runs, rests, due) in [("3", "test_3", "test_2", "2027-09-25 23:59:59"), ("2", "test_2", "test_3", "2028-09-25 23:59:59")] {
        let mut desk = desk();
        let system = open(&mut desk, TEACHER, "graded-system", &[("level", level)]);
        make(&mut desk, TEACHER, &system, "grade", &[("file_by", "2026-10-20")]);
        assert_eq!(clock(&desk, &system, "filing"), "2026-10-20 23:59:59");
        refused(&mut desk, TEACHER, &system, "use");
        make(&mut desk, TEACHER, &system, "file", &[("next_test", "2026-11-30")]);
        assert_eq!((clock(&desk, &system, runs), clock(&desk, &system, rests)), ("2026-11-30 23:59:59".into(), "none".into()));
        make(&mut desk, TEACHER, &system, "test", &[]);
        assert_eq!(clock(&desk, &system, runs), due, "the day planned before says nothing of the next test");
        make(&mut desk, TEACHER, &system, "plan_test", &[("next_test", "2027-05-31")]);
        assert_eq!(clock(&desk, &system, runs), "2027-05-31 23:59:59");
        walk(
            &mut desk,
            &system,
            &[
                (TEACHER, "rectify"),
                (TEACHER, "change"),
                (TEACHER, "change_filed"),
                (TEACHER, "no_findings"),
                (TEACHER, "grade_again"),
                (TEACHER, "end"),
            ],
        );
        assert!(desk.records[&system].ended);
    }
    let mut desk = desk();
    let system = open(&mut desk, TEACHER, "graded-system", &[("level", "1")]);
    walk(&mut desk, &system, &[(TEACHER, "grade"), (TEACHER, "use")]);
    assert!(desk.records[&system].clocks.values().all(|clock| !matches!(clock, ClockState::Running(_))));
}

#[test]
fn a_complaint_is_answered_and_looked_at_again_by_another() {
    let mut desk = desk();
    let complaint = open(&mut desk, TEACHER, "complaint", &[("reporter", "李四"), ("contact", "李四的电话")]);
    assert_eq!((clock(&desk, &complaint, "accept"), clock(&desk, &complaint, "reply")), ("2026-09-28 23:59:59".into(), "none".into()));
    make(&mut desk, TEACHER, &complaint, "accept", &[("basis", "rights-of-others"), ("reply_by", "2026-10-15")]);
    assert_eq!(clock(&desk, &complaint, "reply"), "2026-10-15 23:59:59");
    let case = make(&mut desk, TEACHER, &complaint, "open_case", &[])[0].clone();
    assert_eq!(value(&desk, &case, "complaint"), complaint);
    walk(&mut desk, &complaint, &[(TEACHER, "judge"), (TEACHER, "handle"), (TEACHER, "reply"), (TEACHER, "close")]);
    make(&mut desk, TEACHER, &complaint, "appeal", &[("second_handler", "p3")]);
    holds(&desk, &complaint, HEAD);
    refused(&mut desk, TEACHER, &complaint, "look_again");
    walk(&mut desk, &complaint, &[(HEAD, "look_again"), (TEACHER, "close")]);
    let unseal =
        |fields: &[&str]| Command::Unseal { fields: fields.iter().map(|name| (*name).to_owned()).collect(), reason: "回访".to_owned() };
    desk.act(TEACHER, &complaint, &unseal(&["reporter", "contact"])).unwrap();
    assert!(desk.act(STAFF, &complaint, &unseal(&["reporter"])).is_err());
    let other = open(&mut desk, TEACHER, "complaint", &[]);
    make(&mut desk, TEACHER, &other, "decline", &[]);
    let passed = open(&mut desk, TEACHER, "complaint", &[]);
    make(&mut desk, TEACHER, &passed, "pass_on", &[]);
}

#[test]
fn a_personal_request_runs_the_clock_of_its_kind() {
    let clocks = ["deletion", "correction", "other"];
    for (kind, runs) in [("delete", 0), ("close", 0), ("correct", 1), ("access", 2)] {
        let mut desk = desk();
        let request = open(&mut desk, TEACHER, "personal-request", &[("kind", kind)]);
        for (index, name) in clocks.iter().enumerate() {
            let due = if index == runs { "2026-10-22 23:59:59" } else { "none" };
            assert_eq!(clock(&desk, &request, name), due, "{kind}");
        }
        walk(&mut desk, &request, &[(TEACHER, "ask"), (TEACHER, "identify"), (TEACHER, "grant"), (TEACHER, "execute"), (TEACHER, "reply")]);
        assert_eq!(clock(&desk, &request, clocks[runs]), "in time");
        make(&mut desk, TEACHER, &request, "object", &[("second_handler", "p3")]);
        refused(&mut desk, TEACHER, &request, "uphold");
        walk(&mut desk, &request, &[(HEAD, "decide_anew"), (TEACHER, "execute"), (TEACHER, "reply"), (TEACHER, "close")]);
    }
    let mut desk = desk();
    let request = open(&mut desk, TEACHER, "personal-request", &[]);
    walk(&mut desk, &request, &[(TEACHER, "identify"), (TEACHER, "refuse"), (TEACHER, "reply"), (TEACHER, "close")]);
    assert_eq!(value(&desk, &request, "decision"), "refused");
}

#[test]
fn two_people_approve_what_an_authority_is_given() {
    let mut desk = desk();
    let request = open(&mut desk, TEACHER, "authority-request", &[]);
    walk(&mut desk, &request, &[(TEACHER, "lack")]);
    make(&mut desk, TEACHER, &request, "check", &[("deadline", "2026-09-29")]);
    assert_eq!(clock(&desk, &request, "assistance"), "2026-09-29 23:59:59");
    refused(&mut desk, TEACHER, &request, "give");
    refused(&mut desk, TEACHER, &request, "approve");
    make(&mut desk, HEAD, &request, "approve", &[]);
    assert_eq!(value(&desk, &request, "approval"), "two");
    walk(&mut desk, &request, &[(TEACHER, "give"), (TEACHER, "close")]);
    assert!(value(&desk, &request, "clause").contains("仅用于"));
    let few = open(&mut desk, TEACHER, "authority-request", &[]);
    walk(&mut desk, &few, &[(TEACHER, "check"), (TEACHER, "approve_few"), (TEACHER, "support"), (TEACHER, "close_without")]);
    let refusal = open(&mut desk, TEACHER, "authority-request", &[]);
    make(&mut desk, TEACHER, &refusal, "refuse", &[]);
}

#[test]
fn an_urgent_request_is_approved_afterwards_within_a_day() {
    let urgent = |desk: &mut Desk| {
        let request = open(desk, TEACHER, "authority-request", &[]);
        make(desk, TEACHER, &request, "check", &[]);
        assert!(try_move(desk, TEACHER, &request, "approve_urgent", &[]).is_err());
        make(desk, HEAD, &request, "approve_urgent", &[("second_approver", "p4")]);
        holds(desk, &request, TEACHER);
        assert_eq!(clock(desk, &request, "second"), "2026-09-26 09:00:00");
        request
    };
    let mut desk = desk();
    let request = urgent(&mut desk);
    make(&mut desk, TEACHER, &request, "give_urgent", &[]);
    refused(&mut desk, HEAD, &request, "second_after");
    refused(&mut desk, TEACHER, &request, "close");
    make(&mut desk, TEACHER, &request, "second_after", &[]);
    assert_eq!((value(&desk, &request, "approval"), clock(&desk, &request, "second")), ("made_up", "in time".into()));
    make(&mut desk, TEACHER, &request, "close", &[]);
    let before = urgent(&mut desk);
    walk(&mut desk, &before, &[(HEAD, "name_another"), (TEACHER, "second_first"), (TEACHER, "give"), (TEACHER, "close")]);
    let stopped = urgent(&mut desk);
    walk(&mut desk, &stopped, &[(TEACHER, "stop_first"), (TEACHER, "refuse")]);
    let denied = urgent(&mut desk);
    walk(&mut desk, &denied, &[(TEACHER, "give_urgent"), (TEACHER, "deny_after"), (HEAD, "settle")]);
    assert_eq!(value(&desk, &denied, "approval"), "denied");
    let late = urgent(&mut desk);
    make(&mut desk, TEACHER, &late, "give_urgent", &[]);
    desk.now = at("2026-09-26T09:01");
    desk.tick();
    make(&mut desk, TEACHER, &late, "second_after", &[]);
    assert_eq!(clock(&desk, &late, "second"), "late");
}

#[test]
fn nothing_is_published_by_one_person() {
    let mut desk = desk();
    let item = open(&mut desk, STAFF, "publication", &[]);
    make(&mut desk, STAFF, &item, "submit", &[("reviewer", "p4")]);
    assert_eq!(clock(&desk, &item, "review"), "2026-09-28 23:59:59");
    holds(&desk, &item, TEACHER);
    for name in ["review", "approve_as_two"] {
        refused(&mut desk, STAFF, &item, name);
    }
    make(&mut desk, TEACHER, &item, "review", &[("approver", "p3")]);
    holds(&desk, &item, HEAD);
    refused(&mut desk, TEACHER, &item, "approve");
    make(&mut desk, HEAD, &item, "approve", &[]);
    refused(&mut desk, STAFF, &item, "archive");
    walk(&mut desk, &item, &[(STAFF, "publish"), (TEACHER, "check")]);
    assert_eq!((value(&desk, &item, "levels"), value(&desk, &item, "secret_free")), ("three", "yes"));
    let case = make(&mut desk, TEACHER, &item, "open_case", &[("check_note", "评论需处置")])[0].clone();
    assert_eq!(value(&desk, &case, "publication"), item);
    make(&mut desk, STAFF, &item, "archive", &[]);
    let own = open(&mut desk, TEACHER, "publication", &[]);
    make(&mut desk, TEACHER, &own, "submit", &[("reviewer", "p3")]);
    walk(&mut desk, &own, &[(HEAD, "approve_as_two"), (TEACHER, "publish"), (HEAD, "withdraw")]);
    assert_eq!(value(&desk, &own, "levels"), "two");
    let photo = Command::Open {
        unit: SCHOOL,
        values: world::values(&[("title", "运动会"), ("where", "site"), ("readers", "internet"), ("personal_information", "yes")]),
        happened: None,
    };
    assert_eq!(desk.command(STAFF, "publication", None, &photo).unwrap_err().field.as_deref(), Some("consent"));
}

#[test]
fn evidence_comes_before_removal_and_a_second_person_after() {
    let mut desk = desk();
    let case = open(&mut desk, STAFF, "content-case", &[]);
    for name in ["decide", "execute", "close"] {
        refused(&mut desk, TEACHER, &case, name);
    }
    make(&mut desk, TEACHER, &case, "keep", &[("came", "order"), ("authority", "县网信办"), ("order_by", "2026-09-26")]);
    assert_eq!(clock(&desk, &case, "order"), "2026-09-26 23:59:59");
    make(&mut desk, TEACHER, &case, "decide", &[("confirmer", "p3")]);
    make(&mut desk, TEACHER, &case, "execute", &[]);
    holds(&desk, &case, HEAD);
    refused(&mut desk, TEACHER, &case, "confirm");
    walk(&mut desk, &case, &[(HEAD, "confirm"), (TEACHER, "tell"), (TEACHER, "report"), (TEACHER, "close")]);
    assert_eq!(clock(&desk, &case, "order"), "in time");
    make(&mut desk, TEACHER, &case, "appeal", &[("second_decider", "p3")]);
    refused(&mut desk, TEACHER, &case, "reverse");
    walk(&mut desk, &case, &[(HEAD, "uphold"), (TEACHER, "appeal"), (HEAD, "reverse"), (TEACHER, "restore")]);
    let found = open(&mut desk, TEACHER, "content-case", &[]);
    walk(&mut desk, &found, &[(TEACHER, "keep"), (TEACHER, "decide"), (TEACHER, "execute"), (HEAD, "overturn"), (TEACHER, "restore")]);
    let none = open(&mut desk, TEACHER, "content-case", &[]);
    make(&mut desk, TEACHER, &none, "dismiss", &[]);
    let lifted = open(&mut desk, TEACHER, "content-case", &[]);
    walk(
        &mut desk,
        &lifted,
        &[(TEACHER, "keep"), (HEAD, "decide"), (TEACHER, "execute"), (TEACHER, "confirm"), (TEACHER, "lift"), (TEACHER, "restore")],
    );
}

#[test]
fn a_supplier_is_checked_each_year_and_leaves_without_accounts() {
    let mut desk = desk();
    let supplier = open(&mut desk, TEACHER, "supplier", &[]);
    make(&mut desk, TEACHER, &supplier, "engage", &[("until", "2027-08-31"), ("next_check", "2027-03-31")]);
    assert_eq!(
        (clock(&desk, &supplier, "contract"), clock(&desk, &supplier, "check")),
        ("2027-08-31 23:59:59".into(), "2027-03-31 23:59:59".into())
    );
    make(&mut desk, TEACHER, &supplier, "check", &[]);
    assert_eq!(clock(&desk, &supplier, "check"), "2027-09-25 23:59:59");
    walk(
        &mut desk,
        &supplier,
        &[
            (TEACHER, "plan_check"),
            (TEACHER, "update"),
            (TEACHER, "renew"),
            (TEACHER, "leave"),
            (TEACHER, "stay"),
            (TEACHER, "leave"),
            (TEACHER, "left"),
        ],
    );
    assert!(desk.records[&supplier].ended);
}

#[test]
fn the_monthly_report_carries_the_checkpoint_to_paper() {
    let mut desk = desk();
    let report = open(&mut desk, TEACHER, "duty-report", &[]);
    refused(&mut desk, HEAD, &report, "hand_in");
    make(&mut desk, TEACHER, &report, "hand_in", &[]);
    assert_eq!(value(&desk, &report, "checkpoint"), CHECKPOINT);
    holds(&desk, &report, HEAD);
    refused(&mut desk, TEACHER, &report, "sign");
    walk(&mut desk, &report, &[(HEAD, "return"), (TEACHER, "hand_in"), (HEAD, "sign")]);
    assert_eq!(clock(&desk, &report, "signing"), "2026-10-09 23:59:59");
    make(&mut desk, TEACHER, &report, "archive", &[]);
    let forged = Command::Correct { values: world::values(&[("checkpoint", "x")]), reason: "更正".to_owned() };
    assert!(desk.act(HEAD, &report, &forged).is_err());
}

#[test]
fn a_list_of_log_sources_is_confirmed_by_the_head_and_never_by_who_submitted_it() {
    let mut desk = desk();
    let device = open(&mut desk, TEACHER, "log-source", &[("address", "192.0.2.1")]);
    holds(&desk, &device, TEACHER);
    let list = open(&mut desk, TEACHER, "log-list", &[]);
    refused(&mut desk, HEAD, &list, "confirm");
    walk(&mut desk, &list, &[(TEACHER, "submit")]);
    holds(&desk, &list, HEAD);
    refused(&mut desk, TEACHER, &list, "confirm");
    refused(&mut desk, CLERK, &list, "confirm");
    walk(&mut desk, &list, &[(HEAD, "send_back"), (TEACHER, "submit"), (HEAD, "confirm")]);
    assert_eq!((value(&desk, &list, "checkpoint"), value(&desk, &list, "confirmed_on")), (CHECKPOINT, "2026-09-25"));
    assert_eq!(clock(&desk, &list, "review"), "2027-09-25 23:59:59");
    walk(&mut desk, &device, &[(TEACHER, "update"), (TEACHER, "take_out"), (TEACHER, "put_back")]);
    walk(&mut desk, &list, &[(TEACHER, "submit"), (HEAD, "confirm")]);
    refused(&mut desk, TEACHER, &list, "retire");
    walk(&mut desk, &list, &[(HEAD, "retire")]);
    assert!(desk.records[&list].ended);
    // A head who submits has somebody else's list confirmed, not their own.
    let own = open(&mut desk, HEAD, "log-list", &[]);
    walk(&mut desk, &own, &[(HEAD, "submit")]);
    refused(&mut desk, HEAD, &own, "confirm");
    let unused = open(&mut desk, TEACHER, "log-list", &[]);
    walk(&mut desk, &unused, &[(TEACHER, "drop")]);
}
