//! A small log with fixed keys: eleven leaves, of which leaf 5 is a batch of six lines.
#![allow(dead_code, reason = "each test file uses some")]
#![allow(clippy::unwrap_used, reason = "a test")]

use anlan_base::{Class, Day, Instant, Origin, Piece, Seq, SourceKey};
use anlan_tlog::checkpoint::Checkpoint;
use anlan_tlog::envelope::{Batch, Body, DayLeaf, Dropped, Envelope, Loss, LossReason, Seal};
use anlan_tlog::line::{BatchKey, LineRef, Salt, line_leaf, salt};
use anlan_tlog::note::Signer;
use anlan_tlog::proof::LineProof;
use anlan_tlog::{Hash, inclusion_path, leaf_hash, root, sha256};

pub const ORIGIN: &str = "anlan.local/0123456789abcdef";
pub const SEED: [u8; 32] = [7; 32];
pub const BATCH_KEY: BatchKey = [9; 32];
/// 2026-11-21 09:00:00 in Beijing.
pub const START: u64 = 1_795_222_800_000_000_000;
pub const BATCH_LEAF: usize = 5;

pub struct Line {
    pub seq: Seq,
    pub origin: Origin,
    pub piece: Piece,
    pub source: SourceKey,
    pub raw: Vec<u8>,
}

impl Line {
    pub fn of(&self) -> LineRef<'_> {
        LineRef { seq: self.seq, origin: self.origin, piece: self.piece, source: &self.source, raw: &self.raw }
    }
}

pub fn signer() -> Signer {
    Signer::from_seed(ORIGIN, SEED).unwrap()
}

pub fn lines() -> Vec<Line> {
    let line = |after, origin, piece, source, raw: &[u8]| Line {
        seq: Seq(START + after),
        origin,
        piece,
        source: SourceKey::new(source).unwrap(),
        raw: raw.to_vec(),
    };
    vec![
        line(1, Origin::Udp, Piece::WHOLE, "ip:192.0.2.1", b"<34>Nov 21 09:00:00 sw1 sshd[7]: Failed password for root"),
        line(2, Origin::Tcp, Piece::WHOLE, "ip:2001:db8::1", "<13>1 - 防火墙 - - - - 拒绝".as_bytes()),
        line(3, Origin::Tls, Piece::part(1, false), "ip:192.0.2.2", b"first piece "),
        line(4, Origin::Tls, Piece::part(2, true), "ip:192.0.2.2", b"last piece"),
        line(5, Origin::Relp, Piece::WHOLE, "overflow", b""),
        line(6, Origin::Http, Piece::WHOLE, "token:web01", b"\x00\xff\n"),
    ]
}

pub fn line_leaves() -> Vec<Hash> {
    lines().iter().zip(0..).map(|(line, position)| line_leaf(&salt(&BATCH_KEY, position), line.of())).collect()
}

pub fn batch() -> Batch {
    let (lines, leaves) = (lines(), line_leaves());
    let (first, last) = (lines[0].seq, lines[lines.len() - 1].seq);
    let count = u32::try_from(leaves.len()).unwrap();
    Batch { class: Class::network(), day: Day::of_seq(first), count, first, last, root: root(&leaves) }
}

pub fn envelopes() -> Vec<Envelope> {
    let class = Class::network();
    let day = Day::of_seq(Seq(START));
    let (first, last) = (Seq(START + 1), Seq(START + 6));
    let key = signer().verifying_key();
    let bodies = vec![
        Body::Key { public: key.public, origin: key.name },
        Body::Restore { size: 4, root: [0x44; 32] },
        Body::Entry { number: 1, digest: sha256(b"entry 1") },
        Body::Loss(Loss { reason: LossReason::Kernel, source: "".into(), count: 17, from: Instant(START), until: Instant(START + 9) }),
        Body::Loss(Loss { reason: LossReason::ClockBack, source: "".into(), count: 0, from: Instant(START + 9), until: Instant(START) }),
        Body::Batch(batch()),
        Body::Seal(Seal { class: class.clone(), day, first, last, rows: 6, batches: 1, size: 4_321, digest: sha256(b"segment") }),
        Body::Day(DayLeaf { day, lines: 6, bytes: 111, detail: sha256(b"detail") }),
        Body::Drop(Dropped { class, day, first, digest: sha256(b"segment") }),
        Body::Loss(Loss {
            reason: LossReason::CutFrame,
            source: "ip:192.0.2.9".into(),
            count: 1,
            from: Instant(START),
            until: Instant(START),
        }),
        Body::Entry { number: 2, digest: sha256(b"entry 2") },
    ];
    bodies.into_iter().zip(0..).map(|(body, after)| Envelope { at: Instant(START + 60_000_000_000 + after), body }).collect()
}

pub fn leaves() -> Vec<Hash> {
    envelopes().iter().map(|envelope| leaf_hash(&envelope.encode())).collect()
}

pub fn checkpoint() -> Checkpoint {
    let leaves = leaves();
    Checkpoint { origin: ORIGIN.to_owned(), size: leaves.len() as u64, root: root(&leaves) }
}

pub fn line_salt(position: usize) -> Salt {
    salt(&BATCH_KEY, u32::try_from(position).unwrap())
}

pub fn proof(position: usize) -> LineProof {
    let line = lines().swap_remove(position);
    LineProof {
        envelope: envelopes()[BATCH_LEAF].encode(),
        position: u32::try_from(position).unwrap(),
        salt: line_salt(position),
        path: inclusion_path(position, &line_leaves()),
        seq: line.seq,
        origin: line.origin,
        piece: line.piece,
        source: line.source,
        raw: line.raw,
        index: BATCH_LEAF as u64,
        log_path: inclusion_path(BATCH_LEAF, &leaves()),
        checkpoint: signer().sign(&checkpoint().render()),
    }
}
