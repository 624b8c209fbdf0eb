//! `anlan kind add`: puts files of kinds in force in a folder, all of them or none.

use std::process::ExitCode;

use anlan_ledger::LAW_TEXT_BYTES;
use anyhow::Result;
use clap::ArgMatches;
use serde_json::Value;

use super::lint::place;
use super::read::{self, Named};
use crate::ask::Ask;
use crate::commands::law::{Report, print_json};
use crate::commands::{ask, data_dir};
use crate::instance::Opening;
use crate::output::visible;
use crate::say::{Say, code};

pub fn run(say: &Say, m: &ArgMatches) -> Result<ExitCode> {
    let files = read::files(say, m)?;
    if let Some(file) = files.iter().find(|file| file.text.is_none()) {
        let file = file.path.display().to_string();
        return Err(say.told(code::FAILED, "law-unreadable-file", &[("file", &file), ("why", &say.text("law-not-utf8", &[]))]));
    }
    let sent: Vec<(String, String)> = files.iter().filter_map(|file| Some((base(file), file.text.clone()?))).collect();
    if sent.iter().map(|(_, text)| text.len()).sum::<usize>() > LAW_TEXT_BYTES {
        return Err(say.told(code::FAILED, "kind-add-large", &[("mebibytes", &(LAW_TEXT_BYTES >> 20).to_string())]));
    }
    let mut answer = Vec::new();
    ask(say, &data_dir(m), Opening::OrNew, Ask::KindAdd { files: sent }, &mut answer)?;
    let answer: Value = serde_json::from_slice(&answer)?;
    let listed = |name: &str| answer.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let faults = listed("faults");
    if m.get_flag("json") {
        print_json(say, &answer)?;
    } else {
        told(say, &files, &listed("kinds"), &faults).print(say)?;
    }
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(code::FAILED) })
}

/// A kind that is added is the unit's own, wherever its file lies.
fn base(file: &Named) -> String {
    file.path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

fn told(say: &Say, files: &[Named], kinds: &[Value], faults: &[Value]) -> Report {
    let mut report = Report::default();
    let text = |value: &Value, name: &str| value.get(name).map(|v| v.as_str().map_or_else(|| v.to_string(), visible)).unwrap_or_default();
    for fault in faults {
        let path = files.iter().find(|file| base(file) == text(fault, "file"));
        let path = path.map_or_else(|| text(fault, "file"), |file| file.path.display().to_string());
        let line = fault.get("line").and_then(Value::as_u64).and_then(|line| usize::try_from(line).ok()).unwrap_or(0);
        place(say, &mut report, &path, line, &text(fault, "key"), &text(fault, "what"), &text(fault, "remedy"));
    }
    for kind in kinds {
        report.line(&say.text("kind-added", &[("kind", &text(kind, "kind")), ("entry", &text(kind, "entry"))]));
    }
    report.gap();
    if !faults.is_empty() {
        report.line(&say.text("kind-add-nothing", &[("count", &faults.len().to_string())]));
    }
    report
}
