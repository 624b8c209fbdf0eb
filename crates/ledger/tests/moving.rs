//! Ledgers of older releases are moved to the form of this one.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod room;

use std::path::Path;
use std::sync::Arc;

use anlan_base::ManualClock;
use anlan_ledger::{Actor, Ledger, LedgerError, field_digest};
use room::{START, options};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection as _};

/// A ledger as schema 2 wrote it: one row for each field.
async fn old_ledger(file: &Path) -> SqliteConnection {
    let mut conn = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(file).create_if_missing(true)).await.unwrap();
    let marks =
        "CREATE TABLE migration (version BIGINT NOT NULL PRIMARY KEY, at BIGINT NOT NULL); INSERT INTO migration VALUES (1, 1), (2, 2);";
    for text in [include_str!("../migrations/0001_spine.sql"), include_str!("../migrations/0002_law_text.sql"), marks] {
        sqlx::raw_sql(text).execute(&mut conn).await.unwrap();
    }
    sqlx::raw_sql("BEGIN").execute(&mut conn).await.unwrap();
    for number in 1..=250_i64 {
        sqlx::query("INSERT INTO entry (number, leaf) VALUES ($1, $2)").bind(number).bind(number + 10).execute(&mut conn).await.unwrap();
        let n = number.to_string();
        for (name, value) in [("n", n.as_str()), ("at", "17"), ("act", "count"), ("actor", "system"), ("empty", "")] {
            let salt = [number as u8; 16];
            sqlx::query("INSERT INTO entry_field (number, name, salt, value, digest) VALUES ($1, $2, $3, $4, $5)")
                .bind(number)
                .bind(name)
                .bind(salt.as_slice())
                .bind(value.as_bytes())
                .bind(field_digest(&salt, value.as_bytes()).as_slice())
                .execute(&mut conn)
                .await
                .unwrap();
        }
    }
    sqlx::raw_sql("COMMIT").execute(&mut conn).await.unwrap();
    conn
}

async fn opened(file: &Path) -> Result<Ledger, LedgerError> {
    Ledger::open_with(file, Arc::new(ManualClock::at(START)), options()).await
}

#[tokio::test]
async fn every_entry_of_an_older_release_keeps_its_digest() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("ledger.db");
    let mut old = old_ledger(&file).await;
    sqlx::raw_sql("UPDATE entry_field SET salt = NULL, value = NULL WHERE number = 7 AND name = 'n'").execute(&mut old).await.unwrap();
    old.close().await.unwrap();
    let ledger = opened(&file).await.unwrap();
    let entries = ledger.entries(1, 1_000).await.unwrap();
    assert_eq!(entries.len(), 250);
    for (entry, number) in entries.iter().zip(1_u64..) {
        let n = number.to_string();
        let salt = [number as u8; 16];
        let names = [("act", "count"), ("actor", "system"), ("at", "17"), ("empty", ""), ("n", n.as_str())];
        let digests: Vec<_> = names.iter().map(|(name, value)| (*name, field_digest(&salt, value.as_bytes()))).collect();
        assert_eq!(entry.check(), Ok(anlan_ledger::entry_digest(number, &digests)));
        assert_eq!((entry.number, entry.leaf, entry.text("n")), (number, Some(number + 10), (number != 7).then_some(n.as_str())));
    }
    ledger.note_act(&Actor::System, "after", &[]).await.unwrap();
    ledger.close().await;
    assert_eq!(opened(&file).await.unwrap().check_projections().await.unwrap(), Vec::<String>::new());
}

/// A verifier reads an older ledger as if it were moved, and leaves the file as it is.
#[tokio::test]
async fn a_reader_moves_a_copy_only() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("ledger.db");
    old_ledger(&file).await.close().await.unwrap();
    let before = std::fs::read(&file).unwrap();
    let reader = Ledger::open_readonly(&file).await.unwrap();
    let entries = reader.entries(1, 1_000).await.unwrap();
    assert!(entries.len() == 250 && entries.iter().all(|entry| entry.check().is_ok()));
    reader.close().await;
    assert!(std::fs::read(&file).unwrap() == before && std::fs::read_dir(dir.path()).unwrap().count() == 1);
}

// ENT-5
#[tokio::test]
async fn damage_is_not_repaired_on_the_way() {
    for change in [
        "UPDATE entry_field SET value = CAST('x' AS BLOB) WHERE number = 7 AND name = 'n'",
        "UPDATE entry_field SET value = NULL WHERE number = 7 AND name = 'n'",
        "UPDATE entry_field SET salt = NULL WHERE number = 7 AND name = 'n'",
        "UPDATE entry_field SET salt = zeroblob(16) WHERE number = 7 AND name = 'n'",
        "UPDATE entry_field SET salt = zeroblob(15) WHERE number = 7 AND name = 'n'",
        "UPDATE entry_field SET digest = zeroblob(32) WHERE number = 7 AND name = 'n'",
        "UPDATE entry_field SET digest = zeroblob(31) WHERE number = 7 AND name = 'n'",
        "UPDATE entry_field SET salt = NULL, value = NULL, digest = zeroblob(31) WHERE number = 7 AND name = 'n'",
        "DELETE FROM entry_field WHERE number = 7",
    ] {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("ledger.db");
        sqlx::raw_sql(change).execute(&mut old_ledger(&file).await).await.unwrap();
        let entries = opened(&file).await.unwrap().entries(1, 1_000).await.unwrap();
        let faulty: Vec<u64> = entries.iter().filter(|entry| entry.check().is_err()).map(|entry| entry.number).collect();
        assert_eq!(faulty, [7], "{change}");
    }
}

// ENT-5
#[tokio::test]
async fn what_cannot_be_moved_stays_as_it_was() {
    for change in [
        "PRAGMA foreign_keys = OFF; DELETE FROM entry WHERE number = 7",
        "PRAGMA foreign_keys = OFF; UPDATE entry SET number = -7 WHERE number = 7; UPDATE entry_field SET number = -7 WHERE number = 7",
        "UPDATE entry_field SET name = printf('%.65c', 'n') WHERE number = 7 AND name = 'n'",
        "UPDATE entry_field SET value = zeroblob(1048577) WHERE number = 7 AND name = 'n'",
    ] {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("ledger.db");
        let mut old = old_ledger(&file).await;
        sqlx::raw_sql(AssertSqlSafe(change)).execute(&mut old).await.unwrap();
        assert!(matches!(opened(&file).await.map(drop), Err(LedgerError::Damaged { .. })), "{change}");
        let fields: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM entry_field").fetch_one(&mut old).await.unwrap();
        assert_eq!(fields, 250 * 5, "{change}");
    }
}
