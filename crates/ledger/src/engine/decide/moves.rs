//! Making a move: who may, what it needs, what it does.

use anlan_law::kind::{Eyes, Kind, Move, Setting, Shape, Who};

use super::super::draft::Writing;
use super::super::effects::{Event, follow_clocks, openings, stop_all};
use super::super::fact::{list_text, people_of};
use super::super::fold::ASKS;
use super::super::holder::{holder_after, holders};
use super::super::values::{judged, over, time_text};
use super::super::who::Place;
use super::super::{Context, Draft, PersonId, Record, Refusal, Rights, Values};
use super::{On, fitting, not_yours, said};

/// A move with the values it comes with.
pub(in super::super) struct Making<'a> {
    pub kind: &'a Kind,
    pub record: &'a Record,
    pub a_move: &'a Move,
    /// Canonical; empty ones empty their field.
    pub given: Values,
    /// What the record holds after it, but for what the move sets.
    pub merged: Values,
}

/// Those who made a move before that keeps them from this one.
pub(in super::super) fn kept_out(a_move: &Move, record: &Record) -> Vec<PersonId> {
    let maker = |name: &String| match name.as_str() {
        "open" | "opener" => record.opener,
        _ => record.made.get(name).copied(),
    };
    a_move.other_than.iter().filter_map(maker).collect()
}

/// Whether the person may make the move, by who they are; its values are judged elsewhere.
pub(in super::super) fn may_make(
    a_move: &Move,
    record: &Record,
    values: &Values,
    rights: &Rights,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    if !a_move.from.contains(&record.state) {
        return Err(Refusal::new("move-not-now"));
    }
    let place = Place::of(record, values, context.people, context.now);
    place.may(&a_move.who, &kept_out(a_move, record), rights).map_err(|not| not_yours(not, "not-yours", context))
}

impl<'a> Making<'a> {
    /// Judges the values and the condition. `rights` are those of whoever makes the move.
    pub fn judge(
        (kind, record): (&'a Kind, &'a Record),
        name: &str,
        values: &Values,
        rights: &Rights,
        context: &Context<'_>,
    ) -> Result<Self, Refusal> {
        let a_move = kind.a_move(name).ok_or(Refusal::new("move-unknown"))?;
        may_make(a_move, record, &record.values, rights, context)?;
        let mut given = Values::new();
        for (name, typed) in values {
            let asked = a_move.needs.contains(name) || a_move.asks.contains(name);
            let field = kind.field(name).filter(|_| asked).ok_or_else(|| Refusal::new("field-unasked").at(name))?;
            given.insert(name.clone(), judged(field, typed, context)?);
        }
        let merged = over(&record.values, &given);
        let making = Self { kind, record, a_move, given, merged };
        making.is_filled_and_met()?;
        Ok(making)
    }

    fn is_filled_and_met(&self) -> Result<(), Refusal> {
        let facts = self.kind.facts(&self.merged);
        let lacks = |name: &&String| !self.merged.contains_key(*name);
        let required = |name: &&String| self.kind.field(name).is_some_and(|field| field.is_required(&facts));
        let lacking = self.a_move.needs.iter().find(lacks).or_else(|| self.a_move.asks.iter().filter(required).find(lacks));
        match lacking {
            Some(name) => Err(Refusal::new("field-required").at(name)),
            None if self.a_move.applies(&facts) => Ok(()),
            None => Err(Refusal::new("move-when")),
        }
    }

    /// Writes what the move does into its entry; then the records that it opens.
    pub fn effects(&self, actor: PersonId, mut writing: Writing, context: &Context<'_>) -> Result<Vec<Draft>, Refusal> {
        let mut changes = self.given.clone();
        for (name, setting) in &self.a_move.sets {
            changes.insert(name.clone(), self.set(name, setting, actor, context));
        }
        let values = over(&self.record.values, &changes);
        let to = self.a_move.to.as_ref().and_then(|to| self.kind.state(to));
        if let Some(to) = to {
            writing.put("to", to.name.as_str());
        }
        if to.is_some_and(|to| to.ends) {
            self.end(&mut writing, context);
        } else if to.is_some() || !self.record.ended {
            follow_clocks(self.kind, self.record, Event::Move(&self.a_move.name), &values, context, &mut writing)?;
            let maker = self.record.pending.as_ref().map_or(actor, |pending| pending.proposer);
            self.hand(maker, &values, &mut writing, context)?;
        }
        self.ask_people(&values, &mut writing)?;
        writing.values(&changes);
        let mut drafts = Vec::with_capacity(1);
        writing.finish(&mut drafts);
        openings(self.kind, self.a_move, self.record, &values, context, &mut drafts)?;
        Ok(drafts)
    }

