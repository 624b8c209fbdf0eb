//! Every refusal of the engine: reached by a command, and said in both languages.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]

#[path = "engine/office.rs"]
mod office;
#[path = "engine/world.rs"]
mod world;

use std::collections::BTreeSet;
use std::path::Path;

use anlan_base::text::Lang;
use anlan_law::kind::{AskWhat, Role};
use anlan_ledger::engine::{
    ASKS, Command, Context, HandTo, People as _, PersonId, REASON_CHARS, Refusal, Rights, UnitId, Urging, Values, decide, may_open,
};

use office::*;
use world::{Desk, at, values};

type Case = (&'static str, fn(&mut Desk) -> Result<Vec<String>, Refusal>);

fn correct(desk: &mut Desk, actor: PersonId, number: &str, given: &[(&str, &str)]) -> Result<Vec<String>, Refusal> {
    desk.act(actor, number, &Command::Correct { values: values(given), reason: "更正".to_owned() })
}

fn hand(desk: &mut Desk, actor: PersonId, number: &str, to: HandTo) -> Result<Vec<String>, Refusal> {
    desk.act(actor, number, &Command::HandOver { to, reason: "转办".to_owned() })
}

fn ask(desk: &mut Desk, actor: PersonId, number: &str, people: Vec<PersonId>) -> Result<Vec<String>, Refusal> {
    desk.act(actor, number, &Command::Ask { people, what: AskWhat::Read, text: String::new() })
}

fn note(desk: &mut Desk, actor: PersonId, number: &str, text: &str) -> Result<Vec<String>, Refusal> {
    desk.act(actor, number, &Command::Note { text: text.to_owned() })
}

fn object(desk: &mut Desk, actor: PersonId, number: &str) -> Result<Vec<String>, Refusal> {
    desk.act(actor, number, &Command::Object { reason: "不妥".to_owned() })
}

fn erase(desk: &mut Desk, actor: PersonId, number: &str, fields: &[&str]) -> Result<Vec<String>, Refusal> {
    let fields = fields.iter().map(|field| (*field).to_owned()).collect();
    desk.act(actor, number, &Command::Erase { fields, reason: "本人要求".to_owned() })
}

fn unseal(desk: &mut Desk, actor: PersonId, number: &str, field: &str) -> Result<Vec<String>, Refusal> {
    desk.act(actor, number, &Command::Unseal { fields: vec![field.to_owned()], reason: "核查".to_owned() })
}

fn open(desk: &mut Desk, actor: PersonId, unit: UnitId, given: &[(&str, &str)]) -> Result<Vec<String>, Refusal> {
    desk.open(actor, "job", unit, given).map(|number| vec![number])
}

const LOW: [(&str, &str); 2] = [("title", "漏水"), ("level", "low")];

/// Everybody leaves but these.
fn only(desk: &mut Desk, stay: &[PersonId]) {
    for person in desk.town.living() {
        if !stay.contains(&person) {
            desk.town.leave(person);
        }
    }
}

const CASES: &[Case] = &[
    ("no-person", |desk| open(desk, GONE, SCHOOL, &LOW)),
    ("not-there", |desk| {
        let number = job(desk);
        note(desk, OTHER_HEAD, &number, "x")
    }),
    ("not-there", |desk| open(desk, HANDLER, UnitId(99), &LOW)),
    ("is-there", |desk| {
        let number = job(desk);
        desk.act(HANDLER, &number, &Command::Open { unit: SCHOOL, values: values(&LOW), happened: None })
    }),
    ("opens-by-itself", |desk| desk.open(HANDLER, "follow", SCHOOL, &[]).map(|number| vec![number])),
    ("open-not-yours", |desk| open(desk, READER, SCHOOL, &LOW)),
    ("unit-closed", |desk| open(desk, BUREAU_HEAD, UnitId(5), &LOW)),
    ("happened-ahead", |desk| {
        let happened = Some(desk.now.plus_seconds(1));
        desk.command(HANDLER, "job", None, &Command::Open { unit: SCHOOL, values: values(&LOW), happened })
    }),
    ("field-unknown", |desk| open(desk, HANDLER, SCHOOL, &[("title", "漏水"), ("level", "low"), ("colour", "red")])),
    ("field-required", |desk| open(desk, HANDLER, SCHOOL, &[("title", "漏水")])),
    ("field-required", |desk| open(desk, HANDLER, SCHOOL, &[("title", "漏水"), ("level", "high")])),
    ("field-required", |desk| {
        let number = job(desk);
        desk.make(HANDLER, &number, "assign", &[("owner", "p8"), ("level", "high")])
    }),
    ("field-required", |desk| {
        let number = job(desk);
        correct(desk, HANDLER, &number, &[("title", "")])
    }),
    ("field-automatic", |desk| open(desk, HANDLER, SCHOOL, &[("title", "漏水"), ("level", "low"), ("done_on", "2026-09-29")])),
    ("field-automatic", |desk| {
        let number = job(desk);
        correct(desk, HANDLER, &number, &[("done_on", "2026-09-29")])
    }),
    ("value-option", |desk| open(desk, HANDLER, SCHOOL, &[("title", "漏水"), ("level", "medium")])),
    ("value-range", |desk| open(desk, HANDLER, SCHOOL, &[("title", "漏水"), ("level", "low"), ("count", "10")])),
    ("person-unknown", |desk| open(desk, HANDLER, SCHOOL, &[("title", "漏水"), ("level", "low"), ("owner", "p99")])),
    ("person-left", |desk| open(desk, HANDLER, SCHOOL, &[("title", "漏水"), ("level", "low"), ("owner", "p14")])),
    ("unit-unknown", |desk| open(desk, HANDLER, SCHOOL, &[("title", "漏水"), ("level", "low"), ("targets", "u99")])),
    ("nobody-there", |desk| {
        // Nobody has been told of any unit but this one.
        let unit = desk.town.add_unit(9, "新校", None);
        let number = desk.town.add_person(40, 9, &[]);
        desk.town.grant(number, Role::Staff, unit);
        desk.town.people.get_mut(&number).unwrap().left = false;
        let given = values(&LOW);
        let opened = desk.command(number, "job", None, &Command::Open { unit, values: given, happened: None })?.remove(0);
        // The opener holds it as the very last; handed to a unit where nobody is, and by an opener who left, it finds nobody.
        let empty = desk.town.add_unit(10, "空校", None);
        desk.town.people.get_mut(&number).unwrap().left = true;
        desk.town.add_person(41, 9, &[Role::Head]);
        desk.people_changed();
        hand(desk, PersonId(41), &opened, HandTo::Unit(empty))
    }),
    ("voided", |desk| {
        let number = job(desk);
        desk.act(HANDLER, &number, &Command::Void { reason: "重复".to_owned() })?;
        desk.make(HANDLER, &number, "assign", &[("owner", "p8")])
    }),
    ("ended", |desk| {
        let number = closed(desk);
        hand(desk, HEAD, &number, HandTo::Person(STAFF))
    }),
    ("void-not-yours", |desk| {
        let number = assigned(desk);
        desk.make(STAFF, &number, "fix", &[("proof", "已修")])?;
        desk.act(HANDLER, &number, &Command::Void { reason: "重复".to_owned() })
    }),
    ("move-unknown", |desk| {
        let number = job(desk);
        desk.make(HANDLER, &number, "paint", &[])
    }),
    ("move-not-now", |desk| {
        let number = job(desk);
        desk.make(HANDLER, &number, "fix", &[("proof", "x")])
    }),
    ("move-when", |desk| {
        let number = assigned(desk);
        desk.make(HANDLER, &number, "follow", &[])
    }),
    ("not-yours", |desk| {
        let number = assigned(desk);
        desk.make(APPROVER, &number, "fix", &[("proof", "x")])
    }),
    ("nobody-may", |desk| {
        let number = fixed(desk);
        only(desk, &[STAFF, SYSTEM]);
        desk.people_changed();
        desk.make(STAFF, &number, "back", &[])
    }),
    ("other-than", |desk| {
        let number = assigned(desk);
        desk.make(HANDLER, &number, "fix", &[("proof", "已修")])?;
        desk.make(HANDLER, &number, "strike", &[])
    }),
    ("field-unasked", |desk| {
        let number = assigned(desk);
        desk.make(HANDLER, &number, "fix", &[("proof", "已修"), ("title", "别的")])
    }),
    ("own-later", |desk| {
        let number = job(desk);
        desk.make(HANDLER, &number, "assign", &[("owner", "p8"), ("deadline", "2026-12-01")])
    }),
    ("reason-required", |desk| {
        let number = fixed(desk);
        desk.act(HEAD, &number, &Command::Move { name: "back".to_owned(), values: Values::new(), reason: Some("  ".to_owned()) })
    }),
    ("text-long", |desk| {
        let number = job(desk);
        note(desk, HANDLER, &number, &"长".repeat(REASON_CHARS + 1))
    }),
    ("text-control", |desk| {
        let number = job(desk);
        note(desk, HANDLER, &number, "a\u{1b}[2J")
    }),
    ("text-required", |desk| {
        let number = job(desk);
        note(desk, HANDLER, &number, " ")
    }),
    ("note-not-yours", |desk| {
        let number = job(desk);
        note(desk, AUDIT, &number, "x")
    }),
    ("fanout-nobody", |desk| {
        let number = job(desk);
        correct(desk, HANDLER, &number, &[("targets", "u3")])?;
        // An empty list of units.
        desk.records.get_mut(&number).unwrap().values.insert("targets".to_owned(), "[]".to_owned());
        desk.make(HANDLER, &number, "send", &[])
    }),
    ("unit-outside", |desk| {
        let number = job(desk);
        desk.make(HANDLER, &number, "send", &[("targets", "u3,u4")])
    }),
    ("unit-closed", |desk| {
        let number = open(desk, BUREAU_HANDLER, BUREAU, &LOW)?.remove(0);
        desk.make(BUREAU_HANDLER, &number, "send", &[("targets", "u5")])
    }),
    ("pending", |desk| {
        let number = proposed(desk);
        desk.make(HANDLER, &number, "hold", &[])
    }),
    ("no-approver", |desk| {
        let number = assigned(desk);
        only(desk, &[STAFF, HANDLER, SYSTEM]);
        desk.people_changed();
        desk.make(STAFF, &number, "extend", &[("deadline", "2026-10-09")])
    }),
    ("nothing-pending", |desk| {
        let number = assigned(desk);
        object(desk, HEAD, &number)
    }),
    ("own-proposal", |desk| {
        let number = proposed(desk);
        object(desk, STAFF, &number)
    }),
    ("approve-not-yours", |desk| {
        let number = proposed(desk);
        object(desk, HANDLER, &number)
    }),
    ("stale", |desk| {
        let number = proposed(desk);
        let seen = desk.records[&number].version - 1;
        desk.act(HEAD, &number, &Command::Approve { seen, reason: None })
    }),
    ("proposal-void", |desk| {
        let number = proposed(desk);
        // It lay within the term when it was proposed; the owner is another now.
        correct(desk, HEAD, &number, &[("owner", "p7")])?;
        let seen = desk.records[&number].version;
        desk.act(HEAD, &number, &Command::Approve { seen, reason: None })
    }),
    ("withdraw-not-yours", |desk| {
        let number = proposed(desk);
        desk.act(HEAD, &number, &Command::Withdraw)
    }),
    ("correct-not-yours", |desk| {
        let number = assigned(desk);
        correct(desk, APPROVER, &number, &[("title", "别的")])
    }),
    ("nothing-changed", |desk| {
        let number = job(desk);
        correct(desk, HANDLER, &number, &[("title", " 漏水 ")])
    }),
    ("erase-not-yours", |desk| {
        let number = job(desk);
        erase(desk, HANDLER, &number, &["phone"])
    }),
    ("field-not-personal", |desk| {
        let number = job(desk);
        erase(desk, HEAD, &number, &["title"])
    }),
    ("fields-none", |desk| {
        let number = job(desk);
        erase(desk, HEAD, &number, &[])
    }),
    ("sealed-not-yours", |desk| {
        let number = job(desk);
        unseal(desk, HEAD, &number, "reporter")
    }),
    ("field-not-sealed", |desk| {
        let number = job(desk);
        unseal(desk, SECURITY, &number, "phone")
    }),
    ("hand-not-yours", |desk| {
        let number = assigned(desk);
        hand(desk, APPROVER, &number, HandTo::Person(STAFF))
    }),
    ("hand-same", |desk| {
        let number = assigned(desk);
        hand(desk, STAFF, &number, HandTo::Person(STAFF))
    }),
    ("hand-same", |desk| {
        let number = assigned(desk);
        hand(desk, STAFF, &number, HandTo::Unit(SCHOOL))
    }),
    ("hand-outside", |desk| {
        let number = assigned(desk);
        hand(desk, STAFF, &number, HandTo::Person(OTHER_HEAD))
    }),
    ("unit-unknown", |desk| {
        let number = assigned(desk);
        hand(desk, STAFF, &number, HandTo::Unit(UnitId(99)))
    }),
    ("delegate-until", |desk| {
        let number = assigned(desk);
        let until = desk.now;
        desk.act(STAFF, &number, &Command::Delegate { to: HANDLER, until, reason: "出差".to_owned() })
    }),
    ("urge-not-yours", |desk| {
        let number = assigned(desk);
        desk.act(HANDLER_2, &number, &Command::Urge { text: String::new(), weight: Urging::Remind })
    }),
    ("ask-not-yours", |desk| {
        let number = assigned(desk);
        ask(desk, APPROVER, &number, vec![HEAD])
    }),
    ("ask-nobody", |desk| {
        let number = assigned(desk);
        ask(desk, HEAD, &number, vec![APPROVER])?;
        ask(desk, HEAD, &number, vec![APPROVER])
    }),
    ("asks-many", |desk| {
        let number = assigned(desk);
        for at in 1..=ASKS {
            ask(desk, HEAD, &number, vec![APPROVER]).unwrap_or_else(|refusal| panic!("{at}: {refusal}"));
            desk.act(APPROVER, &number, &Command::Answer { agrees: true, text: String::new() })?;
        }
        assert_eq!(desk.records[&number].asks.len(), ASKS);
        ask(desk, HEAD, &number, vec![APPROVER])
    }),
    ("not-asked", |desk| {
        let number = assigned(desk);
        desk.act(HEAD, &number, &Command::Answer { agrees: true, text: String::new() })
    }),
    ("kind-gone", |desk| {
        let number = open(desk, BUREAU_HANDLER, BUREAU, &LOW)?.remove(0);
        let rights = desk.town.rights(BUREAU_HANDLER);
        let kind = desk.kind_of(&number).clone();
        let kinds = anlan_law::kind::Kinds::default();
        let context = Context { kinds: &kinds, ..desk.context(&rights) };
        let send = Command::Move { name: "send".to_owned(), values: values(&[("targets", "u3")]), reason: None };
        decide(&kind, Some(&desk.records[&number]), &send, &context).map(|_| Vec::new())
    }),
];

#[test]
fn every_refusal_is_reached() {
    let mut reached = BTreeSet::new();
    for (at, (code, case)) in CASES.iter().enumerate() {
        let mut desk = desk();
        let entries = |desk: &Desk| desk.entries.len();
        let refusal = case(&mut desk).err().unwrap_or_else(|| panic!("case {at} `{code}` was not refused"));
        assert_eq!(refusal.code, *code, "case {at}: {refusal:?}");
        assert_eq!(desk.entries.len(), entries(&desk));
        for lang in [Lang::Zh, Lang::En] {
            let said = refusal.say(lang);
            assert!(!said.contains('‹') && !said.contains('$'), "{code}: {said}");
        }
        reached.insert(*code);
    }
    let missing: Vec<String> = codes().into_iter().filter(|code| !reached.contains(code.as_str())).collect();
    assert!(missing.is_empty(), "no case reaches {missing:?}");
}

/// The codes that the engine's own text names.
fn codes() -> BTreeSet<String> {
    let engine = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/engine");
    let mut found = BTreeSet::new();
    for folder in [engine.clone(), engine.join("decide")] {
        for file in std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).filter(|path| path.is_file()) {
            let text = std::fs::read_to_string(file).unwrap();
            for (_, rest) in text
                .match_indices("Refusal::new(\"")
                .map(|(at, found)| text[at + found.len()..].split_once('"').unwrap())
                .map(|(code, rest)| (rest, code))
            {
                found.insert(rest.to_owned());
            }
            for (at, _) in text.match_indices("-not-yours\"") {
                let begin = text[..at].rfind('"').unwrap() + 1;
                found.insert(format!("{}-not-yours", &text[begin..at]));
            }
        }
    }
    assert!(found.len() > 50, "the engine's text has another form now: {found:?}");
    found
}

