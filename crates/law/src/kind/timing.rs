//! What must hold of clocks and series: they start, they can be stopped, they have a length (KIND-5).

use std::collections::{BTreeMap, BTreeSet};

use super::check::{Check, Use};
use super::graph::Graph;
use super::moves::OPEN;
use super::read::{Draft, shown};
use super::tree::{Step, Then as _, at};
use super::{Escalation, Field, KindClock, KindTerm, SeriesTerm, Shape};
use crate::clock::{Clock, Clocks, Length, Term};
use crate::condition::{Fact, Facts};

pub(super) fn check(draft: &Draft<'_>, clocks: &Clocks) {
    if !draft.whole {
        return;
    }
    let graph = Graph::of(&draft.kind);
    let filled = graph.filled();
    let timing = Timing { check: Check { draft }, draft, laws: clocks, graph: &graph, filled: &filled };
    for (index, clock) in draft.kind.clocks.iter().enumerate() {
        let place = draft.at.clocks.get(index).copied().unwrap_or(index);
        timing.clock(at!["clock", place], clock);
    }
    for (index, series) in draft.kind.series.iter().enumerate() {
        let way = at!["series", draft.at.series.get(index).copied().unwrap_or(index)].to_vec();
        if let SeriesTerm::Law { clock } = &series.when
            && let Some(law) = timing.law(&way, clock)
            && !matches!(law.term, Term::Recurs(_) | Term::Every { .. })
        {
            timing.push(&way.clone().then("law"), "kind-series-law");
        }
        for (index, name) in series.stop.iter().enumerate() {
            timing.check.a_move_named(&way.clone().then("stop").then(index), name, "");
        }
        timing.check.once(&series.stop, &way.clone().then("stop"));
        timing.escalation(&way, &series.escalate);
    }
}

struct Timing<'d, 'a> {
    check: Check<'d, 'a>,
    draft: &'d Draft<'a>,
    laws: &'d Clocks,
    graph: &'d Graph<'d>,
    /// See [`Graph::filled`].
    filled: &'d BTreeMap<&'d str, BTreeSet<&'d str>>,
}

impl Timing<'_, '_> {
    fn push(&self, way: &[Step], code: &'static str) {
        self.check.push(way, code);
    }

    fn clock(&self, way: &[Step], clock: &KindClock) {
        let to = |key: &str| way.to_vec().then(key);
        self.runs(way, clock);
        for (index, pause) in clock.pauses.iter().enumerate() {
            let inner = to("pauses").then(index);
            self.check.a_move_named(&inner.clone().then("from"), &pause.0, "");
            self.check.a_move_named(&inner.clone().then("until"), &pause.1, "");
            if !self.graph.is_known() {
                continue;
            }
            let until = self.graph.leads_to(self.graph.before(std::slice::from_ref(&pause.1)));
            let named = [&pause.0, &pause.1].into_iter().all(|name| self.draft.kind.a_move(name).is_some());
            if named && self.graph.after(&pause.0).into_iter().any(|state| !until.contains(state)) {
                self.push(&inner, "kind-pause-endless");
            }
        }
        if let Some(own) = &clock.own {
            self.check.field(&to("own"), own, "date", &|field| field.shape == Shape::Date);
        }
        self.escalation(way, &clock.escalate);
        match &clock.term {
            KindTerm::Length { length, .. } => self.numbered(&to("length"), *length, clock),
            KindTerm::Law { clock: id, row } => self.by_law(way, id, row.as_deref(), clock),
            KindTerm::Field { field, at } => {
                let wanted = if at.is_some() { "date" } else { "date, time" };
                let fits = |field: &Field| field.shape == Shape::Date || (at.is_none() && field.shape == Shape::Time);
                self.check.field(&to("field"), field, wanted, &fits);
            }
        }
    }

    /// Every start leaves the record in a state in which the clock runs, and from which it can be stopped.
    fn runs(&self, way: &[Step], clock: &KindClock) {
        let to = |key: &str| way.to_vec().then(key);
        for (key, names) in [("start", &clock.start), ("stop", &clock.stop)] {
            for (index, name) in names.iter().enumerate().filter(|(_, name)| key == "stop" || *name != OPEN) {
                self.check.a_move_named(&to(key).then(index), name, if key == "start" { ", open" } else { "" });
            }
            self.check.once(names, &to(key));
        }
        if clock.start.is_empty() && self.draft.tree.is_there(&to("start")) {
            self.push(&to("start"), "kind-list-empty");
        }
        if !self.graph.is_known() {
            return;
        }
        let ends = self.graph.ends();
        let stops: BTreeSet<&str> = self.graph.before(&clock.stop).union(&ends).copied().collect();
        let stopped = self.graph.leads_to(stops);
        for (index, start) in clock.start.iter().enumerate() {
            let mut after = self.graph.after(start);
            after.retain(|state| self.draft.kind.state(state).is_some());
            if !after.is_empty() && after.iter().all(|state| ends.contains(state)) {
                self.push(&to("start").then(index), "kind-clock-never-runs");
            } else if after.iter().any(|state| !stopped.contains(state)) {
                self.push(&to("start").then(index), "kind-clock-never-stops");
            }
        }
    }

