//! Which registers somebody may see, and in which units they may open a record.
//!
//! Invariant: asked of the engine, with the directory and the lawbook of this moment; nothing is decided here.

use std::sync::Arc;

use anlan_law::kind::Kind;
use anlan_law::pack::Lawbook;

use crate::Ledger;
use crate::engine::{People as _, Rights, UnitId, may_open, sees_unit};
use crate::error::LedgerError;

impl Ledger {
    /// The lawbook in force.
    ///
    /// # Errors
    /// [`LedgerError::NoBook`] before one was put in force.
    pub fn lawbook(&self) -> Result<Arc<Lawbook>, LedgerError> {
        Ok(self.laws()?.book.clone())
    }

    /// Units in which somebody may open a record of the kind, in the order of the tree; none before a lawbook is in force.
    #[must_use]
    pub fn units_to_open(&self, who: &Rights, kind: &Kind) -> Vec<UnitId> {
        let Ok(laws) = self.laws() else { return Vec::new() };
        let directory = self.directory();
        let context = laws.context(self.clock.now(), who, &*directory, "");
        directory.units().map(|row| row.unit.id).filter(|unit| may_open(kind, *unit, &context).is_ok()).collect()
    }

    /// Whether somebody sees records of the kind in any unit, or may open one.
    #[must_use]
    pub fn may_see(&self, who: &Rights, kind: &Kind) -> bool {
        let directory = self.directory();
        directory.scope(who).iter().filter_map(|unit| directory.unit(*unit)).any(|unit| sees_unit(kind, who, &unit.path))
            || !self.units_to_open(who, kind).is_empty()
    }
}
