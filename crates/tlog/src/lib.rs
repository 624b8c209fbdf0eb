//! Merkle trees, tiles, checkpoints, signed notes, envelopes and proofs: made and checked. Formats in `spec/tlog.md`.
//!
//! Invariants: pure (no I/O, no time, no randomness of its own); C2SP to the byte; a decoder accepts only what its encoder writes.
#![forbid(unsafe_code)]

pub mod checkpoint;
mod decimal;
mod detail;
pub mod envelope;
mod hash;
pub mod line;
pub mod note;
pub mod proof;
mod strict64;
pub mod tile;
mod tree;
mod wire;

pub use decimal::parse_u64 as parse_decimal;
pub use hash::{Digest, Hash, hex, sha256, unhex32};
pub use strict64::{Base64Error, decode as decode_base64, encode as encode_base64};
pub use tree::{
    Frontier, consistency_path, consistency_ranges, consistent, edge_root, inclusion_path, inclusion_ranges, leaf_hash, node_hash, root,
    root_from_inclusion, root_of_first, root_of_subtrees, subtrees,
};
