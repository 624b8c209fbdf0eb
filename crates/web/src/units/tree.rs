//! `/units`: the tree of units with heads, people, vacant posts, late entries, and who of the three administrators is missing.

use std::collections::BTreeMap;

use anlan_base::text::text;
use anlan_law::kind::Role;
use anlan_ledger::engine::{People as _, UnitId};
use anlan_ledger::{Directory, LedgerError, UnitRow};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::missing;
use crate::address::address;
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::{Page, Section, grouped, show};
use crate::people::choose::{self, Sent, chosen};
use crate::people::sees_unit;
use crate::records::form::Choice;
use crate::records::{indented, words};
use crate::session::Signed;

/// Units of one page.
pub(crate) const PAGE_UNITS: usize = 100;

struct Row {
    href: String,
    name: String,
    label: String,
    head: String,
    people: String,
    posts: String,
    vacant: String,
    late: String,
    missing: String,
    closed: bool,
}

#[derive(Template)]
#[template(path = "units.html")]
struct UnitsPage {
    page: Page,
    sent: Sent,
    sought: String,
    closed: bool,
    count: String,
    vacant_heads: String,
    apart: bool,
    rows: Vec<Row>,
    next: String,
    first: String,
    parents: Vec<Choice>,
}

/// How many there are in each unit.
struct Counts {
    people: BTreeMap<UnitId, u64>,
    posts: BTreeMap<UnitId, u64>,
    vacant: BTreeMap<UnitId, u64>,
    late: BTreeMap<UnitId, u64>,
}

impl Counts {
    async fn of(house: &Shared, who: &Signed, directory: &Directory) -> Result<Self, Failure> {
        let mut counts =
            Self { people: BTreeMap::new(), posts: BTreeMap::new(), vacant: BTreeMap::new(), late: late(house, who, directory).await? };
        for row in directory.people().filter(|row| !row.person.left) {
            *counts.people.entry(row.person.unit).or_default() += 1;
        }
        for post in directory.posts().filter(|post| post.closed.is_none()) {
            *counts.posts.entry(post.unit).or_default() += 1;
            if post.person().is_none() {
                *counts.vacant.entry(post.unit).or_default() += 1;
            }
        }
        Ok(counts)
    }
}

/// 补录 by unit; none before a lawbook is in force.
async fn late(house: &Shared, who: &Signed, directory: &Directory) -> Result<BTreeMap<UnitId, u64>, Failure> {
    let Some(root) = directory.root() else { return Ok(BTreeMap::new()) };
    match house.console.ledger.late_entries(&who.rights, root.id).await {
        Ok(late) => Ok(late),
        Err(LedgerError::NoBook) => Ok(BTreeMap::new()),
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn units(State(house): State<Shared>, who: Signed, pairs: Pairs) -> Result<Response, Failure> {
    draw(&house, &who, &pairs, StatusCode::OK, Sent::default()).await
}

pub(super) async fn draw(house: &Shared, who: &Signed, pairs: &Pairs, status: StatusCode, sent: Sent) -> Result<Response, Failure> {
    let directory = house.console.ledger.directory();
    let (sought, closed) = (pairs.get("q").trim().to_lowercase(), pairs.get("closed") == "1");
    let seen = directory.units().filter(|row| sees_unit(&directory, &who.rights, row.unit.id) && row.unit.closed == closed);
    let all: Vec<&UnitRow> = seen.filter(|row| sought.is_empty() || row.unit.name.to_lowercase().contains(&sought)).collect();
    let from = UnitId::parse(pairs.get("after")).and_then(|after| all.iter().position(|row| row.unit.id == after)).map(|at| at + 1);
    let rest = &all[from.unwrap_or(0)..];
    let shown = &rest[..rest.len().min(PAGE_UNITS)];
    let counts = Counts::of(house, who, &directory).await?;
    let at = |after: &str| address("/units", &[("q", pairs.get("q")), ("closed", pairs.get("closed")), ("after", after)]);
    let next = shown.last().filter(|_| rest.len() > PAGE_UNITS).map_or_else(String::new, |row| at(&row.unit.id.to_string()));
    let parents = choose::units(&directory, &who.rights, &[Role::System]);
    let template = UnitsPage {
        page: Page::signed(house, who, Section::Units, "units-title"),
        sought: pairs.get("q").to_owned(),
        closed,
        count: grouped(all.len() as u64),
        vacant_heads: grouped(all.iter().filter(|row| row.unit.head.is_none() && !closed).count() as u64),
        apart: all.iter().all(|row| directory.separation(row.unit.id).is_none_or(|separation| separation.is_separate())),
        rows: shown.iter().map(|row| drawn(&directory, who, row, &counts)).collect(),
        next,
        first: if from.is_some() { at("") } else { String::new() },
        parents: chosen(parents, &sent.or("add", "parent", "")),
        sent,
    };
    show(status, &template)
}

fn drawn(directory: &Directory, who: &Signed, row: &UnitRow, counts: &Counts) -> Row {
    let id = row.unit.id;
    let told = |counts: &BTreeMap<UnitId, u64>| counts.get(&id).map_or_else(String::new, |n| grouped(*n));
    Row {
        href: format!("/units/{id}"),
        name: indented(&row.unit),
        label: row.label.clone().unwrap_or_default(),
        head: row.unit.head.map_or_else(String::new, |head| words::person(directory, Some(head), who.lang)),
        people: told(&counts.people),
        posts: told(&counts.posts),
        vacant: told(&counts.vacant),
        late: told(&counts.late),
        missing: if row.unit.closed { String::new() } else { missing(directory, id, who.lang) },
        closed: row.unit.closed,
    }
}

/// A link's words for a unit, for crumbs.
pub(super) fn crumbs(directory: &Directory, id: UnitId, lang: anlan_base::text::Lang) -> Vec<(String, String)> {
    let mut above = Vec::new();
    let mut at = directory.unit(id).and_then(|unit| unit.parent).and_then(|parent| directory.unit(parent));
    while let Some(unit) = at {
        above.push((format!("/units/{}", unit.id), unit.name.clone()));
        at = unit.parent.and_then(|parent| directory.unit(parent));
    }
    above.push(("/units".to_owned(), text(lang, "units-title", &[])));
    above.reverse();
    above
}
