//! The duties as rows: failing first, then at risk, what is unknown, and last what is met.

use std::collections::BTreeMap;

use anlan_assure::assess::State;
use anlan_base::text::Lang;
use anlan_base::{Day, Instant};
use anlan_law::duty::{Duty, Why};

use crate::compliance::book::Law;
use crate::compliance::stand::{Stand, Stands};
use crate::compliance::{Bar, bar, cites, first_day};
use crate::page::ago;

pub(super) struct Row {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) cites: String,
    pub(super) state: (&'static str, &'static str),
    pub(super) computed: bool,
    pub(super) stale: bool,
    pub(super) why: String,
    /// None where it was never measured: an empty bar says nothing.
    pub(super) bar: Option<Bar>,
    /// How long ago it was measured.
    pub(super) age: String,
}

/// Rows by state, each in the order of the packs.
#[derive(Default)]
pub(super) struct Grid {
    /// Failing, then at risk.
    pub(super) pressing: Vec<Row>,
    /// Unknown, though it can be measured or attested.
    pub(super) unknown: Vec<Row>,
    /// Unknown, for this program cannot measure it yet.
    pub(super) unbuilt: Vec<Row>,
    pub(super) met: Vec<Row>,
}

impl Grid {
    pub(super) fn unknown_count(&self) -> usize {
        self.unknown.len() + self.unbuilt.len()
    }
}

pub(super) fn grid(
    law: &Law,
    lang: Lang,
    stands: &Stands,
    days: &BTreeMap<String, BTreeMap<Day, State>>,
    now: Instant,
    names: bool,
) -> Grid {
    let today = Day::of(now);
    let sides = law.sides(today);
    let drawn = |duty: &Duty, stand: &Stand<'_>| {
        let of_duty = days.get(&duty.id).filter(|days| !days.is_empty());
        Row {
            id: duty.id.clone(),
            title: duty.title.show(lang).to_owned(),
            cites: cites(law, lang, sides.first(), duty),
            state: stand.mark(),
            computed: stand.computed,
            stale: stand.stale,
            why: stand.sentence(lang, duty, names),
            bar: of_duty.map(|of_duty| bar(lang, Some(of_duty), first_day(today), today)),
            age: stand.verdict.map_or_else(String::new, |verdict| ago(lang, now.since(verdict.at))),
        }
    };
    let mut grid = Grid::default();
    let mut at_risk = Vec::new();
    for duty in &law.book.duties {
        let stand = stands.of(duty);
        let row = drawn(duty, &stand);
        match stand.state {
            State::Failing => grid.pressing.push(row),
            State::AtRisk => at_risk.push(row),
            State::Unknown if stand.why == Some(Why::NotBuilt) => grid.unbuilt.push(row),
            State::Unknown => grid.unknown.push(row),
            State::Met => grid.met.push(row),
        }
    }
    grid.pressing.append(&mut at_risk);
    grid
}
