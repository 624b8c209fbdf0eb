//! The first run, sign-in, delays, sessions, passwords.

mod room;

use std::sync::Arc;

use anlan_base::{Clock as _, Instant, text::Lang};
use anlan_ledger::{
    ABSOLUTE_SECONDS, CODE_REFUSALS, CODE_SECONDS, DELAY_LONGEST_SECONDS, FREE_FAILURES, IDLE_SECONDS, LedgerError, PASSWORD_LONGEST,
    PasswordFault, SESSIONS_PER_USER, TOUCH_SECONDS, USER_NAME_BYTES,
};
use room::{AFTER_FIRST_RUN, PASSWORD, PEER, Room, START, admin, room, room_with_user};

fn refused<T>(answer: &Result<T, LedgerError>) -> bool {
    matches!(answer, Err(LedgerError::Refused))
}

#[tokio::test]
async fn the_first_run_makes_one_user_once() {
    let room = room().await;
    assert!(!room.ledger.has_users().await.unwrap());
    assert!(refused(&room.ledger.redeem_first_run("7Q4K-9M2T-XW6P", "zhang.wei", PASSWORD).await));
    let code = room.ledger.first_run_code().await.unwrap();
    assert!(refused(&room.ledger.redeem_first_run("0000-0000-0000", "zhang.wei", PASSWORD).await));
    room.ledger.redeem_first_run(&code.to_lowercase(), "zhang.wei", PASSWORD).await.unwrap();
    assert!(room.ledger.has_users().await.unwrap());
    assert!(refused(&room.ledger.redeem_first_run(&code, "li.si", PASSWORD).await));
    assert!(refused(&room.ledger.first_run_code().await));
    let acts = room.acts().await;
    assert_eq!(acts[..4], ["firstrun.refused", "firstrun.code", "firstrun.refused", "user.create"]);
    assert_eq!(acts[AFTER_FIRST_RUN + 2..], ["firstrun.refused"]);
    let reasons: Vec<_> = room.entries().await.iter().filter_map(|entry| entry.text("reason").map(str::to_owned)).collect();
    assert_eq!(reasons, ["no code", "wrong", "user exists"]);
    room.ledger.login("zhang.wei", PASSWORD, PEER).await.unwrap();
    room.assert_sound().await;
}

#[tokio::test]
async fn a_code_holds_for_thirty_minutes() {
    for (nanos, holds) in [(-1_i64, true), (0, true), (1, false)] {
        let room = room().await;
        let code = room.ledger.first_run_code().await.unwrap();
        room.clock.set(Instant(START.plus_seconds(CODE_SECONDS).0.checked_add_signed(nanos).unwrap()));
        let answer = room.ledger.redeem_first_run(&code, "zhang.wei", PASSWORD).await;
        assert_eq!(answer.is_ok(), holds, "{nanos}");
        assert!(holds || refused(&answer));
        room.assert_sound().await;
    }
}

#[tokio::test]
async fn a_new_code_takes_the_place_of_the_old() {
    let room = room().await;
    let old = room.ledger.first_run_code().await.unwrap();
    let new = room.ledger.first_run_code().await.unwrap();
    assert_ne!(old, new);
    assert!(refused(&room.ledger.redeem_first_run(&old, "zhang.wei", PASSWORD).await));
    room.assert_sound().await;
    room.ledger.redeem_first_run(&new, "zhang.wei", PASSWORD).await.unwrap();
}

#[tokio::test]
async fn a_name_or_password_that_is_not_taken_leaves_the_code() {
    let room = room().await;
    let code = room.ledger.first_run_code().await.unwrap();
    for (name, password) in [
        ("zhang.wei", "short"),
        ("zhang.wei", "12345678"),
        ("zhang.wei", "ZHANG.WEI"),
        ("", PASSWORD),
        ("zhang wei", PASSWORD),
        ("a/b", PASSWORD),
    ] {
        let answer = room.ledger.redeem_first_run(&code, name, password).await;
        assert!(matches!(answer, Err(LedgerError::Password(_) | LedgerError::Unfit { .. })), "{name} {password}");
    }
    let long = "长".repeat(PASSWORD_LONGEST + 1);
    assert!(matches!(
        room.ledger.redeem_first_run(&code, "zhang.wei", &long).await,
        Err(LedgerError::Password(PasswordFault::Long { longest: 256 }))
    ));
    room.ledger.redeem_first_run(&code, "张伟", PASSWORD).await.unwrap();
    room.ledger.login("张伟", PASSWORD, PEER).await.unwrap();
}

