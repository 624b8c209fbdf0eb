//! The shell's commands on the law, on the real binary: outputs, exit codes, columns, and that nothing is stored unasked.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "tests")]

#[path = "../server/mod.rs"]
mod server;

mod check;
mod import;
mod lint;
mod texts;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// What a command answered.
pub struct Answer {
    pub code: i32,
    pub out: String,
    pub talk: String,
}

impl Answer {
    fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code().unwrap(), out: text(output.stdout), talk: text(output.stderr) }
    }

    /// One JSON value, alone on stdout.
    pub fn json(&self) -> Value {
        assert_eq!(self.out.lines().count(), 1, "one line: {}{}", self.out, self.talk);
        serde_json::from_str(&self.out).unwrap()
    }

    /// No line of the report is wider than a terminal of 80 columns.
    pub fn fits(&self) {
        for line in self.out.lines() {
            let columns: usize = line.chars().map(|c| if matches!(c, '\u{2e80}'..='\u{ffef}') { 2 } else { 1 }).sum();
            assert!(columns <= 80, "{columns} columns: {line}");
        }
    }
}

/// Runs the binary in a folder, in a language, with this on stdin.
pub fn run_in(dir: &Path, lang: &str, args: &[&str], stdin: &[u8]) -> Answer {
    let mut command = Command::new(server::ANLAN);
    command.args(args).env("ANLAN_LANG", lang).current_dir(dir);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // The program may not read it all.
    let _ = child.stdin.take().unwrap().write_all(stdin);
    Answer::of(child.wait_with_output().unwrap())
}

pub fn law(lang: &str, args: &[&str]) -> Answer {
    let whole: Vec<&str> = ["law"].iter().chain(args).copied().collect();
    run_in(Path::new("/"), lang, &whole, b"")
}

/// Paths of a folder's files, deep ones too.
pub fn files(dir: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path.display().to_string());
        }
    }
    found
}
