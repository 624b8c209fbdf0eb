//! An entry as the fold reads it, and how its fields are written: times, people, lists.
//!
//! Invariants: what was written reads back the same; no bytes panic; a field that cannot be read is damage and is named.

use anlan_base::Instant;

use super::{PersonId, UnitId};

/// Characters of a damaged value that are shown.
const SHOWN_CHARS: usize = 40;

/// An entry about a record: its number, when, the act, and the act's fields by name, each once.
#[derive(Clone, Copy, Debug)]
pub struct Fact<'a> {
    pub number: u64,
    pub at: Instant,
    pub act: &'a str,
    pub fields: &'a [(String, String)],
}

/// A field of an entry that the fold cannot read. The record is not to be used any more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("entry {number}: field `{field}` holds `{value}`")]
pub struct Damage {
    pub number: u64,
    pub field: String,
    /// Cut; empty where the field is missing.
    pub value: String,
}

pub(super) type Read<T> = Result<T, Damage>;

impl<'a> Fact<'a> {
    pub(super) fn get(&self, name: &str) -> Option<&'a str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn damage(&self, field: &str) -> Damage {
        let value = self.get(field).unwrap_or_default().chars().take(SHOWN_CHARS).collect();
        Damage { number: self.number, field: field.to_owned(), value }
    }

    /// None where the field is not there.
    pub(super) fn parsed<T>(&self, name: &str, read: impl Fn(&str) -> Option<T>) -> Read<Option<T>> {
        self.get(name).map(|text| read(text).ok_or_else(|| self.damage(name))).transpose()
    }

    pub(super) fn needed<T>(&self, name: &str, read: impl Fn(&str) -> Option<T>) -> Read<T> {
        self.parsed(name, read)?.ok_or_else(|| self.damage(name))
    }

    /// A person, or nobody where the field is empty; the outer none where it is not there.
    pub(super) fn somebody(&self, name: &str) -> Read<Option<Option<PersonId>>> {
        self.parsed(name, |text| if text.is_empty() { Some(None) } else { PersonId::parse(text).map(Some) })
    }

    pub(super) fn is_yes(&self, name: &str) -> Read<bool> {
        let flag = self.parsed(name, |text| match text {
            "yes" => Some(true),
            "no" | "" => Some(false),
            _ => None,
        });
        Ok(flag?.unwrap_or(false))
    }
}

/// Decimal nanoseconds, as [`Instant`] writes them here: no sign, no leading zero.
pub(super) fn moment(text: &str) -> Option<Instant> {
    let canonical = text == "0" || !text.starts_with('0');
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    (canonical && digits).then(|| text.parse().ok().map(Instant)).flatten()
}

pub(super) fn moment_text(at: Instant) -> String {
    at.0.to_string()
}

pub(super) fn a_text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// A JSON list of ids, as fields of people and units hold them: `["p1","p2"]`. None where it is not one.
fn ids<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    let inner = text.strip_prefix('[')?.strip_suffix(']')?.trim();
    if inner.is_empty() {
        return Some(Vec::new());
    }
    inner.split(',').map(|part| read(part.trim().strip_prefix('"')?.strip_suffix('"')?)).collect()
}

/// The people of a field of shape people, in order. None where the text is no such list.
#[must_use]
pub fn people_of(text: &str) -> Option<Vec<PersonId>> {
    ids(text, PersonId::parse)
}

/// The units of a field of shape units, in order. None where the text is no such list.
#[must_use]
pub fn units_of(text: &str) -> Option<Vec<UnitId>> {
    ids(text, UnitId::parse)
}

/// As fields of people and units hold them.
pub(super) fn list_text<T: std::fmt::Display>(ids: &[T]) -> String {
    let quoted: Vec<String> = ids.iter().map(|id| format!("\"{id}\"")).collect();
    format!("[{}]", quoted.join(","))
}

/// Names of fields, a comma between.
pub(super) fn names_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').filter(|name| !name.is_empty())
}
