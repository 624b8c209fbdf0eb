//! `/people`: who there is, unit by unit, with posts, roles and the state of their accounts.

use std::collections::BTreeMap;

use anlan_base::text::{Lang, text};
use anlan_law::kind::Role;
use anlan_ledger::engine::{People as _, PersonId, UnitId};
use anlan_ledger::{AccountRow, Directory, PersonRow, ProposalStanding};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::choose::{self, Sent, choice, chosen};
use super::{EYES, KEEPERS, reaches, sees_unit, told};
use crate::address::address;
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::{Page, Section, grouped, show};
use crate::records::form::Choice;
use crate::records::indented;
use crate::session::Signed;

/// People of one page.
pub(crate) const PAGE_PEOPLE: usize = 100;
/// Characters of a name that is looked for.
const SOUGHT_CHARS: usize = 50;

struct Row {
    href: String,
    name: String,
    posts: String,
    roles: Vec<(&'static str, String)>,
    /// Class and words; empty where it is not the reader's to know.
    account: (&'static str, String),
    factor: (&'static str, String),
    /// Who does their work meanwhile.
    away: String,
    left: String,
}

struct Group {
    href: String,
    unit: String,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "people.html")]
struct PeoplePage {
    page: Page,
    sent: Sent,
    sought: String,
    left: bool,
    units: Vec<Choice>,
    here: String,
    with_account: String,
    vacant_posts: String,
    /// Open proposals, for those who see them.
    proposals: String,
    keeps: bool,
    groups: Vec<Group>,
    next: String,
    first: String,
    /// Units in which the reader may add somebody.
    add_units: Vec<Choice>,
}

pub(crate) async fn people(State(house): State<Shared>, who: Signed, pairs: Pairs) -> Result<Response, Failure> {
    draw(&house, &who, &pairs, StatusCode::OK, Sent::default()).await
}

/// What the address asks for.
struct Asked<'a> {
    unit: Option<UnitId>,
    sought: String,
    left: bool,
    /// Unit and person after whom the page begins.
    after: Option<(UnitId, PersonId)>,
    pairs: &'a Pairs,
}

impl<'a> Asked<'a> {
    fn read(pairs: &'a Pairs) -> Self {
        let after = pairs.get("after").split_once('.').and_then(|(unit, person)| Some((UnitId::parse(unit)?, PersonId::parse(person)?)));
        let sought = pairs.get("q").trim().chars().take(SOUGHT_CHARS).collect::<String>().to_lowercase();
        Self { unit: UnitId::parse(pairs.get("unit")), sought, left: pairs.get("left") == "1", after, pairs }
    }

    fn wants(&self, row: &PersonRow) -> bool {
        let names = [Some(row.person.name.as_str()), row.person.account.as_deref()];
        row.person.left == self.left
            && (self.sought.is_empty() || names.iter().flatten().any(|name| name.to_lowercase().contains(&self.sought)))
    }

    fn at(&self, after: &str) -> String {
        let get = |name: &str| self.pairs.get(name);
        address("/people", &[("unit", get("unit")), ("q", get("q")), ("left", get("left")), ("after", after)])
    }
}

/// People one sees, unit by unit in the order of the tree.
fn found<'d>(directory: &'d Directory, who: &Signed, asked: &Asked<'_>) -> Vec<(UnitId, &'d PersonRow)> {
    let mut by_unit: BTreeMap<UnitId, Vec<&PersonRow>> = BTreeMap::new();
    for row in directory.people().filter(|row| asked.wants(row)) {
        by_unit.entry(row.person.unit).or_default().push(row);
    }
    let above = asked.unit.and_then(|unit| directory.unit(unit)).map(|unit| unit.path.as_str());
    let units = directory.units().map(|row| &row.unit).filter(|unit| above.is_none_or(|above| unit.is_within(above)));
    let seen = units.filter(|unit| sees_unit(directory, &who.rights, unit.id));
    seen.flat_map(|unit| by_unit.remove(&unit.id).unwrap_or_default().into_iter().map(move |row| (unit.id, row))).collect()
}

