//! What a reader may see and do of sources and of the devices that must log.
//!
//! Invariant: a source of a unit that is not the reader's is neither shown nor counted; a device is shown to readers of its unit, but what was
//! received from its address only to readers of the unit that the address belongs to: listing an address opens nobody's logs.

use std::net::IpAddr;

use anlan_assure::assess::coverage::{Cell, Coverage, DeviceCoverage};
use anlan_base::SourceKey;
use anlan_law::kind::Role;
use anlan_ledger::engine::{People as _, Rights, UnitId};
use anlan_ledger::{Directory, LOG_READERS, SourceScope};

/// One reader's reach.
pub(crate) struct Reach<'a> {
    pub(crate) directory: &'a Directory,
    pub(crate) who: &'a Rights,
    pub(crate) logs: SourceScope,
}

/// The source of a device as the list names it: an address, or a source's key.
pub(crate) fn key_of(source: &str) -> Option<SourceKey> {
    match source.parse::<IpAddr>() {
        Ok(address) => Some(SourceKey::of_address(address)),
        Err(_) => SourceKey::new(source).ok(),
    }
}

/// The query for all lines of a source.
pub(crate) fn lines_of(key: &SourceKey) -> String {
    format!("anlan.source:\"{}\"", key.as_str().replace('\\', "\\\\").replace('"', "\\\""))
}

impl Reach<'_> {
    /// Whether they may read its lines.
    pub(crate) fn reads(&self, key: &SourceKey) -> bool {
        match &self.logs {
            SourceScope::All => true,
            SourceScope::Only(keys) => keys.contains(key),
        }
    }

    /// Whether it is the reader's to say where it belongs.
    pub(crate) fn places(&self, key: &SourceKey) -> bool {
        self.directory.unit_of_source(key).is_some_and(|unit| self.who.reaches(Role::System, &unit.path))
    }

    /// Whether they may know that it is there, and how much it sends.
    pub(crate) fn sees(&self, key: &SourceKey) -> bool {
        self.reads(key) || self.places(key)
    }

    fn sees_unit(&self, unit: UnitId) -> bool {
        let Some(unit) = self.directory.unit(unit) else { return false };
        LOG_READERS.iter().chain(&[Role::System]).any(|role| self.who.reaches(*role, &unit.path))
    }

    /// The coverage as this reader may see it.
    pub(crate) fn seen(&self, mut coverage: Coverage) -> Coverage {
        coverage.devices.retain(|device| self.sees_unit(device.unit));
        for device in &mut coverage.devices {
            if !key_of(&device.source).is_some_and(|key| self.sees(&key)) {
                blank(device);
            }
        }
        coverage.unlisted.retain(|device| key_of(&device.source).is_some_and(|key| self.sees(&key)));
        coverage
    }
}

/// As if nothing had come.
fn blank(device: &mut DeviceCoverage) {
    (device.first, device.last, device.complete_on, device.silent_since) = (None, None, None, None);
    device.expected_seconds = None;
    device.days_complete = 0;
    device.gaps.clear();
    device.cells.iter_mut().for_each(|(_, cell)| *cell = Cell::Before);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_named_by_its_address_or_its_key() {
        for (written, key) in [
            ("10.2.0.5", Some("ip:10.2.0.5")),
            ("::ffff:10.2.0.5", Some("ip:10.2.0.5")),
            ("2001:db8::1", Some("ip:2001:db8::1")),
            ("ip:10.2.0.5", Some("ip:10.2.0.5")),
            ("token:sso", Some("token:sso")),
            ("", None),
            ("a b", None),
        ] {
            assert_eq!(key_of(written).map(|key| key.to_string()).as_deref(), key, "{written}");
        }
    }
}
