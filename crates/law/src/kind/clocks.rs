//! Clocks and series: when something is due, who is reminded, who is told when it is late.

use std::collections::BTreeSet;

use anlan_base::TimeOfDay;

use super::limits::{CLOCKS, ENTRIES, ESCALATIONS, REMINDERS, SERIES};
use super::read::{people, shown};
use super::tree::{Spot, Step, Then as _, Tree};
use super::{Escalation, Field, KindClock, KindTerm, Series, SeriesTerm, fields};
use crate::clock::{Each, Length, LengthError, Recurrence, Roll, Span, Unit};

const KEYS: &[&str] = &[
    "name", "title", "start", "stop", "when", "length", "unit", "roll", "law", "row", "field", "at", "own", "pauses", "remind", "escalate",
];
const SERIES_KEYS: &[&str] = &["name", "title", "each", "on", "at", "roll", "law", "stop", "ahead", "remind", "escalate"];
/// Told at once when it is late.
const AT_ONCE: &str = "PT0M";

/// `fields` are those of the kind, for conditions.
pub(super) fn read(tree: &Tree<'_>, top: &Spot<'_>, fields: &[Field], vague: &BTreeSet<String>, at: &mut Vec<usize>) -> Vec<KindClock> {
    let mut clocks = Vec::new();
    for spot in tree.tables(top, "clock", CLOCKS) {
        tree.only(&spot, KEYS);
        at.push(spot.index());
        tree.needs(&spot, "start");
        clocks.push(KindClock {
            name: tree.name(&spot, "name"),
            title: tree.words(&spot, "title"),
            start: tree.one_or_more(&spot, "start", ENTRIES),
            stop: tree.one_or_more(&spot, "stop", ENTRIES),
            when: fields::condition(tree, &spot, "when", fields, vague),
            // Where it cannot be read there is a fault, and this one is used for nothing.
            term: term(tree, &spot).unwrap_or(KindTerm::Length { length: Length::AtOnce, roll: Roll::Stay }),
            own: tree.text(&spot, "own").map(str::to_owned),
            pauses: pauses(tree, &spot),
            remind: remind(tree, &spot),
            escalate: escalate(tree, &spot),
        });
    }
    clocks
}

/// Exactly one of the keys that say how long, and nothing that belongs to another.
fn term(tree: &Tree<'_>, spot: &Spot<'_>) -> Option<KindTerm> {
    let said: Vec<&str> = ["length", "law", "field"].into_iter().filter(|key| tree.has(spot, key)).collect();
    let [said] = said.as_slice() else {
        tree.push(tree.fault(&spot.way, "kind-clock-term"));
        return None;
    };
    for (key, with) in [("unit", "length"), ("roll", "length"), ("row", "law"), ("at", "field")] {
        if with != *said && tree.has(spot, key) {
            tree.push(tree.fault(&spot.to(key), "kind-clock-misplaced").with("name", key).with("with", with));
        }
    }
    match *said {
        "length" => {
            let unit = unit(tree, spot);
            let roll = roll(tree, spot);
            let text = tree.text(spot, "length")?;
            let length = Length::parse(text, unit).map_err(|error| length_fault(tree, &spot.to("length"), text, error)).ok()?;
            if roll != Roll::Stay && matches!(length, Length::Span(Span::Minutes(_) | Span::WorkingDays(_))) {
                tree.push(tree.fault(&spot.to("roll"), "kind-clock-misplaced").with("name", "roll").with("with", "P…D"));
            }
            Some(KindTerm::Length { length, roll })
        }
        "law" => Some(KindTerm::Law { clock: tree.text(spot, "law")?.to_owned(), row: tree.text(spot, "row").map(str::to_owned) }),
        _ => Some(KindTerm::Field { field: tree.text(spot, "field")?.to_owned(), at: time(tree, spot) }),
    }
}

fn unit(tree: &Tree<'_>, spot: &Spot<'_>) -> Unit {
    match tree.text(spot, "unit") {
        None | Some("calendar_day") => Unit::CalendarDay,
        Some("working_day") => Unit::WorkingDay,
        Some(found) => {
            word(tree, spot, "unit", found, "calendar_day, working_day");
            Unit::CalendarDay
        }
    }
}

fn roll(tree: &Tree<'_>, spot: &Spot<'_>) -> Roll {
    match tree.text(spot, "roll") {
        None => Roll::Stay,
        Some("next_working_day") => Roll::NextWorkingDay,
        Some("previous_working_day") => Roll::PreviousWorkingDay,
        Some(found) => {
            word(tree, spot, "roll", found, "next_working_day, previous_working_day");
            Roll::Stay
        }
    }
}

fn word(tree: &Tree<'_>, spot: &Spot<'_>, key: &str, found: &str, known: &str) {
    tree.push(tree.fault(&spot.to(key), "kind-word").with("found", shown(found)).with("known", known));
}

