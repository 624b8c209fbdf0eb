//! Records by the REST API: a life of one, keys, scopes, what is outside one's rights, limits, and what is refused how.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod caller;
mod house;

use anlan_ledger::records::{FILE_BYTES, KEY_BYTES, KEY_SECONDS, LIST_ROWS};
use anlan_web::{API_CALLS, API_FILES, JSON_BYTES};
use axum::body::Body;
use axum::http::{StatusCode, header};
use bytes::Bytes;
use caller::{Tokens, asking, picture};
use house::staff::Staff;
use house::{Answer, House};
use http_body_util::channel::Channel;
use serde_json::{Value, json};

async fn school() -> (House, Staff, Tokens) {
    let house = House::new().await;
    house.first_run().await;
    let staff = house.staff().await;
    let tokens = house.tokens_of(staff.teacher.account).await;
    (house, staff, tokens)
}

fn hazard(unit: impl ToString, title: &str) -> Value {
    json!({ "unit": unit.to_string(), "values": {
        "title": title, "happened": "2026-11-20T09:30", "category": "network", "level": "general", "handling": "at_once",
    } })
}

async fn opened(house: &House, tokens: &Tokens, staff: &Staff, title: &str) -> String {
    let answer = house.change(&tokens.writes, "/api/v1/kinds/hazard/records", &hazard(staff.teacher.unit, title)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    let number = answer.json()["number"].as_str().unwrap().to_owned();
    assert_eq!(answer.location(), format!("/api/v1/records/{number}"));
    number
}

fn is(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status.as_u16(), answer.json()["error"].as_str()), (status, Some(code)), "{}", answer.text());
}

#[tokio::test]
async fn a_hazard_lives_by_calls_alone() {
    let (house, staff, tokens) = school().await;
    let head = house.tokens_of(staff.principal.account).await;
    let kind = house.read(&tokens.reads, "/api/v1/kinds/hazard").await.json();
    assert_eq!(kind["title"]["en"], "Hazard");
    assert_eq!(kind["opens_in"], json!([staff.teacher.unit.to_string()]));
    assert!(kind["fields"].as_array().unwrap().iter().any(|field| field["name"] == "category" && field["schema"]["enum"][0] == "network"));
    assert!(house.read(&tokens.reads, "/api/v1/kinds").await.json()["kinds"].as_array().unwrap().len() > 20);

    let number = opened(&house, &tokens, &staff, "交换机默认口令").await;
    let record = house.read(&head.reads, &format!("/api/v1/records/{number}")).await.json();
    assert_eq!(
        (&record["state"], &record["values"]["category"], &record["late_entry"]),
        (&json!("found"), &json!("network"), &json!(true))
    );
    let order = record["moves"].as_array().unwrap().iter().find(|one| one["move"] == "order").unwrap();
    assert_eq!((&order["may"], &order["why"]), (&json!(true), &Value::Null));
    let seen = record["version"].as_u64().unwrap();

    let path = format!("/api/v1/records/{number}/moves/order");
    let values = json!({ "owner": staff.teacher.id.to_string(), "measure": "改口令" });
    let moved = house.change(&head.writes, &path, &json!({ "values": values, "seen": seen })).await;
    assert_eq!(moved.status, StatusCode::OK, "{}", moved.text());
    is(&house.change(&head.writes, &path, &json!({ "values": values, "seen": seen })).await, 409, "stale");

    let file = house.send_file(&tokens.writes, "整改后.png", picture(1)).await;
    assert_eq!(file.status, StatusCode::CREATED, "{}", file.text());
    assert_eq!(file.json()["type"], "image/png");
    let fixed = json!({ "values": { "done": "已改", "proof": [file.json()], "fixed_on": "2026-11-21" } });
    let done = house.change(&tokens.writes, &format!("/api/v1/records/{number}/moves/fix"), &fixed).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    let record = house.read(&tokens.reads, &format!("/api/v1/records/{number}")).await.json();
    assert_eq!((&record["state"], &record["values"]["proof"][0]), (&json!("fixed"), &file.json()), "what is shown is what was sent");
    let digest = file.json()["digest"].as_str().unwrap().to_owned();
    let back = house.read(&tokens.reads, &format!("/api/v1/records/{number}/files/{digest}")).await;
    assert_eq!((back.status, back.body.as_ref()), (StatusCode::OK, picture(1).as_slice()));

    for (act, body) in [("note", json!({ "text": "已电话核实" })), ("correct", json!({ "values": { "place": "三楼" }, "reason": "漏填" }))]
    {
        let answer = house.change(&tokens.writes, &format!("/api/v1/records/{number}/acts/{act}"), &body).await;
        assert_eq!(answer.status, StatusCode::OK, "{act} {}", answer.text());
    }
    let history = house.read(&tokens.reads, &format!("/api/v1/records/{number}/history")).await.json();
    let acts: Vec<&str> = history["entries"].as_array().unwrap().iter().map(|entry| entry["act"].as_str().unwrap()).collect();
    assert_eq!(acts, ["record.open", "record.move", "record.move", "record.note", "record.correct"]);
    assert_eq!(history["entries"][4]["changes"][0], json!({ "field": "place", "before": null, "after": "三楼", "sealed": false }));

    let todo = house.read(&head.reads, "/api/v1/todo").await.json();
    assert_eq!((&todo["todo"][0]["record"]["number"], &todo["counts"]["all"]), (&json!(number), &json!(1)));
    let due = house.read(&head.reads, "/api/v1/deadlines?from=2026-11-01T00:00&until=2027-12-31T00:00").await;
    assert_eq!(due.json()["deadlines"][0]["record"]["number"], json!(number), "{}", due.text());
}

