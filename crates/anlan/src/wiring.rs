//! What rooms need from above, answered by other rooms: the book of sources by the ledger, the console's proofs by assure and journal,
//! the ledger's lawbook by the packs, its checkpoint by the journal; verdicts by what stands in the folder.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use anlan_assure::assess::{Assessor, Site};
use anlan_base::text::Lang;
use anlan_base::{Class, Seq, SourceKey};
use anlan_intake::{BoxFuture, SourceBook};
use anlan_law::pack::Lawbook;
use anlan_ledger::{Actor, Ledger};
use anlan_vault::Scope;
use anlan_web::{PackFault, PackWish, ProveError, Prover};
use anyhow::{Context as _, Result};
use tokio::runtime::Handle;

use crate::commands::kind::shipped;
use crate::evidence;
use crate::instance::Instance;
use crate::say::Say;

/// Where files beside records lie in the folder.
const ATTACHMENTS: &str = "attachments";
/// Lines of a signed checkpoint that say what is signed: origin, size, root hash.
const CHECKPOINT_LINES: usize = 3;

/// Gives the ledger what it judges records by: the packs' lawbook with the unit's own kinds, rules for accounts, a place for files, the log's checkpoint.
pub async fn put_law_in_force(instance: &Instance, lang: Lang) -> Result<()> {
    let book = Arc::new(tokio::task::spawn_blocking(move || shipped(&Say::in_language(lang))).await??);
    let ledger = &instance.ledger;
    ledger.use_account_rules(book.accounts);
    ledger.keep_files_in(&instance.dir.join(ATTACHMENTS), instance.fs.clone());
    let journal = instance.journal.clone();
    ledger.set_checkpoint(Arc::new(move || unsigned(&journal.checkpoint())));
    ledger.set_book(book.clone()).await?;
    instance.assessor.get_or_init(|| Arc::new(assessor(instance, book)));
    Ok(())
}

/// Looks at this folder by the book that is in force at the moment of the question.
fn assessor(instance: &Instance, first: Arc<Lawbook>) -> Assessor {
    let (ledger, vault, journal) = (instance.ledger.clone(), instance.vault.clone(), instance.journal.clone());
    let (fs, clock, dir) = (instance.fs.clone(), instance.clock.clone(), Arc::<Path>::from(instance.dir.as_path()));
    Assessor::new(move || Site {
        ledger: ledger.clone(),
        vault: vault.clone(),
        journal: journal.clone(),
        fs: fs.clone(),
        dir: dir.clone(),
        book: ledger.lawbook().unwrap_or_else(|_| first.clone()),
        now: clock.now(),
        coverage: anlan_assure::assess::coverage::Remembered::default(),
    })
}

/// The assessor of a folder; where no law is in force yet, as for one command, the packs in the box come into force first.
pub async fn assessor_of(instance: &Instance, lang: Lang) -> Result<Arc<Assessor>> {
    if instance.assessor.get().is_none() {
        put_law_in_force(instance, lang).await?;
    }
    instance.assessor.get().cloned().context("no law is in force")
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

    fn pack(&self, actor: &Actor, wish: &PackWish) -> Result<File, PackFault> {
        evidence::build(&self.0, &Handle::current(), actor, wish).map_err(|error| match evidence::refusal(&error, wish.lang) {
            Some(why) => PackFault::Refused(why),
            None => PackFault::Failed(format!("{error:#}")),
        })
    }

    fn vkey(&self) -> String {
        self.0.vkey()
    }

    fn checkpoint_size(&self) -> u64 {
        self.0.journal.size()
    }

    fn is_demo(&self) -> bool {
        self.0.is_demo()
    }
}
