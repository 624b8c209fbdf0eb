//! `POST /api/v1/events`: each line of the body is one event, its bytes without the line feed are `raw`.
//!
//! Invariants: the body is never held as a whole; 2xx only after every line is on disk (I1); an error says how many lines, counted from
//! the body's first, are on disk, so that a sender goes on with the next one.

use std::collections::VecDeque;
use std::time::Duration;

use anlan_base::{Class, Origin, Piece, Seq, SourceKey, limits};
use anlan_vault::{Chunk, InletError, Ticket};
use axum::Json;
use axum::body::{Body, HttpBody};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http_body_util::BodyExt;
use serde_json::json;

use super::{failed, no_token, refuse, token_name};
use crate::console::Shared;
use crate::failure::Failure;

/// Bodies that are read at the same time; the next one is told to come again (429).
pub const BODIES: usize = 16;
/// Bytes of one body. A sender with more sends several.
pub const BODY_BYTES: usize = 64 << 20;
/// Lines and bytes that are handed to the vault at once.
const CHUNK_LINES: usize = 4096;
const CHUNK_BYTES: usize = 256 << 10;
/// Chunks of one body that wait for the disk at the same time.
const IN_FLIGHT: usize = 4;
/// A body that sends nothing for this long is given up.
const SILENCE: Duration = Duration::from_secs(30);

/// Cuts a stream of bytes into lines and pieces. Holds at most one line of [`limits::LINE_BYTES`].
#[derive(Default)]
struct Cutter {
    /// The beginning of a line whose line feed has not come.
    partial: Vec<u8>,
    /// Pieces of that line handed on already.
    pieces: u32,
}

impl Cutter {
    fn feed(&mut self, mut bytes: Bytes, out: &mut Gathered) {
        while !bytes.is_empty() {
            let Some(end) = bytes.iter().position(|b| *b == b'\n') else {
                self.keep(&bytes, out);
                return;
            };
            let rest = bytes.split_off(end + 1);
            bytes.truncate(end);
            self.close(&bytes, out);
            bytes = rest;
        }
    }

    /// Bytes of a line that goes on. A full piece is handed on only when a byte follows it: a line of exactly the limit is whole.
    fn keep(&mut self, mut bytes: &[u8], out: &mut Gathered) {
        while !bytes.is_empty() {
            if self.partial.len() == limits::LINE_BYTES {
                self.pieces += 1;
                out.push(Piece::part(self.pieces, false), std::mem::take(&mut self.partial).into());
            }
            let (now, later) = bytes.split_at(bytes.len().min(limits::LINE_BYTES - self.partial.len()));
            self.partial.extend_from_slice(now);
            bytes = later;
        }
    }

    fn close(&mut self, end: &Bytes, out: &mut Gathered) {
        if self.partial.is_empty() && self.pieces == 0 && end.len() <= limits::LINE_BYTES {
            if !end.is_empty() {
                out.push(Piece::WHOLE, end.clone());
                out.ends += 1;
            }
            return;
        }
        self.keep(end, out);
        let piece = if self.pieces == 0 { Piece::WHOLE } else { Piece::part(self.pieces + 1, true) };
        out.push(piece, std::mem::take(&mut self.partial).into());
        out.ends += 1;
        self.pieces = 0;
    }

    /// The body ended: a last line without a line feed counts too.
    fn finish(&mut self, out: &mut Gathered) {
        self.close(&Bytes::new(), out);
    }
}

/// Lines that wait to be handed to the vault together.
#[derive(Default)]
struct Gathered {
    lines: Vec<(Piece, Bytes)>,
    bytes: usize,
    /// Body lines that end in here.
    ends: u64,
}

impl Gathered {
    fn push(&mut self, piece: Piece, raw: Bytes) {
        self.bytes += raw.len();
        self.lines.push((piece, raw));
    }

