//! Accounts in the hands of administrators, passwords that must be changed, and rules of packs.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod authenticator;
mod room;

use anlan_base::{Clock as _, Instant};
use anlan_law::accounts::AccountRules;
use anlan_ledger::{LedgerError, LedgerOptions, NewToken, PasswordFault, REASON_CHARS, Scope, Standing, Step, Wanted, WhyPassword};
use authenticator::{enrol, opened, wanted};
use room::{AFTER_FIRST_RUN, PASSWORD, PEER, Room, START, admin, options, room_with, room_with_user};

const NEW: &str = "kettle harbour nine";
const DAY: u64 = 24 * 60 * 60;

fn refused<T>(answer: &Result<T, LedgerError>) -> bool {
    matches!(answer, Err(LedgerError::Refused))
}

fn shifted(at: Instant, seconds: u64, nanos: i64) -> Instant {
    Instant(at.plus_seconds(seconds).0.checked_add_signed(nanos).unwrap())
}

async fn begin(room: &Room, name: &str, password: &str) -> Result<Step, LedgerError> {
    room.ledger.sign_in(name, password, PEER, Standing::Ordinary).await
}

/// A sign-in that waits for a new password.
async fn must_change(room: &Room, name: &str, password: &str) -> String {
    let (pending, what) = wanted(begin(room, name, password).await.unwrap());
    assert!(matches!(what, Wanted::Password(_)), "{what:?}");
    pending
}

#[tokio::test]
async fn a_new_account_begins_with_a_one_time_password() {
    let room = room_with_user().await;
    let one_time = room.ledger.add_account(&admin(), "li.si").await.unwrap();
    assert_eq!(one_time.len(), 19);
    assert_eq!(room.ledger.accounts().await.unwrap()[0].one_time_until, Some(START.plus_seconds(7 * DAY)));
    assert!(refused(&room.ledger.login("li.si", &one_time, PEER).await), "it opens no session");
    // As it is typed from paper.
    let pending = must_change(&room, "li.si", &one_time.to_lowercase().replace('-', "")).await;
    for (new, fault) in [
        ("short", PasswordFault::Short { shortest: 8 }),
        ("Admin@123", PasswordFault::Common),
        (one_time.as_str(), PasswordFault::Same),
        (one_time.to_lowercase().as_str(), PasswordFault::Same),
    ] {
        let answer = room.ledger.choose_password(&pending, new).await;
        assert!(matches!(&answer, Err(LedgerError::Password(found)) if *found == fault), "{new}: {answer:?}");
    }
    let secret = opened(room.ledger.choose_password(&pending, NEW).await.unwrap());
    assert_eq!(room.ledger.session(&secret).await.unwrap().unwrap().user.name, "li.si");
    assert!(refused(&begin(&room, "li.si", &one_time).await));
    assert!(refused(&room.ledger.choose_password(&pending, "another harbour ten").await), "the way is spent");
    room.ledger.login("li.si", NEW, PEER).await.unwrap();
    assert_eq!(room.ledger.accounts().await.unwrap()[0].one_time_until, None);
    assert_eq!(room.acts().await[AFTER_FIRST_RUN..], ["user.create", "user.password", "session.open", "login.refused", "session.open"]);
    room.assert_sound().await;
}

#[tokio::test]
async fn names_of_accounts_are_unique_fit_and_have_a_limit() {
    let room = room_with(LedgerOptions { accounts: 3, ..options() }).await;
    assert_eq!(LedgerOptions::default().accounts, anlan_ledger::ACCOUNTS);
    for name in ["", "a b", "a/b"] {
        assert!(matches!(room.ledger.add_account(&admin(), name).await, Err(LedgerError::Unfit { .. })), "{name}");
    }
    for (n, fits) in [(1, true), (2, true), (3, true), (4, false)] {
        let answer = room.ledger.add_account(&admin(), &format!("user{n}")).await;
        assert_eq!(answer.is_ok(), fits, "{n}");
        assert!(fits || matches!(answer, Err(LedgerError::Full { limit: 3, .. })));
    }
    assert!(matches!(room.ledger.add_account(&admin(), "user1").await, Err(LedgerError::Exists { .. })));
    room.assert_sound().await;
}

