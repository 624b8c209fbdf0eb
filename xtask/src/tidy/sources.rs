//! Rules for source files: module docs, invariants of each room, lengths, names, and words that mean unfinished work.

use super::Tree;

/// Lines of one source file.
const FILE_LINES: usize = 700;
const VAGUE_NAMES: &[&str] = &["utils", "util", "manager", "helper", "helpers", "common", "misc"];

pub fn check(tree: &Tree) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, text) in tree.ending(".rs") {
        faults.extend(file(name, text));
    }
    for (name, text) in tree.ending(".html") {
        if text.contains("|safe") || text.contains("| safe") {
            faults.push(format!("{name}: `safe` lets hostile text through; build from escaped parts"));
        }
    }
    for (path, text) in &tree.files {
        faults.extend(any_file(&path.display().to_string(), text));
    }
    faults
}

fn file(name: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if !text.starts_with("//!") && !text.starts_with("#![") {
        faults.push(format!("{name}:1: open with `//!` what the module is for"));
    }
    let stem = name.rsplit('/').next().unwrap_or_default().trim_end_matches(".rs");
    if VAGUE_NAMES.contains(&stem) {
        faults.push(format!("{name}: `{stem}` says nothing; use the field's word"));
    }
    let lines = text.lines().count();
    if lines > FILE_LINES {
        faults.push(format!("{name}: {lines} lines, the limit is {FILE_LINES}; split by reason to change"));
    }
    if name.starts_with("crates/") && (name.ends_with("/src/lib.rs") || name.ends_with("/src/main.rs")) {
        if !text.contains("Invariants:") {
            faults.push(format!("{name}: the room's doc lacks `Invariants:`"));
        }
        if !text.contains("#![forbid(unsafe_code)]") {
            faults.push(format!("{name}: the room lacks #![forbid(unsafe_code)]"));
        }
    }
    faults.extend(unfinished(name, text));
    faults
}

fn unfinished(name: &str, text: &str) -> Vec<String> {
    // Put together so that this file does not find itself.
    let words = [
        ["to", "do!("].concat(),
        ["unimplemen", "ted!("].concat(),
        ["TO", "DO"].concat(),
        ["FIX", "ME"].concat(),
        ["#[ig", "nore]"].concat(),
        ["should_", "panic"].concat(),
    ];
    let mut faults = Vec::new();
    for (number, line) in text.lines().enumerate() {
        faults.extend(
            words
                .iter()
                // 待办 is a word of the field, and constants are named after it: in code only a macro or attribute tells of unfinished work.
                .filter(|word| {
                    let is_remark = word.chars().all(|c| c.is_ascii_uppercase());
                    let searched = if is_remark { line.find("//").map_or("", |at| &line[at..]) } else { line };
                    searched.match_indices(word.as_str()).any(|(at, found)| !searched[at + found.len()..].starts_with('_'))
                })
                .map(|word| format!("{name}:{}: `{word}` is unfinished work", number + 1)),
        );
    }
    faults
}

fn any_file(name: &str, text: &str) -> Vec<String> {
    let machine_path = ["/wo", "rk/"].concat();
    let mut faults = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.contains(&machine_path) {
            faults.push(format!("{name}:{}: a path of one machine", number + 1));
        }
        let may_trail = name.ends_with(".md") || name.contains("/corpus/") || name.contains("/fixtures/") || name.contains("/vectors/");
        if line.ends_with([' ', '\t']) && !may_trail {
            faults.push(format!("{name}:{}: white space at the end of the line", number + 1));
        }
    }
    faults
}
