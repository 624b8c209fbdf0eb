//! Lists: one range of an index for each seat and lane, merged in order; what no index answers is looked for up to a bound, and the page says so.
//!
//! Invariants: no OFFSET over rows that are shown, cursors stay where they are while records come and go; nothing outside the scope is read (REC-9, REC-10);
//! one page reads at most [`CANDIDATES`] rows of indexes beside its own.

use std::collections::{BTreeMap, BTreeSet};

use anlan_base::Instant;
use anlan_law::kind::Kinds;
use sqlx::Row as _;

use super::asked::{ListAsk, ListPage, Order, RecordRow, Spot, StateAsk, StateTotal, WORDS_CHARS};
use super::binds::{Binds, bound_query};
use super::rows::{LATE_LANE, NEVER, VOID_LANE, nanos, person_key, unit_seat};
use super::scope::Scope;
use crate::database::{Conn, Row, from_sql, instant};
use crate::engine::{PersonId, UnitId, Values};
use crate::error::LedgerError;

/// Records whose titles one search looks at.
pub const CANDIDATES: usize = 1_000;
/// Rows of an index that one search by filters looks at.
pub const FILTERED: usize = 30_000;
/// Records that are few enough to be read and sorted.
pub(crate) const FEW: usize = 2_000;
/// Rows that a search looks at in each range, at least: of many kinds together it then looks at more than the bounds above.
const LEAST: usize = 4;
/// Ranges in one statement.
const RANGES_AT_ONCE: usize = 40;
/// Values in one `IN`.
pub(crate) const IN_LIST: usize = 500;

/// What a list looks through: which kinds, from where, and what of each.
pub(crate) struct Search<'a> {
    pub ask: &'a ListAsk,
    pub order: Order,
    /// Kind to scope; only kinds that the asker may look at.
    pub scopes: BTreeMap<String, Scope>,
    /// Columns of `record` and `record_seat` with the value that is wanted: `f1`.
    pub filters: Vec<(&'static str, String)>,
    pub within: Option<UnitId>,
    /// Due times from and until, both in.
    pub due: Option<(i64, i64)>,
    pub now: Instant,
}

/// One range of an index: the records of one lane as they are seen from one seat.
#[derive(Clone, Debug)]
struct Range {
    seat: i64,
    kind: String,
    lane: String,
    /// How many there are.
    records: u64,
}

/// Where records are, and how many are in each lane for the asker, each counted once.
#[derive(Default)]
pub(crate) struct Lanes {
    ranges: Vec<Range>,
    counts: BTreeMap<(String, String), u64>,
}

pub(crate) const DAY_NANOS: u64 = 86_400 * Instant::SECOND;

