//! From what was measured and attested to a verdict on each duty. Pure.
//!
//! Invariants: how a duty stands is said by the duty alone (`Duty::standing`), here is only said why, with one exception: a duty whose probe is not built
//! may be attested by a named person, and is then never shown as computed; what is unknown has a reason (I9).

use std::collections::BTreeMap;

use anlan_base::{Day, Instant};
use anlan_law::clock::{Span, kept_through};
use anlan_law::condition::Condition;
use anlan_law::duty::{Duty, Known, Shown, Standing, Why};
use anlan_law::probe::Probe;
use anlan_ledger::engine::{PersonId, UnitId};

use super::verdict::{Attested, State, Verdict};
use super::{Measured, Reason};

/// A probe and what the duty says that it looks at.
pub(super) type Pair = (Probe, Vec<String>);

/// What each pair brought back, or why it could not be run.
pub(super) type Found = BTreeMap<Pair, Result<Measured, String>>;

/// An attestation that was not taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Given {
    pub duty: String,
    /// What the person says: the duty is met.
    pub met: bool,
    pub on: Day,
    /// As the person set it.
    pub until: Day,
    pub person: PersonId,
    pub record: String,
    pub unit: UnitId,
    /// Whether the unit is the whole operator.
    pub whole: bool,
}

/// What is known, and at which moment.
pub(super) struct Evidence<'a> {
    pub built: &'a [Probe],
    pub found: &'a Found,
    /// Latest first.
    pub given: &'a [Given],
    /// How long the packs let attestations count; the longest is for duties that set no term, since a probe is to show them.
    pub terms: &'a [Span],
    pub now: Instant,
}

/// How long the duties of the packs let attestations count.
pub(super) fn terms(duties: &[Duty]) -> Vec<Span> {
    let every = duties.iter().filter_map(|duty| match &duty.shown {
        Shown::Attestation { every, .. } => Some(*every),
        Shown::Probe { .. } => None,
    });
    every.collect()
}

