//! Sources and API tokens.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod room;

use anlan_base::{Clock as _, SourceKey};
use anlan_ledger::{LedgerError, LedgerOptions, SOURCE_NAME_CHARS, TOUCH_SECONDS, USER_NAME_BYTES};
use room::{START, admin, options, room, room_with};

fn key(n: usize) -> SourceKey {
    SourceKey::new(&format!("ip:192.0.2.{n}")).unwrap()
}

#[tokio::test]
async fn a_source_is_heard_once() {
    let room = room().await;
    assert_eq!(room.ledger.source_known(&key(1)), None);
    let first = room.ledger.source(&key(1)).await.unwrap();
    assert_eq!(
        (first.key.as_str(), first.class.as_str(), first.name.as_deref(), first.first_heard),
        ("ip:192.0.2.1", "network", None, START)
    );
    room.clock.advance_seconds(5);
    for _ in 0..3 {
        assert_eq!(room.ledger.source(&key(1)).await.unwrap(), first);
    }
    assert_eq!(room.acts().await, ["source.heard"]);
    room.assert_sound().await;
}

/// With the file closed every query fails, so what answers is memory.
#[tokio::test]
async fn a_known_source_is_answered_without_sql() {
    let room = room_with(LedgerOptions { sources: 1, ..options() }).await;
    let known = room.ledger.source(&key(1)).await.unwrap();
    let overflow = room.ledger.source(&key(2)).await.unwrap();
    room.ledger.close().await;
    assert_eq!(room.ledger.source(&key(1)).await.unwrap(), known);
    assert_eq!(room.ledger.source(&key(3)).await.unwrap(), overflow);
    assert_eq!(room.ledger.source_known(&key(4)), Some(overflow));
    assert_eq!(room.ledger.sources().await.unwrap().len(), 2);
    assert!(room.ledger.has_users().await.is_err());
}

#[tokio::test]
async fn sources_have_a_limit() {
    let room = room_with(LedgerOptions { sources: 10, ..options() }).await;
    for n in 1..=12 {
        let row = room.ledger.source(&key(n)).await.unwrap();
        assert_eq!(row.key, if n <= 10 { key(n) } else { SourceKey::overflow() }, "{n}");
    }
    assert_eq!(room.ledger.sources().await.unwrap().len(), 11);
    assert_eq!(room.acts().await.len(), 11);
    assert_eq!(room.ledger.source(&SourceKey::overflow()).await.unwrap().key, SourceKey::overflow());
    room.assert_sound().await;
}

