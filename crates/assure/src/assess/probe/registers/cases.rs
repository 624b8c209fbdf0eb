//! `cases.complete`: cases with every step that their kind demands.
//!
//! Invariant: a step that waits for its second person counts as missing once its clock has run out, and while it runs only where the step was already acted on
//! alone; nobody's being in time is guessed.

use anlan_ledger::records::StateAsk;

use super::question::{Question, Recent, kind_name, kind_of, tell, title_of};
use crate::assess::{AssessError, Measured, Site};

/// What one kind calls a gap, as conditions of its list.
struct Case {
    kind: &'static str,
    without_record: &'static [&'static str],
    /// None where the kind asks for no second person.
    without_second: Option<&'static [&'static str]>,
    unanswered: &'static [&'static str],
}

fn find(name: &str) -> Option<Case> {
    match name {
        "content_case" => Some(Case {
            kind: "content-case",
            without_record: &["in:executed,confirmed,appealed,restoring,closed,restored", "!has:evidence|!has:execution"],
            without_second: Some(&["late:second"]),
            unanswered: &["late:appeal|late:order"],
        }),
        "assistance" => Some(Case {
            kind: "authority-request",
            without_record: &["in:given,urgent_given,closed", "!has:instrument_no|!has:given_at"],
            without_second: Some(&["late:second|is:approval=denied"]),
            unanswered: &["late:assistance"],
        }),
        "inspection_visit" => Some(Case {
            kind: "visit",
            without_record: &["in:signed,closed", "!has:record", "!has:remark"],
            without_second: None,
            unanswered: &["late:complete"],
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
    recent.pick(site, &mut measured, &["cases"], &[])?;
    let gaps = [
        ("without_record", "reg-case-record", recent.pick(site, &mut measured, &["without_record"], case.without_record)?),
        (
            "without_second_person",
            "reg-case-second",
            match case.without_second {
                Some(only) => recent.pick(site, &mut measured, &["without_second_person"], only)?,
                None => Vec::new(),
            },
        ),
        ("unanswered", "reg-case-unanswered", recent.pick(site, &mut measured, &["unanswered"], case.unanswered)?),
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
