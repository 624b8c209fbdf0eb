//! Sound things that seeds are made of: lines, their batch, a segment of them.

use std::ops::Range;

use anlan_base::{Class, Day, Instant, Origin, Piece, Seq, SourceKey};
use anlan_tlog::envelope::Batch;
use anlan_tlog::line::{LineRef, line_leaf, salt};
use anlan_tlog::root;
use anlan_vault::{Line, SealBatch, encode_segment};

/// 2026-11-21 09:00:00 in Beijing.
pub const START: u64 = 1_795_222_800 * Instant::SECOND;
const KEY: [u8; 32] = [9; 32];

/// Six lines of two sources, no two alike.
#[must_use]
pub fn lines() -> Vec<Line> {
    let raws: [&[u8]; 6] = [
        b"<38>Nov 21 09:00:00 sw1 sshd[7]: Failed password for root from 203.0.113.9 port 4 ssh2",
        "<13>1 2026-11-21T09:00:00+08:00 fw1 防火墙 - - - 拒绝 192.0.2.7".as_bytes(),
        b"",
        b"\x00\xff\n",
        "{\"msg\":\"登录失败\",\"user\":\"王五\"}".as_bytes(),
        b"last piece",
    ];
    let line = |(i, raw): (u64, &[u8])| Line {
        seq: Seq(START + 1 + i * 1_000),
        class: Class::network(),
        source: SourceKey::new(if i % 2 == 0 { "ip:192.0.2.1" } else { "token:web" }).expect("small"),
        origin: Origin::from_code(u8::try_from(i % 5 + 1).expect("small")).expect("small"),
        piece: if i == 5 { Piece::part(2, true) } else { Piece::WHOLE },
        raw: bytes::Bytes::copy_from_slice(raw),
    };
    (0..).zip(raws).map(line).collect()
}

/// The batch of these lines, by the key [`KEY`].
#[must_use]
pub fn batch(lines: &[Line]) -> Batch {
    let of =
        |l: &Line, i| line_leaf(&salt(&KEY, i), LineRef { seq: l.seq, origin: l.origin, piece: l.piece, source: &l.source, raw: &l.raw });
    let leaves: Vec<_> = lines.iter().zip(0..).map(|(line, i)| of(line, i)).collect();
    let (first, last) = (lines[0].seq, lines[lines.len() - 1].seq);
    let count = u32::try_from(lines.len()).expect("small");
    Batch { class: Class::network(), day: Day::of_seq(first), count, first, last, root: root(&leaves) }
}

/// A segment of two batches.
#[must_use]
pub fn sound_segment() -> Vec<u8> {
    let lines = lines();
    let batches: Vec<SealBatch> = lines.chunks(4).map(|lines| SealBatch { batch: batch(lines), key: KEY, lines: lines.to_vec() }).collect();
    encode_segment(&Class::network(), Day::of_seq(lines[0].seq), &batches).expect("a segment")
}

/// Where the index lies in a sound segment: `anlan.index` of its footer says so.
#[must_use]
pub fn index_range(segment: &[u8]) -> Range<usize> {
    let key = b"anlan.index";
    let at = segment.windows(key.len()).rposition(|window| window == key).expect("the footer's entry");
    // Thrift: behind the key stand a byte for the field and one for the length.
    let said = segment[at + key.len() + 2..].iter().map(|b| char::from(*b));
    let text: String = said.take_while(|c| c.is_ascii_digit() || *c == ' ').collect();
    let mut numbers = text.split(' ').map(|n| n.parse::<usize>().expect("a number"));
    let (start, length) = (numbers.next().expect("offset"), numbers.next().expect("length"));
    start..start + length
}

/// Seeds of a target that are made when they are asked for, since their format may still change; each must be accepted.
#[must_use]
pub fn made_seeds(target: &str) -> Vec<Vec<u8>> {
    let segment = sound_segment();
    match target {
        "segment_index" => vec![segment[index_range(&segment)].to_vec()],
        "segment_file" => vec![segment],
        _ => Vec::new(),
    }
}
