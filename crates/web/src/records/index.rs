//! `/records`: every register in force, by the section it belongs to, with what is open in it.

use std::collections::BTreeMap;

use anlan_base::text::text;
use anlan_law::kind::Section as Place;
use anlan_ledger::engine::Rights;
use anlan_ledger::records::ListAsk;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::form::say;
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::{Page, Section, grouped, show};
use crate::session::Signed;

struct Register {
    href: String,
    title: String,
    about: String,
    open: String,
    own: bool,
    new: String,
}

struct Group {
    title: String,
    registers: Vec<Register>,
}

#[derive(Template)]
#[template(path = "records_index.html")]
struct IndexTemplate {
    page: Page,
    groups: Vec<Group>,
}

pub(crate) async fn index(State(house): State<Shared>, who: Signed, pairs: Pairs) -> Result<Response, Failure> {
    let ledger = &house.console.ledger;
    let kinds = ledger.kinds();
    let lang = who.lang;
    let open = counts(&house, &who.rights).await?;
    let wanted = pairs.get("place");
    let mut groups = Vec::new();
    for place in Place::ALL.into_iter().filter(|place| wanted.is_empty() || place.id() == wanted) {
        let of_place = kinds.iter().filter(|kind| kind.place == place && ledger.may_see(&who.rights, kind));
        let registers: Vec<Register> = of_place
            .map(|kind| Register {
                href: format!("/records/{}", kind.id),
                title: say(&kind.title, lang).to_owned(),
                about: kind.about.as_ref().map_or_else(String::new, |about| say(about, lang).to_owned()),
                open: grouped(open.get(&kind.id).copied().unwrap_or_default()),
                own: kind.pack.is_none(),
                new: if !ledger.units_to_open(&who.rights, kind).is_empty() { format!("/records/{}/new", kind.id) } else { String::new() },
            })
            .collect();
        if !registers.is_empty() {
            groups.push(Group { title: text(lang, &format!("place-{}", place.id()), &[]), registers });
        }
    }
    let page = Page::signed(&house, &who, Section::Records, "records-title");
    show(StatusCode::OK, &IndexTemplate { page, groups })
}

/// Open records of each kind.
async fn counts(house: &Shared, rights: &Rights) -> Result<BTreeMap<String, u64>, Failure> {
    let found = house.console.ledger.list(rights, &ListAsk { limit: 1, ..ListAsk::default() }).await?;
    let mut open = BTreeMap::new();
    for total in found.totals.into_iter().filter(|total| !total.ended) {
        *open.entry(total.kind).or_default() += total.records;
    }
    Ok(open)
}
