//! The proof of a line: strict text, every check of PACK-4, and what it keeps to itself.
#![allow(clippy::unwrap_used, reason = "a test")]

mod example;

use anlan_base::{Origin, Piece, Seq, SourceKey};
use anlan_tlog::checkpoint::Checkpoint;
use anlan_tlog::envelope::{Batch, Body, Envelope};
use anlan_tlog::line::{LineRef, line_leaf};
use anlan_tlog::note::Signer;
use anlan_tlog::proof::{LineProof, PROOF_BYTES, ProofError};
use anlan_tlog::{decode_base64, encode_base64, inclusion_path, leaf_hash, root, sha256};
use example::{BATCH_KEY, ORIGIN, batch, checkpoint, envelopes, leaves, line_leaves, line_salt, lines, proof, signer};
use proptest::prelude::*;

#[test]
fn every_line_of_the_batch_is_proven() {
    let key = signer().verifying_key();
    for position in 0..lines().len() {
        let text = proof(position).render();
        let parsed = LineProof::parse(&text).unwrap();
        assert_eq!(parsed, proof(position));
        assert_eq!(parsed.render(), text);
        assert_eq!(parsed.check(&key), Ok(checkpoint()));
    }
}

#[test]
fn every_flipped_bit_is_refused_by_the_text_or_a_check() {
    let key = signer().verifying_key();
    let text = proof(2).render();
    for place in 0..text.len() * 8 {
        let mut bent = text.clone();
        bent[place / 8] ^= 1 << (place % 8);
        if let Ok(parsed) = LineProof::parse(&bent) {
            assert_eq!(parsed.render(), bent, "bit {place}");
            assert!(parsed.check(&key).is_err(), "bit {place}");
        }
    }
    for end in 0..text.len() {
        assert!(LineProof::parse(&text[..end]).is_err(), "cut at {end}");
    }
}

#[test]
fn the_text_is_strict() {
    let text = String::from_utf8(proof(0).render()).unwrap();
    let hash = format!("{}\n", encode_base64(&[1; 32]));
    let wrong = [
        String::new(),
        format!("\u{feff}{text}"),
        format!("{text}\n"),
        format!("{text}x"),
        text.replace("@v1", "@v2"),
        text.replace('\n', "\r\n"),
        text.replace("extra ", "extra  "),
        text.replace("extra ", "Extra "),
        text.replace("index 5", "index 05"),
        text.replace("index 5", "index -5"),
        text.replace("index 5", "index 5 "),
        text.replace("index 5\n", ""),
        text.replacen("\n\n", "\n\n\n", 1),
        text.replacen("\n\n", "\n", 1),
        text.lines().filter(|line| !line.starts_with("extra")).map(|line| format!("{line}\n")).collect(),
        text.replacen("\n\n", &format!("\n{}\n", hash.repeat(61)), 1),
    ];
    for wrong in wrong {
        assert!(LineProof::parse(wrong.as_bytes()).is_err(), "{wrong}");
    }
    // Four hashes stand there: sixty more make the longest path a text may carry, though it leads nowhere.
    for (more, parses) in [(59, true), (60, true), (61, false)] {
        let long = text.replacen("\n\n", &format!("\n{}\n", hash.repeat(more)), 1);
        let parsed = LineProof::parse(long.as_bytes());
        assert_eq!(parsed.is_ok(), parses, "{more}");
        if let Ok(parsed) = parsed {
            assert_eq!(parsed.check(&signer().verifying_key()), Err(ProofError::LogPath));
        }
    }
}

#[test]
fn a_proof_has_a_limit() {
    let with = |len: usize| {
        let line = LineProof { raw: vec![b'x'; len], ..proof(0) };
        line.render()
    };
    let fixed = with(0).len();
    // Three raw bytes take four in base64; the checkpoint's extra lines make up the rest.
    let most = (PROOF_BYTES - fixed) / 4 * 3;
    let text = with(most);
    assert!(text.len() <= PROOF_BYTES && LineProof::parse(&text).is_ok());
    for (len, fits) in [(PROOF_BYTES - 1, true), (PROOF_BYTES, true), (PROOF_BYTES + 1, false)] {
        let padded = padded(&text, len);
        assert_eq!(padded.len(), len);
        assert_eq!(LineProof::parse(&padded) == Err(ProofError::TooLong), !fits, "{len}");
    }
}

fn padded(text: &[u8], len: usize) -> Vec<u8> {
    [text, &vec![b'x'; len - text.len()]].concat()
}

/// The same proof with another batch in its place: everything above the batch is made anew, with the right key.
fn with_batch(change: impl FnOnce(&mut LineProof, &mut Batch)) -> LineProof {
    let (mut proof, mut batch) = (proof(2), batch());
    change(&mut proof, &mut batch);
    let envelope = Envelope { at: envelopes()[5].at, body: Body::Batch(batch) }.encode();
    let mut leaves = leaves();
    leaves[5] = leaf_hash(&envelope);
    proof.log_path = inclusion_path(5, &leaves);
    proof.checkpoint = signer().sign(&Checkpoint { root: root(&leaves), ..checkpoint() }.render());
    proof.envelope = envelope;
    proof
}

