//! Texts of the law that somebody brought in.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod room;

use anlan_ledger::{LAW_TEXT_BYTES, LAW_TEXT_NAME_BYTES, LAW_TEXTS, LedgerError};
use room::{admin, room};

#[tokio::test]
async fn a_text_is_kept_as_it_came_under_its_digest() {
    let room = room().await;
    let first = room.ledger.import_law_text(&admin(), Some("csl@2025"), "法.txt", "第一条 为了……\r\n").await.unwrap();
    let second = room.ledger.import_law_text(&admin(), None, "page.txt", "第一条 为了……\r\n").await.unwrap();
    assert_eq!(first.digest, second.digest);
    assert_eq!(room.ledger.law_texts().await.unwrap(), [first.clone(), second]);
    let (row, text) = room.ledger.law_text(first.entry).await.unwrap().unwrap();
    assert_eq!((row, text.as_str()), (first, "第一条 为了……\r\n"));
    assert_eq!(room.ledger.law_text(999).await.unwrap(), None);
    assert_eq!(room.acts().await, ["law.import", "law.import"]);
    room.assert_sound().await;
}

#[tokio::test]
async fn a_text_and_its_name_have_limits() {
    let room = room().await;
    for (bytes, right) in [(0, false), (1, true), (LAW_TEXT_BYTES - 1, true), (LAW_TEXT_BYTES, true), (LAW_TEXT_BYTES + 1, false)] {
        let kept = room.ledger.import_law_text(&admin(), None, "a", &"x".repeat(bytes)).await;
        assert_eq!(kept.is_ok(), right, "{bytes}");
    }
    for (bytes, right) in [(0, false), (LAW_TEXT_NAME_BYTES - 1, true), (LAW_TEXT_NAME_BYTES, true), (LAW_TEXT_NAME_BYTES + 1, false)] {
        assert_eq!(room.ledger.import_law_text(&admin(), None, &"n".repeat(bytes), "x").await.is_ok(), right, "{bytes}");
    }
    assert!(room.ledger.import_law_text(&admin(), None, "a\nb", "x").await.is_err());
}

#[tokio::test]
async fn texts_have_a_number_that_is_enough() {
    let room = room().await;
    for n in 0..LAW_TEXTS {
        room.ledger.import_law_text(&admin(), None, &n.to_string(), "x").await.unwrap();
    }
    let more = room.ledger.import_law_text(&admin(), None, "more", "x").await;
    assert!(matches!(more, Err(LedgerError::Full { limit: LAW_TEXTS, .. })));
    room.assert_sound().await;
}
