//! `proofs/…`: proofs of lines that were chosen, each whole by itself (PACK-18).

use anlan_base::Seq;
use anlan_tlog::note::VerifyingKey;
use anlan_tlog::proof::LineProof;

use super::lines::View;
use super::proof_name;

/// Whether the member `name` is the sound proof of a line that this pack may show, under `checkpoint`.
pub(crate) fn is_sound(name: &str, bytes: &[u8], key: &VerifyingKey, checkpoint: &[u8], view: View<'_>) -> bool {
    let Ok(proof) = LineProof::parse(bytes) else { return false };
    let Seq(seq) = proof.seq;
    proof.check(key).is_ok() && proof.checkpoint == checkpoint && name == proof_name(Seq(seq)) && view.shows(proof.seq, &proof.source)
}
