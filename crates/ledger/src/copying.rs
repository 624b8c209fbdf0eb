//! Takes every row of the ledger out of one database and brings it into another, whichever engines hold them (`spec/backup.md`).
//!
//! Invariants: what is taken out is one moment; only an empty ledger is filled, in one transaction; names of tables and columns in SQL come from the database's own catalogue.

use std::io;

use anlan_base::Instant;
use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, AssertSqlSafe, Row as _};

use crate::Ledger;
use crate::database::{Conn, Database, Engine, Row, from_sql, newest_schema, to_sql};
use crate::error::LedgerError;
use crate::place::Place;

const MAGIC: &[u8] = b"anlan-rows/1\n";
/// Rows fetched by one statement.
const FETCH: i64 = 200;
/// Bytes after which a part is handed out.
const PART_FULL: usize = 4 << 20;
/// Bytes of one part at most: some rows of the largest entries.
pub const PART_BYTES: usize = 256 << 20;
/// Values of one inserting statement at most; SQLite takes 32,766.
const VALUES: usize = 4_000;
/// Columns of a table at most.
const COLUMNS: usize = 100;

/// What a copy holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// The schema whose tables they are.
    pub schema: i64,
    pub entries: u64,
}

/// Where parts go: a name (`TABLE/NUMBER`) and bytes.
pub type PartSink<'a> = dyn FnMut(&str, &[u8]) -> io::Result<()> + 'a;
/// Where parts come from, in any order; `None` after the last.
pub type PartSource<'a> = dyn FnMut() -> io::Result<Option<Vec<u8>>> + 'a;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Integer,
    Text,
    Bytes,
}

impl Kind {
    fn of(declared: &str) -> Option<Self> {
        match declared.to_ascii_uppercase().as_str() {
            "BIGINT" => Some(Self::Integer),
            "TEXT" => Some(Self::Text),
            "BYTEA" => Some(Self::Bytes),
            _ => None,
        }
    }

    fn code(self) -> u8 {
        self as u8 + 1
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Column {
    name: String,
    kind: Kind,
    /// Place in the primary key, from 1; 0 for others.
    key: i64,
}

struct Table {
    name: String,
    columns: Vec<Column>,
}

#[derive(Clone, Debug)]
enum Value {
    Null(Kind),
    Integer(i64),
    Text(String),
    Bytes(Vec<u8>),
}

impl Value {
    fn read(row: &Row, column: &Column) -> Result<Self, LedgerError> {
        let name = column.name.as_str();
        let value = match column.kind {
            Kind::Integer => row.try_get::<Option<i64>, _>(name)?.map(Self::Integer),
            Kind::Text => row.try_get::<Option<String>, _>(name)?.map(Self::Text),
            Kind::Bytes => row.try_get::<Option<Vec<u8>>, _>(name)?.map(Self::Bytes),
        };
        Ok(value.unwrap_or(Self::Null(column.kind)))
    }

    fn put(&self, out: &mut Vec<u8>) {
        let bytes = match self {
            Self::Null(_) => return out.push(0),
            Self::Integer(value) => {
                out.push(1);
                return out.extend_from_slice(&value.to_be_bytes());
            }
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
        };
        out.push(2);
        out.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
        out.extend_from_slice(bytes);
    }

    fn bind<'q>(self, query: Query<'q, Any, AnyArguments>) -> Query<'q, Any, AnyArguments> {
        match self {
            Self::Null(Kind::Integer) => query.bind(None::<i64>),
            Self::Null(Kind::Text) => query.bind(None::<String>),
            Self::Null(Kind::Bytes) => query.bind(None::<Vec<u8>>),
            Self::Integer(value) => query.bind(value),
            Self::Text(text) => query.bind(text),
            Self::Bytes(bytes) => query.bind(bytes),
        }
    }
}

