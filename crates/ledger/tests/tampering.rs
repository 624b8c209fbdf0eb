//! Somebody with the disk in hands changes rows; a verifier that only reads finds it.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod room;

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;

use anlan_base::{SourceKey, text::Lang};
use anlan_ledger::{EntryFault, EntryField, EntryRow, Ledger, LedgerError, Place};
use room::{PASSWORD, PEER, Room, admin, erase, field, room_with_user};

/// A room in which every table has rows, and what the log would hold: the digest of each entry.
async fn full_room() -> (Room, BTreeMap<u64, [u8; 32]>) {
    let room = room_with_user().await;
    room.ledger.login("zhang.wei", PASSWORD, PEER).await.unwrap();
    room.ledger.set_lang(&admin(), "zhang.wei", Lang::En).await.unwrap();
    room.ledger.add_token(&admin(), "web01").await.unwrap();
    room.ledger.add_token(&admin(), "web02").await.unwrap();
    room.ledger.revoke_token(&admin(), "web02").await.unwrap();
    let key = SourceKey::new("ip:192.0.2.1").unwrap();
    room.ledger.source(&key).await.unwrap();
    room.ledger.name_source(&admin(), &key, "核心交换机").await.unwrap();
    room.ledger.note_act(&admin(), "proof.make", &[("seq", "17")]).await.unwrap();
    room.ledger.import_law_text(&admin(), Some("csl@2025"), "law.txt", "第一条").await.unwrap();
    room.assert_sound().await;
    let leaves = room.ledger.outbox(1_000).await.unwrap().into_iter().collect();
    (room, leaves)
}

/// As `verify` does it: entries against leaves, then tables against entries.
async fn found(ledger: &Ledger, leaves: &BTreeMap<u64, [u8; 32]>) -> bool {
    let Ok(entries) = ledger.entries(1, 1_000).await else { return true };
    let digests: Option<BTreeMap<_, _>> = entries.iter().map(|entry| Some((entry.number, entry.check().ok()?))).collect();
    digests.as_ref() != Some(leaves) || ledger.check_projections().await.map_or(true, |wrong| !wrong.is_empty())
}

#[tokio::test]
async fn every_change_by_hand_is_found() {
    let changes = [
        "UPDATE entry SET number = 500 WHERE number = 3",
        "DELETE FROM entry WHERE number = 3",
        "DELETE FROM entry WHERE number = (SELECT MAX(number) FROM entry)",
        "INSERT INTO entry (number, leaf) VALUES (500, 7)",
        "INSERT INTO entry (number, leaf) VALUES (-1, 7)",
        "UPDATE entry SET body = zeroblob(50) WHERE number = 5",
        "UPDATE entry SET body = zeroblob(0) WHERE number = 5",
        "UPDATE entry SET body = (SELECT body FROM entry WHERE number = 6) WHERE number = 5",
        "UPDATE account SET password_hash = '$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$WVGeXDxmGhTDpgmPEKzCMQ'",
        "UPDATE account SET lang = 'zh-CN'",
        "UPDATE account SET lang = NULL",
        "UPDATE law_text SET version = NULL",
        "UPDATE law_text SET digest = 'ab'",
        "UPDATE law_text SET name = 'other.txt'",
        "DELETE FROM law_text",
        "UPDATE account SET created = created + 1",
        "UPDATE account SET name = 'li.si'",
        "INSERT INTO account (name, password_hash, created) VALUES ('li.si', 'x', 1)",
        "DELETE FROM account",
        "UPDATE token SET secret_hash = zeroblob(32) WHERE name = 'web01'",
        "UPDATE token SET revoked = NULL WHERE name = 'web02'",
        "UPDATE token SET revoked = 1 WHERE name = 'web01'",
        "DELETE FROM token WHERE name = 'web02'",
        "INSERT INTO token (name, secret_hash, created) VALUES ('mine', zeroblob(32), 1)",
        "UPDATE source SET name = '别的'",
        "UPDATE source SET class = 'other'",
        "UPDATE source SET first_heard = 1",
        "DELETE FROM source",
        "INSERT INTO source (source_key, class, first_heard) VALUES ('ip:198.51.100.1', 'network', 1)",
        "INSERT INTO first_run (slot, code_hash, expires) VALUES (1, zeroblob(32), 9000000000000000000)",
        "INSERT INTO first_run (slot, code_hash, expires) VALUES (2, zeroblob(32), 9000000000000000000)",
        "INSERT INTO session (secret_hash, account, peer, opened, seen) VALUES (zeroblob(32), 'zhang.wei', '', 9000000000000000000, 9000000000000000000)",
        "UPDATE session SET secret_hash = zeroblob(32)",
        "UPDATE session SET opened = opened + 1",
        "UPDATE session SET account = 'li.si'",
    ];
    for change in changes {
        let (room, leaves) = full_room().await;
        assert!(!found(&room.ledger, &leaves).await);
        room.tamper(change).await;
        assert!(found(&room.ledger, &leaves).await, "{change}");
        let reader = room.reader().await;
        assert!(match &reader {
            Ok(reader) => found(reader, &leaves).await,
            Err(_) => true,
        });
    }
}

