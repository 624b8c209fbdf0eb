//! The words of the console: both languages have the same keys and placeholders, and the templates use only keys that exist.
#![allow(clippy::unwrap_used, reason = "a test may")]

use std::collections::{BTreeMap, BTreeSet};

/// Every file of words of a language, one behind the other.
fn words(lang: &str) -> String {
    let folder = format!("{}/../../locales/{lang}", env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect()
}

fn keys(ftl: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let lines = ftl.lines().filter(|line| !line.starts_with(['#', ' ', '.'])).filter_map(|line| line.split_once(" ="));
    lines.map(|(key, text)| (key, text.split("{ $").skip(1).filter_map(|s| s.split(' ').next()).collect())).collect()
}

#[test]
fn both_languages_have_the_same_keys_and_placeholders() {
    let (zh, en) = (words("zh"), words("en"));
    let (zh, en) = (keys(&zh), keys(&en));
    // `cargo xtask tidy` reads the messages as Fluent does and compares their placeholders.
    assert!(zh.keys().eq(en.keys()));
    assert!(zh.len() > 100);
}

#[test]
fn templates_use_keys_that_exist() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
    let words = words("zh");
    let known = keys(&words);
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let template = std::fs::read_to_string(&path).unwrap();
        assert!(!template.contains("|safe"), "{}", path.display());
        assert!(!template.contains(" style="), "{}", path.display());
        for call in ["page.t(\"", "page.t1(\"", "page.t2(\""] {
            for key in template.split(call).skip(1).filter_map(|s| s.split('"').next()) {
                assert!(known.contains_key(key) || key == "product", "{} {key}", path.display());
            }
        }
    }
}
