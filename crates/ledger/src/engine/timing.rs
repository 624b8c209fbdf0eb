//! When a record's clocks are due: from a kind's clock, a record's values and the calendar to the fields `c.NAME.…` of an entry.
//!
//! Invariants:
//! - no due time is invented: a clock whose length nobody knows does not run;
//! - an own day is an earlier one, never a later (upward only);
//! - reminders lie before the due time, escalations behind it, both in order.

use anlan_base::{Day, Instant, TimeOfDay, parse_time};
use anlan_law::clock::{Asked, Clock, Length, NoDue, Pause, Roll, Span, Term, due};
use anlan_law::kind::{Escalation, KindClock, KindTerm};
use anlan_law::{Bilingual, Sureness};

use super::draft::Writing;
use super::fact::moment_text;
use super::fold_clocks::escalations_text;
use super::who::who_text;
use super::{Context, Escalated, Refusal, Running, Values};

/// At what minute of its day a reminder is given that is counted in days: when offices open.
const REMIND_AT: (u8, u8) = (8, 30);

/// A run of a clock as it begins, or as it goes on after a pause.
pub(super) struct Run {
    pub started: Instant,
    pub due: Instant,
    pub remind: Vec<Instant>,
    pub escalate: Vec<Escalated>,
    pub guessed: bool,
}

impl Run {
    pub fn start(&self, name: &str, writing: &mut Writing) {
        writing.put(format!("c.{name}.started"), moment_text(self.started));
        writing.put(format!("c.{name}.due"), moment_text(self.due));
        self.rest(name, writing);
    }

    pub fn resume(&self, name: &str, writing: &mut Writing) {
        writing.put(format!("c.{name}.resume"), moment_text(self.due));
        self.rest(name, writing);
    }

    fn rest(&self, name: &str, writing: &mut Writing) {
        let remind: Vec<String> = self.remind.iter().map(|at| moment_text(*at)).collect();
        let parts = [("remind", remind.join(",")), ("escalate", escalations_text(&self.escalate))];
        for (part, text) in parts.into_iter().filter(|(_, text)| !text.is_empty()) {
            writing.put(format!("c.{name}.{part}"), text);
        }
        if self.guessed {
            writing.put(format!("c.{name}.guessed"), "yes");
        }
    }
}

/// The run of a kind's clock that starts at `started`; none where nothing says until when.
///
/// # Errors
/// An own day that lies behind the lawful end.
pub(super) fn run_of(
    clock: &KindClock,
    started: Instant,
    stood: &[Pause],
    values: &Values,
    context: &Context<'_>,
) -> Result<Option<Run>, Refusal> {
    let own = own_end(clock, values);
    let Some((lawful, guessed)) = lawful_end(clock, started, stood, own, values, context) else { return Ok(None) };
    if let (Some(own), Some(field)) = (own, &clock.own)
        && own > lawful
        && stood.is_empty()
    {
        return Err(Refusal::new("own-later").at(field).with("latest", Day::of(lawful).to_string()));
    }
    let due = own.map_or(lawful, |own| own.min(lawful)).max(started);
    Ok(Some(dated(&clock.remind, &clock.escalate, started, due, guessed, context)))
}

/// A run whose end is known.
pub(super) fn dated(remind: &[Span], escalate: &[Escalation], started: Instant, due: Instant, guessed: bool, context: &Context<'_>) -> Run {
    Run {
        started,
        due,
        remind: reminders(remind, started.max(context.now), due, context),
        escalate: escalations(escalate, due, context),
        guessed,
    }
}

/// The end of the own day; none where nobody set one.
fn own_end(clock: &KindClock, values: &Values) -> Option<Instant> {
    values.get(clock.own.as_ref()?)?.parse::<Day>().ok().map(Day::last_moment)
}

