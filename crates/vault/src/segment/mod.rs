//! Sealed segments: Parquet files with an index of batches, sources and filters (spec/segment.md).

use std::path::PathBuf;
use std::sync::Arc;

use anlan_base::{Class, Day, Seq, SourceKey};
use anlan_journal::Fs;
use anlan_tlog::Hash;
use anlan_tlog::envelope::Batch;
use anlan_tlog::line::BatchKey;

use crate::line::Line;

/// A whole batch on its way into a segment; `lines` in seq order.
pub struct SealBatch {
    pub batch: Batch,
    pub key: BatchKey,
    pub lines: Vec<Line>,
}

#[derive(Debug, thiserror::Error)]
pub enum SegmentError {
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// A batch as the index of a segment names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentBatch {
    pub count: u32,
    pub first: Seq,
    pub last: Seq,
    pub key: BatchKey,
    pub root: Hash,
}

/// What one source has in a segment; `bytes` are raw bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentSource {
    pub source: SourceKey,
    pub lines: u32,
    pub bytes: u64,
    pub first: Seq,
    pub last: Seq,
}

/// Encodes whole batches of one class and day, in rising seq, as a segment file.
pub fn encode(_class: &Class, _day: Day, _batches: &[SealBatch]) -> Result<Vec<u8>, SegmentError> {
    todo!()
}

/// An open segment: footer and index are read, rows are not.
pub struct Segment {
    _p: (),
}

impl Segment {
    pub fn open(_fs: Arc<dyn Fs>, _path: PathBuf) -> Result<Self, SegmentError> {
        todo!()
    }

    #[must_use]
    pub fn class(&self) -> &Class {
        todo!()
    }

    #[must_use]
    pub fn day(&self) -> Day {
        todo!()
    }

    #[must_use]
    pub fn first(&self) -> Seq {
        todo!()
    }

    #[must_use]
    pub fn last(&self) -> Seq {
        todo!()
    }

    #[must_use]
    pub fn rows(&self) -> u64 {
        todo!()
    }

    #[must_use]
    pub fn file_size(&self) -> u64 {
        todo!()
    }

    #[must_use]
    pub fn batches(&self) -> &[SegmentBatch] {
        todo!()
    }

    #[must_use]
    pub fn sources(&self) -> &[SegmentSource] {
        todo!()
    }

    /// Lines of `from..=to`, sorted by seq.
    pub fn lines(&self, _from: Seq, _to: Seq) -> Result<Vec<Line>, SegmentError> {
        todo!()
    }
}
