//! The newest lines of each device, a bounded number, as searches find them.
//!
//! Invariants: of each source its newest lines without a hole between, so that one search asks for exactly them; what is quiet is looked for only around its last line.

use std::collections::{BTreeMap, BTreeSet};

use anlan_base::{Instant, SourceKey};
use anlan_vault::{Hit, Query, Scope, Search, Vault};

use crate::assess::coverage::list;
use crate::assess::{AssessError, Site};

/// Days that are looked back.
pub(super) const DAYS: u64 = 7;
/// Lines of one source.
pub(super) const LINES: usize = 200;
/// Sources that are looked at: those with the newest lines.
pub(super) const SOURCES: usize = 200;
/// Lines of all sources that are read in one go.
const AT_ONCE: usize = 20_000;
/// A source with fewer lines among those is looked for by itself.
const FEW: usize = 20;
/// Seconds before its last line in which a quiet source is looked for.
const QUIET_SECONDS: u64 = 6 * 3_600;

/// Lines of one source, newest first.
pub(super) struct Sample {
    pub name: String,
    /// Number of its record; none where nothing is listed.
    pub record: Option<String>,
    pub source: SourceKey,
    pub lines: Vec<Hit>,
}

impl Sample {
    /// The period that holds exactly these lines of the source.
    pub(super) fn period(&self) -> (Instant, Instant) {
        let at = |hit: Option<&Hit>| hit.map_or(Instant(0), |hit| hit.line.seq.received());
        (at(self.lines.last()), at(self.lines.first()).plus_nanos(1))
    }
}

pub(super) struct Samples {
    pub since: Instant,
    /// In the order of their names; each has lines.
    pub all: Vec<Sample>,
}

/// Of the listed devices that were heard; of every source where nothing is listed.
pub(super) async fn samples(site: &Site) -> Result<Samples, AssessError> {
    let list = list::read(site).await?;
    let since = site.now.minus_seconds(DAYS * 86_400);
    let mut wanted: BTreeMap<SourceKey, (String, Option<String>)> = BTreeMap::new();
    for device in list.devices {
        if let Some(key) = device.source {
            wanted.entry(key).or_insert((device.name, Some(device.record)));
        }
    }
    let vault = site.vault.clone();
    let work = move || {
        let lines = newest(&vault, &mut wanted, since)?;
        let of = |(source, lines): (SourceKey, Vec<Hit>)| {
            let (name, record) = wanted.remove(&source).unwrap_or_else(|| (source.to_string(), None));
            Sample { name, record, source, lines }
        };
        let mut all: Vec<Sample> = lines.into_iter().map(of).filter(|sample| !sample.lines.is_empty()).collect();
        all.sort_by(|a, b| (&a.name, &a.source).cmp(&(&b.name, &b.source)));
        Ok(Samples { since, all })
    };
    tokio::task::spawn_blocking(work).await.map_err(|_| AssessError::CutOff)?
}

fn newest(
    vault: &Vault,
    wanted: &mut BTreeMap<SourceKey, (String, Option<String>)>,
    since: Instant,
) -> Result<BTreeMap<SourceKey, Vec<Hit>>, AssessError> {
    let mut heard = vault.sources()?;
    heard.retain(|activity| activity.last.received() >= since && (wanted.is_empty() || wanted.contains_key(&activity.source)));
    heard.sort_by_key(|activity| std::cmp::Reverse(activity.last));
    heard.truncate(SOURCES);
    let mut lines: BTreeMap<SourceKey, Vec<Hit>> = heard.iter().map(|activity| (activity.source.clone(), Vec::new())).collect();
    let everybody = Scope::Sources(lines.keys().cloned().collect());
    let search = |scope, since, until, limit| Search { query: Query::all(), since: Some(since), until, scope, limit };
    for hit in vault.search(&search(everybody, since, None, AT_ONCE))?.lines {
        if let Some(of_source) = lines.get_mut(&hit.line.source).filter(|of_source| of_source.len() < LINES) {
            of_source.push(hit);
        }
    }
    for activity in heard {
        let found = lines.get(&activity.source).map_or(0, Vec::len);
        if found >= FEW || found as u64 >= activity.lines {
            continue;
        }
        let last = activity.last.received();
        let scope = Scope::Sources(BTreeSet::from([activity.source.clone()]));
        let from = last.minus_seconds(QUIET_SECONDS).max(since);
        let alone = vault.search(&search(scope, from, Some(last.plus_nanos(1)), LINES))?.lines;
        if alone.len() > found {
            lines.insert(activity.source, alone);
        }
    }
    Ok(lines)
}
