//! What changes of people, units and kinds do to records: other hands, other seats, other columns. Called in the transaction of the change.
//!
//! Invariant: after a change of people no open record is in the hands of somebody who has left (REC-6).

use std::collections::BTreeSet;

use anlan_base::Instant;

use super::binds::{Binds, bound_query};
use super::list::IN_LIST;
use super::rows::{Rows, person_key, unit_seat};
use super::shape::KindShape;
use super::store::{self, Tallies};
use super::ticker::WOKEN;
use super::write::Writer;
use crate::Ledger;
use crate::book::Laws;
use crate::database::{Conn, from_sql};
use crate::directory::{Directory, Why};
use crate::engine::{self, People as _, Person, PersonId, Record, Refusal, Rights, UnitId};
use crate::entry::{self, Actor};
use crate::error::LedgerError;

/// Records that are in memory at once.
const RUN: i64 = 200;

/// Records that one change of people hands over; what is left goes with the next ticks.
pub const REHELD: usize = 2_000;

impl Ledger {
    /// What a change of units and people means for records, in its transaction.
    pub(crate) async fn follow_directory(
        &self,
        conn: &mut Conn,
        now: Instant,
        before: &Directory,
        after: &Directory,
    ) -> Result<(), LedgerError> {
        reseat(conn, &moved(before, after)).await?;
        let closed: Vec<UnitId> = newly_closed(before, after);
        let changed = changed_people(before, after);
        if closed.is_empty() && changed.is_empty() {
            return Ok(());
        }
        let laws = match self.laws() {
            Ok(laws) => laws,
            // Without records nothing is in anybody's hands.
            Err(_) if is_empty(conn).await? => return Ok(()),
            Err(error) => return Err(error),
        };
        for unit in closed {
            empty_unit(conn, now, &laws, after, unit).await?;
        }
        let ids = in_hands_of(conn, &changed, REHELD).await?;
        rehold(conn, now, &laws, after, &ids).await?;
        Ok(())
    }

    /// Hands over what is still in the hands of people who have left: what was too much for the change itself.
    pub(crate) async fn rehold_rest(&self) -> Result<usize, LedgerError> {
        let left: Vec<i64> = sqlx::query_scalar(
            "SELECT p.id FROM person p WHERE p.left_at IS NOT NULL AND EXISTS (SELECT 1 FROM todo t WHERE t.person = p.id)",
        )
        .fetch_all(self.db.read())
        .await?;
        if left.is_empty() {
            return Ok(0);
        }
        let laws = self.laws()?;
        let turn = self.turn().await;
        let mut tx = self.db.change().await?;
        let left: Vec<PersonId> = left.into_iter().map(|id| from_sql(id).map(PersonId)).collect::<Result<_, _>>()?;
        let ids = in_hands_of(&mut tx, &left, WOKEN).await?;
        let handed = rehold(&mut tx, self.clock.now(), &laws, &turn.directory(), &ids).await?;
        tx.commit().await?;
        Ok(handed)
    }
}

async fn is_empty(conn: &mut Conn) -> Result<bool, LedgerError> {
    let one: Option<i64> = sqlx::query_scalar("SELECT id FROM record LIMIT 1").fetch_optional(conn).await?;
    Ok(one.is_none())
}

/// Units whose place in the tree changed: paths before and after.
fn moved(before: &Directory, after: &Directory) -> Vec<(UnitId, String, String)> {
    let paths = after.units().map(|row| &row.unit).filter_map(|unit| Some((unit.id, &before.unit(unit.id)?.path, &unit.path)));
    paths.filter(|(_, old, new)| old != new).map(|(id, old, new)| (id, old.clone(), new.clone())).collect()
}

fn newly_closed(before: &Directory, after: &Directory) -> Vec<UnitId> {
    let was_open = |id: UnitId| before.unit(id).is_some_and(|unit| !unit.closed);
    after.units().map(|row| &row.unit).filter(|unit| unit.closed && was_open(unit.id)).map(|unit| unit.id).collect()
}

