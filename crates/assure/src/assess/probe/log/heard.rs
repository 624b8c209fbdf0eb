//! `log.heard`: what must log against how often it usually speaks, our own downtime and counted drops of the last days.
//!
//! Invariants: loss and silence are told apart (VERDICT-6); a device that was never heard is silent; an unconfirmed list has no number of devices.

use crate::assess::coverage::list::SOURCES;
use crate::assess::coverage::{DeviceCoverage, LOST_DAYS, Lost, measured};
use crate::assess::{AssessError, How, Measured, Site};

/// Silent devices that are told one by one.
const TOLD: usize = 20;

pub(in crate::assess::probe) async fn heard(site: &Site, _of: &[String]) -> Result<Measured, AssessError> {
    let found = measured(site).await?;
    let devices = &found.coverage.devices;
    let Lost { since, down_minutes, dropped_lines } = Lost::of(&found.gone, site.now);
    let silent: Vec<&DeviceCoverage> = devices.iter().filter(|device| device.silent_since.is_some()).collect();
    let mut measured = Measured { since: Some(since), ..Measured::default() };
    measured = measured.count("silent", silent.len()).count("down_minutes", down_minutes).count("dropped_lines", dropped_lines);
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
        measured.reason("log-down", &[("minutes", &down_minutes.to_string()), ("days", &LOST_DAYS.to_string())]);
    }
    if dropped_lines > 0 {
        measured.reason("log-dropped", &[("lines", &dropped_lines.to_string()), ("days", &LOST_DAYS.to_string())]);
    }
    measured.asked(How::Records, format!("/records/{SOURCES}?view=is:in_use"), devices.len() as u64);
    measured.asked(How::Command, "doctor --show lost.down_minutes", down_minutes);
    measured.asked(How::Command, "doctor --show lost.dropped_lines", dropped_lines);
    Ok(measured)
}

fn told(device: &DeviceCoverage, measured: &mut Measured) {
    let number = device.record.clone().unwrap_or_default();
    measured.saw(number.as_str(), format!("/r/{number}"));
    let Some(last) = device.last else {
        return measured.reason("log-not-heard", &[("name", &device.name), ("source", &device.source)]);
    };
    let minutes = device.expected_seconds.unwrap_or_default().div_ceil(60).to_string();
    measured.reason("log-quiet", &[("name", &device.name), ("since", &last.to_civil()), ("minutes", &minutes)]);
}
