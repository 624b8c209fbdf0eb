//! Changes of the directory: one at a time, entries and rows in one transaction, then the new directory takes the old one's place.
//!
//! Invariants: whoever is told that a change is done finds it in the directory; a change whose caller goes away is whole or not there, in the tables
//! as in memory; while a turn is held nothing of the directory changes.

use std::sync::{Arc, PoisonError, RwLock};

use anlan_base::{Clock, Instant};
use tokio::sync::OwnedMutexGuard;

use super::facts::Fact;
use super::organization::{Organization, Stamp};
use super::{Directory, Why};
use crate::Ledger;
use crate::database::Tx;
use crate::engine::{Refusal, Rights};
use crate::entry::{Actor, append};
use crate::error::LedgerError;

/// The directory in force and whose turn it is to change it.
pub(crate) struct Staff {
    now: RwLock<Arc<Directory>>,
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl Staff {
    pub(crate) fn new(directory: Directory) -> Arc<Self> {
        Arc::new(Self { now: RwLock::new(Arc::new(directory)), turn: Arc::default() })
    }

    fn directory(&self) -> Arc<Directory> {
        self.now.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn put(&self, directory: Directory) {
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(directory);
    }
}

/// The right to change the directory, or to rely on it not changing, until it is dropped. Taken before a transaction is begun, never within one.
pub(crate) struct Turn {
    staff: Arc<Staff>,
    _guard: OwnedMutexGuard<()>,
}

impl Turn {
    pub(crate) fn directory(&self) -> Arc<Directory> {
        self.staff.directory()
    }
}

/// A change under way: the transaction, and the organization as it will be.
pub(crate) struct Change {
    pub tx: Tx,
    pub organization: Organization,
    pub now: Instant,
    turn: Turn,
}

impl Change {
    /// Writes a fact: its entry, its rows. Returns the entry's number.
    pub(crate) async fn write(&mut self, actor: &Actor, by: Option<&Rights>, fact: &Fact) -> Result<u64, LedgerError> {
        let mut fields = fact.fields();
        if let Some(person) = by.and_then(|by| by.person).filter(|_| !fields.iter().any(|(name, _)| *name == "by")) {
            fields.push(("by", person.to_string()));
        }
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let entry = append(&mut self.tx, self.now, actor, fact.act(), &fields).await?;
        let stamp = Stamp { at: self.now, entry };
        let touched = self.organization.apply(fact, stamp).ok_or_else(|| LedgerError::from(Why::NotPossible))?;
        self.organization.store(&mut self.tx, &touched).await?;
        Ok(entry)
    }

    /// The directory as it was before this change.
    pub(crate) fn directory(&self) -> Arc<Directory> {
        self.turn.directory()
    }

    pub(crate) async fn abandon(self) -> Result<(), LedgerError> {
        Ok(self.tx.rollback().await?)
    }

    /// Commits, and puts the new directory in force. Runs to its end even when the caller goes away.
    pub(crate) async fn commit(self, clock: Arc<dyn Clock>) -> Result<(), LedgerError> {
        let Self { tx, organization, turn, .. } = self;
        let done = tokio::spawn(async move {
            tx.commit().await?;
            turn.staff.put(Directory::over(organization, clock));
            Ok::<_, LedgerError>(())
        });
        done.await.map_err(|_| LedgerError::Busy)?
    }
}

impl Ledger {
    /// Who there is at this moment. Cheap; hold it for one answer, not longer.
    #[must_use]
    pub fn directory(&self) -> Arc<Directory> {
        self.staff.directory()
    }

    /// What an account may; nothing where it belongs to nobody who is here.
    #[must_use]
    pub fn rights_of(&self, account: &str) -> Rights {
        self.directory().rights_of(account)
    }

    /// Keeps the directory as it is while it is held.
    pub(crate) async fn turn(&self) -> Turn {
        let guard = self.staff.turn.clone().lock_owned().await;
        Turn { staff: self.staff.clone(), _guard: guard }
    }

    pub(crate) async fn change(&self) -> Result<Change, LedgerError> {
        let turn = self.turn().await;
        let tx = self.db.change().await?;
        let organization = turn.directory().organization.clone();
        Ok(Change { tx, organization, now: self.clock.now(), turn })
    }

    /// One change by a person: `plan` judges it against the directory as it is now and says what is to be written.
    /// What the asker may is taken from the directory anew: rights that ended meanwhile are worth nothing.
    pub(crate) async fn changed_by<T>(
        &self,
        who: &Rights,
        plan: impl FnOnce(&Directory, &Rights, Instant) -> Result<(Vec<Fact>, T), Refusal>,
    ) -> Result<T, LedgerError> {
        let mut change = self.change().await?;
        let directory = change.directory();
        let who = directory.rights_now(who);
        let (facts, answer) = plan(&directory, &who, change.now)?;
        if facts.is_empty() {
            return Ok(answer);
        }
        let actor = actor(&who)?;
        for fact in &facts {
            change.write(&actor, Some(&who), fact).await?;
        }
        self.finish(change).await?;
        Ok(answer)
    }

    /// Ends a change: what it means for records is written in the same transaction.
    pub(crate) async fn finish(&self, mut change: Change) -> Result<(), LedgerError> {
        let (before, after) = (change.directory(), Directory::over(change.organization.clone(), self.clock.clone()));
        self.follow_directory(&mut change.tx, change.now, &before, &after).await?;
        change.commit(self.clock.clone()).await
    }
}

/// Whoever has no account acts through nobody.
pub(crate) fn actor(who: &Rights) -> Result<Actor, LedgerError> {
    who.account.clone().map(Actor::User).ok_or_else(|| Why::NotYours.into())
}
