//! What the ledger judges by: the lawbook in force, a unit's own kinds over it, and the log's checkpoint.
//!
//! Invariants: what is in force is whole or the one before; a kind that is in force has its shape in an entry, so that the tables follow from entries.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use anlan_law::kind::{Kind, Kinds};
use anlan_law::pack::Lawbook;

use crate::Ledger;
use crate::database::Conn;
use crate::engine::{Context, People, Rights};
use crate::entry::{self, Actor};
use crate::error::LedgerError;
use crate::records::{KIND_SHAPE, KindShape, SHAPE_COLUMNS, put_shape, reproject};

/// The lawbook in force, with a unit's own kinds.
#[derive(Clone)]
pub(crate) struct Laws {
    pub book: Arc<Lawbook>,
    pub kinds: Arc<Kinds>,
}

impl Laws {
    pub(crate) fn context<'a>(
        &'a self,
        now: anlan_base::Instant,
        actor: &'a Rights,
        people: &'a dyn People,
        checkpoint: &'a str,
    ) -> Context<'a> {
        Context { now, actor, kinds: &self.kinds, clocks: &self.book.clocks, calendar: &self.book.calendars.work, people, checkpoint }
    }
}

/// Answers the log's newest checkpoint: origin, size, root hash, one a line.
pub type CheckpointSource = Arc<dyn Fn() -> String + Send + Sync>;

#[derive(Default)]
pub(crate) struct BookInForce {
    laws: RwLock<Option<Arc<Laws>>>,
    checkpoint: RwLock<Option<CheckpointSource>>,
}

impl Ledger {
    /// Puts a lawbook in force, with the unit's own kinds over it. Where a kind shows other fields in lists than before, its records' rows are written anew,
    /// in one transaction.
    pub async fn set_book(&self, book: Arc<Lawbook>) -> Result<(), LedgerError> {
        // A kind of the unit that does not fit any more is out of force; its records can still be read.
        let (kinds, _) = self.kinds_over(&book).await?;
        self.put_in_force(Laws { book, kinds: Arc::new(kinds) }).await
    }

    pub(crate) async fn put_in_force(&self, laws: Laws) -> Result<(), LedgerError> {
        let mut tx = self.db.change().await?;
        if self.keep_shapes(&mut tx, &laws.kinds).await? {
            tx.commit().await?;
        }
        *self.in_force.laws.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(laws));
        Ok(())
    }

    /// Says where `@checkpoint` comes from. Until then it is empty.
    pub fn set_checkpoint(&self, source: CheckpointSource) {
        *self.in_force.checkpoint.write().unwrap_or_else(PoisonError::into_inner) = Some(source);
    }

    pub(crate) fn checkpoint(&self) -> String {
        let source = self.in_force.checkpoint.read().unwrap_or_else(PoisonError::into_inner).clone();
        source.map(|source| source()).unwrap_or_default()
    }

    pub(crate) fn laws(&self) -> Result<Arc<Laws>, LedgerError> {
        let laws = self.in_force.laws.read().unwrap_or_else(PoisonError::into_inner).clone();
        laws.ok_or(LedgerError::NoBook)
    }

    /// Shipped kinds and own ones; none before a lawbook is in force.
    #[must_use]
    pub fn kinds(&self) -> Arc<Kinds> {
        self.laws().map(|laws| laws.kinds.clone()).unwrap_or_default()
    }

    /// Writes an entry for each kind that is new or shows other fields than before; whether there was one.
    pub(crate) async fn keep_shapes(&self, conn: &mut Conn, kinds: &Kinds) -> Result<bool, LedgerError> {
        let kept = shapes(conn).await?;
        let changed: Vec<(&Kind, KindShape)> =
            kinds.iter().map(|kind| (kind, KindShape::of(kind))).filter(|(kind, shape)| kept.get(&kind.id) != Some(shape)).collect();
        let people = self.directory();
        for (kind, shape) in &changed {
            let fields = shape.fields();
            let mut named: Vec<(&str, &str)> = vec![("kind", kind.id.as_str())];
            named.extend(fields.iter().map(|(name, value)| (*name, value.as_str())));
            let number = entry::append(conn, self.clock.now(), &Actor::System, KIND_SHAPE, &named).await?;
            put_shape(conn, &kind.id, shape, number).await?;
            if kept.contains_key(&kind.id) {
                reproject(conn, &kind.id, shape, &people).await?;
            }
        }
        Ok(!changed.is_empty())
    }
}

/// The shapes that the entries say, by kind.
pub(crate) async fn shapes(conn: &mut Conn) -> Result<BTreeMap<String, KindShape>, LedgerError> {
    let sql = format!("SELECT {SHAPE_COLUMNS} FROM kind_shape");
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(conn).await?;
    rows.iter().map(|row| KindShape::of_row(row).map(|(kind, _, shape)| (kind, shape))).collect()
}
