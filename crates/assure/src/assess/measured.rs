//! What a probe brings back: facts, why they are so, where it looked and what it saw.
//!
//! Invariants: reasons are codes with arguments, never sentences: the locale files say them; a number that counts lines or records stands beside the question that gives it.

use std::collections::BTreeMap;

use anlan_base::Instant;
use anlan_base::text::{Lang, text};
use anlan_law::condition::{Fact, Facts};
use serde::{Deserialize, Serialize};

/// Stands in an argument between its Chinese and its English words.
pub(super) const BETWEEN: char = '\u{1f}';
/// Samples that a verdict keeps.
pub const SAMPLES: usize = 20;
/// Reasons that a verdict keeps, worst first.
pub const REASONS: usize = 40;

/// What a probe found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measured {
    /// By the names that `law::probe` declares. What could not be measured is left out.
    pub facts: Facts,
    /// Worst first.
    pub reasons: Vec<Reason>,
    pub asked: Vec<Asked>,
    pub sample: Vec<Sample>,
    /// The period that was looked at; none where only the moment counts.
    pub since: Option<Instant>,
}

/// Why it is so: the locale key `reason-CODE` with its arguments. Names of devices, people and registers are arguments.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reason {
    pub code: String,
    #[serde(default)]
    pub args: BTreeMap<String, String>,
}

/// How a person asks the same question by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// Arguments of `anlan log search … --count`.
    Logs,
    /// Path and query of a list in the console.
    Records,
    /// Arguments of `anlan`.
    Command,
}

/// A question and the number that it gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    pub how: How,
    pub text: String,
    pub number: u64,
    /// Facts that this number is, or is a part of: what all questions with the same fact gave adds up to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<String>,
}

/// One of the things that were looked at: a record's number, a source, a segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    pub what: String,
    /// Path in the console; empty where there is no page of it.
    pub at: String,
}

impl Measured {
    /// A count; more than 2^63 counts as that.
    #[must_use]
    pub fn count(mut self, name: &str, number: impl TryInto<i64>) -> Self {
        self.facts.insert(name.to_owned(), Fact::Int(number.try_into().unwrap_or(i64::MAX)));
        self
    }

    #[must_use]
    pub fn flag(mut self, name: &str, holds: bool) -> Self {
        self.facts.insert(name.to_owned(), Fact::Bool(holds));
        self
    }

    /// Passed over where there are [`REASONS`] already.
    pub fn reason(&mut self, code: &str, args: &[(&str, &str)]) {
        if self.reasons.len() < REASONS {
            self.reasons.push(Reason::new(code, args));
        }
    }

    pub fn asked(&mut self, how: How, text: impl Into<String>, number: u64) {
        self.asked_for(&[], how, text, number);
    }

    /// The question whose number these facts are, or are a part of. One that gave nothing is passed over where another tells of the same facts.
    pub fn asked_for(&mut self, facts: &[&str], how: How, text: impl Into<String>, number: u64) {
        let is_told = |asked: &[Asked], fact: &str| asked.iter().any(|one| one.facts.iter().any(|told| told == fact));
        if !facts.is_empty() {
            if number == 0 && facts.iter().all(|fact| is_told(&self.asked, fact)) {
                return;
            }
            let told_now =
                |one: &Asked| one.number == 0 && !one.facts.is_empty() && one.facts.iter().all(|fact| facts.contains(&fact.as_str()));
            self.asked.retain(|one| number == 0 || !told_now(one));
        }
        self.asked.push(Asked { how, text: text.into(), number, facts: facts.iter().map(|fact| (*fact).to_owned()).collect() });
    }

    /// Passed over where there are [`SAMPLES`] already.
    pub fn saw(&mut self, what: impl Into<String>, at: impl Into<String>) {
        if self.sample.len() < SAMPLES {
            self.sample.push(Sample { what: what.into(), at: at.into() });
        }
    }
}

impl Reason {
    /// In the reader's language. One without words is told as it is written.
    #[must_use]
    pub fn say(&self, lang: Lang) -> String {
        let code = self.code.as_str();
        let args: Vec<(&str, &str)> = self.args.iter().map(|(name, value)| (name.as_str(), in_one(value, lang))).collect();
        let words = text(lang, &format!("reason-{code}"), &args);
        if !words.starts_with('‹') {
            return words;
        }
        std::iter::once(code).chain(args.iter().map(|(_, value)| *value)).collect::<Vec<_>>().join(" ")
    }

    #[must_use]
    pub fn new(code: &str, args: &[(&str, &str)]) -> Self {
        Self { code: code.to_owned(), args: args.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect() }
    }
}

/// The words of one language, where an argument has both.
fn in_one(value: &str, lang: Lang) -> &str {
    match (value.split_once(BETWEEN), lang) {
        (Some((zh, _)), Lang::Zh) => zh,
        (Some((_, en)), Lang::En) => en,
        (None, _) => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_speaks_one_language() {
        let kind = format!("投诉举报{BETWEEN}Complaint");
        let reason = Reason::new("reg-none", &[("kind", &kind)]);
        assert!(reason.say(Lang::Zh).contains("投诉举报") && !reason.say(Lang::Zh).contains("Complaint"));
        assert!(reason.say(Lang::En).contains("Complaint") && !reason.say(Lang::En).contains('投'));
    }
}
