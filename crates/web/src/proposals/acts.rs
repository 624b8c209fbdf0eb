//! Deciding about proposals, and proposing the lawful erasure of a record's personal fields.

use anlan_base::text::text;
use anlan_law::kind::Role;
use anlan_ledger::engine::People as _;
use anlan_ledger::{GraveAct, LedgerError, ProposalId};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::draw;
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::{Page, Section, see_other, show};
use crate::people::choose::{Sent, choice};
use crate::people::proof::{Asks, prove};
use crate::people::told::turned;
use crate::records::form::{Choice, say};
use crate::session::{Signed, SignedForm};

fn id_of(id: &str) -> Result<ProposalId, Failure> {
    ProposalId::parse(id).ok_or(Failure::NotFound)
}

async fn answer(house: &Shared, who: &Signed, form: &Pairs, done: Result<(), LedgerError>) -> Result<Response, Failure> {
    match done {
        Ok(()) => Ok(see_other("/proposals?told=kept")),
        Err(error) => {
            let turned = turned(who.lang, error)?;
            draw(house, who, turned.status, Sent::new("decide", form, turned.text), String::new()).await
        }
    }
}

pub(crate) async fn approve(State(house): State<Shared>, Path(id): Path<String>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let id = id_of(&id)?;
    if let Err(turned) = prove(&house, &who, &form).await? {
        return draw(&house, &who, turned.status, Sent::new("decide", &form, turned.text), String::new()).await;
    }
    let done = match house.console.ledger.approve(&who.rights, id, form.get("seen"), "").await {
        Ok(()) => carry_out(&house, &who, id).await,
        Err(error) => Err(error),
    };
    answer(&house, &who, &form, done).await
}

/// The erasure of a record's fields is done as soon as two people agreed to it; other acts take effect by themselves or in their rooms.
async fn carry_out(house: &Shared, who: &Signed, id: ProposalId) -> Result<(), LedgerError> {
    let shown = house.console.ledger.proposals(&who.rights).await?;
    match shown.iter().find(|shown| shown.row.id == id) {
        Some(shown) if matches!(shown.act, GraveAct::EraseRecord { .. }) => {
            house.console.ledger.erase_record(&who.rights, id, &shown.row.reason).await.map(|_| ())
        }
        _ => Ok(()),
    }
}

pub(crate) async fn object(State(house): State<Shared>, Path(id): Path<String>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let done = house.console.ledger.object(&who.rights, id_of(&id)?, form.get("reason")).await;
    answer(&house, &who, &form, done).await
}

pub(crate) async fn withdraw(State(house): State<Shared>, Path(id): Path<String>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let done = house.console.ledger.withdraw(&who.rights, id_of(&id)?).await;
    answer(&house, &who, &form, done).await
}

#[derive(Template)]
#[template(path = "proposal_erase.html")]
struct ErasePage {
    page: Page,
    sent: Sent,
    asks: Asks,
    record: String,
    title: String,
    /// Filled personal fields.
    fields: Vec<Choice>,
}

/// `/proposals/erase?record=NUMBER`.
pub(crate) async fn erase_form(State(house): State<Shared>, who: Signed, pairs: Pairs) -> Result<Response, Failure> {
    draw_erase(&house, &who, pairs.get("record").trim(), StatusCode::OK, Sent::default()).await
}

async fn draw_erase(house: &Shared, who: &Signed, number: &str, status: StatusCode, sent: Sent) -> Result<Response, Failure> {
    let shown = house.console.ledger.record(&who.rights, number).await?.ok_or(Failure::NotFound)?;
    let directory = house.console.ledger.directory();
    let path = directory.unit(shown.record.unit).map_or("", |unit| unit.path.as_str());
    if ![Role::Head, Role::Security].iter().any(|role| who.rights.reaches(*role, path)) {
        return Err(Failure::Forbidden { roles: &[Role::Head, Role::Security] });
    }
    let kinds = house.console.ledger.kinds();
    let kind = house.kind(&kinds, &shown.record.kind)?;
    let filled = |name: &String| shown.sealed.contains(name) || shown.record.values.contains_key(name);
    let fields = kind.fields.iter().filter(|field| field.personal && filled(&field.name));
    let mut page = Page::records(house, who, kind.place, &text(who.lang, "act-erase", &[]));
    page.section = Section::Records;
    let template = ErasePage {
        page,
        sent,
        asks: Asks::of(house, who),
        record: number.to_owned(),
        title: shown.record.values.get(&kind.title_field).cloned().unwrap_or_default(),
        fields: fields.map(|field| choice(&field.name, say(&field.title, who.lang))).collect(),
    };
    show(status, &template)
}

pub(crate) async fn erase_record(State(house): State<Shared>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let record = form.get("record").trim().to_owned();
    let kinds = house.console.ledger.kinds();
    let shown = house.console.ledger.record(&who.rights, &record).await?.ok_or(Failure::NotFound)?;
    let kind = house.kind(&kinds, &shown.record.kind)?;
    let personal = |name: &str| kind.field(name).is_some_and(|field| field.personal);
    let fields: Vec<String> = form.0.iter().filter(|(name, _)| name == "fields").map(|(_, value)| value.clone()).collect();
    if !fields.iter().all(|name| personal(name)) {
        return Err(Failure::BadForm);
    }
    if let Err(turned) = prove(&house, &who, &form).await? {
        return draw_erase(&house, &who, &record, turned.status, Sent::new("erase", &form, turned.text)).await;
    }
    let act = GraveAct::EraseRecord { record: record.clone(), fields };
    match house.console.ledger.propose(&who.rights, &act, "", form.get("reason")).await {
        Ok(_) => Ok(see_other("/proposals?told=proposed")),
        Err(error) => {
            let turned = turned(who.lang, error)?;
            draw_erase(&house, &who, &record, turned.status, Sent::new("erase", &form, turned.text)).await
        }
    }
}