#[tokio::test]
async fn a_user_name_has_a_limit() {
    for (length, fits) in [(USER_NAME_BYTES - 1, true), (USER_NAME_BYTES, true), (USER_NAME_BYTES + 1, false)] {
        let room = room().await;
        let code = room.ledger.first_run_code().await.unwrap();
        assert_eq!(room.ledger.redeem_first_run(&code, &"n".repeat(length), PASSWORD).await.is_ok(), fits, "{length}");
    }
}

#[tokio::test]
async fn refused_codes_do_not_fill_the_disk() {
    let room = room().await;
    room.ledger.first_run_code().await.unwrap();
    for _ in 0..CODE_REFUSALS + 5 {
        assert!(refused(&room.ledger.redeem_first_run("0000-0000-0000", "zhang.wei", PASSWORD).await));
    }
    assert_eq!(room.entries().await.len(), 1 + CODE_REFUSALS as usize);
}

#[tokio::test]
async fn of_two_who_redeem_at_once_one_is_the_first_user() {
    let room = room().await;
    let code = room.ledger.first_run_code().await.unwrap();
    let (a, b) = tokio::join!(room.ledger.redeem_first_run(&code, "a", PASSWORD), room.ledger.redeem_first_run(&code, "b", PASSWORD));
    assert!(a.is_ok() != b.is_ok());
    assert!(refused(&a) || refused(&b));
    assert_eq!(room.ledger.users().await.unwrap().len(), 1);
    room.assert_sound().await;
}

#[tokio::test]
async fn sign_in_opens_a_session_and_sign_out_ends_it() {
    let room = room_with_user().await;
    let secret = room.ledger.login("zhang.wei", PASSWORD, PEER).await.unwrap();
    assert_eq!(secret.len(), 43);
    let session = room.ledger.session(&secret).await.unwrap().unwrap();
    assert_eq!((session.user.name.as_str(), session.user.lang), ("zhang.wei", None));
    assert_eq!(session.expires, START.plus_seconds(IDLE_SECONDS));
    let other = room.ledger.login("zhang.wei", PASSWORD, PEER).await.unwrap();
    assert_ne!(other, secret);
    assert_ne!(room.ledger.session(&other).await.unwrap().unwrap().csrf, session.csrf);
    assert_eq!(room.ledger.session(&secret).await.unwrap().unwrap().csrf, session.csrf);
    room.ledger.logout(&secret).await.unwrap();
    room.ledger.logout(&secret).await.unwrap();
    assert_eq!(room.ledger.session(&secret).await.unwrap(), None);
    assert!(room.ledger.session(&other).await.unwrap().is_some());
    for wrong in ["", "x", &"A".repeat(43), &"A".repeat(100_000)] {
        assert_eq!(room.ledger.session(wrong).await.unwrap(), None);
    }
    assert_eq!(room.acts().await[AFTER_FIRST_RUN..], ["session.open", "session.open", "session.close"]);
    room.assert_sound().await;
}

#[tokio::test]
async fn wrong_names_and_passwords_are_refused_and_recorded() {
    let room = room_with_user().await;
    let long = "x".repeat(PASSWORD_LONGEST + 1);
    for (name, password) in [("zhang.wei", "wrong password"), ("nobody", PASSWORD), ("zhang.wei", long.as_str())] {
        assert!(refused(&room.ledger.login(name, password, PEER).await), "{name}");
    }
    let entries = room.entries().await;
    let refusals: Vec<_> = entries.iter().filter(|entry| entry.text("act") == Some("login.refused")).collect();
    assert_eq!(refusals.iter().map(|entry| entry.text("user")).collect::<Vec<_>>(), [Some("zhang.wei"), None, Some("zhang.wei")]);
    assert!(refusals.iter().all(|entry| entry.text("peer") == Some(PEER)));
    room.assert_sound().await;
}

async fn fail(room: &Room, times: u32, name: &str, peer: &str) {
    for _ in 0..times {
        assert!(refused(&room.ledger.login(name, "wrong password", peer).await));
    }
}

