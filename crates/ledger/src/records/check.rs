//! Whether the tables of records are what the entries say: every row that was changed, removed or added behind our back is named.
//!
//! Entries are gone through twice: once in their order, for what has a row of its own; then record by record, for the rows that follow from the record.
//!
//! Invariants: a run of records is in memory, never all; nothing that a row says is believed; at most [`NAMED`] findings are told.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

use sqlx::Row as _;

use super::files::{FileFault, Shelf};
use super::rows::Rows;
use super::shape::{KIND_SHAPE, KindShape};
use super::store::{self, Held, Tallies};
use super::ticker::{SERIES_SWITCH, SeriesRun, runs};
use super::views::{VIEW_DROP, VIEW_SAVE};
use crate::database::{Conn, Row, from_sql, to_sql};
use crate::engine::UnitId;
use crate::entry::{EntryRow, Stored, row_of};
use crate::error::LedgerError;

/// Findings that one check tells; the last one says that there are more.
pub const NAMED: usize = 200;
/// Records that are in memory at once.
const RUN: usize = 300;

/// What the entries say, as far as it is needed before the records themselves.
#[derive(Debug, Default)]
pub(crate) struct Follower {
    shapes: BTreeMap<String, (KindShape, u64)>,
    last_numbers: BTreeMap<(String, u64), u64>,
    /// In the order of their ids: id and how many entries are about it.
    records: Vec<(u64, u32)>,
    by_number: HashMap<Box<str>, usize>,
    runs: BTreeMap<(UnitId, String, String), SeriesRun>,
    views: BTreeMap<(String, String), String>,
}

impl Follower {
    /// `None` when the entry cannot have been written by a ledger that was in this state.
    pub(crate) fn fold(&mut self, entry: &EntryRow) -> Option<()> {
        let act = entry.text("act")?;
        let text = |name: &str| entry.text(name).map(str::to_owned);
        match act {
            KIND_SHAPE => {
                let (kind, shape) = KindShape::of_entry(entry)?;
                self.shapes.insert(kind, (shape, entry.number));
            }
            "record.open" => self.opened(entry)?,
            SERIES_SWITCH => self.switched(entry)?,
            VIEW_SAVE => drop(self.views.insert((text("user")?, text("name")?), text("query")?)),
            VIEW_DROP => drop(self.views.remove(&(text("user")?, text("name")?))?),
            _ if act.starts_with("record.") => {
                let at = *self.by_number.get(entry.text("record")?)?;
                self.records.get_mut(at)?.1 += 1;
            }
            _ => {}
        }
        Some(())
    }

