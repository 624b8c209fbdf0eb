//! 日志留存登记表, 自查表, 整改计划: their rows, from what was told.
//!
//! Invariants: duties worst first, those that nothing measures yet named apart; who and by when is a blank where no record says it.

use anlan_base::{Day, Instant};

use super::super::paper::civil;
use super::super::told::{DeviceTold, DutyTold, OpenTold};
use super::Asked;
use super::sheet::{Cell, Sheet, Table};
use crate::assess::State;
use crate::docx::day_in_words;

const REGISTER: &[&str] = &["no", "device", "category", "source", "dept", "first", "last", "term", "days", "full", "gaps", "state"];
const CHECK: &[&str] = &["no", "duty", "basis", "situation", "evidence", "problem", "measure", "owner", "due"];
const OPEN: &[&str] = &["no", "record", "problem", "measure", "owner", "due", "state"];
const PLAN: &[&str] = &["no", "problem", "basis", "measure", "owner", "due", "result"];
/// Open records on one form; the rest is counted.
pub const OPEN_ROWS: usize = 200;
/// Devices on one form; the rest is counted.
pub(super) const DEVICES: usize = 1_000;
/// Gaps that a device's row names, the last ones.
const GAPS: usize = 3;
/// Things of a sample that a row names.
const SAMPLE: usize = 3;

/// Rows up to a limit, and how many were left out.
pub(super) fn cut<T>(of: &[T], most: usize) -> (&[T], u64) {
    let (shown, rest) = of.split_at(of.len().min(most));
    (shown, rest.len() as u64)
}

pub(super) fn register(asked: &Asked<'_>) -> Sheet {
    let told = asked.told;
    let all: Vec<(&DeviceTold, bool)> =
        told.devices.iter().map(|device| (device, true)).chain(told.unlisted.iter().map(|device| (device, false))).collect();
    let (shown, more) = cut(&all, DEVICES);
    let rows = (1_usize..).zip(shown).map(|(number, (device, listed))| asked.device(number, device, *listed)).collect();
    let full = told.devices.iter().filter(|device| device.is_full()).count();
    let unverified = told.unverified.map_or_else(|| asked.say("forms-unverified-unknown"), |count| count.to_string());
    Sheet {
        facts: vec![
            ("unit", told.unit.clone()),
            ("made", asked.today()),
            ("list", asked.list()),
            ("devices", told.devices.len().to_string()),
            ("complete", full.to_string()),
            ("unverified", unverified),
        ],
        tables: vec![Table { title: "", columns: REGISTER, rows, more }],
        notes: Vec::new(),
    }
}

pub(super) fn check(asked: &Asked<'_>) -> Sheet {
    let duties = worst_first(&asked.told.duties);
    let rows = (1_usize..).zip(&duties).map(|(number, duty)| asked.duty(number, duty)).collect();
    let (open, more) = cut(&asked.told.open, OPEN_ROWS);
    let open = (1_usize..).zip(open).map(|(number, open)| open_row(number, open)).collect();
    let measured = asked.told.duties.iter().map(|duty| duty.at).max();
    Sheet {
        facts: vec![
            ("unit", asked.told.unit.clone()),
            ("made", asked.today()),
            ("count", asked.count()),
            ("measured", measured.map_or_else(|| asked.say("forms-never-measured"), civil)),
        ],
        tables: vec![
            Table { title: "forms-table-duties", columns: CHECK, rows, more: 0 },
            Table { title: "forms-table-open", columns: OPEN, rows: open, more: more + asked.told.open_more },
        ],
        notes: std::iter::once(asked.say("forms-legend")).chain(asked.unbuilt()).collect(),
    }
}

