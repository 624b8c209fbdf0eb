//! The verdict on one duty: its reasons, facts, questions, sample and place in the log, its days, and the verdicts before it.
//!
//! Invariant: who may not see names reads numbers and the state; a link leads only to a page of ours.

use std::collections::BTreeMap;

use anlan_assure::assess::{Asked, Attested, How, State, Verdict};
use anlan_base::Day;
use anlan_base::text::{Lang, text};
use anlan_law::duty::{Duty, Shown, Why};
use anlan_law::probe::Probe;

use super::bar::{Bar, bar, first_day};
use super::stand::{Stand, Stands, reason_words, sees_names, told};
use crate::address::{address, own};
use crate::console::Shared;
use crate::failure::Failure;
use crate::page::{ago, grouped};
use crate::records::words::moment;
use crate::session::Signed;

/// Verdicts of the history on one page.
pub const HISTORY_ROWS: usize = 12;
/// The page that lists devices and what sends logs.
const SOURCES: &str = "/sources";
/// The kind of attestations.
const ATTESTATION: &str = "attestation";

/// A question that a person can ask by hand.
pub(super) struct Question {
    /// Where the console answers it; empty where it does not.
    pub(super) link: String,
    /// What to type; empty where the console answers it.
    pub(super) command: String,
    pub(super) number: String,
}

/// A fact in words, and where its number is counted: each part with its list.
pub(super) struct Told {
    pub(super) fact: String,
    pub(super) value: String,
    /// The one list that gives the number; empty where none does, or several do.
    pub(super) link: String,
    pub(super) parts: Vec<(String, String)>,
}

pub(super) struct Who {
    pub(super) person: String,
    pub(super) until: String,
    /// Number of the attestation's record.
    pub(super) record: String,
}

/// An earlier verdict.
pub(super) struct Before {
    pub(super) at: String,
    pub(super) state: (&'static str, &'static str),
    pub(super) computed: bool,
    pub(super) why: String,
    pub(super) entry: String,
}

pub(super) struct VerdictShown {
    pub(super) state: (&'static str, &'static str),
    pub(super) computed: bool,
    pub(super) stale: bool,
    /// Why it is so, in one sentence, and the further reasons.
    pub(super) why: String,
    pub(super) reasons: Vec<String>,
    /// Since when it has stood so, as far as the history on the page tells.
    pub(super) held: String,
    pub(super) at: String,
    pub(super) age: String,
    /// The period that was looked at; empty where only the moment counts.
    pub(super) period: String,
    pub(super) facts: Vec<Told>,
    pub(super) asked: Vec<Question>,
    /// What was looked at, with its page where there is one.
    pub(super) sample: Vec<(String, String)>,
    pub(super) entry: String,
    pub(super) leaf: String,
    pub(super) who: Option<Who>,
    /// Names stand in reasons and samples, and the reader may not see them.
    pub(super) hidden: bool,
    pub(super) bar: Bar,
    pub(super) history: Vec<Before>,
    /// The page of older verdicts.
    pub(super) older: String,
    /// Where an attestation of it is entered; empty where it takes none, or the reader may not.
    pub(super) attest: String,
    pub(super) may_measure: bool,
}

