//! First run, signing in and out, the language of the pages.

mod house;

use axum::http::{StatusCode, header};
use house::{House, PASSWORD, Person, USER, visitor};

#[tokio::test]
async fn the_first_run_makes_a_user_and_signs_in() {
    let house = House::new().await;
    assert_eq!(house.get("/login", &visitor()).await.location(), "/first-run");
    let page = house.get_in("/first-run", &Person::default(), "en").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("anlan.local/0123456789abcdef+"), "the public key stands there to be copied");
    assert_eq!(page.cookie("__Host-anlan-door").unwrap().len(), 64);

    let code = house.ledger.first_run_code().await.unwrap();
    let fill = |code: &'static str, password: &'static str, again: &'static str| {
        [("code", code), ("name", USER), ("password", password), ("again", again)]
    };
    for fields in [fill("AAAA-AAAA-AAAA", PASSWORD, PASSWORD), fill("", "short", "short"), fill("", PASSWORD, "another password")] {
        let answer = house.post("/first-run", &visitor(), &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        assert!(answer.text().contains("role=\"alert\""));
        assert!(!answer.text().contains(PASSWORD), "a password is never sent back");
    }
    let answer =
        house.post("/first-run", &visitor(), &[("code", &code), ("name", USER), ("password", PASSWORD), ("again", PASSWORD)]).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/logs"));
    let person = Person { cookie: format!("__Host-anlan={}", answer.cookie("__Host-anlan").unwrap()), token: String::new() };
    assert_eq!(house.get("/logs", &person).await.status, StatusCode::OK);
    assert_eq!(house.get("/first-run", &visitor()).await.location(), "/login", "there is one first run");
}

#[tokio::test]
async fn a_session_cookie_is_out_of_reach() {
    let (house, _) = House::with_person().await;
    let answer = house.post("/login", &visitor(), &[("name", USER), ("password", PASSWORD), ("next", "/sources")]).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/sources"));
    let cookies: Vec<_> = answer.headers.get_all(header::SET_COOKIE).iter().map(|c| c.to_str().unwrap()).collect();
    let session = cookies.iter().find(|c| c.starts_with("__Host-anlan=")).unwrap();
    for part in ["; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax"] {
        assert!(session.contains(part), "{part}");
    }
    assert!(!session.contains("Domain"));
}

#[tokio::test]
async fn wrong_passwords_are_refused_and_soon_delayed() {
    let (house, _) = House::with_person().await;
    let mut told = String::new();
    for _ in 0..20 {
        let answer = house.post("/login", &visitor(), &[("name", USER), ("password", "not the password")]).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert!(answer.cookie("__Host-anlan").is_none());
        told = answer.text().to_owned();
    }
    assert!(told.contains("秒后再试"), "after many failures a person is told to wait");
}

#[tokio::test]
async fn one_goes_on_to_our_own_pages_only() {
    let (house, _) = House::with_person().await;
    for (next, to) in [("//evil.example", "/"), ("https://evil.example", "/"), ("/\\evil.example", "/"), ("/logs?q=a", "/logs?q=a")] {
        let answer = house.post("/login", &visitor(), &[("name", USER), ("password", PASSWORD), ("next", next)]).await;
        assert_eq!(answer.location(), to, "{next}");
    }
}

#[tokio::test]
async fn signing_out_ends_the_session() {
    let (house, person) = House::with_person().await;
    let answer = house.post("/logout", &person, &[]).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/login"));
    assert_eq!(house.get("/logs", &person).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_language_is_kept_for_the_browser_and_for_the_person() {
    let (house, person) = House::with_person().await;
    assert!(house.get("/login", &visitor()).await.text().contains("<html lang=\"zh-CN\">"));
    assert!(house.get_in("/login", &visitor(), "en-GB").await.text().contains("<html lang=\"en\">"));
    let answer = house.post("/language", &visitor(), &[("lang", "en"), ("here", "/login?next=%2Flogs")]).await;
    assert_eq!((answer.location(), answer.cookie("__Host-anlan-lang").as_deref()), ("/login?next=%2Flogs", Some("en")));

    let answer = house.post("/language", &person, &[("lang", "en"), ("here", "/sources")]).await;
    assert_eq!(answer.location(), "/sources");
    assert!(
        house.get_in("/settings", &house.person().await, "zh-CN").await.text().contains("<html lang=\"en\">"),
        "kept for the person, not the browser"
    );
}
