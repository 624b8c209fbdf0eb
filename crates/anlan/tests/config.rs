//! The configuration by the real binary: what ships is understood and documents every key, faults name line, key and remedy, values know where they came from.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may; it writes the files that it has read")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const KEYS: [&str; 9] = ["data", "syslog", "syslog_tls", "relp", "console", "database", "lang", "log_level", "log_format"];

fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging/anlan.toml")
}

fn anlan(args: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_anlan"));
    command.args(args).env_clear().env("LC_ALL", "en_US.UTF-8").envs(environment.iter().copied()).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_shipped_file_is_understood_and_documents_every_key() {
    let path = shipped();
    let checked = anlan(&["config", "check", "--config", path.to_str().unwrap()], &[]);
    assert!(checked.status.success(), "{checked:?}");
    let text = std::fs::read_to_string(&path).unwrap();
    for key in KEYS {
        let line = format!("{key} = \"");
        assert!(text.lines().any(|l| l.trim_start_matches('#').starts_with(&line)), "{key} has no line");
        assert!(text.contains(&format!("ANLAN_{}", key.to_uppercase())), "{key}: its variable is not told");
    }
    // What is commented out is good as well.
    let dir = tempfile::tempdir().unwrap();
    let all = dir.path().join("all.toml");
    let uncommented: Vec<&str> = text
        .lines()
        .map(|line| line.strip_prefix('#').filter(|l| KEYS.iter().any(|key| l.starts_with(&format!("{key} = ")))).unwrap_or(line))
        .collect();
    std::fs::write(&all, uncommented.join("\n")).unwrap();
    let checked = anlan(&["config", "check", "--config", all.to_str().unwrap()], &[]);
    assert!(checked.status.success(), "{checked:?}");
    assert_eq!(
        out(&anlan(&["config", "show", "--origin", "--config", all.to_str().unwrap()], &[])).matches("all.toml:").count(),
        KEYS.len()
    );
}

#[test]
fn faults_name_line_key_and_remedy() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("anlan.toml");
    for (text, code, wanted) in [
        ("syslog = \"127.0.0.1:0\"\n", 0, ""),
        ("\nsislog = \"127.0.0.1:0\"\n", 1, "anlan.toml:2: sislog: there is no such key. Perhaps: syslog"),
        ("syslog = \"514\"\n", 1, "anlan.toml:1: syslog: \"514\" is no address with a port."),
        ("data = \"/x\"\n", 1, "no listener is open"),
        ("syslog = \"0.0.0.0:514\"\nconsole = \"127.0.0.1:514\"\n", 1, "anlan.toml:2: console: 127.0.0.1:514 is taken by syslog"),
    ] {
        std::fs::write(&path, text).unwrap();
        let checked = anlan(&["config", "check", "--config", path.to_str().unwrap()], &[]);
        assert_eq!(checked.status.code(), Some(code), "{text}: {checked:?}");
        assert!(out(&checked).contains(wanted), "{text}: {checked:?}");
    }
    let missing = anlan(&["config", "check", "--config", "/nowhere/anlan.toml"], &[]);
    assert_eq!(missing.status.code(), Some(3), "{missing:?}");
    std::fs::write(&path, "sislog = \"127.0.0.1:0\"\n").unwrap();
    let refused = anlan(&["serve", "--config", path.to_str().unwrap(), "--console", "127.0.0.1:0"], &[]);
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
}

#[test]
fn a_value_knows_where_it_came_from() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("anlan.toml");
    std::fs::write(&path, "data = \"/srv/anlan\"\nsyslog = \"127.0.0.1:1\"\nrelp = \"127.0.0.1:2\"\n").unwrap();
    let file = path.to_str().unwrap();
    let shown = anlan(&["config", "show", "--origin"], &[("ANLAN_CONFIG", file), ("ANLAN_RELP", "127.0.0.1:3"), ("ANLAN_LANG", "en")]);
    let text = out(&shown);
    for (line, origin) in [
        ("data = \"/srv/anlan\"", "anlan.toml:1"),
        ("syslog = \"127.0.0.1:1\"", "anlan.toml:2"),
        ("relp = \"127.0.0.1:3\"", "# ANLAN_RELP"),
        ("console = \"off\"", "# default"),
    ] {
        assert!(text.lines().any(|l| l.starts_with(line) && l.ends_with(origin)), "{line}: {text}");
    }
    // Commands look where the service keeps its folder.
    let listed = anlan(&["source", "list"], &[("ANLAN_CONFIG", file)]);
    assert!(String::from_utf8_lossy(&listed.stderr).contains("/srv/anlan"), "{listed:?}");
}
