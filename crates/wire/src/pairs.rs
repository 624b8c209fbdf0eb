//! `key=value`: FortiGate and its like, the packet filter of Linux, auditd, the brackets of Huawei.

use std::borrow::Cow;

use crate::alias;
use crate::event::{Ecs, Outcome, Sheet};
use crate::moment;
use crate::scan::{after, closing_quote, contains, cut, last_part, trim_end};

/// Bytes of a key.
const KEY_BYTES: usize = 64;
/// Pairs that are looked at in one line, empty ones too.
const PAIRS: usize = 512;

/// Where a value without quotes ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// At a space, or at a comma or semicolon behind which another key stands: `a=1 b=2`, `a=1,b=2`.
    Space,
    /// Only at a comma or semicolon behind which another key stands: `(User=admin, FailedReason=no such user)`.
    Comma,
}

/// Reads every pair of the text: to its ECS name, or as `kv.KEY`.
pub(crate) fn read<'a>(text: &'a str, sheet: &mut Sheet<'a>) {
    read_until(text, End::Space, sheet);
}

/// Reads pairs whose values may hold spaces.
pub(crate) fn read_listed<'a>(text: &'a str, sheet: &mut Sheet<'a>) {
    read_until(text, End::Comma, sheet);
}

fn read_until<'a>(text: &'a str, end: End, sheet: &mut Sheet<'a>) {
    let mut clock = Clock::default();
    let mut rest = text;
    for _ in 0..PAIRS {
        let Some((key, value, after)) = next(rest, end) else { break };
        rest = after;
        let (Some(key), Some(value)) = (key, value) else { continue };
        if value.is_empty() || (!sheet.claimed() && clock.take(key, value)) {
            continue;
        }
        if let Err(value) = alias::assign(key, Cow::Borrowed(value), sheet)
            && !sheet.other("kv.", key, value)
        {
            break;
        }
    }
    clock.tell(sheet);
}

/// The next pair and what follows it. No key: not one that can be. No value: other pairs stand in its quotes (auditd's `msg='op=login …'`).
fn next(text: &str, end: End) -> Option<(Option<&str>, Option<&str>, &str)> {
    let (before, rest) = cut(text, b'=')?;
    let key = last_part(before, |b| matches!(b, b' ' | b',' | b'(' | b';' | b'\t' | b'[' | b'\''));
    let good = !key.is_empty()
        && key.len() <= KEY_BYTES
        && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b':') || b >= 0x80);
    let key = good.then_some(key);
    if let Some(inner) = rest.strip_prefix('"') {
        let end = closing_quote(inner, b'"').unwrap_or(inner.len());
        return Some((key, inner.get(..end), inner.get(end + 1..).unwrap_or_default()));
    }
    if let Some(inner) = rest.strip_prefix('\'') {
        return Some((key, None, inner));
    }
    let end = value_end(rest.as_bytes(), end);
    let (value, rest) = rest.split_at_checked(end).unwrap_or((rest, ""));
    // `(UserName=admin, IPAddress=192.0.2.1).`: the marks around a value are not its own.
    let value = trim_end(value, |b| matches!(b, b',' | b';' | b'\''));
    let closes = matches!(value.as_bytes(), [.., b')'] | [.., b')', b'.']) && memchr::memchr(b'(', value.as_bytes()).is_none();
    let value = if closes { trim_end(value, |b| matches!(b, b')' | b'.')) } else { value };
    Some((key, Some(value), rest))
}

fn value_end(b: &[u8], end: End) -> usize {
    let is_end = |(at, byte): (usize, &u8)| match byte {
        b' ' | b'\t' | b'\n' | b'\r' => end == End::Space,
        b',' | b';' => key_follows(b.get(at + 1..).unwrap_or_default()),
        _ => false,
    };
    b.iter().enumerate().position(is_end).unwrap_or(b.len())
}

fn key_follows(b: &[u8]) -> bool {
    let b = b.strip_prefix(b" ").unwrap_or(b);
    let key = b.iter().take(KEY_BYTES).take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    key > 0 && b.get(key) == Some(&b'=')
}

/// FortiGate's time in three pairs, or in one.
#[derive(Default)]
struct Clock<'a> {
    date: &'a str,
    time: &'a str,
    zone: &'a str,
    epoch: &'a str,
}

impl<'a> Clock<'a> {
    fn take(&mut self, key: &str, value: &'a str) -> bool {
        match key {
            "date" => self.date = value,
            "time" => self.time = value,
            "tz" => self.zone = value,
            "eventtime" | "timestamp" | "rt" => self.epoch = value,
            _ => return false,
        }
        true
    }

    fn tell(&self, sheet: &mut Sheet<'a>) {
        if sheet.claimed() {
            return;
        }
        if let Some(at) = moment::epoch(self.epoch) {
            return sheet.claim_instant(at);
        }
        // `time` alone may hold a whole time, as `timestamp` may.
        for text in [format!("{}T{}", self.date, self.time), self.time.to_owned(), self.epoch.to_owned()] {
            if let Some((stamp, _)) = moment::iso(&text) {
                return sheet.claim(&stamp.with_offset(moment::offset(self.zone)));
            }
        }
    }
}

/// `[UFW BLOCK] IN=eth0 OUT= MAC=… SRC=192.0.2.1 DST=192.0.2.2 … PROTO=TCP SPT=1 DPT=2`. Returns whether it was a packet filter's line.
pub(crate) fn firewall<'a>(text: &'a str, sheet: &mut Sheet<'a>) -> bool {
    let Some(packet) = after(text, "IN=") else { return false };
    if after(packet, "SRC=").is_none() {
        return false;
    }
    let prefix = text.get(..text.len() - packet.len()).unwrap_or_default();
    let says = |words: &[&str]| words.iter().any(|w| contains(prefix, w));
    if says(&["BLOCK", "DROP", "DENY", "REJECT", "drop", "deny", "reject"]) {
        sheet.act("flow_denied", Some(Outcome::Failure));
    } else if says(&["ALLOW", "ACCEPT", "allow", "accept"]) {
        sheet.act("flow_allowed", Some(Outcome::Success));
    } else {
        sheet.act("flow", None);
    }
    if let Some((rule, _)) = prefix.rsplit_once('[').and_then(|(_, name)| cut(name, b']')) {
        sheet.set(Ecs::RuleName, rule);
    }
    read(text.get(prefix.len() - 3..).unwrap_or_default(), sheet);
    true
}
