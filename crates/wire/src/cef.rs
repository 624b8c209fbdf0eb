//! CEF (ArcSight Common Event Format 0 and 1) and LEEF (IBM, 1.0 and 2.0).

use std::borrow::Cow;

use crate::alias;
use crate::event::{Ecs, Outcome, Sheet};
use crate::moment;
use crate::scan::{cut, word};

/// `CEF:0|Vendor|Product|Version|SignatureID|Name|Severity|key=value …`.
pub(crate) fn read_cef<'a>(text: &'a str, sheet: &mut Sheet<'a>) {
    let mut parts = [""; 7];
    let mut rest = text;
    for part in &mut parts {
        let Some((value, after)) = header_part(rest) else { return };
        *part = value;
        rest = after;
    }
    let [_, vendor, product, version, id, name, severity] = parts;
    sheet.set(Ecs::ObserverVendor, unescape(vendor));
    sheet.set(Ecs::ObserverProduct, unescape(product));
    sheet.other("cef.", "version", version);
    sheet.set(Ecs::EventCode, unescape(id));
    sheet.other("cef.", "name", unescape(name));
    sheet.other("cef.", "severity", severity);
    while let Some((key, value, after)) = extension(rest) {
        rest = after;
        if !key.is_empty() && !pair("cef.", key, unescape(value), sheet) {
            break;
        }
    }
    sheet.act(name, None);
}

/// Up to the next `|` that no backslash hides. The severity may end the line.
fn header_part(text: &str) -> Option<(&str, &str)> {
    let b = text.as_bytes();
    let mut at = 0;
    loop {
        at += memchr::memchr2(b'|', b'\\', b.get(at..)?)?;
        if b.get(at) == Some(&b'|') {
            return Some((text.get(..at)?, text.get(at + 1..)?));
        }
        at += 2;
    }
}

/// `key=value`, where the value goes on to the last space before the next key.
fn extension(text: &str) -> Option<(&str, &str, &str)> {
    let (key, rest) = cut(text, b'=')?;
    let key = key.rsplit(' ').next().unwrap_or_default();
    let b = rest.as_bytes();
    let (mut at, mut space) = (0, None);
    while let Some(next) = memchr::memchr3(b'=', b' ', b'\\', b.get(at..).unwrap_or_default()) {
        at += next;
        match (b.get(at), space) {
            (Some(b'\\'), _) => at += 1,
            (Some(b' '), _) => space = Some(at),
            (_, Some(end)) => return Some((key, rest.get(..end)?.trim_end(), rest.get(end + 1..)?)),
            _ => {}
        }
        at += 1;
    }
    Some((key, rest.trim_end(), ""))
}

fn pair<'a>(prefix: &'static str, key: &str, value: Cow<'a, str>, sheet: &mut Sheet<'a>) -> bool {
    match key {
        "rt" | "end" | "start" | "devTime" if !sheet.claimed() => {
            if let Some(at) = moment::epoch(&value) {
                sheet.claim_instant(at);
                return true;
            }
            if let Some((stamp, _)) = moment::bsd(&value).or_else(|| moment::iso(&value)) {
                sheet.claim(&stamp);
                return true;
            }
        }
        "duser" if !sheet.has(Ecs::UserName) => {
            sheet.set(Ecs::UserName, value);
            return true;
        }
        "cat" if prefix == "leef." && !sheet.has(Ecs::EventAction) => {
            let outcome = Outcome::of(&value);
            if sheet.set(Ecs::EventAction, value) {
                sheet.outcome(outcome);
            }
            return true;
        }
        _ => {}
    }
    match alias::assign(key, value, sheet) {
        Ok(()) => true,
        Err(value) => value.is_empty() || sheet.other(prefix, key, value),
    }
}

/// `\|`, `\=`, `\\`, `\n`, `\r`.
fn unescape(value: &str) -> Cow<'_, str> {
    if !value.contains('\\') {
        return Cow::Borrowed(value);
    }
    let mut plain = String::with_capacity(value.len());
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        let escaped = match chars.peek() {
            Some('n') => '\n',
            Some('r') => '\r',
            Some(other @ ('|' | '=' | '\\' | '"')) => *other,
            _ => c,
        };
        if c == '\\' && chars.peek().is_some_and(|n| matches!(n, 'n' | 'r' | '|' | '=' | '\\' | '"')) {
            chars.next();
            plain.push(escaped);
        } else {
            plain.push(c);
        }
    }
    Cow::Owned(plain)
}

/// `LEEF:1.0|Vendor|Product|Version|EventID|key=value<TAB>…`; 2.0 names its own delimiter after the EventID.
pub(crate) fn read_leef<'a>(text: &'a str, sheet: &mut Sheet<'a>) {
    let mut parts = [""; 5];
    let mut rest = text;
    for part in &mut parts {
        let Some((value, after)) = cut(rest, b'|') else { return };
        *part = value;
        rest = after;
    }
    let [format, vendor, product, version, id] = parts;
    sheet.set(Ecs::ObserverVendor, vendor);
    sheet.set(Ecs::ObserverProduct, product);
    sheet.other("leef.", "version", version);
    sheet.set(Ecs::EventCode, id);
    let mut delimiter = '\t';
    if format == "LEEF:2.0"
        && let Some((named, after)) = cut(rest, b'|').filter(|(named, _)| named.len() <= 5 && !named.contains('='))
    {
        delimiter = leef_delimiter(named);
        rest = after;
    }
    for one in rest.split(delimiter) {
        let Some((key, value)) = cut(one, b'=') else { continue };
        if !pair("leef.", word(key).0, Cow::Borrowed(value), sheet) {
            break;
        }
    }
    sheet.act(id, None);
}

/// One character, or its code as `x09` or `0x09`.
fn leef_delimiter(named: &str) -> char {
    let code = named.strip_prefix("0x").or_else(|| named.strip_prefix('x')).and_then(|hex| u32::from_str_radix(hex, 16).ok());
    code.and_then(char::from_u32).or_else(|| named.chars().next()).unwrap_or('\t')
}
