//! Accounts of people: made and reset with a one-time password that is shown once, disabled, enabled; a lost authenticator is taken away.
//!
//! Invariants: system administrators make, reset and disable; security administrators take authenticators away; nobody does either to themselves;
//! the account of an administrator is not disabled by one person.

use anlan_law::kind::Role;
use anlan_ledger::engine::PersonId;
use anlan_ledger::{LedgerError, PersonChange, Why};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::acts::{addressed, again, answer, not_yours};
use super::person::{self, Shown};
use super::proof::prove;
use super::{reaches, told};
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::session::{Signed, SignedForm};

/// What is asked of whoever acts upon an account.
struct Asked {
    role: Role,
    /// Whether an administrator's account needs a second person.
    two_for_administrators: bool,
}

/// The account's name; or why the asker may not.
fn may(house: &Shared, who: &Signed, id: PersonId, asked: &Asked) -> Result<String, told::Turned> {
    let directory = house.console.ledger.directory();
    let refuse = |why: Why, status| told::Turned { status, text: told::refusal(who.lang, &why.into()) };
    let row = directory.person_row(id).ok_or_else(|| not_yours(who))?;
    if !reaches(&directory, &who.rights, &[asked.role], row.person.unit) {
        return Err(not_yours(who));
    }
    if who.rights.person == Some(id) {
        return Err(refuse(Why::OwnAffair, StatusCode::FORBIDDEN));
    }
    if row.person.left {
        return Err(told::Turned { status: StatusCode::UNPROCESSABLE_ENTITY, text: told::refusal(who.lang, &Why::PersonLeft.into()) });
    }
    if asked.two_for_administrators && row.administrator.is_some() {
        return Err(refuse(Why::NeedsProposal, StatusCode::FORBIDDEN));
    }
    row.person.account.clone().ok_or_else(|| refuse(Why::NoSuchAccount, StatusCode::UNPROCESSABLE_ENTITY))
}

/// Makes an account for somebody who has none, and shows its one-time password.
pub(super) async fn make(house: &Shared, who: &Signed, id: PersonId, name: &str, form: &Pairs) -> Result<Response, Failure> {
    let ledger = &house.console.ledger;
    let sent = ("account", form);
    {
        let directory = ledger.directory();
        let person = directory.person_row(id).ok_or(Failure::NotFound)?;
        if !reaches(&directory, &who.rights, &[Role::System], person.person.unit) {
            return again(house, who, id, sent, not_yours(who)).await;
        }
        let why = match () {
            () if person.person.account.is_some() => Some(Why::AccountFixed),
            () if person.person.left => Some(Why::PersonLeft),
            () if person.administrator.is_some() => Some(Why::AccountOfAdministrator),
            () if directory.person_of(name).is_some() => Some(Why::AccountTaken),
            () => None,
        };
        if let Some(why) = why {
            return answer(house, who, id, sent, Err(why.into())).await;
        }
    }
    let password = match ledger.add_account(&who.actor(), name).await {
        Ok(password) => password,
        Err(error) => return answer(house, who, id, sent, Err(error)).await,
    };
    let change = PersonChange { account: Some(name.to_owned()), ..PersonChange::default() };
    if let Err(error) = ledger.change_person(&who.rights, id, &change).await {
        // An account that is nobody's may nothing; it shall not be signed in to either.
        ledger.disable_account(&who.actor(), name, "").await?;
        return answer(house, who, id, sent, Err(error)).await;
    }
    person::draw(house, who, id, Shown { once: password, ..Shown::default() }).await
}

pub(crate) async fn make_account(State(house): State<Shared>, Path(id): Path<String>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let id = addressed(&house, &who, &id)?;
    if let Err(turned) = prove(&house, &who, &form).await? {
        return again(&house, &who, id, ("account", &form), turned).await;
    }
    make(&house, &who, id, form.get("account").trim(), &form).await
}

/// Gives out another one-time password.
pub(crate) async fn reset(State(house): State<Shared>, Path(id): Path<String>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let id = addressed(&house, &who, &id)?;
    let name = match may(&house, &who, id, &Asked { role: Role::System, two_for_administrators: false }) {
        Ok(name) => name,
        Err(turned) => return again(&house, &who, id, ("reset", &form), turned).await,
    };
    if let Err(turned) = prove(&house, &who, &form).await? {
        return again(&house, &who, id, ("reset", &form), turned).await;
    }
    match house.console.ledger.reset_password(&who.actor(), &name).await {
        Ok(once) => person::draw(&house, &who, id, Shown { once, ..Shown::default() }).await,
        Err(error) => answer(&house, &who, id, ("reset", &form), Err(error)).await,
    }
}

pub(crate) async fn disable(State(house): State<Shared>, Path(id): Path<String>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let id = addressed(&house, &who, &id)?;
    let reason = form.get("reason").trim();
    let done = match may(&house, &who, id, &Asked { role: Role::System, two_for_administrators: true }) {
        Err(turned) => return again(&house, &who, id, ("disable", &form), turned).await,
        Ok(_) if reason.is_empty() => Err(LedgerError::from(Why::ReasonMissing)),
        Ok(name) => house.console.ledger.disable_account(&who.actor(), &name, reason).await,
    };
    answer(&house, &who, id, ("disable", &form), done).await
}

pub(crate) async fn enable(State(house): State<Shared>, Path(id): Path<String>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let id = addressed(&house, &who, &id)?;
    let done = match may(&house, &who, id, &Asked { role: Role::System, two_for_administrators: true }) {
        Err(turned) => return again(&house, &who, id, ("disable", &form), turned).await,
        Ok(name) => house.console.ledger.enable_account(&who.actor(), &name).await,
    };
    answer(&house, &who, id, ("disable", &form), done).await
}

/// Takes a lost authenticator away.
pub(crate) async fn remove_factor(State(house): State<Shared>, Path(id): Path<String>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let id = addressed(&house, &who, &id)?;
    let name = match may(&house, &who, id, &Asked { role: Role::Security, two_for_administrators: false }) {
        Ok(name) => name,
        Err(turned) => return again(&house, &who, id, ("factor", &form), turned).await,
    };
    if let Err(turned) = prove(&house, &who, &form).await? {
        return again(&house, &who, id, ("factor", &form), turned).await;
    }
    let done = house.console.ledger.remove_authenticator(&who.actor(), &name).await;
    answer(&house, &who, id, ("factor", &form), done).await
}
