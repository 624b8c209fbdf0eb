//! The two real pages that lie beside the project, read and merged, against what is known of them. Left out where they are not there.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test prints what it leaves out")]

use std::path::PathBuf;

use anlan_law::reading::{Document, FindingKind, Kind, Known, Reading, merge, read, report};
use anlan_law::{Article, Paragraph};
use serde_json::Value;

fn shared(path: &str) -> Option<Vec<u8>> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(path);
    let bytes = std::fs::read(&file).ok();
    if bytes.is_none() {
        println!("left out: {} is not there", file.display());
    }
    bytes
}

fn known(id: &str, path: &str) -> Option<Known> {
    let json: Value = serde_json::from_slice(&shared(path)?).unwrap();
    let articles = json["articles"].as_array().unwrap().iter().map(|article| Article {
        number: u32::try_from(article["n"].as_u64().unwrap()).unwrap(),
        part: article["part"].as_str().unwrap().to_owned(),
        paragraphs: vec![Paragraph { text: article["text"].as_str().unwrap().to_owned(), items: vec![] }],
    });
    Some(Known { id: id.into(), title: json["title"].as_str().unwrap().to_owned(), articles: articles.collect() })
}

fn csl() -> Option<Vec<Known>> {
    Some(vec![known("csl@2016", "statutes/csl-2016.json")?, known("csl@2025", "statutes/csl-2025.json")?])
}

fn page(name: &str, known: &[Known]) -> Option<Reading> {
    Some(read(name, &shared(&format!("samples/texts/{name}"))?, known))
}

fn numbers(document: &Document) -> Vec<u32> {
    document.articles.iter().map(|article| article.number).collect()
}

fn lost(reading: &Reading, document: usize) -> Vec<(u32, u32)> {
    let items = reading.findings.iter().filter(|f| f.kind == FindingKind::LostItem && f.document == Some(document));
    items.map(|f| (f.article.unwrap(), f.item.unwrap())).collect()
}

fn places(reading: &Reading, kind: FindingKind) -> Vec<(usize, Option<u32>)> {
    reading.findings.iter().filter(|f| f.kind == kind).map(|f| (f.line, f.article)).collect()
}

/// The items that the copies of page 002 have lost.
const LOST_IN_DRAFT: [(u32, u32); 8] = [(20, 3), (32, 1), (37, 1), (37, 2), (37, 3), (52, 2), (58, 2), (66, 2)];
const LOST_IN_FINAL: [(u32, u32); 5] = [(21, 3), (34, 1), (39, 1), (39, 2), (39, 3)];

#[test]
fn page_001_one_text_its_quotations_and_its_end() {
    let Some(known) = csl() else { return };
    for known in [vec![], known] {
        let Some(reading) = page("001.txt", &known) else { return };
        assert_eq!(reading.documents.len(), 1);
        let document = &reading.documents[0];
        assert_eq!((document.title.as_str(), document.kind), ("中华人民共和国网络安全法", Kind::Statute));
        assert_eq!(document.version.as_deref(), (!known.is_empty()).then_some("csl@2016"));
        assert_eq!(numbers(document), (1..=69).collect::<Vec<u32>>());
        assert_eq!(document.parts.len(), 8);
        let quoted: Vec<Option<u32>> = places(&reading, FindingKind::Quotation).iter().map(|(_, article)| *article).collect();
        assert_eq!(quoted, [5, 6, 1, 2, 3, 4, 3, 1].map(Some));
        let glued: Vec<usize> = places(&reading, FindingKind::GluedHeading).iter().map(|(line, _)| *line).collect();
        assert_eq!(glued, [163, 163, 179, 179, 217, 217, 253, 253, 281, 281, 305, 305]);
        assert_eq!(places(&reading, FindingKind::Truncated), [(345, Some(69))]);
        assert_eq!(places(&reading, FindingKind::ForeignBlock), [(1, None), (347, None)]);
        assert_eq!(lost(&reading, 0), []);
        assert_eq!(places(&reading, FindingKind::OcrSuspect), [], "no difference where there is none");
        assert!(document.articles.last().unwrap().text().ends_with("（一）不按照有关部门的要求"));
    }
}

