//! Where a record can get to: which states are reached, from where an end is, what is surely filled on the way.
//!
//! Invariant: every walk visits a state at most once for each field, so that no file takes long.

use std::collections::{BTreeMap, BTreeSet};

use super::moves::OPEN;
use super::{Kind, Move};

/// The moves of a kind as ways between its states.
pub(super) struct Graph<'k> {
    kind: &'k Kind,
    onward: BTreeMap<&'k str, BTreeSet<&'k str>>,
    back: BTreeMap<&'k str, BTreeSet<&'k str>>,
}

impl<'k> Graph<'k> {
    pub fn of(kind: &'k Kind) -> Self {
        let mut graph = Self { kind, onward: BTreeMap::new(), back: BTreeMap::new() };
        for a_move in &kind.moves {
            let Some(to) = a_move.to.as_deref() else { continue };
            for from in &a_move.from {
                graph.onward.entry(from).or_default().insert(to);
                graph.back.entry(to).or_default().insert(from);
            }
        }
        graph
    }

    /// Whether every move leads from states that are there to one that is: else where a record gets to cannot be told.
    pub fn is_known(&self) -> bool {
        let is_there = |name: &String| self.kind.state(name).is_some();
        self.kind.moves.iter().all(|a_move| !a_move.from.is_empty() && a_move.from.iter().all(is_there) && a_move.to.iter().all(is_there))
    }

    fn first(&self) -> Option<&'k str> {
        self.kind.states.first().map(|state| state.name.as_str())
    }

    /// The states that a record comes to, the first included.
    pub fn reached(&self) -> BTreeSet<&'k str> {
        walk(self.first().into_iter().collect(), &self.onward)
    }

    /// The states from which one of these is reached, themselves included.
    pub fn leads_to(&self, states: BTreeSet<&'k str>) -> BTreeSet<&'k str> {
        walk(states, &self.back)
    }

    pub fn ends(&self) -> BTreeSet<&'k str> {
        self.kind.states.iter().filter(|state| state.ends).map(|state| state.name.as_str()).collect()
    }

    /// Whether a move leads out of the state.
    pub fn can_be_left(&self, state: &str) -> bool {
        self.onward.get(state).is_some_and(|to| to.iter().any(|to| *to != state))
    }

    /// The states in which a record is after a move, or after it was opened.
    pub fn after(&self, start: &str) -> Vec<&'k str> {
        if start == OPEN {
            return self.first().into_iter().collect();
        }
        let Some(a_move) = self.kind.a_move(start) else { return Vec::new() };
        match &a_move.to {
            Some(to) => vec![to],
            None => a_move.from.iter().map(String::as_str).collect(),
        }
    }

    /// The states from which one of these moves can be made.
    pub fn before(&self, moves: &[String]) -> BTreeSet<&'k str> {
        let found = self.kind.moves.iter().filter(|a_move| moves.contains(&a_move.name));
        found.flat_map(|a_move| a_move.from.iter().map(String::as_str)).collect()
    }

    /// For each state that is reached the fields that are filled on every way there, seen from the opening form.
    pub fn filled(&self) -> BTreeMap<&'k str, BTreeSet<&'k str>> {
        let mut filled: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let Some(first) = self.first() else { return filled };
        filled.insert(first, self.kind.fields.iter().filter(|field| field.required).map(|field| field.name.as_str()).collect());
        let mut waiting = vec![first];
        while let Some(state) = waiting.pop() {
            let here = filled.get(state).cloned().unwrap_or_default();
            for a_move in self.kind.moves.iter().filter(|a_move| a_move.from.iter().any(|from| from == state)) {
                let Some(to) = a_move.to.as_deref() else { continue };
                let brought: BTreeSet<&str> = here.iter().copied().chain(fills(a_move)).collect();
                let known = filled.get(to);
                let there = known.map_or_else(|| brought.clone(), |known| known.intersection(&brought).copied().collect());
                if known != Some(&there) {
                    filled.insert(to, there);
                    waiting.push(to);
                }
            }
        }
        filled
    }

    /// Whether a field is surely filled once this move was made, or the record opened.
    pub fn is_filled_at(&self, filled: &BTreeMap<&str, BTreeSet<&str>>, start: &str, field: &str) -> bool {
        if start == OPEN {
            return self.kind.field(field).is_some_and(|field| field.required);
        }
        let Some(a_move) = self.kind.a_move(start) else { return true };
        if fills(a_move).any(|name| name == field) {
            return true;
        }
        a_move.from.iter().filter_map(|from| filled.get(from.as_str())).all(|names| names.contains(field))
    }
}

/// The fields that a move fills.
fn fills(a_move: &Move) -> impl Iterator<Item = &str> {
    let sets = a_move.sets.iter().filter(|(_, setting)| !matches!(setting, super::Setting::Text(text) if text.is_empty()));
    a_move.needs.iter().map(String::as_str).chain(sets.map(|(field, _)| field.as_str()))
}

fn walk<'k>(from: BTreeSet<&'k str>, ways: &BTreeMap<&'k str, BTreeSet<&'k str>>) -> BTreeSet<&'k str> {
    let mut seen = from;
    let mut waiting: Vec<&str> = seen.iter().copied().collect();
    while let Some(state) = waiting.pop() {
        for next in ways.get(state).into_iter().flatten() {
            if seen.insert(next) {
                waiting.push(next);
            }
        }
    }
    seen
}
