//! `log.heard`: what must log against how often it usually speaks, our own downtime and counted drops of the last days.
//!
//! Invariants: loss and silence are told apart (VERDICT-6); a device that was never heard is silent; an unconfirmed list has no number of devices.

use anlan_base::Day;

use crate::assess::coverage::list::SOURCES;
use crate::assess::coverage::{DeviceCoverage, measured};
use crate::assess::{AssessError, How, Measured, Site};

/// Days in which downtime and drops count.
const DAYS: u64 = 30;
const DAY_SECONDS: u64 = 86_400;
/// Silent devices that are told one by one.
const TOLD: usize = 20;

pub(in crate::assess::probe) async fn heard(site: &Site, _of: &[String]) -> Result<Measured, AssessError> {
    let found = measured(site).await?;
    let devices = &found.coverage.devices;
    let since = site.now.minus_seconds(DAYS * DAY_SECONDS);
    let silent: Vec<&DeviceCoverage> = devices.iter().filter(|device| device.silent_since.is_some()).collect();
    let down_minutes = found.gone.down_seconds(since, site.now).div_ceil(60);
    let dropped = found.gone.dropped(Day::of(since), Day::of(site.now));
    let mut measured = Measured { since: Some(since), ..Measured::default() };
    measured = measured.count("silent", silent.len()).count("down_minutes", down_minutes).count("dropped_lines", dropped);
    if found.coverage.confirmed.is_some() {
        measured = measured.count("listed", devices.len());
    } else {
        measured.reason("log-heard-unconfirmed", &[]);
    }
    for device in silent.iter().take(TOLD) {
        told(device, &mut measured);
    }
    if silent.len() > TOLD {
        measured.reason("log-more", &[("count", &(silent.len() - TOLD).to_string())]);
    }
    if down_minutes > 0 {
        measured.reason("log-down", &[("minutes", &down_minutes.to_string()), ("days", &DAYS.to_string())]);
    }
    if dropped > 0 {
        measured.reason("log-dropped", &[("lines", &dropped.to_string()), ("days", &DAYS.to_string())]);
    }
    measured.asked(How::Records, format!("/records/{SOURCES}?view=is:in_use"), devices.len() as u64);
    Ok(measured)
}

fn told(device: &DeviceCoverage, measured: &mut Measured) {
    let number = device.record.clone().unwrap_or_default();
    measured.saw(number.as_str(), format!("/records/{SOURCES}/{number}"));
    let Some(last) = device.last else {
        return measured.reason("log-not-heard", &[("name", &device.name), ("source", &device.source)]);
    };
    let minutes = device.expected_seconds.unwrap_or_default().div_ceil(60).to_string();
    measured.reason("log-quiet", &[("name", &device.name), ("since", &last.to_civil()), ("minutes", &minutes)]);
}
