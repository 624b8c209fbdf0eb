//! Authenticators and recovery codes: enrolling, signing in with them, taking them away.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod authenticator;
mod room;

use anlan_base::{Clock as _, Instant};
use anlan_law::kind::Role;
use anlan_ledger::engine::UnitId;
use anlan_ledger::{
    CODE_STEP_SECONDS, DELAY_LONGEST_SECONDS, FREE_FAILURES, LedgerError, LedgerOptions, NewPerson, OFFER_SECONDS, PENDING_SECONDS,
    RECOVERY_CODES, SealKey, Standing, Wanted,
};
use authenticator::{code_of, enrol, opened, room_with_app, sign_in, wanted};
use room::{AFTER_FIRST_RUN, PASSWORD, PEER, Room, START, admin, options, room_with, room_with_user};

fn refused<T>(answer: &Result<T, LedgerError>) -> bool {
    matches!(answer, Err(LedgerError::Refused))
}

/// A sign-in of zhang.wei that waits for a code.
async fn waiting(room: &Room) -> String {
    let (pending, what) = wanted(room.ledger.sign_in("zhang.wei", PASSWORD, PEER, Standing::Administrator).await.unwrap());
    assert_eq!(what, Wanted::Code);
    pending
}

#[tokio::test]
async fn an_administrator_enrols_at_the_first_sign_in() {
    let (room, app) = room_with_app().await;
    assert_eq!(app.recovery.len(), RECOVERY_CODES);
    let secret = sign_in(&room, &app).await;
    let session = room.ledger.session(&secret).await.unwrap().unwrap();
    assert!(session.administrator && session.second_factor);
    assert_eq!(room.ledger.recovery_codes_left(&secret).await.unwrap(), 10);
    let acts = room.acts().await;
    assert_eq!(acts[AFTER_FIRST_RUN..], ["factor.enrol", "session.open", "factor.use", "session.open"]);
    let factors: Vec<_> = room.entries().await.iter().filter_map(|entry| entry.text("factor").map(str::to_owned)).collect();
    assert_eq!(factors, ["code", "code"]);
    room.assert_sound().await;
}

#[tokio::test]
async fn an_ordinary_account_needs_none_and_may_have_one() {
    let room = room_with_user().await;
    let desk = room.ledger.login("zhang.wei", PASSWORD, PEER).await.unwrap();
    let phone = room.ledger.login("zhang.wei", PASSWORD, PEER).await.unwrap();
    assert!(!room.ledger.session(&desk).await.unwrap().unwrap().second_factor);
    let offer = room.ledger.offer_authenticator(&desk).await.unwrap();
    assert!(offer.uri("Anlan").contains(&offer.secret));
    let now = room.clock.now();
    for wrong in ["", "12345", "1234567", code_of(&offer.secret, now.plus_seconds(60)).as_str()] {
        assert!(refused(&room.ledger.confirm_authenticator(&desk, wrong).await), "{wrong}");
    }
    let codes = room.ledger.confirm_authenticator(&desk, &code_of(&offer.secret, now)).await.unwrap();
    assert_eq!(codes.len(), RECOVERY_CODES);
    assert!(refused(&room.ledger.confirm_authenticator(&desk, &code_of(&offer.secret, now)).await), "an offer is taken once");
    assert!(room.ledger.session(&desk).await.unwrap().unwrap().second_factor);
    assert_eq!(room.ledger.session(&phone).await.unwrap(), None, "other sessions end");
    assert!(refused(&room.ledger.login("zhang.wei", PASSWORD, PEER).await), "the password alone no longer opens a session");
    room.assert_sound().await;
}

#[tokio::test]
async fn a_sign_in_on_its_way_is_no_session() {
    let (room, app) = room_with_app().await;
    let pending = waiting(&room).await;
    assert_eq!(room.ledger.pending(&pending), Some(Wanted::Code));
    assert_eq!(room.ledger.session(&pending).await.unwrap(), None);
    assert!(refused(&room.ledger.choose_password(&pending, "kettle harbour nine").await), "it is good for the code only");
    assert!(refused(&room.ledger.offer_first_authenticator(&pending).await));
    assert!(refused(&room.ledger.offer_authenticator(&pending).await));
    assert!(refused(&room.ledger.change_password(&pending, PASSWORD, "kettle harbour nine", PEER).await));
    assert!(refused(&room.ledger.step_up(&pending, PASSWORD, Some(&app.code(&room)), PEER).await));
    let secret = opened(room.ledger.enter_code(&pending, &app.code(&room), PEER).await.unwrap());
    assert_ne!(secret, pending);
    assert_eq!(room.ledger.pending(&pending), None, "its secret is spent");
    assert!(refused(&room.ledger.enter_code(&secret, &app.code(&room), PEER).await));
    assert!(refused(&room.ledger.enter_code("no such", &app.code(&room), PEER).await));
}

