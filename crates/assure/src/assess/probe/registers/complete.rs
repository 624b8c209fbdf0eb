//! `registers.complete`: registers against what must stand in them.
//!
//! Invariant: where nothing says what must be there, `required` is left out: a register that is tidy is not a register that is whole.

use anlan_base::Day;
use anlan_ledger::engine::Record;
use anlan_ledger::records::{Attachment, StateAsk};

use super::question::{Question, Valued, kind_name, kind_of, tell, title_of};
use crate::assess::{AssessError, Measured, Site};

/// How a kind answers for what a duty names.
struct Register {
    kind: &'static str,
    by: Option<(&'static str, &'static str)>,
    /// Records that the duty is about.
    concerns: fn(&Record) -> bool,
    /// What the duty wants of each is there.
    is_entered: fn(&Record) -> bool,
    /// It is also whole and valid today.
    is_whole: fn(&Record, Day) -> bool,
    /// The clocks of its reviews.
    reviews: &'static [&'static str],
    /// What must be there stands in the register itself: each record needs what the duty asks for. Otherwise nothing says how many there must be.
    says_itself: bool,
}

fn find(name: &str) -> Option<Register> {
    match name {
        "graded_system" => Some(Register {
            kind: "graded-system",
            by: None,
            concerns: |_| true,
            is_entered: |record| matches!(record.state.as_str(), "in_use" | "changing"),
            is_whole: |record, _| level(record).is_some_and(|level| level < 2 || record.has("filing_no")),
            reviews: &["filing", "test_3", "test_2", "change"],
            says_itself: false,
        }),
        "vendor_contract" => Some(Register {
            kind: "supplier",
            by: None,
            concerns: |record| {
                record.state != "proposed" && (record.value("personal_information") == "yes" || record.value("kind") == "processor")
            },
            is_entered: |record| record.has("agreement_on"),
            is_whole: |record, today| record.day("until").is_some_and(|until| until >= today) && record.has("clauses"),
            reviews: &["check", "contract", "exit"],
            says_itself: true,
        }),
        "security_product" => Some(Register {
            kind: "device",
            by: Some(("sort", "security")),
            concerns: |record| record.state != "lost",
            is_entered: |record| record.has("certificate"),
            is_whole: |record, today| record.day("certificate_until").is_none_or(|until| until >= today),
            reviews: &["certificate"],
            says_itself: true,
        }),
        "algorithm" => Some(Register {
            kind: "filing",
            by: Some(("kind", "algorithm")),
            concerns: |_| true,
            is_entered: |record| matches!(record.state.as_str(), "valid" | "changing"),
            is_whole: |record, today| {
                !Attachment::in_value(record.value("proof")).is_empty() && record.day("valid_until").is_none_or(|until| until >= today)
            },
            reviews: &["check", "change", "validity"],
            says_itself: true,
        }),
        _ => None,
    }
}

fn level(record: &Record) -> Option<u8> {
    record.value("level").parse().ok()
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
    let today = Day::of(site.now);
    let concerned: Vec<&Record> = read.rows.iter().filter(|record| (register.concerns)(record)).collect();
    let (entered, missing): (Vec<&Record>, Vec<&Record>) = concerned.iter().copied().partition(|record| (register.is_entered)(record));
    let broken: Vec<&Record> = entered.iter().copied().filter(|record| !(register.is_whole)(record, today)).collect();
    let late: Vec<&Record> = concerned.iter().copied().filter(|record| is_late(site, record, register.reviews)).collect();
    for (code, records) in [("reg-entry-missing", &missing), ("reg-entry-incomplete", &broken), ("reg-entry-overdue", &late)] {
        records.iter().for_each(|record| tell(&mut measured, code, &record.number, &title_of(site, record)));
    }
    let required = required(site, &register, concerned.len()).await?;
    let mut measured = match required {
        Some(required) => measured.count("required", required),
        None => {
            measured.reason("reg-required-unknown", &[("kind", &kind_name(site, register.kind))]);
            measured
        }
    };
    concerned.iter().for_each(|record| measured.saw(record.number.as_str(), format!("/r/{}", record.number)));
    // What was begun and is not in force is a gap whatever the register should hold.
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

fn is_late(site: &Site, record: &Record, reviews: &[&str]) -> bool {
    record.running().any(|(clock, running)| reviews.contains(&clock) && (running.missed || running.due < site.now))
}
