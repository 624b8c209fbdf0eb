//! `log.time`: how far each device's own clock is from ours, by its newest lines.
//!
//! Invariants: the middle value of the lines counts, so that a late line or a forged one says nothing; a device whose lines bear no time is unmeasured, not right.

use anlan_base::{Instant, parse_time};
use anlan_vault::Hit;

use super::asked;
use super::sample::{DAYS, Sample, samples};
use crate::assess::{AssessError, How, Measured, Site};

/// Devices that are told one by one.
const TOLD: usize = 20;
/// Skew below which a device is not told, in seconds: lines come in whole seconds, and are on their way for a while.
const TOLD_SECONDS: u64 = 2;
const NO_TIME: &str = "no-time";

pub(in crate::assess::probe) async fn time(site: &Site, _of: &[String]) -> Result<Measured, AssessError> {
    let samples = samples(site).await?;
    let mut measured = Measured { since: Some(samples.since), ..Measured::default() };
    let mut skews: Vec<(&Sample, u64)> = samples.all.iter().filter_map(|sample| Some((sample, skew(&sample.lines)?))).collect();
    skews.sort_by_key(|(_, seconds)| std::cmp::Reverse(*seconds));
    let unmeasured: Vec<&Sample> = samples.all.iter().filter(|sample| skew(&sample.lines).is_none()).collect();
    measured = measured.count("sources", samples.all.len()).count("unmeasured", unmeasured.len());
    if let Some((_, most)) = skews.first() {
        measured = measured.count("most_skew_seconds", *most);
    }
    if samples.all.is_empty() {
        measured.reason("log-no-lines", &[("days", &DAYS.to_string())]);
    }
    for (sample, seconds) in skews.iter().filter(|(_, seconds)| *seconds >= TOLD_SECONDS).take(TOLD) {
        let lines = sample.lines.len().to_string();
        measured.reason("log-skew", &[("name", &sample.name), ("seconds", &seconds.to_string()), ("lines", &lines)]);
    }
    for sample in unmeasured.iter().take(TOLD) {
        measured.reason("log-no-time", &[("name", &sample.name), ("lines", &sample.lines.len().to_string())]);
    }
    for (sample, _) in skews.iter().take(TOLD) {
        let (since, until) = sample.period();
        let text = asked::search(&asked::from_source(sample.source.as_str()), since, until);
        measured.asked(How::Logs, text, sample.lines.len() as u64);
        measured.saw(sample.source.as_str(), "");
    }
    Ok(measured)
}

/// Seconds between the claimed time and the receipt, in the middle of the lines; none where no line claims one.
fn skew(lines: &[Hit]) -> Option<u64> {
    let mut apart: Vec<u64> = lines.iter().filter_map(|hit| Some(claimed(hit)?.0.abs_diff(hit.line.seq.0))).collect();
    apart.sort_unstable();
    apart.get(apart.len() / 2).map(|nanos| nanos / Instant::SECOND)
}

fn claimed(hit: &Hit) -> Option<Instant> {
    if hit.notes.contains(&NO_TIME) {
        return None;
    }
    let (_, time) = hit.fields.iter().find(|(name, _)| name == "@timestamp")?;
    parse_time(time).ok()
}
