//! Verdicts on duties as they are kept (`spec/verdict.md`, "Keeping"): who reached them and from what facts is the caller's.
//!
//! Invariants:
//! - one measurement is one transaction: the day before it is closed where it ended, what changed is kept, then the measurement itself, even where nothing changed;
//! - each verdict names the one before of its duty, so that its history is walked from entries alone;
//! - a day is closed once, with the worst state of each duty that was measured on it.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use anlan_base::{Day, Instant};
use sqlx::Row as _;

use crate::Ledger;
use crate::database::{Conn, Row, from_sql, instant, to_sql};
use crate::entry::{Actor, Draft, EntryRow, Stored, append, append_all, one, row_of};
use crate::error::LedgerError;

/// Duties that are judged at once, at most.
pub const DUTIES: usize = 1_000;
/// Bytes of the body of one verdict.
pub const VERDICT_BODY_BYTES: usize = 64 << 10;
/// Verdicts that one look into the history returns, at most.
pub const VERDICT_HISTORY: u32 = 500;
/// Days that one look at ended days returns, at most.
pub const VERDICT_DAYS: u32 = 1_100;

const REACH: &str = "verdict.reach";
const DROP: &str = "verdict.drop";
const MEASURE: &str = "verdict.measure";
const DAY: &str = "verdict.day";

/// The one row of `verdict_run`.
const SLOT: i64 = 1;
/// The worst of a day on which nothing was measured yet.
const BEST: VerdictState = VerdictState::Met;

/// How a duty stands; the later, the worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VerdictState {
    Met,
    AtRisk,
    Unknown,
    Failing,
}

impl VerdictState {
    pub const ALL: [Self; 4] = [Self::Met, Self::AtRisk, Self::Unknown, Self::Failing];

    /// As entries, tables and JSON write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::AtRisk => "at_risk",
            Self::Unknown => "unknown",
            Self::Failing => "failing",
        }
    }
}

impl fmt::Display for VerdictState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no state of a duty")]
pub struct NoSuchState(String);

impl FromStr for VerdictState {
    type Err = NoSuchState;
    fn from_str(text: &str) -> Result<Self, NoSuchState> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or_else(|| NoSuchState(text.chars().take(16).collect()))
    }
}

/// A verdict that is to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// Id of the duty: letters, digits, `-` and `_`.
    pub duty: String,
    pub state: VerdictState,
    /// Computed from facts, else attested.
    pub computed: bool,
    /// JSON, at most [`VERDICT_BODY_BYTES`].
    pub body: String,
}

/// A verdict as its entry keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptVerdict {
    pub duty: String,
    pub state: VerdictState,
    pub computed: bool,
    pub body: String,
    pub at: Instant,
    pub entry: u64,
    /// Index of the entry's leaf, once it is known.
    pub leaf: Option<u64>,
    /// The entry of the duty's verdict before it.
    pub before: Option<u64>,
}

impl KeptVerdict {
    /// None where no ledger wrote the entry so.
    fn of(entry: &EntryRow) -> Option<Self> {
        if entry.text("act")? != REACH {
            return None;
        }
        let computed = match entry.text("kind")? {
            "computed" => true,
            "attested" => false,
            _ => return None,
        };
        let before = match entry.text("before")? {
            "" => None,
            before => Some(before.parse().ok()?),
        };
        Some(Self {
            duty: entry.text("duty")?.to_owned(),
            state: entry.text("state")?.parse().ok()?,
            computed,
            body: entry.text("body")?.to_owned(),
            at: Instant(entry.text("at")?.parse().ok()?),
            entry: entry.number,
            leaf: entry.leaf,
            before,
        })
    }
}

/// A row of `verdict`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Newest {
    entry: u64,
    state: VerdictState,
    worst: VerdictState,
}

/// The row of `verdict_run`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    entry: u64,
    at: Instant,
    day: Day,
}

impl Run {
    /// A clock that was set back measures into the day that it measured last.
    fn day_of(last: Option<Self>, at: Instant) -> Day {
        last.map_or(Day::of(at), |run| run.day.max(Day::of(at)))
    }
}

/// What the tables say, and what the verifier folds from entries.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Verdicts {
    newest: BTreeMap<String, Newest>,
    run: Option<Run>,
    days: BTreeMap<String, (u64, String)>,
}

impl Verdicts {
    /// None where the act is none of ours; inner none where it could not have followed.
    pub(crate) fn fold(&mut self, act: &str, at: u64, entry: &EntryRow) -> Option<Option<()>> {
        match act {
            REACH => Some(self.reach(entry)),
            DROP => Some(entry.text("duty").and_then(|duty| self.newest.remove(duty)).map(drop)),
            MEASURE => Some(self.measure(Instant(at), entry)),
            DAY => Some(self.close(entry)),
            _ => None,
        }
    }

