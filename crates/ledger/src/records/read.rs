//! Reading records: lists, one record with what may be done, its history, its children. All with the asker's rights.
//!
//! Invariants: what the asker may not see is answered as if it were not there (REC-9); sealed values are in no answer (REC-10).

use std::collections::{BTreeMap, BTreeSet};

use anlan_base::Instant;
use anlan_law::kind::Kind;
use sqlx::Row as _;

use super::asked::{ListAsk, ListPage, RecordRow, Spot, StateTotal};
use super::commands::kind_of;
use super::list::{Search, rows_of};
use super::rows::people_in;
use super::scope::{Looker, Scope};
use super::shape::KindShape;
use super::store::{self, Held};
use crate::Ledger;
use crate::book::{Laws, shapes};
use crate::database::{Conn, to_sql};
use crate::directory::Directory;
use crate::engine::{self, MayMove, PersonId, Record, Rights, UnitId, Urging, Values, Verb};
use crate::entry::EntryRow;
use crate::error::LedgerError;

/// Children of one record that are shown.
pub const CHILDREN: u32 = 500;
/// Records that name this one, as its page shows them.
pub const LINKS: u32 = 100;
/// Records of one page of a summary.
pub const SUMMARY_ROWS: u32 = 100;

/// A record as its page shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// Sealed values are not in it, nor in what is pending.
    pub record: Record,
    /// Sealed fields that are filled.
    pub sealed: BTreeSet<String>,
    /// Index of its last entry's leaf, once it is known.
    pub leaf: Option<u64>,
    pub may: Vec<MayMove>,
    pub may_do: Vec<Verb>,
    /// By state, where it was sent down.
    pub children: Vec<StateTotal>,
    /// Records that name this one in a field, newest first; those the asker may see.
    pub links: Vec<RecordRow>,
}

/// An entry about a record, as its history shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryRow {
    pub entry: u64,
    pub at: Instant,
    /// The person who acted; none for Anlan itself.
    pub person: Option<PersonId>,
    /// Who acted as entries write it: `user:li.na`, `system`.
    pub actor: String,
    /// `record.move`
    pub act: String,
    /// The move, the state after it.
    pub made: Option<String>,
    pub to: Option<String>,
    pub reason: Option<String>,
    /// Note, answer, urging.
    pub text: Option<String>,
    pub weight: Option<Urging>,
    pub clock: Option<String>,
    /// Who came to hold it, was asked or told.
    pub people: Vec<PersonId>,
    pub changes: Vec<FieldChange>,
    pub leaf: Option<u64>,
}

/// What became of a field. Sealed ones are named without values; erased ones have none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    pub field: String,
    pub before: Option<String>,
    pub after: Option<String>,
    pub sealed: bool,
}

/// Whom a record was sent down to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Children {
    pub totals: Vec<StateTotal>,
    pub rows: Vec<RecordRow>,
    /// More than [`CHILDREN`].
    pub more: bool,
}

/// A record in full, for sheets.
#[derive(Clone, Debug, PartialEq)]
pub struct SummaryRow {
    pub row: RecordRow,
    /// Every value that is not sealed.
    pub values: Values,
}

impl Ledger {
    /// A page of records that fit, in the asker's scope.
    pub async fn list(&self, who: &Rights, ask: &ListAsk) -> Result<ListPage, LedgerError> {
        self.list_due(who, ask, None).await
    }

    pub(crate) async fn list_due(&self, who: &Rights, ask: &ListAsk, due: Option<(i64, i64)>) -> Result<ListPage, LedgerError> {
        let laws = self.laws()?;
        let directory = self.directory();
        ask.check_conditions(&laws.kinds)?;
        let looker = Looker::new(who, &directory);
        let mut look = self.db.look().await?;
        let shapes = shapes(&mut look).await?;
        let scopes = scopes(ask, &looker, &laws)?;
        let filters = filters(ask, &shapes)?;
        let mut search = Search::new(ask, self.clock.now(), scopes, filters);
        if due.is_some() {
            search.due = due;
        }
        if !ask.conditions.is_empty() {
            return search.narrowed(&mut look, &laws, &directory).await;
        }
        search.page(&mut look, &laws.kinds).await
    }