#[tokio::test]
async fn lists_have_the_page_s_filters_and_stable_cursors() {
    let (house, staff, tokens) = school().await;
    let mut numbers = Vec::new();
    for n in 0..5 {
        numbers.push(opened(&house, &tokens, &staff, &format!("隐患 {n}")).await);
    }
    let ask = async |query: &str| house.read(&tokens.reads, &format!("/api/v1/records?{query}")).await;
    let page = |answer: &Answer| -> Vec<String> {
        answer.json()["records"].as_array().unwrap().iter().map(|row| row["number"].as_str().unwrap().to_owned()).collect()
    };
    let first = ask("kind=hazard&limit=2").await;
    let next = first.json()["next"].as_str().unwrap().to_owned();
    let newer = opened(&house, &tokens, &staff, "其间新报").await;
    let second = ask(&format!("kind=hazard&limit=2&after={next}")).await;
    assert_eq!(page(&first), [numbers[4].clone(), numbers[3].clone()]);
    assert_eq!(page(&second), [numbers[2].clone(), numbers[1].clone()], "a cursor does not slip when something is added");
    assert_eq!(page(&ask("q=%E5%85%B6%E9%97%B4").await), [newer]);
    for (query, rows) in [
        ("kind=hazard", 6),
        ("kind=task", 0),
        ("kind=hazard&by.category=network", 6),
        ("kind=hazard&by.category=fire", 0),
        ("view=all", 6),
        ("view=ended", 0),
        ("view=is:found&kind=hazard", 6),
        ("view=late", 6),
        ("view=mine", 6),
        ("order=due&kind=hazard", 6),
    ] {
        assert_eq!(page(&ask(query).await).len(), rows, "{query}");
    }
    let elsewhere = format!("unit={}", staff.schools[1]);
    assert!(page(&ask(&elsewhere).await).is_empty());
    for query in
        ["limit=0", "limit=201", "limit=x", "view=nothing", "view=is:", "order=up", "unit=3", "after=zz", "wat=1", "kind=hazard&by.title=x"]
    {
        is(&ask(query).await, 400, "query");
    }
    for (limit, status) in [(LIST_ROWS - 1, 200), (LIST_ROWS, 200), (LIST_ROWS + 1, 400)] {
        assert_eq!(ask(&format!("limit={limit}")).await.status.as_u16(), status, "{limit}");
    }
    is(&ask("kind=none").await, 404, "not-found");
}

#[tokio::test]
async fn a_key_opens_one_record() {
    let (house, staff, tokens) = school().await;
    let other = house.tokens_of(staff.officer.account).await;
    let body = hazard(staff.teacher.unit, "一次");
    let send = async |token: &str, key: &str, body: &Value| {
        house.change_raw(token, "/api/v1/kinds/hazard/records", body.to_string(), &[("idempotency-key", key)]).await
    };
    let first = send(&tokens.writes, "k-1", &body).await;
    let entries = house.entry_count().await;
    let again = send(&tokens.writes, "k-1", &body).await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (201, 200));
    assert_eq!(first.json()["number"], again.json()["number"]);
    assert_eq!(house.entry_count().await, entries, "nothing was written again");
    is(&send(&tokens.writes, "k-1", &hazard(staff.teacher.unit, "别的")).await, 422, "once-differs");
    assert_ne!(send(&tokens.writes, "k-2", &body).await.json()["number"], first.json()["number"]);
    let another = send(&other.writes, "k-1", &body).await;
    assert_eq!(another.status, StatusCode::CREATED, "keys of one account mean nothing to another: {}", another.text());
    for (bytes, code) in [(0, 422), (1, 201), (KEY_BYTES - 1, 201), (KEY_BYTES, 201), (KEY_BYTES + 1, 422)] {
        assert_eq!(send(&tokens.writes, &"k".repeat(bytes), &body).await.status.as_u16(), code, "{bytes}");
    }
    house.clock.advance_seconds(KEY_SECONDS + 1);
    let later = send(&tokens.writes, "k-1", &body).await;
    assert_eq!(later.status, StatusCode::CREATED, "a key is forgotten after a day: {}", later.text());
}