    fn reach(&mut self, entry: &EntryRow) -> Option<()> {
        let kept = KeptVerdict::of(entry)?;
        let before = self.newest.get(&kept.duty);
        if before.map(|row| row.entry) != kept.before {
            return None;
        }
        let worst = before.map_or(BEST, |row| row.worst);
        self.newest.insert(kept.duty, Newest { entry: kept.entry, state: kept.state, worst });
        Some(())
    }

    /// A new day needs the one before it closed.
    fn measure(&mut self, at: Instant, entry: &EntryRow) -> Option<()> {
        let day = Run::day_of(self.run, at);
        let closed = self.run.is_none_or(|run| run.day == day || self.days.contains_key(&run.day.to_string()));
        if !closed || entry.text("day")? != day.to_string() || entry.text("duties")? != self.newest.len().to_string() {
            return None;
        }
        self.newest.values_mut().for_each(|row| row.worst = row.worst.max(row.state));
        self.run = Some(Run { entry: entry.number, at, day });
        Some(())
    }

    fn close(&mut self, entry: &EntryRow) -> Option<()> {
        let (day, states) = (entry.text("day")?, entry.text("states")?);
        if self.run?.day.to_string() != day || states != self.worst_of_day() || self.days.contains_key(day) {
            return None;
        }
        self.days.insert(day.to_owned(), (entry.number, states.to_owned()));
        self.newest.values_mut().for_each(|row| row.worst = BEST);
        Some(())
    }

    fn worst_of_day(&self) -> String {
        self.newest.iter().map(|(duty, row)| format!("{duty} {}\n", row.worst)).collect()
    }

    pub(crate) async fn read(conn: &mut Conn) -> Result<Self, LedgerError> {
        let mut days = BTreeMap::new();
        for row in sqlx::query("SELECT day, entry, states FROM verdict_day").fetch_all(&mut *conn).await? {
            days.insert(row.try_get("day")?, (from_sql(row.try_get("entry")?)?, row.try_get("states")?));
        }
        // What cannot be read is left out, and so differs.
        let newest = newest_rows(&mut *conn).await?.into_iter().filter_map(|(duty, row)| Some((duty, row?))).collect();
        let run = match run(conn).await {
            Err(LedgerError::Damaged { .. }) => None,
            read => read?,
        };
        Ok(Self { newest, run, days })
    }