impl Engine {
    fn tables(self) -> &'static str {
        match self {
            Self::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
            Self::Postgres => "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = 'anlan'",
        }
    }

    fn columns(self) -> &'static str {
        match self {
            Self::Sqlite => "SELECT name, type AS declared, CAST(pk AS BIGINT) AS place FROM pragma_table_info($1) ORDER BY cid",
            Self::Postgres => {
                "SELECT CAST(c.column_name AS TEXT) AS name, CAST(c.data_type AS TEXT) AS declared, \
                 CAST(COALESCE(k.ordinal_position, 0) AS BIGINT) AS place FROM information_schema.columns c LEFT JOIN ( \
                 SELECT u.column_name, u.ordinal_position FROM information_schema.table_constraints t \
                 JOIN information_schema.key_column_usage u ON u.constraint_schema = t.constraint_schema \
                 AND u.constraint_name = t.constraint_name AND u.table_name = t.table_name \
                 WHERE t.constraint_type = 'PRIMARY KEY' AND t.table_schema = 'anlan' AND t.table_name = $1 \
                 ) k ON k.column_name = c.column_name WHERE c.table_schema = 'anlan' AND c.table_name = $1 ORDER BY c.ordinal_position"
            }
        }
    }
}

/// The tables in the order of their names, the list of migrations aside.
async fn tables(conn: &mut Conn) -> Result<Vec<Table>, LedgerError> {
    let engine = Engine::of(conn);
    let mut names: Vec<String> = sqlx::query_scalar(engine.tables()).fetch_all(&mut *conn).await?;
    names.retain(|name| name != "migration");
    names.sort();
    let mut tables = Vec::with_capacity(names.len());
    for name in names {
        let unfit = || LedgerError::damaged(format!("the table {name} is none that a release of ours could have made"));
        let mut columns = Vec::new();
        for row in sqlx::query(engine.columns()).bind(&name).fetch_all(&mut *conn).await? {
            let kind = Kind::of(&row.try_get::<String, _>("declared")?).ok_or_else(unfit)?;
            columns.push(Column { name: row.try_get("name")?, kind, key: row.try_get("place")? });
        }
        if columns.len() > COLUMNS || !columns.iter().any(|column| column.key > 0) {
            return Err(unfit());
        }
        tables.push(Table { name, columns });
    }
    Ok(tables)
}

impl Table {
    fn key(&self) -> Vec<&Column> {
        let mut key: Vec<_> = self.columns.iter().filter(|column| column.key > 0).collect();
        key.sort_by_key(|column| column.key);
        key
    }

    /// The next rows in the order of the key; with `after`, those behind a key of so many values.
    fn select(&self, after: bool) -> String {
        let columns = self.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ");
        let key = self.key();
        let names = key.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ");
        let places = (1..=key.len()).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ");
        let behind = if after { format!("WHERE ({names}) > ({places})") } else { String::new() };
        format!("SELECT {columns} FROM {} {behind} ORDER BY {names} LIMIT {FETCH}", self.name)
    }

    fn header(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        put_name(&mut out, &self.name);
        out.push(u8::try_from(self.columns.len()).unwrap_or(u8::MAX));
        for column in &self.columns {
            put_name(&mut out, &column.name);
            out.push(column.kind.code());
        }
        out
    }

    /// Hands out every row; answers how many there are.
    async fn export(&self, conn: &mut Conn, out: &mut PartSink<'_>) -> Result<u64, LedgerError> {
        let (mut after, mut total) = (Vec::new(), 0);
        let mut part = Part::new(self);
        loop {
            let mut query = sqlx::query(AssertSqlSafe(self.select(!after.is_empty())));
            for value in std::mem::take(&mut after) {
                query = Value::bind(value, query);
            }
            let rows = query.fetch_all(&mut *conn).await?;
            for row in &rows {
                for column in &self.columns {
                    Value::read(row, column)?.put(&mut part.rows);
                }
                part.count += 1;
                part.hand_out(PART_FULL, out)?;
            }
            total += rows.len() as u64;
            let Some(last) = rows.last() else { break };
            after = self.key().into_iter().map(|column| Value::read(last, column)).collect::<Result<_, _>>()?;
        }
        part.hand_out(1, out)?;
        Ok(total)
    }
}

