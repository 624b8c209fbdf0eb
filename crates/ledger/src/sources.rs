//! Sources: who sends, since when, in which retention class, under which name.
//!
//! Invariants: a source heard once is answered from memory, without SQL; at most [`anlan_base::limits::SOURCES`] are told apart, what comes after is the source `overflow`.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use anlan_base::{Class, Instant, SourceKey};
use sqlx::Row as _;

use crate::Ledger;
use crate::database::{Conn, Readers, Row, instant, to_sql};
use crate::entry::{Act, Actor, append};
use crate::error::LedgerError;

/// Characters of the name a person gives to a source.
pub const SOURCE_NAME_CHARS: usize = 128;
/// Sources heard for the first time in one commit, at most (and one more: the caller's own).
const HEARD_AT_ONCE: usize = 256;
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

/// Senders heard for the first time that wait for their row: one commit carries all of them, so that a crowd costs few fsyncs.
#[derive(Default)]
pub(crate) struct Hearing {
    turn: tokio::sync::Mutex<()>,
    waiting: Mutex<Vec<SourceKey>>,
}

impl Book {
    pub(crate) async fn load(readers: &Readers) -> Result<Self, LedgerError> {
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

    fn look_up(&self, key: &SourceKey, limit: usize) -> Option<&SourceRow> {
        let shares_overflow = || self.rows.len() >= limit || *key == SourceKey::overflow();
        self.rows.get(key).or_else(|| self.overflow.as_ref().filter(|_| shares_overflow()))
    }

    /// The rows to make for these keys, each once: where there is no room, `overflow`.
    fn missing(&self, keys: impl Iterator<Item = SourceKey>, limit: usize) -> BTreeSet<SourceKey> {
        let mut room = limit.saturating_sub(self.rows.len());
        let mut missing = BTreeSet::new();
        for key in keys.filter(|key| !self.rows.contains_key(key)) {
            if key != SourceKey::overflow() && room > 0 {
                room -= usize::from(missing.insert(key));
            } else if self.overflow.is_none() && !missing.contains(&key) {
                missing.insert(SourceKey::overflow());
            }
        }
        missing
    }
}

impl Hearing {
    fn wait_with(&self, key: &SourceKey) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever finds no place here brings its own key when its turn comes.
        if waiting.len() < HEARD_AT_ONCE {
            waiting.push(key.clone());
        }
    }

    fn take(&self) -> Vec<SourceKey> {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
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
    fn remember(&self, row: SourceRow) {
        self.book.write().unwrap_or_else(PoisonError::into_inner).put(row);
    }

    /// The source of this key when it is known already (or shares `overflow`): never waits, never writes.
    #[must_use]
    pub fn source_known(&self, key: &SourceKey) -> Option<SourceRow> {
        self.book.read().unwrap_or_else(PoisonError::into_inner).look_up(key, self.options.sources).cloned()
    }

    /// The source of this key, made (with an entry) when it is heard for the first time. Known ones are answered without waiting.
    pub async fn source(&self, key: &SourceKey) -> Result<SourceRow, LedgerError> {
        if let Some(row) = self.source_known(key) {
            return Ok(row);
        }
        self.hearing.wait_with(key);
        // One at a time from here to the book, so that the limit holds and memory never runs behind the table.
        let _turn = self.hearing.turn.lock().await;
        if self.source_known(key).is_none() {
            self.hear(key).await?;
        }
        self.source_known(key).ok_or_else(|| LedgerError::damaged(format!("the source {key} was made and is not there")))
    }

    async fn hear(&self, own: &SourceKey) -> Result<(), LedgerError> {
        let waiting = self.hearing.take();
        let keys = std::iter::once(own.clone()).chain(waiting);
        let missing = self.book.read().unwrap_or_else(PoisonError::into_inner).missing(keys, self.options.sources);
        let now = self.clock.now();
        let mut tx = self.db.change().await?;
        let mut rows = Vec::with_capacity(missing.len());
        for key in missing {
            // A caller that went away during its commit leaves a row that memory does not know.
            rows.push(match stored(&mut tx, &key).await? {
                Some(row) => row,
                None => insert(&mut tx, now, key).await?,
            });
        }
        tx.commit().await?;
        rows.into_iter().for_each(|row| self.remember(row));
        Ok(())
    }

    /// All sources in the order of their keys.
    pub async fn sources(&self) -> Result<Vec<SourceRow>, LedgerError> {
        let book = self.book.read().unwrap_or_else(PoisonError::into_inner);
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
        let _turn = self.hearing.turn.lock().await;
        let mut tx = self.db.change().await?;
        let Some(mut row) = stored(&mut tx, key).await? else {
            return Err(LedgerError::NotFound { what: "source", name: key.to_string() });
        };
        row.name = (!name.is_empty()).then(|| name.to_owned());
        append(&mut tx, self.clock.now(), actor, Act::SourceName.as_str(), &[("source", key.as_str()), ("name", name)]).await?;
        sqlx::query("UPDATE source SET name = $2 WHERE source_key = $1").bind(key.as_str()).bind(&row.name).execute(&mut *tx).await?;
        tx.commit().await?;
        self.remember(row);
        Ok(())
    }
}
