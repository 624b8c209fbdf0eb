//! The closed list of probes: what each measures, as facts with types. A pack may name only these.
//!
//! Invariants: whether a probe is built is known to the caller, not to a pack; a duty whose probe is not built is unknown, never met (I9).

use crate::condition::Kind;
use crate::condition::Kind::{Bool, Int};

/// A fact that a probe measures: its name in conditions and its type.
pub type Measured = (&'static str, Kind);

macro_rules! probes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $of:ident, [$($fact:literal: $kind:ident),+ $(,)?];)+) => {
        /// A probe of the closed list.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Probe { $($(#[$doc])* $variant),+ }

        impl Probe {
            /// All of them, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// As packs write it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// Its facts, in order.
            #[must_use]
            pub fn facts(self) -> &'static [Measured] {
                match self { $(Self::$variant => &[$(($fact, $kind)),+]),+ }
            }

            /// Whether a duty says what the probe looks at (`of`).
            #[must_use]
            pub fn of(self) -> Of {
                match self { $(Self::$variant => Of::$of),+ }
            }
        }
    };
}

/// Whether a probe is told which kind of register, record or source it looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    Never,
    May,
    Must,
}

probes! {
    /// Logs of the listed devices against the longest term that applies. `days_complete` is that of the worst device.
    LogCoverage = "log.coverage", May, ["list_confirmed": Bool, "listed": Int, "heard": Int, "days_required": Int, "days_complete": Int, "gaps": Int, "unverified": Int];
    /// Share of lines with all four audit fields, per source; `percent_complete` is that of the worst source.
    LogFields = "log.fields", Never, ["sources": Int, "percent_complete": Int];
    /// Clock skew of the sources in seconds.
    LogTime = "log.time", Never, ["sources": Int, "most_skew_seconds": Int, "unmeasured": Int];
    /// Sources against the interval they usually speak at.
    LogHeard = "log.heard", Never, ["listed": Int, "silent": Int, "down_minutes": Int, "dropped_lines": Int];
    /// The last verification of what is stored.
    StoreVerified = "store.verified", Never, ["segments": Int, "failed": Int, "days_since": Int, "collector_stops": Int];
    /// Checkpoints that are kept outside.
    StoreAnchored = "store.anchored", Never, ["anchors": Int, "days_since": Int];
    /// Disk against the term at the observed rate, in days.
    StoreRoom = "store.room", Never, ["days_required": Int, "days_fit": Int];
    /// Backups and their restore tests.
    BackupRestored = "backup.restored", May, ["sets": Int, "without_backup": Int, "without_restore_test": Int, "days_since_test": Int];
    /// Accounts against the policy of the unit.
    AccountsPolicy = "accounts.policy", Never, ["accounts": Int, "ownerless": Int, "shared": Int, "dormant": Int, "leavers": Int, "least_length": Int, "oldest_password_days": Int];
    /// System, security and audit administrators per person.
    RolesSeparated = "roles.separated", Never, ["administrators": Int, "in_two_roles": Int, "posts_empty": Int];
    /// Responsibility letters that must be signed.
    LettersSigned = "letters.signed", Never, ["required": Int, "signed": Int, "held_by_leavers": Int];
    /// Rules and plans that must be in force, with their reviews and citations.
    RulesReviewed = "rules.reviewed", May, ["required": Int, "in_force": Int, "review_overdue": Int, "outdated_citations": Int];
    /// Posts that must be filled.
    PostsFilled = "posts.filled", May, ["required": Int, "filled": Int, "unchecked": Int];
    /// The hazard ledger.
    HazardsOverdue = "hazards.overdue", May, ["open": Int, "overdue": Int, "unwatched": Int, "closed_without_proof": Int, "unswept": Int];
    /// Clocks of cases.
    ClocksMissed = "clocks.missed", Must, ["started": Int, "running": Int, "missed": Int, "due_soon": Int];
    /// Tasks, orders, meetings and filings that are due.
    TasksAnswered = "tasks.answered", Must, ["due": Int, "answered": Int, "overdue": Int];
    /// A register against what must stand in it.
    RegistersComplete = "registers.complete", Must, ["required": Int, "entered": Int, "incomplete": Int, "review_overdue": Int];
    /// Acts that need an approval first, found by what really happened.
    ActsApproved = "acts.approved", Must, ["done": Int, "unapproved": Int, "self_approved": Int];
    /// Cases with all steps their kind demands.
    CasesComplete = "cases.complete", Must, ["cases": Int, "without_record": Int, "without_second_person": Int, "unanswered": Int];
    /// Terminals and servers with protection.
    EndpointsProtected = "endpoints.protected", Never, ["hosts": Int, "unprotected": Int, "oldest_signature_days": Int, "unapproved_software": Int, "unchecked_media": Int];
    /// Addresses seen against the register of addresses.
    NetworkKnown = "network.known", Never, ["seen": Int, "unregistered": Int, "moved": Int, "rogue": Int];
    /// Sites against their baseline.
    SitesWatched = "sites.watched", Never, ["sites": Int, "unwatched": Int, "changed_unexplained": Int];
    /// Configurations of network devices kept this month.
    ConfigsKept = "configs.kept", Never, ["devices": Int, "without_version": Int, "days_oldest": Int];
    /// People against the trainings of the year.
    PeopleTrained = "people.trained", May, ["people": Int, "trained": Int, "passed": Int];
}

impl Probe {
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|probe| probe.name() == name)
    }

    /// The type of one of its facts.
    #[must_use]
    pub fn fact(self, name: &str) -> Option<Kind> {
        self.facts().iter().find(|(fact, _)| *fact == name).map(|(_, kind)| *kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // LAWPACK-10
    #[test]
    fn the_list_is_closed_and_names_are_single() {
        let mut names: Vec<&str> = Probe::ALL.iter().map(|probe| probe.name()).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
        for probe in Probe::ALL {
            assert_eq!(Probe::named(probe.name()), Some(*probe));
            assert!(probe.fact("nothing").is_none());
        }
        assert_eq!(Probe::named("log.everything"), None);
    }
}
