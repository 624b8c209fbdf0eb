//! `anlan kind list`: the kinds in force.

use std::process::ExitCode;

use anlan_base::text::Lang;
use anlan_law::Bilingual;
use anlan_law::kind::Kind;
use anyhow::Result;
use clap::ArgMatches;
use serde_json::{Value, json};

use super::words::{self, Words};
use crate::commands::law::columns::padded;
use crate::commands::law::{Report, print_json};
use crate::say::Say;

/// Columns of the number's letters, of the id, and of the place.
const NUMBER: usize = 8;
const ID: usize = 20;
const PLACE: usize = 14;

pub fn run(say: &Say, m: &ArgMatches) -> Result<ExitCode> {
    let kinds = super::in_force(say, m)?;
    if m.get_flag("json") {
        print_json(say, &kinds.iter().map(summary).collect())?;
        return Ok(ExitCode::SUCCESS);
    }
    let words = Words(say);
    let mut report = Report::default();
    let head = |key: &str, columns| padded(&say.text(key, &[]), columns);
    report.line(&format!(
        "{}{}{}{}",
        head("kind-column-number", NUMBER),
        head("kind-column-id", ID),
        head("kind-column-place", PLACE),
        say.text("kind-column-title", &[])
    ));
    for kind in kinds.iter() {
        let own = if kind.pack.is_none() { say.text("kind-own", &[]) } else { String::new() };
        let line = format!(
            "{}{}{}{}{own}",
            padded(&kind.number, NUMBER),
            padded(&kind.id, ID.max(kind.id.len() + 1)),
            padded(&words.section(kind.place), PLACE),
            words.of(&kind.title)
        );
        report.hanging(0, NUMBER + ID + PLACE, &line);
    }
    report.gap();
    report.line(&say.text("kind-list-count", &[("count", &kinds.len().to_string())]));
    report.print(say)?;
    Ok(ExitCode::SUCCESS)
}

pub fn summary(kind: &Kind) -> Value {
    json!({
        "id": kind.id, "number": kind.number, "title": words::both(&kind.title), "place": kind.place.id(), "pack": kind.pack,
        "asset": kind.asset, "fields": kind.fields.len(), "states": kind.states.len(), "moves": kind.moves.len(),
        "clocks": kind.clocks.len(), "series": kind.series.len(), "systems": kind.systems,
    })
}

impl Words<'_> {
    /// In the reader's language.
    pub fn of(&self, words: &Bilingual) -> String {
        match self.0.lang {
            Lang::Zh => words.zh.clone(),
            Lang::En => words.en.clone(),
        }
    }
}
