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
enum Unknown {
    #[serde(rename = "not_built")]
    Unbuilt,
    #[serde(rename = "not_measured")]
    Unmeasured,
    #[serde(rename = "not_attested")]
    Unattested,
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
        Why::NotBuilt => Unknown::Unbuilt,
        Why::NotMeasured => Unknown::Unmeasured,
        Why::NotAttested => Unknown::Unattested,
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
            Unknown::Unbuilt => Why::NotBuilt,
            Unknown::Unmeasured => Why::NotMeasured,
            Unknown::Unattested => Why::NotAttested,
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use anlan_law::condition::Fact;
    use anlan_ledger::VerdictState;
    use proptest::prelude::*;
    use proptest::strategy::ValueTree as _;

    use super::*;
    use crate::assess::How;

    fn kept(verdict: &Verdict, body: String) -> KeptVerdict {
        let (duty, state, computed) = (verdict.duty.clone(), verdict.state, verdict.computed);
        KeptVerdict { duty, state, computed, body, at: Instant(1), entry: 7, leaf: Some(9), before: None }
    }

    fn facts() -> impl Strategy<Value = Facts> {
        let fact = prop_oneof![any::<bool>().prop_map(Fact::Bool), any::<i64>().prop_map(Fact::Int), ".*".prop_map(Fact::Text)];
        prop::collection::btree_map("[a-z_]{1,9}", fact, 0..5)
    }

    fn reasons() -> impl Strategy<Value = Vec<Reason>> {
        let args = prop::collection::btree_map("[a-z]{1,5}", ".*", 0..3);
        let reason = ("[a-z-]{1,9}", args).prop_map(|(code, args): (String, BTreeMap<_, _>)| Reason { code, args });
        prop::collection::vec(reason, 0..4)
    }

    fn verdicts() -> impl Strategy<Value = Verdict> {
        let why = prop::option::of(prop::sample::select(vec![Why::NotBuilt, Why::NotMeasured, Why::NotAttested]));
        let facts_of = prop::collection::vec("[a-z_]{1,9}", 0..3);
        let asked = (prop::sample::select(vec![How::Logs, How::Records, How::Command]), ".*", any::<u64>(), facts_of);
        let asked = prop::collection::vec(asked.prop_map(|(how, text, number, facts)| Asked { how, text, number, facts }), 0..3);
        let sample = prop::collection::vec((".*", ".*").prop_map(|(what, at)| Sample { what, at }), 0..3);
        let who = (any::<u32>(), 0..60_000_u32, ".*");
        let who =
            prop::option::of(who.prop_map(|(person, until, record)| Attested { person: format!("p{person}"), until: Day(until), record }));
        let head = (prop::sample::select(VerdictState::ALL.to_vec()), why, any::<bool>(), any::<u64>(), prop::option::of(any::<u64>()));
        (head, facts(), reasons(), asked, sample, who).prop_map(|(head, facts, reasons, asked, sample, who)| {
            let (state, why, computed, at, since) = head;
            let (at, since, duty) = (Instant(at), since.map(Instant), "D001".to_owned());
            Verdict {
                duty,
                state,
                why,
                computed,
                at,
                since,
                facts,
                reasons,
                asked,
                sample,
                who,
                entry: Some(7),
                leaf: Some(9),
                stale: false,
            }
        })
    }

    proptest! {
        #[test]
        fn what_is_read_back_is_what_was_kept(written in verdicts()) {
            let body = reached(&written).body;
            prop_assert_eq!(verdict(kept(&written, body)).unwrap(), written.clone());
            prop_assert!(!differs(&written, &written));
            prop_assert_eq!(cut(written.clone()), written);
        }

        #[test]
        fn what_is_no_body_is_no_verdict(written in verdicts(), text in ".*", at in any::<prop::sample::Index>()) {
            prop_assert!(verdict(kept(&written, text)).is_err());
            let mut body = reached(&written).body;
            let at = body.char_indices().map(|(at, _)| at).nth(at.index(body.chars().count())).unwrap();
            body.truncate(at);
            prop_assert!(verdict(kept(&written, body)).is_err());
        }
    }

    // VERDICT-8
    #[test]
    fn a_verdict_differs_by_what_it_says_not_by_when_it_was_measured() {
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let old = verdicts().new_tree(&mut runner).unwrap().current();
        let changed = |change: &dyn Fn(&mut Verdict)| {
            let mut new = old.clone();
            change(&mut new);
            differs(&new, &old)
        };
        assert!(!changed(&|new| new.at = Instant(new.at.0 ^ 1)));
        assert!(!changed(&|new| (new.asked, new.sample) = (Vec::new(), Vec::new())));
        assert!(changed(&|new| new.state = if new.state == VerdictState::Met { VerdictState::Failing } else { VerdictState::Met }));
        assert!(changed(&|new| drop(new.facts.insert("x".to_owned(), Fact::Int(1)))));
        assert!(changed(&|new| new.reasons.push(Reason::new("x", &[]))));
        assert!(changed(&|new| new.who = Some(Attested { person: "p0".to_owned(), until: Day(70_000), record: String::new() })));
    }

    #[test]
    fn a_body_is_cut_to_its_limit_and_the_worst_stays() {
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let mut long = verdicts().new_tree(&mut runner).unwrap().current();
        long.reasons = (0..40).map(|n| Reason::new(&format!("r{n}"), &[("name", &"长".repeat(2_000))])).collect();
        let short = cut(long);
        assert!(reached(&short).body.len() <= VERDICT_BODY_BYTES);
        assert!(short.reasons.len() > 5 && short.reasons[0].code == "r0");
        let huge = Verdict { reasons: vec![Reason::new("r", &[("name", &"x".repeat(VERDICT_BODY_BYTES))])], ..short };
        assert!(cut(huge).reasons.is_empty());
    }
}
