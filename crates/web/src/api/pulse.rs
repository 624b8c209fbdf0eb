//! `GET /health` and `GET /metrics`: whether the server is well, and its numbers in the text format of Prometheus.
//!
//! Invariants: neither tells a name, an address or anything of a line; `/health` tells anybody, so it says little. `/metrics` answers this machine alone, and no proxy
//! on it: to others it is not there.

use std::fmt::Write as _;
use std::time::Duration;

use anlan_assure::assess::{coverage, room};
use axum::Extension;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::console::{Console, Peer, Shared};
use crate::failure::Failure;

/// Headers by which a proxy says that it asks for somebody else.
const OF_PROXIES: [&str; 4] = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];
/// Entries that wait for the log are counted up to here.
const WAITING: u32 = 1_000;

/// `status` is `ok`, or `failing` with 503 where nothing can be kept any more.
pub(crate) async fn health(State(house): State<Shared>) -> Result<Response, Failure> {
    let writing = is_writing(&house.console).await;
    let age = checkpoint_age(&house.console)?;
    let free = house.beside(|console| room(&console.assessor.site()).map_err(Failure::internal)).await?.free;
    let (status, word) = if writing { (StatusCode::OK, "ok") } else { (StatusCode::SERVICE_UNAVAILABLE, "failing") };
    let body = json!({
        "status": word,
        "ready": writing,
        "writing": writing,
        "checkpoint_age_seconds": age,
        "disk_free_bytes": free,
    });
    Ok((status, Json(body)).into_response())
}

/// Whether the vault still takes lines: asked once, never waited for.
async fn is_writing(console: &Console) -> bool {
    tokio::time::timeout(Duration::ZERO, console.vault.failed()).await.is_err()
}

/// Seconds since the newest leaf; the checkpoint is signed with each.
fn checkpoint_age(console: &Console) -> Result<Option<u64>, Failure> {
    let site = console.assessor.site();
    let Some(last) = site.journal.size().checked_sub(1) else { return Ok(None) };
    let at = site.journal.entry(last).map_err(Failure::internal)?.at;
    Ok(Some(site.now.since(at) / anlan_base::Instant::SECOND))
}

pub(crate) async fn metrics(State(house): State<Shared>, peer: Option<Extension<Peer>>, headers: HeaderMap) -> Result<Response, Failure> {
    let is_here = peer.is_some_and(|Extension(peer)| peer.0.to_canonical().is_loopback());
    if !is_here || OF_PROXIES.iter().any(|name| headers.contains_key(*name)) {
        return Err(Failure::NotFound);
    }
    let page = page(&house).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], page).into_response())
}

async fn page(house: &Shared) -> Result<String, Failure> {
    let console = &house.console;
    let entries = console.ledger.newest_entry().await.map_err(Failure::internal)?;
    let waiting = console.ledger.outbox(WAITING).await.map_err(Failure::internal)?.len() as u64;
    let writing = is_writing(console).await;
    let age = checkpoint_age(console)?;
    let measured = |console: &Console| {
        let site = console.assessor.site();
        let room = room(&site).map_err(Failure::internal)?;
        let lost = coverage::lost(&site).map_err(Failure::internal)?;
        Ok((room, lost, console.vault.status(), site.journal.size()))
    };
    let (room, lost, status, leaves) = house.beside(measured).await?;
    let rows: [(&str, &str, &str, Option<u64>); 15] = [
        ("anlan_up", "gauge", "1 while lines can be kept", Some(u64::from(writing))),
        ("anlan_lines_total", "counter", "Lines kept", Some(status.lines)),
        ("anlan_raw_bytes_total", "counter", "Bytes of the lines kept, as received", Some(status.raw_bytes)),
        ("anlan_lines_dropped", "gauge", "Lines known to be lost in the last 30 days", Some(lost.dropped_lines)),
        ("anlan_down_minutes", "gauge", "Minutes without a server in the last 30 days", Some(lost.down_minutes)),
        ("anlan_queue_chunks", "gauge", "Chunks that wait to be written", Some(console.inlet.waiting() as u64)),
        ("anlan_unsealed_lines", "gauge", "Lines in the write-ahead log alone", Some(status.unsealed_lines)),
        ("anlan_wal_bytes", "gauge", "Bytes of the write-ahead log", Some(status.wal_bytes)),
        ("anlan_segments", "gauge", "Sealed segments", Some(status.segments)),
        ("anlan_segment_bytes", "gauge", "Bytes of sealed segments", Some(status.segment_bytes)),
        ("anlan_log_leaves_total", "counter", "Leaves of the transparency log", Some(leaves)),
        ("anlan_checkpoint_age_seconds", "gauge", "Seconds since the newest leaf", age),
        ("anlan_ledger_entries_total", "counter", "Entries of the ledger", Some(entries)),
        ("anlan_outbox_waiting", "gauge", "Entries that wait for the log, at most 1000", Some(waiting)),
        ("anlan_disk_free_bytes", "gauge", "Bytes free on the disk of the data folder", room.free),
    ];
    let mut page = String::new();
    for (name, kind, help, value) in rows {
        let Some(value) = value else { continue };
        let _ = writeln!(page, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}");
    }
    Ok(page)
}
