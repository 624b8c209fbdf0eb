//! Entries, their digests, the outbox.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod room;

use std::sync::Arc;

use anlan_base::{Clock as _, SourceKey, text::Lang};
use anlan_ledger::{
    Actor, EntryFault, EntryField, EntryRow, FIELDS, LedgerError, NAME_BYTES, PAGE, VALUE_BYTES, entry_digest, field_digest,
};
use room::{PASSWORD, PEER, START, admin, options, room, room_with, room_with_user};

fn unhex<const N: usize>(text: &str) -> [u8; N] {
    bytes(text).try_into().unwrap()
}

fn bytes(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

struct Vector {
    what: String,
    row: EntryRow,
    digest: [u8; 32],
    body: Vec<u8>,
}

fn vectors() -> Vec<Vector> {
    let text = include_str!("../../../spec/vectors/entry/entries.json");
    let cases: Vec<serde_json::Value> = serde_json::from_str(text).unwrap();
    let field = |field: &serde_json::Value| EntryField {
        name: field["name"].as_str().unwrap().into(),
        salt: field["salt"].as_str().map(unhex),
        value: field["value"].as_str().map(bytes),
        digest: unhex(field["field_digest"].as_str().unwrap()),
    };
    let case = |case: &serde_json::Value| {
        let fields = case["fields"].as_array().unwrap().iter().map(field).collect();
        let row = EntryRow { number: case["number"].as_str().unwrap().parse().unwrap(), fields, leaf: None, is_broken: false };
        let (digest, body) = (unhex(case["digest"].as_str().unwrap()), bytes(case["body"].as_str().unwrap()));
        Vector { what: case["what"].as_str().unwrap().to_owned(), row, digest, body }
    };
    cases.iter().map(case).collect()
}

// ENT-1: the vector with erased fields has the digest it had before.
#[test]
fn digests_are_those_of_the_vectors() {
    let vectors = vectors();
    assert!(vectors.len() >= 5);
    for Vector { what, row, digest, .. } in vectors {
        assert_eq!(row.check().as_ref(), Ok(&digest), "{what}");
        for field in &row.fields {
            if let (Some(salt), Some(value)) = (&field.salt, &field.value) {
                assert_eq!(field_digest(salt, value), field.digest, "{what}");
            }
        }
        let mut backwards: Vec<_> = row.fields.iter().map(|field| (field.name.as_str(), field.digest)).collect();
        backwards.reverse();
        assert_eq!(entry_digest(row.number, &backwards), digest, "{what}");
    }
}

#[test]
fn any_other_byte_in_a_row_changes_its_digest_or_is_a_fault() {
    for Vector { what, row, digest, .. } in vectors() {
        let differs = |change: &dyn Fn(&mut EntryRow)| {
            let mut other = row.clone();
            change(&mut other);
            assert_ne!(other.check().ok(), Some(digest), "{what}");
        };
        differs(&|row| row.number ^= 1);
        differs(&|row| drop(row.fields.pop()));
        for at in 0..row.fields.len() {
            differs(&|row| row.fields[at].name.insert(0, 'x'));
            differs(&|row| row.fields[at].digest[31] ^= 1);
            differs(&|row| row.fields[at].salt = Some([7; 16]));
            differs(&|row| row.fields[at].value = Some(b"another".to_vec()));
        }
    }
}

// ENT-3
#[tokio::test]
async fn bodies_are_those_of_the_vectors() {
    let room = room().await;
    for Vector { what, mut row, body, .. } in vectors().into_iter().filter(|vector| i64::try_from(vector.row.number).is_ok()) {
        let insert = sqlx::query("INSERT INTO entry (number, leaf, body) VALUES ($1, NULL, $2)").bind(row.number as i64).bind(body.clone());
        insert.execute(&mut room.intruder().await).await.unwrap();
        row.fields.sort_by(|a, b| a.name.cmp(&b.name));
        assert_eq!(room.ledger.entries(row.number, 1).await.unwrap(), [row.clone()], "{what}");
        assert_eq!(room::body(&row), body, "{what}");
    }
}

// ENT-1, ENT-4
#[tokio::test]
async fn an_erased_field_leaves_the_digest_as_it_was() {
    let room = room().await;
    room.ledger.note_act(&Actor::System, "visit.note", &[("person", "李四"), ("room", "201")]).await.unwrap();
    let before = room.entries().await[0].check().unwrap();
    room.forge(1, |row| room::erase(room::field(row, "person"))).await;
    let after = &room.entries().await[0];
    assert_eq!(after.check(), Ok(before));
    assert_eq!((after.text("person"), after.text("room")), (None, Some("201")));
    assert_eq!(room.ledger.outbox(10).await.unwrap(), [(1, before)]);
}

#[tokio::test]
async fn salts_are_never_the_same() {
    let room = room().await;
    for _ in 0..3 {
        room.ledger.note_act(&Actor::System, "visit.note", &[("same", "same")]).await.unwrap();
    }
    let digests: std::collections::BTreeSet<_> =
        room.entries().await.iter().flat_map(|entry| entry.fields.clone()).map(|field| (field.salt, field.digest)).collect();
    assert_eq!(digests.len(), 12);
}

#[tokio::test]
async fn every_entry_says_when_who_and_what() {
    let room = room_with_user().await;
    let table = [
        (Actor::User("zhang.wei".into()), "user:zhang.wei"),
        (Actor::Uid(1000), "uid:1000"),
        (Actor::Token("web01".into()), "token:web01"),
        (Actor::System, "system"),
    ];
    for (actor, text) in table {
        room.clock.advance_seconds(1);
        room.ledger.note_act(&actor, "proof.make", &[("seq", "17")]).await.unwrap();
        let entries = room.entries().await;
        let last = entries.last().unwrap();
        assert_eq!(last.text("actor"), Some(text));
        assert_eq!(last.text("at"), Some(room.clock.now().0.to_string().as_str()));
        assert_eq!((last.text("act"), last.text("seq")), (Some("proof.make"), Some("17")));
    }
    room.assert_sound().await;
}

#[tokio::test]
async fn names_values_and_fields_have_limits() {
    let room = room().await;
    let note = |act: String, fields: Vec<(String, String)>| {
        let ledger = room.ledger.clone();
        async move {
            let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            ledger.note_act(&Actor::System, &act, &fields).await
        }
    };
    for (length, fits) in [(0, false), (1, true), (NAME_BYTES - 1, true), (NAME_BYTES, true), (NAME_BYTES + 1, false)] {
        assert_eq!(note("a".repeat(length), vec![]).await.is_ok(), fits, "act of {length}");
        assert_eq!(note("act".into(), vec![("n".repeat(length), String::new())]).await.is_ok(), fits, "name of {length}");
    }
    for (length, fits) in [(VALUE_BYTES - 1, true), (VALUE_BYTES, true), (VALUE_BYTES + 1, false)] {
        assert_eq!(note("act".into(), vec![("value".into(), "v".repeat(length))]).await.is_ok(), fits, "value of {length}");
    }
    for (own, fits) in [(FIELDS - 4, true), (FIELDS - 3, true), (FIELDS - 2, false)] {
        let fields = (0..own).map(|n| (format!("f{n}"), String::new())).collect();
        assert_eq!(note("act".into(), fields).await.is_ok(), fits, "{own} fields");
    }
    for (act, name) in [
        ("Act", "f"),
        ("a b", "f"),
        ("动作", "f"),
        ("act", "F"),
        ("act", "f-g"),
        ("act", "at"),
        ("act", "actor"),
        ("act", "act"),
        ("user.create", "user"),
    ] {
        assert!(note(act.into(), vec![(name.into(), "x".into())]).await.is_err(), "{act} {name}");
    }
    assert!(matches!(note("act".into(), vec![("f".into(), "1".into()), ("f".into(), "2".into())]).await, Err(LedgerError::Exists { .. })));
    room.assert_sound().await;
}

#[tokio::test]
async fn pages_have_a_limit() {
    let room = room().await;
    for n in 0..5 {
        room.ledger.note_act(&Actor::System, "count", &[("n", &n.to_string())]).await.unwrap();
    }
    let numbers = |rows: Vec<EntryRow>| rows.iter().map(|row| row.number).collect::<Vec<_>>();
    assert_eq!(numbers(room.ledger.entries(2, 3).await.unwrap()), [2, 3, 4]);
    assert_eq!(numbers(room.ledger.entries(5, PAGE + 1).await.unwrap()), [5]);
    assert_eq!(numbers(room.ledger.entries(6, 3).await.unwrap()), [0_u64; 0]);
    assert_eq!(numbers(room.ledger.entries(0, 0).await.unwrap()), [0_u64; 0]);
}

// ENT-2: the outbox hands entries out in rising number, and never one whose leaf is known.
#[tokio::test]
async fn the_outbox_empties_in_order_and_may_be_repeated() {
    let room = room().await;
    for n in 0..6 {
        room.ledger.note_act(&Actor::System, "count", &[("n", &n.to_string())]).await.unwrap();
    }
    let digests: Vec<_> = room.entries().await.iter().map(|entry| (entry.number, entry.digest())).collect();
    assert_eq!(room.ledger.outbox(2).await.unwrap(), digests[..2]);
    assert_eq!(room.ledger.outbox(100).await.unwrap(), digests);
    room.ledger.sequenced(&[(1, 10), (2, 11), (4, 13)]).await.unwrap();
    assert_eq!(room.ledger.outbox(100).await.unwrap(), [digests[2], digests[4], digests[5]]);
    room.ledger.sequenced(&[(1, 10), (2, 11)]).await.unwrap();
    assert!(matches!(room.ledger.sequenced(&[(3, 12), (1, 99)]).await, Err(LedgerError::Rebound { number: 1, leaf: 99 })));
    assert!(matches!(room.ledger.sequenced(&[(7, 20)]).await, Err(LedgerError::Rebound { number: 7, .. })));
    assert_eq!(room.ledger.outbox(100).await.unwrap().len(), 3, "all or none");
    room.ledger.sequenced(&[]).await.unwrap();
    room.ledger.sequenced(&[(3, 12), (5, 14), (6, 15)]).await.unwrap();
    assert_eq!(room.ledger.outbox(100).await.unwrap(), []);
    assert_eq!(room.entries().await.iter().map(|entry| entry.leaf).collect::<Vec<_>>(), (10..16).map(Some).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_outbox_hands_out_nothing_that_was_tampered_with() {
    let room = room().await;
    room.ledger.note_act(&Actor::System, "count", &[("n", "1")]).await.unwrap();
    let mut body = room.body_of(1).await;
    let at = body.len() - 9;
    assert_eq!(body[at], b'1');
    body[at] = b'2';
    room.put_body(1, &body).await;
    assert_eq!(room.entries().await[0].check(), Err(EntryFault::Broken));
    assert!(matches!(room.ledger.outbox(10).await, Err(LedgerError::Damaged { .. })));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_tasks_at_once_leave_no_hole() {
    let room = Arc::new(room_with_user().await);
    let before = room.entries().await.len() as u64;
    let tasks: Vec<_> = (0..50)
        .map(|n| {
            let room = room.clone();
            tokio::spawn(async move {
                let key = SourceKey::new(&format!("ip:192.0.2.{n}")).unwrap();
                let shared = SourceKey::new("ip:198.51.100.1").unwrap();
                room.ledger.source(&key).await.unwrap();
                room.ledger.source(&shared).await.unwrap();
                let token = room.ledger.add_token(&admin(), &format!("web{n}")).await.unwrap();
                room.ledger.check_token(&token).await.unwrap().unwrap();
                room.ledger.name_source(&admin(), &shared, &format!("{n}")).await.unwrap();
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(room.entries().await.len() as u64, before + 50 + 1 + 50 + 50);
    assert_eq!(room.ledger.sources().await.unwrap().len(), 51);
    room.assert_sound().await;
}

#[tokio::test]
async fn what_was_not_committed_is_gone_after_reopening_and_its_number_is_used() {
    let room = room_with_user().await;
    room.ledger.note_act(&Actor::System, "before", &[]).await.unwrap();
    let count = room.entries().await.len();
    {
        // A process that dies inside its transaction: entry written, commit never asked for.
        let mut dying = room.intruder().await;
        sqlx::raw_sql("BEGIN; INSERT INTO entry (number, leaf) VALUES (1000, NULL);").execute(&mut dying).await.unwrap();
    }
    room.ledger.close().await;
    let ledger = room.reopen().await.unwrap();
    assert_eq!(ledger.entries(1, 1_000).await.unwrap().len(), count);
    ledger.note_act(&Actor::System, "after", &[]).await.unwrap();
    assert_eq!(ledger.entries(1, 1_000).await.unwrap().last().unwrap().number, count as u64 + 1);
    assert_eq!(ledger.check_projections().await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn a_change_whose_caller_goes_away_is_whole_or_not_there() {
    let room = Arc::new(room_with_user().await);
    for polls in 0..40 {
        let name = format!("t{polls}");
        let actor = admin();
        let mut change = Box::pin(room.ledger.add_token(&actor, &name));
        for _ in 0..polls {
            tokio::select! { biased; _ = &mut change => break, () = tokio::task::yield_now() => {} }
        }
        drop(change);
    }
    room.assert_sound().await;
    let adds = room.acts().await.iter().filter(|act| *act == "token.add").count();
    assert_eq!(room.ledger.tokens().await.unwrap().len(), adds);
}

#[tokio::test]
async fn everything_is_there_after_reopening() {
    let room = room_with_user().await;
    let secret = room.ledger.login("zhang.wei", PASSWORD, PEER).await.unwrap();
    let token = room.ledger.add_token(&admin(), "web01").await.unwrap();
    let key = SourceKey::new("ip:192.0.2.1").unwrap();
    room.ledger.source(&key).await.unwrap();
    room.ledger.name_source(&admin(), &key, "核心交换机").await.unwrap();
    room.ledger.set_lang(&admin(), "zhang.wei", Lang::En).await.unwrap();
    let entries = room.entries().await;
    room.ledger.close().await;
    assert_eq!(std::fs::read_dir(room.dir.path()).unwrap().count(), usize::from(room.is_file()));

    let ledger = room.reopen().await.unwrap();
    assert_eq!(ledger.entries(1, 1_000).await.unwrap(), entries);
    assert_eq!(ledger.session(&secret).await.unwrap().unwrap().user.lang, Some(Lang::En));
    assert_eq!(ledger.check_token(&token).await.unwrap().as_deref(), Some("web01"));
    assert_eq!(ledger.source_known(&key).unwrap().name.as_deref(), Some("核心交换机"));
    assert!(ledger.has_users().await.unwrap());
    assert_eq!(ledger.check_projections().await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn no_secret_stands_in_an_entry_or_in_the_file() {
    let room = room_with(options()).await;
    let code = room.ledger.first_run_code().await.unwrap();
    room.ledger.redeem_first_run(&code, "zhang.wei", PASSWORD).await.unwrap();
    let secret = room.ledger.login("zhang.wei", PASSWORD, PEER).await.unwrap();
    let csrf = room.ledger.session(&secret).await.unwrap().unwrap().csrf;
    let token = room.ledger.add_token(&admin(), "web01").await.unwrap();
    let typed = room.ledger.login("a-password-typed-as-a-name", "x", PEER).await;
    assert!(matches!(typed, Err(LedgerError::Refused)));
    let mut intruder = room.intruder().await;
    let hash: String = sqlx::query_scalar("SELECT password_hash FROM account").fetch_one(&mut intruder).await.unwrap();
    sqlx::Connection::close(intruder).await.unwrap();
    let in_entries = |needle: &[u8], values: &[Vec<u8>]| values.iter().any(|value| value.windows(needle.len()).any(|part| part == needle));
    let values: Vec<Vec<u8>> = room.entries().await.into_iter().flat_map(|entry| entry.fields).filter_map(|field| field.value).collect();
    for needle in [code.as_str(), &code.replace('-', ""), PASSWORD, &secret, &csrf, &token, &hash, "a-password-typed-as-a-name"] {
        assert!(!in_entries(needle.as_bytes(), &values), "{needle}");
    }
    room.ledger.close().await;
    if !room.is_file() {
        return;
    }
    let file = vec![std::fs::read(room.file()).unwrap()];
    for needle in [code.as_str(), &code.replace('-', ""), PASSWORD, &secret, &csrf, &token, "a-password-typed-as-a-name"] {
        assert!(!in_entries(needle.as_bytes(), &file), "{needle}");
    }
    assert!(in_entries(b"zhang.wei", &file));
}

#[tokio::test]
async fn the_newest_of_some_acts_is_found() {
    let room = room().await;
    let acts = ["server.start", "server.alive", "server.stop"];
    assert_eq!(room.ledger.last_act_at(&acts).await.unwrap(), None);
    for act in ["server.start", "server.stop", "log.search", "server.start", "proof.make"] {
        room.clock.advance_seconds(60);
        room.ledger.note_act(&admin(), act, &[]).await.unwrap();
    }
    assert_eq!(room.ledger.last_act_at(&acts).await.unwrap(), Some(START.plus_seconds(240)));
}
