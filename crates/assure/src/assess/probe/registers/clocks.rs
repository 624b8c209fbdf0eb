//! `clocks.missed`: clocks of cases that the law sets, as the kinds run them.
//!
//! Invariants: a duty names clocks as the packs' `clocks.toml` does (`of`); which kind runs such a clock stands in the kind, so a new kind is measured without
//! a word here; where none does, nothing is known.

use anlan_base::Instant;
use anlan_law::kind::{KindClock, KindTerm};
use anlan_ledger::engine::{ClockState, Record, Running};
use anlan_ledger::records::StateAsk;

use super::question::{Question, Recent, both, kind_name, title_of};
use crate::assess::{AssessError, Measured, Site};

/// A clock of a kind that runs what the law sets.
struct Runs {
    kind: String,
    clock: KindClock,
}

/// Counted over the clocks of records.
#[derive(Default)]
struct Counted {
    started: usize,
    running: usize,
    missed: usize,
    soon: usize,
}

/// What became of one clock of one record.
enum Told {
    Overdue(Instant),
    Late(Instant),
    Soon(Instant),
}

pub(in crate::assess) async fn clocks_missed(site: &Site, of: &[String]) -> Result<Option<Measured>, AssessError> {
    let all: Vec<Runs> = of.iter().flat_map(|name| running(site, name)).collect();
    // One of several that nobody runs leaves the whole unknown.
    if of.is_empty() || of.iter().any(|name| running(site, name).is_empty()) {
        return Ok(None);
    }
    let (mut measured, mut counted, mut told, mut whole) = (Measured::default(), Counted::default(), Vec::new(), true);
    let mut empty: Vec<String> = Vec::new();
    let mut kinds: Vec<&str> = all.iter().map(|runs| runs.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let asked = kinds.len();
    for kind in kinds {
        let recent = Recent::read(site, kind, &[]).await?;
        whole &= recent.whole;
        measured.since = measured.since.max(Some(recent.since));
        for runs in all.iter().filter(|runs| runs.kind == kind) {
            for record in &recent.records {
                look(site, record, &runs.clock, &mut counted, &mut told);
            }
            ask(site, &recent, &runs.clock.name, &mut measured)?;
        }
        if Question::of(kind, StateAsk::All).asked(site, &mut measured).await? == 0 {
            empty.push(kind_name(site, kind));
        }
    }
    if empty.len() == asked {
        // Nothing is counted, so no number is anybody's.
        measured.asked.retain(|one| one.facts.is_empty());
    }
    say(&mut measured, told);
    if !whole {
        measured.reason("reg-cut", &[]);
    }
    empty.iter().for_each(|kind| measured.reason("reg-none", &[("kind", kind)]));
    // That nothing was entered is not that nothing happened.
    Ok(Some(if empty.len() == asked { measured } else { facts(measured, &counted, whole) }))
}

/// Clocks of kinds that run a clock of the packs with this `of` or this id.
fn running(site: &Site, name: &str) -> Vec<Runs> {
    let kinds = site.ledger.kinds();
    let is_named = |clock: &&KindClock| match &clock.term {
        KindTerm::Law { clock, .. } => site.book.clocks.get(clock).is_some_and(|law| law.of.as_deref() == Some(name) || law.id == name),
        _ => false,
    };
    let of_kind = |kind: &anlan_law::kind::Kind| -> Vec<Runs> {
        kind.clocks.iter().filter(is_named).map(|clock| Runs { kind: kind.id.clone(), clock: clock.clone() }).collect()
    };
    kinds.iter().flat_map(of_kind).collect()
}

fn look(site: &Site, record: &Record, clock: &KindClock, counted: &mut Counted, told: &mut Vec<(Told, String, String, String)>) {
    let Some(state) = record.clocks.get(&clock.name) else { return };
    counted.started += 1;
    let what = match state {
        ClockState::Running(running) => {
            counted.running += 1;
            if running.missed || running.due < site.now {
                Some(Told::Overdue(running.due))
            } else {
                is_soon(site.now, running, clock).then_some(Told::Soon(running.due))
            }
        }
        ClockState::Paused { running, .. } => {
            counted.running += 1;
            running.missed.then_some(Told::Overdue(running.due))
        }
        ClockState::Stopped { late, due, .. } => late.then_some(Told::Late(*due)),
    };
    match what {
        Some(Told::Overdue(_) | Told::Late(_)) => counted.missed += 1,
        Some(Told::Soon(_)) => counted.soon += 1,
        None => return,
    }
    if let Some(what) = what {
        told.push((what, record.number.clone(), title_of(site, record), both(&clock.title)));
    }
}

/// The lists that give the same numbers.
fn ask(site: &Site, recent: &Recent, clock: &str, measured: &mut Measured) -> Result<(), AssessError> {
    for (fact, is) in [("missed", "missed"), ("due_soon", "soon"), ("running", "running"), ("started", "started")] {
        recent.pick(site, measured, &[fact], &[&format!("{is}:{clock}")])?;
    }
    Ok(())
}

/// As the clock itself says: the moment of a reminder has come.
pub(super) fn is_soon(now: Instant, running: &Running, clock: &KindClock) -> bool {
    running.remind.len() < clock.remind.len() || running.remind.first().is_some_and(|at| *at <= now)
}

/// What is late and waits before what was done late, and that before what comes up.
fn say(measured: &mut Measured, mut told: Vec<(Told, String, String, String)>) {
    told.sort_by_key(|(what, number, ..)| {
        let (rank, due) = match what {
            Told::Overdue(due) => (0, *due),
            Told::Late(due) => (1, *due),
            Told::Soon(due) => (2, *due),
        };
        (rank, due, number.clone())
    });
    for (what, number, title, clock) in told {
        let (code, due) = match what {
            Told::Overdue(due) => ("reg-clock-overdue", due),
            Told::Late(due) => ("reg-clock-late", due),
            Told::Soon(due) => ("reg-clock-soon", due),
        };
        measured.reason(code, &[("record", &number), ("title", &title), ("clock", &clock), ("due", &due.to_civil())]);
        measured.saw(number.as_str(), format!("/r/{number}"));
    }
}

fn facts(mut measured: Measured, counted: &Counted, whole: bool) -> Measured {
    if whole {
        measured = measured.count("started", counted.started).count("running", counted.running);
    }
    if whole || counted.missed > 0 {
        measured = measured.count("missed", counted.missed);
    }
    if whole || counted.soon > 0 {
        measured = measured.count("due_soon", counted.soon);
    }
    measured
}