/// Reads what is kept of a duty; measures nothing. `before` is the entry above the page of the history.
pub(super) async fn shown(house: &Shared, who: &Signed, duty: &Duty, before: Option<u64>) -> Result<VerdictShown, Failure> {
    let assessor = &house.console.assessor;
    let stands = Stands::load(house).await?;
    let now = house.console.clock.now();
    let today = Day::of(now);
    let rows = u32::try_from(HISTORY_ROWS + 1).unwrap_or(u32::MAX);
    let mut history = assessor.history(&duty.id, before, rows).await.map_err(Failure::internal)?;
    let more = history.len() > HISTORY_ROWS;
    history.truncate(HISTORY_ROWS);
    let mut days = assessor.days(first_day(today), today).await.map_err(Failure::internal)?;
    let stand = stands.of(duty);
    let names = sees_names(house, &who.rights);
    let lang = who.lang;
    let older = history.last().filter(|_| more).and_then(|last| last.entry);
    let path = format!("/compliance/duties/{}", duty.id);
    let mut told = of_stand(lang, duty, &stand, names);
    let of_duty = days.remove(&duty.id);
    told.bar = bar(lang, of_duty.as_ref(), first_day(today), today);
    told.age = stand.verdict.map_or_else(String::new, |verdict| ago(lang, now.since(verdict.at)));
    told.held = if before.is_none() { held(&stand, &history, more, of_duty.as_ref()) } else { String::new() };
    // The newest stands above already.
    let current = stand.verdict.and_then(|verdict| verdict.entry);
    told.history =
        history.iter().filter(|one| one.entry.is_none() || one.entry != current).map(|one| earlier(lang, duty, one, names)).collect();
    told.older = older.map_or_else(String::new, |entry| format!("{}#history", address(&path, &[("before", &entry.to_string())])));
    told.attest = attest(house, who, duty, &stand);
    told.may_measure = super::MEASURERS.iter().any(|role| who.rights.has(*role));
    Ok(told)
}

fn of_stand(lang: Lang, duty: &Duty, stand: &Stand<'_>, names: bool) -> VerdictShown {
    let verdict = stand.verdict;
    let numbered = |number: Option<u64>| number.map_or_else(String::new, grouped);
    let reasons = verdict.map_or(&[][..], |found| &found.reasons);
    let hidden = !names && verdict.is_some_and(|found| !found.reasons.is_empty() || !found.sample.is_empty() || !found.asked.is_empty());
    VerdictShown {
        state: stand.mark(),
        computed: stand.computed,
        stale: stand.stale,
        why: stand.sentence(lang, duty, names),
        reasons: reasons.iter().skip(1).filter(|_| names).map(|one| reason_words(lang, one)).collect(),
        held: String::new(),
        at: verdict.map_or_else(String::new, |found| moment(found.at)),
        age: String::new(),
        period: verdict.map_or_else(String::new, |found| period(lang, found)),
        facts: verdict.map_or_else(Vec::new, |found| facts(lang, duty, found, names)),
        asked: verdict.filter(|_| names).map_or_else(Vec::new, |found| found.asked.iter().map(question).collect()),
        sample: verdict.filter(|_| names).map_or_else(Vec::new, |found| {
            found.sample.iter().map(|one| (one.what.clone(), own(&one.at).unwrap_or_default().to_owned())).collect()
        }),
        entry: numbered(verdict.and_then(|found| found.entry)),
        leaf: numbered(verdict.and_then(|found| found.leaf)),
        who: verdict.and_then(|found| found.who.as_ref()).map(|attested| attester(attested, names)),
        hidden,
        bar: Bar { width: 0, strokes: Vec::new(), label: String::new() },
        history: Vec::new(),
        older: String::new(),
        attest: String::new(),
        may_measure: false,
    }
}

/// The facts, each linked to the lists whose numbers it is.
fn facts(lang: Lang, duty: &Duty, verdict: &Verdict, names: bool) -> Vec<Told> {
    let lists = |name: &str| -> Vec<(String, String)> {
        let of = verdict.asked.iter().filter(|one| names && one.how == How::Records && one.facts.iter().any(|fact| fact == name));
        of.filter_map(|one| Some((own(&one.text)?.to_owned(), grouped(one.number)))).collect()
    };
    let of_devices = matches!(duty.probe(), Some(Probe::LogCoverage | Probe::LogFields | Probe::LogTime | Probe::LogHeard));
    let words = told(lang, duty, &verdict.facts).into_iter();
    let in_order = duty.probe().into_iter().flat_map(|probe| probe.facts()).filter(|(name, _)| verdict.facts.contains_key(*name));
    let one = |((fact, value), (name, _)): ((String, String), &(&str, _))| {
        let mut parts = lists(name);
        let link = match parts.len() {
            0 if names && of_devices => SOURCES.to_owned(),
            1 => parts.remove(0).0,
            _ => String::new(),
        };
        Told { fact, value, link, parts }
    };
    words.zip(in_order).map(one).collect()
}

