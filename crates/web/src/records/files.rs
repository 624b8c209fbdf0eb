//! `/r/{number}/files/{digest}`: an attachment, as it was sent.
//!
//! Invariant: a file is never shown as a page of ours: pictures and PDF may be looked at, everything else is saved; no browser guesses a type.

use std::fs::File;
use std::io::Read as _;

use anlan_ledger::records::Attachment;
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
    answer(house.console.ledger.attachment(&who.rights, &number, &digest).await?.ok_or(Failure::NotFound)?).await
}

/// A kept file as an answer; also for programs.
pub(crate) async fn answer((kept, mut file): (Attachment, File)) -> Result<Response, Failure> {
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
