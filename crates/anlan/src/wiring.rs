//! What rooms need from above, answered by other rooms: the book of sources by the ledger, the console's proofs by assure and journal,
//! the ledger's lawbook by the packs, its checkpoint by the journal.

use std::sync::Arc;

use anlan_base::text::Lang;
use anlan_base::{Class, Seq, SourceKey};
use anlan_intake::{BoxFuture, SourceBook};
use anlan_ledger::Ledger;
use anlan_vault::Scope;
use anlan_web::{ProveError, Prover};
use anyhow::Result;

use crate::commands::kind::shipped;
use crate::instance::Instance;
use crate::say::Say;

/// Where files beside records lie in the folder.
const ATTACHMENTS: &str = "attachments";
/// Lines of a signed checkpoint that say what is signed: origin, size, root hash.
const CHECKPOINT_LINES: usize = 3;

/// Gives the ledger what it judges records by: the packs' lawbook with the unit's own kinds, rules for accounts, a place for files, the log's checkpoint.
pub async fn put_law_in_force(instance: &Instance, lang: Lang) -> Result<()> {
    let book = Arc::new(tokio::task::spawn_blocking(move || shipped(&Say { lang })).await??);
    let ledger = &instance.ledger;
    ledger.use_account_rules(book.accounts);
    ledger.keep_files_in(&instance.dir.join(ATTACHMENTS), instance.fs.clone());
    let journal = instance.journal.clone();
    ledger.set_checkpoint(Arc::new(move || unsigned(&journal.checkpoint())));
    Ok(ledger.set_book(book).await?)
}

/// What a checkpoint says, without its signatures.
fn unsigned(checkpoint: &[u8]) -> String {
    String::from_utf8_lossy(checkpoint).lines().take(CHECKPOINT_LINES).collect::<Vec<_>>().join("\n")
}

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
