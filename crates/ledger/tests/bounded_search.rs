//! A search that stops at its bound says so, and whoever goes on finds every record that fits, once, in order.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod room;

use std::sync::Arc;

use anlan_law::pack::Lawbook;
use anlan_ledger::engine::Rights;
use anlan_ledger::records::{Bulk, CANDIDATES, ListAsk, Order, StateAsk};
use room::{Room, room};

/// More than one search looks at, even of one kind's largest share.
const RECORDS: u64 = 2 * CANDIDATES as u64 + 500;

async fn filled() -> (Room, Rights) {
    let room = room().await;
    room.ledger.set_book(Arc::new(Lawbook::shipped(&["cn"]).unwrap())).await.unwrap();
    let bulk = Bulk { records: RECORDS, entries_each: 2, districts: 2, units: 5 };
    room.ledger.fill_units(&bulk).await.unwrap();
    room.ledger.fill_records(&bulk, |_| {}).await.unwrap();
    let directory = room.ledger.directory();
    let root = directory.root().unwrap();
    let rights = room.ledger.rights_of_person(root.head.unwrap());
    (room, rights)
}

/// Numbers on all pages, and how many pages were cut.
async fn walk(room: &Room, who: &Rights, ask: &ListAsk) -> (Vec<String>, Vec<String>, usize) {
    let (mut ask, mut numbers, mut titles, mut cuts) = (ask.clone(), Vec::new(), Vec::new(), 0);
    loop {
        let page = room.ledger.list(who, &ask).await.unwrap();
        cuts += usize::from(page.cut);
        assert!(!page.cut || page.next.is_some(), "what was cut goes on");
        for row in page.rows {
            numbers.push(row.number);
            titles.push(row.title);
        }
        let Some(next) = page.next else { return (numbers, titles, cuts) };
        ask.after = Some(next);
    }
}

#[tokio::test]
async fn whoever_goes_on_finds_all() {
    let (room, who) = filled().await;
    let all = |order| ListAsk { state: StateAsk::All, order, ..ListAsk::default() };
    let (_, titles, cuts) = walk(&room, &who, &all(Order::Number)).await;
    assert!(titles.len() > CANDIDATES && cuts == 0, "a plain list is never cut: {} {cuts}", titles.len());
    let word: String = titles[0].chars().take(2).collect();
    let fitting = titles.iter().filter(|title| title.contains(&word)).count();
    for order in [Order::Number, Order::Due, Order::Changed] {
        let (mut found, found_titles, _) = walk(&room, &who, &ListAsk { words: word.clone(), ..all(order) }).await;
        assert!(found_titles.iter().all(|title| title.contains(&word)), "{order:?}");
        assert_eq!(found.len(), fitting, "{order:?}");
        found.sort_unstable();
        found.dedup();
        assert_eq!(found.len(), fitting, "each once: {order:?}");
    }
    let (found, _, cuts) = walk(&room, &who, &ListAsk { words: "没有这个词".into(), ..all(Order::Number) }).await;
    assert!(found.is_empty() && cuts > 0, "more records than one search looks at: {cuts}");
}
