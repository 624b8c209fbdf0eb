//! A ledger in a temporary folder with a clock that stands still, for the tests at the crate's boundary.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may; each test file uses its own part"
)]

mod cluster;

use std::path::PathBuf;
use std::sync::Arc;

use anlan_base::{Instant, ManualClock};
use anlan_ledger::{
    Actor, EntryField, EntryRow, HashCost, Ledger, LedgerError, LedgerOptions, Place, PostgresUrl, entry_digest, field_digest,
};
pub use cluster::{Cluster, cluster};
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _};

pub const PASSWORD: &str = "correct horse battery";
pub const PEER: &str = "192.0.2.7:50000";
pub const START: Instant = Instant(1_795_000_000_000_000_000);
/// `postgres` runs the tests on a server of their own instead of on SQLite.
const ENGINE: &str = "ANLAN_TEST_ENGINE";

pub struct Room {
    pub ledger: Arc<Ledger>,
    pub clock: Arc<ManualClock>,
    pub dir: tempfile::TempDir,
    pub place: Place,
    /// Runs as long as a room needs it.
    pub cluster: Option<Arc<Cluster>>,
}

/// Entries of a first run: code, account, root unit, person, four grants.
pub const AFTER_FIRST_RUN: usize = 8;

/// Cheap hashes: the strict cost has its own test.
pub fn options() -> LedgerOptions {
    LedgerOptions { hash_cost: HashCost { memory_kib: 8, passes: 1, lanes: 1 }, ..LedgerOptions::default() }
}

pub async fn room() -> Room {
    room_with(options()).await
}

pub async fn room_with(options: LedgerOptions) -> Room {
    match wanted() {
        Some(cluster) => room_in(cluster, options).await,
        None => room_of_file(options).await,
    }
}

/// The server that the tests are to run on, where that is wanted and installed.
fn wanted() -> Option<Arc<Cluster>> {
    let engine = std::env::var(ENGINE).ok();
    engine.filter(|engine| engine == "postgres").and_then(|_| cluster())
}

pub async fn room_of_file(options: LedgerOptions) -> Room {
    let dir = tempfile::tempdir().unwrap();
    let place = Place::Sqlite(dir.path().join("ledger.db"));
    room_at(place, dir, None, options).await
}

/// A room in a database of its own.
pub async fn room_in(cluster: Arc<Cluster>, options: LedgerOptions) -> Room {
    let place = Place::Postgres(PostgresUrl::parse(&cluster.database()).unwrap());
    room_at(place, tempfile::tempdir().unwrap(), Some(cluster), options).await
}

async fn room_at(place: Place, dir: tempfile::TempDir, cluster: Option<Arc<Cluster>>, options: LedgerOptions) -> Room {
    let clock = Arc::new(ManualClock::at(START));
    let ledger = Ledger::open_database(&place, clock.clone(), options).await.unwrap();
    Room { ledger: Arc::new(ledger), clock, dir, place, cluster }
}

/// A room with the user `zhang.wei`, whose password is [`PASSWORD`].
pub async fn room_with_user() -> Room {
    let room = room().await;
    let code = room.ledger.first_run_code().await.unwrap();
    room.ledger.redeem_first_run(&code, "zhang.wei", PASSWORD).await.unwrap();
    room
}

impl Room {
    pub fn file(&self) -> PathBuf {
        self.dir.path().join("ledger.db")
    }

    pub fn is_file(&self) -> bool {
        matches!(self.place, Place::Sqlite(_))
    }

    /// Opens the same ledger once more, for reading.
    pub async fn reader(&self) -> Result<Ledger, LedgerError> {
        Ledger::open_database_readonly(&self.place).await
    }

    /// Opens the same ledger again after it was closed.
    pub async fn reopen(&self) -> Result<Ledger, LedgerError> {
        Ledger::open_database(&self.place, self.clock.clone(), options()).await
    }

    /// Another connection to the database, as somebody with the disk in hands has; no rule of the schema about other tables holds it.
    pub async fn intruder(&self) -> AnyConnection {
        sqlx::any::install_default_drivers();
        let (url, setup) = match &self.place {
            Place::Sqlite(file) => (format!("sqlite://{}", file.display()), "PRAGMA foreign_keys = OFF"),
            Place::Postgres(url) => (url.as_str().to_owned(), "SET search_path = anlan; SET session_replication_role = replica"),
        };
        let mut conn = AnyConnection::connect(&url).await.unwrap();
        sqlx::raw_sql(setup).execute(&mut conn).await.unwrap();
        conn
    }

