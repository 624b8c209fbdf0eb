//! Sources: who sends, since when, in which retention class, under which name.
//!
//! Invariants: a source heard once is answered from memory, without SQL; at most [`anlan_base::limits::SOURCES`] are told apart, what comes after is the source `overflow`.

use std::collections::HashMap;

use anlan_base::{Class, Instant, SourceKey};
use sqlx::Row as _;
use sqlx::sqlite::SqlitePool;

use crate::Ledger;
use crate::database::{Conn, Row, instant, to_sql};
use crate::entry::{Act, Actor, append};
use crate::error::LedgerError;

/// Characters of the name a person gives to a source.
pub const SOURCE_NAME_CHARS: usize = 128;
const NAME_RULE: &str = "at most 128 characters without control characters; empty takes the name away";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceRow {
    pub key: SourceKey,
    pub class: Class,
    pub name: Option<String>,
    pub first_heard: Instant,
}

impl SourceRow {
    fn of(row: &Row) -> Result<Self, LedgerError> {
        let key: String = row.try_get("source_key")?;
        let class: String = row.try_get("class")?;
        Ok(Self {
            key: SourceKey::new(&key).map_err(|e| LedgerError::damaged(e.to_string()))?,
            class: Class::new(&class).map_err(|e| LedgerError::damaged(e.to_string()))?,
            name: row.try_get("name")?,
            first_heard: instant(row.try_get("first_heard")?)?,
        })
    }
}

/// All sources in memory: the table is small by its limit, and intake asks for every connection and datagram's sender.
pub(crate) struct Book {
    rows: HashMap<SourceKey, SourceRow>,
    overflow: Option<SourceRow>,
}

enum Known {
    Is(SourceRow),
    New,
    NewOverflow,
}

impl Book {
    pub(crate) async fn load(readers: &SqlitePool) -> Result<Self, LedgerError> {
        let rows = sqlx::query("SELECT source_key, class, name, first_heard FROM source").fetch_all(readers).await?;
        let mut book = Self { rows: HashMap::with_capacity(rows.len()), overflow: None };
        for row in &rows {
            book.put(SourceRow::of(row)?);
        }
        Ok(book)
    }

    fn put(&mut self, row: SourceRow) {
        if row.key == SourceKey::overflow() {
            self.overflow = Some(row);
        } else {
            self.rows.insert(row.key.clone(), row);
        }
    }

    fn look_up(&self, key: &SourceKey, limit: usize) -> Known {
        if let Some(row) = self.rows.get(key) {
            return Known::Is(row.clone());
        }
        if self.rows.len() < limit && *key != SourceKey::overflow() {
            return Known::New;
        }
        self.overflow.clone().map_or(Known::NewOverflow, Known::Is)
    }
}

async fn insert(conn: &mut Conn, now: Instant, key: SourceKey) -> Result<SourceRow, LedgerError> {
    let row = SourceRow { key, class: Class::network(), name: None, first_heard: now };
    let fields = [("source", row.key.as_str()), ("class", row.class.as_str())];
    append(conn, now, &Actor::System, Act::SourceHeard.as_str(), &fields).await?;
    sqlx::query("INSERT INTO source (source_key, class, name, first_heard) VALUES ($1, $2, NULL, $3)")
        .bind(row.key.as_str())
        .bind(row.class.as_str())
        .bind(to_sql(now.0)?)
        .execute(conn)
        .await?;
    Ok(row)
}

async fn stored(conn: &mut Conn, key: &SourceKey) -> Result<Option<SourceRow>, LedgerError> {
    let row = sqlx::query("SELECT source_key, class, name, first_heard FROM source WHERE source_key = $1")
        .bind(key.as_str())
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(SourceRow::of).transpose()
}

impl Ledger {
    fn look_up(&self, key: &SourceKey) -> Known {
        self.book.read().unwrap_or_else(std::sync::PoisonError::into_inner).look_up(key, self.options.sources)
    }

    fn remember(&self, row: &SourceRow) {
        self.book.write().unwrap_or_else(std::sync::PoisonError::into_inner).put(row.clone());
    }

    /// The source of this key, made (with an entry) when it is heard for the first time. Known ones are answered without waiting.
    pub async fn source(&self, key: &SourceKey) -> Result<SourceRow, LedgerError> {
        if let Some(row) = self.source_known(key) {
            return Ok(row);
        }
        // One at a time from here to the book, so that the limit holds and memory never runs behind the table.
        let _turn = self.book_turn.lock().await;
        let key = match self.look_up(key) {
            Known::Is(row) => return Ok(row),
            Known::New => key.clone(),
            Known::NewOverflow => SourceKey::overflow(),
        };
        let mut tx = self.db.change().await?;
        // A caller that went away during its commit leaves a row that memory does not know.
        let row = match stored(&mut tx, &key).await? {
            Some(row) => row,
            None => insert(&mut tx, self.clock.now(), key).await?,
        };
        tx.commit().await?;
        self.remember(&row);
        Ok(row)
    }

    /// The source of this key when it is known already (or shares `overflow`): never waits, never writes.
    #[must_use]
    pub fn source_known(&self, key: &SourceKey) -> Option<SourceRow> {
        match self.look_up(key) {
            Known::Is(row) => Some(row),
            Known::New | Known::NewOverflow => None,
        }
    }

    /// All sources in the order of their keys.
    pub async fn sources(&self) -> Result<Vec<SourceRow>, LedgerError> {
        let book = self.book.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut rows: Vec<_> = book.rows.values().chain(&book.overflow).cloned().collect();
        rows.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        Ok(rows)
    }

    /// Gives a source a name that people know; an empty one takes it away.
    pub async fn name_source(&self, actor: &Actor, key: &SourceKey, name: &str) -> Result<(), LedgerError> {
        let name = name.trim();
        if name.chars().count() > SOURCE_NAME_CHARS || name.chars().any(char::is_control) {
            return Err(LedgerError::Unfit { what: "source name", got: name.chars().take(SOURCE_NAME_CHARS).collect(), rule: NAME_RULE });
        }
        let _turn = self.book_turn.lock().await;
        let mut tx = self.db.change().await?;
        let Some(mut row) = stored(&mut tx, key).await? else {
            return Err(LedgerError::NotFound { what: "source", name: key.to_string() });
        };
        row.name = (!name.is_empty()).then(|| name.to_owned());
        append(&mut tx, self.clock.now(), actor, Act::SourceName.as_str(), &[("source", key.as_str()), ("name", name)]).await?;
        sqlx::query("UPDATE source SET name = $2 WHERE source_key = $1").bind(key.as_str()).bind(&row.name).execute(&mut *tx).await?;
        tx.commit().await?;
        self.remember(&row);
        Ok(())
    }
}
