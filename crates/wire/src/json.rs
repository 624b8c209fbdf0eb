//! JSON objects, flat or nested, read once from left to right without a tree.
//!
//! Invariants: values borrow unless they hold escapes; what is deeper than [`JSON_DEPTH`] is passed over without recursion; reading stops at
//! [`crate::event::FIELDS`] fields, so that no object costs more than one pass.

use std::borrow::Cow;

use crate::alias;
use crate::event::{Ecs, Note, Sheet};
use crate::moment;
use crate::scan::closing_quote;

/// Objects and arrays inside each other that are read.
pub const JSON_DEPTH: usize = 16;
/// Values looked at in one object; nulls and repeated names count.
const VALUES: usize = 1_024;
/// Bytes of a field's whole dotted name.
const NAME_BYTES: usize = 256;

/// Reads the object that the text begins with.
pub(crate) fn read<'a>(text: &'a str, sheet: &mut Sheet<'a>) {
    let mut reader = Reader { text, at: 1, values: 0, name: String::new() };
    match reader.object(1, sheet) {
        Ok(()) => {
            let rest = text.get(reader.at..).unwrap_or_default();
            if !rest.trim_ascii().is_empty() {
                sheet.note(Note::BadJson);
            }
        }
        Err(Stop::Broken) => sheet.note(Note::BadJson),
        Err(Stop::Enough) => sheet.note(Note::FieldsCut),
    }
}

enum Stop {
    Broken,
    Enough,
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    values: usize,
    /// The dotted name of where we are.
    name: String,
}

impl<'a> Reader<'a> {
    /// Members up to `}`; the `{` is behind us.
    fn object(&mut self, depth: usize, sheet: &mut Sheet<'a>) -> Result<(), Stop> {
        if self.next_is(b'}') {
            return Ok(());
        }
        loop {
            self.expect(b'"')?;
            let key = self.string()?;
            self.expect(b':')?;
            let before = self.name.len();
            if before > 0 {
                self.name.push('.');
            }
            self.name.push_str(&key);
            self.value(&key, depth, sheet)?;
            self.name.truncate(before);
            if self.next_is(b'}') {
                return Ok(());
            }
            self.expect(b',')?;
        }
    }

    /// Elements up to `]`, each under the array's own name.
    fn array(&mut self, depth: usize, sheet: &mut Sheet<'a>) -> Result<(), Stop> {
        if self.next_is(b']') {
            return Ok(());
        }
        loop {
            self.value("", depth, sheet)?;
            if self.next_is(b']') {
                return Ok(());
            }
            self.expect(b',')?;
        }
    }

    fn value(&mut self, key: &str, depth: usize, sheet: &mut Sheet<'a>) -> Result<(), Stop> {
        self.values += 1;
        if self.values > VALUES || self.name.len() > NAME_BYTES {
            return Err(Stop::Enough);
        }
        match self.peek() {
            Some(b'"') => {
                self.at += 1;
                let start = self.at;
                let value = self.string()?;
                self.text_value(key, start, value, sheet)
            }
            Some(b'{' | b'[') if depth >= JSON_DEPTH => {
                sheet.note(Note::JsonDepth);
                self.pass_over()
            }
            Some(b'{') => {
                self.at += 1;
                self.object(depth + 1, sheet)
            }
            Some(b'[') => {
                self.at += 1;
                self.array(depth + 1, sheet)
            }
            Some(_) => {
                let value = self.bare()?;
                if value == "null" { Ok(()) } else { self.assign(key, Cow::Borrowed(value), sheet) }
            }
            None => Err(Stop::Broken),
        }
    }

    fn text_value(&mut self, key: &str, start: usize, value: Cow<'a, str>, sheet: &mut Sheet<'a>) -> Result<(), Stop> {
        let is_line = sheet.text.len() == self.text.len();
        if is_line && matches!(self.name.as_str(), "message" | "msg") && !value.is_empty() {
            // The message of a line that is JSON throughout; escapes stay as they are in the line.
            sheet.event.message = start..self.at - 1;
            return Ok(());
        }
        self.assign(key, value, sheet)
    }

    fn assign(&mut self, key: &str, value: Cow<'a, str>, sheet: &mut Sheet<'a>) -> Result<(), Stop> {
        if is_time(&self.name) && !sheet.claimed() && claim(&value, sheet) {
            return Ok(());
        }
        if let Some(name) = Ecs::of(&self.name) {
            if sheet.has(name) {
                self.other("json.", value, sheet)
            } else {
                sheet.set(name, value);
                Ok(())
            }
        } else if self.name.len() == key.len() {
            // Only at the top do other words for ECS names mean what they say.
            match alias::assign(key, value, sheet) {
                Ok(()) => Ok(()),
                Err(value) => self.other(prefix(&self.name), value, sheet),
            }
        } else {
            self.other(prefix(&self.name), value, sheet)
        }
    }

    fn other(&self, prefix: &'static str, value: Cow<'a, str>, sheet: &mut Sheet<'a>) -> Result<(), Stop> {
        if value.is_empty() || sheet.other(prefix, &self.name, value) { Ok(()) } else { Err(Stop::Enough) }
    }

