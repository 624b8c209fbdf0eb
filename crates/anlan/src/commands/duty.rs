//! `anlan duty status`: measures every duty and lists how it stands.
//!
//! Invariants: lines keep to 80 columns; the worst stand first; computed (●) and attested (○) are told apart (I9).

use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;
use clap::ArgMatches;
use serde::Deserialize;

use super::law::columns::{padded, wrapped};
use super::{ask, data_dir};
use crate::ask::Ask;
use crate::instance::Opening;
use crate::output::visible;
use crate::say::{Say, code};

/// States, worst first, with the keys of their words.
const STATES: [(&str, &str); 4] =
    [("failing", "duty-status-failing"), ("at_risk", "duty-status-risk"), ("unknown", "duty-status-unknown"), ("met", "duty-status-met")];
/// Columns of the word of a state, and of an id.
const STATE: usize = 10;
const ID: usize = 11;

#[derive(Deserialize)]
struct Row {
    id: String,
    title: String,
    state: String,
    kind: String,
    reason: String,
}

pub fn run(say: &Say, m: &ArgMatches) -> Result<ExitCode> {
    let Some(("status", m)) = m.subcommand() else { return Ok(ExitCode::FAILURE) };
    let mut answer = Vec::new();
    ask(say, &data_dir(m), Opening::Existing, Ask::Duties, &mut answer)?;
    let rows: Vec<Row> = serde_json::from_slice(&answer)?;
    let mut out = say.out();
    if m.get_flag("json") {
        out.write_all(&answer)?;
    } else {
        print(say, &rows, &mut out)?;
    }
    out.flush()?;
    let failing = rows.iter().any(|row| row.state == "failing");
    Ok(if failing { ExitCode::from(code::FAILED) } else { ExitCode::SUCCESS })
}

fn print(say: &Say, rows: &[Row], out: &mut impl Write) -> Result<()> {
    let count = |state: &str| rows.iter().filter(|row| row.state == state).count().to_string();
    let (met, risk, failing, unknown) = (count("met"), count("at_risk"), count("failing"), count("unknown"));
    let args = [("total", &rows.len().to_string()), ("met", &met), ("risk", &risk), ("failing", &failing), ("unknown", &unknown)];
    writeln!(out, "{}", say.text("duty-status-sum", &args.map(|(name, value)| (name, value.as_str()))))?;
    writeln!(out, "{}\n", say.text("duty-status-marks", &[]))?;
    for (state, key) in STATES {
        for row in rows.iter().filter(|row| row.state == state) {
            print_row(&say.text(key, &[]), row, out)?;
        }
    }
    writeln!(out, "\n{}", say.text("duty-status-note", &[]))?;
    Ok(())
}

/// The title behind mark, state and id; the reason below it.
fn print_row(state: &str, row: &Row, out: &mut impl Write) -> Result<()> {
    let mark = if row.kind == "computed" { '●' } else { '○' };
    let head = format!("{mark} {} {}", padded(state, STATE), padded(&visible(&row.id), ID));
    let indent = super::law::columns::width(&head);
    let mut lines = wrapped(&visible(&row.title), indent, indent).into_iter();
    let first = lines.next().unwrap_or_default();
    writeln!(out, "{head}{}", first.trim_start())?;
    let reason = if row.reason.is_empty() { Vec::new() } else { wrapped(&visible(&row.reason), indent, indent) };
    for line in lines.chain(reason) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}
