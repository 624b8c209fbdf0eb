//! First run, signing in and out, the language of the pages.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod authenticator;
mod house;

use anlan_base::Clock as _;
use anlan_ledger::{Actor, CODE_STEP_SECONDS};
use authenticator::{block, code_of, hidden};
use axum::http::{StatusCode, header};
use house::{Answer, House, PASSWORD, Person, USER, visitor};

/// The browser of a visitor whose sign-in is on its way.
fn on_the_way(answer: &Answer) -> Person {
    let mut person = visitor();
    person.cookie = format!("{}; __Host-anlan-step={}", person.cookie, answer.cookie("__Host-anlan-step").unwrap());
    person
}

fn signed(answer: &Answer) -> Person {
    Person { cookie: format!("__Host-anlan={}", answer.cookie("__Host-anlan").unwrap()), token: String::new() }
}

async fn sign_in(house: &House, name: &str, password: &str) -> Answer {
    house.post("/login", &visitor(), &[("name", name), ("password", password), ("next", "/sources")]).await
}

/// The first user enrols an authenticator while signing in: its secret and recovery codes.
async fn enrolled(house: &House) -> (String, Vec<String>) {
    let answer = sign_in(house, USER, PASSWORD).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/login/step?next=%2Fsources"));
    assert!(answer.cookie("__Host-anlan").is_none(), "a password alone signs no administrator in");
    let browser = on_the_way(&answer);
    let page = house.get("/login/step?next=%2Fsources", &browser).await;
    let secret = block(page.text(), "factor-secret").to_owned();
    assert_eq!(secret.len(), 32);
    assert!(page.text().contains("<svg width=\"188\""), "a picture of it");
    let uri = hidden(page.text(), "uri").replace("&amp;", "&").replace("&#38;", "&");
    let fields =
        |code: &str| [("code", code.to_owned()), ("secret", secret.clone()), ("uri", uri.clone()), ("next", "/sources".to_owned())];
    let wrong = fields("000000");
    let wrong: Vec<(&str, &str)> = wrong.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let again = house.post("/login/factor", &browser, &wrong).await;
    assert_eq!(again.status, StatusCode::UNAUTHORIZED);
    assert!(again.cookie("__Host-anlan").is_none() && again.text().contains(&secret), "the same secret stands there again");
    let right = fields(&code_of(&secret, house.clock.now()));
    let right: Vec<(&str, &str)> = right.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let done = house.post("/login/factor", &browser, &right).await;
    assert_eq!(done.status, StatusCode::OK);
    assert_eq!(house.get("/sources", &signed(&done)).await.status, StatusCode::OK);
    house.clock.advance_seconds(CODE_STEP_SECONDS);
    (secret, block(done.text(), "recovery").lines().map(str::to_owned).collect())
}

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
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/login/step?next=%2Funits"));
    let step = house.get("/login/step?next=%2Funits", &on_the_way(&answer)).await;
    assert!(step.text().contains("<h1>绑定动态码</h1>"), "the first user is an administrator");
    assert_eq!(house.get("/first-run", &visitor()).await.location(), "/login", "there is one first run");
}

