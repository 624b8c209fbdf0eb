//! What rooms need from above, answered by other rooms: the book of sources by the ledger, the console's proofs by assure and journal.

use std::sync::Arc;

use anlan_base::{Class, Seq, SourceKey};
use anlan_intake::{BoxFuture, SourceBook};
use anlan_ledger::Ledger;
use anlan_vault::Scope;
use anlan_web::{ProveError, Prover};

use crate::instance::Instance;

/// The ledger's table of sources, for the receivers.
pub struct LedgerBook(pub Arc<Ledger>);

impl SourceBook for LedgerBook {
    fn resolve(&self, key: SourceKey) -> BoxFuture<'_, (SourceKey, Class)> {
        Box::pin(async move {
            match self.0.source(&key).await {
                Ok(row) => (row.key, row.class),
                Err(error) => {
                    tracing::error!(source = %key, %error, "the ledger did not say which source this is");
                    (key, Class::network())
                }
            }
        })
    }
}

/// The transparency log and its proofs, for the console.
pub struct InstanceProver(pub Arc<Instance>);

impl Prover for InstanceProver {
    fn prove(&self, seq: Seq, scope: &Scope) -> Result<Vec<u8>, ProveError> {
        anlan_assure::prove(&self.0.vault, &self.0.journal, seq, scope).map_err(|error| match error {
            anlan_assure::AssureError::NoSuchLine(seq) => ProveError::NoSuchLine(seq),
            other => ProveError::Failed(other.to_string()),
        })
    }

    fn vkey(&self) -> String {
        self.0.vkey()
    }

    fn checkpoint_size(&self) -> u64 {
        self.0.journal.size()
    }
}
