//! 我的待办: what is in one's hands, to approve, or asked of one; with what is done for those one stands in for. The calendar of due times.
//!
//! Invariant: one range of an index for each person, whatever the size of the ledger.

use anlan_base::Instant;
use anlan_law::kind::Kinds;
use sqlx::Row as _;

use super::asked::{ListAsk, Order, RecordRow, Spot, StateAsk};
use super::binds::{Binds, bound_query};
use super::list::{DAY_NANOS, rows_of};
use super::rows::{NEVER, WhyTodo, nanos, person_key};
use super::scope::Looker;
use crate::Ledger;
use crate::database::{Conn, from_sql};
use crate::engine::{PersonId, Rights};
use crate::error::LedgerError;

/// Rows of one page.
pub const TODO_ROWS: u32 = 200;
/// Counts above this are not told exactly.
pub const TODO_COUNTED: u64 = 1_000;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum TodoOf {
    #[default]
    All,
    Overdue,
    /// Due within so many days.
    DueSoon(u32),
    ToApprove,
    Asked,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TodoAsk {
    pub of: TodoOf,
    /// `next` of the page before.
    pub after: Option<String>,
    /// At most [`TODO_ROWS`]; 0 asks for that many.
    pub limit: u32,
}

/// Why a record is on somebody's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// It is in their hands.
    Holds,
    Approves,
    /// Their opinion, signature or reading is asked for.
    Asked,
    /// It is late, and that went up to them.
    Escalated,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TodoRow {
    pub record: RecordRow,
    pub why: Why,
    /// Whose it is: another person's where the asker stands in for them.
    pub person: PersonId,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TodoPage {
    pub rows: Vec<TodoRow>,
    pub next: Option<String>,
    pub counts: TodoCounts,
}

/// How many there are, each at most [`TODO_COUNTED`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TodoCounts {
    pub all: u64,
    pub overdue: u64,
    pub to_approve: u64,
    pub asked: u64,
}

/// A due time in the calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadlineRow {
    pub due: Instant,
    pub record: RecordRow,
}

impl From<WhyTodo> for Why {
    fn from(why: WhyTodo) -> Self {
        match why {
            WhyTodo::Hold => Self::Holds,
            WhyTodo::Approve => Self::Approves,
            WhyTodo::Ask => Self::Asked,
            WhyTodo::Escalated => Self::Escalated,
        }
    }
}

/// What of `todo` is asked for.
struct Window {
    from: i64,
    until: i64,
    why: Option<WhyTodo>,
}

impl Window {
    fn of(of: &TodoOf, now: Instant) -> Self {
        let all = Self { from: 0, until: NEVER, why: None };
        match of {
            TodoOf::All => all,
            TodoOf::Overdue => Self { until: nanos(now) - 1, ..all },
            TodoOf::DueSoon(days) => {
                Self { from: nanos(now), until: nanos(now.plus_nanos(u64::from(*days).saturating_mul(DAY_NANOS))), ..all }
            }
            TodoOf::ToApprove => Self { why: Some(WhyTodo::Approve), ..all },
            TodoOf::Asked => Self { why: Some(WhyTodo::Ask), ..all },
        }
    }

    fn sql(&self, person: i64, binds: &mut Binds) -> String {
        let mut sql = format!(
            "FROM todo WHERE person = {} AND due >= {} AND due <= {}",
            binds.int(person),
            binds.int(self.from),
            binds.int(self.until)
        );
        if let Some(why) = self.why {
            sql.push_str(&format!(" AND why = {}", binds.text(why.id())));
        }
        sql
    }
}

/// A row of `todo`.
struct Line {
    spot: Spot,
    person: PersonId,
    why: WhyTodo,
}

async fn lines(conn: &mut Conn, window: &Window, person: PersonId, after: Option<Spot>, limit: usize) -> Result<Vec<Line>, LedgerError> {
    let mut binds = Binds::default();
    let mut sql = format!("SELECT record, due, why {}", window.sql(person_key(person), &mut binds));
    if let Some(spot) = after {
        sql.push_str(&format!(" AND (due, record) > ({}, {})", binds.int(spot.key), binds.int(spot.id)));
    }
    sql.push_str(&format!(" ORDER BY due, record LIMIT {limit}"));
    let mut found = Vec::new();
    for row in bound_query!(sql, binds).fetch_all(conn).await? {
        let why: String = row.try_get("why")?;
        let why = WhyTodo::from_id(&why).ok_or_else(|| LedgerError::damaged(format!("todo holds `{why}`")))?;
        found.push(Line { spot: Spot { key: row.try_get("due")?, id: row.try_get("record")? }, person, why });
    }
    Ok(found)
}

