//! How a directory begins: the root unit, and the first account's person, who is everything that one alone may be.
//!
//! Invariants: it happens once, with the first account or when an older folder is opened for the first time; nobody gets more than the first account did.

use anlan_law::kind::Role;
use sqlx::Row as _;

use super::facts::Fact;
use super::turn::Change;
use crate::Ledger;
use crate::engine::UnitId;
use crate::entry::Actor;
use crate::error::LedgerError;

/// The root's name until somebody gives another.
pub const ROOT_NAME: &str = "本单位";
const FIRST: [Role; 4] = [Role::System, Role::Duty, Role::Handler, Role::Reader];
const LATER: [Role; 1] = [Role::Reader];

impl Change {
    /// Makes the root unit and a person for every account, the oldest one first. Does nothing where there is a unit, or no account.
    pub(crate) async fn begin(&mut self) -> Result<(), LedgerError> {
        if !self.organization.units.is_empty() {
            return Ok(());
        }
        let rows = sqlx::query("SELECT name FROM account ORDER BY created, name").fetch_all(&mut *self.tx).await?;
        for (place, row) in rows.iter().enumerate() {
            let account: String = row.try_get("name")?;
            if place == 0 {
                let root = Fact::UnitAdd { unit: UnitId(1), parent: None, name: ROOT_NAME.to_owned(), label: None };
                self.write(&Actor::System, None, &root).await?;
            }
            self.enrol(account, if place == 0 { &FIRST } else { &LATER }).await?;
        }
        Ok(())
    }

    async fn enrol(&mut self, account: String, roles: &[Role]) -> Result<(), LedgerError> {
        let (person, unit) = (self.organization.next_person(), UnitId(1));
        let add = Fact::PersonAdd { person, unit, name: account.clone(), phone: None, email: None, account: Some(account) };
        self.write(&Actor::System, None, &add).await?;
        for role in roles {
            let grant = Fact::GrantAdd { person, role: *role, unit, proposal: None, bootstrap: true };
            self.write(&Actor::System, None, &grant).await?;
        }
        Ok(())
    }
}

impl Ledger {
    /// Once, when a folder with accounts of an older release is opened.
    pub(crate) async fn settle(&self) -> Result<(), LedgerError> {
        if self.directory().root().is_some() || !self.has_users().await? {
            return Ok(());
        }
        let mut change = self.change().await?;
        change.begin().await?;
        change.commit(self.clock.clone()).await
    }
}