#[tokio::test]
async fn a_token_opens_what_its_scope_says_and_a_session_changes_nothing() {
    let (house, staff, tokens) = school().await;
    let number = opened(&house, &tokens, &staff, "一次").await;
    let path = format!("/api/v1/records/{number}");
    let note = format!("{path}/acts/note");
    let session = house.session_of(staff.teacher.account).await;
    let entries = house.entry_count().await;
    for (token, status, code) in
        [("", 401, "token"), ("anlan_x", 401, "token"), (&tokens.logs, 403, "scope"), (&tokens.writes, 403, "scope")]
    {
        is(&house.read(token, &path).await, status, code);
    }
    for (token, status, code) in [("", 401, "token"), (&tokens.logs, 403, "scope"), (&tokens.reads, 403, "scope")] {
        is(&house.change(token, &note, &json!({ "text": "x" })).await, status, code);
    }
    assert_eq!(house.get(&path, &session).await.status, StatusCode::OK, "a session reads");
    for site in ["same-origin", "cross-site"] {
        let headers = [("cookie", session.cookie.as_str()), ("sec-fetch-site", site)];
        is(&house.change_raw("", &note, "{\"text\":\"x\"}", &headers).await, 401, "token");
    }
    let lone = house.token("shell").await;
    is(&house.read(&lone, &path).await, 403, "scope");
    assert_eq!(house.entry_count().await, entries + 1, "but the token that was made, nothing");
    let stranger = house.tokens_of(house::USER).await;
    is(&house.read(&stranger.reads, &format!("{path}9")).await, 404, "not-found");
    house.ledger.disable_account(&anlan_ledger::Actor::System, staff.teacher.account, "离职").await.unwrap();
    is(&house.read(&tokens.reads, &path).await, 401, "token");
}

#[tokio::test]
async fn what_is_outside_one_s_rights_is_not_there() {
    let (house, staff, tokens) = school().await;
    let number = opened(&house, &tokens, &staff, "一次").await;
    let file = house.send_file(&tokens.writes, "a.png", picture(1)).await.json();
    let values = json!({ "values": { "before": [file] }, "reason": "补图" });
    assert_eq!(house.change(&tokens.writes, &format!("/api/v1/records/{number}/acts/correct"), &values).await.status, StatusCode::OK);
    let other = house.tokens_of(staff.other.account).await;
    let entries = house.entry_count().await;
    let digest = file["digest"].as_str().unwrap();
    for end in ["", "/history", "/children", "/summary", &format!("/files/{digest}")] {
        let here = house.read(&other.reads, &format!("/api/v1/records/{number}{end}")).await;
        let nowhere = house.read(&other.reads, &format!("/api/v1/records/YH-2026-9999{end}")).await;
        is(&here, 404, "not-found");
        assert_eq!(here.body, nowhere.body, "{end}: one cannot tell that it is there");
    }
    for (end, body) in
        [("moves/order", json!({})), ("moves/none", json!({})), ("acts/note", json!({ "text": "x" })), ("acts/none", json!({}))]
    {
        is(&house.change(&other.writes, &format!("/api/v1/records/{number}/{end}"), &body).await, 404, "not-found");
    }
    is(&house.change(&other.writes, "/api/v1/kinds/hazard/records", &hazard(staff.teacher.unit, "x")).await, 422, "open-not-yours");
    is(&house.read(&other.reads, &format!("/api/v1/people?unit={}", staff.teacher.unit)).await, 404, "not-found");
    assert_eq!(house.entry_count().await, entries, "nothing was changed");
    let units = house.read(&other.reads, "/api/v1/units").await.json();
    assert_eq!(units["units"].as_array().unwrap().len(), 1);
    let people = house.read(&tokens.reads, "/api/v1/people?limit=1").await.json();
    let next = people["next"].as_str().unwrap();
    let rest = house.read(&tokens.reads, &format!("/api/v1/people?after={next}")).await;
    assert_eq!(rest.json()["people"].as_array().unwrap().len(), 1);
    assert!(!rest.text().contains("@") && !rest.text().contains("account"));
}

