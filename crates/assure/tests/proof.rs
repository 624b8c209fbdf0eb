//! Proofs of lines: sound ones are sound, every changed byte is found (PACK-4), and a proof says nothing about the neighbours (TLOG-3).
#![allow(clippy::unwrap_used, reason = "tests")]

mod forge;

use anlan_assure::{Outcome, Verdict, verify_bytes};
use anlan_base::text::Lang;
use anlan_base::{Day, Origin, Piece};
use anlan_tlog::line::{Salt, salt};
use anlan_tlog::proof::{LineProof, PROOF_BYTES};
use anlan_tlog::{Hash, node_hash};
use forge::{Line, Log, leaf_of};

const LEAF: u64 = 5;

fn code(log: &Log, bytes: &[u8]) -> u8 {
    verify_bytes(bytes, &log.key(), None).verdict.code()
}

#[test]
fn every_line_has_a_sound_proof() {
    let log = Log::sample();
    for (leaf, kept) in &log.kept {
        for position in 0..kept.lines.len() {
            let proof = log.proof(*leaf, position).render();
            let report = verify_bytes(proof.as_slice(), &log.key(), None);
            assert_eq!(report.verdict, Verdict::Sound, "{:?}", report.lines(Lang::En));
            assert!(report.lines(Lang::Zh).last().unwrap().contains("仅自证"));
            assert_eq!(verify_bytes(proof.as_slice(), &log.key(), Some(&log.checkpoint(3))).verdict, Verdict::Usage);
        }
    }
}

// PACK-4
#[test]
fn every_flipped_byte_and_every_cut_is_found_pack_4() {
    let log = Log::sample();
    let proof = log.proof(LEAF, 3).render();
    let magic = "c2sp.org/tlog-proof@v1\n".len();
    for at in 0..proof.len() {
        for bit in 0..8 {
            let mut bad = proof.clone();
            bad[at] ^= 1 << bit;
            assert_eq!(code(&log, &bad), if at < magic { 3 } else { 1 }, "byte {at} bit {bit}");
        }
    }
    for length in 0..proof.len() {
        assert_eq!(code(&log, &proof[..length]), if length < magic { 3 } else { 1 }, "cut to {length}");
    }
    for at in 0..=proof.len() {
        for extra in [&b"\n"[..], b"A", b" ", b"\r"] {
            let bad = [&proof[..at], extra, &proof[at..]].concat();
            assert_ne!(code(&log, &bad), 0, "{extra:?} at {at}");
        }
    }
}

type Edit = Box<dyn Fn(&mut LineProof)>;

// PACK-4
#[test]
fn every_part_is_bound_to_every_other_pack_4() {
    let log = Log::sample();
    let good = log.proof(LEAF, 3);
    let other = log.proof(7, 0);
    let edits: Vec<(&str, Edit)> = vec![
        ("raw", Box::new(|p| p.raw.push(b'!'))),
        ("seq", Box::new(|p| p.seq.0 += 1)),
        ("seq outside the batch", Box::new(|p| p.seq.0 += 1 << 50)),
        ("origin", Box::new(|p| p.origin = Origin::Udp)),
        ("piece", Box::new(|p| p.piece = Piece::part(1, true))),
        ("source", Box::new(|p| p.source = forge::source("ip:192.0.2.77"))),
        ("salt", Box::new(|p| p.salt[0] ^= 1)),
        ("position", Box::new(|p| p.position += 1)),
        ("position out of the batch", Box::new(|p| p.position = 4096)),
        ("path", Box::new(|p| p.path[0][0] ^= 1)),
        ("a path too long", Box::new(|p| p.path.push([0; 32]))),
        ("a path too short", Box::new(|p| _ = p.path.pop())),
        ("index", Box::new(|p| p.index += 1)),
        ("an index beyond the log", Box::new(|p| p.index = u64::MAX)),
        ("log path", Box::new(|p| p.log_path[0][0] ^= 1)),
        ("a log path too long", Box::new(|p| p.log_path.push([0; 32]))),
        ("another batch's envelope", Box::new(move |p| p.envelope = other.envelope.clone())),
        ("an older checkpoint", Box::new(|p| p.checkpoint = Log::sample().checkpoint(4))),
        ("a longer checkpoint", Box::new(|p| p.checkpoint.push(b'\n'))),
    ];
    assert_eq!(code(&log, &good.render()), 0);
    for (what, edit) in edits {
        let mut bad = good.clone();
        edit(&mut bad);
        assert_eq!(code(&log, &bad.render()), 1, "{what}");
    }
}

