//! `/units/{id}`: one unit: head, posts, what recurs in it, whether the three administrators are apart, and what may be changed.

use anlan_base::text::{Lang, text};
use anlan_law::kind::Role;
use anlan_ledger::engine::{People as _, UnitId};
use anlan_ledger::records::SeriesRun;
use anlan_ledger::{Directory, LedgerError, UnitRow};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::tree::crumbs;
use super::{Separated, separation};
use crate::address::address;
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::{Page, Section, grouped, show};
use crate::people::choose::{self, Sent, chosen};
use crate::people::{reaches, sees_unit, told_holders};
use crate::records::form::{Choice, say};
use crate::records::words::{self, moment};
use crate::session::Signed;

/// Who switches what recurs on and off.
const SWITCHERS: [Role; 3] = [Role::Head, Role::Leader, Role::Security];

struct Post {
    id: String,
    title: String,
    key: bool,
    person: String,
    href: String,
    since: String,
    before: String,
    people: Vec<Choice>,
}

struct Recurring {
    kind: String,
    href: String,
    title: String,
    /// `kind/series`.
    id: String,
    on: bool,
    since: String,
}

/// What the reader may change.
struct May {
    keep: bool,
    head: bool,
    close: bool,
    switch: bool,
}

#[derive(Template)]
#[template(path = "unit.html")]
struct UnitPage {
    page: Page,
    sent: Sent,
    told: String,
    id: String,
    crumbs: Vec<(String, String)>,
    called: String,
    grid: String,
    closed: String,
    head: (String, String),
    below: Vec<(String, String)>,
    people: String,
    people_href: String,
    late: String,
    posts: Vec<Post>,
    series: Vec<Recurring>,
    separation: Vec<Separated>,
    apart: bool,
    may: May,
    who_keeps: String,
    who_names: String,
    heads: Vec<Choice>,
    units: Vec<Choice>,
    heirs: Vec<Choice>,
}

pub(crate) async fn unit(State(house): State<Shared>, who: Signed, Path(id): Path<String>, pairs: Pairs) -> Result<Response, Failure> {
    let id = UnitId::parse(&id).ok_or(Failure::NotFound)?;
    let told = if pairs.get("told").is_empty() { String::new() } else { text(who.lang, "told-kept", &[]) };
    draw(&house, &who, id, StatusCode::OK, Sent::default(), told).await
}

/// The unit as the reader may see it, or no such page.
pub(super) fn seen<'d>(directory: &'d Directory, who: &Signed, id: UnitId) -> Result<&'d UnitRow, Failure> {
    directory.unit_row(id).filter(|_| sees_unit(directory, &who.rights, id)).ok_or(Failure::NotFound)
}

pub(super) async fn draw(
    house: &Shared,
    who: &Signed,
    id: UnitId,
    status: StatusCode,
    sent: Sent,
    told: String,
) -> Result<Response, Failure> {
    let directory = house.console.ledger.directory();
    let row = seen(&directory, who, id)?;
    let lang = who.lang;
    let series = house.console.ledger.series_of_unit(id).await?;
    let late = match house.console.ledger.late_entries(&who.rights, id).await {
        Ok(late) => late.get(&id).copied().unwrap_or_default(),
        Err(LedgerError::NoBook) => 0,
        Err(error) => return Err(error.into()),
    };
    let may = may(&directory, who, row);
    let units = choose::units(&directory, &who.rights, &[Role::System]);
    // Nothing is moved below itself, nor taken over from below.
    let outside = units.iter().filter(|choice| !below(&directory, &choice.id, &row.unit.path)).cloned().collect::<Vec<_>>();
    let separation = separation(&directory, id, lang);
    let mut page = Page::signed(house, who, Section::Units, "units-title");
    page.title.clone_from(&row.unit.name);
    let template = UnitPage {
        page,
        told,
        id: id.to_string(),
        crumbs: crumbs(&directory, id, lang).into_iter().filter(|(href, _)| href == "/units" || visible(&directory, who, href)).collect(),
        called: row.unit.name.clone(),
        grid: row.label.clone().unwrap_or_default(),
        closed: row.closed.map_or_else(String::new, moment),
        head: row.unit.head.map_or_else(Default::default, |head| (format!("/people/{head}"), words::person(&*directory, Some(head), lang))),
        below: directory
            .units()
            .filter(|other| other.unit.parent == Some(id) && !other.unit.closed)
            .map(|other| (format!("/units/{}", other.unit.id), other.unit.name.clone()))
            .collect(),
        people: grouped(directory.people().filter(|person| person.person.unit == id && !person.person.left).count() as u64),
        people_href: address("/people", &[("unit", &id.to_string())]),
        late: grouped(late),
        posts: posts(&directory, id, may.keep, lang),
        series: recurring(house, who, &series, lang),
        apart: separation.iter().all(|one| one.class == "met"),
        separation,
        who_keeps: told_holders(&directory, Role::System, id, lang),
        who_names: told_holders(&directory, Role::Security, id, lang),
        heads: if may.head {
            chosen(choose::people_around(&directory, id, row.unit.head), &row.unit.head.map_or_else(String::new, |head| head.to_string()))
        } else {
            Vec::new()
        },
        units: chosen(outside.clone(), &row.unit.parent.map_or_else(String::new, |parent| parent.to_string())),
        heirs: chosen(outside, &sent.or("close", "successor", "")),
        may,
        sent,
    };
    show(status, &template)
}

