//! A record as its entries make it.
//!
//! Invariant: everything here follows from the record's entries alone.

use std::collections::BTreeMap;

use anlan_base::Instant;
use anlan_law::clock::Pause;
use anlan_law::kind::AskWhat;

use super::{PersonId, UnitId, Urging, Values};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// `YH-2026-0012`.
    pub number: String,
    pub kind: String,
    pub unit: UnitId,
    /// The record it was sent down from.
    pub parent: Option<String>,
    /// The series and the occurrence's due time that opened it.
    pub series: Option<(String, Instant)>,
    pub state: String,
    /// Nothing is to be done any more.
    pub ended: bool,
    pub voided: bool,
    pub values: Values,
    /// Fields that were lawfully erased.
    pub erased: Vec<String>,
    pub opener: Option<PersonId>,
    /// In whose hands it is; none only when it ended.
    pub holder: Option<PersonId>,
    /// Who does the holder's work until when.
    pub delegate: Option<(PersonId, Instant)>,
    /// 录入时间.
    pub opened: Instant,
    /// 发生时间.
    pub happened: Instant,
    /// 补录: happened on an earlier Beijing day than it was entered.
    pub late_entry: bool,
    pub pending: Option<Pending>,
    pub asks: Vec<Ask>,
    pub clocks: BTreeMap<String, ClockState>,
    /// Who made the last of each move.
    pub made: BTreeMap<String, PersonId>,
    pub urged: Vec<(Urging, Instant)>,
    /// Number of the last entry about it: its version.
    pub version: u64,
    pub changed: Instant,
}

/// A move that waits for a second person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    pub name: String,
    pub values: Values,
    pub reason: Option<String>,
    pub proposer: PersonId,
    pub at: Instant,
    /// Who is asked to approve.
    pub approver: PersonId,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    pub person: PersonId,
    pub what: AskWhat,
    pub asked: Instant,
    pub state: AskState,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AskState {
    Open,
    Answered { agrees: bool, text: String, at: Instant },
}

/// What became of a clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClockState {
    Running(Running),
    /// Done in time or late; a missed clock stays visible.
    Stopped {
        started: Instant,
        due: Instant,
        at: Instant,
        late: bool,
    },
    /// Stands still by law.
    Paused {
        running: Running,
        since: Instant,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    pub started: Instant,
    /// The last moment in time.
    pub due: Instant,
    /// Still to come, soonest first.
    pub remind: Vec<Instant>,
    /// Still to come, soonest first.
    pub escalate: Vec<Escalated>,
    /// To whom its lateness went up, in order: it stays on their lists until it stops.
    pub raised: Vec<PersonId>,
    /// When it stood still by law, in order.
    pub stood: Vec<Pause>,
    /// The due time passed and it was noted.
    pub missed: bool,
    /// The due time rests on a year without a holiday calendar.
    pub guessed: bool,
}

/// When and to whom lateness goes up. The names are those of `spec/kind.md` (`head`, `above:head`), so that the fold needs no kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Escalated {
    pub at: Instant,
    pub to: Vec<String>,
}

impl Record {
    /// The soonest due time of its running clocks.
    #[must_use]
    pub fn due(&self) -> Option<Instant> {
        self.running().map(|(_, running)| running.due).min()
    }

    /// When something is to be done by [`super::due_work`](super), soonest.
    #[must_use]
    pub fn wakes(&self) -> Option<Instant> {
        let clocks = self.running().filter_map(|(_, running)| {
            let miss = (!running.missed).then(|| running.due.plus_nanos(1));
            [running.remind.first().copied(), running.escalate.first().map(|step| step.at), miss].into_iter().flatten().min()
        });
        clocks.chain(self.delegate.map(|(_, until)| until)).min()
    }

    /// To whom the lateness of running clocks went up.
    pub fn raised(&self) -> impl Iterator<Item = PersonId> + '_ {
        self.running().flat_map(|(_, running)| running.raised.iter().copied())
    }

    pub fn running(&self) -> impl Iterator<Item = (&str, &Running)> {
        self.clocks.iter().filter_map(|(name, clock)| match clock {
            ClockState::Running(running) => Some((name.as_str(), running)),
            _ => None,
        })
    }

    /// Who is to act now: the delegate, where there is one.
    #[must_use]
    pub fn acting(&self) -> Option<PersonId> {
        self.pending.as_ref().map(|pending| pending.approver).or(self.delegate.map(|(person, _)| person)).or(self.holder)
    }
}
