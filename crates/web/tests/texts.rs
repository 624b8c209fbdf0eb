//! The words of the console: both languages have the same keys and placeholders, and the templates use only keys that exist.

use std::collections::{BTreeMap, BTreeSet};

const ZH: &str = concat!(
    include_str!("../../../locales/zh/console.ftl"),
    include_str!("../../../locales/zh/library.ftl"),
    include_str!("../../../locales/zh/duties.ftl"),
    include_str!("../../../locales/zh/law.ftl"),
    include_str!("../../../locales/zh/records.ftl"),
    include_str!("../../../locales/zh/ledger.ftl"),
    include_str!("../../../locales/zh/people.ftl"),
    include_str!("../../../locales/zh/sheets.ftl")
);
const EN: &str = concat!(
    include_str!("../../../locales/en/console.ftl"),
    include_str!("../../../locales/en/library.ftl"),
    include_str!("../../../locales/en/duties.ftl"),
    include_str!("../../../locales/en/law.ftl"),
    include_str!("../../../locales/en/records.ftl"),
    include_str!("../../../locales/en/ledger.ftl"),
    include_str!("../../../locales/en/people.ftl"),
    include_str!("../../../locales/en/sheets.ftl")
);

fn keys(ftl: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let lines = ftl.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(" = "));
    lines.map(|(key, text)| (key, text.split("{ $").skip(1).filter_map(|s| s.split(' ').next()).collect())).collect()
}

#[test]
fn both_languages_have_the_same_keys_and_placeholders() {
    let (zh, en) = (keys(ZH), keys(EN));
    assert_eq!(zh, en);
    assert!(zh.len() > 100);
}

#[test]
fn templates_use_keys_that_exist() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
    let known = keys(ZH);
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