pub(super) fn plan(asked: &Asked<'_>) -> Sheet {
    let told = asked.told;
    let short: Vec<&DeviceTold> = told.devices.iter().filter(|device| !device.is_full()).collect();
    let (short, more_devices) = cut(&short, DEVICES);
    let devices = (1_usize..).zip(short).map(|(number, device)| asked.short(number, device)).collect();
    let wrong = worst_first(&told.duties).into_iter().filter(|duty| duty.state != State::Met);
    let gaps = (1_usize..).zip(wrong).map(|(number, duty)| asked.gap(number, duty)).collect();
    let (open, more) = cut(&told.open, OPEN_ROWS);
    let going = (1_usize..).zip(open).map(|(number, open)| going_row(number, open)).collect();
    Sheet {
        facts: vec![("unit", told.unit.clone()), ("made", asked.today()), ("count", asked.count()), ("list", asked.list())],
        tables: vec![
            Table { title: "forms-table-devices", columns: PLAN, rows: devices, more: more_devices },
            Table { title: "forms-table-gaps", columns: PLAN, rows: gaps, more: 0 },
            Table { title: "forms-table-going", columns: PLAN, rows: going, more: more + told.open_more },
        ],
        notes: asked.unbuilt().into_iter().collect(),
    }
}

/// Without those that nothing measures yet.
fn worst_first(duties: &[DutyTold]) -> Vec<&DutyTold> {
    let rank = |state: State| match state {
        State::Failing => 0,
        State::AtRisk => 1,
        State::Unknown => 2,
        State::Met => 3,
    };
    let mut all: Vec<&DutyTold> = duties.iter().filter(|duty| !duty.unbuilt).collect();
    all.sort_by_key(|duty| rank(duty.state));
    all
}

