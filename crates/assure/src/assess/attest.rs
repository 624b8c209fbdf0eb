//! Attestations (kind `attestation`) as the judge reads them.
//!
//! Invariants: only what is given and not taken back; whoever opened the record is the person who says it; a value that does not read is no attestation.

use anlan_base::Day;
use anlan_ledger::engine::Record;
use anlan_ledger::records::{ListAsk, SURVEY_FOLDS, StateAsk};

use super::judge::Given;
use super::{AssessError, Site};

pub(super) const KIND: &str = "attestation";
/// Attestations in force that are read, latest first.
pub const ATTESTATIONS: usize = 5_000;

/// Those that count until further notice, latest first; whether their day has passed is the judge's.
pub(super) async fn given(site: &Site) -> Result<Vec<Given>, AssessError> {
    if site.ledger.kinds().get(KIND).is_none() {
        return Ok(Vec::new());
    }
    let directory = site.ledger.directory();
    let root = directory.root().map(|unit| unit.id);
    let mut ask = ListAsk { kind: Some(KIND.to_owned()), state: StateAsk::Is("given".to_owned()), ..ListAsk::default() };
    let mut all = Vec::new();
    loop {
        let page = site.ledger.survey(&ask).await?;
        let numbers: Vec<&str> = page.rows.iter().map(|row| row.number.as_str()).collect();
        for part in numbers.chunks(SURVEY_FOLDS) {
            let records = site.ledger.survey_full(part).await?;
            all.extend(records.iter().filter_map(|record| read(record, Some(record.unit) == root)));
        }
        match page.next {
            Some(next) if all.len() < ATTESTATIONS => ask.after = Some(next),
            _ => return Ok(all),
        }
    }
}

fn read(record: &Record, whole: bool) -> Option<Given> {
    let value = |name: &str| record.values.get(name).map(|value| value.trim());
    let met = match value("met")? {
        "met" => true,
        "not_met" => false,
        _ => return None,
    };
    Some(Given {
        duty: value("duty")?.to_ascii_uppercase(),
        met,
        // Entered later than it happened: it counts from the earlier day, so not longer.
        on: Day::of(record.opened.min(record.happened)),
        until: value("until")?.parse().ok()?,
        person: record.opener?,
        record: record.number.clone(),
        unit: record.unit,
        whole,
    })
}
