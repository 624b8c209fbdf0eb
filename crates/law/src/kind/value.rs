//! Values: what people type, in forms, in cells of sheets and in calls, as the one canonical text that is kept.
//!
//! Invariants: a canonical text is canonical again; what differs only in full-width signs, separators or 年月日 is the same value; nothing that is
//! refused is kept in part; empty is not filled, and whether a field must be filled is for others to say.

use serde::{Deserialize, Serialize};

use anlan_base::text::{Lang, text};
use anlan_base::{CivilDate, SourceKey, TimeOfDay};

use super::limits::{CELL_CHARS, NUMBER_LETTERS, TYPED_BYTES};
use super::{Cell, ChoiceOption, Column, Field, Kinds, Shape};

/// Bytes of an attachment's name.
const FILE_NAME_BYTES: usize = 255;
/// Digits of the number of a person or unit.
const ID_DIGITS: usize = 18;

/// Why a text is no value of a field. `value-…` of the locale files says it to people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValueFault {
    #[error("longer than {most} characters")]
    Long { most: usize },
    #[error("more than one line")]
    Lines,
    #[error("a control character")]
    Control,
    #[error("no whole number: {found}")]
    Number { found: String },
    #[error("{found} is not from {least} to {most}")]
    Range { found: String, least: i64, most: i64 },
    #[error("no such option: {found}; known: {}", .known.join(", "))]
    Option {
        found: String,
        /// Ids.
        known: Vec<String>,
    },
    #[error("no date: {found}")]
    Date { found: String },
    #[error("no time: {found}")]
    Time { found: String },
    #[error("neither yes nor no: {found}")]
    Yes { found: String },
    #[error("no person: {found}")]
    Person { found: String },
    #[error("no unit: {found}")]
    Unit { found: String },
    #[error("no source: {found}")]
    Source { found: String },
    #[error("no number of a record: {found}")]
    Record { found: String },
    /// The record is of a kind that may not stand here; `wanted` is the id of the one that may, none where any asset may.
    #[error("{found} is of another kind")]
    RecordKind { found: String, wanted: Option<String> },
    #[error("more than {most}")]
    Many { most: usize },
    #[error("no list of attachments")]
    Attachment,
    #[error("no table of {columns} columns")]
    Table { columns: usize },
    /// Row and column from 1.
    #[error("row {row}, column {column}: {fault}")]
    Cell { row: usize, column: usize, fault: Box<Self> },
}

impl ValueFault {
    /// The key of its text in the locale files.
    #[must_use]
    pub fn key(&self) -> &'static str {
        match self {
            Self::Long { .. } => "value-long",
            Self::Lines => "value-lines",
            Self::Control => "value-control",
            Self::Number { .. } => "value-number",
            Self::Range { .. } => "value-range",
            Self::Option { .. } => "value-option",
            Self::Date { .. } => "value-date",
            Self::Time { .. } => "value-time",
            Self::Yes { .. } => "value-yes",
            Self::Person { .. } => "value-person",
            Self::Unit { .. } => "value-unit",
            Self::Source { .. } => "value-source",
            Self::Record { .. } => "value-record",
            Self::RecordKind { wanted: None, .. } => "value-record-asset",
            Self::RecordKind { .. } => "value-record-kind",
            Self::Many { .. } => "value-many",
            Self::Attachment => "value-attachment",
            Self::Table { .. } => "value-table",
            Self::Cell { .. } => "value-cell",
        }
    }

    /// The placeholders of its text. Of a cell its row and column: [`Self::say`] puts what is wrong there in words.
    #[must_use]
    pub fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Long { most } | Self::Many { most } => vec![("most", most.to_string())],
            Self::Lines | Self::Control | Self::Attachment => Vec::new(),
            Self::Number { found }
            | Self::Date { found }
            | Self::Time { found }
            | Self::Yes { found }
            | Self::Person { found }
            | Self::Unit { found }
            | Self::Source { found }
            | Self::Record { found } => vec![("found", found.clone())],
            Self::Range { found, least, most } => {
                vec![("found", found.clone()), ("least", least.to_string()), ("most", most.to_string())]
            }
            Self::Option { found, known } => vec![("found", found.clone()), ("known", known.join(", "))],
            Self::RecordKind { found, wanted } => vec![("found", found.clone()), ("wanted", wanted.clone().unwrap_or_default())],
            Self::Table { columns } => vec![("columns", columns.to_string())],
            Self::Cell { row, column, .. } => vec![("row", row.to_string()), ("column", column.to_string())],
        }
    }

    /// In the reader's language.
    #[must_use]
    pub fn say(&self, lang: Lang) -> String {
        let mut args = self.args();
        if let Self::Cell { fault, .. } = self {
            args.push(("what", fault.say(lang)));
        }
        let args: Vec<(&str, &str)> = args.iter().map(|(name, value)| (*name, value.as_str())).collect();
        text(lang, self.key(), &args)
    }
}

