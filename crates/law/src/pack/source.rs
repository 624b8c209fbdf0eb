//! One file of a pack as a tree in which every value knows its line, so that each fault names file, line and key.
//!
//! Invariants: unknown keys are refused; each record is read by itself, so that one bad record does not hide the faults of the others.

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use crate::fault::{Fault, line_at};

/// The largest file of a pack, in bytes.
pub const MOST_FILE_BYTES: usize = 2 * 1024 * 1024;
/// The most records of one kind in one file.
pub const MOST_RECORDS: usize = 2_000;

/// A parsed file.
#[derive(Debug)]
pub(crate) struct Source<'a> {
    pub path: &'a str,
    pub text: &'a str,
    tree: DeTable<'a>,
}

/// Where a record stands.
#[derive(Clone, Debug)]
pub(crate) struct Site<'s> {
    source: &'s Source<'s>,
    array: &'static str,
    index: usize,
    name: String,
}

/// A record with its place.
#[derive(Clone, Debug)]
pub(crate) struct Sited<'s, T> {
    pub value: T,
    pub site: Site<'s>,
}

impl<'a> Source<'a> {
    /// # Errors
    /// Every fault of syntax, or the one that the file is too large.
    pub fn parse(path: &'a str, text: &'a str) -> Result<Self, Vec<Fault>> {
        if text.len() > MOST_FILE_BYTES {
            return Err(vec![Fault::new(path, 0, "", "file-large").with("limit", MOST_FILE_BYTES.to_string())]);
        }
        let (tree, errors) = DeTable::parse_recoverable(text);
        if errors.is_empty() {
            return Ok(Self { path, text, tree: tree.into_inner() });
        }
        let fault = |error: &toml::de::Error| {
            let line = error.span().map_or(0, |span| line_at(text, span.start));
            Fault::new(path, line, "", "not-toml").with("reason", error.message())
        };
        Err(errors.iter().map(fault).collect())
    }

    /// Refuses top-level keys that the file may not have.
    pub fn keys(&self, known: &[&str], faults: &mut Vec<Fault>) {
        for key in self.tree.keys() {
            if !known.contains(&key.get_ref().as_ref()) {
                let line = line_at(self.text, key.span().start);
                faults.push(Fault::new(self.path, line, key.get_ref().as_ref(), "unknown-key").with("known", known.join(", ")));
            }
        }
    }

    /// The whole file as one record.
    pub fn whole<T: DeserializeOwned>(&self, faults: &mut Vec<Fault>) -> Option<T> {
        let value = Spanned::new(0..self.text.len(), DeValue::Table(self.tree.clone()));
        match T::deserialize(ValueDeserializer::from(value)) {
            Ok(value) => Some(value),
            Err(error) => {
                faults.push(self.refused(&error, "", 0));
                None
            }
        }
    }

