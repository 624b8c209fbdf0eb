//! RFC 5424: `VERSION SP TIMESTAMP SP HOSTNAME SP APP-NAME SP PROCID SP MSGID SP STRUCTURED-DATA [SP MSG]`.

use std::borrow::Cow;

use crate::event::{Ecs, Note, Sheet, is_number};
use crate::moment;
use crate::scan::{closing_quote, cut, until};

/// Reads what follows the version; returns the message. `None` when it is not RFC 5424 after all.
pub(crate) fn read<'a>(text: &'a str, sheet: &mut Sheet<'a>) -> Option<&'a str> {
    let rest = if let Some(rest) = text.strip_prefix("- ") {
        rest
    } else {
        let (stamp, length) = moment::iso(text)?;
        sheet.claim(&stamp);
        text.get(length..)?.strip_prefix(' ')?
    };
    let Some(rest) = names(rest, sheet) else {
        sheet.note(Note::BadHeader);
        return Some(rest);
    };
    let message = structured_data(rest, sheet);
    Some(message.strip_prefix('\u{feff}').unwrap_or(message))
}

/// `HOSTNAME SP APP-NAME SP PROCID SP MSGID SP`.
fn names<'a>(text: &'a str, sheet: &mut Sheet<'a>) -> Option<&'a str> {
    let (host, rest) = cut(text, b' ')?;
    let (app, rest) = cut(rest, b' ')?;
    let (procid, rest) = cut(rest, b' ')?;
    let (msgid, rest) = cut(rest, b' ').unwrap_or((rest, ""));
    sheet.set(Ecs::HostName, host);
    sheet.set_process(app);
    sheet.set(if is_number(procid) { Ecs::ProcessPid } else { Ecs::SyslogProcid }, procid);
    sheet.set(Ecs::SyslogMsgid, msgid);
    Some(rest)
}

/// Reads `-` or elements, and the space after; returns the message. What breaks the format is left to the message.
fn structured_data<'a>(text: &'a str, sheet: &mut Sheet<'a>) -> &'a str {
    if let Some(rest) = text.strip_prefix('-') {
        if let Some(message) = rest.strip_prefix(' ') {
            return message;
        }
        if rest.is_empty() {
            return rest;
        }
    }
    let mut rest = text;
    while let Some(inner) = rest.strip_prefix('[') {
        let Some(after) = element(inner, sheet) else { break };
        if after.is_empty() {
            return after;
        }
        if let Some(message) = after.strip_prefix(' ') {
            return message;
        }
        rest = after;
    }
    if !text.is_empty() {
        sheet.note(Note::BadStructuredData);
    }
    rest
}

/// `SD-ID *(SP NAME="VALUE") ]`; returns what follows.
fn element<'a>(text: &'a str, sheet: &mut Sheet<'a>) -> Option<&'a str> {
    let (id, mut rest) = until(text, |b| matches!(b, b' ' | b']' | b'=' | b'"'));
    if id.is_empty() {
        return None;
    }
    loop {
        if let Some(after) = rest.strip_prefix(']') {
            return Some(after);
        }
        let (name, value) = cut(rest.strip_prefix(' ')?, b'=')?;
        let value = value.strip_prefix('"')?;
        if name.is_empty() || name.bytes().any(|b| matches!(b, b' ' | b']' | b'"')) {
            return None;
        }
        let end = closing_quote(value, b'"')?;
        // The name is put together only where it is kept.
        let name = if sheet.wants_others() { Cow::Owned(format!("{id}.{name}")) } else { Cow::Borrowed(name) };
        sheet.other("sd.", &name, unescape(value.get(..end)?));
        rest = value.get(end + 1..)?;
    }
}

/// `\"`, `\\` and `\]` (section 6.3.3); any other backslash is itself.
fn unescape(value: &str) -> Cow<'_, str> {
    if !value.contains('\\') {
        return Cow::Borrowed(value);
    }
    let mut plain = String::with_capacity(value.len());
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some(next @ ('"' | '\\' | ']')) if c == '\\' => {
                plain.push(*next);
                chars.next();
            }
            _ => plain.push(c),
        }
    }
    Cow::Owned(plain)
}
