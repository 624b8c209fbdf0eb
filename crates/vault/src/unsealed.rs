//! Lines that are on disk in the write-ahead log and not yet in a segment.
//!
//! Invariants: lines of a frame rise in seq, are all of one Beijing day, and there is at least one; what a frame weighs in memory is counted by [`Frame::weight`].

use anlan_base::{Class, Day, Origin, Piece, Seq, SourceKey};
use bytes::Bytes;

use crate::line::Line;

/// Bytes of memory that a line costs beside its raw bytes, rounded up.
pub(crate) const LINE_WEIGHT: usize = 64;
/// Bytes of memory that a frame costs beside its lines, rounded up.
pub(crate) const FRAME_WEIGHT: usize = 208;

/// One decoded `lines` frame: lines of one source in rising seq, all of one Beijing day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub class: Class,
    pub source: SourceKey,
    pub origin: Origin,
    pub lines: Vec<FrameLine>,
}

/// A line of a frame; `raw` of all lines of a frame are slices of one shared buffer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameLine {
    pub seq: Seq,
    pub piece: Piece,
    pub raw: Bytes,
}

impl Frame {
    #[must_use]
    pub fn first(&self) -> Seq {
        self.lines.first().map_or(Seq(0), |line| line.seq)
    }

    #[must_use]
    pub fn last(&self) -> Seq {
        self.lines.last().map_or(Seq(0), |line| line.seq)
    }

    #[must_use]
    pub fn day(&self) -> Day {
        Day::of_seq(self.first())
    }

    #[must_use]
    pub fn raw_bytes(&self) -> u64 {
        self.lines.iter().map(|line| line.raw.len() as u64).sum()
    }

    /// Bytes of memory it holds, about.
    pub(crate) fn weight(&self) -> usize {
        let raw: usize = self.lines.iter().map(|line| line.raw.len()).sum();
        FRAME_WEIGHT + raw + self.lines.len() * LINE_WEIGHT
    }

    /// The lines of `from..=to`.
    pub(crate) fn between(&self, from: Seq, to: Seq) -> &[FrameLine] {
        let start = self.lines.partition_point(|line| line.seq < from);
        let end = self.lines.partition_point(|line| line.seq <= to);
        self.lines.get(start..end).unwrap_or_default()
    }

    /// The lines after `seq` as a frame of their own; `None` when there are none.
    pub(crate) fn after(&self, seq: Seq) -> Option<Self> {
        let start = self.lines.partition_point(|line| line.seq <= seq);
        let rest = self.lines.get(start..).unwrap_or_default();
        (!rest.is_empty()).then(|| Self {
            lines: rest.to_vec(),
            class: self.class.clone(),
            source: self.source.clone(),
            origin: self.origin,
        })
    }

    pub(crate) fn line(&self, line: &FrameLine) -> Line {
        Line {
            seq: line.seq,
            class: self.class.clone(),
            source: self.source.clone(),
            origin: self.origin,
            piece: line.piece,
            raw: line.raw.clone(),
        }
    }
}