#[test]
fn limits_hold_on_both_sides() {
    let mut desk = desk();
    let number = job(&mut desk);
    for (characters, fits) in [(REASON_CHARS - 1, true), (REASON_CHARS, true), (REASON_CHARS + 1, false)] {
        assert_eq!(note(&mut desk, HANDLER, &number, &"长".repeat(characters)).is_ok(), fits, "{characters}");
    }
    desk.act(HANDLER, &number, &Command::Delegate { to: HANDLER_2, until: desk.now.plus_seconds(1), reason: "出差".to_owned() }).unwrap();
    for (days, fits) in [(365, true), (366, true), (367, false)] {
        let until = desk.now.plus_seconds(days * 86_400);
        let done = desk.act(HANDLER, &number, &Command::Delegate { to: HANDLER_2, until, reason: "出差".to_owned() });
        assert_eq!(done.is_ok(), fits, "{days}");
    }
    for happened in [at("2026-09-29T10:00"), at("1971-01-01T00:00")] {
        let command = Command::Open { unit: SCHOOL, values: values(&LOW), happened: Some(happened) };
        assert!(desk.command(HANDLER, "job", None, &command).is_ok());
    }
    let nobody = Rights::default();
    let kind = desk.kinds.get("job").unwrap();
    assert!(may_open(kind, SCHOOL, &desk.context(&nobody)).is_err());
}
