//! Who calls: a token with a scope, with the rights of the account that owns it; for reading also a session.
//!
//! Invariants: a handler of the API takes a [`Reader`] or a [`Changer`], never rights from elsewhere; a session changes nothing here, so that no page of
//! another site can; so many calls run at a time, the next one is told to come again.

use anlan_base::text::Lang;
use anlan_ledger::engine::Rights;
use anlan_ledger::{Scope, TokenHolder};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use tokio::sync::OwnedSemaphorePermit;

use super::refused::Refused;
use crate::console::Shared;
use crate::session::{Signed, lang_of};

/// Calls that run at the same time.
pub const API_CALLS: usize = 64;
/// Bytes of a token that are looked at.
const TOKEN_BYTES: usize = 256;

/// Somebody who reads.
pub(crate) struct Reader {
    pub(crate) rights: Rights,
    pub(crate) lang: Lang,
    _place: OwnedSemaphorePermit,
}

/// A program that changes, by its token.
pub(crate) struct Changer {
    pub(crate) rights: Rights,
    _place: OwnedSemaphorePermit,
}

/// The token of the `Authorization` header.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && token.len() <= TOKEN_BYTES).then(|| token.trim())
}

/// Who holds the token of the request, if it is good and has the scope.
pub(crate) async fn holder(house: &Shared, headers: &HeaderMap, scope: Scope) -> Result<TokenHolder, Refused> {
    let token = bearer(headers).ok_or(Refused::Token)?;
    let holder = house.console.ledger.token_holder(token).await?.ok_or(Refused::Token)?;
    if holder.may(scope) { Ok(holder) } else { Err(Refused::Scope(scope)) }
}

async fn owner(house: &Shared, headers: &HeaderMap, scope: Scope) -> Result<Rights, Refused> {
    let owner = holder(house, headers, scope).await?.owner.ok_or(Refused::Owner)?;
    Ok(house.console.ledger.rights_of(&owner))
}

fn place(house: &Shared) -> Result<OwnedSemaphorePermit, Refused> {
    house.calls.clone().try_acquire_owned().map_err(|_| Refused::Busy)
}

impl FromRequestParts<Shared> for Reader {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, house: &Shared) -> Result<Self, Refused> {
        let lang = lang_of(&parts.headers);
        let rights = if parts.headers.contains_key(header::AUTHORIZATION) {
            owner(house, &parts.headers, Scope::RecordsRead).await?
        } else {
            let signed = Signed::find(&parts.headers, String::new(), String::new(), house).await?;
            signed.ok_or(Refused::Token)?.rights
        };
        Ok(Self { rights, lang, _place: place(house)? })
    }
}

impl FromRequestParts<Shared> for Changer {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, house: &Shared) -> Result<Self, Refused> {
        let rights = owner(house, &parts.headers, Scope::RecordsWrite).await?;
        Ok(Self { rights, _place: place(house)? })
    }
}
