//! What a line says: [`Event`], its [`Note`]s, and the sheet a parser fills in.
//!
//! Invariants: an ECS name stands once, the first that says it wins; fields per line are limited by [`FIELDS`]; the message is a range of the line.

use std::borrow::Cow;
use std::net::IpAddr;
use std::ops::Range;

use anlan_base::Instant;

use crate::moment::Stamp;
use crate::scan::trim_end;

/// Fields without an ECS name that one event keeps; the rest is noted (`fields-cut`) and stays in the raw line.
pub const FIELDS: usize = 128;
/// A claimed time further than this from the received one is noted (`skew`).
pub const SKEW_SECONDS: u64 = 300;

/// What a line says. Fields borrow from the line where they can. Names are ECS (`user.name`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Event<'a> {
    /// The time the line claims, when it claims one that can be understood.
    pub claimed: Option<Instant>,
    /// Syslog priority: facility × 8 + severity, 0 to 191.
    pub priority: Option<u8>,
    /// Field name (ECS, or `sd.ID.NAME`, `kv.x`, `json.x`, `cef.x`, `leef.x` for what ECS has no name for) and value, in order of appearance.
    pub fields: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// The message as a byte range of the line.
    pub message: Range<usize>,
    /// What had to be assumed or could not be read, each at most once.
    pub notes: Vec<Note>,
}

impl Event<'_> {
    /// The first value of a field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_ref())
    }
}

/// What a parser had to assume, or could not read. The codes are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Note {
    /// The line is not UTF-8 but GB18030 (which holds GBK and GB 2312).
    Gb18030,
    /// The line is neither UTF-8 nor GB18030.
    NotText,
    /// UTF-8 that ends inside a character.
    CutCharacter,
    /// No time that can be understood.
    NoTime,
    /// A time without a year: the year nearest to the received time was taken.
    NoYear,
    /// A time without a zone: Beijing was taken.
    NoZone,
    /// The device says that its clock was never set, or has lost its server.
    ClockUnset,
    /// Claimed and received time differ by more than [`SKEW_SECONDS`].
    Skew,
    /// A priority above 191, or not a number.
    BadPriority,
    /// RFC 5424 with parts of the header missing.
    BadHeader,
    /// Structured data that breaks RFC 5424; it was left in the message.
    BadStructuredData,
    /// Begins as JSON, and is not.
    BadJson,
    /// JSON deeper than is read.
    JsonDepth,
    /// More than [`FIELDS`] fields.
    FieldsCut,
}

impl Note {
    pub const ALL: [Self; 14] = [
        Self::Gb18030,
        Self::NotText,
        Self::CutCharacter,
        Self::NoTime,
        Self::NoYear,
        Self::NoZone,
        Self::ClockUnset,
        Self::Skew,
        Self::BadPriority,
        Self::BadHeader,
        Self::BadStructuredData,
        Self::BadJson,
        Self::JsonDepth,
        Self::FieldsCut,
    ];

    /// The stable short name of the note, as it stands in `anlan.notes` and in JSON.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Gb18030 => "gb18030",
            Self::NotText => "not-text",
            Self::CutCharacter => "cut-character",
            Self::NoTime => "no-time",
            Self::NoYear => "no-year",
            Self::NoZone => "no-zone",
            Self::ClockUnset => "clock-unset",
            Self::Skew => "skew",
            Self::BadPriority => "bad-priority",
            Self::BadHeader => "bad-header",
            Self::BadStructuredData => "bad-sd",
            Self::BadJson => "bad-json",
            Self::JsonDepth => "json-depth",
            Self::FieldsCut => "fields-cut",
        }
    }
}

/// How much of a line is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The syslog header alone: time, priority, host, process, message.
    Header,
    /// The columns of a segment: `host.name`, `process.name`, `user.name`, `source.ip`, `event.action`, `event.outcome`.
    Columns,
    All,
}

macro_rules! ecs {
    ($($variant:ident = $name:literal),* $(,)?) => {
        /// The names of the Elastic Common Schema that parsers fill in.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub(crate) enum Ecs { $($variant),* }

        impl Ecs {
            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            pub(crate) fn of(name: &str) -> Option<Self> {
                Some(match name { $($name => Self::$variant,)* _ => return None })
            }
        }
    };
}

