//! Sign-in of older ledgers: passwords get their age from the entries, tokens go on, and whoever becomes an administrator signs in anew.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod room;

use std::path::Path;
use std::sync::Arc;

use anlan_base::{Instant, ManualClock};
use anlan_law::accounts::AccountRules;
use anlan_ledger::{Ledger, Standing, Step};
use room::{PASSWORD, PEER, START, admin, options, room_of_file};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection as _};

const DAY: u64 = 24 * 60 * 60;

/// The same ledger as schema 3 kept it.
async fn older(file: &Path, from: &Path) {
    let mut conn = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(file).create_if_missing(true)).await.unwrap();
    let marks = "DROP TABLE entry_field; CREATE TABLE migration (version BIGINT NOT NULL PRIMARY KEY, at BIGINT NOT NULL);
                 INSERT INTO migration VALUES (1, 1), (2, 2), (3, 3);";
    for text in [
        include_str!("../migrations/0001_spine.sql"),
        include_str!("../migrations/0002_law_text.sql"),
        include_str!("../migrations/0003_entry_body.sql"),
        marks,
    ] {
        sqlx::raw_sql(text).execute(&mut conn).await.unwrap();
    }
    sqlx::raw_sql(AssertSqlSafe(format!("ATTACH '{}' AS newer", from.display()))).execute(&mut conn).await.unwrap();
    for (table, columns) in [
        ("entry", "number, leaf, body"),
        ("account", "name, lang, password_hash, created"),
        ("session", "secret_hash, account, peer, opened, seen"),
        ("token", "name, secret_hash, created, last_used, revoked"),
    ] {
        let copy = format!("INSERT INTO {table} ({columns}) SELECT {columns} FROM newer.{table}");
        sqlx::raw_sql(AssertSqlSafe(copy)).execute(&mut conn).await.unwrap();
    }
    conn.close().await.unwrap();
}

#[tokio::test]
async fn what_was_there_goes_on() {
    let room = room_of_file(options()).await;
    let code = room.ledger.first_run_code().await.unwrap();
    room.ledger.redeem_first_run(&code, "zhang.wei", PASSWORD).await.unwrap();
    room.clock.advance_seconds(10 * DAY);
    let session = room.ledger.login("zhang.wei", PASSWORD, PEER).await.unwrap();
    let session = room.ledger.change_password(&session, PASSWORD, "kettle harbour nine", PEER).await.unwrap();
    // What that release did not write.
    for entry in room
        .entries()
        .await
        .iter()
        .filter(|entry| ["unit", "person", "grant"].contains(&entry.text("act").unwrap().split('.').next().unwrap()))
    {
        room.forge(entry.number, |row| room::field(row, "act").value = Some(b"older.act".to_vec())).await;
    }
    room.ledger.close().await;
    let file = room.dir.path().join("older.db");
    older(&file, &room.file()).await;

    let clock = Arc::new(ManualClock::at(START.plus_seconds(10 * DAY + 60)));
    let ledger = Ledger::open_with(&file, clock.clone(), options()).await.unwrap();
    assert_eq!(ledger.check_projections().await.unwrap(), Vec::<String>::new());
    assert_eq!(ledger.accounts().await.unwrap()[0].password_set, START.plus_seconds(10 * DAY));
    // The oldest account becomes the administrator of the system: a session that was opened without a second factor is over.
    assert_eq!(ledger.standing_of("zhang.wei"), Standing::Administrator);
    assert!(ledger.session(&session).await.unwrap().is_none());
    ledger.use_account_rules(AccountRules { password_days: Some(90), ..AccountRules::default() });
    for (nanos, old) in [(-1_i64, false), (0, true)] {
        clock.set(Instant(START.plus_seconds(100 * DAY).0.checked_add_signed(nanos).unwrap()));
        let step = ledger.sign_in("zhang.wei", "kettle harbour nine", PEER, Standing::Ordinary).await.unwrap();
        assert_eq!(matches!(step, Step::Wanted { .. }), old);
    }
    ledger.set_lang(&admin(), "zhang.wei", anlan_base::text::Lang::En).await.unwrap();
    assert_eq!(ledger.check_projections().await.unwrap(), Vec::<String>::new());
}
