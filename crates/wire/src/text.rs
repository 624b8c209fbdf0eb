//! Bytes to text, and places in the text back to places in the bytes.
//!
//! Invariants: every input has a text; ASCII bytes are the same in both, so a run of ASCII in the text is one in the line.

use std::borrow::Cow;

use encoding_rs::GB18030;

use crate::event::Note;

/// The line as text: UTF-8 as it is, else decoded from GB18030, else bytes shown one by one (byte N as the character U+00NN, between what is UTF-8).
#[must_use]
pub fn line_text(raw: &[u8]) -> Cow<'_, str> {
    read(raw).0
}

/// The text, and how it was found where it is not plain UTF-8.
pub(crate) fn read(raw: &[u8]) -> (Cow<'_, str>, Option<Note>) {
    let error = match std::str::from_utf8(raw) {
        Ok(text) => return (Cow::Borrowed(text), None),
        Err(error) => error,
    };
    // A frame cut inside a character is no reason to take Chinese UTF-8 for GB18030, which it may pass for.
    let whole = raw.get(..error.valid_up_to()).unwrap_or_default();
    if error.error_len().is_none() && !whole.is_ascii() {
        return (Cow::Owned(byte_by_byte(raw)), Some(Note::CutCharacter));
    }
    match GB18030.decode_without_bom_handling_and_without_replacement(raw) {
        Some(text) => (Cow::Owned(text.into_owned()), Some(Note::Gb18030)),
        None => (Cow::Owned(byte_by_byte(raw)), Some(Note::NotText)),
    }
}

fn byte_by_byte(raw: &[u8]) -> String {
    let mut text = String::with_capacity(raw.len() + 16);
    for chunk in raw.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|b| char::from(*b)));
    }
    text
}

/// Where in the line the place `offset` of its text stands. A place inside a character is its end.
pub(crate) fn raw_offset(raw: &[u8], how: Note, offset: usize) -> usize {
    let (mut at, mut text) = (0, 0);
    while text < offset && at < raw.len() {
        let (bytes, chars) = character(raw.get(at..).unwrap_or_default(), how);
        at += bytes;
        text += chars;
    }
    at.min(raw.len())
}

/// Length of the first character in the line, and in the text.
fn character(rest: &[u8], how: Note) -> (usize, usize) {
    let first = rest.first().copied().unwrap_or_default();
    if first < 0x80 {
        return (1, 1);
    }
    if how == Note::Gb18030 {
        let length = match rest.get(1) {
            _ if first == 0x80 => 1,
            Some(b'0'..=b'9') => 4,
            _ => 2,
        };
        let bytes = rest.get(..length).unwrap_or(rest);
        return (bytes.len(), GB18030.decode_without_bom_handling(bytes).0.len());
    }
    // Four bytes hold any character; more would be searched through again for each.
    let start = rest.first_chunk::<4>().map_or(rest, |four| four.as_slice());
    let valid = start.utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next());
    valid.map_or((1, char::from(first).len_utf8()), |c| (c.len_utf8(), c.len_utf8()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_found_and_said_how() {
        let gb = |s: &str| GB18030.encode(s).0.into_owned();
        for (raw, text, note) in [
            (b"plain".to_vec(), "plain", None),
            ("用户登录".into(), "用户登录", None),
            (gb("用户 admin 登录失败"), "用户 admin 登录失败", Some(Note::Gb18030)),
            (gb("𠮷 yuan €"), "𠮷 yuan €", Some(Note::Gb18030)),
            (b"\xb0\xa1".to_vec(), "啊", Some(Note::Gb18030)),
            (b"a\xff\xfeb".to_vec(), "a\u{ff}\u{fe}b", Some(Note::NotText)),
            ([b"\xff".as_slice(), "登录".as_bytes()].concat(), "\u{ff}登录", Some(Note::NotText)),
            ("登录".as_bytes()[..5].to_vec(), "登\u{e5}\u{bd}", Some(Note::CutCharacter)),
            (b"half \xe4\xb8".to_vec(), "half 涓", Some(Note::Gb18030)),
            (b"\0\x01".to_vec(), "\0\x01", None),
        ] {
            assert_eq!(read(&raw), (Cow::Borrowed(text), note), "{raw:?}");
            assert_eq!(line_text(&raw), text);
            let Some(how) = note else { continue };
            let ends: Vec<usize> = text.char_indices().map(|(i, _)| raw_offset(&raw, how, i)).collect();
            assert!(ends.is_sorted_by(|a, b| a < b), "{ends:?}");
            assert_eq!(raw_offset(&raw, how, text.len()), raw.len(), "{text}");
        }
    }
}
