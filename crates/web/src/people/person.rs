//! `/people/{id}`: one person: where, which posts and roles, the account, and what may be done about them.

use std::collections::BTreeMap;

use anlan_base::text::text;
use anlan_law::kind::Role;
use anlan_ledger::engine::{People as _, PersonId, UnitId};
use anlan_ledger::{AccountRow, Administrator, Directory, GraveAct, PersonRow, ProposalStanding};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::choose::{self, Sent, chosen};
use super::list::account_state;
use super::proof::Asks;
use super::{CONTACTS, KEEPERS, reaches, sees_unit, told, told_holders};
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::{Page, Section, show};
use crate::records::form::Choice;
use crate::records::words::{self, moment};
use crate::session::Signed;

/// Roles that a security administrator grants alone.
pub(super) const BUSINESS: [Role; 7] =
    [Role::Leader, Role::Duty, Role::Handler, Role::Approver, Role::Reader, Role::Staff, Role::Inspector];

struct Grant {
    role: String,
    role_id: &'static str,
    unit: String,
    unit_id: String,
    since: String,
    note: String,
    /// `revoke`, `dismiss`, or neither.
    ends: &'static str,
}

struct Account {
    name: String,
    state: (&'static str, String),
    facts: Vec<(String, String)>,
    disabled: bool,
    second_factor: bool,
}

/// What the reader may do about the person.
struct May {
    /// System administrator over the unit.
    keep: bool,
    /// Phone and e-mail.
    contact: bool,
    leave: bool,
    account: bool,
    reset: bool,
    disable: bool,
    remove_factor: bool,
    grant: bool,
    appoint: bool,
    erase: bool,
}

#[derive(Template)]
#[template(path = "person.html")]
struct PersonPage {
    page: Page,
    id: String,
    sent: Sent,
    told: String,
    /// A one-time password, shown once.
    once: String,
    once_days: String,
    asks: Asks,
    unit: (String, String),
    left: bool,
    own: bool,
    called: String,
    phone: String,
    email: String,
    facts: Vec<(String, String)>,
    posts: Vec<(String, String, bool)>,
    grants: Vec<Grant>,
    proposed: Vec<String>,
    account: Option<Account>,
    shows_account: bool,
    may: May,
    who_keeps: String,
    who_grants: String,
    units: Vec<Choice>,
    grant_roles: Vec<Choice>,
    grant_units: Vec<Choice>,
    appoint_roles: Vec<Choice>,
    appoint_units: Vec<Choice>,
    account_name: String,
    /// Who takes the work over when they leave.
    heir: String,
}

pub(crate) async fn person(State(house): State<Shared>, who: Signed, Path(id): Path<String>, pairs: Pairs) -> Result<Response, Failure> {
    let id = PersonId::parse(&id).ok_or(Failure::NotFound)?;
    let told = match pairs.get("told") {
        "" => String::new(),
        "proposed" => text(who.lang, "told-proposed", &[]),
        _ => text(who.lang, "told-kept", &[]),
    };
    draw(&house, &who, id, Shown { told, ..Shown::default() }).await
}

/// What a page shows beside the person.
#[derive(Default)]
pub(super) struct Shown {
    pub(super) status: StatusCode,
    pub(super) sent: Sent,
    pub(super) told: String,
    pub(super) once: String,
}

/// The person as the reader may see them, or no such page.
pub(super) fn seen<'d>(directory: &'d Directory, who: &Signed, id: PersonId) -> Result<&'d PersonRow, Failure> {
    let row = directory.person_row(id).ok_or(Failure::NotFound)?;
    let own = who.rights.person == Some(id);
    if own || sees_unit(directory, &who.rights, row.person.unit) { Ok(row) } else { Err(Failure::NotFound) }
}

