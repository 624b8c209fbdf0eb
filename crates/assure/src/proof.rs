//! Verifies the proof of a line (PACK-4).

use anlan_tlog::note::VerifyingKey;
use anlan_tlog::proof::{LineProof, ProofError};

use crate::report::{Anchor, Check, Report, Verdict};

/// Checks a proof: form, checkpoint, line in its batch, batch in the log.
#[must_use]
pub fn verify_proof(bytes: &[u8], key: &VerifyingKey) -> Report {
    let proof = match LineProof::parse(bytes) {
        Ok(proof) => proof,
        Err(error) => return failed(vec![], error),
    };
    let index = ("index", proof.index.to_string());
    let form = Check::held("verify-proof-form", vec![("bytes", bytes.len().to_string())]);
    let checkpoint = match proof.check(key) {
        Ok(checkpoint) => checkpoint,
        Err(error) => return failed(vec![form], error),
    };
    let size = ("size", checkpoint.size.to_string());
    let line = vec![("seq", proof.seq.to_string()), ("source", proof.source.to_string()), ("received", proof.seq.received().to_rfc3339())];
    let checks = vec![
        form,
        Check::held("verify-checkpoint", vec![("origin", checkpoint.origin), size.clone()]),
        Check::held("verify-proof-line", line),
        Check::held("verify-proof-log", vec![index, size]),
    ];
    Report { checks, verdict: Verdict::Sound, anchor: Anchor::SelfOnly }
}

fn failed(mut checks: Vec<Check>, error: ProofError) -> Report {
    let why = || vec![("why", error.to_string())];
    checks.push(match error {
        ProofError::TooLong => Check::failed("verify-proof-long", vec![("limit", anlan_tlog::proof::PROOF_BYTES.to_string())]),
        ProofError::Text | ProofError::Extra => Check::failed("verify-proof-form-bad", why()),
        ProofError::Checkpoint | ProofError::Note(_) => Check::failed("verify-checkpoint-signature", why()),
        ProofError::Origin => Check::failed("verify-proof-origin", vec![]),
        ProofError::Envelope => Check::failed("verify-proof-envelope", vec![]),
        ProofError::Range => Check::failed("verify-proof-range", vec![]),
        ProofError::LinePath => Check::failed("verify-proof-line-path", vec![]),
        ProofError::LogPath => Check::failed("verify-proof-log-path", vec![]),
    });
    Report { checks, verdict: Verdict::Damaged, anchor: Anchor::SelfOnly }
}
