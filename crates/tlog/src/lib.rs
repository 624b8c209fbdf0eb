//! Merkle trees, tiles, checkpoints, signed notes, envelopes and proofs: made and checked. Formats in `spec/tlog.md`.
//!
//! Invariants: pure (no I/O, no time, no randomness of its own); C2SP to the byte; a decoder accepts only what its encoder writes.
#![forbid(unsafe_code)]
use anlan_base::{Class, Day, Instant, Origin, Piece, Seq, SourceKey};
pub type Hash = [u8; 32];
pub fn sha256(_data: &[u8]) -> Hash { todo!() }
/// Incremental SHA-256 for files.
pub struct Digest;
impl Digest { pub fn new() -> Self { todo!() } pub fn update(&mut self, _d: &[u8]) { todo!() } pub fn finish(self) -> Hash { todo!() } }
pub fn hex(_h: &[u8]) -> String { todo!() }
pub fn unhex32(_s: &str) -> Option<Hash> { todo!() }
pub fn leaf_hash(_entry: &[u8]) -> Hash { todo!() }
pub fn node_hash(_l: &Hash, _r: &Hash) -> Hash { todo!() }
/// Root of a tree over these leaf hashes (empty tree: SHA-256 of nothing).
pub fn root(_leaves: &[Hash]) -> Hash { todo!() }
/// Audit path of leaf `i` in the tree over `leaves`, sibling first.
pub fn inclusion_path(_i: usize, _leaves: &[Hash]) -> Vec<Hash> { todo!() }
pub fn root_from_inclusion(_i: u64, _size: u64, _leaf: Hash, _path: &[Hash]) -> Option<Hash> { todo!() }
/// Streams leaf hashes, keeps the right edge: root of any number of leaves in O(log n) memory.
#[derive(Clone, Default)]
pub struct Frontier { pub size: u64 }
impl Frontier { pub fn push(&mut self, _leaf: Hash) { todo!() } pub fn root(&self) -> Hash { todo!() } }
pub mod line {
    use super::*;
    pub const BATCH_LINES: usize = 4096;
    pub const BATCH_BYTES: usize = 8 << 20;
    pub type BatchKey = [u8; 32];
    pub type Salt = [u8; 16];
    #[derive(Clone, Copy)]
    pub struct LineRef<'a> { pub seq: Seq, pub origin: Origin, pub piece: Piece, pub source: &'a SourceKey, pub raw: &'a [u8] }
    pub fn salt(_key: &BatchKey, _position: u32) -> Salt { todo!() }
    pub fn line_leaf(_salt: &Salt, _line: LineRef<'_>) -> Hash { todo!() }
}
pub mod envelope {
    use super::*;
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Envelope { pub at: Instant, pub body: Body }
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub enum Body {
        Batch(Batch), Seal(Seal), Drop(Dropped), Loss(Loss), Day(DayLeaf),
        Entry { number: u64, digest: Hash }, Key { public: [u8; 32], origin: String }, Restore { size: u64, root: Hash },
    }
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Batch { pub class: Class, pub day: Day, pub count: u32, pub first: Seq, pub last: Seq, pub root: Hash }
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Seal { pub class: Class, pub day: Day, pub first: Seq, pub last: Seq, pub rows: u32, pub batches: u32, pub size: u64, pub digest: Hash }
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Dropped { pub class: Class, pub day: Day, pub first: Seq, pub digest: Hash }
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[repr(u8)]
    pub enum LossReason { Kernel = 1, Queue = 2, Down = 3, ClockBack = 4, CutFrame = 5 }
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Loss { pub reason: LossReason, pub source: String, pub count: u64, pub from: Instant, pub until: Instant }
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct DayLeaf { pub day: Day, pub lines: u64, pub bytes: u64, pub detail: Hash }
    impl Envelope {
        pub fn encode(&self) -> Vec<u8> { todo!() }
        pub fn decode(_bytes: &[u8]) -> Result<Self, EnvelopeError> { todo!() }
    }
    #[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
    pub enum EnvelopeError { #[error("bad")] Bad }
    /// Row of a day detail; `render_detail`/`parse_detail` are exact inverses.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct DayRow { pub class: Class, pub source: SourceKey, pub lines: u64, pub bytes: u64, pub first: Seq, pub last: Seq }
    pub fn render_detail(_day: Day, _rows: &[DayRow]) -> String { todo!() }
    pub fn parse_detail(_text: &[u8]) -> Option<(Day, Vec<DayRow>)> { todo!() }
}
pub mod tile {
    /// Path under `log/` of a tile: level None = entries bundle. width 256 = full.
    pub fn path(_level: Option<u8>, _n: u64, _width: u16) -> String { todo!() }
    /// Every (level, n, width) that exists for a tree of this size, entries bundles included.
    pub fn all(_size: u64) -> Vec<(Option<u8>, u64, u16)> { todo!() }
}
pub mod note {
    //! Signed notes (C2SP), Ed25519 by ring.
    use super::*;
    pub struct Signer;
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct VerifyingKey { pub name: String, pub public: [u8; 32] }
    #[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
    pub enum NoteError { #[error("bad")] Bad }
    impl Signer {
        pub fn from_seed(_name: &str, _seed: [u8; 32]) -> Result<Self, NoteError> { todo!() }
        /// Reads `PRIVATE+KEY+name+hex+base64`.
        pub fn parse(_text: &str) -> Result<Self, NoteError> { todo!() }
        pub fn render_private(&self) -> String { todo!() }
        pub fn verifying_key(&self) -> VerifyingKey { todo!() }
        /// Text must end in LF. Returns text + LF + signature line.
        pub fn sign(&self, _text: &str) -> Vec<u8> { todo!() }
    }
    impl VerifyingKey {
        pub fn parse(_vkey: &str) -> Result<Self, NoteError> { todo!() }
        pub fn render(&self) -> String { todo!() }
        /// The note's text when exactly one valid signature line by this key stands in it.
        pub fn open<'a>(&self, _note: &'a [u8]) -> Result<&'a str, NoteError> { todo!() }
    }
}
pub mod checkpoint {
    use super::*;
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Checkpoint { pub origin: String, pub size: u64, pub root: Hash }
    impl Checkpoint {
        pub fn render(&self) -> String { todo!() }
        pub fn parse(_text: &str) -> Option<Self> { todo!() }
    }
}
pub mod proof {
    //! `.tlog-proof` with the line in `extra` (spec/pack.md).
    use super::*;
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct LineProof {
        pub envelope: Vec<u8>, pub position: u32, pub salt: super::line::Salt, pub path: Vec<Hash>,
        pub seq: Seq, pub origin: Origin, pub piece: Piece, pub source: SourceKey, pub raw: Vec<u8>,
        pub index: u64, pub log_path: Vec<Hash>, pub checkpoint: Vec<u8>,
    }
    impl LineProof {
        pub fn render(&self) -> Vec<u8> { todo!() }
        pub fn parse(_bytes: &[u8]) -> Result<Self, ProofError> { todo!() }
    }
    #[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
    pub enum ProofError { #[error("bad")] Bad }
}
