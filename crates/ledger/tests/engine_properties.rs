//! Whatever is asked for in whatever order, and whatever bytes an entry holds: records keep their invariants, and nothing panics.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]

#[path = "engine/chance.rs"]
mod chance;
#[path = "engine/office.rs"]
mod office;
#[path = "engine/world.rs"]
mod world;

use anlan_law::kind::AskWhat;
use anlan_ledger::engine::{ClockState, Command, Fact, HandTo, PersonId, Record, UnitId, Urging, Values};
use proptest::prelude::*;

use chance::Chance;
use office::{HANDLER, SCHOOL, desk};
use world::{Desk, values};

/// One command of any sort, mostly wrong ones.
fn command(chance: &mut Chance, desk: &Desk, number: &str) -> Command {
    let reason = || "理由".to_owned();
    let person = PersonId(1 + chance.next() % 15);
    match chance.below(16) {
        0..6 => {
            let kind = desk.kind_of(number);
            let a_move = chance.one(&kind.moves).unwrap();
            let given: Values = a_move.needs.iter().chain(&a_move.asks).map(|name| (name.clone(), value(chance, name))).collect();
            Command::Move { name: a_move.name.clone(), values: given, reason: Some(reason()) }
        }
        6 => Command::Approve { seen: desk.records[number].version - u64::from(chance.in_hundred(20)), reason: None },
        7 => Command::Object { reason: reason() },
        8 => Command::Withdraw,
        9 => {
            let name = *chance.one(&["title", "deadline", "owner", "level", "count", "detail", "done_on"]).unwrap();
            Command::Correct { values: values(&[(name, &value(chance, name))]), reason: reason() }
        }
        10 if chance.in_hundred(20) => Command::Void { reason: reason() },
        10 => Command::Erase { fields: vec!["phone".to_owned()], reason: reason() },
        11 if chance.in_hundred(50) => Command::HandOver { to: HandTo::Unit(UnitId(1 + chance.next() % 5)), reason: reason() },
        11 => Command::HandOver { to: HandTo::Person(person), reason: reason() },
        12 => Command::Delegate { to: person, until: desk.now.plus_seconds(chance.next() % 1_000_000), reason: reason() },
        13 => Command::Urge { text: reason(), weight: if chance.in_hundred(50) { Urging::Remind } else { Urging::Supervise } },
        14 => Command::Ask { people: vec![person], what: *chance.one(&AskWhat::ALL).unwrap(), text: reason() },
        _ => Command::Answer { agrees: chance.in_hundred(50), text: reason() },
    }
}

fn value(chance: &mut Chance, name: &str) -> String {
    let wrong = ["", "x", "2026-13-01", "p0", "[\"p1\"", "-1", "\u{0}"];
    if chance.in_hundred(10) {
        return (*chance.one(&wrong).unwrap()).to_owned();
    }
    match name {
        "owner" => format!("p{}", 1 + chance.next() % 15),
        "deadline" | "done_on" => format!("2026-10-{:02}", 1 + chance.next() % 30),
        "level" => (*chance.one(&["low", "high"]).unwrap()).to_owned(),
        "count" => (chance.next() % 10).to_string(),
        "targets" => "u3,u4".to_owned(),
        "readers" => "p7,p8".to_owned(),
        _ => "内容".to_owned(),
    }
}