/// People who have less to do with some unit than before.
fn changed_people(before: &Directory, after: &Directory) -> Vec<PersonId> {
    let lost = |old: &Person| {
        let Some(new) = after.person(old.id) else { return true };
        let (had, has) = (before.rights(old.id), after.rights(old.id));
        (new.left && !old.left) || new.unit != old.unit || had.grants.iter().any(|grant| !has.grants.contains(grant))
    };
    before.people().map(|row| &row.person).filter(|person| !person.left && lost(person)).map(|person| person.id).collect()
}

/// Ids of records that are in these people's hands.
async fn in_hands_of(conn: &mut Conn, people: &[PersonId], most: usize) -> Result<Vec<i64>, LedgerError> {
    let mut ids: BTreeSet<i64> = BTreeSet::new();
    for person in people {
        let room = i64::try_from(most.saturating_sub(ids.len())).unwrap_or(0);
        let todo: Vec<i64> =
            sqlx::query_scalar("SELECT DISTINCT record FROM todo WHERE person = $1 AND why <> 'ask' ORDER BY record LIMIT $2")
                .bind(person_key(*person))
                .bind(room)
                .fetch_all(&mut *conn)
                .await?;
        ids.extend(todo);
    }
    Ok(ids.into_iter().collect())
}

/// Gives these records to others, where whoever holds them has left or has nothing to do with them any more. `people` is the directory after the change;
/// answers how many have other hands now.
async fn rehold(conn: &mut Conn, now: Instant, laws: &Laws, people: &Directory, ids: &[i64]) -> Result<usize, LedgerError> {
    let nobody = Rights::default();
    let context = laws.context(now, &nobody, people, "");
    let writer = Writer { now, actor: &Actor::System, laws, people };
    let mut handed = 0;
    for id in ids {
        let Some(held) = store::fold(&store::entries_of(conn, *id).await?)? else { continue };
        let Some(draft) = engine::rehold(&held.record, &context) else { continue };
        writer.write(conn, Some(held), &[draft]).await?;
        handed += 1;
    }
    Ok(handed)
}

/// Open records of a unit that was closed go to its successor; without one it may not have any.
async fn empty_unit(conn: &mut Conn, now: Instant, laws: &Laws, people: &Directory, unit: UnitId) -> Result<(), LedgerError> {
    let open: Vec<i64> = sqlx::query_scalar("SELECT id FROM record WHERE unit = $1 AND lane LIKE 'open:%' ORDER BY id LIMIT $2")
        .bind(unit_seat(unit))
        .bind(i64::try_from(REHELD).unwrap_or(i64::MAX) + 1)
        .fetch_all(&mut *conn)
        .await?;
    if open.is_empty() {
        return Ok(());
    }
    let Some(successor) = successor_of(conn, unit).await?.filter(|_| open.len() <= REHELD) else { return Err(Why::UnitInUse.into()) };
    let nobody = Rights::default();
    let context = laws.context(now, &nobody, people, "");
    let writer = Writer { now, actor: &Actor::System, laws, people };
    for id in open {
        let Some(held) = store::fold(&store::entries_of(conn, id).await?)? else { continue };
        let there = Record { unit: successor, holder: None, ..held.record.clone() };
        let mut draft = engine::rehold(&there, &context).ok_or_else(|| LedgerError::from(Refusal::new("nobody-there")))?;
        draft.fields.push(("unit".to_owned(), successor.to_string()));
        writer.write(conn, Some(held), &[draft]).await?;
    }
    Ok(())
}

/// As the entry of this transaction says that closed the unit.
async fn successor_of(conn: &mut Conn, unit: UnitId) -> Result<Option<UnitId>, LedgerError> {
    let newest = entry::newest(conn).await?;
    let recent = entry::page(conn, newest.saturating_sub(u64::from(entry::PAGE) - 1).max(1), entry::PAGE).await?;
    let closing = |row: &&entry::EntryRow| row.text("act") == Some("unit.close") && row.text("unit").and_then(UnitId::parse) == Some(unit);
    Ok(recent.iter().rev().find(closing).and_then(|row| UnitId::parse(row.text("successor")?)))
}

