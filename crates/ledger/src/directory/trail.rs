//! The directory as the verifier folds it: from all entries, without the tables. Part of `projections.rs`, with its invariants.
//!
//! Invariant: a phone or an e-mail that is gone from an entry is accounted for by a later `person.erase`, or `person` is named.

use std::collections::{BTreeMap, BTreeSet};

use anlan_base::Instant;

use super::facts::{Fact, PERSONAL, is_act};
use super::organization::{Organization, Stamp};
use crate::database::Conn;
use crate::engine::PersonId;
use crate::entry::EntryRow;
use crate::error::LedgerError;

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Trail {
    organization: Organization,
    /// Fields that are gone, until the entry comes that erased them.
    gone: BTreeMap<PersonId, BTreeSet<&'static str>>,
}

impl Trail {
    pub(crate) async fn read(conn: &mut Conn) -> Result<Self, LedgerError> {
        Ok(Self { organization: Organization::load(conn).await?, gone: BTreeMap::new() })
    }

    /// None where the act is no fact of the directory; inner none where it could not have followed.
    pub(crate) fn fold(&mut self, act: &str, at: u64, entry: &EntryRow) -> Option<Option<()>> {
        is_act(act).then(|| self.follow(at, entry))
    }

    fn follow(&mut self, at: u64, entry: &EntryRow) -> Option<()> {
        let fact = Fact::read(entry)?;
        match &fact {
            Fact::PersonAdd { person, .. } | Fact::PersonChange { person, .. } => self.note_gone(*person, entry)?,
            Fact::PersonErase { person, fields, .. } => {
                if let Some(gone) = self.gone.get_mut(person) {
                    gone.retain(|name| !fields.iter().any(|field| field == name));
                }
            }
            _ => {}
        }
        self.organization.apply(&fact, Stamp { at: Instant(at), entry: entry.number })?;
        Some(())
    }

    /// Nothing else of a fact may be erased: it would be read as absent.
    fn note_gone(&mut self, person: PersonId, entry: &EntryRow) -> Option<()> {
        let erased = entry.fields.iter().filter(|field| field.value.is_none());
        for field in erased {
            let name = PERSONAL.into_iter().find(|name| *name == field.name)?;
            self.gone.entry(person).or_default().insert(name);
            self.organization.personal.insert((person, entry.number));
        }
        Some(())
    }

    pub(crate) fn follow_up(&self, actual: &Self) -> BTreeSet<&'static str> {
        let mut wrong = self.organization.differences(&actual.organization);
        if self.gone.values().any(|gone| !gone.is_empty()) {
            wrong.insert("person");
        }
        wrong
    }
}
