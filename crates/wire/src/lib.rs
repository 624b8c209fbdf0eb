//! Pure parsers: bytes to an [`Event`] and [`Note`]s; never an error, never a lost byte.
//!
//! Invariants: no sockets, no files; the raw bytes are not changed; every input gives an event.
#![forbid(unsafe_code)]
use anlan_base::Instant;
use std::borrow::Cow;
use std::ops::Range;

pub mod frame;
pub mod relp;
/// What a line says. Fields borrow from the line where they can. Names are ECS (`user.name`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Event<'a> {
    /// The time the line claims, when it claims one that can be understood.
    pub claimed: Option<Instant>,
    pub priority: Option<u8>,
    /// Field name (ECS, or `cef.x`, `kv.x`, `json.x` for what ECS has no name for) and value, in order of appearance.
    pub fields: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// The message as a byte range of the line.
    pub message: Range<usize>,
    pub notes: Vec<Note>,
}
impl<'a> Event<'a> {
    pub fn field(&self, _name: &str) -> Option<&str> {
        todo!()
    }
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Note {
    Gb18030,
    NotText,
}
impl Note {
    pub fn code(self) -> &'static str {
        todo!()
    }
}
/// Parses one line. `received` supplies the year and the zone that RFC 3164 leaves out (Beijing).
pub fn parse(_raw: &[u8], _received: Instant) -> Event<'_> {
    todo!()
}
/// The line as text: UTF-8 as it is, else decoded from GB18030, else bytes shown one by one.
pub fn line_text(_raw: &[u8]) -> Cow<'_, str> {
    todo!()
}
