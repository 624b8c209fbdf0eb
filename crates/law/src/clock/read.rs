//! Clocks out of the files of packs.
//!
//! Invariants: unknown keys are refused; every fault of every file is reported, each with file, line and key; a clock with a fault
//! is not read, and [`parse_clocks`] gives either all clocks or the faults.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use anlan_base::{Day, TimeOfDay};
use serde::Deserialize;

use super::{Clock, ClockFact, Clocks, Each, Length, LengthError, PauseRule, Recurrence, Roll, Span, Term, Unit};
use crate::condition::{self, Condition, Kind, Refusal};
use crate::fault::Fault;
use crate::pack::source::{Site, Sited, Source};
use crate::words::{Bilingual, Sureness};

/// Bytes of one file of clocks.
pub const CLOCK_FILE_BYTES: usize = 1 << 20;
/// Clocks of all packs together.
pub const CLOCKS: usize = 1_000;
/// Facts that the conditions of all clocks may name.
pub const FACTS: usize = 100;
/// Entries of one list of a clock: duties, recipients, bases, rows, days, pauses.
pub const ENTRIES: usize = 32;
/// Characters of one text of a clock.
pub const TEXT_CHARS: usize = 400;
/// Bytes of an id or of the name of a fact.
const NAME_BYTES: usize = 64;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawClock {
    id: String,
    name: Bilingual,
    #[serde(default)]
    duties: Vec<String>,
    of: Option<String>,
    start: Option<String>,
    stop: String,
    within: Option<String>,
    every: Option<String>,
    keep: Option<String>,
    ahead: Option<String>,
    by: Option<String>,
    rows: Option<BTreeMap<String, String>>,
    each: Option<String>,
    #[serde(default)]
    on: Vec<String>,
    date: Option<String>,
    at: Option<String>,
    unit: Option<RawUnit>,
    roll: Option<RawRoll>,
    #[serde(default)]
    recipients: Vec<Bilingual>,
    applies: Option<String>,
    basis: Vec<Bilingual>,
    sureness: Sureness,
    unsure: Option<Bilingual>,
    #[serde(default)]
    pauses: Vec<RawPause>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFact {
    name: String,
    kind: Kind,
    what: Bilingual,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RawUnit {
    CalendarDay,
    WorkingDay,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RawRoll {
    NextWorkingDay,
    PreviousWorkingDay,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPause {
    from: String,
    until: String,
}

impl From<Option<RawUnit>> for Unit {
    fn from(unit: Option<RawUnit>) -> Self {
        match unit {
            Some(RawUnit::WorkingDay) => Self::WorkingDay,
            Some(RawUnit::CalendarDay) | None => Self::CalendarDay,
        }
    }
}

impl From<Option<RawRoll>> for Roll {
    fn from(roll: Option<RawRoll>) -> Self {
        match roll {
            Some(RawRoll::NextWorkingDay) => Self::NextWorkingDay,
            Some(RawRoll::PreviousWorkingDay) => Self::PreviousWorkingDay,
            None => Self::Stay,
        }
    }
}

/// The clocks of all `files`, each a path and its text; or what is wrong with them.
///
/// # Errors
/// Every fault of every file, in the order in which they stand.
pub fn parse_clocks(files: &[(&str, &str)]) -> Result<Clocks, Vec<Fault>> {
    let (mut clocks, mut faults) = (Clocks::default(), Vec::new());
    let mut sources = Vec::with_capacity(files.len());
    for (path, text) in files {
        if text.len() > CLOCK_FILE_BYTES {
            faults.push(Fault::new(path, 0, "", "clock-file-large").with("limit", CLOCK_FILE_BYTES.to_string()));
            continue;
        }
        match Source::parse(path, text) {
            Ok(source) => sources.push(source),
            Err(more) => faults.extend(more),
        }
    }
    // A condition may name a fact that another file declares.
    for source in &sources {
        source.keys(&["clock", "fact"], &mut faults);
        read_facts(source, &mut clocks, &mut faults);
    }
    for source in &sources {
        read_file(source, &mut clocks, &mut faults);
    }
    if faults.is_empty() { Ok(clocks) } else { Err(faults) }
}

fn read_file(source: &Source<'_>, clocks: &mut Clocks, faults: &mut Vec<Fault>) {
    for Sited { value: raw, site } in source.records::<RawClock>("clock", faults) {
        if clocks.all.len() >= CLOCKS {
            return faults.push(site.fault(&[], "clock-too-many").with("limit", CLOCKS.to_string()));
        }
        let reader = Reader { raw: &raw, site: &site, facts: &clocks.facts };
        match reader.clock() {
            Ok(clock) if clocks.all.contains_key(&clock.id) => faults.push(site.fault(&["id"], "clock-twice").with("id", clock.id)),
            Ok(clock) => drop(clocks.all.insert(clock.id.clone(), clock)),
            Err(more) => faults.extend(more),
        }
    }
}

fn read_facts(source: &Source<'_>, clocks: &mut Clocks, faults: &mut Vec<Fault>) {
    for Sited { value: raw, site } in source.records::<RawFact>("fact", faults) {
        if clocks.facts.len() >= FACTS {
            return faults.push(site.fault(&[], "too-many").with("limit", FACTS.to_string()));
        }
        if !is_fact(&raw.name) {
            faults.push(site.fault(&["name"], "clock-fact").with("limit", NAME_BYTES.to_string()));
            continue;
        }
        match clocks.facts.entry(raw.name) {
            Entry::Occupied(known) => faults.push(site.fault(&["name"], "clock-twice").with("id", known.key().as_str())),
            Entry::Vacant(free) => drop(free.insert(ClockFact { kind: raw.kind, what: raw.what })),
        }
    }
}

struct Reader<'r> {
    raw: &'r RawClock,
    site: &'r Site<'r>,
    facts: &'r BTreeMap<String, ClockFact>,
}

impl Reader<'_> {
    fn clock(&self) -> Result<Clock, Vec<Fault>> {
        let mut faults = Vec::new();
        self.names(&mut faults);
        self.texts(&mut faults);
        self.lists(&mut faults);
        let applies = self.applies(&mut faults);
        let term = self.term(&mut faults);
        let Some(term) = term.filter(|_| faults.is_empty()) else { return Err(faults) };
        self.starts(&term, &mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        let raw = self.raw;
        let pauses = raw.pauses.iter().map(|pause| PauseRule { from: pause.from.clone(), until: pause.until.clone() });
        Ok(Clock {
            id: raw.id.clone(),
            name: raw.name.clone(),
            duties: raw.duties.clone(),
            of: raw.of.clone(),
            start: raw.start.clone(),
            stop: raw.stop.clone(),
            term,
            recipients: raw.recipients.clone(),
            applies,
            basis: raw.basis.clone(),
            sureness: raw.sureness,
            unsure: raw.unsure.clone(),
            pauses: pauses.collect(),
            file: self.site.path().to_owned(),
            line: self.site.fault(&[], "").line,
        })
    }

    fn names(&self, faults: &mut Vec<Fault>) {
        let raw = self.raw;
        if !is_id(&raw.id) {
            faults.push(self.site.fault(&["id"], "clock-id").with("limit", NAME_BYTES.to_string()));
        }
        let facts = [("start", raw.start.as_ref()), ("stop", Some(&raw.stop)), ("by", raw.by.as_ref()), ("of", raw.of.as_ref())];
        let pauses = raw.pauses.iter().flat_map(|pause| [("pauses", Some(&pause.from)), ("pauses", Some(&pause.until))]);
        for (key, name) in facts.into_iter().chain(pauses) {
            if name.is_some_and(|name| !is_fact(name)) {
                faults.push(self.site.fault(&[key], "clock-fact").with("limit", NAME_BYTES.to_string()));
            }
        }
        for (index, duty) in raw.duties.iter().enumerate() {
            let digits = duty.strip_prefix('D').unwrap_or_default();
            if digits.len() != 3 || !digits.bytes().all(|b| b.is_ascii_digit()) {
                faults.push(self.site.fault(&["duties", &index.to_string()], "clock-duty"));
            }
        }
    }

    fn texts(&self, faults: &mut Vec<Fault>) {
        let raw = self.raw;
        let named = [("name", Some(&raw.name)), ("unsure", raw.unsure.as_ref())];
        let listed = raw.recipients.iter().map(|text| ("recipients", Some(text))).chain(raw.basis.iter().map(|text| ("basis", Some(text))));
        for (key, text) in named.into_iter().chain(listed) {
            let fits = |text: &str| !text.trim().is_empty() && text.chars().count() <= TEXT_CHARS;
            if text.is_some_and(|text| !fits(&text.zh) || !fits(&text.en)) {
                faults.push(self.site.fault(&[key], "clock-text").with("limit", TEXT_CHARS.to_string()));
            }
        }
        match (raw.sureness, &raw.unsure) {
            (Sureness::Certain, Some(_)) => faults.push(self.site.fault(&["unsure"], "clock-sure-note")),
            (Sureness::Likely | Sureness::Unsure, None) => faults.push(self.site.fault(&["sureness"], "clock-unsure-note")),
            _ => {}
        }
    }

    fn applies(&self, faults: &mut Vec<Fault>) -> Option<Condition> {
        let text = self.raw.applies.as_deref()?;
        let fault = |code| self.site.fault(&["applies"], code);
        let fault = match Condition::read(text, &|name| self.facts.get(name).map(|fact| fact.kind)) {
            Ok(condition) => return Some(condition),
            Err(Refusal::Long) => fault("condition-long").with("limit", condition::MOST_BYTES.to_string()),
            Err(Refusal::Deep) => fault("condition-deep").with("limit", condition::MOST_DEPTH.to_string()),
            Err(Refusal::Syntax(reason)) => fault("condition-syntax").with("reason", reason),
            Err(Refusal::Fact(name)) => {
                let known: Vec<&str> = self.facts.keys().map(String::as_str).collect();
                fault("condition-fact").with("name", name).with("known", known.join(", "))
            }
            Err(Refusal::Type(sign)) => fault("condition-type").with("sign", sign),
            Err(Refusal::Form(found)) => fault("condition-form").with("found", found),
            Err(Refusal::NotBool) => fault("condition-not-bool"),
        };
        faults.push(fault);
        None
    }

    fn lists(&self, faults: &mut Vec<Fault>) {
        let raw = self.raw;
        let rows = raw.rows.as_ref().map_or(0, BTreeMap::len);
        let lists = [
            ("duties", raw.duties.len()),
            ("recipients", raw.recipients.len()),
            ("basis", raw.basis.len()),
            ("rows", rows),
            ("on", raw.on.len()),
            ("pauses", raw.pauses.len()),
        ];
        for (key, _) in lists.into_iter().filter(|(_, length)| *length > ENTRIES) {
            faults.push(self.site.fault(&[key], "clock-list-long").with("limit", ENTRIES.to_string()));
        }
        if raw.basis.is_empty() {
            faults.push(self.site.fault(&["basis"], "clock-basis"));
        }
    }

    /// Exactly one of the keys that say how long, and nothing that belongs to another.
    fn term(&self, faults: &mut Vec<Fault>) -> Option<Term> {
        let raw = self.raw;
        let said = [
            raw.within.is_some(),
            raw.every.is_some(),
            raw.keep.is_some(),
            raw.ahead.is_some(),
            raw.rows.is_some(),
            raw.each.is_some(),
            raw.date.is_some(),
        ];
        if said.iter().filter(|said| **said).count() != 1 {
            faults.push(self.site.fault(&[], "clock-term"));
            return None;
        }
        for (key, misplaced) in [
            ("by", raw.by.is_some() != raw.rows.is_some()),
            ("on", !raw.on.is_empty() && raw.each.is_none()),
            ("at", raw.at.is_some() && raw.each.is_none() && raw.date.is_none()),
            ("unit", raw.unit.is_some() && (raw.each.is_some() || raw.date.is_some())),
            ("roll", raw.roll.is_some() && (raw.keep.is_some() || raw.ahead.is_some())),
        ] {
            if misplaced {
                faults.push(self.site.fault(&[key], "clock-misplaced").with("name", key));
            }
        }
        let unit = Unit::from(raw.unit);
        let roll = Roll::from(raw.roll);
        if let Some(text) = &raw.within {
            return self.length(&["within"], text, unit, roll, faults).map(|length| Term::Within { length, roll });
        }
        if let Some(text) = &raw.every {
            return self.length(&["every"], text, unit, roll, faults).map(|length| Term::Every { length, roll });
        }
        if let Some(text) = &raw.keep {
            let span = self.span(&["keep"], text, unit, faults)?;
            if matches!(span, Span::Minutes(_) | Span::WorkingDays(_)) {
                faults.push(self.site.fault(&["keep"], "clock-keep"));
            }
            return Some(Term::Keep { span });
        }
        if let Some(text) = &raw.ahead {
            return self.span(&["ahead"], text, unit, faults).map(|span| Term::Ahead { span });
        }
        if let Some(rows) = &raw.rows {
            return self.table(rows, unit, roll, faults);
        }
        self.days(roll, faults)
    }

    fn table(&self, rows: &BTreeMap<String, String>, unit: Unit, roll: Roll, faults: &mut Vec<Fault>) -> Option<Term> {
        if rows.is_empty() {
            faults.push(self.site.fault(&["rows"], "clock-rows"));
        }
        let mut read = BTreeMap::new();
        for (row, text) in rows {
            if !is_fact(row) {
                faults.push(self.site.fault(&["rows", row], "clock-fact").with("limit", NAME_BYTES.to_string()));
            }
            if let Some(length) = self.length(&["rows", row], text, unit, roll, faults) {
                read.insert(row.clone(), length);
            }
        }
        Some(Term::Table { by: self.raw.by.clone()?, rows: read, roll })
    }

    fn days(&self, roll: Roll, faults: &mut Vec<Fault>) -> Option<Term> {
        let time = match &self.raw.at {
            None => None,
            Some(text) => match text.parse::<TimeOfDay>() {
                Ok(time) => Some(time),
                Err(_) => {
                    faults.push(self.site.fault(&["at"], "clock-at").with("value", shown(text)));
                    return None;
                }
            },
        };
        if let Some(text) = &self.raw.date {
            let Some(day) = text.parse::<Day>().ok().filter(|day| *day <= Day::LAST) else {
                faults.push(self.site.fault(&["date"], "clock-date").with("value", shown(text)));
                return None;
            };
            return Some(Term::On { day, time, roll });
        }
        let on: Vec<&str> = self.raw.on.iter().map(String::as_str).collect();
        let Some(each) = Each::parse(self.raw.each.as_deref()?, &on) else {
            faults.push(self.site.fault(&["each"], "clock-each"));
            return None;
        };
        if roll != Roll::Stay && !each.may_roll() {
            faults.push(self.site.fault(&["roll"], "clock-misplaced").with("name", "roll"));
        }
        Some(Term::Recurs(Recurrence { each, time, roll }))
    }

    fn starts(&self, term: &Term, faults: &mut Vec<Fault>) {
        let on_days = matches!(term, Term::Recurs(_) | Term::On { .. });
        if on_days && (self.raw.start.is_some() || !self.raw.pauses.is_empty()) {
            faults.push(self.site.fault(&["start"], "clock-start-needless"));
        }
        if !on_days && self.raw.start.is_none() {
            faults.push(self.site.fault(&[], "clock-start-missing"));
        }
    }

    fn length(&self, path: &[&str], text: &str, unit: Unit, roll: Roll, faults: &mut Vec<Fault>) -> Option<Length> {
        let length = Length::parse(text, unit).map_err(|error| faults.push(self.refused(path, text, error))).ok()?;
        if roll != Roll::Stay && matches!(length, Length::Span(Span::Minutes(_) | Span::WorkingDays(_))) {
            faults.push(self.site.fault(&["roll"], "clock-misplaced").with("name", "roll"));
        }
        Some(length)
    }

    fn span(&self, path: &[&str], text: &str, unit: Unit, faults: &mut Vec<Fault>) -> Option<Span> {
        Span::parse(text, unit).map_err(|error| faults.push(self.refused(path, text, error))).ok()
    }

    fn refused(&self, path: &[&str], text: &str, error: LengthError) -> Fault {
        length_fault(self.site.fault(path, length_code(error)), text, error)
    }
}

pub(super) fn length_code(error: LengthError) -> &'static str {
    match error {
        LengthError::Form => "clock-length-form",
        LengthError::Zero => "clock-length-zero",
        LengthError::TooLong(_) => "clock-length-long",
        LengthError::WorkingDaysOfWhat => "clock-length-working",
    }
}

pub(super) fn length_fault(fault: Fault, text: &str, error: LengthError) -> Fault {
    let fault = fault.with("value", shown(text));
    match error {
        LengthError::TooLong(most) => fault.with("limit", most.to_string()),
        _ => fault,
    }
}

/// What stood there, cut to what a message can hold.
pub(super) fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}

fn is_id(text: &str) -> bool {
    let fits = !text.is_empty() && text.len() <= NAME_BYTES && !text.starts_with('-') && !text.ends_with('-');
    fits && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn is_fact(text: &str) -> bool {
    let fits = text.len() <= NAME_BYTES && text.starts_with(|c: char| c.is_ascii_lowercase());
    fits && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}
