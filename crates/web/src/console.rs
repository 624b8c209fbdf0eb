//! What the console is made of, and the doors it asks of the binary.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use anlan_base::{Clock, Seq};
use anlan_ledger::Ledger;
use anlan_vault::{Inlet, Scope, Vault};
use tokio::sync::Semaphore;

use crate::failure::Failure;

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
}

/// The console and its turnstiles, shared by all requests.
pub(crate) struct House {
    pub(crate) console: Console,
    searches: Semaphore,
    waiting: Semaphore,
    pub(crate) bodies: Arc<Semaphore>,
}

pub(crate) type Shared = Arc<House>;

impl House {
    pub(crate) fn new(console: Console, bodies: usize) -> Shared {
        let waiting = Semaphore::new(SEARCHES + WAITING_SEARCHES);
        Arc::new(Self { console, searches: Semaphore::new(SEARCHES), waiting, bodies: Arc::new(Semaphore::new(bodies)) })
    }

    /// Runs blocking work on the vault or the prover beside the reactor.
    pub(crate) async fn beside<T, F>(self: &Arc<Self>, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&Console) -> Result<T, Failure> + Send + 'static,
    {
        let _place = self.waiting.try_acquire().map_err(|_| Failure::Busy)?;
        let _turn = self.searches.acquire().await.map_err(|_| Failure::Busy)?;
        let house = Arc::clone(self);
        tokio::task::spawn_blocking(move || work(&house.console)).await.map_err(Failure::internal)?
    }
}