#[tokio::test]
async fn a_session_cookie_is_out_of_reach() {
    let (house, _) = House::with_person().await;
    let staff = house.staff().await;
    let answer = sign_in(&house, staff.officer.account, PASSWORD).await;
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
    let staff = house.staff().await;
    for (next, to) in [("//evil.example", "/"), ("https://evil.example", "/"), ("/\\evil.example", "/"), ("/logs?q=a", "/logs?q=a")] {
        let answer = house.post("/login", &visitor(), &[("name", staff.officer.account), ("password", PASSWORD), ("next", next)]).await;
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

#[tokio::test]
async fn an_administrator_signs_in_by_password_and_code() {
    let (house, _) = House::with_person().await;
    let (secret, recovery) = enrolled(&house).await;
    assert_eq!(recovery.len(), 10);
    let browser = on_the_way(&sign_in(&house, USER, PASSWORD).await);
    let page = house.get("/login/step", &browser).await;
    assert!(page.text().contains("action=\"/login/code\"") && !page.text().contains(&secret));
    for path in ["/todo", "/units", "/account"] {
        assert_eq!(house.get(path, &browser).await.status, StatusCode::SEE_OTHER, "{path}: a step opens no page");
    }
    let wrong = house.post("/login/code", &browser, &[("code", "12345x"), ("next", "/units")]).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert!(wrong.cookie("__Host-anlan").is_none());
    // A step that is not wanted is none.
    let other = house.post("/login/password", &browser, &[("password", "some other words"), ("again", "some other words")]).await;
    assert_eq!(other.location(), "/login?next=%2F&late=1");
    let code = code_of(&secret, house.clock.now());
    let done = house.post("/login/code", &browser, &[("code", &code), ("next", "/units")]).await;
    assert_eq!(done.location(), "/units");
    assert_eq!(house.get("/units", &signed(&done)).await.status, StatusCode::OK);
    // The step is over, and the code is used.
    assert_eq!(house.post("/login/code", &browser, &[("code", &code)]).await.location(), "/login?next=%2F&late=1");
    let browser = on_the_way(&sign_in(&house, USER, PASSWORD).await);
    assert_eq!(house.post("/login/code", &browser, &[("code", &code)]).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(house.post("/login/code", &browser, &[("code", &recovery[0])]).await.status, StatusCode::SEE_OTHER);
    let browser = on_the_way(&sign_in(&house, USER, PASSWORD).await);
    assert_eq!(house.post("/login/code", &browser, &[("code", &recovery[0])]).await.status, StatusCode::UNAUTHORIZED, "each works once");
}

#[tokio::test]
async fn a_one_time_password_is_changed_first() {
    let (house, _) = House::with_person().await;
    let actor = Actor::User(USER.to_owned());
    let once = house.ledger.add_account(&actor, "newcomer").await.unwrap();
    let answer = sign_in(&house, "newcomer", &once.to_lowercase()).await;
    assert_eq!(answer.location(), "/login/step?next=%2Fsources");
    let browser = on_the_way(&answer);
    for lang in ["zh-CN", "en"] {
        let page = house.get_in("/login/step", &browser, lang).await;
        assert!(page.text().contains("action=\"/login/password\"") && !page.text().contains('‹'), "{lang}");
    }
    for (new, again, status) in [
        ("short", "short", StatusCode::UNAUTHORIZED),
        ("password", "password", StatusCode::UNAUTHORIZED),
        (once.as_str(), once.as_str(), StatusCode::UNAUTHORIZED),
        ("a good long phrase", "another one", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let answer = house.post("/login/password", &browser, &[("password", new), ("again", again)]).await;
        assert_eq!(answer.status, status, "{new}");
        assert!(answer.text().contains("role=\"alert\"") && !answer.text().contains(&format!("value=\"{new}\"")), "{new}");
        assert!(answer.cookie("__Host-anlan").is_none());
    }
    let done = house.post("/login/password", &browser, &[("password", "a good long phrase"), ("again", "a good long phrase")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert_eq!(house.get("/todo", &signed(&done)).await.status, StatusCode::OK);
    assert_eq!(house.get("/settings", &signed(&done)).await.status, StatusCode::FORBIDDEN, "an account alone has no rights");
    assert_eq!(sign_in(&house, "newcomer", &once).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_one_time_password_that_is_too_old_says_so() {
    let (house, _) = House::with_person().await;
    let once = house.ledger.add_account(&Actor::User(USER.to_owned()), "newcomer").await.unwrap();
    house.clock.advance_seconds(8 * 86_400);
    let answer = sign_in(&house, "newcomer", &once).await;
    assert!(answer.text().contains("一次性口令已过期"));
    assert!(!sign_in(&house, "newcomer", "something else").await.text().contains("一次性口令已过期"), "only to who knows it");
}

#[tokio::test]
async fn a_sign_in_on_its_way_ends() {
    let (house, _) = House::with_person().await;
    let browser = on_the_way(&sign_in(&house, USER, PASSWORD).await);
    house.clock.advance_seconds(anlan_ledger::PENDING_SECONDS);
    assert_eq!(house.get("/login/step?next=%2Funits", &browser).await.location(), "/login?next=%2Funits&late=1");
    assert_eq!(house.get("/login/step", &visitor()).await.location(), "/login?next=%2F&late=1");
    assert!(house.get("/login?late=1", &visitor()).await.text().contains("登录用时太长"));
}

#[tokio::test]
async fn names_that_are_there_and_names_that_are_not_are_answered_alike() {
    let (house, _) = House::with_person().await;
    let (known, unknown) = (sign_in(&house, USER, "wrong words").await, sign_in(&house, "nobody.here", "wrong words").await);
    assert_eq!(known.status, unknown.status);
    assert_eq!(known.text().replace(USER, "x"), unknown.text().replace("nobody.here", "x"));
}
