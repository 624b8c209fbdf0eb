//! `anlan kind show`: one kind with its fields, states, moves and clocks.

use std::process::ExitCode;

use anlan_law::Bilingual;
use anlan_law::clock::{Length, Roll, Span};
use anlan_law::kind::{Escalation, Eyes, Field, Kind, KindClock, KindTerm, Move, Print, PrintOf, Series, SeriesTerm, Setting, State, Who};
use anyhow::Result;
use clap::ArgMatches;
use serde_json::{Value, json};

use super::words::{Words, both};
use crate::commands::law::columns::{padded, width};
use crate::commands::law::{Report, print_json};
use crate::say::{Say, code};

/// Columns that titles take at most before what is said of them begins.
const TITLES: usize = 26;
/// Columns between two.
const GAP: usize = 2;
/// Where what belongs to a name begins.
const INSIDE: usize = 4;

pub fn run(say: &Say, m: &ArgMatches) -> Result<ExitCode> {
    let kinds = super::in_force(say, m)?;
    let asked = m.get_one::<String>("id").cloned().unwrap_or_default();
    let found = kinds.get(&asked).or_else(|| kinds.iter().find(|kind| kind.number == asked));
    let kind = found.ok_or_else(|| say.told(code::USAGE, "kind-no-such", &[("got", &asked)]))?;
    if m.get_flag("json") {
        print_json(say, &whole(kind))?;
    } else {
        Told::of(say, kind).all().print(say)?;
    }
    Ok(ExitCode::SUCCESS)
}

struct Told<'a> {
    words: Words<'a>,
    kind: &'a Kind,
    /// Columns of a name.
    names: usize,
    /// Columns of a title in this section.
    titles: usize,
    report: Report,
}

impl<'a> Told<'a> {
    fn of(say: &'a Say, kind: &'a Kind) -> Self {
        let fields = kind.fields.iter().map(|field| &field.name).chain(kind.states.iter().map(|state| &state.name));
        let moves = kind.moves.iter().map(|a_move| &a_move.name).chain(kind.clocks.iter().map(|clock| &clock.name));
        let others = kind.series.iter().map(|series| &series.name).chain(kind.print.iter().map(|form| &form.name));
        let names = fields.chain(moves).chain(others).map(String::len).max().unwrap_or(0);
        Self { words: Words(say), kind, names: names + GAP, titles: 0, report: Report::default() }
    }

    fn all(mut self) -> Report {
        self.head();
        self.section("kind-show-fields", self.kind.fields.iter().map(|field| &field.title));
        for field in &self.kind.fields {
            self.field(field);
        }
        self.section("kind-show-states", self.kind.states.iter().map(|state| &state.title));
        for state in &self.kind.states {
            self.state(state);
        }
        if !self.kind.moves.is_empty() {
            self.section("kind-show-moves", self.kind.moves.iter().map(|a_move| &a_move.title));
        }
        for a_move in &self.kind.moves {
            self.a_move(a_move);
        }
        if !self.kind.clocks.is_empty() || !self.kind.series.is_empty() {
            let series = self.kind.series.iter().map(|series| &series.title);
            self.section("kind-show-clocks", self.kind.clocks.iter().map(|clock| &clock.title).chain(series));
        }
        for clock in &self.kind.clocks {
            self.clock(clock);
        }
        for series in &self.kind.series {
            self.series(series);
        }
        if !self.kind.print.is_empty() {
            self.section("kind-show-print", self.kind.print.iter().map(|form| &form.title));
        }
        for form in &self.kind.print {
            self.form(form);
        }
        self.report
    }

