//! The kinds that ship, walked as their users walk them: a school with a head and one IT teacher, under a bureau with a clerk and a head.
//! Every step is made by the person whom the work falls to; what needs two people needs two here.
#![allow(clippy::unwrap_used, reason = "a test may")]

#[path = "engine/world.rs"]
mod world;

use anlan_law::kind::{Field, Kind, Role, Shape};
use anlan_ledger::engine::{ClockState, Command, PersonId, SERIES_CLOCK, UnitId, Values, series_open};
use world::{Desk, Law, Town, at};

const BUREAU: UnitId = UnitId(1);
const SCHOOL: UnitId = UnitId(2);
const OTHER_SCHOOL: UnitId = UnitId(3);
const CHIEF: PersonId = PersonId(1);
const CLERK: PersonId = PersonId(2);
const HEAD: PersonId = PersonId(3);
const TEACHER: PersonId = PersonId(4);
const STAFF: PersonId = PersonId(5);
const OTHER_HEAD: PersonId = PersonId(6);

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
    let law = Law::shipped();
    let kinds = law.shipped_kinds();
    Desk::new(town, kinds.into(), law.into(), at("2026-09-25T09:00"))
}

/// Something that fits into the field; choices take their first option.
fn some(field: &Field) -> String {
    match &field.shape {
        Shape::Text { .. } => "情况属实".to_owned(),
        Shape::Number { least, .. } => least.max(&60).to_string(),
        Shape::Choice { options } => options[0].id.clone(),
        Shape::Date => "2026-10-10".to_owned(),
        Shape::Time => "2026-09-25T08:00".to_owned(),
        Shape::Yes => "yes".to_owned(),
        Shape::Person => TEACHER.to_string(),
        Shape::People { .. } => format!("[\"{HEAD}\",\"{TEACHER}\"]"),
        Shape::Unit => SCHOOL.to_string(),
        Shape::Units { .. } => format!("[\"{SCHOOL}\",\"{OTHER_SCHOOL}\"]"),
        Shape::Table { columns, .. } => {
            let cell = |cell: &anlan_law::kind::Column| match cell.shape {
                anlan_law::kind::Cell::Text => "\"一项\"",
                anlan_law::kind::Cell::Number => "\"3\"",
                anlan_law::kind::Cell::Date => "\"2026-10-10\"",
                anlan_law::kind::Cell::Yes => "\"yes\"",
            };
            format!("[[{}]]", columns.iter().map(cell).collect::<Vec<_>>().join(","))
        }
        Shape::Attachment { .. } => {
            format!("[{{\"name\":\"图.jpg\",\"digest\":\"{}\",\"size\":3,\"type\":\"image/jpeg\"}}]", "0".repeat(64))
        }
        Shape::Source | Shape::Asset | Shape::Link { .. } => unreachable!("{} is never needed", field.name),
    }
}

fn filled(kind: &Kind, names: &[String], known: &Values, given: &[(&str, &str)]) -> Values {
    let mut values = world::values(given);
    for name in names.iter().filter(|name| !known.contains_key(*name)) {
        values.entry(name.clone()).or_insert_with(|| some(kind.field(name).unwrap()));
    }
    values
}

fn open(desk: &mut Desk, who: PersonId, kind: &str, unit: UnitId, given: &[(&str, &str)]) -> String {
    let kind = desk.kinds.get(kind).unwrap().clone();
    let required: Vec<String> = kind.fields.iter().filter(|field| field.required).map(|field| field.name.clone()).collect();
    let values = filled(&kind, &required, &Values::new(), given);
    let command = Command::Open { unit, values, happened: None };
    let opened = desk.command(who, &kind.id, None, &command).unwrap_or_else(|refusal| panic!("{who} opens {}: {refusal:?}", kind.id));
    opened[0].clone()
}