impl Evidence<'_> {
    pub(super) fn judge(&self, duty: &Duty) -> Verdict {
        match &duty.shown {
            Shown::Probe { probe, of, met, at_risk } => self.by_probe(duty, &(*probe, of.clone()), met, at_risk.as_ref()),
            Shown::Attestation { every, .. } => match self.attested(duty, std::slice::from_ref(every)) {
                Some((given, until)) => self.by_attestation(duty, duty.standing(self.built, Known::Attested(given.met)), given, until),
                None => {
                    let standing = duty.standing(self.built, Known::Nothing);
                    self.verdict(
                        duty,
                        standing,
                        Measured { reasons: vec![Reason::new("measured-not-attested", &[])], ..Measured::default() },
                    )
                }
            },
        }
    }

    fn by_probe(&self, duty: &Duty, pair: &Pair, met: &Condition, at_risk: Option<&Condition>) -> Verdict {
        let name = ("probe", pair.0.name());
        let nothing = |code, args: &[(&str, &str)]| Measured { reasons: vec![Reason::new(code, args)], ..Measured::default() };
        if !self.built.contains(&pair.0) {
            if let Some((given, until)) = self.attested(duty, self.terms) {
                return self.by_attestation(duty, if given.met { Standing::Met } else { Standing::Failing }, given, until);
            }
            return self.verdict(duty, duty.standing(self.built, Known::Nothing), nothing("measured-not-built", &[name]));
        }
        let mut measured = match self.found.get(pair) {
            Some(Ok(measured)) => measured.clone(),
            Some(Err(why)) => {
                return self.verdict(duty, duty.standing(self.built, Known::Nothing), nothing("measured-failed", &[name, ("why", why)]));
            }
            None => return self.verdict(duty, duty.standing(self.built, Known::Nothing), nothing("measured-nothing", &[name])),
        };
        let standing = duty.standing(self.built, Known::Facts(&measured.facts));
        if matches!(standing, Standing::Unknown(_)) && measured.reasons.is_empty() {
            let named = met.names().chain(at_risk.into_iter().flat_map(Condition::names));
            let missing: Vec<&str> = named.filter(|fact| !measured.facts.contains_key(*fact)).collect();
            measured.reason("measured-missing", &[name, ("facts", &missing.join(", "))]);
        }
        self.verdict(duty, standing, measured)
    }

    /// The attestation that counts now, and through which day. Where a unit says that the duty is not met, that counts; that it is met only the whole operator can say.
    fn attested(&self, duty: &Duty, terms: &[Span]) -> Option<(&Given, Day)> {
        let today = Day::of(self.now);
        let mut latest: BTreeMap<UnitId, (&Given, Day)> = BTreeMap::new();
        for given in self.given.iter().filter(|given| given.duty == duty.id) {
            // A term that is no number of days allows none beyond the day itself.
            let longest = terms.iter().filter_map(|term| kept_through(given.on, *term)).max();
            let until = longest.unwrap_or(given.on).min(given.until);
            latest.entry(given.unit).or_insert((given, until));
        }
        let counting = || latest.values().copied().filter(|(_, until)| *until >= today);
        counting().find(|(given, _)| !given.met).or_else(|| counting().find(|(given, _)| given.whole))
    }

    fn by_attestation(&self, duty: &Duty, standing: Standing, given: &Given, until: Day) -> Verdict {
        let mut measured = Measured::default();
        if !given.met {
            measured.reason("measured-attested-not", &[("record", &given.record), ("until", &until.to_string())]);
        }
        measured.saw(&given.record, format!("/r/{}", given.record));
        let mut verdict = self.verdict(duty, standing, measured);
        verdict.computed = false;
        verdict.who = Some(Attested { person: given.person.to_string(), until, record: given.record.clone() });
        verdict
    }

    fn verdict(&self, duty: &Duty, standing: Standing, measured: Measured) -> Verdict {
        let (state, why) = said(standing);
        Verdict {
            duty: duty.id.clone(),
            state,
            why,
            computed: matches!(duty.shown, Shown::Probe { .. }),
            at: self.now,
            since: measured.since,
            facts: measured.facts,
            reasons: measured.reasons,
            asked: measured.asked,
            sample: measured.sample,
            who: None,
            entry: None,
            leaf: None,
            stale: false,
        }
    }
}

fn said(standing: Standing) -> (State, Option<Why>) {
    match standing {
        Standing::Met => (State::Met, None),
        Standing::AtRisk => (State::AtRisk, None),
        Standing::Failing => (State::Failing, None),
        Standing::Unknown(why) => (State::Unknown, Some(why)),
    }
}

