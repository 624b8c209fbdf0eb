//! SQLite and PostgreSQL give the same answers; what only PostgreSQL can do wrong. Without a server one line says that a test was left out.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod room;

use std::sync::Arc;

use anlan_base::{SourceKey, text::Lang};
use anlan_ledger::{Actor, Copied, Ledger, LedgerError, Place, PostgresUrl, VALUE_BYTES};
use room::{Cluster, PASSWORD, PEER, Room, admin, cluster, options, room_in, room_of_file};
use sqlx::AssertSqlSafe;

/// Names whose order by bytes is not their order in any language.
const NAMES: [&str; 8] = ["zebra", "Zebra", "apple", "Äpfel", "张三", "李四", "a-b", "a.b"];

/// What a ledger answers about everything that was done in it, salts and secrets aside.
async fn answers(room: &Room) -> String {
    let ledger = &room.ledger;
    let code = ledger.first_run_code().await.unwrap();
    ledger.redeem_first_run(&code, "zhang.wei", PASSWORD).await.unwrap();
    ledger.set_lang(&admin(), "zhang.wei", Lang::En).await.unwrap();
    for (place, name) in NAMES.iter().enumerate() {
        room.clock.advance_seconds(61);
        let key = SourceKey::new(&format!("ip:192.0.2.{place}")).unwrap();
        ledger.source(&key).await.unwrap();
        ledger.name_source(&admin(), &key, name).await.unwrap();
        ledger.import_law_text(&admin(), (place % 2 == 0).then_some("csl@2025"), name, "第一条").await.unwrap();
        ledger.note_act(&Actor::Token((*name).into()), "note", &[("空", "")]).await.unwrap_err();
        ledger.note_act(&Actor::Token((*name).into()), "note", &[("empty", ""), ("long", &"长".repeat(VALUE_BYTES / 3))]).await.unwrap();
    }
    ledger.source_known(&SourceKey::new("ip:192.0.2.1").unwrap()).unwrap();
    let numbers: Vec<_> = ledger.outbox(1_000).await.unwrap().iter().map(|(number, _)| (*number, *number + 7)).collect();
    ledger.sequenced(&numbers[..5]).await.unwrap();
    assert_eq!(ledger.check_projections().await.unwrap(), Vec::<String>::new());
    let entries: Vec<_> = ledger.entries(1, 1_000).await.unwrap();
    let entries: Vec<_> = entries
        .iter()
        .map(|entry| {
            let texts: Vec<_> = entry
                .fields
                .iter()
                .filter(|field| !field.name.ends_with("_kept"))
                .map(|field| (&field.name, entry.text(&field.name)))
                .collect();
            format!("{} {:?} {texts:?}", entry.number, entry.leaf)
        })
        .collect();
    let rest = (
        ledger.sources().await.unwrap(),
        ledger.law_texts().await.unwrap(),
        ledger.users().await.unwrap(),
        ledger.has_users().await.unwrap(),
    );
    format!("{entries:#?} {rest:#?} {:?}", ledger.last_act_at(&["note", "x", "y"]).await.unwrap())
}

#[tokio::test]
async fn both_engines_give_the_same_answers() {
    let Some(cluster) = cluster() else { return };
    let (file, server) = (room_of_file(options()).await, room_in(cluster, options()).await);
    let (left, right) = (answers(&file).await, answers(&server).await);
    assert!(left == right, "{left}\n----\n{right}");
    let reader = server.reader().await.unwrap();
    assert_eq!(reader.entries(1, 1_000).await.unwrap(), server.entries().await);
    assert!(matches!(reader.note_act(&admin(), "x", &[]).await, Err(LedgerError::ReadOnly)));
    server.ledger.close().await;
    let again = server.reopen().await.unwrap();
    assert_eq!(again.entries(1, 1_000).await.unwrap(), reader.entries(1, 1_000).await.unwrap());
}

