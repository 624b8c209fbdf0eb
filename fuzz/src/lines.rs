//! One line: its text, and what is read in it.

use std::collections::BTreeSet;

use anlan_base::Instant;
use anlan_wire::{Detail, Event, FIELDS, Note, line_text, parse, parse_for};
use encoding_rs::GB18030;

/// 2026-11-21 09:00:00 in Beijing.
const RECEIVED: Instant = Instant(1_795_222_800_000_000_000);
/// Before names that ECS does not have; such a name may stand more than once.
const OTHERS: [&str; 5] = ["sd.", "kv.", "json.", "cef.", "leef."];
/// How a text was found that is not UTF-8.
const NOT_UTF8: [Note; 3] = [Note::Gb18030, Note::NotText, Note::CutCharacter];

/// A line is an event, whose message lies in it; less detail says nothing else than more.
pub fn wire_line(data: &[u8]) -> bool {
    let event = parse(data, RECEIVED);
    let inside = |e: &Event<'_>| e.message.start <= e.message.end && e.message.end <= data.len();
    assert!(inside(&event), "the message lies in the line");
    assert!(event.priority.is_none_or(|priority| priority <= 191));
    assert!(event.notes.iter().enumerate().all(|(i, note)| !event.notes[..i].contains(note)), "a note stands once");
    assert_eq!(event.claimed.is_none(), event.notes.contains(&Note::NoTime));
    let (others, ecs): (Vec<&str>, Vec<&str>) =
        event.fields.iter().map(|(name, _)| name.as_ref()).partition(|name| OTHERS.iter().any(|prefix| name.starts_with(prefix)));
    assert!(others.len() <= FIELDS);
    assert_eq!(ecs.iter().collect::<BTreeSet<_>>().len(), ecs.len(), "an ECS name stands once");
    let columns = parse_for(data, RECEIVED, Detail::Columns);
    assert_eq!(
        (columns.claimed, columns.priority, &columns.message, &columns.notes),
        (event.claimed, event.priority, &event.message, &event.notes)
    );
    assert!(columns.fields.iter().all(|(name, value)| event.field(name) == Some(value)));
    let header = parse_for(data, RECEIVED, Detail::Header);
    assert!(inside(&header));
    assert_eq!(header.priority, event.priority);
    let found: Vec<&Note> = event.notes.iter().filter(|note| NOT_UTF8.contains(note)).collect();
    assert_eq!(found.len(), usize::from(std::str::from_utf8(data).is_err()), "said how the text was found, where it was not plain");
    true
}

/// Every line has a text: UTF-8 is its own, and what was written in GB18030 reads as it was written.
pub fn gb18030_text(data: &[u8]) -> bool {
    let text = line_text(data);
    let ascii = data.iter().take_while(|b| b.is_ascii()).count();
    assert_eq!(text.as_bytes().get(..ascii), data.get(..ascii), "ASCII at the front stays");
    let written = match std::str::from_utf8(data) {
        Ok(utf8) => {
            assert_eq!(text, utf8);
            utf8.to_owned()
        }
        Err(_) => text.into_owned(),
    };
    // The private use area is where GB18030's tables of 2005 and 2022 part: what is written there may read as the character it became.
    let plain: String = written.chars().filter(|c| !('\u{e000}'..='\u{f8ff}').contains(c)).collect();
    let (bytes, _, unmappable) = GB18030.encode(&plain);
    assert!(!unmappable, "GB18030 has every character");
    let read_as_gb18030 = parse(&bytes, RECEIVED).notes.contains(&Note::Gb18030);
    assert!(!read_as_gb18030 || line_text(&bytes) == plain);
    true
}
