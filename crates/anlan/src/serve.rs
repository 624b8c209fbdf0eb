//! `anlan serve`: opens the folder, listens, says what became reachable, and on SIGTERM takes in what was sent, seals it, and ends.
//!
//! Invariants: `ready` is printed when everything listens; the server stops by itself when the disk no longer takes writes, so that nothing is acknowledged that is not kept.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anlan_intake::{Bound, Listening, Reach, Receivers};
use anlan_ledger::PostgresUrl;
use anlan_vault::{Housekeeper, Inlet, InletOptions};
use anlan_web::Console;
use anyhow::{Context, Result};
use clap::ArgMatches;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;

use crate::anchor;
use crate::assess;
use crate::cards;
use crate::config::Settings;
use crate::door;
use crate::https;
use crate::instance::{Instance, Opening};
use crate::life;
use crate::mail::Post;
use crate::notices;
use crate::own_log;
use crate::reverify;
use crate::say::{Say, code};
use crate::ticker;
use crate::timesync;
use crate::tls::{self, Certificate};
use crate::wiring::{InstanceProver, LedgerBook, assessor_of};

/// How often entries made by the console are carried to the log.
const OUTBOX_EVERY: Duration = Duration::from_millis(500);

/// At the end, how long answers under way may still take: a tail has no end, and a reader may have stopped reading.
pub const LAST_CALLERS: Duration = Duration::from_secs(1);

pub struct Addresses {
    syslog: Option<SocketAddr>,
    syslog_tls: Option<SocketAddr>,
    relp: Option<SocketAddr>,
    console: Option<SocketAddr>,
}

impl Addresses {
    fn of(settings: &Settings) -> Self {
        Self { syslog: settings.syslog, syslog_tls: settings.syslog_tls, relp: settings.relp, console: settings.console }
    }

    /// The console alone.
    pub fn of_console(console: SocketAddr) -> Self {
        Self { syslog: None, syslog_tls: None, relp: None, console: Some(console) }
    }

    fn all(&self) -> Vec<IpAddr> {
        [self.syslog, self.syslog_tls, self.relp, self.console].iter().flatten().map(SocketAddr::ip).collect()
    }
}

pub fn run(say: &Say, m: &ArgMatches) -> Result<ExitCode> {
    let settings = Settings::of_serve(say, m)?;
    let say = &Say { lang: settings.lang.unwrap_or(say.lang), shape: settings.log_format.shape() };
    own_log::start(settings.log_level, say.shape);
    if !settings.listens() {
        return Err(say.told(code::USAGE, "serve-nothing", &[]));
    }
    let addresses = Addresses::of(&settings);
    let runtime = Runtime::new()?;
    let done = runtime.block_on(serve(say, settings.data, &addresses, settings.database));
    runtime.shutdown_timeout(LAST_CALLERS);
    done
}

async fn serve(say: &Say, dir: PathBuf, addresses: &Addresses, database: Option<PostgresUrl>) -> Result<ExitCode> {
    let stop = Stop::new()?;
    let instance = Arc::new(Instance::open_with(&dir, Opening::ToServe, say.lang, database).await?);
    serve_on(say, stop, instance, addresses, JoinSet::new()).await
}

