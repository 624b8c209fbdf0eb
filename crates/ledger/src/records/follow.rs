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
use super::write::Writer;
use crate::book::Laws;
use crate::database::Conn;
use crate::directory::Directory;
use crate::engine::{self, People as _, PersonId, Rights, UnitId};
use crate::entry::Actor;
use crate::error::LedgerError;

/// Records that are in memory at once.
const RUN: i64 = 200;

/// Gives what is in the hands of these people to others, where they have left or have nothing to do with it any more. `people` is the directory after the
/// change; answers the numbers of the records that have other hands now.
pub(crate) async fn rehold(
    conn: &mut Conn,
    now: Instant,
    laws: &Laws,
    people: &Directory,
    changed: &[PersonId],
) -> Result<Vec<String>, LedgerError> {
    let mut ids: BTreeSet<i64> = BTreeSet::new();
    for person in changed {
        let key = person_key(*person);
        let held: Vec<i64> = sqlx::query_scalar("SELECT id FROM record WHERE holder = $1").bind(key).fetch_all(&mut *conn).await?;
        let todo: Vec<i64> = sqlx::query_scalar("SELECT record FROM todo WHERE person = $1").bind(key).fetch_all(&mut *conn).await?;
        ids.extend(held.into_iter().chain(todo));
    }
    let nobody = Rights::default();
    let context = laws.context(now, &nobody, people, "");
    let writer = Writer { now, actor: &Actor::System, laws, people };
    let mut handed = Vec::new();
    for id in ids {
        let Some(held) = store::fold(&store::entries_of(conn, id).await?)? else { continue };
        let Some(draft) = engine::rehold(&held.record, &context) else { continue };
        handed.push(held.record.number.clone());
        writer.write(conn, Some(held), &[draft]).await?;
    }
    Ok(handed)
}

/// Writes the seats of all records of these units anew, after their place in the tree changed. `before` and `after` are their paths.
pub(crate) async fn reseat(conn: &mut Conn, moved: &[(UnitId, String, String)]) -> Result<(), LedgerError> {
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