#[tokio::test]
async fn a_sign_in_on_its_way_ends() {
    for (nanos, lasts) in [(-1_i64, true), (0, false), (1, false)] {
        let (room, app) = room_with_app().await;
        let pending = waiting(&room).await;
        room.clock.set(Instant(room.clock.now().plus_seconds(PENDING_SECONDS).0.checked_add_signed(nanos).unwrap()));
        assert_eq!(room.ledger.enter_code(&pending, &app.code(&room), PEER).await.is_ok(), lasts, "{nanos}");
    }
}

#[tokio::test]
async fn an_offer_ends() {
    for (nanos, lasts) in [(-1_i64, true), (0, false), (1, false)] {
        let room = room_with_user().await;
        let secret = room.ledger.login("zhang.wei", PASSWORD, PEER).await.unwrap();
        let offer = room.ledger.offer_authenticator(&secret).await.unwrap();
        room.clock.set(Instant(START.plus_seconds(OFFER_SECONDS).0.checked_add_signed(nanos).unwrap()));
        let code = code_of(&offer.secret, room.clock.now());
        assert_eq!(room.ledger.confirm_authenticator(&secret, &code).await.is_ok(), lasts, "{nanos}");
    }
}

#[tokio::test]
async fn codes_are_good_a_step_early_or_late_and_once() {
    for (steps, good) in [(-2_i64, false), (-1, true), (0, true), (1, true), (2, false)] {
        let (room, app) = room_with_app().await;
        room.clock.advance_seconds(10 * CODE_STEP_SECONDS);
        let now = room.clock.now();
        let code = code_of(&app.secret, Instant(now.0.checked_add_signed(steps * 30_000_000_000).unwrap()));
        let pending = waiting(&room).await;
        assert_eq!(room.ledger.enter_code(&pending, &code, PEER).await.is_ok(), good, "{steps}");
        if good {
            let again = waiting(&room).await;
            assert!(refused(&room.ledger.enter_code(&again, &code, PEER).await), "a code is taken once");
        }
        room.assert_sound().await;
    }
}

#[tokio::test]
async fn the_first_code_does_not_sign_in_again() {
    let (room, app) = room_with_app().await;
    room.clock.set(Instant(room.clock.now().0 - CODE_STEP_SECONDS * 1_000_000_000));
    let pending = waiting(&room).await;
    assert!(refused(&room.ledger.enter_code(&pending, &app.code(&room), PEER).await));
}

#[tokio::test]
async fn a_recovery_code_opens_once_as_people_type_it() {
    let (room, app) = room_with_app().await;
    for (n, code) in app.recovery.iter().enumerate() {
        let typed = if n % 2 == 0 { code.to_lowercase().replace('-', " ") } else { code.clone() };
        let pending = waiting(&room).await;
        let secret = opened(room.ledger.enter_code(&pending, &typed, PEER).await.unwrap());
        assert_eq!(room.ledger.recovery_codes_left(&secret).await.unwrap(), 9 - n as u64);
        let again = waiting(&room).await;
        assert!(refused(&room.ledger.enter_code(&again, code, PEER).await));
        room.clock.advance_seconds(1);
    }
    let how: Vec<_> = room.entries().await.iter().filter_map(|entry| entry.text("factor").map(str::to_owned)).collect();
    assert_eq!(how[1..], ["recovery"; 10]);
    room.assert_sound().await;
}

#[tokio::test]
async fn new_recovery_codes_take_the_place_of_the_old() {
    let (room, app) = room_with_app().await;
    let secret = sign_in(&room, &app).await;
    let new = room.ledger.new_recovery_codes(&secret).await.unwrap();
    assert!(new.iter().all(|code| !app.recovery.contains(code)));
    let pending = waiting(&room).await;
    assert!(refused(&room.ledger.enter_code(&pending, &app.recovery[0], PEER).await));
    opened(room.ledger.enter_code(&pending, &new[0], PEER).await.unwrap());
    room.clock.advance_seconds(300);
    assert!(matches!(room.ledger.new_recovery_codes(&secret).await, Err(LedgerError::StepUp)), "a grave act asks for a new proof");
    room.assert_sound().await;
}

