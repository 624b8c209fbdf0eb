//! `acts.approved`: acts that need an approval first.
//!
//! Invariants: that a register shows no unapproved act is no proof that there was none: `unapproved` is given only where something other than the
//! approvals themselves says what was done, or where one was found; who applied and approved alone is found from the entries.

use anlan_base::Day;
use anlan_ledger::engine::Record;
use anlan_ledger::records::{NAMED, StateAsk};

use super::question::{Question, Recent, Valued, ever, kind_name, kind_of, tell, title_of};
use crate::assess::{AssessError, Measured, Site};

pub(in crate::assess) async fn acts_approved(site: &Site, of: &[String]) -> Result<Option<Measured>, AssessError> {
    let [name] = of else { return Ok(None) };
    match name.as_str() {
        "join" => joins(site).await,
        "change" => changes(site).await,
        "publish" => publications(site).await,
        _ => Ok(None),
    }
}

/// What was found: unapproved ones, and those where one person did both.
struct Found<'a> {
    done: usize,
    unapproved: Vec<&'a Record>,
    alone: Vec<&'a Record>,
    /// Something else says what was really done.
    is_seen: bool,
}

fn facts(site: &Site, mut measured: Measured, found: &Found<'_>) -> Measured {
    for (code, records) in [("reg-act-unapproved", &found.unapproved), ("reg-act-alone", &found.alone)] {
        records.iter().for_each(|record| tell(&mut measured, code, &record.number, &title_of(site, record)));
    }
    measured = measured.count("done", found.done).count("self_approved", found.alone.len());
    if found.is_seen || !found.unapproved.is_empty() {
        return measured.count("unapproved", found.unapproved.len());
    }
    measured.reason("reg-act-unseen", &[]);
    // That none was found is no number of anything.
    measured.asked.retain(|one| one.facts.iter().all(|fact| fact != "unapproved"));
    measured
}

/// Approvals against the register of devices: a device in use since the first application that none of them names joined without one.
async fn joins(site: &Site) -> Result<Option<Measured>, AssessError> {
    if kind_of(site, "admission").is_none() || kind_of(site, "device").is_none() {
        return Ok(None);
    }
    let mut measured = Measured::default();
    Question::of("admission", StateAsk::All).asked(site, &mut measured).await?;
    Question::of("device", StateAsk::Open).asked(site, &mut measured).await?;
    if ever(site, "admission").await? == 0 {
        measured.reason("reg-none", &[("kind", &kind_name(site, "admission"))]);
        return Ok(Some(measured));
    }
    let recent = Recent::read(site, "admission", &[]).await?;
    let devices = Question::of("device", StateAsk::Open).records(site, None).await?;
    measured.since = Some(recent.since);
    let first = recent.records.iter().map(|record| Day::of(record.opened)).min();
    let joined = recent.pick(site, &mut measured, &["done"], &["has:happened"])?;
    let is_new = |device: &&Record| device.day("used_from").zip(first).is_some_and(|(used, first)| used >= first);
    let has_approval = |device: &Record| {
        device.has("admission") || (device.has("mac") && joined.iter().any(|record| record.value("mac") == device.value("mac")))
    };
    let unapproved: Vec<&Record> = devices.rows.iter().filter(is_new).filter(|device| !has_approval(device)).collect();
    for run in unapproved.chunks(NAMED) {
        // That no application names them follows from two registers: they are named one by one.
        let numbers: Vec<&str> = run.iter().map(|device| device.number.as_str()).collect();
        let named = Question::of("device", StateAsk::Open).only([format!("number:{}", numbers.join(","))])?;
        named.told(&mut measured, &["done", "unapproved"], run.len());
    }
    let alone = recent.pick(site, &mut measured, &["self_approved"], &["has:happened", "alone:approve,endorse"])?;
    let is_seen = devices.whole && recent.whole && !devices.rows.is_empty();
    let found = Found { done: joined.len() + unapproved.len(), unapproved, alone, is_seen };
    Ok(Some(facts(site, measured, &found)))
}

async fn changes(site: &Site) -> Result<Option<Measured>, AssessError> {
    let Some((mut measured, recent)) = read(site, "change").await? else { return Ok(None) };
    let done = recent.pick(site, &mut measured, &["done"], &["has:happened"])?;
    let unapproved = recent.pick(site, &mut measured, &["unapproved"], &["has:happened", "in:urgent"])?;
    let alone = recent.pick(site, &mut measured, &["self_approved"], &["has:happened", "alone:approve,approve_after"])?;
    Ok(Some(facts(site, measured, &Found { done: done.len(), unapproved, alone, is_seen: false })))
}

/// A person looked at each page after it was published, and found what was approved.
async fn publications(site: &Site) -> Result<Option<Measured>, AssessError> {
    let Some((mut measured, recent)) = read(site, "publication").await? else { return Ok(None) };
    let done = recent.pick(site, &mut measured, &["done"], &["has:published_at"])?;
    let unapproved = recent.pick(site, &mut measured, &["unapproved"], &["has:published_at", "is:check_result=differs"])?;
    let alone = recent.pick(site, &mut measured, &["self_approved"], &["has:published_at", "alone:approve,approve_as_two"])?;
    let is_seen = recent.whole && !done.is_empty() && done.iter().all(|record| record.has("check_result"));
    Ok(Some(facts(site, measured, &Found { done: done.len(), unapproved, alone, is_seen })))
}

async fn read(site: &Site, kind: &str) -> Result<Option<(Measured, Recent)>, AssessError> {
    if kind_of(site, kind).is_none() {
        return Ok(None);
    }
    let mut measured = Measured::default();
    if Question::of(kind, StateAsk::All).asked(site, &mut measured).await? == 0 {
        measured.reason("reg-none", &[("kind", &kind_name(site, kind))]);
    }
    let recent = Recent::read(site, kind, &[]).await?;
    measured.since = Some(recent.since);
    Ok(Some((measured, recent)))
}
