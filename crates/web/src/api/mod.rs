//! The REST API: events in, searches out; registers, records, files, units and people. Answers are JSON; every error says what to do.
//!
//! Invariants: `openapi.rs` describes every route under `/api/v1/`, and nothing else; what changes takes a token, never a session.

pub(crate) mod acts;
pub(crate) mod agenda;
mod asker;
mod body;
pub(crate) mod coverage;
pub(crate) mod directory;
pub(crate) mod duties;
pub(crate) mod events;
pub(crate) mod files;
pub(crate) mod kinds;
pub(crate) mod openapi;
pub(crate) mod pulse;
pub(crate) mod records;
mod refused;
mod schema;
pub(crate) mod search;
mod values;

pub use asker::API_CALLS;
pub use body::JSON_BYTES;
pub use files::API_FILES;
pub(crate) use refused::dress;

use anlan_ledger::{Scope, TokenHolder};
use axum::Json;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::console::Shared;
use crate::failure::Failure;

/// An error as JSON: a code for programs, a sentence for people, and what else belongs to it.
pub(crate) fn refuse(status: StatusCode, code: &str, message: &str, more: Value) -> Response {
    let mut body = json!({ "error": code, "message": message });
    if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
        body.extend(more);
    }
    let mut response = (status, Json(body)).into_response();
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, axum::http::HeaderValue::from_static("Bearer"));
    }
    if status == StatusCode::TOO_MANY_REQUESTS {
        response.headers_mut().insert(header::RETRY_AFTER, axum::http::HeaderValue::from_static("1"));
    }
    response
}

pub(crate) fn failed(failure: &Failure) -> Response {
    let (code, message) = match failure {
        Failure::Busy => ("busy", "too many requests wait already; try again"),
        _ => ("internal", "the server could not answer; its log says why"),
    };
    refuse(failure.status(), code, message, json!({}))
}

pub(crate) fn no_token() -> Response {
    refuse(
        StatusCode::UNAUTHORIZED,
        "token",
        "send a valid API token: Authorization: Bearer TOKEN (make one with `anlan token add`)",
        json!({}),
    )
}

/// Who comes with the token in the `Authorization` header, if it is good and has the scope.
pub(crate) async fn token_holder(house: &Shared, headers: &HeaderMap, scope: Scope) -> Result<Option<TokenHolder>, Failure> {
    let Some(value) = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()) else { return Ok(None) };
    let Some((scheme, token)) = value.split_once(' ') else { return Ok(None) };
    if !scheme.eq_ignore_ascii_case("bearer") || token.len() > 256 {
        return Ok(None);
    }
    Ok(house.console.ledger.token_holder(token.trim()).await?.filter(|holder| holder.may(scope)))
}

/// The name of the token of the header, if it may send log lines.
pub(crate) async fn token_name(house: &Shared, headers: &HeaderMap) -> Result<Option<String>, Failure> {
    Ok(token_holder(house, headers, Scope::LogsWrite).await?.map(|holder| holder.name))
}
