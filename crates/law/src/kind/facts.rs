//! What conditions see of a record.
//!
//! Invariant: a text that is not filled is empty and a yes-or-no that is not filled is no; a number that is not filled is missing, so that
//! a condition over it is not decided, and never met.

use std::collections::BTreeMap;

use super::{Field, Kind, Move, Shape};
use crate::condition::{Fact, Facts};

impl Kind {
    /// The facts of a record's canonical values. What is not there is not filled.
    #[must_use]
    pub fn facts(&self, values: &BTreeMap<String, String>) -> Facts {
        let fact = |field: &Field| {
            let value = values.get(&field.name).map_or("", String::as_str);
            Some(match &field.shape {
                Shape::Number { .. } => Fact::Int(value.parse().ok()?),
                Shape::Yes => Fact::Bool(value == "yes"),
                _ => Fact::Text(value.to_owned()),
            })
        };
        self.fields.iter().filter_map(|field| Some((field.name.clone(), fact(field)?))).collect()
    }
}

impl Field {
    /// Whether it must be filled. A condition that is not decided asks for nothing.
    #[must_use]
    pub fn is_required(&self, facts: &Facts) -> bool {
        self.required || self.required_when.as_ref().is_some_and(|condition| condition.holds(facts) == Ok(true))
    }
}

impl Move {
    /// Whether its condition holds; a move without one can always be made. A condition that is not decided does not hold.
    #[must_use]
    pub fn applies(&self, facts: &Facts) -> bool {
        self.when.as_ref().is_none_or(|condition| condition.holds(facts) == Ok(true))
    }
}