    /// Changes rows behind the ledger's back. `zeroblob(N)` is taken by both engines.
    pub async fn tamper(&self, sql: &str) {
        let changed = sqlx::query(AssertSqlSafe(self.dialect(sql))).execute(&mut self.intruder().await).await.unwrap();
        assert!(changed.rows_affected() > 0, "{sql}");
    }

    fn dialect(&self, sql: &str) -> String {
        match self.place {
            Place::Sqlite(_) => sql.to_owned(),
            Place::Postgres(_) => [0, 15, 16, 32, 50, 60]
                .iter()
                .fold(sql.to_owned(), |sql, n| sql.replace(&format!("zeroblob({n})"), &format!("decode(repeat('00', {n}), 'hex')"))),
        }
    }

    /// Changes an entry with care: the body that is put in its place is one that a ledger could have written.
    pub async fn forge(&self, number: u64, change: impl FnOnce(&mut EntryRow)) {
        let mut row = self.ledger.entries(number, 1).await.unwrap().remove(0);
        change(&mut row);
        self.put_body(number, &body(&row)).await;
    }

    pub async fn put_body(&self, number: u64, body: &[u8]) {
        let update = sqlx::query("UPDATE entry SET body = $2 WHERE number = $1").bind(number as i64).bind(body.to_vec());
        assert_eq!(update.execute(&mut self.intruder().await).await.unwrap().rows_affected(), 1);
    }

    pub async fn body_of(&self, number: u64) -> Vec<u8> {
        let select = sqlx::query_scalar("SELECT body FROM entry WHERE number = $1").bind(number as i64);
        select.fetch_one(&mut self.intruder().await).await.unwrap()
    }

    pub async fn entries(&self) -> Vec<EntryRow> {
        self.ledger.entries(1, 1_000).await.unwrap()
    }

    pub async fn acts(&self) -> Vec<String> {
        self.entries().await.iter().map(|entry| entry.text("act").unwrap().to_owned()).collect()
    }

    /// Every number stands once, every value is what its digest says, every table follows.
    pub async fn assert_sound(&self) {
        let mut next = 1;
        loop {
            let entries = self.ledger.entries(next, 1_000).await.unwrap();
            if entries.is_empty() {
                break;
            }
            for entry in entries {
                assert_eq!(entry.number, next);
                entry.check().unwrap();
                next += 1;
            }
        }
        assert_eq!(self.ledger.check_projections().await.unwrap(), Vec::<String>::new());
    }
}

/// As `spec/entry.md` says, written a second time.
pub fn body(row: &EntryRow) -> Vec<u8> {
    let mut fields: Vec<_> = row.fields.iter().collect();
    fields.sort_by(|a, b| a.name.cmp(&b.name));
    let mut out = vec![0xE7, 1, fields.len() as u8];
    for field in fields {
        out.push(field.name.len() as u8);
        out.extend(field.name.bytes());
        let Some(value) = &field.value else {
            out.push(0);
            out.extend(field.digest);
            continue;
        };
        out.push(if value.len() < 256 { 1 } else { 2 });
        out.extend(field.salt.unwrap());
        match value.len() {
            len @ 0..256 => out.push(len as u8),
            len => out.extend((len as u32).to_be_bytes()),
        }
        out.extend(value);
    }
    let digests = row.fields.iter().map(|field| match (&field.salt, &field.value) {
        (Some(salt), Some(value)) => (field.name.as_str(), field_digest(salt, value)),
        _ => (field.name.as_str(), field.digest),
    });
    out.extend(&entry_digest(row.number, &digests.collect::<Vec<_>>())[..8]);
    out
}

/// The field of this name.
pub fn field<'a>(row: &'a mut EntryRow, name: &str) -> &'a mut EntryField {
    row.fields.iter_mut().find(|field| field.name == name).unwrap()
}

pub fn erase(field: &mut EntryField) {
    (field.salt, field.value) = (None, None);
}

pub fn admin() -> Actor {
    Actor::User("zhang.wei".into())
}
