//! `cases.complete`: cases with every step that their kind demands.
//!
//! Invariant: a step that waits for its second person counts as missing once its clock has run out, and while it runs only where the step was already acted on
//! alone; nobody's being in time is guessed.

use anlan_ledger::engine::{ClockState, Record};
use anlan_ledger::records::StateAsk;

use super::question::{Question, Recent, Valued, kind_name, kind_of, tell, title_of};
use crate::assess::{AssessError, Measured, Site};

/// What one kind calls a gap.
struct Case {
    kind: &'static str,
    without_record: fn(&Record) -> bool,
    without_second: fn(&Late<'_>) -> bool,
    unanswered: fn(&Late<'_>) -> bool,
}

/// A record and which of its clocks have run out.
struct Late<'a> {
    record: &'a Record,
    site: &'a Site,
}

impl Late<'_> {
    fn is(&self, clock: &str) -> bool {
        match self.record.clocks.get(clock) {
            Some(ClockState::Running(running)) => running.missed || running.due < self.site.now,
            _ => false,
        }
    }
}

fn find(name: &str) -> Option<Case> {
    match name {
        "content_case" => Some(Case {
            kind: "content-case",
            without_record: |case| {
                let is_done = matches!(case.state.as_str(), "executed" | "confirmed" | "appealed" | "restoring" | "closed" | "restored");
                is_done && !(case.has("evidence") && case.has("execution"))
            },
            without_second: |late| late.is("second"),
            unanswered: |late| late.is("appeal") || late.is("order"),
        }),
        "assistance" => Some(Case {
            kind: "authority-request",
            without_record: |case| {
                let is_given = matches!(case.state.as_str(), "given" | "urgent_given" | "closed");
                is_given && !(case.has("instrument_no") && case.has("given_at"))
            },
            without_second: |late| late.is("second") || late.record.value("approval") == "denied",
            unanswered: |late| late.is("assistance"),
        }),
        "inspection_visit" => Some(Case {
            kind: "visit",
            without_record: |case| matches!(case.state.as_str(), "signed" | "closed") && !(case.has("record") || case.has("remark")),
            without_second: |_| false,
            unanswered: |late| late.is("complete"),
        }),
        _ => None,
    }
}

pub(in crate::assess) async fn cases_complete(site: &Site, of: &[String]) -> Result<Option<Measured>, AssessError> {
    let [name] = of else { return Ok(None) };
    let Some(case) = find(name).filter(|case| kind_of(site, case.kind).is_some()) else { return Ok(None) };
    let mut measured = Measured::default();
    if Question::of(case.kind, StateAsk::All).asked(site, &mut measured).await? == 0 {
        // That nothing was entered is not that nothing happened.
        measured.reason("reg-none", &[("kind", &kind_name(site, case.kind))]);
        return Ok(Some(measured));
    }
    let recent = Recent::read(site, case.kind, &[]).await?;
    measured.since = Some(recent.since);
    let picked = |wanted: &dyn Fn(&Late<'_>) -> bool| -> Vec<&Record> {
        recent.records.iter().filter(|record| wanted(&Late { record, site })).collect()
    };
    let gaps = [
        ("without_record", "reg-case-record", picked(&|late| (case.without_record)(late.record))),
        ("without_second_person", "reg-case-second", picked(&|late| (case.without_second)(late))),
        ("unanswered", "reg-case-unanswered", picked(&|late| (case.unanswered)(late))),
    ];
    for (_, code, records) in &gaps {
        records.iter().for_each(|record| tell(&mut measured, code, &record.number, &title_of(site, record)));
    }
    for (fact, _, records) in &gaps {
        if recent.whole || !records.is_empty() {
            measured = measured.count(fact, records.len());
        }
    }
    if !recent.whole {
        measured.reason("reg-cut", &[]);
    }
    Ok(Some(if recent.whole { measured.count("cases", recent.records.len()) } else { measured }))
}
