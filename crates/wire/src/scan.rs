//! Small steps through a text, shared by the parsers. All are total: what is not there is `None` or empty.

use memchr::{memchr, memrchr};

/// Before and after the first `byte` (ASCII).
pub(crate) fn cut(text: &str, byte: u8) -> Option<(&str, &str)> {
    let at = memchr(byte, text.as_bytes())?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// Before and after the last `byte` (ASCII).
pub(crate) fn cut_last(text: &str, byte: u8) -> Option<(&str, &str)> {
    let at = memrchr(byte, text.as_bytes())?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// The first word, and what comes after the one space behind it.
pub(crate) fn word(text: &str) -> (&str, &str) {
    cut(text, b' ').unwrap_or((text, ""))
}

/// Before the first byte for which `stop` holds, and from it on. `stop` must hold for ASCII bytes only.
pub(crate) fn until(text: &str, stop: impl Fn(u8) -> bool) -> (&str, &str) {
    let at = text.bytes().position(stop).unwrap_or(text.len());
    text.split_at_checked(at).unwrap_or((text, ""))
}

pub(crate) fn skip_spaces(text: &str) -> &str {
    text.trim_start_matches(' ')
}

/// What stands between `open` and the next `close`, and what comes after.
pub(crate) fn between<'a>(text: &'a str, open: &str, close: u8) -> Option<(&'a str, &'a str)> {
    cut(after(text, open)?, close)
}

/// What comes after the first `mark`.
pub(crate) fn after<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    let at = memchr::memmem::find(text.as_bytes(), mark.as_bytes())?;
    text.get(at + mark.len()..)
}

/// The end of a quoted text whose opening quote is behind us: the place of the closing quote, a backslash hiding the byte after it.
pub(crate) fn closing_quote(text: &str, quote: u8) -> Option<usize> {
    let b = text.as_bytes();
    let mut at = 0;
    loop {
        at += memchr::memchr2(quote, b'\\', b.get(at..)?)?;
        if b.get(at) == Some(&quote) {
            return Some(at);
        }
        at += 2;
    }
}