#[test]
fn another_key_and_another_log_are_told() {
    let log = Log::sample();
    let proof = log.proof(LEAF, 3).render();
    let other = anlan_tlog::note::Signer::from_seed(forge::ORIGIN, [8; 32]).unwrap().verifying_key();
    let report = verify_bytes(proof.as_slice(), &other, None);
    assert_eq!(report.verdict, Verdict::Damaged);
    assert!(report.checks.iter().any(|check| check.outcome == Outcome::Failed && check.key == "verify-checkpoint-signature"));
}

#[test]
fn a_proof_has_a_limit() {
    for (over, expected) in [(0, "verify-checkpoint-signature"), (1, "verify-proof-long")] {
        // Too long for its checkpoint's signatures, but read at all up to the limit.
        let log = Log::sample();
        let mut proof = log.proof(LEAF, 3).render();
        let room = PROOF_BYTES + over - proof.len();
        proof.extend(format!("— w {}\n", "A".repeat(room - 7)).bytes());
        proof.truncate(PROOF_BYTES + over);
        let report = verify_bytes(proof.as_slice(), &log.key(), None);
        let keys: Vec<_> = report.checks.iter().map(|check| check.key).collect();
        assert!(report.verdict == Verdict::Damaged && (over == 0 || keys == [expected]), "{over}: {keys:?}");
    }
}

/// What somebody can compute from a proof who knows every candidate for the neighbours' lines: their leaf hashes under a given salt.
fn guesses(proof: &LineProof, candidates: &[Line], salts: &[Salt]) -> usize {
    let leaves: Vec<Hash> = candidates.iter().flat_map(|line| salts.iter().map(move |salt| leaf_of(salt, line))).collect();
    let pairs = leaves.iter().flat_map(|a| leaves.iter().map(move |b| node_hash(a, b)));
    let known: std::collections::HashSet<Hash> = leaves.iter().copied().chain(pairs).collect();
    proof.path.iter().filter(|hash| known.contains(*hash)).count()
}

// TLOG-3
#[test]
fn a_proof_tells_nothing_about_its_neighbours_tlog_3() {
    let log = Log::sample();
    let kept = &log.kept[&LEAF];
    let proof = LineProof::parse(&log.proof(LEAF, 3).render()).unwrap();
    // The guesser knows the very lines of the batch, their seqs too, and everything that stands in the proof that could be a salt.
    let bytes = log.proof(LEAF, 3).render();
    let in_proof: Vec<Salt> = [proof.salt, [0; 16]]
        .into_iter()
        .chain(proof.path.iter().flat_map(halves))
        .chain(halves(&proof.envelope[proof.envelope.len() - 32..].try_into().unwrap()))
        .collect();
    assert_eq!(guesses(&proof, &kept.lines, &in_proof), 0);
    // The test can fail: with the salts that only the batch's key gives, the neighbour and the pair beside it are recognised.
    let true_salts: Vec<Salt> = (0..12).map(|i| salt(&kept.key, i)).collect();
    assert!(guesses(&proof, &kept.lines, &true_salts) >= 2);
    // Neither the key nor a neighbour's salt stands in the file, in any form it has.
    let extra =
        anlan_tlog::decode_base64(std::str::from_utf8(&bytes).unwrap().lines().nth(1).unwrap().strip_prefix("extra ").unwrap()).unwrap();
    let holds = |part: &[u8]| extra.windows(part.len()).any(|window| window == part);
    assert!(holds(&true_salts[3]) && !holds(&kept.key));
    for (i, salt) in true_salts.iter().enumerate().filter(|(i, _)| *i != 3) {
        assert!(!holds(salt), "salt {i}");
    }
}

fn halves(hash: &Hash) -> [Salt; 2] {
    [hash[..16].try_into().unwrap(), hash[16..].try_into().unwrap()]
}

#[test]
fn the_day_of_the_line_is_the_batchs() {
    let log = Log::sample();
    let proof = log.proof(LEAF, 3);
    assert_eq!(Day::of_seq(proof.seq), forge::FIRST_DAY.next());
}

mod any {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bytes_are_never_sound(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let log = Log::new();
            let bytes = [b"c2sp.org/tlog-proof@v1\n", bytes.as_slice()].concat();
            prop_assert_eq!(code(&log, &bytes), 1);
        }
    }
}
