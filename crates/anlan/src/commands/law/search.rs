//! `anlan law search`: articles that contain words, in all versions or in one.

use std::process::ExitCode;

use anlan_law::{Hit, Origin, Place, Spot};
use anyhow::Result;
use clap::ArgMatches;
use serde_json::json;

use super::marks::{Mark, Marks};
use super::{Report, asked_version, library, print_json};
use crate::instance::Opening;
use crate::say::{Say, code};

/// Characters of a paragraph that are shown on each side of what was found.
const AROUND: usize = 60;

pub fn run(say: &Say, m: &ArgMatches) -> Result<ExitCode> {
    let library = library(say, m, Opening::Existing)?;
    let asked = asked_version(say, m, &library)?;
    let query = m.get_many::<String>("words").into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
    let found =
        library.search(&query).map_err(|error| say.told(code::USAGE, "law-search-refused", &[("why", &error.message(say.lang))]))?;
    let hits: Vec<Hit> = found.into_iter().filter(|hit| asked.as_ref().is_none_or(|asked| hit.version == *asked)).collect();
    if m.get_flag("json") {
        print_json(say, &json!({ "query": query, "version": asked, "hits": hits }))?;
        return Ok(ExitCode::SUCCESS);
    }
    let marks = Marks::new(say.is_coloured());
    let mut report = Report::default();
    for hit in &hits {
        show(say, hit, &marks, &mut report);
    }
    report.print_marked(say, &marks)?;
    say.talks("law-search-count", &[("count", &hits.len().to_string()), ("query", &query)]);
    Ok(ExitCode::SUCCESS)
}

fn show(say: &Say, hit: &Hit, marks: &Marks, report: &mut Report) {
    report.gap();
    report.line(&format!("{}  {}", hit.version, Place::article(hit.article).show(say.lang)));
    for spot in &hit.spots {
        let place = spot.place.show(say.lang);
        let origin = match spot.origin {
            Origin::Text => String::new(),
            Origin::SummaryZh | Origin::SummaryEn => say.text("law-search-summary", &[]),
        };
        report.hanging(2, 4, &format!("{place}{origin}  {}", excerpt(spot, marks)));
    }
}

/// The words with what stands around them.
fn excerpt(spot: &Spot, marks: &Marks) -> String {
    let text = spot.text.as_str();
    let first = spot.ranges.first().map_or(0, |range| range.start);
    let last = spot.ranges.last().map_or(0, |range| range.end);
    let begin = text.get(..first).and_then(|before| before.char_indices().rev().nth(AROUND - 1)).map_or(0, |(at, _)| at);
    let end = text.get(last..).and_then(|after| after.char_indices().nth(AROUND)).map_or(text.len(), |(at, _)| last + at);
    let mut shown = if begin > 0 { "…".to_owned() } else { String::new() };
    let mut at = begin;
    for range in &spot.ranges {
        shown.push_str(&marks.plain(text.get(at..range.start).unwrap_or_default()));
        shown.push_str(&marks.mark(Mark::Found, text.get(range.clone()).unwrap_or_default()));
        at = range.end;
    }
    shown.push_str(&marks.plain(text.get(at..end).unwrap_or_default()));
    if end < text.len() {
        shown.push('…');
    }
    shown
}