/// The rows of a table of texts come in the order of their bytes, whatever the language of the database.
#[tokio::test]
async fn texts_are_ordered_by_their_bytes() {
    let Some(cluster) = cluster() else { return };
    for room in [room_of_file(options()).await, room_in(cluster, options()).await] {
        let mut conn = room.intruder().await;
        for name in NAMES {
            let insert = "INSERT INTO source (source_key, class, first_heard) VALUES ($1, 'network', 1)";
            sqlx::query(insert).bind(name).execute(&mut conn).await.unwrap();
        }
        let listed: Vec<String> =
            sqlx::query_scalar("SELECT source_key FROM source ORDER BY source_key").fetch_all(&mut conn).await.unwrap();
        let mut sorted = NAMES.map(str::to_owned).to_vec();
        sorted.sort();
        assert_eq!(listed, sorted, "{}", room.place);
    }
}

#[tokio::test]
async fn a_second_writer_is_refused_while_the_first_lives() {
    let Some(cluster) = cluster() else { return };
    let room = room_in(cluster, options()).await;
    let refused = room.reopen().await.map(drop);
    assert!(matches!(&refused, Err(LedgerError::Held { url }) if url.starts_with("postgres:")), "{refused:?}");
    room.ledger.note_act(&admin(), "still.there", &[]).await.unwrap();
    room.reader().await.unwrap();
    room.ledger.close().await;
    room.reopen().await.unwrap().note_act(&admin(), "mine.now", &[]).await.unwrap();
}

#[tokio::test]
async fn a_server_that_crashes_keeps_what_was_acknowledged() {
    if cluster().is_none() {
        return;
    }
    let own = Arc::new(Cluster::start_own(""));
    let room = room_in(own.clone(), options()).await;
    for n in 0..20 {
        room.ledger.note_act(&admin(), "count", &[("n", &n.to_string())]).await.unwrap();
    }
    own.crash();
    // Whatever meets the dead connections may fail; then there are new ones, with the lock again.
    let _ = room.ledger.note_act(&admin(), "count", &[]).await;
    let _ = room.ledger.entries(1, 1).await;
    room.ledger.note_act(&admin(), "after", &[]).await.unwrap();
    let acts = room.acts().await;
    assert!(acts.len() >= 21 && acts.last().unwrap() == "after", "{acts:?}");
    room.assert_sound().await;
    assert!(matches!(room.reopen().await.map(drop), Err(LedgerError::Held { .. })));
}

#[tokio::test]
async fn a_server_that_forgets_is_refused() {
    if cluster().is_none() {
        return;
    }
    for setting in ["fsync", "full_page_writes"] {
        let own = Cluster::start_own(&format!("-c {setting}=off"));
        let place = Place::Postgres(PostgresUrl::parse(&own.database()).unwrap());
        let clock = Arc::new(anlan_base::ManualClock::at(room::START));
        let refused = Ledger::open_database(&place, clock, options()).await.map(drop);
        assert!(matches!(&refused, Err(LedgerError::Forgetful { setting: told, .. }) if *told == setting), "{refused:?}");
    }
}