    fn set(&self, name: &str, setting: &Setting, actor: PersonId, context: &Context<'_>) -> String {
        let is_date = self.kind.field(name).is_some_and(|field| field.shape == Shape::Date);
        match setting {
            Setting::Text(text) => text.clone(),
            Setting::Now if !is_date => time_text(context.now),
            Setting::Now | Setting::Today => anlan_base::Day::of(context.now).to_string(),
            Setting::Actor => actor.to_string(),
            Setting::Checkpoint => context.checkpoint.to_owned(),
        }
    }

    fn end(&self, writing: &mut Writing, context: &Context<'_>) {
        writing.put("ended", "yes");
        writing.put("holder", "");
        if self.record.delegate.is_some() {
            writing.put("delegate", "");
        }
        stop_all(self.record, context.now, writing);
    }

    /// In whose hands it is after the move; a move that leaves the state leaves the hands, but for an owner who is named anew.
    fn hand(&self, maker: PersonId, values: &Values, writing: &mut Writing, context: &Context<'_>) -> Result<(), Refusal> {
        let stays = self.a_move.to.as_ref().is_none_or(|to| *to == self.record.state);
        if stays && !self.record.ended && self.same_relations(values, context) {
            return Ok(());
        }
        let state = self.a_move.to.as_deref().unwrap_or(&self.record.state);
        let holder = holder_after((self.kind, self.record), (&self.a_move.name, maker), state, values, context)
            .ok_or(Refusal::new("nobody-there"))?;
        if Some(holder) != self.record.holder {
            writing.put("holder", holder.to_string());
            if self.record.delegate.is_some() {
                writing.put("delegate", "");
            }
        }
        Ok(())
    }

    /// Whether the fields that the state's holders name are as they were.
    fn same_relations(&self, values: &Values, context: &Context<'_>) -> bool {
        let before = Place::of(self.record, &self.record.values, context.people, context.now);
        let after = Place { values, ..before };
        let fields = holders(Some(self.kind), &self.record.state).iter().filter(|who| matches!(who, Who::Owner | Who::Field(_)));
        fields.into_iter().all(|who| before.related(who) == after.related(who))
    }

    fn ask_people(&self, values: &Values, writing: &mut Writing) -> Result<(), Refusal> {
        let Some(asks) = &self.a_move.asks_people else { return Ok(()) };
        let people = values.get(&asks.field).and_then(|text| people_of(text)).unwrap_or_default();
        if people.is_empty() {
            return Ok(());
        }
        if self.record.asks.len() + people.len() > ASKS {
            return Err(Refusal::new("asks-many").with("most", ASKS.to_string()));
        }
        writing.put("people", list_text(&people));
        writing.put("what", asks.what.id());
        Ok(())
    }
}

impl On<'_> {
    pub(super) fn make_move(&self, name: &str, values: &Values, reason: Option<&str>) -> Result<Vec<Draft>, Refusal> {
        self.not_voided()?;
        if self.record.pending.is_some() {
            return Err(Refusal::new("pending"));
        }
        let making = Making::judge((self.kind, self.record), name, values, self.context.actor, self.context)?;
        let reason = self.reason(making.a_move, reason)?;
        match &making.a_move.eyes {
            Eyes::Two => {
                let writing = Writing::by("record.move", self.actor).with("move", name).with_some("reason", reason);
                making.effects(self.actor, writing, self.context)
            }
            Eyes::Four { .. } => self.propose(&making, reason),
        }
    }

    fn reason(&self, a_move: &Move, reason: Option<&str>) -> Result<Option<String>, Refusal> {
        if a_move.reason {
            return said(reason.unwrap_or_default(), "reason-required").map(Some);
        }
        let reason = fitting(reason.unwrap_or_default().trim())?;
        Ok((!reason.is_empty()).then(|| reason.to_owned()))
    }
}
