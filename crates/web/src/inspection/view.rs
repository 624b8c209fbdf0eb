//! The screen itself: the first sentence, the visit, the points, the devices, the plan.

use anlan_base::Day;
use anlan_base::text::text;
use anlan_law::condition::Fact;
use anlan_law::duty::Count;
use anlan_law::pack::Lawbook;
use anlan_law::probe::Probe;
use anlan_ledger::records::{ListAsk, Order, RecordRow, StateAsk};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::first::{Room, sentences};
use super::points::{PLAN, Point, Reading, Register};
use super::visit::{self, Visit};
use crate::compliance::stand::Stands;
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::{Page, Section, show};
use crate::people::choose::choice;
use crate::records::form::Choice;
use crate::records::words;
use crate::session::Signed;
use crate::shown;
use crate::sources::coverage_for;
use crate::sources::device::{self, Device, Telling};
use crate::sources::reach::{Reach, key_of};

/// Devices that the screen shows; the list of sources has all.
pub(crate) const DEVICES: usize = 20;
/// Devices that one can choose from.
pub(crate) const DEVICES_OFFERED: usize = 500;
/// Records of the plan, of each register.
pub(crate) const PLAN_ROWS: u32 = 10;

/// A record of the plan.
struct PlanRow {
    kind: String,
    number: String,
    title: String,
    state: (&'static str, String),
    holder: String,
    due: String,
    left: (&'static str, String),
}

/// What every page says of itself, on screen and on paper.
pub(super) struct Foot {
    pub(super) checkpoint: String,
    pub(super) anchored: bool,
    pub(super) anchor: String,
    pub(super) printed: String,
    pub(super) operator: String,
}

#[derive(Template)]
#[template(path = "inspection.html")]
struct InspectionPage {
    page: Page,
    sentences: Vec<String>,
    count: Count,
    points: Vec<Point>,
    names: bool,
    visit: Option<Visit>,
    visits: Vec<Visit>,
    new_visit: String,
    /// Where a pack is made for the visit; empty where the asker may make none.
    pack: String,
    offered: Vec<Choice>,
    day: String,
    devices: Vec<Device>,
    more_devices: usize,
    plan: Vec<PlanRow>,
    registers: Vec<Register>,
    told: String,
    wrong: String,
    foot: Foot,
}

pub(super) async fn stands(house: &Shared) -> Result<Stands, Failure> {
    Stands::load(house).await
}

/// How far this is anchored, as last measured: outside only where an anchor is known.
pub(super) fn foot(house: &Shared, who: &Signed, stands: &Stands, book: &Lawbook) -> Result<Foot, Failure> {
    let number = |name| match stands.fact(&book.duties, Probe::StoreAnchored, name) {
        Some(Fact::Int(number)) => Some(*number),
        _ => None,
    };
    let anchored = number("anchors").is_some_and(|anchors| anchors > 0);
    let days = number("days_since").unwrap_or(0).to_string();
    let directory = house.console.ledger.directory();
    Ok(Foot {
        checkpoint: house.console.prover.checkpoint_size().to_string(),
        anchored,
        anchor: if anchored { text(who.lang, "inspect-anchored", &[("days", &days)]) } else { text(who.lang, "anchor-self", &[]) },
        printed: words::moment(house.console.clock.now()),
        operator: directory.root().map_or_else(String::new, |root| root.name.clone()),
    })
}

pub(crate) async fn inspection(State(house): State<Shared>, who: Signed, pairs: Pairs) -> Result<Response, Failure> {
    draw(&house, &who, &pairs, StatusCode::OK, String::new()).await
}

pub(super) async fn draw(house: &Shared, who: &Signed, pairs: &Pairs, status: StatusCode, wrong: String) -> Result<Response, Failure> {
    let visit = visit::chosen(house, who, pairs.get("visit")).await?;
    let (kinds, book, now) = (house.console.ledger.kinds(), house.console.ledger.lawbook()?, house.console.clock.now());
    let directory = house.console.ledger.directory();
    let reach = Reach { directory: &directory, who: &who.rights, logs: house.console.ledger.sources_in_scope(&who.rights) };
    let coverage = coverage_for(house, &reach).await.unwrap_or_default();
    let stands = stands(house).await?;
    let mut reading = Reading::new(house, who, &book, &stands);
    let points = reading.points().await?;
    let names = reading.names;
    let mut registers = Vec::new();
    for kind in PLAN {
        registers.extend(reading.register(kind).await?);
    }
    let telling = Telling { lang: who.lang, now, book: &book, kinds: &kinds, directory: &directory };
    let devices = device::worst_first(&coverage);
    let asked = book.points.iter().flat_map(|point| &point.duties);
    let of_points: std::collections::BTreeSet<&String> = asked.collect();
    let mut page = Page::signed(house, who, Section::Inspection, "inspect-title");
    page.here = crate::address::address("/inspection", &[("visit", pairs.get("visit"))]);
    let page = InspectionPage {
        sentences: sentences(who.lang, &coverage, Room::of(&stands, &book.duties)),
        count: stands.count(book.duties.iter().filter(|duty| of_points.contains(&duty.id))),
        points,
        names,
        pack: crate::evidence::link(who, visit.as_ref().map_or("", |visit| visit.number.as_str())),
        visits: visit::offered(house, who, visit.as_ref()).await?,
        new_visit: visit::new_form(house, who),
        offered: offered(house, &reach, &coverage).await?,
        day: Day::of(now).to_string(),
        devices: devices.iter().take(DEVICES).map(|device| telling.device(device)).collect(),
        more_devices: devices.len().saturating_sub(DEVICES),
        plan: plan(house, who).await?,
        registers,
        told: if pairs.get("told") == "shown" { text(who.lang, "inspect-told-shown", &[]) } else { String::new() },
        wrong,
        foot: foot(house, who, &stands, &book)?,
        visit,
        page,
    };
    show(status, &page)
}

/// The devices whose lines this reader may read: those of the list by name, then everybody else who sends.
async fn offered(house: &Shared, reach: &Reach<'_>, coverage: &anlan_assure::assess::coverage::Coverage) -> Result<Vec<Choice>, Failure> {
    let mut out: Vec<Choice> = Vec::new();
    for device in &coverage.devices {
        let Some(key) = key_of(&device.source).filter(|key| reach.reads(key)) else { continue };
        out.push(choice(&key, &shown::plain(&format!("{} · {}", device.name, device.source), 128)));
    }
    for row in house.console.ledger.sources().await? {
        if reach.reads(&row.key) && !out.iter().any(|choice| choice.id == row.key.as_str()) {
            let title = row.name.unwrap_or_else(|| row.key.to_string());
            out.push(choice(&row.key, &shown::plain(&title, 128)));
        }
    }
    out.truncate(DEVICES_OFFERED);
    Ok(out)
}

/// What is being put right, soonest due first, register by register.
async fn plan(house: &Shared, who: &Signed) -> Result<Vec<PlanRow>, Failure> {
    let (kinds, directory, now) = (house.console.ledger.kinds(), house.console.ledger.directory(), house.console.clock.now());
    let mut out = Vec::new();
    for id in PLAN {
        let Some(kind) = kinds.get(id).filter(|kind| house.console.ledger.may_see(&who.rights, kind)) else { continue };
        let ask = ListAsk { kind: Some(id.to_owned()), state: StateAsk::Open, order: Order::Due, limit: PLAN_ROWS, ..ListAsk::default() };
        let found = house.console.ledger.list(&who.rights, &ask).await?;
        let row = |row: &RecordRow| PlanRow {
            kind: kind.title.show(who.lang).to_owned(),
            number: row.number.clone(),
            title: shown::plain(&row.title, 200),
            state: words::state(Some(kind), &row.state, row.ended, row.missed, who.lang),
            holder: words::person(&*directory, row.holder, who.lang),
            due: row.due.map_or_else(String::new, words::moment),
            left: row.due.map_or(("faint", String::new()), |due| words::left(who.lang, now, due)),
        };
        out.extend(found.rows.iter().map(row));
    }
    Ok(out)
}