impl Shape {
    /// The canonical text of what somebody typed; empty where nothing was.
    ///
    /// # Errors
    /// [`ValueFault`], the first that is found.
    pub fn canonical(&self, typed: &str) -> Result<String, ValueFault> {
        if typed.len() > TYPED_BYTES {
            return Err(ValueFault::Long { most: TYPED_BYTES });
        }
        let trimmed = typed.trim();
        if trimmed.is_empty() {
            return Ok(String::new());
        }
        match self {
            Self::Text { lines, most } => words(trimmed, *lines > 1, usize::try_from(*most).unwrap_or(usize::MAX)),
            Self::Number { least, most } => number(trimmed, *least, *most),
            Self::Choice { options } => option(trimmed, options),
            Self::Date => date(trimmed),
            Self::Time => time(trimmed),
            Self::Yes => yes(trimmed),
            Self::Person => id(trimmed, 'p').ok_or_else(|| ValueFault::Person { found: shown(trimmed) }),
            Self::Unit => id(trimmed, 'u').ok_or_else(|| ValueFault::Unit { found: shown(trimmed) }),
            Self::People { most } => ids(trimmed, 'p', *most),
            Self::Units { most } => ids(trimmed, 'u', *most),
            Self::Source => match SourceKey::new(trimmed) {
                Ok(key) => Ok(key.as_str().to_owned()),
                Err(_) => Err(ValueFault::Source { found: shown(trimmed) }),
            },
            Self::Asset | Self::Link { .. } => record(trimmed),
            Self::Attachment { most } => attachments(trimmed, *most),
            Self::Table { columns, most } => table(trimmed, columns, *most),
        }
    }
}

impl Field {
    /// The canonical text; links and assets lead to records of a kind that may stand here. Whether such a record is there is for others to say.
    ///
    /// # Errors
    /// As [`Shape::canonical`], and [`ValueFault::RecordKind`].
    pub fn check(&self, typed: &str, kinds: &Kinds) -> Result<String, ValueFault> {
        let value = self.shape.canonical(typed)?;
        if value.is_empty() {
            return Ok(value);
        }
        let kind = kinds.numbered(&value);
        match &self.shape {
            Shape::Asset if kind.is_none_or(|kind| !kind.asset) => Err(ValueFault::RecordKind { found: value, wanted: None }),
            Shape::Link { to } if kind.is_none_or(|kind| kind.id != *to) => {
                Err(ValueFault::RecordKind { found: value, wanted: Some(to.clone()) })
            }
            _ => Ok(value),
        }
    }
}

/// What stood there, cut to what a message can hold; nothing that drives a terminal.
fn shown(text: &str) -> String {
    text.chars().take(40).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Full-width signs as their narrow twins, 2 as 2 and ： as :.
fn narrow(text: &str) -> String {
    let twin = |c: char| match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => u32::from(c).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(c),
        '\u{2212}' | '\u{2010}'..='\u{2015}' => '-',
        _ => c,
    };
    text.chars().map(twin).collect()
}

fn words(typed: &str, many_lines: bool, most: usize) -> Result<String, ValueFault> {
    let text = typed.replace("\r\n", "\n").replace('\r', "\n");
    if !many_lines && text.contains('\n') {
        return Err(ValueFault::Lines);
    }
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(ValueFault::Control);
    }
    if text.chars().count() > most {
        return Err(ValueFault::Long { most });
    }
    Ok(text)
}

/// Digits with an optional sign; commas only between groups of three.
fn number(typed: &str, least: i64, most: i64) -> Result<String, ValueFault> {
    let wrong = || ValueFault::Number { found: shown(typed) };
    let text = narrow(typed);
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let groups: Vec<&str> = digits.split(',').collect();
    let is_grouped = |(index, group): (usize, &&str)| match (groups.len(), index) {
        (1, _) => !group.is_empty(),
        (_, 0) => (1..=3).contains(&group.len()),
        _ => group.len() == 3,
    };
    if !groups.iter().enumerate().all(is_grouped) || !digits.bytes().all(|b| b.is_ascii_digit() || b == b',') {
        return Err(wrong());
    }
    let value: i64 = format!("{sign}{}", groups.concat()).parse().map_err(|_| wrong())?;
    if !(least..=most).contains(&value) {
        return Err(ValueFault::Range { found: value.to_string(), least, most });
    }
    Ok(value.to_string())
}

