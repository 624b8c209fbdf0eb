//! Lines as leaves of their batch (`spec/tlog.md`, Lines and Batches).
//!
//! Invariant: the leaf of a line depends on its own salt alone, so that a proof says nothing about the neighbours.

use anlan_base::{Origin, Piece, Seq, SourceKey};

use crate::{Digest, Hash};

/// Lines of a batch at most (TLOG-2).
pub const BATCH_LINES: usize = 4096;
/// Raw bytes at which a batch is closed.
pub const BATCH_BYTES: usize = 8 << 20;

/// Random bytes kept beside the lines of a batch, never in the log.
pub type BatchKey = [u8; 32];
pub type Salt = [u8; 16];

#[derive(Clone, Copy, Debug)]
pub struct LineRef<'a> {
    pub seq: Seq,
    pub origin: Origin,
    pub piece: Piece,
    pub source: &'a SourceKey,
    pub raw: &'a [u8],
}

/// The salt of the line at `position` (from 0): first 16 bytes of `SHA-256(0x02 ‖ key ‖ u32 position)`.
#[must_use]
pub fn salt(key: &BatchKey, position: u32) -> Salt {
    let mut bytes = [2; 37];
    bytes[1..33].copy_from_slice(key);
    bytes[33..].copy_from_slice(&position.to_be_bytes());
    let mut salt = [0; 16];
    salt.copy_from_slice(&crate::sha256(&bytes)[..16]);
    salt
}

/// `SHA-256(0x00 ‖ salt ‖ u64 seq ‖ u8 origin ‖ u32 piece ‖ str8 source ‖ raw)`
#[must_use]
pub fn line_leaf(salt: &Salt, line: LineRef<'_>) -> Hash {
    let source = line.source.as_str().as_bytes();
    let mut head = [0; 1 + 16 + 8 + 1 + 4 + 1];
    head[1..17].copy_from_slice(salt);
    head[17..25].copy_from_slice(&line.seq.0.to_be_bytes());
    head[25] = line.origin.code();
    head[26..30].copy_from_slice(&line.piece.code().to_be_bytes());
    // A source key is at most 128 bytes by its type.
    head[30] = u8::try_from(source.len()).unwrap_or(u8::MAX);
    let mut digest = Digest::new();
    digest.update(&head);
    digest.update(source);
    digest.update(line.raw);
    digest.finish()
}
