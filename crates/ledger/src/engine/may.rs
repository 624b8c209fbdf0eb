//! What a page shows: which moves there are, who may make them, what somebody sees of a record.
//!
//! Invariant: what is said here is what `decide` does: both ask the same functions.

use anlan_law::condition::Facts;
use anlan_law::kind::{Eyes, Kind, Move, Role, Who};

use super::decide::{Making, may_make};
use super::record::AskState;
use super::who::Place;
use super::{Command, Context, HandTo, People, PersonId, Record, Refusal, Rights, Urging, Values};

/// A move of the record's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MayMove {
    pub name: String,
    /// Why the actor may not, or not now.
    pub refusal: Option<Refusal>,
    /// It is proposed, and another person approves it.
    pub proposes: bool,
    /// Who may make it: the named, else the heads; at most [`super::NAMED_INSTEAD`].
    pub people: Vec<PersonId>,
}

impl MayMove {
    #[must_use]
    pub fn may(&self) -> bool {
        self.refusal.is_none()
    }
}

/// The moves of the record's state, in the kind's order, and whether the actor may make each. Values that its form asks for are not judged yet.
#[must_use]
pub fn may(record: &Record, kind: &Kind, context: &Context<'_>) -> Vec<MayMove> {
    if record.voided {
        return Vec::new();
    }
    let of_state = kind.moves.iter().filter(|a_move| a_move.from.contains(&record.state));
    let place = Place::of(record, &record.values, context.people, context.now);
    let facts = kind.facts(&record.values);
    let told = |a_move: &Move| {
        let (mut people, _) = place.may_instead(&a_move.who, &super::decide::kept_out(a_move, record));
        people.truncate(super::NAMED_INSTEAD);
        let refusal = why_not((record, kind), a_move, &facts, context).err();
        MayMove { name: a_move.name.clone(), refusal, proposes: matches!(a_move.eyes, Eyes::Four { .. }), people }
    };
    of_state.map(told).collect()
}

fn why_not((record, kind): (&Record, &Kind), a_move: &Move, facts: &Facts, context: &Context<'_>) -> Result<(), Refusal> {
    let actor = context.actor.person.ok_or(Refusal::new("no-person"))?;
    if record.pending.is_some() {
        return Err(Refusal::new("pending"));
    }
    may_make(a_move, record, &record.values, context.actor, context)?;
    if matches!(a_move.eyes, Eyes::Four { .. }) {
        super::decide::approver(kind, record, &a_move.name, &Values::new(), actor, context).ok_or(Refusal::new("no-approver"))?;
    }
    // What the form still asks for may make the condition true.
    let on_form = |name: &str| a_move.needs.iter().chain(&a_move.asks).any(|field| field == name);
    let open = a_move.when.as_ref().is_some_and(|when| when.names().any(on_form));
    if open || a_move.applies(facts) { Ok(()) } else { Err(Refusal::new("move-when")) }
}

/// What one may do with a record beside its moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    Approve,
    Object,
    Withdraw,
    Correct,
    Void,
    Erase,
    Note,
    HandOver,
    Delegate,
    Urge,
    Supervise,
    Ask,
    Answer,
    Unseal,
}

impl Verb {
    pub const ALL: [Self; 14] = [
        Self::Approve,
        Self::Object,
        Self::Withdraw,
        Self::Correct,
        Self::Void,
        Self::Erase,
        Self::Note,
        Self::HandOver,
        Self::Delegate,
        Self::Urge,
        Self::Supervise,
        Self::Ask,
        Self::Answer,
        Self::Unseal,
    ];

    /// As pages and addresses write it.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Object => "object",
            Self::Withdraw => "withdraw",
            Self::Correct => "correct",
            Self::Void => "void",
            Self::Erase => "erase",
            Self::Note => "note",
            Self::HandOver => "hand",
            Self::Delegate => "delegate",
            Self::Urge => "urge",
            Self::Supervise => "supervise",
            Self::Ask => "ask",
            Self::Answer => "answer",
            Self::Unseal => "unseal",
        }
    }

    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verb| verb.id() == id)
    }
}

/// What the actor may do with the record beside its moves; each is judged with a command that lacks nothing but what the form asks for.
#[must_use]
pub fn may_do(record: &Record, kind: &Kind, context: &Context<'_>) -> Vec<Verb> {
    Verb::ALL.into_iter().filter(|verb| can(*verb, record, kind, context)).collect()
}

/// Refusals that speak of what the form asks for, not of the right to do it.
const OF_THE_FORM: [&str; 6] = ["nothing-changed", "fields-none", "ask-nobody", "hand-same", "reason-required", "person-unknown"];

