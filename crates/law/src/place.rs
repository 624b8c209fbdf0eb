//! A place in a statute: article (条), paragraph (款), item (项); how it is written, and lists of places read back.
//!
//! Invariants:
//! - numbers count from 1 and are at most [`crate::numeral::MOST`];
//! - what [`Place`] displays, [`list`] and the readers of citations read back as the same place;
//! - a list holds at most [`PLACES_MOST`] places; ranges count with every article in them.

use std::fmt;
use std::str::FromStr;

use anlan_base::text::{Lang, text};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::cursor::Cursor;
use crate::numeral;

/// Places in one list or range.
pub const PLACES_MOST: usize = 200;

/// A place in a statute. An item without a paragraph is the item of that number wherever it stands in the article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    pub article: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paragraph: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<u32>,
}

/// Why a text is no citation, and where in it.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("no citation at byte {at}: `{found}`")]
pub struct CiteError {
    /// Byte in the text that was read.
    pub at: usize,
    /// What stands there, at most a few characters.
    pub found: String,
}

impl CiteError {
    /// Characters of the text that an error shows.
    const SHOWN: usize = 12;

    pub(crate) fn new(whole: &str, at: usize) -> Self {
        Self { at, found: whole.get(at..).unwrap_or_default().chars().take(Self::SHOWN).collect() }
    }

    /// In the reader's language, with what to write instead.
    #[must_use]
    pub fn message(&self, lang: Lang) -> String {
        if self.found.is_empty() { text(lang, "cite-unfinished", &[]) } else { text(lang, "cite-unreadable", &[("found", &self.found)]) }
    }
}

impl Place {
    #[must_use]
    pub fn article(article: u32) -> Self {
        Self { article, paragraph: None, item: None }
    }

    #[must_use]
    pub fn with_paragraph(self, paragraph: u32) -> Self {
        Self { paragraph: Some(paragraph), ..self }
    }

    #[must_use]
    pub fn with_item(self, item: u32) -> Self {
        Self { item: Some(item), ..self }
    }

    /// Whether `other` is this place or lies in it. Both name the paragraph of an item, or neither does.
    #[must_use]
    pub fn covers(self, other: Self) -> bool {
        self.article == other.article
            && (self.paragraph.is_none() || self.paragraph == other.paragraph)
            && (self.item.is_none() || self.item == other.item)
    }

    /// `第二十一条第三项`.
    #[must_use]
    pub fn zh(self) -> String {
        let mut text = format!("第{}条", numeral::chinese(self.article));
        if let Some(paragraph) = self.paragraph {
            text.push_str(&format!("第{}款", numeral::chinese(paragraph)));
        }
        if let Some(item) = self.item {
            text.push_str(&format!("第{}项", numeral::chinese(item)));
        }
        text
    }

    /// `Art. 21(3)`, `Art. 53 para. 3`.
    #[must_use]
    pub fn en(self) -> String {
        let mut text = format!("Art. {}", self.article);
        if let Some(paragraph) = self.paragraph {
            text.push_str(&format!(" para. {paragraph}"));
        }
        if let Some(item) = self.item {
            text.push_str(&format!("({item})"));
        }
        text
    }

    #[must_use]
    pub fn show(self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.zh(),
            Lang::En => self.en(),
        }
    }
}

/// `21(3)`, `53¶3`, `60¶1(2)`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.article)?;
        if let Some(paragraph) = self.paragraph {
            write!(f, "¶{paragraph}")?;
        }
        self.item.map_or(Ok(()), |item| write!(f, "({item})"))
    }
}

/// One place, in any form that [`list`] reads.
impl FromStr for Place {
    type Err = CiteError;
    fn from_str(s: &str) -> Result<Self, CiteError> {
        match list(s)?.as_slice() {
            [place] => Ok(*place),
            _ => Err(CiteError::new(s, 0)),
        }
    }
}

/// Reads a list in figures: `25, 53 para 3`, `21(3)`, `21.3`, `69(2)(3)`, `53¶3`, `41-43`, `61 para 1 and 3`, `Art. 21(3)`.
/// After a comma a bare number is an article; after `and` behind a paragraph it is a paragraph.
///
/// # Errors
/// The first thing that is no part of a place, or more than [`PLACES_MOST`] places.
pub fn list(text: &str) -> Result<Vec<Place>, CiteError> {
    let mut cursor = Cursor::new(text);
    let places = figures(&mut cursor).ok_or_else(|| CiteError::new(text, cursor.at))?;
    cursor.spaces();
    if cursor.is_done() { Ok(places) } else { Err(CiteError::new(text, cursor.at)) }
}

