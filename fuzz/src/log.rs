//! The transparency log's texts and bytes: what a decoder accepts encodes back to the same, and nothing is signed but by the key.

use anlan_tlog::checkpoint::Checkpoint;
use anlan_tlog::envelope::{Body, ENVELOPE_BYTES, Envelope, parse_detail, render_detail};
use anlan_tlog::note::{Note, SIGNATURES, Signer, VerifyingKey};
use anlan_tlog::proof::LineProof;
use anlan_tlog::tile::{self, WIDTH};
use anlan_tlog::{Digest, decode_base64, encode_base64, hex, parse_decimal, sha256, unhex32};

/// The one proof that checks by [`signer`]'s key.
const PROOF: &[u8] = include_bytes!("../../spec/vectors/tlog/line.tlog-proof");

/// The key of the seeds: that of the test vectors.
#[must_use]
pub fn signer() -> Signer {
    Signer::from_seed("anlan.local/0123456789abcdef", [7; 32]).expect("a key's name")
}

/// An envelope encodes back to the bytes it was read from.
pub fn envelope(data: &[u8]) -> bool {
    let Ok(envelope) = Envelope::decode(data) else { return false };
    assert_eq!(envelope.encode(), data);
    assert!(data.len() <= ENVELOPE_BYTES);
    if let Body::Batch(batch) = envelope.body {
        assert!(batch.first <= batch.last && !batch.day.to_string().is_empty());
    }
    true
}

/// A day's detail is written as it was read.
pub fn day_detail(data: &[u8]) -> bool {
    let Some((day, rows)) = parse_detail(data) else { return false };
    assert_eq!(render_detail(day, &rows).as_bytes(), data);
    assert!(rows.iter().all(|row| row.lines > 0 && row.first <= row.last));
    true
}

/// A note taken apart is put together again; one that opens begins with what the key signs.
pub fn signed_note(data: &[u8]) -> bool {
    let opened = signer().verifying_key().open(data);
    let Ok(note) = Note::parse(data) else {
        assert!(opened.is_err());
        return false;
    };
    assert!((1..=SIGNATURES).contains(&note.signatures.len()));
    let mut again = format!("{}\n", note.text);
    for line in &note.signatures {
        again.push_str(&format!("— {} {}\n", line.name, encode_base64(&line.bytes)));
    }
    assert_eq!(again.as_bytes(), data);
    let Ok(text) = opened else { return false };
    assert_eq!(text, note.text);
    assert!(data.starts_with(&signer().sign(text)), "a signature that the key did not make");
    true
}

/// A checkpoint is written as it was read.
pub fn checkpoint(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let Some(checkpoint) = Checkpoint::parse(text) else { return false };
    assert_eq!(checkpoint.render(), text);
    let note = Note::parse(data);
    assert!(note.is_err(), "a checkpoint's text is no note");
    true
}

/// A proof is written as it was read; the one that checks is the one that was made.
pub fn line_proof(data: &[u8]) -> bool {
    let Ok(proof) = LineProof::parse(data) else { return false };
    assert_eq!(proof.render(), data);
    let sound = proof.check(&signer().verifying_key()).is_ok();
    if sound {
        only_the_true_proof(proof);
    }
    sound
}

/// Panics unless it is the true proof, but for signature lines of others.
pub(crate) fn only_the_true_proof(proof: LineProof) {
    let genuine = LineProof::parse(PROOF).expect("a proof");
    assert!(proof.checkpoint.starts_with(&genuine.checkpoint));
    assert_eq!(LineProof { checkpoint: genuine.checkpoint.clone(), ..proof }, genuine, "a proof that was never made");
}

/// A public key is written as it was read.
pub fn vkey(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let Ok(key) = VerifyingKey::parse(text) else { return false };
    assert_eq!(key.render(), text);
    assert!(key.open(&signer().sign("text\n")).is_err() || key == signer().verifying_key());
    true
}

/// A private key is written as it was read, with its line feed; it signs what its public key opens.
pub fn private_key(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let Ok(signer) = Signer::parse(text) else { return false };
    assert_eq!(signer.render_private(), format!("{}\n", text.strip_suffix('\n').unwrap_or(text)));
    assert_eq!(signer.verifying_key().open(&signer.sign("text\n")), Ok("text\n"));
    let secret = text.splitn(5, '+').nth(4).expect("the seed");
    assert!(!format!("{signer:?}").contains(secret.trim_end()), "the seed is shown");
    true
}

/// A tile's name is written as it was read.
pub fn tile_path(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let Some((level, n, width)) = tile::parse_path(text) else { return false };
    assert_eq!(tile::path(level, n, width), text);
    assert!((1..=WIDTH).contains(&width));
    true
}

/// A place (`u8 level, 255 for entries ‖ u64 n ‖ u16 width`) is read as it was written.
pub fn tile_place(data: &[u8]) -> bool {
    let Some(([level, place @ ..], _)) = data.split_first_chunk::<11>() else { return false };
    let [n @ .., high, low] = *place;
    let level = (*level != u8::MAX).then_some(level % 64);
    let (n, width) = (u64::from_be_bytes(n), u16::from_be_bytes([high, low]) % WIDTH + 1);
    assert_eq!(tile::parse_path(&tile::path(level, n, width)), Some((level, n, width)));
    // As the size of a log of up to a few tiles: each of its tiles has a name of its own.
    let size = n % 200_000;
    let names: Vec<String> = tile::all(size).into_iter().map(|(level, n, width)| tile::path(level, n, width)).collect();
    assert_eq!(names.iter().collect::<std::collections::BTreeSet<_>>().len(), names.len());
    true
}

/// Base64, hexadecimal and decimal texts are written as they were read; bytes are read as they were written.
pub fn base64_hex_decimal(data: &[u8]) -> bool {
    assert_eq!(decode_base64(&encode_base64(data)).as_deref(), Ok(data));
    let hash = sha256(data);
    assert_eq!(unhex32(&hex(&hash)), Some(hash));
    let mut digest = Digest::new();
    data.chunks(7).for_each(|part| digest.update(part));
    assert_eq!(digest.finish(), hash);
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let (bytes, hash, number) = (decode_base64(text), unhex32(text), parse_decimal(text));
    assert!(bytes.as_ref().is_ok_and(|bytes| encode_base64(bytes) == text) || bytes.is_err());
    assert!(hash.is_none_or(|hash| hex(&hash) == text));
    assert!(number.is_none_or(|number| number.to_string() == text));
    bytes.is_ok() || hash.is_some() || number.is_some()
}
