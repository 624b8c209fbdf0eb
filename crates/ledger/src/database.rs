//! The SQLite file: pools, pragmas, transactions, migrations. Nothing else in the crate knows which engine runs the SQL.
//!
//! Invariants: one connection writes, so numbers have no holes and no write waits on a lock it cannot get; a commit is on disk when it returns (WAL, `synchronous=FULL`).

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anlan_base::Instant;
use sqlx::ConnectOptions as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};

use crate::error::LedgerError;
use crate::{moving, snapshot};

pub(crate) type Conn = sqlx::SqliteConnection;
pub(crate) type Tx = sqlx::Transaction<'static, sqlx::Sqlite>;
pub(crate) type Readers = SqlitePool;
pub(crate) type Row = sqlx::sqlite::SqliteRow;

/// Connections that only read.
const READERS: u32 = 4;
/// How long a statement waits for a lock held by another process (a copy being made), at most.
const BUSY: Duration = Duration::from_secs(10);

/// Schema versions in order; each runs once, in one transaction with its row in `migration`.
const MIGRATIONS: &[(i64, &str)] = &[
    (1, include_str!("../migrations/0001_spine.sql")),
    (2, include_str!("../migrations/0002_law_text.sql")),
    (3, include_str!("../migrations/0003_entry_body.sql")),
];
/// Whose rows are then moved by [`moving::into_bodies`].
const BODIES: i64 = 3;
const MIGRATION_TABLE: &str = "CREATE TABLE IF NOT EXISTS migration (version BIGINT NOT NULL PRIMARY KEY, at BIGINT NOT NULL)";

pub(crate) struct Database {
    writer: Option<SqlitePool>,
    readers: Readers,
}

impl Database {
    pub(crate) async fn open(file: &Path, now: Instant) -> Result<Self, LedgerError> {
        let base = SqliteConnectOptions::new()
            .filename(file)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY)
            .disable_statement_logging();
        let unopened = |error| LedgerError::Open { file: file.to_owned(), error };
        let writer = pool(1).connect_with(base.clone().create_if_missing(true)).await.map_err(unopened)?;
        keep_private(file)?;
        migrate(&writer, now).await?;
        let readers = pool(READERS).connect_with(base.pragma("query_only", "ON")).await?;
        Ok(Self { writer: Some(writer), readers })
    }

    /// Opens for reading without making or changing any file, beside a write-ahead file or not.
    pub(crate) async fn open_readonly(file: &Path) -> Result<Self, LedgerError> {
        let readers = match snapshot::image(file)? {
            Some(image) => snapshot::pool_of(image).await?,
            None => {
                let options = SqliteConnectOptions::new().filename(file).read_only(true).immutable(true).disable_statement_logging();
                pool(READERS).connect_with(options).await.map_err(|error| LedgerError::Open { file: file.to_owned(), error })?
            }
        };
        let found: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(version), 0) FROM migration").fetch_one(&readers).await?;
        refuse_newer(found)?;
        Ok(Self { writer: None, readers })
    }

    /// A transaction that will write: the write lock is taken at once, so that what it reads still holds when it commits.
    pub(crate) async fn change(&self) -> Result<Tx, LedgerError> {
        let writer = self.writer.as_ref().ok_or(LedgerError::ReadOnly)?;
        Ok(writer.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// A transaction that sees one moment.
    pub(crate) async fn look(&self) -> Result<Tx, LedgerError> {
        Ok(self.readers.begin().await?)
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

pub(crate) fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new().max_connections(connections).idle_timeout(None).max_lifetime(None).test_before_acquire(false)
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

fn refuse_newer(found: i64) -> Result<(), LedgerError> {
    let known = MIGRATIONS.last().map_or(0, |(version, _)| *version);
    if found > known { Err(LedgerError::Newer { found, known }) } else { Ok(()) }
}

async fn migrate(writer: &SqlitePool, now: Instant) -> Result<(), LedgerError> {
    let mut tx = writer.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query(MIGRATION_TABLE).execute(&mut *tx).await?;
    let found: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(version), 0) FROM migration").fetch_one(&mut *tx).await?;
    refuse_newer(found)?;
    for (version, text) in MIGRATIONS.iter().filter(|(version, _)| *version > found) {
        sqlx::raw_sql(*text).execute(&mut *tx).await?;
        if *version == BODIES {
            moving::into_bodies(&mut tx).await?;
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
