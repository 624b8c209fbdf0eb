//! Small steps through a text, shared by the parsers. All are total: what is not there is `None` or empty.

use memchr::{memchr, memchr_iter, memrchr, memrchr_iter};

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
    let at = text.as_bytes().iter().position(|b| stop(*b)).unwrap_or(text.len());
    text.split_at_checked(at).unwrap_or((text, ""))
}

pub(crate) fn skip_spaces(text: &str) -> &str {
    let spaces = text.bytes().take_while(|b| *b == b' ').count();
    text.get(spaces..).unwrap_or(text)
}

/// What stands between `open` and the next `close`, and what comes after.
pub(crate) fn between<'a>(text: &'a str, open: &str, close: u8) -> Option<(&'a str, &'a str)> {
    cut(after(text, open)?, close)
}

/// What comes after the first `mark`.
pub(crate) fn after<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    text.get(find(text, mark)? + mark.len()..)
}

/// Before and after the first `mark`.
pub(crate) fn cut_at<'a>(text: &'a str, mark: &str) -> Option<(&'a str, &'a str)> {
    let at = find(text, mark)?;
    Some((text.get(..at)?, text.get(at + mark.len()..)?))
}

/// Where the first `mark` stands. Lines and marks are short: making a searcher ready would cost more than the search.
pub(crate) fn find(text: &str, mark: &str) -> Option<usize> {
    let (b, mark) = (text.as_bytes(), mark.as_bytes());
    // Spaces stand everywhere: look for the byte after one.
    let lead = usize::from(mark.first() == Some(&b' ') && mark.len() > 1);
    let byte = *mark.get(lead)?;
    memchr_iter(byte, b.get(lead..)?).find(|at| b.get(*at..).is_some_and(|rest| rest.starts_with(mark)))
}

/// Before and after the last `mark`.
pub(crate) fn cut_last_at<'a>(text: &'a str, mark: &str) -> Option<(&'a str, &'a str)> {
    let (b, mark) = (text.as_bytes(), mark.as_bytes());
    let lead = usize::from(mark.first() == Some(&b' ') && mark.len() > 1);
    let byte = *mark.get(lead)?;
    let at = memrchr_iter(byte, b.get(lead..)?).find(|at| b.get(*at..).is_some_and(|rest| rest.starts_with(mark)))?;
    Some((text.get(..at)?, text.get(at + mark.len()..)?))
}

pub(crate) fn contains(text: &str, mark: &str) -> bool {
    find(text, mark).is_some()
}

/// Without the bytes at the end for which `is_mark` holds, which must be ASCII.
pub(crate) fn trim_end(text: &str, is_mark: impl Fn(u8) -> bool) -> &str {
    let end = text.bytes().rposition(|b| !is_mark(b)).map_or(0, |at| at + 1);
    text.get(..end).unwrap_or(text)
}

/// What comes after the last byte for which `is_mark` holds, which must be ASCII; all of it where there is none.
pub(crate) fn last_part(text: &str, is_mark: impl Fn(u8) -> bool) -> &str {
    let start = text.bytes().rposition(is_mark).map_or(0, |at| at + 1);
    text.get(start..).unwrap_or(text)
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
