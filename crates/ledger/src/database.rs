//! The database: pools, transactions, migrations. Nothing else in the crate but `snapshot.rs` knows which engine runs the SQL.
//!
//! Invariants: one connection writes, so numbers have no holes and no write waits on a lock it cannot get; a commit is on disk when it returns
//! (SQLite: WAL, `synchronous=FULL`; PostgreSQL: `fsync` and `synchronous_commit` on); a second writer is refused (the folder's lock; a lock in PostgreSQL).

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anlan_base::Instant;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyPool, AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _};

use crate::error::LedgerError;
use crate::place::{Place, PostgresUrl, sqlite_url};
use crate::{moving, snapshot, users};

pub(crate) type Conn = sqlx::AnyConnection;
pub(crate) type Tx = sqlx::Transaction<'static, sqlx::Any>;
pub(crate) type Readers = AnyPool;
pub(crate) type Row = sqlx::any::AnyRow;

/// Connections that only read.
pub(crate) const READERS: u32 = 4;
/// How long a statement waits for a connection, at most.
const WAIT: Duration = Duration::from_secs(30);
/// How long PostgreSQL may take to answer a first connection.
const CONNECT: Duration = Duration::from_secs(10);
/// What each connection to a file is told. `busy_timeout` (milliseconds) waits for a lock held by another process, such as a copy being made;
/// `secure_delete` overwrites what was erased.
const SQLITE_WRITER: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA cache_size = -16384";
pub(crate) const SQLITE_READER: &str =
    "PRAGMA busy_timeout = 10000; PRAGMA foreign_keys = ON; PRAGMA query_only = ON; PRAGMA cache_size = -16384";
/// What each connection to PostgreSQL is told: our own schema, and what a role or database may have set otherwise.
const POSTGRES_WRITER: &str = "SET default_transaction_read_only = off; SET search_path = anlan; SET synchronous_commit = on; SET statement_timeout = 0; SET lock_timeout = '10s'; \
    SET idle_in_transaction_session_timeout = 0; SET bytea_output = 'hex'; SET client_encoding = 'UTF8'; SET default_transaction_isolation = 'read committed'";
/// Lists are statements of many ranges: planning or compiling them anew each time takes longer than running them.
const POSTGRES_READER: &str = "SET search_path = anlan; SET statement_timeout = 0; SET default_transaction_read_only = on; SET client_encoding = 'UTF8'; SET jit = off; SET plan_cache_mode = force_generic_plan";
/// The lock that a writer holds as long as its connection lives: "anlan" and 1.
const POSTGRES_LOCK: i64 = 0x616e_6c61_6e01;

/// Schema versions in order; each runs once, in one transaction with its row in `migration`.
const MIGRATIONS: &[(i64, &str)] = &[
    (1, include_str!("../migrations/0001_spine.sql")),
    (2, include_str!("../migrations/0002_law_text.sql")),
    (3, include_str!("../migrations/0003_entry_body.sql")),
    (4, include_str!("../migrations/0004_sign_in.sql")),
    (5, include_str!("../migrations/0005_people.sql")),
    (6, include_str!("../migrations/0006_records.sql")),
    (8, include_str!("../migrations/0008_own_kind.sql")),
    (9, include_str!("../migrations/0009_opened_once.sql")),
    (10, include_str!("../migrations/0010_notices.sql")),
    (11, include_str!("../migrations/0011_verdict.sql")),
];
/// Whose rows are then moved by [`moving::into_bodies`].
const BODIES: i64 = 3;
/// Whose `password_set` is then filled by [`users::date_passwords`].
const SIGN_IN: i64 = 4;
const MIGRATION_TABLE: &str = "CREATE TABLE IF NOT EXISTS migration (version BIGINT NOT NULL PRIMARY KEY, at BIGINT NOT NULL)";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    pub(crate) fn of(conn: &Conn) -> Self {
        if conn.backend_name() == "PostgreSQL" { Self::Postgres } else { Self::Sqlite }
    }

    /// The write lock is taken at once, so that what a transaction reads still holds when it commits. PostgreSQL has one writer, by its lock.
    fn begin_change(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN",
        }
    }

    fn begin_look(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN",
            Self::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }

    /// A migration as this engine takes it. PostgreSQL is told to order texts by their bytes, as SQLite does.
    fn schema(self, text: &str) -> String {
        match self {
            Self::Sqlite => text.to_owned(),
            Self::Postgres => text.split_inclusive(" TEXT").map(in_byte_order).collect(),
        }
    }
}

/// A text that ends in the type of a column gets its collation; `CAST(x AS TEXT)` does not.
fn in_byte_order(part: &str) -> String {
    match part.strip_suffix(" TEXT") {
        Some(before) if !before.ends_with(" AS") => format!("{part} COLLATE \"C\""),
        _ => part.to_owned(),
    }
}

