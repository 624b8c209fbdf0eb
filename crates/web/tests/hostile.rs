//! What hostile or broken senders give to forms and calls: each is answered clearly, in both languages, and nothing is kept by halves.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod authenticator;
mod caller;
mod house;
mod world;

use anlan_law::kind::{Cell, Field, Kind, PrintOf, Shape, limits};
use anlan_ledger::engine::UnitId;
use axum::http::StatusCode;
use caller::picture;
use house::staff::{Staff, Worker};
use house::{House, Person};
use serde_json::{Map, Value, json};
use world::{HAZARD, multipart};

const SCRIPT: &str = "<script>alert(1)</script>'\"><img src=x onerror=alert(2)>";
/// The beginnings of what was typed, as they must stand in no page.
const LIVE: [&str; 2] = ["<script>alert", "<img src=x"];
const LANGS: [&str; 2] = ["zh-CN", "en"];

async fn school() -> (House, Staff) {
    let house = House::new().await;
    house.first_run().await;
    let staff = house.staff().await;
    (house, staff)
}

/// The worst value that fits a field.
fn worst(field: &Field, who: &Worker, file: &Value) -> Option<Value> {
    let cut = |most: u32| json!(SCRIPT.chars().take(most as usize).collect::<String>());
    Some(match &field.shape {
        Shape::Text { most, .. } => cut(*most),
        Shape::Number { least, .. } => json!(least),
        Shape::Choice { options } => json!(options[0].id),
        Shape::Date => json!("2026-12-01"),
        Shape::Time => json!("2026-11-20T09:30"),
        Shape::Yes => json!(true),
        Shape::Person => json!(who.id.to_string()),
        Shape::People { .. } => json!([who.id.to_string()]),
        Shape::Unit => json!(who.unit.to_string()),
        Shape::Units { .. } => json!([who.unit.to_string()]),
        Shape::Source => json!("ip:192.0.2.1"),
        Shape::Attachment { .. } => json!([file]),
        Shape::Table { columns, .. } => {
            let cell = |shape: Cell| match shape {
                Cell::Text => json!(SCRIPT),
                Cell::Number => json!(7),
                Cell::Date => json!("2026-12-01"),
                Cell::Yes => json!(true),
            };
            json!([columns.iter().map(|column| (column.name.clone(), cell(column.shape))).collect::<Map<_, _>>()])
        }
        Shape::Asset | Shape::Link { .. } => return None,
    })
}

/// Opens a record with a script wherever one fits; what only moves write is left out. None where nobody opens such a record.
async fn infested(house: &House, staff: &Staff, kind: &Kind) -> Option<(String, Worker)> {
    for who in [staff.teacher, staff.principal, staff.chief, staff.officer] {
        let rights = house.ledger.rights_of(who.account);
        let units: Vec<UnitId> = house.ledger.units_to_open(&rights, kind);
        let Some(unit) = units.first() else { continue };
        let token = house.token_of(who.account, anlan_ledger::Scope::RecordsWrite).await;
        let file = house.send_file(&token, "<img src=x>.png", picture(1)).await.json();
        let mut values: Map<String, Value> =
            kind.fields.iter().filter_map(|field| Some((field.name.clone(), worst(field, &who, &file)?))).collect();
        for _ in 0..kind.fields.len() {
            let body = json!({ "unit": unit.to_string(), "values": values });
            let answer = house.change(&token, &format!("/api/v1/kinds/{}/records", kind.id), &body).await;
            if answer.status == StatusCode::CREATED {
                return Some((answer.json()["number"].as_str().unwrap().to_owned(), who));
            }
            assert_eq!(answer.json()["error"], "field-automatic", "{} {}", kind.id, answer.text());
            values.remove(answer.json()["field"].as_str().unwrap());
        }
    }
    None
}

fn is_dead(kind: &Kind, path: &str, html: &str) {
    for live in LIVE {
        assert!(!html.contains(live), "{} {path}: {live} stands there unescaped", kind.id);
    }
}

