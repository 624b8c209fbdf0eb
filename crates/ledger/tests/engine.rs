//! What commands on records lead to: hands, clocks, four eyes, fan-out, corrections; a table over small kinds (spec/record.md).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]

#[path = "engine/office.rs"]
mod office;
#[path = "engine/world.rs"]
mod world;

use anlan_law::kind::{AskWhat, Role};
use anlan_ledger::engine::{AskState, ClockState, Command, HandTo, People as _, PersonId, Urging, Verb, may, may_do, sees, visible};

use office::*;
use world::{Desk, at, values};

fn due(desk: &Desk, number: &str, clock: &str) -> String {
    desk.records[number].running().find(|(name, _)| *name == clock).map(|(_, running)| running.due.to_civil()).unwrap_or_default()
}

fn verbs(desk: &Desk, person: PersonId, number: &str) -> Vec<Verb> {
    may_do(&desk.records[number], desk.kind_of(number), &desk.context(&desk.town.rights(person)))
}

#[test]
fn a_job_from_its_opening_to_its_end() {
    let mut desk = desk();
    let number = job(&mut desk);
    assert_eq!(number, "SX-2026-0001");
    let record = &desk.records[&number];
    assert_eq!((record.holder, record.opener, record.state.as_str()), (Some(HANDLER), Some(HANDLER), "new"));
    assert_eq!(due(&desk, &number, "respond"), "2026-09-30 23:59:59");
    desk.make(HANDLER, &number, "assign", &[("owner", "p8"), ("deadline", "2026-10-09")]).unwrap();
    assert_eq!(desk.records[&number].holder, Some(STAFF));
    assert!(matches!(desk.records[&number].clocks["respond"], ClockState::Stopped { late: false, .. }));
    // Five working days end on 12 October, for the Saturday before is worked; a person set an earlier day.
    assert_eq!(due(&desk, &number, "doing"), "2026-10-09 23:59:59");
    desk.make(STAFF, &number, "fix", &[("proof", "已修")]).unwrap();
    assert_eq!(desk.records[&number].holder, Some(APPROVER));
    desk.make(HEAD, &number, "strike", &[]).unwrap();
    let record = &desk.records[&number];
    assert!(record.ended && record.holder.is_none() && record.due().is_none());
    let set = |name: &str| record.values[name].as_str();
    assert_eq!((set("done_by"), set("done_on"), set("done_at")), ("p5", "2026-09-29", "2026-09-29T10:00"));
    assert_eq!(set("anchor"), world::CHECKPOINT);
    assert_eq!(&desk.replayed(&number), record);
    desk.make(HEAD, &number, "reopen", &[]).unwrap();
    assert!(!desk.records[&number].ended);
    assert_eq!(desk.records[&number].holder, Some(STAFF));
}

