//! Changes of people and their roles: who comes, changes, leaves and returns; what is granted, ended or proposed.

use anlan_law::kind::Role;
use anlan_ledger::engine::{PersonId, UnitId};
use anlan_ledger::{GraveAct, LedgerError, NewPerson, PersonChange};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::choose::Sent;
use super::person::{self, Shown};
use super::proof::prove;
use super::{accounts, list, told};
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::see_other;
use crate::session::{Signed, SignedForm};

pub(super) fn id_of(id: &str) -> Result<PersonId, Failure> {
    PersonId::parse(id).ok_or(Failure::NotFound)
}

/// The person of an address, whom the asker sees.
pub(super) fn addressed(house: &Shared, who: &Signed, id: &str) -> Result<PersonId, Failure> {
    let id = id_of(id)?;
    person::seen(&house.console.ledger.directory(), who, id).map(|_| id)
}

/// Back to the person; or the page again with what was wrong.
pub(super) async fn answer(
    house: &Shared,
    who: &Signed,
    id: PersonId,
    (form, pairs): (&'static str, &Pairs),
    done: Result<(), LedgerError>,
) -> Result<Response, Failure> {
    match done {
        Ok(()) => Ok(see_other(&format!("/people/{id}?told=kept"))),
        Err(error) => again(house, who, id, (form, pairs), told::turned(who.lang, error)?).await,
    }
}

pub(super) async fn again(
    house: &Shared,
    who: &Signed,
    id: PersonId,
    (form, pairs): (&'static str, &Pairs),
    turned: told::Turned,
) -> Result<Response, Failure> {
    let sent = Sent::new(form, pairs, turned.text);
    person::draw(house, who, id, Shown { status: turned.status, sent, ..Shown::default() }).await
}

pub(crate) async fn add(State(house): State<Shared>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let unit = UnitId::parse(form.get("unit")).ok_or(Failure::BadForm)?;
    let get = |name: &str| form.get(name).trim().to_owned();
    let new = NewPerson { name: get("name"), unit, phone: get("phone"), email: get("email"), account: None };
    let person = match house.console.ledger.add_person(&who.rights, &new).await {
        Ok(person) => person,
        Err(error) => {
            let turned = told::turned(who.lang, error)?;
            return list::draw(&house, &who, &Pairs::default(), turned.status, Sent::new("add", &form, turned.text)).await;
        }
    };
    let account = get("account");
    if account.is_empty() {
        return Ok(see_other(&format!("/people/{person}?told=kept")));
    }
    accounts::make(&house, &who, person, &account, &form).await
}

pub(crate) async fn change(State(house): State<Shared>, Path(id): Path<String>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let id = addressed(&house, &who, &id)?;
    // What a form does not carry stays as it is.
    let sent = |name: &str| form.0.iter().any(|(sent, _)| sent == name).then(|| form.get(name).trim().to_owned());
    let unit = match sent("unit") {
        Some(unit) => Some(UnitId::parse(&unit).ok_or(Failure::BadForm)?),
        None => None,
    };
    let change = PersonChange { name: sent("name"), unit, phone: sent("phone"), email: sent("email"), account: None };
    let done = house.console.ledger.change_person(&who.rights, id, &change).await;
    answer(&house, &who, id, ("change", &form), done).await
}

pub(crate) async fn leave(State(house): State<Shared>, Path(id): Path<String>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let id = addressed(&house, &who, &id)?;
    let done = house.console.ledger.leave(&who.rights, id, form.get("reason")).await;
    answer(&house, &who, id, ("leave", &form), done).await
}

pub(crate) async fn return_person(State(house): State<Shared>, Path(id): Path<String>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let id = addressed(&house, &who, &id)?;
    let unit = UnitId::parse(form.get("unit")).ok_or(Failure::BadForm)?;
    let done = house.console.ledger.return_person(&who.rights, id, unit).await;
    answer(&house, &who, id, ("return", &form), done).await
}

/// Role and unit of a grant's form.
fn granted(form: &Pairs) -> Result<(Role, UnitId), Failure> {
    let role = Role::from_id(form.get("role")).ok_or(Failure::BadForm)?;
    Ok((role, UnitId::parse(form.get("unit")).ok_or(Failure::BadForm)?))
}

pub(crate) async fn grant(State(house): State<Shared>, Path(id): Path<String>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let id = addressed(&house, &who, &id)?;
    let (role, unit) = granted(&form)?;
    let done = house.console.ledger.grant(&who.rights, id, role, unit).await;
    answer(&house, &who, id, ("grant", &form), done).await
}

pub(crate) async fn revoke(State(house): State<Shared>, Path(id): Path<String>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let id = addressed(&house, &who, &id)?;
    let (role, unit) = granted(&form)?;
    let done = house.console.ledger.revoke(&who.rights, id, role, unit).await;
    answer(&house, &who, id, ("revoke", &form), done).await
}

/// Appoints an administrator: the first of security or audit at once, every other by a proposal.
pub(crate) async fn appoint(State(house): State<Shared>, Path(id): Path<String>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let id = addressed(&house, &who, &id)?;
    let act = person::appointing(&form, id, false)?;
    if let Err(turned) = prove(&house, &who, &form).await? {
        return again(&house, &who, id, ("appoint", &form), turned).await;
    }
    let GraveAct::Appoint { administrator, unit, .. } = &act else { return Err(Failure::BadForm) };
    match house.console.ledger.grant(&who.rights, id, administrator.role(), *unit).await {
        Err(LedgerError::Refusal(why)) if why.code == anlan_ledger::Why::NeedsProposal.code() => {
            propose(&house, &who, id, ("appoint", &form), &act).await
        }
        done => answer(&house, &who, id, ("appoint", &form), done).await,
    }
}

pub(crate) async fn dismiss(State(house): State<Shared>, Path(id): Path<String>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let id = addressed(&house, &who, &id)?;
    let act = person::appointing(&form, id, true)?;
    if let Err(turned) = prove(&house, &who, &form).await? {
        return again(&house, &who, id, ("dismiss", &form), turned).await;
    }
    propose(&house, &who, id, ("dismiss", &form), &act).await
}

/// Proposes the lawful erasure of phone and e-mail.
pub(crate) async fn erase(State(house): State<Shared>, Path(id): Path<String>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let person = addressed(&house, &who, &id)?;
    let fields: Vec<String> = form.0.iter().filter(|(name, _)| name == "fields").map(|(_, value)| value.clone()).collect();
    if let Err(turned) = prove(&house, &who, &form).await? {
        return again(&house, &who, person, ("erase", &form), turned).await;
    }
    propose(&house, &who, person, ("erase", &form), &GraveAct::ErasePerson { person, fields }).await
}

async fn propose(house: &Shared, who: &Signed, id: PersonId, sent: (&'static str, &Pairs), act: &GraveAct) -> Result<Response, Failure> {
    match house.console.ledger.propose(&who.rights, act, "", sent.1.get("reason")).await {
        Ok(_) => Ok(see_other(&format!("/people/{id}?told=proposed"))),
        Err(error) => again(house, who, id, sent, told::turned(who.lang, error)?).await,
    }
}

/// What somebody without the role over this unit is told.
pub(super) fn not_yours(who: &Signed) -> told::Turned {
    let text = told::refusal(who.lang, &anlan_ledger::Why::NotYours.into());
    told::Turned { status: StatusCode::FORBIDDEN, text }
}
