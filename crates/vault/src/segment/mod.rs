//! Sealed segments: Parquet files with an index of batches, sources and filters (spec/segment.md).
//!
//! Invariants: a segment is written once and never changed; rows are clustered by message shape and `seq` restores order; page `n` of `raw`
//! holds the rows from `n` × [`PAGE_ROWS`] on, so that filter `n` stands for it.

mod columns;
pub(crate) mod filter;
mod index;
mod read;
mod write;

use anlan_base::{Seq, SourceKey};
use anlan_tlog::Hash;
use anlan_tlog::envelope::Batch;
use anlan_tlog::line::BatchKey;

use crate::line::Line;

pub use read::Segment;
pub(crate) use read::{Rows, Wanted};
pub use write::encode;

/// Rows of one page, and so of one filter.
pub(crate) const PAGE_ROWS: usize = 16_384;
/// Rows of one row group; a multiple of [`PAGE_ROWS`].
pub(crate) const GROUP_ROWS: usize = 262_144;
/// Raw bytes of one segment: Parquet counts the bytes of a page in 31 bits.
pub const SEGMENT_BYTES: usize = 1 << 30;

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
    #[error("not a segment's Parquet: {0}")]
    Parquet(#[from] parquet::errors::ParquetError),
    #[error("not a segment: {0}")]
    Format(&'static str),
    #[error("the segment's index is damaged: {0}")]
    Index(&'static str),
    #[error("batches do not fit into a segment: {0}")]
    Batches(&'static str),
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