async fn count(conn: &mut Conn, window: &Window, people: &[PersonId]) -> Result<u64, LedgerError> {
    let mut sum = 0;
    for person in people {
        let mut binds = Binds::default();
        let from = window.sql(person_key(*person), &mut binds);
        let sql = format!("SELECT COUNT(*) FROM (SELECT 1 {from} LIMIT {TODO_COUNTED}) few");
        sum += from_sql(bound_query!(sql, binds).fetch_one(&mut *conn).await?.try_get(0)?)?;
    }
    Ok(sum.min(TODO_COUNTED))
}

impl Ledger {
    /// What the asker has to do, soonest first. A record stands there once for each reason.
    pub async fn todo(&self, who: &Rights, ask: &TodoAsk) -> Result<TodoPage, LedgerError> {
        let (now, directory) = (self.clock.now(), self.directory());
        let looker = Looker::new(who, &directory);
        let window = Window::of(&ask.of, now);
        let after = ask.after.as_deref().map(|cursor| Order::Due.read(cursor)).transpose()?;
        let wanted = usize::try_from(if ask.limit == 0 { TODO_ROWS } else { ask.limit.min(TODO_ROWS) }).unwrap_or(1);
        let mut look = self.db.look().await?;
        let mut found = Vec::new();
        for person in looker.people() {
            // A record may stand there for several reasons; all of them are on one page.
            found.extend(lines(&mut look, &window, *person, after, WhyTodo::ALL.len() * (wanted + 1)).await?);
        }
        found.sort_by_key(|line| (line.spot.key, line.spot.id, line.person, line.why));
        let next = cut(&mut found, wanted);
        let counts = TodoCounts {
            all: count(&mut look, &Window::of(&TodoOf::All, now), looker.people()).await?,
            overdue: count(&mut look, &Window::of(&TodoOf::Overdue, now), looker.people()).await?,
            to_approve: count(&mut look, &Window::of(&TodoOf::ToApprove, now), looker.people()).await?,
            asked: count(&mut look, &Window::of(&TodoOf::Asked, now), looker.people()).await?,
        };
        let rows = shown(&mut look, found, &self.kinds()).await?;
        Ok(TodoPage { rows, next: next.map(|spot| Order::Due.cursor(spot)), counts })
    }

    /// Due times in a stretch of time, soonest first: open records whose soonest clock is due then, in the asker's scope.
    pub async fn deadlines(&self, who: &Rights, from: Instant, until: Instant, limit: u32) -> Result<Vec<DeadlineRow>, LedgerError> {
        let ask = ListAsk { state: StateAsk::DueSoon(0), limit, ..ListAsk::default() };
        let page = self.list_due(who, &ask, Some((nanos(from), nanos(until)))).await?;
        Ok(page.rows.into_iter().filter_map(|record| Some(DeadlineRow { due: record.due?, record })).collect())
    }
}

/// Keeps whole records only; answers the last one where there are more.
fn cut(found: &mut Vec<Line>, wanted: usize) -> Option<Spot> {
    let last = found.get(wanted.checked_sub(1)?)?.spot;
    let whole = found.iter().position(|line| (line.spot.key, line.spot.id) > (last.key, last.id))?;
    found.truncate(whole);
    Some(last)
}

async fn shown(conn: &mut Conn, lines: Vec<Line>, kinds: &Kinds) -> Result<Vec<TodoRow>, LedgerError> {
    let spots: Vec<Spot> = lines.iter().map(|line| line.spot).collect();
    let records = rows_of(conn, &spots, kinds).await?;
    if records.len() != lines.len() {
        return Err(LedgerError::damaged("todo names a record that is not there"));
    }
    Ok(lines.into_iter().zip(records).map(|(line, record)| TodoRow { record, why: line.why.into(), person: line.person }).collect())
}
