//! Writes entries: the fields in one order, never more than one entry may hold.
//!
//! Invariant: the fields that an entry has no room for stand in a `record.more` that follows it.

use anlan_base::Instant;

use super::fact::moment_text;
use super::{Draft, On, PersonId, Values};

/// Fields of one draft: an entry has 64, of which the store writes `at`, `actor`, `act` and `record`.
pub const DRAFT_FIELDS: usize = 60;

/// An entry that is being written.
pub(super) struct Writing {
    on: On,
    act: &'static str,
    fields: Vec<(String, String)>,
    values: Vec<(String, String)>,
}

impl Writing {
    pub fn new(on: On, act: &'static str) -> Self {
        Self { on, act, fields: Vec::new(), values: Vec::new() }
    }

    /// An entry about the record of the command, by a person.
    pub fn by(act: &'static str, person: PersonId) -> Self {
        Self::new(On::This, act).with("person", person.to_string())
    }

    pub fn put(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let name = name.into();
        self.fields.retain(|(field, _)| *field != name);
        self.fields.push((name, value.into()));
    }

    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.put(name, value);
        self
    }

    pub fn with_some(self, name: &str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.with(name, value.to_string()),
            None => self,
        }
    }

    pub fn with_moment(self, name: &str, at: Instant) -> Self {
        self.with(name, moment_text(at))
    }

    pub fn values(&mut self, values: &Values) {
        self.values.extend(values.iter().map(|(name, value)| (format!("f.{name}"), value.clone())));
    }

    /// Adds the entry, and the one that follows it where the values do not fit.
    pub fn finish(mut self, into: &mut Vec<Draft>) {
        let room = DRAFT_FIELDS.saturating_sub(self.fields.len()).min(self.values.len());
        let rest = self.values.split_off(room);
        self.fields.append(&mut self.values);
        let on = self.on.clone();
        into.push(Draft { on: self.on, act: self.act, fields: self.fields });
        if !rest.is_empty() {
            into.push(Draft { on, act: "record.more", fields: rest });
        }
    }

    pub fn alone(self) -> Vec<Draft> {
        let mut drafts = Vec::with_capacity(1);
        self.finish(&mut drafts);
        drafts
    }
}
