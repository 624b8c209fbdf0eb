//! Conditions of a list (`where=late:review`) in words, each with a link to the list without it.
//!
//! Invariant: each condition of the address is said on the page: nobody reads a part of a register as the whole.

use anlan_base::text::{Lang, text};
use anlan_law::kind::{Kind, Shape};
use anlan_ledger::engine::People;
use anlan_ledger::records::{Condition, Test, What};

use super::form::say;
use super::words;
use crate::address::encode;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::grouped;

/// Its name in an address.
pub(crate) const NAME: &str = "where";
/// Numbers of records that a sentence names.
const SAID: usize = 3;

/// What a list is narrowed by.
pub(crate) struct Narrowed {
    /// Each condition, and the list without it.
    pub(crate) by: Vec<(String, String)>,
    /// The list without any.
    pub(crate) all: String,
    /// How many fit; empty where the search did not come to the end.
    pub(crate) total: String,
}

pub(crate) fn conditions(pairs: &Pairs) -> Result<Vec<Condition>, Failure> {
    let written = pairs.0.iter().filter(|(name, value)| name == NAME && !value.is_empty());
    Ok(written.map(|(_, value)| value.parse()).collect::<Result<_, anlan_ledger::LedgerError>>()?)
}

pub(crate) fn shown(kind: &Kind, pairs: &Pairs, conditions: &[Condition], total: Option<u64>, people: &dyn People, lang: Lang) -> Narrowed {
    let without = |gone: Option<&str>| {
        let kept = pairs.0.iter().filter(|(name, value)| {
            !value.is_empty() && name != "after" && name != "told" && !(name == NAME && gone.is_none_or(|gone| gone == value))
        });
        let kept: Vec<String> = kept.map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        let base = format!("/records/{}", kind.id);
        if kept.is_empty() { base } else { format!("{base}?{}", kept.join("&")) }
    };
    let by = conditions.iter().map(|condition| {
        let tests: Vec<String> = condition.tests.iter().map(|test| said(test, kind, people, lang)).collect();
        (tests.join(&text(lang, "where-or", &[])), without(Some(&condition.to_string())))
    });
    Narrowed {
        by: by.collect(),
        all: without(None),
        total: total
            .filter(|_| !conditions.is_empty())
            .map_or_else(String::new, |total| text(lang, "where-total", &[("n", &grouped(total))])),
    }
}

/// One test in words.
fn said(test: &Test, kind: &Kind, people: &dyn People, lang: Lang) -> String {
    let field = |name: &str| kind.field(name).map_or_else(|| name.to_owned(), |field| say(&field.title, lang).to_owned());
    let clock = |name: &str| words::clock(kind, name, lang).to_owned();
    let value = |name: &str, written: &str| match kind.field(name).map(|field| &field.shape) {
        Some(Shape::Text { .. } | Shape::Number { .. }) | None => written.to_owned(),
        Some(_) => kind.field(name).map_or_else(String::new, |field| words::value(field, written, people, lang)),
    };
    let list = |names: Vec<String>| names.join(&text(lang, "where-list", &[]));
    let named = |names: &[String], title: &dyn Fn(&str) -> String| list(names.iter().map(|name| title(name)).collect());
    let state = |name: &str| kind.state(name).map_or_else(|| name.to_owned(), |state| say(&state.title, lang).to_owned());
    let a_move = |name: &str| kind.a_move(name).map_or_else(|| name.to_owned(), |one| say(&one.title, lang).to_owned());
    let series = |name: &str| {
        kind.series.iter().find(|one| one.name == name).map_or_else(|| name.to_owned(), |one| say(&one.title, lang).to_owned())
    };
    let (key, what, than) = match &test.what {
        What::In(states) => ("in", named(states, &state), String::new()),
        What::Has(name) => ("has", field(name), String::new()),
        What::Is(name, values) => ("is", field(name), named(values, &|written| value(name, written))),
        What::Clock(is, name) => (is.id(), clock(name), String::new()),
        What::Past(name) => ("past", field(name), String::new()),
        What::Future(name) => ("future", field(name), String::new()),
        What::From(name, day) => ("from", field(name), day.to_string()),
        What::Under(name, number) => ("under", field(name), number.to_string()),
        What::Gone(name) => ("gone", field(name), String::new()),
        What::Covers(name, unit) => ("covers", field(name), words::unit(people, *unit)),
        What::Made(moves) => ("made", named(moves, &a_move), String::new()),
        What::Alone(moves) => ("alone", named(moves, &a_move), String::new()),
        What::Series(names) => ("series", named(names, &series), String::new()),
        What::Since(at) => ("since", words::moment(*at), String::new()),
        What::Number(numbers) => {
            let few: Vec<String> = numbers.iter().take(SAID).cloned().collect();
            let key = if numbers.len() > SAID { "numbers" } else { "number" };
            (key, list(few), numbers.len().to_string())
        }
    };
    let plain = text(lang, &format!("where-{key}"), &[("what", &what), ("than", &than)]);
    if test.turned { text(lang, "where-not", &[("what", &plain)]) } else { plain }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may")]
mod tests {
    use anlan_law::kind::Role;
    use anlan_ledger::engine::{Person, PersonId, Rights, Unit, UnitId};

    use super::*;

    struct Nobody;

    impl People for Nobody {
        fn unit(&self, _: UnitId) -> Option<&Unit> {
            None
        }

        fn person(&self, _: PersonId) -> Option<&Person> {
            None
        }

        fn with_role(&self, _: Role, _: UnitId) -> Vec<PersonId> {
            Vec::new()
        }

        fn stands_in(&self, _: PersonId) -> Option<PersonId> {
            None
        }

        fn rights(&self, _: PersonId) -> Rights {
            Rights::default()
        }
    }

    #[test]
    fn every_condition_has_its_words() {
        let book = anlan_law::pack::Lawbook::shipped(&["cn"]).unwrap();
        let kinds = book.kinds();
        let hazard = kinds.get("hazard").unwrap();
        for written in [
            "in:fixing,assigned",
            "has:proof",
            "is:handling=planned",
            "late:planned",
            "missed:planned",
            "soon:planned",
            "intime:planned",
            "running:planned",
            "stopped:planned",
            "started:planned",
            "past:deadline",
            "future:deadline",
            "from:deadline=2026-09-01",
            "under:title=2",
            "gone:watcher",
            "covers:watcher=u1",
            "made:fix",
            "alone:fix",
            "series:monthly",
            "since:2026-09-01T09:00:00",
            "number:YH-2026-0001",
            "number:YH-2026-0001,YH-2026-0002,YH-2026-0003,YH-2026-0004",
            "!has:proof",
        ] {
            let condition: Condition = written.parse().unwrap();
            for lang in [Lang::Zh, Lang::En] {
                let words = said(&condition.tests[0], hazard, &Nobody, lang);
                assert!(!words.is_empty() && !words.contains('‹') && !words.contains("{$"), "{written}: {words}");
            }
        }
    }
}
