//! Files of kinds that were spoilt at random: read, or refused with the right file and a line that is there; never a panic.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use anlan_base::text::Lang;
use anlan_law::clock::{Clocks, parse_clocks};
use anlan_law::kind::{Kinds, World, parse};
use anlan_law::{Fault, shipped};
use proptest::prelude::*;

const LOAN: &str = include_str!("fixtures/kinds/key-loan.toml");
const LOSS: &str = include_str!("fixtures/kinds/key-loss.toml");

static CLOCKS: LazyLock<Clocks> = LazyLock::new(|| {
    let files: Vec<_> = shipped::FILES.iter().copied().filter(|(path, _)| *path == "cn/clocks.toml").collect();
    parse_clocks(&files).unwrap()
});

fn read(loan: &str) -> Result<Kinds, Vec<Fault>> {
    let (systems, others) = (BTreeSet::from(["SYS-069".to_owned()]), Kinds::default());
    let world = World { clocks: &CLOCKS, systems: Some(&systems), others: &others };
    parse(&[("key-loan.toml", loan), ("key-loss.toml", LOSS)], &world)
}

/// Sound, or faults that name a file that was read, a line that it has, and have words.
fn sound_or_told(text: &str) -> Result<(), TestCaseError> {
    let Err(faults) = read(text) else { return Ok(()) };
    prop_assert!(!faults.is_empty());
    for fault in &faults {
        let lines = match fault.file.as_str() {
            "key-loan.toml" => text.matches('\n').count() + 1,
            "key-loss.toml" => LOSS.matches('\n').count() + 1,
            other => return Err(TestCaseError::fail(format!("no such file: {other}"))),
        };
        prop_assert!((1..=lines).contains(&fault.line), "{:?} of {}", fault, lines);
        for lang in [Lang::Zh, Lang::En] {
            prop_assert!(!fault.what(lang).contains('‹') && !fault.remedy(lang).contains('‹'), "{}", fault.code);
        }
    }
    Ok(())
}

/// The file with one line in the place of another.
fn with_line(at: usize, line: Option<&str>) -> String {
    let mut lines: Vec<&str> = LOAN.lines().collect();
    let at = at % lines.len();
    match line {
        Some(line) => lines[at] = line,
        None => drop(lines.remove(at)),
    }
    lines.join("\n")
}

/// Every line in turn is left out.
// KIND-1
#[test]
fn a_line_left_out_is_sound_or_told() {
    for at in 0..LOAN.lines().count() {
        sound_or_told(&with_line(at, None)).unwrap_or_else(|error| panic!("line {}: {error}", at + 1));
    }
}

/// Every line in turn is one that stands elsewhere in the file.
// KIND-1
#[test]
fn a_line_of_elsewhere_is_sound_or_told() {
    let lines: Vec<&str> = LOAN.lines().collect();
    for at in 0..lines.len() {
        let other = lines[(at * 7 + 3) % lines.len()];
        sound_or_told(&with_line(at, Some(other))).unwrap_or_else(|error| panic!("line {}: {error}", at + 1));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    // KIND-1
    #[test]
    fn a_spoilt_line_is_sound_or_told(at in 0_usize..400, line in "\\PC{0,40}|[a-z_]{1,8} = (\"[a-z_:@]{0,12}\"|[0-9-]{1,6}|true|\\[\\]|\\{\\})|\\[\\[?[a-z]{1,6}\\]?\\]") {
        sound_or_told(&with_line(at, Some(&line)))?;
    }

    // KIND-1
    #[test]
    fn a_spoilt_sign_is_sound_or_told(at in 0_usize..8_000, sign in any::<char>()) {
        let mut text: Vec<char> = LOAN.chars().collect();
        let at = at % text.len();
        text[at] = sign;
        sound_or_told(&text.into_iter().collect::<String>())?;
    }

    // KIND-1
    #[test]
    fn any_text_is_read_or_told(text in "[\\s\\S]{0,300}") {
        let _ = read(&text);
    }

    // KIND-1
    #[test]
    fn any_toml_is_read_or_told(lines in prop::collection::vec("(schema|id|title|number|place|opens|list|field|move|clock|name|from|to|sets)(\\.[a-z]{1,3})? = (1|\"x\"|\\[\\]|\\[\\[1\\]\\]|\\{ a = 1 \\}|true|1979-05-27|\\[\\{\\}\\])|\\[\\[(field|state|move|clock|series|print)\\]\\]|\\[fanout\\]", 0..30)) {
        let _ = read(&lines.join("\n"));
    }
}
