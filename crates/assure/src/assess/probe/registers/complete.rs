//! `registers.complete`: registers against what must stand in them.
//!
//! Invariant: where nothing says what must be there, `required` is left out: a register that is tidy is not a register that is whole.

use anlan_ledger::engine::Record;
use anlan_ledger::records::StateAsk;

use super::question::{Question, kind_name, kind_of, tell, title_of};
use crate::assess::{AssessError, Measured, Site};

/// How a kind answers for what a duty names, as conditions of its list.
struct Register {
    kind: &'static str,
    by: Option<(&'static str, &'static str)>,
    /// Records that the duty is about.
    concerns: &'static [&'static str],
    /// What the duty wants of each is there, and its contrary.
    entered: &'static str,
    missing: &'static str,
    /// It is there, but not whole and valid today.
    broken: &'static [&'static str],
    /// A review is late.
    late: &'static str,
    /// What must be there stands in the register itself: each record needs what the duty asks for. Otherwise nothing says how many there must be.
    says_itself: bool,
}

fn find(name: &str) -> Option<Register> {
    match name {
        // From the second level on a system is filed.
        "graded_system" => Some(Register {
            kind: "graded-system",
            by: None,
            concerns: &[],
            entered: "in:in_use,changing",
            missing: "!in:in_use,changing",
            broken: &["!under:level=2", "!has:level|!has:filing_no"],
            late: "late:filing|late:test_3|late:test_2|late:change",
            says_itself: false,
        }),
        "vendor_contract" => Some(Register {
            kind: "supplier",
            by: None,
            concerns: &["!in:proposed", "is:personal_information=yes|is:kind=processor"],
            entered: "has:agreement_on",
            missing: "!has:agreement_on",
            broken: &["!has:until|past:until|!has:clauses"],
            late: "late:check|late:contract|late:exit",
            says_itself: true,
        }),
        "security_product" => Some(Register {
            kind: "device",
            by: Some(("sort", "security")),
            concerns: &["!in:lost"],
            entered: "has:certificate",
            missing: "!has:certificate",
            broken: &["past:certificate_until"],
            late: "late:certificate",
            says_itself: true,
        }),
        "algorithm" => Some(Register {
            kind: "filing",
            by: Some(("kind", "algorithm")),
            concerns: &[],
            entered: "in:valid,changing",
            missing: "!in:valid,changing",
            broken: &["!has:proof|past:valid_until"],
            late: "late:check|late:change|late:validity",
            says_itself: true,
        }),
        _ => None,
    }
}

pub(in crate::assess) async fn registers_complete(site: &Site, of: &[String]) -> Result<Option<Measured>, AssessError> {
    let [name] = of else { return Ok(None) };
    let Some(register) = find(name).filter(|register| kind_of(site, register.kind).is_some()) else { return Ok(None) };
    let mut measured = Measured::default();
    let asked = Question::of(register.kind, StateAsk::Open);
    let asked = register.by.iter().fold(asked, |asked, (field, value)| asked.by(field, value));
    asked.asked(site, &mut measured).await?;
    let read = asked.records(site, None).await?;
    if !read.whole {
        measured.reason("reg-cut", &[]);
        return Ok(Some(measured));
    }
    let about = asked.only(register.concerns)?;
    let concerned = about.picked(site, &read.rows);
    let required = required(site, &register, concerned.len()).await?;
    if required.is_some() {
        about.told(&mut measured, &["required"], concerned.len());
    }
    let mut pick = |facts: &[&str], only: &[&str]| -> Result<Vec<&Record>, AssessError> {
        let asked = about.clone().only(only)?;
        let picked = asked.picked(site, &read.rows);
        asked.told(&mut measured, facts, picked.len());
        Ok(picked)
    };
    let entered = pick(&["entered"], &[register.entered])?;
    // What was begun and is not in force is a gap whatever the register should hold.
    let gap: &[&str] = if required.is_some() { &[] } else { &["incomplete"] };
    let missing = pick(gap, &[register.missing])?;
    let broken = pick(&["incomplete"], &[[register.entered].as_slice(), register.broken].concat())?;
    let late = pick(&["review_overdue"], &[register.late])?;
    for (code, records) in [("reg-entry-missing", &missing), ("reg-entry-incomplete", &broken), ("reg-entry-overdue", &late)] {
        records.iter().for_each(|record| tell(&mut measured, code, &record.number, &title_of(site, record)));
    }
    let mut measured = match required {
        Some(required) => measured.count("required", required),
        None => {
            measured.reason("reg-required-unknown", &[("kind", &kind_name(site, register.kind))]);
            measured
        }
    };
    concerned.iter().for_each(|record| measured.saw(record.number.as_str(), format!("/r/{}", record.number)));
    let incomplete = if required.is_some() { broken.len() } else { broken.len() + missing.len() };
    Ok(Some(measured.count("entered", entered.len()).count("incomplete", incomplete).count("review_overdue", late.len())))
}

/// An empty register says nothing of what should stand in it.
async fn required(site: &Site, register: &Register, concerned: usize) -> Result<Option<usize>, AssessError> {
    if !register.says_itself {
        return Ok(None);
    }
    let is_used = super::question::ever(site, register.kind).await? > 0;
    Ok(is_used.then_some(concerned))
}
