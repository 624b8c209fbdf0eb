//! Changes of one's own account.

use anlan_base::parse_time;
use anlan_base::text::text;
use anlan_ledger::engine::PersonId;
use anlan_ledger::{LedgerError, STAND_IN_DAYS, Why};
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;

use super::page::{self, Shown};
use super::tokens;
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::see_other;
use crate::people::choose::Sent;
use crate::people::proof::prove;
use crate::people::told::{Turned, refusal, turned};
use crate::session::{self, Signed, SignedForm};

async fn again(house: &Shared, who: &Signed, (name, form): (&'static str, &Pairs), turned: Turned) -> Result<Response, Failure> {
    page::draw(house, who, turned.status, Shown { sent: Sent::new(name, form, turned.text), ..Shown::default() }).await
}

async fn answer(house: &Shared, who: &Signed, sent: (&'static str, &Pairs), done: Result<(), LedgerError>) -> Result<Response, Failure> {
    match done {
        Ok(()) => Ok(see_other("/account?told=kept")),
        Err(error) => again(house, who, sent, turned(who.lang, error)?).await,
    }
}

/// A new password: every session of the person ends, this one goes on under a new secret.
pub(crate) async fn password(State(house): State<Shared>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let new = form.get("password");
    if new != form.get("again") {
        let text = text(who.lang, "first-run-passwords-differ", &[]);
        return again(&house, &who, ("password", &form), Turned { status: StatusCode::UNPROCESSABLE_ENTITY, text }).await;
    }
    match house.console.ledger.change_password(&who.secret, form.get("old"), new, &who.peer).await {
        Ok(secret) => {
            let mut response = see_other("/account?told=password");
            let (name, value) = session::set_session(&secret);
            response.headers_mut().append(name, HeaderValue::from_str(&value).map_err(Failure::internal)?);
            Ok(response)
        }
        Err(LedgerError::Refused) => {
            let text = text(who.lang, "password-old-wrong", &[]);
            again(&house, &who, ("password", &form), Turned { status: StatusCode::UNPROCESSABLE_ENTITY, text }).await
        }
        Err(error) => again(&house, &who, ("password", &form), turned(who.lang, error)?).await,
    }
}

pub(crate) async fn end_session(State(house): State<Shared>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    house.console.ledger.revoke_session(&who.secret, form.get("id")).await?;
    Ok(see_other("/account?told=kept"))
}

pub(crate) async fn add_token(State(house): State<Shared>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    if let Err(turned) = prove(&house, &who, &form).await? {
        return again(&house, &who, ("token", &form), turned).await;
    }
    match tokens::make(&house, &who, &form).await? {
        Ok(secret) => page::draw(&house, &who, StatusCode::OK, Shown { secret, ..Shown::default() }).await,
        Err(turned) => again(&house, &who, ("token", &form), turned).await,
    }
}

/// One's own token; another's is none.
pub(crate) async fn revoke_token(State(house): State<Shared>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let name = form.get("name");
    let all = house.console.ledger.tokens().await?;
    let own = all.iter().any(|token| token.name == name && token.owner.as_deref() == Some(who.session.user.name.as_str()));
    if !own {
        return Err(Failure::NotFound);
    }
    house.console.ledger.revoke_token(&who.actor(), name).await?;
    Ok(see_other("/account?told=kept"))
}

/// 委托代办 of all one's work, until the end of a day.
pub(crate) async fn away(State(house): State<Shared>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let to = PersonId::parse(form.get("person")).ok_or(Failure::BadForm)?;
    let Ok(until) = parse_time(&format!("{}T23:59:59", form.get("until"))) else {
        let why = anlan_ledger::engine::Refusal::new(Why::UntilPast.code()).with("most", STAND_IN_DAYS.to_string());
        return again(&house, &who, ("away", &form), Turned { status: StatusCode::UNPROCESSABLE_ENTITY, text: refusal(who.lang, &why) })
            .await;
    };
    let done = house.console.ledger.delegate_all(&who.rights, to, until, form.get("reason")).await;
    answer(&house, &who, ("away", &form), done).await
}

/// Back again.
pub(crate) async fn back(State(house): State<Shared>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let done = house.console.ledger.end_delegation(&who.rights).await;
    answer(&house, &who, ("back", &form), done).await
}
