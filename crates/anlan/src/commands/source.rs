//! `anlan source list`: who sends, since when, how much.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;
use clap::ArgMatches;
use serde_json::Value;

use super::{ask, data_dir};
use crate::ask::Ask;
use crate::instance::Opening;
use crate::output::visible;
use crate::say::Say;

pub fn run(say: &Say, m: &ArgMatches) -> Result<ExitCode> {
    let Some(("list", m)) = m.subcommand() else { return Ok(ExitCode::FAILURE) };
    let mut answer = Vec::new();
    ask(say, &data_dir(m), Opening::Existing, Ask::Sources, &mut answer)?;
    let mut out = say.out();
    if m.get_flag("json") {
        out.write_all(&answer)?;
        return done(out);
    }
    let rows: Vec<Value> = serde_json::Deserializer::from_slice(&answer).into_iter().collect::<Result<_, _>>()?;
    if rows.is_empty() {
        say.talks("no-sources", &[]);
        return done(out);
    }
    writeln!(
        out,
        "{:<40} {:>12} {:>12}  {}",
        say.text("source-key", &[]),
        say.text("lines-today", &[]),
        say.text("lines-all", &[]),
        say.text("last-seen", &[])
    )?;
    for row in &rows {
        let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or("–");
        let number = |name: &str| row.get(name).and_then(Value::as_u64).unwrap_or(0);
        let seen = text("last_seen").get(..19).unwrap_or("–").replace('T', " ");
        writeln!(out, "{:<40} {:>12} {:>12}  {seen}", visible(text("source")), number("lines_today"), number("lines"))?;
    }
    done(out)
}

fn done(mut out: impl Write) -> Result<ExitCode> {
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