    /// A record with what the asker may do; none outside their rights or where there is none.
    pub async fn record(&self, who: &Rights, number: &str) -> Result<Option<Shown>, LedgerError> {
        let (laws, directory, checkpoint) = (self.laws()?, self.directory(), self.checkpoint());
        let mut look = self.db.look().await?;
        let Some(held) = visible(&mut look, number, who, &laws, &directory).await? else { return Ok(None) };
        let kind = kind_of(&held, &laws)?;
        let context = laws.context(self.clock.now(), who, &*directory, &checkpoint);
        let (may, may_do) = (engine::may(&held.record, kind, &context), engine::may_do(&held.record, kind, &context));
        let leaf: Option<i64> =
            sqlx::query_scalar("SELECT leaf FROM entry WHERE number = $1").bind(to_sql(held.record.version)?).fetch_one(&mut *look).await?;
        let children = child_totals(&mut look, number).await?;
        let links = linking(&mut look, number, who, &laws, &directory).await?;
        let (record, sealed) = unsealed(held.record, kind);
        Ok(Some(Shown { record, sealed, leaf: leaf.map(crate::database::from_sql).transpose()?, may, may_do, children, links }))
    }

    /// What was done with a record, oldest first; none outside the asker's rights.
    pub async fn history(&self, who: &Rights, number: &str) -> Result<Option<Vec<HistoryRow>>, LedgerError> {
        let (laws, directory) = (self.laws()?, self.directory());
        let mut look = self.db.look().await?;
        let Some(held) = visible(&mut look, number, who, &laws, &directory).await? else { return Ok(None) };
        let kind = kind_of(&held, &laws)?;
        let mut values = Values::new();
        let entries = store::entries_of(&mut look, to_sql(held.id)?).await?;
        entries.iter().map(|entry| told(entry, kind, &mut values)).collect::<Result<_, _>>().map(Some)
    }

    /// Whom a record was sent down to, and how far they are. Children outside the asker's rights are counted, not shown.
    pub async fn children(&self, who: &Rights, parent: &str) -> Result<Option<Children>, LedgerError> {
        let (laws, directory) = (self.laws()?, self.directory());
        let mut look = self.db.look().await?;
        if visible(&mut look, parent, who, &laws, &directory).await?.is_none() {
            return Ok(None);
        }
        let ids: Vec<i64> = sqlx::query_scalar("SELECT id FROM record WHERE parent = $1 ORDER BY id LIMIT $2")
            .bind(parent.to_owned())
            .bind(i64::from(CHILDREN) + 1)
            .fetch_all(&mut *look)
            .await?;
        let more = ids.len() > usize::try_from(CHILDREN).unwrap_or(usize::MAX);
        let spots: Vec<Spot> =
            ids.into_iter().take(usize::try_from(CHILDREN).unwrap_or(usize::MAX)).map(|id| Spot { key: id, id }).collect();
        let rows = rows_of(&mut look, &spots, &laws.kinds).await?;
        let rows = only_seen(&mut look, rows, who, &laws, &directory).await?;
        Ok(Some(Children { totals: child_totals(&mut look, parent).await?, rows, more }))
    }

    /// Records in full, for sheets: those of a list, page by page ([`SUMMARY_ROWS`] each); ask again with the cursor until it is none.
    pub async fn summary(&self, who: &Rights, ask: &ListAsk) -> Result<(Vec<SummaryRow>, Option<String>), LedgerError> {
        let ask = ListAsk { limit: if ask.limit == 0 { SUMMARY_ROWS } else { ask.limit.min(SUMMARY_ROWS) }, ..ask.clone() };
        let page = self.list(who, &ask).await?;
        Ok((self.in_full(page.rows).await?, page.next))
    }

    /// The children of a record in full, for sheets; none outside the asker's rights.
    pub async fn summary_of_children(&self, who: &Rights, parent: &str) -> Result<Option<Vec<SummaryRow>>, LedgerError> {
        match self.children(who, parent).await? {
            Some(children) => self.in_full(children.rows).await.map(Some),
            None => Ok(None),
        }
    }

