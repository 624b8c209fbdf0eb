//! One's own account, API tokens, and whose lines of the log somebody sees.

mod authenticator;
mod house;

use anlan_base::{Clock as _, SourceKey};
use anlan_ledger::CODE_STEP_SECONDS;
use authenticator::{block, code_of, hidden};
use axum::http::StatusCode;
use house::{Answer, House, PASSWORD, Person};

async fn office() -> (House, house::staff::Staff, Person) {
    let (house, system) = House::with_person().await;
    let staff = house.staff().await;
    (house, staff, system)
}

fn kept(answer: &Answer) -> bool {
    answer.status == StatusCode::SEE_OTHER && answer.location().starts_with("/account?told=")
}

#[tokio::test]
async fn a_password_is_changed_and_other_sign_ins_end() {
    let (house, staff, _) = office().await;
    let (here, elsewhere) = (house.session_of(staff.teacher.account).await, house.session_of(staff.teacher.account).await);
    let page = house.get("/account", &here).await;
    assert!(page.text().contains("8 至") && page.text().contains("不能是常见口令"), "the rules are told");
    let new = "another calm phrase";
    for (old, password, again, words) in [
        ("wrong words here", new, new, "现在的口令不对"),
        (PASSWORD, "short", "short", "口令太短"),
        (PASSWORD, "password", "password", "太常见"),
        (PASSWORD, PASSWORD, PASSWORD, "不能与原来的相同"),
        (PASSWORD, new, "another", "两次输入的口令不一致"),
    ] {
        let answer = house.post("/account/password", &here, &[("old", old), ("password", password), ("again", again)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
        assert!(answer.text().contains(words), "{words}");
        assert!(!answer.text().contains(new) && !answer.text().contains(PASSWORD));
    }
    let done = house.post("/account/password", &here, &[("old", PASSWORD), ("password", new), ("again", new)]).await;
    assert!(kept(&done));
    assert!(house.acts().await.iter().any(|act| act == "user.password"));
    let after = Person { cookie: format!("__Host-anlan={}", done.cookie("__Host-anlan").unwrap()), token: String::new() };
    assert_eq!(house.get("/account", &after).await.status, StatusCode::OK);
    assert_eq!(house.get("/account", &elsewhere).await.status, StatusCode::SEE_OTHER, "the other one has ended");
}

#[tokio::test]
async fn an_authenticator_is_enrolled_by_its_first_code() {
    let (house, staff, _) = office().await;
    let person = house.session_of(staff.teacher.account).await;
    house.clock.advance_seconds(6 * 60);
    let refused = house.post("/account/factor", &person, &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(block(refused.text(), "factor-secret").is_empty());
    let offered = house.post("/account/factor", &person, &[("proof", PASSWORD)]).await;
    let secret = block(offered.text(), "factor-secret").to_owned();
    assert_eq!(secret.len(), 32);
    assert!(hidden(offered.text(), "uri").starts_with("otpauth://totp/"));
    let wrong =
        house.post("/account/factor/confirm", &person, &[("code", "000000"), ("secret", &secret), ("uri", "otpauth://totp/x")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text().contains(&secret));
    let code = code_of(&secret, house.clock.now());
    let done = house.post("/account/factor/confirm", &person, &[("code", &code)]).await;
    assert_eq!(block(done.text(), "recovery").lines().count(), 10);
    assert!(!house.get("/account", &person).await.text().contains("id=\"recovery\""), "they are shown once");
    // From now on a grave act asks for a code too.
    house.clock.advance_seconds(6 * 60 + CODE_STEP_SECONDS);
    let without = house.post("/account/codes", &person, &[("proof", PASSWORD)]).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    let code = code_of(&secret, house.clock.now());
    let renewed = house.post("/account/codes", &person, &[("proof", PASSWORD), ("code", &code)]).await;
    assert_eq!(block(renewed.text(), "recovery").lines().count(), 10);
    let acts = house.acts().await;
    assert!(acts.iter().any(|act| act == "factor.enrol") && acts.iter().any(|act| act == "factor.codes"));
    // The administrators of security alone take it away.
    let path = format!("/people/{}/factor", staff.teacher.id);
    let security = house.session_of(staff.security.account).await;
    assert_eq!(house.post(&path, &security, &[]).await.status, StatusCode::SEE_OTHER);
    assert!(house.acts().await.iter().any(|act| act == "factor.remove"));
}

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let (house, staff, _) = office().await;
    let (here, lost) = (house.session_of(staff.teacher.account).await, house.session_of(staff.teacher.account).await);
    let other = house.session_of(staff.officer.account).await;
    let page = house.get("/account", &here).await;
    // The teacher's first sign-in is listed as well, from another address.
    let of_lost = page.text().split("<tr>").find(|row| row.contains(">192.0.2.7<") && row.contains("name=\"id\"")).unwrap();
    let id = of_lost.split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(
        house.post("/account/sessions/end", &other, &[("id", &id)]).await.status,
        StatusCode::NOT_FOUND,
        "another's session is none"
    );
    assert_eq!(house.get("/account", &lost).await.status, StatusCode::OK);
    assert!(kept(&house.post("/account/sessions/end", &here, &[("id", &id)]).await));
    assert_eq!(house.get("/account", &lost).await.status, StatusCode::SEE_OTHER);
    assert_eq!(house.get("/account", &here).await.status, StatusCode::OK);
}

#[tokio::test]
async fn tokens_have_owner_scope_and_end() {
    let (house, staff, system) = office().await;
    let (teacher, officer) = (house.session_of(staff.teacher.account).await, house.session_of(staff.officer.account).await);
    let make = |name: &'static str, scope: &'static str, days: &'static str| [("name", name), ("scope", scope), ("days", days)];
    for (fields, words) in [
        (make("a b", "records:read", "30"), "须为 1 至 64"),
        (make("mine", "records:read", "0"), "有效期为 1 至"),
        (make("mine", "records:read", "366"), "有效期为 1 至"),
        (make("mine", "records:read", "soon"), "有效期为 1 至"),
    ] {
        let answer = house.post("/account/tokens", &teacher, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text().contains(words), "{words}");
    }
    let none = house.post("/account/tokens", &teacher, &[("name", "mine"), ("days", "30")]).await;
    assert!(none.text().contains("至少选择一项"));
    assert_eq!(house.post("/account/tokens", &teacher, &make("mine", "all", "30")).await.status, StatusCode::BAD_REQUEST);
    let logs = house.post("/account/tokens", &teacher, &make("mine", "logs:write", "30")).await;
    assert_eq!(logs.status, StatusCode::FORBIDDEN, "who sends lines is the administrators' to say");
    let made = house.post("/account/tokens", &teacher, &make("mine", "records:read", "30")).await;
    let secret = block(made.text(), "secret").to_owned();
    assert!(secret.starts_with("anlan_"));
    let page = house.get("/account", &teacher).await;
    assert!(page.text().contains("records:read") && page.text().contains("2026-12-21") && !page.text().contains(&secret));
    let all = house.get("/settings", &system).await;
    assert!(all.text().contains(">laoshi<") && all.text().contains(">mine<"), "the administrator sees every token and its owner");
    assert_eq!(house.post("/account/tokens/revoke", &officer, &[("name", "mine")]).await.status, StatusCode::NOT_FOUND);
    assert!(kept(&house.post("/account/tokens/revoke", &teacher, &[("name", "mine")]).await));
    assert!(house.get("/account", &teacher).await.text().contains("已撤销"));
    house.clock.advance_seconds(10 * 60);
    let stale = house.post("/settings/tokens", &system, &make("web01", "logs:write", "")).await;
    assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY, "the password is asked for again");
}

#[tokio::test]
async fn somebody_stands_in_for_a_while() {
    let (house, staff, _) = office().await;
    let teacher = house.session_of(staff.teacher.account).await;
    let (to, own) = (staff.principal.id.to_string(), staff.teacher.id.to_string());
    let away = |person: &'static str, until: &'static str, reason: &'static str| [("person", person), ("until", until), ("reason", reason)];
    for (fields, words) in [
        ([("person", to.as_str()), ("until", "2026-11-20"), ("reason", "出差")], "截止日期"),
        ([("person", to.as_str()), ("until", "soon"), ("reason", "出差")], "截止日期"),
        ([("person", to.as_str()), ("until", "2026-12-01"), ("reason", "")], "请写明理由"),
        ([("person", own.as_str()), ("until", "2026-12-01"), ("reason", "出差")], "不能办理关于自己的事"),
    ] {
        let answer = house.post("/account/away", &teacher, &fields).await;
        assert!(answer.status.is_client_error() && answer.text().contains(words), "{words}");
    }
    assert_eq!(house.post("/account/away", &teacher, &away("x", "2026-12-01", "出差")).await.status, StatusCode::BAD_REQUEST);
    assert!(kept(&house.post("/account/away", &teacher, &[("person", &to), ("until", "2026-12-01"), ("reason", "出差")]).await));
    assert!(house.get("/account", &teacher).await.text().contains("一中校长（演示） 代办至 2026-12-01 23:59"));
    assert!(house.get("/people", &teacher).await.text().contains("由 一中校长（演示） 代办"));
    assert!(kept(&house.post("/account/back", &teacher, &[]).await));
    assert!(house.post("/account/back", &teacher, &[]).await.text().contains("没有委托代办"));
    assert!(house.acts().await.ends_with(&["person.back".to_owned()]));
}

/// Lines of two schools; the teacher of the first sees those of the first, everywhere.
#[tokio::test]
async fn lines_of_other_units_are_not_there() {
    let (house, staff, system) = office().await;
    let teacher = house.session_of(staff.teacher.account).await;
    let own = house.keep("ip:10.1.0.1", &[b"<38>Nov 21 14:00:00 own sshd[1]: hello ours"]);
    let other = house.keep("ip:10.2.0.1", &[b"<38>Nov 21 14:00:01 other sshd[1]: hello theirs"]);
    for key in ["ip:10.1.0.1", "ip:10.2.0.1"] {
        house.ledger.source(&SourceKey::new(key).unwrap()).await.unwrap();
    }
    assert!(!house.get("/logs?q=hello", &teacher).await.text().contains("ours"), "a source without a unit is the root's");
    for (key, school) in [("ip:10.1.0.1", 0), ("ip:10.2.0.1", 1)] {
        let fields = [("key", key), ("unit", &*staff.schools[school].to_string())];
        assert_eq!(house.post("/sources/unit", &teacher, &fields).await.status, StatusCode::FORBIDDEN);
        assert_eq!(house.post("/sources/unit", &system, &fields).await.location(), "/sources");
    }
    assert!(house.acts().await.ends_with(&["source.unit".to_owned()]));
    let found = house.get("/logs?q=hello", &teacher).await;
    assert!(found.text().contains("ours") && !found.text().contains("theirs"));
    assert!(found.text().contains("1 条") && !found.text().contains("2 条"), "counts are of one's own lines");
    let live = house.get("/logs/live?q=&after=1", &teacher).await;
    assert_eq!(live.json()["rows"].as_array().unwrap().len(), 1);
    for (seq, status) in [(own, StatusCode::OK), (other, StatusCode::NOT_FOUND)] {
        for path in [format!("/logs/{seq}"), format!("/logs/{seq}/raw")] {
            assert_eq!(house.get(&path, &teacher).await.status, status, "{path}");
        }
    }
    let api = house.get("/api/v1/search?q=hello", &teacher).await;
    assert_eq!(api.text().lines().count(), 1);
    assert_eq!(house.get("/api/v1/search?q=hello", &system).await.text().lines().count(), 2);
    let sources = house.get("/sources", &teacher).await;
    assert!(sources.text().contains("ip:10.1.0.1") && !sources.text().contains("ip:10.2.0.1"));
    assert!(!sources.text().contains("action=\"/sources/unit\""));
    assert!(house.get("/sources", &system).await.text().contains("action=\"/sources/unit\""));
    let named = house.post("/sources/name", &teacher, &[("key", "ip:10.2.0.1"), ("name", "别人的")]).await;
    assert_eq!(named.status, StatusCode::NOT_FOUND);
    assert_eq!(house.post("/sources/name", &teacher, &[("key", "ip:10.1.0.1"), ("name", "三层交换机")]).await.location(), "/sources");
    // An account without a role that reads logs finds none.
    let principal = house.session_of(staff.audit.account).await;
    assert!(house.get("/logs?q=hello", &principal).await.text().contains("theirs"), "the auditor of the operator sees all");
}
