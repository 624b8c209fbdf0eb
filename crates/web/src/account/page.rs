//! `/account`.

use anlan_base::text::text;
use anlan_ledger::engine::People as _;
use anlan_ledger::{Directory, RECOVERY_CODES};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::factor::Offered;
use super::rules;
use super::tokens::{self, Token};
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::{Page, Section, show};
use crate::people::choose::{self, Sent, choice, chosen};
use crate::people::proof::Asks;
use crate::people::told::role;
use crate::records::form::Choice;
use crate::records::words::{self, moment};
use crate::session::Signed;

/// People that may be asked to stand in, at most.
const STAND_INS: usize = 500;

struct Session {
    id: String,
    peer: String,
    opened: String,
    seen: String,
    own: bool,
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    page: Page,
    sent: Sent,
    told: String,
    asks: Asks,
    name: String,
    person: (String, String),
    unit: String,
    roles: Vec<String>,
    rules: Vec<String>,
    has_factor: bool,
    must_factor: bool,
    codes_left: String,
    codes_few: bool,
    offered: Offered,
    codes: Vec<String>,
    sessions: Vec<Session>,
    tokens: Vec<Token>,
    secret: String,
    scopes: Vec<Choice>,
    token_days: String,
    token_most: String,
    away: String,
    stand_ins: Vec<Choice>,
}

/// What a page shows beside the account.
#[derive(Default)]
pub(super) struct Shown {
    pub(super) sent: Sent,
    pub(super) told: String,
    pub(super) offered: Offered,
    /// Recovery codes, once.
    pub(super) codes: Vec<String>,
    /// A token, once.
    pub(super) secret: String,
}

pub(crate) async fn account(State(house): State<Shared>, who: Signed, pairs: Pairs) -> Result<Response, Failure> {
    let told = match pairs.get("told") {
        "" => String::new(),
        "password" => text(who.lang, "told-password", &[]),
        _ => text(who.lang, "told-kept", &[]),
    };
    draw(&house, &who, StatusCode::OK, Shown { told, ..Shown::default() }).await
}

pub(super) async fn draw(house: &Shared, who: &Signed, status: StatusCode, shown: Shown) -> Result<Response, Failure> {
    let ledger = &house.console.ledger;
    let (directory, now, lang) = (ledger.directory(), house.console.clock.now(), who.lang);
    let rules_in_force = ledger.account_rules();
    // What a form just did may have changed the session: it is asked again.
    let session = ledger.session(&who.secret).await?.ok_or(Failure::SignIn { next: "/account".to_owned() })?;
    let left = if session.second_factor { ledger.recovery_codes_left(&who.secret).await? } else { 0 };
    let own = ledger.tokens().await?.into_iter().filter(|token| token.owner.as_deref() == Some(who.session.user.name.as_str()));
    let sessions = ledger.own_sessions(&who.secret).await?.into_iter().map(|session| Session {
        id: session.id,
        peer: session.peer,
        opened: moment(session.opened),
        seen: moment(session.seen),
        own: session.own,
    });
    let person = who.rights.person.and_then(|id| directory.person(id));
    let sent = shown.sent;
    let template = AccountPage {
        page: Page::signed(house, who, Section::Account, "account-title"),
        told: shown.told,
        asks: Asks::of(house, who),
        name: who.session.user.name.clone(),
        person: person.map_or_else(Default::default, |person| (format!("/people/{}", person.id), person.name.clone())),
        unit: person.map_or_else(String::new, |person| words::unit(&*directory, person.unit)),
        roles: who
            .rights
            .grants
            .iter()
            .map(|grant| format!("{} · {}", role(lang, grant.role), words::unit(&*directory, grant.unit)))
            .collect(),
        rules: rules::told(lang, &rules_in_force),
        has_factor: session.second_factor,
        must_factor: session.administrator,
        codes_left: left.to_string(),
        codes_few: left * 2 < RECOVERY_CODES as u64,
        offered: shown.offered,
        codes: shown.codes,
        sessions: sessions.collect(),
        tokens: own.map(|token| Token::new(token, now, lang)).collect(),
        secret: shown.secret,
        scopes: tokens::scopes(&who.rights, lang),
        token_days: sent.or("token", "days", &rules_in_force.token_days.min(rules_in_force.token_longest_days).to_string()),
        token_most: rules_in_force.token_longest_days.to_string(),
        away: away(&directory, who),
        stand_ins: chosen(stand_ins(&directory, who), &sent.or("away", "person", "")),
        sent,
    };
    show(status, &template)
}

/// Who does one's work meanwhile, in words.
fn away(directory: &Directory, who: &Signed) -> String {
    let own = who.rights.person.and_then(|own| directory.stand_ins().find(|(away, _)| *away == own));
    own.map_or_else(String::new, |(_, stand_in)| {
        let (name, until) = (words::person(directory, Some(stand_in.person), who.lang), moment(stand_in.until));
        text(who.lang, "person-away-until", &[("who", &name), ("until", &until), ("why", &stand_in.reason)])
    })
}

/// People of one's unit and above, then everybody of the units that one reaches.
fn stand_ins(directory: &Directory, who: &Signed) -> Vec<Choice> {
    let Some(own) = who.rights.person.and_then(|id| directory.person(id)) else { return Vec::new() };
    let mut offered = choose::people_around(directory, own.unit, None);
    for row in directory.people().filter(|row| !row.person.left) {
        let reached = directory.unit(row.person.unit).is_some_and(|unit| who.rights.touches(&unit.path));
        let id = row.person.id.to_string();
        if offered.len() < STAND_INS && reached && offered.iter().all(|choice| choice.id != id) {
            offered.push(Choice { group: words::unit(directory, row.person.unit), ..choice(row.person.id, &row.person.name) });
        }
    }
    offered.retain(|choice| choice.id != own.id.to_string());
    offered
}
