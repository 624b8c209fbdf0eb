//! The REST API: events in with their acknowledgements and limits, searches out.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod house;

use std::sync::Arc;

use anlan_base::{Piece, Seq, limits};
use anlan_web::{API_LINES, BODIES, BODY_BYTES};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base64::Engine;
use bytes::Bytes;
use house::House;
use http_body_util::channel::Channel;

fn seq(answer: &serde_json::Value, name: &str) -> Seq {
    answer[name].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn accepted_lines_are_kept_bit_for_bit() {
    let (house, _) = House::with_person().await;
    let token = house.token("web01").await;
    let answer = house.send_events(&token, &b"{\"a\":1}\n\nplain \xff\x00 bytes\r\nlast without feed"[..]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let counts = answer.json();
    assert_eq!(counts["accepted"], 3);
    let (first, last) = (seq(&counts, "first_seq"), seq(&counts, "last_seq"));
    let raw = |seq: u64| house.vault.line(Seq(seq)).unwrap().unwrap();
    assert_eq!(raw(first.0).raw.as_ref(), b"{\"a\":1}");
    assert_eq!(raw(first.0 + 1).raw.as_ref(), b"plain \xff\x00 bytes\r");
    assert_eq!(raw(last.0).raw.as_ref(), b"last without feed");
    assert_eq!(raw(last.0).source.as_str(), "token:web01");
}

#[tokio::test]
async fn an_empty_body_is_accepted_and_stores_nothing() {
    let (house, _) = House::with_person().await;
    let token = house.token("web01").await;
    for body in ["", "\n\n"] {
        let answer = house.send_events(&token, body).await;
        assert_eq!(
            (answer.status, answer.json()),
            (StatusCode::OK, serde_json::json!({ "accepted": 0, "first_seq": null, "last_seq": null }))
        );
    }
    assert_eq!(house.vault.status().lines, 0);
}

#[tokio::test]
async fn bad_tokens_are_refused() {
    let (house, person) = House::with_person().await;
    let revoked = house.token("old").await;
    house.ledger.revoke_token(&anlan_ledger::Actor::System, "old").await.unwrap();
    for value in ["", "Bearer", "Bearer x", "Basic YTpi", &format!("Bearer {revoked}")] {
        let request = Request::post("/api/v1/events").header(header::AUTHORIZATION, value).header(header::COOKIE, &person.cookie);
        let answer = house.ask(request.body(Body::from("x")).unwrap()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{value}");
        assert_eq!(answer.json()["error"], "token");
        assert_eq!(answer.headers[header::WWW_AUTHENTICATE], "Bearer");
    }
    assert_eq!(house.vault.status().lines, 0);
}

#[tokio::test]
async fn a_long_line_is_kept_in_pieces() {
    let (house, _) = House::with_person().await;
    let token = house.token("web01").await;
    let n = limits::LINE_BYTES;
    for (len, pieces) in [(n - 1, vec![Piece::WHOLE]), (n, vec![Piece::WHOLE]), (n + 1, vec![Piece::part(1, false), Piece::part(2, true)])]
    {
        let answer = house.send_events(&token, vec![b'x'; len]).await;
        let counts = answer.json();
        assert_eq!(counts["accepted"], 1, "a line in pieces is one line");
        let (first, last) = (seq(&counts, "first_seq"), seq(&counts, "last_seq"));
        let kept: Vec<_> = (first.0..=last.0).map(|s| house.vault.line(Seq(s)).unwrap().unwrap()).collect();
        assert_eq!(kept.iter().map(|l| l.piece).collect::<Vec<_>>(), pieces, "{len}");
        assert_eq!(kept.iter().map(|l| l.raw.len()).sum::<usize>(), len);
    }
}

/// Feeds a body of unknown length, in frames, and says nothing of its size beforehand.
async fn stream(house: &House, token: &str, frames: usize, frame: Bytes, rest: usize) -> house::Answer {
    let (mut sender, body) = Channel::<Bytes>::new(1);
    let feed = async {
        for _ in 0..frames {
            if sender.send_data(frame.clone()).await.is_err() {
                return;
            }
        }
        let _ = sender.send_data(frame.slice(..rest)).await;
        drop(sender);
    };
    let (answer, ()) = tokio::join!(house.send_events(token, Body::new(body)), feed);
    answer
}

#[tokio::test]
async fn a_body_has_a_limit_and_says_how_far_it_came() {
    let (house, _) = House::with_person().await;
    let token = house.token("web01").await;
    let line = format!("{}\n", "y".repeat((256 << 10) - 1));
    let frames = BODY_BYTES / line.len();
    assert_eq!(frames * line.len(), BODY_BYTES);
    let frame = Bytes::from(line);
    let before = stream(&house, &token, frames - 1, frame.clone(), frame.len() - 1).await;
    assert_eq!((before.status.as_u16(), before.json()["accepted"].as_u64()), (200, Some(frames as u64)), "one byte less");
    let exact = stream(&house, &token, frames, frame.clone(), 0).await;
    assert_eq!((exact.status.as_u16(), exact.json()["accepted"].as_u64()), (200, Some(frames as u64)));
    let over = stream(&house, &token, frames, frame.clone(), 1).await;
    assert_eq!((over.status.as_u16(), over.json()["accepted"].as_u64()), (413, Some(frames as u64)));
    assert_eq!(house.vault.status().lines, 3 * frames as u64);

    let request = Request::post("/api/v1/events").header(header::AUTHORIZATION, format!("Bearer {token}"));
    let told = house.ask(request.body(Body::from(vec![b'z'; BODY_BYTES + 1])).unwrap()).await;
    assert_eq!((told.status.as_u16(), told.json()["accepted"].as_u64()), (413, Some(0)), "a length that is told is refused unread");
}

#[tokio::test]
async fn bodies_at_the_same_time_have_a_limit() {
    let (house, _) = House::with_person().await;
    let house = Arc::new(house);
    let token = house.token("web01").await;
    let (mut senders, mut waiting) = (Vec::new(), Vec::new());
    for _ in 0..BODIES {
        let (mut sender, body) = Channel::<Bytes>::new(1);
        let (house, token) = (house.clone(), token.clone());
        waiting.push(tokio::spawn(async move { house.send_events(&token, Body::new(body)).await }));
        sender.send_data(Bytes::from_static(b"a line\n")).await.unwrap();
        // The second frame is taken only when the first was read: the body has its place.
        sender.send_data(Bytes::from_static(b"another\n")).await.unwrap();
        sender.send_data(Bytes::from_static(b"third\n")).await.unwrap();
        senders.push(sender);
    }
    let refused = house.send_events(&token, "one more").await;
    assert_eq!((refused.status, refused.json()["error"].as_str()), (StatusCode::TOO_MANY_REQUESTS, Some("busy")));
    assert_eq!(refused.headers[header::RETRY_AFTER], "1");
    drop(senders);
    for answer in waiting {
        assert_eq!(answer.await.unwrap().json()["accepted"], 3);
    }
    assert_eq!(house.send_events(&token, "one more").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_body_that_breaks_off_keeps_its_whole_lines() {
    let (house, _) = House::with_person().await;
    let token = house.token("web01").await;
    let (mut sender, body) = Channel::<Bytes, std::io::Error>::new(2);
    sender.send_data(Bytes::from_static(b"whole\nhal")).await.unwrap();
    let torn = async {
        tokio::task::yield_now().await;
        sender.abort(std::io::Error::other("torn"));
    };
    let (answer, ()) = tokio::join!(house.send_events(&token, Body::new(body)), torn);
    assert_eq!((answer.status, answer.json()["accepted"].as_u64()), (StatusCode::BAD_REQUEST, Some(1)));
    assert_eq!(house.vault.status().lines, 1);
}

#[tokio::test]
async fn searches_answer_lines_of_json() {
    let (house, person) = House::with_person().await;
    let new = anlan_ledger::NewToken { name: "reader", owner: None, scopes: &[anlan_ledger::Scope::LogsRead], expires: None };
    let token = house.ledger.make_token(&anlan_ledger::Actor::System, &new).await.unwrap();
    house.keep("ip:192.0.2.1", &[b"<38>Nov 21 14:00:00 srv05 sshd[1]: Failed password for root from 203.0.113.77 port 1 ssh2"]);
    let bytes = house.keep("ip:192.0.2.1", &[b"bytes \xff\xfe"]);
    let ask = |path: String| {
        let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
        house.ask(request.body(Body::empty()).unwrap())
    };
    let answer = ask("/api/v1/search?q=failed".into()).await;
    assert_eq!((answer.status.as_u16(), answer.headers["content-type"].to_str().unwrap()), (200, "application/x-ndjson"));
    let line: serde_json::Value = serde_json::from_str(answer.text().trim_end()).unwrap();
    assert_eq!((&line["host.name"], &line["user.name"]), (&"srv05".into(), &"root".into()));
    assert!(line["raw"].as_str().unwrap().starts_with("<38>Nov 21") && line["seq"].is_string() && line["@timestamp"].is_string());
    let answer = ask("/api/v1/search?q=bytes".into()).await;
    let line: serde_json::Value = serde_json::from_str(answer.text().trim_end()).unwrap();
    assert_eq!(line["seq"], bytes.to_string());
    assert_eq!(base64::engine::general_purpose::STANDARD.decode(line["raw_b64"].as_str().unwrap()).unwrap(), b"bytes \xff\xfe");
    assert_eq!(house.get("/api/v1/search?q=*&limit=1", &person).await.text().lines().count(), 1, "a session may search too");
    // Who may only send lines reads none, nor how far they cover their terms; who may only read sends none.
    let sender = house.token("sender").await;
    for path in ["/api/v1/search?q=*", "/api/v1/coverage"] {
        for (token, status) in [(&sender, 401), (&token, 200)] {
            let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
            assert_eq!(house.ask(request.body(Body::empty()).unwrap()).await.status.as_u16(), status, "{path}");
        }
    }
    assert_eq!(house.send_events(&token, "a line").await.status.as_u16(), 401);
    for (path, code) in [("q=(", "query"), ("since=gestern", "since"), ("until=x", "until"), ("limit=0", "limit"), ("limit=x", "limit")] {
        let answer = ask(format!("/api/v1/search?{path}")).await;
        assert_eq!((answer.status.as_u16(), answer.json()["error"].as_str()), (400, Some(code)), "{path}");
    }
    for (limit, status) in [(API_LINES - 1, 200), (API_LINES, 200), (API_LINES + 1, 400)] {
        assert_eq!(ask(format!("/api/v1/search?limit={limit}")).await.status.as_u16(), status, "{limit}");
    }
}

#[tokio::test]
async fn long_answers_are_whole_and_bounded_by_time() {
    let (house, person) = House::with_person().await;
    let lines: Vec<String> = (0..300).map(|i| format!("line {i}")).collect();
    let first = house.keep("ip:192.0.2.1", &lines.iter().map(String::as_bytes).collect::<Vec<_>>());
    let answer = house.get("/api/v1/search?q=*&limit=250", &person).await;
    let seqs: Vec<u64> = answer
        .text()
        .lines()
        .map(|l| serde_json::from_str::<serde_json::Value>(l).unwrap()["seq"].as_str().unwrap().parse().unwrap())
        .collect();
    assert_eq!(seqs, (first.0 + 50..first.0 + 300).rev().collect::<Vec<_>>());
    assert_eq!(house.get("/api/v1/search?q=*&until=2026-11-21T14:07:31", &person).await.body.len(), 0);
}