ecs! {
    HostName = "host.name",
    ProcessName = "process.name",
    UserName = "user.name",
    SourceIp = "source.ip",
    EventAction = "event.action",
    EventOutcome = "event.outcome",
    ProcessPid = "process.pid",
    ProcessCommandLine = "process.command_line",
    ProcessWorkingDirectory = "process.working_directory",
    UserEffectiveName = "user.effective.name",
    UserAgent = "user_agent.original",
    SourcePort = "source.port",
    SourceDomain = "source.domain",
    SourceMac = "source.mac",
    DestinationIp = "destination.ip",
    DestinationPort = "destination.port",
    DestinationDomain = "destination.domain",
    DestinationMac = "destination.mac",
    EventCode = "event.code",
    EventReason = "event.reason",
    LogLevel = "log.level",
    SyslogMsgid = "log.syslog.msgid",
    SyslogProcid = "log.syslog.procid",
    HttpMethod = "http.request.method",
    HttpReferrer = "http.request.referrer",
    HttpStatus = "http.response.status_code",
    HttpBytes = "http.response.body.bytes",
    HttpVersion = "http.version",
    UrlOriginal = "url.original",
    UrlDomain = "url.domain",
    NetworkTransport = "network.transport",
    NetworkProtocol = "network.protocol",
    RuleName = "rule.name",
    ObserverVendor = "observer.vendor",
    ObserverProduct = "observer.product",
    DnsQuestionName = "dns.question.name",
}

/// `event.outcome`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Success,
    Failure,
}

impl Outcome {
    /// What the words of many devices mean; `None` for those that say nothing about success.
    pub(crate) fn of(word: &str) -> Option<Self> {
        const SUCCESS: [&str; 14] = [
            "success",
            "succeeded",
            "successful",
            "ok",
            "pass",
            "passed",
            "accept",
            "accepted",
            "allow",
            "allowed",
            "permit",
            "permitted",
            "yes",
            "成功",
        ];
        const FAILURE: [&str; 17] = [
            "failure", "failed", "fail", "error", "deny", "denied", "drop", "dropped", "block", "blocked", "reject", "rejected", "refused",
            "invalid", "no", "失败", "拒绝",
        ];
        if SUCCESS.iter().any(|w| w.eq_ignore_ascii_case(word)) {
            return Some(Self::Success);
        }
        FAILURE.iter().any(|w| w.eq_ignore_ascii_case(word)).then_some(Self::Failure)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
        }
    }
}

/// The sheet that the parsers of one line fill in.
pub(crate) struct Sheet<'a> {
    pub(crate) text: &'a str,
    pub(crate) event: Event<'a>,
    received: Instant,
    detail: Detail,
    /// The program or module that speaks, and the code of its event, as the header says them: by these the body is read.
    pub(crate) process: &'a str,
    pub(crate) code: &'a str,
    /// Bit i: the ECS name i was said.
    said: u64,
    others: usize,
}

impl<'a> Sheet<'a> {
    pub(crate) fn new(text: &'a str, received: Instant, detail: Detail) -> Self {
        let room = if detail == Detail::All { 14 } else { 6 };
        let event = Event { fields: Vec::with_capacity(room), message: 0..text.len(), ..Event::default() };
        Self { text, event, received, detail, process: "", code: "", said: 0, others: 0 }
    }

    pub(crate) fn wants_body(&self) -> bool {
        self.detail != Detail::Header
    }

    pub(crate) fn wants_others(&self) -> bool {
        self.detail == Detail::All
    }

    /// Has this name been said?
    pub(crate) fn has(&self, name: Ecs) -> bool {
        self.said & (1 << name as u8) != 0
    }

    /// Sets a field, unless it was said before or the value is empty or nil (`-`). Was it set?
    pub(crate) fn set(&mut self, name: Ecs, value: impl Into<Cow<'a, str>>) -> bool {
        let value = value.into();
        if self.has(name) || matches!(value.as_ref(), "" | "-") {
            return false;
        }
        self.said |= 1 << name as u8;
        if self.detail == Detail::All || name as u8 <= Ecs::EventOutcome as u8 {
            self.event.fields.push((Cow::Borrowed(name.name()), value));
        }
        true
    }

    /// The header's name for who speaks.
    pub(crate) fn set_process(&mut self, name: &'a str) {
        self.process = name;
        self.set(Ecs::ProcessName, name);
    }

    pub(crate) fn act(&mut self, action: &'a str, outcome: Option<Outcome>) {
        if self.set(Ecs::EventAction, action) {
            self.outcome(outcome);
        }
    }

