//! The list of what must log: records of the kind `log-source`, and whether each unit's head confirmed them (kind `log-list`).
//!
//! Invariants: a unit's list is confirmed as long as no record of it changed after the head's move (VERDICT-3); what is read here is read for all units.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use anlan_base::{Instant, SourceKey};
use anlan_law::kind::Role;
use anlan_ledger::engine::{Grant, Rights, UnitId};
use anlan_ledger::records::{HistoryRow, ListAsk, StateAsk, SummaryRow};

use crate::assess::{AssessError, Site};

/// The kind of the list's records, and of its confirmations.
pub(in crate::assess) const SOURCES: &str = "log-source";
pub(in crate::assess) const LISTS: &str = "log-list";
/// Records of one kind that are read; more are not measured at all.
pub(in crate::assess) const LISTED: usize = 5_000;

const IN_USE: &str = "in_use";
const CONFIRMED: &str = "confirmed";
const CONFIRM: &str = "confirm";

/// A device of the list that is in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::assess) struct Listed {
    pub record: String,
    pub name: String,
    pub unit: UnitId,
    pub category: String,
    /// As written; [`Self::source`] is what it stands for.
    pub address: String,
    pub source: Option<SourceKey>,
    /// Declared.
    pub interval_seconds: Option<u64>,
    pub since: Instant,
}

/// Why a unit's list does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::assess) enum Missing {
    Never,
    /// This record changed since.
    Changed(String),
}

#[derive(Clone, Debug, Default)]
pub(in crate::assess) struct List {
    pub devices: Vec<Listed>,
    /// The newest confirming record, where all units' lists are confirmed.
    pub confirmed: Option<String>,
    /// Units whose list does not count, by name.
    pub missing: Vec<(String, Missing)>,
}

/// Who looks: nobody in particular, with the auditor's sight of all units. Nothing is changed by it.
fn everywhere(site: &Site) -> Option<Rights> {
    let directory = site.ledger.directory();
    let root = directory.root()?;
    let grants = vec![Grant { role: Role::Audit, unit: root.id, path: root.path.clone() }];
    Some(Rights { person: None, account: None, grants })
}

pub(in crate::assess) async fn read(site: &Site) -> Result<List, AssessError> {
    let Some(who) = everywhere(site) else { return Ok(List::default()) };
    let sources = all(site, &who, SOURCES).await?;
    let confirmations = confirmations(site, &who).await?;
    let devices: Vec<Listed> = sources.iter().filter(|row| row.row.state == IN_USE && !row.row.voided).map(listed).collect();
    let units: BTreeSet<UnitId> = devices.iter().map(|device| device.unit).chain(confirmations.keys().copied()).collect();
    let mut missing = Vec::new();
    for unit in &units {
        let of_unit = sources.iter().filter(|row| row.row.unit == *unit);
        if let Some(why) = why_not(site, &who, confirmations.get(unit), of_unit).await? {
            missing.push((name_of(site, *unit), why));
        }
    }
    let newest = confirmations.into_values().max_by_key(|(entry, _)| *entry).map(|(_, number)| number);
    let confirmed = newest.filter(|_| missing.is_empty());
    Ok(List { devices, confirmed, missing })
}

pub(super) fn name_of(site: &Site, unit: UnitId) -> String {
    let directory = site.ledger.directory();
    directory.units().find(|row| row.unit.id == unit).map_or_else(|| unit.to_string(), |row| row.unit.name.clone())
}

/// All records of a kind, voided ones too, oldest first.
async fn all(site: &Site, who: &Rights, kind: &str) -> Result<Vec<SummaryRow>, AssessError> {
    let mut found = Vec::new();
    for state in [StateAsk::All, StateAsk::Voided] {
        let mut ask = ListAsk { kind: Some(kind.to_owned()), state, ..ListAsk::default() };
        loop {
            let (mut rows, next) = site.ledger.summary(who, &ask).await?;
            found.append(&mut rows);
            if found.len() > LISTED {
                return Err(AssessError::CutOff);
            }
            match next {
                Some(next) => ask.after = Some(next),
                None => break,
            }
        }
    }
    found.sort_by(|a, b| (a.row.opened, &a.row.number).cmp(&(b.row.opened, &b.row.number)));
    Ok(found)
}

/// By unit, the newest confirmation that stands: the entry of the head's move and the record's number.
async fn confirmations(site: &Site, who: &Rights) -> Result<BTreeMap<UnitId, (u64, String)>, AssessError> {
    let mut found: BTreeMap<UnitId, (u64, String)> = BTreeMap::new();
    for list in all(site, who, LISTS).await?.into_iter().filter(|row| row.row.state == CONFIRMED && !row.row.voided) {
        let history = site.ledger.history(who, &list.row.number).await?.unwrap_or_default();
        let Some(made) = history.iter().rev().find(|row| row.made.as_deref() == Some(CONFIRM) && row.act != "record.propose") else {
            continue;
        };
        if found.get(&list.row.unit).is_none_or(|(entry, _)| *entry < made.entry) {
            found.insert(list.row.unit, (made.entry, list.row.number.clone()));
        }
    }
    Ok(found)
}

async fn why_not(
    site: &Site,
    who: &Rights,
    confirmation: Option<&(u64, String)>,
    of_unit: impl Iterator<Item = &SummaryRow>,
) -> Result<Option<Missing>, AssessError> {
    let Some((entry, _)) = confirmation else { return Ok(Some(Missing::Never)) };
    for row in of_unit.filter(|row| row.row.version > *entry) {
        let history = site.ledger.history(who, &row.row.number).await?.unwrap_or_default();
        if history.iter().any(|row| row.entry > *entry && changes(row)) {
            return Ok(Some(Missing::Changed(row.row.number.clone())));
        }
    }
    Ok(None)
}

/// Whether an entry changes what the list says: notes, reminders and the like do not.
fn changes(row: &HistoryRow) -> bool {
    let whole = matches!(row.act.as_str(), "record.open" | "record.void" | "record.erase");
    whole || row.to.is_some() || (!row.changes.is_empty() && row.act != "record.propose")
}

fn listed(row: &SummaryRow) -> Listed {
    let value = |name: &str| row.values.get(name).cloned().unwrap_or_default();
    let minutes = row.values.get("interval").and_then(|minutes| minutes.parse::<u64>().ok());
    let address = value("address");
    Listed {
        record: row.row.number.clone(),
        name: row.row.title.clone(),
        unit: row.row.unit,
        category: value("category"),
        source: source_of(&address),
        address,
        interval_seconds: minutes.map(|minutes| minutes.saturating_mul(60)),
        since: row.row.opened,
    }
}

/// The vault's key for an address as people write it: an IP address, or the key itself.
fn source_of(address: &str) -> Option<SourceKey> {
    let address = address.trim();
    let bare = address.strip_prefix("ip:").unwrap_or(address);
    match bare.parse::<IpAddr>() {
        Ok(ip) => Some(SourceKey::of_address(ip)),
        Err(_) => SourceKey::new(address).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_as_people_write_them() {
        for (written, key) in [
            ("192.0.2.7", Some("ip:192.0.2.7")),
            (" ip:192.0.2.7 ", Some("ip:192.0.2.7")),
            ("::ffff:192.0.2.7", Some("ip:192.0.2.7")),
            ("2001:DB8::1", Some("ip:2001:db8::1")),
            ("token:web01", Some("token:web01")),
            ("教学楼 交换机", None),
            ("", None),
        ] {
            assert_eq!(source_of(written).as_ref().map(SourceKey::as_str), key, "{written}");
        }
    }
}
