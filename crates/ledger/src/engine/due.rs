//! What clocks ask for by themselves: reminders, lateness, escalation, and the end of a delegation (REC-7).
//!
//! Invariants: after a time without a server each is given once, in the order of when it was due; an escalation goes to a living person; what one call
//! gives is bounded by what a kind may hold.

use anlan_base::Instant;
use anlan_law::kind::Who;

use super::draft::Writing;
use super::fact::list_text;
use super::holder::escalate_to;
use super::record::{Record, Running};
use super::who::{Place, who_of};
use super::{Context, Draft, On, PersonId};

/// Drafts of one call; the rest follows with the next.
pub const DUE_WORK: usize = 60;

enum What<'a> {
    Remind,
    Late,
    Escalate(&'a [String]),
    DelegationEnded,
}

/// Entries that Anlan itself writes about the record at `context.now`; none where nothing is due.
#[must_use]
pub fn due_work(record: &Record, context: &Context<'_>) -> Vec<Draft> {
    if record.ended {
        return Vec::new();
    }
    let mut due: Vec<(Instant, &str, What<'_>)> = Vec::new();
    for (name, running) in record.running() {
        of_clock(name, running, context.now, &mut due);
    }
    if let Some((_, until)) = record.delegate.filter(|(_, until)| *until <= context.now) {
        due.push((until, "", What::DelegationEnded));
    }
    // Stable: a clock's reminder comes before its lateness, that before its escalation.
    due.sort_by_key(|(at, ..)| *at);
    due.iter().take(DUE_WORK).map(|(at, clock, what)| draft(record, *at, clock, what, context)).collect()
}

fn of_clock<'r>(name: &'r str, running: &'r Running, now: Instant, into: &mut Vec<(Instant, &'r str, What<'r>)>) {
    into.extend(running.remind.iter().filter(|at| **at <= now).map(|at| (*at, name, What::Remind)));
    if now > running.due && !running.missed {
        into.push((running.due.plus_nanos(1), name, What::Late));
    }
    into.extend(running.escalate.iter().filter(|step| step.at <= now).map(|step| (step.at, name, What::Escalate(&step.to))));
}

fn draft(record: &Record, at: Instant, clock: &str, what: &What<'_>, context: &Context<'_>) -> Draft {
    let place = Place::of(record, &record.values, context.people, context.now);
    let told = |act: &'static str, people: &[PersonId]| {
        Writing::new(On::This, act).with("clock", clock).with_moment("moment", at).with("people", list_text(people))
    };
    let holder: Vec<PersonId> = record.acting().into_iter().filter(|person| place.is_there(*person)).collect();
    let writing = match what {
        What::Remind => told("record.remind", &holder),
        What::Late => told("record.late", &holder),
        What::Escalate(to) => {
            let list: Vec<Who> = to.iter().filter_map(|who| who_of(who)).collect();
            let up: Vec<PersonId> = escalate_to(&place, &list, record.holder).into_iter().collect();
            told("record.escalate", &up)
        }
        What::DelegationEnded => Writing::new(On::This, "record.delegate").with("delegate", ""),
    };
    writing.alone().swap_remove(0)
}
