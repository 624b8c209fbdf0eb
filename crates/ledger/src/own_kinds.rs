//! Kinds that a unit added itself: their files as they came, laid over the kinds of the packs.
//!
//! Invariants: a file stands in its entry, once, under its digest, and was sound beside all others when it was added; of one kind the latest is in force;
//! a kind is never changed so that records lose the state they are in (KIND-9).

use std::collections::BTreeMap;
use std::sync::Arc;

use anlan_base::Instant;
use anlan_law::Fault;
use anlan_law::kind::{Kinds, limits};
use anlan_law::pack::Lawbook;
use sqlx::Row as _;

use crate::Ledger;
use crate::book::Laws;
use crate::database::{Conn, Row, from_sql, instant, to_sql};
use crate::entry::{Actor, EntryRow, append, one};
use crate::error::LedgerError;
use crate::law_texts::digest_of;

/// Files kept, older ones of a kind among them.
pub const OWN_KIND_FILES: usize = 2_000;
pub(crate) const KIND_ADD: &str = "kind.add";

/// A file of a kind that was added, without its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnKindRow {
    /// The number of its entry.
    pub entry: u64,
    /// Id of the kind.
    pub kind: String,
    /// SHA-256 of the file, lower-case hex.
    pub digest: String,
    pub at: Instant,
}

/// Why files were not added. Nothing of them is kept.
#[derive(Debug, thiserror::Error)]
pub enum AddKindError {
    /// Every fault of every file.
    #[error("the kinds have {} faults", .0.len())]
    Faults(Vec<Fault>),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl From<sqlx::Error> for AddKindError {
    fn from(error: sqlx::Error) -> Self {
        Self::Ledger(error.into())
    }
}

impl OwnKindRow {
    fn of(row: &Row) -> Result<Self, LedgerError> {
        Ok(Self {
            entry: from_sql(row.try_get("entry")?)?,
            kind: row.try_get("kind")?,
            digest: row.try_get("digest")?,
            at: instant(row.try_get("at")?)?,
        })
    }

    /// None where no ledger wrote the entry so.
    pub(crate) fn of_entry(entry: &EntryRow, at: u64) -> Option<Self> {
        let digest = entry.text("digest").filter(|digest| entry.text("text").is_some_and(|text| digest_of(text) == **digest))?;
        Some(Self { entry: entry.number, kind: entry.text("kind")?.to_owned(), digest: digest.to_owned(), at: Instant(at) })
    }
}

/// Every row, oldest first.
pub(crate) async fn rows(conn: &mut Conn) -> Result<Vec<OwnKindRow>, LedgerError> {
    let rows = sqlx::query("SELECT entry, kind, digest, at FROM own_kind ORDER BY entry").fetch_all(conn).await?;
    rows.iter().map(OwnKindRow::of).collect()
}

/// The files in force by the ids of their kinds.
async fn files(conn: &mut Conn) -> Result<BTreeMap<String, String>, LedgerError> {
    let latest: BTreeMap<String, OwnKindRow> = rows(conn).await?.into_iter().map(|row| (row.kind.clone(), row)).collect();
    let mut files = BTreeMap::new();
    for (kind, row) in latest {
        let held = one(conn, row.entry).await?;
        let text = held.as_ref().and_then(|held| held.text("text")).filter(|text| digest_of(text) == row.digest);
        let text = text.ok_or_else(|| LedgerError::damaged(format!("the kind of entry {} is not what its digest says", row.entry)))?;
        files.insert(kind, text.to_owned());
    }
    Ok(files)
}

/// The packs' kinds with these over them; a file that does not fit any more (a pack took its letters) is left out and told.
fn laid_over(book: &Lawbook, mut files: BTreeMap<String, String>) -> (Kinds, Vec<Fault>) {
    let mut told: Vec<Fault> = Vec::new();
    loop {
        let named: Vec<(String, &str)> = files.iter().map(|(kind, text)| (format!("{kind}.toml"), text.as_str())).collect();
        let faults = match book.with_kinds(&named.iter().map(|(name, text)| (name.as_str(), *text)).collect::<Vec<_>>()) {
            Ok(kinds) => return (kinds, told),
            Err(faults) => faults,
        };
        let before = files.len();
        files.retain(|kind, _| !faults.iter().any(|fault| fault.file == format!("{kind}.toml")));
        told.extend(faults);
        if files.len() == before {
            return (book.kinds().clone(), told);
        }
    }
}

impl Ledger {
    /// Puts one file of a kind in force. Its name does not matter.
    pub async fn add_kind(&self, actor: &Actor, text: &str) -> Result<OwnKindRow, AddKindError> {
        let name = anlan_law::kind::id_of(text).map_or_else(|| "kind.toml".to_owned(), |id| format!("{id}.toml"));
        let rows = self.add_kinds(actor, &[(name.as_str(), text)]).await?;
        Ok(rows.into_iter().next().ok_or(LedgerError::NotFound { what: "kind", name })?)
    }

