//! Changes of units and posts, and what recurs in them.

use anlan_ledger::engine::{PersonId, UnitId};
use anlan_ledger::{LedgerError, PostId};
use axum::extract::{Path, State};
use axum::response::Response;

use super::{tree, unit};
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::see_other;
use crate::people::choose::Sent;
use crate::people::told::turned;
use crate::session::{Signed, SignedForm};

/// The unit of an address, which the asker sees.
fn addressed(house: &Shared, who: &Signed, id: &str) -> Result<UnitId, Failure> {
    let id = UnitId::parse(id).ok_or(Failure::NotFound)?;
    unit::seen(&house.console.ledger.directory(), who, id).map(|_| id)
}

async fn answer(
    house: &Shared,
    who: &Signed,
    id: UnitId,
    (form, pairs): (&'static str, &Pairs),
    done: Result<(), LedgerError>,
) -> Result<Response, Failure> {
    match done {
        Ok(()) => Ok(see_other(&format!("/units/{id}?told=kept"))),
        Err(error) => {
            let turned = turned(who.lang, error)?;
            unit::draw(house, who, id, turned.status, Sent::new(form, pairs, turned.text), String::new()).await
        }
    }
}

/// A choice that may be left empty.
fn maybe<T>(written: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Failure> {
    if written.is_empty() { Ok(None) } else { parse(written).map(Some).ok_or(Failure::BadForm) }
}

pub(crate) async fn add(State(house): State<Shared>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let parent = maybe(form.get("parent"), UnitId::parse)?;
    match house.console.ledger.add_unit(&who.rights, form.get("name"), form.get("label"), parent).await {
        Ok(id) => Ok(see_other(&format!("/units/{id}?told=kept"))),
        Err(error) => {
            let turned = turned(who.lang, error)?;
            tree::draw(&house, &who, &Pairs::default(), turned.status, Sent::new("add", &form, turned.text)).await
        }
    }
}

pub(crate) async fn change(State(house): State<Shared>, Path(id): Path<String>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let id = addressed(&house, &who, &id)?;
    let done = house.console.ledger.rename_unit(&who.rights, id, form.get("name"), form.get("label")).await;
    answer(&house, &who, id, ("change", &form), done).await
}

pub(crate) async fn move_to(State(house): State<Shared>, Path(id): Path<String>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let id = addressed(&house, &who, &id)?;
    let to = UnitId::parse(form.get("parent")).ok_or(Failure::BadForm)?;
    let done = house.console.ledger.move_unit(&who.rights, id, to).await;
    answer(&house, &who, id, ("move", &form), done).await
}

pub(crate) async fn set_head(State(house): State<Shared>, Path(id): Path<String>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let id = addressed(&house, &who, &id)?;
    let head = maybe(form.get("head"), PersonId::parse)?;
    let done = house.console.ledger.set_head(&who.rights, id, head).await;
    answer(&house, &who, id, ("head", &form), done).await
}

pub(crate) async fn close(State(house): State<Shared>, Path(id): Path<String>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let id = addressed(&house, &who, &id)?;
    let successor = maybe(form.get("successor"), UnitId::parse)?;
    let done = house.console.ledger.close_unit(&who.rights, id, successor).await;
    answer(&house, &who, id, ("close", &form), done).await
}

/// Switches a series on or off: `series=kind/name`, `on=yes|no`.
pub(crate) async fn series(State(house): State<Shared>, Path(id): Path<String>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let id = addressed(&house, &who, &id)?;
    let (kind, name) = form.get("series").split_once('/').ok_or(Failure::BadForm)?;
    let done = house.console.ledger.switch_series(&who.rights, id, kind, name, form.get("on") == "yes").await;
    answer(&house, &who, id, ("series", &form), done).await
}

pub(crate) async fn post(State(house): State<Shared>, Path(id): Path<String>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let id = addressed(&house, &who, &id)?;
    let done = house.console.ledger.add_post(&who.rights, id, form.get("title"), form.get("key") == "yes").await.map(drop);
    answer(&house, &who, id, ("post", &form), done).await
}

/// The post of an address and its unit, which the asker sees.
fn post_of(house: &Shared, who: &Signed, id: &str) -> Result<(PostId, UnitId), Failure> {
    let id = PostId::parse(id).ok_or(Failure::NotFound)?;
    let directory = house.console.ledger.directory();
    let unit = directory.post(id).ok_or(Failure::NotFound)?.unit;
    unit::seen(&directory, who, unit).map(|_| (id, unit))
}

pub(crate) async fn fill_post(State(house): State<Shared>, Path(id): Path<String>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let (id, unit) = post_of(&house, &who, &id)?;
    let person = maybe(form.get("person"), PersonId::parse)?;
    let done = house.console.ledger.fill_post(&who.rights, id, person).await;
    answer(&house, &who, unit, ("fill", &form), done).await
}

pub(crate) async fn close_post(State(house): State<Shared>, Path(id): Path<String>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let (id, unit) = post_of(&house, &who, &id)?;
    let done = house.console.ledger.close_post(&who.rights, id).await;
    answer(&house, &who, unit, ("close-post", &form), done).await
}
