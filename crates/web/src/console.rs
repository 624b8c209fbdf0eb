//! What the console is made of, and the doors it asks of the binary.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use anlan_assure::assess::Assessor;
use anlan_base::{Clock, Seq};
use anlan_ledger::{Actor, Ledger};
use anlan_vault::{Inlet, Scope, Vault};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::evidence::{PackFault, PackWish};
use crate::failure::Failure;
use crate::library::{PendingTexts, Shelf};

/// Searches that run at the same time; the next ones wait.
pub(crate) const SEARCHES: usize = 4;
/// Requests that may wait for a search to end; the next one is told that the server is busy.
pub(crate) const WAITING_SEARCHES: usize = 32;

#[derive(Debug, thiserror::Error)]
pub enum ProveError {
    #[error("no line {0}")]
    NoSuchLine(Seq),
    #[error("{0}")]
    Failed(String),
}

/// Makes proofs and speaks for the transparency log. The binary wires `assure` and `journal` in.
pub trait Prover: Send + Sync {
    /// The `.tlog-proof` of a line. May block until its batch is sequenced.
    ///
    /// # Errors
    /// When there is no such line in the scope, or the log cannot be written.
    fn prove(&self, seq: Seq, scope: &Scope) -> Result<Vec<u8>, ProveError>;
    /// The log's public key as a C2SP vkey.
    fn vkey(&self) -> String;
    /// Leaves under the checkpoint as it stands.
    fn checkpoint_size(&self) -> u64;
    /// Builds a pack, having recorded who asked for what: a file without a name, gone with its handle. Blocks.
    ///
    /// # Errors
    /// When what is wished cannot be had, or nothing can be read or written.
    fn pack(&self, _actor: &Actor, _wish: &PackWish) -> Result<std::fs::File, PackFault> {
        Err(PackFault::Failed("nothing builds packs here".to_owned()))
    }
    /// Whether all of it is made up: then every page says so.
    fn is_demo(&self) -> bool {
        false
    }
}

/// Where the syslog receivers listen, for the settings that the console offers to copy.
#[derive(Clone, Copy, Debug, Default)]
pub struct Receivers {
    /// UDP and TCP.
    pub syslog: Option<SocketAddr>,
    pub syslog_tls: Option<SocketAddr>,
    pub relp: Option<SocketAddr>,
}

/// The peer of a connection. The listener puts it into the request's extensions; without it all requests count as one peer.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// One operator's console.
pub struct Console {
    pub vault: Arc<Vault>,
    pub ledger: Arc<Ledger>,
    pub inlet: Inlet,
    pub prover: Arc<dyn Prover>,
    pub clock: Arc<dyn Clock>,
    pub receivers: Receivers,
    pub mail: Arc<dyn crate::mail::Mail>,
    pub anchors: Arc<dyn crate::anchors::Anchors>,
    pub assessor: Arc<Assessor>,
}

/// The console and its turnstiles, shared by all requests.
pub(crate) struct House {
    pub(crate) console: Console,
    searches: Turnstile,
    pub(crate) bodies: Semaphore,
    /// Calls of the API, and files that come in by it.
    pub(crate) calls: Arc<Semaphore>,
    pub(crate) uploads: Semaphore,
    /// One person at a time has everything measured.
    pub(crate) measuring: Semaphore,
    /// The library as it was last asked for.
    pub(crate) shelf: tokio::sync::Mutex<Arc<Shelf>>,
    pub(crate) pending: PendingTexts,
    pub(crate) sheets: crate::records::Sheets,
    /// Packs that are being built or wait to be fetched.
    pub(crate) evidence: crate::evidence::jobs::Jobs,
}

pub(crate) type Shared = Arc<House>;

/// Lets [`SEARCHES`] through at a time and [`WAITING_SEARCHES`] wait.
struct Turnstile {
    running: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

impl Turnstile {
    fn new() -> Self {
        Self { running: Arc::new(Semaphore::new(SEARCHES)), places: Arc::new(Semaphore::new(SEARCHES + WAITING_SEARCHES)) }
    }

    /// Takes a place now, or says that there is none; the turn comes later.
    fn enter(&self) -> Result<impl Future<Output = Result<[OwnedSemaphorePermit; 2], Failure>> + use<>, Failure> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Failure::Busy)?;
        let running = Arc::clone(&self.running);
        Ok(async move { Ok([running.acquire_owned().await.map_err(|_| Failure::Busy)?, place]) })
    }
}

impl House {
    pub(crate) fn new(console: Console, bodies: usize) -> Shared {
        Arc::new(Self {
            console,
            searches: Turnstile::new(),
            bodies: Semaphore::new(bodies),
            calls: Arc::new(Semaphore::new(crate::api::API_CALLS)),
            uploads: Semaphore::new(crate::api::API_FILES),
            measuring: Semaphore::new(1),
            shelf: tokio::sync::Mutex::default(),
            pending: PendingTexts::default(),
            sheets: crate::records::Sheets::default(),
            evidence: crate::evidence::jobs::Jobs::default(),
        })
    }

    /// Runs blocking work on the vault or the prover beside the reactor. The work keeps its place until it ends, though nobody may wait for it any more.
    pub(crate) async fn beside<T, F>(self: &Arc<Self>, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&Console) -> Result<T, Failure> + Send + 'static,
    {
        let turn = self.searches.enter()?.await?;
        let house = Arc::clone(self);
        let work = move || {
            let _turn = turn;
            work(&house.console)
        };
        tokio::task::spawn_blocking(work).await.map_err(Failure::internal)?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn searches_that_run_and_that_wait_have_a_limit() {
        let turnstile = Turnstile::new();
        let mut running = Vec::new();
        for _ in 0..SEARCHES {
            running.push(turnstile.enter().ok().unwrap().await.unwrap());
        }
        let mut waiting: Vec<_> = (0..WAITING_SEARCHES).map(|_| turnstile.enter().ok().unwrap()).collect();
        assert!(turnstile.enter().is_err(), "no place is left");
        waiting.pop();
        assert!(turnstile.enter().is_ok(), "one has gone away");
        running.pop();
        assert!(waiting.pop().unwrap().await.is_ok(), "one has ended, another runs");
    }
}