// REC-7 REC-8
#[test]
fn a_working_day_clock_over_a_holiday_with_a_make_up_day() {
    let mut desk = shipped_desk();
    desk.now = at("2026-09-30T15:00");
    let given =
        [("title", "灭火器过期"), ("happened", "2026-09-30T14:00"), ("category", "fire"), ("level", "general"), ("handling", "planned")];
    let number = desk.open(STAFF, "hazard", SCHOOL, &given).unwrap();
    // One working day after 30 September is 8 October.
    assert_eq!(due(&desk, &number, "respond"), "2026-10-08 23:59:59");
    let planned = [("owner", "p8"), ("deadline", "2026-10-10"), ("measure", "更换"), ("watcher", "p6"), ("watch_measure", "每日查看")];
    desk.make(HANDLER, &number, "assign", &planned).unwrap();
    assert_eq!(due(&desk, &number, "planned"), "2026-10-10 23:59:59");
    let escalate: Vec<String> = running(&desk, &number, "planned").escalate.iter().map(|step| step.at.to_civil()).collect();
    assert_eq!(escalate, ["2026-10-11 00:00:00", "2026-10-13 23:59:59"]);
    // Three days and one day before: in the morning, while it can still be done.
    let remind: Vec<String> = running(&desk, &number, "planned").remind.iter().map(|at| at.to_civil()).collect();
    assert_eq!(remind, ["2026-10-07 08:30:00", "2026-10-09 08:30:00"]);
    // The server is down until the deadline is past: each is given once, in order, to somebody who is there.
    desk.now = at("2026-10-12T09:00");
    desk.tick();
    let told: Vec<_> =
        desk.history[&number].iter().map(|index| &desk.entries[*index]).filter(|entry| entry.get("clock").is_some()).collect();
    let acts: Vec<_> = told.iter().map(|entry| (entry.act, entry.get("people").unwrap())).collect();
    assert_eq!(
        acts,
        [("record.remind", r#"["p8"]"#), ("record.remind", r#"["p8"]"#), ("record.late", r#"["p8"]"#), ("record.escalate", r#"["p5"]"#)]
    );
    desk.tick();
    desk.make(STAFF, &number, "fix", &[("done", "已换"), ("proof", PICTURE), ("fixed_on", "2026-10-12")]).unwrap();
    // REC-8: done, but late for ever.
    assert!(matches!(desk.records[&number].clocks["planned"], ClockState::Stopped { late: true, .. }));
    desk.make(HANDLER, &number, "strike_off", &[("check_how", "site"), ("check_note", "合格")]).unwrap();
    assert_eq!(desk.records[&number].values["struck_off_on"], "2026-10-12");
    assert!(desk.records[&number].ended);
}

const PICTURE: &str =
    r#"[{"name":"a.png","digest":"abababababababababababababababababababababababababababababababab","size":1,"type":"image/png"}]"#;

fn running(desk: &Desk, number: &str, clock: &str) -> anlan_ledger::engine::Running {
    desk.records[number].running().find(|(name, _)| *name == clock).unwrap().1.clone()
}

#[test]
fn a_clock_that_starts_anew_keeps_the_run_that_was_missed() {
    let mut desk = desk();
    let number = assigned(&mut desk);
    desk.now = at("2026-10-20T09:00");
    desk.tick();
    desk.make(STAFF, &number, "fix", &[("proof", "已修")]).unwrap();
    desk.make(HEAD, &number, "back", &[]).unwrap();
    let record = &desk.records[&number];
    assert!(matches!(record.clocks["doing.1"], ClockState::Stopped { late: true, .. }));
    assert!(matches!(&record.clocks["doing"], ClockState::Running(running) if !running.missed));
}

#[test]
fn a_clock_stands_still_and_goes_on() {
    let mut desk = desk();
    desk.now = at("2026-10-12T09:00");
    let number = assigned(&mut desk);
    assert_eq!(due(&desk, &number, "doing"), "2026-10-19 23:59:59");
    desk.now = at("2026-10-14T09:00");
    desk.make(HANDLER, &number, "hold", &[]).unwrap();
    assert!(matches!(desk.records[&number].clocks["doing"], ClockState::Paused { .. }));
    // It wakes nobody while it stands still.
    desk.now = at("2026-11-02T09:00");
    assert_eq!(desk.tick(), Vec::<String>::new());
    desk.make(HANDLER, &number, "resume", &[]).unwrap();
    // 13 and 14 October counted, three working days are left after 2 November.
    assert_eq!(due(&desk, &number, "doing"), "2026-11-05 23:59:59");
    desk.make(HANDLER, &number, "hold", &[]).unwrap();
    desk.now = at("2026-11-04T09:00");
    desk.make(HANDLER, &number, "resume", &[]).unwrap();
    assert_eq!(running(&desk, &number, "doing").stood.len(), 2);
    assert_eq!(due(&desk, &number, "doing"), "2026-11-09 23:59:59");
    assert_eq!(desk.replayed(&number), desk.records[&number]);
}

#[test]
fn a_date_that_is_corrected_dates_the_clock_anew() {
    let mut desk = desk();
    let number = assigned(&mut desk);
    assert_eq!(due(&desk, &number, "doing"), "2026-10-12 23:59:59");
    let correct = |text: &str| Command::Correct { values: values(&[("deadline", text)]), reason: "写错".to_owned() };
    desk.act(STAFF, &number, &correct("2026-10-08")).unwrap();
    assert_eq!(due(&desk, &number, "doing"), "2026-10-08 23:59:59");
    let started = running(&desk, &number, "doing").started;
    assert_eq!(started, desk.now);
    // A day is never later than the rule allows.
    assert_eq!(desk.act(STAFF, &number, &correct("2026-10-13")).unwrap_err().code, "own-later");
    desk.act(STAFF, &number, &correct("")).unwrap();
    assert_eq!(due(&desk, &number, "doing"), "2026-10-12 23:59:59");
}

#[test]
fn late_entry_is_marked_and_its_clock_starts_when_it_happened() {
    let mut desk = desk();
    let given = values(&[("title", "旧事"), ("level", "low")]);
    for (happened, late_entry, respond) in [
        ("2026-09-29T08:00", false, "2026-09-30 23:59:59"),
        ("2026-09-28T23:59", true, "2026-09-29 23:59:59"),
        ("2026-09-24T10:00", true, "2026-09-28 23:59:59"),
    ] {
        let command = Command::Open { unit: SCHOOL, values: given.clone(), happened: Some(at(happened)) };
        let number = desk.command(HANDLER, "job", None, &command).unwrap().remove(0);
        assert_eq!(desk.records[&number].late_entry, late_entry, "{happened}");
        assert_eq!(due(&desk, &number, "respond"), respond, "{happened}");
    }
    desk.tick();
    assert_eq!(desk.acts("SX-2026-0003"), ["record.open", "record.late", "record.escalate"]);
}

// REC-3 REC-4 REC-5
#[test]
fn four_eyes() {
    let mut desk = desk();
    let number = proposed(&mut desk);
    let record = &desk.records[&number];
    assert_eq!(record.pending.as_ref().unwrap().approver, HEAD);
    assert_eq!(record.acting(), Some(HEAD));
    assert!(!record.values.contains_key("deadline"), "what is proposed is not in force");
    let approve = |seen: u64| Command::Approve { seen, reason: None };
    let version = record.version;
    assert_eq!(desk.act(STAFF, &number, &approve(version)).unwrap_err().code, "own-proposal");
    assert_eq!(desk.act(HANDLER, &number, &approve(version)).unwrap_err().code, "approve-not-yours");
    desk.act(HANDLER, &number, &Command::Note { text: "再看看".to_owned() }).unwrap();
    assert_eq!(desk.act(HEAD, &number, &approve(version)).unwrap_err().code, "stale");
    let version = desk.records[&number].version;
    // A head of a unit above may too: `by` names heads.
    desk.act(DISTRICT_HEAD, &number, &approve(version)).unwrap();
    let record = &desk.records[&number];
    assert_eq!((record.values["deadline"].as_str(), record.made["extend"]), ("2026-10-09", STAFF));
    assert_eq!(desk.last(&number).get("person"), Some("p4"));
    assert_eq!(desk.last(&number).get("proposer"), Some("p8"));
    assert_eq!(due(&desk, &number, "doing"), "2026-10-09 23:59:59");
}

#[test]
fn what_was_proposed_is_judged_again() {
    // REC-4
    let mut desk = desk();
    let number = proposed(&mut desk);
    desk.town.leave(STAFF);
    desk.people_changed();
    let approve = Command::Approve { seen: desk.records[&number].version, reason: None };
    assert_eq!(desk.act(HEAD, &number, &approve).unwrap_err().code, "proposal-void");
    desk.act(HEAD, &number, &Command::Object { reason: "提出人已离岗".to_owned() }).unwrap();
    assert!(desk.records[&number].pending.is_none());
    assert_eq!(desk.records[&number].holder, Some(HANDLER));
}

#[test]
fn an_approver_who_may_no_longer_is_replaced() {
    // REC-4 REC-5
    let mut desk = desk();
    let number = proposed(&mut desk);
    desk.town.revoke(HEAD, Role::Head);
    let approve = Command::Approve { seen: desk.records[&number].version, reason: None };
    assert_eq!(desk.act(HEAD, &number, &approve).unwrap_err().code, "approve-not-yours");
    desk.people_changed();
    assert_eq!(desk.records[&number].pending.as_ref().unwrap().approver, DISTRICT_HEAD);
    for person in [DISTRICT_HEAD, BUREAU_HEAD] {
        desk.town.leave(person);
        desk.people_changed();
    }
    // Nobody is left who could approve it: who is asked can turn it down.
    assert_eq!(desk.records[&number].pending.as_ref().unwrap().approver, SYSTEM);
    desk.act(SYSTEM, &number, &Command::Object { reason: "无人可批".to_owned() }).unwrap();
}

#[test]
fn a_vacant_post_goes_to_the_next_above() {
    // REC-6
    let mut desk = desk();
    let number = fixed(&mut desk);
    assert_eq!(desk.records[&number].holder, Some(APPROVER));
    for (leaves, then) in [(APPROVER, HEAD), (HEAD, DISTRICT_HEAD), (DISTRICT_HEAD, BUREAU_HEAD), (BUREAU_HEAD, SYSTEM)] {
        desk.town.leave(leaves);
        desk.people_changed();
        assert_eq!(desk.records[&number].holder, Some(then));
        assert_eq!(desk.last(&number).act, "record.hand");
    }
    // As soon as somebody is there who may do something with it, it is theirs.
    let new_head = desk.town.add_person(20, 3, &[Role::Head]);
    desk.people_changed();
    assert_eq!(desk.records[&number].holder, Some(new_head));
    desk.make(HANDLER_2, &number, "strike", &[]).unwrap();
}

#[test]
fn what_only_another_may_do_is_not_put_into_ones_hands() {
    let mut desk = desk();
    let number = job(&mut desk);
    desk.make(HANDLER, &number, "assign", &[("owner", "p7")]).unwrap();
    desk.make(APPROVER, &number, "fix", &[("proof", "已修")]).unwrap();
    // It may be sent back by who fixed it, so they may hold it; a hazard that they fixed may not.
    assert_eq!(desk.records[&number].holder, Some(APPROVER));
    let mut desk = shipped_desk();
    let given = [("title", "漏电"), ("happened", "2026-09-29T09:00"), ("category", "fire"), ("level", "general"), ("handling", "at_once")];
    let number = desk.open(HEAD, "hazard", SCHOOL, &given).unwrap();
    desk.make(HANDLER, &number, "order", &[("owner", "p5"), ("measure", "更换")]).unwrap();
    assert_eq!(desk.records[&number].holder, Some(HEAD));
    desk.make(HEAD, &number, "fix", &[("done", "已换"), ("proof", PICTURE), ("fixed_on", "2026-09-29")]).unwrap();
    assert_eq!(desk.records[&number].holder, Some(APPROVER));
}

#[test]
fn where_nobody_may_the_head_may() {
    let mut desk = desk();
    let number = proposed(&mut desk);
    desk.act(STAFF, &number, &Command::Withdraw).unwrap();
    desk.make(STAFF, &number, "fix", &[("proof", "已修")]).unwrap();
    for person in [APPROVER, HEAD, HANDLER, HANDLER_2, BUREAU_HANDLER, BUREAU_HEAD] {
        desk.town.leave(person);
    }
    desk.people_changed();
    desk.make(DISTRICT_HEAD, &number, "back", &[]).unwrap();
    // Of a move that only handlers and the owner may make the district's head stands for none while the owner is there.
    assert_eq!(desk.make(DISTRICT_HEAD, &number, "fix", &[("proof", "x")]).unwrap_err().code, "not-yours");
    desk.town.leave(STAFF);
    desk.people_changed();
    desk.make(DISTRICT_HEAD, &number, "fix", &[("proof", "x")]).unwrap();
}

#[test]
fn lateness_goes_up_and_never_to_nobody() {
    // REC-7
    for (leave, told) in [
        (vec![], ["p5", "p4"]),
        (vec![HEAD], ["p4", "p4"]),
        (vec![HEAD, DISTRICT_HEAD], ["p2", "p2"]),
        (vec![HEAD, DISTRICT_HEAD, BUREAU_HEAD], ["p1", "p1"]),
        (vec![HEAD, DISTRICT_HEAD, BUREAU_HEAD, SYSTEM], ["p6", "p6"]),
    ] {
        let mut desk = desk();
        let number = job(&mut desk);
        for person in &leave {
            desk.town.leave(*person);
        }
        desk.people_changed();
        desk.now = at("2026-10-09T10:00");
        desk.tick();
        let people: Vec<String> = desk.history[&number]
            .iter()
            .map(|index| &desk.entries[*index])
            .filter(|entry| entry.act == "record.escalate")
            .map(|entry| entry.get("people").unwrap().to_owned())
            .collect();
        assert_eq!(people, told.map(|person| format!("[\"{person}\"]")), "{leave:?}");
    }
}

#[test]
fn one_record_goes_down_to_many_units() {
    let mut desk = desk();
    let number = desk.open(BUREAU_HANDLER, "job", BUREAU, &[("title", "报送材料"), ("level", "low")]).unwrap();
    let children = desk.make(BUREAU_HANDLER, &number, "send", &[("targets", "u3,u4")]).unwrap();
    assert_eq!(children, ["HX-2026-0001", "HX-2026-0002"]);
    let child = |number: &str| &desk.records[number];
    assert_eq!(child(&children[0]).parent.as_deref(), Some(number.as_str()));
    assert_eq!((child(&children[0]).unit, child(&children[0]).holder), (SCHOOL, Some(HANDLER)));
    // Nobody there handles: its head has it.
    assert_eq!((child(&children[1]).unit, child(&children[1]).holder), (OTHER_SCHOOL, Some(OTHER_HEAD)));
    assert_eq!(child(&children[1]).values["title"], "报送材料");
    assert_eq!(due(&desk, &children[0], "receive"), "2026-10-01 23:59:59");
    // Sent again with one more, only that one is opened.
    assert_eq!(desk.make(BUREAU_HANDLER, &number, "send", &[("targets", "u2,u3,u4")]).unwrap(), ["HX-2026-0003"]);
    assert_eq!(desk.records["HX-2026-0003"].unit, DISTRICT);
    assert_eq!(desk.act(BUREAU_HANDLER, &children[0], &urge(Urging::Supervise)).unwrap_err().code, "urge-not-yours");
    desk.act(BUREAU_HEAD, &children[0], &urge(Urging::Supervise)).unwrap();
    desk.act(BUREAU_HANDLER, &children[0], &urge(Urging::Remind)).unwrap();
    assert_eq!(desk.records[&children[0]].urged.len(), 2);
}

fn urge(weight: Urging) -> Command {
    Command::Urge { text: "请抓紧".to_owned(), weight }
}

#[test]
fn a_move_opens_another_record_that_leads_back() {
    let mut desk = desk();
    let number = assigned(&mut desk);
    assert_eq!(desk.make(HANDLER, &number, "follow", &[]).unwrap_err().code, "move-when");
    desk.act(STAFF, &number, &Command::Correct { values: values(&[("count", "4")]), reason: "清点".to_owned() }).unwrap();
    let opened = desk.make(HANDLER, &number, "follow", &[]).unwrap();
    assert_eq!(desk.records[&opened[0]].values, values(&[("title", "漏水"), ("origin", "SX-2026-0001")]));
}

#[test]
fn people_are_asked_and_answer() {
    let mut desk = desk();
    let number = assigned(&mut desk);
    desk.make(HANDLER, &number, "circulate", &[("readers", "p7,p11")]).unwrap();
    let ask = Command::Ask { people: vec![APPROVER, BUREAU_HEAD], what: AskWhat::Opinion, text: "会签".to_owned() };
    desk.act(STAFF, &number, &ask).unwrap();
    assert_eq!(desk.records[&number].asks.len(), 4);
    // Who is asked sees it, whatever their rights.
    let reader = desk.town.rights(READER);
    assert!(sees(&desk.records[&number], desk.kind_of(&number), &reader, &desk.town));
    let answer = |agrees: bool, text: &str| Command::Answer { agrees, text: text.to_owned() };
    desk.act(READER, &number, &answer(true, "")).unwrap();
    desk.act(APPROVER, &number, &answer(true, "已阅")).unwrap();
    assert_eq!(desk.act(APPROVER, &number, &answer(false, "")).unwrap_err().code, "reason-required");
    desk.act(APPROVER, &number, &answer(false, "不同意")).unwrap();
    let answers: Vec<_> =
        desk.records[&number].asks.iter().map(|ask| matches!(ask.state, AskState::Answered { agrees: true, .. })).collect();
    assert_eq!(answers, [true, true, false, false]);
    assert_eq!(desk.act(APPROVER, &number, &answer(true, "")).unwrap_err().code, "not-asked");
}

#[test]
fn work_is_handed_on_delegated_and_comes_back() {
    let mut desk = desk();
    let number = assigned(&mut desk);
    let delegate = |to: PersonId, until: &str| Command::Delegate { to, until: at(until), reason: "出差".to_owned() };
    desk.act(STAFF, &number, &delegate(HANDLER_2, "2026-10-08T18:00")).unwrap();
    assert_eq!(desk.records[&number].acting(), Some(HANDLER_2));
    desk.now = at("2026-10-08T18:00");
    desk.tick();
    assert_eq!(desk.records[&number].acting(), Some(STAFF));
    let hand = |to: HandTo| Command::HandOver { to, reason: "转办".to_owned() };
    desk.act(STAFF, &number, &hand(HandTo::Person(HANDLER_2))).unwrap();
    let record = &desk.records[&number];
    assert_eq!((record.holder, record.values["owner"].as_str()), (Some(HANDLER_2), "p13"), "the owner hands on what they own");
    desk.act(HANDLER_2, &number, &hand(HandTo::Unit(OTHER_SCHOOL))).unwrap();
    let record = &desk.records[&number];
    assert_eq!((record.unit, record.holder), (OTHER_SCHOOL, Some(OTHER_HEAD)));
    assert_eq!(desk.act(HANDLER, &number, &Command::Note { text: "x".to_owned() }).err(), None, "the opener still has to do with it");
    let other = desk.town.rights(APPROVER);
    assert!(!sees(&desk.records[&number], desk.kind_of(&number), &other, &desk.town), "the old unit does not see it any more");
}

#[test]
fn who_stands_in_may_what_they_stand_in_for() {
    let mut desk = desk();
    let number = fixed(&mut desk);
    assert_eq!(desk.make(READER, &number, "strike", &[]).unwrap_err().code, "not-there");
    desk.town.standing_in.insert(APPROVER, READER);
    desk.make(READER, &number, "strike", &[]).unwrap();
    let number = assigned(&mut desk);
    desk.town.standing_in.insert(STAFF, READER);
    desk.make(READER, &number, "fix", &[("proof", "代办")]).unwrap();
}

// REC-9 REC-10
#[test]
fn who_sees_what() {
    let mut desk = desk();
    let number = assigned(&mut desk);
    let stranger = desk.town.add_person(30, 4, &[Role::Handler]);
    for (person, does) in [
        (HEAD, true),
        (HANDLER_2, true),
        (STAFF, true),
        (BUREAU_HEAD, true),
        (AUDIT, true),
        (SECURITY, true),
        (READER, false),
        (OTHER_HEAD, false),
        (stranger, false),
    ] {
        let rights = desk.town.rights(person);
        assert_eq!(sees(&desk.records[&number], desk.kind_of(&number), &rights, &desk.town), does, "{person}");
    }
    let shown = visible(&desk.records[&number], desk.kind_of(&number));
    assert!(!shown.contains_key("reporter") && shown.contains_key("phone"));
    let unseal = Command::Unseal { fields: vec!["reporter".to_owned()], reason: "核查".to_owned() };
    assert_eq!(desk.act(HEAD, &number, &unseal).unwrap_err().code, "sealed-not-yours");
    let before = desk.records[&number].values.clone();
    desk.act(SECURITY, &number, &unseal).unwrap();
    assert_eq!((desk.last(&number).get("what"), &desk.records[&number].values), (Some("reporter"), &before));
    assert_eq!(verbs(&desk, AUDIT, &number), []);
    assert_eq!(verbs(&desk, SECURITY, &number), [Verb::Erase, Verb::Unseal]);
}

#[test]
fn corrections_voiding_and_erasure() {
    let mut desk = desk();
    let number = closed(&mut desk);
    desk.act(HANDLER, &number, &Command::Correct { values: values(&[("title", "漏电")]), reason: "笔误".to_owned() }).unwrap();
    assert_eq!(desk.records[&number].values["title"], "漏电");
    desk.act(HEAD, &number, &Command::Erase { fields: vec!["phone".to_owned()], reason: "本人要求".to_owned() }).unwrap();
    let record = &desk.records[&number];
    assert_eq!((record.values.get("phone"), record.erased.as_slice()), (None, &["phone".to_owned()][..]));
    let number = assigned(&mut desk);
    desk.act(HEAD, &number, &Command::Void { reason: "重复登记".to_owned() }).unwrap();
    let record = &desk.records[&number];
    assert!(record.voided && record.ended && record.holder.is_none() && record.due().is_none());
    assert_eq!(may(record, desk.kind_of(&number), &desk.context(&desk.town.rights(HEAD))), []);
    assert_eq!(desk.replayed(&number), desk.records[&number]);
}

#[test]
fn pages_say_who_may() {
    let mut desk = desk();
    let number = fixed(&mut desk);
    let told = |desk: &Desk, person: PersonId| {
        let moves = may(&desk.records[&number], desk.kind_of(&number), &desk.context(&desk.town.rights(person)));
        moves.into_iter().map(|told| (told.name, told.refusal.map(|refusal| refusal.code), told.people)).collect::<Vec<_>>()
    };
    let strikers = vec![APPROVER, HEAD, DISTRICT_HEAD, BUREAU_HEAD, HANDLER];
    let backers = vec![APPROVER, HEAD, DISTRICT_HEAD, BUREAU_HEAD];
    assert_eq!(told(&desk, HEAD), [("strike".to_owned(), None, strikers.clone()), ("back".to_owned(), None, backers.clone())]);
    assert_eq!(told(&desk, STAFF), [("strike".to_owned(), Some("other-than"), strikers), ("back".to_owned(), Some("not-yours"), backers)]);
    let refusal = desk.make(STAFF, &number, "back", &[]).unwrap_err();
    assert_eq!(refusal.say(anlan_base::text::Lang::Zh), "你不能办理这一步；可以办理的有：人7、人5、人4、人2");
    assert!(verbs(&desk, APPROVER, &number).contains(&Verb::HandOver));
}