    async fn in_full(&self, rows: Vec<RecordRow>) -> Result<Vec<SummaryRow>, LedgerError> {
        let laws = self.laws()?;
        let mut look = self.db.look().await?;
        let mut full = Vec::with_capacity(rows.len());
        for row in rows {
            let Some(held) = store::load(&mut look, &row.number).await? else { continue };
            let values = laws.kinds.get(&row.kind).map(|kind| engine::visible(&held.record, kind)).unwrap_or_default();
            full.push(SummaryRow { row, values });
        }
        Ok(full)
    }

    /// 补录 by unit: how many records of the unit and each below it were entered on a later day than they happened.
    pub async fn late_entries(&self, who: &Rights, unit: UnitId) -> Result<BTreeMap<UnitId, u64>, LedgerError> {
        let (laws, directory) = (self.laws()?, self.directory());
        let looker = Looker::new(who, &directory);
        let mut counts = BTreeMap::new();
        let Some(above) = engine::People::unit(&*directory, unit) else { return Ok(counts) };
        let seen: BTreeSet<&str> =
            laws.kinds.iter().filter(|kind| !looker.scope(kind, Some(unit)).units.is_empty()).map(|kind| kind.id.as_str()).collect();
        let rows = sqlx::query("SELECT unit, kind, records FROM tally WHERE lane = $1 AND records > 0")
            .bind(super::rows::LATE_LANE)
            .fetch_all(self.db.read())
            .await?;
        for row in rows {
            let (id, kind, records): (i64, String, i64) = (row.try_get("unit")?, row.try_get("kind")?, row.try_get("records")?);
            let id = UnitId(crate::database::from_sql(id)?);
            let below = engine::People::unit(&*directory, id).filter(|unit| unit.is_within(&above.path));
            let reached = below.is_some_and(|below| laws.kinds.get(&kind).is_some_and(|kind| looker.sees_unit(kind, &below.path)));
            if reached && seen.contains(kind.as_str()) {
                *counts.entry(id).or_default() += crate::database::from_sql(records)?;
            }
        }
        Ok(counts)
    }
}

/// The record where the asker may see it.
pub(crate) async fn visible(
    conn: &mut Conn,
    number: &str,
    who: &Rights,
    laws: &Laws,
    directory: &Directory,
) -> Result<Option<Held>, LedgerError> {
    let Some(held) = store::load(conn, number).await? else { return Ok(None) };
    let seen = laws.kinds.get(&held.record.kind).is_some_and(|kind| engine::sees(&held.record, kind, who, directory));
    Ok(seen.then_some(held))
}

/// The record without its sealed values, and which of them are filled.
pub(crate) fn unsealed(mut record: Record, kind: &Kind) -> (Record, BTreeSet<String>) {
    let is_open = |name: &String| kind.field(name).is_none_or(|field| field.sealed.is_empty());
    let sealed = record.values.keys().filter(|name| !is_open(name)).cloned().collect();
    record.values.retain(|name, _| is_open(name));
    if let Some(pending) = &mut record.pending {
        pending.values.retain(|name, _| is_open(name));
    }
    (record, sealed)
}

/// Kinds that are asked for and from where the asker sees them.
fn scopes(ask: &ListAsk, looker: &Looker<'_>, laws: &Laws) -> Result<BTreeMap<String, Scope>, LedgerError> {
    let asked: Vec<&Kind> = match &ask.kind {
        Some(id) => vec![laws.kinds.get(id).ok_or_else(|| LedgerError::NotFound { what: "kind", name: id.clone() })?],
        None => laws.kinds.iter().collect(),
    };
    Ok(asked.into_iter().map(|kind| (kind.id.clone(), looker.scope(kind, ask.unit))).filter(|(_, scope)| !scope.is_empty()).collect())
}

/// The columns of the fields that are asked for.
pub(super) fn filters(ask: &ListAsk, shapes: &BTreeMap<String, KindShape>) -> Result<Vec<(&'static str, String)>, LedgerError> {
    let shape = ask.kind.as_ref().and_then(|kind| shapes.get(kind));
    let column = |name: &str| shape?.filters.iter().position(|filter| filter == name).and_then(|at| ["f1", "f2", "f3"].get(at).copied());
    let one = |(name, value): &(String, String)| {
        let column = column(name).ok_or_else(|| LedgerError::Unfit {
            what: "filter",
            got: name.chars().take(40).collect(),
            rule: "a field of the kind with `filter = true`",
        })?;
        Ok((column, value.clone()))
    };
    ask.filters.iter().map(one).collect()
}

