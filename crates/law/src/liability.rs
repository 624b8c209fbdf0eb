//! Liability: fines by article and version, in tiers from mild to heavy.
//!
//! Invariants: a range is from less than to; of several tiers whose conditions hold the last applies; amounts are whole yuan, multiples or per cent as packs say.

use serde::{Deserialize, Serialize};

use crate::condition::{Condition, Facts, Kind, Undecided};
use crate::place::Place;
use crate::words::{Bilingual, Sureness};

/// A rule of liability.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Penalty {
    pub id: String,
    pub pack: String,
    /// A version such as `csl@2025`, or the id of an instrument whose text is not in the box.
    pub law: String,
    pub at: Place,
    /// Places of the same law whose breach it punishes; empty: what its duties say.
    pub answers: Vec<Place>,
    pub what: Bilingual,
    pub tiers: Vec<Tier>,
    /// Penalties of other laws that it refers to.
    pub refers: Vec<String>,
    pub sureness: Sureness,
    pub unsure: Option<Bilingual>,
}

/// A step of a penalty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tier {
    pub id: String,
    /// In words.
    pub when: Bilingual,
    pub condition: Condition,
    pub fines: Vec<Fine>,
    /// What else may be ordered.
    pub also: Option<Bilingual>,
}

/// A range of fines, both ends included; `from = 0` is "up to".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fine {
    pub who: Who,
    pub from: u64,
    pub to: u64,
    #[serde(default)]
    pub of: Measure,
}

/// Whom a fine falls on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    Unit,
    /// The head and other persons directly responsible, as the article says.
    Person,
}

/// What the numbers of a fine count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    #[default]
    Yuan,
    /// Times the unlawful gain.
    UnlawfulGain,
    /// Times the price of the purchase.
    PurchasePrice,
    /// Per cent of last year's turnover.
    TurnoverPercent,
}

/// A fact that a calculator of penalties or grades asks for. Not given means false or 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// As conditions name it.
    pub name: String,
    pub kind: Kind,
    pub title: Bilingual,
}

impl Penalty {
    /// The heaviest tier whose condition holds.
    ///
    /// # Errors
    /// A condition that cannot be decided on these facts.
    pub fn tier(&self, facts: &Facts) -> Result<Option<&Tier>, Undecided> {
        for tier in self.tiers.iter().rev() {
            if tier.condition.holds(facts)? {
                return Ok(Some(tier));
            }
        }
        Ok(None)
    }
}
