//! Cases of packs: from facts to the due time that is expected, so that a pack proves its own clocks.
//!
//! Invariant: a clock without a case is a fault, and so is a case whose answer differs.

use std::collections::BTreeSet;

use anlan_base::{Day, Instant, parse_time};
use serde::Deserialize;

use super::read::{RawRoll, RawUnit, length_code, length_fault, shown};
use super::{Asked, Calendars, Clock, Clocks, Length, NoDue, Pause, Roll, Span, Term, Unit, due, occurrences, term_days};
use crate::fault::Fault;
use crate::pack::source::{Site, Sited, Source};
use crate::words::Sureness;

/// Bytes of one file of cases.
pub const CASE_FILE_BYTES: usize = 1 << 20;
/// Cases of one file.
pub const CASES: usize = 2_000;

/// One case: a clock of the packs, or a length by itself, with its facts and what is expected.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCase {
    clock: Option<String>,
    /// Instead of a clock: arithmetic by itself.
    length: Option<String>,
    unit: Option<RawUnit>,
    roll: Option<RawRoll>,
    start: String,
    row: Option<String>,
    own: Option<String>,
    own_unit: Option<RawUnit>,
    ordered: Option<String>,
    #[serde(default)]
    pauses: Vec<RawStop>,
    /// A date stands for its end.
    due: Option<String>,
    /// The due times after the first, for days that come again.
    #[serde(default)]
    then: Vec<String>,
    /// Instead of `due`: why there is none, such as `not_set`.
    none: Option<String>,
    /// Whether the answer rests on a year without a calendar.
    #[serde(default)]
    guessed: bool,
    last_working_day: Option<String>,
    term_days: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStop {
    from: String,
    until: Option<String>,
}

/// Runs the cases of `files` and names each that fails, and each clock that has none.
#[must_use]
pub fn run_cases(files: &[(&str, &str)], clocks: &Clocks, calendars: &Calendars) -> Vec<Fault> {
    let (mut faults, mut covered) = (Vec::new(), BTreeSet::new());
    for (path, text) in files {
        if text.len() > CASE_FILE_BYTES {
            faults.push(Fault::new(path, 0, "", "clock-file-large").with("limit", CASE_FILE_BYTES.to_string()));
            continue;
        }
        match Source::parse(path, text) {
            Ok(source) => run_file(&source, clocks, calendars, &mut covered, &mut faults),
            Err(more) => faults.extend(more),
        }
    }
    for clock in clocks.iter().filter(|clock| !covered.contains(&clock.id)) {
        faults.push(Fault::new(&clock.file, clock.line, format!("clock.{}", clock.id), "clock-case-none").with("id", clock.id.as_str()));
    }
    faults
}

fn run_file(source: &Source<'_>, clocks: &Clocks, calendars: &Calendars, covered: &mut BTreeSet<String>, faults: &mut Vec<Fault>) {
    source.keys(&["case"], faults);
    let cases = source.records::<RawCase>("case", faults);
    if cases.len() > CASES {
        return faults.push(Fault::new(source.path, 0, "case", "too-many").with("limit", CASES.to_string()));
    }
    for Sited { value, site } in cases {
        let run = Run { case: &value, site: &site, calendars };
        if let Err(fault) = run.check(clocks) {
            faults.push(*fault);
        }
        covered.extend(value.clock);
    }
}

struct Run<'r> {
    case: &'r RawCase,
    site: &'r Site<'r>,
    calendars: &'r Calendars,
}

type Checked<T> = Result<T, Box<Fault>>;