#[tokio::test]
async fn failures_cost_a_growing_delay_that_ends() {
    let room = room_with_user().await;
    fail(&room, FREE_FAILURES + 1, "zhang.wei", PEER).await;
    let mut expected = 1;
    for _ in 0..12 {
        let answer = room.ledger.login("zhang.wei", PASSWORD, "198.51.100.9:1").await;
        assert!(matches!(answer, Err(LedgerError::Wait { seconds }) if seconds == expected), "{expected}: {answer:?}");
        room.clock.set(Instant(room.clock.now().plus_seconds(expected).0 - 1));
        let last_moment = room.ledger.login("zhang.wei", PASSWORD, PEER).await;
        assert!(matches!(last_moment, Err(LedgerError::Wait { seconds: 1 })), "{last_moment:?}");
        room.clock.set(room.clock.now().plus_nanos(1));
        fail(&room, 1, "zhang.wei", PEER).await;
        expected = (expected * 2).min(DELAY_LONGEST_SECONDS);
    }
    assert_eq!(expected, DELAY_LONGEST_SECONDS);
    room.clock.advance_seconds(DELAY_LONGEST_SECONDS);
    room.ledger.login("zhang.wei", PASSWORD, PEER).await.unwrap();
    fail(&room, FREE_FAILURES, "zhang.wei", PEER).await;
    room.ledger.login("zhang.wei", PASSWORD, PEER).await.unwrap();
    let turned_away: u64 = room.entries().await.iter().filter_map(|entry| entry.text("turned_away")?.parse::<u64>().ok()).sum();
    assert_eq!(turned_away, 24, "no attempt is passed over in silence");
    room.assert_sound().await;
}

