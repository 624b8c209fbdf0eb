//! `masked/…`: copies of the lines of one batch that are not shown as they are (PACK-17).
//!
//! Invariants: a row stands for one hidden item; its text is nobody's proof; [`Rows`] accepts exactly what [`row`] writes.

use std::fmt::Write as _;
use std::ops::Range;

use anlan_base::{Piece, Seq, SourceKey};
use anlan_tlog::parse_decimal;

use super::lines::Shown;

const MAGIC: &[u8] = b"anlan-masked/1\n";
/// Bytes of `raw` that a row can tell of.
const LENGTH: u64 = 16 << 20;
const FIELDS: usize = 6;
/// What stands before a masked line in `text/`.
pub(crate) const MARK: &str = "〔masked〕";

/// A member to which rows are added; none stands where no row was.
#[derive(Default)]
pub(crate) struct Copies {
    text: String,
}

impl Copies {
    /// `text` has no control characters.
    pub(crate) fn row(&mut self, position: u32, seq: Seq, piece: Piece, source: &SourceKey, length: usize, text: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "{position}\t{seq}\t{}\t{source}\t{length}\t{text}", piece.code());
    }

    pub(crate) fn finish(self) -> Option<Vec<u8>> {
        (!self.text.is_empty()).then(|| [MAGIC, self.text.as_bytes()].concat())
    }
}

/// Reads the rows of a member that begins at `at` of `bytes`.
pub(crate) struct Rows<'a> {
    bytes: &'a [u8],
    at: usize,
    next: Option<Row>,
}

struct Row {
    position: usize,
    line: Shown,
}

impl<'a> Rows<'a> {
    /// `bytes` up to `at` are another member's. None where the member has not the form of one; no member is no rows.
    pub(crate) fn begin(bytes: &'a [u8], at: usize, is_there: bool) -> Option<Self> {
        let mut rows = Self { bytes, at, next: None };
        if !is_there {
            rows.at = bytes.len();
            return Some(rows);
        }
        if !bytes.get(at..)?.starts_with(MAGIC) {
            return None;
        }
        rows.at += MAGIC.len();
        rows.next = Some(rows.read()?);
        Some(rows)
    }

    /// The row of this position, if the next one is. The error is that what follows is no row.
    pub(crate) fn take(&mut self, position: usize) -> Result<Option<Shown>, ()> {
        if self.next.as_ref().is_none_or(|row| row.position != position) {
            return Ok(None);
        }
        let row = self.next.take();
        if self.at < self.bytes.len() {
            self.next = Some(self.read().ok_or(())?);
        }
        Ok(row.map(|row| row.line))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.next.is_none()
    }

    fn read(&mut self) -> Option<Row> {
        let rest = self.bytes.get(self.at..)?;
        let end = rest.iter().position(|byte| *byte == b'\n')?;
        let row = std::str::from_utf8(rest.get(..end)?).ok()?;
        let fields: [&str; FIELDS] = row.splitn(FIELDS, '\t').collect::<Vec<_>>().try_into().ok()?;
        let [position, seq, piece, source, length, text] = fields;
        if text.chars().any(char::is_control) {
            return None;
        }
        let start = self.at + end - text.len();
        let raw: Range<usize> = start..self.at + end;
        self.at += end + 1;
        let line = Shown {
            seq: Seq(parse_decimal(seq)?),
            piece: Piece::from_code(u32::try_from(parse_decimal(piece)?).ok()?),
            source: SourceKey::new(source).ok()?,
            raw,
            covered: Some(parse_decimal(length).filter(|length| *length <= LENGTH)?),
        };
        Some(Row { position: usize::try_from(parse_decimal(position)?).ok()?, line })
    }
}
