//! Four eyes: one proposes, another approves; what was proposed is judged again (REC-4), and nobody approves their own (REC-5).

use anlan_law::kind::{Eyes, Kind, Move, Who};

use super::super::draft::Writing;
use super::super::values::over;
use super::super::who::{NotYours, Place};
use super::super::{Context, Draft, Pending, PersonId, Record, Refusal, Rights, Values};
use super::moves::{Making, kept_out};
use super::{On, fitting, said};

/// Who approves a move.
fn approvers(a_move: &Move) -> &[Who] {
    match &a_move.eyes {
        Eyes::Four { by } if !by.is_empty() => by,
        _ => &a_move.who,
    }
}

/// Who is asked to approve a proposal: the first who may, but not the proposer; an administrator of the system never.
pub(in super::super) fn approver(
    kind: &Kind,
    record: &Record,
    name: &str,
    values: &Values,
    proposer: PersonId,
    context: &Context<'_>,
) -> Option<PersonId> {
    let a_move = kind.a_move(name)?;
    let merged = over(&record.values, values);
    let place = Place::of(record, &merged, context.people, context.now);
    let mut out = kept_out(a_move, record);
    out.push(proposer);
    let (named, _) = place.may_instead(approvers(a_move), &out);
    let present = |person: &&PersonId| context.people.stands_in(**person).is_none();
    named.iter().find(present).or(named.first()).copied()
}

/// Whether somebody may approve what is pending, as things stand now.
pub(in super::super) fn may_approve(
    kind: &Kind,
    record: &Record,
    pending: &Pending,
    rights: &Rights,
    context: &Context<'_>,
) -> Result<(), NotYours> {
    let Some(a_move) = kind.a_move(&pending.name) else { return Err(NotYours::Instead(Vec::new())) };
    let merged = over(&record.values, &pending.values);
    let place = Place::of(record, &merged, context.people, context.now);
    let mut out = kept_out(a_move, record);
    out.push(pending.proposer);
    place.may(approvers(a_move), &out, rights)
}

impl On<'_> {
    pub(super) fn propose(&self, making: &Making<'_>, reason: Option<String>) -> Result<Vec<Draft>, Refusal> {
        // What it would do is worked out now, so that what cannot be done is refused to the one who proposes it.
        let name = making.a_move.name.as_str();
        let approver = approver(self.kind, self.record, name, &making.given, self.actor, self.context);
        let approver = approver.ok_or(Refusal::new("no-approver"))?;
        making.effects(self.actor, Writing::by("record.approve", self.actor), self.context)?;
        let mut writing =
            Writing::by("record.propose", self.actor).with("move", name).with_some("reason", reason).with("approver", approver.to_string());
        writing.values(&making.given);
        Ok(writing.alone())
    }

    fn pending(&self) -> Result<&Pending, Refusal> {
        self.not_voided()?;
        self.record.pending.as_ref().ok_or(Refusal::new("nothing-pending"))
    }

    /// Who is asked may turn it down even where they could not approve it any more, so that it waits for nobody.
    fn must_answer(&self, pending: &Pending) -> Result<(), Refusal> {
        if pending.approver == self.actor && pending.proposer != self.actor {
            return Ok(());
        }
        self.must_approve(pending)
    }

    fn must_approve(&self, pending: &Pending) -> Result<(), Refusal> {
        if pending.proposer == self.actor {
            return Err(Refusal::new("own-proposal"));
        }
        if self.kind.a_move(&pending.name).is_none() {
            return self.must_be(&super::KEEPERS, "approve-not-yours");
        }
        may_approve(self.kind, self.record, pending, self.context.actor, self.context)
            .map_err(|not| self.not_yours(not, "approve-not-yours"))
    }

    pub(super) fn approve(&self, seen: u64, reason: Option<&str>) -> Result<Vec<Draft>, Refusal> {
        let pending = self.pending()?;
        self.must_approve(pending)?;
        if seen < self.record.version {
            return Err(Refusal::new("stale"));
        }
        let proposer = self.context.people.rights(pending.proposer);
        let gone = self.context.people.person(pending.proposer).is_none_or(|person| person.left);
        let again = |why: Refusal| Refusal::new("proposal-void").with("why", why.code);
        if gone {
            return Err(again(Refusal::new("no-person")));
        }
        let making = Making::judge((self.kind, self.record), &pending.name, &pending.values, &proposer, self.context).map_err(again)?;
        let reason = fitting(reason.unwrap_or_default().trim())?;
        let writing = Writing::by("record.approve", self.actor)
            .with("proposer", pending.proposer.to_string())
            .with("move", pending.name.as_str())
            .with_some("reason", (!reason.is_empty()).then_some(reason));
        making.effects(self.actor, writing, self.context)
    }

    pub(super) fn object(&self, reason: &str) -> Result<Vec<Draft>, Refusal> {
        let pending = self.pending()?;
        self.must_answer(pending)?;
        let reason = said(reason, "reason-required")?;
        Ok(self.turned_down("record.object", pending).with("reason", reason).alone())
    }

    pub(super) fn withdraw(&self) -> Result<Vec<Draft>, Refusal> {
        let pending = self.pending()?;
        if pending.proposer != self.actor {
            return Err(Refusal::new("withdraw-not-yours").with("people", self.context.names_text(&[pending.proposer])));
        }
        Ok(self.turned_down("record.withdraw", pending).alone())
    }

    fn turned_down(&self, act: &'static str, pending: &Pending) -> Writing {
        Writing::by(act, self.actor).with("move", pending.name.as_str())
    }
}
