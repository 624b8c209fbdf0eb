//! `anlan pack build`.

use std::path::PathBuf;
use std::process::ExitCode;

use anlan_base::Instant;
use anyhow::Result;
use clap::ArgMatches;

use super::{ask, data_dir, file_out, period};
use crate::ask::Ask;
use crate::instance::Opening;
use crate::say::Say;

pub fn run(say: &Say, m: &ArgMatches) -> Result<ExitCode> {
    let Some(("build", m)) = m.subcommand() else { return Ok(ExitCode::FAILURE) };
    let (since, until) = period(say, m)?;
    let (since, until) = (since.unwrap_or_default(), until.unwrap_or(Instant(u64::MAX)));
    let path = m.get_one::<PathBuf>("output").cloned().unwrap_or_default();
    let mut file = file_out(say, &path)?;
    say.progress(&say.text("pack-building", &[]));
    ask(say, &data_dir(m), Opening::Existing, Ask::Pack { since: since.0, until: until.0 }, &mut file)?;
    file.keep()?;
    say.progress("");
    say.talks("pack-written", &[("file", &path.display().to_string())]);
    Ok(ExitCode::SUCCESS)
}