#[tokio::test]
async fn wrong_codes_cost_a_delay_that_the_password_does_not_clear() {
    let (room, app) = room_with_app().await;
    // Each time from another address, so that only the account's own delay is seen.
    let entered = |peer: u32, code: String| {
        let (ledger, peer) = (room.ledger.clone(), format!("192.0.2.{peer}"));
        async move {
            let (pending, _) = wanted(ledger.sign_in("zhang.wei", PASSWORD, &peer, Standing::Administrator).await.unwrap());
            ledger.enter_code(&pending, &code, &peer).await
        }
    };
    for peer in 0..=FREE_FAILURES {
        assert!(refused(&entered(peer, "000000".into()).await));
    }
    let mut expected = 1;
    for peer in 100..112 {
        let answer = entered(99, app.code(&room)).await;
        assert!(matches!(answer, Err(LedgerError::Wait { seconds }) if seconds == expected), "{expected}: {answer:?}");
        room.clock.advance_seconds(expected);
        assert!(refused(&entered(peer, "000000".into()).await));
        expected = DELAY_LONGEST_SECONDS.min(expected * 2);
    }
    room.clock.advance_seconds(DELAY_LONGEST_SECONDS);
    opened(entered(1, app.code(&room)).await.unwrap());
    let entries = room.entries().await;
    let waits: Vec<_> =
        entries.iter().filter(|entry| entry.text("reason") == Some("code")).filter_map(|entry| entry.text("wait")).collect();
    assert_eq!(waits[..6], ["0", "0", "0", "1", "2", "4"]);
    assert_eq!(waits.last(), Some(&"900"), "never longer, never for ever");
    room.assert_sound().await;
}

#[tokio::test]
async fn taking_an_authenticator_away_signs_out_and_asks_for_a_new_one() {
    let (room, app) = room_with_app().await;
    let secret = sign_in(&room, &app).await;
    let pending = waiting(&room).await;
    assert!(matches!(room.ledger.remove_authenticator(&admin(), "li.si").await, Err(LedgerError::NotFound { .. })));
    room.ledger.remove_authenticator(&admin(), "zhang.wei").await.unwrap();
    assert_eq!(room.ledger.session(&secret).await.unwrap(), None);
    assert!(refused(&room.ledger.enter_code(&pending, &app.recovery[0], PEER).await));
    let app = enrol(&room).await;
    sign_in(&room, &app).await;
    room.assert_sound().await;
}

#[tokio::test]
async fn another_authenticator_takes_the_place_of_the_first() {
    let (room, app) = room_with_app().await;
    let secret = sign_in(&room, &app).await;
    let offer = room.ledger.offer_authenticator(&secret).await.unwrap();
    sign_in(&room, &app).await;
    room.ledger.confirm_authenticator(&secret, &code_of(&offer.secret, room.clock.now())).await.unwrap();
    let pending = waiting(&room).await;
    room.clock.advance_seconds(CODE_STEP_SECONDS);
    assert!(refused(&room.ledger.enter_code(&pending, &app.code(&room), PEER).await));
    assert!(refused(&room.ledger.enter_code(&pending, &app.recovery[0], PEER).await));
    opened(room.ledger.enter_code(&pending, &code_of(&offer.secret, room.clock.now()), PEER).await.unwrap());
    room.assert_sound().await;
}

#[tokio::test]
async fn what_changes_meanwhile_counts() {
    let (room, app) = room_with_app().await;
    let pending = waiting(&room).await;
    room.ledger.disable_account(&admin(), "zhang.wei", "left").await.unwrap();
    assert!(refused(&room.ledger.enter_code(&pending, &app.code(&room), PEER).await));
    room.ledger.enable_account(&admin(), "zhang.wei").await.unwrap();

    let room = room_with_user().await;
    let session = room.ledger.login("zhang.wei", PASSWORD, PEER).await.unwrap();
    let (pending, _) = wanted(room.ledger.sign_in("zhang.wei", PASSWORD, PEER, Standing::Administrator).await.unwrap());
    let offer = room.ledger.offer_first_authenticator(&pending).await.unwrap();
    room.ledger.change_password(&session, PASSWORD, "kettle harbour nine", PEER).await.unwrap();
    let late = room.ledger.confirm_first_authenticator(&pending, &code_of(&offer.secret, room.clock.now())).await;
    assert!(refused(&late), "a password that was changed proves nothing");
}