pub(crate) async fn draw(house: &Shared, who: &Signed, pairs: &Pairs, status: StatusCode, sent: Sent) -> Result<Response, Failure> {
    let directory = house.console.ledger.directory();
    let asked = Asked::read(pairs);
    let all = found(&directory, who, &asked);
    let from =
        asked.after.and_then(|(unit, person)| all.iter().position(|(id, row)| (*id, row.person.id) == (unit, person)).map(|at| at + 1));
    let rest = &all[from.unwrap_or(0)..];
    let shown = &rest[..rest.len().min(PAGE_PEOPLE)];
    let keeps = KEEPERS.iter().any(|role| who.rights.has(*role));
    let accounts: BTreeMap<String, AccountRow> = match keeps {
        true => house.console.ledger.accounts().await?.into_iter().map(|row| (row.name.clone(), row)).collect(),
        false => BTreeMap::new(),
    };
    let posts = posts_by_person(&directory);
    let away: BTreeMap<PersonId, PersonId> = directory.stand_ins().map(|(away, stand_in)| (away, stand_in.person)).collect();
    let mut groups: Vec<(UnitId, Group)> = Vec::new();
    for (unit, row) in shown {
        let keeps = keeps && reaches(&directory, &who.rights, &KEEPERS, *unit);
        let drawn = Row {
            href: format!("/people/{}", row.person.id),
            name: row.person.name.clone(),
            posts: posts.get(&row.person.id).map_or_else(String::new, |titles| titles.join(text(who.lang, "list-comma", &[]).as_str())),
            roles: roles_of(&directory, row.person.id, who.lang),
            account: if keeps { account_state(row, &accounts, who.lang) } else { ("", String::new()) },
            factor: if keeps { factor_state(row, &accounts, who.lang) } else { ("", String::new()) },
            away: away.get(&row.person.id).map_or_else(String::new, |to| crate::records::words::person(&*directory, Some(*to), who.lang)),
            left: row.left_at.filter(|_| row.person.left).map_or_else(String::new, crate::records::words::moment),
        };
        match groups.last_mut().filter(|(id, _)| id == unit) {
            Some((_, group)) => group.rows.push(drawn),
            None => {
                let name = crate::records::words::unit(&*directory, *unit);
                groups.push((*unit, Group { href: format!("/units/{unit}"), unit: name, rows: vec![drawn] }));
            }
        }
    }
    let open = directory.units().filter(|row| !row.unit.closed && sees_unit(&directory, &who.rights, row.unit.id));
    let units = open.map(|row| choice(row.unit.id, &indented(&row.unit))).collect();
    let next = shown
        .last()
        .filter(|_| rest.len() > PAGE_PEOPLE)
        .map_or_else(String::new, |(unit, row)| asked.at(&format!("{unit}.{}", row.person.id)));
    let vacant =
        directory.posts().filter(|post| post.closed.is_none() && post.person().is_none() && sees_unit(&directory, &who.rights, post.unit));
    let page = PeoplePage {
        page: Page::signed(house, who, Section::People, "people-title"),
        sought: pairs.get("q").to_owned(),
        left: asked.left,
        units: chosen(units, pairs.get("unit")),
        here: grouped(all.len() as u64),
        with_account: grouped(all.iter().filter(|(_, row)| row.person.account.is_some()).count() as u64),
        vacant_posts: grouped(vacant.count() as u64),
        proposals: open_proposals(house, who).await?,
        keeps,
        groups: groups.into_iter().map(|(_, group)| group).collect(),
        next,
        first: if from.is_some() { asked.at("") } else { String::new() },
        add_units: chosen(choose::units(&directory, &who.rights, &[Role::System]), &sent.or("add", "unit", pairs.get("unit"))),
        sent,
    };
    show(status, &page)
}

async fn open_proposals(house: &Shared, who: &Signed) -> Result<String, Failure> {
    if !EYES.iter().any(|role| who.rights.has(*role)) {
        return Ok(String::new());
    }
    let shown = house.console.ledger.proposals(&who.rights).await?;
    Ok(grouped(shown.iter().filter(|shown| shown.standing == ProposalStanding::Open).count() as u64))
}

fn posts_by_person(directory: &Directory) -> BTreeMap<PersonId, Vec<String>> {
    let mut posts: BTreeMap<PersonId, Vec<String>> = BTreeMap::new();
    for post in directory.posts().filter(|post| post.closed.is_none()) {
        if let Some(person) = post.person() {
            posts.entry(person).or_default().push(post.title.clone());
        }
    }
    posts
}

/// Class of the tag and words; a role outside the person's own unit says where.
fn roles_of(directory: &Directory, person: PersonId, lang: Lang) -> Vec<(&'static str, String)> {
    let home = directory.person(person).map(|person| person.unit);
    directory
        .rights(person)
        .grants
        .iter()
        .map(|grant| {
            let role = told::role(lang, grant.role);
            let class = if anlan_ledger::Administrator::of(grant.role).is_some() { "accent" } else { "" };
            let elsewhere = Some(grant.unit) != home;
            (class, if elsewhere { format!("{role} · {}", crate::records::words::unit(directory, grant.unit)) } else { role })
        })
        .collect()
}

/// Class and words of a person's account.
pub(super) fn account_state(row: &PersonRow, accounts: &BTreeMap<String, AccountRow>, lang: Lang) -> (&'static str, String) {
    let account = row.person.account.as_ref().map(|name| accounts.get(name));
    let (class, key) = match account {
        None => ("unknown", "account-none"),
        Some(Some(account)) if account.disabled.is_some() => ("fail", "account-disabled"),
        Some(Some(account)) if account.one_time_until.is_some() => ("risk", "account-one-time"),
        Some(_) => ("met", "account-good"),
    };
    (class, text(lang, key, &[]))
}

fn factor_state(row: &PersonRow, accounts: &BTreeMap<String, AccountRow>, lang: Lang) -> (&'static str, String) {
    let has = row.person.account.as_ref().and_then(|name| accounts.get(name)).map(|account| account.second_factor);
    match (has, row.administrator) {
        (None, _) => ("", String::new()),
        (Some(true), _) => ("met", text(lang, "factor-there", &[])),
        (Some(false), Some(_)) => ("risk", text(lang, "factor-next", &[])),
        (Some(false), None) => ("unknown", text(lang, "factor-none", &[])),
    }
}