pub(super) async fn draw(house: &Shared, who: &Signed, id: PersonId, shown: Shown) -> Result<Response, Failure> {
    let directory = house.console.ledger.directory();
    let row = seen(&directory, who, id)?;
    let lang = who.lang;
    let unit = row.person.unit;
    let accounts: BTreeMap<String, AccountRow> = house
        .console
        .ledger
        .accounts()
        .await?
        .into_iter()
        .filter(|a| Some(&a.name) == row.person.account.as_ref())
        .map(|a| (a.name.clone(), a))
        .collect();
    let account = row.person.account.as_ref().and_then(|name| accounts.get(name));
    let own = who.rights.person == Some(id);
    let may = may(&directory, who, row, account);
    let sees_contact = own || reaches(&directory, &who.rights, &CONTACTS, unit);
    let proposed = proposed(house, who, &directory, id).await?;
    let mut page = Page::signed(house, who, Section::People, "people-title");
    page.title.clone_from(&row.person.name);
    let sent = shown.sent;
    let template = PersonPage {
        page,
        id: id.to_string(),
        told: shown.told,
        once: shown.once,
        once_days: house.console.ledger.account_rules().one_time_days.to_string(),
        asks: Asks::of(house, who),
        unit: (format!("/units/{unit}"), words::unit(&*directory, unit)),
        left: row.person.left,
        own,
        called: row.person.name.clone(),
        phone: if sees_contact { row.phone.clone().unwrap_or_default() } else { String::new() },
        email: if sees_contact { row.email.clone().unwrap_or_default() } else { String::new() },
        facts: facts(&directory, row, sees_contact, lang),
        posts: posts(&directory, id),
        grants: grants(&directory, who, id, lang),
        proposed,
        account: account.map(|account| drawn(account, row, &accounts, lang)),
        shows_account: own || reaches(&directory, &who.rights, &KEEPERS, unit),
        who_keeps: told_holders(&directory, Role::System, unit, lang),
        who_grants: told_holders(&directory, Role::Security, unit, lang),
        units: chosen(choose::units(&directory, &who.rights, &[Role::System]), &sent.or("change", "unit", &unit.to_string())),
        grant_roles: chosen(choose::roles(lang, &BUSINESS), &sent.or("grant", "role", "")),
        grant_units: chosen(choose::units(&directory, &who.rights, &[Role::Security]), &sent.or("grant", "unit", &unit.to_string())),
        appoint_roles: chosen(choose::roles(lang, &Administrator::ALL.map(Administrator::role)), &sent.or("appoint", "role", "")),
        appoint_units: chosen(
            choose::units(&directory, &who.rights, &[Role::Security, Role::System]),
            &sent.or("appoint", "unit", &unit.to_string()),
        ),
        account_name: sent.or("account", "account", ""),
        heir: heir(&directory, row).map_or_else(|| text(lang, "vacant", &[]), |heir| words::person(&*directory, Some(heir), lang)),
        may,
        sent,
    };
    show(shown.status, &template)
}

fn may(directory: &Directory, who: &Signed, row: &PersonRow, account: Option<&AccountRow>) -> May {
    let over = |role: Role| reaches(directory, &who.rights, &[role], row.person.unit);
    let (keep, secure, own, here) = (over(Role::System), over(Role::Security), who.rights.person == Some(row.person.id), !row.person.left);
    let administrator = row.administrator.is_some();
    May {
        keep,
        contact: here && (own || keep),
        leave: keep && here && !own && !administrator,
        account: keep && here && row.person.account.is_none() && !administrator,
        reset: keep && here && !own && account.is_some(),
        disable: keep && here && !own && account.is_some() && !administrator,
        remove_factor: secure && here && !own && account.is_some_and(|account| account.second_factor),
        grant: here && !own && who.rights.has(Role::Security),
        appoint: here && !own && row.person.account.is_some() && (who.rights.has(Role::Security) || who.rights.has(Role::System)),
        erase: !own
            && reaches(directory, &who.rights, &[Role::Security, Role::Head], row.person.unit)
            && (row.phone.is_some() || row.email.is_some()),
    }
}

fn facts(directory: &Directory, row: &PersonRow, contact: bool, lang: anlan_base::text::Lang) -> Vec<(String, String)> {
    let t = |key: &str| text(lang, key, &[]);
    let mut facts = Vec::new();
    if contact {
        let none = || t("fact-none");
        facts.push((t("person-phone"), row.phone.clone().filter(|phone| !phone.is_empty()).unwrap_or_else(none)));
        facts.push((t("person-email"), row.email.clone().filter(|email| !email.is_empty()).unwrap_or_else(none)));
    }
    facts.push((t("person-added"), moment(row.added)));
    if let Some(at) = row.left_at.filter(|_| row.person.left) {
        facts.push((t("person-left"), format!("{} · {}", moment(at), row.left_why.as_deref().unwrap_or_default())));
    }
    if let Some((_, stand_in)) = directory.stand_ins().find(|(away, _)| *away == row.person.id) {
        let (name, until) = (words::person(directory, Some(stand_in.person), lang), moment(stand_in.until));
        facts.push((t("person-away"), text(lang, "person-away-until", &[("who", &name), ("until", &until), ("why", &stand_in.reason)])));
    }
    for (away, _) in directory.stand_ins().filter(|(_, stand_in)| stand_in.person == row.person.id) {
        facts.push((t("person-stands-in"), words::person(directory, Some(away), lang)));
    }
    facts
}

