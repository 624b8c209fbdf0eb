//! What time brings: reminders, lateness, escalation, delegations that end (REC-7), and records of series.
//!
//! Invariants: a call does a bounded amount and says whether more waits; what cannot be done is named and does not keep the rest from being done;
//! an occurrence of a series is opened once, also after a crash.

use std::collections::BTreeMap;

use anlan_base::Instant;
use anlan_law::kind::{Kind, Role, Series};
use sqlx::Row as _;

use super::commands::{actor_of, as_now};
use super::rows::{nanos, unit_seat};
use super::store;
use super::write::Writer;
use crate::Ledger;
use crate::book::Laws;
use crate::database::{Conn, from_sql, instant, to_sql};
use crate::engine::{self, People, Refusal, Rights, UnitId};
use crate::entry::{self, Actor};
use crate::error::LedgerError;

/// Records that one call wakes.
pub const WOKEN: usize = 200;
/// Of these in one transaction.
const WOKEN_AT_ONCE: i64 = 50;
/// Records that one call opens for series.
pub const OPENED: usize = 200;
pub(crate) const SERIES_SWITCH: &str = "series.switch";

/// What one call of [`Ledger::tick`] did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ticked {
    /// Records with new entries.
    pub woken: usize,
    /// Records that series opened.
    pub opened: usize,
    /// What could not be done, by record or series, and why.
    pub failed: Vec<(String, String)>,
    /// There is more to do: call again.
    pub more: bool,
}

/// A series that is switched on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SeriesRun {
    pub unit: UnitId,
    pub kind: String,
    pub series: String,
    pub since: Instant,
    /// The newest occurrence whose record was opened.
    pub last: Option<Instant>,
}

impl Ledger {
    /// Does what is due: call it every minute and after a start, and again at once while there is `more`.
    pub async fn tick(&self) -> Result<Ticked, LedgerError> {
        let mut ticked = Ticked::default();
        let handed = self.rehold_rest().await?;
        ticked.woken += handed;
        ticked.more |= handed >= WOKEN;
        self.wake(&mut ticked).await?;
        self.open_series(&mut ticked).await?;
        Ok(ticked)
    }

    /// Goes on behind what cannot be done, so that it keeps nothing else waiting.
    async fn wake(&self, ticked: &mut Ticked) -> Result<(), LedgerError> {
        let laws = self.laws()?;
        let mut after = (i64::MIN, i64::MIN);
        while ticked.woken < WOKEN {
            let waiting: Vec<(i64, i64)> =
                sqlx::query_as("SELECT at, record FROM wake WHERE at <= $1 AND (at, record) > ($2, $3) ORDER BY at, record LIMIT $4")
                    .bind(nanos(self.clock.now()))
                    .bind(after.0)
                    .bind(after.1)
                    .bind(WOKEN_AT_ONCE)
                    .fetch_all(self.db.read())
                    .await?;
            let Some(last) = waiting.last() else { return Ok(()) };
            after = *last;
            self.wake_run(&laws, waiting.iter().map(|(_, id)| *id), ticked).await?;
        }
        ticked.more = true;
        Ok(())
    }

    async fn wake_run(&self, laws: &Laws, ids: impl Iterator<Item = i64>, ticked: &mut Ticked) -> Result<(), LedgerError> {
        let turn = self.turn().await;
        let mut tx = self.db.change().await?;
        let (people, now, nobody) = (turn.directory(), self.clock.now(), Rights::default());
        let context = laws.context(now, &nobody, &*people, "");
        let writer = Writer { now, actor: &Actor::System, laws, people: &*people };
        for id in ids {
            match wake_one(&mut tx, id, &writer, &context).await {
                Ok(woken) => ticked.woken += usize::from(woken),
                Err(error) if is_of_one(&error) => ticked.failed.push((format!("#{id}"), error.to_string())),
                Err(error) => return Err(error),
            }
        }
        Ok(tx.commit().await?)
    }

