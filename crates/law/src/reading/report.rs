//! The JSON of what was read: one object with `findings` and `documents`, and the explanations beside them.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::Reading;
use super::explain::Explanation;
use super::finding::{Finding, FindingKind};
use super::merge::Merged;
use super::tree::{Document, Part, ReadArticle, ReadItem, ReadParagraph};

/// Everything that one or more files hold. The `document` of a finding and of an explanation counts through all documents, those of the first file first.
#[derive(Debug, Serialize)]
pub struct Report {
    pub findings: Vec<Finding>,
    pub documents: Vec<Document>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub explanations: Vec<Explanation>,
    /// Findings beyond the limit, which are not listed.
    #[serde(skip_serializing_if = "is_zero")]
    pub more_findings: usize,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands in a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// The readings of all files as one report; merged documents stand at the end.
#[must_use]
pub fn report(readings: &[Reading], merged: &[Merged]) -> Report {
    let mut report = Report { findings: Vec::new(), documents: Vec::new(), explanations: Vec::new(), more_findings: 0 };
    for reading in readings {
        let offset = report.documents.len();
        let moved = |document: Option<usize>| document.map(|index| index + offset);
        report.findings.extend(reading.findings.iter().map(|finding| {
            let mut finding = Finding { document: moved(finding.document), ..finding.clone() };
            if let Some(document) = reading.documents.get(finding.document.map_or(usize::MAX, |index| index - offset)) {
                offer(&mut finding, document, merged);
            }
            finding
        }));
        report.explanations.extend(reading.explanations.iter().map(|e| Explanation { document: moved(e.document), ..e.clone() }));
        report.documents.extend(reading.documents.iter().cloned());
        report.more_findings += reading.more_findings;
    }
    report.documents.extend(merged.iter().map(|merged| merged.document.clone()));
    report
}

/// The words of a missing item or article, where another copy gave them to the merged text of the same version.
fn offer(finding: &mut Finding, document: &Document, merged: &[Merged]) {
    let same = merged.iter().find(|m| m.document.version.is_some() && m.document.version == document.version);
    let Some(article) = same.zip(finding.article).and_then(|(merged, number)| merged.document.article(number)) else { return };
    let (text, derived) = match finding.kind {
        FindingKind::LostItem => match article.items().find(|item| Some(item.number) == finding.item) {
            Some(item) => (item.text.clone(), item.derived),
            None => return,
        },
        FindingKind::LostArticle => (article.text(), article.derived),
        _ => return,
    };
    if finding.expected.is_empty() || !derived {
        finding.expected = text;
        finding.confidence = if derived { finding.confidence } else { finding.confidence.max(0.97) };
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Document", 10)?;
        out.serialize_field("title", &self.title)?;
        out.serialize_field("kind", self.kind.name())?;
        out.serialize_field("version", &self.version)?;
        out.serialize_field("file", &self.file)?;
        out.serialize_field("line", &self.place.line)?;
        out.serialize_field("column", &self.place.column)?;
        out.serialize_field("parts", &self.parts)?;
        out.serialize_field("articles", &self.articles)?;
        match &self.head {
            Some(head) => out.serialize_field("head", head)?,
            None => out.skip_field("head")?,
        }
        if self.sources.is_empty() {
            out.skip_field("sources")?;
        } else {
            out.serialize_field("sources", &self.sources)?;
        }
        out.end()
    }
}

impl Serialize for Part {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Part", 5)?;
        out.serialize_field("level", self.level.name())?;
        out.serialize_field("number", &self.number)?;
        out.serialize_field("title", &self.title)?;
        out.serialize_field("line", &self.place.line)?;
        out.serialize_field("column", &self.place.column)?;
        out.end()
    }
}

impl Serialize for ReadArticle {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("ReadArticle", 10)?;
        out.serialize_field("number", &self.number)?;
        out.serialize_field("text", &self.text())?;
        out.serialize_field("items", &self.items().collect::<Vec<&ReadItem>>())?;
        out.serialize_field("truncated", &self.truncated)?;
        out.serialize_field("part", &self.part)?;
        out.serialize_field("line", &self.place.line)?;
        out.serialize_field("column", &self.place.column)?;
        out.serialize_field("paragraphs", &self.paragraphs)?;
        if self.sources.is_empty() {
            out.skip_field("sources")?;
            out.skip_field("derived")?;
        } else {
            out.serialize_field("sources", &self.sources)?;
            out.serialize_field("derived", &self.derived)?;
        }
        out.end()
    }
}

impl Serialize for ReadParagraph {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("ReadParagraph", 4)?;
        out.serialize_field("line", &self.place.line)?;
        out.serialize_field("column", &self.place.column)?;
        out.serialize_field("text", &self.text)?;
        out.serialize_field("items", &self.items.iter().map(|item| item.number).collect::<Vec<u32>>())?;
        out.end()
    }
}

impl Serialize for ReadItem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("ReadItem", 6)?;
        out.serialize_field("number", &self.number)?;
        out.serialize_field("text", &self.text)?;
        out.serialize_field("line", &self.place.line)?;
        out.serialize_field("column", &self.place.column)?;
        match &self.source {
            Some(source) => {
                out.serialize_field("source", source)?;
                out.serialize_field("derived", &self.derived)?;
            }
            None => {
                out.skip_field("source")?;
                out.skip_field("derived")?;
            }
        }
        out.end()
    }
}
