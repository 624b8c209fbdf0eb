//! The form of a record: one input for each field of its kind, drawn, and read back as canonical texts.
//!
//! Invariants: what a person typed stands in the form again when something was wrong, beside the reason; files are kept by their digest before the rest is judged,
//! so they need not be sent twice; names of inputs are `f.NAME`, of cells `f.NAME.ROW.COLUMN`.

use anlan_base::text::{Lang, text};
use anlan_law::Bilingual;
use anlan_law::kind::{Cell, Field, Shape};
use anlan_ledger::records::Attachment;
use serde_json::Value;

use crate::form::Pairs;

/// Empty rows that a table's form offers beyond those that are filled.
const SPARE_ROWS: usize = 3;

/// Something that may be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) id: String,
    pub(crate) title: String,
    /// The heading it stands under: a person's unit.
    pub(crate) group: String,
    pub(crate) chosen: bool,
}

/// A file that is kept already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) name: String,
    pub(crate) digest: String,
    pub(crate) size: u64,
    /// Its media type.
    pub(crate) kind: String,
}

impl Kept {
    pub(crate) fn list(value: &str) -> Vec<Self> {
        Attachment::in_value(value).into_iter().map(Self::of).collect()
    }

    pub(crate) fn of(file: Attachment) -> Self {
        Self { name: file.name, digest: file.digest, size: file.size, kind: file.media }
    }

    fn attachment(&self) -> Attachment {
        Attachment { name: self.name.clone(), digest: self.digest.clone(), size: self.size, media: self.kind.clone() }
    }

    /// As the hidden field of a form carries it: a value of one file.
    pub(crate) fn written(&self) -> String {
        Attachment::value_of(&[self.attachment()])
    }

    /// `sha256 7be1…09`.
    pub(crate) fn short(&self) -> String {
        let (head, tail) = (self.digest.get(..4).unwrap_or_default(), self.digest.get(62..).unwrap_or_default());
        format!("{head}…{tail}")
    }

    pub(crate) fn sized(&self) -> String {
        match self.size {
            0..1_024 => format!("{} B", self.size),
            1_024..1_048_576 => format!("{} KB", self.size / 1_024),
            _ => format!("{}.{} MB", self.size / 1_048_576, self.size % 1_048_576 * 10 / 1_048_576),
        }
    }
}

pub(crate) struct CellInput {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) kind: &'static str,
    pub(crate) value: String,
}

/// How an input is drawn.
pub(crate) enum Drawn {
    Line { kind: &'static str, value: String, most: u32 },
    Lines { value: String, rows: u16, most: u32 },
    One { options: Vec<Choice> },
    Many { options: Vec<Choice> },
    Files { kept: Vec<Kept>, most: u32 },
    Rows { heads: Vec<String>, rows: Vec<Vec<CellInput>> },
}

pub(crate) struct Input {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) hint: String,
    pub(crate) required: bool,
    pub(crate) sealed: bool,
    pub(crate) wrong: String,
    pub(crate) drawn: Drawn,
}

impl Input {
    /// Choices under their headings, in the order they came.
    pub(crate) fn groups<'a>(&self, options: &'a [Choice]) -> Vec<(&'a str, Vec<&'a Choice>)> {
        let mut groups: Vec<(&str, Vec<&Choice>)> = Vec::new();
        for choice in options {
            match groups.last_mut().filter(|(name, _)| *name == choice.group) {
                Some((_, list)) => list.push(choice),
                None => groups.push((&choice.group, vec![choice])),
            }
        }
        groups
    }
}

/// People, units, sources, assets and records that a form lets one choose.
pub(crate) trait Offers {
    fn people(&self) -> Vec<Choice>;
    fn units(&self) -> Vec<Choice>;
    fn sources(&self) -> Vec<Choice>;
}

pub(crate) fn say(words: &Bilingual, lang: Lang) -> &str {
    if lang == Lang::Zh { &words.zh } else { &words.en }
}

/// One field's input with its value as typed or kept.
pub(crate) fn input(field: &Field, value: &str, required: bool, wrong: String, lang: Lang, offers: &dyn Offers) -> Input {
    Input {
        name: format!("f.{}", field.name),
        label: say(&field.title, lang).to_owned(),
        hint: field.hint.as_ref().map_or_else(|| own_hint(field, lang), |hint| say(hint, lang).to_owned()),
        required,
        sealed: !field.sealed.is_empty(),
        wrong,
        drawn: drawn(field, value, lang, offers),
    }
}

/// How to write what is typed as a number.
fn own_hint(field: &Field, lang: Lang) -> String {
    match field.shape {
        Shape::Asset | Shape::Link { .. } => text(lang, "form-number-hint", &[]),
        _ => String::new(),
    }
}

