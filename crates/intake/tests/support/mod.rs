//! A vault in a temporary folder, its queue, and receivers on free ports.
#![allow(dead_code, clippy::disallowed_methods, clippy::unwrap_used, clippy::print_stdout)]

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anlan_base::{Instant, SystemClock};
use anlan_intake::{Limits, Listening, LossSink, OpenBook, Receivers};
use anlan_journal::{DiskFs, Journal};
use anlan_tlog::note::Signer;
use anlan_vault::{BatchLines, Inlet, InletOptions, Line, Vault, VaultError, VaultOptions};
use anlan_vault::{Loss, LossReason};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub mod relp_client;
pub mod rsyslog_peer;
pub mod tls;

pub const MIB: usize = 1 << 20;
/// Nothing here takes so long; a test that waits for it has failed.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Losses as they are noted.
#[derive(Default)]
pub struct Noted(Mutex<Vec<Loss>>);

impl LossSink for Noted {
    fn note(&self, losses: &[Loss]) -> Result<(), VaultError> {
        self.0.lock().unwrap().extend_from_slice(losses);
        Ok(())
    }
}

impl Noted {
    pub fn count(&self, reason: LossReason) -> u64 {
        self.0.lock().unwrap().iter().filter(|loss| loss.reason == reason).map(|loss| loss.count).sum()
    }

    pub fn all(&self) -> Vec<(LossReason, String, u64)> {
        self.0.lock().unwrap().iter().map(|loss| (loss.reason, loss.source.as_str().to_owned(), loss.count)).collect()
    }
}

pub struct Station {
    pub vault: Arc<Vault>,
    pub inlet: Inlet,
    pub noted: Arc<Noted>,
    pub receivers: Receivers,
    _folder: tempfile::TempDir,
}

pub fn local() -> SocketAddr {
    "127.0.0.1:0".parse().unwrap()
}

/// Plain syslog and RELP on free ports.
pub fn plain() -> Listening {
    Listening::new().syslog(local()).relp(local()).limits(quick())
}

/// Limits of the product, but for what makes tests wait.
pub fn quick() -> Limits {
    Limits { shutdown_patience: Duration::from_secs(5), ..Limits::default() }
}

impl Station {
    pub fn start(listening: Listening) -> Self {
        Self::with_queue(listening, InletOptions { queue_bytes: 64 * MIB, source_bytes: 16 * MIB })
    }

    pub fn with_queue(listening: Listening, queue: InletOptions) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(SystemClock);
        let signer = Signer::from_seed("anlan.local/0123456789abcdef", [7; 32]).unwrap();
        let journal = Journal::create(Arc::new(DiskFs), folder.path().join("log"), signer, clock.clone()).unwrap();
        let vault =
            Vault::open(Arc::new(DiskFs), folder.path().to_owned(), Arc::new(journal), clock.clone(), VaultOptions::default()).unwrap();
        let vault = Arc::new(vault);
        let inlet = Inlet::start(Arc::clone(&vault), queue);
        let noted = Arc::new(Noted::default());
        let receivers = Receivers::start(listening, inlet.clone(), Arc::new(OpenBook), noted.clone(), clock).unwrap();
        Self { vault, inlet, noted, receivers, _folder: folder }
    }

    pub fn syslog(&self) -> SocketAddr {
        self.receivers.bound().syslog.unwrap()
    }

    pub fn relp(&self) -> SocketAddr {
        self.receivers.bound().relp.unwrap()
    }

    pub fn tls(&self) -> SocketAddr {
        self.receivers.bound().syslog_tls.unwrap()
    }

    /// All lines kept, in the order of their seq.
    pub fn lines(&self) -> Vec<Line> {
        lines_of(&self.vault)
    }

    pub fn raw(&self) -> Vec<Vec<u8>> {
        self.lines().into_iter().map(|line| line.raw.to_vec()).collect()
    }

    pub fn count(&self) -> u64 {
        self.vault.status().lines
    }

    /// Waits until so many lines are kept.
    pub async fn keeps(&self, lines: u64) {
        until(&format!("{lines} lines"), || self.count() >= lines).await;
    }

    /// Shuts the receivers down; gives what is then kept, in order, and the losses noted.
    pub async fn stop(self) -> (Vec<Line>, Arc<Noted>) {
        let Self { vault, inlet, noted, receivers, _folder } = self;
        receivers.shutdown().await;
        tokio::task::block_in_place(|| inlet.shutdown());
        let lines = lines_of(&vault);
        (lines, noted)
    }
}

/// All lines of a vault, in the order of their seq: its batches are closed for that.
fn lines_of(vault: &Vault) -> Vec<Line> {
    for source in vault.sources().unwrap() {
        vault.batch_of(source.last).unwrap();
    }
    let mut lines = Vec::new();
    let mut take = |batch: BatchLines| {
        lines.extend(batch.lines);
        Ok(())
    };
    vault.batches(Instant(0), Instant(u64::MAX), &mut take).unwrap();
    lines
}

/// Waits until something is so.
pub async fn until(what: &str, mut so: impl FnMut() -> bool) {
    let waited = tokio::time::timeout(PATIENCE, async {
        while !so() {
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
    });
    assert!(waited.await.is_ok(), "waited in vain for {what}");
}

/// Sends bytes in writes of their own, and ends.
pub async fn send(address: SocketAddr, parts: &[&[u8]]) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    for part in parts {
        stream.write_all(part).await.unwrap();
        tokio::task::yield_now().await;
    }
    stream.shutdown().await.unwrap();
    // The other side closes when it has read all.
    let mut rest = Vec::new();
    let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut rest)).await;
}

/// Resident memory of this process, in bytes.
pub fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let row = status.lines().find_map(|row| row.strip_prefix("VmRSS:")).unwrap();
    row.split_ascii_whitespace().next().unwrap().parse::<usize>().unwrap() * 1_024
}
