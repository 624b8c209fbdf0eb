//! The bar of a duty's days: one cell for each Beijing day, the worst state of the day.
//!
//! Invariant: a day without a measurement is an empty cell, never a good one.

use std::collections::BTreeMap;
use std::fmt::Write;

use anlan_assure::assess::State;
use anlan_base::Day;
use anlan_base::text::{Lang, text};

use super::stand;
use crate::period::months_back;

/// Calendar months that a bar shows.
const MONTHS: u32 = 6;
/// Width of a cell and its gap; the stylesheet's dashes cut the strokes into cells.
const CELL: u32 = 3;

pub(crate) struct Bar {
    pub(crate) width: u32,
    /// Class and strokes: a run of equal days is one.
    pub(crate) strokes: Vec<(&'static str, String)>,
    /// The same in words.
    pub(crate) label: String,
}

/// The oldest day of a bar: with today it makes whole months.
pub(crate) fn first_day(today: Day) -> Day {
    months_back(today, MONTHS).next()
}

pub(crate) fn bar(lang: Lang, days: Option<&BTreeMap<Day, State>>, from: Day, today: Day) -> Bar {
    let mut bar = Bar { width: 0, strokes: Vec::new(), label: String::new() };
    let mut counts: BTreeMap<Option<State>, u32> = BTreeMap::new();
    let mut run: Option<(Option<State>, u32)> = None;
    for day in from.0..=today.0 {
        let state = days.and_then(|days| days.get(&Day(day))).copied();
        *counts.entry(state).or_default() += 1;
        if run.is_none_or(|(of, _)| of != state) {
            bar.stroke(run, bar.width);
            run = Some((state, bar.width));
        }
        bar.width += CELL;
    }
    bar.stroke(run, bar.width);
    bar.label = label(lang, bar.width / CELL, &counts);
    bar
}

impl Bar {
    fn stroke(&mut self, run: Option<(Option<State>, u32)>, to: u32) {
        let Some((state, from)) = run else { return };
        let class = state.map_or("none", |state| stand::mark(state).0);
        let at = self.strokes.iter().position(|(of, _)| *of == class).unwrap_or_else(|| {
            self.strokes.push((class, String::new()));
            self.strokes.len() - 1
        });
        if let Some((_, path)) = self.strokes.get_mut(at) {
            let _ = write!(path, "M{from} 9H{to}");
        }
    }
}

fn label(lang: Lang, days: u32, counts: &BTreeMap<Option<State>, u32>) -> String {
    let worst_first = [Some(State::Failing), Some(State::Unknown), Some(State::AtRisk), Some(State::Met), None];
    let parts = worst_first.iter().filter_map(|state| Some((state, counts.get(state)?))).map(|(state, n)| {
        let word = text(lang, state.map_or("bar-none", |state| stand::mark(state).1), &[]);
        text(lang, "bar-part", &[("state", &word), ("n", &n.to_string())])
    });
    let parts = parts.collect::<Vec<_>>().join(&text(lang, "list-comma", &[]));
    text(lang, "bar-label", &[("days", &days.to_string()), ("parts", &parts)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_is_a_cell_and_a_missing_one_is_empty() {
        let days = BTreeMap::from([(Day(101), State::Met), (Day(102), State::Met), (Day(103), State::Failing), (Day(105), State::AtRisk)]);
        let bar = bar(Lang::Zh, Some(&days), Day(100), Day(106));
        let strokes: Vec<(&str, &str)> = bar.strokes.iter().map(|(class, path)| (*class, path.as_str())).collect();
        assert_eq!(bar.width, 21);
        assert_eq!(strokes, [("none", "M0 9H3M12 9H15M18 9H21"), ("met", "M3 9H9"), ("fail", "M9 9H12"), ("risk", "M15 9H18")]);
        assert_eq!(bar.label, "近 7 日：有差距 1 日、临期 1 日、自查符合 2 日、未测量 3 日");
    }

    #[test]
    fn half_a_year_of_changes_stays_small() {
        let states = [State::Met, State::Failing, State::AtRisk, State::Unknown];
        let days = (0..184_u32).map(|day| (Day(day), states[day as usize % 4])).collect();
        let bar = bar(Lang::En, Some(&days), Day(0), Day(183));
        assert!(bar.strokes.iter().map(|(_, path)| path.len()).sum::<usize>() < 2600);
        assert_eq!(super::bar(Lang::En, None, Day(0), Day(183)).strokes.len(), 1);
    }
}