#[tokio::test]
async fn a_crowd_heard_at_once_keeps_the_limit_and_each_has_one_row() {
    for crowd in [255, 256, 257, 258, 600] {
        let room = room_with(LedgerOptions { sources: 400, ..options() }).await;
        let tasks: Vec<_> = (0..crowd * 2)
            .map(|n| {
                let ledger = room.ledger.clone();
                tokio::spawn(async move { ledger.source(&key(n % crowd)).await.unwrap().key })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        let own = (0..crowd).filter(|n| room.ledger.source_known(&key(*n)).unwrap().key == key(*n)).count();
        assert_eq!(own, crowd.min(400));
        assert_eq!(room.entries().await.len(), crowd.min(400) + usize::from(crowd > 400));
        room.assert_sound().await;
    }
}

#[tokio::test]
async fn the_overflow_source_takes_no_place() {
    let room = room_with(LedgerOptions { sources: 1, ..options() }).await;
    room.ledger.source(&SourceKey::overflow()).await.unwrap();
    assert_eq!(room.ledger.source(&key(1)).await.unwrap().key, key(1));
    assert_eq!(room.ledger.source(&key(2)).await.unwrap().key, SourceKey::overflow());
}

#[test]
fn the_product_tells_ten_thousand_sources_apart() {
    assert_eq!(LedgerOptions::default().sources, anlan_base::limits::SOURCES);
}

#[tokio::test]
async fn sources_are_named() {
    let room = room().await;
    assert!(matches!(room.ledger.name_source(&admin(), &key(1), "x").await, Err(LedgerError::NotFound { .. })));
    room.ledger.source(&key(1)).await.unwrap();
    for (name, kept) in [("核心交换机", Some("核心交换机")), ("  a b ", Some("a b")), ("", None)] {
        room.ledger.name_source(&admin(), &key(1), name).await.unwrap();
        assert_eq!(room.ledger.source(&key(1)).await.unwrap().name.as_deref(), kept);
        room.assert_sound().await;
    }
    for (chars, fits) in [(SOURCE_NAME_CHARS - 1, true), (SOURCE_NAME_CHARS, true), (SOURCE_NAME_CHARS + 1, false)] {
        assert_eq!(room.ledger.name_source(&admin(), &key(1), &"名".repeat(chars)).await.is_ok(), fits, "{chars}");
    }
    assert!(room.ledger.name_source(&admin(), &key(1), "a\u{7}b").await.is_err());
}

#[tokio::test]
async fn a_token_is_shown_once_checked_and_revoked() {
    let room = room().await;
    let token = room.ledger.add_token(&admin(), "web01").await.unwrap();
    assert_eq!(token.len(), "anlan_".len() + 43);
    assert_eq!(room.ledger.tokens().await.unwrap()[0].last_used, None);
    assert_eq!(room.ledger.check_token(&token).await.unwrap().as_deref(), Some("web01"));
    let mut wrong = vec![
        String::new(),
        "anlan_".into(),
        token[..48].to_owned(),
        format!("{token}A"),
        token.replace("anlan_", "Anlan_"),
        "x".repeat(1 << 20),
    ];
    let flipped = if token.ends_with('A') { 'B' } else { 'A' };
    wrong.push(format!("{}{flipped}", &token[..48]));
    wrong.push(format!("anlan_{}", "é".repeat(43)));
    for wrong in wrong {
        assert_eq!(room.ledger.check_token(&wrong).await.unwrap(), None);
    }
    assert!(matches!(room.ledger.add_token(&admin(), "web01").await, Err(LedgerError::Exists { .. })));
    room.ledger.revoke_token(&admin(), "web01").await.unwrap();
    room.ledger.revoke_token(&admin(), "web01").await.unwrap();
    assert_eq!(room.ledger.check_token(&token).await.unwrap(), None);
    assert!(room.ledger.tokens().await.unwrap()[0].revoked);
    assert!(matches!(room.ledger.add_token(&admin(), "web01").await, Err(LedgerError::Exists { .. })), "the name names a source for ever");
    assert!(matches!(room.ledger.revoke_token(&admin(), "web02").await, Err(LedgerError::NotFound { .. })));
    assert_eq!(room.acts().await, ["token.add", "token.revoke"]);
    room.assert_sound().await;
}

#[tokio::test]
async fn a_tokens_last_use_is_kept_to_the_minute() {
    let room = room().await;
    let token = room.ledger.add_token(&admin(), "web01").await.unwrap();
    room.ledger.check_token(&token).await.unwrap();
    for (step, used) in [(TOUCH_SECONDS - 1, 0), (1, TOUCH_SECONDS), (TOUCH_SECONDS + 1, 2 * TOUCH_SECONDS + 1)] {
        room.clock.advance_seconds(step);
        room.ledger.check_token(&token).await.unwrap();
        let row = &room.ledger.tokens().await.unwrap()[0];
        assert_eq!(row.last_used, Some(START.plus_seconds(used)), "at {:?}", room.clock.now());
        assert_eq!(row.created, START);
    }
    room.assert_sound().await;
}

#[tokio::test]
async fn tokens_have_a_limit_that_counts_live_ones() {
    let room = room_with(LedgerOptions { tokens: 3, ..options() }).await;
    for (n, fits) in [(1, true), (2, true), (3, true), (4, false)] {
        assert_eq!(room.ledger.add_token(&admin(), &format!("t{n}")).await.is_ok(), fits, "{n}");
    }
    assert!(matches!(room.ledger.add_token(&admin(), "t5").await, Err(LedgerError::Full { limit: 3, .. })));
    room.ledger.revoke_token(&admin(), "t1").await.unwrap();
    room.ledger.add_token(&admin(), "t5").await.unwrap();
}

#[tokio::test]
async fn a_token_name_can_stand_in_a_source_key() {
    let room = room().await;
    for (length, fits) in [(0, false), (1, true), (USER_NAME_BYTES - 1, true), (USER_NAME_BYTES, true), (USER_NAME_BYTES + 1, false)] {
        let name = "n".repeat(length);
        assert_eq!(room.ledger.add_token(&admin(), &name).await.is_ok(), fits, "{length}");
        assert!(!fits || SourceKey::new(&format!("token:{name}")).is_ok());
    }
    for name in ["a b", "a\n", "a/b", "<b>"] {
        assert!(room.ledger.add_token(&admin(), name).await.is_err(), "{name}");
    }
}
