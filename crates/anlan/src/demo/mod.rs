//! `anlan demo`: a made-up county bureau with three schools, 200 days of it, to look at and to test with.
//!
//! Invariants: it has a key of its own whose name says `demo`, and every page says 演示数据; the same seed gives the same lines and records;
//! what it made for itself is gone afterwards.

mod backup;
mod clock;
mod devices;
mod dice;
mod home;
mod lines;
mod live;
mod make;
mod people;
mod play;
mod quick_fs;
mod span;
mod story;
mod traffic;

use std::io::{BufRead as _, IsTerminal as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anlan_base::{Clock, Instant};
use anyhow::Result;
use clap::ArgMatches;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::instance::{Instance, Opening};
use crate::say::{Say, code};
use crate::serve::{self, Addresses, Stop};
pub use clock::DemoClock;
use home::{Home, Page};
use make::Plan;
use people::Account;
use span::Span;
pub use span::{LEAST_DAYS, MOST_DAYS};
use traffic::Traffic;

/// The clock of a folder with a demo's key: its time runs on from where it ends, see [`run_on`]. None for any other folder.
pub fn clock_of(dir: &Path) -> Option<Arc<DemoClock>> {
    Home::asked(dir.to_owned()).has_demo_key().then(|| Arc::new(DemoClock::at(Span::of(1).present())))
}

/// Lets the clock run from the last moment that the folder knows of.
pub fn run_on(clock: &DemoClock, instance: &Instance) -> Result<()> {
    let newest = instance.vault.watch().borrow().received();
    let size = instance.journal.size();
    let last = if size == 0 { newest } else { instance.journal.entry(size - 1)?.at };
    clock.run_from(newest.max(last).max(Span::of(1).present()));
    Ok(())
}

pub fn run(say: &Say, m: &ArgMatches) -> Result<ExitCode> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(tracing::Level::WARN).init();
    let make_only = m.get_flag("make-only");
    let home = match m.get_one::<PathBuf>("data") {
        Some(dir) => Home::asked(dir.clone()),
        None => Home::temporary(m.get_flag("keep") || make_only)?,
    };
    let number = |name: &str| m.get_one::<u64>(name).copied().unwrap_or(1);
    let plan = Plan { seed: number("seed"), scale: number("scale"), days: m.get_one::<u32>("days").copied() };
    let console = m.get_one::<SocketAddr>("console").copied();
    let runtime = Runtime::new()?;
    let done = runtime.block_on(async {
        let mut stop = Stop::new()?;
        if !home.is_begun() {
            tokio::select! {
                made = make_at(say, &home, plan) => made?,
                () = stop.asked() => return Ok(ExitCode::from(code::FAILED)),
            }
        } else if !home.has_demo_key() {
            return Err(say.told(code::UNREADABLE, "demo-not-a-demo", &[("dir", &home.dir.display().to_string())]));
        }
        match make_only {
            true => Ok(ExitCode::SUCCESS),
            false => look(say, stop, &home, console).await,
        }
    });
    runtime.shutdown_timeout(serve::LAST_CALLERS);
    done
}

async fn make_at(say: &Say, home: &Home, plan: Plan) -> Result<()> {
    let began = std::time::Instant::now();
    let made = make::make(say, &home.dir, plan).await?;
    home.keep_page(&Page { seed: plan.seed, scale: plan.scale, days: plan.days, vkey: made.vkey, accounts: made.accounts })?;
    let seconds = format!("{:.1}", began.elapsed().as_secs_f64());
    say.talks("demo-made", &[("dir", &home.dir.display().to_string()), ("lines", &made.lines.to_string()), ("seconds", &seconds)]);
    Ok(())
}

/// Opens the console on the demo; its clock runs on from where the folder ends.
async fn look(say: &Say, stop: Stop, home: &Home, console: Option<SocketAddr>) -> Result<ExitCode> {
    let page = home.page()?;
    let span = Plan { seed: page.seed, scale: page.scale, days: page.days }.span();
    let instance = Arc::new(Instance::open_with(&home.dir, Opening::ToServe, say.lang, None).await?);
    let clock = instance.clock.clone();
    let mut tasks = JoinSet::new();
    crate::wiring::put_law_in_force(&instance, say.lang).await?;
    tasks.spawn(live::run(instance.clone(), Traffic { seed: page.seed, scale: page.scale.min(1), span }));
    tell(say, home, &page, clock.now());
    if std::io::stdin().is_terminal() {
        let lang = say.lang;
        std::thread::spawn(move || tell_codes_when_asked(&Say::in_language(lang), &page.accounts, &*clock));
    }
    let console = console.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8443)));
    serve::serve_on(say, stop, instance, &Addresses::of_console(console), tasks).await
}

/// Who signs in with what.
fn tell(say: &Say, home: &Home, page: &Page, now: Instant) {
    say.talks("demo-title", &[("now", &now.to_civil())]);
    for account in &page.accounts {
        say.talk(&format!("  {:<18} {}", account.account, account.title));
    }
    say.talks("demo-password", &[("password", people::PASSWORD)]);
    tell_codes(say, &page.accounts, now);
    say.talks(if std::io::stdin().is_terminal() { "demo-codes-enter" } else { "demo-codes-recovery" }, &[]);
    say.talks(if home.is_temporary() { "demo-goes" } else { "demo-stays" }, &[("dir", &home.dir.display().to_string())]);
}

/// Apps keep another time than the demo does, so their codes are told here.
fn tell_codes(say: &Say, accounts: &[Account], now: Instant) {
    for account in accounts {
        let Some(code) = account.code(now) else { continue };
        let secret = account.authenticator.as_deref().unwrap_or_default();
        say.talks("demo-code", &[("account", &account.account), ("code", &code), ("secret", secret)]);
    }
}

fn tell_codes_when_asked(say: &Say, accounts: &[Account], clock: &dyn Clock) {
    for line in std::io::stdin().lock().lines() {
        if line.is_err() {
            return;
        }
        tell_codes(say, accounts, clock.now());
    }
}