fn can(verb: Verb, record: &Record, kind: &Kind, context: &Context<'_>) -> bool {
    let reason = || "-".to_owned();
    let text = reason;
    let nobody = PersonId(0);
    let sealed = || kind.fields.iter().filter(|field| !field.sealed.is_empty() && record.values.contains_key(&field.name));
    let personal = || kind.fields.iter().filter(|field| field.personal && record.values.contains_key(&field.name));
    let tried = |command: Command| match super::decide(kind, Some(record), &command, context) {
        Ok(_) => true,
        Err(refusal) => OF_THE_FORM.contains(&refusal.code),
    };
    match verb {
        Verb::Approve => tried(Command::Approve { seen: record.version, reason: None }),
        Verb::Object => tried(Command::Object { reason: reason() }),
        Verb::Withdraw => tried(Command::Withdraw),
        Verb::Correct => tried(Command::Correct { values: Values::new(), reason: reason() }),
        Verb::Void => tried(Command::Void { reason: reason() }),
        Verb::Erase => personal().next().is_some() && tried(Command::Erase { fields: Vec::new(), reason: reason() }),
        Verb::Note => tried(Command::Note { text: text() }),
        Verb::HandOver => tried(Command::HandOver { to: HandTo::Person(nobody), reason: reason() }),
        Verb::Delegate => tried(Command::Delegate { to: nobody, until: context.now, reason: reason() }),
        Verb::Urge => tried(Command::Urge { text: text(), weight: Urging::Remind }),
        Verb::Supervise => tried(Command::Urge { text: text(), weight: Urging::Supervise }),
        Verb::Ask => tried(Command::Ask { people: Vec::new(), what: anlan_law::kind::AskWhat::Read, text: text() }),
        Verb::Answer => tried(Command::Answer { agrees: true, text: text() }),
        Verb::Unseal => sealed().any(|field| tried(Command::Unseal { fields: vec![field.name.clone()], reason: reason() })),
    }
}

/// Whether somebody sees a record (REC-9): by what the kind says, or because they have to do with it. Who audits sees all of their units.
#[must_use]
pub fn sees(record: &Record, kind: &Kind, rights: &Rights, people: &dyn People) -> bool {
    let Some(unit) = people.unit(record.unit) else { return false };
    if sees_unit(kind, rights, &unit.path) {
        return true;
    }
    let Some(person) = rights.person else { return false };
    let delegate = record.delegate.map(|(person, _)| person);
    let place = Place { people, unit: record.unit, opener: record.opener, holder: record.holder, delegate, values: &record.values };
    let named = !kind.sees.is_empty() && place.names(&kind.sees, rights);
    named || has_to_do(record, kind, &place, person)
}

/// Whether somebody sees the records of a kind in a unit by their rights alone; for lists, where relations are columns.
#[must_use]
pub fn sees_unit(kind: &Kind, rights: &Rights, path: &str) -> bool {
    let by_role = |who: &Who| match who {
        Who::Role(role) => rights.reaches(*role, path),
        Who::Above(role) => rights.reaches_from_above(*role, path),
        _ => false,
    };
    let inside = |grant: &super::Grant| grant.role != Role::Inspector && path.starts_with(&grant.path);
    rights.reaches(Role::Audit, path) || if kind.sees.is_empty() { rights.grants.iter().any(inside) } else { kind.sees.iter().any(by_role) }
}

/// In whose hands it is, who opened it, who is asked or may approve, to whom its lateness went up, who heads the unit or one above, and who stands in for one of them.
fn has_to_do(record: &Record, kind: &Kind, place: &Place<'_>, person: PersonId) -> bool {
    let approver = record.pending.as_ref().map(|pending| pending.approver);
    let proposer = record.pending.as_ref().map(|pending| pending.proposer);
    let asked = record.asks.iter().filter(|ask| ask.state == AskState::Open).map(|ask| ask.person);
    let relations = kind.states.iter().filter(|state| state.name == record.state).flat_map(|state| &state.holder);
    let makers = kind.moves.iter().filter(|a_move| a_move.from.contains(&record.state)).flat_map(|a_move| &a_move.who);
    let related = relations.chain(makers).flat_map(|who| place.related(who));
    let mut these =
        record.holder.into_iter().chain(place.delegate).chain(record.opener).chain(approver).chain(proposer).chain(record.raised());
    let stands_in = |of: PersonId| place.people.stands_in(of) == Some(person);
    let near = |of: PersonId| of == person || stands_in(of);
    these.any(near) || asked.chain(related).any(near) || place.heads().into_iter().any(near)
}

/// The values that may be shown without a reason: those of sealed fields are absent (REC-10).
#[must_use]
pub fn visible(record: &Record, kind: &Kind) -> Values {
    let open = |name: &str| kind.field(name).is_none_or(|field| field.sealed.is_empty());
    record.values.iter().filter(|(name, _)| open(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Whether the move could be made with these values, as its form is filled in: the refusal, or none.
#[must_use]
pub fn would_refuse(record: &Record, kind: &Kind, name: &str, values: &Values, context: &Context<'_>) -> Option<Refusal> {
    Making::judge((kind, record), name, values, context.actor, context).err()
}