/// Rows that wait to be handed out.
struct Part<'a> {
    table: &'a Table,
    number: u32,
    count: u32,
    rows: Vec<u8>,
}

impl<'a> Part<'a> {
    fn new(table: &'a Table) -> Self {
        Self { table, number: 0, count: 0, rows: Vec::new() }
    }

    /// When there are at least so many bytes.
    fn hand_out(&mut self, bytes: usize, out: &mut PartSink<'_>) -> io::Result<()> {
        if self.rows.len() < bytes {
            return Ok(());
        }
        self.number += 1;
        let mut part = self.table.header();
        part.extend_from_slice(&self.count.to_be_bytes());
        part.append(&mut self.rows);
        self.count = 0;
        out(&format!("{}/{:06}", self.table.name, self.number), &part)
    }
}

fn put_name(out: &mut Vec<u8>, name: &str) {
    out.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
    out.extend_from_slice(name.as_bytes());
}

/// A part, read.
struct Rows {
    table: String,
    columns: Vec<(String, u8)>,
    count: u32,
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(head)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn name(&mut self) -> Option<String> {
        let len = usize::from(self.byte()?);
        String::from_utf8(self.take(len)?.to_vec()).ok()
    }

    fn rows(&mut self) -> Option<Rows> {
        if self.take(MAGIC.len())? != MAGIC {
            return None;
        }
        let table = self.name()?;
        let count = usize::from(self.byte()?);
        let columns = (0..count).map(|_| Some((self.name()?, self.byte()?))).collect::<Option<Vec<_>>>()?;
        Some(Rows { table, columns, count: u32::from_be_bytes(self.array()?) })
    }

    fn value(&mut self, kind: Kind) -> Option<Value> {
        match (self.byte()?, kind) {
            (0, kind) => Some(Value::Null(kind)),
            (1, Kind::Integer) => Some(Value::Integer(i64::from_be_bytes(self.array()?))),
            (2, Kind::Text | Kind::Bytes) => {
                let len = usize::try_from(u32::from_be_bytes(self.array()?)).ok()?;
                let bytes = self.take(len)?.to_vec();
                if kind == Kind::Bytes { Some(Value::Bytes(bytes)) } else { String::from_utf8(bytes).ok().map(Value::Text) }
            }
            _ => None,
        }
    }
}

fn broken() -> LedgerError {
    LedgerError::damaged("a part of the copy is not what it should be")
}

/// Brings one part in. Its table and columns must be those of the schema it was made in.
async fn import_part(conn: &mut Conn, tables: &[Table], part: &[u8]) -> Result<(), LedgerError> {
    let mut reader = Reader(part);
    let rows = reader.rows().ok_or_else(broken)?;
    let table = tables.iter().find(|table| table.name == rows.table).ok_or_else(broken)?;
    let columns = rows.columns.iter().map(|(name, code)| {
        let known = table.columns.iter().find(|column| column.name == *name);
        known.filter(|column| column.kind.code() == *code).ok_or_else(broken)
    });
    let columns = columns.collect::<Result<Vec<_>, _>>()?;
    if columns.len() != table.columns.len() {
        return Err(broken());
    }
    let names = columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ");
    let at_once = u32::try_from(VALUES / columns.len()).unwrap_or(1);
    let mut left = rows.count;
    while left > 0 {
        let now = left.min(at_once);
        let places = places(now as usize, columns.len());
        let mut insert = sqlx::query(AssertSqlSafe(format!("INSERT INTO {} ({names}) VALUES {places}", table.name)));
        for _ in 0..now {
            for column in &columns {
                insert = reader.value(column.kind).ok_or_else(broken)?.bind(insert);
            }
        }
        insert.execute(&mut *conn).await?;
        left -= now;
    }
    if reader.0.is_empty() { Ok(()) } else { Err(broken()) }
}

/// `($1, $2), ($3, $4)`.
fn places(rows: usize, columns: usize) -> String {
    let row = |row: usize| (1..=columns).map(|column| format!("${}", row * columns + column)).collect::<Vec<_>>().join(", ");
    (0..rows).map(|n| format!("({})", row(n))).collect::<Vec<_>>().join(", ")
}

