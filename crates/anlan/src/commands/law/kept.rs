//! Texts of the law in a data folder: kept there by `import`, and laid over the library by the commands that read it.
//!
//! Invariants: of several files all can be kept, or none is; a text that is not the whole of its version is never half used;
//! of two texts of a version the later one that fits is used.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::Path;

use anlan_base::{Day, Instant};
use anlan_law::reading::{self, Reading};
use anlan_law::{ImportError, Library, VersionId, decode};
use anlan_ledger::{LAW_TEXT_BYTES, LAW_TEXT_NAME_BYTES};
use anyhow::Result;
use serde::Deserialize;
use serde_json::Value;

use super::today;
use crate::ask::Ask;
use crate::commands::ask;
use crate::instance::Opening;
use crate::output::visible;
use crate::say::{Say, code};

/// A text on its way into the ledger.
pub struct Text {
    name: String,
    version: Option<VersionId>,
    text: String,
    /// Whether its words will be shown, and if not, why.
    fit: Result<(), ImportError>,
}

/// A text that the ledger has taken in.
pub struct Kept {
    /// What the ledger says of it: `entry`, `version`, `name`, `digest`, `at`.
    pub row: Value,
    pub fit: Result<(), ImportError>,
}

impl Text {
    /// Checked before anything is stored.
    pub fn new(say: &Say, file: &Path, bytes: &[u8], reading: &Reading) -> Result<Self> {
        let name = match file.file_name() {
            Some(name) if file != Path::new("-") => visible(&name.to_string_lossy()),
            _ => "stdin".to_owned(),
        };
        let name = cut(&name);
        let text = decode::text(bytes).ok_or_else(|| say.told(code::FAILED, "law-keep-encoding", &[("file", &name)]))?;
        if text.is_empty() || text.len() > LAW_TEXT_BYTES {
            let (bytes, most) = (text.len().to_string(), (LAW_TEXT_BYTES >> 20).to_string());
            return Err(say.told(code::FAILED, "law-keep-size", &[("file", &name), ("bytes", &bytes), ("mebibytes", &most)]));
        }
        let version = version_of(reading);
        let fit = version.as_ref().map_or(Ok(()), |id| laid_over(Library::shipped(), id, reading, "", today()).map(|_| ()));
        Ok(Self { name, version, text, fit })
    }
}

fn cut(name: &str) -> String {
    let end = (0..=name.len().min(LAW_TEXT_NAME_BYTES)).rev().find(|end| name.is_char_boundary(*end));
    name[..end.unwrap_or(0)].to_owned()
}

/// The version of the fullest text that was recognised in a file.
fn version_of(reading: &Reading) -> Option<VersionId> {
    let recognised = reading.documents.iter().filter(|document| document.version.is_some());
    recognised.max_by_key(|document| document.articles.len())?.version.as_deref()?.parse().ok()
}

/// Keeps texts in the folder's ledger, one entry each.
pub fn keep(say: &Say, dir: &Path, texts: Vec<Text>) -> Result<Vec<Kept>> {
    let mut kept = Vec::with_capacity(texts.len());
    for Text { name, version, text, fit } in texts {
        let mut answer = Vec::new();
        let version = version.map(String::from);
        ask(say, dir, Opening::OrNew, Ask::LawImport { version, name, text }, &mut answer)?;
        kept.push(Kept { row: serde_json::from_slice(&answer)?, fit });
    }
    Ok(kept)
}

/// A text as the ledger has it.
#[derive(Deserialize)]
struct Row {
    entry: u64,
    version: String,
    name: String,
    digest: String,
    /// Nanoseconds since 1970.
    at: u64,
    text: String,
}

/// The shipped library with the texts of a folder laid over it.
pub fn library(say: &Say, dir: &Path, opening: Opening) -> Result<Cow<'static, Library>> {
    let mut answer = Vec::new();
    ask(say, dir, opening, Ask::LawTexts, &mut answer)?;
    let rows: Vec<Row> = serde_json::Deserializer::from_slice(&answer).into_iter().collect::<Result<_, _>>()?;
    let mut library = Cow::Borrowed(Library::shipped());
    let mut laid = BTreeSet::new();
    for row in rows.iter().rev() {
        let Ok(id) = row.version.parse::<VersionId>() else { continue };
        if laid.contains(&id) {
            continue;
        }
        let reading = reading::read(&row.name, row.text.as_bytes(), &Library::shipped().known_texts());
        match laid_over(&library, &id, &reading, &row.digest, Day::of(Instant(row.at))) {
            Ok(with) => {
                library = Cow::Owned(with);
                laid.insert(id);
            }
            Err(why) if lacks_words(&library, &id) => {
                let args = [("entry", row.entry.to_string()), ("name", visible(&row.name)), ("version", row.version.clone())];
                say.talks(
                    "law-text-unfit",
                    &[("entry", &args[0].1), ("name", &args[1].1), ("version", &args[2].1), ("why", &why_unfit(say, &why))],
                );
            }
            Err(_) => {}
        }
    }
    Ok(library)
}

/// Whether an official text would be of use.
fn lacks_words(library: &Library, id: &VersionId) -> bool {
    library.version(id).is_some_and(|version| version.entries().iter().any(|entry| entry.text().is_none()))
}

fn laid_over(library: &Library, id: &VersionId, reading: &Reading, digest: &str, on: Day) -> Result<Library, ImportError> {
    library.with_text(id, &reading.articles_of(id.as_str()), digest, on)
}

/// Why a text is not the whole of its version.
pub fn why_unfit(say: &Say, why: &ImportError) -> String {
    let listed = |items: &[u32]| items.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
    match why {
        ImportError::Version(id) => say.text("law-unfit-version", &[("version", id.as_str())]),
        ImportError::Articles { expected, found } => {
            say.text("law-unfit-articles", &[("expected", &expected.to_string()), ("found", &found.to_string())])
        }
        ImportError::Items { article, expected, found } => {
            let place = anlan_law::Place::article(*article).show(say.lang);
            say.text("law-unfit-items", &[("place", &place), ("expected", &listed(expected)), ("found", &listed(found))])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_on_characters() {
        for length in [LAW_TEXT_NAME_BYTES - 1, LAW_TEXT_NAME_BYTES, LAW_TEXT_NAME_BYTES + 1] {
            assert_eq!(cut(&"x".repeat(length)).len(), length.min(LAW_TEXT_NAME_BYTES));
        }
        assert_eq!(cut(&"法".repeat(86)).len(), 85 * 3);
    }
}