    /// A number follows the one before it (REC-2).
    fn opened(&mut self, entry: &EntryRow) -> Option<()> {
        let number = entry.text("record")?;
        let mut parts = number.split('-');
        let (letters, year, nth): (&str, u64, u64) = (parts.next()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let last = self.last_numbers.entry((letters.to_owned(), year)).or_default();
        (nth == *last + 1).then_some(())?;
        *last = nth;
        self.by_number.insert(number.into(), self.records.len());
        self.records.push((entry.number, 1));
        if let (Some(series), Some(occurrence)) = (entry.text("series"), entry.text("occurrence")) {
            let key = (UnitId::parse(entry.text("unit")?)?, entry.text("kind")?.to_owned(), series.to_owned());
            self.runs.get_mut(&key)?.last = Some(anlan_base::Instant(occurrence.parse().ok()?));
        }
        Some(())
    }

    fn switched(&mut self, entry: &EntryRow) -> Option<()> {
        let (unit, kind, series) = (UnitId::parse(entry.text("unit")?)?, entry.text("kind")?.to_owned(), entry.text("series")?.to_owned());
        let key = (unit, kind.clone(), series.clone());
        match entry.text("on")? {
            "yes" => {
                let since = anlan_base::Instant(entry.text("at")?.parse().ok()?);
                self.runs.insert(key, SeriesRun { unit, kind, series, since, last: None });
            }
            _ => drop(self.runs.remove(&key)?),
        }
        Some(())
    }

    /// Names every row that is not what the entries say. `path` gives a unit's path as the entries say it.
    pub(crate) async fn compare(
        &self,
        conn: &mut Conn,
        path: &dyn Fn(UnitId) -> Option<String>,
        shelf: Option<&Shelf>,
    ) -> Result<Vec<String>, LedgerError> {
        let mut found = Findings::default();
        self.compare_small(conn, &mut found).await?;
        let mut tallies = Tallies::new();
        let mut files: BTreeMap<String, String> = BTreeMap::new();
        let mut from = i64::MIN;
        for (nth, run) in self.records.chunks(RUN).enumerate() {
            let is_last = (nth + 1) * RUN >= self.records.len();
            let until = if is_last { i64::MAX } else { to_sql(run.last().map_or(0, |(id, _)| *id))? };
            let window = Window { from, until };
            self.compare_run(conn, &window, run, path, &mut tallies, &mut files, &mut found).await?;
            from = until.saturating_add(1);
        }
        if self.records.is_empty() {
            let window = Window { from: i64::MIN, until: i64::MAX };
            self.compare_run(conn, &window, &[], path, &mut tallies, &mut files, &mut found).await?;
        }
        compare_tallies(conn, tallies, &mut found).await?;
        if let Some(shelf) = shelf {
            compare_files(shelf, &files, &mut found);
        }
        Ok(found.told())
    }

    async fn compare_small(&self, conn: &mut Conn, found: &mut Findings) -> Result<(), LedgerError> {
        let mut shapes = BTreeMap::new();
        let sql = format!("SELECT {} FROM kind_shape", super::shape::COLUMNS);
        for row in sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(&mut *conn).await? {
            let (kind, entry, shape) = KindShape::of_row(&row)?;
            shapes.insert(kind, (shape, entry));
        }
        found.differing("kind_shape", &self.shapes, &shapes, |kind| kind.clone());
        let mut numbers = BTreeMap::new();
        for row in sqlx::query("SELECT letters, year, last FROM number_run").fetch_all(&mut *conn).await? {
            numbers.insert((row.try_get("letters")?, from_sql(row.try_get("year")?)?), from_sql(row.try_get("last")?)?);
        }
        found.differing("number_run", &self.last_numbers, &numbers, |(letters, year): &(String, u64)| format!("{letters}-{year}"));
        let kept = runs(conn).await?.into_iter().map(|run| ((run.unit, run.kind.clone(), run.series.clone()), run)).collect();
        found.differing("series_run", &self.runs, &kept, |(unit, kind, series)| format!("{unit} {kind} {series}"));
        let mut views = BTreeMap::new();
        for row in sqlx::query("SELECT account, name, query FROM saved_view").fetch_all(conn).await? {
            views.insert((row.try_get("account")?, row.try_get("name")?), row.try_get("query")?);
        }
        found.differing("saved_view", &self.views, &views, |(account, name): &(String, String)| format!("{account} {name}"));
        Ok(())
    }

    #[allow(clippy::too_many_arguments, reason = "what is gathered over all runs")]
    async fn compare_run(
        &self,
        conn: &mut Conn,
        window: &Window,
        run: &[(u64, u32)],
        path: &dyn Fn(UnitId) -> Option<String>,
        tallies: &mut Tallies,
        files: &mut BTreeMap<String, String>,
        found: &mut Findings,
    ) -> Result<(), LedgerError> {
        let mut kept = Kept::read(conn, window).await?;
        let entries = window.entries(conn, found).await?;
        for (id, count) in run {
            let id = to_sql(*id)?;
            let own = entries.get(&id).map_or(&[][..], Vec::as_slice);
            match self.expected(id, *count, own, path) {
                Ok((held, rows)) => {
                    store::count(tallies, &rows, 1);
                    files.extend(held.files.iter().map(|digest| (digest.clone(), held.record.number.clone())));
                    kept.compare(id, &held, &rows, found);
                }
                Err(what) => {
                    found.add(what);
                    kept.forget(id);
                }
            }
        }
        let known: BTreeSet<i64> = run.iter().filter_map(|(id, _)| to_sql(*id).ok()).collect();
        for stray in entries.keys().filter(|id| !known.contains(id)) {
            found.add(format!("record_entry {stray}"));
        }
        kept.strays(found);
        Ok(())
    }

    /// The record and its rows as its entries say; else what is wrong with those.
    fn expected(&self, id: i64, count: u32, entries: &[EntryRow], path: &dyn Fn(UnitId) -> Option<String>) -> Result<(Held, Rows), String> {
        let broken = |what: &str| format!("record_entry {id}: {what}");
        if entries.len() != usize::try_from(count).unwrap_or(usize::MAX) {
            return Err(broken("entries are missing or too many"));
        }
        let held = store::fold(entries).map_err(|error| broken(&error.to_string()))?.ok_or_else(|| broken("no entries"))?;
        let own = |entry: &EntryRow| entry.text("record") == Some(&held.record.number);
        if to_sql(held.id).ok() != Some(id) || !entries.iter().all(own) {
            return Err(broken("entries of another record"));
        }
        let (shape, _) = self.shapes.get(&held.record.kind).ok_or_else(|| broken("a kind without a shape"))?;
        let path = path(held.record.unit).ok_or_else(|| broken("a unit that is not there"))?;
        let rows = Rows::of(&held.record, shape, &path);
        Ok((held, rows))
    }
}

/// Ids from and until, both in.
struct Window {
    from: i64,
    until: i64,
}

impl Window {
    async fn rows(&self, conn: &mut Conn, select: &str, id: &str) -> Result<Vec<Row>, LedgerError> {
        let sql = format!("{select} WHERE {id} >= $1 AND {id} <= $2");
        Ok(sqlx::query(sqlx::AssertSqlSafe(sql)).bind(self.from).bind(self.until).fetch_all(conn).await?)
    }