#[tokio::test]
async fn an_error_says_what_is_wrong_in_both_languages() {
    let (house, staff, tokens) = school().await;
    let number = opened(&house, &tokens, &staff, "一次").await;
    let open = "/api/v1/kinds/hazard/records".to_owned();
    let act = |name: &str| format!("/api/v1/records/{number}/acts/{name}");
    let unit = staff.teacher.unit.to_string();
    let entries = house.entry_count().await;
    let table: Vec<(String, Value, u16, &str, Option<&str>)> = vec![
        (open.clone(), json!({}), 422, "member-missing", Some("unit")),
        (open.clone(), json!([]), 422, "member-type", Some("body")),
        (open.clone(), json!({ "unit": unit, "wat": 1 }), 422, "member-unknown", Some("wat")),
        (open.clone(), json!({ "unit": 3 }), 422, "member-type", Some("unit")),
        (open.clone(), json!({ "unit": "u999" }), 422, "not-there", None),
        (open.clone(), json!({ "unit": unit, "values": [] }), 422, "member-type", Some("values")),
        (open.clone(), json!({ "unit": unit, "values": {} }), 422, "field-required", Some("title")),
        (open.clone(), json!({ "unit": unit, "values": { "none": "x" } }), 422, "field-unknown", Some("none")),
        (open.clone(), json!({ "unit": unit, "values": { "title": 5 } }), 422, "member-type", Some("title")),
        (open.clone(), json!({ "unit": unit, "values": { "category": "x" } }), 422, "value-option", Some("category")),
        (open.clone(), json!({ "unit": unit, "values": { "owner": "p999" } }), 422, "person-unknown", Some("owner")),
        (open.clone(), json!({ "unit": unit, "happened": "gestern" }), 422, "member-type", Some("happened")),
        (act("note"), json!({}), 422, "text-required", None),
        (act("void"), json!({}), 422, "reason-required", None),
        (act("approve"), json!({}), 422, "member-missing", Some("seen")),
        (act("approve"), json!({ "seen": 1 }), 409, "stale", None),
        (act("hand"), json!({ "reason": "x" }), 422, "member-missing", Some("person")),
        (act("hand"), json!({ "person": "p1", "unit": "u1", "reason": "x" }), 422, "member-type", Some("unit")),
        (act("delegate"), json!({ "person": "p1", "until": "bald", "reason": "x" }), 422, "member-type", Some("until")),
        (act("ask"), json!({ "people": "p1" }), 422, "member-type", Some("people")),
        (act("unseal"), json!({}), 403, "person", None),
        (act("erase"), json!({}), 403, "person", None),
        (act("none"), json!({}), 404, "not-found", None),
        (format!("/api/v1/records/{number}/moves/none"), json!({}), 404, "not-found", None),
        ("/api/v1/kinds/none/records".to_owned(), json!({}), 404, "not-found", None),
        ("/api/v1/none".to_owned(), json!({}), 404, "not-found", None),
        ("/api/v1/kinds".to_owned(), json!({}), 405, "method", None),
    ];
    for (path, body, status, code, field) in table {
        let mut messages = Vec::new();
        for lang in ["zh-CN", "en"] {
            let answer = house.change_raw(&tokens.writes, &path, body.to_string(), &[("accept-language", lang)]).await;
            is(&answer, status, code);
            let told = answer.json();
            assert_eq!((told["field"].as_str(), told["status"].as_u64()), (field, Some(u64::from(status))), "{path} {body}");
            assert_eq!(answer.headers[header::CONTENT_LANGUAGE], lang);
            messages.push(told["message"].as_str().unwrap().to_owned());
        }
        assert!(messages.iter().all(|message| !message.is_empty() && !message.contains('‹')), "{messages:?}");
        assert_ne!(messages[0], messages[1], "{path} {body}");
    }
    for (body, status, code) in [("", 400, "json"), ("{", 400, "json"), ("\"\\ud800\"", 400, "json"), ("{\"a\":1}{", 400, "json")] {
        is(&house.change_raw(&tokens.writes, &open, body, &[]).await, status, code);
    }
    let plain = asking("POST", &tokens.writes, &open).header(header::CONTENT_TYPE, "text/plain").body(Body::from("{}")).unwrap();
    is(&house.ask(plain).await, 415, "media");
    assert_eq!(house.entry_count().await, entries, "nothing was kept by halves");
}

