//! Records in the database: folded from their entries when they are wanted, and their rows written when they change.
//!
//! Invariants: what is decided on is folded from entries, never read from a row; rows are written in the transaction of their entries.

use std::collections::{BTreeMap, BTreeSet};

use super::binds::{Binds, Bound, bound_query};
use super::files;
use super::rows::Rows;
use super::shape::{self, KindShape};
use crate::database::{Conn, from_sql, to_sql};
use crate::engine::{Fact, Record};
use crate::entry::{EntryRow, Stored, row_of};
use crate::error::LedgerError;

/// Entries of one record. More are refused: it is closed and another one opened.
pub const ENTRIES: usize = 5_000;
/// Values that one statement binds. SQLite finds the place of `$1` by walking all names before it: the cost grows with the square.
const BINDS: usize = 400;

/// A record with what its rows need beside it.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    /// Number of the entry that opened it.
    pub id: u64,
    pub record: Record,
    /// Digests of the files that its entries name.
    pub files: BTreeSet<String>,
    pub entries: usize,
}

/// An entry's fields as the fold takes them: those that are not erased.
pub(crate) fn fields_of(entry: &EntryRow) -> Vec<(String, String)> {
    let text = |value: &[u8]| String::from_utf8(value.to_vec()).ok();
    entry.fields.iter().filter_map(|field| Some((field.name.clone(), text(field.value.as_deref()?)?))).collect()
}

/// Folds the entries of one record, oldest first.
pub(crate) fn fold(entries: &[EntryRow]) -> Result<Option<Held>, LedgerError> {
    let mut held: Option<Held> = None;
    for entry in entries {
        let damaged = |what: String| LedgerError::damaged(format!("entry {}: {what}", entry.number));
        let at =
            entry.text("at").and_then(|at| at.parse().ok()).map(anlan_base::Instant).ok_or_else(|| damaged("it has no time".into()))?;
        let act = entry.text("act").ok_or_else(|| damaged("it has no act".into()))?;
        let fields = fields_of(entry);
        let fact = Fact { number: entry.number, at, act, fields: &fields };
        match &mut held {
            None => {
                let record = Record::open(&fact).map_err(|damage| LedgerError::damaged(damage.to_string()))?;
                held = Some(Held { id: entry.number, record, files: files::named(&fields), entries: 1 });
            }
            Some(held) => {
                held.record.apply(&fact).map_err(|damage| LedgerError::damaged(damage.to_string()))?;
                held.files.extend(files::named(&fields));
                held.entries += 1;
            }
        }
    }
    Ok(held)
}

/// The number of a record's opening entry.
pub(crate) async fn id_of(conn: &mut Conn, number: &str) -> Result<Option<i64>, LedgerError> {
    Ok(sqlx::query_scalar("SELECT id FROM record WHERE number = $1").bind(number.to_owned()).fetch_optional(conn).await?)
}

/// The entries of a record, oldest first.
pub(crate) async fn entries_of(conn: &mut Conn, id: i64) -> Result<Vec<EntryRow>, LedgerError> {
    let rows: Vec<Stored> = sqlx::query_as(
        "SELECT e.number, e.leaf, e.body FROM record_entry r JOIN entry e ON e.number = r.entry WHERE r.record = $1 ORDER BY r.entry",
    )
    .bind(id)
    .fetch_all(conn)
    .await?;
    rows.iter().map(row_of).collect()
}

/// The record of this number, folded; none where there is none.
pub(crate) async fn load(conn: &mut Conn, number: &str) -> Result<Option<Held>, LedgerError> {
    let Some(id) = id_of(conn, number).await? else { return Ok(None) };
    let held = fold(&entries_of(conn, id).await?)?;
    match held {
        Some(held) if held.record.number == number && to_sql(held.id)? == id => Ok(Some(held)),
        _ => Err(LedgerError::damaged(format!("the entries of {number} are not its own"))),
    }
}

/// The shape of a kind, as the last entry about it says; none where it never was in force.
pub(crate) async fn shape_of(conn: &mut Conn, kind: &str) -> Result<Option<KindShape>, LedgerError> {
    let sql = format!("SELECT {} FROM kind_shape WHERE kind = $1", shape::COLUMNS);
    let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(kind.to_owned()).fetch_optional(conn).await?;
    row.map(|row| KindShape::of_row(&row).map(|(_, _, shape)| shape)).transpose()
}

/// What becomes of `tally`: by unit, kind and lane.
pub(crate) type Tallies = BTreeMap<(i64, String, String), i64>;

pub(crate) fn count(tallies: &mut Tallies, rows: &Rows, by: i64) {
    for (unit, lane) in rows.tallies() {
        *tallies.entry((unit, rows.line.kind.clone(), lane)).or_default() += by;
    }
}

