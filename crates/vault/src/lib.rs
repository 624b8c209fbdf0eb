//! Keeps events: write-ahead log, batches, sealed segments, filters, search.
//!
//! Invariants:
//! - a line is acknowledged after fsync and found by the next search (I1, I2);
//! - raw bytes are kept bit for bit (I3);
//! - every search takes a [`Scope`];
//! - memory is bounded: unsealed lines, queues and frames have named limits;
//! - no law, no HTTP.
#![forbid(unsafe_code)]

mod batch;
mod catalog;
mod day;
mod fair;
mod housekeeper;
mod inlet;
mod line;
mod losses;
mod prove;
mod query;
mod recover;
mod search;
mod segment;
mod shape;
mod shelf;
mod store;
mod token;
mod turn;
mod unsealed;
pub mod wal;
mod writer;

pub use anlan_tlog::envelope::{Loss, LossReason, LossSource};
pub use housekeeper::Housekeeper;
pub use inlet::{Inlet, InletError, InletOptions, QUEUE_BYTES, SOURCE_BYTES, Ticket};
pub use line::{BatchLines, Chunk, Line, Scope, SourceActivity};
pub use losses::LOSS_ROWS;
pub use query::{Query, QueryError};
pub use search::{Found, Hit, Search};
pub use segment::{SealBatch, Segment, SegmentBatch, SegmentError, SegmentSource, encode as encode_segment};
pub use store::{Opening, UNSEALED_BYTES, Vault, VaultError, VaultOptions, VaultStatus, WAL_BYTES, WAL_FILE_BYTES};