#[tokio::test]
async fn a_script_in_every_field_of_every_kind_is_text_everywhere() {
    let (house, staff) = school().await;
    let (mut opened, mut left) = (0, Vec::new());
    for kind in house.ledger.kinds().iter() {
        let Some((number, who)) = infested(&house, &staff, kind).await else {
            left.push(kind.id.clone());
            continue;
        };
        opened += 1;
        let session = house.session_of(who.account).await;
        let mut paths = vec![
            format!("/r/{number}"),
            format!("/r/{number}/act/correct"),
            format!("/records/{}?view=all", kind.id),
            format!("/records/{}/print?view=all", kind.id),
            format!("/records/{}?view=all&q=%3Cscript%3Ealert(1)", kind.id),
            "/todo".to_owned(),
            "/calendar?month=2026-12".to_owned(),
        ];
        paths.extend(
            kind.print
                .iter()
                .filter(|form| matches!(form.of, PrintOf::Record { .. }))
                .map(|form| format!("/r/{number}/print/{}", form.name)),
        );
        for path in paths {
            let page = house.get(&path, &session).await;
            assert_eq!(page.status, StatusCode::OK, "{} {path}", kind.id);
            is_dead(kind, &path, page.text());
        }
        let page = house.get(&format!("/r/{number}"), &session).await;
        let escaped = ["&lt;script", "&#60;script"].iter().any(|escaped| page.text().contains(escaped));
        assert!(escaped, "{}: what was typed is there, as text", kind.id);
        let back = house
            .change(
                &house.token_of(who.account, anlan_ledger::Scope::RecordsWrite).await,
                &format!("/api/v1/records/{number}/acts/note"),
                &json!({ "text": SCRIPT }),
            )
            .await;
        assert_eq!(back.status, StatusCode::OK);
        is_dead(kind, "history", house.get(&format!("/r/{number}"), &session).await.text());
    }
    assert!(opened >= 20, "{opened} kinds were opened; left out: {left:?}");
}

/// JSON of every type; those that are not a shape's own must be refused by the field's name.
fn others(shape: &Shape) -> Vec<Value> {
    let all = [json!("x"), json!(5), json!(1.5), json!(true), json!([5]), json!({ "a": 1 }), json!(u64::MAX)];
    let fits = |value: &Value| match shape {
        Shape::Number { .. } => value.is_i64(),
        Shape::Yes => value.is_boolean(),
        Shape::People { .. } | Shape::Units { .. } | Shape::Attachment { .. } | Shape::Table { .. } => false,
        _ => value.is_string(),
    };
    all.into_iter().filter(|value| !fits(value)).collect()
}

#[tokio::test]
async fn a_value_of_another_type_is_refused_by_its_field() {
    let (house, staff) = school().await;
    let token = house.token_of(staff.chief.account, anlan_ledger::Scope::RecordsWrite).await;
    let before = house.entry_count().await;
    let mut asked = 0;
    for kind in house.ledger.kinds().iter() {
        for field in &kind.fields {
            for value in others(&field.shape) {
                let body = json!({ "unit": "u1", "values": { field.name.as_str(): value } });
                let answer = house.change(&token, &format!("/api/v1/kinds/{}/records", kind.id), &body).await;
                let told = answer.json();
                assert_eq!(
                    (answer.status.as_u16(), told["error"].as_str(), told["field"].as_str()),
                    (422, Some("member-type"), Some(field.name.as_str())),
                    "{} {value}",
                    kind.id
                );
                asked += 1;
            }
        }
    }
    assert!(asked > 2_000, "{asked}");
    assert_eq!(house.entry_count().await, before, "nothing was kept");
}

fn hazard_with(unit: UnitId, name: &str, value: &Value) -> Value {
    let mut values: Map<String, Value> = HAZARD.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    values.insert(name.to_owned(), value.clone());
    json!({ "unit": unit.to_string(), "values": values })
}