pub(crate) struct Database {
    engine: Engine,
    writer: Option<AnyPool>,
    readers: Readers,
}

impl Database {
    pub(crate) async fn open(place: &Place, now: Instant) -> Result<Self, LedgerError> {
        Self::open_at(place, now, newest_schema()).await
    }

    /// With the schema of an older release, for a copy that was made by it.
    pub(crate) async fn open_at(place: &Place, now: Instant, schema: i64) -> Result<Self, LedgerError> {
        match place {
            Place::Sqlite(file) => Self::open_file(file, now, schema).await,
            Place::Postgres(url) => Self::open_postgres(url, now, schema).await,
        }
    }

    async fn open_file(file: &Path, now: Instant, schema: i64) -> Result<Self, LedgerError> {
        let unopened = |error| LedgerError::Open { file: file.to_owned(), error };
        let options = |query: &str| sqlite_url(file, query).map_err(sqlx::Error::Io).and_then(|url| quiet(&url)).map_err(unopened);
        let writer = pool(1, SQLITE_WRITER).connect_with(options("mode=rwc")?).await.map_err(unopened)?;
        keep_private(file)?;
        migrate(&mut *writer.acquire().await?, now, schema).await?;
        let readers = pool(READERS, SQLITE_READER).connect_with(options("mode=rw")?).await?;
        Ok(Self { engine: Engine::Sqlite, writer: Some(writer), readers })
    }

    async fn open_postgres(url: &PostgresUrl, now: Instant, schema: i64) -> Result<Self, LedgerError> {
        let (options, mut probe) = reach(url).await?;
        prepare(url, &mut probe).await?;
        // The lock goes with the connection; the pool takes it anew.
        probe.close().await?;
        let writer = locking(pool(1, POSTGRES_WRITER)).test_before_acquire(true).connect_with(options.clone()).await;
        let writer = writer.map_err(|error| LedgerError::Unreached { url: url.as_str().to_owned(), error })?;
        migrate(&mut *writer.acquire().await?, now, schema).await?;
        let readers = pool(READERS, POSTGRES_READER).test_before_acquire(true).connect_with(options).await?;
        Ok(Self { engine: Engine::Postgres, writer: Some(writer), readers })
    }

    /// Opens for reading without making or changing any file, beside a write-ahead file or not; or without changing PostgreSQL.
    pub(crate) async fn open_readonly(place: &Place, now: Instant) -> Result<Self, LedgerError> {
        let (engine, readers) = match place {
            Place::Sqlite(file) => (Engine::Sqlite, snapshot::readers(file, now).await?),
            Place::Postgres(url) => {
                let (options, probe) = reach(url).await?;
                probe.close().await?;
                (Engine::Postgres, pool(READERS, POSTGRES_READER).connect_with(options).await?)
            }
        };
        let found = schema_of(&mut *readers.acquire().await?).await?;
        refuse_newer(found)?;
        if found < newest_schema() {
            return Err(LedgerError::Older { found, known: newest_schema() });
        }
        Ok(Self { engine, writer: None, readers })
    }

    /// A transaction that will write.
    pub(crate) async fn change(&self) -> Result<Tx, LedgerError> {
        let writer = self.writer.as_ref().ok_or(LedgerError::ReadOnly)?;
        Ok(writer.begin_with(self.engine.begin_change()).await?)
    }

    /// A transaction that sees one moment.
    pub(crate) async fn look(&self) -> Result<Tx, LedgerError> {
        Ok(self.readers.begin_with(self.engine.begin_look()).await?)
    }

    /// One read.
    pub(crate) fn read(&self) -> &Readers {
        &self.readers
    }

    pub(crate) async fn close(&self) {
        self.readers.close().await;
        if let Some(writer) = &self.writer {
            writer.close().await;
        }
    }
}

/// Without a line in the log for each statement.
pub(crate) fn quiet(url: &str) -> Result<AnyConnectOptions, sqlx::Error> {
    sqlx::any::install_default_drivers();
    Ok(url.parse::<AnyConnectOptions>()?.disable_statement_logging())
}

/// Connections that live as long as the pool, each set up by these statements.
pub(crate) fn pool(connections: u32, setup: &'static str) -> AnyPoolOptions {
    let options = AnyPoolOptions::new().max_connections(connections).idle_timeout(None).max_lifetime(None).test_before_acquire(false);
    options.acquire_timeout(WAIT).after_connect(move |conn, _| {
        Box::pin(async move {
            conn.execute(sqlx::raw_sql(setup)).await?;
            Ok(())
        })
    })
}

