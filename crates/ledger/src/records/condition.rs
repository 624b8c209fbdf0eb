//! Conditions of a list, as its address writes them (`where=late:review`): a record is listed where each of them holds.
//!
//! ```text
//! condition = test *( "|" test )          any of them
//! test      = [ "!" ] name ":" what       "!" turns it round
//! ```
//!
//! Invariants: what a condition means follows from the record, the kind, the directory and the moment alone, so a probe and a list count the same;
//! a condition asks for no sealed field; it is told from a list's row where the row is enough, and then says what the whole record says.

use std::fmt;
use std::str::FromStr;

use anlan_base::{Day, Instant, parse_time};
use anlan_law::kind::{Kind, Shape};

use super::asked::RecordRow;
use super::files::Attachment;
use crate::engine::{ClockState, People, PersonId, Record, Running, SERIES_CLOCK, UnitId, people_of, units_of};
use crate::error::LedgerError;

/// Conditions of one list.
pub const CONDITIONS: usize = 12;
/// Tests of one condition.
pub const TESTS: usize = 8;
/// Names or numbers of one test.
pub const NAMED: usize = 100;
/// Bytes of one condition.
pub const CONDITION_BYTES: usize = 2_000;

/// Any of its tests holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    pub tests: Vec<Test>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// It is asked whether it does not hold.
    pub turned: bool,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// `in:STATE,STATE`: it is in one of the states.
    In(Vec<String>),
    /// `has:FIELD`: the field is filled; of attachments, there is a file.
    Has(String),
    /// `is:FIELD=VALUE,VALUE`
    Is(String, Vec<String>),
    /// `late:CLOCK` and its like.
    Clock(ClockIs, String),
    /// `past:FIELD`: a date before today.
    Past(String),
    /// `future:FIELD`: a date after today.
    Future(String),
    /// `from:FIELD=DAY`: a date on that day or later.
    From(String, Day),
    /// `under:FIELD=NUMBER`
    Under(String, i64),
    /// `gone:FIELD`: it names people, and one of them is not in service.
    Gone(String),
    /// `covers:FIELD=UNIT`: the record is the unit's, or the field names the unit.
    Covers(String, UnitId),
    /// `made:MOVE,MOVE`: one of the moves was made.
    Made(Vec<String>),
    /// `alone:MOVE,MOVE`: whoever made one of the moves also opened the record, or is its owner.
    Alone(Vec<String>),
    /// `series:NAME,NAME`: one of the series opened it.
    Series(Vec<String>),
    /// `since:TIME` (Beijing): not ended, or changed then or later.
    Since(Instant),
    /// `number:NUMBER,NUMBER`
    Number(Vec<String>),
}

/// What became of a clock by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockIs {
    /// Its time is over, and what it waits for is not done.
    Late,
    /// Late, or done late.
    Missed,
    /// It runs, its time is not over, and the moment of a reminder has come.
    Soon,
    /// It runs, and its time is not over.
    InTime,
    /// It runs or stands still.
    Running,
    /// Done, in time or late.
    Stopped,
    /// It was started once.
    Started,
}

/// What a condition is judged by, beside the record.
#[derive(Clone, Copy)]
pub struct Judge<'a> {
    pub kind: &'a Kind,
    pub people: &'a dyn People,
    pub now: Instant,
}

impl ClockIs {
    const ALL: [(Self, &'static str); 7] = [
        (Self::Late, "late"),
        (Self::Missed, "missed"),
        (Self::Soon, "soon"),
        (Self::InTime, "intime"),
        (Self::Running, "running"),
        (Self::Stopped, "stopped"),
        (Self::Started, "started"),
    ];

    #[must_use]
    pub fn id(self) -> &'static str {
        Self::ALL.iter().find(|(is, _)| *is == self).map_or("", |(_, id)| id)
    }
}

fn unfit(got: &str) -> LedgerError {
    LedgerError::Unfit {
        what: "condition",
        got: got.chars().take(40).collect(),
        rule: "NAME:WHAT as spec/verdict.md lists them, of fields, states, clocks and moves of the kind",
    }
}

impl FromStr for Condition {
    type Err = LedgerError;

    fn from_str(text: &str) -> Result<Self, LedgerError> {
        if text.len() > CONDITION_BYTES {
            return Err(unfit(text));
        }
        let tests: Vec<Test> = text.split('|').map(Test::from_str).collect::<Result<_, _>>()?;
        if tests.len() > TESTS { Err(unfit(text)) } else { Ok(Self { tests }) }
    }
}

