//! The clean statute of the fixtures, whole and as a known text; what tests ask of a reading.
#![allow(dead_code, clippy::unwrap_used, reason = "each test file takes what it needs; a missing fixture fails the test")]

use anlan_law::reading::{Document, Finding, FindingKind, Known, Reading, read};

pub fn fixture(name: &str) -> String {
    std::fs::read_to_string(format!("{}/tests/fixtures/reading/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

pub fn clean() -> String {
    fixture("clean.txt")
}

pub fn reads(text: &str) -> Reading {
    read("page.txt", text.as_bytes(), &[])
}

/// The clean statute as a known text.
pub fn known() -> Known {
    let reading = reads(&clean());
    let articles = reading.documents[0].articles.iter().map(anlan_law::reading::ReadArticle::to_article).collect();
    Known { id: "dykes@2018".into(), title: "中华人民共和国河堤养护法".into(), articles }
}

pub fn reads_known(text: &str) -> Reading {
    read("page.txt", text.as_bytes(), &[known()])
}

/// Numbers and texts of all articles.
pub fn texts(document: &Document) -> Vec<(u32, String)> {
    document.articles.iter().map(|article| (article.number, article.text())).collect()
}

pub fn of(reading: &Reading, kind: FindingKind) -> Vec<&Finding> {
    reading.findings.iter().filter(|finding| finding.kind == kind).collect()
}

/// The kinds found, each once, in their order.
pub fn kinds(reading: &Reading) -> Vec<&'static str> {
    let mut kinds: Vec<&str> = reading.findings.iter().map(|finding| finding.kind.name()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// ASCII punctuation, as most pages have it.
pub fn half_width(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '，' => ',',
            '；' => ';',
            '：' => ':',
            '（' => '(',
            '）' => ')',
            c => c,
        })
        .collect()
}
