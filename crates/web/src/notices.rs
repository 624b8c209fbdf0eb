//! `/notices`: what a person was told. Each line names the record, why, and its deadline; what the record holds stands behind its link, and rights.

use anlan_base::text::text;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::{Page, Section, show};
use crate::records::form::say;
use crate::records::words;
use crate::session::Signed;

struct Row {
    number: String,
    kind: String,
    why: String,
    at: String,
    due: String,
    left: (&'static str, String),
    sent: String,
}

#[derive(Template)]
#[template(path = "notices.html")]
struct NoticesPage {
    page: Page,
    rows: Vec<Row>,
    next: String,
}

pub(crate) async fn notices(State(house): State<Shared>, who: Signed, pairs: Pairs) -> Result<Response, Failure> {
    let (ledger, now) = (&house.console.ledger, house.console.clock.now());
    let found = match who.rights.person {
        Some(person) => ledger.notices(person, pairs.get("before").parse().ok()).await?,
        None => Vec::new(),
    };
    let full = u32::try_from(found.len()).is_ok_and(|len| len >= anlan_ledger::NOTICES);
    let next = found.last().filter(|_| full).map_or_else(String::new, |last| format!("/notices?before={}", last.entry));
    let kinds = ledger.kinds();
    let row = |notice: anlan_ledger::Notice| Row {
        kind: kinds.get(&notice.kind).map_or(notice.kind.clone(), |kind| say(&kind.title, who.lang).to_owned()),
        why: text(who.lang, &format!("notice-{}", notice.why.id()), &[]),
        at: words::moment(notice.at),
        due: notice.due.map_or_else(String::new, words::moment),
        left: notice.due.map_or(("faint", String::new()), |due| words::left(who.lang, now, due)),
        sent: notice.sent.map_or_else(String::new, words::moment),
        number: notice.record,
    };
    let rows = found.into_iter().map(row).collect();
    show(StatusCode::OK, &NoticesPage { page: Page::signed(&house, &who, Section::Todo, "notices-title"), rows, next })
}
