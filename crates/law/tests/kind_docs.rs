//! The page that tells how to add a register: its example is sound beside everything that ships, in both languages the same, and what it says of a
//! fault is what is said.
#![allow(clippy::unwrap_used)]

use anlan_base::text::Lang;
use anlan_law::kind::Kinds;
use anlan_law::pack::Lawbook;
use anlan_law::{Fault, shipped};

const ZH: &str = include_str!("../../../docs/own-register.md");
const EN: &str = include_str!("../../../docs/own-register.en.md");
const PAGES: [(Lang, &str); 2] = [(Lang::Zh, ZH), (Lang::En, EN)];

/// The blocks of a page behind a fence.
fn blocks<'a>(page: &'a str, fence: &str) -> Vec<&'a str> {
    page.split(&format!("```{fence}\n")).skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

fn example(page: &str) -> &str {
    let found = blocks(page, "toml");
    assert_eq!(found.len(), 1);
    found[0]
}

fn lint(text: &str) -> Result<Kinds, Vec<Fault>> {
    let packs: std::collections::BTreeSet<&str> = shipped::FILES.iter().filter_map(|(path, _)| path.split('/').next()).collect();
    let book = Lawbook::shipped(&packs.into_iter().collect::<Vec<&str>>()).unwrap();
    book.with_kinds(&[("room-visit.toml", text)])
}

// KIND-1
#[test]
fn the_example_is_sound_and_stands_in_both_pages() {
    assert_eq!(example(ZH), example(EN));
    let kinds = lint(example(ZH)).unwrap_or_else(|faults| panic!("{faults:#?}"));
    let kind = kinds.get("room-visit").unwrap();
    assert_eq!((kind.pack.as_deref(), kind.states.len(), kind.moves.len(), kind.clocks.len(), kind.print.len()), (None, 3, 3, 2, 2));
    assert!(kinds.len() > 1);
}

// KIND-1
#[test]
fn the_fault_that_is_shown_is_what_is_said() {
    let bad = example(ZH).replace("to = \"gone\"", "to = \"gon\"");
    let faults = lint(&bad).unwrap_err();
    assert_eq!(faults.len(), 1, "{faults:#?}");
    let fault = &faults[0];
    for (lang, page) in PAGES {
        for said in [format!("{}:{}  {}", fault.file, fault.line, fault.key), fault.what(lang), fault.remedy(lang)] {
            assert!(page.contains(&said), "{said}");
        }
    }
}

/// Every type of field that the pages name is one; every limit they name is the limit.
#[test]
fn the_limits_that_are_told_are_the_limits() {
    use anlan_law::kind::limits::{CLOCKS, FIELDS, FORMS, KIND_FILE_BYTES, MOVES, OPTIONS, SERIES, STATES};
    let zh = format!(
        "{FIELDS} 个字段、{STATES} 个状态、{MOVES} 个办理、{CLOCKS} 个时限、{SERIES} 个周期、{OPTIONS} 个选项、{FORMS} 种打印表、文件 {} KiB",
        KIND_FILE_BYTES / 1024
    );
    let en = format!(
        "{FIELDS} fields, {STATES} states, {MOVES} moves, {CLOCKS} clocks, {SERIES} series, {OPTIONS} options, {FORMS} forms, {} KiB",
        KIND_FILE_BYTES / 1024
    );
    assert!(ZH.contains(&zh), "{zh}");
    assert!(EN.contains(&en), "{en}");
}
