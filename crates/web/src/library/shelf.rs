//! The library as this operator sees it: the shipped one with the texts that people brought in laid over it.
//!
//! Invariants:
//! - what stands here is computed from the shipped library and the ledger alone, and again as soon as the ledger holds another text;
//! - of several texts of one version the last one that fits is laid over; the others are kept and say so.

use std::collections::BTreeMap;
use std::sync::Arc;

use anlan_base::Day;
use anlan_law::reading::{Reading, read};
use anlan_law::{Article, ImportError, Library, VersionId};
use anlan_ledger::LawTextRow;

use crate::console::House;
use crate::failure::Failure;

/// A text that was brought in, and what became of it.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) row: LawTextRow,
    /// Who brought it, as the ledger has it.
    pub(crate) actor: String,
    pub(crate) findings: usize,
    pub(crate) fate: Fate,
    /// Of the document that is the text of its version.
    articles: Arc<[Article]>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Its words are shown in this version.
    Shown,
    /// A later text of the same version is shown.
    Superseded,
    /// It is not the whole text of the version.
    Unfit(ImportError),
    /// It is not kept as the text of a version.
    Loose,
}

/// The library and the texts laid over it.
#[derive(Debug)]
pub(crate) struct Shelf {
    pub(crate) library: Library,
    /// Oldest first.
    pub(crate) texts: Vec<Kept>,
    /// The entry whose text is laid over a version.
    pub(crate) shown: BTreeMap<VersionId, u64>,
}

impl Default for Shelf {
    fn default() -> Self {
        Self { library: Library::shipped().clone(), texts: Vec::new(), shown: BTreeMap::new() }
    }
}

/// What the legal texts of a page are. Takes its time: run it beside the reactor.
pub(super) fn look(name: &str, content: &str) -> Reading {
    read(name, content.as_bytes(), &Library::shipped().known_texts())
}

/// A row of the ledger with its words read again.
fn kept(row: LawTextRow, actor: String, content: &str) -> Kept {
    let reading = look(&row.name, content);
    let articles = row.version.as_deref().map_or_else(Vec::new, |version| reading.articles_of(version)).into();
    Kept { findings: reading.findings.len() + reading.more_findings, fate: Fate::Loose, articles, row, actor }
}

impl Shelf {
    /// Lays the texts over the shipped library.
    fn with(mut texts: Vec<Kept>) -> Self {
        let mut shelf = Self::default();
        for text in texts.iter_mut().rev() {
            let version = text.row.version.as_deref().and_then(|version| version.parse::<VersionId>().ok());
            let Some(version) = version.filter(|version| shelf.library.version(version).is_some()) else {
                text.fate = Fate::Loose;
                continue;
            };
            if shelf.shown.contains_key(&version) {
                text.fate = Fate::Superseded;
                continue;
            }
            text.fate = match shelf.library.with_text(&version, &text.articles, &text.row.digest, Day::of(text.row.at)) {
                Ok(library) => {
                    shelf.library = library;
                    shelf.shown.insert(version, text.row.entry);
                    Fate::Shown
                }
                Err(why) => Fate::Unfit(why),
            };
        }
        shelf.texts = texts;
        shelf
    }

    pub(crate) fn text(&self, entry: u64) -> Option<&Kept> {
        self.texts.iter().find(|text| text.row.entry == entry)
    }
}

impl House {
    /// The library as it stands now. A text that came in since the last call, here or at the shell, is laid over it first.
    pub(crate) async fn shelf(&self) -> Result<Arc<Shelf>, Failure> {
        let rows = self.console.ledger.law_texts().await?;
        let mut shelf = self.shelf.lock().await;
        if rows.len() == shelf.texts.len() {
            return Ok(Arc::clone(&shelf));
        }
        let mut texts = shelf.texts.clone();
        for row in rows.into_iter().skip(texts.len()) {
            let Some((row, content)) = self.console.ledger.law_text(row.entry).await? else { continue };
            let actor = self.actor_of(row.entry).await?;
            texts.push(tokio::task::spawn_blocking(move || kept(row, actor, &content)).await.map_err(Failure::internal)?);
        }
        let laid = tokio::task::spawn_blocking(move || Shelf::with(texts)).await.map_err(Failure::internal)?;
        *shelf = Arc::new(laid);
        Ok(Arc::clone(&shelf))
    }

    /// Who made an entry: the user's name, or the ledger's word for another actor.
    async fn actor_of(&self, entry: u64) -> Result<String, Failure> {
        let entries = self.console.ledger.entries(entry, 1).await?;
        let field = entries.iter().filter(|e| e.number == entry).flat_map(|e| &e.fields).find(|field| field.name == "actor");
        let actor = field.and_then(|field| field.value.as_deref()).map(String::from_utf8_lossy).unwrap_or_default();
        Ok(actor.strip_prefix("user:").unwrap_or(&actor).to_owned())
    }
}
