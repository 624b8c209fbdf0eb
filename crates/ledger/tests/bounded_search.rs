//! A search that stops at its bound says so, and whoever goes on finds every record that fits, once, in order.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod room;

use std::sync::Arc;

use anlan_base::Clock as _;
use anlan_law::pack::Lawbook;
use anlan_ledger::engine::Rights;
use anlan_ledger::records::{Bulk, CANDIDATES, CONDITIONS, Condition, Judge, ListAsk, NARROW_FOLDS, Order, SURVEY_FOLDS, StateAsk};
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

/// What a condition lists is what each record says, whatever it takes to read it; several pages hold each once.
// VERDICT-13
#[tokio::test]
async fn conditions_list_what_the_records_say() {
    let (room, who) = filled().await;
    let all = |order| ListAsk { kind: Some("hazard".into()), state: StateAsk::All, order, limit: 50, ..ListAsk::default() };
    let (numbers, _, _) = walk(&room, &who, &all(Order::Number)).await;
    let mut records = Vec::new();
    for run in numbers.chunks(SURVEY_FOLDS) {
        records.extend(room.ledger.survey_full(&run.iter().map(String::as_str).collect::<Vec<_>>()).await.unwrap());
    }
    let (kinds, directory) = (room.ledger.kinds(), room.ledger.directory());
    let judge = Judge { kind: kinds.get("hazard").unwrap(), people: &*directory, now: room.clock.now() };
    let mut some = 0;
    for written in [
        &["in:assigned,fixing,passed_up"][..],
        // Not in the columns of a list: each record is read.
        &["has:place"],
        &["!has:place", "!in:struck_off"],
        &["late:respond|late:planned", "has:title"],
        &["gone:watcher|!has:watcher", "is:handling=planned"],
    ] {
        let conditions: Vec<Condition> = written.iter().map(|one| one.parse().unwrap()).collect();
        let fits = |record: &&anlan_ledger::engine::Record| conditions.iter().all(|condition| condition.holds(record, &judge));
        let mut expected: Vec<&str> = records.iter().filter(fits).map(|record| record.number.as_str()).collect();
        expected.sort_unstable();
        some += expected.len();
        for order in [Order::Number, Order::Due, Order::Changed] {
            let (mut found, ..) = walk(&room, &who, &ListAsk { conditions: conditions.clone(), ..all(order) }).await;
            found.sort_unstable();
            assert_eq!(found, expected, "{written:?} {order:?}");
        }
    }
    assert!(some > 100 && records.len() > NARROW_FOLDS, "{some} of {}", records.len());
    for (asked, fits) in [(CONDITIONS - 1, true), (CONDITIONS, true), (CONDITIONS + 1, false)] {
        let ask = ListAsk { conditions: vec!["has:title".parse().unwrap(); asked], ..all(Order::Number) };
        assert_eq!(room.ledger.list(&who, &ask).await.is_ok(), fits, "{asked}");
    }
    let ask = ListAsk { kind: None, conditions: vec!["in:fixing".parse().unwrap()], ..all(Order::Number) };
    assert!(room.ledger.list(&who, &ask).await.is_err(), "of one kind only");
}