    /// Names of tables that are not what the entries say.
    pub(crate) fn follow(&self, actual: &Self) -> [(&'static str, bool); 3] {
        [("verdict", self.newest == actual.newest), ("verdict_run", self.run == actual.run), ("verdict_day", self.days == actual.days)]
    }
}

impl Newest {
    /// None where no release of ours could have written the row.
    fn of(row: &Row) -> Result<(String, Option<Self>), LedgerError> {
        let (entry, state, worst): (i64, String, String) = (row.try_get("entry")?, row.try_get("state")?, row.try_get("worst")?);
        let of = || Some(Self { entry: u64::try_from(entry).ok()?, state: state.parse().ok()?, worst: worst.parse().ok()? });
        Ok((row.try_get("duty")?, of()))
    }
}

async fn newest_rows(conn: &mut Conn) -> Result<Vec<(String, Option<Newest>)>, LedgerError> {
    let rows = sqlx::query("SELECT duty, entry, state, worst FROM verdict").fetch_all(conn).await?;
    rows.iter().map(Newest::of).collect()
}

async fn newest(conn: &mut Conn) -> Result<BTreeMap<String, Newest>, LedgerError> {
    let one = |(duty, row): (String, Option<Newest>)| {
        let row = row.ok_or_else(|| LedgerError::damaged(format!("the row of verdict for {duty} is none")))?;
        Ok((duty, row))
    };
    newest_rows(conn).await?.into_iter().map(one).collect()
}

async fn run(conn: &mut Conn) -> Result<Option<Run>, LedgerError> {
    let row = sqlx::query("SELECT entry, at, day FROM verdict_run WHERE slot = $1").bind(SLOT).fetch_optional(conn).await?;
    let Some(row) = row else { return Ok(None) };
    let day: String = row.try_get("day")?;
    let day = day.parse().map_err(|_| LedgerError::damaged("the row of verdict_run names no day"))?;
    Ok(Some(Run { entry: from_sql(row.try_get("entry")?)?, at: instant(row.try_get("at")?)?, day }))
}

/// Lines of an ended day.
fn states_in(text: &str) -> Option<BTreeMap<String, VerdictState>> {
    text.lines().map(|line| line.split_once(' ').and_then(|(duty, state)| Some((duty.to_owned(), state.parse().ok()?)))).collect()
}

fn check(reached: &[Reached]) -> Result<(), LedgerError> {
    for verdict in reached {
        let fits = (1..=64).contains(&verdict.duty.len())
            && verdict.duty.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        if !fits {
            let got = verdict.duty.chars().take(64).collect();
            return Err(LedgerError::Unfit { what: "id of a duty", got, rule: "1 to 64 letters, digits, `-` and `_`" });
        }
        if verdict.body.len() > VERDICT_BODY_BYTES {
            return Err(LedgerError::Unfit { what: "verdict on", got: verdict.duty.clone(), rule: "at most 64 KiB" });
        }
    }
    Ok(())
}

impl Ledger {
    /// Keeps a measurement of all duties: what is new about them, and which count no more. Closes the day of the measurement before, where it ended.
    ///
    /// # Errors
    /// [`LedgerError::Full`] above [`DUTIES`], [`LedgerError::Unfit`] for an id or body that does not fit, and what the database says. Then nothing is kept.
    pub async fn keep_measurement(&self, reached: &[Reached], dropped: &[String]) -> Result<(), LedgerError> {
        check(reached)?;
        let mut tx = self.db.change().await?;
        let (at, before, last) = (self.clock.now(), newest(&mut tx).await?, run(&mut tx).await?);
        let mut table = Verdicts { newest: before.clone(), run: last, days: BTreeMap::new() };
        let day = Run::day_of(last, at);
        if let Some(ended) = last.filter(|run| run.day < day) {
            close_day(&mut tx, at, ended.day, &mut table).await?;
        }
        for duty in dropped.iter().filter(|duty| before.contains_key(*duty)) {
            append(&mut tx, at, &Actor::System, DROP, &[("duty", duty.as_str())]).await?;
            sqlx::query("DELETE FROM verdict WHERE duty = $1").bind(duty.clone()).execute(&mut *tx).await?;
            table.newest.remove(duty);
        }
        keep_reached(&mut tx, at, reached, &mut table.newest).await?;
        if table.newest.len() > DUTIES {
            return Err(LedgerError::Full { what: "duty", limit: DUTIES });
        }
        let fields = [("day", day.to_string()), ("duties", table.newest.len().to_string())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let entry = append(&mut tx, at, &Actor::System, MEASURE, &fields).await?;
        put_run(&mut tx, &Run { entry, at, day }).await?;
        table.newest.values_mut().for_each(|row| row.worst = row.worst.max(row.state));
        for (duty, row) in table.newest.iter().filter(|(duty, row)| before.get(*duty) != Some(*row)) {
            put_newest(&mut tx, duty, row).await?;
        }
        Ok(tx.commit().await?)
    }

    /// The newest verdict of each duty, in the order of their ids.
    ///
    /// # Errors
    /// When the database fails, or an entry is not what its row says.
    pub async fn verdicts(&self) -> Result<Vec<KeptVerdict>, LedgerError> {
        let sql = "SELECT e.number, e.leaf, e.body FROM verdict v JOIN entry e ON e.number = v.entry ORDER BY v.duty";
        let rows: Vec<Stored> = sqlx::query_as(sql).fetch_all(self.db.read()).await?;
        rows.iter().map(|stored| kept(&row_of(stored)?)).collect()
    }

    /// When all duties were last measured; none before the first time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_measured(&self) -> Result<Option<Instant>, LedgerError> {
        Ok(run(&mut *self.db.look().await?).await?.map(|run| run.at))
    }

    /// Verdicts of a duty, newest first, at most [`VERDICT_HISTORY`]: from the one before the entry `before` on, else from the newest.
    /// Empty where `before` is no verdict of the duty.
    ///
    /// # Errors
    /// When the database fails, or an entry is no verdict.
    pub async fn verdict_history(&self, duty: &str, before: Option<u64>, limit: u32) -> Result<Vec<KeptVerdict>, LedgerError> {
        let mut look = self.db.look().await?;
        let mut next = match before {
            Some(number) => one(&mut look, number)
                .await?
                .and_then(|entry| KeptVerdict::of(&entry))
                .filter(|kept| kept.duty == duty)
                .and_then(|kept| kept.before),
            None => newest(&mut look).await?.get(duty).map(|row| row.entry),
        };
        let mut history = Vec::new();
        while let Some(number) = next.filter(|_| history.len() < limit.min(VERDICT_HISTORY) as usize) {
            let entry = one(&mut look, number).await?.ok_or_else(|| LedgerError::damaged(format!("entry {number} is gone")))?;
            let verdict = kept(&entry)?;
            // Each points to an older one: a circle cannot be made, nor followed.
            next = verdict.before.filter(|before| *before < number);
            history.push(verdict);
        }
        Ok(history)
    }

