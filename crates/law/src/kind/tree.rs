//! One file of a kind as a tree in which every value knows its line, so that each fault names file, line and key.
//!
//! Invariants: a value of the wrong type is a fault and reads as absent; no more than [`FAULTS`] are kept; lines are counted once.

use std::cell::RefCell;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::limits::{FAULTS, KIND_FILE_BYTES, KIND_TEXT_CHARS, NAME_BYTES};
use crate::fault::Fault;
use crate::words::Bilingual;

/// A step from a table to what lies in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    /// From 0.
    Index(usize),
}

impl From<&str> for Step {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

impl From<usize> for Step {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// A way through the file: `at!["move", 2, "needs", 0]`.
macro_rules! at {
    ($($step:expr),* $(,)?) => { &[$($crate::kind::tree::Step::from($step)),*] };
}
pub(super) use at;

/// What a value must be.
#[derive(Clone, Copy)]
pub(super) enum Wanted {
    Text,
    Number,
    Flag,
    List,
    Table,
    Tables,
}

impl Wanted {
    fn id(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Flag => "flag",
            Self::List => "list",
            Self::Table => "table",
            Self::Tables => "tables",
        }
    }
}

/// A parsed file and what was found wrong with it.
pub(super) struct Tree<'a> {
    pub path: &'a str,
    root: DeTable<'a>,
    /// The byte at which each line begins.
    lines: Vec<usize>,
    faults: RefCell<Vec<Fault>>,
}

/// A table of the file and the way to it.
#[derive(Clone)]
pub(super) struct Spot<'t> {
    table: &'t DeTable<'t>,
    pub way: Vec<Step>,
}

impl<'a> Tree<'a> {
    /// # Errors
    /// The faults of syntax, or the one that the file is too large.
    pub fn parse(path: &'a str, text: &'a str) -> Result<Self, Vec<Fault>> {
        if text.len() > KIND_FILE_BYTES {
            return Err(vec![Fault::new(path, 0, "", "kind-file-large").with("limit", KIND_FILE_BYTES.to_string())]);
        }
        let lines: Vec<usize> = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let (root, errors) = DeTable::parse_recoverable(text);
        if errors.is_empty() {
            return Ok(Self { path, root: root.into_inner(), lines, faults: RefCell::default() });
        }
        let fault = |error: &toml::de::Error| {
            let line = error.span().map_or(0, |span| line_of(&lines, span.start));
            Fault::new(path, line, "", "not-toml").with("reason", error.message())
        };
        Err(errors.iter().take(FAULTS).map(fault).collect())
    }

