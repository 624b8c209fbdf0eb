//! 转办, 委托代办, 催办 and 督办.

use anlan_base::Instant;
use anlan_law::kind::{Role, Who};

use super::super::draft::Writing;
use super::super::holder::{find_holder, has_ties, holders};
use super::super::who::Place;
use super::super::{Draft, HandTo, PersonId, Refusal, UnitId, Urging, Values};
use super::{KEEPERS, On, said};

/// Days that one may have one's work done by another.
pub const DELEGATE_DAYS: u64 = 366;

impl On<'_> {
    pub(super) fn hand_over(&self, to: HandTo, reason: &str) -> Result<Vec<Draft>, Refusal> {
        self.not_ended()?;
        self.must_be(&KEEPERS, "hand-not-yours")?;
        let reason = said(reason, "reason-required")?;
        let mut writing = Writing::by("record.hand", self.actor).with("reason", reason);
        match to {
            HandTo::Person(person) => self.give_to(person, &mut writing)?,
            HandTo::Unit(unit) => self.move_to(unit, &mut writing)?,
        }
        if self.record.delegate.is_some() {
            writing.put("delegate", "");
        }
        Ok(writing.alone())
    }

    fn somebody(&self, person: PersonId) -> Result<PersonId, Refusal> {
        match self.context.people.person(person) {
            None => Err(Refusal::new("person-unknown").with("value", person.to_string())),
            Some(known) if known.left => Err(Refusal::new("person-left").with("name", known.name.as_str())),
            Some(known) if !has_ties(&self.place(), person) => Err(Refusal::new("hand-outside").with("name", known.name.as_str())),
            Some(_) => Ok(person),
        }
    }

    fn give_to(&self, person: PersonId, writing: &mut Writing) -> Result<(), Refusal> {
        let person = self.somebody(person)?;
        if self.record.holder == Some(person) {
            return Err(Refusal::new("hand-same"));
        }
        writing.put("holder", person.to_string());
        // Who owned it hands the ownership on; a reviewer hands only the review.
        let owner = self.record.values.get("owner").and_then(|owner| PersonId::parse(owner));
        if owner.is_some() && owner == self.record.holder {
            let owner = Values::from([("owner".to_owned(), person.to_string())]);
            writing.values(&owner);
        }
        Ok(())
    }

    /// The record goes to another unit; people of the old one have it no longer.
    fn move_to(&self, unit: UnitId, writing: &mut Writing) -> Result<(), Refusal> {
        let known = self.context.people.unit(unit).ok_or_else(|| Refusal::new("unit-unknown").with("value", unit.to_string()))?;
        if known.closed {
            return Err(Refusal::new("unit-closed").with("name", known.name.as_str()));
        }
        if self.record.pending.is_some() {
            return Err(Refusal::new("pending"));
        }
        if unit == self.record.unit {
            return Err(Refusal::new("hand-same"));
        }
        let values = &self.record.values;
        let place = Place { people: self.context.people, unit, opener: self.record.opener, holder: None, delegate: None, values };
        let roles = |who: &&Who| matches!(who, Who::Role(_) | Who::Above(_));
        let list: Vec<Who> = holders(Some(self.kind), &self.record.state).iter().filter(roles).cloned().collect();
        let holder = find_holder(&place, &list, &[], &[]).ok_or(Refusal::new("nobody-there"))?;
        writing.put("unit", unit.to_string());
        writing.put("holder", holder.to_string());
        Ok(())
    }

    pub(super) fn delegate(&self, to: PersonId, until: Instant, reason: &str) -> Result<Vec<Draft>, Refusal> {
        self.not_ended()?;
        self.must_be(&[Who::Holder, Who::Role(Role::Head)], "hand-not-yours")?;
        let reason = said(reason, "reason-required")?;
        let to = self.somebody(to)?;
        if self.record.holder == Some(to) {
            return Err(Refusal::new("hand-same"));
        }
        let latest = self.context.now.plus_seconds(DELEGATE_DAYS * 86_400);
        if until <= self.context.now || until > latest {
            return Err(Refusal::new("delegate-until").with("most", DELEGATE_DAYS.to_string()));
        }
        let writing = Writing::by("record.delegate", self.actor).with("delegate", to.to_string());
        Ok(writing.with_moment("until", until).with("reason", reason).alone())
    }

    /// 催办 by who opened it, a head, or somebody above; 督办 by somebody above only.
    pub(super) fn urge(&self, text: &str, weight: Urging) -> Result<Vec<Draft>, Refusal> {
        self.not_ended()?;
        const WORKING: [Role; 4] = [Role::Head, Role::Leader, Role::Duty, Role::Approver];
        let mut list: Vec<Who> = WORKING.map(Who::Above).into();
        match weight {
            Urging::Remind => list.extend([Who::Opener, Who::Role(Role::Head), Who::Role(Role::Leader)]),
            Urging::Supervise => list.push(Who::Role(Role::Head)),
        }
        self.must_be(&list, "urge-not-yours")?;
        let text = super::fitting(text.trim())?.to_owned();
        Ok(Writing::by("record.urge", self.actor).with("weight", weight.id()).with("text", text).alone())
    }
}
