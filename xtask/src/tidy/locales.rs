//! Locale files: zh and en have the same keys with the same placeholders, every key is used, and no key is asked for that is not there.

use std::collections::{BTreeMap, BTreeSet};

use super::Tree;

/// Keys that code puts together from these beginnings.
const COMPOSED: &[&str] = &["help-", "examples-", "note-", "fail-", "finding-", "fault-"];

pub fn check(tree: &Tree) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, text) in tree.ending(".ftl").filter(|(name, _)| name.starts_with("locales/zh/")) {
        let other = name.replacen("/zh/", "/en/", 1);
        let (zh, en) = (keys(text), keys(tree.text(&other)));
        for key in zh.keys().chain(en.keys()).collect::<BTreeSet<_>>() {
            match (zh.get(key), en.get(key)) {
                (Some(a), Some(b)) if a != b => faults.push(format!("{name}: `{key}` has other placeholders than in {other}")),
                (None, _) => faults.push(format!("{name}: `{key}` is missing (it stands in {other})")),
                (_, None) => faults.push(format!("{other}: `{key}` is missing (it stands in {name})")),
                _ => {}
            }
        }
        faults.extend(zh.keys().filter(|key| !is_used(tree, key)).map(|key| format!("{name}: `{key}` is used nowhere")));
    }
    faults
}

fn is_used(tree: &Tree, key: &str) -> bool {
    if COMPOSED.iter().any(|beginning| key.starts_with(beginning)) {
        return true;
    }
    let quoted = format!("\"{key}\"");
    tree.ending(".rs").chain(tree.ending(".html")).any(|(_, text)| text.contains(&quoted))
}

/// Keys of a Fluent file and the placeholders of each.
fn keys(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut current = None;
    for line in text.lines() {
        let begins = !line.starts_with([' ', '#', '\t', '}']);
        if let Some((key, _)) = line.split_once(" =").filter(|_| begins) {
            current = Some(key.to_owned());
            keys.entry(key.to_owned()).or_default();
        }
        let Some(found) = current.as_ref().and_then(|key| keys.get_mut(key)) else { continue };
        found.extend(
            line.split('$').skip(1).map(|rest| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect()),
        );
    }
    keys
}
