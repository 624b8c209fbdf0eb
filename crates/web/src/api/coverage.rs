//! `GET /api/v1/coverage`: how far each listed device covers its term, and who else sends; the same scope as a search.
//!
//! Invariant: a device of another unit is not in the answer, nor what came from another unit's source (`sources::reach`).

use anlan_assure::assess::coverage::{self, Cell, Coverage, DeviceCoverage, Gap};
use anlan_base::Instant;
use anlan_ledger::TokenHolder;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::{failed, no_token, token_holder};
use crate::console::Shared;
use crate::failure::Failure;
use crate::session::Signed;
use crate::sources::device::Standing;
use crate::sources::reach::Reach;

/// Devices of one answer, and as many sources that are not listed.
pub(crate) const COVERAGE_ROWS: usize = 5_000;
/// What a cell and a gap may be called.
pub(crate) const CELLS: [&str; 5] = ["before", "covered", "silent", "lost", "open"];
/// How a device stands.
pub(crate) const STANDINGS: [&str; 5] = ["never", "silent", "holed", "growing", "complete"];

pub(crate) async fn coverage(State(house): State<Shared>, headers: HeaderMap) -> Response {
    match asked(&house, &headers).await {
        Ok(Some(coverage)) => Json(as_json(&coverage)).into_response(),
        Ok(None) => no_token(),
        Err(failure) => failed(&failure),
    }
}

/// What the asker may see: a token as much as its owner, one without an owner everything; none where nobody asks.
async fn asked(house: &Shared, headers: &HeaderMap) -> Result<Option<Coverage>, Failure> {
    let rights = match token_holder(house, headers, anlan_ledger::Scope::LogsRead).await? {
        Some(TokenHolder { owner: None, .. }) => return Ok(Some(measured(house).await?)),
        Some(TokenHolder { owner: Some(owner), .. }) => house.console.ledger.rights_of(&owner),
        None => match Signed::find(headers, String::new(), String::new(), house).await? {
            Some(signed) => signed.rights,
            None => return Ok(None),
        },
    };
    let directory = house.console.ledger.directory();
    let reach = Reach { directory: &directory, who: &rights, logs: house.console.ledger.sources_in_scope(&rights) };
    Ok(Some(reach.seen(measured(house).await?)))
}

async fn measured(house: &Shared) -> Result<Coverage, Failure> {
    coverage::coverage(&house.console.assessor.site()).await.map_err(Failure::internal)
}

fn as_json(coverage: &Coverage) -> Value {
    let rows = |devices: &[DeviceCoverage]| devices.iter().take(COVERAGE_ROWS).map(device).collect::<Vec<_>>();
    json!({
        "confirmed": coverage.confirmed.is_some(),
        "devices": rows(&coverage.devices),
        "unlisted": rows(&coverage.unlisted),
        "unverified": coverage.unverified,
        "cut": coverage.devices.len().max(coverage.unlisted.len()) > COVERAGE_ROWS,
    })
}

fn device(device: &DeviceCoverage) -> Value {
    json!({
        "record": device.record,
        "name": device.name,
        "source": device.source,
        "unit": device.unit.to_string(),
        "category": device.category,
        "standing": Standing::of(device).id(),
        "first": device.first.map(Instant::to_rfc3339),
        "last": device.last.map(Instant::to_rfc3339),
        "term": device.term,
        "days_required": device.days_required,
        "days_complete": device.days_complete,
        "complete_on": device.complete_on.map(|day| day.to_string()),
        "expected_seconds": device.expected_seconds,
        "silent_since": device.silent_since.map(Instant::to_rfc3339),
        "cells": device.cells.chunk_by(|a, b| a.1 == b.1).filter_map(run).collect::<Vec<_>>(),
        "gaps": device.gaps.iter().map(gap).collect::<Vec<_>>(),
    })
}

/// Days of one meaning on end.
fn run(cells: &[(anlan_base::Day, Cell)]) -> Option<Value> {
    let (from, cell) = cells.first()?;
    Some(json!({ "from": from.to_string(), "days": cells.len(), "cell": word(*cell) }))
}

fn gap(gap: &Gap) -> Value {
    json!({ "cause": word(gap.cause), "since": gap.since.to_rfc3339(), "until": gap.until.to_rfc3339() })
}

fn word(cell: Cell) -> &'static str {
    match cell {
        Cell::Before => "before",
        Cell::Covered => "covered",
        Cell::Silent => "silent",
        Cell::Lost => "lost",
        Cell::Open => "open",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_a_limit_and_says_when_it_was_cut() {
        let one = || DeviceCoverage {
            record: None,
            name: String::new(),
            source: "10.0.0.1".into(),
            unit: anlan_ledger::engine::UnitId(1),
            category: String::new(),
            first: None,
            last: None,
            days_required: 183,
            term: String::new(),
            days_complete: 0,
            complete_on: None,
            cells: vec![(anlan_base::Day(1), Cell::Before), (anlan_base::Day(2), Cell::Before), (anlan_base::Day(3), Cell::Open)],
            gaps: Vec::new(),
            expected_seconds: None,
            silent_since: None,
        };
        for (count, cut) in [(COVERAGE_ROWS - 1, false), (COVERAGE_ROWS, false), (COVERAGE_ROWS + 1, true)] {
            let told = as_json(&Coverage { devices: (0..count).map(|_| one()).collect(), ..Coverage::default() });
            assert_eq!(told["cut"], cut, "{count}");
            assert_eq!(told["devices"].as_array().unwrap().len(), count.min(COVERAGE_ROWS));
            assert_eq!(told["devices"][0]["cells"][0], json!({ "from": "1970-01-02", "days": 2, "cell": "before" }));
        }
        assert!([Cell::Before, Cell::Covered, Cell::Silent, Cell::Lost, Cell::Open].iter().all(|cell| CELLS.contains(&word(*cell))));
    }
}
