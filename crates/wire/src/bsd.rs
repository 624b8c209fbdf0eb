//! RFC 3164 as devices really write it: `TIME HOST TAG[PID]: MESSAGE` with any part missing, and the headers of Cisco, Huawei and H3C.

use crate::event::{Ecs, Note, Sheet, is_number};
use crate::mnemonic;
use crate::scan::{cut, skip_spaces, until, word};
use crate::syslog::time;

/// Letters of a tag; a longer word before a colon is text.
const TAG_BYTES: usize = 64;
const HOST_BYTES: usize = 255;

/// Reads what follows the priority; returns the message.
pub(crate) fn read<'a>(text: &'a str, has_priority: bool, sheet: &mut Sheet<'a>) -> &'a str {
    // H3C marks the time itself: `%Nov 21 09:00:00:123 2026 HOST MODULE/5/…`.
    let unmarked =
        text.strip_prefix('%').filter(|rest| rest.as_bytes().first().is_some_and(u8::is_ascii_uppercase) && time(rest).is_some());
    let start = sequence(unmarked.unwrap_or(text));
    if let Some((shape, rest)) = marked_time(start, sheet) {
        return after_time(rest, shape, has_priority, sheet);
    }
    if let Some(rest) = origin_before_time(start, sheet) {
        return rest;
    }
    if let Some(rest) = mnemonic::read(start, sheet) {
        return rest;
    }
    if has_priority { tag(text, sheet).unwrap_or(text) } else { text }
}

/// What the shape of the time says about what follows it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// `Nov 21 09:00:00`, `2026-11-21T09:00:00+08:00`: syslog's own; a host follows.
    Syslog,
    /// `2026-11-21 09:00:00`: as programs write it into their own files.
    Plain,
}

/// Cisco's sequence number, `000123: `.
fn sequence(text: &str) -> &str {
    let (digits, rest) = until(text, |b| !b.is_ascii_digit());
    match rest.strip_prefix(": ") {
        Some(rest) if !digits.is_empty() && digits.len() <= 10 => rest,
        _ => text,
    }
}

/// A time, before which `*` or `.` says that the clock is not to be trusted.
fn marked_time<'a>(text: &'a str, sheet: &mut Sheet<'a>) -> Option<(Shape, &'a str)> {
    let marked = text.strip_prefix(['*', '.']);
    let (stamp, rest) = time(marked.unwrap_or(text))?;
    sheet.claim(&stamp);
    if marked.is_some() {
        sheet.note(Note::ClockUnset);
    }
    let b = text.as_bytes();
    let plain = b.first().is_some_and(u8::is_ascii_digit) && b.get(10) == Some(&b' ');
    Some((if plain { Shape::Plain } else { Shape::Syslog }, rest))
}

/// Cisco's `logging origin-id`: `HOST: *Mar  1 00:00:01.123: %SYS-5-…`.
fn origin_before_time<'a>(text: &'a str, sheet: &mut Sheet<'a>) -> Option<&'a str> {
    let (host, rest) = word(text);
    let host = host.strip_suffix(':')?;
    let rest = sequence(rest);
    let (_, rest) = marked_time(rest, sheet)?;
    set_host(host, sheet);
    let rest = colon(rest);
    Some(mnemonic::read(rest, sheet).unwrap_or(rest))
}

fn colon(text: &str) -> &str {
    let rest = skip_spaces(text);
    rest.strip_prefix(':').map_or(rest, skip_spaces)
}

fn after_time<'a>(text: &'a str, shape: Shape, has_priority: bool, sheet: &mut Sheet<'a>) -> &'a str {
    let rest = colon(text);
    if let Some(message) = mnemonic::read(rest, sheet) {
        return message;
    }
    if shape == Shape::Plain && !has_priority {
        return plain_after_time(rest, sheet);
    }
    if !text.starts_with(' ') {
        return rest;
    }
    let (first, after) = word(rest);
    if let Some(host) = first.strip_suffix(':') {
        // A colon ends a tag, unless a mnemonic comes after it.
        if let Some(message) = mnemonic::read(skip_spaces(after), sheet) {
            set_host(host, sheet);
            return message;
        }
        return tag(rest, sheet).unwrap_or(rest);
    }
    if !is_host(first) || is_level(first) {
        return rest;
    }
    set_host(first, sheet);
    after_host(after, sheet)
}

fn after_host<'a>(text: &'a str, sheet: &mut Sheet<'a>) -> &'a str {
    let rest = colon(text);
    if let Some(message) = mnemonic::read(rest, sheet) {
        return message;
    }
    // A relay put its header before Cisco's own: `HOST 123: *Mar  1 00:00:01: %SYS-5-…`.
    let own = sequence(rest);
    let unmarked = own.strip_prefix(['*', '.']).unwrap_or(own);
    if let Some(message) = time(unmarked).and_then(|(_, rest)| mnemonic::read(colon(rest), sheet)) {
        return message;
    }
    tag(text, sheet).unwrap_or(text)
}

/// A program's own file: a host only where a Huawei or H3C mnemonic follows it.
fn plain_after_time<'a>(rest: &'a str, sheet: &mut Sheet<'a>) -> &'a str {
    let (host, after) = word(rest);
    if is_host(host)
        && let Some(message) = mnemonic::read(after, sheet)
    {
        set_host(host, sheet);
        return message;
    }
    rest
}

/// `TAG: `, `TAG[PID]: `, `TAG(what)[PID]: `; returns the message, or `None` when there is no tag.
fn tag<'a>(text: &'a str, sheet: &mut Sheet<'a>) -> Option<&'a str> {
    let (name, rest) = until(text, |b| matches!(b, b':' | b'[' | b' ' | b'"' | b'=' | b'{' | b'<' | b'|'));
    let (pid, rest) = match rest.strip_prefix('[') {
        Some(inner) => cut(inner, b']').map(|(pid, rest)| (Some(pid), rest))?,
        None => (None, rest),
    };
    let message = rest.strip_prefix(':').or(rest.strip_prefix(' ').filter(|_| pid.is_some()))?;
    let named = !name.is_empty() && name.len() <= TAG_BYTES && !matches!(name, "CEF" | "LEEF" | "http" | "https");
    if !named || pid.is_some_and(|p| p.len() > 20) {
        return None;
    }
    let name = until(name, |b| b == b'(').0;
    sheet.set_process(name);
    if let Some(pid) = pid {
        sheet.set(if is_number(pid) { Ecs::ProcessPid } else { Ecs::SyslogProcid }, pid);
    }
    Some(message.strip_prefix(' ').unwrap_or(message))
}

fn set_host<'a>(host: &'a str, sheet: &mut Sheet<'a>) {
    if is_host(host) {
        sheet.set(Ecs::HostName, host);
    }
}

/// Names of hosts are letters of any script, digits and a few marks; no brackets, quotes or equals signs.
fn is_host(word: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b':' | b'/' | b'@' | b'%') || b >= 0x80;
    !word.is_empty()
        && word.len() <= HOST_BYTES
        && word.bytes().all(fits)
        && !matches!(word.as_bytes().first(), Some(b'%' | b':' | b'/' | b'-'))
}

fn is_level(word: &str) -> bool {
    const LEVELS: [&str; 12] =
        ["TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "ERR", "CRIT", "CRITICAL", "ALERT", "FATAL"];
    LEVELS.contains(&word)
}
