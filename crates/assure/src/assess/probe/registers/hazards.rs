//! `hazards.overdue`: what is open and late, who watches it, with what proof it was struck off, and where nobody looked.
//!
//! Invariant: that there is no hazard counts only where somebody looked for one.

use std::collections::{BTreeMap, BTreeSet};

use anlan_base::Instant;
use anlan_law::clock::{Asked as ClockAsked, due};
use anlan_ledger::engine::UnitId;
use anlan_ledger::records::StateAsk;

use super::question::{LOOKS_BACK_DAYS, Question, ROWS_READ, TOLD, Valued, ever, kind_of, since_then, tell, title_of, unit_name};
use crate::assess::{AssessError, How, Measured, Site};

const HAZARD: &str = "hazard";
const STRUCK_OFF: &str = "struck_off";
/// What cannot be fixed at once is watched by somebody who is still here. Whoever found it has the term of its first clock to name them.
const UNWATCHED: [&str; 3] = ["in:assigned,fixing,passed_up", "in:passed_up|is:handling=planned", "!has:watcher|gone:watcher"];
/// The law clock that says how long a sweep holds.
const SWEEP: &str = "hazard-sweep";

pub(in crate::assess) async fn hazards_overdue(site: &Site, of: &[String]) -> Result<Option<Measured>, AssessError> {
    if kind_of(site, HAZARD).is_none() {
        return Ok(None);
    }
    let mut measured = Measured::default();
    match of {
        [] => all(site, &mut measured).await?,
        [one] if one == "sweep" => sweeps(site, &mut measured).await?,
        [one] if one == "vulnerability" => vulnerabilities(site, &mut measured).await?,
        _ => return Ok(None),
    }
    Ok(Some(measured))
}

async fn all(site: &Site, measured: &mut Measured) -> Result<(), AssessError> {
    let unswept = unswept(site, measured).await?;
    if ever(site, HAZARD).await? > 0 || unswept.as_ref().is_some_and(Vec::is_empty) {
        count_all(site, measured).await?;
    } else {
        measured.reason("reg-hazard-nothing", &[]);
    }
    if let Some(units) = unswept {
        measured.asked_for(&["unswept"], How::Records, "/units", units.len() as u64);
        *measured = std::mem::take(measured).count("unswept", units.len());
    }
    Ok(())
}

async fn sweeps(site: &Site, measured: &mut Measured) -> Result<(), AssessError> {
    let Some(units) = unswept(site, measured).await? else { return Ok(()) };
    for unit in &units {
        measured.reason("reg-unit-unswept", &[("unit", &unit_name(site, *unit))]);
    }
    measured.asked_for(&["unswept"], How::Records, "/units", units.len() as u64);
    *measured = std::mem::take(measured).count("unswept", units.len());
    Ok(())
}

/// Open units in which, and below which, nobody patrolled or inspected as long as the pack lets a sweep hold; none where the pack does not say.
async fn unswept(site: &Site, measured: &mut Measured) -> Result<Option<Vec<UnitId>>, AssessError> {
    let Some(clock) = site.book.clocks.get(SWEEP) else { return Ok(None) };
    let directory = site.ledger.directory();
    let mut covered = BTreeSet::new();
    for (unit, at) in last_swept(site, measured).await? {
        let holds = due(clock, &ClockAsked::at(at), &site.book.calendars.work).is_ok_and(|due| due.at >= site.now);
        let path = directory.unit_row(unit).filter(|_| holds).map_or("", |row| row.unit.path.as_str());
        covered.extend(path.split('/').filter_map(|id| id.parse().ok()).map(UnitId));
    }
    let open: Vec<UnitId> = directory.units().filter(|row| !row.unit.closed).map(|row| row.unit.id).collect();
    let is_any = !open.is_empty();
    Ok(is_any.then(|| open.into_iter().filter(|unit| !covered.contains(unit)).collect()))
}

/// When each unit was last walked or inspected.
async fn last_swept(site: &Site, measured: &mut Measured) -> Result<BTreeMap<UnitId, Instant>, AssessError> {
    let since = site.now.minus_seconds(LOOKS_BACK_DAYS * 86_400);
    let mut swept: BTreeMap<UnitId, Instant> = BTreeMap::new();
    let looked =
        [("patrol", ["done", "abnormal"].as_slice()), ("finding", ["recorded", "rectifying", "replied", "clean", "closed"].as_slice())];
    for (kind, states) in looked {
        if kind_of(site, kind).is_none() {
            continue;
        }
        for state in states {
            let asked = Question::is(kind, state);
            if asked.asked(site, measured).await? == 0 {
                continue;
            }
            for row in asked.rows(site, Some(since), ROWS_READ).await?.rows {
                // Somebody may write any time down; nothing was walked after it was entered.
                let at = row.moment("happened").unwrap_or(row.happened).min(row.changed);
                let last = swept.entry(row.unit).or_insert(at);
                *last = (*last).max(at);
            }
        }
    }
    Ok(swept)
}