impl<'a> Search<'a> {
    pub(crate) fn new(ask: &'a ListAsk, now: Instant, scopes: BTreeMap<String, Scope>, filters: Vec<(&'static str, String)>) -> Self {
        let due = match ask.state {
            StateAsk::Overdue => Some((0, nanos(now) - 1)),
            StateAsk::DueSoon(days) => Some((nanos(now), nanos(now.plus_nanos(u64::from(days).saturating_mul(DAY_NANOS))))),
            _ => None,
        };
        Self { ask, order: ask.real_order(), scopes, filters, within: ask.unit, due, now }
    }

    /// The same, with other words or as many rows.
    pub(crate) fn asking<'b>(&self, ask: &'b ListAsk) -> Search<'b> {
        let (scopes, filters) = (self.scopes.clone(), self.filters.clone());
        Search { ask, order: self.order, scopes, filters, within: self.within, due: self.due, now: self.now }
    }

    fn wants(&self, lane: &str) -> bool {
        match &self.ask.state {
            StateAsk::Open | StateAsk::Overdue | StateAsk::DueSoon(_) => lane.starts_with("open:"),
            StateAsk::All => lane.starts_with("open:") || lane.starts_with("end:"),
            StateAsk::Ended => lane.starts_with("end:"),
            StateAsk::Is(state) => lane.strip_prefix("open:").or(lane.strip_prefix("end:")) == Some(state),
            StateAsk::LateEntry => lane != LATE_LANE,
            StateAsk::Voided => lane == VOID_LANE,
        }
    }

    /// `%a%`, for each word.
    fn patterns(&self) -> Vec<String> {
        let cut: String = self.ask.words.chars().take(WORDS_CHARS).collect();
        let escaped = |word: &str| word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        cut.to_lowercase().split_whitespace().map(|word| format!("%{}%", escaped(word))).collect()
    }

    /// Whether a range's own index does not decide about a record.
    fn tests(&self) -> bool {
        !self.filters.is_empty() || self.joins()
    }

    pub(crate) async fn page(&self, conn: &mut Conn, kinds: &Kinds) -> Result<ListPage, LedgerError> {
        let after = self.ask.after.as_deref().map(|cursor| self.order.read(cursor)).transpose()?;
        let lanes = self.lanes(conn).await?;
        let found = self.found(conn, &lanes, after).await?;
        let rows = rows_of(conn, &found.spots, kinds).await?;
        let plain = (!self.tests() && self.due.is_none()).then(|| lanes.wanted(self));
        Ok(ListPage {
            rows,
            total: found.total.or(plain),
            totals: totals(&lanes),
            next: found.next.map(|spot| self.order.cursor(spot)),
            cut: found.cut,
        })
    }

    /// The places of the page behind this one.
    pub(crate) async fn found(&self, conn: &mut Conn, lanes: &Lanes, after: Option<Spot>) -> Result<Found, LedgerError> {
        match self.few(conn, lanes).await? {
            Some(few) => Ok(few.page(self.order, after, self.ask.rows())),
            None => self.walk(conn, lanes, after).await,
        }
    }

    /// Which lanes there are and how many records are in each.
    pub(crate) async fn lanes(&self, conn: &mut Conn) -> Result<Lanes, LedgerError> {
        let mut lanes = Lanes::default();
        // Kinds that are seen from the same places are asked for together.
        let mut groups: BTreeMap<&Scope, Vec<&str>> = BTreeMap::new();
        for (kind, scope) in &self.scopes {
            groups.entry(scope).or_default().push(kind);
        }
        for (scope, kinds) in groups {
            for run in scope.units.iter().copied().collect::<Vec<_>>().chunks(IN_LIST) {
                let mut binds = Binds::default();
                let sql = format!(
                    "SELECT unit AS seat, kind, lane, records FROM tally WHERE unit IN ({}) AND kind IN ({}) AND records > 0",
                    binds.ints(run.iter().copied()),
                    binds.texts(kinds.iter().copied()),
                );
                let ranges = ranges_of(&bound_query!(sql, binds).fetch_all(&mut *conn).await?)?;
                for range in ranges.into_iter().filter(|range| range.lane != LATE_LANE) {
                    lanes.count(&range, range.records);
                    lanes.ranges.push(range);
                }
            }
            if !scope.everywhere && !scope.people.is_empty() {
                self.lanes_of_people(conn, scope, &kinds, &mut lanes).await?;
            }
        }
        Ok(lanes)
    }

    /// What people see that lies outside the units of their scope.
    async fn lanes_of_people(&self, conn: &mut Conn, scope: &Scope, kinds: &[&str], lanes: &mut Lanes) -> Result<(), LedgerError> {
        let from = |binds: &mut Binds| {
            let mut sql = format!(
                "FROM record_seat s WHERE s.seat IN ({}) AND s.kind IN ({})",
                binds.ints(scope.people.iter().copied()),
                binds.texts(kinds.iter().copied())
            );
            if !scope.units.is_empty() {
                let seats = binds.ints(scope.units.iter().copied());
                sql.push_str(&format!(" AND {} = 0", seats_of("s.id", &seats)));
            }
            self.within_sql(&mut sql, "s.id", binds);
            sql
        };
        let mut binds = Binds::default();
        let sql = format!("SELECT s.seat, s.kind, s.lane, COUNT(*) AS records {} GROUP BY s.seat, s.kind, s.lane", from(&mut binds));
        let mut ranges = ranges_of(&bound_query!(sql, binds).fetch_all(&mut *conn).await?)?;
        let seats: BTreeSet<i64> = ranges.iter().map(|range| range.seat).collect();
        if seats.len() == 1 {
            ranges.iter().for_each(|range| lanes.count(range, range.records));
        } else if seats.len() > 1 {
            // One record may be seen from several.
            let mut binds = Binds::default();
            let sql = format!(
                "SELECT CAST(0 AS BIGINT) AS seat, s.kind, s.lane, COUNT(DISTINCT s.id) AS records {} GROUP BY s.kind, s.lane",
                from(&mut binds)
            );
            ranges_of(&bound_query!(sql, binds).fetch_all(&mut *conn).await?)?.iter().for_each(|range| lanes.count(range, range.records));
        }
        // Their ranges also hold what the units hold.
        ranges.iter_mut().for_each(|range| range.records = u64::MAX);
        lanes.ranges.append(&mut ranges);
        Ok(())
    }

    /// A person's own records are in the unit that is asked for only where the unit is one of their seats.
    fn within_sql(&self, sql: &mut String, id: &str, binds: &mut Binds) {
        if let Some(unit) = self.within {
            let unit = binds.int(unit_seat(unit));
            sql.push_str(&format!(" AND {} > 0", seats_of(id, &unit)));
        }
    }

    /// Where an index names few records that fit, all of them that do; none where the scope itself holds no more.
    async fn few(&self, conn: &mut Conn, lanes: &Lanes) -> Result<Option<Few>, LedgerError> {
        if lanes.wanted(self) <= FEW as u64 {
            return Ok(None);
        }
        for (column, value) in self.indexed() {
            let mut binds = Binds::default();
            let from = self.candidates(column, &value, &mut binds);
            let sql = format!("SELECT COUNT(*) FROM ({from}) few");
            let count: i64 = bound_query!(sql, binds).fetch_one(&mut *conn).await?.try_get(0)?;
            // What looks like a number may be the beginning of one.
            let is_answer = column != "number" || count > 0;
            if is_answer && usize::try_from(count).unwrap_or(usize::MAX) <= FEW {
                return self.sorted(conn, column, &value).await.map(Some);
            }
        }
        Ok(None)
    }

    /// Conditions that an index of `record` answers.
    fn indexed(&self) -> Vec<(&'static str, String)> {
        let mut indexed = self.filters.clone();
        if let Some(holder) = self.ask.holder {
            indexed.push(("holder", person_key(holder).to_string()));
        }
        if self.ask.state == StateAsk::LateEntry {
            indexed.push(("late_entry", "1".to_owned()));
        }
        let word = self.ask.words.trim();
        if word.split('-').count() == 3 && word.len() <= 40 {
            indexed.push(("number", word.to_uppercase()));
        }
        indexed
    }

    /// At most one more than [`FEW`] ids.
    fn candidates(&self, column: &str, value: &str, binds: &mut Binds) -> String {
        let kinds = binds.texts(self.scopes.keys().map(String::as_str));
        let test = match column {
            "holder" => format!("holder = {}", binds.int(value.parse().unwrap_or_default())),
            "number" => format!("number = {}", binds.text(value)),
            "late_entry" => format!("kind IN ({kinds}) AND late_entry = 1"),
            _ => format!("kind IN ({kinds}) AND {column} = {}", binds.text(value)),
        };
        format!("SELECT id FROM record WHERE {test} LIMIT {}", FEW + 1)
    }

    async fn sorted(&self, conn: &mut Conn, column: &str, value: &str) -> Result<Few, LedgerError> {
        let mut binds = Binds::default();
        let key = match self.order {
            Order::Number => "r.id".to_owned(),
            Order::Due => format!("COALESCE(r.due, {NEVER})"),
            Order::Changed => "r.changed".to_owned(),
        };
        let mut sql = format!(
            "SELECT r.id, {key} AS spot, r.lane FROM ({}) few JOIN record r ON r.id = few.id WHERE 1 = 1",
            self.candidates(column, value, &mut binds)
        );
        for (column, value) in &self.filters {
            sql.push_str(&format!(" AND r.{column} = {}", binds.text(value)));
        }
        self.test_sql(&mut sql, &mut binds);
        if let Some((from, until)) = self.due {
            sql.push_str(&format!(" AND r.due >= {} AND r.due <= {}", binds.int(from), binds.int(until)));
        }
        self.scope_sql(&mut sql, &mut binds);
        let mut spots = Vec::new();
        for row in bound_query!(sql, binds).fetch_all(conn).await? {
            let lane: String = row.try_get("lane")?;
            if self.wants(&lane) {
                spots.push(Spot { key: row.try_get("spot")?, id: row.try_get("id")? });
            }
        }
        Ok(Few(spots))
    }

    /// What only columns of `record r` answer.
    fn test_sql(&self, sql: &mut String, binds: &mut Binds) {
        if let Some(holder) = self.ask.holder {
            sql.push_str(&format!(" AND r.holder = {}", binds.int(person_key(holder))));
        }
        if self.ask.state == StateAsk::LateEntry {
            sql.push_str(" AND r.late_entry = 1");
        }
        for pattern in self.patterns() {
            sql.push_str(&format!(" AND r.words LIKE {} ESCAPE '\\'", binds.text(&pattern)));
        }
    }

    fn scope_sql(&self, sql: &mut String, binds: &mut Binds) {
        let each: Vec<String> = self
            .scopes
            .iter()
            .filter(|(_, scope)| !scope.is_empty())
            .map(|(kind, scope)| {
                let kind = binds.text(kind);
                if scope.everywhere {
                    return format!("r.kind = {kind}");
                }
                format!("(r.kind = {kind} AND {} > 0)", seats_of("r.id", &binds.ints(scope.seats())))
            })
            .collect();
        sql.push_str(&if each.is_empty() { " AND 1 = 0".to_owned() } else { format!(" AND ({})", each.join(" OR ")) });
        self.within_sql(sql, "r.id", binds);
    }

    /// Walks the ranges in order.
    async fn walk(&self, conn: &mut Conn, lanes: &Lanes, after: Option<Spot>) -> Result<Found, LedgerError> {
        let ranges: Vec<&Range> = lanes.ranges.iter().filter(|range| self.wants(&range.lane)).collect();
        let wanted = self.ask.rows() + 1;
        let scan = self.share(&ranges).max(LEAST.min(wanted));
        let (mut spots, mut frontier): (BTreeMap<(i64, i64), Spot>, Option<Spot>) = (BTreeMap::new(), None);
        for run in ranges.chunks(RANGES_AT_ONCE) {
            let mut binds = Binds::default();
            let each: Vec<String> =
                run.iter().enumerate().map(|(nth, range)| self.range_sql(nth, range, after, scan, &mut binds)).collect();
            let mut found: BTreeMap<i64, usize> = BTreeMap::new();
            let mut sql = each.join(" UNION ALL ");
            if !run.iter().any(|range| self.is_tested(range)) {
                // A record may be seen from several seats.
                let seats: BTreeSet<i64> = run.iter().map(|range| range.seat).collect();
                let (way, most) = (self.way(), wanted * seats.len());
                sql = format!("SELECT * FROM ({sql}) x ORDER BY spot {way}, id {way} LIMIT {most}");
            }
            for row in bound_query!(sql, binds).fetch_all(&mut *conn).await? {
                let spot = Spot { key: row.try_get("spot")?, id: row.try_get("id")? };
                spots.insert(self.order.rank(spot), spot);
                *found.entry(row.try_get("nth")?).or_default() += 1;
            }
            let cut: Vec<&Range> = (0_i64..)
                .zip(run)
                .filter(|(nth, range)| {
                    let is_whole = range.records <= scan as u64;
                    self.is_tested(range) && !is_whole && found.get(nth).is_none_or(|found| *found < wanted)
                })
                .map(|(_, range)| *range)
                .collect();
            let edge = self.edge(conn, &cut, after, scan).await?;
            frontier = [frontier, edge].into_iter().flatten().min_by_key(|spot| self.order.rank(*spot));
        }
        Ok(self.cut_to_page(spots.into_values().collect(), frontier))
    }

    /// How many rows of each range are looked at: what small ranges leave goes to the large ones.
    fn share(&self, ranges: &[&Range]) -> usize {
        let bound = if self.joins() { CANDIDATES } else { FILTERED };
        let even = bound / ranges.len().max(1);
        let small: Vec<u64> = ranges.iter().map(|range| range.records).filter(|records| *records <= even as u64).collect();
        let left = bound.saturating_sub(usize::try_from(small.iter().sum::<u64>()).unwrap_or(bound));
        left / (ranges.len() - small.len()).max(1)
    }

    /// The records of one range behind the cursor that pass the tests: as many as are wanted, among the first `scan`.
    fn range_sql(&self, nth: usize, range: &Range, after: Option<Spot>, scan: usize, binds: &mut Binds) -> String {
        let wanted = self.ask.rows() + 1;
        let inner = self.scan_sql(range, after, if self.is_tested(range) { scan } else { wanted }, binds);
        let (mut tests, mut join) = (String::new(), "");
        if self.joins() {
            join = " JOIN record r ON r.id = c.id";
            self.test_sql(&mut tests, binds);
        }
        for (column, value) in &self.filters {
            tests.push_str(&format!(" AND c.{column} = {}", binds.text(value)));
        }
        if range.seat < 0 {
            self.within_sql(&mut tests, "c.id", binds);
        }
        let way = self.way();
        format!(
            "SELECT * FROM (SELECT c.id, c.spot, CAST({nth} AS BIGINT) AS nth FROM ({inner}) c{join} WHERE 1 = 1{tests} ORDER BY c.spot {way}, c.id {way} LIMIT {wanted}) u"
        )
    }

    /// Whether a test asks for columns that the ranges' indexes do not hold.
    fn joins(&self) -> bool {
        self.ask.holder.is_some() || self.ask.state == StateAsk::LateEntry || !self.patterns().is_empty()
    }

    fn way(&self) -> &'static str {
        if self.order.falls() { "DESC" } else { "ASC" }
    }

    fn is_tested(&self, range: &Range) -> bool {
        self.tests() || (range.seat < 0 && self.within.is_some())
    }

    fn scan_sql(&self, range: &Range, after: Option<Spot>, limit: usize, binds: &mut Binds) -> String {
        let (column, way) = (self.order.column(), self.way());
        let mut sql = format!(
            "SELECT id, {column} AS spot, f1, f2, f3 FROM record_seat WHERE seat = {} AND kind = {} AND lane = {}",
            binds.int(range.seat),
            binds.text(&range.kind),
            binds.text(&range.lane),
        );
        if let Some(spot) = after {
            let sign = if self.order.falls() { '<' } else { '>' };
            match self.order {
                Order::Number => sql.push_str(&format!(" AND id {sign} {}", binds.int(spot.id))),
                _ => sql.push_str(&format!(" AND ({column}, id) {sign} ({}, {})", binds.int(spot.key), binds.int(spot.id))),
            }
        }
        if let Some((from, until)) = self.due {
            sql.push_str(&format!(" AND due >= {} AND due <= {}", binds.int(from), binds.int(until)));
        }
        if self.order == Order::Number {
            sql.push_str(&format!(" ORDER BY id {way} LIMIT {limit}"));
        } else {
            sql.push_str(&format!(" ORDER BY {column} {way}, id {way} LIMIT {limit}"));
        }
        sql
    }

    /// The first of the last rows that bounded scans looked at; none where all of them came to their range's end. At most [`RANGES_AT_ONCE`].
    async fn edge(&self, conn: &mut Conn, ranges: &[&Range], after: Option<Spot>, scan: usize) -> Result<Option<Spot>, LedgerError> {
        if ranges.is_empty() {
            return Ok(None);
        }
        let mut binds = Binds::default();
        let last = |range: &&Range| {
            let scanned = self.scan_sql(range, after, 1, &mut binds);
            format!("SELECT id, spot FROM ({scanned} OFFSET {}) u", scan - 1)
        };
        let sql = ranges.iter().map(last).collect::<Vec<_>>().join(" UNION ALL ");
        let mut spots = Vec::new();
        for row in bound_query!(sql, binds).fetch_all(conn).await? {
            spots.push(Spot { key: row.try_get("spot")?, id: row.try_get("id")? });
        }
        Ok(spots.into_iter().min_by_key(|spot| self.order.rank(*spot)))
    }

    /// Rows in order, up to the first place that was not looked behind.
    fn cut_to_page(&self, spots: Vec<Spot>, frontier: Option<Spot>) -> Found {
        let wanted = self.ask.rows();
        let edge = frontier.map(|spot| self.order.rank(spot));
        let mut page: Vec<Spot> =
            spots.into_iter().take_while(|spot| edge.is_none_or(|edge| self.order.rank(*spot) <= edge)).take(wanted + 1).collect();
        if page.len() > wanted {
            page.truncate(wanted);
            return Found { next: page.last().copied(), spots: page, total: None, cut: false };
        }
        Found { next: frontier, cut: frontier.is_some() && page.len() < wanted, spots: page, total: None }
    }
}