#[tokio::test]
async fn strange_values_are_refused_clearly_and_whole() {
    let (house, staff) = school().await;
    let token = house.token_of(staff.teacher.account, anlan_ledger::Scope::RecordsWrite).await;
    let theirs = house.open(&staff.other, "device", &required(&house, "device", &staff.other)).await;
    let unit = staff.teacher.unit;
    let long = "长".repeat(300);
    let before = house.entry_count().await;
    let file = |digest: &str, name: &str| json!([{ "name": name, "digest": digest, "size": 9, "type": "image/png" }]);
    let table: Vec<(&str, Value, &str)> = vec![
        ("title", json!("a\u{0}b"), "value-control"),
        ("title", json!("a\u{7f}b"), "value-control"),
        ("title", json!("一行\n两行"), "value-lines"),
        ("title", json!(long), "value-long"),
        ("title", json!(""), "field-required"),
        ("title", Value::Null, "field-required"),
        ("happened", json!("2026-13-40T99:99"), "value-time"),
        ("happened", json!("9999-12-31T00:00"), "value-time"),
        ("deadline", json!("31.12."), "value-date"),
        ("owner", json!("p0"), "value-person"),
        ("owner", json!("p99999999999999999999"), "value-person"),
        ("owner", json!("p4242"), "person-unknown"),
        ("asset", json!(theirs), "value-link"),
        ("asset", json!("SB-2026-9999"), "value-link"),
        ("asset", json!("../../etc/passwd"), "value-record"),
        ("finding", json!("YH-2026-0001"), "value-record-kind"),
        ("before", file(&"0".repeat(64), "a.png"), "attachment-missing"),
        ("before", file("abc", "a.png"), "value-attachment"),
        ("before", file(&"0".repeat(64), "../a.png"), "value-attachment"),
        ("before", json!([{ "name": "a.png" }]), "value-attachment"),
        ("wat", json!("x"), "field-unknown"),
        ("struck_off_on", json!("2026-12-01"), "field-automatic"),
    ];
    for (field, value, code) in table {
        let mut messages = Vec::new();
        for lang in LANGS {
            let body = hazard_with(unit, field, &value).to_string();
            let answer = house.change_raw(&token, "/api/v1/kinds/hazard/records", body, &[("accept-language", lang)]).await;
            assert_eq!((answer.status.as_u16(), answer.json()["error"].as_str()), (422, Some(code)), "{field} {value}: {}", answer.text());
            messages.push(answer.json()["message"].as_str().unwrap().to_owned());
        }
        assert!(messages[0] != messages[1] && !messages.concat().contains('‹'), "{field} {value}: {messages:?}");
    }
    for (body, status) in [("{\"unit\":\"\\ud800\"}", 400), ("{\"unit\":\"\\udc00\\ud800\"}", 400), ("{\"values\":1e999}", 400)] {
        assert_eq!(house.change_raw(&token, "/api/v1/kinds/hazard/records", body, &[]).await.status.as_u16(), status, "{body}");
    }
    let raw = [b"{\"unit\":\"".as_slice(), &[0xed, 0xa0, 0x80], b"\"}"].concat();
    assert_eq!(house.change_raw(&token, "/api/v1/kinds/hazard/records", raw, &[]).await.status.as_u16(), 400, "half a character");
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(house.change_raw(&token, "/api/v1/kinds/hazard/records", deep, &[]).await.status.as_u16(), 400, "nested too deeply");
    assert_eq!(house.entry_count().await, before, "nothing was kept");
}

