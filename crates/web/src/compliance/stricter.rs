//! Terms of several packs on one subject, beside a duty: the strictest is marked, the others are shown.

use std::collections::BTreeSet;

use anlan_base::text::{Lang, text};
use anlan_law::duty::{Basis, Duty};
use anlan_law::term::{Sense, Term, Value, applies, effective};

use super::book::{Law, Sure};
use super::words::span;
use crate::page::grouped;

/// A term as it is shown.
pub(super) struct TermRow {
    pub(super) what: String,
    pub(super) value: String,
    pub(super) pack: String,
    /// No other term on its subject is stricter.
    pub(super) wins: bool,
    /// The stricter term that applies instead.
    pub(super) covered: String,
    pub(super) source: String,
    pub(super) sure: Sure,
}

fn value(lang: Lang, sense: Sense, value: Value) -> String {
    let words = match value {
        Value::Length(length) => span(lang, length),
        Value::Count(number) => grouped(number.into()),
    };
    let key = match sense {
        Sense::AtLeast => "duty-at-least",
        Sense::AtMost => "duty-at-most",
    };
    text(lang, key, &[("value", &words)])
}

/// The terms on a duty's subjects and on narrower ones, those that win first; nothing where there is one alone.
pub(super) fn stricter(law: &Law, lang: Lang, duty: &Duty) -> Vec<TermRow> {
    let own: BTreeSet<(&str, Sense)> =
        law.book.terms.iter().filter(|term| is_of(term, duty)).map(|term| (term.subject.as_str(), term.sense)).collect();
    let concerns = |term: &&Term| own.iter().any(|(wide, sense)| *sense == term.sense && applies(wide, &term.subject));
    let mut rows: Vec<TermRow> = law.book.terms.iter().filter(concerns).map(|term| row(law, lang, term)).collect();
    rows.sort_by_key(|row| !row.wins);
    if rows.len() > 1 { rows } else { Vec::new() }
}

/// A term belongs to a duty where it stands on the same place or on the same rule.
fn is_of(term: &Term, duty: &Duty) -> bool {
    let same_place = term.cites.iter().any(|(version, places)| duty.places(version).iter().any(|place| places.contains(place)));
    let same_rule = |basis: &Basis| basis.at.is_some() && duty.other.contains(basis);
    same_place || term.other.iter().any(same_rule)
}

fn row(law: &Law, lang: Lang, term: &Term) -> TermRow {
    let strictest = effective(&law.book.terms, &term.subject, term.sense).map_or(term.value, |found| found.value);
    let wins = strictest == term.value;
    TermRow {
        what: term.what.show(lang).to_owned(),
        value: value(lang, term.sense, term.value),
        pack: law.pack_title(lang, &term.pack),
        wins,
        covered: if wins { String::new() } else { value(lang, term.sense, strictest) },
        source: term.source.as_ref().map_or_else(String::new, |quoted| quoted.system.clone()),
        sure: Sure::of(lang, term.sureness, term.unsure.as_ref()),
    }
}
