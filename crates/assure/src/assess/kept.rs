//! A verdict as its entry keeps it: the JSON of the field `body` (spec/verdict.md, "Keeping").
//!
//! Invariants: what is read back is what was kept; a body that is none is an error, never a verdict; names of people are not in it, only their ids.

use anlan_base::{Day, Instant};
use anlan_law::condition::Facts;
use anlan_law::duty::Why;
use anlan_ledger::engine::PersonId;
use anlan_ledger::{Directory, KeptVerdict, LedgerError, Reached, VERDICT_BODY_BYTES};
use serde::{Deserialize, Serialize};

use super::verdict::{Attested, Verdict};
use super::{Asked, Reason, Sample};

/// Questions that a verdict keeps.
pub(super) const ASKED: usize = 40;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    why: Option<Unknown>,
    at: String,
    since: Option<String>,
    until: Option<String>,
    facts: Facts,
    reasons: Vec<Reason>,
    asked: Vec<Asked>,
    sample: Vec<Sample>,
    who: Option<Who>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Unknown {
    NotBuilt,
    NotMeasured,
    NotAttested,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Who {
    /// Such as `p12`.
    person: String,
    until: String,
    record: String,
}

/// The verdict cut to what an entry takes: the worst reasons and the first questions and samples stay.
pub(super) fn cut(mut verdict: Verdict) -> Verdict {
    verdict.asked.truncate(ASKED);
    while body(&verdict).len() > VERDICT_BODY_BYTES {
        let shorter = [verdict.sample.pop().is_some(), verdict.asked.pop().is_some(), verdict.reasons.pop().is_some()];
        if !shorter.contains(&true) {
            break;
        }
    }
    verdict
}

/// Whether it says something else than the one before, so that it is kept.
pub(super) fn differs(new: &Verdict, old: &Verdict) -> bool {
    let said = |verdict: &Verdict| {
        let Verdict { state, why, computed, facts, reasons, who, .. } = verdict.clone();
        (state, why, computed, facts, reasons, who)
    };
    said(new) != said(old)
}

pub(super) fn reached(verdict: &Verdict) -> Reached {
    Reached { duty: verdict.duty.clone(), state: verdict.state, computed: verdict.computed, body: body(verdict) }
}

fn body(verdict: &Verdict) -> String {
    let why = verdict.why.map(|why| match why {
        Why::NotBuilt => Unknown::NotBuilt,
        Why::NotMeasured => Unknown::NotMeasured,
        Why::NotAttested => Unknown::NotAttested,
    });
    let who = verdict.who.as_ref();
    let body = Body {
        why,
        at: verdict.at.0.to_string(),
        since: verdict.since.map(|since| since.0.to_string()),
        until: verdict.since.map(|_| verdict.at.0.to_string()),
        facts: verdict.facts.clone(),
        reasons: verdict.reasons.clone(),
        asked: verdict.asked.clone(),
        sample: verdict.sample.clone(),
        who: who.map(|who| Who { person: who.person.clone(), until: who.until.to_string(), record: who.record.clone() }),
    };
    // Maps of texts and numbers have a JSON.
    serde_json::to_string(&body).unwrap_or_default()
}

/// # Errors
/// [`LedgerError::Damaged`] where the body is none.
pub(super) fn verdict(kept: KeptVerdict) -> Result<Verdict, LedgerError> {
    let read = || {
        let body: Body = serde_json::from_str(&kept.body).ok()?;
        let since = match body.since {
            Some(since) => Some(Instant(since.parse().ok()?)),
            None => None,
        };
        let who = match body.who {
            Some(who) => Some(Attested { person: who.person, until: who.until.parse::<Day>().ok()?, record: who.record }),
            None => None,
        };
        let why = body.why.map(|why| match why {
            Unknown::NotBuilt => Why::NotBuilt,
            Unknown::NotMeasured => Why::NotMeasured,
            Unknown::NotAttested => Why::NotAttested,
        });
        Some(Verdict {
            duty: kept.duty.clone(),
            state: kept.state,
            why,
            computed: kept.computed,
            at: Instant(body.at.parse().ok()?),
            since,
            facts: body.facts,
            reasons: body.reasons,
            asked: body.asked,
            sample: body.sample,
            who,
            entry: Some(kept.entry),
            leaf: kept.leaf,
            stale: false,
        })
    };
    read().ok_or_else(|| LedgerError::Damaged { what: format!("the verdict of entry {} is none", kept.entry) })
}

/// The person's name in the place of their id.
pub(super) fn named(mut verdict: Verdict, people: &Directory) -> Verdict {
    if let Some(who) = &mut verdict.who
        && let Some(row) = PersonId::parse(&who.person).and_then(|person| people.person_row(person))
    {
        who.person.clone_from(&row.person.name);
    }
    verdict
}
