//! `anlan key show`: the log's public key, alone on the last line.

use std::process::ExitCode;

use anyhow::Result;
use clap::ArgMatches;

use super::{ask, data_dir};
use crate::ask::Ask;
use crate::instance::Opening;
use crate::say::Say;

pub fn run(say: &Say, m: &ArgMatches) -> Result<ExitCode> {
    let Some(("show", m)) = m.subcommand() else { return Ok(ExitCode::FAILURE) };
    say.talks("key-advice", &[]);
    ask(say, &data_dir(m), Opening::Existing, Ask::Key, &mut say.out())?;
    Ok(ExitCode::SUCCESS)
}
