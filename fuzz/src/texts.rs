//! Pages of legal texts.

use anlan_law::reading::{FindingKind, Known, Report, merge, read, report};

/// Whatever the page is, findings speak of documents that are there; a report leaves nothing out; a text compared with its own words keeps its structure.
pub fn law_reading(data: &[u8]) -> bool {
    let first = read("page", data, &[]);
    for finding in &first.findings {
        assert!(finding.line > 0 && finding.column > 0 && (0.0..=1.0).contains(&finding.confidence));
        assert!(finding.document.is_none_or(|document| document < first.documents.len()));
    }
    let readings = std::slice::from_ref(&first);
    let Report { findings, documents, .. } = report(readings, &merge(readings, &[]));
    assert_eq!(findings.len(), first.findings.len(), "a report leaves nothing out");
    assert!(documents.len() >= first.documents.len());
    let known: Vec<Known> = first
        .documents
        .iter()
        .map(|document| {
            let articles = document.articles.iter().map(anlan_law::reading::ReadArticle::to_article).collect();
            Known { id: "page@1".into(), title: document.title.clone(), articles }
        })
        .collect();
    let again = read("page", data, &known);
    assert_eq!(again.documents.len(), first.documents.len(), "a known text changes no structure");
    !first.documents.is_empty() && first.findings.iter().all(|finding| finding.kind != FindingKind::Truncated)
}