    /// Puts files of kinds in force, all of them or none: names such as `room-visit.toml` with their texts. They may name each other; one that is there
    /// already takes the place of the older one.
    pub async fn add_kinds(&self, actor: &Actor, added: &[(&str, &str)]) -> Result<Vec<OwnKindRow>, AddKindError> {
        let laws = self.laws()?;
        let at = self.clock.now();
        let mut tx = self.db.change().await?;
        let kept = rows(&mut tx).await?.len();
        if kept + added.len() > OWN_KIND_FILES {
            return Err(LedgerError::Full { what: "kind", limit: OWN_KIND_FILES }.into());
        }
        let mut others = files(&mut tx).await?;
        let ids: Vec<String> = added.iter().map(|(_, text)| anlan_law::kind::id_of(text).unwrap_or_default()).collect();
        others.retain(|kind, _| !ids.contains(kind));
        let kinds = checked(&laws.book, added, &others)?;
        let mut faults = Vec::new();
        for ((name, _), id) in added.iter().zip(&ids) {
            faults.extend(states_lost(&mut tx, &kinds, id, name).await?);
        }
        if !faults.is_empty() {
            return Err(AddKindError::Faults(faults));
        }
        let mut rows = Vec::new();
        for (kind, (_, text)) in ids.into_iter().zip(added) {
            rows.push(put(&mut tx, at, actor, kind, text).await?);
        }
        self.keep_shapes(&mut tx, &kinds).await?;
        tx.commit().await?;
        self.put_in_force(Laws { book: laws.book.clone(), kinds: Arc::new(kinds) }).await?;
        Ok(rows)
    }

    /// Every file that was added, oldest first.
    pub async fn own_kinds(&self) -> Result<Vec<OwnKindRow>, LedgerError> {
        rows(&mut *self.db.look().await?).await
    }

    /// The files in force: ids of kinds with their texts.
    pub async fn own_kind_files(&self) -> Result<BTreeMap<String, String>, LedgerError> {
        files(&mut *self.db.look().await?).await
    }

    /// The packs' kinds with the unit's own over them, and what is wrong with those that do not fit any more.
    pub async fn kinds_over(&self, book: &Lawbook) -> Result<(Kinds, Vec<Fault>), LedgerError> {
        Ok(laid_over(book, self.own_kind_files().await?))
    }
}

fn checked(book: &Lawbook, added: &[(&str, &str)], others: &BTreeMap<String, String>) -> Result<Kinds, AddKindError> {
    let named: Vec<(String, &str)> = others.iter().map(|(kind, text)| (format!("{kind}.toml"), text.as_str())).collect();
    let beside = named.iter().map(|(name, text)| (name.as_str(), *text));
    book.with_kinds(&added.iter().copied().chain(beside).collect::<Vec<_>>()).map_err(AddKindError::Faults)
}

/// A fault for each state that records are in and the new text does not have.
async fn states_lost(conn: &mut Conn, kinds: &Kinds, id: &str, file: &str) -> Result<Vec<Fault>, LedgerError> {
    let Some(kind) = kinds.get(id) else { return Ok(Vec::new()) };
    let rows = sqlx::query("SELECT state, COUNT(*) AS records FROM record WHERE kind = $1 GROUP BY state ORDER BY state");
    let mut faults = Vec::new();
    for row in rows.bind(id).fetch_all(conn).await? {
        let (state, records): (String, i64) = (row.try_get("state")?, row.try_get("records")?);
        if kind.state(&state).is_none() {
            let fault = Fault::new(file, 0, "state", "kind-state-in-use").with("state", state);
            faults.push(fault.with("records", records.to_string()));
        }
    }
    Ok(faults)
}

async fn put(conn: &mut Conn, at: Instant, actor: &Actor, kind: String, text: &str) -> Result<OwnKindRow, LedgerError> {
    debug_assert!(text.len() <= limits::KIND_FILE_BYTES, "the reader of kinds has a lower limit than an entry");
    let digest = digest_of(text);
    let fields = [("kind", kind.as_str()), ("digest", digest.as_str()), ("text", text)];
    let entry = append(conn, at, actor, KIND_ADD, &fields).await?;
    sqlx::query("INSERT INTO own_kind (entry, kind, digest, at) VALUES ($1, $2, $3, $4)")
        .bind(to_sql(entry)?)
        .bind(&kind)
        .bind(&digest)
        .bind(to_sql(at.0)?)
        .execute(conn)
        .await?;
    Ok(OwnKindRow { entry, kind, digest, at })
}
