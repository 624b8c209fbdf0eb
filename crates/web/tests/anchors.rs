//! `/settings/anchors`: how far the log is anchored, what lies outside, and where checkpoints go.

mod house;

use anlan_ledger::Actor;
use anlan_tlog::hex;
use axum::http::StatusCode;
use house::House;

#[tokio::test]
async fn the_page_says_self_only_until_a_checkpoint_lies_outside() {
    let (house, admin) = House::with_person().await;
    let page = house.get("/settings/anchors", &admin).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.text().contains("<b>仅自证</b>") && page.text().contains("/settings/mail") && !page.text().contains('‹'),
        "{}",
        page.text()
    );
    assert!(!page.text().contains("/settings/anchors/now"), "there is nowhere to send it");
    let site = house.assessor.site();
    let note = async |size: &str, root: &str, to: &str| {
        house.ledger.note_act(&Actor::System, "anchor.sent", &[("size", size), ("root", root), ("to", to)]).await.unwrap();
    };
    note("1", &hex(&site.journal.root_at(1).unwrap()), "<b>li@example.com").await;
    note("1", &"0".repeat(64), "zhang@example.com").await;
    let page = house.get("/settings/anchors", &admin).await;
    assert!(page.text().contains("已外部存证至") && page.text().contains("&#60;b&#62;li@example.com"), "{}", page.text());
    assert!(page.text().contains("与现有日志不连续") && page.text().contains("zhang@example.com"));
    assert!(house.get("/settings", &admin).await.text().contains("/settings/anchors"));
}

#[tokio::test]
async fn what_is_turned_away_stands_there_again() {
    let (house, admin) = House::with_person().await;
    let eleven = (0..11).map(|nth| format!("a{nth}@example.com")).collect::<Vec<_>>().join("\n");
    let wrong = house.post("/settings/anchors", &admin, &[("mail", &eleven), ("folder", "")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text().contains("最多 10 个") && wrong.text().contains("a10@example.com"));
    assert!(!house.acts().await.iter().any(|act| act == "anchor.set"), "what was not kept is no entry");
    let nothing = house.post("/settings/anchors/now", &admin, &[]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nothing.text().contains("没有设置收件地址或目录") && house.acts().await.iter().any(|act| act == "anchor.ask"));
}