async fn count_all(site: &Site, measured: &mut Measured) -> Result<(), AssessError> {
    let open = Question::of(HAZARD, StateAsk::Open);
    let open_count = open.asked_for(site, measured, &["open"]).await?;
    let late = Question::of(HAZARD, StateAsk::Overdue);
    let overdue = late.asked_for(site, measured, &["overdue"]).await?;
    for row in late.rows(site, None, TOLD).await?.rows {
        tell(measured, "reg-hazard-overdue", &row.number, &row.title);
    }
    let rows = open.rows(site, None, ROWS_READ).await?;
    let alone = open.clone().only(UNWATCHED)?;
    let unwatched = alone.picked_rows(site, rows.rows).await?;
    if rows.whole {
        alone.told(measured, &["unwatched"], unwatched.len());
    }
    for row in &unwatched {
        tell(measured, "reg-hazard-unwatched", &row.number, &row.title);
    }
    let mut counted = std::mem::take(measured).count("open", open_count).count("overdue", overdue);
    if rows.whole || !unwatched.is_empty() {
        counted = counted.count("unwatched", unwatched.len());
    }
    *measured = counted;
    without_proof(site, measured).await
}

/// Struck off in the last year, and nothing shows that it was fixed.
async fn without_proof(site: &Site, measured: &mut Measured) -> Result<(), AssessError> {
    let (closed, since) = Question::is(HAZARD, STRUCK_OFF).recent(site).await?;
    measured.since = Some(since);
    let asked = Question::is(HAZARD, STRUCK_OFF).only([since_then(since)])?;
    asked.told(measured, &[], closed.len());
    let bare = asked.only(["!has:proof"])?;
    let bare = (bare.picked(site, &closed), bare);
    bare.1.told(measured, &["closed_without_proof"], bare.0.len());
    let bare = bare.0;
    for record in &bare {
        tell(measured, "reg-hazard-no-proof", &record.number, &title_of(site, record));
    }
    *measured = std::mem::take(measured).count("closed_without_proof", bare.len());
    Ok(())
}

async fn vulnerabilities(site: &Site, measured: &mut Measured) -> Result<(), AssessError> {
    let of = |state: StateAsk| Question::of(HAZARD, state).only(["is:found_how=scan"]);
    let open = Question::of(HAZARD, StateAsk::Open).records(site, None).await?;
    let (closed, since) = Question::is(HAZARD, STRUCK_OFF).recent(site).await?;
    let asked_closed = of(StateAsk::Is(STRUCK_OFF.to_owned()))?.only([since_then(since)])?;
    let asked_open = of(StateAsk::Open)?;
    let (open_found, closed_found) = (asked_open.picked(site, &open.rows), asked_closed.picked(site, &closed));
    if open_found.is_empty() && closed_found.is_empty() {
        measured.reason("reg-hazard-no-scan", &[]);
        return Ok(());
    }
    let (asked_late, asked_alone) = (of(StateAsk::Overdue)?, asked_open.clone().only(UNWATCHED)?);
    let late: Vec<_> = open_found.iter().copied().filter(|record| record.due().is_some_and(|due| due < site.now)).collect();
    let unwatched = asked_alone.picked(site, &open.rows);
    let asked_bare = asked_closed.only(["!has:proof"])?;
    let bare = asked_bare.picked(site, &closed);
    if open.whole {
        asked_open.told(measured, &["open"], open_found.len());
        asked_late.told(measured, &["overdue"], late.len());
        asked_alone.told(measured, &["unwatched"], unwatched.len());
    }
    asked_bare.told(measured, &["closed_without_proof"], bare.len());
    for (code, found) in [("reg-hazard-overdue", &late), ("reg-hazard-unwatched", &unwatched)] {
        found.iter().for_each(|record| tell(measured, code, &record.number, &title_of(site, record)));
    }
    bare.iter().for_each(|record| tell(measured, "reg-hazard-no-proof", &record.number, &title_of(site, record)));
    if !open.whole {
        measured.reason("reg-cut", &[]);
    }
    let mut counted = std::mem::take(measured);
    counted.since = Some(since);
    if open.whole || !late.is_empty() {
        counted = counted.count("overdue", late.len());
    }
    if open.whole || !unwatched.is_empty() {
        counted = counted.count("unwatched", unwatched.len());
    }
    if open.whole {
        counted = counted.count("open", open_found.len());
    }
    *measured = counted.count("closed_without_proof", bare.len());
    Ok(())
}