#[tokio::test]
async fn no_secret_stands_in_an_entry() {
    let (room, app) = room_with_app().await;
    sign_in(&room, &app).await;
    let pending = waiting(&room).await;
    let code = app.code(&room);
    opened(room.ledger.enter_code(&pending, &app.recovery[0], PEER).await.unwrap());
    let one_time = room.ledger.add_account(&admin(), "li.si").await.unwrap();
    let token = room.ledger.add_token(&admin(), "web01").await.unwrap();
    let mut secrets = vec![PASSWORD.to_owned(), app.secret.clone(), one_time, token, pending, code];
    secrets.extend(app.recovery.clone());
    secrets.extend(app.recovery.iter().map(|code| code.replace('-', "")));
    for entry in room.entries().await {
        for field in entry.fields {
            let value = String::from_utf8(field.value.unwrap()).unwrap();
            assert!(secrets.iter().all(|secret| !value.contains(secret)), "{} = {value}", field.name);
        }
    }
}

#[tokio::test]
async fn secrets_are_sealed_where_there_is_a_key() {
    for (key, is_sealed) in [(None, false), (Some(SealKey::new([9; 32])), true)] {
        let room = room_with(LedgerOptions { seal_key: key, ..options() }).await;
        let code = room.ledger.first_run_code().await.unwrap();
        room.ledger.redeem_first_run(&code, "zhang.wei", PASSWORD).await.unwrap();
        let app = enrol(&room).await;
        sign_in(&room, &app).await;
        let kept: Vec<u8> = sqlx::query_scalar("SELECT secret FROM second_factor").fetch_one(&mut room.intruder().await).await.unwrap();
        assert_eq!(kept.len(), if is_sealed { 1 + 12 + 20 + 16 } else { 1 + 20 });
        // Opened again without the key, or with one that it was not sealed with.
        room.ledger.close().await;
        let other = room.reopen().await.unwrap();
        let (pending, _) = wanted(other.sign_in("zhang.wei", PASSWORD, PEER, Standing::Administrator).await.unwrap());
        let answer = other.enter_code(&pending, &app.code(&room), PEER).await;
        assert_eq!(matches!(answer, Err(LedgerError::Sealed)), is_sealed, "{answer:?}");
        if is_sealed {
            opened(other.enter_code(&pending, &app.recovery[0], PEER).await.unwrap());
        }
    }
}

/// The first account is the system administrator's; one that is only made has no grants yet.
#[tokio::test]
async fn the_standing_of_an_account_follows_its_grants() {
    let room = room_with_user().await;
    room.ledger.add_account(&admin(), "li.si").await.unwrap();
    let standings = [("zhang.wei", Standing::Administrator), ("li.si", Standing::Ordinary), ("nobody", Standing::Ordinary)];
    for (name, standing) in standings {
        assert_eq!(room.ledger.standing_of(name), standing, "{name}");
    }
    // A session from before the grant is over; one as an administrator asks for an authenticator.
    let one_time = room.ledger.add_account(&admin(), "wang.wu").await.unwrap();
    let who = room.ledger.rights_of("zhang.wei");
    let new =
        NewPerson { name: "王五".into(), unit: UnitId(1), phone: String::new(), email: String::new(), account: Some("wang.wu".into()) };
    let person = room.ledger.add_person(&who, &new).await.unwrap();
    let (pending, _) = wanted(room.ledger.sign_in("wang.wu", &one_time, PEER, room.ledger.standing_of("wang.wu")).await.unwrap());
    let before = opened(room.ledger.choose_password(&pending, "kettle harbour nine").await.unwrap());
    assert!(room.ledger.session(&before).await.unwrap().is_some());
    room.clock.advance_seconds(1);
    room.ledger.grant(&who, person, Role::Security, UnitId(1)).await.unwrap();
    assert_eq!(room.ledger.session(&before).await.unwrap(), None);
    assert_eq!(room.ledger.standing_of("wang.wu"), Standing::Administrator);
    let step = room.ledger.sign_in("wang.wu", "kettle harbour nine", PEER, room.ledger.standing_of("wang.wu")).await.unwrap();
    assert_eq!(wanted(step).1, Wanted::SecondFactor);
    room.assert_sound().await;
}