/// By its id, or by its title in either language: sheets hold titles.
fn option(typed: &str, options: &[ChoiceOption]) -> Result<String, ValueFault> {
    let by_id = options.iter().find(|option| option.id == typed);
    let by_title = || options.iter().find(|option| option.title.zh.trim() == typed || option.title.en.trim().eq_ignore_ascii_case(typed));
    match by_id.or_else(by_title) {
        Some(option) => Ok(option.id.clone()),
        None => Err(ValueFault::Option { found: shown(typed), known: options.iter().map(|option| option.id.clone()).collect() }),
    }
}

/// `2026-10-09`, with `/`, `.` or 年月日 between, or eight digits.
fn date(typed: &str) -> Result<String, ValueFault> {
    civil(&narrow(typed)).map(|date| date.day().to_string()).ok_or_else(|| ValueFault::Date { found: shown(typed) })
}

fn civil(text: &str) -> Option<CivilDate> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        let part = |range| text.get(range);
        return of_parts(part(0..4)?, part(4..6)?, part(6..8)?);
    }
    let (year, rest) = text.split_once(['-', '/', '.', '年'])?;
    let (month, day) = rest.split_once(['-', '/', '.', '月'])?;
    of_parts(year, month, day.strip_suffix(['日', '号']).unwrap_or(day))
}

fn of_parts(year: &str, month: &str, day: &str) -> Option<CivilDate> {
    let number = |text: &str, lengths: std::ops::RangeInclusive<usize>| {
        (lengths.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse::<u32>().ok()).flatten()
    };
    let (year, month, day) = (number(year, 4..=4)?, number(month, 1..=2)?, number(day, 1..=2)?);
    CivilDate::new(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
}

/// A date and a time to the minute: `2026-10-09T08:30`, `2026年10月9日 8时30分`. Seconds only where they are zero: none is lost in silence.
fn time(typed: &str) -> Result<String, ValueFault> {
    moment(narrow(typed).trim()).ok_or_else(|| ValueFault::Time { found: shown(typed) })
}

fn moment(text: &str) -> Option<String> {
    let at = text.find(['T', 't']).or_else(|| text.find('日').map(|at| at + '日'.len_utf8())).or_else(|| text.rfind(' '))?;
    let (day, time) = text.split_at_checked(at)?;
    let time = time.trim_start_matches(['T', 't']).trim();
    let time = time.replace(['时', '点'], ":").replace('分', "");
    let time = time.strip_suffix(":00").filter(|short| short.contains(':')).unwrap_or(&time);
    let (hour, minute) = time.split_once(':')?;
    let two = |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let minute = if minute.is_empty() { "00" } else { minute };
    if !two(hour) || !two(minute) {
        return None;
    }
    let time = TimeOfDay::new(hour.parse().ok()?, minute.parse().ok()?)?;
    Some(format!("{}T{time}", civil(day)?.day()))
}

fn yes(typed: &str) -> Result<String, ValueFault> {
    match narrow(typed).trim().to_ascii_lowercase().as_str() {
        "yes" | "y" | "true" | "on" | "1" | "是" | "有" | "√" | "✓" | "✔" => Ok("yes".to_owned()),
        "no" | "n" | "false" | "off" | "0" | "否" | "无" | "×" | "✗" => Ok("no".to_owned()),
        _ => Err(ValueFault::Yes { found: shown(typed) }),
    }
}

/// `p12`: a letter and a number without zeros before it.
fn id(typed: &str, letter: char) -> Option<String> {
    let text = narrow(typed).trim().to_ascii_lowercase();
    let digits = text.strip_prefix(letter)?;
    let fits = (1..=ID_DIGITS).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
    fits.then_some(text)
}

/// A JSON list, or ids with commas, semicolons or spaces between. Who stands twice stands once.
fn ids(typed: &str, letter: char, most: u32) -> Result<String, ValueFault> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let wrong = |found: &str| match letter {
        'p' => ValueFault::Person { found: shown(found) },
        _ => ValueFault::Unit { found: shown(found) },
    };
    let parts: Vec<String> = if typed.starts_with('[') {
        serde_json::from_str(typed).map_err(|_| wrong(typed))?
    } else {
        let between = |c: char| c.is_whitespace() || [',', ';', '，', '；', '、'].contains(&c);
        typed.split(between).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let mut seen = std::collections::BTreeSet::new();
    let mut all: Vec<String> = Vec::new();
    for part in &parts {
        let id = id(part, letter).ok_or_else(|| wrong(part))?;
        if seen.insert(id.clone()) {
            all.push(id);
        }
    }
    if all.len() > most {
        return Err(ValueFault::Many { most });
    }
    Ok(list(&all))
}

/// A JSON list; nothing where it is empty.
fn list<T: Serialize>(all: &[T]) -> String {
    if all.is_empty() { String::new() } else { serde_json::to_string(all).unwrap_or_default() }
}

/// `YH-2026-0012`.
fn record(typed: &str) -> Result<String, ValueFault> {
    let text = narrow(typed).trim().to_ascii_uppercase();
    let mut parts = text.split('-');
    let (letters, year, number) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let is_letters = NUMBER_LETTERS.contains(&letters.len()) && letters.bytes().all(|b| b.is_ascii_uppercase());
    // One number has one way to be written: more than four digits have no zero before them.
    let is_number = digits(number) && (4..=ID_DIGITS).contains(&number.len()) && (number.len() == 4 || !number.starts_with('0'));
    let fits = parts.next().is_none() && is_letters && year.len() == 4 && digits(year) && is_number;
    if fits { Ok(text) } else { Err(ValueFault::Record { found: shown(typed) }) }
}

/// A file that is kept elsewhere under its digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attached {
    pub name: String,
    /// SHA-256, lower-case hex.
    pub digest: String,
    /// Bytes.
    pub size: u64,
    /// Media type, such as `image/png`.
    #[serde(rename = "type")]
    pub media: String,
}