#[test]
fn page_002_draft_and_final_text_are_told_apart_and_every_lost_item_is_named() {
    let Some(known) = csl() else { return };
    for known in [vec![], known] {
        let Some(reading) = page("002.txt", &known) else { return };
        let documents: Vec<(&str, Vec<u32>)> = reading.documents.iter().map(|d| (d.title.as_str(), numbers(d))).collect();
        assert_eq!(documents, [("中华人民共和国网络安全法（草案）", (1..=75).collect()), ("中华人民共和国网络安全法", (1..=48).collect())]);
        let versions: Vec<Option<&str>> = reading.documents.iter().map(|d| d.version.as_deref()).collect();
        let expected = if known.is_empty() { [None, None] } else { [Some("csl@draft2"), Some("csl@2016")] };
        assert_eq!(versions, expected);
        assert_eq!(lost(&reading, 0), LOST_IN_DRAFT);
        assert_eq!(lost(&reading, 1), LOST_IN_FINAL);
        assert_eq!(places(&reading, FindingKind::Truncated), [(631, Some(48))]);
        assert_eq!(places(&reading, FindingKind::OcrSuspect), []);
        assert_eq!(places(&reading, FindingKind::LostArticle), []);
        assert!(places(&reading, FindingKind::MaskedText).contains(&(413, Some(75))));
        for line in [81, 297, 441, 453, 475] {
            assert!(places(&reading, FindingKind::StrayMark).iter().any(|(at, _)| *at == line), "line {line}");
        }
    }
}

#[test]
fn page_002_offers_the_lost_words_and_the_explanation_supports_the_log_rule() {
    let Some(known) = csl() else { return };
    let Some(reading) = page("002.txt", &known) else { return };
    let item = |document, article, item| {
        reading.findings.iter().find(|f| f.document == Some(document) && f.article == Some(article) && f.item == Some(item)).unwrap()
    };
    let log_rule = "采取监测、记录网络运行状态、网络安全事件的技术措施，并按照规定留存相关的网络日志不少于六个月；";
    assert_eq!(item(1, 21, 3).expected, log_rule);
    assert_eq!(item(0, 20, 3).expected, log_rule, "by the article of the final text that is most alike");
    assert!(item(0, 20, 3).confidence > item(0, 32, 1).confidence, "the third point of the explanation names it");
    assert!(LOST_IN_DRAFT.iter().all(|(a, i)| !item(0, *a, *i).expected.is_empty()));
    let explanation = &reading.explanations[0];
    assert_eq!((reading.explanations.len(), explanation.document, explanation.explanation_points.len()), (1, Some(0), 10));
    let third: Vec<(u32, Option<u32>, Option<u32>)> =
        explanation.explanation_points[2].cites.iter().map(|c| (c.article, c.paragraph, c.item)).collect();
    assert_eq!(third, [(9, None, None), (20, None, Some(3)), (47, Some(2), None)]);
}

#[test]
fn merged_pages_equal_the_2016_text_wherever_they_hold_it() {
    let Some(known) = csl() else { return };
    let (Some(first), Some(second)) = (page("001.txt", &known), page("002.txt", &known)) else { return };
    let readings = [first, second];
    for known_again in [&[], known.as_slice()] {
        let merged = merge(&readings, known_again);
        let text = merged.iter().find(|m| m.document.version.as_deref() == Some("csl@2016")).unwrap();
        assert_eq!(text.sources, ["001.txt", "002.txt"]);
        assert_eq!(numbers(&text.document), (1..=69).collect::<Vec<u32>>());
        for article in &text.document.articles {
            let expected = known[0].articles.iter().find(|a| a.number == article.number).unwrap().text();
            if article.number == 69 {
                assert!(article.truncated && expected.starts_with(&article.text()));
            } else {
                assert_eq!((article.text(), article.truncated), (expected, false), "article {}", article.number);
            }
        }
        let restored = text.document.article(34).unwrap().items().next().unwrap();
        assert_eq!((restored.source.as_deref(), restored.derived), (Some("001.txt"), false));
        let draft = merged.iter().find(|m| m.document.version.as_deref() == Some("csl@draft2")).unwrap();
        let derived = draft.document.article(20).unwrap().items().find(|i| i.number == 3).unwrap();
        assert!(derived.derived && derived.text.contains("六个月"));
    }
}