/// Makes a move with whatever it needs, and has it approved where it takes two; returns what it opened.
fn make(desk: &mut Desk, who: PersonId, number: &str, name: &str, given: &[(&str, &str)]) -> Vec<String> {
    let kind = desk.kind_of(number).clone();
    let a_move = kind.a_move(name).unwrap_or_else(|| panic!("{} has no move {name}", kind.id));
    let values = filled(&kind, &a_move.needs, &desk.records[number].values, given);
    let command = Command::Move { name: name.to_owned(), values, reason: Some("按要求办理".to_owned()) };
    let opened = desk.act(who, number, &command).unwrap_or_else(|refusal| panic!("{number}: {who} makes {name}: {refusal:?}"));
    let Some(pending) = desk.records[number].pending.clone() else { return opened };
    assert_ne!(pending.approver, who, "{number}: {name} takes two");
    let seen = desk.records[number].version;
    let approval = Command::Approve { seen, reason: None };
    desk.act(pending.approver, number, &approval).unwrap_or_else(|refusal| panic!("{number}: {name} is approved: {refusal:?}"))
}

fn refused(desk: &mut Desk, who: PersonId, number: &str, name: &str) {
    let kind = desk.kind_of(number).clone();
    let values = filled(&kind, &kind.a_move(name).unwrap().needs, &desk.records[number].values, &[]);
    let command = Command::Move { name: name.to_owned(), values, reason: Some("按要求办理".to_owned()) };
    assert!(desk.act(who, number, &command).is_err(), "{number}: {who} must not make {name}");
}

fn holds(desk: &Desk, number: &str, who: PersonId) {
    let record = &desk.records[number];
    assert_eq!(record.holder, Some(who), "{number} in {}", record.state);
}

fn state(desk: &Desk, number: &str, state: &str) {
    assert_eq!(desk.records[number].state, state, "{number}");
}

fn due(desk: &Desk, number: &str, clock: &str) -> String {
    match desk.records[number].clocks.get(clock) {
        Some(ClockState::Running(running)) => running.due.to_civil().to_string(),
        other => panic!("{number}: {clock} does not run: {other:?}"),
    }
}

#[test]
fn a_hazard_is_fixed_by_one_and_struck_off_by_another() {
    let mut desk = desk();
    let number = open(&mut desk, STAFF, "hazard", SCHOOL, &[("handling", "planned"), ("category", "room")]);
    holds(&desk, &number, TEACHER);
    make(&mut desk, TEACHER, &number, "assign", &[]);
    // Fifteen working days over National Day would be later: the day that was set counts.
    assert_eq!(due(&desk, &number, "planned"), "2026-10-10 23:59:59");
    make(&mut desk, TEACHER, &number, "extend", &[("deadline", "2026-10-15")]);
    assert_eq!(due(&desk, &number, "planned"), "2026-10-15 23:59:59");
    make(&mut desk, TEACHER, &number, "fix", &[]);
    holds(&desk, &number, HEAD);
    refused(&mut desk, TEACHER, &number, "strike_off");
    make(&mut desk, HEAD, &number, "send_back", &[]);
    refused(&mut desk, STAFF, &number, "fix");
    make(&mut desk, TEACHER, &number, "fix", &[]);
    make(&mut desk, HEAD, &number, "strike_off", &[]);
    assert!(desk.records[&number].ended);
    make(&mut desk, CLERK, &number, "spot_check", &[]);
    make(&mut desk, HEAD, &number, "reopen", &[("handling", "at_once")]);
    assert_eq!(desk.records[&number].values.get("struck_off_on"), None, "it is not struck off any more");
    make(&mut desk, TEACHER, &number, "order", &[]);
    make(&mut desk, TEACHER, &number, "defer", &[("deadline", "2026-10-12")]);
    make(&mut desk, TEACHER, &number, "pass_up", &[]);
    holds(&desk, &number, CLERK);
    make(&mut desk, TEACHER, &number, "fix", &[]);
    make(&mut desk, HEAD, &number, "strike_off", &[]);
    let on_the_spot = open(&mut desk, TEACHER, "hazard", SCHOOL, &[("handling", "at_once")]);
    make(&mut desk, TEACHER, &on_the_spot, "fix", &[]);
    make(&mut desk, HEAD, &on_the_spot, "strike_off", &[]);
}

