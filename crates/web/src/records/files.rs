//! `/r/{number}/files/{digest}`: an attachment, as it was sent.
//!
//! Invariant: a file is never shown as a page of ours: pictures and PDF may be looked at, everything else is saved; no browser guesses a type.

use std::io::Read as _;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::address::encode;
use crate::console::Shared;
use crate::failure::Failure;
use crate::session::Signed;

/// Types that browsers draw without running anything.
const SHOWN: [&str; 5] = ["image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"];

pub(crate) async fn file(
    State(house): State<Shared>,
    who: Signed,
    Path((number, digest)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let (kept, mut file) = house.console.ledger.attachment(&who.rights, &number, &digest).await?.ok_or(Failure::NotFound)?;
    let how = if SHOWN.contains(&kept.media.as_str()) { "inline" } else { "attachment" };
    let disposition = format!("{how}; filename*=UTF-8''{}", encode(&kept.name));
    let headers = [
        (header::CONTENT_TYPE, kept.media),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "private, max-age=3600".to_owned()),
    ];
    let mut bytes = Vec::new();
    let bytes = tokio::task::spawn_blocking(move || file.read_to_end(&mut bytes).map(|_| bytes))
        .await
        .map_err(Failure::internal)?
        .map_err(Failure::internal)?;
    Ok((headers, Body::from(bytes)).into_response())
}