/// Title, unit, key post.
fn posts(directory: &Directory, id: PersonId) -> Vec<(String, String, bool)> {
    let held = directory.posts().filter(|post| post.closed.is_none() && post.person() == Some(id));
    held.map(|post| (post.title.clone(), words::unit(directory, post.unit), post.key_post)).collect()
}

fn grants(directory: &Directory, who: &Signed, id: PersonId, lang: anlan_base::text::Lang) -> Vec<Grant> {
    let own = who.rights.person == Some(id);
    let granted = directory.grants_of(id).map(|grant| {
        let administrator = Administrator::of(grant.role).is_some();
        let may = reaches(directory, &who.rights, &[Role::Security], grant.unit);
        Grant {
            role: told::role(lang, grant.role),
            role_id: grant.role.id(),
            unit: words::unit(directory, grant.unit),
            unit_id: grant.unit.to_string(),
            since: moment(grant.at),
            note: if grant.bootstrap { text(lang, "grant-bootstrap", &[]) } else { String::new() },
            ends: match (may && !(own && administrator), administrator) {
                (false, _) => "",
                (true, true) => "dismiss",
                (true, false) => "revoke",
            },
        }
    });
    let headed = directory.units().filter(|row| row.unit.head == Some(id) && !row.unit.closed).map(|row| Grant {
        role: told::role(lang, Role::Head),
        role_id: Role::Head.id(),
        unit: row.unit.name.clone(),
        unit_id: row.unit.id.to_string(),
        since: String::new(),
        note: text(lang, "grant-head", &[]),
        ends: "",
    });
    granted.chain(headed).collect()
}

fn drawn(account: &AccountRow, row: &PersonRow, accounts: &BTreeMap<String, AccountRow>, lang: anlan_base::text::Lang) -> Account {
    let t = |key: &str| text(lang, key, &[]);
    let mut facts = vec![(t("account-made"), moment(account.created)), (t("account-password-set"), moment(account.password_set))];
    if let Some(until) = account.one_time_until {
        facts.push((t("account-one-time-until"), moment(until)));
    }
    if let Some(since) = account.disabled {
        facts.push((t("account-disabled-since"), moment(since)));
    }
    facts.push((t("person-factor"), t(if account.second_factor { "factor-there" } else { "factor-none" })));
    Account {
        name: account.name.clone(),
        state: account_state(row, accounts, lang),
        facts,
        disabled: account.disabled.is_some(),
        second_factor: account.second_factor,
    }
}

/// The head of their unit, else of the next above.
fn heir(directory: &Directory, row: &PersonRow) -> Option<PersonId> {
    let mut at = directory.unit(row.person.unit);
    while let Some(unit) = at {
        if let Some(head) = unit.head.filter(|head| *head != row.person.id) {
            return Some(head);
        }
        at = unit.parent.and_then(|parent| directory.unit(parent));
    }
    None
}

/// Open proposals about the person, in words.
async fn proposed(house: &Shared, who: &Signed, directory: &Directory, id: PersonId) -> Result<Vec<String>, Failure> {
    let shown = house.console.ledger.proposals(&who.rights).await?;
    let open = shown.iter().filter(|shown| shown.standing == ProposalStanding::Open && shown.act.person() == Some(id));
    Ok(open.map(|shown| crate::proposals::told(directory, &shown.act, who.lang)).collect())
}

/// Appointing and ending appointments, as two people do it.
pub(super) fn appointing(form: &Pairs, person: PersonId, ends: bool) -> Result<GraveAct, Failure> {
    let administrator = Role::from_id(form.get("role")).and_then(Administrator::of).ok_or(Failure::BadForm)?;
    let unit = UnitId::parse(form.get("unit")).ok_or(Failure::BadForm)?;
    Ok(if ends { GraveAct::Dismiss { person, administrator, unit } } else { GraveAct::Appoint { person, administrator, unit } })
}