#[test]
fn a_hazard_that_nobody_handles_goes_up() {
    let mut desk = desk();
    desk.now = at("2026-09-30T10:30");
    let number = open(&mut desk, STAFF, "hazard", SCHOOL, &[("handling", "at_once"), ("happened", "2026-09-30T10:00")]);
    // Found on the eve of National Day: the next working day is 8 October.
    assert_eq!(due(&desk, &number, "respond"), "2026-10-08 23:59:59");
    let told = |desk: &Desk, act: &str| {
        let entries = desk.history[&number].iter().map(|index| &desk.entries[*index]);
        entries.filter(|entry| entry.act == act).filter_map(|entry| entry.get("people").map(str::to_owned)).collect::<Vec<_>>()
    };
    desk.now = at("2026-10-09T00:01");
    desk.tick();
    assert_eq!(told(&desk, "record.late"), [format!("[\"{TEACHER}\"]")]);
    assert_eq!(told(&desk, "record.escalate"), [format!("[\"{HEAD}\"]")]);
    desk.now = at("2026-10-10T09:00");
    desk.tick();
    assert_eq!(told(&desk, "record.escalate"), [format!("[\"{HEAD}\"]"), format!("[\"{CHIEF}\"]")]);
}

#[test]
fn each_series_opens_a_record_that_somebody_holds() {
    let law = Law::shipped();
    for kind in law.shipped_kinds().iter() {
        for series in &kind.series {
            let mut desk = desk();
            let drafts = series_open(kind, series, SCHOOL, at("2026-09-30T23:59"), &desk.context(&world::NOBODY)).unwrap();
            let number = desk.write(None, drafts)[0].clone();
            assert!([Some(TEACHER), Some(HEAD)].contains(&desk.records[&number].holder), "{} {}", kind.id, series.name);
            assert!(matches!(desk.records[&number].clocks.get(SERIES_CLOCK), Some(ClockState::Running(_))));
        }
    }
}

#[test]
fn the_grid_handles_by_level() {
    let mut desk = desk();
    let number = open(&mut desk, TEACHER, "hazard", SCHOOL, &[("handling", "at_once")]);
    make(&mut desk, TEACHER, &number, "route", &[("reach", "community")]);
    assert_eq!(due(&desk, &number, "grid"), "2026-09-30 23:59:59");
}

#[test]
fn a_campaign_puts_what_it_finds_into_the_ledgers_of_the_units() {
    let mut desk = desk();
    let clerk = CLERK.to_string();
    let campaign = open(&mut desk, CLERK, "campaign", BUREAU, &[("lead", &clerk)]);
    let findings = make(&mut desk, CLERK, &campaign, "issue", &[]);
    assert_eq!(findings.len(), 2, "one for each unit");
    let finding = findings[0].clone();
    holds(&desk, &finding, CLERK);
    refused(&mut desk, TEACHER, &finding, "none_found");
    make(&mut desk, CLERK, &finding, "record", &[]);
    holds(&desk, &finding, HEAD);
    let hazard = make(&mut desk, CLERK, &finding, "to_hazard", &[("handling", "at_once")])[0].clone();
    assert_eq!(desk.records[&hazard].values.get("finding"), Some(&finding));
    holds(&desk, &hazard, TEACHER);
    make(&mut desk, HEAD, &finding, "confirm", &[]);
    make(&mut desk, TEACHER, &finding, "reply", &[]);
    holds(&desk, &finding, CLERK);
    refused(&mut desk, HEAD, &finding, "verify");
    make(&mut desk, CLERK, &finding, "send_back", &[]);
    make(&mut desk, CLERK, &finding, "talk", &[]);
    make(&mut desk, TEACHER, &finding, "reply", &[]);
    make(&mut desk, CLERK, &finding, "verify", &[]);
    make(&mut desk, CLERK, &findings[1], "none_found", &[]);
    make(&mut desk, CLERK, &campaign, "sum", &[]);
    let circular = make(&mut desk, CLERK, &campaign, "circulate", &[])[0].clone();
    assert!(desk.records[&campaign].ended);
    make(&mut desk, CLERK, &circular, "to_sign", &[]);
    make(&mut desk, CHIEF, &circular, "issue", &[]);
    make(&mut desk, CLERK, &circular, "file", &[]);
}

#[test]
fn a_school_alone_inspects_itself() {
    let mut desk = desk();
    let campaign = open(&mut desk, TEACHER, "campaign", SCHOOL, &[("sort", "self")]);
    let own = format!("[\"{SCHOOL}\"]");
    let finding = make(&mut desk, TEACHER, &campaign, "issue", &[("units", &own)])[0].clone();
    make(&mut desk, TEACHER, &finding, "record", &[]);
    make(&mut desk, HEAD, &finding, "confirm", &[]);
    make(&mut desk, TEACHER, &finding, "reply", &[]);
    refused(&mut desk, TEACHER, &finding, "verify_self");
    make(&mut desk, HEAD, &finding, "verify_self", &[]);
    make(&mut desk, TEACHER, &campaign, "sum", &[]);
    make(&mut desk, HEAD, &campaign, "close", &[]);
}