type Change = fn(&mut EntryRow);

/// Each leaves a body that a ledger could have written for this number.
#[tokio::test]
async fn an_entry_changed_with_care_is_found() {
    let changes: [(&str, Change); 8] = [
        ("value", |row| field(row, "actor").value = Some(b"user:li.si".to_vec())),
        ("no value", |row| field(row, "actor").value = Some(vec![])),
        ("salt", |row| field(row, "actor").salt = Some([0; 16])),
        ("name", |row| field(row, "actor").name = "actors".into()),
        ("digest of an erased field", |row| {
            erase(field(row, "actor"));
            field(row, "actor").digest = [0; 32];
        }),
        ("one field less", |row| row.fields.retain(|field| field.name != "actor")),
        ("one field more", |row| row.fields.push(EntryField { name: "more".into(), salt: None, value: None, digest: [0; 32] })),
        ("no field", |row| row.fields.clear()),
    ];
    for number in [1, 5] {
        for (what, change) in changes {
            let (room, leaves) = full_room().await;
            room.forge(number, change).await;
            assert!(!room.entries().await[number as usize - 1].is_broken, "{what}");
            assert!(found(&room.ledger, &leaves).await, "{what} of {number}");
        }
    }
    let (room, _) = full_room().await;
    let imported = room.entries().await.into_iter().find(|row| row.text("act") == Some("law.import")).unwrap().number;
    room.forge(imported, |row| field(row, "text").value = Some(b"x".to_vec())).await;
    assert_eq!(room.ledger.check_projections().await.unwrap(), ["entry", "law_text"]);
    assert!(matches!(room.ledger.law_text(imported).await, Err(LedgerError::Damaged { .. })));
}

// ENT-3
#[tokio::test]
async fn every_byte_of_a_body_counts_before_any_leaf_is_known() {
    let (room, leaves) = full_room().await;
    let good = room.body_of(2).await;
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 1;
        room.put_body(2, &bad).await;
        assert_eq!(room.entries().await[1].check(), Err(EntryFault::Broken), "byte {at}");
    }
    assert!(room.ledger.check_projections().await.unwrap().contains(&"entry".to_owned()));
    room.put_body(2, &good).await;
    assert!(!found(&room.ledger, &leaves).await);
}

#[tokio::test]
async fn what_may_be_lost_may_change() {
    for change in [
        "DELETE FROM session",
        "UPDATE session SET seen = 0",
        "UPDATE token SET last_used = 5",
        "UPDATE entry SET leaf = 3 WHERE number = 3",
    ] {
        let (room, leaves) = full_room().await;
        room.tamper(change).await;
        assert!(!found(&room.ledger, &leaves).await, "{change}");
    }
}

#[tokio::test]
async fn a_swapped_table_is_named() {
    let (room, _) = full_room().await;
    room.tamper("UPDATE token SET revoked = NULL WHERE name = 'web02'").await;
    room.tamper("DELETE FROM source").await;
    assert_eq!(room.ledger.check_projections().await.unwrap(), ["source", "token"]);
}

fn files(room: &Room) -> BTreeMap<String, Vec<u8>> {
    let read = |entry: std::io::Result<std::fs::DirEntry>| {
        let entry = entry.unwrap();
        (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap())
    };
    std::fs::read_dir(room.dir.path()).unwrap().map(read).collect()
}

