//! Real lines, where the samples are there: every one an event, and the columns of most are found.
#![allow(clippy::print_stdout)]

use std::path::PathBuf;
use std::process::Command;

use anlan_base::Instant;
use anlan_wire::{Detail, parse, parse_for};

/// Lines of the large corpus that are looked at.
const LINES: usize = 40_000;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples/logs")
}

fn received() -> Instant {
    Instant::from_unix_seconds(1_790_900_000)
}

/// How many of the lines have the field.
fn share(lines: &[&[u8]], name: &str) -> f64 {
    let found = lines.iter().filter(|line| parse_for(line, received(), Detail::Columns).field(name).is_some()).count();
    found as f64 / lines.len().max(1) as f64
}

fn check(name: &str, bytes: &[u8], expected: &[(&str, f64)]) {
    let lines: Vec<&[u8]> = bytes.split(|b| *b == b'\n').filter(|line| !line.is_empty()).take(LINES).collect();
    assert!(!lines.is_empty(), "{name}");
    for line in &lines {
        let event = parse(line, received());
        assert!(event.message.end <= line.len() && event.message.start <= event.message.end);
    }
    for (field, least) in expected {
        let share = share(&lines, field);
        println!("{name}: {field} in {:.1} %", share * 100.0);
        assert!(share >= *least, "{name}: {field} in {share}");
    }
}

#[test]
fn real_lines() {
    if !folder().is_dir() {
        println!("left out: {} is not there", folder().display());
        return;
    }
    for (name, expected) in [
        ("loghub-Apache.log", &[("host.name", 0.0)][..]),
        ("loghub-Linux.log", &[("host.name", 1.0), ("process.name", 0.9), ("event.action", 0.6), ("event.outcome", 0.6)]),
        (
            "loghub-OpenSSH.log",
            &[("host.name", 1.0), ("user.name", 0.5), ("source.ip", 0.7), ("event.action", 0.97), ("event.outcome", 0.97)],
        ),
        ("loghub-Proxifier.log", &[("host.name", 0.0)]),
        ("loghub-Windows.log", &[("host.name", 0.0)]),
    ] {
        check(name, &std::fs::read(folder().join(name)).unwrap_or_default(), expected);
    }
    let Ok(mixed) = Command::new("zstd").arg("-dc").arg(folder().join("mixed.log.zst")).output() else {
        println!("left out: mixed.log.zst, for want of zstd");
        return;
    };
    check(
        "mixed.log",
        &mixed.stdout,
        &[("host.name", 1.0), ("process.name", 1.0), ("source.ip", 0.6), ("event.action", 0.6), ("event.outcome", 0.6)],
    );
}