#[test]
fn nobody_is_told_of_an_unannounced_visit() {
    let mut desk = desk();
    let clerk = CLERK.to_string();
    let campaign = open(&mut desk, CLERK, "campaign", BUREAU, &[("sort", "unannounced"), ("lead", &clerk)]);
    assert!(make(&mut desk, CLERK, &campaign, "go_unannounced", &[]).is_empty());
    let finding = open(&mut desk, CLERK, "finding", SCHOOL, &[("sort", "unannounced"), ("inspector", &clerk), ("campaign", &campaign)]);
    make(&mut desk, CLERK, &finding, "record", &[]);
    holds(&desk, &finding, HEAD);
}

#[test]
fn a_visit_ends_in_an_order_that_is_reported_in_time() {
    let mut desk = desk();
    let visit = open(&mut desk, TEACHER, "visit", SCHOOL, &[]);
    for name in ["begin", "note", "copy", "finish"] {
        make(&mut desk, TEACHER, &visit, name, &[]);
    }
    assert_eq!(desk.records[&visit].asks.len(), 2, "both who were there sign");
    make(&mut desk, TEACHER, &visit, "sign", &[]);
    let order = make(&mut desk, TEACHER, &visit, "order", &[("order_until", "2026-10-20")])[0].clone();
    make(&mut desk, TEACHER, &visit, "close", &[("result", "order")]);
    holds(&desk, &order, HEAD);
    assert_eq!(desk.records[&order].values.get("visit"), Some(&visit));
    assert_eq!(due(&desk, &order, "order"), "2026-10-20 23:59:59");
    make(&mut desk, HEAD, &order, "plan", &[]);
    let hazard = make(&mut desk, TEACHER, &order, "to_hazard", &[])[0].clone();
    assert_eq!(desk.records[&hazard].values.get("rectification"), Some(&order));
    make(&mut desk, TEACHER, &order, "extend", &[("deadline", "2026-10-23")]);
    assert_eq!(due(&desk, &order, "order"), "2026-10-23 23:59:59");
    make(&mut desk, TEACHER, &order, "report", &[]);
    make(&mut desk, TEACHER, &order, "failed", &[("deadline", "2026-10-30")]);
    make(&mut desk, TEACHER, &order, "report", &[]);
    make(&mut desk, TEACHER, &order, "passed", &[]);
    assert!(desk.records[&order].ended);
}

#[test]
fn a_task_goes_down_comes_back_is_corrected_and_summed_up() {
    let mut desk = desk();
    let task = open(&mut desk, CLERK, "task", BUREAU, &[]);
    let first = format!("[\"{SCHOOL}\"]");
    let answer = make(&mut desk, CLERK, &task, "issue", &[("wants", "pictures"), ("due", "2026-09-28"), ("units", &first)])[0].clone();
    let both = format!("[\"{SCHOOL}\",\"{OTHER_SCHOOL}\"]");
    let more = make(&mut desk, CLERK, &task, "issue", &[("units", &both)]);
    assert_eq!(more.len(), 1, "only the unit that was added");
    holds(&desk, &answer, TEACHER);
    holds(&desk, &more[0], OTHER_HEAD);
    // On the day of the Mid-Autumn Festival: the next working day is Monday.
    assert_eq!(due(&desk, &answer, "receive"), "2026-09-28 23:59:59");
    assert_eq!(due(&desk, &answer, "due"), "2026-09-28 12:00:00");
    make(&mut desk, TEACHER, &answer, "receive", &[]);
    make(&mut desk, TEACHER, &answer, "fill", &[]);
    let without = Command::Move { name: "submit_pictures".to_owned(), values: Values::new(), reason: None };
    assert_eq!(desk.act(HEAD, &answer, &without).unwrap_err().field.as_deref(), Some("pictures"));
    make(&mut desk, HEAD, &answer, "submit_pictures", &[]);
    holds(&desk, &answer, CLERK);
    refused(&mut desk, HEAD, &answer, "accept");
    make(&mut desk, CLERK, &answer, "send_back", &[]);
    assert_eq!(due(&desk, &answer, "redo"), "2026-09-29 23:59:59");
    make(&mut desk, TEACHER, &answer, "fill", &[]);
    make(&mut desk, TEACHER, &answer, "submit_pictures", &[]);
    make(&mut desk, CLERK, &answer, "accept", &[]);
    make(&mut desk, CLERK, &more[0], "excuse", &[]);
    make(&mut desk, CLERK, &task, "sum", &[]);
    let circular = make(&mut desk, CLERK, &task, "circulate", &[])[0].clone();
    assert_eq!(desk.records[&circular].values.get("task"), Some(&task));
}

