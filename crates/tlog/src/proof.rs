//! `.tlog-proof` (C2SP tlog-proof) of a line's batch, with the line in `extra` (`spec/pack.md`, Proof of a line).
//!
//! Invariant: [`LineProof::parse`] is the strict inverse of [`LineProof::render`]; what it accepts renders to the same bytes.

use anlan_base::{Day, Origin, Piece, Seq, SourceKey};
use thiserror::Error;

use crate::checkpoint::Checkpoint;
use crate::envelope::{Batch, Body, ENVELOPE_BYTES, Envelope};
use crate::line::{LineRef, Salt, line_leaf};
use crate::note::{Note, NoteError, VerifyingKey};
use crate::wire::{Fields, put_str8};
use crate::{Hash, decimal, leaf_hash, root_from_inclusion, strict64};

/// Bytes of a proof at most.
pub const PROOF_BYTES: usize = 8 << 20;
/// Hashes of an inclusion path at most: a tree of u64 size is no higher.
pub const PATH_HASHES: usize = 64;
/// What a proof begins with.
pub const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1\n";
const MAGIC: &[u8] = b"anlan-line";
const VERSION: u8 = 1;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineProof {
    /// The batch's envelope as it stands in the log.
    pub envelope: Vec<u8>,
    /// Place of the line in its batch, from 0.
    pub position: u32,
    pub salt: Salt,
    /// Inclusion path of the line leaf in the batch, sibling first.
    pub path: Vec<Hash>,
    pub seq: Seq,
    pub origin: Origin,
    pub piece: Piece,
    pub source: SourceKey,
    pub raw: Vec<u8>,
    /// Leaf index of the batch in the log.
    pub index: u64,
    /// Inclusion path of the envelope in the log, sibling first.
    pub log_path: Vec<Hash>,
    /// The signed checkpoint, verbatim.
    pub checkpoint: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum ProofError {
    #[error("a proof is at most {PROOF_BYTES} bytes")]
    TooLong,
    #[error("the text is not that of a proof")]
    Text,
    #[error("the proof carries no line, or not one of this version")]
    Extra,
    #[error("the checkpoint does not parse")]
    Checkpoint,
    #[error("the checkpoint: {0}")]
    Note(#[from] NoteError),
    #[error("the checkpoint is another log's")]
    Origin,
    #[error("the envelope is not that of a batch")]
    Envelope,
    #[error("the line does not lie in its batch")]
    Range,
    #[error("the line does not lead to the batch's root")]
    LinePath,
    #[error("the batch does not lead to the checkpoint's root")]
    LogPath,
}

impl LineProof {
    #[must_use]
    pub fn render(&self) -> Vec<u8> {
        let mut text = format!("{FIRST_LINE}extra {}\nindex {}\n", strict64::encode(&self.extra()), self.index);
        for hash in &self.log_path {
            text.push_str(&strict64::encode(hash));
            text.push('\n');
        }
        text.push('\n');
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(&self.checkpoint);
        bytes
    }

    fn extra(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.push(VERSION);
        // An envelope is at most 256 bytes, a path in a batch 12 hashes.
        out.extend_from_slice(&u16::try_from(self.envelope.len()).unwrap_or(u16::MAX).to_be_bytes());
        out.extend_from_slice(&self.envelope);
        out.extend_from_slice(&self.position.to_be_bytes());
        out.extend_from_slice(&self.salt);
        out.push(u8::try_from(self.path.len()).unwrap_or(u8::MAX));
        self.path.iter().for_each(|hash| out.extend_from_slice(hash));
        out.extend_from_slice(&self.seq.0.to_be_bytes());
        out.push(self.origin.code());
        out.extend_from_slice(&self.piece.code().to_be_bytes());
        put_str8(&mut out, self.source.as_str());
        out.extend_from_slice(&self.raw);
        out
    }

    pub fn parse(bytes: &[u8]) -> Result<Self, ProofError> {
        if bytes.len() > PROOF_BYTES {
            return Err(ProofError::TooLong);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| ProofError::Text)?;
        let (head, checkpoint) = text.split_once("\n\n").ok_or(ProofError::Text)?;
        let mut lines = head.strip_prefix(FIRST_LINE).ok_or(ProofError::Text)?.split('\n');
        let extra = lines.next().and_then(|line| line.strip_prefix("extra ")).ok_or(ProofError::Text)?;
        let index = lines.next().and_then(|line| decimal::parse_u64(line.strip_prefix("index ")?)).ok_or(ProofError::Text)?;
        if lines.clone().count() > PATH_HASHES {
            return Err(ProofError::Text);
        }
        let log_path = lines.map(strict64::decode_hash).collect::<Option<Vec<_>>>().ok_or(ProofError::Text)?;
        let note = Note::parse(checkpoint.as_bytes())?;
        Checkpoint::parse(note.text).ok_or(ProofError::Checkpoint)?;
        let extra = strict64::decode(extra).map_err(|_| ProofError::Text)?;
        Self::from_extra(&extra, index, log_path, checkpoint.as_bytes()).ok_or(ProofError::Extra)
    }

    fn from_extra(extra: &[u8], index: u64, log_path: Vec<Hash>, checkpoint: &[u8]) -> Option<Self> {
        let mut fields = Fields(extra);
        if fields.take(MAGIC.len())? != MAGIC || fields.u8()? != VERSION {
            return None;
        }
        let len = usize::from(fields.u16()?);
        let envelope = fields.take(len).filter(|envelope| envelope.len() <= ENVELOPE_BYTES)?.to_vec();
        let position = fields.u32()?;
        let salt = fields.array()?;
        let hashes = fields.u8()?;
        let path = (0..hashes).map(|_| fields.array()).collect::<Option<Vec<Hash>>>()?;
        Some(Self {
            envelope,
            position,
            salt,
            path,
            seq: Seq(fields.u64()?),
            origin: Origin::from_code(fields.u8()?)?,
            piece: Piece::from_code(fields.u32()?),
            source: SourceKey::new(fields.str8()?).ok()?,
            raw: fields.0.to_vec(),
            index,
            log_path,
            checkpoint: checkpoint.to_vec(),
        })
    }

    /// All checks of PACK-4 after parsing, in their order. Gives the checkpoint that holds the line.
    pub fn check(&self, key: &VerifyingKey) -> Result<Checkpoint, ProofError> {
        let checkpoint = Checkpoint::parse(key.open(&self.checkpoint)?).ok_or(ProofError::Checkpoint)?;
        if checkpoint.origin != key.name {
            return Err(ProofError::Origin);
        }
        let batch = self.batch().ok_or(ProofError::Envelope)?;
        if !self.lies_in(&batch) {
            return Err(ProofError::Range);
        }
        let line = LineRef { seq: self.seq, origin: self.origin, piece: self.piece, source: &self.source, raw: &self.raw };
        let leaf = line_leaf(&self.salt, line);
        if root_from_inclusion(u64::from(self.position), u64::from(batch.count), leaf, &self.path) != Some(batch.root) {
            return Err(ProofError::LinePath);
        }
        if root_from_inclusion(self.index, checkpoint.size, leaf_hash(&self.envelope), &self.log_path) != Some(checkpoint.root) {
            return Err(ProofError::LogPath);
        }
        Ok(checkpoint)
    }

    /// The envelope, when it is that of a batch.
    #[must_use]
    pub fn batch(&self) -> Option<Batch> {
        match Envelope::decode(&self.envelope).ok()?.body {
            Body::Batch(batch) => Some(batch),
            _ => None,
        }
    }

    fn lies_in(&self, batch: &Batch) -> bool {
        batch.first <= self.seq && self.seq <= batch.last && self.position < batch.count && Day::of_seq(self.seq) == batch.day
    }
}