    /// The worst state of each duty on days that ended, from `since` through `until`, at most [`VERDICT_DAYS`] from the first on. Days without a measurement are not there.
    ///
    /// # Errors
    /// When the database fails, or a row holds no states.
    pub async fn verdict_days(&self, since: Day, until: Day) -> Result<BTreeMap<Day, BTreeMap<String, VerdictState>>, LedgerError> {
        let rows = sqlx::query("SELECT day, states FROM verdict_day WHERE day >= $1 AND day <= $2 ORDER BY day LIMIT $3")
            .bind(since.to_string())
            .bind(until.to_string())
            .bind(i64::from(VERDICT_DAYS))
            .fetch_all(self.db.read())
            .await?;
        let mut days = BTreeMap::new();
        for row in rows {
            let (day, states): (String, String) = (row.try_get("day")?, row.try_get("states")?);
            let read = day.parse().ok().zip(states_in(&states));
            let (day, states) = read.ok_or_else(|| LedgerError::damaged(format!("the verdicts of {day} are none")))?;
            days.insert(day, states);
        }
        Ok(days)
    }
}

fn kept(entry: &EntryRow) -> Result<KeptVerdict, LedgerError> {
    KeptVerdict::of(entry).ok_or_else(|| LedgerError::damaged(format!("entry {} is no verdict", entry.number)))
}

async fn close_day(conn: &mut Conn, at: Instant, day: Day, table: &mut Verdicts) -> Result<(), LedgerError> {
    let (day, states) = (day.to_string(), table.worst_of_day());
    let entry = append(conn, at, &Actor::System, DAY, &[("day", day.as_str()), ("states", states.as_str())]).await?;
    sqlx::query("INSERT INTO verdict_day (day, entry, states) VALUES ($1, $2, $3)")
        .bind(day)
        .bind(to_sql(entry)?)
        .bind(states)
        .execute(conn)
        .await?;
    table.newest.values_mut().for_each(|row| row.worst = BEST);
    Ok(())
}

async fn keep_reached(conn: &mut Conn, at: Instant, reached: &[Reached], rows: &mut BTreeMap<String, Newest>) -> Result<(), LedgerError> {
    let before: Vec<String> =
        reached.iter().map(|verdict| rows.get(&verdict.duty).map(|row| row.entry.to_string()).unwrap_or_default()).collect();
    let fields: Vec<[(&str, &str); 5]> = reached.iter().zip(&before).map(|(verdict, before)| fields_of(verdict, before)).collect();
    let drafts: Vec<Draft<'_>> = fields.iter().map(|fields| Draft { at, actor: &Actor::System, act: REACH, fields }).collect();
    if drafts.is_empty() {
        return Ok(());
    }
    let first = append_all(conn, &drafts).await?;
    for (entry, verdict) in (first..).zip(reached) {
        let worst = rows.get(&verdict.duty).map_or(BEST, |row| row.worst);
        if rows.insert(verdict.duty.clone(), Newest { entry, state: verdict.state, worst }).is_some_and(|row| row.entry >= first) {
            return Err(LedgerError::Exists { what: "verdict on", name: verdict.duty.clone() });
        }
    }
    Ok(())
}

fn fields_of<'a>(verdict: &'a Reached, before: &'a str) -> [(&'a str, &'a str); 5] {
    let kind = if verdict.computed { "computed" } else { "attested" };
    [("duty", &verdict.duty), ("state", verdict.state.as_str()), ("kind", kind), ("body", &verdict.body), ("before", before)]
}

async fn put_newest(conn: &mut Conn, duty: &str, row: &Newest) -> Result<(), LedgerError> {
    let then = "ON CONFLICT (duty) DO UPDATE SET entry = excluded.entry, state = excluded.state, worst = excluded.worst";
    sqlx::query(sqlx::AssertSqlSafe(format!("INSERT INTO verdict (duty, entry, state, worst) VALUES ($1, $2, $3, $4) {then}")))
        .bind(duty.to_owned())
        .bind(to_sql(row.entry)?)
        .bind(row.state.to_string())
        .bind(row.worst.to_string())
        .execute(conn)
        .await?;
    Ok(())
}

async fn put_run(conn: &mut Conn, run: &Run) -> Result<(), LedgerError> {
    let then = "ON CONFLICT (slot) DO UPDATE SET entry = excluded.entry, at = excluded.at, day = excluded.day";
    sqlx::query(sqlx::AssertSqlSafe(format!("INSERT INTO verdict_run (slot, entry, at, day) VALUES ($1, $2, $3, $4) {then}")))
        .bind(SLOT)
        .bind(to_sql(run.entry)?)
        .bind(to_sql(run.at.0)?)
        .bind(run.day.to_string())
        .execute(conn)
        .await?;
    Ok(())
}