/// From how many of these seats a record is seen. As a number, so that it is looked up record by record: PostgreSQL turns `EXISTS` into reading all that a unit has.
fn seats_of(id: &str, seats: &str) -> String {
    format!("(SELECT COUNT(*) FROM record_seat seated WHERE seated.id = {id} AND seated.seat IN ({seats}))")
}

struct Few(Vec<Spot>);

pub(crate) struct Found {
    pub spots: Vec<Spot>,
    pub next: Option<Spot>,
    total: Option<u64>,
    cut: bool,
}

impl Few {
    fn page(mut self, order: Order, after: Option<Spot>, wanted: usize) -> Found {
        let total = u64::try_from(self.0.len()).ok();
        self.0.sort_unstable_by_key(|spot| order.rank(*spot));
        self.0.retain(|spot| after.is_none_or(|after| order.rank(*spot) > order.rank(after)));
        let more = self.0.len() > wanted;
        self.0.truncate(wanted);
        Found { next: self.0.last().copied().filter(|_| more), spots: self.0, total, cut: false }
    }
}

impl Lanes {
    fn count(&mut self, range: &Range, records: u64) {
        *self.counts.entry((range.kind.clone(), range.lane.clone())).or_default() += records;
    }

    /// How many records are in the lanes that are asked for.
    fn wanted(&self, search: &Search<'_>) -> u64 {
        self.counts.iter().filter(|((_, lane), _)| search.wants(lane)).map(|(_, count)| count).sum()
    }
}

