//! `anlan config check` and `anlan config show`: whether the configuration is understood, and what is in force and why.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;
use clap::ArgMatches;
use serde_json::json;

use crate::config::{Layers, Settings};
use crate::say::{Say, code};

pub fn run(say: &Say, m: &ArgMatches) -> Result<ExitCode> {
    match m.subcommand() {
        Some(("show", m)) => show(say, m),
        Some((_, m)) => check(say, m),
        None => Ok(ExitCode::from(code::USAGE)),
    }
}

/// Each fault on a line of its own; exit 1 where there is one.
fn check(say: &Say, m: &ArgMatches) -> Result<ExitCode> {
    let layers = Layers::read(say, m)?;
    let file = layers.file.clone();
    let (given, mut faults) = layers.given();
    let listens = match Settings::of(&given) {
        Ok(settings) => settings.listens(),
        Err(more) => {
            faults.extend(more);
            true
        }
    };
    let mut out = say.out();
    for fault in &faults {
        writeln!(out, "{}", fault.told(say))?;
    }
    if faults.is_empty() && !listens {
        writeln!(out, "{}", say.text("serve-nothing", &[]))?;
    }
    out.flush()?;
    if !faults.is_empty() || !listens {
        return Ok(ExitCode::from(code::FAILED));
    }
    match file {
        Some(file) => say.talks("config-good", &[("file", &file.display().to_string())]),
        None => say.talks("config-no-file", &[("file", crate::config::DEFAULT_FILE)]),
    }
    Ok(ExitCode::SUCCESS)
}

/// As a file that would say the same, each with its origin where that is asked for.
fn show(say: &Say, m: &ArgMatches) -> Result<ExitCode> {
    let (given, faults) = Layers::read(say, m)?.given();
    let mut faults = faults;
    faults.extend(Settings::of(&given).err().unwrap_or_default());
    let mut out = say.out();
    for one in &given {
        let (name, origin) = (one.key.name(), one.origin.told(one.key.name()));
        // What is wrong with it may be a password in it.
        let value = if faults.iter().any(|fault| fault.key == name) { "?" } else { one.value.as_str() };
        if m.get_flag("json") {
            writeln!(out, "{}", json!({ "key": name, "value": value, "origin": origin }))?;
        } else if m.get_flag("origin") {
            writeln!(out, "{:<40} # {origin}", format!("{name} = {}", quoted(value)))?;
        } else {
            writeln!(out, "{name} = {}", quoted(value))?;
        }
    }
    out.flush()?;
    for fault in &faults {
        say.talk(&fault.told(say));
    }
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(code::FAILED) })
}

/// A basic string of TOML: one of JSON is one.
fn quoted(value: &str) -> String {
    serde_json::Value::from(value).to_string()
}
