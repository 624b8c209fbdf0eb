//! The mnemonics of network devices: Cisco's `%SYS-5-CONFIG_I: `, Huawei's `%%01SHELL/5/LOGIN(l)[12]:` and H3C's `SHELL/5/SHELL_LOGIN: `.

use crate::event::{Ecs, Sheet, is_number};
use crate::scan::{cut, until};

/// Bytes of a mnemonic with all its parts.
const MNEMONIC_BYTES: usize = 96;

/// Reads a mnemonic at the beginning: `process.name`, `event.code`; the event's name is kept for the body. Returns the message.
pub(crate) fn read<'a>(text: &'a str, sheet: &mut Sheet<'a>) -> Option<&'a str> {
    let read = match text.strip_prefix('%') {
        Some(rest) if rest.starts_with('%') => module(rest.get(3..)?),
        Some(rest) => cisco(rest),
        None => module(text),
    }?;
    sheet.set_process(read.facility);
    sheet.code = read.code;
    sheet.set(Ecs::EventCode, read.code);
    Some(read.message.strip_prefix(' ').unwrap_or(read.message))
}

struct Mnemonic<'a> {
    facility: &'a str,
    code: &'a str,
    message: &'a str,
}

/// `FACILITY[-SUBFACILITY]-SEVERITY-NAME:`; ASA writes a number for the name.
fn cisco(text: &str) -> Option<Mnemonic<'_>> {
    let (code, message) = cut(text, b':')?;
    let code_end = code.trim_end();
    if code_end.len() > MNEMONIC_BYTES || !code_end.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'/' | b'.')) {
        return None;
    }
    let b = code_end.as_bytes();
    let severity = (1..b.len().checked_sub(2)?)
        .find(|i| b.get(*i - 1) == Some(&b'-') && b.get(*i).is_some_and(u8::is_ascii_digit) && b.get(*i + 1) == Some(&b'-'))?;
    let (facility, name) = (code_end.get(..severity - 1)?, code_end.get(severity + 2..)?);
    if facility.is_empty() {
        return None;
    }
    Some(Mnemonic { facility, code: if is_number(name) { name } else { code_end }, message })
}

/// `MODULE/SEVERITY/NAME[(type)][[number]]:`.
fn module(text: &str) -> Option<Mnemonic<'_>> {
    let (module, rest) = until(text, |b| !(b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-')));
    let severity = rest.strip_prefix('/')?;
    if module.is_empty() || !severity.as_bytes().first()?.is_ascii_digit() || severity.as_bytes().get(1) != Some(&b'/') {
        return None;
    }
    let (name, rest) = until(severity.get(2..)?, |b| !(b.is_ascii_alphanumeric() || b == b'_' || b == b'-'));
    let (kind, message) = cut(rest, b':')?;
    let code = text.get(..module.len() + 3 + name.len())?;
    let fits =
        !name.is_empty() && code.len() <= MNEMONIC_BYTES && (kind.is_empty() || (kind.len() <= 32 && kind.starts_with(['(', '[', ' '])));
    fits.then_some(Mnemonic { facility: module, code, message })
}