fn time(tree: &Tree<'_>, spot: &Spot<'_>) -> Option<TimeOfDay> {
    let text = tree.text(spot, "at")?;
    let time = text.parse().ok();
    if time.is_none() {
        tree.push(tree.fault(&spot.to("at"), "clock-at").with("value", shown(text)));
    }
    time
}

fn length_fault(tree: &Tree<'_>, way: &[Step], text: &str, error: LengthError) {
    let fault = |code| tree.fault(way, code).with("value", shown(text));
    tree.push(match error {
        LengthError::Form => fault("clock-length-form"),
        LengthError::Zero => fault("clock-length-zero"),
        LengthError::TooLong(most) => fault("clock-length-long").with("limit", most.to_string()),
        LengthError::WorkingDaysOfWhat => fault("clock-length-working"),
    });
}

/// Lengths before and after are of the calendar: people count them in their heads.
fn span(tree: &Tree<'_>, way: &[Step], text: &str) -> Option<Span> {
    Span::parse(text, Unit::CalendarDay).map_err(|error| length_fault(tree, way, text, error)).ok()
}

fn pauses(tree: &Tree<'_>, spot: &Spot<'_>) -> Vec<(String, String)> {
    let mut pauses = Vec::new();
    for inner in tree.tables(spot, "pauses", ENTRIES) {
        tree.only(&inner, &["from", "until"]);
        let (from, until) = (tree.needed_text(&inner, "from"), tree.needed_text(&inner, "until"));
        pauses.push((from.unwrap_or_default().to_owned(), until.unwrap_or_default().to_owned()));
    }
    pauses
}

fn remind(tree: &Tree<'_>, spot: &Spot<'_>) -> Vec<Span> {
    let mut remind = Vec::new();
    for (index, text) in tree.texts(spot, "remind", REMINDERS).iter().enumerate() {
        let way = spot.to("remind").then(index);
        match span(tree, &way, text) {
            Some(span) if remind.contains(&span) => tree.push(tree.fault(&way, "kind-twice").with("name", shown(text))),
            Some(span) => remind.push(span),
            None => {}
        }
    }
    remind
}

fn escalate(tree: &Tree<'_>, spot: &Spot<'_>) -> Vec<Escalation> {
    let mut steps = Vec::new();
    for inner in tree.tables(spot, "escalate", ESCALATIONS) {
        tree.only(&inner, &["after", "to"]);
        let after = match tree.needed_text(&inner, "after") {
            None | Some(AT_ONCE) => None,
            Some(text) => span(tree, &inner.to("after"), text),
        };
        let to = if tree.needs(&inner, "to") { people(tree, &inner, "to") } else { Vec::new() };
        if to.is_empty() && tree.length(&inner, "to") == Some(0) && tree.has(&inner, "to") {
            tree.push(tree.fault(&inner.to("to"), "kind-list-empty"));
        }
        steps.push(Escalation { after, to });
    }
    steps
}

pub(super) fn series(tree: &Tree<'_>, top: &Spot<'_>, at: &mut Vec<usize>) -> Vec<Series> {
    let mut all = Vec::new();
    for spot in tree.tables(top, "series", SERIES) {
        tree.only(&spot, SERIES_KEYS);
        at.push(spot.index());
        let ahead = tree.text(&spot, "ahead").and_then(|text| span(tree, &spot.to("ahead"), text));
        all.push(Series {
            name: tree.name(&spot, "name"),
            title: tree.words(&spot, "title"),
            when: series_term(tree, &spot).unwrap_or(SeriesTerm::Law { clock: String::new() }),
            stop: tree.one_or_more(&spot, "stop", ENTRIES),
            ahead,
            remind: remind(tree, &spot),
            escalate: escalate(tree, &spot),
        });
    }
    all
}

fn series_term(tree: &Tree<'_>, spot: &Spot<'_>) -> Option<SeriesTerm> {
    let said = (tree.has(spot, "each"), tree.has(spot, "law"));
    if said == (false, true) {
        for key in ["on", "at", "roll"].into_iter().filter(|key| tree.has(spot, key)) {
            tree.push(tree.fault(&spot.to(key), "kind-clock-misplaced").with("name", key).with("with", "each"));
        }
        return Some(SeriesTerm::Law { clock: tree.text(spot, "law")?.to_owned() });
    }
    if said != (true, false) {
        tree.push(tree.fault(&spot.way, "kind-series-term"));
        return None;
    }
    let on = tree.texts(spot, "on", ENTRIES);
    let on: Vec<&str> = on.iter().map(String::as_str).collect();
    let (roll, time) = (roll(tree, spot), time(tree, spot));
    let Some(each) = Each::parse(tree.text(spot, "each")?, &on) else {
        tree.push(tree.fault(&spot.to("each"), "clock-each"));
        return None;
    };
    if roll != Roll::Stay && !each.may_roll() {
        tree.push(tree.fault(&spot.to("roll"), "kind-clock-misplaced").with("name", "roll").with("with", "week, month, quarter, year"));
    }
    Some(SeriesTerm::Own { recurrence: Recurrence { each, time, roll } })
}
