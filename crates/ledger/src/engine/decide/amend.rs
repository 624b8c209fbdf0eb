//! 更正, 作废, lawful erasure, notes, and looking at what is sealed. Nothing is taken back in silence: each is an entry with a reason.

use std::collections::BTreeSet;

use anlan_law::kind::{Role, Who};

use super::super::draft::Writing;
use super::super::effects::{Event, follow_clocks, stop_all};
use super::super::values::{judged, over};
use super::super::{Draft, PersonId, Refusal, Values};
use super::open::is_written_by_moves;
use super::{KEEPERS, On, said};

/// Who may correct: those who look after it, and who opened it.
const CORRECTORS: [Who; 4] = [Who::Holder, Who::Opener, Who::Role(Role::Head), Who::Role(Role::Leader)];

impl On<'_> {
    pub(super) fn correct(&self, values: &Values, reason: &str) -> Result<Vec<Draft>, Refusal> {
        self.not_voided()?;
        self.must_be(&CORRECTORS, "correct-not-yours")?;
        let reason = said(reason, "reason-required")?;
        let mut changes = Values::new();
        for (name, typed) in values {
            let field = self.kind.field(name).ok_or_else(|| Refusal::new("field-unknown").at(name))?;
            if is_written_by_moves(self.kind, name) {
                return Err(Refusal::new("field-automatic").at(name));
            }
            let value = judged(field, typed, self.context)?;
            if self.record.values.get(name).map_or("", String::as_str) != value {
                changes.insert(name.clone(), value);
            }
        }
        if changes.is_empty() {
            return Err(Refusal::new("nothing-changed"));
        }
        let after = over(&self.record.values, &changes);
        self.still_required(&after)?;
        let mut writing = Writing::by("record.correct", self.actor).with("reason", reason);
        if !self.record.ended {
            follow_clocks(self.kind, self.record, Event::Change, &after, self.context, &mut writing)?;
        }
        writing.values(&changes);
        let mut drafts = Vec::with_capacity(1);
        writing.finish(&mut drafts);
        Ok(drafts)
    }

    /// A correction empties nothing that must be filled.
    fn still_required(&self, after: &Values) -> Result<(), Refusal> {
        let facts = self.kind.facts(after);
        let emptied = |name: &str| self.record.values.contains_key(name) && !after.contains_key(name);
        match self.kind.fields.iter().find(|field| emptied(&field.name) && field.is_required(&facts)) {
            Some(field) => Err(Refusal::new("field-required").at(&field.name)),
            None => Ok(()),
        }
    }

    /// By a head, or by who opened it as long as nobody else has done anything with it.
    pub(super) fn void(&self, reason: &str) -> Result<Vec<Draft>, Refusal> {
        self.not_voided()?;
        let untouched = self.record.opener == Some(self.actor) && self.record.made.values().all(|maker| *maker == self.actor);
        if !untouched {
            self.must_be(&[Who::Role(Role::Head), Who::Role(Role::Leader)], "void-not-yours")?;
        }
        let mut writing = Writing::by("record.void", self.actor).with("reason", said(reason, "reason-required")?);
        writing.put("ended", "yes");
        writing.put("holder", "");
        if self.record.delegate.is_some() {
            writing.put("delegate", "");
        }
        stop_all(self.record, self.context.now, &mut writing);
        Ok(writing.alone())
    }

    /// The second person's approval (I6) is sought and kept elsewhere.
    pub(super) fn erase(&self, fields: &[String], reason: &str) -> Result<Vec<Draft>, Refusal> {
        self.must_be(&[Who::Role(Role::Head), Who::Role(Role::Security)], "erase-not-yours")?;
        let reason = said(reason, "reason-required")?;
        let names = self.named_once(fields)?;
        for name in &names {
            let field = self.kind.field(name).ok_or_else(|| Refusal::new("field-unknown").at(name))?;
            if !field.personal {
                return Err(Refusal::new("field-not-personal").at(name));
            }
        }
        Ok(self.about("record.erase", &names, reason))
    }

    /// Shows sealed fields to one of their roles.
    pub(super) fn unseal(&self, fields: &[String], reason: &str) -> Result<Vec<Draft>, Refusal> {
        let reason = said(reason, "reason-required")?;
        let names = self.named_once(fields)?;
        for name in &names {
            let field = self.kind.field(name).ok_or_else(|| Refusal::new("field-unknown").at(name))?;
            if field.sealed.is_empty() {
                return Err(Refusal::new("field-not-sealed").at(name));
            }
            let roles: Vec<Who> = field.sealed.iter().map(|role| Who::Role(*role)).collect();
            if !self.place().names(&roles, self.context.actor) {
                let people = self.context.names_text(&self.place().named(&roles));
                return Err(Refusal::new("sealed-not-yours").at(name).with("people", people));
            }
        }
        Ok(self.about("record.unseal", &names, reason))
    }

    fn named_once<'f>(&self, fields: &'f [String]) -> Result<BTreeSet<&'f str>, Refusal> {
        let names: BTreeSet<&str> = fields.iter().map(String::as_str).collect();
        if names.is_empty() { Err(Refusal::new("fields-none")) } else { Ok(names) }
    }

    fn about(&self, act: &'static str, names: &BTreeSet<&str>, reason: String) -> Vec<Draft> {
        let what: Vec<&str> = names.iter().copied().collect();
        Writing::by(act, self.actor).with("what", what.join(",")).with("reason", reason).alone()
    }

    pub(super) fn note(&self, text: &str) -> Result<Vec<Draft>, Refusal> {
        let text = said(text, "text-required")?;
        if !self.takes_part(self.actor) {
            return Err(Refusal::new("note-not-yours"));
        }
        Ok(Writing::by("record.note", self.actor).with("text", text).alone())
    }

    /// Whether the actor has a hand in the record: a role that does something in its unit, or a relation to it.
    pub(super) fn takes_part(&self, person: PersonId) -> bool {
        const WORKING: [Role; 6] = [Role::Head, Role::Leader, Role::Duty, Role::Handler, Role::Approver, Role::Staff];
        let working = WORKING.map(Who::Role);
        let asked = self.record.asks.iter().any(|ask| ask.person == person);
        let approves = self.record.pending.as_ref().is_some_and(|pending| pending.approver == person);
        asked
            || approves
            || self.record.opener == Some(person)
            || self.place().names(&working, self.context.actor)
            || self.must_be(&KEEPERS, "").is_ok()
    }
}