fn ranges_of(rows: &[Row]) -> Result<Vec<Range>, LedgerError> {
    let one = |row: &Row| {
        let records = from_sql(row.try_get("records")?)?;
        Ok(Range { seat: row.try_get("seat")?, kind: row.try_get("kind")?, lane: row.try_get("lane")?, records })
    };
    rows.iter().map(one).collect()
}

pub(crate) fn totals(lanes: &Lanes) -> Vec<StateTotal> {
    let each = lanes.counts.iter().filter_map(|((kind, lane), records)| {
        let (end, state) = lane.split_once(':')?;
        let ended = match end {
            "open" => false,
            "end" => true,
            _ => return None,
        };
        Some(StateTotal { kind: kind.clone(), state: state.to_owned(), ended, records: *records })
    });
    each.filter(|total| total.records > 0).collect()
}

const ROW: &str = "r.id, r.number, r.kind, r.unit, r.lane, r.state, r.title, r.holder, r.parent, r.due, r.missed, r.pending, r.late_entry, r.opened, \
                   r.happened, r.changed, r.version, r.shown, e.leaf";

/// The rows at these places, in their order.
pub(crate) async fn rows_of(conn: &mut Conn, spots: &[Spot], kinds: &Kinds) -> Result<Vec<RecordRow>, LedgerError> {
    Ok(rows_at(conn, spots, kinds).await?.into_iter().map(|(_, row)| row).collect())
}

