//! Lists with conditions: the list without them, walked page by page, and of each record what its row or its entries say.
//!
//! Invariants: one page looks at no more than [`LOOKED`] rows and folds no more than [`NARROW_FOLDS`] records beside those it shows, and says where it stopped;
//! walked to the end, all pages together hold every record that fits, each once; sealed values decide nothing.

use anlan_law::kind::Kinds;

use super::asked::{LIST_ROWS, ListAsk, ListPage, RecordRow, Spot};
use super::condition::{CONDITIONS, Condition, Judge};
use super::list::{Search, rows_at, totals};
use super::read::unsealed;
use super::store;
use crate::book::Laws;
use crate::database::Conn;
use crate::directory::Directory;
use crate::error::LedgerError;

/// Rows that one page looks at.
pub const LOOKED: usize = 4_000;
/// Searches of one page: one by words or filters may give few rows each.
const TURNS: usize = LOOKED / LIST_ROWS as usize;
/// Records that one page folds, where rows do not tell.
pub const NARROW_FOLDS: usize = 600;

impl ListAsk {
    /// # Errors
    /// [`LedgerError::Unfit`] for conditions without a kind, too many of them, or one that does not fit the kind.
    pub(crate) fn check_conditions(&self, kinds: &Kinds) -> Result<(), LedgerError> {
        if self.conditions.is_empty() {
            return Ok(());
        }
        let unfit = |rule| LedgerError::Unfit { what: "condition", got: self.conditions.len().to_string(), rule };
        if self.conditions.len() > CONDITIONS {
            return Err(unfit("at most twelve at once"));
        }
        let kind = self.kind.as_ref().and_then(|kind| kinds.get(kind)).ok_or_else(|| unfit("in the list of one kind"))?;
        self.conditions.iter().try_for_each(|condition| condition.check(kind))
    }
}

/// What was found so far.
#[derive(Default)]
struct Walk {
    rows: Vec<RecordRow>,
    /// The last row that is shown, and the last that was looked at.
    shown: Option<Spot>,
    seen: Option<Spot>,
    fitting: u64,
    looked: usize,
    folded: usize,
}

impl Search<'_> {
    /// A page of those that fit the conditions as well.
    pub(crate) async fn narrowed(&self, conn: &mut Conn, laws: &Laws, people: &Directory) -> Result<ListPage, LedgerError> {
        let Some(kind) = self.ask.kind.as_ref().and_then(|kind| laws.kinds.get(kind)) else { return Ok(ListPage::default()) };
        let judge = Judge { kind, people, now: self.now };
        let wide_ask = ListAsk { limit: LIST_ROWS, ..self.ask.clone() };
        let wide = self.asking(&wide_ask);
        let lanes = wide.lanes(conn).await?;
        let first = self.ask.after.as_deref().map(|cursor| self.order.read(cursor)).transpose()?;
        let (mut walk, mut after, mut turns) = (Walk::default(), first, 0);
        let is_whole = loop {
            turns += 1;
            let found = wide.found(conn, &lanes, after).await?;
            let rows = rows_at(conn, &found.spots, &laws.kinds).await?;
            if !walk.add(conn, rows, &self.ask.conditions, &judge, self.ask.rows()).await? {
                break false;
            }
            match found.next {
                Some(next) => (after, walk.seen) = (Some(next), Some(next)),
                None => break true,
            }
            if turns == TURNS {
                break false;
            }
        };
        let shown = walk.rows.len() as u64;
        let next = match (walk.fitting > shown, is_whole) {
            (true, _) => walk.shown,
            (false, true) => None,
            (false, false) => walk.seen,
        };
        Ok(ListPage {
            total: (is_whole && first.is_none()).then_some(walk.fitting),
            totals: totals(&lanes),
            next: next.map(|spot| self.order.cursor(spot)),
            cut: !is_whole && walk.rows.len() < self.ask.rows(),
            rows: walk.rows,
        })
    }
}

impl Walk {
    /// Whether all of them were looked at.
    async fn add(
        &mut self,
        conn: &mut Conn,
        rows: Vec<(Spot, RecordRow)>,
        conditions: &[Condition],
        judge: &Judge<'_>,
        wanted: usize,
    ) -> Result<bool, LedgerError> {
        for (spot, row) in rows {
            if self.looked == LOOKED {
                return Ok(false);
            }
            let fits = match of_row(conditions, &row, judge) {
                Some(fits) => fits,
                None if self.folded == NARROW_FOLDS => return Ok(false),
                None => {
                    self.folded += 1;
                    in_full(conn, conditions, &row, judge).await?
                }
            };
            self.looked += 1;
            self.seen = Some(spot);
            if fits {
                self.fitting += 1;
                if self.rows.len() < wanted {
                    self.shown = Some(spot);
                    self.rows.push(row);
                }
            }
        }
        Ok(true)
    }
}

/// None where a row does not tell of one, and none of the others fails.
fn of_row(conditions: &[Condition], row: &RecordRow, judge: &Judge<'_>) -> Option<bool> {
    let mut told = Some(true);
    for condition in conditions {
        match condition.of_row(row, judge) {
            Some(true) => {}
            Some(false) => return Some(false),
            None => told = None,
        }
    }
    told
}

async fn in_full(conn: &mut Conn, conditions: &[Condition], row: &RecordRow, judge: &Judge<'_>) -> Result<bool, LedgerError> {
    let Some(held) = store::load(conn, &row.number).await? else { return Ok(false) };
    let (record, _) = unsealed(held.record, judge.kind);
    Ok(conditions.iter().all(|condition| condition.holds(&record, judge)))
}
