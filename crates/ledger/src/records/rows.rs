//! The rows that lists, 待办 and the ticker read, as they follow from a record: pure.
//!
//! Invariants: the same record, shape and units give the same rows; no value of a sealed field is in any of them; an open record that clocks run on is in `wake`.

use std::collections::{BTreeMap, BTreeSet};

use anlan_base::Instant;

use super::shape::KindShape;
use crate::engine::{AskState, PersonId, Record, UnitId, Values, people_of};

/// Stands for "no clock runs": after every due time, in both engines alike.
pub(crate) const NEVER: i64 = i64::MAX;
/// Bytes of a value by which lists can be filtered; longer ones are not found by it.
pub(crate) const FILTER_BYTES: usize = 128;
/// Characters of a title in lists and in search.
pub(crate) const TITLE_CHARS: usize = 200;

/// An instant as the database holds it.
pub(crate) fn nanos(at: Instant) -> i64 {
    i64::try_from(at.0).unwrap_or(NEVER - 1)
}

pub(crate) fn unit_seat(unit: UnitId) -> i64 {
    i64::try_from(unit.0).unwrap_or(i64::MAX)
}

pub(crate) fn person_key(person: PersonId) -> i64 {
    i64::try_from(person.0).unwrap_or(i64::MAX)
}

/// Of the seats, people have the negative ones.
pub(crate) fn person_seat(person: PersonId) -> i64 {
    -person_key(person)
}

/// The seat from which a person sees what whoever stands in for them does not.
pub(crate) fn own_seat(person: PersonId) -> i64 {
    person_seat(person) - OWN
}

/// Behind every id of a person.
const OWN: i64 = 1 << 40;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum WhyTodo {
    Approve,
    Ask,
    /// Its lateness went up to them.
    Escalated,
    Hold,
}

impl WhyTodo {
    pub(crate) const ALL: [Self; 4] = [Self::Approve, Self::Ask, Self::Escalated, Self::Hold];

    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Ask => "ask",
            Self::Escalated => "escalate",
            Self::Hold => "hold",
        }
    }

    pub(crate) fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.id() == id)
    }
}

/// The row of `record`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RecordLine {
    pub number: String,
    pub kind: String,
    pub unit: i64,
    pub lane: String,
    pub state: String,
    pub title: String,
    pub words: String,
    pub holder: Option<i64>,
    pub parent: Option<String>,
    pub due: Option<i64>,
    pub missed: i64,
    pub pending: i64,
    pub late_entry: i64,
    pub opened: i64,
    pub happened: i64,
    pub changed: i64,
    pub version: i64,
    pub shown: String,
    pub filters: [Option<String>; 3],
}

/// All rows of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rows {
    pub line: RecordLine,
    pub seats: BTreeSet<i64>,
    pub todo: BTreeSet<(i64, WhyTodo)>,
    pub wake: Option<i64>,
    /// Field to the number it holds.
    pub links: BTreeMap<String, String>,
}

impl Rows {
    /// `path` is that of the record's unit, `/1/7/23/`.
    pub(crate) fn of(record: &Record, shape: &KindShape, path: &str) -> Self {
        Self {
            line: line(record, shape),
            seats: unit_seats(record.unit, path).chain(person_seats(record, shape)).collect(),
            todo: todo(record),
            wake: record.wakes().filter(|_| !record.voided).map(nanos),
            links: links(record, shape),
        }
    }

    pub(crate) fn due_key(&self) -> i64 {
        self.line.due.unwrap_or(NEVER)
    }

    /// The keys of `tally` that this record counts under.
    pub(crate) fn tallies(&self) -> Vec<(i64, String)> {
        let units = self.seats.iter().filter(|seat| **seat > 0).map(|seat| (*seat, self.line.lane.clone()));
        let late = (self.line.late_entry == 1).then(|| (self.line.unit, LATE_LANE.to_owned()));
        units.chain(late).collect()
    }
}

pub(crate) const VOID_LANE: &str = "void:";
pub(crate) const LATE_LANE: &str = "late:";

pub(crate) fn lane(record: &Record) -> String {
    match (record.voided, record.ended) {
        (true, _) => VOID_LANE.to_owned(),
        (false, true) => format!("end:{}", record.state),
        (false, false) => format!("open:{}", record.state),
    }
}