/// The other way round, for counting.
pub(super) fn standing(state: State, why: Option<Why>) -> Standing {
    match state {
        State::Met => Standing::Met,
        State::AtRisk => Standing::AtRisk,
        State::Failing => Standing::Failing,
        State::Unknown => Standing::Unknown(why.unwrap_or(Why::NotMeasured)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use anlan_law::clock::Unit;
    use anlan_law::condition::{Fact, Kind};
    use anlan_law::pack::Lawbook;
    use proptest::prelude::*;

    use super::*;

    static DUTIES: LazyLock<Vec<Duty>> = LazyLock::new(|| {
        let packs = ["cn", "campus", "government", "enterprise", "grid"];
        Lawbook::shipped(&packs).unwrap().duties.into_iter().filter(|duty| duty.probe().is_some()).collect()
    });

    fn pair(duty: &Duty) -> Pair {
        let Shown::Probe { probe, of, .. } = &duty.shown else { panic!("{} is attested", duty.id) };
        (*probe, of.clone())
    }

    fn judged(duty: &Duty, built: &[Probe], found: Option<Result<Measured, String>>) -> Verdict {
        let found: Found = found.into_iter().map(|found| (pair(duty), found)).collect();
        Evidence { built, found: &found, given: &[], terms: &[], now: Instant(9) }.judge(duty)
    }

    // VERDICT-11, LAWPACK-10, I9
    #[test]
    fn where_no_probe_is_built_a_named_person_may_say_it_for_a_time_and_never_as_computed() {
        let day = Day(1_000);
        let duty = &DUTIES[0];
        let term = Span::parse("P3M", Unit::CalendarDay).unwrap();
        let given = |met, whole, on: Day, until: Day| Given {
            duty: duty.id.clone(),
            met,
            on,
            until,
            person: PersonId(1),
            record: "SM-1".into(),
            unit: UnitId(if whole { 1 } else { 2 }),
            whole,
        };
        let (long_ago, before, later) = (Day(800), Day(999), Day(9_000));
        type Case<'a> = (&'a str, &'a [Probe], &'a [Span], Given, State, bool);
        let cases: [Case<'_>; 8] = [
            ("the whole operator", &[], &[term], given(true, true, day, later), State::Met, false),
            ("a unit that has not", &[], &[term], given(false, false, day, later), State::Failing, false),
            ("a unit alone", &[], &[term], given(true, false, day, later), State::Unknown, true),
            ("its day is over", &[], &[term], given(true, true, long_ago, before), State::Unknown, true),
            ("longer than the packs allow", &[], &[term], given(true, true, long_ago, later), State::Unknown, true),
            ("the packs allow none: its own day", &[], &[], given(true, true, day, later), State::Met, false),
            ("the packs allow none: the day after", &[], &[], given(true, true, before, later), State::Unknown, true),
            ("a probe is built and measured nothing", Probe::ALL, &[term], given(true, true, day, later), State::Unknown, true),
        ];
        for (name, built, terms, given, state, computed) in cases {
            let verdict = Evidence { built, found: &Found::new(), given: &[given], terms, now: day.start() }.judge(duty);
            assert_eq!((verdict.state, verdict.computed, verdict.who.is_some()), (state, computed, !computed), "{name}");
        }
    }

    // VERDICT-1
    #[test]
    fn what_is_not_built_fails_or_brings_nothing_is_unknown_and_says_so() {
        for duty in &*DUTIES {
            for (built, found, why, code) in [
                (&[][..], Some(Ok(Measured::default())), Why::NotBuilt, "measured-not-built"),
                (Probe::ALL, Some(Err("the disk is gone".to_owned())), Why::NotMeasured, "measured-failed"),
                (Probe::ALL, None, Why::NotMeasured, "measured-nothing"),
                (Probe::ALL, Some(Ok(Measured::default())), Why::NotMeasured, "measured-missing"),
            ] {
                let verdict = judged(duty, built, found);
                assert_eq!((verdict.state, verdict.why), (State::Unknown, Some(why)), "{} {code}", duty.id);
                assert_eq!(verdict.reasons[0].code, code, "{}", duty.id);
            }
        }
    }

    proptest! {
        // VERDICT-1
        #[test]
        fn a_duty_is_never_met_while_a_fact_of_its_condition_is_missing(numbers in prop::collection::vec(0..400_i64, 8), flag: bool, nth in any::<prop::sample::Index>(), left in any::<prop::sample::Index>()) {
            let duty = &DUTIES[nth.index(DUTIES.len())];
            let Shown::Probe { probe, met, .. } = &duty.shown else { unreachable!() };
            let mut measured = Measured::default();
            for ((name, kind), number) in probe.facts().iter().zip(numbers) {
                measured.facts.insert((*name).to_owned(), if *kind == Kind::Bool { Fact::Bool(flag) } else { Fact::Int(number) });
            }
            let whole = judged(duty, Probe::ALL, Some(Ok(measured.clone())));
            prop_assert_eq!(whole.state == State::Met, met.holds(&measured.facts) == Ok(true));
            let names: Vec<&str> = met.names().collect();
            measured.facts.remove(names[left.index(names.len())]);
            let verdict = judged(duty, Probe::ALL, Some(Ok(measured)));
            prop_assert_eq!((verdict.state, verdict.why), (State::Unknown, Some(Why::NotMeasured)));
        }
    }
}
