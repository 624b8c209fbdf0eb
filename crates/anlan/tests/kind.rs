//! The shell's commands on kinds, on the real binary: what is told of files, what is shown of kinds, and that a folder keeps sound files only.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "tests")]

mod server;

use std::path::Path;
use std::process::Command;

use serde_json::Value;

struct Answer {
    code: i32,
    out: String,
    talk: String,
}

impl Answer {
    fn json(&self) -> Value {
        assert_eq!(self.out.lines().count(), 1, "one line: {}{}", self.out, self.talk);
        serde_json::from_str(&self.out).unwrap()
    }

    fn fits(&self) {
        for line in self.out.lines() {
            let columns: usize = line.chars().map(|c| if matches!(c, '\u{2e80}'..='\u{ffef}') { 2 } else { 1 }).sum();
            assert!(columns <= 80, "{columns} columns: {line}");
        }
    }

    /// Without blanks and line breaks: reports are wrapped.
    fn bare(&self) -> String {
        self.out.replace([' ', '\n'], "")
    }
}

fn run(dir: &Path, lang: &str, args: &[&str]) -> Answer {
    let output = Command::new(server::ANLAN).args(args).env("ANLAN_LANG", lang).current_dir(dir).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Answer { code: output.status.code().unwrap(), out: text(output.stdout), talk: text(output.stderr) }
}

/// The example of the page that tells how to add a register.
fn example() -> String {
    let page = std::fs::read_to_string(server::root().join("docs/own-register.md")).unwrap();
    page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap().to_owned()
}

// KIND-1
#[test]
fn lint_names_every_fault_with_its_remedy() {
    let temp = tempfile::tempdir().unwrap();
    let good = example();
    std::fs::write(temp.path().join("room-visit.toml"), &good).unwrap();
    let bad = good.replace("to = \"gone\"", "to = \"gon\"").replace("number = \"JF\"", "number = \"YH\"").replace("room-visit", "other");
    std::fs::write(temp.path().join("other.toml"), bad).unwrap();
    std::fs::write(temp.path().join("bytes.toml"), b"\xff\xfe").unwrap();
    for lang in ["zh", "en"] {
        let sound = run(temp.path(), lang, &["kind", "lint", "room-visit.toml"]);
        assert_eq!(sound.code, 0, "{}{}", sound.out, sound.talk);
        let faulty = run(temp.path(), lang, &["kind", "lint", "room-visit.toml", "./other.toml", "bytes.toml"]);
        assert_eq!(faulty.code, 1, "{}", faulty.talk);
        faulty.fits();
        for said in ["./other.toml:5number", "./other.toml:96move.leave.to", "bytes.toml"] {
            assert!(faulty.bare().contains(said), "{said}: {}", faulty.out);
        }
        assert!(!faulty.out.contains('‹'), "{}", faulty.out);
    }
    let json = run(temp.path(), "en", &["kind", "lint", "room-visit.toml", "other.toml", "--json"]).json();
    let codes: Vec<(&str, u64)> =
        json["faults"].as_array().unwrap().iter().map(|f| (f["code"].as_str().unwrap(), f["line"].as_u64().unwrap())).collect();
    assert_eq!(codes, [("kind-number-twice", 5), ("kind-no-state", 96)]);
    assert_eq!(run(temp.path(), "zh", &["kind", "lint", "absent.toml"]).code, 3);
}

// KIND-1
#[test]
fn the_files_of_the_packs_stand_for_themselves() {
    let packs = server::root().join("packs/cn/kinds");
    let files: Vec<String> = std::fs::read_dir(&packs).unwrap().map(|entry| entry.unwrap().path().display().to_string()).collect();
    let args: Vec<&str> = ["kind", "lint"].into_iter().chain(files.iter().map(String::as_str)).collect();
    let answer = run(Path::new("/"), "en", &args);
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.talk);
}

#[test]
fn every_kind_is_shown_within_the_columns() {
    let list = run(Path::new("/"), "zh", &["kind", "list", "--json"]).json();
    let kinds = list.as_array().unwrap();
    assert!(kinds.len() >= 20);
    for lang in ["zh", "en"] {
        let told = run(Path::new("/"), lang, &["kind", "list"]);
        told.fits();
        for kind in kinds {
            let id = kind["id"].as_str().unwrap();
            assert!(told.out.contains(id), "{id}");
            let shown = run(Path::new("/"), lang, &["kind", "show", id]);
            assert_eq!(shown.code, 0, "{id}: {}", shown.talk);
            shown.fits();
            assert!(!shown.out.contains('‹'), "{id}: {}", shown.out);
        }
    }
    let hazard = run(Path::new("/"), "zh", &["kind", "show", "YH", "--json"]).json();
    assert_eq!(hazard["id"], "hazard");
    assert_eq!(run(Path::new("/"), "zh", &["kind", "show", "nothing"]).code, 2);
}

// KIND-1
#[test]
fn a_folder_keeps_sound_files_and_shows_them() {
    let temp = tempfile::tempdir().unwrap();
    let (dir, file) = (temp.path(), temp.path().join("room-visit.toml"));
    std::fs::write(&file, example().replace("to = \"gone\"", "to = \"gon\"")).unwrap();
    for lang in ["zh", "en"] {
        let refused = run(dir, lang, &["kind", "add", "room-visit.toml", "--data", "data"]);
        assert_eq!(refused.code, 1, "{}{}", refused.out, refused.talk);
        refused.fits();
        assert!(refused.bare().contains("room-visit.toml:96move.leave.to"), "{}", refused.out);
    }
    assert_eq!(run(dir, "zh", &["kind", "show", "room-visit", "--data", "data"]).code, 2);
    std::fs::write(&file, example()).unwrap();
    let added = run(dir, "zh", &["kind", "add", "room-visit.toml", "--data", "data"]);
    assert_eq!(added.code, 0, "{}{}", added.out, added.talk);
    let shown = run(dir, "zh", &["kind", "show", "room-visit", "--data", "data"]);
    assert_eq!(shown.code, 0, "{}", shown.talk);
    assert!(shown.out.contains("机房来访登记"), "{}", shown.out);
    let list = run(dir, "zh", &["kind", "list", "--data", "data", "--json"]).json();
    assert!(list.as_array().unwrap().iter().any(|kind| kind["id"] == "room-visit" && kind["pack"].is_null()), "{list}");
    // The same kind again is a change of it, and the folder is sound.
    assert_eq!(run(dir, "zh", &["kind", "lint", "room-visit.toml", "--data", "data"]).code, 0);
    assert_eq!(run(dir, "zh", &["kind", "add", "room-visit.toml", "--data", "data", "--json"]).json()["kinds"][0]["kind"], "room-visit");
    let key = run(dir, "zh", &["key", "show", "--data", "data"]).out;
    let verified = run(dir, "zh", &["verify", "data", "--key", key.trim()]);
    assert_eq!(verified.code, 0, "{}{}", verified.out, verified.talk);
}
