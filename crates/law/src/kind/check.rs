//! What must hold inside one kind: names lead somewhere, fields fit where they stand, somebody may make each move, records come to an end.

use std::collections::BTreeSet;

use super::graph::Graph;
use super::moves::{OPEN, OPENER};
use super::read::{Draft, Named, shown};
use super::tree::{Step, Then as _, at};
use super::{Eyes, Field, Move, Setting, Shape, Who, forms};
use crate::fault::Fault;

/// Types that a column of a list can show.
const LISTABLE: &str = "text, number, choice, date, time, yes, person, people, unit, units, source, asset, link";

/// Where somebody is named.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Sees,
    Opens,
    Makes,
    Holds,
    Told,
}

/// All faults of one kind that can be told without the others. `systems` are the rows that are known, where they are.
pub(super) fn check(draft: &Draft<'_>, systems: Option<&BTreeSet<String>>) {
    let check = Check { draft };
    check.names();
    if !draft.whole {
        return;
    }
    check.head(systems);
    check.fields();
    check.states();
    for (index, a_move) in draft.kind.moves.iter().enumerate() {
        check.a_move(draft.at.moves.get(index).copied().unwrap_or(index), a_move);
    }
    check.forms();
    check.fanout();
}

pub(super) struct Check<'d, 'a> {
    pub draft: &'d Draft<'a>,
}

impl Check<'_, '_> {
    pub fn push(&self, way: &[Step], code: &'static str) {
        self.draft.tree.push(self.draft.tree.fault(way, code));
    }

    fn fault(&self, way: &[Step], code: &'static str) -> Fault {
        self.draft.tree.fault(way, code)
    }

    fn tell(&self, fault: Fault) {
        self.draft.tree.push(fault);
    }

    fn names(&self) {
        let (kind, at) = (&self.draft.kind, &self.draft.at);
        let mut none = BTreeSet::new();
        self.twice("field", &kind.fields, &at.fields, &mut none);
        self.twice("state", &kind.states, &at.states, &mut BTreeSet::new());
        self.twice("move", &kind.moves, &at.moves, &mut BTreeSet::new());
        let mut clocks = BTreeSet::new();
        self.twice("clock", &kind.clocks, &at.clocks, &mut clocks);
        self.twice("series", &kind.series, &at.series, &mut clocks);
        self.twice("print", &kind.print, &at.print, &mut BTreeSet::new());
        for (index, a_move) in kind.moves.iter().enumerate().filter(|(_, a_move)| [OPEN, OPENER].contains(&a_move.name.as_str())) {
            let way = at!["move", at.moves.get(index).copied().unwrap_or(index), "name"];
            self.tell(self.fault(way, "kind-reserved").with("name", shown(&a_move.name)));
        }
        for (index, clock) in kind.clocks.iter().enumerate().filter(|(_, clock)| clock.name == "series" && !kind.series.is_empty()) {
            let way = at!["clock", at.clocks.get(index).copied().unwrap_or(index), "name"];
            self.tell(self.fault(way, "kind-reserved").with("name", clock.name.as_str()));
        }
    }