/// What a database or a role says of commits does not hold for us.
#[tokio::test]
async fn commits_are_awaited_whatever_the_database_says() {
    let Some(cluster) = cluster() else { return };
    let room = room_in(cluster, options()).await;
    room.ledger.close().await;
    let Place::Postgres(url) = &room.place else { unreachable!() };
    let name = url.as_str().trim_start_matches("postgres:///").split('?').next().unwrap();
    for setting in ["synchronous_commit = off", "search_path = public", "default_transaction_read_only = on"] {
        let alter = format!("ALTER DATABASE {name} SET {setting}");
        let mut conn = room.intruder().await;
        sqlx::raw_sql(AssertSqlSafe(format!("SET default_transaction_read_only = off; {alter}"))).execute(&mut conn).await.unwrap();
    }
    let ledger = room.reopen().await.unwrap();
    ledger.note_act(&admin(), "x", &[]).await.unwrap();
    assert_eq!(ledger.entries(1, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_cannot_be_reached_is_told_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(anlan_base::ManualClock::at(room::START));
    let mut urls = vec![format!("postgres://a@localhost/b?host={}", dir.path().display()), "postgres://a@127.0.0.1:1/b".to_owned()];
    urls.extend(cluster().map(|cluster| cluster.url("nobody_made_this")));
    for url in urls {
        let place = Place::Postgres(PostgresUrl::parse(&url).unwrap());
        let answer = Ledger::open_database(&place, clock.clone(), options()).await.map(drop);
        assert!(matches!(&answer, Err(LedgerError::Unreached { url: told, .. }) if *told == url), "{answer:?}");
        let answer = Ledger::open_database_readonly(&place).await.map(drop);
        assert!(matches!(&answer, Err(LedgerError::Unreached { .. })), "{answer:?}");
    }
}

#[tokio::test]
async fn a_reader_does_not_bring_a_server_up_to_date() {
    let Some(cluster) = cluster() else { return };
    let room = room_in(cluster, options()).await;
    room.tamper("DELETE FROM migration WHERE version > 1").await;
    assert!(matches!(room.reader().await.map(drop), Err(LedgerError::Older { found: 1, .. })));
}

#[tokio::test]
async fn a_database_belongs_to_one_log() {
    let mut rooms = vec![room_of_file(options()).await];
    if let Some(cluster) = cluster() {
        rooms.push(room_in(cluster, options()).await);
    }
    for room in rooms {
        room.ledger.claim("anlan.local/0123456789abcdef").await.unwrap();
        room.ledger.claim("anlan.local/0123456789abcdef").await.unwrap();
        let refused = room.ledger.claim("anlan.local/fedcba9876543210").await;
        assert!(matches!(refused, Err(LedgerError::Foreign { owner }) if owner == "anlan.local/0123456789abcdef"));
    }
}

/// More than one statement takes; numbers follow each other; all or none.
#[tokio::test]
async fn many_acts_are_noted_at_once() {
    let mut rooms = vec![room_of_file(options()).await];
    if let Some(cluster) = cluster() {
        rooms.push(room_in(cluster, options()).await);
    }
    for room in rooms {
        let mut expected = 0;
        for count in [0, 1, 199, 200, 201, 400, 1_001] {
            let values: Vec<String> = (0..count).map(|n| n.to_string()).collect();
            let fields: Vec<_> = values.iter().map(|value| [("n", value.as_str())]).collect();
            let acts: Vec<_> = fields.iter().map(|fields| ("count", fields.as_slice())).collect();
            room.ledger.note_acts(&admin(), &acts).await.unwrap();
            expected += count;
            let mut bad = acts.clone();
            bad.push(("Bad act", &[]));
            assert!(room.ledger.note_acts(&admin(), &bad).await.is_err());
            if let Some(last) = room.ledger.entries(expected as u64, 10).await.unwrap().last() {
                assert_eq!((last.number, last.text("n")), (expected as u64, values.last().map(String::as_str)));
            }
        }
        room.assert_sound().await;
        room.ledger.login("nobody", "x", PEER).await.unwrap_err();
    }
}

/// Parts of a copy: names and bytes.
type Parts = Vec<(String, Vec<u8>)>;

/// Everything that `ledger` hands out.
async fn taken_out(ledger: &Ledger) -> (Copied, Parts) {
    let mut parts = Vec::new();
    let mut keep = |name: &str, bytes: &[u8]| {
        parts.push((name.to_owned(), bytes.to_vec()));
        Ok(())
    };
    let copied = ledger.export(&mut keep).await.unwrap();
    (copied, parts)
}

async fn brought_in(place: &Place, copied: Copied, log_size: u64, parts: &[(String, Vec<u8>)]) -> Result<(), LedgerError> {
    let mut left = parts.iter().rev();
    Ledger::import(place, room::START, copied, log_size, &mut || Ok(left.next().map(|(_, bytes)| bytes.clone()))).await
}

// BACKUP-3: rows go from either engine to either and are the same.
#[tokio::test]
async fn a_copy_goes_from_either_engine_to_either() {
    let mut from = vec![room_of_file(options()).await];
    from.extend(room_on_server().await);
    for room in from {
        answers(&room).await;
        let secret = room.ledger.login("zhang.wei", PASSWORD, PEER).await.unwrap();
        let (copied, parts) = taken_out(&room.ledger).await;
        assert_eq!(copied.entries, room.entries().await.len() as u64);
        let dir = tempfile::tempdir().unwrap();
        let mut to = vec![Place::Sqlite(dir.path().join("ledger.db"))];
        to.extend(cluster_place(&room).await);
        for place in to {
            brought_in(&place, copied, 10, &parts).await.unwrap();
            let ledger = Ledger::open_database(&place, room.clock.clone(), options()).await.unwrap();
            // Five have leaves 8 to 12: those from 10 on are forgotten.
            let mut expected = room.entries().await;
            expected.iter_mut().for_each(|entry| entry.leaf = entry.leaf.filter(|leaf| *leaf < 10));
            assert_eq!(ledger.entries(1, 1_000).await.unwrap(), expected, "{place}");
            assert_eq!(ledger.check_projections().await.unwrap(), Vec::<String>::new());
            assert_eq!(ledger.sources().await.unwrap(), room.ledger.sources().await.unwrap());
            assert!(ledger.session(&secret).await.unwrap().is_some());
            let (again, twice) = taken_out(&ledger).await;
            assert_eq!((again, twice.len()), (copied, parts.len()));
            for ((name, bytes), (_, before)) in twice.iter().zip(&parts).filter(|((name, _), _)| !name.starts_with("entry/")) {
                assert_eq!(bytes, before, "{name} of {place}");
            }
            ledger.note_act(&admin(), "after", &[]).await.unwrap();
            ledger.close().await;
            assert!(matches!(brought_in(&place, copied, 10, &parts).await, Err(LedgerError::NotEmpty)), "{place}");
        }
    }
}

async fn room_on_server() -> Option<Room> {
    match cluster() {
        Some(cluster) => Some(room_in(cluster, options()).await),
        None => None,
    }
}

async fn cluster_place(room: &Room) -> Option<Place> {
    let cluster = room.cluster.clone().or_else(cluster)?;
    Some(Place::Postgres(PostgresUrl::parse(&cluster.database()).unwrap()))
}

// BACKUP-3
#[tokio::test]
async fn a_broken_copy_fills_nothing() {
    let room = room_of_file(options()).await;
    answers(&room).await;
    let (copied, parts) = taken_out(&room.ledger).await;
    let entry = parts.iter().position(|(name, _)| name.starts_with("entry/")).unwrap();
    let source = parts.iter().position(|(name, _)| name.starts_with("source/")).unwrap();
    let change = |at: usize, change: &dyn Fn(&mut Vec<u8>)| {
        let mut parts = parts.clone();
        change(&mut parts[at].1);
        parts
    };
    let cases: Vec<(&str, Parts)> = vec![
        ("a part less", [&parts[..entry], &parts[entry + 1..]].concat()),
        ("a part twice", [parts.as_slice(), &parts[source..=source]].concat()),
        ("cut short", change(entry, &|bytes| bytes.truncate(bytes.len() - 1))),
        ("a byte more", change(entry, &|bytes| bytes.push(0))),
        ("no rows at all", vec![]),
        ("another table", change(source, &|bytes| bytes[14..20].copy_from_slice(b"sourcf"))),
        ("empty", change(source, &Vec::clear)),
    ];
    for (what, parts) in cases {
        let dir = tempfile::tempdir().unwrap();
        let place = Place::Sqlite(dir.path().join("ledger.db"));
        assert!(brought_in(&place, copied, 100, &parts).await.is_err(), "{what}");
        let ledger = Ledger::open_database(&place, room.clock.clone(), options()).await.unwrap();
        assert_eq!(ledger.entries(1, 10).await.unwrap(), [], "{what}");
    }
    let newer = Copied { schema: 99, ..copied };
    let dir = tempfile::tempdir().unwrap();
    let refused = brought_in(&Place::Sqlite(dir.path().join("ledger.db")), newer, 1, &parts).await;
    assert!(matches!(refused, Err(LedgerError::Newer { found: 99, .. })));
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}
