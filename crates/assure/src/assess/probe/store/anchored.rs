//! `store.anchored`, and how far what is stored is anchored outside (I4): 仅自证 or 已外部存证.
//!
//! Invariants: an anchor counts only where somebody took it (an entry after the server or the other disk had it, a record with its signed scan), and only while the log
//! still continues it; until when it speaks is the time of the last leaf under it, not what somebody wrote.

use anlan_base::{Day, Instant};
use anlan_journal::Journal;
use anlan_ledger::EntryRow;
use anlan_ledger::records::StateAsk;
use anlan_tlog::checkpoint::Checkpoint;
use anlan_tlog::{Hash, hex};

use super::{days_since, records};
use crate::assess::{AssessError, How, Measured, Site};

/// Acts of anchors that Anlan made itself, and the way of each.
const ACTS: [(&str, Way); 2] = [("anchor.sent", Way::Mail), ("anchor.kept", Way::Folder)];
/// Kinds of records that hold a checkpoint, the state in which it lies outside, and the way of each.
const KINDS: [(&str, &str, Way); 2] = [("anchor", "kept", Way::Paper), ("duty-report", "archived", Way::Report)];
/// Records of each kind whose checkpoints are compared with the log, the last changed.
const COMPARED: usize = 24;
/// Anchors that one answer holds at most.
const ANCHORS: usize = 1_000;

/// How a checkpoint came to lie outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// Mailed; the server took it.
    Mail,
    /// Written into a folder of another disk or host.
    Folder,
    /// A record of the kind `anchor`.
    Paper,
    /// On the signed monthly report.
    Report,
}

impl Way {
    /// As keys of the locale files have it: `anchor-way-ID`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Folder => "folder",
            Self::Paper => "paper",
            Self::Report => "report",
        }
    }
}

/// A checkpoint that lies outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    pub way: Way,
    /// Leaves under it.
    pub size: u64,
    /// When it was taken outside.
    pub at: Instant,
    /// To whom or where.
    pub place: String,
    /// Number of its record; none where Anlan made it.
    pub record: Option<String>,
    /// Time of the last leaf under it: what came until then cannot be rewritten unseen. None where the log does not continue it.
    pub until: Option<Instant>,
}

/// How far what is stored is anchored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Anchored {
    /// 仅自证: the key's holder could have rewritten all of it.
    SelfOnly,
    /// 已外部存证, up to here.
    Outside { size: u64, until: Instant, way: Way, place: String },
}

/// The newest anchor that the log continues.
///
/// # Errors
/// When ledger or log cannot be read.
pub async fn anchored(site: &Site) -> Result<Anchored, AssessError> {
    Ok(farthest(&anchors(site).await?))
}

fn farthest(anchors: &[Anchor]) -> Anchored {
    let sound = anchors.iter().filter_map(|anchor| Some((anchor.size, anchor.until?, anchor)));
    match sound.max_by_key(|(size, ..)| *size) {
        Some((size, until, anchor)) => Anchored::Outside { size, until, way: anchor.way, place: anchor.place.clone() },
        None => Anchored::SelfOnly,
    }
}

/// Anchors, newest first, at most 1,000; of records the last changed.
///
/// # Errors
/// When ledger or log cannot be read.
pub async fn anchors(site: &Site) -> Result<Vec<Anchor>, AssessError> {
    let mut found = automatic(site).await?;
    for (kind, state, way) in KINDS {
        found.extend(recorded(site, kind, state, way).await?);
    }
    found.sort_by_key(|anchor| std::cmp::Reverse((anchor.at, anchor.size)));
    found.truncate(ANCHORS);
    Ok(found)
}