    pub fn top(&self) -> Spot<'_> {
        Spot { table: &self.root, way: Vec::new() }
    }

    /// Keeps a fault.
    pub fn push(&self, fault: Fault) {
        let mut faults = self.faults.borrow_mut();
        if faults.len() < FAULTS {
            faults.push(fault);
        }
    }

    /// What was found, in the order of the lines.
    pub fn told(self) -> Vec<Fault> {
        let mut faults = self.faults.into_inner();
        faults.sort();
        faults.dedup();
        faults
    }

    /// A fault at the end of a way, or at the last part of it that is there.
    pub fn fault(&self, way: &[Step], code: &'static str) -> Fault {
        let mut at = 0;
        let mut value: Option<&Spanned<DeValue<'_>>> = None;
        let mut key: Vec<String> = Vec::with_capacity(way.len());
        let mut lost = false;
        for step in way {
            let next = match (step, value.map(Spanned::get_ref)) {
                _ if lost => None,
                (Step::Key(name), None) => self.root.get_key_value(name.as_str()).map(|(key, value)| (key.span().start, value)),
                (Step::Key(name), Some(DeValue::Table(table))) => {
                    table.get_key_value(name.as_str()).map(|(key, value)| (key.span().start, value))
                }
                (Step::Index(index), Some(DeValue::Array(array))) => array.get(*index).map(|value| (value.span().start, value)),
                _ => None,
            };
            lost = next.is_none();
            key.push(called(step, next.map(|(_, value)| value.get_ref())));
            if let Some((start, inner)) = next {
                (at, value) = (start, Some(inner));
            }
        }
        Fault::new(self.path, line_of(&self.lines, at), key.join("."), code)
    }

    /// Whether something stands at the end of a way.
    pub fn is_there(&self, way: &[Step]) -> bool {
        let mut value: Option<&DeValue<'_>> = None;
        for step in way {
            let next = match (step, value) {
                (Step::Key(name), None) => self.root.get(name.as_str()),
                (Step::Key(name), Some(DeValue::Table(table))) => table.get(name.as_str()),
                (Step::Index(index), Some(DeValue::Array(array))) => array.get(*index),
                _ => None,
            };
            let Some(next) = next else { return false };
            value = Some(next.get_ref());
        }
        true
    }

    /// Refuses keys that the format does not know: a misspelt key would be lost in silence.
    pub fn only(&self, spot: &Spot<'_>, known: &[&str]) {
        for key in spot.table.keys().map(|key| key.get_ref().as_ref()).filter(|key| !known.contains(key)).take(FAULTS) {
            self.push(self.fault(&spot.to(key), "unknown-key").with("known", known.join(", ")));
        }
    }

    fn value<'t>(&'t self, spot: &Spot<'t>, key: &str) -> Option<&'t DeValue<'t>> {
        spot.table.get(key).map(Spanned::get_ref)
    }

    /// How many entries a list has: none where it is not there, nothing where it is no list.
    pub fn length(&self, spot: &Spot<'_>, key: &str) -> Option<usize> {
        self.value(spot, key).map_or(Some(0), |value| value.as_array().map(|list| list.len()))
    }

    pub fn has(&self, spot: &Spot<'_>, key: &str) -> bool {
        spot.table.contains_key(key)
    }

    fn wrong(&self, way: &[Step], wanted: Wanted) {
        self.push(self.fault(way, "kind-type").with("wanted", wanted.id()));
    }

    pub fn missing(&self, spot: &Spot<'_>, key: &str) {
        self.push(self.fault(&spot.to(key), "missing-key").with("name", key));
    }

    /// True where the key is there; else a fault.
    pub fn needs(&self, spot: &Spot<'_>, key: &str) -> bool {
        let has = self.has(spot, key);
        if !has {
            self.missing(spot, key);
        }
        has
    }

    pub fn text<'t>(&'t self, spot: &Spot<'t>, key: &str) -> Option<&'t str> {
        let value = self.value(spot, key)?;
        let text = value.as_str();
        if text.is_none() {
            self.wrong(&spot.to(key), Wanted::Text);
        }
        text
    }

    pub fn needed_text<'t>(&'t self, spot: &Spot<'t>, key: &str) -> Option<&'t str> {
        if self.needs(spot, key) { self.text(spot, key) } else { None }
    }

    /// Absent is false.
    pub fn flag(&self, spot: &Spot<'_>, key: &str) -> bool {
        let Some(value) = self.value(spot, key) else { return false };
        value.as_bool().unwrap_or_else(|| {
            self.wrong(&spot.to(key), Wanted::Flag);
            false
        })
    }

    /// A whole number within a range.
    pub fn number(&self, spot: &Spot<'_>, key: &str, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
        let value = self.value(spot, key)?;
        let Some(integer) = value.as_integer() else {
            self.wrong(&spot.to(key), Wanted::Number);
            return None;
        };
        let number = i64::from_str_radix(integer.as_str(), integer.radix()).ok().filter(|number| range.contains(number));
        if number.is_none() {
            let fault = self.fault(&spot.to(key), "kind-range");
            self.push(fault.with("least", range.start().to_string()).with("most", range.end().to_string()));
        }
        number
    }

    /// A list of texts, at most `most`.
    pub fn texts(&self, spot: &Spot<'_>, key: &str, most: usize) -> Vec<String> {
        let Some(value) = self.value(spot, key) else { return Vec::new() };
        let Some(list) = value.as_array() else {
            self.wrong(&spot.to(key), Wanted::List);
            return Vec::new();
        };
        let mut texts = Vec::new();
        for (index, item) in list.iter().take(self.at_most(&spot.to(key), list.len(), most)).enumerate() {
            // A text of the wrong type stays in its place, so that the places of the others are right.
            let text = item.get_ref().as_str().unwrap_or_else(|| {
                self.wrong(&spot.to(key).then(index), Wanted::Text);
                ""
            });
            texts.push(text.to_owned());
        }
        texts
    }

    /// A list of texts, or one.
    pub fn one_or_more(&self, spot: &Spot<'_>, key: &str, most: usize) -> Vec<String> {
        match self.value(spot, key) {
            Some(DeValue::String(one)) => vec![one.to_string()],
            _ => self.texts(spot, key, most),
        }
    }

    /// How many of a list are read; a fault where it is longer.
    fn at_most(&self, way: &[Step], found: usize, most: usize) -> usize {
        if found > most {
            self.push(self.fault(&way.to_vec().then(most), "kind-many").with("limit", most.to_string()));
        }
        found.min(most)
    }

    /// The tables `[[key]]`, or a list of inline tables, at most `most`.
    pub fn tables<'t>(&'t self, spot: &Spot<'t>, key: &str, most: usize) -> Vec<Spot<'t>> {
        let Some(value) = self.value(spot, key) else { return Vec::new() };
        let Some(list) = value.as_array() else {
            self.wrong(&spot.to(key), Wanted::Tables);
            return Vec::new();
        };
        let mut tables = Vec::new();
        for (index, item) in list.iter().take(self.at_most(&spot.to(key), list.len(), most)).enumerate() {
            let way = spot.to(key).then(index);
            match item.get_ref().as_table() {
                Some(table) => tables.push(Spot { table, way }),
                None => self.wrong(&way, Wanted::Table),
            }
        }
        tables
    }

    pub fn table<'t>(&'t self, spot: &Spot<'t>, key: &str) -> Option<Spot<'t>> {
        let value = self.value(spot, key)?;
        let table = value.as_table();
        if table.is_none() {
            self.wrong(&spot.to(key), Wanted::Table);
        }
        table.map(|table| Spot { table, way: spot.to(key) })
    }

    /// Keys and texts of a table, at most `most`, in the order of the keys.
    pub fn pairs(&self, spot: &Spot<'_>, key: &str, most: usize) -> Vec<(String, String)> {
        let Some(inner) = self.table(spot, key) else { return Vec::new() };
        self.at_most(&inner.way, inner.table.len(), most);
        let mut pairs = Vec::new();
        for name in inner.table.keys().map(|key| key.get_ref().to_string()).take(most) {
            if let Some(text) = self.text(&inner, &name) {
                pairs.push((name, text.to_owned()));
            }
        }
        pairs
    }

    /// Lists of texts inside a list.
    pub fn rows(&self, spot: &Spot<'_>, key: &str, most: usize) -> Vec<Vec<String>> {
        let Some(value) = self.value(spot, key) else { return Vec::new() };
        let Some(list) = value.as_array() else {
            self.wrong(&spot.to(key), Wanted::List);
            return Vec::new();
        };
        let mut rows = Vec::new();
        for (index, item) in list.iter().take(self.at_most(&spot.to(key), list.len(), most)).enumerate() {
            let way = spot.to(key).then(index);
            let Some(inner) = item.get_ref().as_array() else {
                self.wrong(&way, Wanted::List);
                rows.push(Vec::new());
                continue;
            };
            let mut row = Vec::new();
            for (column, cell) in inner.iter().take(self.at_most(&way, inner.len(), most)).enumerate() {
                match cell.get_ref().as_str() {
                    Some(text) => row.push(text.to_owned()),
                    None => self.wrong(&way.clone().then(column), Wanted::Text),
                }
            }
            rows.push(row);
        }
        rows
    }

    /// A text in both languages; a fault and empty where it is not there.
    pub fn words(&self, spot: &Spot<'_>, key: &str) -> Bilingual {
        if !self.needs(spot, key) {
            return Bilingual::default();
        }
        self.table(spot, key).map(|inner| self.bilingual(&inner)).unwrap_or_default()
    }

    pub fn words_if_any(&self, spot: &Spot<'_>, key: &str) -> Option<Bilingual> {
        self.table(spot, key).map(|inner| self.bilingual(&inner))
    }

    pub fn words_list(&self, spot: &Spot<'_>, key: &str, most: usize) -> Vec<Bilingual> {
        self.tables(spot, key, most).iter().map(|inner| self.bilingual(inner)).collect()
    }

    fn bilingual(&self, spot: &Spot<'_>) -> Bilingual {
        self.only(spot, &["zh", "en"]);
        let said = |lang: &str| {
            let text = self.needed_text(spot, lang)?;
            if text.trim().is_empty() {
                self.push(self.fault(&spot.to(lang), "text-empty"));
            } else if text.chars().count() > KIND_TEXT_CHARS {
                self.push(self.fault(&spot.to(lang), "text-long").with("limit", KIND_TEXT_CHARS.to_string()));
            }
            Some(text.to_owned())
        };
        let (zh, en) = (said("zh"), said("en"));
        Bilingual { zh: zh.unwrap_or_default(), en: en.unwrap_or_default() }
    }

    /// A name of `a-z`, `0-9`, `_`; empty where it is not there.
    pub fn name(&self, spot: &Spot<'_>, key: &str) -> String {
        self.named(spot, key, "_", "kind-name")
    }

    /// As a name, also with `-`.
    pub fn id(&self, spot: &Spot<'_>, key: &str) -> String {
        self.named(spot, key, "_-", "kind-id")
    }

    fn named(&self, spot: &Spot<'_>, key: &str, also: &str, code: &'static str) -> String {
        let Some(name) = self.needed_text(spot, key) else { return String::new() };
        if !is_name(name, also) {
            self.push(self.fault(&spot.to(key), code).with("limit", NAME_BYTES.to_string()));
        }
        name.to_owned()
    }
}

