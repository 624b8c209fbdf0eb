//! What the fields `c.NAME.…` of an entry do to the record's clocks.
//!
//! Invariant: a missed clock stays visible (REC-8): where it starts anew, the run that was missed is kept under `NAME.1`, `NAME.2`…

use std::collections::BTreeMap;

use anlan_base::Instant;
use anlan_law::clock::Pause;

use super::fact::{Fact, Read, moment, people_of};
use super::fold::is_late;
use super::record::{ClockState, Escalated, Record, Running};

/// Missed runs that are kept of one clock; later ones stand in the history only.
pub const MISSED_RUNS: usize = 20;

/// The fields of one clock in one entry, by their last part.
type Parts<'a> = BTreeMap<&'a str, &'a str>;

impl Record {
    pub(super) fn clocked(&mut self, fact: &Fact<'_>) -> Read<()> {
        let mut clocks: BTreeMap<&str, Parts<'_>> = BTreeMap::new();
        for (field, value) in fact.fields {
            let Some((name, part)) = field.strip_prefix("c.").and_then(|rest| rest.split_once('.')) else { continue };
            clocks.entry(name).or_default().insert(part, value);
        }
        for (name, parts) in clocks {
            self.one_clock(fact, name, &parts)?;
        }
        Ok(())
    }

    fn one_clock(&mut self, fact: &Fact<'_>, name: &str, parts: &Parts<'_>) -> Read<()> {
        if parts.contains_key("stop") {
            let at = at_of(fact, name, "stop")?;
            self.stop(name, at);
        }
        if parts.contains_key("started") {
            let running = running(fact, name)?;
            self.shelve(name, fact.at);
            self.clocks.insert(name.to_owned(), ClockState::Running(running));
        }
        if parts.contains_key("pause") {
            let since = at_of(fact, name, "pause")?;
            if let Some(ClockState::Running(running)) = self.clocks.get(name) {
                let paused = ClockState::Paused { running: running.clone(), since };
                self.clocks.insert(name.to_owned(), paused);
            }
        }
        if parts.contains_key("resume") {
            self.resume(fact, name)?;
        }
        Ok(())
    }

    fn stop(&mut self, name: &str, at: Instant) {
        let (running, ended) = match self.clocks.get(name) {
            Some(ClockState::Running(running)) => (running, at),
            // It stood still: what counts is when it began to.
            Some(ClockState::Paused { running, since }) => (running, *since),
            _ => return,
        };
        let late = running.missed || is_late(running.due, ended);
        let stopped = ClockState::Stopped { started: running.started, due: running.due, at, late };
        self.clocks.insert(name.to_owned(), stopped);
    }

    fn resume(&mut self, fact: &Fact<'_>, name: &str) -> Read<()> {
        let due = at_of(fact, name, "resume")?;
        let (remind, escalate) = (moments(fact, name)?, escalations(fact, name)?);
        let guessed = fact.is_yes(&field(name, "guessed"))?;
        let Some(ClockState::Paused { running, since }) = self.clocks.get(name) else { return Ok(()) };
        let mut running = Running { due, remind, escalate, guessed, ..running.clone() };
        running.stood.push(Pause { from: *since, until: Some(fact.at) });
        self.clocks.insert(name.to_owned(), ClockState::Running(running));
        Ok(())
    }

    /// Keeps a run that was missed before the clock starts anew.
    fn shelve(&mut self, name: &str, at: Instant) {
        if let Some(ClockState::Running(_) | ClockState::Paused { .. }) = self.clocks.get(name) {
            self.stop(name, at);
        }
        let Some(missed @ ClockState::Stopped { late: true, .. }) = self.clocks.get(name).cloned() else { return };
        let free = (1..=MISSED_RUNS).map(|run| format!("{name}.{run}")).find(|kept| !self.clocks.contains_key(kept));
        if let Some(kept) = free {
            self.clocks.insert(kept, missed);
        }
    }

    /// A reminder, the note that it is late, or an escalation was given.
    pub(super) fn told(&mut self, fact: &Fact<'_>) -> Read<()> {
        let name = fact.needed("clock", |text| Some(text.to_owned()))?;
        let Some(ClockState::Running(running)) = self.clocks.get_mut(&name) else { return Ok(()) };
        match fact.act {
            "record.remind" if !running.remind.is_empty() => drop(running.remind.remove(0)),
            "record.escalate" if !running.escalate.is_empty() => {
                running.escalate.remove(0);
                let people = fact.parsed("people", people_of)?.unwrap_or_default();
                running.raised.extend(people);
                running.raised.dedup();
            }
            "record.late" => {
                running.missed = true;
                running.remind.clear();
            }
            _ => {}
        }
        Ok(())
    }
}

fn field(name: &str, part: &str) -> String {
    format!("c.{name}.{part}")
}

fn at_of(fact: &Fact<'_>, name: &str, part: &str) -> Read<Instant> {
    fact.needed(&field(name, part), moment)
}

fn running(fact: &Fact<'_>, name: &str) -> Read<Running> {
    Ok(Running {
        started: at_of(fact, name, "started")?,
        due: at_of(fact, name, "due")?,
        remind: moments(fact, name)?,
        escalate: escalations(fact, name)?,
        raised: Vec::new(),
        stood: Vec::new(),
        missed: false,
        guessed: fact.is_yes(&field(name, "guessed"))?,
    })
}

fn moments(fact: &Fact<'_>, name: &str) -> Read<Vec<Instant>> {
    let read = |text: &str| text.split(',').filter(|part| !part.is_empty()).map(moment).collect();
    Ok(fact.parsed(&field(name, "remind"), read)?.unwrap_or_default())
}

fn escalations(fact: &Fact<'_>, name: &str) -> Read<Vec<Escalated>> {
    let step = |part: &str| {
        let (at, to) = part.split_once('>')?;
        let to: Vec<String> = to.split('+').filter(|who| !who.is_empty()).map(str::to_owned).collect();
        Some(Escalated { at: moment(at)?, to })
    };
    let read = |text: &str| text.split(',').filter(|part| !part.is_empty()).map(step).collect();
    Ok(fact.parsed(&field(name, "escalate"), read)?.unwrap_or_default())
}

/// As entries write them.
pub(super) fn escalations_text(steps: &[Escalated]) -> String {
    let steps: Vec<String> = steps.iter().map(|step| format!("{}>{}", step.at.0, step.to.join("+"))).collect();
    steps.join(",")
}
