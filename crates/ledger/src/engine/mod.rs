//! The one engine of every register, case and approval: what a command on a record leads to, and what a record is after its entries.
//!
//! ```text
//! decide(record, command, context) -> drafts          pure: kinds, people, calendar and the moment are handed in
//! record.apply(fact)                                  the fold: reads nothing but the entry
//! due_work(record, now) -> drafts                     what a clock asks for: reminders, lateness, escalation
//! ```
//!
//! Invariants:
//! - pure: no database, no clock, no randomness; the same entries give the same record, for ever;
//! - the fold never asks a kind: what an entry means stands in the entry, so a kind may change and old records stay as they were;
//! - who may do what is decided here and nowhere else;
//! - every open record is in the hands of a living person: a vacant post's work goes to the next above, never to nobody;
//! - a correction is a new entry; nothing is taken back in silence.

mod decide;
mod draft;
mod due;
mod effects;
mod fact;
mod fold;
mod fold_clocks;
mod grid;
mod holder;
mod ids;
mod may;
mod people;
mod record;
mod series;
mod timing;
mod values;
mod who;

use std::collections::BTreeMap;

use anlan_base::text::{Lang, text};
use anlan_base::{Instant, WorkCalendar};
use anlan_law::clock::Clocks;
use anlan_law::kind::{AskWhat, Kind, Kinds, ValueFault};

pub use decide::{REASON_CHARS, decide, may_open};
pub use draft::DRAFT_FIELDS;
pub use due::{DUE_WORK, due_work};
pub use effects::SERIES_CLOCK;
pub use fact::{Damage, Fact, people_of, units_of};
pub use fold::{ASKS, URGED};
pub use fold_clocks::MISSED_RUNS;
pub use grid::grid;
pub use holder::rehold;
pub use ids::{PersonId, UnitId};
pub use may::{MayMove, Verb, may, may_do, sees, sees_unit, visible, would_refuse};
pub use people::{Grant, People, Person, Rights, UNIT_LEVELS, Unit};
pub use record::{Ask, AskState, ClockState, Escalated, Pending, Record, Running};
pub use series::{SERIES_BEHIND, series_due, series_open};
pub use who::NAMED_INSTEAD;

/// Values by field name, in canonical text (see `anlan_law::kind::Shape`); a field that is not filled is absent.
pub type Values = BTreeMap<String, String>;

/// What somebody wants of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Opens a record in a unit. `happened` is 发生时间, where it differs from now; an earlier day makes it 补录.
    Open {
        unit: UnitId,
        values: Values,
        happened: Option<Instant>,
    },
    /// Makes a move; proposes it where the kind asks for four eyes.
    Move {
        name: String,
        values: Values,
        reason: Option<String>,
    },
    /// Approves what is pending. `seen` is the version that the approver looked at.
    Approve {
        seen: u64,
        reason: Option<String>,
    },
    /// Turns down what is pending.
    Object {
        reason: String,
    },
    /// The proposer takes it back.
    Withdraw,
    /// 更正: new values for fields, what was there stays in the history. An empty text empties a field.
    Correct {
        values: Values,
        reason: String,
    },
    Void {
        reason: String,
    },
    /// Lawful erasure of personal fields; approved elsewhere (I6), the approval is handed to the store.
    Erase {
        fields: Vec<String>,
        reason: String,
    },
    Note {
        text: String,
    },
    /// 转办: into another person's hands, or another unit's.
    HandOver {
        to: HandTo,
        reason: String,
    },
    /// 委托代办: the holder's work is done by another until a day.
    Delegate {
        to: PersonId,
        until: Instant,
        reason: String,
    },
    /// 催办 by somebody above or the opener; 督办 weighs more and is shown so.
    Urge {
        text: String,
        weight: Urging,
    },
    /// 会签, read receipt, signature: asks people.
    Ask {
        people: Vec<PersonId>,
        what: AskWhat,
        text: String,
    },
    /// The asked person's answer; `agrees` is for opinions.
    Answer {
        agrees: bool,
        text: String,
    },
    /// Shows sealed fields to the asker; nothing changes but the entry.
    Unseal {
        fields: Vec<String>,
        reason: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandTo {
    Person(PersonId),
    Unit(UnitId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urging {
    /// 催办.
    Remind,
    /// 督办.
    Supervise,
}

impl Urging {
    /// As entries write it, in `weight`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Remind => "remind",
            Self::Supervise => "supervise",
        }
    }

    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        [Self::Remind, Self::Supervise].into_iter().find(|weight| weight.id() == id)
    }
}

/// Everything `decide` may look at.
pub struct Context<'a> {
    pub now: Instant,
    pub actor: &'a Rights,
    pub kinds: &'a Kinds,
    pub clocks: &'a Clocks,
    pub calendar: &'a WorkCalendar,
    pub people: &'a dyn People,
    /// The log's checkpoint, for `@checkpoint`: origin, size, root hash in base64, one a line.
    pub checkpoint: &'a str,
}

impl<'a> Context<'a> {
    #[must_use]
    pub fn kind(&self, id: &str) -> Option<&'a Kind> {
        self.kinds.get(id)
    }
}

/// An entry to be written: the act (`record.move`) and its fields. Fields `f.NAME` are values, `c.NAME.due` and so on are clocks (`spec/record.md`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub on: On,
    pub act: &'static str,
    pub fields: Vec<(String, String)>,
}

/// Which record an entry is about. New ones get their number from the store, in the same transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum On {
    /// The record the command was for.
    This,
    /// A record that is opened: by its place among the drafts' new records. The store writes `record` = its number.
    New { nth: usize, kind: String, unit: UnitId },
}

/// Where a draft's field must hold the number of a record that is only now opened: `@new:N`; of the record itself: `@this`.
pub const NEW_RECORD: &str = "@new:";
pub const THIS_RECORD: &str = "@this";

/// Why a command was refused. Each is a key of the locale files: `refusal-<code>`, with args.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}")]
pub struct Refusal {
    pub code: &'static str,
    /// The field it is about, where it is about one.
    pub field: Option<String>,
    pub args: Vec<(&'static str, String)>,
    /// Where what somebody typed is no value of its field (`value-…`): why.
    pub fault: Option<Box<ValueFault>>,
}

impl Refusal {
    #[must_use]
    pub fn new(code: &'static str) -> Self {
        Self { code, field: None, args: Vec::new(), fault: None }
    }

    /// What somebody typed is no value of its field.
    #[must_use]
    pub fn of_value(fault: ValueFault) -> Self {
        Self { code: fault.key(), field: None, args: fault.args(), fault: Some(Box::new(fault)) }
    }

    /// In the reader's language. The field is not named: pages show it beside the field.
    #[must_use]
    pub fn say(&self, lang: Lang) -> String {
        if let Some(fault) = &self.fault {
            return fault.say(lang);
        }
        let inner = |(name, value): &(&'static str, String)| match *name {
            // Why a proposal does not hold any more is a refusal itself.
            "why" => (*name, text(lang, &format!("refusal-{value}"), &[("people", "")])),
            _ => (*name, value.clone()),
        };
        let args: Vec<(&str, String)> = self.args.iter().map(inner).collect();
        let args: Vec<(&str, &str)> = args.iter().map(|(name, value)| (*name, value.as_str())).collect();
        text(lang, &format!("refusal-{}", self.code), &args)
    }

    #[must_use]
    pub fn at(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.args.push((name, value.into()));
        self
    }
}