fn period(lang: Lang, verdict: &Verdict) -> String {
    let Some(since) = verdict.since else { return String::new() };
    text(lang, "verdict-period", &[("since", &moment(since)), ("until", &moment(verdict.at))])
}

fn attester(attested: &Attested, names: bool) -> Who {
    let named = |value: &String| if names { value.clone() } else { String::new() };
    Who { person: named(&attested.person), until: attested.until.to_string(), record: named(&attested.record) }
}

/// The moment of the oldest of the verdicts that say the same as now, one after the other; where the page of the history does not reach so far, its day.
fn held(stand: &Stand<'_>, history: &[Verdict], more: bool, days: Option<&BTreeMap<Day, State>>) -> String {
    let same = history.iter().take_while(|one| one.state == stand.state && !stand.stale).count();
    let Some(oldest) = same.checked_sub(1).and_then(|at| history.get(at)) else { return String::new() };
    if same < history.len() || !more {
        return moment(oldest.at);
    }
    let days = days.into_iter().flatten().rev().skip_while(|(day, _)| **day > Day::of(oldest.at));
    let first = days.take_while(|(_, state)| **state == stand.state).last();
    first.map_or_else(|| moment(oldest.at), |(day, _)| day.to_string())
}

fn earlier(lang: Lang, duty: &Duty, verdict: &Verdict, names: bool) -> Before {
    let stand = Stand::then(verdict);
    Before {
        at: moment(verdict.at),
        state: stand.mark(),
        computed: stand.computed,
        why: stand.sentence(lang, duty, names),
        entry: verdict.entry.map_or_else(String::new, grouped),
    }
}

fn question(asked: &Asked) -> Question {
    let (link, command) = match asked.how {
        How::Records => (own(&asked.text).unwrap_or_default().to_owned(), String::new()),
        How::Logs => (String::new(), format!("anlan log search {} --count", asked.text)),
        How::Command => (String::new(), format!("anlan {}", asked.text)),
    };
    Question { link, command, number: grouped(asked.number) }
}

/// What nobody can measure, or not yet, is attested, by those who may open such a record.
fn attest(house: &Shared, who: &Signed, duty: &Duty, stand: &Stand<'_>) -> String {
    let takes = matches!(duty.shown, Shown::Attestation { .. }) || stand.why == Some(Why::NotBuilt) || !stand.computed;
    let kinds = house.console.ledger.kinds();
    let Some(kind) = kinds.get(ATTESTATION).filter(|_| takes) else { return String::new() };
    if house.console.ledger.units_to_open(&who.rights, kind).is_empty() {
        return String::new();
    }
    address(&format!("/records/{ATTESTATION}/new"), &[("f.duty", &duty.id)])
}

/// The days of all duties, for the bars.
pub(crate) async fn days(house: &Shared, today: Day) -> Result<BTreeMap<String, BTreeMap<Day, State>>, Failure> {
    house.console.assessor.days(first_day(today), today).await.map_err(Failure::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_a_link_of_ours_or_a_command() {
        for (how, written, link, command) in [
            (How::Records, "/records/hazard?view=overdue", "/records/hazard?view=overdue", ""),
            (How::Records, "https://elsewhere.example/", "", ""),
            (How::Logs, "'failed' --since 2026-11-01", "", "anlan log search 'failed' --since 2026-11-01 --count"),
            (How::Command, "verify --data DIR", "", "anlan verify --data DIR"),
        ] {
            let told = question(&Asked { how, text: written.into(), number: 1234, facts: Vec::new() });
            assert_eq!((told.link.as_str(), told.command.as_str()), (link, command), "{written}");
            assert_eq!(told.number, "1\u{202f}234");
        }
    }
}