fn below(directory: &Directory, id: &str, path: &str) -> bool {
    UnitId::parse(id).and_then(|id| directory.unit(id)).is_some_and(|unit| unit.is_within(path))
}

fn visible(directory: &Directory, who: &Signed, href: &str) -> bool {
    href.strip_prefix("/units/").and_then(UnitId::parse).is_some_and(|id| sees_unit(directory, &who.rights, id))
}

fn may(directory: &Directory, who: &Signed, row: &UnitRow) -> May {
    let id = row.unit.id;
    let over = |roles: &[Role]| !row.unit.closed && reaches(directory, &who.rights, roles, id);
    let keep = over(&[Role::System]);
    let above = row.unit.parent.is_some_and(|parent| reaches(directory, &who.rights, &[Role::System], parent));
    let own_head = row.unit.head.is_some() && row.unit.head == who.rights.person;
    May { keep, head: over(&[Role::Security]), close: keep && above, switch: over(&SWITCHERS) || (own_head && !row.unit.closed) }
}

fn posts(directory: &Directory, id: UnitId, keep: bool, lang: Lang) -> Vec<Post> {
    let open = directory.posts().filter(|post| post.unit == id && post.closed.is_none());
    open.map(|post| {
        let held = post.person();
        let before = post.holdings.iter().rev().skip(1).find_map(|holding| holding.person);
        Post {
            id: post.id.to_string(),
            title: post.title.clone(),
            key: post.key_post,
            person: held.map_or_else(String::new, |id| words::person(directory, Some(id), lang)),
            href: held.map_or_else(String::new, |id| format!("/people/{id}")),
            since: moment(post.since()),
            before: before.map_or_else(String::new, |id| words::person(directory, Some(id), lang)),
            people: if keep {
                chosen(choose::people_around(directory, id, held), &held.map_or_else(String::new, |id| id.to_string()))
            } else {
                Vec::new()
            },
        }
    })
    .collect()
}

/// Everything that recurs, of the kinds that the reader may see.
fn recurring(house: &Shared, who: &Signed, runs: &[SeriesRun], lang: Lang) -> Vec<Recurring> {
    let kinds = house.console.ledger.kinds();
    let mut found = Vec::new();
    for kind in kinds.iter().filter(|kind| !kind.series.is_empty()) {
        let seen = house.console.ledger.may_see(&who.rights, kind);
        for series in &kind.series {
            let run = runs.iter().find(|run| run.kind == kind.id && run.series == series.name);
            if seen || run.is_some() {
                found.push(Recurring {
                    kind: say(&kind.title, lang).to_owned(),
                    href: if seen { format!("/records/{}", kind.id) } else { String::new() },
                    title: say(&series.title, lang).to_owned(),
                    id: format!("{}/{}", kind.id, series.name),
                    on: run.is_some(),
                    since: run.map_or_else(String::new, |run| moment(run.since)),
                });
            }
        }
    }
    found
}
