//! The paragraphs of a Word file (.docx): `word/document.xml` of a ZIP archive, unpacked up to a limit.
//!
//! Invariants: at most [`UNPACKED_BYTES`] are unpacked, whatever the archive claims; deleted text and fallbacks are left out;
//! a paragraph inside another (a text box) stands before the one that holds it.

use std::io::{Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};

use super::file::LetterError;

/// Bytes that `word/document.xml` may have when it is unpacked.
pub const UNPACKED_BYTES: usize = 16 << 20;
/// Paragraphs inside one another.
pub const NESTED: usize = 16;

const DOCUMENT: &str = "word/document.xml";

/// The text of each paragraph, in order; `PK` archives only.
pub(crate) fn paragraphs(bytes: &[u8]) -> Result<Vec<String>, LetterError> {
    let xml = unpack(bytes)?;
    let mut reader = Reader::from_str(&xml);
    let mut text = Paragraphs::default();
    loop {
        match reader.read_event().map_err(|_| LetterError::Word)? {
            Event::Start(tag) => text.open(tag.local_name().as_ref())?,
            Event::Empty(tag) => text.empty(tag.local_name().as_ref()),
            Event::End(tag) => text.close(tag.local_name().as_ref()),
            Event::Text(words) => text.add(&words.xml10_content()),
            Event::CData(words) => text.add(&words.xml10_content()),
            Event::GeneralRef(sign) => text.add(&reference(&sign)),
            Event::Eof => return Ok(text.done),
            _ => {}
        }
    }
}

fn unpack(bytes: &[u8]) -> Result<String, LetterError> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| LetterError::Word)?;
    let file = archive.by_name(DOCUMENT).map_err(|_| LetterError::NoDocument)?;
    let limit = u64::try_from(UNPACKED_BYTES).unwrap_or(u64::MAX);
    let mut xml = Vec::new();
    file.take(limit + 1).read_to_end(&mut xml).map_err(|_| LetterError::Word)?;
    if xml.len() > UNPACKED_BYTES {
        return Err(LetterError::Unpacked);
    }
    String::from_utf8(xml).map_err(|_| LetterError::Word)
}

/// `&amp;`, `&#x4e00;`; what is unknown stands as a space.
fn reference(sign: &BytesRef<'_>) -> String {
    if let Ok(Some(c)) = sign.resolve_char_ref() {
        return c.to_string();
    }
    quick_xml::escape::resolve_predefined_entity(sign).unwrap_or(" ").to_owned()
}

#[derive(Default)]
struct Paragraphs {
    done: Vec<String>,
    /// Paragraphs that are open, the innermost last.
    open: Vec<String>,
    /// Inside `w:t`.
    is_text: bool,
    /// How deep inside `mc:Fallback`, whose words stand elsewhere too.
    fallback: usize,
}

impl Paragraphs {
    fn open(&mut self, name: &str) -> Result<(), LetterError> {
        match name {
            "Fallback" => self.fallback += 1,
            _ if self.fallback > 0 => {}
            "p" if self.open.len() >= NESTED => return Err(LetterError::Word),
            "p" => self.open.push(String::new()),
            "t" => self.is_text = true,
            _ => self.empty(name),
        }
        Ok(())
    }

    fn empty(&mut self, name: &str) {
        match name {
            "tab" | "br" | "cr" if self.fallback == 0 => {
                if let Some(paragraph) = self.open.last_mut() {
                    paragraph.push(' ');
                }
            }
            "p" if self.fallback == 0 => self.done.push(String::new()),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "Fallback" => self.fallback = self.fallback.saturating_sub(1),
            _ if self.fallback > 0 => {}
            "p" => self.done.extend(self.open.pop()),
            "t" => self.is_text = false,
            _ => {}
        }
    }

    fn add(&mut self, words: &str) {
        if self.is_text
            && self.fallback == 0
            && let Some(paragraph) = self.open.last_mut()
        {
            paragraph.push_str(words);
        }
    }
}