async fn child_totals(conn: &mut Conn, parent: &str) -> Result<Vec<StateTotal>, LedgerError> {
    let rows = sqlx::query("SELECT kind, lane, COUNT(*) AS records FROM record WHERE parent = $1 GROUP BY kind, lane ORDER BY kind, lane")
        .bind(parent.to_owned())
        .fetch_all(conn)
        .await?;
    let mut totals = Vec::with_capacity(rows.len());
    for row in rows {
        let (kind, lane, records): (String, String, i64) = (row.try_get("kind")?, row.try_get("lane")?, row.try_get("records")?);
        if let Some((end, state)) = lane.split_once(':').filter(|(_, state)| !state.is_empty()) {
            totals.push(StateTotal { kind, state: state.to_owned(), ended: end == "end", records: crate::database::from_sql(records)? });
        }
    }
    Ok(totals)
}

/// Records that name this one.
async fn linking(conn: &mut Conn, number: &str, who: &Rights, laws: &Laws, directory: &Directory) -> Result<Vec<RecordRow>, LedgerError> {
    let ids: Vec<i64> = sqlx::query_scalar("SELECT DISTINCT record FROM record_link WHERE target = $1 ORDER BY record DESC LIMIT $2")
        .bind(number.to_owned())
        .bind(i64::from(LINKS))
        .fetch_all(&mut *conn)
        .await?;
    let spots: Vec<Spot> = ids.into_iter().map(|id| Spot { key: id, id }).collect();
    let rows = rows_of(conn, &spots, &laws.kinds).await?;
    only_seen(conn, rows, who, laws, directory).await
}

/// Rows of records that the asker may see. Most are seen by their unit; the others are folded.
async fn only_seen(
    conn: &mut Conn,
    rows: Vec<RecordRow>,
    who: &Rights,
    laws: &Laws,
    directory: &Directory,
) -> Result<Vec<RecordRow>, LedgerError> {
    let mut seen = Vec::with_capacity(rows.len());
    for row in rows {
        let kind = laws.kinds.get(&row.kind);
        let path = engine::People::unit(directory, row.unit).map(|unit| unit.path.as_str());
        let by_unit = kind.zip(path).is_some_and(|(kind, path)| engine::sees_unit(kind, who, path));
        if by_unit || visible(conn, &row.number, who, laws, directory).await?.is_some() {
            seen.push(row);
        }
    }
    Ok(seen)
}

/// An entry as the history shows it; `values` follow.
fn told(entry: &EntryRow, kind: &Kind, values: &mut Values) -> Result<HistoryRow, LedgerError> {
    let text = |name: &str| entry.text(name).map(str::to_owned);
    let at = entry.text("at").and_then(|at| at.parse().ok()).map(Instant);
    let mut changes = Vec::new();
    for field in &entry.fields {
        let Some(name) = field.name.strip_prefix("f.") else { continue };
        let sealed = kind.field(name).is_some_and(|field| !field.sealed.is_empty());
        let after =
            field.value.as_deref().and_then(|value| std::str::from_utf8(value).ok()).filter(|value| !value.is_empty()).map(str::to_owned);
        let before = match &after {
            _ if entry.text("act") == Some("record.propose") => values.get(name).cloned(),
            Some(after) => values.insert(name.to_owned(), after.clone()),
            None => values.remove(name),
        };
        let open = |value: Option<String>| value.filter(|_| !sealed);
        changes.push(FieldChange { field: name.to_owned(), before: open(before), after: open(after), sealed });
    }
    Ok(HistoryRow {
        entry: entry.number,
        at: at.ok_or_else(|| LedgerError::damaged(format!("entry {} has no time", entry.number)))?,
        person: entry.text("person").and_then(PersonId::parse),
        actor: text("actor").unwrap_or_default(),
        act: text("act").unwrap_or_default(),
        made: text("move"),
        to: text("to"),
        reason: text("reason"),
        text: text("text"),
        weight: entry.text("weight").and_then(Urging::from_id),
        clock: text("clock"),
        people: ["holder", "delegate", "approver", "people"].into_iter().filter_map(|name| entry.text(name)).flat_map(people_in).collect(),
        changes,
        leaf: entry.leaf,
    })
}
