//! The records of packs as they are written, before they are checked. Unknown keys are refused.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::condition::{Facts, Kind};
use crate::duty::{Basis, By};
use crate::heading::InstrumentKind;
use crate::liability::Fine;
use crate::term::{Quoted, Sense};
use crate::words::{Bilingual, Sureness};

/// Places by version, as written.
pub(super) type Cites = BTreeMap<String, Vec<String>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    pub schema: String,
    pub id: String,
    pub version: String,
    pub title: Bilingual,
    #[serde(default)]
    pub about: Option<Bilingual>,
    /// Packs that it builds on.
    #[serde(default)]
    pub needs: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Duty {
    pub id: String,
    pub title: Bilingual,
    pub actor: String,
    #[serde(default)]
    pub cites: Cites,
    #[serde(default)]
    pub other: Vec<Basis>,
    pub summary: Bilingual,
    pub control: Bilingual,
    pub evidence: Bilingual,
    pub clock: Occasion,
    pub probe: Option<Probe>,
    pub condition: Option<String>,
    pub at_risk: Option<String>,
    pub attestation: Option<Attestation>,
    #[serde(default)]
    pub penalties: Vec<String>,
    pub consequence: Option<Bilingual>,
    #[serde(default)]
    pub systems: Vec<String>,
    #[serde(default)]
    pub sureness: Sureness,
    pub unsure: Option<Bilingual>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Occasion {
    pub kind: OccasionKind,
    pub every: Option<String>,
    pub least: Option<String>,
    pub on: Option<String>,
    pub from: Option<String>,
    pub within: Option<Vec<String>>,
    pub by: Option<By>,
    #[serde(default)]
    pub unit: DayUnit,
    pub then: Option<String>,
    pub weekdays: Option<Vec<String>>,
    pub days: Option<Vec<u8>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum OccasionKind {
    State,
    Continuous,
    Daily,
    Monthly,
    Yearly,
    Review,
    Retention,
    Calendar,
    Event,
    Deadline,
}

/// Whether days are working days of the State Council's calendar.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum DayUnit {
    #[default]
    Day,
    WorkingDay,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Probe {
    pub name: String,
    #[serde(default)]
    pub of: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Attestation {
    pub every: String,
    pub what: Bilingual,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Penalty {
    pub id: String,
    pub law: String,
    pub at: String,
    #[serde(default)]
    pub answers: Vec<String>,
    pub what: Bilingual,
    pub tier: Vec<Tier>,
    #[serde(default)]
    pub refers: Vec<String>,
    #[serde(default)]
    pub sureness: Sureness,
    pub unsure: Option<Bilingual>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tier {
    pub id: String,
    pub condition: String,
    pub when: Bilingual,
    #[serde(default)]
    pub fines: Vec<Fine>,
    pub also: Option<Bilingual>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Grade {
    pub id: String,
    pub scale: String,
    pub rank: u8,
    pub title: Bilingual,
    pub criterion: Vec<Criterion>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Criterion {
    pub id: String,
    pub what: Bilingual,
    pub condition: String,
    #[serde(default)]
    pub sureness: Sureness,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Term {
    pub id: String,
    pub subject: String,
    pub what: Bilingual,
    pub sense: Sense,
    pub length: Option<String>,
    #[serde(default)]
    pub unit: DayUnit,
    pub count: Option<u32>,
    #[serde(default)]
    pub cites: Cites,
    #[serde(default)]
    pub other: Vec<Basis>,
    pub source: Option<Quoted>,
    #[serde(default)]
    pub sureness: Sureness,
    pub unsure: Option<Bilingual>,
}

/// A unit's own, stricter term.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Override {
    pub id: String,
    pub subject: String,
    pub sense: Sense,
    pub length: Option<String>,
    #[serde(default)]
    pub unit: DayUnit,
    pub count: Option<u32>,
    pub reason: Bilingual,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Instrument {
    pub id: String,
    pub kind: InstrumentKind,
    pub title: Bilingual,
    pub number: Option<String>,
    pub from: Option<String>,
    pub replaces: Option<String>,
    pub note: Option<Bilingual>,
    #[serde(default)]
    pub sureness: Sureness,
    pub unsure: Option<Bilingual>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Category {
    pub id: String,
    pub title: Bilingual,
    pub cites: Cites,
    #[serde(default)]
    pub sureness: Sureness,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Point {
    pub id: String,
    pub number: u8,
    pub title: Bilingual,
    pub basis: Basis,
    pub duties: BTreeSet<String>,
    #[serde(default)]
    pub sureness: Sureness,
    pub unsure: Option<Bilingual>,
}

/// A case: a fine, a grade, or a term, with facts and what is expected.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    pub id: String,
    pub penalty: Option<String>,
    pub scale: Option<String>,
    pub subject: Option<String>,
    #[serde(default)]
    pub sense: Option<Sense>,
    #[serde(default)]
    pub facts: Facts,
    pub expect: Expect,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expect {
    pub tier: Option<String>,
    pub unit_yuan: Option<[u64; 2]>,
    pub person_yuan: Option<[u64; 2]>,
    pub unit_unlawful_gain: Option<[u64; 2]>,
    pub unit_purchase_price: Option<[u64; 2]>,
    pub unit_turnover_percent: Option<[u64; 2]>,
    pub grade: Option<String>,
    pub criterion: Option<String>,
    pub sureness: Option<Sureness>,
    pub term: Option<String>,
    /// Nothing applies.
    #[serde(default)]
    pub none: bool,
}

/// The value of a fact that a case leaves out.
pub(super) fn unasked(kind: Kind) -> crate::condition::Fact {
    match kind {
        Kind::Bool => crate::condition::Fact::Bool(false),
        Kind::Int => crate::condition::Fact::Int(0),
        Kind::Text => crate::condition::Fact::Text(String::new()),
    }
}