/// As [`pool`] for PostgreSQL's writer, which holds the lock. Taken anew with each connection: a server that was away has forgotten it.
fn locking(options: AnyPoolOptions) -> AnyPoolOptions {
    options.after_connect(|conn, _| {
        Box::pin(async move {
            conn.execute(sqlx::raw_sql(POSTGRES_WRITER)).await?;
            if lock(conn).await? { Ok(()) } else { Err(sqlx::Error::Io(std::io::Error::other("another process holds the ledger's lock"))) }
        })
    })
}

async fn lock(conn: &mut Conn) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT pg_try_advisory_lock($1)").bind(POSTGRES_LOCK).fetch_one(conn).await
}

/// A connection that is there now: a pool would try for long.
async fn reach(url: &PostgresUrl) -> Result<(AnyConnectOptions, Conn), LedgerError> {
    let unreached = |error| LedgerError::Unreached { url: url.as_str().to_owned(), error };
    let options = quiet(url.as_str()).map_err(unreached)?;
    let tried = tokio::time::timeout(CONNECT, Conn::connect_with(&options)).await;
    let conn = tried.unwrap_or_else(|_| Err(sqlx::Error::PoolTimedOut)).map_err(unreached)?;
    Ok((options, conn))
}

/// Refuses a ledger that another process writes to and a server that forgets; makes the schema where it is missing.
async fn prepare(url: &PostgresUrl, conn: &mut Conn) -> Result<(), LedgerError> {
    conn.execute(sqlx::raw_sql(POSTGRES_WRITER)).await?;
    if !lock(conn).await? {
        return Err(LedgerError::Held { url: url.as_str().to_owned() });
    }
    refuse_forgetful(conn).await?;
    // Asked first: who may not make schemas may have been given this one.
    let known: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM pg_namespace WHERE nspname = 'anlan'").fetch_one(&mut *conn).await?;
    if known == 0 {
        conn.execute(sqlx::raw_sql("CREATE SCHEMA anlan")).await?;
    }
    Ok(())
}

/// A server that acknowledges what it has not written loses what we acknowledged (I1).
async fn refuse_forgetful(conn: &mut Conn) -> Result<(), LedgerError> {
    for setting in ["fsync", "full_page_writes", "synchronous_commit"] {
        let value: String = sqlx::query_scalar("SELECT current_setting($1)").bind(setting).fetch_one(&mut *conn).await?;
        if value != "on" {
            return Err(LedgerError::Forgetful { setting, value });
        }
    }
    Ok(())
}

/// Password hashes are inside: for the owner's eyes only.
fn keep_private(file: &Path) -> Result<(), LedgerError> {
    for suffix in ["", "-wal", "-shm"] {
        let path = beside(file, suffix);
        if path.exists() {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
        }
    }
    Ok(())
}

/// `ledger.db` and `-wal` make `ledger.db-wal`.
pub(crate) fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

pub(crate) fn newest_schema() -> i64 {
    MIGRATIONS.last().map_or(0, |(version, _)| *version)
}

fn refuse_newer(found: i64) -> Result<(), LedgerError> {
    let known = newest_schema();
    if found > known { Err(LedgerError::Newer { found, known }) } else { Ok(()) }
}

async fn schema_of(conn: &mut Conn) -> Result<i64, LedgerError> {
    Ok(sqlx::query_scalar("SELECT COALESCE(MAX(version), 0) FROM migration").fetch_one(conn).await?)
}

/// Brings the schema to at least this version, in one transaction.
pub(crate) async fn migrate(conn: &mut Conn, now: Instant, schema: i64) -> Result<(), LedgerError> {
    let engine = Engine::of(conn);
    let mut tx = conn.begin_with(engine.begin_change()).await?;
    sqlx::query(MIGRATION_TABLE).execute(&mut *tx).await?;
    let found = schema_of(&mut tx).await?;
    refuse_newer(found)?;
    for (version, text) in MIGRATIONS.iter().filter(|(version, _)| *version > found && *version <= schema) {
        tx.execute(sqlx::raw_sql(AssertSqlSafe(engine.schema(text)))).await?;
        if *version == BODIES {
            moving::into_bodies(&mut tx).await?;
        }
        if *version == SIGN_IN {
            users::date_passwords(&mut tx).await?;
        }
        sqlx::query("INSERT INTO migration (version, at) VALUES ($1, $2)").bind(version).bind(to_sql(now.0)?).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Numbers and nanoseconds fit 63 bits until the year 2262.
pub(crate) fn to_sql(value: u64) -> Result<i64, LedgerError> {
    i64::try_from(value).map_err(|_| LedgerError::damaged(format!("{value} does not fit the database; is the clock right?")))
}

pub(crate) fn from_sql(value: i64) -> Result<u64, LedgerError> {
    u64::try_from(value).map_err(|_| LedgerError::damaged(format!("a row holds {value} where no negative number can stand")))
}

pub(crate) fn instant(value: i64) -> Result<Instant, LedgerError> {
    from_sql(value).map(Instant)
}
