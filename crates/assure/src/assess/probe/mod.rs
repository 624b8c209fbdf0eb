//! The probes that are built, one file each, and which measures what.
//!
//! Invariant: a probe that stands in [`BUILT`] is run here, and no other.

mod log;
mod registers;
mod staff;
pub(super) mod store;

use anlan_law::probe::Probe;

use super::{AssessError, Measured, Site};

/// What this program can run. A duty with any other probe is unknown, "not measured yet".
pub const BUILT: &[Probe] = &[
    Probe::LogCoverage,
    Probe::LogFields,
    Probe::LogTime,
    Probe::LogHeard,
    Probe::StoreVerified,
    Probe::StoreAnchored,
    Probe::StoreRoom,
    Probe::BackupRestored,
    Probe::AccountsPolicy,
    Probe::RolesSeparated,
    Probe::LettersSigned,
    Probe::RulesReviewed,
    Probe::PostsFilled,
    Probe::HazardsOverdue,
    Probe::ClocksMissed,
    Probe::TasksAnswered,
    Probe::RegistersComplete,
    Probe::ActsApproved,
    Probe::CasesComplete,
];

/// Runs a probe. `of` is what the duty says that it looks at. None where the probe is not built.
///
/// # Errors
/// When what it looks at cannot be read.
pub async fn measure(site: &Site, probe: Probe, of: &[String]) -> Result<Option<Measured>, AssessError> {
    match probe {
        Probe::LogCoverage => log::coverage(site, of).await.map(Some),
        Probe::LogFields => log::fields(site, of).await.map(Some),
        Probe::LogTime => log::time(site, of).await.map(Some),
        Probe::LogHeard => log::heard(site, of).await.map(Some),
        Probe::StoreVerified => store::store_verified(site, of).await,
        Probe::StoreAnchored => store::store_anchored(site, of).await,
        Probe::StoreRoom => store::store_room(site, of).await,
        Probe::BackupRestored => store::backup_restored(site, of).await,
        Probe::AccountsPolicy => staff::accounts_policy(site, of).await,
        Probe::RolesSeparated => staff::roles_separated(site, of).await,
        Probe::LettersSigned => staff::letters_signed(site, of).await,
        Probe::RulesReviewed => registers::rules_reviewed(site, of).await,
        Probe::PostsFilled => staff::posts_filled(site, of).await,
        Probe::HazardsOverdue => registers::hazards_overdue(site, of).await,
        Probe::ClocksMissed => registers::clocks_missed(site, of).await,
        Probe::TasksAnswered => registers::tasks_answered(site, of).await,
        Probe::RegistersComplete => registers::registers_complete(site, of).await,
        Probe::ActsApproved => registers::acts_approved(site, of).await,
        Probe::CasesComplete => registers::cases_complete(site, of).await,
        _ => Ok(None),
    }
}