impl FromStr for Test {
    type Err = LedgerError;

    fn from_str(text: &str) -> Result<Self, LedgerError> {
        let (turned, bare) = text.strip_prefix('!').map_or((false, text), |bare| (true, bare));
        let what = bare.split_once(':').and_then(|(name, what)| What::read(name, what)).ok_or_else(|| unfit(text))?;
        Ok(Self { turned, what })
    }
}

/// A name that may stand in an address as it is.
fn plain(text: &str) -> Option<String> {
    let fits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    fits.then(|| text.to_owned())
}

fn names(text: &str) -> Option<Vec<String>> {
    let names: Option<Vec<String>> = text.split(',').map(plain).collect();
    names.filter(|names| names.len() <= NAMED)
}

impl What {
    fn read(name: &str, what: &str) -> Option<Self> {
        if let Some((is, _)) = ClockIs::ALL.iter().find(|(_, id)| *id == name) {
            return Some(Self::Clock(*is, plain(what)?));
        }
        let pair = || what.split_once('=').and_then(|(field, value)| Some((plain(field)?, value)));
        Some(match name {
            "in" => Self::In(names(what)?),
            "has" => Self::Has(plain(what)?),
            "is" => pair().and_then(|(field, value)| Some(Self::Is(field, names(value)?)))?,
            "past" => Self::Past(plain(what)?),
            "future" => Self::Future(plain(what)?),
            "from" => pair().and_then(|(field, value)| Some(Self::From(field, value.parse().ok()?)))?,
            "under" => pair().and_then(|(field, value)| Some(Self::Under(field, value.parse().ok()?)))?,
            "gone" => Self::Gone(plain(what)?),
            "covers" => pair().and_then(|(field, value)| Some(Self::Covers(field, UnitId::parse(value)?)))?,
            "made" => Self::Made(names(what)?),
            "alone" => Self::Alone(names(what)?),
            "series" => Self::Series(names(what)?),
            "since" => Self::Since(parse_time(&format!("{what}+08:00")).ok()?),
            "number" => Self::Number(names(what)?),
            _ => return None,
        })
    }

    fn field(&self) -> Option<&str> {
        match self {
            Self::Has(field) | Self::Is(field, _) | Self::Past(field) | Self::Future(field) | Self::From(field, _) => Some(field),
            Self::Under(field, _) | Self::Gone(field) | Self::Covers(field, _) => Some(field),
            _ => None,
        }
    }

    /// Whether the kind has what it names; a sealed field is asked for by nobody.
    fn fits(&self, kind: &Kind) -> bool {
        let is_open = |name: &str| kind.field(name).is_some_and(|field| field.sealed.is_empty());
        match self {
            Self::In(states) => states.iter().all(|state| kind.state(state).is_some()),
            Self::Clock(_, clock) => clock == SERIES_CLOCK || kind.clock(clock).is_some(),
            Self::Made(moves) | Self::Alone(moves) => moves.iter().all(|name| kind.a_move(name).is_some()),
            Self::Series(names) => names.iter().all(|name| kind.series.iter().any(|one| one.name == *name)),
            Self::Since(_) | Self::Number(_) => true,
            _ => self.field().is_some_and(is_open),
        }
    }

    /// What only a value decides; none where it is another question.
    fn of_value(&self, value: &str, unit: UnitId, judge: &Judge<'_>) -> Option<bool> {
        let day = || value.parse::<Day>().ok();
        let today = Day::of(judge.now);
        Some(match self {
            Self::Has(field) => is_filled(judge.kind, field, value),
            Self::Is(_, wanted) => wanted.iter().any(|one| one == value),
            Self::Past(_) => day().is_some_and(|day| day < today),
            Self::Future(_) => day().is_some_and(|day| day > today),
            Self::From(_, from) => day().is_some_and(|day| day >= *from),
            Self::Under(_, number) => value.parse::<i64>().is_ok_and(|found| found < *number),
            Self::Gone(_) => !value.is_empty() && is_gone(value, judge.people),
            Self::Covers(_, wanted) => unit == *wanted || units_of(value).unwrap_or_default().contains(wanted),
            _ => return None,
        })
    }

