//! `anlan pack build`.

use std::path::PathBuf;
use std::process::ExitCode;

use anlan_base::Instant;
use anyhow::Result;
use clap::ArgMatches;

use super::{ask, data_dir, file_out, period};
use crate::ask::{Ask, PackAsk};
use crate::instance::Opening;
use crate::say::Say;

pub fn run(say: &Say, m: &ArgMatches) -> Result<ExitCode> {
    let Some(("build", m)) = m.subcommand() else { return Ok(ExitCode::FAILURE) };
    let (since, until) = period(say, m)?;
    let (since, until) = (since.unwrap_or_default(), until.unwrap_or(Instant(u64::MAX)));
    let many = |name: &str| m.get_many::<String>(name).unwrap_or_default().cloned().collect::<Vec<_>>();
    let one = |name: &str| m.get_one::<String>(name).cloned().unwrap_or_default();
    let wish = PackAsk {
        since: since.0,
        until: until.0,
        sources: many("source"),
        label: one("label"),
        masked: m.get_flag("masked"),
        lang: one("lang"),
        purpose: one("purpose"),
        visit: one("visit"),
        forms: many("form"),
        proofs: m.get_many::<u64>("proof").unwrap_or_default().copied().collect(),
    };
    let path = m.get_one::<PathBuf>("output").cloned().unwrap_or_default();
    let mut file = file_out(say, &path)?;
    say.progress(&say.text("pack-building", &[]));
    ask(say, &data_dir(m), Opening::Existing, Ask::Pack(wish), &mut file)?;
    file.keep()?;
    say.progress("");
    say.talks("pack-written", &[("file", &path.display().to_string())]);
    Ok(ExitCode::SUCCESS)
}