impl Attached {
    fn fits(&self) -> bool {
        let is_name = !self.name.trim().is_empty()
            && self.name.len() <= FILE_NAME_BYTES
            && !self.name.chars().any(|c| c.is_control() || c == '/' || c == '\\');
        let is_digest = self.digest.len() == 64 && self.digest.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        let is_media = self.media.len() <= FILE_NAME_BYTES
            && self.media.split_once('/').is_some_and(|(kind, rest)| !kind.is_empty() && !rest.is_empty())
            && self.media.bytes().all(|b| b.is_ascii_graphic());
        is_name && is_digest && is_media && self.size > 0
    }
}

fn attachments(typed: &str, most: u32) -> Result<String, ValueFault> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let all: Vec<Attached> = serde_json::from_str(typed).map_err(|_| ValueFault::Attachment)?;
    if all.len() > most {
        return Err(ValueFault::Many { most });
    }
    if all.iter().all(Attached::fits) { Ok(list(&all)) } else { Err(ValueFault::Attachment) }
}

/// Rows without anything in them are left out.
fn table(typed: &str, columns: &[Column], most: u32) -> Result<String, ValueFault> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let wrong = || ValueFault::Table { columns: columns.len() };
    let rows: Vec<Vec<String>> = serde_json::from_str(typed).map_err(|_| wrong())?;
    let mut kept: Vec<Vec<String>> = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        if row.len() != columns.len() {
            return Err(wrong());
        }
        let mut cells = Vec::with_capacity(row.len());
        for (at, (cell, column)) in row.iter().zip(columns).enumerate() {
            let fault = |fault| ValueFault::Cell { row: index + 1, column: at + 1, fault: Box::new(fault) };
            cells.push(column.shape.canonical(cell).map_err(fault)?);
        }
        if cells.iter().any(|cell| !cell.is_empty()) {
            kept.push(cells);
        }
        if kept.len() > most {
            return Err(ValueFault::Many { most });
        }
    }
    Ok(list(&kept))
}

impl Cell {
    /// As [`Shape::canonical`], for one cell.
    ///
    /// # Errors
    /// [`ValueFault`].
    pub fn canonical(self, typed: &str) -> Result<String, ValueFault> {
        let trimmed = typed.trim();
        if trimmed.is_empty() {
            return Ok(String::new());
        }
        match self {
            Self::Text => words(trimmed, false, CELL_CHARS),
            Self::Number => number(trimmed, i64::MIN, i64::MAX),
            Self::Date => date(trimmed),
            Self::Yes => yes(trimmed),
        }
    }
}
