//! `POST /api/v1/files`: a file comes in and waits for a record to name it; `GET /api/v1/records/{number}/files/{digest}`: one comes out.
//!
//! Invariants: a file is kept whole under its digest or not at all; it is never held in memory; so many come in at a time; one that nothing names is
//! forgotten (`UNNAMED_SECONDS`).

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use anlan_ledger::records::FILE_BYTES;
use axum::Json;
use axum::body::{Body, HttpBody};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, ReadBuf};

use super::asker::{Changer, Reader};
use super::records::known;
use super::refused::Refused;
use crate::console::Shared;
use crate::form::Pairs;

/// Files that come in at the same time.
pub const API_FILES: usize = 4;
/// Bytes of a file that is too large which are read and thrown away, so that the sender hears why; then the connection is cut.
const DRAINED_BYTES: u64 = 64 << 20;
/// A file that has not come by then is given up.
const PATIENCE: Duration = Duration::from_secs(10 * 60);

pub(crate) async fn upload(State(house): State<Shared>, caller: Changer, pairs: Pairs, body: Body) -> Result<Response, Refused> {
    let _caller = caller;
    known(&pairs, &["name"])?;
    let Ok(_place) = house.uploads.try_acquire() else { return Err(Refused::Busy) };
    if body.size_hint().lower() > DRAINED_BYTES {
        return Err(Refused::TooLarge { most: FILE_BYTES });
    }
    let mut coming = Coming { body, rest: Bytes::new(), total: 0, end: End::NotYet };
    let keeping = async {
        let kept = house.console.ledger.keep_attachment(pairs.get("name"), &mut coming).await;
        // What is no longer wanted is read to its end.
        let drained = tokio::io::copy(&mut coming, &mut tokio::io::sink()).await;
        kept.map_err(Refused::from).and_then(|kept| drained.map(|_| kept).map_err(|_| Refused::Cut))
    };
    let kept = tokio::time::timeout(PATIENCE, keeping).await.unwrap_or(Err(Refused::Cut));
    let kept = match coming.end {
        End::Torn => return Err(Refused::Cut),
        End::TooLong => return Err(Refused::TooLarge { most: FILE_BYTES }),
        End::NotYet | End::Whole => kept?,
    };
    let file = json!({ "name": kept.name, "digest": kept.digest, "size": kept.size, "type": kept.media });
    Ok((StatusCode::CREATED, Json::<Value>(file)).into_response())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    NotYet,
    Whole,
    Torn,
    TooLong,
}

/// A body as it is read. One that breaks off, or has no end, ends with an error, so that nothing of it is kept.
struct Coming {
    body: Body,
    rest: Bytes,
    total: u64,
    end: End,
}

impl AsyncRead for Coming {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        loop {
            if !self.rest.is_empty() {
                let count = buffer.remaining().min(self.rest.len());
                buffer.put_slice(&self.rest.split_to(count));
                return Poll::Ready(Ok(()));
            }
            match self.end {
                End::NotYet => {}
                End::Whole => return Poll::Ready(Ok(())),
                End::Torn | End::TooLong => return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into())),
            }
            match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                None => self.end = End::Whole,
                Some(Err(_)) => self.end = End::Torn,
                Some(Ok(frame)) => self.take(frame.into_data().unwrap_or_default()),
            }
        }
    }
}

impl Coming {
    fn take(&mut self, bytes: Bytes) {
        self.total += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if self.total > DRAINED_BYTES {
            self.end = End::TooLong;
        } else {
            self.rest = bytes;
        }
    }
}

pub(crate) async fn download(
    State(house): State<Shared>,
    reader: Reader,
    Path((number, digest)): Path<(String, String)>,
) -> Result<Response, Refused> {
    let found = house.console.ledger.attachment(&reader.rights, &number, &digest).await?.ok_or(Refused::NotFound)?;
    crate::records::file_answer(found).await.map_err(Refused::from)
}
