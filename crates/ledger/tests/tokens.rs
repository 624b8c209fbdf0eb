//! Scopes, ends and owners of API tokens.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod room;

use anlan_base::{Clock as _, Instant};
use anlan_law::accounts::AccountRules;
use anlan_ledger::{LedgerError, LedgerOptions, NewToken, Scope, TokenFault, TokenHolder};
use room::{START, admin, options, room, room_with, room_with_user};

const DAY: u64 = 24 * 60 * 60;

fn token<'a>(name: &'a str, scopes: &'a [Scope]) -> NewToken<'a> {
    NewToken { name, owner: None, scopes, expires: None }
}

#[tokio::test]
async fn a_token_opens_what_its_scopes_say() {
    let room = room_with_user().await;
    let table: [(&str, &[Scope], &str); 5] = [
        ("a", &[Scope::LogsWrite], "logs:write"),
        ("b", &[Scope::RecordsRead], "records:read"),
        ("c", &[Scope::RecordsWrite], "records:write"),
        ("d", &[Scope::RecordsWrite, Scope::RecordsRead, Scope::RecordsRead], "records:read records:write"),
        ("e", &Scope::ALL, "logs:write logs:read records:read records:write"),
    ];
    for (name, scopes, written) in table {
        let new = NewToken { owner: Some("zhang.wei"), ..token(name, scopes) };
        let secret = room.ledger.make_token(&admin(), &new).await.unwrap();
        let holder = room.ledger.token_holder(&secret).await.unwrap().unwrap();
        assert_eq!((holder.name.as_str(), holder.owner.as_deref()), (name, Some("zhang.wei")));
        for scope in Scope::ALL {
            assert_eq!(holder.may(scope), scopes.contains(&scope), "{name} {scope:?}");
            assert_eq!(Scope::parse(scope.as_str()), Some(scope));
        }
        assert_eq!(room.ledger.check_token(&secret).await.unwrap().is_some(), scopes.contains(&Scope::LogsWrite), "{name}");
        assert_eq!(room.entries().await.last().unwrap().text("scopes"), Some(written));
        assert_eq!(room.ledger.tokens().await.unwrap().last().unwrap().scopes, holder.scopes);
    }
    assert!(matches!(room.ledger.make_token(&admin(), &token("f", &[])).await, Err(LedgerError::Token(TokenFault::NoScope))));
    for unknown in ["", "logs", "logs:erase", "LOGS:WRITE", "*"] {
        assert_eq!(Scope::parse(unknown), None);
    }
    room.assert_sound().await;
}

#[tokio::test]
async fn a_token_ends_when_it_says() {
    for (nanos, good) in [(-1_i64, true), (0, false), (1, false)] {
        let room = room().await;
        let end = START.plus_seconds(3 * DAY);
        let new = NewToken { expires: Some(end), ..token("a", &[Scope::LogsWrite]) };
        let secret = room.ledger.make_token(&admin(), &new).await.unwrap();
        room.clock.set(Instant(end.0.checked_add_signed(nanos).unwrap()));
        assert_eq!(room.ledger.token_holder(&secret).await.unwrap().is_some(), good, "{nanos}");
        assert_eq!(room.ledger.check_token(&secret).await.unwrap().is_some(), good, "{nanos}");
        assert_eq!(room.ledger.tokens().await.unwrap()[0].expires, Some(end));
        room.assert_sound().await;
    }
}

