//! What a command on a record leads to: drafts of entries, or a refusal that says why and who may instead.
//!
//! The drafts of one command are one transaction, in order. `On::New { nth }` are opened records: the draft with the act `record.open` opens the
//! `nth`, a `record.more` with the same `nth` follows it. Of the record itself there is one draft, and a `record.more` where it was too long.

mod amend;
mod asks;
mod eyes;
mod hands;
mod moves;
mod open;

use anlan_law::kind::{Kind, Role, Who};

pub(super) use eyes::{approver, may_approve};
pub(super) use moves::{Making, kept_out, may_make};
pub use open::may_open;

use super::who::{NotYours, Place};
use super::{Command, Context, Draft, PersonId, Record, Refusal};

/// Characters of a reason, a note, an answer.
pub const REASON_CHARS: usize = 2_000;

/// Judges a command. `record` is none exactly for [`Command::Open`].
///
/// # Errors
/// [`Refusal`], the first that is found; nothing changes.
pub fn decide(kind: &Kind, record: Option<&Record>, command: &Command, context: &Context<'_>) -> Result<Vec<Draft>, Refusal> {
    let actor = context.actor.person.ok_or(Refusal::new("no-person"))?;
    if context.people.person(actor).is_none_or(|person| person.left) {
        return Err(Refusal::new("no-person"));
    }
    match (record, command) {
        (None, Command::Open { unit, values, happened }) => open::open(kind, *unit, values, *happened, context),
        (None, _) => Err(Refusal::new("not-there")),
        (Some(_), Command::Open { .. }) => Err(Refusal::new("is-there")),
        (Some(record), command) => On { kind, record, actor, context }.command(command),
    }
}

/// A command on a record that is there.
#[derive(Clone, Copy)]
pub(super) struct On<'a> {
    pub kind: &'a Kind,
    pub record: &'a Record,
    pub actor: PersonId,
    pub context: &'a Context<'a>,
}

impl<'a> On<'a> {
    fn command(&self, command: &Command) -> Result<Vec<Draft>, Refusal> {
        if !super::sees(self.record, self.kind, self.context.actor, self.context.people) {
            return Err(Refusal::new("not-there"));
        }
        match command {
            Command::Open { .. } => Err(Refusal::new("is-there")),
            Command::Move { name, values, reason } => self.make_move(name, values, reason.as_deref()),
            Command::Approve { seen, reason } => self.approve(*seen, reason.as_deref()),
            Command::Object { reason } => self.object(reason),
            Command::Withdraw => self.withdraw(),
            Command::Correct { values, reason } => self.correct(values, reason),
            Command::Void { reason } => self.void(reason),
            Command::Erase { fields, reason } => self.erase(fields, reason),
            Command::Note { text } => self.note(text),
            Command::HandOver { to, reason } => self.hand_over(*to, reason),
            Command::Delegate { to, until, reason } => self.delegate(*to, *until, reason),
            Command::Urge { text, weight } => self.urge(text, *weight),
            Command::Ask { people, what, text } => self.ask(people, *what, text),
            Command::Answer { agrees, text } => self.answer(*agrees, text),
            Command::Unseal { fields, reason } => self.unseal(fields, reason),
        }
    }

    pub fn place(&self) -> Place<'a> {
        Place::of(self.record, &self.record.values, self.context.people, self.context.now)
    }

    pub fn not_voided(&self) -> Result<(), Refusal> {
        if self.record.voided { Err(Refusal::new("voided")) } else { Ok(()) }
    }

    pub fn not_ended(&self) -> Result<(), Refusal> {
        self.not_voided()?;
        if self.record.ended { Err(Refusal::new("ended")) } else { Ok(()) }
    }

    /// Whether the actor is one of these people, or stands in for one of them.
    pub fn must_be(&self, list: &[Who], code: &'static str) -> Result<(), Refusal> {
        self.place().may(list, &[], self.context.actor).map_err(|not| self.not_yours(not, code))
    }

    pub fn not_yours(&self, not: NotYours, code: &'static str) -> Refusal {
        not_yours(not, code, self.context)
    }
}

/// Who may instead, in words.
pub(super) fn not_yours(not: NotYours, code: &'static str, context: &Context<'_>) -> Refusal {
    match not {
        NotYours::Other => Refusal::new("other-than"),
        NotYours::Instead(people) if people.is_empty() => Refusal::new("nobody-may"),
        NotYours::Instead(people) => Refusal::new(code).with("people", context.names_text(&people)),
    }
}

/// Those who look after a record, whatever its kind: in whose hands it is, and the heads.
pub(super) const KEEPERS: [Who; 3] = [Who::Holder, Who::Role(Role::Head), Who::Role(Role::Leader)];

/// A text that must be there and fit.
pub(super) fn said(text: &str, code: &'static str) -> Result<String, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Refusal::new(code));
    }
    fitting(text).map(str::to_owned)
}

/// A text that may be empty.
pub(super) fn fitting(text: &str) -> Result<&str, Refusal> {
    let controls = |c: char| c.is_control() && c != '\n' && c != '\t' && c != '\r';
    if text.chars().take(REASON_CHARS + 1).count() > REASON_CHARS {
        return Err(Refusal::new("text-long").with("most", REASON_CHARS.to_string()));
    }
    if text.chars().any(controls) { Err(Refusal::new("text-control")) } else { Ok(text) }
}