impl Asked<'_> {
    pub(super) fn today(&self) -> String {
        day_in_words(self.lang(), Day::of(self.told.at))
    }

    fn list(&self) -> String {
        match &self.told.confirmed {
            Some(record) => self.says("forms-confirmed", &[("record", record)]),
            None => self.say("forms-unconfirmed"),
        }
    }

    fn count(&self) -> String {
        let count = |state: State| self.told.duties.iter().filter(|duty| duty.state == state).count().to_string();
        let (met, risk, failing, unknown) = (count(State::Met), count(State::AtRisk), count(State::Failing), count(State::Unknown));
        let all = self.told.duties.len().to_string();
        self.says("forms-count", &[("all", &all), ("met", &met), ("risk", &risk), ("failing", &failing), ("unknown", &unknown)])
    }

    fn unbuilt(&self) -> Option<String> {
        let titles: Vec<&str> = self.told.duties.iter().filter(|duty| duty.unbuilt).map(|duty| duty.title.as_str()).collect();
        let words = || self.says("forms-unbuilt", &[("n", &titles.len().to_string()), ("titles", &titles.join(&self.say("list-comma")))]);
        (!titles.is_empty()).then(words)
    }

    /// ● 有差距.
    fn state(&self, duty: &DutyTold) -> String {
        let mark = if duty.computed { '●' } else { '○' };
        format!("{mark} {}", self.say(&format!("paper-state-{}", super::super::told::state_code(duty.state).replace('_', "-"))))
    }

    fn sentence(&self, duty: &DutyTold) -> String {
        let mut sentences = duty.reasons.clone();
        if duty.stale {
            sentences.insert(0, self.say("paper-stale"));
        }
        if let Some((person, until)) = &duty.who {
            sentences.push(self.says("paper-attested", &[("person", person), ("until", &until.to_string())]));
        }
        sentences.truncate(SAMPLE);
        sentences.join("\n")
    }

    fn duty(&self, number: usize, duty: &DutyTold) -> Vec<Cell> {
        let (state, sentence) = (self.state(duty), self.sentence(duty));
        let is_met = duty.state == State::Met;
        let situation = if is_met { format!("{state}\n{sentence}") } else { state };
        let (problem, measure) = if is_met { (String::new(), String::new()) } else { (sentence, duty.control.clone()) };
        vec![
            Cell::number(number),
            Cell::text(format!("{}\n{}", duty.title, duty.id)),
            Cell::text(duty.clauses.join("\n")),
            Cell::text(situation.trim_end()),
            Cell::text(self.evidence(duty)),
            Cell::text(problem),
            Cell::text(measure),
            Cell::blank(),
            Cell::blank(),
        ]
    }

    fn evidence(&self, duty: &DutyTold) -> String {
        let mut parts: Vec<String> = Vec::new();
        parts.extend(duty.entry.map(|entry| self.says("forms-entry", &[("entry", &entry.to_string())])));
        parts.extend(duty.leaf.map(|leaf| self.says("forms-leaf", &[("leaf", &leaf.to_string())])));
        parts.extend(duty.sample.iter().take(SAMPLE).cloned());
        parts.join("\n")
    }

    fn gap(&self, number: usize, duty: &DutyTold) -> Vec<Cell> {
        let problem = format!("{}：{}\n{}", duty.title, self.state(duty), self.sentence(duty));
        let basis = Cell::text(duty.clauses.join("\n"));
        vec![
            Cell::number(number),
            Cell::text(problem.trim_end()),
            basis,
            Cell::text(&*duty.control),
            Cell::blank(),
            Cell::blank(),
            Cell::blank(),
        ]
    }

    fn short(&self, number: usize, device: &DeviceTold) -> Vec<Cell> {
        let (days, of) = (device.days_complete.to_string(), device.days_required.to_string());
        let problem = self.says("forms-device-short", &[("device", device.title()), ("days", &days), ("of", &of)]);
        let wants = device.first.is_none() || device.silent_since.is_some();
        vec![
            Cell::number(number),
            Cell::text(problem),
            Cell::text(&*device.term),
            Cell::text(self.say(if wants { "forms-device-connect" } else { "forms-device-wait" })),
            Cell::blank(),
            Cell::text(device.complete_on.map_or_else(String::new, |day| day_in_words(self.lang(), day))),
            Cell::blank(),
        ]
    }

    fn device(&self, number: usize, device: &DeviceTold, listed: bool) -> Vec<Cell> {
        let at = |at: Option<Instant>| at.map_or_else(|| self.say("forms-never"), civil);
        let state = self.say(device.standing());
        let state = if listed { state } else { format!("{state}\n{}", self.say("forms-unlisted")) };
        let (done, of) = (device.days_complete.min(device.days_required).to_string(), device.days_required.to_string());
        vec![
            Cell::number(number),
            Cell::text(device.title()),
            Cell::text(&*device.category),
            Cell::text(&*device.source),
            Cell::text(&*device.dept),
            Cell::text(at(device.first)),
            Cell::text(at(device.last)),
            Cell::text(&*device.term),
            Cell::number(self.says("forms-days", &[("done", &done), ("of", &of)])),
            Cell::text(device.complete_on.map_or_else(|| "—".to_owned(), |day| day_in_words(self.lang(), day))),
            Cell::text(self.gaps(device)),
            Cell::text(state),
        ]
    }

    fn gaps(&self, device: &DeviceTold) -> String {
        let told = |(cause, since, until): &(&str, Instant, Instant)| {
            let cause = self.say(if *cause == "lost" { "device-cell-lost" } else { "device-cell-silent" });
            self.says("forms-gap", &[("cause", &cause), ("since", &civil(*since)), ("until", &civil(*until))])
        };
        let mut lines: Vec<String> = device.gaps.iter().rev().take(GAPS).map(told).collect();
        if device.gaps.len() > GAPS {
            lines.push(self.says("forms-gaps-more", &[("n", &(device.gaps.len() - GAPS).to_string())]));
        }
        match (lines.is_empty(), device.first) {
            (false, _) => lines.join("\n"),
            (true, Some(_)) => self.say("forms-gaps-none"),
            (true, None) => self.say("forms-never"),
        }
    }
}

fn open_row(number: usize, open: &OpenTold) -> Vec<Cell> {
    vec![
        Cell::number(number),
        Cell::text(format!("{}\n{}", open.number, open.kind)),
        Cell::text(&*open.title),
        Cell::text(&*open.measure),
        Cell::text(&*open.owner),
        Cell::text(&*open.due),
        Cell::text(&*open.state),
    ]
}

fn going_row(number: usize, open: &OpenTold) -> Vec<Cell> {
    vec![
        Cell::number(number),
        Cell::text(&*open.title),
        Cell::text(format!("{}\n{}", open.kind, open.number)),
        Cell::text(&*open.measure),
        Cell::text(&*open.owner),
        Cell::text(&*open.due),
        Cell::text(&*open.state),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_a_limit_is_counted() {
        for most in [OPEN_ROWS, DEVICES, super::super::extraction::FILES] {
            for (there, shown, more) in [(most - 1, most - 1, 0), (most, most, 0), (most + 1, most, 1)] {
                let all = vec![0_u8; there];
                let (got, left) = cut(&all, most);
                assert_eq!((got.len(), left), (shown, more), "{there} of {most}");
            }
        }
    }
}
