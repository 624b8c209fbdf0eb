//! One line: `/logs/SEQ` shows its bytes and what was read from them; `raw` and `proof` are downloads. Each of the three is a ledger entry (I7).

use std::sync::Arc;

use anlan_base::text::{Lang, text};
use anlan_base::{Instant, Seq, parse_time};
use anlan_vault::{Hit, Query, Search};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::{field, scope};
use crate::assets::hex;
use crate::console::{ProveError, Shared};
use crate::failure::Failure;
use crate::page::{Page, Section, grouped, show};
use crate::session::Signed;
use crate::shown::{self, Part};

/// Bytes of one field's value on the page.
const VALUE_BYTES: usize = 1024;
/// Bytes that all fields take on the page.
const FIELDS_BYTES: usize = 16 * 1024;
/// Skew under this is not worth a word.
const SKEW_SHOWN: u64 = Instant::SECOND / 10;

#[derive(Template)]
#[template(path = "line.html")]
struct LinePage {
    page: Page,
    seq: Seq,
    received: String,
    claimed: String,
    skew: String,
    source: String,
    source_name: String,
    class: String,
    origin: &'static str,
    piece: String,
    bytes: String,
    sha256: String,
    notes: Vec<String>,
    /// Empty when the bytes are not text.
    raw: Vec<Part>,
    hex: String,
    decoded: String,
    was_cut: bool,
    fields: Vec<(String, String)>,
    vkey: String,
    /// What a stranger runs to check the proof.
    check: String,
}

fn seq_of(written: &str) -> Result<Seq, Failure> {
    written.parse().map_err(|_| Failure::NotFound)
}

/// The line of a number with what it says; one of another unit is none.
async fn find(house: &Shared, who: &Signed, seq: Seq) -> Result<Hit, Failure> {
    let scope = scope(house, &who.rights);
    let found = house
        .beside(move |console| {
            let until = Some(seq.received().plus_nanos(1));
            Ok(console.vault.search(&Search { query: Query::all(), since: Some(seq.received()), until, scope, limit: 1 })?)
        })
        .await?;
    found.lines.into_iter().next().filter(|hit| hit.line.seq == seq).ok_or(Failure::NotFound)
}

async fn note(house: &Shared, who: &Signed, act: &str, seq: Seq) -> Result<(), Failure> {
    Ok(house.console.ledger.note_act(&who.actor(), act, &[("seq", &seq.to_string())]).await?)
}

pub(crate) async fn line(State(house): State<Shared>, who: Signed, Path(seq): Path<String>) -> Result<Response, Failure> {
    let hit = find(&house, &who, seq_of(&seq)?).await?;
    note(&house, &who, "line.view", hit.line.seq).await?;
    let names = super::source_names(&house).await?;
    let page = Page::signed(&house, &who, Section::Logs, "line-title");
    let name = names.get(&hit.line.source).cloned().unwrap_or_default();
    show(StatusCode::OK, &draw(page, &hit, name, house.console.prover.vkey()))
}

fn draw(page: Page, hit: &Hit, source_name: String, vkey: String) -> LinePage {
    let line = &hit.line;
    let as_text = std::str::from_utf8(&line.raw).ok();
    let (raw_text, raw_cut) = shown::cut(as_text.unwrap_or_default(), shown::RAW_BYTES);
    let (claimed, skew) = times(page.lang, hit);
    LinePage {
        seq: line.seq,
        received: line.seq.received().to_rfc3339(),
        claimed,
        skew,
        source: line.source.to_string(),
        source_name,
        class: line.class.to_string(),
        origin: line.origin.as_str(),
        piece: if line.piece.is_whole() { String::new() } else { line.piece.number().to_string() },
        bytes: grouped(line.raw.len() as u64),
        sha256: hex(&Sha256::digest(&line.raw)),
        notes: hit.notes.iter().map(|code| note_text(page.lang, code)).collect(),
        raw: shown::parts(raw_text),
        hex: if as_text.is_some() { String::new() } else { shown::hex_dump(&line.raw) },
        decoded: if as_text.is_some() { String::new() } else { shown::plain(&hit.message, shown::HEX_BYTES) },
        was_cut: raw_cut || (as_text.is_none() && line.raw.len() > shown::HEX_BYTES),
        fields: shown_fields(hit),
        check: format!("python3 verify.py --key '{vkey}' {}.tlog-proof", line.seq),
        vkey,
        page,
    }
}

fn note_text(lang: Lang, code: &str) -> String {
    let key = format!("note-{code}");
    let told = text(lang, &key, &[]);
    if told.starts_with('‹') { code.to_owned() } else { told }
}

/// The time the line claims, and how far its clock was off; both empty where it claims none.
fn times(lang: Lang, hit: &Hit) -> (String, String) {
    let Ok(claimed) = parse_time(field(hit, "@timestamp")) else { return Default::default() };
    if hit.notes.contains(&"no-time") {
        return Default::default();
    }
    let received = hit.line.seq.received();
    let (ahead, behind) = (claimed.since(received), received.since(claimed));
    let off = ahead.max(behind);
    let seconds = format!("{}.{}", off / Instant::SECOND, off % Instant::SECOND / (Instant::SECOND / 10));
    let key = match () {
        () if off < SKEW_SHOWN => "line-skew-none",
        () if ahead > 0 => "line-skew-ahead",
        () => "line-skew-behind",
    };
    (claimed.to_rfc3339(), text(lang, key, &[("seconds", &seconds)]))
}

fn shown_fields(hit: &Hit) -> Vec<(String, String)> {
    let mut budget = FIELDS_BYTES;
    let mut out = Vec::new();
    for (name, value) in &hit.fields {
        let pair = (shown::plain(name, VALUE_BYTES), shown::plain(value, VALUE_BYTES));
        let Some(left) = budget.checked_sub(pair.0.len() + pair.1.len() + 64) else { break };
        budget = left;
        out.push(pair);
    }
    out
}

fn download(name: &str, media: &'static str, bytes: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    (StatusCode::OK, [(header::CONTENT_TYPE, media.to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes).into_response()
}

pub(crate) async fn raw(State(house): State<Shared>, who: Signed, Path(seq): Path<String>) -> Result<Response, Failure> {
    let seq = seq_of(&seq)?;
    let line = house.beside(move |console| Ok(console.vault.line(seq)?)).await?;
    let line = line.filter(|line| scope(&house, &who.rights).allows(&line.source)).ok_or(Failure::NotFound)?;
    note(&house, &who, "line.download", seq).await?;
    Ok(download(&format!("{seq}.log"), "application/octet-stream", line.raw.to_vec()))
}

pub(crate) async fn proof(State(house): State<Shared>, who: Signed, Path(seq): Path<String>) -> Result<Response, Failure> {
    let seq = seq_of(&seq)?;
    let prover = Arc::clone(&house.console.prover);
    let scope = scope(&house, &who.rights);
    let made = house.beside(move |_| Ok(prover.prove(seq, &scope))).await?;
    let bytes = match made {
        Ok(bytes) => bytes,
        Err(ProveError::NoSuchLine(_)) => return Err(Failure::NotFound),
        Err(error) => return Err(Failure::internal(error)),
    };
    note(&house, &who, "line.prove", seq).await?;
    Ok(download(&format!("{seq}.tlog-proof"), "text/plain; charset=utf-8", bytes))
}
