//! Lines as they come in and as they are given back.

use std::collections::BTreeSet;

use anlan_base::{Class, Day, Origin, Piece, Seq, SourceKey};
use anlan_tlog::envelope::Batch;
use bytes::Bytes;

/// Lines of one source as a receiver hands them over.
#[derive(Clone, Debug)]
pub struct Chunk {
    pub class: Class,
    pub source: SourceKey,
    pub origin: Origin,
    pub lines: Vec<(Piece, Bytes)>,
}

/// A line as it is kept: `raw` is the frame as received, without the transport's framing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub seq: Seq,
    pub class: Class,
    pub source: SourceKey,
    pub origin: Origin,
    pub piece: Piece,
    pub raw: Bytes,
}

/// Which sources the asker may see. Applied before counts, fields and histograms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    All,
    Sources(BTreeSet<SourceKey>),
}

impl Scope {
    #[must_use]
    pub fn allows(&self, source: &SourceKey) -> bool {
        match self {
            Self::All => true,
            Self::Sources(allowed) => allowed.contains(source),
        }
    }
}

/// A batch whose leaf stands in the log, with everything needed to prove its lines.
pub struct BatchLines {
    /// Index of the batch's leaf in the log.
    pub leaf: u64,
    pub batch: Batch,
    pub key: [u8; 32],
    pub lines: Vec<Line>,
}

/// What was heard from one source; `days` are Beijing days with their count of lines, in order.
#[derive(Clone, Debug)]
pub struct SourceActivity {
    pub source: SourceKey,
    pub last: Seq,
    pub first: Seq,
    pub days: Vec<(Day, u64)>,
    pub lines: u64,
}