pub(crate) async fn rows_at(conn: &mut Conn, spots: &[Spot], kinds: &Kinds) -> Result<Vec<(Spot, RecordRow)>, LedgerError> {
    let mut rows: BTreeMap<i64, RecordRow> = BTreeMap::new();
    let ids: BTreeSet<i64> = spots.iter().map(|spot| spot.id).collect();
    for run in ids.into_iter().collect::<Vec<_>>().chunks(IN_LIST) {
        let mut binds = Binds::default();
        let sql = format!(
            "SELECT {ROW} FROM record r LEFT JOIN entry e ON e.number = r.version WHERE r.id IN ({})",
            binds.ints(run.iter().copied())
        );
        for row in bound_query!(sql, binds).fetch_all(&mut *conn).await? {
            rows.insert(row.try_get("id")?, RecordRow::of(&row, kinds)?);
        }
    }
    Ok(spots.iter().filter_map(|spot| Some((*spot, rows.get(&spot.id)?.clone()))).collect())
}

impl RecordRow {
    fn of(row: &Row, kinds: &Kinds) -> Result<Self, LedgerError> {
        let flag = |name: &str| row.try_get::<i64, _>(name).map(|flag| flag != 0);
        let time = |name: &str| instant(row.try_get(name)?);
        let (kind, lane, shown): (String, String, String) = (row.try_get("kind")?, row.try_get("lane")?, row.try_get("shown")?);
        let (holder, due, leaf): (Option<i64>, Option<i64>, Option<i64>) =
            (row.try_get("holder")?, row.try_get("due")?, row.try_get("leaf")?);
        let number: String = row.try_get("number")?;
        let mut values: Values =
            serde_json::from_str(&shown).map_err(|_| LedgerError::damaged(format!("the columns of {number} cannot be read")))?;
        // A field that was sealed after the row was written.
        if let Some(kind) = kinds.get(&kind) {
            values.retain(|name, _| kind.field(name).is_none_or(|field| field.sealed.is_empty()));
        }
        Ok(Self {
            kind,
            unit: UnitId(from_sql(row.try_get("unit")?)?),
            state: row.try_get("state")?,
            ended: lane.starts_with("end:"),
            title: row.try_get("title")?,
            holder: holder.map(from_sql).transpose()?.map(PersonId),
            due: due.map(instant).transpose()?,
            missed: flag("missed")?,
            pending: flag("pending")?,
            late_entry: flag("late_entry")?,
            voided: lane == VOID_LANE,
            opened: time("opened")?,
            happened: time("happened")?,
            changed: time("changed")?,
            values,
            parent: row.try_get("parent")?,
            version: from_sql(row.try_get("version")?)?,
            leaf: leaf.map(from_sql).transpose()?,
            number,
        })
    }
}
