//! `/proposals`: grave acts that take two people (I6): proposed by one, approved by another, against the state that was there.
//!
//! Invariants: who approves proves themselves once more, and approves what the page showed them; nobody decides about themselves or their own proposal;
//! one sees only proposals that one may propose, approve or audit, or made oneself.

mod acts;

use anlan_base::text::{Lang, text};
use anlan_law::kind::Role;
use anlan_ledger::{Directory, GraveAct, ProposalShown, ProposalStanding};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::{Page, Section, show};
use crate::people::choose::Sent;
use crate::people::proof::Asks;
use crate::people::told::{self as words_of, role};
use crate::records::words::{self, left, moment};
use crate::session::Signed;

pub(crate) use acts::{approve, erase_form, erase_record, object, withdraw};

/// Decided proposals that the page shows.
const DECIDED: usize = 50;

struct Row {
    id: String,
    what: String,
    standing: (&'static str, String),
    reason: String,
    by: String,
    at: String,
    until: String,
    left: (&'static str, String),
    /// The state it was made against.
    seen: String,
    short: String,
    approvers: String,
    decided: String,
    objection: String,
    may_approve: bool,
    why_not: String,
    may_withdraw: bool,
}

#[derive(Template)]
#[template(path = "proposals.html")]
struct ProposalsPage {
    page: Page,
    sent: Sent,
    told: String,
    asks: Asks,
    open: Vec<Row>,
    decided: Vec<Row>,
    may_erase: bool,
}

/// An act in words.
pub(crate) fn told(directory: &Directory, act: &GraveAct, lang: Lang) -> String {
    let person = |id| words::person(directory, Some(id), lang);
    let unit = |id| words::unit(directory, id);
    let comma = text(lang, "list-comma", &[]);
    match act {
        GraveAct::Appoint { person: id, administrator, unit: at } | GraveAct::Dismiss { person: id, administrator, unit: at } => {
            let key = if matches!(act, GraveAct::Appoint { .. }) { "grave-appoint" } else { "grave-dismiss" };
            text(lang, key, &[("who", &person(*id)), ("role", &role(lang, administrator.role())), ("unit", &unit(*at))])
        }
        GraveAct::ErasePerson { person: id, fields } => {
            let fields: Vec<String> = fields.iter().map(|field| text(lang, &format!("person-{field}"), &[])).collect();
            text(lang, "grave-erase-person", &[("who", &person(*id)), ("fields", &fields.join(&comma))])
        }
        GraveAct::EraseRecord { record, fields } => {
            text(lang, "grave-erase-record", &[("record", record), ("fields", &fields.join(&comma))])
        }
        GraveAct::NoteRestore { restore } => text(lang, "grave-restore", &[("what", restore)]),
        GraveAct::ShortenRetention { class, to } => text(lang, "grave-retention", &[("what", class), ("to", to)]),
        GraveAct::ReleaseHold { hold } => text(lang, "grave-hold", &[("what", hold)]),
        GraveAct::EraseLine { seq } => text(lang, "grave-line", &[("what", seq)]),
        GraveAct::ChangeKey { key } => text(lang, "grave-key", &[("what", key)]),
    }
}

fn standing(standing: ProposalStanding, lang: Lang) -> (&'static str, String) {
    let (class, key) = match standing {
        ProposalStanding::Open => ("risk", "proposal-is-open"),
        ProposalStanding::Approved => ("risk", "proposal-is-approved"),
        ProposalStanding::Used => ("met", "proposal-is-used"),
        ProposalStanding::Objected => ("fail", "proposal-is-objected"),
        ProposalStanding::Withdrawn => ("unknown", "proposal-is-withdrawn"),
        ProposalStanding::Expired => ("unknown", "proposal-is-expired"),
        ProposalStanding::Void => ("unknown", "proposal-is-void"),
        ProposalStanding::Stale => ("unknown", "proposal-is-stale"),
    };
    (class, text(lang, key, &[]))
}

/// People who could approve: named by role, the nearest unit first; neither the proposer nor whom it is about.
fn approvers(directory: &Directory, shown: &ProposalShown, lang: Lang) -> String {
    let mut told = Vec::new();
    for wanted in shown.act.eyes().approve {
        let people = crate::people::holders(directory, *wanted, shown.row.unit).into_iter();
        let others = people.filter(|id| *id != shown.row.proposer && Some(*id) != shown.act.person());
        for name in others.map(|id| words::person(directory, Some(id), lang)) {
            if !told.contains(&name) {
                told.push(name);
            }
        }
    }
    let roles: Vec<String> = shown.act.eyes().approve.iter().map(|wanted| role(lang, *wanted)).collect();
    let comma = text(lang, "list-comma", &[]);
    let people = if told.is_empty() { text(lang, "proposal-no-approver", &[]) } else { told.join(&comma) };
    text(lang, "who-may", &[("role", &roles.join(&comma)), ("people", &people)])
}

fn drawn(directory: &Directory, who: &Signed, shown: &ProposalShown, now: anlan_base::Instant) -> Row {
    let (row, lang) = (&shown.row, who.lang);
    let open = shown.standing == ProposalStanding::Open;
    let decider = row.decider.map_or_else(String::new, |id| words::person(directory, Some(id), lang));
    Row {
        id: row.id.to_string(),
        what: told(directory, &shown.act, lang),
        standing: standing(shown.standing, lang),
        reason: row.reason.clone(),
        by: words::person(directory, Some(row.proposer), lang),
        at: moment(row.at),
        until: moment(row.expires),
        left: left(lang, now, row.expires),
        seen: row.state.clone(),
        short: row.state.chars().take(12).collect(),
        approvers: if open { approvers(directory, shown, lang) } else { String::new() },
        decided: row.decided.map_or_else(String::new, |at| format!("{decider} · {}", moment(at))),
        objection: row.objection.clone().unwrap_or_default(),
        may_approve: open && shown.approve.is_ok(),
        why_not: match &shown.approve {
            Err(why) if open => words_of::refusal(lang, why),
            _ => String::new(),
        },
        may_withdraw: open && who.rights.person == Some(row.proposer),
    }
}

pub(crate) async fn proposals(State(house): State<Shared>, who: Signed, pairs: Pairs) -> Result<Response, Failure> {
    let told = match pairs.get("told") {
        "" => String::new(),
        "proposed" => text(who.lang, "told-proposed", &[]),
        _ => text(who.lang, "told-kept", &[]),
    };
    draw(&house, &who, StatusCode::OK, Sent::default(), told).await
}

async fn draw(house: &Shared, who: &Signed, status: StatusCode, sent: Sent, told: String) -> Result<Response, Failure> {
    let shown = house.console.ledger.proposals(&who.rights).await?;
    let (directory, now) = (house.console.ledger.directory(), house.console.clock.now());
    let (open, decided): (Vec<&ProposalShown>, Vec<&ProposalShown>) =
        shown.iter().partition(|shown| matches!(shown.standing, ProposalStanding::Open | ProposalStanding::Approved));
    let rows = |shown: &[&ProposalShown]| shown.iter().map(|shown| drawn(&directory, who, shown, now)).collect::<Vec<_>>();
    let may_erase = who.rights.has(Role::Security) || who.rights.has(Role::Head);
    let template = ProposalsPage {
        page: Page::signed(house, who, Section::People, "proposals-title"),
        sent,
        told,
        asks: Asks::of(house, who),
        open: rows(&open),
        decided: rows(&decided[..decided.len().min(DECIDED)]),
        may_erase,
    };
    show(status, &template)
}
