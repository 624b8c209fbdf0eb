//! The shipped table of systems: every row, both languages, and its quotations against the reading they come from and the pages they stand in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anlan_law::system::{System, parse_systems};

/// Systems of the founding documents.
const ROWS: usize = 248;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn shipped() -> Vec<System> {
    let text = std::fs::read_to_string(root().join("packs/cn/systems.toml")).expect("the pack is there");
    parse_systems("cn/systems.toml", &text).unwrap_or_else(|faults| panic!("{faults:?}"))
}

#[test]
fn every_row_is_there_once_and_in_order() {
    let numbers: Vec<usize> = shipped().iter().map(|system| usize::from(system.id.number())).collect();
    assert_eq!(numbers, (1..=ROWS).collect::<Vec<_>>());
}

#[test]
fn names_differ_in_both_languages() {
    let systems = shipped();
    for language in [|system: &System| system.name.zh.clone(), |system: &System| system.name.en.clone()] {
        let mut seen = BTreeMap::new();
        for system in &systems {
            let before = seen.insert(language(system), system.id);
            assert_eq!(before, None, "{} has the name of another", system.id);
        }
    }
}

#[test]
fn each_text_is_in_its_language() {
    let is_chinese = |text: &str| text.chars().any(|c| ('一'..='龥').contains(&c));
    for system in shipped() {
        for text in [&system.name, &system.who, &system.requires] {
            assert!(!is_chinese(&text.en) && !text.zh.contains([',', ';', '(']), "{} {text:?}", system.id);
            assert!(is_chinese(&text.zh) || text.zh.starts_with("12300"), "{} {text:?}", system.id);
        }
        assert!(!is_chinese(&system.source.en), "{} {}", system.id, system.source.en);
    }
}

#[test]
fn what_the_law_of_2016_says_has_its_number_of_today() {
    for system in shipped() {
        let count = |version: &str| system.articles.get(version).map_or(0, Vec::len);
        assert_eq!(count("csl@2016"), count("csl@2025"), "{}", system.id);
    }
}

#[test]
fn quotations_are_those_of_the_reading() {
    let Ok(table) = std::fs::read_to_string(root().join("../shared/reference/quotations.tsv")) else {
        println!("left out: the table of quotations is not here");
        return;
    };
    let wanted: Vec<String> = table.lines().skip(1).map(|line| line.trim_end_matches('\t').to_owned()).collect();
    let mut found = Vec::new();
    for system in shipped() {
        for quotation in &system.quotations {
            let note = quotation.note.as_deref().map_or(String::new(), |note| format!("\t{note}"));
            found.push(format!("{}\t{}\t{}\t{}{note}", system.id, quotation.page, quotation.line, quotation.text));
        }
    }
    assert_eq!(found, wanted);
}

/// Full-width forms as their ASCII twins, as the quotations are written.
fn narrow(text: &str) -> String {
    let fold = |c: char| match c {
        '\u{3000}' => ' ',
        '！'..='～' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        _ => c,
    };
    text.chars().map(fold).collect()
}

#[test]
fn quotations_stand_where_they_are_said_to_stand() {
    for page in ["001", "002"] {
        let Ok(text) = std::fs::read_to_string(root().join(format!("../shared/samples/texts/{page}.txt"))) else {
            println!("left out: page {page} is not here");
            continue;
        };
        let lines: Vec<String> = text.split('\n').map(narrow).collect();
        let mut checked = 0;
        for system in shipped() {
            for quotation in system.quotations.iter().filter(|quotation| quotation.page == page) {
                let line = lines.get(quotation.line as usize - 1).map_or("", String::as_str);
                assert!(line.contains(&narrow(&quotation.text)), "{} {page}:{} {}", system.id, quotation.line, quotation.text);
                checked += 1;
            }
        }
        println!("page {page}: {checked} quotations stand at their lines");
    }
}