#[tokio::test]
async fn a_one_time_password_holds_some_days() {
    for days in [7, 2] {
        for (nanos, holds) in [(-1_i64, true), (0, false), (1, false)] {
            let room = room_with_user().await;
            room.ledger.use_account_rules(AccountRules { one_time_days: days, ..AccountRules::default() });
            let one_time = room.ledger.add_account(&admin(), "li.si").await.unwrap();
            room.clock.set(shifted(START, u64::from(days) * DAY, nanos));
            let answer = begin(&room, "li.si", &one_time).await;
            assert_eq!(answer.is_ok(), holds, "{days} {nanos}");
            if !holds {
                assert!(matches!(answer, Err(LedgerError::OneTimeLate)));
                assert!(refused(&begin(&room, "li.si", "another").await), "only who knows it is told");
                let again = room.ledger.reset_password(&admin(), "li.si").await.unwrap();
                must_change(&room, "li.si", &again).await;
            }
            room.assert_sound().await;
        }
    }
}

#[tokio::test]
async fn a_reset_signs_out_and_keeps_the_authenticator() {
    let room = room_with_user().await;
    let app = enrol(&room).await;
    let secret = authenticator::sign_in(&room, &app).await;
    assert!(matches!(room.ledger.reset_password(&admin(), "li.si").await, Err(LedgerError::NotFound { .. })));
    let one_time = room.ledger.reset_password(&admin(), "zhang.wei").await.unwrap();
    assert_eq!(room.ledger.session(&secret).await.unwrap(), None);
    assert!(refused(&begin(&room, "zhang.wei", PASSWORD).await));
    let (pending, what) = wanted(begin(&room, "zhang.wei", &one_time).await.unwrap());
    assert_eq!(what, Wanted::Code, "first the code, then the password");
    let (pending, what) = wanted(room.ledger.enter_code(&pending, &app.code(&room), PEER).await.unwrap());
    assert_eq!(what, Wanted::Password(WhyPassword::OneTime));
    opened(room.ledger.choose_password(&pending, NEW).await.unwrap());
    room.assert_sound().await;
}

#[tokio::test]
async fn an_administrator_with_a_one_time_password_changes_it_and_enrols() {
    let room = room_with_user().await;
    let one_time = room.ledger.add_account(&admin(), "li.si").await.unwrap();
    let step = room.ledger.sign_in("li.si", &one_time, PEER, Standing::Administrator).await.unwrap();
    let (pending, what) = wanted(step);
    assert_eq!(what, Wanted::Password(WhyPassword::OneTime));
    let (pending, what) = wanted(room.ledger.choose_password(&pending, NEW).await.unwrap());
    assert_eq!(what, Wanted::SecondFactor);
    let offer = room.ledger.offer_first_authenticator(&pending).await.unwrap();
    let code = authenticator::code_of(&offer.secret, room.clock.now());
    let (_, step) = room.ledger.confirm_first_authenticator(&pending, &code).await.unwrap();
    assert!(room.ledger.session(&opened(step)).await.unwrap().unwrap().administrator);
    room.assert_sound().await;
}

#[tokio::test]
async fn a_password_grows_old_where_a_pack_says_so() {
    for (days, nanos, old) in
        [(None, 1_i64, false), (Some(90), -1, false), (Some(90), 0, true), (Some(90), 1, true), (Some(30), -1, false), (Some(30), 0, true)]
    {
        let room = room_with_user().await;
        room.ledger.use_account_rules(AccountRules { password_days: days, ..AccountRules::default() });
        room.clock.set(shifted(START, u64::from(days.unwrap_or(3650)) * DAY, nanos));
        let step = begin(&room, "zhang.wei", PASSWORD).await.unwrap();
        assert_eq!(matches!(step, Step::Wanted { .. }), old, "{days:?} {nanos}");
        if let Step::Wanted { pending, what } = step {
            assert_eq!(what, Wanted::Password(WhyPassword::Age { days: days.unwrap() }));
            let same = room.ledger.choose_password(&pending, PASSWORD).await;
            assert!(matches!(same, Err(LedgerError::Password(PasswordFault::Same))));
            opened(room.ledger.choose_password(&pending, NEW).await.unwrap());
            room.ledger.login("zhang.wei", NEW, PEER).await.unwrap();
        }
        room.assert_sound().await;
    }
}