    fn is_full(&self) -> bool {
        self.lines.len() >= CHUNK_LINES || self.bytes >= CHUNK_BYTES
    }
}

/// What of a body is on disk: lines in the order of the body, up to the first failure.
#[derive(Default)]
struct Stored {
    accepted: u64,
    first: Option<Seq>,
    last: Option<Seq>,
    broken: Option<InletError>,
}

/// One body on its way to the vault.
struct Delivery<'a> {
    house: &'a Shared,
    source: SourceKey,
    class: Class,
    tickets: VecDeque<(u64, Ticket)>,
    stored: Stored,
}

impl Delivery<'_> {
    async fn send(&mut self, gathered: &mut Gathered) {
        while !gathered.lines.is_empty() && self.stored.broken.is_none() {
            if self.tickets.len() == IN_FLIGHT {
                self.settle_one().await;
                continue;
            }
            let whole = std::mem::take(gathered);
            let chunk = Chunk { class: self.class.clone(), source: self.source.clone(), origin: Origin::Http, lines: whole.lines };
            match self.house.console.inlet.enqueue(chunk).await {
                Ok(ticket) => self.tickets.push_back((whole.ends, ticket)),
                Err(error) => self.stored.broken = Some(error),
            }
        }
    }

    async fn settle_one(&mut self) {
        let Some((ends, ticket)) = self.tickets.pop_front() else { return };
        match ticket.wait().await {
            Ok((first, last)) if self.stored.broken.is_none() => {
                self.stored.accepted += ends;
                self.stored.first.get_or_insert(first);
                self.stored.last = Some(last);
            }
            Ok(_) => {}
            Err(error) => self.stored.broken = Some(error),
        }
    }

    async fn settle(&mut self) {
        while !self.tickets.is_empty() {
            self.settle_one().await;
        }
    }
}

/// How the reading of a body ended.
enum End {
    Whole,
    TooLong,
    Silent,
    Torn,
}

pub(crate) async fn events(State(house): State<Shared>, headers: HeaderMap, body: Body) -> Response {
    let name = match token_name(&house, &headers).await {
        Ok(Some(name)) => name,
        Ok(None) => return no_token(),
        Err(failure) => return failed(&failure),
    };
    let Ok(_place) = house.bodies.try_acquire() else {
        let message = "too many bodies are being read already; try again in a second";
        return refuse(StatusCode::TOO_MANY_REQUESTS, "busy", message, json!({ "limit": BODIES }));
    };
    if body.size_hint().lower() > BODY_BYTES as u64 {
        return too_long(&Stored::default());
    }
    match deliver(&house, &name, body).await {
        Ok((end, stored)) => answer(&end, &stored),
        Err(failure) => failed(&failure),
    }
}

async fn deliver(house: &Shared, name: &str, body: Body) -> Result<(End, Stored), Failure> {
    let source = SourceKey::new(&format!("token:{name}")).map_err(Failure::internal)?;
    let class = house.console.ledger.source(&source).await?.class;
    let mut delivery = Delivery { house, source, class, tickets: VecDeque::new(), stored: Stored::default() };
    let end = read(body, &mut delivery).await;
    delivery.settle().await;
    Ok((end, delivery.stored))
}

async fn read(mut body: Body, delivery: &mut Delivery<'_>) -> End {
    let (mut cutter, mut gathered, mut total) = (Cutter::default(), Gathered::default(), 0_usize);
    loop {
        let frame = match tokio::time::timeout(SILENCE, body.frame()).await {
            Err(_) => break finish_early(delivery, &mut gathered, End::Silent).await,
            Ok(Some(Err(_))) => break finish_early(delivery, &mut gathered, End::Torn).await,
            Ok(None) => {
                cutter.finish(&mut gathered);
                break finish_early(delivery, &mut gathered, End::Whole).await;
            }
            Ok(Some(Ok(frame))) => frame,
        };
        let Ok(bytes) = frame.into_data() else { continue };
        total += bytes.len();
        if total > BODY_BYTES {
            break finish_early(delivery, &mut gathered, End::TooLong).await;
        }
        cutter.feed(bytes, &mut gathered);
        if gathered.is_full() {
            delivery.send(&mut gathered).await;
        }
        if delivery.stored.broken.is_some() {
            break End::Whole;
        }
    }
}