fn check(desk: &Desk) {
    for (number, record) in &desk.records {
        assert_eq!(&desk.replayed(number), record);
        let stands = |state: &ClockState| !matches!(state, ClockState::Stopped { .. });
        if record.ended {
            assert!(!record.clocks.values().any(stands), "{number}");
            assert_eq!((record.holder, record.delegate), (None, None), "{number}");
        } else {
            assert!(record.holder.is_some_and(|holder| desk.town.is_there(holder)), "{number}");
        }
        if let Some(pending) = &record.pending {
            assert_ne!(pending.approver, pending.proposer);
            assert!(desk.town.is_there(pending.approver));
        }
        if record.voided {
            assert!(record.ended && record.pending.is_none(), "{number}");
        }
        for (_, running) in record.running() {
            assert!(running.remind.is_sorted() && running.escalate.is_sorted_by_key(|step| step.at));
            assert!(running.remind.iter().all(|at| *at < running.due) && running.escalate.iter().all(|step| step.at > running.due));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    // REC-1 REC-6
    #[test]
    fn any_commands_keep_what_must_hold(seed: u64) {
        let mut chance = Chance::new(seed);
        let mut desk = desk();
        desk.open(HANDLER, "job", SCHOOL, &[("title", "漏水"), ("level", "low"), ("phone", "1")]).unwrap();
        for _ in 0..60 {
            desk.now = desk.now.plus_seconds(chance.next() % 100_000);
            desk.tick();
            let numbers: Vec<String> = desk.records.keys().cloned().collect();
            let number = chance.one(&numbers).unwrap();
            let actor = PersonId(1 + chance.next() % 15);
            let command = command(&mut chance, &desk, number);
            let entries = desk.entries.len();
            if desk.act(actor, number, &command).is_err() {
                prop_assert_eq!(desk.entries.len(), entries);
            }
            if chance.in_hundred(4) {
                let leaves = PersonId(2 + chance.next() % 12);
                desk.town.leave(leaves);
                desk.people_changed();
            }
            check(&desk);
        }
    }

    #[test]
    fn the_fold_of_anything_never_panics(facts in proptest::collection::vec(fact(), 0..12)) {
        let opening: Vec<(String, String)> =
            [("record", "SX-2026-0001"), ("kind", "job"), ("unit", "u3"), ("to", "new"), ("holder", "p6"), ("c.due.started", "1"), ("c.due.due", "2")]
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect();
        let mut record = Record::open(&Fact { number: 1, at: anlan_base::Instant(1), act: "record.open", fields: &opening }).unwrap();
        for (at, (act, fields)) in facts.iter().enumerate() {
            let fact = Fact { number: at as u64 + 2, at: anlan_base::Instant(at as u64), act, fields };
            let _ = Record::open(&fact);
            if let Err(damage) = record.apply(&fact) {
                prop_assert!(!damage.field.is_empty() && damage.number == fact.number);
            }
            let _ = (record.wakes(), record.due(), record.acting());
        }
    }
}

/// An entry with the names that the fold knows and values of any sort.
fn fact() -> impl Strategy<Value = (&'static str, Vec<(String, String)>)> {
    let act = prop_oneof![
        Just("record.open"),
        Just("record.move"),
        Just("record.propose"),
        Just("record.approve"),
        Just("record.object"),
        Just("record.correct"),
        Just("record.void"),
        Just("record.erase"),
        Just("record.hand"),
        Just("record.delegate"),
        Just("record.ask"),
        Just("record.answer"),
        Just("record.urge"),
        Just("record.remind"),
        Just("record.late"),
        Just("record.escalate"),
        Just("record.unseal"),
        Just("record.more"),
        Just("record.dance"),
        Just("user.create"),
    ];
    let name = prop_oneof![
        Just("record"),
        Just("kind"),
        Just("unit"),
        Just("to"),
        Just("ended"),
        Just("holder"),
        Just("delegate"),
        Just("until"),
        Just("approver"),
        Just("person"),
        Just("proposer"),
        Just("move"),
        Just("what"),
        Just("people"),
        Just("weight"),
        Just("agrees"),
        Just("text"),
        Just("clock"),
        Just("f.title"),
        Just("f."),
        Just("c.due.started"),
        Just("c.due.due"),
        Just("c.due.remind"),
        Just("c.due.escalate"),
        Just("c.due.stop"),
        Just("c.due.pause"),
        Just("c.due.resume"),
        Just("c.due.guessed"),
        Just("c.due"),
        Just("c..due"),
        Just("happened"),
        Just("late_entry"),
        Just("opener"),
        Just("series"),
        Just("occurrence"),
        Just("colour"),
    ];
    let value = prop_oneof![
        Just(String::new()),
        Just("yes".to_owned()),
        Just("p6".to_owned()),
        Just("u3".to_owned()),
        Just("12".to_owned()),
        Just("read".to_owned()),
        Just("remind".to_owned()),
        Just("due".to_owned()),
        Just(r#"["p6","p7"]"#.to_owned()),
        Just("3>head+above:head,9>".to_owned()),
        Just("18446744073709551615".to_owned()),
        Just("18446744073709551616".to_owned()),
        any::<String>(),
    ];
    (act, proptest::collection::vec((name.prop_map(str::to_owned), value), 0..14))
}
