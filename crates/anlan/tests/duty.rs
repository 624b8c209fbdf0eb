//! `anlan duty status` on the real binary: beside a server and without one, as JSON and for people; and what becomes of a changed verdict.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "tests")]

mod server;

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use server::{ANLAN, Server, anlan, code, root, run, vkey};

fn status(dir: &Path, lang: &str, more: &[&str]) -> Output {
    let args = ["duty", "status", "--data", dir.to_str().unwrap()];
    Command::new(ANLAN).args(args).args(more).env("ANLAN_LANG", lang).output().unwrap()
}

fn rows(dir: &Path) -> Vec<Value> {
    let out = status(dir, "en", &["--json"]);
    let rows: Vec<Value> = serde_json::from_slice(&out.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&out.stderr)));
    assert_eq!(code(&out), i32::from(rows.iter().any(|row| row["state"] == "failing")), "1 when any is failing");
    rows
}

/// Ids of all duties of the packs in the box, in their order.
fn ids() -> Vec<String> {
    let mut ids = Vec::new();
    let mut packs: Vec<_> = std::fs::read_dir(root().join("packs")).unwrap().map(|entry| entry.unwrap().path()).collect();
    packs.sort();
    for pack in packs {
        let text = std::fs::read_to_string(pack.join("duties.toml")).unwrap_or_default();
        ids.extend(text.lines().filter_map(|line| Some(line.strip_prefix("id = \"")?.trim_end_matches('"').to_owned())));
    }
    ids.sort();
    ids
}

fn check(rows: &[Value]) {
    let mut found: Vec<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
    found.sort_unstable();
    assert_eq!(found, ids());
    for row in rows {
        let keys: Vec<&str> = row.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys.len(), 7, "{keys:?}");
        assert!(["met", "at_risk", "failing", "unknown"].contains(&row["state"].as_str().unwrap()), "{row}");
        assert!(["computed", "attested"].contains(&row["kind"].as_str().unwrap()), "{row}");
        assert_eq!(row["stale"], false, "measured just now: {row}");
        let reason = row["reason"].as_str().unwrap();
        assert!(!reason.is_empty() && !reason.contains(['‹', '{']), "{row}");
        assert!(row["title"].as_str().is_some_and(|title| !title.is_empty()) && row["at"].as_str().unwrap().ends_with("+08:00"), "{row}");
    }
    // Nobody has listed a device nor attested anything: what is not known is never met (I9).
    assert!(rows.iter().filter(|row| row["kind"] == "attested").all(|row| row["state"] == "unknown"));
    assert!(rows.iter().any(|row| row["state"] == "unknown" && row["kind"] == "computed"));
}

fn fits(out: &Output) -> String {
    let text = String::from_utf8(out.stdout.clone()).unwrap();
    for line in text.lines() {
        let columns: usize = line.chars().map(|c| if matches!(c, '\u{2e80}'..='\u{ffef}') { 2 } else { 1 }).sum();
        assert!(columns <= 80, "{columns} columns: {line}");
    }
    assert!(!text.contains('‹'), "{text}");
    text
}

fn verify(dir: &Path) -> (i32, String) {
    let out = anlan(&["verify", "--data", dir.to_str().unwrap(), "--key", &vkey(dir)]);
    (code(&out), String::from_utf8(out.stdout).unwrap())
}

// VERDICT-8 VERDICT-10
#[test]
fn status_is_the_same_with_and_without_a_server_and_verify_names_a_changed_verdict() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("data");
    assert_eq!(code(&status(&dir, "en", &[])), 3, "no folder");
    let server = Server::start(&dir);
    let beside = rows(&dir);
    check(&beside);
    server.stop();
    let alone = rows(&dir);
    check(&alone);
    let states = |rows: &[Value]| rows.iter().map(|row| (row["id"].clone(), row["kind"].clone())).collect::<Vec<_>>();
    assert_eq!(states(&beside), states(&alone));
    for (lang, sum) in [("en", format!("{} duties: ", alone.len())), ("zh", format!("共 {} 项：", alone.len()))] {
        let said = fits(&status(&dir, lang, &[]));
        assert!(said.starts_with(&sum), "{said}");
        assert!(said.contains('●') && said.contains('○'), "{said}");
        assert!(said.contains("D019"), "{said}");
        for help in [["duty", "--help"].as_slice(), &["duty", "status", "--help"]] {
            let out = Command::new(ANLAN).args(help).env("ANLAN_LANG", lang).output().unwrap();
            assert!(code(&out) == 0 && fits(&out).contains("anlan duty status --data"), "{help:?}");
        }
    }
    let (sound, said) = verify(&dir);
    assert_eq!(sound, 0, "{said}");
    for (table, change) in [
        ("verdict", "UPDATE verdict SET state = 'met' WHERE state <> 'met'"),
        ("verdict_run", "UPDATE verdict_run SET at = at + 1000000000000000"),
    ] {
        let kept = std::fs::read(dir.join("ledger.db")).unwrap();
        let program = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit(); c.execute('PRAGMA wal_checkpoint(TRUNCATE)'); c.close()";
        run("python3", &["-c", program, dir.join("ledger.db").to_str().unwrap(), change]);
        let (broken, said) = verify(&dir);
        assert!(broken == 1 && said.contains(table), "{change}: {said}");
        std::fs::write(dir.join("ledger.db"), kept).unwrap();
    }
    assert_eq!(verify(&dir).0, 0);
}
