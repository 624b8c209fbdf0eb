//! What people type, as canonical texts; and what conditions see of them.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use anlan_base::text::Lang;
use anlan_law::Bilingual;
use anlan_law::clock::Clocks;
use anlan_law::condition::Fact;
use anlan_law::kind::{Cell, ChoiceOption, Column, Kinds, Shape, ValueFault, World, parse};
use proptest::prelude::*;

fn words(zh: &str, en: &str) -> Bilingual {
    Bilingual { zh: zh.to_owned(), en: en.to_owned() }
}

fn choice() -> Shape {
    let option = |id: &str, zh: &str, en: &str| ChoiceOption { id: id.to_owned(), title: words(zh, en) };
    Shape::Choice { options: vec![option("high", "重大", "High"), option("low", "一般", "Low")] }
}

fn table() -> Shape {
    let column = |name: &str, shape| Column { name: name.to_owned(), title: words(name, name), shape };
    Shape::Table {
        columns: vec![column("a", Cell::Text), column("n", Cell::Number), column("d", Cell::Date), column("y", Cell::Yes)],
        most: 3,
    }
}

const LINE: Shape = Shape::Text { lines: 1, most: 5 };
const BOX: Shape = Shape::Text { lines: 3, most: 20 };
const NUMBER: Shape = Shape::Number { least: -5, most: 5_000 };
const DIGEST: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

// KIND-10
#[test]
fn what_is_typed_becomes_one_text() {
    let file = format!("[{{\"name\":\"图 1.png\",\"digest\":\"{DIGEST}\",\"size\":12,\"type\":\"image/png\"}}]");
    let spaced = file.replace(',', " , ");
    for (shape, typed, kept) in [
        (LINE, "  机房 \u{3000}", "机房"),
        (LINE, "<b>&'", "<b>&'"),
        (LINE, "=1+1", "=1+1"),
        (LINE, "字字字字字", "字字字字字"),
        (BOX, "a\r\nb\rc", "a\nb\nc"),
        (BOX, "a\tb", "a\tb"),
        (NUMBER, "１２", "12"),
        (NUMBER, "0012", "12"),
        (NUMBER, "+7", "7"),
        (NUMBER, "－５", "-5"),
        (NUMBER, "−5", "-5"),
        (NUMBER, "-0", "0"),
        (NUMBER, "1,234", "1234"),
        (NUMBER, "１，２３４", "1234"),
        (choice(), "high", "high"),
        (choice(), "重大", "high"),
        (choice(), "LOW", "low"),
        (Shape::Date, "2026-10-09", "2026-10-09"),
        (Shape::Date, "2026/10/9", "2026-10-09"),
        (Shape::Date, "2026.1.09", "2026-01-09"),
        (Shape::Date, "20261009", "2026-10-09"),
        (Shape::Date, "２０２６年１０月９日", "2026-10-09"),
        (Shape::Date, "2026年 2 月 28 号", "2026-02-28"),
        (Shape::Date, "2028-02-29", "2028-02-29"),
        (Shape::Time, "2026-10-09T08:30", "2026-10-09T08:30"),
        (Shape::Time, "2026-10-09 8:30", "2026-10-09T08:30"),
        (Shape::Time, "2026-10-09 08:30:00", "2026-10-09T08:30"),
        (Shape::Time, "2026-10-09T00:00", "2026-10-09T00:00"),
        (Shape::Time, "2026年10月9日8时30分", "2026-10-09T08:30"),
        (Shape::Time, "２０２６年１０月９日　８：３０", "2026-10-09T08:30"),
        (Shape::Time, "2026年10月9日 8点", "2026-10-09T08:00"),
        (Shape::Yes, "是", "yes"),
        (Shape::Yes, "√", "yes"),
        (Shape::Yes, "True", "yes"),
        (Shape::Yes, "１", "yes"),
        (Shape::Yes, "on", "yes"),
        (Shape::Yes, "否", "no"),
        (Shape::Yes, "0", "no"),
        (Shape::Person, " P12 ", "p12"),
        (Shape::Unit, "u3", "u3"),
        (Shape::People { most: 3 }, "p1, p2；p1　p3", "[\"p1\",\"p2\",\"p3\"]"),
        (Shape::People { most: 3 }, "[ \"p2\", \"p1\" ]", "[\"p2\",\"p1\"]"),
        (Shape::Units { most: 3 }, "u1\nu2", "[\"u1\",\"u2\"]"),
        (Shape::Units { most: 3 }, "[]", ""),
        (Shape::Source, "ip:192.0.2.1", "ip:192.0.2.1"),
        (Shape::Asset, "dj-2026-0003", "DJ-2026-0003"),
        (Shape::Link { to: "hazard".to_owned() }, "ＹＨ－２０２６－００１２", "YH-2026-0012"),
        (Shape::Link { to: "hazard".to_owned() }, "YH-2026-12345", "YH-2026-12345"),
        (Shape::Attachment { most: 2 }, &spaced, &file),
        (Shape::Attachment { most: 2 }, "[]", ""),
        (table(), "[[\"甲\", \"１２\", \"2026年1月2日\", \"是\"], [\"\",\" \",\"\",\"\"]]", "[[\"甲\",\"12\",\"2026-01-02\",\"yes\"]]"),
        (table(), "[]", ""),
        (Shape::Date, " \u{3000}\n", ""),
    ] {
        let found = shape.canonical(typed);
        assert_eq!(found.as_deref(), Ok(kept), "{shape:?} {typed:?}");
        assert_eq!(shape.canonical(kept).as_deref(), Ok(kept), "{kept} stays as it is");
    }
}

