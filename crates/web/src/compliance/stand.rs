//! How duties stand, as pages and the API tell it: the verdicts that are kept, beside the duties of the packs.
//!
//! Invariants:
//! - a duty without a verdict, or with a stale one, is unknown, never met (I9); the counts add up to the number of duties;
//! - names of people, devices and records are told to those whose role reaches the whole operator; others read numbers (I10).

use std::collections::BTreeMap;

use anlan_assure::assess::{Reason, State, Verdict};
use anlan_base::Instant;
use anlan_base::text::{Lang, text};
use anlan_law::condition::{Fact, Facts};
use anlan_law::duty::{Count, Duty, Known, Shown, Standing, Why};
use anlan_law::kind::Role;
use anlan_law::probe::Probe;

use super::condition::in_words;
use super::words::{named, part};
use crate::console::{House, Shared};
use crate::failure::Failure;
use crate::page::grouped;
use anlan_ledger::engine::Rights;

/// Roles that, held over the whole operator, see whom and what a verdict names.
const NAMES: [Role; 8] = [Role::System, Role::Security, Role::Audit, Role::Head, Role::Leader, Role::Duty, Role::Handler, Role::Reader];
/// Facts that one sentence tells.
const FACTS_TOLD: usize = 4;

/// All verdicts as they stand now.
pub(crate) struct Stands {
    by_duty: BTreeMap<String, Verdict>,
    /// When something was last measured.
    pub(crate) measured: Option<Instant>,
}

/// How one duty stands.
pub(crate) struct Stand<'a> {
    pub(crate) state: State,
    /// Of unknown: why.
    pub(crate) why: Option<Why>,
    /// Computed (●), else attested (○).
    pub(crate) computed: bool,
    pub(crate) stale: bool,
    pub(crate) verdict: Option<&'a Verdict>,
}

impl Stands {
    /// Reads what is kept; measures nothing.
    pub(crate) async fn load(house: &Shared) -> Result<Self, Failure> {
        let found = house.console.assessor.standings().await.map_err(Failure::internal)?;
        let measured = found.verdicts.iter().filter(|one| one.computed).map(|one| one.at).max();
        Ok(Self { by_duty: found.verdicts.into_iter().map(|one| (one.duty.clone(), one)).collect(), measured })
    }

    pub(crate) fn of(&self, duty: &Duty) -> Stand<'_> {
        let verdict = self.by_duty.get(&duty.id);
        let by_nature = matches!(duty.shown, Shown::Probe { .. });
        Stand::of(verdict, by_nature, || match duty.standing(anlan_assure::assess::BUILT, Known::Nothing) {
            Standing::Unknown(why) => why,
            _ => Why::NotMeasured,
        })
    }

    /// Duties that are met by somebody's word.
    pub(crate) fn attested<'d>(&self, duties: impl IntoIterator<Item = &'d Duty>) -> usize {
        duties.into_iter().map(|duty| self.of(duty)).filter(|stand| stand.state == State::Met && !stand.computed).count()
    }

    /// A fact of a probe, from the first duty that it shows and that has it fresh.
    pub(crate) fn fact<'d>(&self, duties: impl IntoIterator<Item = &'d Duty>, probe: Probe, name: &str) -> Option<&Fact> {
        let of_probe = duties.into_iter().filter(|duty| duty.probe() == Some(probe));
        let fresh = of_probe.filter_map(|duty| self.by_duty.get(&duty.id)).filter(|verdict| !verdict.stale);
        fresh.filter_map(|verdict| verdict.facts.get(name)).next()
    }

    pub(crate) fn count<'d>(&self, duties: impl IntoIterator<Item = &'d Duty>) -> Count {
        Count::of(duties.into_iter().map(|duty| self.of(duty).standing()))
    }
}

impl<'a> Stand<'a> {
    fn of(verdict: Option<&'a Verdict>, by_nature: bool, nothing: impl FnOnce() -> Why) -> Self {
        let Some(found) = verdict else {
            return Self { state: State::Unknown, why: Some(nothing()), computed: by_nature, stale: false, verdict };
        };
        let state = if found.stale { State::Unknown } else { found.state };
        let why = (state == State::Unknown).then(|| found.why.unwrap_or(Why::NotMeasured));
        Self { state, why, computed: found.computed, stale: found.stale, verdict }
    }

    /// A verdict of the history, as it was reached then.
    pub(super) fn then(verdict: &'a Verdict) -> Self {
        Self { state: verdict.state, why: verdict.why, computed: verdict.computed, stale: false, verdict: Some(verdict) }
    }

    pub(crate) fn standing(&self) -> Standing {
        match self.state {
            State::Met => Standing::Met,
            State::AtRisk => Standing::AtRisk,
            State::Failing => Standing::Failing,
            State::Unknown => Standing::Unknown(self.why.unwrap_or(Why::NotMeasured)),
        }
    }

    /// Class of the mark, key of the word.
    pub(crate) fn mark(&self) -> (&'static str, &'static str) {
        mark(self.state)
    }