/// Sends on the whole lines that wait.
async fn finish_early(delivery: &mut Delivery<'_>, gathered: &mut Gathered, end: End) -> End {
    delivery.send(gathered).await;
    end
}

fn counts(stored: &Stored) -> serde_json::Value {
    let seq = |seq: Option<Seq>| seq.map(|s| s.to_string());
    json!({ "accepted": stored.accepted, "first_seq": seq(stored.first), "last_seq": seq(stored.last) })
}

fn too_long(stored: &Stored) -> Response {
    let message = format!("a body may have {BODY_BYTES} bytes; send the lines after the accepted ones in another");
    refuse(StatusCode::PAYLOAD_TOO_LARGE, "body-too-long", &message, counts(stored))
}

fn answer(end: &End, stored: &Stored) -> Response {
    if let Some(error) = &stored.broken {
        tracing::error!(%error, "a body could not be stored");
        return refuse(
            StatusCode::SERVICE_UNAVAILABLE,
            "store",
            "the lines after the accepted ones were not stored; send them again later",
            counts(stored),
        );
    }
    match end {
        End::Whole => (StatusCode::OK, Json(counts(stored))).into_response(),
        End::TooLong => too_long(stored),
        End::Silent => {
            refuse(StatusCode::REQUEST_TIMEOUT, "silent", "the body stopped; send the lines after the accepted ones again", counts(stored))
        }
        End::Torn => {
            refuse(StatusCode::BAD_REQUEST, "torn", "the body broke off; send the lines after the accepted ones again", counts(stored))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cuts `body`, fed in steps of `step` bytes.
    fn cut(body: &[u8], step: usize) -> Gathered {
        let (mut cutter, mut out) = (Cutter::default(), Gathered::default());
        body.chunks(step).for_each(|bytes| cutter.feed(Bytes::copy_from_slice(bytes), &mut out));
        cutter.finish(&mut out);
        out
    }

    #[test]
    fn lines_are_cut_alike_however_they_arrive() {
        let body = b"one\n\ntwo\r\n\n\nthree";
        for step in 1..=body.len() {
            let out = cut(body, step);
            let lines: Vec<&[u8]> = out.lines.iter().map(|(_, raw)| raw.as_ref()).collect();
            assert_eq!(lines, [&b"one"[..], b"two\r", b"three"], "{step}");
            assert_eq!(out.ends, 3);
        }
    }

    #[test]
    fn long_lines_become_numbered_pieces() {
        let n = limits::LINE_BYTES;
        for (len, sizes) in [(n - 1, vec![n - 1]), (n, vec![n]), (n + 1, vec![n, 1]), (2 * n, vec![n, n]), (2 * n + 1, vec![n, n, 1])] {
            let mut body = vec![b'x'; len];
            body.extend_from_slice(b"\nend\n");
            for step in [4096, 65_521, body.len()] {
                let out = cut(&body, step);
                let last = out.lines.len() - 1;
                assert_eq!(out.lines[..last].iter().map(|(_, raw)| raw.len()).collect::<Vec<_>>(), sizes, "{len} {step}");
                assert_eq!(out.ends, 2);
                assert!(out.lines[last].0.is_whole());
                for (i, (piece, _)) in out.lines[..last].iter().enumerate() {
                    let expected = if sizes.len() == 1 { Piece::WHOLE } else { Piece::part(u32::try_from(i).unwrap() + 1, i + 1 == last) };
                    assert_eq!(*piece, expected, "{len}");
                }
            }
        }
    }
}