    pub(crate) fn outcome(&mut self, outcome: Option<Outcome>) {
        if let Some(outcome) = outcome {
            self.set(Ecs::EventOutcome, outcome.name());
        }
    }

    /// Where it comes from: an address, or else a name.
    pub(crate) fn source(&mut self, host: &'a str) {
        self.set(if is_ip(host) { Ecs::SourceIp } else { Ecs::SourceDomain }, host);
    }

    pub(crate) fn destination(&mut self, host: &'a str) {
        self.set(if is_ip(host) { Ecs::DestinationIp } else { Ecs::DestinationDomain }, host);
    }

    pub(crate) fn source_port(&mut self, port: &'a str) {
        if is_number(port) {
            self.set(Ecs::SourcePort, port);
        }
    }

    pub(crate) fn destination_port(&mut self, port: &'a str) {
        if is_number(port) {
            self.set(Ecs::DestinationPort, port);
        }
    }

    /// Adds a field without an ECS name, as `prefix` and `key`. False when there is no more room.
    pub(crate) fn other(&mut self, prefix: &'static str, key: &str, value: impl Into<Cow<'a, str>>) -> bool {
        if self.others >= FIELDS {
            self.note(Note::FieldsCut);
            return false;
        }
        self.others += 1;
        if self.wants_others() {
            let mut name = String::with_capacity(prefix.len() + key.len());
            name.push_str(prefix);
            name.push_str(key);
            self.event.fields.push((Cow::Owned(name), value.into()));
        }
        true
    }

    pub(crate) fn note(&mut self, note: Note) {
        if !self.event.notes.contains(&note) {
            self.event.notes.push(note);
        }
    }

    /// Takes the time for what the line claims, unless an earlier part of the line claimed one.
    pub(crate) fn claim(&mut self, stamp: &Stamp) {
        if self.event.claimed.is_some() {
            return;
        }
        let Some(at) = stamp.resolve(self.received) else { return };
        self.event.claimed = Some(at);
        if stamp.year.is_none() {
            self.note(Note::NoYear);
        }
        if stamp.offset.is_none() {
            self.note(Note::NoZone);
        }
    }

    pub(crate) fn claim_instant(&mut self, at: Instant) {
        self.event.claimed.get_or_insert(at);
    }

    pub(crate) fn claimed(&self) -> bool {
        self.event.claimed.is_some()
    }

    /// From here to the end of the line is the message; a carriage return or NUL that ends the line is not.
    pub(crate) fn message_from(&mut self, rest: &'a str) -> &'a str {
        let start = self.text.len() - rest.len();
        let message = trim_end(rest, |b| matches!(b, b'\r' | b'\n' | 0));
        self.event.message = start..start + message.len();
        message
    }

    pub(crate) fn finish(mut self) -> Event<'a> {
        if self.has(Ecs::EventAction) {
            self.set(Ecs::EventOutcome, "unknown");
        }
        match self.event.claimed {
            None => self.note(Note::NoTime),
            Some(at) if at.since(self.received).max(self.received.since(at)) > SKEW_SECONDS * Instant::SECOND => self.note(Note::Skew),
            Some(_) => {}
        }
        self.event
    }
}

/// An IPv4 or IPv6 address, the latter perhaps with a zone (`fe80::1%eth0`).
pub(crate) fn is_ip(s: &str) -> bool {
    is_ipv4(s) || is_ipv6(s)
}

fn is_ipv6(s: &str) -> bool {
    let b = s.as_bytes();
    let plausible =
        (2..=64).contains(&b.len()) && b.first().is_some_and(|b| b.is_ascii_hexdigit() || *b == b':') && memchr::memchr(b':', b).is_some();
    plausible && s.split('%').next().unwrap_or(s).parse::<IpAddr>().is_ok()
}

fn is_ipv4(s: &str) -> bool {
    let (mut dots, mut digits, mut value) = (0, 0, 0_u32);
    for b in s.bytes() {
        match b {
            b'0'..=b'9' => {
                digits += 1;
                value = value * 10 + u32::from(b - b'0');
                if digits > 3 || value > 255 {
                    return false;
                }
            }
            b'.' if digits > 0 => {
                dots += 1;
                (digits, value) = (0, 0);
            }
            _ => return false,
        }
    }
    dots == 3 && digits > 0
}

pub(crate) fn is_number(s: &str) -> bool {
    !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit())
}