impl Spot<'_> {
    /// Its place in the array that it stands in.
    pub fn index(&self) -> usize {
        self.way.iter().rev().find_map(|step| if let Step::Index(index) = step { Some(*index) } else { None }).unwrap_or(0)
    }

    /// The way to a key of this table.
    pub fn to(&self, key: &str) -> Vec<Step> {
        self.way.clone().then(key)
    }
}

/// A way one step longer.
pub(super) trait Then {
    fn then(self, step: impl Into<Step>) -> Self;
}

impl Then for Vec<Step> {
    fn then(mut self, step: impl Into<Step>) -> Self {
        self.push(step.into());
        self
    }
}

/// `a-z`, `0-9` and the signs of `also`, a letter first, at most [`NAME_BYTES`].
pub(super) fn is_name(text: &str, also: &str) -> bool {
    let fits = text.len() <= NAME_BYTES && text.starts_with(|c: char| c.is_ascii_lowercase());
    fits && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || also.contains(c))
}

/// What a step is called in the key of a fault: a record of an array by its name.
fn called(step: &Step, value: Option<&DeValue<'_>>) -> String {
    match step {
        Step::Key(key) => key.chars().take(NAME_BYTES).collect(),
        Step::Index(index) => {
            let named = |key| value.and_then(|value| value.get(key)).and_then(|name| name.get_ref().as_str());
            let name = named("name").or_else(|| named("id"));
            name.map_or_else(|| (index + 1).to_string(), |name| name.chars().take(NAME_BYTES).collect())
        }
    }
}

/// The line, from 1, of a byte.
fn line_of(lines: &[usize], byte: usize) -> usize {
    lines.partition_point(|start| *start <= byte).max(1)
}
