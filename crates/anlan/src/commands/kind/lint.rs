//! `anlan kind lint`: checks files of kinds against the kinds in force and each other.

use std::process::ExitCode;

use anlan_law::Fault;
use anyhow::Result;
use clap::ArgMatches;
use serde_json::{Value, json};

use super::read::{self, Named};
use crate::commands::law::{Report, print_json};
use crate::say::{Say, code};

pub fn run(say: &Say, m: &ArgMatches) -> Result<ExitCode> {
    let files = read::files(say, m)?;
    let book = super::shipped(say)?;
    let mut faults: Vec<Fault> = files.iter().filter_map(Named::no_text).collect();
    let others = super::own(say, m, &files)?;
    let texts: Vec<(&str, &str)> = files.iter().filter_map(|file| Some((file.name.as_str(), file.text.as_deref()?))).collect();
    let kept = others.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    if let Err(more) = book.with_kinds(&texts.iter().copied().chain(kept).collect::<Vec<_>>()) {
        faults.extend(more);
    }
    faults.sort();
    if m.get_flag("json") {
        let listed: Vec<Value> = faults.iter().map(|fault| fault_json(say, &files, fault)).collect();
        print_json(say, &json!({ "files": files.len(), "faults": listed }))?;
    } else {
        told(say, &files, &faults).print(say)?;
    }
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(code::FAILED) })
}

/// The file as the user named it.
fn place(files: &[Named], fault: &Fault) -> String {
    let named = files.iter().find(|file| file.name == fault.file);
    named.map_or_else(|| fault.file.clone(), |file| file.path.display().to_string())
}

fn fault_json(say: &Say, files: &[Named], fault: &Fault) -> Value {
    let line = Some(fault.line).filter(|line| *line > 0);
    json!({
        "file": place(files, fault), "line": line, "key": fault.key, "code": fault.code,
        "what": fault.what(say.lang), "remedy": fault.remedy(say.lang),
    })
}

/// Each fault with its place, what is wrong and what to do; then how many.
pub fn told(say: &Say, files: &[Named], faults: &[Fault]) -> Report {
    let mut report = Report::default();
    for fault in faults {
        let place = place(files, fault);
        let place = if fault.line == 0 { place } else { format!("{place}:{}", fault.line) };
        let key = if fault.key.is_empty() { String::new() } else { format!("  {}", fault.key) };
        report.hanging(0, 2, &format!("{place}{key}"));
        report.at(2, &fault.what(say.lang));
        report.at(2, &say.text("law-lint-remedy", &[("remedy", &fault.remedy(say.lang))]));
    }
    report.gap();
    match faults.len() {
        0 => report.line(&say.text("kind-lint-sound", &[("count", &files.len().to_string())])),
        count => report.line(&say.text("law-lint-faults", &[("count", &count.to_string())])),
    }
    report
}