/// PACK-4: each check refuses what the checks before it let pass.
#[test]
fn pack_4_each_check_refuses() {
    let key = signer().verifying_key();
    let cases: Vec<(LineProof, Result<(), ProofError>)> = vec![
        (with_batch(|_, _| {}), Ok(())),
        (with_batch(|_, batch| batch.first = Seq(batch.first.0 + 2)), Ok(())),
        (with_batch(|_, batch| batch.first = Seq(batch.first.0 + 3)), Err(ProofError::Range)),
        (with_batch(|_, batch| batch.last = Seq(batch.first.0 + 1)), Err(ProofError::Range)),
        (with_batch(|_, batch| batch.day = batch.day.next()), Err(ProofError::Range)),
        (with_batch(|proof, batch| (proof.position, batch.count) = (6, 6)), Err(ProofError::Range)),
        (with_batch(|proof, _| proof.position = u32::MAX), Err(ProofError::Range)),
        (with_batch(|_, batch| batch.count = 9), Err(ProofError::LinePath)),
        (with_batch(|_, batch| batch.count = 0), Err(ProofError::Envelope)),
        (with_batch(|proof, _| proof.position = 3), Err(ProofError::LinePath)),
        (with_batch(|proof, _| proof.salt[0] ^= 1), Err(ProofError::LinePath)),
        (with_batch(|proof, _| proof.raw.push(b'x')), Err(ProofError::LinePath)),
        (with_batch(|proof, _| proof.origin = Origin::Udp), Err(ProofError::LinePath)),
        (with_batch(|proof, _| proof.piece = Piece::WHOLE), Err(ProofError::LinePath)),
        (with_batch(|proof, _| proof.source = SourceKey::overflow()), Err(ProofError::LinePath)),
        (with_batch(|proof, _| proof.seq = Seq(proof.seq.0 + 1)), Err(ProofError::LinePath)),
        (with_batch(|proof, _| proof.path.truncate(1)), Err(ProofError::LinePath)),
        (with_batch(|proof, _| proof.path.push([0; 32])), Err(ProofError::LinePath)),
        (LineProof { index: 4, ..proof(2) }, Err(ProofError::LogPath)),
        (LineProof { index: 11, ..proof(2) }, Err(ProofError::LogPath)),
        (LineProof { index: u64::MAX, ..proof(2) }, Err(ProofError::LogPath)),
        (LineProof { envelope: envelopes()[6].encode(), ..proof(2) }, Err(ProofError::Envelope)),
        (LineProof { envelope: [envelopes()[5].encode(), vec![0]].concat(), ..proof(2) }, Err(ProofError::Envelope)),
    ];
    for (place, (proof, expected)) in cases.into_iter().enumerate() {
        let parsed = LineProof::parse(&proof.render()).unwrap();
        assert_eq!(parsed, proof);
        assert_eq!(parsed.check(&key).map(drop), expected, "case {place}");
    }
}

#[test]
fn another_key_or_origin_is_refused() {
    let other = Signer::from_seed(ORIGIN, [8; 32]).unwrap();
    assert!(matches!(proof(0).check(&other.verifying_key()), Err(ProofError::Note(_))));
    let note = signer().sign(&Checkpoint { origin: "other".to_owned(), ..checkpoint() }.render());
    assert_eq!(LineProof { checkpoint: note, ..proof(0) }.check(&signer().verifying_key()), Err(ProofError::Origin));
}

/// TLOG-3: neither the key nor another line's salt stands in a proof, nor does a guess of a neighbour lead to a hash in it.
#[test]
fn tlog_3_a_proof_reveals_only_its_own_line() {
    let lines = lines();
    for position in 0..lines.len() {
        let text = proof(position).render();
        let text = std::str::from_utf8(&text).unwrap();
        let extra = text.lines().nth(1).and_then(|line| line.strip_prefix("extra ")).unwrap();
        let bytes = [decode_base64(extra).unwrap(), text.as_bytes().to_vec()].concat();
        let stands = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
        assert!(!stands(&BATCH_KEY));
        for other in (0..lines.len()).filter(|other| *other != position) {
            assert!(!stands(&line_salt(other)), "{other} in the proof of {position}");
            // Whoever guesses the neighbour's bytes exactly still lacks its salt.
            let own = proof(position).salt;
            let guess = LineRef { raw: &lines[other].raw, ..lines[other].of() };
            for salt in [own, [0; 16]] {
                assert!(!stands(&line_leaf(&salt, guess)));
            }
            assert!(!stands(&sha256(&lines[other].raw)));
        }
        assert!(stands(&line_leaves()[position ^ 1]), "the sibling's salted leaf is all there is");
    }
}

proptest! {
    #[test]
    fn what_parses_renders_back(raw in prop::collection::vec(any::<u8>(), 0..200), position: u32, piece: u32, index: u64, hashes in 0_usize..20) {
        let path = vec![[3; 32]; hashes];
        let proof = LineProof { raw, position, piece: Piece::from_code(piece), index, path: path.clone(), log_path: path, ..proof(0) };
        prop_assert_eq!(LineProof::parse(&proof.render()), Ok(proof));
    }

    #[test]
    fn no_text_makes_it_panic(cut in 0_usize..2000, bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let text = proof(0).render();
        let _ = LineProof::parse(&[&text[..cut.min(text.len())], bytes.as_slice()].concat());
    }
}
