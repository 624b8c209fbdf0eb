//! `/health` and `/metrics`: what they tell, to whom, and what they never tell.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod house;

use anlan_web::Peer;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use house::{Answer, House, Person};

async fn metrics(house: &House, peer: Option<&str>, header: Option<(&str, &str)>) -> Answer {
    let mut request = Request::get("/metrics");
    if let Some((name, value)) = header {
        request = request.header(name, value);
    }
    let mut request = request.body(Body::empty()).unwrap();
    if let Some(peer) = peer {
        request.extensions_mut().insert(Peer(peer.parse().unwrap()));
    }
    house.ask(request).await
}

#[tokio::test]
async fn metrics_are_for_this_machine_alone() {
    let house = House::new().await;
    for (peer, header, wanted) in [
        (Some("127.0.0.1"), None, StatusCode::OK),
        (Some("::1"), None, StatusCode::OK),
        (Some("::ffff:127.0.0.1"), None, StatusCode::OK),
        (Some("192.0.2.1"), None, StatusCode::NOT_FOUND),
        (Some("::ffff:192.0.2.1"), None, StatusCode::NOT_FOUND),
        (None, None, StatusCode::NOT_FOUND),
        (Some("127.0.0.1"), Some(("x-forwarded-for", "192.0.2.1")), StatusCode::NOT_FOUND),
        (Some("127.0.0.1"), Some(("Forwarded", "for=192.0.2.1")), StatusCode::NOT_FOUND),
    ] {
        assert_eq!(metrics(&house, peer, header).await.status, wanted, "{peer:?} {header:?}");
    }
}

#[tokio::test]
async fn numbers_move_and_tell_no_names() {
    let house = House::new().await;
    house.keep("ip:192.0.2.77", &[b"<38>Nov 21 14:00:00 secret-host sshd[1]: hello", b"<38>Nov 21 14:00:01 secret-host sshd[1]: again"]);
    let answer = metrics(&house, Some("127.0.0.1"), None).await;
    assert_eq!(answer.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    let text = answer.text();
    for wanted in
        ["anlan_up 1", "anlan_lines_total 2", "anlan_queue_chunks 0", "# TYPE anlan_lines_total counter", "anlan_disk_free_bytes "]
    {
        assert!(text.lines().any(|line| line.starts_with(wanted)), "{wanted}: {text}");
    }
    assert!(!text.contains("192.0.2.77") && !text.contains("secret-host"));
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.split_once(' ').unwrap();
        assert!(name.starts_with("anlan_") && value.parse::<u64>().is_ok(), "{line}");
    }
}

#[tokio::test]
async fn health_tells_whether_lines_can_be_kept() {
    let house = House::new().await;
    house.keep("ip:192.0.2.77", &[b"hello"]);
    let answer = house.get("/health", &Person::default()).await;
    assert_eq!(answer.status, StatusCode::OK);
    let told = answer.json();
    assert_eq!((told["status"].as_str(), told["writing"].as_bool(), told["ready"].as_bool()), (Some("ok"), Some(true), Some(true)));
    assert!(told["checkpoint_age_seconds"].is_u64() && told["disk_free_bytes"].is_u64(), "{told}");
    assert_eq!(told.as_object().unwrap().len(), 5, "nothing else is told to anybody: {told}");
}