impl Run<'_> {
    fn check(&self, clocks: &Clocks) -> Checked<()> {
        let case = self.case;
        let bare;
        let clock = match (&case.clock, &case.length) {
            (Some(id), None) => clocks.get(id).ok_or_else(|| self.fault(&["clock"], "clock-case-clock").with("id", shown(id)))?,
            (None, Some(length)) => {
                bare = self.bare(length)?;
                &bare
            }
            _ => return Err(self.fault(&[], "clock-case-what").into()),
        };
        let pauses = self.pauses()?;
        let own = case.own.as_ref().map(|own| self.span(&["own"], own, case.own_unit.into())).transpose()?;
        let ordered = case.ordered.as_ref().map(|at| self.moment("ordered", at)).transpose()?;
        let start = self.moment("start", &case.start)?;
        let asked = Asked { start, row: case.row.as_deref(), own, ordered, pauses: &pauses };
        self.first(clock, &asked)?;
        self.others(clock, start)?;
        self.days(clock, start)
    }

    fn first(&self, clock: &Clock, asked: &Asked<'_>) -> Checked<()> {
        let case = self.case;
        let expected = match (&case.due, &case.none) {
            (Some(at), None) => Ok(self.end("due", at)?),
            (None, Some(code)) => Err(code.as_str()),
            _ => return Err(self.fault(&[], "clock-case-expects").into()),
        };
        let got = due(clock, asked, &self.calendars.work);
        match (&got, expected) {
            (Err(none), Err(code)) if none.code() == code => return Ok(()),
            (Ok(got), Ok(at)) if got.at == at => {}
            _ => return Err(self.differs(&["due"], case.due.as_deref().or(case.none.as_deref()), &said(&got.map(|due| due.at))).into()),
        }
        let Ok(got) = got else { return Ok(()) };
        if got.guessed.is_some() != case.guessed {
            return Err(self.differs(&["guessed"], Some(&case.guessed.to_string()), &got.guessed.is_some().to_string()).into());
        }
        if let Some(expected) = &case.last_working_day {
            let last = got.last_working_day.map_or_else(|| "none".to_owned(), |counted| counted.value.to_string());
            if last != *expected {
                return Err(self.differs(&["last_working_day"], Some(expected), &last).into());
            }
        }
        Ok(())
    }

    fn others(&self, clock: &Clock, start: Instant) -> Checked<()> {
        if self.case.then.is_empty() {
            return Ok(());
        }
        let got = occurrences(clock, start, self.case.then.len() + 1, &self.calendars.work);
        let got = got.map_err(|none| self.differs(&["then"], None, none.code()))?;
        for (text, due) in self.case.then.iter().zip(got.iter().skip(1)) {
            if due.at != self.end("then", text)? {
                return Err(self.differs(&["then"], Some(text), &due.at.to_civil()).into());
            }
        }
        Ok(())
    }

    fn days(&self, clock: &Clock, start: Instant) -> Checked<()> {
        let Some(expected) = self.case.term_days else { return Ok(()) };
        let span = match &clock.term {
            Term::Keep { span } | Term::Within { length: Length::Span(span), .. } => Some(*span),
            _ => None,
        };
        let days = span.and_then(|span| term_days(Day::of(start), span));
        if days == Some(expected) {
            return Ok(());
        }
        let got = days.map_or_else(|| "none".to_owned(), |days| days.to_string());
        Err(self.differs(&["term_days"], Some(&expected.to_string()), &got).into())
    }

    fn bare(&self, length: &str) -> Checked<Clock> {
        let unit = Unit::from(self.case.unit);
        let length =
            Length::parse(length, unit).map_err(|error| length_fault(self.fault(&["length"], length_code(error)), length, error))?;
        Ok(Clock {
            id: String::new(),
            name: crate::Bilingual::default(),
            duties: Vec::new(),
            of: None,
            start: None,
            stop: String::new(),
            term: Term::Within { length, roll: Roll::from(self.case.roll) },
            recipients: Vec::new(),
            applies: None,
            basis: Vec::new(),
            sureness: Sureness::Certain,
            unsure: None,
            pauses: Vec::new(),
            file: String::new(),
            line: 0,
        })
    }

    fn pauses(&self) -> Checked<Vec<Pause>> {
        let pause = |stop: &RawStop| {
            let until = stop.until.as_ref().map(|until| self.moment("pauses", until)).transpose()?;
            Ok(Pause { from: self.moment("pauses", &stop.from)?, until })
        };
        self.case.pauses.iter().map(pause).collect()
    }

    fn span(&self, path: &[&str], text: &str, unit: Unit) -> Checked<Span> {
        Span::parse(text, unit).map_err(|error| length_fault(self.fault(path, length_code(error)), text, error).into())
    }

    fn moment(&self, key: &str, text: &str) -> Checked<Instant> {
        parse_time(text).map_err(|_| self.fault(&[key], "clock-case-time").with("value", shown(text)).into())
    }

    /// A date stands for its last moment.
    fn end(&self, key: &str, text: &str) -> Checked<Instant> {
        text.parse::<Day>().map_or_else(|_| self.moment(key, text), |day| Ok(day.last_moment()))
    }

    fn fault(&self, path: &[&str], code: &'static str) -> Fault {
        self.site.fault(path, code)
    }

    fn differs(&self, path: &[&str], expected: Option<&str>, got: &str) -> Fault {
        self.fault(path, "clock-case-differs").with("expected", shown(expected.unwrap_or("-"))).with("got", got)
    }
}

fn said(got: &Result<Instant, NoDue>) -> String {
    match got {
        Ok(at) => at.to_civil(),
        Err(none) => none.code().to_owned(),
    }
}
