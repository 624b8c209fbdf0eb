//! Records that are due again and again: daily patrols, working days, the Monday report, the 28th, quarters, years.
//!
//! Invariants: each occurrence is given once, in order; after a long stop the newest [`SERIES_BEHIND`] are given, so that a stop floods nobody.

use anlan_base::Instant;
use anlan_law::clock::{Clock, NoDue, Term, occurrences};
use anlan_law::kind::{Kind, Series, SeriesTerm, Shape};

use super::effects::Birth;
use super::timing::{bare, before, dated};
use super::{Context, Draft, Refusal, UnitId, Values};

/// Occurrences that are made up for after a stop; older ones are passed over.
pub const SERIES_BEHIND: usize = 40;
/// Occurrences that one look goes through.
const LOOKED_THROUGH: usize = 1_000;

/// The occurrence whose record is to be opened now, if any. `since` is when the series was switched on, `last` the newest occurrence that was opened.
///
/// # Errors
/// The series' clock is not there, or does not recur.
pub fn series_due(series: &Series, since: Instant, last: Option<Instant>, context: &Context<'_>) -> Result<Option<Instant>, NoDue> {
    let own;
    let clock: &Clock = match &series.when {
        SeriesTerm::Law { clock } => context.clocks.get(clock).ok_or(NoDue::DoesNotRecur)?,
        SeriesTerm::Own { recurrence } => {
            own = bare(Term::Recurs(recurrence.clone()));
            &own
        }
    };
    let from = last.map_or(since, |last| last.plus_nanos(1));
    let Some(next) = newest_open(clock, from, context)? else { return Ok(None) };
    let opens = match series.ahead {
        Some(span) => before_or_at(span, next, context),
        None => last.unwrap_or(since),
    };
    Ok((context.now >= opens).then_some(next))
}

/// The next occurrence from a moment on; where too many lie behind now, the oldest of the newest [`SERIES_BEHIND`].
fn newest_open(clock: &Clock, from: Instant, context: &Context<'_>) -> Result<Option<Instant>, NoDue> {
    let mut next = at_most(clock, from, 1, context)?;
    let Some(first) = next.pop() else { return Ok(None) };
    if first >= context.now {
        return Ok(Some(first));
    }
    let mut behind: Vec<Instant> = vec![first];
    loop {
        let from = behind.last().map_or(first, |last| last.plus_nanos(1));
        let more = at_most(clock, from, SERIES_BEHIND, context)?;
        let passed: Vec<Instant> = more.into_iter().filter(|at| *at < context.now).collect();
        if passed.is_empty() || behind.len() >= LOOKED_THROUGH {
            break;
        }
        behind.extend(passed);
    }
    let skip = behind.len().saturating_sub(SERIES_BEHIND);
    Ok(behind.get(skip).copied())
}

fn at_most(clock: &Clock, from: Instant, count: usize, context: &Context<'_>) -> Result<Vec<Instant>, NoDue> {
    Ok(occurrences(clock, from, count, context.calendar)?.into_iter().map(|due| due.at).collect())
}

/// At the beginning of the day that lies so far ahead, for spans of days.
fn before_or_at(span: anlan_law::clock::Span, at: Instant, context: &Context<'_>) -> Instant {
    match before(span, at, context) {
        Some(ahead) => match span {
            anlan_law::clock::Span::Minutes(_) => ahead,
            _ => anlan_base::Day::of(ahead).start(),
        },
        None => at,
    }
}

/// Opens the record of an occurrence in a unit, by Anlan itself.
///
/// # Errors
/// [`Refusal`]: nobody is there to hold it.
pub fn series_open(kind: &Kind, series: &Series, unit: UnitId, occurrence: Instant, context: &Context<'_>) -> Result<Vec<Draft>, Refusal> {
    let mut values = Values::new();
    if let Some(Shape::Text { .. }) = kind.field(&kind.title_field).map(|field| &field.shape) {
        values.insert(kind.title_field.clone(), format!("{} {}", series.title.zh, anlan_base::Day::of(occurrence)));
    }
    // What is opened after it was due began when it was due.
    let started = context.now.min(occurrence);
    let run = dated(&series.remind, &series.escalate, started, occurrence, false, context);
    let mut drafts = Vec::with_capacity(1);
    let series = Some((series.name.as_str(), occurrence, run));
    let birth = Birth { nth: 0, kind, unit, opener: None, happened: context.now, late_entry: false, values: &values, parent: None, series };
    birth.draft(context, &mut drafts)?;
    Ok(drafts)
}