/// Serves an opened folder until somebody asks it to end. `tasks` end before the lines are sealed.
pub async fn serve_on(
    say: &Say,
    mut stop: Stop,
    instance: Arc<Instance>,
    addresses: &Addresses,
    mut tasks: JoinSet<()>,
) -> Result<ExitCode> {
    raise_open_files();
    let dir = instance.dir.clone();
    let assessor = assessor_of(&instance, say.lang).await?;
    let certificate = tls::certificate(&*instance.fs, &dir, &addresses.all())?;
    let inlet = Inlet::start(instance.vault.clone(), InletOptions::default());
    let housekeeper = Housekeeper::start(instance.vault.clone());
    let receivers = receive(say, addresses, &instance, &inlet, &certificate)?;
    let console = match addresses.console {
        Some(address) => Some(open_console(say, address, &instance, &inlet, &receivers, &certificate, &mut tasks).await?),
        None => None,
    };
    tasks.spawn(door::serve(door::bind(&instance)?, instance.clone()));
    tasks.spawn(carry_entries(instance.clone()));
    life::note(&instance.ledger, &instance.outbox, life::START).await?;
    tasks.spawn(say_alive(instance.clone()));
    tasks.spawn(ticker::run(instance.clone()));
    tasks.spawn(assess::run(instance.clone(), assessor));
    tasks.spawn(notices::run(instance.clone()));
    tasks.spawn(reverify::run(instance.clone()));
    tasks.spawn(anchor::run(instance.clone(), say.lang));
    tasks.spawn(timesync::run(instance.clone()));
    announce(say, &instance, &receivers, console, &certificate).await?;
    say.talk("ready");

    let why = stop.wait(&instance).await;
    say.talks("serve-stopping", &[]);
    receivers.shutdown().await;
    inlet.shutdown();
    tasks.shutdown().await;
    housekeeper.stop();
    let _ = instance.fs.remove(&dir.join(door::SOCKET));
    if why == Why::Failed {
        say.talks("serve-failed", &[]);
        return Ok(ExitCode::from(code::FAILED));
    }
    life::note(&instance.ledger, &instance.outbox, life::STOP).await?;
    let vault = instance.vault.clone();
    tokio::task::spawn_blocking(move || vault.seal_all()).await??;
    instance.ledger.close().await;
    say.talks("serve-stopped", &[]);
    Ok(ExitCode::SUCCESS)
}

/// Each connection is a file: the soft limit goes up to the hard one.
fn raise_open_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum }) {
        tracing::warn!(%error, "the limit of open files stays as it is");
    }
}

fn receive(say: &Say, addresses: &Addresses, instance: &Arc<Instance>, inlet: &Inlet, certificate: &Certificate) -> Result<Receivers> {
    let mut listening = Listening::new();
    if let Some(address) = addresses.syslog {
        listening = listening.syslog(address);
    }
    if let Some(address) = addresses.syslog_tls {
        listening = listening.syslog_tls(address, certificate.config.clone());
    }
    if let Some(address) = addresses.relp {
        listening = listening.relp(address);
    }
    let book = Arc::new(LedgerBook(instance.ledger.clone()));
    Receivers::start(listening, inlet.clone(), book, instance.vault.clone(), instance.clock.clone())
        .map_err(|error| cannot_listen(say, &error.address.to_string(), &error.error.to_string()))
}

#[allow(clippy::too_many_arguments, reason = "what the console is made of")]
async fn open_console(
    say: &Say,
    address: SocketAddr,
    instance: &Arc<Instance>,
    inlet: &Inlet,
    receivers: &Receivers,
    certificate: &Certificate,
    tasks: &mut JoinSet<()>,
) -> Result<SocketAddr> {
    let listener = TcpListener::bind(address).await.map_err(|error| cannot_listen(say, &address.to_string(), &error.to_string()))?;
    let bound = listener.local_addr().context("console")?;
    let receiving = receivers.bound();
    let router = anlan_web::router(Console {
        vault: instance.vault.clone(),
        ledger: instance.ledger.clone(),
        inlet: inlet.clone(),
        prover: Arc::new(InstanceProver(instance.clone())),
        clock: instance.clock.clone(),
        receivers: anlan_web::Receivers { syslog: receiving.syslog, syslog_tls: receiving.syslog_tls, relp: receiving.relp },
        mail: Arc::new(Post::new(instance)),
        anchors: Arc::new(anchor::Keeper::new(instance, say.lang)),
        assessor: assessor_of(instance, say.lang).await?,
    });
    tasks.spawn(https::serve(listener, certificate.config.clone(), router));
    Ok(bound)
}

