//! `anlan kind lint`: checks files of kinds against the kinds in force and each other.

use std::process::ExitCode;

use anlan_base::text::Lang;
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
        let listed: Vec<Value> = faults.iter().map(|fault| fault_json(say.lang, fault, &path(&files, fault))).collect();
        print_json(say, &json!({ "files": files.len(), "faults": listed }))?;
    } else {
        told(say, &files, &faults).print(say)?;
    }
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(code::FAILED) })
}

/// The file as the user named it.
fn path(files: &[Named], fault: &Fault) -> String {
    let named = files.iter().find(|file| file.name == fault.file);
    named.map_or_else(|| fault.file.clone(), |file| file.path.display().to_string())
}

/// A fault for scripts; `file` as the user named it.
pub fn fault_json(lang: Lang, fault: &Fault, file: &str) -> Value {
    let line = Some(fault.line).filter(|line| *line > 0);
    json!({ "file": file, "line": line, "key": fault.key, "code": fault.code, "what": fault.what(lang), "remedy": fault.remedy(lang) })
}

/// One fault: where, what, what to do.
pub fn place(say: &Say, report: &mut Report, file: &str, line: usize, key: &str, what: &str, remedy: &str) {
    let file = if line == 0 { file.to_owned() } else { format!("{file}:{line}") };
    let key = if key.is_empty() { String::new() } else { format!("  {key}") };
    report.hanging(0, 2, &format!("{file}{key}"));
    report.at(2, what);
    report.at(2, &say.text("law-lint-remedy", &[("remedy", remedy)]));
}

/// Each fault with its place, what is wrong and what to do; then how many.
fn told(say: &Say, files: &[Named], faults: &[Fault]) -> Report {
    let mut report = Report::default();
    for fault in faults {
        let file = path(files, fault);
        place(say, &mut report, &file, fault.line, &fault.key, &fault.what(say.lang), &fault.remedy(say.lang));
    }
    report.gap();
    match faults.len() {
        0 => report.line(&say.text("kind-lint-sound", &[("count", &files.len().to_string())])),
        count => report.line(&say.text("law-lint-faults", &[("count", &count.to_string())])),
    }
    report
}