#[tokio::test]
async fn an_address_that_tries_many_names_waits_too() {
    let room = room_with_user().await;
    for n in 0..=FREE_FAILURES {
        fail(&room, 1, &format!("guess{n}"), &format!("192.0.2.7:{n}")).await;
    }
    assert!(matches!(room.ledger.login("zhang.wei", PASSWORD, "192.0.2.7:999").await, Err(LedgerError::Wait { seconds: 1 })));
    room.ledger.login("zhang.wei", PASSWORD, "192.0.2.8:1").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn attempts_at_once_do_not_slip_by_the_delay() {
    let room = Arc::new(room_with_user().await);
    let attempts: Vec<_> = (0..12)
        .map(|n| {
            let room = room.clone();
            tokio::spawn(async move { room.ledger.login("zhang.wei", "wrong password", &format!("192.0.2.{n}")).await })
        })
        .collect();
    let mut judged = 0;
    for attempt in attempts {
        judged += u32::from(refused(&attempt.await.unwrap()));
    }
    assert_eq!(judged, FREE_FAILURES + 1);
}

#[tokio::test]
async fn a_session_ends_when_idle() {
    for (nanos, lasts) in [(-1_i64, true), (0, false), (1, false)] {
        let room = room_with_user().await;
        let secret = room.ledger.login("zhang.wei", PASSWORD, PEER).await.unwrap();
        room.clock.set(Instant(START.plus_seconds(IDLE_SECONDS).0.checked_add_signed(nanos).unwrap()));
        assert_eq!(room.ledger.session(&secret).await.unwrap().is_some(), lasts, "{nanos}");
    }
}

#[tokio::test]
async fn a_session_ends_in_the_end_however_busy() {
    let room = room_with_user().await;
    let secret = room.ledger.login("zhang.wei", PASSWORD, PEER).await.unwrap();
    let end = START.plus_seconds(ABSOLUTE_SECONDS);
    while room.clock.now().plus_seconds(1_800) < end {
        room.clock.advance_seconds(1_800);
        assert!(room.ledger.session(&secret).await.unwrap().is_some());
    }
    room.clock.set(Instant(end.0 - 1));
    assert_eq!(room.ledger.session(&secret).await.unwrap().unwrap().expires, end);
    room.clock.set(end);
    assert_eq!(room.ledger.session(&secret).await.unwrap(), None);
    room.ledger.login("zhang.wei", PASSWORD, PEER).await.unwrap();
    let rows: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM session").fetch_one(&mut room.intruder().await).await.unwrap();
    assert_eq!(rows, 1, "sessions that ran out are swept");
    room.assert_sound().await;
}

#[tokio::test]
async fn the_last_use_is_written_once_a_minute() {
    for (seconds, seen) in [(TOUCH_SECONDS - 1, 0), (TOUCH_SECONDS, TOUCH_SECONDS), (TOUCH_SECONDS + 1, TOUCH_SECONDS + 1)] {
        let room = room_with_user().await;
        let secret = room.ledger.login("zhang.wei", PASSWORD, PEER).await.unwrap();
        room.clock.advance_seconds(seconds);
        let expires = room.ledger.session(&secret).await.unwrap().unwrap().expires;
        assert_eq!(expires, START.plus_seconds(seen + IDLE_SECONDS));
        assert_eq!(room.ledger.own_sessions(&secret).await.unwrap()[0].seen, START.plus_seconds(seen));
    }
}

#[tokio::test]
async fn people_see_and_end_their_own_sessions() {
    let room = room_with_user().await;
    let desk = room.ledger.login("zhang.wei", PASSWORD, "192.0.2.1:1").await.unwrap();
    room.clock.advance_seconds(1);
    let phone = room.ledger.login("zhang.wei", PASSWORD, "192.0.2.2:1").await.unwrap();
    let sessions = room.ledger.own_sessions(&desk).await.unwrap();
    assert_eq!(sessions.iter().map(|s| (s.peer.as_str(), s.own)).collect::<Vec<_>>(), [("192.0.2.2:1", false), ("192.0.2.1:1", true)]);
    assert!(matches!(room.ledger.revoke_session(&desk, "no such").await, Err(LedgerError::NotFound { .. })));
    assert!(refused(&room.ledger.revoke_session("no session", &sessions[0].id).await));
    room.ledger.revoke_session(&desk, &sessions[0].id).await.unwrap();
    assert_eq!(room.ledger.session(&phone).await.unwrap(), None);
    assert!(room.ledger.session(&desk).await.unwrap().is_some());
    assert_eq!(room.ledger.own_sessions(&phone).await.unwrap(), []);
    room.assert_sound().await;
}

#[tokio::test]
async fn sessions_of_one_user_have_a_limit() {
    let room = room_with_user().await;
    let mut secrets = Vec::new();
    for count in 1..=SESSIONS_PER_USER + 1 {
        room.clock.advance_seconds(1);
        secrets.push(room.ledger.login("zhang.wei", PASSWORD, PEER).await.unwrap());
        let live = room.ledger.own_sessions(&secrets[count - 1]).await.unwrap().len();
        assert_eq!(live, count.min(SESSIONS_PER_USER));
    }
    assert_eq!(room.ledger.session(&secrets[0]).await.unwrap(), None, "the oldest ended");
    assert!(room.ledger.session(&secrets[1]).await.unwrap().is_some());
    room.assert_sound().await;
}

#[tokio::test]
async fn a_changed_password_ends_every_session() {
    let room = room_with_user().await;
    let mine = room.ledger.login("zhang.wei", PASSWORD, PEER).await.unwrap();
    let other = room.ledger.login("zhang.wei", PASSWORD, PEER).await.unwrap();
    let new = "another horse battery";
    assert!(refused(&room.ledger.change_password(&mine, "not the old one", new, PEER).await));
    assert!(refused(&room.ledger.change_password("no session", PASSWORD, new, PEER).await));
    assert!(matches!(
        room.ledger.change_password(&mine, PASSWORD, "password", PEER).await,
        Err(LedgerError::Password(PasswordFault::Common))
    ));
    let fresh = room.ledger.change_password(&mine, PASSWORD, new, PEER).await.unwrap();
    for ended in [&mine, &other] {
        assert_eq!(room.ledger.session(ended).await.unwrap(), None);
    }
    assert!(room.ledger.session(&fresh).await.unwrap().is_some());
    assert!(refused(&room.ledger.login("zhang.wei", PASSWORD, PEER).await));
    room.ledger.login("zhang.wei", new, PEER).await.unwrap();
    room.assert_sound().await;
}

#[tokio::test]
async fn a_language_is_chosen() {
    let room = room_with_user().await;
    let secret = room.ledger.login("zhang.wei", PASSWORD, PEER).await.unwrap();
    for lang in [Lang::En, Lang::Zh] {
        room.ledger.set_lang(&admin(), "zhang.wei", lang).await.unwrap();
        assert_eq!(room.ledger.session(&secret).await.unwrap().unwrap().user.lang, Some(lang));
    }
    assert!(matches!(room.ledger.set_lang(&admin(), "nobody", Lang::Zh).await, Err(LedgerError::NotFound { .. })));
    room.assert_sound().await;
}
