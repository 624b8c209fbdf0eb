//! Terms: lengths and numbers that packs set as floors and ceilings, and which of several wins.
//!
//! Invariants:
//! - the stricter wins: the longest floor, the shortest ceiling; all that apply are shown beside it;
//! - a term for `log` applies to `log.device` too, never the other way round;
//! - a unit may only make a term stricter, on every date.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::clock::Span;
use crate::duty::Basis;
use crate::place::Place;
use crate::version::VersionId;
use crate::words::{Bilingual, Sureness};

/// Floor or ceiling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sense {
    AtLeast,
    AtMost,
}

/// What is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    Length(Span),
    /// A plain number; `what` of the term says of what.
    Count(u32),
}

/// Minutes of a day, and of a month and a working day on average: only for choosing which of two terms is named first.
const DAY: u64 = 24 * 60;
const MONTH: u64 = 43_830;
const WORKING_DAY: u64 = DAY * 7 / 5;

impl Value {
    #[must_use]
    pub fn same_kind(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }

    /// For ordering values of one kind.
    fn weight(self) -> u64 {
        match self {
            Self::Length(Span::Minutes(minutes)) => u64::from(minutes),
            Self::Length(Span::Days(days)) => u64::from(days) * DAY,
            Self::Length(Span::WorkingDays(days)) => u64::from(days) * WORKING_DAY,
            Self::Length(Span::Months(months)) => u64::from(months) * MONTH,
            Self::Count(number) => u64::from(number),
        }
    }

    /// True where it is as strict as the other on every date; false for another kind.
    #[must_use]
    pub fn surely_as_strict(self, sense: Sense, other: Self) -> bool {
        match (self, other, sense) {
            (Self::Length(own), Self::Length(other), Sense::AtLeast) => other.is_no_longer_than(own),
            (Self::Length(own), Self::Length(other), Sense::AtMost) => own.is_no_longer_than(other),
            (Self::Count(own), Self::Count(other), Sense::AtLeast) => own >= other,
            (Self::Count(own), Self::Count(other), Sense::AtMost) => own <= other,
            _ => false,
        }
    }
}

/// `P6M`, `P3D` (working days alike), `8`: for records and `--json`; people read it through the locale files.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length(span) => span.fmt(f),
            Self::Count(count) => count.fmt(f),
        }
    }
}

/// A term of a pack, or of a unit's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    pub id: String,
    /// The pack it comes from; the file of overrides for a unit's own.
    pub pack: String,
    /// Dotted, such as `log.device`.
    pub subject: String,
    pub what: Bilingual,
    pub sense: Sense,
    pub value: Value,
    pub cites: BTreeMap<VersionId, Vec<Place>>,
    pub other: Vec<Basis>,
    /// Where the source rule stands: system, page and line.
    pub source: Option<Quoted>,
    pub sureness: Sureness,
    pub unsure: Option<Bilingual>,
}

/// Where a number of a source rule stands; its words are in `systems.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quoted {
    /// Such as `SYS-131`.
    pub system: String,
    /// Page of the founding documents, `000` to `004`.
    pub page: String,
    pub line: u32,
}

/// The term that applies to a subject, and all others that do, the strictest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effective<'a> {
    pub value: Value,
    pub from: &'a Term,
    pub also: Vec<&'a Term>,
}

/// True where a term for `subject` applies to `asked`.
#[must_use]
pub fn applies(subject: &str, asked: &str) -> bool {
    asked == subject || asked.strip_prefix(subject).is_some_and(|rest| rest.starts_with('.'))
}

/// The strictest of the terms that apply to a subject in one sense. None where none does.
#[must_use]
pub fn effective<'a>(terms: impl IntoIterator<Item = &'a Term>, subject: &str, sense: Sense) -> Option<Effective<'a>> {
    let mut found: Vec<&Term> = terms.into_iter().filter(|term| term.sense == sense && applies(&term.subject, subject)).collect();
    found.sort_by_key(|term| match sense {
        Sense::AtLeast => u64::MAX - term.value.weight(),
        Sense::AtMost => term.value.weight(),
    });
    let (from, also) = found.split_first()?;
    Some(Effective { value: from.value, from, also: also.to_vec() })
}
