//! Duties: who must do what by which articles of which version, how it is kept under control, and what shows that it is met.
//!
//! Invariants:
//! - a duty is shown by one probe of the closed list with a checked condition, or by a named person's attestation, never by neither;
//! - what is not measured, not attested or not decided is unknown and counted as such (I9).

use std::collections::{BTreeMap, BTreeSet};

use anlan_base::Weekday;
use serde::{Deserialize, Serialize};

use crate::clock::Span;
use crate::condition::{Condition, Facts};
use crate::place::Place;
use crate::probe::Probe;
use crate::version::VersionId;
use crate::words::{Bilingual, Sureness};

/// A duty of a pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// Such as `D019`; single over all packs.
    pub id: String,
    /// The pack it comes from.
    pub pack: String,
    pub title: Bilingual,
    /// Id of the actor that it falls on.
    pub actor: String,
    /// Places per version; empty where it rests on other instruments alone.
    pub cites: BTreeMap<VersionId, Vec<Place>>,
    pub other: Vec<Basis>,
    /// Our own words, not the text of the law.
    pub summary: Bilingual,
    /// What keeps it under control.
    pub control: Bilingual,
    /// What an inspector would be shown.
    pub evidence: Bilingual,
    pub occasion: Occasion,
    pub shown: Shown,
    /// Ids of penalties that a breach may bring.
    pub penalties: Vec<String>,
    /// What follows where no fine of its own does, or what else is to be known.
    pub consequence: Option<Bilingual>,
    /// Ids of the systems it covers.
    pub systems: Vec<String>,
    pub sureness: Sureness,
    /// What is not sure.
    pub unsure: Option<Bilingual>,
}

/// An instrument that is not in the box as a text, and the place in it as printed; unchecked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basis {
    /// Id in `instruments.toml`.
    pub instrument: String,
    #[serde(default)]
    pub at: Option<String>,
}

/// When a duty is due. Lengths that matter to a case are counted by its clocks; this says what kind of duty it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// Always so.
    State,
    /// Goes on all the time.
    Continuous,
    Daily,
    Monthly,
    /// Once in each length of time.
    Yearly(Span),
    /// Looked at again after each length of time.
    Review(Span),
    /// Kept at least so long.
    Retention(Span),
    /// Days of the month, and weekdays.
    Calendar {
        weekdays: Vec<Weekday>,
        days: Vec<u8>,
    },
    /// At each of these events.
    Event(String),
    Deadline(Deadline),
}

/// How long after what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadline {
    pub due: Due,
    /// What starts the clock.
    pub from: String,
    /// A further report so long after it.
    pub then: Option<Span>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Due {
    /// One of these, by who the operator is or who handles it.
    Within(Vec<Span>),
    By(By),
}

/// What sets a deadline that is no fixed length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    Immediate,
    Order,
    Request,
    Grade,
    Severity,
    /// The unit sets it.
    Setting,
}

/// What shows that a duty is met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Computed (●). `of` says what the probe looks at.
    Probe { probe: Probe, of: Vec<String>, met: Condition, at_risk: Option<Condition> },
    /// Attested (○) by a named person, for at most this long.
    Attestation { what: Bilingual, every: Span },
}

/// How a duty stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(tag = "state", content = "why", rename_all = "snake_case")]
pub enum Standing {
    Met,
    AtRisk,
    Failing,
    Unknown(Why),
}

/// Why nothing can be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Its probe is not built: "not measured yet".
    NotBuilt,
    /// Its probe has measured nothing yet, or what it measured is stale or incomplete.
    NotMeasured,
    /// Nobody has attested it, or the attestation has run out.
    NotAttested,
}

/// What is known about a duty at a moment.
#[derive(Clone, Copy, Debug)]
pub enum Known<'a> {
    Nothing,
    /// Fresh facts of its probe.
    Facts(&'a Facts),
    /// An attestation that has not run out: whether the person said it is met.
    Attested(bool),
}

impl Duty {
    /// How the duty stands. `built` are the probes that this program can run.
    #[must_use]
    pub fn standing(&self, built: &[Probe], known: Known<'_>) -> Standing {
        match (&self.shown, known) {
            (Shown::Probe { probe, .. }, _) if !built.contains(probe) => Standing::Unknown(Why::NotBuilt),
            (Shown::Probe { met, at_risk, .. }, Known::Facts(facts)) => judge(met, at_risk.as_ref(), facts),
            (Shown::Probe { .. }, _) => Standing::Unknown(Why::NotMeasured),
            (Shown::Attestation { .. }, Known::Attested(true)) => Standing::Met,
            (Shown::Attestation { .. }, Known::Attested(false)) => Standing::Failing,
            (Shown::Attestation { .. }, _) => Standing::Unknown(Why::NotAttested),
        }
    }

    #[must_use]
    pub fn probe(&self) -> Option<Probe> {
        match &self.shown {
            Shown::Probe { probe, .. } => Some(*probe),
            Shown::Attestation { .. } => None,
        }
    }

    /// The places it cites in a version.
    #[must_use]
    pub fn places(&self, version: &VersionId) -> &[Place] {
        self.cites.get(version).map_or(&[], Vec::as_slice)
    }
}

/// Met where the condition holds, at risk where the weaker one does, failing otherwise; undecided is unknown.
fn judge(met: &Condition, at_risk: Option<&Condition>, facts: &Facts) -> Standing {
    match met.holds(facts) {
        Ok(true) => return Standing::Met,
        Err(_) => return Standing::Unknown(Why::NotMeasured),
        Ok(false) => {}
    }
    match at_risk.map(|condition| condition.holds(facts)) {
        Some(Ok(true)) => Standing::AtRisk,
        Some(Err(_)) => Standing::Unknown(Why::NotMeasured),
        Some(Ok(false)) | None => Standing::Failing,
    }
}

/// How many duties stand how. The sum is always the number of duties that were counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    pub met: usize,
    pub at_risk: usize,
    pub failing: usize,
    /// All that are unknown, those below included.
    pub unknown: usize,
    /// Unknown since their probe is not built.
    pub not_built: usize,
}

impl Count {
    #[must_use]
    pub fn of(standings: impl IntoIterator<Item = Standing>) -> Self {
        let mut count = Self::default();
        for standing in standings {
            match standing {
                Standing::Met => count.met += 1,
                Standing::AtRisk => count.at_risk += 1,
                Standing::Failing => count.failing += 1,
                Standing::Unknown(why) => {
                    count.unknown += 1;
                    count.not_built += usize::from(why == Why::NotBuilt);
                }
            }
        }
        count
    }

    #[must_use]
    pub fn total(self) -> usize {
        self.met + self.at_risk + self.failing + self.unknown
    }
}

/// An actor that duties fall on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    pub id: String,
    pub title: Bilingual,
    #[serde(default)]
    pub note: Option<Bilingual>,
}

/// A kind of operator that a person can choose, the actors it is, and the packs that fit it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperatorKind {
    pub id: String,
    pub title: Bilingual,
    pub actors: BTreeSet<String>,
    #[serde(default)]
    pub packs: Vec<String>,
}
