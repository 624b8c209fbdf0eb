//! Proving oneself again before a grave act, and the idle times of the two standings.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod authenticator;
mod room;

use anlan_base::{Clock as _, Instant};
use anlan_law::accounts::AccountRules;
use anlan_ledger::{CODE_STEP_SECONDS, LedgerError, Standing};
use authenticator::{room_with_app, sign_in};
use room::{AFTER_FIRST_RUN, PASSWORD, PEER, Room, START, room_with_user};

fn refused<T>(answer: &Result<T, LedgerError>) -> bool {
    matches!(answer, Err(LedgerError::Refused))
}

fn shifted(at: Instant, seconds: u64, nanos: i64) -> Instant {
    Instant(at.plus_seconds(seconds).0.checked_add_signed(nanos).unwrap())
}

async fn is_fresh(room: &Room, secret: &str) -> bool {
    let fresh = room.ledger.session(secret).await.unwrap().unwrap().is_fresh(room.clock.now());
    assert_eq!(room.ledger.fresh_session(secret).await.is_ok(), fresh);
    fresh
}

#[tokio::test]
async fn a_proof_holds_as_long_as_the_rules_say() {
    for minutes in [5, 2] {
        for (nanos, fresh) in [(-1_i64, true), (0, false), (1, false)] {
            let room = room_with_user().await;
            room.ledger.use_account_rules(AccountRules { fresh_minutes: minutes, ..AccountRules::default() });
            let secret = room.ledger.login("zhang.wei", PASSWORD, PEER).await.unwrap();
            room.clock.set(shifted(START, u64::from(minutes) * 60, nanos));
            assert_eq!(is_fresh(&room, &secret).await, fresh, "{minutes} {nanos}");
            room.ledger.step_up(&secret, PASSWORD, None, PEER).await.unwrap();
            let proven = room.clock.now();
            room.clock.set(shifted(proven, u64::from(minutes) * 60, nanos));
            assert_eq!(is_fresh(&room, &secret).await, fresh, "again {minutes} {nanos}");
            room.assert_sound().await;
        }
    }
}

#[tokio::test]
async fn a_wrong_proof_is_refused_charged_and_recorded() {
    let room = room_with_user().await;
    let secret = room.ledger.login("zhang.wei", PASSWORD, PEER).await.unwrap();
    room.clock.advance_seconds(600);
    for _ in 0..4 {
        assert!(refused(&room.ledger.step_up(&secret, "not the one", None, PEER).await));
    }
    assert!(matches!(room.ledger.step_up(&secret, PASSWORD, None, PEER).await, Err(LedgerError::Wait { seconds: 1 })));
    assert!(!is_fresh(&room, &secret).await);
    room.clock.advance_seconds(1);
    room.ledger.step_up(&secret, PASSWORD, None, PEER).await.unwrap();
    assert!(is_fresh(&room, &secret).await);
    assert!(refused(&room.ledger.step_up("no session", PASSWORD, None, PEER).await));
    assert!(matches!(room.ledger.fresh_session("no session").await, Err(LedgerError::Refused)));
    assert_eq!(
        room.acts().await[AFTER_FIRST_RUN + 1..],
        ["login.refused", "login.refused", "login.refused", "login.refused", "session.prove"]
    );
    room.assert_sound().await;
}

#[tokio::test]
async fn an_authenticator_is_asked_for_too() {
    let (room, app) = room_with_app().await;
    let secret = sign_in(&room, &app).await;
    room.clock.advance_seconds(600);
    let code = app.code(&room);
    assert!(refused(&room.ledger.step_up(&secret, PASSWORD, None, PEER).await));
    assert!(refused(&room.ledger.step_up(&secret, PASSWORD, Some("000000"), PEER).await));
    assert!(refused(&room.ledger.step_up(&secret, "not the one", Some(&code), PEER).await));
    assert!(!is_fresh(&room, &secret).await);
    room.ledger.step_up(&secret, PASSWORD, Some(&code), PEER).await.unwrap();
    assert!(is_fresh(&room, &secret).await);
    assert!(refused(&room.ledger.step_up(&secret, PASSWORD, Some(&code), PEER).await), "a code is taken once");
    room.assert_sound().await;
}

/// A new password asks for the old one only: that is no proof of the authenticator.
#[tokio::test]
async fn a_new_password_does_not_freshen_a_session_with_an_authenticator() {
    let (room, app) = room_with_app().await;
    let secret = sign_in(&room, &app).await;
    room.clock.advance_seconds(600);
    let secret = room.ledger.change_password(&secret, PASSWORD, "kettle harbour nine", PEER).await.unwrap();
    let session = room.ledger.session(&secret).await.unwrap().unwrap();
    assert!(!is_fresh(&room, &secret).await && session.administrator);
    room.assert_sound().await;
}

#[tokio::test]
async fn sessions_end_when_idle_by_standing_and_rules() {
    let usual = AccountRules::default();
    let strict = AccountRules { idle_minutes: 30, administrator_idle_minutes: 5, ..usual };
    for (rules, standing, minutes) in [
        (usual, Standing::Ordinary, 60),
        (usual, Standing::Administrator, 15),
        (strict, Standing::Ordinary, 30),
        (strict, Standing::Administrator, 5),
    ] {
        for (nanos, lasts) in [(-1_i64, true), (0, false), (1, false)] {
            let (room, app) = room_with_app().await;
            room.ledger.use_account_rules(rules);
            let secret = match standing {
                Standing::Administrator => sign_in(&room, &app).await,
                Standing::Ordinary => {
                    room.ledger.remove_authenticator(&room::admin(), "zhang.wei").await.unwrap();
                    let secret = room.ledger.login("zhang.wei", PASSWORD, PEER).await.unwrap();
                    room.clock.advance_seconds(CODE_STEP_SECONDS);
                    secret
                }
            };
            let opened = Instant(room.clock.now().0 - CODE_STEP_SECONDS * Instant::SECOND);
            room.clock.set(shifted(opened, minutes * 60, nanos));
            assert_eq!(room.ledger.session(&secret).await.unwrap().is_some(), lasts, "{standing:?} {minutes} {nanos}");
            assert_eq!(room.ledger.own_sessions(&secret).await.unwrap().is_empty(), !lasts);
        }
    }
}

#[tokio::test]
async fn sessions_end_in_the_end_as_the_rules_say() {
    for (nanos, lasts) in [(-1_i64, true), (0, false), (1, false)] {
        let room = room_with_user().await;
        room.ledger.use_account_rules(AccountRules { session_hours: 1, ..AccountRules::default() });
        let secret = room.ledger.login("zhang.wei", PASSWORD, PEER).await.unwrap();
        room.clock.advance_seconds(1_800);
        assert!(room.ledger.session(&secret).await.unwrap().is_some());
        room.clock.set(shifted(START, 3_600, nanos));
        assert_eq!(room.ledger.session(&secret).await.unwrap().is_some(), lasts, "{nanos}");
        let other = room.ledger.login("zhang.wei", PASSWORD, PEER).await.unwrap();
        assert_eq!(room.ledger.own_sessions(&other).await.unwrap().len(), if lasts { 2 } else { 1 });
        room.assert_sound().await;
    }
}