/// Rows come in any order: what they say of each other is checked at the end.
async fn wait_with_references(conn: &mut Conn, tables: &[Table]) -> Result<(), LedgerError> {
    match Engine::of(conn) {
        Engine::Sqlite => {
            sqlx::raw_sql("PRAGMA defer_foreign_keys = ON").execute(&mut *conn).await?;
        }
        Engine::Postgres => set_references(conn, "DEFERRABLE INITIALLY DEFERRED").await?,
    }
    // What migrations put in is in the copy too.
    for table in tables {
        sqlx::query(AssertSqlSafe(format!("DELETE FROM {}", table.name))).execute(&mut *conn).await?;
    }
    Ok(())
}

async fn check_references(conn: &mut Conn) -> Result<(), LedgerError> {
    if Engine::of(conn) == Engine::Postgres {
        sqlx::raw_sql("SET CONSTRAINTS ALL IMMEDIATE").execute(&mut *conn).await?;
        set_references(conn, "NOT DEFERRABLE").await?;
    }
    Ok(())
}

async fn set_references(conn: &mut Conn, when: &str) -> Result<(), LedgerError> {
    let references = "SELECT CAST(r.relname AS TEXT), CAST(c.conname AS TEXT) FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid \
        JOIN pg_namespace n ON n.oid = c.connamespace WHERE n.nspname = 'anlan' AND c.contype = 'f'";
    let references: Vec<(String, String)> = sqlx::query_as(references).fetch_all(&mut *conn).await?;
    for (table, name) in references {
        let alter = format!("ALTER TABLE {table} ALTER CONSTRAINT {name} {when}");
        sqlx::raw_sql(AssertSqlSafe(alter)).execute(&mut *conn).await?;
    }
    Ok(())
}

impl Ledger {
    /// Hands out every row of every table as of one moment.
    pub async fn export(&self, out: &mut PartSink<'_>) -> Result<Copied, LedgerError> {
        let mut look = self.db.look().await?;
        let schema: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(version), 0) FROM migration").fetch_one(&mut *look).await?;
        let mut entries = 0;
        for table in tables(&mut look).await? {
            let rows = table.export(&mut look, out).await?;
            if table.name == "entry" {
                entries = rows;
            }
        }
        Ok(Copied { schema, entries })
    }

    /// Fills an empty database with what [`Self::export`] handed out, brings it to this release's schema, and closes it.
    /// Indexes of leaves from `log_size` on are forgotten: the log that comes with the copy has not got them.
    pub async fn import(place: &Place, now: Instant, copied: Copied, log_size: u64, parts: &mut PartSource<'_>) -> Result<(), LedgerError> {
        if copied.schema > newest_schema() {
            return Err(LedgerError::Newer { found: copied.schema, known: newest_schema() });
        }
        let db = Database::open_at(place, now, copied.schema).await?;
        let filled = fill(&db, copied, log_size, parts).await;
        db.close().await;
        filled?;
        Database::open(place, now).await?.close().await;
        Ok(())
    }
}

async fn fill(db: &Database, copied: Copied, log_size: u64, parts: &mut PartSource<'_>) -> Result<(), LedgerError> {
    let mut tx = db.change().await?;
    let tables = tables(&mut tx).await?;
    if count(&mut tx).await? > 0 {
        return Err(LedgerError::NotEmpty);
    }
    wait_with_references(&mut tx, &tables).await?;
    while let Some(part) = parts()? {
        import_part(&mut tx, &tables, &part).await?;
    }
    check_references(&mut tx).await?;
    sqlx::query("UPDATE entry SET leaf = NULL WHERE leaf >= $1").bind(to_sql(log_size)?).execute(&mut *tx).await?;
    if count(&mut tx).await? != copied.entries {
        return Err(broken());
    }
    tx.commit().await?;
    Ok(())
}

async fn count(conn: &mut Conn) -> Result<u64, LedgerError> {
    from_sql(sqlx::query_scalar("SELECT COUNT(*) FROM entry").fetch_one(conn).await?)
}
