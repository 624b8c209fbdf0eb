//! Packs from the console: who may make one, of which sources, one at a time, and what is recorded of it.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod house;

use anlan_base::SourceKey;
use axum::http::StatusCode;
use house::{House, Person};

async fn office() -> (House, house::staff::Staff) {
    let (house, _) = House::with_person().await;
    let staff = house.staff().await;
    for (source, unit) in [("ip:192.0.2.1", staff.schools[0]), ("ip:192.0.2.2", staff.schools[1])] {
        house.keep(source, &[b"a line"]);
        let key = SourceKey::new(source).unwrap();
        house.ledger.source(&key).await.unwrap();
        house.ledger.set_source_unit(&house.ledger.rights_of(house::USER), &key, unit).await.unwrap();
    }
    (house, staff)
}

fn form<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut form = vec![("since", "2026-11-21"), ("until", "2026-11-22"), ("label", "internal"), ("sent", "yes")];
    form.extend_from_slice(more);
    form
}

/// Asks until it is no longer being built.
async fn built(house: &House, person: &Person, at: &str) -> String {
    for _ in 0..1000 {
        let page = house.get(at, person).await;
        assert_eq!(page.status, StatusCode::OK);
        if page.headers.get("refresh").is_none() {
            return page.text().to_owned();
        }
        tokio::task::yield_now().await;
    }
    panic!("{at} is never built");
}

#[tokio::test]
async fn a_pack_is_built_fetched_and_recorded() {
    let (house, staff) = office().await;
    let teacher = house.session_of(staff.teacher.account).await;
    assert!(house.get("/inspection", &teacher).await.text().contains("href=\"/evidence\""), "it is found from the inspection page");
    assert!(house.get("/evidence?visit=JC-1", &teacher).await.text().contains("value=\"JC-1\""), "the visit is filled in");
    let page = house.get("/evidence", &teacher).await;
    assert!(page.text().contains("ip:192.0.2.1") && !page.text().contains("ip:192.0.2.2"), "only what may be exported is offered");
    for form in ["log-register", "self-check", "rectification-plan", "extraction-list"] {
        assert!(page.text().contains(&format!("value=\"{form}\" checked")), "{form} is offered");
    }
    let fields = form(&[
        ("source", "ip:192.0.2.1"),
        ("masked", "yes"),
        ("purpose", "检查"),
        ("visit", "JC-1"),
        ("heading", "duties"),
        ("form", "self-check"),
    ]);
    let begun = house.post("/evidence", &teacher, &fields).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text());
    let at = begun.location().to_owned();
    let entries = house.ledger.entries(1, 1000).await.unwrap();
    let entry = entries.iter().find(|entry| entry.text("act") == Some("pack.build")).unwrap();
    for (name, value) in [
        ("sources", "ip:192.0.2.1"),
        ("masked", "yes"),
        ("visit", "JC-1"),
        ("label", "internal"),
        ("headings", "duties"),
        ("forms", "self-check"),
    ] {
        assert_eq!(entry.text(name), Some(value), "{name}");
    }
    assert!(built(&house, &teacher, &at).await.contains("pack.zip"));
    let fetched = house.get(&format!("{at}/pack.zip"), &teacher).await;
    assert!(fetched.text().starts_with("pack for user:laoshi") && fetched.text().contains(&format!("made Some({})", entry.number)));
    assert!(house.acts().await.iter().any(|act| act == "pack.fetch"));
    // I10: somebody else's pack is as if there were none.
    for account in [staff.principal.account, staff.officer.account, staff.security.account] {
        let other = house.session_of(account).await;
        assert_eq!(house.get(&at, &other).await.status, StatusCode::NOT_FOUND, "{account}");
        assert_eq!(house.get(&format!("{at}/pack.zip"), &other).await.status, StatusCode::NOT_FOUND, "{account}");
    }
}

#[tokio::test]
async fn more_than_ones_rights_is_refused_whole() {
    let (house, staff) = office().await;
    let teacher = house.session_of(staff.teacher.account).await;
    let before = house.acts().await.len();
    for more in [&[("source", "ip:192.0.2.1"), ("source", "ip:192.0.2.2")][..], &[("source", "ip:192.0.2.2")], &[("scope", "all")]] {
        let answer = house.post("/evidence", &teacher, &form(more)).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{more:?}");
        assert!(answer.text().contains("超出您的权限"));
    }
    for (more, words) in [
        (&[][..], "没有选择任何来源"),
        (&[("source", "ip:192.0.2.1"), ("since", "2026-12-01")], "起点晚于终点"),
        (&[("source", "ip:192.0.2.1"), ("since", "yesterday")], "时间看不懂"),
        (&[("source", "ip:192.0.2.1"), ("label", "top")], "不合要求"),
        (&[("source", "ip:192.0.2.1"), ("proofs", "1, x")], "行号看不懂"),
    ] {
        let answer = house.post("/evidence", &teacher, &form(more)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{more:?}");
        assert!(answer.text().contains(words), "{words}");
    }
    assert_eq!(house.acts().await.len(), before, "nothing was asked for");
    let audit = house.session_of(staff.audit.account).await;
    assert_eq!(house.get("/evidence", &audit).await.status, StatusCode::FORBIDDEN);
    let chief = house.session_of(staff.chief.account).await;
    assert_eq!(house.post("/evidence", &chief, &form(&[("scope", "all")])).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn why_there_is_none_is_told() {
    let (house, staff) = office().await;
    let chief = house.session_of(staff.chief.account).await;
    let begun = house.post("/evidence", &chief, &form(&[("scope", "all"), ("purpose", "impossible")])).await;
    assert!(built(&house, &chief, begun.location()).await.contains("so not"));
    assert_eq!(house.get(&format!("{}/pack.zip", begun.location()), &chief).await.status, StatusCode::NOT_FOUND);
}