#[tokio::test]
async fn the_end_lies_within_a_year_or_what_the_rules_say() {
    let usual = AccountRules::default();
    for (rules, longest, default) in [
        (usual, 365, 365),
        (AccountRules { token_days: 90, ..usual }, 365, 90),
        (AccountRules { token_longest_days: 30, ..usual }, 30, 30),
        (AccountRules { token_longest_days: 30, token_days: 7, ..usual }, 30, 7),
    ] {
        let room = room().await;
        room.ledger.use_account_rules(rules);
        let last = START.plus_seconds(longest * DAY).0;
        for (n, (end, fits)) in
            [(START.0, false), (START.0 + 1, true), (last - 1, true), (last, true), (last + 1, false), (u64::MAX, false)]
                .into_iter()
                .enumerate()
        {
            let name = format!("t{n}");
            let new = NewToken { expires: Some(Instant(end)), ..token(&name, &[Scope::LogsWrite]) };
            let answer = room.ledger.make_token(&admin(), &new).await;
            assert_eq!(answer.is_ok(), fits, "{longest} {n}");
            let days = u32::try_from(longest).unwrap();
            assert!(fits || matches!(answer, Err(LedgerError::Token(TokenFault::Expiry { longest_days })) if longest_days == days));
        }
        room.ledger.make_token(&admin(), &token("usual", &[Scope::LogsWrite])).await.unwrap();
        assert_eq!(room.ledger.tokens().await.unwrap().last().unwrap().expires, Some(START.plus_seconds(default * DAY)));
        room.assert_sound().await;
    }
}

#[tokio::test]
async fn an_owner_is_an_account() {
    let room = room_with_user().await;
    let new = NewToken { owner: Some("li.si"), ..token("a", &[Scope::LogsWrite]) };
    assert!(matches!(room.ledger.make_token(&admin(), &new).await, Err(LedgerError::NotFound { .. })));
    room.ledger.add_token(&admin(), "b").await.unwrap();
    room.ledger.add_token(&anlan_ledger::Actor::Uid(0), "c").await.unwrap();
    let owners: Vec<_> = room.ledger.tokens().await.unwrap().into_iter().map(|row| row.owner).collect();
    assert_eq!(owners, [Some("zhang.wei".to_owned()), None]);
    room.assert_sound().await;
}

/// A row whose owner was disabled by hand is refused all the same.
#[tokio::test]
async fn a_token_of_who_is_disabled_is_refused() {
    let room = room_with_user().await;
    let new = NewToken { owner: Some("zhang.wei"), ..token("a", &[Scope::LogsWrite]) };
    let secret = room.ledger.make_token(&admin(), &new).await.unwrap();
    room.tamper("UPDATE account SET disabled = 1").await;
    assert_eq!(room.ledger.check_token(&secret).await.unwrap(), None);
}

#[tokio::test]
async fn tokens_at_their_end_take_no_place() {
    let room = room_with(LedgerOptions { tokens: 1, ..options() }).await;
    let new = NewToken { expires: Some(START.plus_seconds(60)), ..token("a", &[Scope::LogsWrite]) };
    room.ledger.make_token(&admin(), &new).await.unwrap();
    room.clock.advance_seconds(59);
    assert!(matches!(room.ledger.add_token(&admin(), "b").await, Err(LedgerError::Full { .. })));
    room.clock.advance_seconds(1);
    room.ledger.add_token(&admin(), "b").await.unwrap();
    assert_eq!(room.clock.now(), START.plus_seconds(60));
}

/// As the first release made them: no scope, no owner, no end.
#[tokio::test]
async fn an_older_token_sends_logs_for_ever() {
    let room = room().await;
    let secret = room.ledger.add_token(&admin(), "old").await.unwrap();
    room.tamper("UPDATE token SET expires = NULL").await;
    room.forge(1, |row| row.fields.retain(|field| !["expires", "scopes"].contains(&field.name.as_str()))).await;
    room.assert_sound().await;
    room.clock.advance_seconds(20 * 365 * DAY);
    let holder = TokenHolder { name: "old".into(), owner: None, scopes: vec![Scope::LogsWrite] };
    assert_eq!(room.ledger.token_holder(&secret).await.unwrap(), Some(holder));
}

#[tokio::test]
async fn an_unknown_scope_in_a_row_is_damage() {
    let room = room().await;
    let secret = room.ledger.add_token(&admin(), "a").await.unwrap();
    room.tamper("UPDATE token SET scopes = 'everything'").await;
    assert!(matches!(room.ledger.token_holder(&secret).await, Err(LedgerError::Damaged { .. })));
    assert_eq!(room.ledger.check_projections().await.unwrap(), ["token"]);
}
