//! Pure parsers: bytes to an [`Event`] and [`Note`]s; never an error, never a lost byte.
//!
//! Invariants: no sockets, no files; the raw bytes are not changed; every input gives an event, in time linear in its length. [`parse`] reads a line,
//! [`frame`] and [`relp`] find where lines end. Each module reads one format.
#![forbid(unsafe_code)]

mod accounts;
mod alias;
mod asa;
mod body;
mod bsd;
mod cef;
mod event;
pub mod frame;
mod json;
mod mnemonic;
mod moment;
mod network;
mod pairs;
pub mod relp;
mod rfc5424;
mod scan;
mod services;
mod sshd;
mod syslog;
mod text;
mod web;

use std::borrow::Cow;

use anlan_base::Instant;

use event::Sheet;
pub use event::{Detail, Event, FIELDS, Note, SKEW_SECONDS};
pub use json::JSON_DEPTH;
pub use text::line_text;

/// Parses one line. `received` supplies the year and the zone that RFC 3164 leaves out (Beijing).
#[must_use]
pub fn parse(raw: &[u8], received: Instant) -> Event<'_> {
    parse_for(raw, received, Detail::All)
}

/// Parses as much of one line as is wanted. Time, priority, message and notes are the same for [`Detail::Columns`] as for [`Detail::All`].
#[must_use]
pub fn parse_for(raw: &[u8], received: Instant, detail: Detail) -> Event<'_> {
    let (text, how) = text::read(raw);
    let Some(how) = how else {
        return match text {
            Cow::Borrowed(text) => read(text, received, detail),
            Cow::Owned(text) => owned(read(&text, received, detail)),
        };
    };
    let text = text.into_owned();
    let mut event = owned(read(&text, received, detail));
    let place = |offset: usize| if offset >= text.len() { raw.len() } else { text::raw_offset(raw, how, offset) };
    event.message = place(event.message.start)..place(event.message.end);
    event.notes.push(how);
    event
}

fn read(text: &str, received: Instant, detail: Detail) -> Event<'_> {
    let mut sheet = Sheet::new(text, received, detail);
    let message = syslog::read(text, &mut sheet);
    if sheet.wants_body() {
        body::read(message, &mut sheet);
    }
    sheet.finish()
}

fn owned(event: Event<'_>) -> Event<'static> {
    let own = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
    Event {
        claimed: event.claimed,
        priority: event.priority,
        fields: event.fields.into_iter().map(|(name, value)| (own(name), own(value))).collect(),
        message: event.message,
        notes: event.notes,
    }
}