    fn head(&mut self) {
        let kind = self.kind;
        let title = self.words.of(&kind.title);
        let from = kind.pack.clone().unwrap_or_else(|| self.words.text("kind-own-pack", &[]));
        let place = self.words.section(kind.place);
        let args = [("number", kind.number.as_str()), ("title", &title), ("id", &kind.id), ("place", &place), ("from", &from)];
        let head = self.words.text("kind-show-head", &args);
        self.report.line(&head);
        if let Some(about) = &kind.about {
            let about = self.words.of(about);
            self.report.at(2, &about);
        }
        let sees = match kind.sees.is_empty() {
            true => self.words.text("kind-everyone", &[]),
            false => self.words.people(kind, &kind.sees),
        };
        let opens = match kind.opens.is_empty() {
            true => self.words.text("kind-nobody", &[]),
            false => self.words.people(kind, &kind.opens),
        };
        self.said("kind-show-sees", &sees, 2);
        self.said("kind-show-opens", &opens, 2);
        for basis in &kind.basis {
            let basis = self.words.of(basis);
            self.said("kind-show-basis", &basis, 2);
        }
        if let Some(unsure) = &kind.unsure {
            let unsure = self.words.of(unsure);
            self.said("kind-show-unsure", &unsure, 2);
        }
        if let Some(fanout) = &kind.fanout {
            let on = self.words.moves(kind, std::slice::from_ref(&fanout.on));
            let units = self.words.field(kind, &fanout.units);
            let line = self.words.text("kind-show-fanout", &[("move", &on), ("units", &units), ("child", &fanout.child)]);
            self.report.hanging(2, INSIDE, &line);
        }
    }

