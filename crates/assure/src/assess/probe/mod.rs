//! The probes that are built, one file each, and which measures what.
//!
//! Invariant: a probe that stands in [`BUILT`] is run here, and no other.

mod log;
mod registers;
mod staff;
mod store;

use anlan_law::probe::Probe;

use super::{AssessError, Measured, Site};

/// What this program can run. A duty with any other probe is unknown, "not measured yet".
pub const BUILT: &[Probe] = &[];

/// Runs a probe. `of` is what the duty says that it looks at.
pub(super) async fn measure(_site: &Site, _probe: Probe, _of: &[String]) -> Result<Option<Measured>, AssessError> {
    Ok(None)
}
