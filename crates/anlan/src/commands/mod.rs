//! One file for each noun of the shell. Each turns arguments into an [`Ask`] and the answer into what a person or a script reads.

pub mod backup;
pub mod config;
pub mod doctor;
pub mod duty;
pub mod key;
pub mod kind;
pub mod law;
pub mod log;
pub mod pack;
pub mod source;
pub mod token;
pub mod verify;

use std::io::Write;
use std::path::{Path, PathBuf};

use anlan_base::Instant;
use anlan_ledger::Actor;
use anyhow::{Context, Result};
use clap::ArgMatches;
use tokio::runtime::Runtime;

use crate::act::{self, Asker};
use crate::ask::Ask;
use crate::door;
use crate::instance::{FolderLock, Instance, Opening};
use crate::output::NamedFile;
use crate::say::{Say, Told, code, is_closed_pipe};

pub fn data_dir(m: &ArgMatches) -> PathBuf {
    m.get_one::<PathBuf>("data").cloned().unwrap_or_default()
}

/// A time argument in nanoseconds.
fn time_arg(say: &Say, m: &ArgMatches, name: &str) -> Result<Option<Instant>> {
    let Some(written) = m.get_one::<String>(name) else { return Ok(None) };
    anlan_base::parse_time(written).map(Some).map_err(|_| say.told(code::USAGE, "bad-time", &[("flag", name), ("got", written)]))
}

/// `--since` and `--until` in nanoseconds, in that order of time.
pub fn period(say: &Say, m: &ArgMatches) -> Result<(Option<Instant>, Option<Instant>)> {
    let (since, until) = (time_arg(say, m, "since")?, time_arg(say, m, "until")?);
    if since.zip(until).is_some_and(|(since, until)| since > until) {
        return Err(say.told(code::USAGE, "period-backwards", &[]));
    }
    Ok((since, until))
}

/// The file that `-o` names, to be filled and kept.
pub fn file_out(say: &Say, path: &Path) -> Result<NamedFile> {
    NamedFile::create(path).with_context(|| say.text("cannot-write", &[("file", &path.display().to_string())]))
}

/// Asks the server that runs on the folder, or opens the folder and answers here.
pub fn ask(say: &Say, dir: &Path, opening: Opening, ask: Ask, out: &mut dyn Write) -> Result<()> {
    if FolderLock::is_held(dir) {
        // A refusal by the server is its answer; anything else means that there was none.
        return door::call(dir, say.lang, ask, out).map_err(|error| match error.is::<Told>() || is_closed_pipe(&error) {
            true => error,
            false => error.context(say.text("server-did-not-answer", &[])),
        });
    }
    let runtime = Runtime::new()?;
    let instance = runtime.block_on(Instance::open(dir, opening, say.lang))?;
    let asker = Asker { actor: Actor::Uid(own_uid()), lang: say.lang, handle: runtime.handle() };
    act::answer(&instance, &asker, ask, out)
}

/// Our own uid: the owner of /proc/self.
fn own_uid() -> u32 {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").map_or(u32::MAX, |meta| meta.uid())
}