#[tokio::test]
async fn rules_of_packs_hold_wherever_a_password_is_set() {
    let room = room_with_user().await;
    let secret = room.ledger.login("zhang.wei", PASSWORD, PEER).await.unwrap();
    let one_time = room.ledger.add_account(&admin(), "li.si").await.unwrap();
    let pending = must_change(&room, "li.si", &one_time).await;
    room.ledger.use_account_rules(AccountRules { password_shortest: 14, password_classes: 3, ..AccountRules::default() });
    assert_eq!(room.ledger.account_rules().password_shortest, 14);
    for (new, fault) in [
        ("kettle Harb7", PasswordFault::Short { shortest: 14 }),
        ("kettleharbournine", PasswordFault::Classes { wanted: 3, found: 1 }),
        ("kettle harbour nine", PasswordFault::Classes { wanted: 3, found: 2 }),
    ] {
        let changed = room.ledger.change_password(&secret, PASSWORD, new, PEER).await;
        assert!(matches!(&changed, Err(LedgerError::Password(found)) if *found == fault), "{new}: {changed:?}");
        let chosen = room.ledger.choose_password(&pending, new).await;
        assert!(matches!(&chosen, Err(LedgerError::Password(found)) if *found == fault), "{new}: {chosen:?}");
    }
    let same = room.ledger.change_password(&secret, "Kettle harbour 9", "Kettle harbour 9", PEER).await;
    assert!(matches!(same, Err(LedgerError::Password(PasswordFault::Same))));
    room.ledger.change_password(&secret, PASSWORD, "Kettle harbour 9", PEER).await.unwrap();
    opened(room.ledger.choose_password(&pending, "Kettle harbour 9").await.unwrap());
}

#[tokio::test]
async fn who_is_disabled_has_no_session_no_token_and_no_way_in() {
    let room = room_with_user().await;
    let secret = room.ledger.login("zhang.wei", PASSWORD, PEER).await.unwrap();
    let own = NewToken { name: "own", owner: Some("zhang.wei"), scopes: &[Scope::LogsWrite], expires: None };
    let own = room.ledger.make_token(&admin(), &own).await.unwrap();
    let others = NewToken { name: "others", owner: None, scopes: &[Scope::LogsWrite], expires: None };
    let others = room.ledger.make_token(&admin(), &others).await.unwrap();
    for (length, fits) in [(REASON_CHARS + 1, false), (REASON_CHARS, true)] {
        assert_eq!(room.ledger.disable_account(&admin(), "zhang.wei", &"因".repeat(length)).await.is_ok(), fits, "{length}");
    }
    room.ledger.disable_account(&admin(), "zhang.wei", "again").await.unwrap();
    assert_eq!(room.ledger.session(&secret).await.unwrap(), None);
    assert_eq!(room.ledger.check_token(&own).await.unwrap(), None);
    assert_eq!(room.ledger.check_token(&others).await.unwrap().as_deref(), Some("others"));
    assert!(refused(&begin(&room, "zhang.wei", PASSWORD).await));
    assert_eq!(room.ledger.accounts().await.unwrap()[0].disabled, Some(START));
    let new = NewToken { name: "new", owner: Some("zhang.wei"), scopes: &[Scope::LogsWrite], expires: None };
    assert!(matches!(room.ledger.make_token(&admin(), &new).await, Err(LedgerError::Token(_))));
    let acts = room.acts().await;
    assert_eq!(acts[acts.len() - 4..], ["user.disable", "session.close", "token.revoke", "login.refused"]);
    assert_eq!(room.entries().await.last().unwrap().text("reason"), Some("disabled"));
    room.assert_sound().await;

    room.ledger.enable_account(&admin(), "zhang.wei").await.unwrap();
    room.ledger.enable_account(&admin(), "zhang.wei").await.unwrap();
    room.ledger.login("zhang.wei", PASSWORD, PEER).await.unwrap();
    assert_eq!(room.ledger.check_token(&own).await.unwrap(), None, "a revoked token stays revoked");
    for answer in [
        room.ledger.disable_account(&admin(), "nobody", "").await,
        room.ledger.enable_account(&admin(), "nobody").await,
        room.ledger.end_sessions(&admin(), "nobody").await,
    ] {
        assert!(matches!(answer, Err(LedgerError::NotFound { .. })));
    }
    room.assert_sound().await;
}

#[tokio::test]
async fn an_administrator_ends_the_sessions_of_another() {
    let room = room_with_user().await;
    let secrets =
        [room.ledger.login("zhang.wei", PASSWORD, PEER).await.unwrap(), room.ledger.login("zhang.wei", PASSWORD, PEER).await.unwrap()];
    room.ledger.end_sessions(&admin(), "zhang.wei").await.unwrap();
    for secret in secrets {
        assert_eq!(room.ledger.session(&secret).await.unwrap(), None);
    }
    room.assert_sound().await;
}
