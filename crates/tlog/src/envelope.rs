//! Envelopes: the leaves of the log (`spec/tlog.md`, Envelopes).
//!
//! Invariants: every value encodes, in at most [`ENVELOPE_BYTES`] (TLOG-4), since each text in it is bounded by its type;
//! a decoder refuses whatever does not encode back to the same bytes (TLOG-6).

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use anlan_base::{Class, Day, Instant, Seq, limits};
use thiserror::Error;

use crate::Hash;
use crate::line::BATCH_LINES;
use crate::note::KeyName;
use crate::wire::{Fields, put_str8};

pub use crate::detail::{DayRow, parse_detail, render_detail};

/// Bytes of an envelope at most (TLOG-4).
pub const ENVELOPE_BYTES: usize = 256;
const MAGIC: u8 = 0xA1;
const VERSION: u8 = 1;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// When the leaf was sequenced.
    pub at: Instant,
    pub body: Body,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    Batch(Batch),
    Seal(Seal),
    Drop(Dropped),
    Loss(Loss),
    Day(DayLeaf),
    Entry { number: u64, digest: Hash },
    Key { public: [u8; 32], origin: KeyName },
    Restore { size: u64, root: Hash },
}

/// A batch of lines: count 1 to 4,096 (TLOG-2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    pub class: Class,
    pub day: Day,
    pub count: u32,
    pub first: Seq,
    pub last: Seq,
    pub root: Hash,
}

/// A segment was sealed; `digest` is that of the whole file, `size` its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    pub class: Class,
    pub day: Day,
    pub first: Seq,
    pub last: Seq,
    pub rows: u32,
    pub batches: u32,
    pub size: u64,
    pub digest: Hash,
}

/// A segment was dropped; `digest` is that of its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dropped {
    pub class: Class,
    pub day: Day,
    pub first: Seq,
    pub digest: Hash,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum LossReason {
    Kernel = 1,
    Queue = 2,
    Down = 3,
    ClockBack = 4,
    CutFrame = 5,
}

impl LossReason {
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            1 => Self::Kernel,
            2 => Self::Queue,
            3 => Self::Down,
            4 => Self::ClockBack,
            5 => Self::CutFrame,
            _ => return None,
        })
    }

    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }
}

/// Whom a loss concerns: a source key, a listener, or nobody (empty). At most 128 bytes without white space or control characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LossSource(Arc<str>);

impl LossSource {
    /// Cuts what is too long, at a character; writes `_` for white space and control characters.
    #[must_use]
    pub fn new(source: &str) -> Self {
        let mut end = source.len().min(limits::SOURCE_KEY_BYTES);
        while !source.is_char_boundary(end) {
            end -= 1;
        }
        let kept = source.get(..end).unwrap_or_default();
        let clean: String = kept.chars().map(|c| if strange(c) { '_' } else { c }).collect();
        Self(clean.into())
    }

    fn parse(source: &str) -> Option<Self> {
        let fits = source.len() <= limits::SOURCE_KEY_BYTES && !source.chars().any(strange);
        fits.then(|| Self(source.into()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn strange(c: char) -> bool {
    c.is_control() || c.is_whitespace()
}

impl Default for LossSource {
    fn default() -> Self {
        Self("".into())
    }
}

impl Deref for LossSource {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LossSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for LossSource {
    fn from(source: &str) -> Self {
        Self::new(source)
    }
}

impl From<String> for LossSource {
    fn from(source: String) -> Self {
        Self::new(&source)
    }
}

impl PartialEq<str> for LossSource {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    pub reason: LossReason,
    pub source: LossSource,
    pub count: u64,
    pub from: Instant,
    pub until: Instant,
}

/// A day is closed; `detail` is the digest of its detail, `lines` and `bytes` are its sums.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayLeaf {
    pub day: Day,
    pub lines: u64,
    pub bytes: u64,
    pub detail: Hash,
}

#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum EnvelopeError {
    #[error("an envelope is at most {ENVELOPE_BYTES} bytes")]
    TooLong,
    #[error("not an envelope")]
    Magic,
    #[error("an envelope of version {0} is not known")]
    Version(u8),
    #[error("an envelope of type {0} is not known")]
    Type(u8),
    #[error("the envelope's body is cut short, or a field is out of its range")]
    Body,
    #[error("bytes follow the envelope's body")]
    Trailing,
}

impl Envelope {
    /// Never fails; at most [`ENVELOPE_BYTES`].
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(128);
        out.extend_from_slice(&[MAGIC, VERSION, self.body.kind()]);
        out.extend_from_slice(&self.at.0.to_be_bytes());
        self.body.put(&mut out);
        debug_assert!(out.len() <= ENVELOPE_BYTES);
        out
    }

    pub fn decode(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        if bytes.len() > ENVELOPE_BYTES {
            return Err(EnvelopeError::TooLong);
        }
        let mut fields = Fields(bytes);
        if fields.u8() != Some(MAGIC) {
            return Err(EnvelopeError::Magic);
        }
        let version = fields.u8().ok_or(EnvelopeError::Body)?;
        if version != VERSION {
            return Err(EnvelopeError::Version(version));
        }
        let kind = fields.u8().ok_or(EnvelopeError::Body)?;
        let at = Instant(fields.u64().ok_or(EnvelopeError::Body)?);
        let body = Body::take(kind, &mut fields)?;
        fields.end().ok_or(EnvelopeError::Trailing)?;
        Ok(Self { at, body })
    }
}

impl Body {
    fn kind(&self) -> u8 {
        match self {
            Self::Batch(_) => 1,
            Self::Seal(_) => 2,
            Self::Drop(_) => 3,
            Self::Loss(_) => 4,
            Self::Day(_) => 5,
            Self::Entry { .. } => 6,
            Self::Key { .. } => 7,
            Self::Restore { .. } => 8,
        }
    }

    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::Batch(batch) => batch.put(out),
            Self::Seal(seal) => seal.put(out),
            Self::Drop(dropped) => dropped.put(out),
            Self::Loss(loss) => loss.put(out),
            Self::Day(day) => day.put(out),
            Self::Entry { number: value, digest: hash } | Self::Restore { size: value, root: hash } => {
                out.extend_from_slice(&value.to_be_bytes());
                out.extend_from_slice(hash);
            }
            Self::Key { public, origin } => {
                out.extend_from_slice(public);
                put_str8(out, origin);
            }
        }
    }