fn line(record: &Record, shape: &KindShape) -> RecordLine {
    let title: String = record.values.get(&shape.title).map(|title| title.chars().take(TITLE_CHARS).collect()).unwrap_or_default();
    let kept: Values = shape.columns.iter().filter_map(|name| Some((name.clone(), record.values.get(name)?.clone()))).collect();
    let filter =
        |at: usize| shape.filters.get(at).and_then(|name| record.values.get(name)).filter(|value| value.len() <= FILTER_BYTES).cloned();
    let due = record.due().filter(|_| !record.voided && !record.ended).map(nanos);
    RecordLine {
        words: format!("{} {}", title.to_lowercase(), record.number.to_lowercase()),
        number: record.number.clone(),
        kind: record.kind.clone(),
        unit: unit_seat(record.unit),
        lane: lane(record),
        state: record.state.clone(),
        title,
        holder: record.holder.map(person_key),
        parent: record.parent.clone(),
        due,
        missed: i64::from(is_missed(record)),
        pending: i64::from(record.pending.is_some()),
        late_entry: i64::from(record.late_entry),
        opened: nanos(record.opened),
        happened: nanos(record.happened),
        changed: nanos(record.changed),
        version: i64::try_from(record.version).unwrap_or(i64::MAX),
        shown: serde_json::to_string(&kept).unwrap_or_default(),
        filters: [filter(0), filter(1), filter(2)],
    }
}

/// Some clock was missed, whether it still runs or not.
pub(crate) fn is_missed(record: &Record) -> bool {
    use crate::engine::ClockState::{Paused, Running, Stopped};
    record.clocks.values().any(|clock| match clock {
        Running(running) | Paused { running, .. } => running.missed,
        Stopped { late, .. } => *late,
    })
}

/// The unit and those above it.
pub(crate) fn unit_seats(unit: UnitId, path: &str) -> impl Iterator<Item = i64> {
    let above: Vec<i64> = path.split('/').filter_map(|id| id.parse().ok()).filter(|id| *id > 0).collect();
    above.into_iter().chain([unit_seat(unit)])
}

/// People who have to do with the record, as `engine::sees` judges: they and those who stand in for them see it.
fn concerned(record: &Record, shape: &KindShape) -> BTreeSet<PersonId> {
    let hands = record.holder.into_iter().chain(record.delegate.map(|(person, _)| person)).chain(record.opener);
    let pending = record.pending.iter().flat_map(|pending| [pending.approver, pending.proposer]);
    let asked = record.asks.iter().filter(|ask| ask.state == AskState::Open).map(|ask| ask.person);
    hands.chain(pending).chain(asked).chain(record.raised()).chain(named(record, shape, &record.state)).collect()
}

/// People in the fields by which the shape gives sight.
fn named<'a>(record: &'a Record, shape: &'a KindShape, state: &'a str) -> impl Iterator<Item = PersonId> + 'a {
    shape.sight_in(state).filter_map(|name| record.values.get(name)).flat_map(|value| people_in(value))
}

/// Seats of people. Whom the kind lets see its records sees them alone.
fn person_seats(record: &Record, shape: &KindShape) -> impl Iterator<Item = i64> {
    let alone: Vec<i64> = named(record, shape, "*").map(own_seat).collect();
    concerned(record, shape).into_iter().map(person_seat).chain(alone)
}

/// `p12`, or a JSON list of such.
pub(crate) fn people_in(value: &str) -> Vec<PersonId> {
    match PersonId::parse(value) {
        Some(person) => vec![person],
        None => people_of(value).unwrap_or_default(),
    }
}

/// Who holds it has it on their list also while it waits for approval: its clocks are theirs. What is late is on the lists of those to whom it went up.
fn todo(record: &Record) -> BTreeSet<(i64, WhyTodo)> {
    if record.voided {
        return BTreeSet::new();
    }
    let holds = record.delegate.map(|(person, _)| person).or(record.holder).filter(|_| !record.ended);
    let raised =
        record.raised().filter(|person| !record.ended && holds != Some(*person)).map(|person| (person_key(person), WhyTodo::Escalated));
    let raised: Vec<_> = raised.collect();
    let holds = holds.map(|person| (person_key(person), WhyTodo::Hold));
    let approves = record.pending.as_ref().filter(|_| !record.ended).map(|pending| (person_key(pending.approver), WhyTodo::Approve));
    let asked = record.asks.iter().filter(|ask| ask.state == AskState::Open).map(|ask| (person_key(ask.person), WhyTodo::Ask));
    holds.into_iter().chain(approves).chain(asked).chain(raised).collect()
}

fn links(record: &Record, shape: &KindShape) -> BTreeMap<String, String> {
    shape.links.iter().filter_map(|name| Some((name.clone(), record.values.get(name)?.clone()))).collect()
}