// KIND-10
#[test]
fn what_does_not_fit_says_why() {
    let digest = |name: &str, digest: &str, size: i64| {
        format!("[{{\"name\":\"{name}\",\"digest\":\"{digest}\",\"size\":{size},\"type\":\"image/png\"}}]")
    };
    let files = [
        digest("a/b.png", DIGEST, 1),
        digest("a.png", "E3", 1),
        digest("a.png", DIGEST, 0),
        digest("a.png", DIGEST, -1),
        digest("", DIGEST, 1),
    ];
    let mut cases: Vec<(Shape, &str, &str)> =
        files.iter().map(|file| (Shape::Attachment { most: 2 }, file.as_str(), "value-attachment")).collect();
    cases.extend([
        (LINE, "字字字字字字", "value-long"),
        (LINE, "a\nb", "value-lines"),
        (LINE, "a\u{0}b", "value-control"),
        (BOX, "a\u{1b}[2J", "value-control"),
        (NUMBER, "5001", "value-range"),
        (NUMBER, "-6", "value-range"),
        (NUMBER, "1.5", "value-number"),
        (NUMBER, "1,23", "value-number"),
        (NUMBER, "1,2345", "value-number"),
        (NUMBER, ",123", "value-number"),
        (NUMBER, "twelve", "value-number"),
        (NUMBER, "--1", "value-number"),
        (NUMBER, "99999999999999999999", "value-number"),
        (NUMBER, "=1", "value-number"),
        (choice(), "medium", "value-option"),
        (Shape::Date, "2026-02-29", "value-date"),
        (Shape::Date, "2026-13-01", "value-date"),
        (Shape::Date, "09/10/2026", "value-date"),
        (Shape::Date, "26-10-09", "value-date"),
        (Shape::Date, "1969-12-31", "value-date"),
        (Shape::Date, "2026-10-09T08:30", "value-date"),
        (Shape::Time, "2026-10-09", "value-time"),
        (Shape::Time, "2026-10-09T24:00", "value-time"),
        (Shape::Time, "2026-10-09T08:30:01", "value-time"),
        (Shape::Time, "08:30", "value-time"),
        (Shape::Yes, "maybe", "value-yes"),
        (Shape::Person, "p0", "value-person"),
        (Shape::Person, "p012", "value-person"),
        (Shape::Person, "u1", "value-person"),
        (Shape::Person, "张三", "value-person"),
        (Shape::Unit, "p1", "value-unit"),
        (Shape::People { most: 3 }, "p1 p2 p3 p4", "value-many"),
        (Shape::People { most: 3 }, "[\"p1\", 2]", "value-person"),
        (Shape::Units { most: 3 }, "u1,x", "value-unit"),
        (Shape::Source, "a b", "value-source"),
        (Shape::Asset, "YH-2026-12", "value-record"),
        (Shape::Asset, "YH-2026-00012", "value-record"),
        (Shape::Asset, "Y-2026-0012", "value-record"),
        (Shape::Asset, "YH-2026-0012-1", "value-record"),
        (Shape::Attachment { most: 2 }, "a.png", "value-attachment"),
        (Shape::Attachment { most: 2 }, "{}", "value-attachment"),
        (table(), "[[\"a\"]]", "value-table"),
        (table(), "[[1, 2, 3, 4]]", "value-table"),
        (table(), "[[\"a\", \"x\", \"\", \"\"]]", "value-cell"),
        (table(), "[[\"a\",\"\",\"\",\"\"],[\"a\",\"\",\"\",\"\"],[\"a\",\"\",\"\",\"\"],[\"a\",\"\",\"\",\"\"]]", "value-many"),
    ]);
    for (shape, typed, key) in cases {
        let fault = shape.canonical(typed).expect_err(typed);
        assert_eq!(fault.key(), key, "{typed}");
        for lang in [Lang::Zh, Lang::En] {
            let said = fault.say(lang);
            assert!(!said.contains('‹') && !said.contains('{') && !said.contains('\u{1b}'), "{said}");
        }
    }
    let huge = "1".repeat(anlan_law::kind::limits::TYPED_BYTES + 1);
    assert_eq!(NUMBER.canonical(&huge).unwrap_err().key(), "value-long");
    let cell = table().canonical("[[\"\",\"1\",\"\",\"\"],[\"\",\"1\",\"soon\",\"\"]]").unwrap_err();
    assert_eq!(cell.say(Lang::En), "Row 2, cell 3: “soon” is no date. Write it like 2026-10-09, from 1970 on");
    assert!(matches!(cell, ValueFault::Cell { row: 2, column: 3, .. }));
}