/// Many rows of one table.
pub(crate) async fn insert(conn: &mut Conn, into: &str, rows: &[Vec<Bound>]) -> Result<(), LedgerError> {
    insert_then(conn, into, rows, "").await
}

async fn insert_then(conn: &mut Conn, into: &str, rows: &[Vec<Bound>], then: &str) -> Result<(), LedgerError> {
    let width = rows.first().map_or(1, Vec::len).max(1);
    for run in rows.chunks((BINDS / width).max(1)) {
        let mut binds = Binds::default();
        let mut places = Vec::with_capacity(run.len());
        for row in run {
            let each: Vec<String> = row.iter().map(|value| binds.any(value.clone())).collect();
            places.push(format!("({})", each.join(", ")));
        }
        let sql = format!("INSERT INTO {into} VALUES {}{then}", places.join(", "));
        bound_query!(sql, binds).execute(&mut *conn).await?;
    }
    Ok(())
}

pub(crate) async fn add_tallies(conn: &mut Conn, tallies: &Tallies) -> Result<(), LedgerError> {
    let rows: Vec<Vec<Bound>> = tallies
        .iter()
        .filter(|(_, by)| **by != 0)
        .map(|((unit, kind, lane), by)| vec![Bound::Int(*unit), Bound::Text(kind.clone()), Bound::Text(lane.clone()), Bound::Int(*by)])
        .collect();
    let then = " ON CONFLICT (unit, kind, lane) DO UPDATE SET records = tally.records + excluded.records";
    insert_then(conn, "tally (unit, kind, lane, records)", &rows, then).await
}

const LINE: &str = "number, kind, unit, lane, state, title, words, holder, parent, due, missed, pending, late_entry, opened, happened, changed, version, \
                    shown, f1, f2, f3";

fn line_values(rows: &Rows) -> Vec<Bound> {
    let line = &rows.line;
    let text = |text: &str| Bound::Text(text.to_owned());
    let [f1, f2, f3] = line.filters.clone();
    vec![
        text(&line.number),
        text(&line.kind),
        Bound::Int(line.unit),
        text(&line.lane),
        text(&line.state),
        text(&line.title),
        text(&line.words),
        Bound::MaybeInt(line.holder),
        Bound::MaybeText(line.parent.clone()),
        Bound::MaybeInt(line.due),
        Bound::Int(line.missed),
        Bound::Int(line.pending),
        Bound::Int(line.late_entry),
        Bound::Int(line.opened),
        Bound::Int(line.happened),
        Bound::Int(line.changed),
        Bound::Int(line.version),
        text(&line.shown),
        Bound::MaybeText(f1),
        Bound::MaybeText(f2),
        Bound::MaybeText(f3),
    ]
}

pub(crate) const SEAT: &str = "record_seat (id, seat, kind, lane, due, changed, f1, f2, f3)";

pub(crate) fn seat_values(id: i64, rows: &Rows) -> Vec<Vec<Bound>> {
    let line = &rows.line;
    let [f1, f2, f3] = line.filters.clone();
    let one = |seat: &i64| {
        vec![
            Bound::Int(id),
            Bound::Int(*seat),
            Bound::Text(line.kind.clone()),
            Bound::Text(line.lane.clone()),
            Bound::Int(rows.due_key()),
            Bound::Int(line.changed),
            Bound::MaybeText(f1.clone()),
            Bound::MaybeText(f2.clone()),
            Bound::MaybeText(f3.clone()),
        ]
    };
    rows.seats.iter().map(one).collect()
}

fn todo_values(id: i64, rows: &Rows) -> Vec<Vec<Bound>> {
    let one = |(person, why): &(i64, super::rows::WhyTodo)| {
        vec![Bound::Int(id), Bound::Int(*person), Bound::Text(why.id().to_owned()), Bound::Int(rows.due_key())]
    };
    rows.todo.iter().map(one).collect()
}

fn link_values(id: i64, rows: &Rows) -> Vec<Vec<Bound>> {
    rows.links.iter().map(|(field, target)| vec![Bound::Int(id), Bound::Text(field.clone()), Bound::Text(target.clone())]).collect()
}

/// Rows of records that are new, all at once.
pub(crate) async fn insert_records(conn: &mut Conn, new: &[(i64, Rows)]) -> Result<(), LedgerError> {
    let lines: Vec<_> = new.iter().map(|(id, rows)| std::iter::once(Bound::Int(*id)).chain(line_values(rows)).collect()).collect();
    insert(conn, &format!("record (id, {LINE})"), &lines).await?;
    insert(conn, SEAT, &new.iter().flat_map(|(id, rows)| seat_values(*id, rows)).collect::<Vec<_>>()).await?;
    insert(conn, "todo (record, person, why, due)", &new.iter().flat_map(|(id, rows)| todo_values(*id, rows)).collect::<Vec<_>>()).await?;
    let wakes: Vec<_> = new.iter().filter_map(|(id, rows)| Some(vec![Bound::Int(*id), Bound::Int(rows.wake?)])).collect();
    insert(conn, "wake (record, at)", &wakes).await?;
    insert(conn, "record_link (record, field, target)", &new.iter().flat_map(|(id, rows)| link_values(*id, rows)).collect::<Vec<_>>()).await
}

