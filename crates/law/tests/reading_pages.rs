//! The two real pages that lie beside the project, read and merged, against what is known of them. Left out where they are not there.

use std::path::PathBuf;

use anlan_law::reading::{FindingKind, Kind, Known, Reading, merge, read, report};
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

fn known() -> Option<Known> {
    let json: Value = serde_json::from_slice(&shared("statutes/csl-2016.json")?).unwrap();
    let articles = json["articles"].as_array().unwrap().iter().map(|article| Article {
        number: u32::try_from(article["n"].as_u64().unwrap()).unwrap(),
        part: article["part"].as_str().unwrap().to_owned(),
        paragraphs: vec![Paragraph { text: article["text"].as_str().unwrap().to_owned(), items: vec![] }],
    });
    Some(Known { id: "csl@2016".into(), title: json["title"].as_str().unwrap().to_owned(), articles: articles.collect() })
}

fn page(name: &str, known: &[Known]) -> Option<Reading> {
    Some(read(name, &shared(&format!("samples/texts/{name}"))?, known))
}

fn dump(reading: &Reading) {
    for document in &reading.documents {
        let numbers: Vec<u32> = document.articles.iter().map(|a| a.number).collect();
        println!("{:?} {:?} {:?} {:?} {numbers:?}", document.title, document.kind, document.version, document.place);
    }
    for finding in &reading.findings {
        println!(
            "{:?}",
            (
                finding.kind.name(),
                finding.line,
                finding.column,
                finding.article,
                finding.item,
                &finding.found,
                &finding.expected,
                finding.confidence,
                finding.document
            )
        );
    }
}

#[test]
fn dump_pages() {
    let Some(known) = known() else { return };
    for known in [vec![], vec![known]] {
        for name in ["001.txt", "002.txt"] {
            let Some(reading) = page(name, &known) else { return };
            println!("=== {name} {}", known.len());
            dump(&reading);
        }
    }
    let _ = (FindingKind::ALL, Kind::Rules, merge(&[], &[]), report(&[], &[]));
}