async fn assert_reads_and_touches_nothing(room: &Room, leaves: &BTreeMap<u64, [u8; 32]>) {
    let before = files(room);
    let reader = room.reader().await.unwrap();
    assert!(!found(&reader, leaves).await);
    assert_eq!(reader.sources().await.unwrap().len(), 1);
    assert!(matches!(reader.note_act(&admin(), "x", &[]).await, Err(LedgerError::ReadOnly)));
    reader.close().await;
    assert_eq!(files(room), before);
}

#[tokio::test]
async fn reading_makes_and_changes_no_file() {
    let (room, leaves) = full_room().await;
    if !room.is_file() {
        return;
    }
    assert!(files(&room)["ledger.db-wal"].len() > 32);
    assert_reads_and_touches_nothing(&room, &leaves).await;

    // As a kill leaves it: the write-ahead file alone beside the database, in another folder, its last frame torn.
    let left = full_room().await.0;
    left.ledger.close().await;
    for torn in [0, 1, 24, 5_000] {
        let mut bytes = files(&room);
        let copy = tempfile::tempdir().unwrap();
        let wal = bytes.get_mut("ledger.db-wal").unwrap();
        wal.extend(vec![7; torn]);
        for name in ["ledger.db", "ledger.db-wal"] {
            #[allow(clippy::disallowed_methods, reason = "a test makes the folder a kill leaves")]
            std::fs::write(copy.path().join(name), &bytes[name]).unwrap();
        }
        let place = Place::Sqlite(copy.path().join("ledger.db"));
        let copied = Room { ledger: room.ledger.clone(), clock: room.clock.clone(), dir: copy, place, cluster: None };
        assert_reads_and_touches_nothing(&copied, &leaves).await;
        let reopened = copied.reopen().await.unwrap();
        assert!(!found(&reopened, &leaves).await);
    }

    room.ledger.close().await;
    assert_eq!(files(&room).len(), 1);
    assert_reads_and_touches_nothing(&room, &leaves).await;
}

#[tokio::test]
async fn reading_beside_a_checkpoint_sees_the_last_commit() {
    let (room, _) = full_room().await;
    if !room.is_file() {
        return;
    }
    for n in 0..40 {
        room.ledger.note_act(&admin(), "count", &[("n", &"n".repeat(n * 1_000))]).await.unwrap();
        if n % 9 == 0 {
            sqlx::raw_sql("PRAGMA wal_checkpoint(PASSIVE)").execute(&mut room.intruder().await).await.unwrap();
        }
        let reader = room.reader().await.unwrap();
        assert_eq!(reader.entries(1, 1_000).await.unwrap(), room.entries().await);
    }
}

#[tokio::test]
async fn a_file_that_is_not_there_is_not_made() {
    let dir = tempfile::tempdir().unwrap();
    let answer = Ledger::open_readonly(&dir.path().join("ledger.db")).await.map(drop);
    assert!(matches!(&answer, Err(LedgerError::Open { file, .. }) if file.ends_with("ledger.db")), "{answer:?}");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_file_that_is_no_ledger_is_an_error() {
    for bytes in [&b"hello"[..], &[0; 5_000], b""] {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("ledger.db");
        #[allow(clippy::disallowed_methods, reason = "a test makes the broken file")]
        std::fs::write(&file, bytes).unwrap();
        assert!(Ledger::open_readonly(&file).await.is_err());
        assert_eq!(std::fs::read(&file).unwrap(), bytes);
    }
}

#[tokio::test]
async fn a_newer_ledger_is_not_opened() {
    let (room, _) = full_room().await;
    room.tamper("INSERT INTO migration (version, at) VALUES (99, 0)").await;
    assert!(matches!(room.reader().await, Err(LedgerError::Newer { found: 99, .. })));
    room.ledger.close().await;
    assert!(matches!(room.reopen().await, Err(LedgerError::Newer { found: 99, .. })));
}

#[tokio::test]
async fn the_file_is_for_its_owner_only() {
    let (room, _) = full_room().await;
    for entry in std::fs::read_dir(room.dir.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.path());
    }
}