    fn peek(&mut self) -> Option<u8> {
        let b = self.text.as_bytes();
        while matches!(b.get(self.at), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
        b.get(self.at).copied()
    }

    fn next_is(&mut self, byte: u8) -> bool {
        let is = self.peek() == Some(byte);
        self.at += usize::from(is);
        is
    }

    fn expect(&mut self, byte: u8) -> Result<(), Stop> {
        if self.next_is(byte) { Ok(()) } else { Err(Stop::Broken) }
    }

    /// The string whose opening quote is behind us.
    fn string(&mut self) -> Result<Cow<'a, str>, Stop> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let end = closing_quote(rest, b'"').ok_or(Stop::Broken)?;
        self.at += end + 1;
        Ok(unescape(rest.get(..end).unwrap_or_default()))
    }

    /// A number, `true`, `false` or `null`, as it is written.
    fn bare(&mut self) -> Result<&'a str, Stop> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.')).count();
        self.at += length;
        let value = rest.get(..length).unwrap_or_default();
        let number = value.as_bytes().first().is_some_and(|b| b.is_ascii_digit() || *b == b'-');
        if number || matches!(value, "true" | "false" | "null") { Ok(value) } else { Err(Stop::Broken) }
    }

    /// Past an object or array, by counting brackets outside of strings.
    fn pass_over(&mut self) -> Result<(), Stop> {
        let b = self.text.as_bytes();
        let mut open = 0_usize;
        while let Some(byte) = b.get(self.at) {
            self.at += 1;
            match byte {
                b'{' | b'[' => open += 1,
                b'}' | b']' => open -= 1,
                b'"' => self.at += closing_quote(self.text.get(self.at..).unwrap_or_default(), b'"').ok_or(Stop::Broken)? + 1,
                _ => {}
            }
            if open == 0 {
                return Ok(());
            }
        }
        Err(Stop::Broken)
    }
}

fn is_time(name: &str) -> bool {
    matches!(
        name,
        "@timestamp"
            | "timestamp"
            | "time"
            | "ts"
            | "eventTime"
            | "event.created"
            | "datetime"
            | "__REALTIME_TIMESTAMP"
            | "time_local"
            | "time_iso8601"
    )
}

fn claim(value: &str, sheet: &mut Sheet<'_>) -> bool {
    if let Some(stamp) = moment::iso(value)
        .map(|(stamp, _)| stamp)
        .or_else(|| moment::common_log(value))
        .or_else(|| moment::bsd(value).map(|(stamp, _)| stamp))
    {
        sheet.claim(&stamp);
    } else if let Some(at) = moment::epoch(value) {
        sheet.claim_instant(at);
    }
    sheet.claimed()
}

/// Names under the roots of the Elastic Common Schema are taken as they are.
fn prefix(name: &str) -> &'static str {
    const ROOTS: [&str; 40] = [
        "agent",
        "as",
        "client",
        "cloud",
        "container",
        "data_stream",
        "destination",
        "device",
        "dll",
        "dns",
        "ecs",
        "email",
        "error",
        "event",
        "faas",
        "file",
        "geo",
        "group",
        "hash",
        "host",
        "http",
        "labels",
        "log",
        "network",
        "observer",
        "orchestrator",
        "organization",
        "package",
        "process",
        "registry",
        "related",
        "rule",
        "server",
        "service",
        "source",
        "threat",
        "tls",
        "trace",
        "url",
        "user",
    ];
    match name.split_once('.') {
        Some((root, _)) if ROOTS.contains(&root) || root == "user_agent" => "",
        _ => "json.",
    }
}

fn unescape(value: &str) -> Cow<'_, str> {
    let Some(first) = memchr::memchr(b'\\', value.as_bytes()) else { return Cow::Borrowed(value) };
    let (plain, rest) = value.split_at_checked(first).unwrap_or((value, ""));
    let mut out = String::with_capacity(value.len());
    out.push_str(plain);
    let mut chars = rest.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('b') => out.push('\u{8}'),
            Some('f') => out.push('\u{c}'),
            Some('u') => out.push(unicode(&mut chars)),
            Some(other) => out.push(other),
            None => out.push('\\'),
        }
    }
    Cow::Owned(out)
}

/// Four hexadecimal digits, and four more where they are half a pair. What is no character is U+FFFD.
fn unicode(chars: &mut std::str::Chars<'_>) -> char {
    let Some(first) = four_hex(chars) else { return char::REPLACEMENT_CHARACTER };
    if !(0xd800..0xdc00).contains(&first) {
        return char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER);
    }
    let mut ahead = chars.clone();
    if ahead.next() == Some('\\')
        && ahead.next() == Some('u')
        && let Some(second) = four_hex(&mut ahead).filter(|second| (0xdc00..0xe000).contains(second))
    {
        *chars = ahead;
        return char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)).unwrap_or(char::REPLACEMENT_CHARACTER);
    }
    char::REPLACEMENT_CHARACTER
}

fn four_hex(chars: &mut std::str::Chars<'_>) -> Option<u32> {
    let digits = chars.as_str().get(..4)?;
    let value = u32::from_str_radix(digits, 16).ok().filter(|_| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
    *chars = chars.as_str().get(4..)?.chars();
    Some(value)
}