    fn section<'t>(&mut self, key: &str, titles: impl Iterator<Item = &'t Bilingual>) {
        self.titles = titles.map(|title| width(&self.words.of(title))).max().unwrap_or(0).min(TITLES) + GAP;
        self.report.gap();
        let title = self.words.text(key, &[]);
        self.report.line(&title);
    }

    /// `key` with a text, behind an indent.
    fn said(&mut self, key: &str, what: &str, indent: usize) {
        let line = self.words.text(key, &[("what", what)]);
        self.report.hanging(indent, indent + 2, &line);
    }

    /// A name, a title, and what is said of it.
    fn row(&mut self, name: &str, title: &str, rest: &str) {
        let title = if rest.is_empty() { title.to_owned() } else { padded(title, self.titles.max(width(title) + GAP)) };
        let line = format!("{}{title}{rest}", padded(name, self.names));
        self.report.hanging(2, 2 + self.names + GAP, &line);
    }

    fn field(&mut self, field: &Field) {
        let mut said = vec![self.words.shape(field)];
        for (holds, key) in [
            (field.required, "kind-field-required"),
            (field.required_when.is_some(), "kind-field-required-when"),
            (field.personal, "kind-field-personal"),
            (!field.sealed.is_empty(), "kind-field-sealed"),
        ] {
            if holds {
                let when = field.required_when.as_ref().map_or("", |condition| condition.text());
                let roles = self.words.list(field.sealed.iter().map(|role| self.words.text(&format!("role-{}", role.id()), &[])));
                said.push(self.words.text(key, &[("when", when), ("roles", &roles)]));
            }
        }
        let said = said.join(&self.words.text("kind-part-joint", &[]));
        self.row(&field.name, &self.words.of(&field.title), &said);
    }

    fn state(&mut self, state: &State) {
        let said = match state.ends {
            true => self.words.text("kind-state-ends", &[]),
            false => self.words.text("kind-state-holder", &[("people", &self.words.people(self.kind, &state.holder))]),
        };
        self.row(&state.name, &self.words.of(&state.title), &said);
    }

    fn a_move(&mut self, a_move: &Move) {
        let (kind, words) = (self.kind, &self.words);
        let from = words.list(a_move.from.iter().map(|state| words.state(kind, state)));
        let way = match &a_move.to {
            Some(to) => format!("{from} → {}", words.state(kind, to)),
            None => words.text("kind-move-stays", &[("from", &from)]),
        };
        let who = words.people(kind, &a_move.who);
        let mut lines = vec![("kind-move-who", who)];
        if let Eyes::Four { by } = &a_move.eyes {
            lines.push(("kind-move-by", words.people(kind, by)));
        }
        lines.push(("kind-move-other", words.moves(kind, &a_move.other_than)));
        lines.push(("kind-move-needs", words.fields(kind, &a_move.needs)));
        lines.push(("kind-move-asks", words.fields(kind, &a_move.asks)));
        lines.push(("kind-move-when", a_move.when.as_ref().map(|when| when.text().to_owned()).unwrap_or_default()));
        lines.push(("kind-move-sets", words.fields(kind, &a_move.sets.iter().map(|(field, _)| field.clone()).collect::<Vec<_>>())));
        lines.push(("kind-move-opens", words.list(a_move.opens.iter().map(|opening| opening.kind.clone()))));
        if let Some(ask) = &a_move.asks_people {
            lines.push((if ask.what.id() == "opinion" { "kind-move-opinion" } else { "kind-move-signs" }, words.field(kind, &ask.field)));
        }
        let marks = [(a_move.reason, "kind-move-reason"), (a_move.grave, "kind-move-grave")];
        let marks: Vec<String> = marks.into_iter().filter(|(holds, _)| *holds).map(|(_, key)| words.text(key, &[])).collect();
        lines.push(("kind-move-marks", marks.join(&words.text("kind-part-joint", &[]))));
        let title = words.of(&a_move.title);
        self.row(&a_move.name, &title, &way);
        for (key, what) in lines.into_iter().filter(|(_, what)| !what.is_empty()) {
            self.said(key, &what, INSIDE);
        }
    }

    fn clock(&mut self, clock: &KindClock) {
        let (kind, words) = (self.kind, &self.words);
        let term = match &clock.term {
            KindTerm::Length { length, roll } => format!("{}{}", words.length(*length), self.rolled(*roll)),
            KindTerm::Law { clock, row: None } => words.text("kind-clock-by-law", &[("clock", clock)]),
            KindTerm::Law { clock, row: Some(row) } => {
                words.text("kind-clock-by-row", &[("clock", clock), ("field", &words.field(kind, row))])
            }
            KindTerm::Field { field, at } => {
                let at = at.map_or_else(String::new, |at| format!(" {at}"));
                words.text("kind-clock-by-field", &[("field", &words.field(kind, field)), ("at", &at)])
            }
        };
        let (start, stop) = (words.moves(kind, &clock.start), words.moves(kind, &clock.stop));
        let stop = if stop.is_empty() { words.text("kind-clock-end", &[]) } else { stop };
        let runs = words.text("kind-clock-runs", &[("start", &start), ("stop", &stop)]);
        let when = clock.when.as_ref().map(|when| when.text().to_owned());
        let own = clock.own.as_ref().map(|own| words.field(kind, own));
        self.row(&clock.name, &self.words.of(&clock.title), &term);
        self.report.hanging(INSIDE, INSIDE + 2, &runs);
        for (key, what) in [("kind-move-when", when), ("kind-clock-own", own)] {
            if let Some(what) = what {
                self.said(key, &what, INSIDE);
            }
        }
        let remind = self.words.list(clock.remind.iter().map(|span| self.words.span(*span)));
        self.told(&remind, &clock.escalate);
    }

    fn rolled(&self, roll: Roll) -> String {
        match roll {
            Roll::Stay => String::new(),
            Roll::NextWorkingDay => self.words.text("kind-roll-next", &[]),
            Roll::PreviousWorkingDay => self.words.text("kind-roll-previous", &[]),
        }
    }

    /// Who is reminded before, and told after.
    fn told(&mut self, remind: &str, escalate: &[Escalation]) {
        if !remind.is_empty() {
            self.said("kind-clock-remind", remind, INSIDE);
        }
        for step in escalate {
            let to = self.words.people(self.kind, &step.to);
            let line = match step.after {
                None => self.words.text("kind-clock-late", &[("people", &to)]),
                Some(after) => self.words.text("kind-clock-later", &[("after", &self.words.span(after)), ("people", &to)]),
            };
            self.report.hanging(INSIDE, INSIDE + 2, &line);
        }
    }

    fn series(&mut self, series: &Series) {
        let term = match &series.when {
            SeriesTerm::Own { recurrence } => {
                let at = recurrence.time.map_or_else(String::new, |at| format!(" {at}"));
                format!("{}{at}{}", self.words.each(&recurrence.each), self.rolled(recurrence.roll))
            }
            SeriesTerm::Law { clock } => self.words.text("kind-clock-by-law", &[("clock", clock)]),
        };
        self.row(&series.name, &self.words.of(&series.title), &term);
        let ahead = match series.ahead {
            Some(span) => self.words.text("kind-series-ahead", &[("ahead", &self.words.span(span))]),
            None => self.words.text("kind-series-after", &[]),
        };
        self.report.hanging(INSIDE, INSIDE + 2, &ahead);
        let remind = self.words.list(series.remind.iter().map(|span| self.words.span(*span)));
        self.told(&remind, &series.escalate);
    }

    fn form(&mut self, form: &Print) {
        let of = match form.of {
            PrintOf::Record { .. } => "kind-print-record",
            PrintOf::List { .. } => "kind-print-list",
        };
        let said = self.words.text(of, &[("copies", &form.copies.to_string())]);
        self.row(&form.name, &self.words.of(&form.title), &said);
    }
}

