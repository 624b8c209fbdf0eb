//! Measures facts and reaches verdicts on duties (spec/verdict.md).
//!
//! Invariants: unknown is never met (I9): what could not be measured is left out of the facts, and a condition over it is undecided;
//! a probe reads, and changes nothing; what a sender claims never counts as measured.

mod attest;
pub mod coverage;
mod judge;
mod kept;
mod measured;
mod probe;
mod verdict;

use std::path::Path;
use std::sync::Arc;

use anlan_base::Instant;
use anlan_journal::{Fs, Journal};
use anlan_law::pack::Lawbook;
use anlan_ledger::Ledger;
use anlan_vault::Vault;

pub use attest::ATTESTATIONS;
pub use measured::{Asked, How, Measured, Reason, Sample};
pub use probe::store::{
    Anchor, Anchored, Room, StoreSite, Verification, Way, anchored, anchors, collector_stops, last_verification, room, verify_store,
};
pub use probe::{BUILT, measure};
pub use verdict::{Assessor, Attested, STALE, Standings, State, Verdict};

/// What probes look at: the operator's folder, at one moment.
#[derive(Clone)]
pub struct Site {
    pub ledger: Arc<Ledger>,
    pub vault: Arc<Vault>,
    pub journal: Arc<Journal>,
    pub fs: Arc<dyn Fs>,
    /// The data folder.
    pub dir: Arc<Path>,
    pub book: Arc<Lawbook>,
    pub now: Instant,
    /// How far the logs cover their terms, as it was measured last.
    pub coverage: coverage::Remembered,
}

/// Why nothing could be measured. The duty is unknown, and the reason says this.
#[derive(Debug, thiserror::Error)]
pub enum AssessError {
    #[error(transparent)]
    Ledger(#[from] anlan_ledger::LedgerError),
    #[error(transparent)]
    Vault(#[from] anlan_vault::VaultError),
    #[error(transparent)]
    Journal(#[from] anlan_journal::JournalError),
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error("the work was cut off")]
    CutOff,
}