fn drawn(field: &Field, value: &str, lang: Lang, offers: &dyn Offers) -> Drawn {
    let line = |kind, most| Drawn::Line { kind, value: value.to_owned(), most };
    match &field.shape {
        Shape::Text { lines: 1, most } => line("text", *most),
        Shape::Text { lines, most } => Drawn::Lines { value: value.to_owned(), rows: *lines, most: *most },
        Shape::Number { .. } => line("number", 20),
        Shape::Date => line("date", 10),
        Shape::Time => line("datetime-local", 16),
        Shape::Asset | Shape::Link { .. } => line("text", 24),
        Shape::Choice { options } => {
            let all = options.iter().map(|o| (o.id.clone(), say(&o.title, lang).to_owned()));
            one(all, value)
        }
        Shape::Yes => one(["yes", "no"].map(|id| (id.to_owned(), text(lang, &format!("word-{id}"), &[]))).into_iter(), value),
        Shape::Person => Drawn::One { options: chosen(offers.people(), &[value.to_owned()]) },
        Shape::Unit => Drawn::One { options: chosen(offers.units(), &[value.to_owned()]) },
        Shape::Source => Drawn::One { options: chosen(with_kept(offers.sources(), value), &[value.to_owned()]) },
        Shape::People { .. } => Drawn::Many { options: chosen(offers.people(), &listed(value)) },
        Shape::Units { .. } => Drawn::Many { options: chosen(offers.units(), &listed(value)) },
        Shape::Attachment { most } => Drawn::Files { kept: Kept::list(value), most: *most },
        Shape::Table { columns, most } => table(field, columns, *most, value, lang),
    }
}

fn one(all: impl Iterator<Item = (String, String)>, value: &str) -> Drawn {
    Drawn::One { options: all.map(|(id, title)| Choice { chosen: id == value, id, title, group: String::new() }).collect() }
}

/// What the record holds stays in its form, though the reader may not choose it anew.
fn with_kept(mut options: Vec<Choice>, value: &str) -> Vec<Choice> {
    if !value.is_empty() && !options.iter().any(|option| option.id == value) {
        options.push(Choice { id: value.to_owned(), title: value.to_owned(), group: String::new(), chosen: true });
    }
    options
}

fn chosen(mut options: Vec<Choice>, ids: &[String]) -> Vec<Choice> {
    for option in &mut options {
        option.chosen = ids.contains(&option.id);
    }
    options
}

/// A canonical JSON list of texts.
pub(crate) fn listed(value: &str) -> Vec<String> {
    serde_json::from_str(value).unwrap_or_default()
}

/// A canonical table: rows of texts.
pub(crate) fn rows(value: &str) -> Vec<Vec<String>> {
    serde_json::from_str(value).unwrap_or_default()
}

fn table(field: &Field, columns: &[anlan_law::kind::Column], most: u32, value: &str, lang: Lang) -> Drawn {
    let filled = rows(value);
    let count = (filled.len() + SPARE_ROWS).min(most as usize).max(1);
    let cell = |row: usize, at: usize| {
        let column = &columns[at];
        let kind = match column.shape {
            Cell::Number => "number",
            Cell::Date => "date",
            Cell::Text | Cell::Yes => "text",
        };
        let value = filled.get(row).and_then(|cells| cells.get(at)).cloned().unwrap_or_default();
        let label = format!("{} {} · {}", say(&field.title, lang), row + 1, say(&column.title, lang));
        CellInput { name: format!("f.{}.{row}.{}", field.name, column.name), label, kind, value }
    };
    Drawn::Rows {
        heads: columns.iter().map(|column| say(&column.title, lang).to_owned()).collect(),
        rows: (0..count).map(|row| (0..columns.len()).map(|at| cell(row, at)).collect()).collect(),
    }
}

/// What was sent for a field, as the kind's reader of values takes it; empty when nothing was filled.
pub(crate) fn sent(field: &Field, form: &Pairs, files: &[(String, Kept)]) -> String {
    let name = format!("f.{}", field.name);
    match &field.shape {
        Shape::People { .. } | Shape::Units { .. } => {
            let ids: Vec<&String> = form.0.iter().filter(|(n, v)| *n == name && !v.is_empty()).map(|(_, v)| v).collect();
            if ids.is_empty() { String::new() } else { Value::from_iter(ids.into_iter().cloned()).to_string() }
        }
        Shape::Attachment { .. } => {
            let kept = form.0.iter().filter(|(n, _)| *n == format!("{name}.kept")).flat_map(|(_, v)| Attachment::in_value(v));
            let new = files.iter().filter(|(n, _)| *n == name).map(|(_, kept)| kept.attachment());
            let all: Vec<Attachment> = kept.chain(new).collect();
            if all.is_empty() { String::new() } else { Attachment::value_of(&all) }
        }
        Shape::Table { columns, most } => {
            let row = |at: u32| -> Vec<String> {
                columns.iter().map(|column| form.get(&format!("{name}.{at}.{}", column.name)).trim().to_owned()).collect()
            };
            let filled: Vec<Vec<String>> = (0..*most).map(row).filter(|cells| cells.iter().any(|cell| !cell.is_empty())).collect();
            if filled.is_empty() { String::new() } else { serde_json::to_string(&filled).unwrap_or_default() }
        }
        _ => form.get(&name).replace("\r\n", "\n").trim().to_owned(),
    }
}
