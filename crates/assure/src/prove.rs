//! Makes the proof of a line.
//!
//! Invariants: a line outside the asker's scope does not exist for him, and nothing is done for it; a proof that does not verify is never
//! handed out; a proof carries the salt of its own line and no other, nor the batch's key (TLOG-3).

use std::collections::BTreeSet;

use anlan_base::Seq;
use anlan_journal::Journal;
use anlan_tlog::checkpoint::Checkpoint;
use anlan_tlog::inclusion_path;
use anlan_tlog::line::{LineRef, line_leaf, salt};
use anlan_tlog::proof::LineProof;
use anlan_vault::{BatchLines, Line, Scope, Vault};

use crate::AssureError;

/// A `.tlog-proof` of a line; closes its batch and waits for its leaf when it has none yet.
pub fn prove(vault: &Vault, journal: &Journal, seq: Seq, scope: &Scope) -> Result<Vec<u8>, AssureError> {
    let line = vault.line(seq)?.filter(|line| in_scope(line, scope)).ok_or(AssureError::NoSuchLine(seq))?;
    // Its batch is closed and sequenced before the checkpoint is taken.
    vault.batch_of(seq)?.ok_or(AssureError::NoSuchLine(seq))?;
    let note = journal.checkpoint();
    let checkpoint = journal.verifying_key().open(&note).ok().and_then(Checkpoint::parse).ok_or(AssureError::Unsound("checkpoint"))?;
    prove_under(vault, journal, line, &note, &checkpoint)
}

/// The proof of a line under this checkpoint, whose text `checkpoint` is.
pub(crate) fn prove_under(
    vault: &Vault,
    journal: &Journal,
    line: Line,
    note: &[u8],
    checkpoint: &Checkpoint,
) -> Result<Vec<u8>, AssureError> {
    let batch = vault.batch_of(line.seq)?.filter(|batch| batch.leaf < checkpoint.size).ok_or(AssureError::NoSuchLine(line.seq))?;
    let envelope = journal.entry(batch.leaf)?.encode();
    let log_path = journal.inclusion(batch.leaf, checkpoint.size)?;
    let proof = assemble(&batch, line, envelope, log_path, note.to_vec()).ok_or(AssureError::Unsound("batch"))?;
    proof.check(&journal.verifying_key()).map_err(|_| AssureError::Unsound("proof"))?;
    Ok(proof.render())
}

fn in_scope(line: &Line, scope: &Scope) -> bool {
    match scope {
        Scope::All => true,
        Scope::Sources(sources) => sources.contains(&line.source),
    }
}

fn assemble(batch: &BatchLines, line: Line, envelope: Vec<u8>, log_path: Vec<anlan_tlog::Hash>, checkpoint: Vec<u8>) -> Option<LineProof> {
    let place = batch.lines.iter().position(|other| other.seq == line.seq)?;
    let leaves: Vec<_> = batch.lines.iter().zip(0_u32..).map(|(line, i)| line_leaf(&salt(&batch.key, i), line_ref(line))).collect();
    let position = u32::try_from(place).ok()?;
    Some(LineProof {
        envelope,
        position,
        salt: salt(&batch.key, position),
        path: inclusion_path(place, &leaves),
        seq: line.seq,
        origin: line.origin,
        piece: line.piece,
        source: line.source,
        raw: line.raw.to_vec(),
        index: batch.leaf,
        log_path,
        checkpoint,
    })
}

/// What the leaf of a line commits to.
pub(crate) fn line_ref(line: &Line) -> LineRef<'_> {
    LineRef { seq: line.seq, origin: line.origin, piece: line.piece, source: &line.source, raw: &line.raw }
}

/// Closes batches that are still open so that a pack has their lines. An open batch holds the newest
/// lines of its class, so the last line of each source is asked for; those that stood in a batch already seen are passed over.
pub(crate) fn close_batches(vault: &Vault) -> Result<(), AssureError> {
    if vault.status().unsealed_lines == 0 {
        return Ok(());
    }
    let mut lasts: BTreeSet<Seq> = vault.sources()?.into_iter().map(|source| source.last).collect();
    while let Some(last) = lasts.pop_last() {
        let Some(batch) = vault.batch_of(last)? else { continue };
        for line in &batch.lines {
            lasts.remove(&line.seq);
        }
    }
    Ok(())
}