/// Brings the rows of a record that has changed up to date.
pub(crate) async fn update_record(conn: &mut Conn, id: i64, before: &Rows, after: &Rows) -> Result<(), LedgerError> {
    if before.line != after.line {
        let mut binds = Binds::default();
        let places: Vec<String> = line_values(after).into_iter().map(|value| binds.any(value)).collect();
        let sql = format!("UPDATE record SET ({LINE}) = ({}) WHERE id = {}", places.join(", "), binds.int(id));
        bound_query!(sql, binds).execute(&mut *conn).await?;
    }
    put_seats(conn, id, before, after).await?;
    if before.todo != after.todo || (before.due_key() != after.due_key() && !after.todo.is_empty()) {
        clear(conn, "todo", "record", id).await?;
        insert(conn, "todo (record, person, why, due)", &todo_values(id, after)).await?;
    }
    if before.wake != after.wake {
        clear(conn, "wake", "record", id).await?;
        let wake = after.wake.map(|at| vec![Bound::Int(id), Bound::Int(at)]);
        insert(conn, "wake (record, at)", &wake.into_iter().collect::<Vec<_>>()).await?;
    }
    if before.links != after.links {
        clear(conn, "record_link", "record", id).await?;
        insert(conn, "record_link (record, field, target)", &link_values(id, after)).await?;
    }
    Ok(())
}

async fn put_seats(conn: &mut Conn, id: i64, before: &Rows, after: &Rows) -> Result<(), LedgerError> {
    if before.seats != after.seats {
        clear(conn, "record_seat", "id", id).await?;
        return insert(conn, SEAT, &seat_values(id, after)).await;
    }
    let line = &after.line;
    if (&before.line.lane, before.line.due, before.line.changed, &before.line.filters)
        != (&line.lane, line.due, line.changed, &line.filters)
    {
        let [f1, f2, f3] = line.filters.clone();
        sqlx::query("UPDATE record_seat SET lane = $2, due = $3, changed = $4, f1 = $5, f2 = $6, f3 = $7 WHERE id = $1")
            .bind(id)
            .bind(line.lane.clone())
            .bind(after.due_key())
            .bind(line.changed)
            .bind(f1)
            .bind(f2)
            .bind(f3)
            .execute(conn)
            .await?;
    }
    Ok(())
}

async fn clear(conn: &mut Conn, table: &str, column: &str, id: i64) -> Result<(), LedgerError> {
    sqlx::query(sqlx::AssertSqlSafe(format!("DELETE FROM {table} WHERE {column} = $1"))).bind(id).execute(conn).await?;
    Ok(())
}

/// Files that a record names now, beside those it named before.
pub(crate) async fn add_files(conn: &mut Conn, id: i64, before: &BTreeSet<String>, after: &BTreeSet<String>) -> Result<(), LedgerError> {
    let new: Vec<_> = after.difference(before).map(|digest| vec![Bound::Text(digest.clone()), Bound::Int(id)]).collect();
    insert(conn, "attachment_use (digest, record)", &new).await
}

/// Files that a record names no more, because they were erased.
pub(crate) async fn drop_files(conn: &mut Conn, id: i64, gone: &[String]) -> Result<(), LedgerError> {
    for digest in gone {
        sqlx::query("DELETE FROM attachment_use WHERE digest = $1 AND record = $2")
            .bind(digest.clone())
            .bind(id)
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

/// Gives out the next numbers of these letters in a year, `count` of them; answers the first.
pub(crate) async fn take_numbers(conn: &mut Conn, letters: &str, year: u32, count: usize) -> Result<u64, LedgerError> {
    let last: Option<i64> = sqlx::query_scalar("SELECT last FROM number_run WHERE letters = $1 AND year = $2")
        .bind(letters.to_owned())
        .bind(i64::from(year))
        .fetch_optional(&mut *conn)
        .await?;
    let last = from_sql(last.unwrap_or(0))?;
    let until = last.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
    sqlx::query("INSERT INTO number_run (letters, year, last) VALUES ($1, $2, $3) ON CONFLICT (letters, year) DO UPDATE SET last = $3")
        .bind(letters.to_owned())
        .bind(i64::from(year))
        .bind(to_sql(until)?)
        .execute(conn)
        .await?;
    Ok(last + 1)
}

/// `YH-2026-0012`.
pub(crate) fn number_text(letters: &str, year: u32, nth: u64) -> String {
    format!("{letters}-{year}-{nth:04}")
}