    /// The clock of the law, or a fault that there is none.
    fn law(&self, way: &[Step], id: &str) -> Option<&Clock> {
        let law = self.laws.get(id);
        if law.is_none() && !id.is_empty() {
            let fault = self.draft.tree.fault(&way.to_vec().then("law"), "kind-clock-law");
            self.draft.tree.push(fault.with("found", shown(id)));
        }
        law
    }

    fn by_law(&self, way: &[Step], id: &str, row: Option<&str>, clock: &KindClock) {
        let to = |key: &str| way.to_vec().then(key);
        if let Some(row) = row {
            self.check.field(&to("row"), row, "choice", &|field| matches!(field.shape, Shape::Choice { .. }));
        }
        let Some(law) = self.law(way, id) else { return };
        match (&law.term, row) {
            (Term::Within { length, .. } | Term::Every { length, .. }, None) => self.numbered(&to("law"), *length, clock),
            (Term::On { .. } | Term::Recurs(_), None) => {}
            (Term::Table { rows, .. }, Some(row)) => {
                self.rows(&to("row"), row, rows, clock);
                self.filled(&to("row"), row, clock);
            }
            (Term::Table { .. }, None) => self.push(&to("law"), "kind-clock-row-missing"),
            (Term::Within { .. } | Term::Every { .. } | Term::On { .. } | Term::Recurs(_), Some(_)) => {
                self.push(&to("row"), "kind-clock-row-needless")
            }
            (Term::Ahead { .. } | Term::Keep { .. }, _) => self.push(&to("law"), "kind-clock-law-unfit"),
        }
    }

    /// Every option of the field is a row of the law's table.
    fn rows(&self, way: &[Step], field: &str, rows: &BTreeMap<String, Length>, clock: &KindClock) {
        let Some(Shape::Choice { options }) = self.draft.kind.field(field).map(|field| &field.shape) else { return };
        for option in options.iter().filter(|option| !rows.contains_key(&option.id) && starts_with(clock, field, &option.id)) {
            let known: Vec<&str> = rows.keys().map(String::as_str).collect();
            let fault = self.draft.tree.fault(way, "kind-clock-row").with("found", shown(&option.id));
            self.draft.tree.push(fault.with("known", known.join(", ")));
        }
        let asked = options.iter().filter(|option| starts_with(clock, field, &option.id)).filter_map(|option| rows.get(&option.id));
        if asked.into_iter().any(|length| has_no_number(*length)) && clock.own.is_none() {
            self.push(way, "kind-clock-no-number");
        }
    }

    /// A length without a number needs a day that a person sets.
    fn numbered(&self, way: &[Step], length: Length, clock: &KindClock) {
        if has_no_number(length) && clock.own.is_none() {
            self.push(way, "kind-clock-no-number");
        }
    }

    /// What the clock is counted by is there when it starts.
    fn filled(&self, way: &[Step], field: &str, clock: &KindClock) {
        if self.draft.kind.field(field).is_none() || !starts_with(clock, field, "") {
            return;
        }
        if let Some(start) = clock.start.iter().find(|start| !self.graph.is_filled_at(self.filled, start, field)) {
            let fault = self.draft.tree.fault(way, "kind-clock-unfilled").with("field", shown(field));
            self.draft.tree.push(fault.with("start", shown(start)));
        }
    }

    fn escalation(&self, way: &[Step], steps: &[Escalation]) {
        for (index, step) in steps.iter().enumerate() {
            self.check.people(&way.to_vec().then("escalate").then(index).then("to"), &step.to, Use::Told);
        }
    }
}

/// Whether the clock surely starts where this field, of a type that conditions see as text, has this value.
fn starts_with(clock: &KindClock, field: &str, value: &str) -> bool {
    let facts = Facts::from([(field.to_owned(), Fact::Text(value.to_owned()))]);
    clock.when.as_ref().is_none_or(|when| when.holds(&facts) == Ok(true))
}

fn has_no_number(length: Length) -> bool {
    matches!(length, Length::AsOrdered | Length::AsRequested | Length::Configurable)
}