    fn twice<'k, T: Named>(&self, array: &str, parts: &'k [T], at: &[usize], seen: &mut BTreeSet<&'k str>) {
        for (part, index) in parts.iter().zip(at) {
            if !part.name().is_empty() && !seen.insert(part.name()) {
                let way = at![array, *index, "name"];
                self.tell(self.fault(way, "kind-twice").with("name", shown(part.name())));
            }
        }
    }

    fn head(&self, systems: Option<&BTreeSet<String>>) {
        let kind = &self.draft.kind;
        let text = |field: &Field| matches!(field.shape, Shape::Text { .. });
        self.field(at!["title_field"], &kind.title_field, "text", &text);
        self.open_field(at!["title_field"], &kind.title_field);
        for (index, name) in kind.list.iter().enumerate() {
            let way = at!["list", index];
            self.field(way, name, LISTABLE, &|field| !matches!(field.shape, Shape::Table { .. } | Shape::Attachment { .. }));
            self.open_field(way, name);
        }
        self.once(&kind.list, at!["list"]);
        for (index, name) in kind.asks.iter().enumerate() {
            self.field(at!["asks", index], name, "", &|_| true);
        }
        self.once(&kind.asks, at!["asks"]);
        self.once(&kind.systems, at!["systems"]);
        if let Some(systems) = systems {
            for (index, id) in kind.systems.iter().enumerate().filter(|(_, id)| !id.is_empty() && !systems.contains(*id)) {
                self.tell(self.fault(at!["systems", index], "kind-system").with("found", shown(id)));
            }
        }
        self.people(at!["sees"], &kind.sees, Use::Sees);
        self.people(at!["opens"], &kind.opens, Use::Opens);
    }

    fn fields(&self) {
        let mut filters = 0;
        for (index, field) in self.draft.kind.fields.iter().enumerate() {
            let place = self.draft.at.fields.get(index).copied().unwrap_or(index);
            let is_vague = self.draft.vague.contains(&field.name);
            if field.name == "owner" && !is_vague && field.shape != Shape::Person {
                self.push(at!["field", place, "type"], "kind-owner-type");
            }
            if !field.filter {
                continue;
            }
            let way = at!["field", place, "filter"];
            filters += 1;
            if filters > super::limits::FILTERS {
                self.tell(self.fault(way, "kind-many").with("limit", super::limits::FILTERS.to_string()));
            }
            if !is_vague && !matches!(field.shape, Shape::Choice { .. } | Shape::Person | Shape::Unit | Shape::Link { .. }) {
                let wanted = "choice, person, unit, link";
                self.tell(
                    self.fault(way, "kind-unfit").with("found", shown(&field.name)).with("type", field.shape.id()).with("wanted", wanted),
                );
            }
            self.open_field(way, &field.name);
        }
    }

    fn states(&self) {
        let kind = &self.draft.kind;
        let graph = Graph::of(kind);
        let is_known = graph.is_known();
        let (reached, ending) = (graph.reached(), graph.leads_to(graph.ends()));
        if graph.ends().is_empty() && !kind.states.is_empty() {
            self.push(at!["state"], "kind-no-end");
        }
        for (index, state) in kind.states.iter().enumerate() {
            let place = self.draft.at.states.get(index).copied().unwrap_or(index);
            let way = at!["state", place, "name"];
            self.people(at!["state", place, "holder"], &state.holder, Use::Holds);
            if !is_known {
                continue;
            }
            if !reached.contains(state.name.as_str()) {
                self.push(way, "kind-state-unreached");
            } else if !state.ends && !graph.can_be_left(&state.name) {
                self.push(way, "kind-state-stuck");
            } else if !graph.ends().is_empty() && !ending.contains(state.name.as_str()) {
                self.push(way, "kind-state-endless");
            }
        }
    }

    fn a_move(&self, place: usize, a_move: &Move) {
        let way = |key: &str| at!["move", place, key].to_vec();
        if a_move.from.is_empty() && self.draft.tree.is_there(&way("from")) {
            self.push(&way("from"), "kind-list-empty");
        }
        for (index, state) in a_move.from.iter().enumerate() {
            self.state(&way("from").then(index), state);
        }
        self.once(&a_move.from, &way("from"));
        if let Some(to) = &a_move.to {
            self.state(&way("to"), to);
        }
        self.people(&way("who"), &a_move.who, Use::Makes);
        self.makers(place, a_move);
        for (key, names) in [("needs", &a_move.needs), ("asks", &a_move.asks)] {
            for (index, name) in names.iter().enumerate() {
                self.field(&way(key).then(index), name, "", &|_| true);
            }
            self.once(names, &way(key));
        }
        for (index, name) in a_move.asks.iter().enumerate().filter(|(_, name)| a_move.needs.contains(name)) {
            self.tell(self.fault(&way("asks").then(index), "kind-twice").with("name", shown(name)));
        }
        for (index, name) in a_move.other_than.iter().enumerate().filter(|(_, name)| *name != OPEN) {
            self.a_move_named(&way("other_than").then(index), name, &format!(", {OPENER}"));
        }
        self.once(&a_move.other_than, &way("other_than"));
        for (field, setting) in &a_move.sets {
            self.setting(&way("sets").then(field.as_str()), field, setting);
        }
        if let Some(ask) = &a_move.asks_people {
            let people = |field: &Field| matches!(field.shape, Shape::People { .. });
            self.field(&way("asks_people").then("field"), &ask.field, "people", &people);
        }
    }

    /// Somebody may make the move, and a second person approve it.
    fn makers(&self, place: usize, a_move: &Move) {
        let way = at!["move", place, "who"];
        if a_move.who.is_empty() {
            if self.draft.tree.is_there(way) {
                self.push(way, "kind-move-nobody");
            }
            return;
        }
        let by = match &a_move.eyes {
            Eyes::Two => None,
            Eyes::Four { by } => Some(by),
        };
        if let Some(by) = by {
            let way = if self.draft.tree.is_there(at!["move", place, "by"]) { "by" } else { "second" };
            if way == "by" {
                self.people(at!["move", place, "by"], by, Use::Makes);
            }
            let all: BTreeSet<&Who> = a_move.who.iter().chain(by).collect();
            if all.len() == 1 && all.iter().all(|who| self.is_one_person(who)) {
                self.push(at!["move", place, way], "kind-move-second");
            }
        }
        if !a_move.other_than.is_empty() && (self.all_excluded(a_move, &a_move.who) || by.is_some_and(|by| self.all_excluded(a_move, by))) {
            self.push(at!["move", place, "other_than"], "kind-move-other");
        }
    }

    /// Whether each of these is one person, and that person was excluded.
    fn all_excluded(&self, a_move: &Move, people: &[Who]) -> bool {
        let makers = |name: &String| match name.as_str() {
            OPEN => vec![Who::Opener],
            _ => self.draft.kind.a_move(name).map(|other| other.who.clone()).unwrap_or_default(),
        };
        let excluded: Vec<Vec<Who>> = a_move.other_than.iter().map(makers).collect();
        let is_excluded = |who: &Who| self.is_one_person(who) && excluded.iter().any(|makers| makers.as_slice() == [who.clone()]);
        people.iter().all(is_excluded)
    }

    /// A relation that names one person, not several.
    fn is_one_person(&self, who: &Who) -> bool {
        match who {
            Who::Opener | Who::Owner | Who::Holder => true,
            Who::Field(name) => self.draft.kind.field(name).is_some_and(|field| field.shape == Shape::Person),
            Who::Role(_) | Who::Above(_) => false,
        }
    }

    pub fn people(&self, way: &[Step], people: &[Who], for_what: Use) {
        for who in people {
            // The index in the file may differ where one before could not be read: the list's line is near enough then.
            match who {
                Who::Owner if for_what != Use::Opens && self.draft.kind.field("owner").is_none() => self.push(way, "kind-owner-missing"),
                Who::Field(name) if for_what != Use::Opens => {
                    let wanted = if for_what == Use::Holds { "person" } else { "person, people" };
                    let fits = |field: &Field| match field.shape {
                        Shape::Person => true,
                        Shape::People { .. } => for_what != Use::Holds,
                        _ => false,
                    };
                    self.field(way, name, wanted, &fits);
                }
                Who::Opener | Who::Owner | Who::Holder | Who::Field(_) if for_what == Use::Opens => self.push(way, "kind-opens-relation"),
                Who::Holder if for_what == Use::Holds => self.push(way, "kind-holder-holds"),
                Who::Role(super::Role::Inspector) | Who::Above(super::Role::Inspector) if for_what != Use::Sees => {
                    self.push(way, "kind-role-reads");
                }
                _ => {}
            }
        }
    }

    /// The field is there and fits; `wanted` are the types that would.
    pub fn field(&self, way: &[Step], name: &str, wanted: &str, fits: &dyn Fn(&Field) -> bool) {
        if name.is_empty() || self.draft.vague.contains(name) {
            return;
        }
        match self.draft.kind.field(name) {
            None => {
                let known: Vec<&str> = self.draft.kind.fields.iter().map(|field| field.name.as_str()).collect();
                self.tell(self.fault(way, "kind-no-field").with("found", shown(name)).with("known", known.join(", ")));
            }
            Some(field) if !fits(field) => {
                let fault = self.fault(way, "kind-unfit").with("found", shown(name)).with("type", field.shape.id());
                self.tell(fault.with("wanted", wanted));
            }
            Some(_) => {}
        }
    }

    /// What everybody who sees the list would see is not sealed.
    fn open_field(&self, way: &[Step], name: &str) {
        if self.draft.kind.field(name).is_some_and(|field| !field.sealed.is_empty()) {
            self.tell(self.fault(way, "kind-sealed").with("found", shown(name)));
        }
    }

    fn state(&self, way: &[Step], name: &str) {
        if !name.is_empty() && self.draft.kind.state(name).is_none() {
            let known: Vec<&str> = self.draft.kind.states.iter().map(|state| state.name.as_str()).collect();
            self.tell(self.fault(way, "kind-no-state").with("found", shown(name)).with("known", known.join(", ")));
        }
    }

    /// The move is there; `also` are other words that could stand there.
    pub fn a_move_named(&self, way: &[Step], name: &str, also: &str) {
        if !name.is_empty() && self.draft.kind.a_move(name).is_none() {
            let known: Vec<&str> = self.draft.kind.moves.iter().map(|a_move| a_move.name.as_str()).collect();
            let known = format!("{}{also}", known.join(", "));
            self.tell(self.fault(way, "kind-no-move").with("found", shown(name)).with("known", known));
        }
    }

    /// No name stands twice in a list.
    pub fn once(&self, names: &[String], way: &[Step]) {
        let mut seen = BTreeSet::new();
        for (index, name) in names.iter().enumerate() {
            if !name.is_empty() && !seen.insert(name) {
                self.tell(self.fault(&way.to_vec().then(index), "kind-twice").with("name", shown(name)));
            }
        }
    }

    fn setting(&self, way: &[Step], name: &str, setting: &Setting) {
        let (wanted, fits): (&str, &dyn Fn(&Field) -> bool) = match setting {
            Setting::Now => ("time", &|field| field.shape == Shape::Time),
            Setting::Today => ("date", &|field| field.shape == Shape::Date),
            Setting::Actor => ("person", &|field| field.shape == Shape::Person),
            Setting::Checkpoint => ("text, lines = 2…", &|field| matches!(field.shape, Shape::Text { lines: 2.., .. })),
            Setting::Text(_) => ("text, number, choice, date, time, yes", &|field| {
                matches!(
                    field.shape,
                    Shape::Text { .. } | Shape::Number { .. } | Shape::Choice { .. } | Shape::Date | Shape::Time | Shape::Yes
                )
            }),
        };
        self.field(way, name, wanted, fits);
        let Some(field) = self.draft.kind.field(name).filter(|field| fits(field) && !self.draft.vague.contains(name)) else { return };
        if let Setting::Text(text) = setting
            && field.shape.canonical(text).as_deref() != Ok(text.as_str())
        {
            self.tell(self.fault(way, "kind-setting-value").with("found", shown(text)).with("type", field.shape.id()));
        }
    }

    fn forms(&self) {
        for (index, form) in self.draft.kind.print.iter().enumerate() {
            let place = self.draft.at.print.get(index).copied().unwrap_or(index);
            match &form.of {
                super::PrintOf::Record { rows } => {
                    for (line, row) in rows.iter().enumerate() {
                        for (column, name) in row.iter().enumerate() {
                            self.printed(at!["print", place, "rows", line, column], name, &forms::SHOWN);
                        }
                    }
                }
                super::PrintOf::List { columns } => {
                    for (column, name) in columns.iter().enumerate() {
                        let way = at!["print", place, "columns", column];
                        self.printed(way, name, &forms::SHOWN_IN_LISTS);
                        self.open_field(way, name);
                    }
                }
            }
        }
    }

    fn printed(&self, way: &[Step], name: &str, shows: &[&str]) {
        if !name.starts_with('@') {
            self.field(way, name, "", &|_| true);
        } else if !shows.contains(&name) {
            self.tell(self.fault(way, "kind-word").with("found", shown(name)).with("known", shows.join(", ")));
        }
    }

    fn fanout(&self) {
        let Some(fanout) = &self.draft.kind.fanout else { return };
        self.a_move_named(at!["fanout", "move"], &fanout.on, "");
        let units = |field: &Field| matches!(field.shape, Shape::Units { .. });
        self.field(at!["fanout", "units"], &fanout.units, "units", &units);
    }
}
