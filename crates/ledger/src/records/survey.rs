//! Records as probes look through them: of all units, whoever may see them. For what is measured about the operator, never for a page of somebody's.
//!
//! Invariants: a survey asks what a list asks ([`ListAsk`]), so whoever may see every record is told the same by the list; counts are read from indexes;
//! one page and one folding have a bound; no sealed value is in an answer (REC-10).

use std::collections::{BTreeMap, BTreeSet};

use anlan_base::Instant;
use sqlx::Row as _;

use super::asked::{ListAsk, ListPage, StateAsk};
use super::binds::{Binds, bound_query};
use super::commands::kind_of;
use super::list::{DAY_NANOS, Search};
use super::read::{filters, unsealed};
use super::rows::{nanos, unit_seat};
use super::scope::Scope;
use super::store;
use super::ticker::SeriesRun;
use crate::Ledger;
use crate::book::shapes;
use crate::database::{Conn, from_sql, instant};
use crate::engine::{Record, UnitId};
use crate::entry::PAGE;
use crate::error::LedgerError;

/// Records that one call folds.
pub const SURVEY_FOLDS: usize = 500;
/// Entries that are looked at for the last sign-ins.
pub const SIGN_IN_ENTRIES: u64 = 200_000;
const SESSION_OPEN: &str = "session.open";

/// The place from which every record is seen.
fn root_seat(ledger: &Ledger) -> Option<i64> {
    ledger.directory().root().map(|root| unit_seat(root.id))
}

fn wants(state: &StateAsk, lane: &str) -> bool {
    let (open, end) = (lane.strip_prefix("open:"), lane.strip_prefix("end:"));
    match state {
        StateAsk::Open | StateAsk::Overdue | StateAsk::DueSoon(_) => open.is_some(),
        StateAsk::All => open.or(end).is_some(),
        StateAsk::Ended => end.is_some(),
        StateAsk::Is(state) => open.or(end) == Some(state),
        StateAsk::LateEntry | StateAsk::Voided => false,
    }
}

async fn lanes(conn: &mut Conn, seat: i64, kind: &str) -> Result<Vec<(String, u64)>, LedgerError> {
    let rows = sqlx::query("SELECT lane, records FROM tally WHERE unit = $1 AND kind = $2 AND records > 0")
        .bind(seat)
        .bind(kind.to_owned())
        .fetch_all(conn)
        .await?;
    rows.iter().map(|row| Ok((row.try_get("lane")?, from_sql(row.try_get("records")?)?))).collect()
}

impl Ledger {
    /// A page of the records of one kind, of all units or of one and those below it.
    ///
    /// # Errors
    /// [`LedgerError::NotFound`] where no such kind is in force; a filter or cursor that does not fit.
    pub async fn survey(&self, ask: &ListAsk) -> Result<ListPage, LedgerError> {
        let laws = self.laws()?;
        let kind = surveyed(ask)?;
        laws.kinds.get(kind).ok_or_else(|| LedgerError::NotFound { what: "kind", name: kind.to_owned() })?;
        ask.check_conditions(&laws.kinds)?;
        let Some(root) = root_seat(self) else { return Ok(ListPage::default()) };
        let seat = ask.unit.map_or(root, unit_seat);
        let scope = Scope { units: BTreeSet::from([seat]), people: BTreeSet::new(), everywhere: seat == root };
        let mut look = self.db.look().await?;
        let filters = filters(ask, &shapes(&mut look).await?)?;
        let search = Search::new(ask, self.clock.now(), BTreeMap::from([(kind.to_owned(), scope)]), filters);
        if !ask.conditions.is_empty() {
            return search.narrowed(&mut look, &laws, &self.directory()).await;
        }
        search.page(&mut look, &laws.kinds).await
    }

