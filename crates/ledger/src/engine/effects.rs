//! What follows from a change of values and from a move: clocks, holder, records that are opened, people who are asked.
//!
//! Invariants: a state that ends stops every clock; a clock whose date, row or condition changes follows it; what is opened goes to a living person.

use std::collections::BTreeMap;

use anlan_base::Instant;
use anlan_law::kind::{Kind, KindClock, KindTerm, Move};

use super::draft::Writing;
use super::fact::{moment_text, units_of};
use super::holder::{find_holder, holders};
use super::record::{ClockState, Record};
use super::timing::{resumed, run_of};
use super::values::holds;
use super::who::Place;
use super::{Context, Draft, On, PersonId, Refusal, THIS_RECORD, UnitId, Values};

/// The name of the clock of a series.
pub const SERIES_CLOCK: &str = "series";

/// What a kind's clocks are asked at.
#[derive(Clone, Copy)]
pub(super) enum Event<'a> {
    Move(&'a str),
    /// Values changed, no move was made.
    Change,
}

/// Starts the clocks of a record that is opened.
pub(super) fn start_all(
    kind: &Kind,
    happened: Instant,
    values: &Values,
    context: &Context<'_>,
    writing: &mut Writing,
) -> Result<(), Refusal> {
    for clock in kind.clocks.iter().filter(|clock| clock.start.iter().any(|start| start == "open")) {
        if let Some(run) = start(clock, kind, happened, values, context)? {
            run.start(&clock.name, writing);
        }
    }
    Ok(())
}

fn start(
    clock: &KindClock,
    kind: &Kind,
    at: Instant,
    values: &Values,
    context: &Context<'_>,
) -> Result<Option<super::timing::Run>, Refusal> {
    if clock.when.as_ref().is_some_and(|when| !holds(when, kind, values)) {
        return Ok(None);
    }
    run_of(clock, at, &[], values, context)
}

/// What becomes of the record's clocks. `values` are the new ones.
pub(super) fn follow_clocks(
    kind: &Kind,
    record: &Record,
    event: Event<'_>,
    values: &Values,
    context: &Context<'_>,
    writing: &mut Writing,
) -> Result<(), Refusal> {
    for clock in &kind.clocks {
        Following { kind, record, clock, values, context }.follow(event, writing)?;
    }
    if does_the_series(kind, record, event) {
        writing.put(format!("c.{SERIES_CLOCK}.stop"), moment_text(context.now));
    }
    Ok(())
}

/// Whether the move does what the record's series asks for, and its clock still runs.
fn does_the_series(kind: &Kind, record: &Record, event: Event<'_>) -> bool {
    let (Event::Move(made), Some((name, _))) = (event, &record.series) else { return false };
    let mut of_name = kind.series.iter().filter(|series| series.name == *name);
    of_name.any(|series| series.stop.iter().any(|stop| stop == made))
        && matches!(record.clocks.get(SERIES_CLOCK), Some(ClockState::Running(_)))
}

/// Stops what still runs or stands still, the series' clock too.
pub(super) fn stop_all(record: &Record, at: Instant, writing: &mut Writing) {
    for (name, state) in &record.clocks {
        if matches!(state, ClockState::Running(_) | ClockState::Paused { .. }) {
            writing.put(format!("c.{name}.stop"), moment_text(at));
        }
    }
}

struct Following<'a> {
    kind: &'a Kind,
    record: &'a Record,
    clock: &'a KindClock,
    values: &'a Values,
    context: &'a Context<'a>,
}

