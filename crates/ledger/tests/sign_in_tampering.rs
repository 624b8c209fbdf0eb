//! Rows of sign-in that somebody changes behind our back are named.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod authenticator;
mod room;

use anlan_ledger::{NewToken, Scope, Standing};
use authenticator::{App, opened, room_with_app, wanted};
use room::{PASSWORD, PEER, Room, admin};

/// A room in which every table of sign-in has rows of every sort.
async fn full_room() -> (Room, App) {
    let (room, app) = room_with_app().await;
    let (pending, _) = wanted(room.ledger.sign_in("zhang.wei", PASSWORD, PEER, Standing::Administrator).await.unwrap());
    let secret = opened(room.ledger.enter_code(&pending, &app.recovery[0], PEER).await.unwrap());
    room.clock.advance_seconds(60);
    room.ledger.step_up(&secret, PASSWORD, Some(&app.code(&room)), PEER).await.unwrap();
    room.ledger.add_account(&admin(), "li.si").await.unwrap();
    room.ledger.add_account(&admin(), "wang.wu").await.unwrap();
    room.ledger.disable_account(&admin(), "wang.wu", "left").await.unwrap();
    let token = NewToken { name: "own", owner: Some("zhang.wei"), scopes: &[Scope::RecordsRead], expires: None };
    room.ledger.make_token(&admin(), &token).await.unwrap();
    room.assert_sound().await;
    (room, app)
}

#[tokio::test]
async fn every_change_by_hand_is_named() {
    let changes = [
        ("UPDATE account SET password_set = password_set + 1 WHERE name = 'zhang.wei'", "account"),
        ("UPDATE account SET one_time_until = NULL WHERE name = 'li.si'", "account"),
        ("UPDATE account SET one_time_until = one_time_until + 1 WHERE name = 'li.si'", "account"),
        ("UPDATE account SET one_time_until = 1 WHERE name = 'zhang.wei'", "account"),
        ("UPDATE account SET disabled = NULL WHERE name = 'wang.wu'", "account"),
        ("UPDATE account SET disabled = 1 WHERE name = 'wang.wu'", "account"),
        ("UPDATE account SET disabled = 1 WHERE name = 'zhang.wei'", "account"),
        ("UPDATE second_factor SET secret = zeroblob(50)", "second_factor"),
        ("UPDATE second_factor SET enrolled = enrolled + 1", "second_factor"),
        ("UPDATE second_factor SET last_step = last_step - 1", "second_factor"),
        ("UPDATE second_factor SET last_step = last_step + 1", "second_factor"),
        ("UPDATE second_factor SET account = 'li.si'", "second_factor"),
        ("DELETE FROM second_factor", "second_factor"),
        ("INSERT INTO second_factor (account, secret, enrolled, last_step) VALUES ('li.si', zeroblob(50), 1, 1)", "second_factor"),
        ("UPDATE recovery_code SET used = NULL WHERE used IS NOT NULL", "recovery_code"),
        ("UPDATE recovery_code SET used = 1 WHERE used IS NULL", "recovery_code"),
        ("UPDATE recovery_code SET account = 'li.si'", "recovery_code"),
        ("DELETE FROM recovery_code WHERE used IS NULL", "recovery_code"),
        ("INSERT INTO recovery_code (code_hash, account, used) VALUES (zeroblob(32), 'zhang.wei', NULL)", "recovery_code"),
        ("UPDATE token SET owner = NULL", "token"),
        ("UPDATE token SET owner = 'li.si'", "token"),
        ("UPDATE token SET scopes = 'records:read records:write'", "token"),
        ("UPDATE token SET expires = NULL", "token"),
        ("UPDATE token SET expires = expires + 1", "token"),
        ("UPDATE session SET administrator = 0", "session"),
        ("UPDATE session SET proven = proven + 1", "session"),
    ];
    for (change, table) in changes {
        let (room, _) = full_room().await;
        room.tamper(change).await;
        assert_eq!(room.ledger.check_projections().await.unwrap(), [table], "{change}");
    }
}

#[tokio::test]
async fn what_may_be_lost_may_change() {
    for change in ["DELETE FROM session", "UPDATE session SET seen = 0", "UPDATE token SET last_used = 5"] {
        let (room, _) = full_room().await;
        room.tamper(change).await;
        room.assert_sound().await;
    }
}

/// Entries that no ledger could have written after those before them.
#[tokio::test]
async fn entries_that_could_not_have_followed_are_named() {
    for (act, name, value) in [
        ("factor.use", "step", "1"),
        ("factor.use", "step", "no number"),
        ("factor.use", "user", "li.si"),
        ("factor.recover", "code_kept", "another"),
        ("factor.recover", "user", "li.si"),
        ("factor.enrol", "step", ""),
        ("session.prove", "session", "another"),
        ("session.open", "administrator", "yes"),
        ("session.open", "proven", "now"),
        ("user.disable", "user", "nobody"),
        ("user.create", "one_time_until", "soon"),
        ("token.add", "expires", "never"),
    ] {
        let (room, _) = full_room().await;
        let entries = room.entries().await;
        let has = |entry: &&anlan_ledger::EntryRow| entry.text("act") == Some(act) && entry.text(name).is_some();
        let number = entries.iter().find(has).unwrap().number;
        room.forge(number, |row| {
            let field = room::field(row, name);
            field.value = Some(value.as_bytes().to_vec());
            field.digest = anlan_ledger::field_digest(&field.salt.unwrap(), value.as_bytes());
        })
        .await;
        assert!(room.ledger.check_projections().await.unwrap().contains(&"entry".to_owned()), "{act} {name} {value}");
    }
}