    /// How many records [`Self::survey`] would list over all its pages. Words, holders, conditions, late entries and voided ones cannot be counted.
    ///
    /// # Errors
    /// As [`Self::survey`].
    pub async fn survey_count(&self, ask: &ListAsk) -> Result<u64, LedgerError> {
        let kind = surveyed(ask)?;
        let tests = !ask.words.is_empty() || ask.holder.is_some() || !ask.conditions.is_empty();
        if tests || matches!(ask.state, StateAsk::LateEntry | StateAsk::Voided) {
            return Err(LedgerError::Unfit { what: "survey", got: kind.to_owned(), rule: "counts by state and filters only" });
        }
        let Some(root) = root_seat(self) else { return Ok(0) };
        let seat = ask.unit.map_or(root, unit_seat);
        let mut look = self.db.look().await?;
        let filters = filters(ask, &shapes(&mut look).await?)?;
        let lanes = lanes(&mut look, seat, kind).await?;
        let wanted: Vec<&(String, u64)> = lanes.iter().filter(|(lane, _)| wants(&ask.state, lane)).collect();
        let now = self.clock.now();
        let due = match ask.state {
            StateAsk::Overdue => Some((0, nanos(now) - 1)),
            StateAsk::DueSoon(days) => Some((nanos(now), nanos(now.plus_nanos(u64::from(days).saturating_mul(DAY_NANOS))))),
            _ => None,
        };
        if wanted.is_empty() || (filters.is_empty() && due.is_none()) {
            return Ok(wanted.iter().map(|(_, records)| records).sum());
        }
        let mut binds = Binds::default();
        let mut sql = format!(
            "SELECT COUNT(*) FROM record_seat WHERE seat = {} AND kind = {} AND lane IN ({})",
            binds.int(seat),
            binds.text(kind),
            binds.texts(wanted.iter().map(|(lane, _)| lane.as_str())),
        );
        for (column, value) in &filters {
            sql.push_str(&format!(" AND {column} = {}", binds.text(value)));
        }
        if let Some((from, until)) = due {
            sql.push_str(&format!(" AND due >= {} AND due <= {}", binds.int(from), binds.int(until)));
        }
        let count: i64 = bound_query!(sql, binds).fetch_one(&mut *look).await?.try_get(0)?;
        from_sql(count)
    }

    /// These records, folded, without sealed values; those that are not there are left out. At most [`SURVEY_FOLDS`] at once.
    ///
    /// # Errors
    /// [`LedgerError::Full`] for more.
    pub async fn survey_full(&self, numbers: &[&str]) -> Result<Vec<Record>, LedgerError> {
        if numbers.len() > SURVEY_FOLDS {
            return Err(LedgerError::Full { what: "record to fold", limit: SURVEY_FOLDS });
        }
        let laws = self.laws()?;
        let mut look = self.db.look().await?;
        let mut records = Vec::with_capacity(numbers.len());
        for number in numbers {
            let Some(held) = store::load(&mut look, number).await? else { continue };
            let kind = kind_of(&held, &laws)?;
            records.push(unsealed(held.record, kind).0);
        }
        Ok(records)
    }

    /// The bytes of a file that records hold, at most [`super::FILE_BYTES`]; none where it is not there, or is not what was handed in.
    pub async fn survey_file(&self, digest: &str) -> Result<Option<Vec<u8>>, LedgerError> {
        let Some(shelf) = self.shelves.get() else { return Ok(None) };
        let digest = digest.to_owned();
        let read = tokio::task::spawn_blocking(move || shelf.bytes(&digest));
        read.await.map_err(|_| LedgerError::damaged("the reader of a file died"))
    }

    /// Where series of a kind are switched on.
    pub async fn series_of_kind(&self, kind: &str) -> Result<Vec<SeriesRun>, LedgerError> {
        let rows = sqlx::query("SELECT unit, kind, series, since, last FROM series_run WHERE kind = $1 ORDER BY unit, series")
            .bind(kind.to_owned())
            .fetch_all(self.db.read())
            .await?;
        let one = |row: &crate::database::Row| {
            Ok(SeriesRun {
                unit: UnitId(from_sql(row.try_get("unit")?)?),
                kind: row.try_get("kind")?,
                series: row.try_get("series")?,
                since: instant(row.try_get("since")?)?,
                last: row.try_get::<Option<i64>, _>("last")?.map(instant).transpose()?,
            })
        };
        rows.iter().map(one).collect()
    }

    /// When each of these accounts last signed in, as far back as `since`; none where that would mean reading more than [`SIGN_IN_ENTRIES`] entries.
    pub async fn last_sign_ins(
        &self,
        accounts: &BTreeSet<String>,
        since: Instant,
    ) -> Result<Option<BTreeMap<String, Instant>>, LedgerError> {
        self.last_sign_ins_among(accounts, since, SIGN_IN_ENTRIES).await
    }