impl Following<'_> {
    fn follow(&self, event: Event<'_>, writing: &mut Writing) -> Result<(), Refusal> {
        let (clock, now) = (self.clock, self.context.now);
        let state = self.record.clocks.get(&clock.name);
        if let Event::Move(name) = event {
            let named = |list: &[String]| list.iter().any(|known| known == name);
            if named(&clock.start) {
                return self.begin(now, writing);
            }
            if named(&clock.stop) {
                if matches!(state, Some(ClockState::Running(_) | ClockState::Paused { .. })) {
                    writing.put(format!("c.{}.stop", clock.name), moment_text(now));
                }
                return Ok(());
            }
            match state {
                Some(ClockState::Running(running)) if clock.pauses.iter().any(|(from, _)| from == name) && now <= running.due => {
                    writing.put(format!("c.{}.pause", clock.name), moment_text(now));
                    return Ok(());
                }
                Some(ClockState::Paused { running, since }) if clock.pauses.iter().any(|(_, until)| until == name) => {
                    resumed(clock, running, *since, self.values, self.context).resume(&clock.name, writing);
                    return Ok(());
                }
                _ => {}
            }
        }
        self.redate(writing)
    }

    fn begin(&self, at: Instant, writing: &mut Writing) -> Result<(), Refusal> {
        match start(self.clock, self.kind, at, self.values, self.context)? {
            Some(run) => run.start(&self.clock.name, writing),
            // Asked to start anew, but nothing says until when any more: the old run is over.
            None if matches!(self.record.clocks.get(&self.clock.name), Some(ClockState::Running(_) | ClockState::Paused { .. })) => {
                writing.put(format!("c.{}.stop", self.clock.name), moment_text(at));
            }
            None => {}
        }
        Ok(())
    }

    /// A value that the clock rests on changed: it is dated anew from the same start, begins only now, or has no reason to run any more.
    fn redate(&self, writing: &mut Writing) -> Result<(), Refusal> {
        if self.record.ended || !self.rests_on().any(|field| self.values.get(field) != self.record.values.get(field)) {
            return Ok(());
        }
        match self.record.clocks.get(&self.clock.name) {
            Some(ClockState::Running(running)) => self.begin(running.started, writing),
            None => match self.should_have_started() {
                Some(at) => self.begin(at, writing),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn rests_on(&self) -> impl Iterator<Item = &str> {
        let of_term = match &self.clock.term {
            KindTerm::Length { .. } => None,
            KindTerm::Law { row, .. } => row.as_deref(),
            KindTerm::Field { field, .. } => Some(field.as_str()),
        };
        let of_when = self.clock.when.iter().flat_map(|when| when.names());
        of_term.into_iter().chain(self.clock.own.as_deref()).chain(of_when)
    }

    /// Since when it would run, had the value been there: from the opening, or from now where one of its moves was made.
    fn should_have_started(&self) -> Option<Instant> {
        let made = |name: &String| self.record.made.contains_key(name);
        if self.clock.stop.iter().any(made) {
            return None;
        }
        let by_opening = self.clock.start.iter().any(|start| start == "open").then_some(self.record.happened);
        by_opening.or(self.clock.start.iter().any(made).then_some(self.context.now))
    }
}

/// A record that is opened by a person, a move, a fan-out or a series.
pub(super) struct Birth<'a> {
    pub nth: usize,
    pub kind: &'a Kind,
    pub unit: UnitId,
    pub opener: Option<PersonId>,
    pub happened: Instant,
    pub late_entry: bool,
    pub values: &'a Values,
    pub parent: Option<&'a str>,
    /// Its series, the occurrence, and the clock's run.
    pub series: Option<(&'a str, Instant, super::timing::Run)>,
}

impl Birth<'_> {
    pub fn draft(&self, context: &Context<'_>, into: &mut Vec<Draft>) -> Result<(), Refusal> {
        let Some(first) = self.kind.states.first() else { return Err(Refusal::new("kind-gone")) };
        let on = On::New { nth: self.nth, kind: self.kind.id.clone(), unit: self.unit };
        let place =
            Place { people: context.people, unit: self.unit, opener: self.opener, holder: None, delegate: None, values: self.values };
        let prefer: Vec<PersonId> = context.actor.person.into_iter().collect();
        let mut writing = Writing::new(on, "record.open")
            .with_some("person", context.actor.person)
            .with("kind", self.kind.id.as_str())
            .with("unit", self.unit.to_string())
            .with_some("parent", self.parent)
            .with_some("opener", self.opener)
            .with_moment("happened", self.happened)
            .with("to", first.name.as_str());
        if self.late_entry {
            writing.put("late_entry", "yes");
        }
        if first.ends {
            writing.put("ended", "yes");
        } else {
            let holder = find_holder(&place, holders(Some(self.kind), &first.name), &prefer, &[]).ok_or(Refusal::new("nobody-there"))?;
            writing.put("holder", holder.to_string());
            start_all(self.kind, self.happened, self.values, context, &mut writing)?;
        }
        if let Some((name, occurrence, run)) = &self.series {
            writing.put("series", *name);
            writing.put("occurrence", moment_text(*occurrence));
            run.start(SERIES_CLOCK, &mut writing);
        }
        writing.values(self.values);
        writing.finish(into);
        Ok(())
    }
}

/// Records that a move opens: its openings in the same unit, then the fan-out to units.
pub(super) fn openings(
    kind: &Kind,
    a_move: &Move,
    record: &Record,
    values: &Values,
    context: &Context<'_>,
    into: &mut Vec<Draft>,
) -> Result<(), Refusal> {
    let mut nth = 0;
    let mut open = |child: &str, unit: UnitId, theirs: Values, parent: Option<&str>| {
        let child = context.kind(child).ok_or_else(|| Refusal::new("kind-gone").with("kind", child))?;
        let (opener, happened) = (context.actor.person, context.now);
        let birth = Birth { nth, kind: child, unit, opener, happened, late_entry: false, values: &theirs, parent, series: None };
        nth += 1;
        birth.draft(context, into)
    };
    for opening in &a_move.opens {
        let mut theirs = copied(&opening.copies, values);
        if let Some(link) = &opening.link {
            theirs.insert(link.clone(), THIS_RECORD.to_owned());
        }
        open(&opening.kind, record.unit, theirs, None)?;
    }
    let Some(fanout) = kind.fanout.as_ref().filter(|fanout| fanout.on == a_move.name) else { return Ok(()) };
    for unit in fanned(record, &a_move.name, &fanout.units, values, context)? {
        open(&fanout.child, unit, copied(&fanout.copies, values), Some(THIS_RECORD))?;
    }
    Ok(())
}

fn copied(copies: &BTreeMap<String, String>, values: &Values) -> Values {
    copies.iter().filter_map(|(theirs, ours)| Some((theirs.clone(), values.get(ours)?.clone()))).collect()
}

/// The units that a fan-out still has to reach: made again, only those that were added.
fn fanned(record: &Record, name: &str, field: &str, values: &Values, context: &Context<'_>) -> Result<Vec<UnitId>, Refusal> {
    let read = |values: &Values| values.get(field).and_then(|text| units_of(text)).unwrap_or_default();
    let before = if record.made.contains_key(name) { read(&record.values) } else { Vec::new() };
    let root = context.people.unit(record.unit).map_or("", |unit| unit.path.as_str());
    let mut units: Vec<UnitId> = Vec::new();
    for id in read(values) {
        let unit = context.people.unit(id).ok_or_else(|| Refusal::new("unit-unknown").at(field).with("value", id.to_string()))?;
        if unit.closed {
            return Err(Refusal::new("unit-closed").at(field).with("name", unit.name.as_str()));
        }
        if !unit.is_within(root) {
            return Err(Refusal::new("unit-outside").at(field).with("name", unit.name.as_str()));
        }
        if !before.contains(&id) && !units.contains(&id) {
            units.push(id);
        }
    }
    if units.is_empty() && before.is_empty() { Err(Refusal::new("fanout-nobody").at(field)) } else { Ok(units) }
}