/// The kind for scripts; names and ids as in its file.
fn whole(kind: &Kind) -> Value {
    let people = |people: &[Who]| people.iter().map(ToString::to_string).collect::<Vec<String>>();
    let fields = kind.fields.iter().map(|field| {
        json!({
            "name": field.name, "title": both(&field.title), "type": field.shape.id(), "required": field.required,
            "required_when": field.required_when.as_ref().map(|condition| condition.text()), "personal": field.personal,
            "sealed": field.sealed.iter().map(|role| role.id()).collect::<Vec<_>>(),
        })
    });
    let states = kind
        .states
        .iter()
        .map(|state| json!({ "name": state.name, "title": both(&state.title), "holder": people(&state.holder), "ends": state.ends }));
    let moves = kind.moves.iter().map(|a_move| {
        let by = match &a_move.eyes {
            Eyes::Two => None,
            Eyes::Four { by } => Some(people(by)),
        };
        let sets = a_move.sets.iter().map(|(field, setting)| (field.clone(), Value::from(setting_text(setting))));
        json!({
            "name": a_move.name, "title": both(&a_move.title), "from": a_move.from, "to": a_move.to, "who": people(&a_move.who), "by": by,
            "needs": a_move.needs, "asks": a_move.asks, "reason": a_move.reason, "grave": a_move.grave, "other_than": a_move.other_than,
            "when": a_move.when.as_ref().map(|when| when.text()), "sets": sets.collect::<serde_json::Map<_, _>>(),
            "opens": a_move.opens.iter().map(|opening| opening.kind.clone()).collect::<Vec<_>>(),
        })
    });
    let clocks = kind.clocks.iter().map(|clock| {
        json!({
            "name": clock.name, "title": both(&clock.title), "start": clock.start, "stop": clock.stop, "own": clock.own,
            "remind": clock.remind.iter().map(ToString::to_string).collect::<Vec<_>>(), "term": term_json(&clock.term),
        })
    });
    let mut value = super::list::summary(kind);
    if let Some(object) = value.as_object_mut() {
        for (key, list) in
            [("fields", fields.collect::<Vec<_>>()), ("states", states.collect()), ("moves", moves.collect()), ("clocks", clocks.collect())]
        {
            object.insert(key.to_owned(), list.into());
        }
        object.insert("sees".to_owned(), people(&kind.sees).into());
        object.insert("opens".to_owned(), people(&kind.opens).into());
    }
    value
}

fn setting_text(setting: &Setting) -> String {
    match setting {
        Setting::Text(text) => text.clone(),
        Setting::Now => "@now".to_owned(),
        Setting::Today => "@today".to_owned(),
        Setting::Actor => "@actor".to_owned(),
        Setting::Checkpoint => "@checkpoint".to_owned(),
    }
}

fn term_json(term: &KindTerm) -> Value {
    match term {
        KindTerm::Length { length, .. } => match length {
            Length::Span(span) => {
                let unit = if matches!(span, Span::WorkingDays(_)) { "working_day" } else { "calendar_day" };
                json!({ "length": span.to_string(), "unit": unit })
            }
            Length::AtOnce => json!({ "length": "immediate" }),
            Length::AsOrdered => json!({ "length": "as_ordered" }),
            Length::AsRequested => json!({ "length": "as_requested" }),
            Length::Configurable => json!({ "length": "configurable" }),
        },
        KindTerm::Law { clock, row } => json!({ "law": clock, "row": row }),
        KindTerm::Field { field, at } => json!({ "field": field, "at": at.map(|at| at.to_string()) }),
    }
}