    /// The entries that `record_entry` names, by record, in their order.
    async fn entries(&self, conn: &mut Conn, found: &mut Findings) -> Result<BTreeMap<i64, Vec<EntryRow>>, LedgerError> {
        let rows: Vec<(i64, i64, Option<i64>, Vec<u8>)> = sqlx::query_as(
            "SELECT r.record, e.number, e.leaf, e.body FROM record_entry r JOIN entry e ON e.number = r.entry WHERE r.record >= $1 AND r.record <= $2
             ORDER BY r.record, r.entry",
        )
        .bind(self.from)
        .bind(self.until)
        .fetch_all(&mut *conn)
        .await?;
        let named: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM record_entry WHERE record >= $1 AND record <= $2")
            .bind(self.from)
            .bind(self.until)
            .fetch_one(conn)
            .await?;
        if usize::try_from(named).ok() != Some(rows.len()) {
            found.add("record_entry: it names an entry that is not there".to_owned());
        }
        let mut by_record: BTreeMap<i64, Vec<EntryRow>> = BTreeMap::new();
        for (record, number, leaf, body) in rows {
            let stored: Stored = (number, leaf, body);
            by_record.entry(record).or_default().push(row_of(&stored)?);
        }
        Ok(by_record)
    }
}

/// A row as texts, by its columns.
type Texts = BTreeMap<&'static str, String>;

/// The rows that stand in the tables, of one window.
struct Kept {
    tables: BTreeMap<&'static str, BTreeMap<i64, BTreeSet<Vec<String>>>>,
    lines: BTreeMap<i64, Texts>,
}

/// Tables with rows of a record beside its line: name, column of the id, columns.
const BESIDE: [(&str, &str, &[Column]); 5] = [
    (
        "record_seat",
        "id",
        &[
            Column::Int("seat"),
            Column::Text("kind"),
            Column::Text("lane"),
            Column::Int("due"),
            Column::Int("changed"),
            Column::Text("f1"),
            Column::Text("f2"),
            Column::Text("f3"),
        ],
    ),
    ("todo", "record", &[Column::Int("person"), Column::Text("why"), Column::Int("due")]),
    ("wake", "record", &[Column::Int("at")]),
    ("record_link", "record", &[Column::Text("field"), Column::Text("target")]),
    ("attachment_use", "record", &[Column::Text("digest")]),
];

#[derive(Clone, Copy)]
enum Column {
    Int(&'static str),
    Text(&'static str),
}

impl Column {
    fn name(self) -> &'static str {
        match self {
            Self::Int(name) | Self::Text(name) => name,
        }
    }

    fn read(self, row: &Row) -> Result<String, LedgerError> {
        Ok(match self {
            Self::Int(name) => maybe(row.try_get::<Option<i64>, _>(name)?),
            Self::Text(name) => maybe(row.try_get::<Option<String>, _>(name)?),
        })
    }
}

/// An absent value differs from an empty one.
fn maybe(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("={}", value.to_string()))
}

impl Kept {
    async fn read(conn: &mut Conn, window: &Window) -> Result<Self, LedgerError> {
        let mut tables: BTreeMap<&'static str, BTreeMap<i64, BTreeSet<Vec<String>>>> = BTreeMap::new();
        for (table, id, columns) in BESIDE {
            let names: Vec<&str> = columns.iter().map(|column| column.name()).collect();
            let select = format!("SELECT {id} AS about, {} FROM {table}", names.join(", "));
            let rows = tables.entry(table).or_default();
            for row in window.rows(conn, &select, id).await? {
                let texts = columns.iter().map(|column| column.read(&row)).collect::<Result<_, _>>()?;
                rows.entry(row.try_get("about")?).or_default().insert(texts);
            }
        }
        let mut lines = BTreeMap::new();
        for row in window.rows(conn, "SELECT * FROM record", "id").await? {
            let texts = LINE.iter().map(|column| Ok((column.name(), column.read(&row)?))).collect::<Result<_, LedgerError>>()?;
            lines.insert(row.try_get("id")?, texts);
        }
        Ok(Self { tables, lines })
    }

