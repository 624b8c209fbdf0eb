//! Ids in `spec/` and the invariants of ARCHITECTURE.md: each is named by a test.

use std::collections::BTreeSet;

use super::Tree;

pub fn check(tree: &Tree) -> Vec<String> {
    let tested: String = tree
        .ending(".rs")
        .chain(tree.ending(".py"))
        .filter(|(name, text)| name.contains("/tests/") || name.starts_with("tests/") || text.contains("#[cfg(test)]"))
        .map(|(_, text)| text)
        .collect();
    let mut faults = Vec::new();
    for (name, text) in tree.ending(".md").filter(|(name, _)| name.starts_with("spec/")) {
        faults.extend(ids(text).iter().filter(|id| !names(&tested, id)).map(|id| format!("{name}: no test names {id}")));
    }
    for line in tree.text("ARCHITECTURE.md").lines() {
        let Some(id) = line.strip_prefix("- **I").and_then(|rest| rest.split(' ').next()) else { continue };
        if !line.contains("(not built yet)") && !names(&tested, &format!("I{id}")) {
            faults.push(format!("ARCHITECTURE.md: no test names I{id}"));
        }
    }
    faults
}

/// Whether `id` stands in the text as a whole, so that `I1` is not found in `I10`.
fn names(text: &str, id: &str) -> bool {
    text.match_indices(id).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + id.len()..].chars().next();
        let is_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        !is_word(before) && !is_word(after)
    })
}

/// `[TLOG-3 MUST]`, `[PACK-1: …]`, `[FMT-1]`.
fn ids(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for part in text.split('[').skip(1) {
        let word: String = part.chars().take_while(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || *c == '-').collect();
        let Some((name, number)) = word.split_once('-') else { continue };
        if !name.is_empty() && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) {
            found.insert(word);
        }
    }
    found
}
