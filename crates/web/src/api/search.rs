//! `GET /api/v1/search`: lines as JSON, one object a line, newest first; the same words as `anlan log search --json`.

use anlan_base::{Instant, Seq, parse_time};
use anlan_ledger::TokenHolder;
use anlan_vault::{Hit, Query, Scope, Search};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use bytes::Bytes;
use http_body_util::channel::{Channel, Sender};
use serde_json::{Map, Value, json};

use super::{failed, no_token, refuse, token_holder};
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::logs::{read_query, scope};
use crate::session::Signed;

/// Lines of one answer; `limit` asks for fewer.
pub const API_LINES: usize = 10_000;
const DEFAULT_LINES: usize = 100;
/// Lines that are held at a time while an answer is written.
const STEP: usize = 64;

struct Asked {
    query: Query,
    scope: Scope,
    since: Option<Instant>,
    until: Option<Instant>,
    limit: usize,
}

pub(crate) async fn search(State(house): State<Shared>, headers: HeaderMap, pairs: Pairs) -> Response {
    let scope = match scope_of(&house, &headers).await {
        Ok(Some(scope)) => scope,
        Ok(None) => return no_token(),
        Err(failure) => return failed(&failure),
    };
    let asked = match read(&pairs, scope) {
        Ok(asked) => asked,
        Err(response) => return *response,
    };
    match first_step(&house, asked).await {
        Ok(response) => response,
        Err(failure) => failed(&failure),
    }
}

/// What the asker may see: a token as much as its owner, one without an owner (made at the server's shell) everything; none where nobody asks.
async fn scope_of(house: &Shared, headers: &HeaderMap) -> Result<Option<Scope>, Failure> {
    let rights = match token_holder(house, headers, anlan_ledger::Scope::LogsRead).await? {
        Some(TokenHolder { owner: None, .. }) => return Ok(Some(Scope::All)),
        Some(TokenHolder { owner: Some(owner), .. }) => house.console.ledger.rights_of(&owner),
        None => match Signed::find(headers, String::new(), String::new(), house).await? {
            Some(signed) => signed.rights,
            None => return Ok(None),
        },
    };
    Ok(Some(scope(house, &rights)))
}

fn read(pairs: &Pairs, scope: Scope) -> Result<Asked, Box<Response>> {
    let bad = |code: &str, message: String, more: Value| Box::new(refuse(StatusCode::BAD_REQUEST, code, &message, more));
    let query =
        read_query(pairs.get("q")).map_err(|e| bad("query", e.to_string(), json!({ "column": e.column, "expected": e.expected })))?;
    let bound = |name: &str| match pairs.get(name) {
        "" => Ok(None),
        written => parse_time(written).map(Some).map_err(|e| bad(name, e.to_string(), json!({}))),
    };
    let limit = match pairs.get("limit") {
        "" => DEFAULT_LINES,
        written => written
            .parse()
            .ok()
            .filter(|n| (1..=API_LINES).contains(n))
            .ok_or_else(|| bad("limit", format!("write 1 to {API_LINES}"), json!({})))?,
    };
    Ok(Asked { query, scope, since: bound("since")?, until: bound("until")?, limit })
}

/// The first lines decide the status; the rest is written while it is read.
async fn first_step(house: &Shared, asked: Asked) -> Result<Response, Failure> {
    let (sender, body) = Channel::<Bytes, std::io::Error>::new(2);
    let (lines, cursor) = step(house, &asked, asked.until, asked.limit).await?;
    tokio::spawn(write(house.clone(), asked, sender, lines, cursor));
    Ok((StatusCode::OK, [(header::CONTENT_TYPE, "application/x-ndjson")], Body::new(body)).into_response())
}

async fn write(house: Shared, asked: Asked, mut sender: Sender<Bytes, std::io::Error>, lines: Vec<Hit>, mut cursor: Option<Seq>) {
    let mut left = asked.limit.saturating_sub(lines.len());
    if sender.send_data(render(&lines)).await.is_err() {
        return;
    }
    while let Some(before) = cursor.filter(|_| left > 0) {
        let Ok((lines, next)) = step(&house, &asked, Some(before.received()), left).await else {
            // The status is sent already: only a body that breaks off says that lines are missing.
            sender.abort(std::io::Error::other("the search failed"));
            return;
        };
        left = left.saturating_sub(lines.len());
        cursor = next;
        if sender.send_data(render(&lines)).await.is_err() {
            return;
        }
    }
}

async fn step(house: &Shared, asked: &Asked, until: Option<Instant>, left: usize) -> Result<(Vec<Hit>, Option<Seq>), Failure> {
    let search = Search { query: asked.query.clone(), since: asked.since, until, scope: asked.scope.clone(), limit: left.min(STEP) };
    let found = house.beside(move |console| Ok(console.vault.search(&search)?)).await?;
    let cursor = found.lines.last().map(|hit| hit.line.seq).filter(|_| found.more);
    Ok((found.lines, cursor))
}

fn render(lines: &[Hit]) -> Bytes {
    let mut out = Vec::new();
    for hit in lines {
        out.extend_from_slice(hit_json(hit).to_string().as_bytes());
        out.push(b'\n');
    }
    out.into()
}

/// `seq` as a decimal string, `raw` when it is UTF-8, else `raw_b64`, fields as flat dotted keys: here and at the shell.
#[must_use]
pub fn hit_json(hit: &Hit) -> Value {
    let mut object = Map::new();
    for (name, value) in &hit.fields {
        object.insert(name.clone(), Value::String(value.clone()));
    }
    object.insert("seq".into(), Value::String(hit.line.seq.to_string()));
    object.insert("message".into(), Value::String(hit.message.clone()));
    if !hit.notes.is_empty() {
        object.insert("anlan.notes".into(), json!(hit.notes));
    }
    match std::str::from_utf8(&hit.line.raw) {
        Ok(raw) => object.insert("raw".into(), Value::String(raw.into())),
        Err(_) => object.insert("raw_b64".into(), Value::String(base64::engine::general_purpose::STANDARD.encode(&hit.line.raw))),
    };
    Value::Object(object)
}
