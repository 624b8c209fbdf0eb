//! What was found in a text that was brought in: its documents, its damage by kind, and one part of it with every finding in its place.

use std::sync::Arc;

use anlan_base::text::{Lang, text};
use anlan_law::Library;
use anlan_law::reading::{Document, FindingKind, Reading};

use super::annotated::{self, PartOfText};
use super::shelf::look;
use crate::console::Shared;
use crate::failure::Failure;
use crate::page::grouped;
use crate::shown;

/// Legal texts of one page that are listed; the others are counted.
pub(crate) const DOCUMENTS: usize = 50;

/// A text as it came, and what it is.
pub(super) struct Source<'a> {
    pub(super) name: &'a str,
    pub(super) digest: &'a str,
    pub(super) content: Arc<str>,
    /// The address of its page.
    pub(super) address: String,
}

/// A legal text that was found in the page.
pub(super) struct DocumentView {
    pub(super) title: String,
    pub(super) kind: String,
    pub(super) version: String,
    pub(super) articles: usize,
    pub(super) range: String,
    pub(super) truncated: usize,
}

/// The facts of a text that was read, as both pages show them.
pub(super) struct TextView {
    pub(super) name: String,
    pub(super) digest: String,
    pub(super) bytes: String,
    pub(super) documents: Vec<DocumentView>,
    pub(super) more_documents: usize,
    /// Kinds of findings with their numbers, the most frequent first.
    pub(super) kinds: Vec<(String, usize)>,
    pub(super) total: usize,
    pub(super) uncounted: usize,
    pub(super) part: PartOfText,
    /// The address of the page, for its parts.
    pub(super) address: String,
}

impl Source<'_> {
    /// Reads the text beside the reactor.
    pub(super) async fn read(&self, house: &Shared) -> Result<Reading, Failure> {
        let (name, content) = (self.name.to_owned(), Arc::clone(&self.content));
        house.beside(move |_| Ok(look(&name, &content))).await
    }

    /// What a page shows of it; `part` as the address names it.
    pub(super) fn view(&self, lang: Lang, library: &Library, reading: &Reading, part: &str) -> TextView {
        TextView {
            name: shown::plain(self.name, shown::ROW_BYTES),
            digest: self.digest.to_owned(),
            bytes: grouped(self.content.len() as u64),
            documents: reading.documents.iter().take(DOCUMENTS).map(|document| document_view(lang, library, document)).collect(),
            more_documents: reading.documents.len().saturating_sub(DOCUMENTS),
            kinds: kinds(lang, reading),
            total: reading.findings.len() + reading.more_findings,
            uncounted: reading.more_findings,
            part: annotated::part(lang, &self.content, reading, part.parse().unwrap_or(1)),
            address: self.address.clone(),
        }
    }
}

fn kinds(lang: Lang, reading: &Reading) -> Vec<(String, usize)> {
    let count = |kind| reading.findings.iter().filter(|finding| finding.kind == kind).count();
    let mut kinds: Vec<_> =
        FindingKind::ALL.iter().map(|kind| (text(lang, &kind.key(), &[]), count(*kind))).filter(|(_, n)| *n > 0).collect();
    kinds.sort_by_key(|(_, count)| usize::MAX - count);
    kinds
}

fn document_view(lang: Lang, library: &Library, document: &Document) -> DocumentView {
    let version = document.version.as_deref().and_then(|id| library.version(&id.parse().ok()?));
    let numbers: Vec<u32> = document.articles.iter().map(|article| article.number).collect();
    let range = match (numbers.iter().min(), numbers.iter().max()) {
        (Some(first), Some(last)) if first != last => format!("{first}–{last}"),
        (Some(one), _) => one.to_string(),
        (None, _) => String::new(),
    };
    DocumentView {
        title: shown::plain(&document.title, shown::ROW_BYTES),
        kind: text(lang, &format!("document-{}", document.kind.name()), &[]),
        version: version.map(|version| version.label.show(lang).to_owned()).unwrap_or_default(),
        articles: numbers.len(),
        range,
        truncated: document.articles.iter().filter(|article| article.truncated).count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anlan_law::reading::{Kind, Place};

    #[test]
    fn the_documents_that_are_listed_have_a_limit() {
        let document = Document {
            file: String::new(),
            title: String::new(),
            kind: Kind::Rules,
            version: None,
            place: Place::default(),
            parts: Vec::new(),
            articles: Vec::new(),
            head: None,
            sources: Vec::new(),
        };
        for (count, listed, more) in [(DOCUMENTS - 1, DOCUMENTS - 1, 0), (DOCUMENTS, DOCUMENTS, 0), (DOCUMENTS + 1, DOCUMENTS, 1)] {
            let reading = Reading { documents: vec![document.clone(); count], ..Reading::default() };
            let source = Source { name: "a", digest: "", content: "".into(), address: String::new() };
            let view = source.view(Lang::Zh, Library::shipped(), &reading, "");
            assert_eq!((view.documents.len(), view.more_documents), (listed, more));
        }
    }
}