#[tokio::test]
async fn bodies_files_and_calls_have_limits() {
    let (house, staff, tokens) = school().await;
    let number = opened(&house, &tokens, &staff, "一次").await;
    let note = format!("/api/v1/records/{number}/acts/note");
    for (bytes, status) in [(JSON_BYTES - 1, 422), (JSON_BYTES, 422), (JSON_BYTES + 1, 413)] {
        let body = format!("{{\"text\":\"{}\"}}", "x".repeat(bytes - 11));
        assert_eq!(body.len(), bytes);
        assert_eq!(house.change_raw(&tokens.writes, &note, body, &[]).await.status.as_u16(), status, "{bytes}");
    }
    let file = |bytes: usize| {
        let mut png = picture(1);
        png.resize(bytes, 0);
        png
    };
    let most = usize::try_from(FILE_BYTES).unwrap();
    for (bytes, status) in [(most - 1, 201), (most, 201), (most + 1, 413)] {
        assert_eq!(house.send_file(&tokens.writes, "a.png", file(bytes)).await.status.as_u16(), status, "{bytes}");
    }
    assert_eq!(house.files_kept(), 2);
    is(&house.send_file(&tokens.writes, "a.exe", file(99)).await, 422, "attachment-type");
    is(&house.send_file(&tokens.writes, "", file(99)).await, 422, "attachment-name");
    is(&house.send_file(&tokens.writes, "a.png", Vec::new()).await, 422, "attachment-empty");
    assert_eq!(house.files_kept(), 2, "what is refused leaves nothing");
}

#[tokio::test]
async fn files_and_calls_at_the_same_time_have_a_limit() {
    let (house, _, tokens) = school().await;
    let house = std::sync::Arc::new(house);
    let (mut senders, mut waiting) = (Vec::new(), Vec::new());
    for n in 0..API_FILES {
        let (mut sender, body) = Channel::<Bytes>::new(1);
        let (house, token) = (house.clone(), tokens.writes.clone());
        waiting.push(tokio::spawn(async move { house.send_file(&token, "a.png", Body::new(body)).await }));
        sender.send_data(Bytes::from(picture(u8::try_from(n).unwrap()))).await.unwrap();
        sender.send_data(Bytes::from_static(b"more")).await.unwrap();
        sender.send_data(Bytes::from_static(b"more")).await.unwrap();
        senders.push(sender);
    }
    let refused = house.send_file(&tokens.writes, "a.png", picture(9)).await;
    is(&refused, 429, "busy");
    assert_eq!(refused.headers[header::RETRY_AFTER], "1");
    drop(senders);
    for answer in waiting {
        assert_eq!(answer.await.unwrap().status, StatusCode::CREATED);
    }
    assert_eq!(house.send_file(&tokens.writes, "a.png", picture(9)).await.status, StatusCode::CREATED);

    let (mut senders, mut waiting) = (Vec::new(), Vec::new());
    for _ in 0..API_CALLS {
        let (mut sender, body) = Channel::<Bytes>::new(1);
        let (house, token) = (house.clone(), tokens.writes.clone());
        waiting.push(tokio::spawn(async move { house.change_raw(&token, "/api/v1/kinds/hazard/records", Body::new(body), &[]).await }));
        sender.send_data(Bytes::from_static(b"{")).await.unwrap();
        sender.send_data(Bytes::from_static(b" ")).await.unwrap();
        sender.send_data(Bytes::from_static(b" ")).await.unwrap();
        senders.push(sender);
    }
    is(&house.read(&tokens.reads, "/api/v1/kinds").await, 429, "busy");
    drop(senders);
    for answer in waiting {
        is(&answer.await.unwrap(), 400, "json");
    }
    assert_eq!(house.read(&tokens.reads, "/api/v1/kinds").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_file_that_breaks_off_is_not_kept() {
    let (house, _, tokens) = school().await;
    let (mut sender, body) = Channel::<Bytes, std::io::Error>::new(2);
    sender.send_data(Bytes::from(picture(1))).await.unwrap();
    let torn = async {
        tokio::task::yield_now().await;
        sender.abort(std::io::Error::other("torn"));
    };
    let (answer, ()) = tokio::join!(house.send_file(&tokens.writes, "a.png", Body::new(body)), torn);
    is(&answer, 400, "cut");
    assert_eq!(house.files_kept(), 0);
}