/// Writes the seats of all records of these units anew, after their place in the tree changed. `before` and `after` are their paths.
async fn reseat(conn: &mut Conn, moved: &[(UnitId, String, String)]) -> Result<(), LedgerError> {
    for (unit, before, after) in moved {
        let above = |path: &str| -> BTreeSet<i64> { super::rows::unit_seats(*unit, path).collect() };
        let (before, after) = (above(before), above(after));
        let own = unit_seat(*unit);
        for gone in before.difference(&after) {
            take_away(conn, own, *gone).await?;
        }
        for new in after.difference(&before) {
            add(conn, own, *new).await?;
        }
    }
    Ok(())
}

const OF_UNIT: &str = "SELECT kind, lane, COUNT(*) AS records FROM record WHERE unit = $1 GROUP BY kind, lane";

async fn take_away(conn: &mut Conn, unit: i64, seat: i64) -> Result<(), LedgerError> {
    sqlx::query("DELETE FROM record_seat WHERE seat = $1 AND id IN (SELECT id FROM record WHERE unit = $2)")
        .bind(seat)
        .bind(unit)
        .execute(&mut *conn)
        .await?;
    tally(conn, unit, seat, -1).await
}

async fn add(conn: &mut Conn, unit: i64, seat: i64) -> Result<(), LedgerError> {
    sqlx::query(
        "INSERT INTO record_seat (id, seat, kind, lane, due, changed, f1, f2, f3)
         SELECT s.id, CAST($1 AS BIGINT), s.kind, s.lane, s.due, s.changed, s.f1, s.f2, s.f3 FROM record_seat s JOIN record r ON r.id = s.id
         WHERE s.seat = $2 AND r.unit = $2",
    )
    .bind(seat)
    .bind(unit)
    .execute(&mut *conn)
    .await?;
    tally(conn, unit, seat, 1).await
}

async fn tally(conn: &mut Conn, unit: i64, seat: i64, by: i64) -> Result<(), LedgerError> {
    let counts: Vec<(String, String, i64)> = sqlx::query_as(OF_UNIT).bind(unit).fetch_all(&mut *conn).await?;
    let tallies: Tallies = counts.into_iter().map(|(kind, lane, count)| ((seat, kind, lane), by * count)).collect();
    store::add_tallies(conn, &tallies).await
}

/// Writes the rows of all records of a kind anew, after lists show other fields of it.
pub(crate) async fn reproject(conn: &mut Conn, kind: &str, shape: &KindShape, people: &Directory) -> Result<(), LedgerError> {
    let mut after = -1_i64;
    loop {
        let ids: Vec<i64> = sqlx::query_scalar("SELECT id FROM record WHERE kind = $1 AND id > $2 ORDER BY id LIMIT $3")
            .bind(kind.to_owned())
            .bind(after)
            .bind(RUN)
            .fetch_all(&mut *conn)
            .await?;
        let Some(last) = ids.last().copied() else { return Ok(()) };
        let mut new = Vec::with_capacity(ids.len());
        for id in &ids {
            let Some(held) = store::fold(&store::entries_of(conn, *id).await?)? else { continue };
            let path = people.unit(held.record.unit).map_or("", |unit| unit.path.as_str());
            new.push((*id, Rows::of(&held.record, shape, path)));
        }
        clear(conn, &ids).await?;
        store::insert_records(conn, &new).await?;
        after = last;
    }
}

/// Takes all rows of these records away but for their entries and files. Lanes do not hang on shapes, so tallies stay.
async fn clear(conn: &mut Conn, ids: &[i64]) -> Result<(), LedgerError> {
    for run in ids.chunks(IN_LIST) {
        for (table, column) in [("record", "id"), ("record_seat", "id"), ("todo", "record"), ("wake", "record"), ("record_link", "record")]
        {
            let mut binds = Binds::default();
            let sql = format!("DELETE FROM {table} WHERE {column} IN ({})", binds.ints(run.iter().copied()));
            bound_query!(sql, binds).execute(&mut *conn).await?;
        }
    }
    Ok(())
}
