//! Records: commands, rights, lists and what time brings, at the crate's boundary.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod office;
mod room;

use anlan_ledger::engine::Command;
use anlan_ledger::records::{ListAsk, StateAsk, TodoAsk};
use office::{code, office};

#[tokio::test]
async fn a_record_lives() {
    let office = office().await;
    let ledger = &office.room.ledger;
    let qian = office.people["qian.jin"].to_string();
    let done =
        office.open("qian.jin", "leak", office.first, &[("title", "教学楼漏水"), ("category", "roof"), ("owner", &qian)]).await.unwrap();
    assert_eq!(done.number, "LS-2026-0001");
    office.assert_sound().await;
    let page = ledger.list(&office.who("sun.li"), &ListAsk { kind: Some("leak".into()), ..ListAsk::default() }).await.unwrap();
    assert_eq!(page.rows.len(), 1);
    assert_eq!((page.rows[0].title.as_str(), page.total), ("教学楼漏水", Some(1)));
    let todo = ledger.todo(&office.who("qian.jin"), &TodoAsk::default()).await.unwrap();
    assert_eq!(todo.rows.len(), 1);
    office.make("qian.jin", &done.number, "fix", &[("note", "已修")]).await.unwrap();
    let proposed = office.make("qian.jin", &done.number, "close", &[]).await.unwrap();
    assert!(proposed.proposed);
    office.assert_sound().await;
    let approve = |seen| Command::Approve { seen, reason: None };
    let own = ledger.act_on(&office.who("qian.jin"), &done.number, None, approve(proposed.version)).await.unwrap_err();
    assert_eq!(code(&own), "own-proposal");
    ledger.act_on(&office.who("sun.li"), &done.number, Some(proposed.version), approve(proposed.version)).await.unwrap();
    let shown = ledger.record(&office.who("sun.li"), &done.number).await.unwrap().unwrap();
    assert!(shown.record.ended && shown.record.state == "closed");
    let ended = ListAsk { kind: Some("leak".into()), state: StateAsk::Ended, ..ListAsk::default() };
    assert_eq!(ledger.list(&office.who("wang.fang"), &ended).await.unwrap().rows.len(), 1);
    assert_eq!(ledger.history(&office.who("sun.li"), &done.number).await.unwrap().unwrap().len(), 4);
    office.assert_sound().await;
}
