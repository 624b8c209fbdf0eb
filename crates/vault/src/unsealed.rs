//! Lines that are on disk in the write-ahead log and not yet in a segment.

use anlan_base::{Class, Origin, Piece, Seq, SourceKey};
use bytes::Bytes;

/// One decoded `lines` frame: lines of one source in rising seq, all of one Beijing day.
#[derive(Debug)]
pub(crate) struct Frame {
    pub class: Class,
    pub source: SourceKey,
    pub origin: Origin,
    pub lines: Vec<FrameLine>,
}

/// A line of a frame; `raw` of all lines of a frame are slices of one shared buffer.
#[derive(Debug)]
pub(crate) struct FrameLine {
    pub seq: Seq,
    pub piece: Piece,
    pub raw: Bytes,
}