/// Those that Anlan made itself, by their entries.
async fn automatic(site: &Site) -> Result<Vec<Anchor>, AssessError> {
    let rows = site.ledger.upkeep(&ACTS.map(|(act, _)| act), Instant(0)).await?;
    let anchor = |row: &EntryRow| {
        let way = ACTS.iter().find(|(act, _)| row.text("act") == Some(act))?.1;
        let (size, at) = (row.text("size")?.parse().ok()?, Instant(row.text("at")?.parse().ok()?));
        let until = continued(&site.journal, size, row.text("root")?);
        Some(Anchor { way, size, at, place: row.text("to")?.to_owned(), record: None, until })
    };
    Ok(rows.iter().take(ANCHORS).filter_map(anchor).collect())
}

/// Those of records of a kind in a state.
async fn recorded(site: &Site, kind: &str, state: &str, way: Way) -> Result<Vec<Anchor>, AssessError> {
    let (rows, _) = records(site, kind, StateAsk::Is(state.to_owned()), COMPARED).await?;
    let numbers: Vec<&str> = rows.iter().map(|row| row.number.as_str()).collect();
    let mut found = Vec::new();
    for record in site.ledger.survey_full(&numbers).await? {
        let value = |name: &str| record.values.get(name).map(String::as_str).unwrap_or_default();
        // A report that was signed before checkpoints were written in holds none.
        let Some(checkpoint) = Checkpoint::parse(&format!("{}\n", value("checkpoint").trim_end())) else { continue };
        let ours = checkpoint.origin == site.journal.verifying_key().name;
        let until = continued(&site.journal, checkpoint.size, &hex(&checkpoint.root)).filter(|_| ours);
        let place = [value("keeper"), value("kept_at")].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
        found.push(Anchor { way, size: checkpoint.size, at: record.changed, place, record: Some(record.number.clone()), until });
    }
    Ok(found)
}

/// The time of the last leaf under a checkpoint that the log continues; `root` in hex.
fn continued(journal: &Journal, size: u64, root: &str) -> Option<Instant> {
    let same = |now: Hash| hex(&now) == root;
    let continues = size > 0 && journal.root_at(size).is_ok_and(same);
    if !continues {
        return None;
    }
    journal.entry(size - 1).ok().map(|leaf| leaf.at)
}

pub(in crate::assess) async fn store_anchored(site: &Site, _of: &[String]) -> Result<Option<Measured>, AssessError> {
    let anchors = anchors(site).await?;
    let broken: Vec<&Anchor> = anchors.iter().filter(|anchor| anchor.until.is_none()).collect();
    let count = anchors.len() - broken.len();
    let mut measured = Measured::default().count("anchors", count);
    measured.asked(How::Command, "doctor --show anchors.count", count as u64);
    for (kind, state, _) in KINDS {
        let (_, total) = records(site, kind, StateAsk::Is(state.to_owned()), 1).await?;
        measured.asked(How::Records, format!("/records/{kind}?view=is:{state}"), total);
    }
    for anchor in &broken {
        measured
            .reason("store-anchor-differs", &[("place", &anchor.place), ("size", &anchor.size.to_string()), ("at", &anchor.at.to_civil())]);
        saw(&mut measured, anchor);
    }
    match farthest(&anchors) {
        Anchored::SelfOnly => measured.reason("store-self-only", &[]),
        Anchored::Outside { until, place, size, .. } => {
            let days = days_since(site, until);
            measured = measured.count("days_since", days);
            let (day, days) = (Day::of(until).to_string(), days.to_string());
            measured.reason("store-anchored", &[("day", &day), ("days", &days), ("place", &place), ("size", &size.to_string())]);
        }
    }
    for anchor in anchors.iter().filter(|anchor| anchor.until.is_some()) {
        saw(&mut measured, anchor);
    }
    Ok(Some(measured))
}

fn saw(measured: &mut Measured, anchor: &Anchor) {
    match &anchor.record {
        Some(number) => measured.saw(number.as_str(), format!("/r/{number}")),
        None => measured.saw(format!("{} {}", anchor.at.to_civil(), anchor.place), "/settings/anchors"),
    }
}