    fn holds(&self, record: &Record, judge: &Judge<'_>) -> bool {
        if let Some(field) = self.field() {
            let value = record.values.get(field).map_or("", String::as_str);
            return self.of_value(value, record.unit, judge).unwrap_or(false);
        }
        match self {
            Self::In(states) => states.contains(&record.state),
            Self::Clock(is, clock) => record.clocks.get(clock).is_some_and(|state| is_so(*is, clock, state, judge)),
            Self::Made(moves) => moves.iter().any(|name| record.made.contains_key(name)),
            Self::Alone(moves) => moves.iter().filter_map(|name| record.made.get(name)).any(|maker| is_own(record, *maker)),
            Self::Series(names) => record.series.as_ref().is_some_and(|(name, _)| names.contains(name)),
            Self::Since(since) => !record.ended || record.changed >= *since,
            Self::Number(numbers) => numbers.contains(&record.number),
            _ => false,
        }
    }

    /// As the whole record would say; none where the row does not tell.
    fn of_row(&self, row: &RecordRow, judge: &Judge<'_>) -> Option<bool> {
        if let Some(field) = self.field() {
            let value = match row.values.get(field) {
                Some(value) => value.as_str(),
                None if judge.kind.list.iter().any(|column| column == field) => "",
                None => return None,
            };
            return self.of_value(value, row.unit, judge);
        }
        match self {
            Self::In(states) => Some(states.contains(&row.state)),
            // A row has the soonest due time of an open record, and whether any clock was missed.
            Self::Clock(ClockIs::Late | ClockIs::Missed, _) => {
                let may = row.missed || row.ended || row.due.is_some_and(|due| due < judge.now);
                (!may).then_some(false)
            }
            Self::Since(since) => Some(!row.ended || row.changed >= *since),
            Self::Number(numbers) => Some(numbers.contains(&row.number)),
            _ => None,
        }
    }
}

fn is_filled(kind: &Kind, field: &str, value: &str) -> bool {
    match kind.field(field).map(|field| &field.shape) {
        Some(Shape::Attachment { .. }) => !Attachment::in_value(value).is_empty(),
        _ => !value.is_empty(),
    }
}

/// What cannot be read names nobody who is here.
fn is_gone(value: &str, people: &dyn People) -> bool {
    let named = PersonId::parse(value).map(|one| vec![one]).or_else(|| people_of(value)).unwrap_or_default();
    named.is_empty() || named.iter().any(|person| people.person(*person).is_none_or(|person| person.left))
}

fn is_own(record: &Record, maker: PersonId) -> bool {
    let owner = record.values.get("owner").and_then(|owner| PersonId::parse(owner));
    record.opener == Some(maker) || owner == Some(maker)
}

fn is_late(running: &Running, now: Instant) -> bool {
    running.missed || running.due < now
}

fn is_so(is: ClockIs, name: &str, clock: &ClockState, judge: &Judge<'_>) -> bool {
    let (now, of_kind) = (judge.now, judge.kind.clock(name));
    // As the clock itself says: the moment of a reminder has come.
    let reminded = |running: &Running| {
        of_kind.is_some_and(|clock| running.remind.len() < clock.remind.len() || running.remind.first().is_some_and(|at| *at <= now))
    };
    match (is, clock) {
        (ClockIs::Started, _) => true,
        (ClockIs::Running, ClockState::Running(_) | ClockState::Paused { .. }) => true,
        (ClockIs::Stopped, ClockState::Stopped { .. }) => true,
        (ClockIs::Late | ClockIs::Missed, ClockState::Running(running)) => is_late(running, now),
        (ClockIs::Late | ClockIs::Missed, ClockState::Paused { running, .. }) => running.missed,
        (ClockIs::Missed, ClockState::Stopped { late, .. }) => *late,
        (ClockIs::InTime, ClockState::Running(running)) => !is_late(running, now),
        (ClockIs::Soon, ClockState::Running(running)) => !is_late(running, now) && reminded(running),
        _ => false,
    }
}

impl Condition {
    /// # Errors
    /// [`LedgerError::Unfit`] where the kind has no such field, state, clock or move, or the field is sealed.
    pub fn check(&self, kind: &Kind) -> Result<(), LedgerError> {
        match self.tests.iter().find(|test| !test.what.fits(kind)) {
            Some(test) => Err(unfit(&test.to_string())),
            None => Ok(()),
        }
    }

    #[must_use]
    pub fn holds(&self, record: &Record, judge: &Judge<'_>) -> bool {
        self.tests.iter().any(|test| test.what.holds(record, judge) != test.turned)
    }