    pub(crate) async fn last_sign_ins_among(
        &self,
        accounts: &BTreeSet<String>,
        since: Instant,
        most: u64,
    ) -> Result<Option<BTreeMap<String, Instant>>, LedgerError> {
        let mut found = BTreeMap::new();
        let mut before = self.newest_entry().await? + 1;
        let stop = before.saturating_sub(most);
        while found.len() < accounts.len() && before > 1 {
            if before <= stop {
                return Ok(None);
            }
            let from = before.saturating_sub(u64::from(PAGE)).max(stop).max(1);
            let limit = u32::try_from(before - from).unwrap_or(PAGE);
            for entry in self.entries(from, limit).await?.iter().rev() {
                let at = entry.text("at").and_then(|at| at.parse().ok()).map(Instant);
                if at.is_some_and(|at| at < since) {
                    return Ok(Some(found));
                }
                let user = entry.text("user").filter(|user| entry.text("act") == Some(SESSION_OPEN) && accounts.contains(*user));
                if let Some((user, at)) = user.zip(at) {
                    found.entry(user.to_owned()).or_insert(at);
                }
            }
            before = from;
        }
        Ok(Some(found))
    }

    /// The number of the newest entry; 0 where there is none.
    pub async fn newest_entry(&self) -> Result<u64, LedgerError> {
        crate::entry::newest(&mut *self.db.look().await?).await
    }
}

fn surveyed(ask: &ListAsk) -> Result<&str, LedgerError> {
    ask.kind.as_deref().ok_or_else(|| LedgerError::Unfit { what: "survey", got: String::new(), rule: "one kind" })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may")]
mod tests {
    use std::sync::Arc;

    use anlan_base::ManualClock;

    use super::*;
    use crate::{Actor, HashCost, LedgerOptions};

    const START: Instant = Instant(1_795_000_000_000_000_000);

    async fn ledger(dir: &std::path::Path) -> (Ledger, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::at(START));
        let options = LedgerOptions { hash_cost: HashCost { memory_kib: 8, passes: 1, lanes: 1 }, ..LedgerOptions::default() };
        (Ledger::open_with(&dir.join("ledger.db"), clock.clone(), options).await.unwrap(), clock)
    }

    /// Reading stops one entry before the sign-in, at it, and behind it.
    #[tokio::test]
    async fn sign_ins_are_looked_for_as_far_as_the_bound_goes() {
        let dir = tempfile::tempdir().unwrap();
        let (ledger, clock) = ledger(dir.path()).await;
        let code = ledger.first_run_code().await.unwrap();
        ledger.redeem_first_run(&code, "zhang.wei", "correct horse battery").await.unwrap();
        ledger.login("zhang.wei", "correct horse battery", "192.0.2.7:50000").await.unwrap();
        let accounts = BTreeSet::from(["zhang.wei".to_owned()]);
        clock.advance_seconds(60);
        // The sign-in is now the fourth from the end.
        for _ in 0..3 {
            ledger.note_act(&Actor::System, "test.note", &[]).await.unwrap();
        }
        for (most, is_found) in [(3, None), (4, Some(1)), (5, Some(1))] {
            let found = ledger.last_sign_ins_among(&accounts, START.minus_seconds(1), most).await.unwrap();
            assert_eq!(found.map(|found| found.len()), is_found, "{most}");
        }
        // What lies before the period is not looked for, and that is an answer.
        let found = ledger.last_sign_ins_among(&accounts, START.plus_seconds(30), 4).await.unwrap();
        assert_eq!(found.map(|found| found.len()), Some(0));
    }

    #[tokio::test]
    async fn only_so_many_records_are_folded_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let (ledger, _) = ledger(dir.path()).await;
        let book = anlan_law::pack::Lawbook::shipped(&["cn"]).unwrap();
        ledger.set_book(Arc::new(book)).await.unwrap();
        for (numbers, fits) in [(SURVEY_FOLDS - 1, true), (SURVEY_FOLDS, true), (SURVEY_FOLDS + 1, false)] {
            assert_eq!(ledger.survey_full(&vec!["YH-2026-0001"; numbers]).await.is_ok(), fits, "{numbers}");
        }
    }
}