    fn take(kind: u8, fields: &mut Fields<'_>) -> Result<Self, EnvelopeError> {
        let body = match kind {
            1 => Batch::take(fields).map(Self::Batch),
            2 => Seal::take(fields).map(Self::Seal),
            3 => Dropped::take(fields).map(Self::Drop),
            4 => Loss::take(fields).map(Self::Loss),
            5 => DayLeaf::take(fields).map(Self::Day),
            6 => number_and_hash(fields).map(|(number, digest)| Self::Entry { number, digest }),
            7 => take_key(fields),
            8 => number_and_hash(fields).map(|(size, root)| Self::Restore { size, root }),
            other => return Err(EnvelopeError::Type(other)),
        };
        body.ok_or(EnvelopeError::Body)
    }
}

fn number_and_hash(fields: &mut Fields<'_>) -> Option<(u64, Hash)> {
    Some((fields.u64()?, fields.array()?))
}

fn take_key(fields: &mut Fields<'_>) -> Option<Body> {
    let public = fields.array()?;
    Some(Body::Key { public, origin: KeyName::new(fields.str8()?).ok()? })
}

/// Whether a moment can lie in this day, so that its start and its date can be told.
pub(crate) fn known_day(day: Day) -> bool {
    day <= Day::of(Instant(u64::MAX))
}

fn take_day(fields: &mut Fields<'_>) -> Option<Day> {
    fields.u32().map(Day).filter(|day| known_day(*day))
}

fn take_class(fields: &mut Fields<'_>) -> Option<Class> {
    Class::new(fields.str8()?).ok()
}

/// `str8 class ‖ u32 day`, with which three bodies begin.
fn put_class_day(out: &mut Vec<u8>, class: &Class, day: Day) {
    put_str8(out, class.as_str());
    out.extend_from_slice(&day.0.to_be_bytes());
}

impl Batch {
    fn put(&self, out: &mut Vec<u8>) {
        put_class_day(out, &self.class, self.day);
        out.extend_from_slice(&self.count.to_be_bytes());
        out.extend_from_slice(&self.first.0.to_be_bytes());
        out.extend_from_slice(&self.last.0.to_be_bytes());
        out.extend_from_slice(&self.root);
    }

    fn take(fields: &mut Fields<'_>) -> Option<Self> {
        let batch = Self {
            class: take_class(fields)?,
            day: take_day(fields)?,
            count: fields.u32()?,
            first: Seq(fields.u64()?),
            last: Seq(fields.u64()?),
            root: fields.array()?,
        };
        let counted = (1..=BATCH_LINES as u64).contains(&u64::from(batch.count));
        (counted && batch.first <= batch.last).then_some(batch)
    }
}

impl Seal {
    fn put(&self, out: &mut Vec<u8>) {
        put_class_day(out, &self.class, self.day);
        out.extend_from_slice(&self.first.0.to_be_bytes());
        out.extend_from_slice(&self.last.0.to_be_bytes());
        out.extend_from_slice(&self.rows.to_be_bytes());
        out.extend_from_slice(&self.batches.to_be_bytes());
        out.extend_from_slice(&self.size.to_be_bytes());
        out.extend_from_slice(&self.digest);
    }

    fn take(fields: &mut Fields<'_>) -> Option<Self> {
        let seal = Self {
            class: take_class(fields)?,
            day: take_day(fields)?,
            first: Seq(fields.u64()?),
            last: Seq(fields.u64()?),
            rows: fields.u32()?,
            batches: fields.u32()?,
            size: fields.u64()?,
            digest: fields.array()?,
        };
        (seal.first <= seal.last).then_some(seal)
    }
}

impl Dropped {
    fn put(&self, out: &mut Vec<u8>) {
        put_class_day(out, &self.class, self.day);
        out.extend_from_slice(&self.first.0.to_be_bytes());
        out.extend_from_slice(&self.digest);
    }

    fn take(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { class: take_class(fields)?, day: take_day(fields)?, first: Seq(fields.u64()?), digest: fields.array()? })
    }
}

impl Loss {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(self.reason.code());
        put_str8(out, &self.source);
        out.extend_from_slice(&self.count.to_be_bytes());
        out.extend_from_slice(&self.from.0.to_be_bytes());
        out.extend_from_slice(&self.until.0.to_be_bytes());
    }

    fn take(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            reason: LossReason::from_code(fields.u8()?)?,
            source: LossSource::parse(fields.str8()?)?,
            count: fields.u64()?,
            from: Instant(fields.u64()?),
            until: Instant(fields.u64()?),
        })
    }
}

impl DayLeaf {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.day.0.to_be_bytes());
        out.extend_from_slice(&self.lines.to_be_bytes());
        out.extend_from_slice(&self.bytes.to_be_bytes());
        out.extend_from_slice(&self.detail);
    }

    fn take(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { day: take_day(fields)?, lines: fields.u64()?, bytes: fields.u64()?, detail: fields.array()? })
    }
}