#[test]
fn a_task_that_asks_for_a_receipt_only_ends_with_it() {
    let mut desk = desk();
    let task = open(&mut desk, CLERK, "task", BUREAU, &[]);
    let answers = make(&mut desk, CLERK, &task, "issue", &[("wants", "receipt")]);
    make(&mut desk, TEACHER, &answers[0], "acknowledge", &[]);
    make(&mut desk, OTHER_HEAD, &answers[1], "acknowledge", &[]);
    assert!(answers.iter().all(|answer| desk.records[answer].ended));
    make(&mut desk, CLERK, &task, "sum_short", &[]);
    make(&mut desk, CLERK, &task, "close", &[]);
}

#[test]
fn what_a_meeting_decides_is_done_and_accepted_by_another() {
    let mut desk = desk();
    let meeting = open(&mut desk, TEACHER, "meeting", SCHOOL, &[]);
    make(&mut desk, TEACHER, &meeting, "call", &[]);
    make(&mut desk, TEACHER, &meeting, "hold", &[("chair", &HEAD.to_string())]);
    let task = make(&mut desk, TEACHER, &meeting, "to_task", &[])[0].clone();
    make(&mut desk, TEACHER, &meeting, "minute", &[]);
    holds(&desk, &meeting, HEAD);
    make(&mut desk, HEAD, &meeting, "issue", &[]);
    make(&mut desk, TEACHER, &meeting, "file", &[]);
    make(&mut desk, HEAD, &task, "assign", &[("due", "2026-10-09")]);
    assert_eq!(due(&desk, &task, "due"), "2026-10-09 12:00:00");
    make(&mut desk, TEACHER, &task, "report", &[]);
    refused(&mut desk, TEACHER, &task, "accept");
    make(&mut desk, HEAD, &task, "accept", &[]);
}

#[test]
fn a_change_is_approved_and_checked_by_others_and_an_urgent_one_afterwards() {
    let mut desk = desk();
    let change = open(&mut desk, TEACHER, "change", SCHOOL, &[]);
    make(&mut desk, TEACHER, &change, "submit", &[("window_to", "2026-09-26T22:00")]);
    refused(&mut desk, TEACHER, &change, "approve");
    make(&mut desk, HEAD, &change, "approve", &[]);
    assert_eq!(due(&desk, &change, "window"), "2026-09-26 22:00:00");
    make(&mut desk, TEACHER, &change, "execute", &[]);
    refused(&mut desk, TEACHER, &change, "check");
    make(&mut desk, HEAD, &change, "check", &[]);
    make(&mut desk, TEACHER, &change, "file", &[]);
    let urgent = open(&mut desk, TEACHER, "change", SCHOOL, &[]);
    make(&mut desk, TEACHER, &urgent, "act_urgent", &[]);
    holds(&desk, &urgent, HEAD);
    refused(&mut desk, TEACHER, &urgent, "approve_after");
    make(&mut desk, HEAD, &urgent, "undo", &[("window_to", "2026-09-26T22:00")]);
    make(&mut desk, TEACHER, &urgent, "roll_back", &[]);
    make(&mut desk, TEACHER, &urgent, "file", &[]);
}

