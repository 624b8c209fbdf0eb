//! What a list is asked for, and what it answers.

use anlan_base::Instant;

use super::condition::Condition;
use crate::engine::{PersonId, UnitId, Values};
use crate::error::LedgerError;

/// Rows of one page.
pub const LIST_ROWS: u32 = 200;
/// Characters of the words that are looked for.
pub const WORDS_CHARS: usize = 100;

/// Which records of a kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum StateAsk {
    /// Something is still to be done.
    #[default]
    Open,
    /// Open and ended, but not voided.
    All,
    Ended,
    /// In this state.
    Is(String),
    /// Open, and a clock's due time has passed.
    Overdue,
    /// Open, and due within so many days.
    DueSoon(u32),
    /// 补录.
    LateEntry,
    Voided,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Newest first.
    #[default]
    Number,
    /// Soonest first; without a clock last.
    Due,
    /// Last changed first.
    Changed,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListAsk {
    /// None: of every kind.
    pub kind: Option<String>,
    /// This unit and below it; none: wherever the asker may look.
    pub unit: Option<UnitId>,
    pub state: StateAsk,
    /// In title and number; several words must all be there.
    pub words: String,
    pub holder: Option<PersonId>,
    /// Field and value; fields are filters of the kind, which must be asked for.
    pub filters: Vec<(String, String)>,
    /// All of them hold; of one kind only.
    pub conditions: Vec<Condition>,
    pub order: Order,
    /// `next` of the page before.
    pub after: Option<String>,
    /// At most [`LIST_ROWS`]; 0 asks for that many.
    pub limit: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListPage {
    pub rows: Vec<RecordRow>,
    /// Records that fit what was asked; none where counting them would mean reading them all.
    pub total: Option<u64>,
    /// By state, in the asker's scope, whatever else was asked. Voided ones are not counted.
    pub totals: Vec<StateTotal>,
    /// Ask for the next page with it. There may be one although this page is not full: see `cut`.
    pub next: Option<String>,
    /// The search stopped at its bound: what is behind `next` was not looked at yet.
    pub cut: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateTotal {
    pub kind: String,
    pub state: String,
    pub ended: bool,
    pub records: u64,
}

/// A record as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordRow {
    pub number: String,
    pub kind: String,
    pub unit: UnitId,
    pub state: String,
    pub ended: bool,
    pub title: String,
    pub holder: Option<PersonId>,
    /// The soonest of the running clocks.
    pub due: Option<Instant>,
    pub missed: bool,
    pub pending: bool,
    pub late_entry: bool,
    pub voided: bool,
    pub opened: Instant,
    pub happened: Instant,
    pub changed: Instant,
    /// The columns of the kind that are filled.
    pub values: Values,
    pub parent: Option<String>,
    pub version: u64,
    /// Index of its last entry's leaf in the log, once it is known.
    pub leaf: Option<u64>,
}

/// A place in an order: the page behind it is asked for with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    pub key: i64,
    pub id: i64,
}

impl Order {
    pub(crate) fn letter(self) -> char {
        match self {
            Self::Number => 'n',
            Self::Due => 'd',
            Self::Changed => 'c',
        }
    }

    pub(crate) fn column(self) -> &'static str {
        match self {
            Self::Number => "id",
            Self::Due => "due",
            Self::Changed => "changed",
        }
    }

    pub(crate) fn falls(self) -> bool {
        !matches!(self, Self::Due)
    }

    /// Rises along the order.
    pub(crate) fn rank(self, spot: Spot) -> (i64, i64) {
        if self.falls() { (-spot.key, -spot.id) } else { (spot.key, spot.id) }
    }

    pub(crate) fn cursor(self, spot: Spot) -> String {
        format!("{}{}.{}", self.letter(), spot.key, spot.id)
    }

    pub(crate) fn read(self, cursor: &str) -> Result<Spot, LedgerError> {
        let spot = || {
            let (key, id) = cursor.strip_prefix(self.letter())?.split_once('.')?;
            Some(Spot { key: key.parse().ok()?, id: id.parse().ok()? })
        };
        spot().ok_or_else(|| LedgerError::Unfit {
            what: "cursor",
            got: cursor.chars().take(40).collect(),
            rule: "the `next` of a page in the same order",
        })
    }
}

impl ListAsk {
    /// Rows that are wanted.
    pub(crate) fn rows(&self) -> usize {
        let asked = if self.limit == 0 { LIST_ROWS } else { self.limit.min(LIST_ROWS) };
        usize::try_from(asked).unwrap_or(1)
    }

    /// Overdue ones and those due soon come in the order of their clocks.
    pub(crate) fn real_order(&self) -> Order {
        match self.state {
            StateAsk::Overdue | StateAsk::DueSoon(_) => Order::Due,
            _ => self.order,
        }
    }
}
