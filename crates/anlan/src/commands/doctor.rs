//! `anlan doctor`: what state the folder is in, and what a person should do about it.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use clap::ArgMatches;
use serde_json::Value;

use super::{ask, data_dir};
use crate::ask::Ask;
use crate::instance::{FolderLock, Opening};
use crate::say::{Say, code};

pub fn run(say: &Say, m: &ArgMatches) -> Result<ExitCode> {
    let dir = data_dir(m);
    let running = FolderLock::is_held(&dir);
    let mut answer = Vec::new();
    ask(say, &dir, Opening::Existing, Ask::Doctor, &mut answer)?;
    let mut facts: Value = serde_json::from_slice(&answer)?;
    let findings = findings(&dir);
    if let Some(facts) = facts.as_object_mut() {
        facts.insert("running".into(), running.into());
        facts.insert("findings".into(), findings.iter().map(|(key, _)| *key).collect());
    }
    let mut out = say.out();
    if let Some(name) = m.get_one::<String>("show") {
        let value = facts.pointer(&format!("/{}", name.replace('.', "/"))).filter(|value| !value.is_null());
        let value = value.ok_or_else(|| say.told(code::FAILED, "doctor-no-such-fact", &[("name", name)]))?;
        writeln!(out, "{}", value.as_str().map_or_else(|| value.to_string(), str::to_owned))?;
        out.flush()?;
        return Ok(ExitCode::SUCCESS);
    }
    if m.get_flag("json") {
        writeln!(out, "{facts}")?;
    } else {
        print(say, &facts, running, &findings, &mut out)?;
    }
    out.flush()?;
    let grave = findings.iter().any(|(key, _)| *key == OPEN_FILE);
    Ok(if grave { ExitCode::from(code::FAILED) } else { ExitCode::SUCCESS })
}

type Finding = (&'static str, String);

/// A secret that others on the machine may read: the one finding that fails the doctor; the others are advice.
const OPEN_FILE: &str = "doctor-open-file";

/// What is wrong outside the log itself. `anlan verify` judges the log.
fn findings(dir: &Path) -> Vec<Finding> {
    let mut found = Vec::new();
    for name in ["key", "tls/key.pem", "ledger.db"] {
        let path = dir.join(name);
        let open = std::fs::metadata(&path).is_ok_and(|meta| meta.permissions().mode() & 0o077 != 0);
        if open {
            found.push((OPEN_FILE, path.display().to_string()));
        }
    }
    let buffer = std::fs::read_to_string("/proc/sys/net/core/rmem_max").ok().and_then(|text| text.trim().parse::<u64>().ok());
    if let Some(bytes) = buffer.filter(|bytes| *bytes < UDP_BUFFER_WISH) {
        found.push(("doctor-small-udp-buffer", bytes.to_string()));
    }
    found
}

/// The daily verification, the outside anchor, the disk, the clock.
fn store(say: &Say, facts: &Value) -> Vec<String> {
    let word = |path: &str| facts.pointer(path).filter(|v| !v.is_null()).map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned));
    let verified = match (word("/verified/day"), word("/verified/segments"), word("/verified/failed")) {
        (Some(day), Some(segments), Some(failed)) => {
            say.text("doctor-verified", &[("day", &day), ("segments", &segments), ("failed", &failed)])
        }
        _ => say.text("doctor-never-verified", &[]),
    };
    let standing = word("/anchors/standing").unwrap_or_default();
    let room = match word("/room/days_fit") {
        Some(days) => say.text("doctor-room", &[("days", &days)]),
        None => say.text("doctor-room-unknown", &[]),
    };
    let kept = word("/time_sync/kept").unwrap_or_default();
    let clock = say.text(&format!("doctor-time-{kept}"), &[("by", &word("/time_sync/by").unwrap_or_default())]);
    vec![verified, say.text("doctor-anchored", &[("standing", &standing)]), room, clock]
}

/// Bytes of receive buffer that let a burst of datagrams wait for one fsync.
const UDP_BUFFER_WISH: u64 = 4 << 20;

fn print(say: &Say, facts: &Value, running: bool, findings: &[Finding], out: &mut impl Write) -> Result<()> {
    writeln!(out, "{}", say.text(if running { "doctor-running" } else { "doctor-not-running" }, &[]))?;
    for (name, key) in [
        ("folder", "doctor-folder"),
        ("time", "doctor-time"),
        ("lines", "doctor-lines"),
        ("raw_bytes", "doctor-raw-bytes"),
        ("unsealed_lines", "doctor-unsealed"),
        ("wal_bytes", "doctor-wal"),
        ("segments", "doctor-segments"),
        ("segment_bytes", "doctor-segment-bytes"),
        ("log_size", "doctor-log-size"),
        ("vkey", "doctor-vkey"),
    ] {
        let value = facts.get(name).map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned)).unwrap_or_default();
        writeln!(out, "{}", say.text(key, &[("value", &value)]))?;
    }
    for line in store(say, facts) {
        writeln!(out, "{line}")?;
    }
    for (key, what) in findings {
        writeln!(out, "{}", say.text(key, &[("what", what)]))?;
    }
    if findings.is_empty() {
        writeln!(out, "{}", say.text("doctor-well", &[]))?;
    }
    Ok(())
}
