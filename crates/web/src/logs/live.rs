//! `/logs/live`: what arrived since the last question, as JSON for the script. Asked once a second while a person watches.

use anlan_base::{Instant, Seq};
use anlan_vault::Search;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::{Row, read_page_query, scope, source_names};
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::session::Signed;
use crate::shown;

/// Rows of one answer; what is older than these is passed over and said (`more`).
pub(crate) const LIVE_ROWS: usize = 100;
/// An append that takes longer than this is found by a search, not by the tail.
const SETTLED_SECONDS: u64 = 60;

pub(crate) async fn live(State(house): State<Shared>, who: Signed, pairs: Pairs) -> Result<Response, Failure> {
    let now = house.console.clock.now();
    let Ok(query) = read_page_query(pairs.get("q")) else {
        return Ok((StatusCode::BAD_REQUEST, Json(json!({ "error": "query" }))).into_response());
    };
    let Ok(after) = pairs.get("after").parse::<Seq>() else {
        return Ok(Json(json!({ "rows": [], "more": false, "after": now.0.to_string() })).into_response());
    };
    let search =
        Search { query, since: Some(Instant(after.0.saturating_add(1))), until: None, scope: scope(&house, &who.rights), limit: LIVE_ROWS };
    let found = house.beside(move |console| Ok(console.vault.search(&search)?)).await?;
    let names = source_names(&house).await?;
    let words = shown::words_of(pairs.get("q"));
    let rows: Vec<Value> = found.lines.iter().map(|hit| as_json(&Row::new(hit, &names, &words))).collect();
    let newest = found.lines.first().map_or(after, |hit| hit.line.seq);
    let after = newest.0.max(now.minus_seconds(SETTLED_SECONDS).0);
    Ok(Json(json!({ "rows": rows, "more": found.more, "after": after.to_string() })).into_response())
}

fn as_json(row: &Row) -> Value {
    let parts: Vec<Value> =
        row.parts.iter().map(|part| json!([part.text, u8::from(part.is_mark()) + 2 * u8::from(part.is_control())])).collect();
    json!({
        "seq": row.seq.to_string(), "time": row.time, "exact": row.exact, "source": row.source, "host": row.host,
        "program": row.program, "failed": row.failed, "parts": parts,
    })
}
