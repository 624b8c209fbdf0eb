//! The first sentence: how many days are kept of how many, when that is complete, and whether the disk will do.
//!
//! Invariant: it speaks of the device that is furthest from its term, and says what is not known.

use anlan_assure::assess::coverage::{Coverage, DeviceCoverage};
use anlan_base::text::{Lang, text};
use anlan_law::condition::Fact;
use anlan_law::duty::Duty;
use anlan_law::probe::Probe;

use crate::compliance::stand::Stands;
use crate::shown;
use crate::sources::device::Standing;

/// Bytes of a device's name in it.
const NAME_BYTES: usize = 60;

/// Days that the disk holds, and days that it must.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Room {
    fit: i64,
    required: i64,
}

impl Room {
    /// As last measured, while that is fresh.
    pub(super) fn of(stands: &Stands, duties: &[Duty]) -> Option<Self> {
        let number = |name| match stands.fact(duties, Probe::StoreRoom, name) {
            Some(Fact::Int(days)) => Some(*days),
            _ => None,
        };
        Some(Self { fit: number("days_fit")?, required: number("days_required")? })
    }
}

/// The sentences, the most important first.
pub(super) fn sentences(lang: Lang, coverage: &Coverage, room: Option<Room>) -> Vec<String> {
    let mut out = vec![of_logs(lang, coverage)];
    let never = coverage.devices.iter().filter(|device| Standing::of(device) == Standing::Never).count();
    if never > 0 {
        out.push(text(lang, "inspect-first-never", &[("n", &never.to_string())]));
    }
    out.push(of_room(lang, room));
    if coverage.confirmed.is_none() {
        out.push(text(lang, "inspect-first-unconfirmed", &[]));
    }
    out
}

fn of_logs(lang: Lang, coverage: &Coverage) -> String {
    let count = coverage.devices.len().to_string();
    let furthest = coverage.devices.iter().filter(|device| device.first.is_some()).max_by_key(|device| left(device));
    let Some(device) = furthest else {
        return text(lang, if coverage.devices.is_empty() { "inspect-first-none" } else { "inspect-first-nothing" }, &[("n", &count)]);
    };
    let name = shown::plain(&device.name, NAME_BYTES);
    let (done, of) = (device.days_complete.min(device.days_required).to_string(), device.days_required.to_string());
    if left(device) == 0 {
        return text(lang, "inspect-first-all", &[("n", &count), ("of", &of)]);
    }
    match device.complete_on {
        Some(day) => text(lang, "inspect-first-day", &[("done", &done), ("of", &of), ("day", &day.to_string()), ("name", &name)]),
        None => text(lang, "inspect-first-open", &[("done", &done), ("of", &of), ("name", &name)]),
    }
}

fn left(device: &DeviceCoverage) -> u32 {
    device.days_required.saturating_sub(device.days_complete)
}

fn of_room(lang: Lang, room: Option<Room>) -> String {
    let Some(room) = room else { return text(lang, "inspect-first-room-unknown", &[]) };
    let key = if room.fit >= room.required { "inspect-first-room" } else { "inspect-first-room-short" };
    text(lang, key, &[("fit", &room.fit.to_string()), ("of", &room.required.to_string())])
}

#[cfg(test)]
mod tests {
    use anlan_base::Instant;
    use anlan_ledger::engine::UnitId;

    use super::*;

    fn device(name: &str, complete: u32, heard: bool) -> DeviceCoverage {
        DeviceCoverage {
            record: None,
            name: name.into(),
            source: "10.0.0.1".into(),
            unit: UnitId(1),
            category: String::new(),
            first: heard.then_some(Instant(1)),
            last: None,
            days_required: 183,
            term: String::new(),
            days_complete: complete,
            complete_on: (complete < 183).then(|| "2027-05-22".parse().unwrap()),
            cells: Vec::new(),
            gaps: Vec::new(),
            expected_seconds: None,
            silent_since: None,
        }
    }

    fn told(devices: Vec<DeviceCoverage>, room: Option<Room>) -> Vec<String> {
        sentences(Lang::Zh, &Coverage { confirmed: Some("RQ-2026-0001".into()), devices, ..Coverage::default() }, room)
    }

    #[test]
    fn the_first_sentence_is_honest() {
        let enough = Some(Room { fit: 400, required: 183 });
        let young = told(vec![device("核心交换机", 7, true), device("防火墙", 183, true)], enough);
        assert!(
            young[0].contains('7') && young[0].contains("183") && young[0].contains("2027-05-22") && young[0].contains("核心交换机"),
            "{young:?}"
        );
        assert!(young[1].contains("400"), "{young:?}");
        let whole = told(vec![device("防火墙", 183, true)], enough);
        assert!(!whole[0].contains("2027"), "{whole:?}");
        for (fit, key) in [(182, "不够"), (183, "够"), (184, "够")] {
            let sentence = of_room(Lang::Zh, Some(Room { fit, required: 183 }));
            assert!(sentence.contains(key) && sentence.contains("不够") == (fit < 183), "{sentence}");
        }
        assert_eq!(told(vec![device("网站", 0, false), device("防火墙", 7, true)], None).len(), 3, "a device that never sent is told");
        let silent = sentences(Lang::Zh, &Coverage::default(), None);
        assert_eq!(silent.len(), 3, "{silent:?}");
    }
}