/// The list at the cursor, which stays behind what was read; on None it stays at what could not be read.
pub(crate) fn figures(cursor: &mut Cursor<'_>) -> Option<Vec<Place>> {
    let mut places = Vec::new();
    figure(cursor, &mut places)?;
    loop {
        let mut ahead = *cursor;
        ahead.spaces();
        let is_and = ahead.eat('&') || ahead.eat_word("and") || ahead.eat('和');
        if !is_and && !ahead.eat(',') && !ahead.eat(';') && !ahead.eat('、') {
            break;
        }
        ahead.spaces();
        let read = if is_and { more_paragraphs(&mut ahead, &mut places) } else { None };
        if read.is_none() && figure(&mut ahead, &mut places).is_none() {
            *cursor = ahead;
            return None;
        }
        *cursor = ahead;
        if places.len() > PLACES_MOST {
            return None;
        }
    }
    (places.len() <= PLACES_MOST).then_some(places)
}

/// `… para 1 and 3`: a bare number behind a paragraph is a paragraph of the same article.
fn more_paragraphs(cursor: &mut Cursor<'_>, places: &mut Vec<Place>) -> Option<()> {
    let last = *places.last().filter(|last| last.paragraph.is_some() && last.item.is_none())?;
    let mut ahead = *cursor;
    let number = ahead.digits()?;
    let mut after = ahead;
    after.spaces();
    if matches!(after.peek(), Some('(' | '.' | '¶' | '-' | '–' | 'p' | 'P')) {
        return None;
    }
    places.push(last.with_paragraph(number));
    *cursor = ahead;
    Some(())
}

fn figure(cursor: &mut Cursor<'_>, places: &mut Vec<Place>) -> Option<()> {
    cursor.spaces();
    for word in ["articles", "article", "arts", "art"] {
        if cursor.eat_word(word) {
            cursor.eat('.');
            cursor.spaces();
            break;
        }
    }
    let mut place = Place::article(cursor.digits()?);
    if let Some(last) = range_end(cursor) {
        return push_range(place.article, last, places);
    }
    if let Some(paragraph) = paragraph(cursor) {
        place.paragraph = Some(paragraph?);
    }
    if cursor.eat('.') {
        places.push(place.with_item(cursor.digits()?));
        return Some(());
    }
    let before = places.len();
    while let Some(item) = bracketed(cursor) {
        if places.len() > PLACES_MOST {
            return None;
        }
        places.push(place.with_item(item?));
    }
    if places.len() == before {
        places.push(place);
    }
    Some(())
}

fn range_end(cursor: &mut Cursor<'_>) -> Option<u32> {
    let mut ahead = *cursor;
    ahead.spaces();
    if !ahead.eat('-') && !ahead.eat('–') && !ahead.eat('—') {
        return None;
    }
    ahead.spaces();
    let last = ahead.digits()?;
    *cursor = ahead;
    Some(last)
}

/// The articles from `first` to `last`. None where the range runs backwards or is too long.
pub(crate) fn push_range(first: u32, last: u32, places: &mut Vec<Place>) -> Option<()> {
    let count = usize::try_from(last.checked_sub(first)?).ok()? + 1;
    if count + places.len() > PLACES_MOST {
        return None;
    }
    places.extend((first..=last).map(Place::article));
    Some(())
}

/// None where no paragraph is named, Some(None) where its number is missing.
#[allow(clippy::option_option, reason = "not there, there and wrong, there")]
fn paragraph(cursor: &mut Cursor<'_>) -> Option<Option<u32>> {
    let mut ahead = *cursor;
    ahead.spaces();
    let is_named = ahead.eat('¶') || ["paragraphs", "paragraph", "paras", "para"].iter().any(|word| ahead.eat_word(word));
    if !is_named {
        return None;
    }
    ahead.eat('.');
    ahead.spaces();
    let number = ahead.digits();
    *cursor = ahead;
    Some(number)
}

#[allow(clippy::option_option, reason = "not there, there and wrong, there")]
fn bracketed(cursor: &mut Cursor<'_>) -> Option<Option<u32>> {
    let mut ahead = *cursor;
    ahead.spaces();
    if !ahead.eat('(') {
        return None;
    }
    let number = ahead.number().filter(|_| ahead.eat(')'));
    *cursor = ahead;
    Some(number)
}