fn lawful_end(
    clock: &KindClock,
    started: Instant,
    stood: &[Pause],
    own: Option<Instant>,
    values: &Values,
    context: &Context<'_>,
) -> Option<(Instant, bool)> {
    let of = |clock: &Clock, row: Option<&str>| {
        let asked = Asked { start: started, row, own: None, ordered: own.filter(|own| *own >= started), pauses: stood };
        match due(clock, &asked, context.calendar) {
            Ok(due) => Some((due.at, due.guessed.is_some())),
            // The law gives no number: a day that a person set is the end.
            Err(NoDue::NotSet | NoDue::NoRow) => own.map(|own| (own, false)),
            Err(_) => None,
        }
    };
    match &clock.term {
        KindTerm::Length { length, roll } => of(&within(*length, *roll), None),
        KindTerm::Law { clock, row } => {
            let row = row.as_ref().and_then(|field| values.get(field)).map(String::as_str);
            of(context.clocks.get(clock)?, row)
        }
        KindTerm::Field { field, at } => field_end(values.get(field)?, *at).map(|end| (end, false)),
    }
}

/// A date until `at` or its last moment; a moment as it is.
fn field_end(value: &str, at: Option<TimeOfDay>) -> Option<Instant> {
    match value.parse::<Day>() {
        Ok(day) => Some(at.map_or(day.last_moment(), |at| day.at(at))),
        Err(_) => parse_time(value).ok(),
    }
}

/// A clock of the law module that runs so long, for a kind that says a length itself.
fn within(length: Length, roll: Roll) -> Clock {
    bare(Term::Within { length, roll })
}

pub(super) fn bare(term: Term) -> Clock {
    Clock {
        id: String::new(),
        name: Bilingual::default(),
        duties: Vec::new(),
        of: None,
        start: None,
        stop: String::new(),
        term,
        recipients: Vec::new(),
        applies: None,
        basis: Vec::new(),
        sureness: Sureness::Certain,
        unsure: None,
        pauses: Vec::new(),
        file: String::new(),
        line: 0,
    }
}

/// So long before an instant; days end up at [`REMIND_AT`] of their day.
pub(super) fn before(span: Span, at: Instant, context: &Context<'_>) -> Option<Instant> {
    let ahead = due(&bare(Term::Ahead { span }), &Asked::at(at), context.calendar).ok()?;
    match span {
        Span::Minutes(_) => Some(ahead.at),
        _ => Some(ahead.day.at(TimeOfDay::new(REMIND_AT.0, REMIND_AT.1)?)),
    }
}

/// Those still to come, soonest first; where all would have come before the start, one at once.
fn reminders(spans: &[Span], from: Instant, until: Instant, context: &Context<'_>) -> Vec<Instant> {
    let mut all: Vec<Instant> = spans.iter().filter_map(|span| before(*span, until, context)).filter(|at| *at < until).collect();
    all.sort_unstable();
    all.dedup();
    let any = !all.is_empty();
    all.retain(|at| *at > from);
    if any && all.is_empty() && from < until {
        all.push(from);
    }
    all
}

fn escalations(steps: &[Escalation], until: Instant, context: &Context<'_>) -> Vec<Escalated> {
    let step = |step: &Escalation| {
        let at = match step.after {
            None => until.plus_nanos(1),
            Some(span) => {
                due(&within(Length::Span(span), Roll::Stay), &Asked::at(until), context.calendar).ok()?.at.max(until.plus_nanos(1))
            }
        };
        Some(Escalated { at, to: step.to.iter().map(who_text).collect() })
    };
    let mut all: Vec<Escalated> = steps.iter().filter_map(step).collect();
    all.sort_by_key(|step| step.at);
    all
}

/// How a run goes on after it stood still from `since` until now.
pub(super) fn resumed(clock: &KindClock, running: &Running, since: Instant, values: &Values, context: &Context<'_>) -> Run {
    let mut stood = running.stood.clone();
    stood.push(Pause { from: since, until: Some(context.now) });
    let again = run_of(clock, running.started, &stood, values, context).ok().flatten();
    // More pauses than the calendar counts, or a length that is gone: the time that was left is left still.
    let run = again.filter(|run| run.due >= running.due);
    run.unwrap_or_else(|| {
        let due = running.due.plus_nanos(context.now.since(since));
        dated(&clock.remind, &clock.escalate, running.started, due, running.guessed, context)
    })
}