    async fn open_series(&self, ticked: &mut Ticked) -> Result<(), LedgerError> {
        let laws = self.laws()?;
        let runs = runs(&mut *self.db.look().await?).await?;
        let (now, nobody, directory) = (self.clock.now(), Rights::default(), self.directory());
        let context = laws.context(now, &nobody, &*directory, "");
        // Units that began together share the answer.
        let mut answers: BTreeMap<(&str, &str, Instant, Option<Instant>), Option<Instant>> = BTreeMap::new();
        for run in &runs {
            let Some((kind, series)) = series_of(&laws, run) else { continue };
            if directory.unit(run.unit).is_none_or(|unit| unit.closed) {
                continue;
            }
            let key = (run.kind.as_str(), run.series.as_str(), run.since, run.last);
            let due = *answers.entry(key).or_insert_with(|| engine::series_due(series, run.since, run.last, &context).unwrap_or_default());
            let Some(occurrence) = due else { continue };
            if ticked.opened >= OPENED {
                ticked.more = true;
                break;
            }
            match self.open_occurrence(&laws, run, kind, series, occurrence).await {
                Ok(opened) => {
                    ticked.opened += usize::from(opened);
                    // The next occurrence of this run may be due as well.
                    ticked.more |= opened;
                }
                Err(error) if is_of_one(&error) => {
                    ticked.failed.push((format!("{}/{}/{}", run.unit, run.kind, run.series), error.to_string()))
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn open_occurrence(
        &self,
        laws: &Laws,
        run: &SeriesRun,
        kind: &Kind,
        series: &Series,
        occurrence: Instant,
    ) -> Result<bool, LedgerError> {
        let turn = self.turn().await;
        let mut tx = self.db.change().await?;
        if one_run(&mut tx, run).await?.as_ref() != Some(run) {
            return Ok(false);
        }
        let (people, now, nobody) = (turn.directory(), self.clock.now(), Rights::default());
        let context = laws.context(now, &nobody, &*people, "");
        let drafts = engine::series_open(kind, series, run.unit, occurrence, &context)?;
        let writer = Writer { now, actor: &Actor::System, laws, people: &*people };
        writer.write(&mut tx, None, &drafts).await?;
        put_last(&mut tx, run, occurrence).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Switches a series of a kind on or off in a unit: by its head or leader, or an administrator of security.
    pub async fn switch_series(&self, who: &Rights, unit: UnitId, kind: &str, series: &str, on: bool) -> Result<(), LedgerError> {
        let laws = self.laws()?;
        let known = laws.kinds.get(kind).is_some_and(|kind| kind.series.iter().any(|known| known.name == series));
        if !known {
            return Err(LedgerError::NotFound { what: "series", name: format!("{kind}/{series}") });
        }
        let turn = self.turn().await;
        let mut tx = self.db.change().await?;
        let people = turn.directory();
        let who = &as_now(who, &people);
        let place =
            people.unit(unit).filter(|unit| !unit.closed).ok_or_else(|| LedgerError::NotFound { what: "unit", name: unit.to_string() })?;
        let may = [Role::Head, Role::Leader, Role::Security].iter().any(|role| who.reaches(*role, &place.path));
        if !may && (who.person.is_none() || place.head != who.person) {
            return Err(LedgerError::Refusal(Refusal::new("series-not-yours")));
        }
        let run = SeriesRun { unit, kind: kind.to_owned(), series: series.to_owned(), since: self.clock.now(), last: None };
        if one_run(&mut tx, &run).await?.is_some() == on {
            return Ok(());
        }
        let (unit_text, person) = (unit.to_string(), who.person.map(|person| person.to_string()).unwrap_or_default());
        let fields =
            [("unit", unit_text.as_str()), ("kind", kind), ("series", series), ("on", if on { "yes" } else { "no" }), ("person", &person)];
        entry::append(&mut tx, run.since, &actor_of(who), SERIES_SWITCH, &fields).await?;
        put_run(&mut tx, &run, on).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The series that are switched on in a unit.
    pub async fn series_of_unit(&self, unit: UnitId) -> Result<Vec<SeriesRun>, LedgerError> {
        let mut runs = runs(&mut *self.db.look().await?).await?;
        runs.retain(|run| run.unit == unit);
        Ok(runs)
    }
}

/// Whether an error speaks of one record only, so that others may go on.
fn is_of_one(error: &LedgerError) -> bool {
    matches!(error, LedgerError::Damaged { .. } | LedgerError::Refusal(_))
}

async fn wake_one(conn: &mut Conn, id: i64, writer: &Writer<'_>, context: &engine::Context<'_>) -> Result<bool, LedgerError> {
    let held =
        store::fold(&store::entries_of(conn, id).await?)?.ok_or_else(|| LedgerError::damaged(format!("record {id} has no entries")))?;
    if held.record.wakes().is_none_or(|at| at > writer.now) {
        return Ok(false);
    }
    let drafts = engine::due_work(&held.record, context);
    if drafts.is_empty() {
        return Err(LedgerError::damaged(format!("{} wakes and nothing is due", held.record.number)));
    }
    writer.write(conn, Some(held), &drafts).await?;
    Ok(true)
}

fn series_of<'l>(laws: &'l Laws, run: &SeriesRun) -> Option<(&'l Kind, &'l Series)> {
    let kind = laws.kinds.get(&run.kind)?;
    Some((kind, kind.series.iter().find(|series| series.name == run.series)?))
}

/// All series that are switched on.
pub(crate) async fn runs(conn: &mut Conn) -> Result<Vec<SeriesRun>, LedgerError> {
    let rows = sqlx::query("SELECT unit, kind, series, since, last FROM series_run ORDER BY kind, series, unit").fetch_all(conn).await?;
    let mut runs = Vec::with_capacity(rows.len());
    for row in rows {
        let (unit, since, last): (i64, i64, Option<i64>) = (row.try_get("unit")?, row.try_get("since")?, row.try_get("last")?);
        runs.push(SeriesRun {
            unit: UnitId(from_sql(unit)?),
            kind: row.try_get("kind")?,
            series: row.try_get("series")?,
            since: instant(since)?,
            last: last.map(instant).transpose()?,
        });
    }
    Ok(runs)
}

async fn one_run(conn: &mut Conn, run: &SeriesRun) -> Result<Option<SeriesRun>, LedgerError> {
    let row = sqlx::query("SELECT since, last FROM series_run WHERE unit = $1 AND kind = $2 AND series = $3")
        .bind(unit_seat(run.unit))
        .bind(run.kind.clone())
        .bind(run.series.clone())
        .fetch_optional(conn)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let last: Option<i64> = row.try_get("last")?;
    Ok(Some(SeriesRun { since: instant(row.try_get("since")?)?, last: last.map(instant).transpose()?, ..run.clone() }))
}

async fn put_run(conn: &mut Conn, run: &SeriesRun, on: bool) -> Result<(), LedgerError> {
    let key = (unit_seat(run.unit), run.kind.clone(), run.series.clone());
    let query = match on {
        true => sqlx::query("INSERT INTO series_run (unit, kind, series, since) VALUES ($1, $2, $3, $4)"),
        false => sqlx::query("DELETE FROM series_run WHERE unit = $1 AND kind = $2 AND series = $3"),
    };
    let query = query.bind(key.0).bind(key.1).bind(key.2);
    let query = if on { query.bind(to_sql(run.since.0)?) } else { query };
    query.execute(conn).await?;
    Ok(())
}

async fn put_last(conn: &mut Conn, run: &SeriesRun, occurrence: Instant) -> Result<(), LedgerError> {
    sqlx::query("UPDATE series_run SET last = $4 WHERE unit = $1 AND kind = $2 AND series = $3")
        .bind(unit_seat(run.unit))
        .bind(run.kind.clone())
        .bind(run.series.clone())
        .bind(to_sql(occurrence.0)?)
        .execute(conn)
        .await?;
    Ok(())
}