/// What must be filled of a kind, as plain texts.
fn required(house: &House, kind: &str, who: &Worker) -> Vec<(&'static str, &'static str)> {
    let kinds = house.ledger.kinds();
    let kind = kinds.get(kind).unwrap();
    let leak = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
    let one = |field: &Field| {
        let value = worst(field, who, &Value::Null).unwrap();
        (leak(field.name.clone()), leak(value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
    };
    kind.fields.iter().filter(|field| field.required).map(one).collect()
}

#[tokio::test]
async fn tables_hold_as_many_rows_as_their_kind_says() {
    let (house, staff) = school().await;
    let kinds = house.ledger.kinds();
    let token = house.token_of(staff.chief.account, anlan_ledger::Scope::RecordsWrite).await;
    let (kind, field, columns, most) = kinds
        .iter()
        .filter(|kind| !kind.opens.is_empty())
        .find_map(|kind| {
            let field = kind.fields.iter().find(|field| matches!(field.shape, Shape::Table { .. }))?;
            let Shape::Table { columns, most } = &field.shape else { return None };
            Some((kind, field, columns, *most as usize))
        })
        .unwrap();
    let before = house.entry_count().await;
    let text = columns.iter().find(|column| column.shape == Cell::Text).unwrap();
    for rows in [most + 1, limits::ROWS_MOST as usize + 1, 50_000] {
        let row = json!({ text.name.as_str(): "x" });
        let body = json!({ "unit": staff.bureau.to_string(), "values": { field.name.as_str(): vec![row; rows] } });
        let answer = house.change(&token, &format!("/api/v1/kinds/{}/records", kind.id), &body).await;
        assert_eq!(answer.status.as_u16(), 422, "{rows}");
        assert_eq!(
            (answer.json()["error"].as_str(), answer.json()["field"].as_str()),
            (Some("value-many"), Some(field.name.as_str())),
            "{}",
            answer.text()
        );
    }
    let wide = json!({ "unit": staff.bureau.to_string(), "values": { field.name.as_str(): [{ "none": "x" }] } });
    assert_eq!(house.change(&token, &format!("/api/v1/kinds/{}/records", kind.id), &wide).await.json()["error"], "member-type");
    assert_eq!(house.entry_count().await, before, "nothing was kept");
}

/// A hazard's form with these parts beside what must be filled.
async fn send_form(house: &House, person: &Person, lang: &str, parts: &[world::Part<'_>]) -> house::Answer {
    let fields: Vec<(String, &str)> = HAZARD.iter().map(|(name, value)| (format!("f.{name}"), *value)).collect();
    let mut all: Vec<world::Part<'_>> = fields.iter().map(|(name, value)| (name.as_str(), None, value.as_bytes())).collect();
    all.extend_from_slice(parts);
    let mut request = multipart("/records/hazard/new", person, &all, Some("same-origin"));
    request.headers_mut().insert("accept-language", lang.parse().unwrap());
    house.ask(request).await
}

#[tokio::test]
async fn a_file_of_fifty_megabytes_is_refused_and_nothing_of_it_is_kept() {
    let (house, staff) = school().await;
    let token = house.token_of(staff.teacher.account, anlan_ledger::Scope::RecordsWrite).await;
    let session = house.session_of(staff.teacher.account).await;
    let mut large = picture(1);
    large.resize(50 << 20, 0);
    let before = house.entry_count().await;
    let mut said = Vec::new();
    for lang in LANGS {
        house.post("/language", &session, &[("lang", lang), ("here", "/")]).await;
        let told = house.entry_count().await;
        let form = send_form(&house, &session, lang, &[("f.before", Some("大.png"), &large)]).await;
        assert_eq!(form.status, StatusCode::UNPROCESSABLE_ENTITY);
        said.push(form.text().split_whitespace().collect::<Vec<_>>().join(" "));
        assert_eq!(house.entry_count().await, told, "nothing was kept by halves");
        let call = caller::asking("POST", &token, "/api/v1/files?name=a.png").header("accept-language", lang);
        let call = house.ask(call.body(axum::body::Body::from(large.clone())).unwrap()).await;
        assert_eq!((call.status.as_u16(), call.json()["error"].as_str()), (413, Some("attachment-too-large")), "{}", call.text());
        said.push(call.json()["message"].as_str().unwrap().to_owned());
    }
    assert!(said[0].contains("20 MiB") && said[2].contains("A file has at most 20 MiB"), "the form says how much it takes");
    assert!(said[1] != said[3] && said[3].contains("20 MiB"));
    assert_eq!(house.files_kept(), 0);
    assert_eq!(house.entry_count().await, before + 2, "but the two changes of language");
}

#[tokio::test]
async fn broken_forms_are_refused_and_keep_nothing() {
    let (house, staff) = school().await;
    let session = house.session_of(staff.teacher.account).await;
    let before = house.entry_count().await;
    let many: Vec<String> = (0..5_000).map(|n| format!("f.x{n}")).collect();
    let many: Vec<world::Part<'_>> = many.iter().map(|name| (name.as_str(), None, b"x".as_slice())).collect();
    let long = vec![b'x'; 200 << 10];
    for (parts, status) in [
        (vec![("f.title", None, b"a\0b".as_slice())], 422),
        (vec![("f.title", None, &[0xed, 0xa0, 0x80][..])], 400),
        (vec![("f.title", None, long.as_slice())], 400),
        (many, 400),
        (vec![("f.before", Some("a.exe"), b"MZ".as_slice())], 422),
        (vec![("f.before", Some("a.png"), b"<html><script>alert(1)</script>".as_slice())], 422),
        (vec![("f.category", None, b"none".as_slice())], 422),
        (vec![("f.owner", None, b"p4242".as_slice())], 422),
        (vec![("f.before.kept", None, b"[{\"name\":\"a.png\",\"digest\":\"0000000000000000000000000000000000000000000000000000000000000000\",\"size\":1,\"type\":\"image/png\"}]".as_slice())], 422),
        (vec![("unit", None, b"u2; DROP TABLE record".as_slice()), ("f.title", None, b"".as_slice())], 422),
    ] {
        for lang in LANGS {
            let answer = send_form(&house, &session, lang, &parts).await;
            assert_eq!(answer.status.as_u16(), status, "{:?}", parts[0].0);
            assert!(!answer.text().contains('‹'));
            assert!(LIVE.iter().all(|live| !answer.text().contains(live)));
        }
    }
    assert_eq!(house.entry_count().await, before, "nothing was kept");
    assert_eq!(house.files_kept(), 0);
}