    /// As the whole record would say; none where the row does not tell.
    #[must_use]
    pub fn of_row(&self, row: &RecordRow, judge: &Judge<'_>) -> Option<bool> {
        let mut told = Some(false);
        for test in &self.tests {
            match test.what.of_row(row, judge) {
                Some(holds) if holds != test.turned => return Some(true),
                Some(_) => {}
                None => told = None,
            }
        }
        told
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tests: Vec<String> = self.tests.iter().map(Test::to_string).collect();
        f.write_str(&tests.join("|"))
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.turned { "!" } else { "" }, self.what)
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::In(states) => write!(f, "in:{}", states.join(",")),
            Self::Has(field) => write!(f, "has:{field}"),
            Self::Is(field, values) => write!(f, "is:{field}={}", values.join(",")),
            Self::Clock(is, clock) => write!(f, "{}:{clock}", is.id()),
            Self::Past(field) => write!(f, "past:{field}"),
            Self::Future(field) => write!(f, "future:{field}"),
            Self::From(field, day) => write!(f, "from:{field}={day}"),
            Self::Under(field, number) => write!(f, "under:{field}={number}"),
            Self::Gone(field) => write!(f, "gone:{field}"),
            Self::Covers(field, unit) => write!(f, "covers:{field}={unit}"),
            Self::Made(moves) => write!(f, "made:{}", moves.join(",")),
            Self::Alone(moves) => write!(f, "alone:{}", moves.join(",")),
            Self::Series(names) => write!(f, "series:{}", names.join(",")),
            Self::Since(at) => write!(f, "since:{}", at.to_civil().replace(' ', "T")),
            Self::Number(numbers) => write!(f, "number:{}", numbers.join(",")),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may")]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for text in [
            "in:fixing,assigned",
            "!has:proof",
            "is:handling=planned|in:passed_up",
            "late:review",
            "missed:report|soon:report|intime:report|running:report|stopped:report|started:report",
            "past:until|future:from",
            "from:used_from=2026-09-01",
            "under:level=2",
            "gone:watcher",
            "covers:covers=u1",
            "made:test,no_findings",
            "alone:approve",
            "series:monthly",
            "since:2026-09-01T09:00:00",
            "number:YH-2026-0001,YH-2026-0002",
        ] {
            assert_eq!(text.parse::<Condition>().unwrap().to_string(), text);
        }
        for text in
            ["", "in", "in:", "late:", "is:handling", "under:level=x", "since:yesterday", "nothing:x", "has:a b", "in:a||in:b", "!!has:a"]
        {
            assert!(text.parse::<Condition>().is_err(), "{text}");
        }
    }

    #[test]
    fn only_so_much_is_asked_at_once() {
        for (tests, fits) in [(TESTS - 1, true), (TESTS, true), (TESTS + 1, false)] {
            assert_eq!(vec!["has:a"; tests].join("|").parse::<Condition>().is_ok(), fits, "{tests}");
        }
        for (named, fits) in [(NAMED - 1, true), (NAMED, true), (NAMED + 1, false)] {
            assert_eq!(format!("in:{}", vec!["a"; named].join(",")).parse::<Condition>().is_ok(), fits, "{named}");
        }
        for (bytes, fits) in [(CONDITION_BYTES - 1, true), (CONDITION_BYTES, true), (CONDITION_BYTES + 1, false)] {
            assert_eq!(format!("has:{}", "a".repeat(bytes - 4)).parse::<Condition>().is_ok(), fits, "{bytes}");
        }
    }

    // VERDICT-12
    #[test]
    fn a_sealed_field_and_an_unknown_name_are_asked_for_by_nobody() {
        let book = anlan_law::pack::Lawbook::shipped(&["cn"]).unwrap();
        let kinds = book.kinds();
        let (complaint, hazard) = (kinds.get("complaint").unwrap(), kinds.get("hazard").unwrap());
        let sealed = complaint.fields.iter().find(|field| !field.sealed.is_empty()).unwrap();
        assert!(format!("has:{}", sealed.name).parse::<Condition>().unwrap().check(complaint).is_err());
        for (text, fits) in
            [("has:proof", true), ("has:nothing", false), ("in:nowhere", false), ("late:nothing", false), ("made:nothing", false)]
        {
            assert_eq!(text.parse::<Condition>().unwrap().check(hazard).is_ok(), fits, "{text}");
        }
    }
}