    /// Of unknown: why, in two words; empty otherwise.
    pub(crate) fn why_key(&self) -> &'static str {
        match self.why {
            _ if self.stale => "verdict-stale",
            Some(Why::NotBuilt) => "duty-why-not-built",
            Some(Why::NotMeasured) => "duty-why-not-measured",
            Some(Why::NotAttested) => "duty-why-not-attested",
            None => "",
        }
    }

    /// The reason in one sentence.
    pub(crate) fn sentence(&self, lang: Lang, duty: &Duty, names: bool) -> String {
        let Some(verdict) = self.verdict else { return self.nothing(lang) };
        // That it is stale names nobody.
        let sentence = if names || self.stale { verdict.sentence(lang) } else { String::new() };
        if !sentence.is_empty() {
            return sentence;
        }
        if let Some(who) = verdict.who.as_ref().filter(|_| self.state != State::Unknown) {
            return text(lang, "verdict-attested-until", &[("until", &who.until.to_string())]);
        }
        match (self.state, told(lang, duty, &verdict.facts)) {
            (State::Unknown, _) => self.nothing(lang),
            (State::Met, _) if !met_words(lang, duty).is_empty() => met_words(lang, duty),
            (_, facts) => joined(lang, facts.into_iter().take(FACTS_TOLD).map(|(fact, value)| fact_line(lang, &fact, &value))),
        }
    }

    /// Why nothing is known.
    fn nothing(&self, lang: Lang) -> String {
        let key = match self.why {
            Some(Why::NotBuilt) => "verdict-why-not-built",
            Some(Why::NotAttested) => "verdict-why-not-attested",
            Some(Why::NotMeasured) | None => "verdict-why-not-measured",
        };
        text(lang, key, &[])
    }
}

/// Class of the mark, key of the word.
pub(crate) fn mark(state: State) -> (&'static str, &'static str) {
    match state {
        State::Met => ("met", "duty-standing-met"),
        State::AtRisk => ("risk", "duty-standing-risk"),
        State::Failing => ("fail", "duty-standing-failing"),
        State::Unknown => ("unknown", "duty-standing-unknown"),
    }
}

/// As addresses and the API write it.
pub(crate) fn code(state: State) -> &'static str {
    match state {
        State::Met => "met",
        State::AtRisk => "at_risk",
        State::Failing => "failing",
        State::Unknown => "unknown",
    }
}

/// Whether the asker reads the names in reasons and samples.
pub(crate) fn sees_names(house: &House, who: &Rights) -> bool {
    house.console.ledger.directory().root().is_some_and(|root| NAMES.iter().any(|role| who.reaches(*role, &root.path)))
}

/// A reason in the reader's language.
pub(crate) fn reason_words(lang: Lang, reason: &Reason) -> String {
    reason.say(lang)
}

/// What its condition says, where that can be put in words.
fn met_words(lang: Lang, duty: &Duty) -> String {
    let Shown::Probe { probe, met, .. } = &duty.shown else { return String::new() };
    joined(lang, in_words(lang, probe.name(), met.text()).unwrap_or_default())
}

fn joined(lang: Lang, lines: impl IntoIterator<Item = String>) -> String {
    lines.into_iter().collect::<Vec<_>>().join(&text(lang, "verdict-and", &[]))
}

fn fact_line(lang: Lang, fact: &str, value: &str) -> String {
    text(lang, "verdict-fact", &[("fact", fact), ("value", value)])
}

/// The facts in words, in the order of their probe.
pub(super) fn told(lang: Lang, duty: &Duty, facts: &Facts) -> Vec<(String, String)> {
    let Some(probe) = duty.probe() else { return Vec::new() };
    let in_order = probe.facts().iter().filter_map(|(name, _)| Some((*name, facts.get(*name)?)));
    in_order
        .map(|(name, fact)| (named(lang, &format!("duty-fact-{}-{}", part(probe.name()), part(name)), name), value(lang, fact)))
        .collect()
}

fn value(lang: Lang, fact: &Fact) -> String {
    match fact {
        Fact::Bool(holds) => text(lang, if *holds { "word-yes" } else { "word-no" }, &[]),
        Fact::Int(number) => match u64::try_from(*number) {
            Ok(number) => grouped(number),
            Err(_) => number.to_string(),
        },
        Fact::Text(written) => super::words::value(lang, written),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(state: State, stale: bool) -> Verdict {
        Verdict {
            duty: "D019".into(),
            state,
            why: None,
            computed: true,
            at: Instant(9),
            since: None,
            facts: Facts::new(),
            reasons: Vec::new(),
            asked: Vec::new(),
            sample: Vec::new(),
            who: None,
            entry: None,
            leaf: None,
            stale,
        }
    }

    // VERDICT-10
    #[test]
    fn what_is_stale_or_absent_is_unknown() {
        for (state, stale, shown) in [
            (State::Met, false, State::Met),
            (State::Met, true, State::Unknown),
            (State::AtRisk, true, State::Unknown),
            (State::Failing, true, State::Unknown),
            (State::Failing, false, State::Failing),
            (State::Unknown, false, State::Unknown),
        ] {
            let verdict = verdict(state, stale);
            assert_eq!(Stand::of(Some(&verdict), true, || Why::NotBuilt).state, shown, "{state:?} {stale}");
        }
        let absent = Stand::of(None, true, || Why::NotBuilt);
        assert_eq!((absent.state, absent.why), (State::Unknown, Some(Why::NotBuilt)));
        assert_eq!(absent.standing(), Standing::Unknown(Why::NotBuilt));
    }
}
