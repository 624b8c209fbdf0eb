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
        "{} {} {}  {}",
        padded(&say.text("source-key", &[]), 40, Side::Right),
        padded(&say.text("lines-today", &[]), 12, Side::Left),
        padded(&say.text("lines-all", &[]), 12, Side::Left),
        say.text("last-seen", &[])
    )?;
    for row in &rows {
        let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or("–");
        let number = |name: &str| row.get(name).and_then(Value::as_u64).unwrap_or(0);
        let seen = text("last_seen").get(..19).unwrap_or("–").replace('T', " ");
        let source = padded(&visible(text("source")), 40, Side::Right);
        writeln!(out, "{source} {:>12} {:>12}  {seen}", number("lines_today"), number("lines"))?;
    }
    done(out)
}

#[derive(Clone, Copy)]
enum Side {
    Left,
    Right,
}

/// Text with blanks on one side up to `columns` of a terminal, where a Chinese character takes two.
fn padded(text: &str, columns: usize, side: Side) -> String {
    let wide = text.chars().filter(|c| ('\u{1100}'..='\u{ffdc}').contains(c) || *c >= '\u{20000}').count();
    let blanks = " ".repeat(columns.saturating_sub(text.chars().count() + wide));
    match side {
        Side::Left => blanks + text,
        Side::Right => format!("{text}{blanks}"),
    }
}

fn done(mut out: impl Write) -> Result<ExitCode> {
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
