//! `log.fields`: the share of lines that hold all audit fields of the packs, per device, by its newest lines.
//!
//! Invariants: which fields, and which columns carry them, are the packs'; the share is rounded down; the size of the sample is told.

use anlan_law::heading::AuditField;

use super::asked;
use super::sample::{DAYS, LINES, Sample, samples};
use crate::assess::{AssessError, How, Measured, Reason, Site};

/// Devices that are told one by one.
const TOLD: usize = 20;
/// Devices whose lines stand as questions.
const ASKED: usize = 5;

/// What parsers say where a line does not tell, such as whether an event succeeded: no fact.
const UNKNOWN: &str = "unknown";

/// How many lines of a sample hold which fields.
struct Share {
    lines: usize,
    complete: usize,
    /// Lines that hold each field, in the order of the packs.
    with: Vec<usize>,
}

impl Share {
    fn percent(&self, number: usize) -> usize {
        (number * 100).checked_div(self.lines).unwrap_or(0)
    }
}

pub(in crate::assess::probe) async fn fields(site: &Site, _of: &[String]) -> Result<Measured, AssessError> {
    let samples = samples(site).await?;
    let fields = &site.book.audit_fields;
    let mut measured = Measured { since: Some(samples.since), ..Measured::default() };
    let mut shares: Vec<(&Sample, Share)> = samples.all.iter().map(|sample| (sample, share(sample, fields))).collect();
    shares.sort_by_key(|(_, share)| share.percent(share.complete));
    measured = measured.count("sources", shares.len());
    let Some((_, worst)) = shares.first().filter(|_| !fields.is_empty()) else {
        measured.reason("log-no-lines", &[("days", &DAYS.to_string())]);
        return Ok(measured);
    };
    measured = measured.count("percent_complete", worst.percent(worst.complete));
    for (sample, share) in shares.iter().take(TOLD) {
        let reason = told(sample, share, fields);
        let args: Vec<(&str, &str)> = reason.args.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        measured.reason(&reason.code, &args);
        let number = sample.record.clone().unwrap_or_default();
        measured.saw(sample.source.as_str(), if number.is_empty() { String::new() } else { format!("/r/{number}") });
    }
    let (sources, lines) = (shares.len().to_string(), shares.iter().map(|(_, share)| share.lines).sum::<usize>().to_string());
    measured.reason("log-fields-sample", &[("sources", &sources), ("lines", &lines), ("most", &LINES.to_string())]);
    for (sample, share) in shares.iter().take(ASKED) {
        let (since, until) = sample.period();
        let source = asked::from_source(sample.source.as_str());
        measured.asked(How::Logs, asked::search(&source, since, until), share.lines as u64);
        measured.asked(How::Logs, asked::search(&format!("{source} AND {}", all_of(fields)), since, until), share.complete as u64);
    }
    Ok(measured)
}

/// A query for lines with all fields.
fn all_of(fields: &[AuditField]) -> String {
    let one = |field: &AuditField| {
        let known = |column: &String| format!("({column}:* AND NOT {column}:{UNKNOWN})");
        let columns: Vec<String> = field.columns.iter().map(known).collect();
        if columns.len() == 1 { columns.concat() } else { format!("({})", columns.join(" OR ")) }
    };
    fields.iter().map(one).collect::<Vec<_>>().join(" AND ")
}

fn share(sample: &Sample, fields: &[AuditField]) -> Share {
    let mut share = Share { lines: sample.lines.len(), complete: 0, with: vec![0; fields.len()] };
    for hit in &sample.lines {
        let known = |column: &String| {
            let of_column = hit.fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(column));
            of_column.is_some_and(|(_, value)| !value.eq_ignore_ascii_case(UNKNOWN))
        };
        let holds = |field: &AuditField| field.columns.iter().any(known);
        let mut complete = true;
        for (field, with) in fields.iter().zip(&mut share.with) {
            let there = holds(field);
            *with += usize::from(there);
            complete &= there;
        }
        share.complete += usize::from(complete);
    }
    share
}

fn told(sample: &Sample, share: &Share, fields: &[AuditField]) -> Reason {
    let mut reason = Reason::new("log-fields", &[("name", &sample.name)]);
    let mut put = |name: &str, value: usize| reason.args.insert(name.to_owned(), value.to_string());
    put("percent", share.percent(share.complete));
    put("lines", share.lines);
    // The four of the packs; a pack with others has none of these.
    for id in ["time", "user", "type", "outcome"] {
        let with = fields.iter().zip(&share.with).find(|(field, _)| field.id == id).map_or(0, |(_, with)| *with);
        put(id, share.percent(with));
    }
    reason
}