fn kinds() -> Kinds {
    let head = |id: &str, number: &str, more: &str| {
        format!(
            "schema = \"anlan-kind/1\"\nid = \"{id}\"\ntitle = {{ zh = \"一\", en = \"One\" }}\nnumber = \"{number}\"\nplace = \"assets\"\n\
             opens = [\"staff\"]\ntitle_field = \"name\"\n{more}\n[[field]]\nname = \"name\"\ntitle = {{ zh = \"名\", en = \"Name\" }}\ntype = \"text\"\n\
             [[state]]\nname = \"kept\"\ntitle = {{ zh = \"在册\", en = \"Kept\" }}\nends = true\n"
        )
    };
    let field = |name: &str, more: &str| format!("[[field]]\nname = \"{name}\"\ntitle = {{ zh = \"一\", en = \"One\" }}\n{more}\n");
    let router = head("router", "LY", "asset = true");
    let check = head("check", "HC", "")
        + &field("router", "type = \"asset\"")
        + &field("before", "type = \"link\"\nto = \"check\"")
        + &field("count", "type = \"number\"")
        + &field("alone", "type = \"yes\"")
        + &field("why", "type = \"text\"\nrequired_when = \"facts.alone && facts.name != ''\"")
        + &field("more", "type = \"text\"\nrequired_when = \"facts.count > 3\"");
    let (clocks, others) = (Clocks::default(), Kinds::default());
    let world = World { clocks: &clocks, systems: None, others: &others };
    parse(&[("router.toml", &router), ("check.toml", &check)], &world).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

// KIND-10
#[test]
fn links_lead_to_records_of_the_right_kind() {
    let kinds = kinds();
    let check = kinds.get("check").unwrap();
    let of = |name: &str, typed: &str| check.field(name).unwrap().check(typed, &kinds).map_err(|fault| fault.key());
    assert_eq!(of("router", "ly-2026-0001"), Ok("LY-2026-0001".to_owned()));
    assert_eq!(of("router", "HC-2026-0001"), Err("value-record-asset"));
    assert_eq!(of("router", "XX-2026-0001"), Err("value-record-asset"));
    assert_eq!(of("before", "HC-2026-0001"), Ok("HC-2026-0001".to_owned()));
    assert_eq!(of("before", "LY-2026-0001"), Err("value-record-kind"));
    assert_eq!(of("before", ""), Ok(String::new()));
    for lang in [Lang::Zh, Lang::En] {
        assert!(!check.field("before").unwrap().check("LY-2026-0001", &kinds).unwrap_err().say(lang).contains('‹'));
    }
}

// KIND-6
#[test]
fn what_is_not_filled_never_makes_a_condition_hold() {
    let kinds = kinds();
    let check = kinds.get("check").unwrap();
    let required = |values: &[(&str, &str)], field: &str| {
        let values: BTreeMap<String, String> = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        check.field(field).unwrap().is_required(&check.facts(&values))
    };
    assert!(!required(&[], "why"));
    assert!(!required(&[("alone", "yes")], "why"));
    assert!(!required(&[("alone", "no"), ("name", "a")], "why"));
    assert!(required(&[("alone", "yes"), ("name", "a")], "why"));
    assert!(!required(&[], "more"));
    assert!(!required(&[("count", "")], "more"));
    assert!(!required(&[("count", "3")], "more"));
    assert!(required(&[("count", "4")], "more"));
    let facts = check.facts(&BTreeMap::from([("count".to_owned(), "4".to_owned()), ("stranger".to_owned(), "1".to_owned())]));
    assert_eq!(facts.get("count"), Some(&Fact::Int(4)));
    assert_eq!(facts.get("alone"), Some(&Fact::Bool(false)));
    assert_eq!(facts.get("name"), Some(&Fact::Text(String::new())));
    assert_eq!(facts.get("stranger"), None);
}

fn shapes() -> Vec<Shape> {
    vec![
        LINE,
        BOX,
        NUMBER,
        choice(),
        Shape::Date,
        Shape::Time,
        Shape::Yes,
        Shape::Person,
        Shape::People { most: 3 },
        Shape::Unit,
        Shape::Units { most: 3 },
        Shape::Source,
        Shape::Asset,
        Shape::Attachment { most: 2 },
        table(),
    ]
}

proptest! {
    // KIND-10
    #[test]
    fn a_canonical_text_is_canonical(typed in "\\PC{0,24}|[0-9０-９年月日时分点:/T. -]{0,18}|[-+,0-9]{1,8}|\\[[\"pu0-9, ]{0,16}\\]|[\\s\\S]{0,16}") {
        for shape in shapes() {
            if let Ok(kept) = shape.canonical(&typed) {
                prop_assert_eq!(shape.canonical(&kept), Ok(kept.clone()), "{:?} {:?}", shape, typed);
            }
        }
    }
}
