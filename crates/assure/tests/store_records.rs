//! Registers that the probes of the store read: a signed checkpoint counts once its scan is filed, a restore test once it passed; failed and cancelled ones do not.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod bureau;

use std::sync::Arc;

use anlan_assure::assess::{Anchored, Way, anchored};
use anlan_ledger::Actor;
use bureau::{Bureau, DAY, codes};

async fn bureau() -> Bureau {
    let bureau = Bureau::begin().await;
    let journal = bureau.journal.clone();
    let lines = |note: Vec<u8>| String::from_utf8(note).unwrap().lines().take(3).collect::<Vec<_>>().join("\n");
    bureau.ledger.set_checkpoint(Arc::new(move || lines(journal.checkpoint())));
    bureau
}

// VERDICT-7
#[tokio::test]
async fn a_signed_checkpoint_counts_once_its_scan_is_filed() {
    let bureau = bureau().await;
    let number = bureau.open("anchor", bureau.root, &[("title", "检查点签字存证"), ("how", "paper")]).await;
    bureau.make(&number, "take", &[]).await;
    assert_eq!(bureau.record(&number).await.values["checkpoint"].lines().count(), 3);
    let waiting = bureau.measure("store.anchored", &[]).await.unwrap();
    Bureau::assert_facts(&waiting, &[("anchors", 0), ("days_since", -1)], "not yet outside");
    bureau.clock.advance_seconds(DAY);
    bureau.make(&number, "keep", &[("keeper", "县档案馆"), ("kept_at", "3号柜")]).await;
    let kept = bureau.measure("store.anchored", &[]).await.unwrap();
    Bureau::assert_facts(&kept, &[("anchors", 1), ("days_since", 1)], "kept; it speaks up to the checkpoint");
    assert!(kept.sample.iter().any(|seen| seen.what == number && seen.at == format!("/r/{number}")));
    let standing = anchored(&bureau.site()).await.unwrap();
    assert!(matches!(&standing, Anchored::Outside { way: Way::Paper, place, .. } if place == "县档案馆 · 3号柜"), "{standing:?}");

    let dropped = bureau.open("anchor", bureau.root, &[("title", "作废"), ("how", "other")]).await;
    bureau.make(&dropped, "drop", &[]).await;
    Bureau::assert_facts(&bureau.measure("store.anchored", &[]).await.unwrap(), &[("anchors", 1)], "given up");

    // A checkpoint that the log does not continue is said first and does not count.
    let text = bureau.record(&number).await.values["checkpoint"].replacen("\n1\n", "\n2\n", 1);
    bureau.ledger.set_checkpoint(Arc::new(move || text.clone()));
    let other = bureau.open("anchor", bureau.root, &[("title", "另一份"), ("how", "other")]).await;
    bureau.make(&other, "take", &[]).await;
    bureau.make(&other, "keep", &[]).await;
    let changed = bureau.measure("store.anchored", &[]).await.unwrap();
    Bureau::assert_facts(&changed, &[("anchors", 1)], "not continued");
    assert_eq!(codes(&changed), ["store-anchor-differs", "store-anchored"]);
}

#[tokio::test]
async fn a_set_counts_with_a_backup_and_a_test_that_passed() {
    let bureau = bureau().await;
    let of = ["important_data"];
    let facts = |sets, without_backup, without_test, days| {
        [("sets", sets), ("without_backup", without_backup), ("without_restore_test", without_test), ("days_since_test", days)]
    };
    let number = bureau.open("restore-test", bureau.first, &[("set", "学籍数据库"), ("sort", "important_data")]).await;
    // With our own store there are two.
    Bureau::assert_facts(&bureau.measure("backup.restored", &of).await.unwrap(), &facts(2, 2, 2, -1), "planned");
    bureau.make(&number, "back_up", &[("backup_on", &bureau.day(-3)), ("backup_at", "异地机房")]).await;
    bureau.make(&number, "fail", &[("tested_on", &bureau.day(0)), ("problem", "磁带损坏")]).await;
    let failed = bureau.measure("backup.restored", &of).await.unwrap();
    Bureau::assert_facts(&failed, &facts(2, 1, 2, -1), "backed up, and the test failed");
    assert_eq!(codes(&failed), ["store-without-backup-own", "store-without-test-own", "store-without-test"]);
    bureau.make(&number, "pass", &[("tested_on", &bureau.day(0)), ("backup_on", &bureau.day(-3))]).await;
    Bureau::assert_facts(&bureau.measure("backup.restored", &of).await.unwrap(), &facts(2, 1, 1, 0), "passed");
    bureau.pass(40).await;
    let own = bureau.open("restore-test", bureau.root, &[("set", "安澜"), ("sort", "own")]).await;
    bureau.make(&own, "pass", &[("tested_on", &bureau.day(0)), ("backup_on", &bureau.day(0))]).await;
    // A form alone meets nothing: of our own store a backup was made, or it was not.
    Bureau::assert_facts(&bureau.measure("backup.restored", &of).await.unwrap(), &facts(2, 1, 1, 40), "a form alone");
    let made = bureau.at().0.to_string();
    bureau.ledger.note_act(&Actor::System, "backup.kept", &[("made", &made), ("log_size", "1"), ("members", "1")]).await.unwrap();
    Bureau::assert_facts(&bureau.measure("backup.restored", &of).await.unwrap(), &facts(2, 0, 0, 40), "the oldest test counts");
    // What was cancelled, and sets of another sort, are not among them.
    let cancelled = bureau.open("restore-test", bureau.first, &[("set", "旧系统"), ("sort", "important_data")]).await;
    bureau.make(&cancelled, "cancel", &[]).await;
    bureau.open("restore-test", bureau.first, &[("set", "核心库"), ("sort", "disaster_recovery")]).await;
    Bureau::assert_facts(&bureau.measure("backup.restored", &of).await.unwrap(), &facts(2, 0, 0, 40), "others");
    Bureau::assert_facts(&bureau.measure("backup.restored", &["disaster_recovery"]).await.unwrap(), &facts(-1, 1, 1, -1), "the other sort");
    let other = bureau.measure("backup.restored", &["disaster_recovery"]).await.unwrap();
    assert_eq!(codes(&other), ["store-without-backup", "store-without-test", "store-sets-recorded"]);
}
