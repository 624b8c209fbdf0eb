//! Every route, without and with a session: what is answered, and under which headers.

mod house;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use house::{House, Person, form};

/// Path, status without a session, status with one. `{seq}` stands for a line that is kept.
const PAGES: [(&str, u16, u16); 26] = [
    ("/", 303, 303),
    ("/login", 200, 303),
    ("/first-run", 303, 303),
    ("/logs", 303, 200),
    ("/logs?q=%28", 303, 400),
    ("/logs/live?q=a", 303, 200),
    ("/logs/live?q=%28", 303, 400),
    ("/logs/{seq}", 303, 200),
    ("/logs/1", 303, 404),
    ("/logs/nonsense", 303, 404),
    ("/logs/{seq}/raw", 303, 200),
    ("/logs/{seq}/proof", 303, 200),
    ("/logs/1/proof", 303, 404),
    ("/sources", 303, 200),
    ("/settings", 303, 200),
    ("/library", 303, 200),
    ("/library/csl", 303, 303),
    ("/library/csl@2016", 303, 200),
    ("/library/compare", 303, 200),
    ("/library/search", 303, 200),
    ("/library/import", 303, 200),
    ("/library/texts/1", 303, 404),
    ("/api/v1/search", 401, 200),
    ("/health", 200, 200),
    ("/no-such-page", 404, 404),
    ("/logout", 405, 405),
];

const FORMS: [&str; 8] = [
    "/library/import/0000/keep",
    "/first-run",
    "/login",
    "/logout",
    "/language",
    "/sources/name",
    "/settings/tokens",
    "/settings/tokens/revoke",
];

#[tokio::test]
async fn pages_need_a_session() {
    let (house, person) = House::with_person().await;
    let seq = house.keep("ip:192.0.2.1", &[b"<38>Nov 21 14:00:00 srv sshd[1]: hello"]);
    for (path, without, with) in PAGES {
        let path = path.replace("{seq}", &seq.to_string());
        let answer = house.get(&path, &Person::default()).await;
        assert_eq!(answer.status.as_u16(), without, "{path} without a session");
        if without == 303 && path.starts_with("/logs") {
            assert!(answer.location().starts_with("/login?next=%2Flogs"), "{path} {}", answer.location());
        }
        assert_eq!(house.get(&path, &person).await.status.as_u16(), with, "{path} with a session");
    }
}

#[tokio::test]
async fn forms_need_our_origin_and_their_token() {
    let (house, person) = House::with_person().await;
    let stranger = Person { token: "0".repeat(64), ..person.clone() };
    let forged = |path: &str, person: &Person, site| form(path, person, &[("name", "x"), ("key", "ip:192.0.2.1"), ("lang", "en")], site);
    for path in FORMS {
        for (person, site) in [
            (&person, Some("cross-site")),
            (&person, Some("same-site")),
            (&person, Some("none")),
            (&person, None),
            (&stranger, Some("same-origin")),
        ] {
            let answer = house.ask(forged(path, person, site)).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {site:?}");
        }
        // A door token is nobody else's: the cookie must repeat it.
        let mut visitor = house::visitor();
        visitor.token = "f".repeat(64);
        let answer = house.ask(forged(path, &visitor, Some("same-origin"))).await;
        assert!(matches!(answer.status, StatusCode::FORBIDDEN | StatusCode::SEE_OTHER), "{path} {}", answer.status);
    }
    assert!(house.ledger.tokens().await.unwrap().is_empty());
    assert!(house.ledger.session(person.cookie.split_once('=').unwrap().1).await.unwrap().is_some(), "nobody was signed out");
}

#[tokio::test]
async fn changes_without_a_session_change_nothing() {
    let (house, _) = House::with_person().await;
    for path in ["/logout", "/sources/name", "/settings/tokens", "/settings/tokens/revoke", "/library/import/0000/keep"] {
        let answer = house.post(path, &house::visitor(), &[("name", "x")]).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/login"), "{path}");
    }
    assert!(house.ledger.tokens().await.unwrap().is_empty());
}

#[tokio::test]
async fn every_answer_carries_the_headers() {
    let (house, person) = House::with_person().await;
    for path in ["/logs", "/login", "/no-such-page", "/assets/anlan.css", "/api/v1/search", "/health"] {
        let answer = house.get(path, &person).await;
        let has = |name: &str| answer.headers.get(name).map_or("", |v| v.to_str().unwrap());
        let policy = has("content-security-policy");
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(part), "{path} {part}");
        }
        assert!(!policy.contains("unsafe"));
        assert_eq!(has("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(has("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(has("cross-origin-opener-policy"), "same-origin", "{path}");
        assert_eq!(has("cross-origin-resource-policy"), "same-origin", "{path}");
        assert!(has("strict-transport-security").starts_with("max-age="), "{path}");
        let asset = path.starts_with("/assets");
        assert_eq!(has("cache-control"), if asset { "public, max-age=31536000, immutable" } else { "no-store" }, "{path}");
    }
}

#[tokio::test]
async fn pages_hold_no_script_and_no_style() {
    let (house, person) = House::with_person().await;
    let empty = house.get("/logs", &person).await;
    let seq = house.keep("ip:192.0.2.1", &[b"<38>Nov 21 14:00:00 srv sshd[1]: hello"]);
    let mut pages = vec![("/logs (empty)".to_owned(), empty)];
    for path in ["/logs".to_owned(), format!("/logs/{seq}"), "/sources".into(), "/settings".into(), "/no-such-page".into()] {
        let page = house.get(&path, &person).await;
        pages.push((path, page));
    }
    pages.push(("/login".into(), house.get("/login", &Person::default()).await));
    for (path, page) in pages {
        let html = page.text();
        assert!(!html.contains(" style="), "{path}");
        assert!(!html.contains("<style"), "{path}");
        assert!(!html.contains("javascript:") && !html.contains(" onclick") && !html.contains(" onload"), "{path}");
        assert_eq!(html.matches("<script").count(), html.matches("<script src=\"/assets/anlan.js?v=").count(), "{path}");
        assert!(!html.contains('‹'), "{path} has a text without words");
    }
}

#[tokio::test]
async fn a_form_has_a_limited_size() {
    let (house, person) = House::with_person().await;
    let request = Request::post("/settings/tokens")
        .header("sec-fetch-site", "same-origin")
        .header("cookie", &person.cookie)
        .header("content-type", "application/x-www-form-urlencoded");
    let answer = house.ask(request.body(Body::from(format!("token={}&name={}", person.token, "x".repeat(70_000)))).unwrap()).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
}