/// Articles 34 (its items only) to 50 as a machine read them: spaces, wrapped lines, no paragraphs, wrong characters.
fn machine_read(known: &Known) -> String {
    let number = |n: u32| anlan_law::numeral::chinese(n);
    let texts = known.articles.iter().filter(|article| (34..=50).contains(&article.number));
    let articles = texts.map(|article| match article.number {
        34 => article.text().split_once('：').unwrap().1.to_owned(),
        n => format!("第{}条“{}", number(n), article.text()),
    });
    let text = articles.collect::<Vec<_>>().join("\n").replacen("基础", "基砾", 3).replacen("泄露", "泄霁", 1);
    let wrapped = text.lines().flat_map(|line| line.chars().collect::<Vec<_>>().chunks(38).map(<[char]>::to_vec).collect::<Vec<_>>());
    wrapped.map(|line| line.iter().map(char::to_string).collect::<Vec<_>>().join(" ")).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_machine_read_excerpt_does_not_spoil_a_merge() {
    let Some(known) = csl() else { return };
    let excerpt = machine_read(&known[0]);
    let (Some(first), Some(second)) = (page("001.txt", &known), page("002.txt", &known)) else { return };
    let third = read("003.txt", excerpt.as_bytes(), &known);
    let orders: [Vec<&Reading>; 4] =
        [vec![&first, &second, &third], vec![&third, &first, &second], vec![&third, &first], vec![&first, &third]];
    for readings in orders {
        let readings: Vec<Reading> = readings.into_iter().cloned().collect();
        let merged = merge(&readings, &known);
        let text = merged.iter().find(|m| m.document.version.as_deref() == Some("csl@2016")).unwrap();
        for article in text.document.articles.iter().filter(|article| article.number <= 68) {
            let expected = known[0].articles.iter().find(|a| a.number == article.number).unwrap().text();
            assert_eq!(article.text(), expected, "{:?}", text.sources);
        }
    }
}

#[test]
fn the_report_has_the_promised_shape() {
    let Some(known) = csl() else { return };
    let (Some(first), Some(second)) = (page("001.txt", &known), page("002.txt", &known)) else { return };
    let readings = [first, second];
    let json = serde_json::to_value(report(&readings, &merge(&readings, &known))).unwrap();
    let documents = json["documents"].as_array().unwrap();
    assert_eq!(documents.len(), 5);
    assert_eq!(documents[1]["version"], "csl@draft2");
    assert_eq!((&documents[2]["kind"], &documents[2]["articles"][20]["number"]), (&Value::from("statute"), &Value::from(21)));
    assert_eq!(documents[2]["articles"][20]["items"][2]["number"], 4);
    assert_eq!(documents[0]["articles"][68]["truncated"], true);
    assert!(documents[..3].iter().all(|d| d.get("sources").is_none()) && documents[3..].iter().all(|d| d["sources"].is_array()));
    let keys = ["article", "column", "confidence", "document", "expected", "file", "found", "item", "kind", "line"];
    for finding in json["findings"].as_array().unwrap() {
        let mut own: Vec<&str> = finding.as_object().unwrap().keys().map(String::as_str).collect();
        own.sort_unstable();
        assert_eq!(own, keys);
    }
    let lost = json["findings"].as_array().unwrap().iter().find(|f| f["kind"] == "lost_item" && f["file"] == "002.txt").unwrap();
    assert_eq!((&lost["document"], &lost["article"], &lost["item"]), (&Value::from(1), &Value::from(20), &Value::from(3)));
}
