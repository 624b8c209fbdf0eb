//! The facts of a record: each field that is filled, as its page, its history and its print tell it.

use anlan_base::text::{Lang, text};
use anlan_law::kind::{Field, Kind, Shape};
use anlan_ledger::Directory;
use anlan_ledger::engine::Record;
use std::collections::BTreeSet;

use super::form::{Kept, rows, say};
use super::words;

pub(crate) struct Fact {
    pub(crate) label: String,
    pub(crate) text: String,
    /// The record that a link leads to.
    pub(crate) href: String,
    pub(crate) class: &'static str,
    pub(crate) heads: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
    pub(crate) sealed: bool,
}

pub(crate) struct FileFact {
    pub(crate) field: String,
    pub(crate) name: String,
    pub(crate) digest: String,
    pub(crate) short: String,
    pub(crate) sized: String,
    pub(crate) picture: bool,
}

/// Fields that are filled, in the kind's order; sealed ones are named with no value.
pub(crate) fn facts(kind: &Kind, record: &Record, sealed: &BTreeSet<String>, directory: &Directory, lang: Lang) -> Vec<Fact> {
    kind.fields
        .iter()
        .filter(|field| !matches!(field.shape, Shape::Attachment { .. }))
        .filter_map(|field| fact(field, record, sealed, directory, lang))
        .collect()
}

fn fact(field: &Field, record: &Record, sealed: &BTreeSet<String>, directory: &Directory, lang: Lang) -> Option<Fact> {
    if sealed.contains(&field.name) {
        return Some(plain(field, text(lang, "fact-sealed-filled", &[]), true, lang));
    }
    if record.erased.contains(&field.name) {
        return Some(plain(field, text(lang, "fact-erased", &[]), false, lang));
    }
    let value = record.values.get(&field.name).filter(|value| !value.is_empty())?;
    Some(told(field, value, directory, lang))
}

/// One value.
pub(crate) fn told(field: &Field, value: &str, directory: &Directory, lang: Lang) -> Fact {
    let mut fact = plain(field, words::value(field, value, directory, lang), !field.sealed.is_empty(), lang);
    match &field.shape {
        Shape::Link { .. } | Shape::Asset => fact.href = format!("/r/{value}"),
        Shape::Date | Shape::Time | Shape::Number { .. } => fact.class = "num",
        Shape::Text { .. } => fact.class = "text",
        Shape::Table { columns, .. } => {
            fact.heads = columns.iter().map(|column| say(&column.title, lang).to_owned()).collect();
            let row =
                |cells: Vec<String>| cells.iter().zip(columns).map(|(cell, column)| words::cell_text(column.shape, cell, lang)).collect();
            fact.rows = rows(value).into_iter().map(row).collect();
        }
        _ => {}
    }
    fact
}

fn plain(field: &Field, text: String, sealed: bool, lang: Lang) -> Fact {
    Fact { label: say(&field.title, lang).to_owned(), text, href: String::new(), class: "", heads: Vec::new(), rows: Vec::new(), sealed }
}

/// Every file of the record that the reader may see.
pub(crate) fn files(kind: &Kind, record: &Record, sealed: &BTreeSet<String>, lang: Lang) -> Vec<FileFact> {
    let of = |field: &Field| {
        let value = record.values.get(&field.name).map_or("", String::as_str);
        let label = say(&field.title, lang).to_owned();
        Kept::list(value).into_iter().map(move |file| FileFact {
            field: label.clone(),
            short: file.short(),
            sized: file.sized(),
            picture: matches!(file.kind.as_str(), "image/png" | "image/jpeg" | "image/gif" | "image/webp"),
            digest: file.digest,
            name: file.name,
        })
    };
    kind.fields
        .iter()
        .filter(|field| matches!(field.shape, Shape::Attachment { .. }) && !sealed.contains(&field.name))
        .flat_map(of)
        .collect()
}