    /// Names what of this record is not as it follows.
    fn compare(&mut self, id: i64, held: &Held, rows: &Rows, found: &mut Findings) {
        let number = &held.record.number;
        match self.lines.remove(&id) {
            None => found.add(format!("record {number}: removed")),
            Some(line) => {
                for (column, expected) in line_texts(rows) {
                    if line.get(column) != Some(&expected) {
                        found.add(format!("record {number}: {column}"));
                    }
                }
            }
        }
        for (table, expected) in beside(rows, held) {
            let kept = self.tables.get_mut(table).and_then(|rows| rows.remove(&id)).unwrap_or_default();
            if kept != expected {
                found.add(format!("{table} {number}"));
            }
        }
    }

    fn forget(&mut self, id: i64) {
        self.lines.remove(&id);
        for rows in self.tables.values_mut() {
            rows.remove(&id);
        }
    }

    /// Rows of records that no entry opened.
    fn strays(&self, found: &mut Findings) {
        for (id, line) in &self.lines {
            let number = line.get("number").map_or("", |number| number.trim_start_matches('='));
            found.add(format!("record {number}: added (row {id})"));
        }
        for (table, rows) in &self.tables {
            for id in rows.keys() {
                found.add(format!("{table} {id}: added"));
            }
        }
    }
}

const LINE: [Column; 21] = [
    Column::Text("number"),
    Column::Text("kind"),
    Column::Int("unit"),
    Column::Text("lane"),
    Column::Text("state"),
    Column::Text("title"),
    Column::Text("words"),
    Column::Int("holder"),
    Column::Text("parent"),
    Column::Int("due"),
    Column::Int("missed"),
    Column::Int("pending"),
    Column::Int("late_entry"),
    Column::Int("opened"),
    Column::Int("happened"),
    Column::Int("changed"),
    Column::Int("version"),
    Column::Text("shown"),
    Column::Text("f1"),
    Column::Text("f2"),
    Column::Text("f3"),
];

fn line_texts(rows: &Rows) -> Vec<(&'static str, String)> {
    let line = &rows.line;
    let int = |value: i64| maybe(Some(value));
    let text = |value: &String| maybe(Some(value));
    let [f1, f2, f3] = line.filters.clone();
    let texts = [
        text(&line.number),
        text(&line.kind),
        int(line.unit),
        text(&line.lane),
        text(&line.state),
        text(&line.title),
        text(&line.words),
        maybe(line.holder),
        maybe(line.parent.clone()),
        maybe(line.due),
        int(line.missed),
        int(line.pending),
        int(line.late_entry),
        int(line.opened),
        int(line.happened),
        int(line.changed),
        int(line.version),
        text(&line.shown),
        maybe(f1),
        maybe(f2),
        maybe(f3),
    ];
    LINE.iter().map(|column| column.name()).zip(texts).collect()
}

/// The rows beside the line, as [`BESIDE`] reads them.
fn beside(rows: &Rows, held: &Held) -> Vec<(&'static str, BTreeSet<Vec<String>>)> {
    let line = &rows.line;
    let [f1, f2, f3] = line.filters.clone();
    let int = |value: i64| maybe(Some(value));
    let seat = |seat: &i64| {
        vec![
            int(*seat),
            maybe(Some(&line.kind)),
            maybe(Some(&line.lane)),
            int(rows.due_key()),
            int(line.changed),
            maybe(f1.as_ref()),
            maybe(f2.as_ref()),
            maybe(f3.as_ref()),
        ]
    };
    vec![
        ("record_seat", rows.seats.iter().map(seat).collect()),
        ("todo", rows.todo.iter().map(|(person, why)| vec![int(*person), maybe(Some(why.id())), int(rows.due_key())]).collect()),
        ("wake", rows.wake.iter().map(|at| vec![int(*at)]).collect()),
        ("record_link", rows.links.iter().map(|(field, target)| vec![maybe(Some(field)), maybe(Some(target))]).collect()),
        ("attachment_use", held.files.iter().map(|digest| vec![maybe(Some(digest))]).collect()),
    ]
}

async fn compare_tallies(conn: &mut Conn, expected: Tallies, found: &mut Findings) -> Result<(), LedgerError> {
    let mut kept = Tallies::new();
    for row in sqlx::query("SELECT unit, kind, lane, records FROM tally WHERE records <> 0").fetch_all(conn).await? {
        kept.insert((row.try_get("unit")?, row.try_get("kind")?, row.try_get("lane")?), row.try_get("records")?);
    }
    found.differing("tally", &expected, &kept, |(unit, kind, lane): &(i64, String, String)| format!("u{unit} {kind} {lane}"));
    Ok(())
}

fn compare_files(shelf: &Shelf, files: &BTreeMap<String, String>, found: &mut Findings) {
    for (digest, number) in files {
        match shelf.check(digest) {
            Ok(()) => {}
            Err(FileFault::Missing) => found.add(format!("attachment {digest} of {number}: missing")),
            Err(FileFault::Changed) => found.add(format!("attachment {digest} of {number}: changed")),
        }
    }
}

#[derive(Default)]
struct Findings {
    found: Vec<String>,
    more: usize,
}

impl Findings {
    fn add(&mut self, what: String) {
        if self.found.len() < NAMED { self.found.push(what) } else { self.more += 1 }
    }

    /// Names the keys whose values differ.
    fn differing<K: Ord, V: PartialEq>(
        &mut self,
        table: &str,
        expected: &BTreeMap<K, V>,
        kept: &BTreeMap<K, V>,
        name: impl Fn(&K) -> String,
    ) {
        let keys: BTreeSet<&K> = expected.keys().chain(kept.keys()).collect();
        for key in keys.into_iter().filter(|key| expected.get(key) != kept.get(key)) {
            self.add(format!("{table} {}", name(key)));
        }
    }

    fn told(mut self) -> Vec<String> {
        if self.more > 0 {
            let mut more = String::from("record: ");
            let _ = write!(more, "{} more rows", self.more);
            self.found.push(more);
        }
        self.found
    }
}
