//! What forms about people and units let one choose, and what was sent when a form was turned away.

use anlan_law::kind::Role;
use anlan_ledger::Directory;
use anlan_ledger::engine::{People as _, PersonId, Rights, UnitId};

use super::told;
use crate::form::Pairs;
use crate::records::form::Choice;
use crate::records::indented;

/// People that one list offers.
const PEOPLE_OFFERED: usize = 500;

/// A form that was turned away: why, and what was typed, so that it stands there again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sent {
    /// The form's name on its page.
    pub(crate) form: &'static str,
    pub(crate) pairs: Pairs,
    pub(crate) wrong: String,
}

impl Sent {
    pub(crate) fn new(form: &'static str, pairs: &Pairs, wrong: String) -> Self {
        Self { form, pairs: pairs.clone(), wrong }
    }

    pub(crate) fn is(&self, form: &str) -> bool {
        self.form == form
    }

    /// What was typed there, else what is kept.
    pub(crate) fn or(&self, form: &str, name: &str, kept: &str) -> String {
        if self.is(form) { self.pairs.get(name).to_owned() } else { kept.to_owned() }
    }
}

pub(crate) fn choice(id: impl ToString, title: &str) -> Choice {
    Choice { id: id.to_string(), title: title.to_owned(), group: String::new(), chosen: false }
}

pub(crate) fn chosen(mut options: Vec<Choice>, id: &str) -> Vec<Choice> {
    for option in &mut options {
        option.chosen = option.id == id;
    }
    options
}

/// Open units that one of the roles reaches, as a tree.
pub(crate) fn units(directory: &Directory, who: &Rights, roles: &[Role]) -> Vec<Choice> {
    let reached = directory.scope_of(who, roles);
    reached.into_iter().filter_map(|id| directory.unit(id)).map(|unit| choice(unit.id, &indented(unit))).collect()
}

/// People of a unit and of those above it; of their units the nearest first.
pub(crate) fn people_around(directory: &Directory, unit: UnitId, also: Option<PersonId>) -> Vec<Choice> {
    let mut above = Vec::new();
    let mut at = directory.unit(unit);
    while let Some(unit) = at {
        above.push(unit.id);
        at = unit.parent.and_then(|parent| directory.unit(parent));
    }
    let mut found: Vec<(usize, PersonId, Choice)> = Vec::new();
    for row in directory.people().filter(|row| !row.person.left) {
        let place = above.iter().position(|id| *id == row.person.unit).or((also == Some(row.person.id)).then_some(above.len()));
        let Some(place) = place else { continue };
        let group = directory.unit(row.person.unit).map_or_else(String::new, |unit| unit.name.clone());
        found.push((place, row.person.id, Choice { group, ..choice(row.person.id, &row.person.name) }));
    }
    found.sort_by_key(|(place, id, _)| (*place, *id));
    found.into_iter().take(PEOPLE_OFFERED).map(|(_, _, choice)| choice).collect()
}

pub(crate) fn roles(lang: anlan_base::text::Lang, roles: &[Role]) -> Vec<Choice> {
    roles.iter().map(|role| choice(role.id(), &told::role(lang, *role))).collect()
}

/// Choices under their headings, in the order they came.
pub(crate) fn groups(options: &[Choice]) -> Vec<(&str, Vec<&Choice>)> {
    let mut groups: Vec<(&str, Vec<&Choice>)> = Vec::new();
    for choice in options {
        match groups.last_mut().filter(|(name, _)| *name == choice.group) {
            Some((_, list)) => list.push(choice),
            None => groups.push((&choice.group, vec![choice])),
        }
    }
    groups
}