    /// The records of an array of tables. `array` is also the name of the kind in keys of faults.
    pub fn records<T: DeserializeOwned>(&self, array: &'static str, faults: &mut Vec<Fault>) -> Vec<Sited<'_, T>> {
        let Some(value) = self.tree.get(array) else { return Vec::new() };
        let Some(values) = value.get_ref().as_array() else {
            faults.push(Fault::new(self.path, line_at(self.text, value.span().start), array, "not-array"));
            return Vec::new();
        };
        if values.len() > MOST_RECORDS {
            let fault = Fault::new(self.path, line_at(self.text, value.span().start), array, "too-many");
            faults.push(fault.with("limit", MOST_RECORDS.to_string()));
            return Vec::new();
        }
        let mut records = Vec::with_capacity(values.len());
        for (index, value) in values.iter().enumerate() {
            let site = Site { source: self, array, index, name: named(value.get_ref(), index) };
            match T::deserialize(ValueDeserializer::from(value.clone())) {
                Ok(value) => records.push(Sited { value, site }),
                Err(error) => faults.push(self.refused(&error, &format!("{array}.{}", site.name), value.span().start)),
            }
        }
        records
    }

    /// A fault at a top-level key.
    pub fn fault(&self, key: &str, code: &'static str) -> Fault {
        let at = self.tree.get_key_value(key).map_or(0, |(key, _)| line_at(self.text, key.span().start));
        Fault::new(self.path, at, key, code)
    }

    fn refused(&self, error: &toml::de::Error, key: &str, from: usize) -> Fault {
        let span = error.span().unwrap_or(from..from);
        let line = line_at(self.text, span.start);
        let message = error.message();
        let quoted = message.split('`').nth(1).unwrap_or_default();
        let at = |name: &str| if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") };
        if message.starts_with("unknown field") {
            let known = message.split_once("expected").map_or("", |(_, known)| known.trim_start_matches(" one of").trim());
            return Fault::new(self.path, line, at(quoted), "unknown-key").with("known", known.replace('`', ""));
        }
        if message.starts_with("missing field") {
            return Fault::new(self.path, line, at(quoted), "missing-key").with("name", quoted);
        }
        let path = self.key_at(&span).filter(|path| path.starts_with(key)).unwrap_or_else(|| key.to_owned());
        Fault::new(self.path, line, path, "bad-value").with("reason", message)
    }

    /// The dotted key of the innermost value that holds a span.
    fn key_at(&self, span: &std::ops::Range<usize>) -> Option<String> {
        let (key, mut value) = self.tree.iter().find(|(key, value)| holds(key, value, span))?;
        let mut path = key.get_ref().to_string();
        loop {
            let (part, inner) = match value.get_ref() {
                DeValue::Table(table) => {
                    table.iter().find(|(key, value)| holds(key, value, span)).map(|(key, inner)| (key.get_ref().to_string(), inner))
                }
                DeValue::Array(array) => {
                    let found =
                        array.iter().enumerate().find(|(_, inner)| within(span, &inner.span()) || table_holds(inner.get_ref(), span));
                    found.map(|(index, inner)| (named(inner.get_ref(), index), inner))
                }
                _ => None,
            }
            .unzip();
            let (Some(part), Some(inner)) = (part, inner) else { return Some(path) };
            path = format!("{path}.{part}");
            value = inner;
        }
    }
}

/// A record of an array of tables spans only its heading; its keys lie behind.
fn table_holds(value: &DeValue<'_>, span: &std::ops::Range<usize>) -> bool {
    value.as_table().is_some_and(|table| table.iter().any(|(key, value)| holds(key, value, span)))
}

fn holds(key: &Spanned<std::borrow::Cow<'_, str>>, value: &Spanned<DeValue<'_>>, span: &std::ops::Range<usize>) -> bool {
    let inner = match value.get_ref() {
        DeValue::Array(array) => array.iter().any(|inner| table_holds(inner.get_ref(), span)),
        DeValue::Table(_) => table_holds(value.get_ref(), span),
        _ => false,
    };
    within(span, &key.span()) || within(span, &value.span()) || inner
}

fn within(inner: &std::ops::Range<usize>, outer: &std::ops::Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// What a record is called in keys: its id, else its number from 1.
fn named(value: &DeValue<'_>, index: usize) -> String {
    let id = value.get("id").and_then(|id| id.get_ref().as_str());
    id.map_or_else(|| (index + 1).to_string(), |id| id.chars().take(80).collect())
}

impl Site<'_> {
    /// A fault at a key inside the record; with no path, at the record itself.
    pub fn fault(&self, path: &[&str], code: &'static str) -> Fault {
        let mut key = format!("{}.{}", self.array, self.name);
        for part in path {
            key = format!("{key}.{part}");
        }
        Fault::new(self.source.path, self.line(path), key, code)
    }

    pub fn path(&self) -> &str {
        self.source.path
    }

    fn line(&self, path: &[&str]) -> usize {
        let record = self.source.tree.get(self.array).and_then(|array| array.get_ref().get(self.index));
        let Some(mut value) = record else { return 0 };
        let mut at = value.span().start;
        for part in path {
            let next = match value.get_ref() {
                DeValue::Table(table) => table.get_key_value(*part).map(|(key, value)| (key.span().start, value)),
                DeValue::Array(array) => {
                    part.parse::<usize>().ok().and_then(|index| array.get(index)).map(|value| (value.span().start, value))
                }
                _ => None,
            };
            let Some((start, next)) = next else { break };
            (at, value) = (start, next);
        }
        line_at(self.source.text, at)
    }
}
