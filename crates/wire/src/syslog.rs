//! The syslog header: priority, and which of the many header shapes follows it.

use crate::event::{Note, Sheet};
use crate::{bsd, moment, rfc5424};

/// Facility 23, severity 7.
const PRIORITY_MAX: u16 = 191;

/// Reads the header; returns the message.
pub(crate) fn read<'a>(text: &'a str, sheet: &mut Sheet<'a>) -> &'a str {
    let (rest, has_priority) = priority(text, sheet);
    if let Some(message) = rest.strip_prefix("1 ").and_then(|after| rfc5424::read(after, sheet)) {
        return sheet.message_from(message);
    }
    let message = bsd::read(rest, has_priority, sheet);
    sheet.message_from(message)
}

/// Reads `<PRI>`; returns what follows it, and whether there was one.
fn priority<'a>(text: &'a str, sheet: &mut Sheet<'a>) -> (&'a str, bool) {
    let Some(inner) = text.strip_prefix('<') else { return (text, false) };
    let digits = inner.bytes().take(4).take_while(u8::is_ascii_digit).count();
    if inner.as_bytes().get(digits) != Some(&b'>') {
        sheet.note(Note::BadPriority);
        return (text, false);
    }
    let value = inner.get(..digits).unwrap_or_default().parse::<u16>().ok().filter(|v| *v <= PRIORITY_MAX);
    match value.and_then(|v| u8::try_from(v).ok()) {
        Some(value) => sheet.event.priority = Some(value),
        None => sheet.note(Note::BadPriority),
    }
    (inner.get(digits + 1..).unwrap_or_default(), true)
}

/// A time at the beginning, in any of the shapes that syslog senders use, and what follows it.
pub(crate) fn time(text: &str) -> Option<(moment::Stamp, &str)> {
    let (stamp, length) = match text.as_bytes().first()? {
        b'0'..=b'9' => moment::iso(text)?,
        b'A'..=b'Z' => moment::bsd(text)?,
        _ => return None,
    };
    Some((stamp, text.get(length..)?))
}
