//! Locale files: zh and en have the same keys with the same placeholders, every key is used, and no key is asked for that is not there.

use std::collections::{BTreeMap, BTreeSet};

use super::Tree;

/// A key that code puts together: `"help-{name}"` is `help-` and ``, `"{key}-why"` is `` and `-why`.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Composed {
    beginning: String,
    end: String,
}

impl Composed {
    /// The pattern of a string literal with placeholders, where it can be one of a key.
    fn of(literal: &str) -> Option<Self> {
        let (beginning, rest) = literal.split_once('{')?;
        let (_, end) = rest.rsplit_once('}')?;
        let is_key = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let fits = beginning.chars().all(is_key) && end.chars().all(is_key);
        let says_something = beginning.ends_with('-') || end.starts_with('-');
        (fits && says_something).then(|| Self { beginning: beginning.to_owned(), end: end.to_owned() })
    }

    /// Whether the key can come from it. Where only the end is fixed, what stands before it must be a key too.
    fn makes(&self, key: &str, keys: &BTreeSet<String>) -> bool {
        let Some(middle) = key.strip_prefix(self.beginning.as_str()).and_then(|rest| rest.strip_suffix(self.end.as_str())) else {
            return false;
        };
        !middle.is_empty() && (!self.beginning.is_empty() || keys.contains(middle))
    }
}

pub fn check(tree: &Tree) -> Vec<String> {
    let mut faults = Vec::new();
    let known: BTreeSet<String> =
        tree.ending(".ftl").filter(|(name, _)| name.starts_with("locales/zh/")).flat_map(|(_, text)| keys(text).into_keys()).collect();
    let usage = Usage::read(tree);
    for language in ["locales/zh/", "locales/en/"] {
        faults.extend(told_twice(tree.ending(".ftl").filter(|(name, _)| name.starts_with(language))));
    }
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
        faults.extend(zh.keys().filter(|key| !usage.is_used(key, &known)).map(|key| format!("{name}: `{key}` is used nowhere")));
    }
    faults
}

/// Keys that stand twice in the files of one language: the later one would silently win.
fn told_twice<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    let mut faults = Vec::new();
    for (name, text) in files {
        for key in text.lines().filter_map(|line| line.split_once(" =")).map(|(key, _)| key).filter(|key| is_key(key)) {
            if let Some(other) = first.insert(key, name) {
                faults.push(format!("{name}: `{key}` stands in {other} already"));
            }
        }
    }
    faults
}

fn is_key(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

/// The string literals of code and templates.
struct Usage {
    literals: BTreeSet<String>,
    composed: BTreeSet<Composed>,
}

impl Usage {
    fn read(tree: &Tree) -> Self {
        let sources = tree.ending(".rs").chain(tree.ending(".html"));
        let literals: BTreeSet<String> =
            sources.flat_map(|(_, text)| text.lines().flat_map(|line| line.split('"').skip(1)).map(str::to_owned)).collect();
        let composed = literals.iter().filter_map(|literal| Composed::of(literal)).collect();
        Self { literals, composed }
    }

    fn is_used(&self, key: &str, keys: &BTreeSet<String>) -> bool {
        self.literals.contains(key) || self.composed.iter().any(|composed| composed.makes(key, keys))
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_stands_twice_is_told() {
        let files = [("a.ftl", "one = 1\n  two = text\n"), ("b.ftl", "two = 2\none = again\n")];
        assert_eq!(told_twice(files.into_iter()), ["b.ftl: `one` stands in a.ftl already"]);
    }

    #[test]
    fn keys_that_are_put_together_are_known_by_their_fixed_part() {
        let keys: BTreeSet<String> = ["a", "a-why", "help-log"].map(str::to_owned).into();
        for (literal, key, makes) in [
            ("help-{name}", "help-log", true),
            ("help-{name}", "help-", false),
            ("help-{name}-more", "help-log", false),
            ("{key}-why", "a-why", true),
            ("{key}-why", "b-why", false),
        ] {
            assert_eq!(Composed::of(literal).is_some_and(|composed| composed.makes(key, &keys)), makes, "{literal} {key}");
        }
        for literal in ["{key}", "Help-{key}", "{a} b", "no placeholder"] {
            assert!(Composed::of(literal).is_none(), "{literal}");
        }
    }
}