#[test]
fn a_device_is_let_in_registered_checked_each_year_and_retired_by_two() {
    let mut desk = desk();
    let admission = open(&mut desk, STAFF, "admission", SCHOOL, &[("until", "2027-01-20")]);
    holds(&desk, &admission, HEAD);
    make(&mut desk, STAFF, &admission, "sign", &[]);
    make(&mut desk, HEAD, &admission, "endorse", &[]);
    make(&mut desk, TEACHER, &admission, "approve", &[]);
    make(&mut desk, TEACHER, &admission, "connect", &[]);
    assert_eq!(due(&desk, &admission, "until"), "2027-01-20 23:59:59");
    assert_eq!(due(&desk, &admission, "recheck"), "2027-09-25 23:59:59");
    let device = make(&mut desk, TEACHER, &admission, "enter_device", &[])[0].clone();
    make(&mut desk, TEACHER, &admission, "readdress", &[]);
    make(&mut desk, TEACHER, &admission, "prolong", &[("until", "2027-06-30")]);
    make(&mut desk, TEACHER, &admission, "recheck", &[]);
    make(&mut desk, TEACHER, &admission, "withdraw", &[]);
    assert_eq!(desk.records[&device].values.get("admission"), Some(&admission));
    for name in ["update", "hand_over", "count", "send_repair", "back", "set_aside", "use_again", "report_lost", "found"] {
        make(&mut desk, TEACHER, &device, name, &[]);
    }
    make(&mut desk, TEACHER, &device, "retire", &[]);
    state(&desk, &device, "retired");
}

#[test]
fn papers_come_in_and_go_out_and_down() {
    let mut desk = desk();
    let incoming = open(&mut desk, CLERK, "document", BUREAU, &[]);
    make(&mut desk, CLERK, &incoming, "register", &[]);
    make(&mut desk, CLERK, &incoming, "propose", &[]);
    holds(&desk, &incoming, CHIEF);
    make(&mut desk, CHIEF, &incoming, "instruct", &[("owner", &CLERK.to_string()), ("due", "2026-09-30")]);
    assert_eq!(due(&desk, &incoming, "do"), "2026-09-30 23:59:59");
    let task = make(&mut desk, CLERK, &incoming, "send_down", &[])[0].clone();
    assert_eq!(desk.records[&task].values.get("document"), Some(&incoming));
    make(&mut desk, CLERK, &incoming, "finish", &[]);
    make(&mut desk, CLERK, &incoming, "file", &[]);
    let outgoing = open(&mut desk, TEACHER, "document", SCHOOL, &[]);
    make(&mut desk, TEACHER, &outgoing, "countersign", &[]);
    assert_eq!(desk.records[&outgoing].asks.len(), 2);
    make(&mut desk, TEACHER, &outgoing, "to_sign", &[]);
    refused(&mut desk, TEACHER, &outgoing, "issue");
    make(&mut desk, HEAD, &outgoing, "issue", &[]);
    make(&mut desk, TEACHER, &outgoing, "circulate", &[]);
    make(&mut desk, TEACHER, &outgoing, "file", &[]);
}

#[test]
fn what_a_patrol_finds_is_a_hazard() {
    let mut desk = desk();
    let patrol = open(&mut desk, TEACHER, "patrol", SCHOOL, &[]);
    let hazard = make(&mut desk, TEACHER, &patrol, "report", &[])[0].clone();
    assert_eq!(desk.records[&hazard].values.get("patrol"), Some(&patrol));
    make(&mut desk, TEACHER, &patrol, "another", &[]);
    make(&mut desk, TEACHER, &patrol, "finish", &[]);
    state(&desk, &patrol, "done");
}

/// Whoever opens a record by a move or by sending it down fills what must be filled when a person opens it.
#[test]
fn what_is_opened_by_another_record_lacks_nothing() {
    let law = Law::shipped();
    let kinds = law.shipped_kinds();
    for kind in kinds.iter() {
        let by_move = kind.moves.iter().flat_map(|a_move| a_move.opens.iter().map(move |open| (a_move, &open.kind, &open.copies)));
        let down = kind.fanout.iter().map(|down| (kind.a_move(&down.on).unwrap(), &down.child, &down.copies));
        for (a_move, child, copies) in by_move.chain(down) {
            for field in kinds.get(child).unwrap().fields.iter().filter(|field| field.required) {
                let ours = copies.get(&field.name).unwrap_or_else(|| panic!("{}.{}: {} of {child}", kind.id, a_move.name, field.name));
                let is_filled = kind.field(ours).is_some_and(|field| field.required) || a_move.needs.contains(ours);
                let before = || kind.moves.iter().filter(|other| other.to.as_ref().is_some_and(|to| a_move.from.contains(to)));
                let is_filled = is_filled || (before().next().is_some() && before().all(|other| other.needs.contains(ours)));
                assert!(is_filled, "{}.{}: {ours} may be empty, {child} needs it", kind.id, a_move.name);
            }
        }
    }
}
