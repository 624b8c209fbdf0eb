//! `anlan token add`: a token for the API, shown once, alone on the last line.

use std::process::ExitCode;

use anyhow::Result;
use clap::ArgMatches;

use super::{ask, data_dir};
use crate::ask::Ask;
use crate::instance::Opening;
use crate::say::Say;

pub fn run(say: &Say, m: &ArgMatches) -> Result<ExitCode> {
    let Some(("add", m)) = m.subcommand() else { return Ok(ExitCode::FAILURE) };
    let name = m.get_one::<String>("name").cloned().unwrap_or_default();
    say.talks("token-advice", &[]);
    ask(say, &data_dir(m), Opening::OrNew, Ask::TokenAdd { name }, &mut say.out())?;
    Ok(ExitCode::SUCCESS)
}