fn cannot_listen(say: &Say, address: &str, what: &str) -> anyhow::Error {
    say.told(code::FAILED, "serve-cannot-listen", &[("address", address), ("what", what)])
}

async fn carry_entries(instance: Arc<Instance>) {
    let mut turns = tokio::time::interval(OUTBOX_EVERY);
    loop {
        turns.tick().await;
        if let Err(error) = instance.outbox.pump().await {
            tracing::error!(%error, "entries wait for the log");
        }
    }
}

async fn say_alive(instance: Arc<Instance>) {
    let mut turns = tokio::time::interval(life::EVERY);
    turns.tick().await;
    loop {
        turns.tick().await;
        if let Err(error) = life::note(&instance.ledger, &instance.outbox, life::ALIVE).await {
            tracing::error!(%error, "a sign of life could not be recorded");
        }
    }
}

/// Says where what listens, who can reach it, the key, and on the first run the one-time code.
async fn announce(
    say: &Say,
    instance: &Instance,
    receivers: &Receivers,
    console: Option<SocketAddr>,
    certificate: &Certificate,
) -> Result<()> {
    let new = if instance.is_new { "yes" } else { "no" };
    say.talks("serve-data", &[("dir", &instance.dir.display().to_string()), ("new", new)]);
    let bound = receivers.bound();
    let listeners =
        [("serve-syslog", bound.syslog), ("serve-syslog-tls", bound.syslog_tls), ("serve-relp", bound.relp), ("serve-console", console)];
    for (key, address) in listeners {
        let Some(address) = address else { continue };
        say.talks(key, &[("address", &address.to_string())]);
        say.talk(&format!("            {}", say.text(reach(address), &[("address", &address.to_string())])));
    }
    say.talks("serve-fingerprint", &[("fingerprint", &certificate.fingerprint)]);
    say.talks("serve-vkey", &[("vkey", &instance.vkey())]);
    say.talks("serve-vkey-advice", &[]);
    let Some(console) = console else { return Ok(()) };
    if !instance.ledger.has_users().await? {
        first_run_advice(say, &bound);
        let code = instance.ledger.first_run_code().await?;
        say.talks("serve-first-run", &[("address", &console.to_string()), ("code", &code)]);
    }
    Ok(())
}

/// Where devices can be pointed to, and why the browser will warn.
fn first_run_advice(say: &Say, bound: &Bound) {
    let root = Path::new("/");
    let cards: Vec<String> = cards::cards(root).into_iter().map(|card| format!("{} {}", card.name, card.address)).collect();
    if !cards.is_empty() {
        say.talks("serve-cards", &[("cards", &cards.join(", "))]);
    }
    if bound.syslog.is_none_or(|address| address.port() != cards::SYSLOG_PORT) {
        let key = if cards::may_bind(root, cards::SYSLOG_PORT) { "serve-port-may" } else { "serve-port-may-not" };
        say.talks(key, &[]);
    }
    say.talks("serve-certificate", &[]);
}

fn reach(address: SocketAddr) -> &'static str {
    match Reach::of(address.ip()) {
        Reach::Loopback => "serve-reach-loopback",
        Reach::AllIpv4 | Reach::All => "serve-reach-all",
        Reach::Address(_) => "serve-reach-address",
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    Asked,
    Failed,
}

pub struct Stop {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl Stop {
    pub fn new() -> Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Until somebody asks.
    pub async fn asked(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    /// Until somebody asks, or the vault no longer takes writes.
    async fn wait(&mut self, instance: &Instance) -> Why {
        tokio::select! {
            _ = self.terminate.recv() => Why::Asked,
            _ = self.interrupt.recv() => Why::Asked,
            what = instance.vault.failed() => {
                tracing::error!(what, "the vault no longer takes writes");
                Why::Failed
            }
        }
    }
}
