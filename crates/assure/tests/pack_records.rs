//! Records that the forms of a pack tell of: those that the asker may see, in words, and none beside them.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod bureau;

use anlan_assure::pack::open::{open, visit};
use anlan_base::text::Lang;
use bureau::Bureau;

// FORMS-6
#[tokio::test]
async fn forms_of_a_pack_tell_of_what_its_asker_may_see() {
    let bureau = Bureau::begin().await;
    let hazard = async |unit, title| bureau.open("hazard", unit, &[("title", title), ("handling", "planned"), ("found_how", "scan")]).await;
    let (first, second) = (hazard(bureau.first, "一中的隐患").await, hazard(bureau.second, "二小的隐患").await);
    bureau.make(&first, "assign", &[("watcher", &bureau.p("teacher")), ("owner", &bureau.p("teacher")), ("deadline", "2026-09-17")]).await;
    let seen = async |account: &str| {
        let (rows, more) = open(&bureau.ledger, &bureau.who(account), Lang::Zh).await.unwrap();
        assert_eq!(more, 0);
        rows
    };
    let own = seen("teacher").await;
    assert_eq!(own.iter().map(|row| row.number.as_str()).collect::<Vec<_>>(), [first.as_str()]);
    assert_eq!((own[0].title.as_str(), own[0].owner.as_str(), own[0].due.as_str()), ("一中的隐患", "teacher", "2026年9月17日"));
    assert!(!own[0].kind.is_empty() && !own[0].state.is_empty());
    let mut all: Vec<String> = seen("clerk").await.into_iter().map(|row| row.number).collect();
    all.sort();
    assert_eq!(all, [first.clone(), second]);
    // What is no inspection is none, and one of another unit is none either.
    for number in ["", "JC-2026-0001", first.as_str()] {
        assert!(visit(&bureau.ledger, &bureau.who("clerk"), number, Lang::Zh).await.unwrap().is_none(), "{number}");
    }
    let number = bureau.open("visit", bureau.root, &[("title", "年度检查")]).await;
    let told = visit(&bureau.ledger, &bureau.who("clerk"), &number, Lang::Zh).await.unwrap().unwrap();
    assert_eq!(told.title, "年度检查");
    assert!(visit(&bureau.ledger, &bureau.who("other"), &number, Lang::Zh).await.unwrap().is_none());
}
