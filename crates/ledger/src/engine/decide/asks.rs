//! 会签, read receipts and signatures: who is asked, and who answers.

use anlan_law::kind::{AskWhat, Who};

use super::super::draft::Writing;
use super::super::fact::list_text;
use super::super::fold::ASKS;
use super::super::record::AskState;
use super::super::{Draft, PersonId, Refusal};
use super::{KEEPERS, On, fitting};

impl On<'_> {
    pub(super) fn ask(&self, people: &[PersonId], what: AskWhat, text: &str) -> Result<Vec<Draft>, Refusal> {
        self.not_ended()?;
        let mut askers = KEEPERS.to_vec();
        askers.push(Who::Opener);
        self.must_be(&askers, "ask-not-yours")?;
        let text = fitting(text.trim())?.to_owned();
        let mut asked: Vec<PersonId> = Vec::new();
        for person in people {
            if !self.place().is_there(*person) {
                return Err(Refusal::new("person-unknown").with("value", person.to_string()));
            }
            let again = |ask: &super::super::Ask| ask.person == *person && ask.what == what && ask.state == AskState::Open;
            if !asked.contains(person) && !self.record.asks.iter().any(again) {
                asked.push(*person);
            }
            if self.record.asks.len() + asked.len() > ASKS {
                return Err(Refusal::new("asks-many").with("most", ASKS.to_string()));
            }
        }
        if asked.is_empty() {
            return Err(Refusal::new("ask-nobody"));
        }
        Ok(Writing::by("record.ask", self.actor).with("people", list_text(&asked)).with("what", what.id()).with("text", text).alone())
    }

    /// Answers the oldest thing that the actor is asked for. Nobody answers for another.
    pub(super) fn answer(&self, agrees: bool, text: &str) -> Result<Vec<Draft>, Refusal> {
        self.not_voided()?;
        let open = |ask: &&super::super::Ask| ask.person == self.actor && ask.state == AskState::Open;
        let ask = self.record.asks.iter().find(open).ok_or(Refusal::new("not-asked"))?;
        let text = fitting(text.trim())?;
        if ask.what == AskWhat::Opinion && !agrees && text.is_empty() {
            return Err(Refusal::new("reason-required"));
        }
        let agrees = if agrees || ask.what != AskWhat::Opinion { "yes" } else { "no" };
        let writing = Writing::by("record.answer", self.actor).with("what", ask.what.id()).with("agrees", agrees);
        Ok(writing.with("text", text).alone())
    }
}
