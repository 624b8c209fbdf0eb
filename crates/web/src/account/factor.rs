//! One's own authenticator: offered as text and as a picture, enrolled by its first code; recovery codes are shown once.
//!
//! Invariant: a secret that was offered stands in the page that shows it and in its form, nowhere else.

use std::fmt::Write as _;

use anlan_base::text::text;
use anlan_ledger::{LedgerError, Offer};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use qrcode::{Color, EcLevel, QrCode};

use super::page::{self, Shown};
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::people::choose::Sent;
use crate::people::proof::prove;
use crate::people::told::turned;
use crate::session::SignedForm;

/// Bytes of an `otpauth` address that is drawn.
const URI_BYTES: usize = 600;
/// Characters of the log's name that an app shows.
const ISSUER_CHARS: usize = 8;
/// Modules of white around a picture (ISO/IEC 18004).
const QUIET: usize = 4;

/// What an app reads: as text, and as the path of a picture.
#[derive(Clone, Debug, Default)]
pub(crate) struct Offered {
    pub(crate) secret: String,
    pub(crate) uri: String,
    pub(crate) path: String,
    pub(crate) side: usize,
}

impl Offered {
    /// The issuer is short, so that the picture stays easy to scan; the log's name tells installations apart.
    pub(crate) fn new(house: &Shared, offer: &Offer) -> Self {
        let vkey = house.console.prover.vkey();
        let name: String =
            vkey.split('+').next().and_then(|origin| origin.rsplit('/').next()).unwrap_or_default().chars().take(ISSUER_CHARS).collect();
        Self::of(offer.secret.clone(), offer.uri(format!("Anlan {name}").trim()))
    }

    /// The same once more, as its form carries it.
    pub(crate) fn again(form: &Pairs) -> Self {
        let (secret, uri) = (form.get("secret"), form.get("uri"));
        let ours = uri.starts_with("otpauth://totp/") && uri.len() <= URI_BYTES && secret.len() <= URI_BYTES;
        if ours { Self::of(secret.to_owned(), uri.to_owned()) } else { Self::default() }
    }

    /// Without a picture where the text is too long for one.
    fn of(secret: String, uri: String) -> Self {
        let Some(picture) =
            Some(&uri).filter(|uri| uri.len() <= URI_BYTES).and_then(|uri| QrCode::with_error_correction_level(uri, EcLevel::M).ok())
        else {
            return Self { secret, uri, ..Self::default() };
        };
        let width = picture.width();
        let mut path = String::new();
        for (at, module) in picture.to_colors().into_iter().enumerate() {
            if module == Color::Dark {
                let _ = write!(path, "M{} {}h1v1h-1z", at % width + QUIET, at / width + QUIET);
            }
        }
        Self { secret, uri, path, side: width + 2 * QUIET }
    }
}

/// Offers a new authenticator; the one that is there stays until the new one is confirmed.
pub(crate) async fn offer(State(house): State<Shared>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    if let Err(turned) = prove(&house, &who, &form).await? {
        return page::draw(&house, &who, turned.status, Shown { sent: Sent::new("factor", &form, turned.text), ..Shown::default() }).await;
    }
    let offered = match house.console.ledger.offer_authenticator(&who.secret).await {
        Ok(offer) => Offered::new(&house, &offer),
        Err(error) => {
            let turned = turned(who.lang, error)?;
            return page::draw(&house, &who, turned.status, Shown { sent: Sent::new("factor", &form, turned.text), ..Shown::default() })
                .await;
        }
    };
    page::draw(&house, &who, StatusCode::OK, Shown { offered, ..Shown::default() }).await
}

pub(crate) async fn confirm(State(house): State<Shared>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    match house.console.ledger.confirm_authenticator(&who.secret, form.get("code").trim()).await {
        Ok(codes) => page::draw(&house, &who, StatusCode::OK, Shown { codes, ..Shown::default() }).await,
        Err(LedgerError::Refused) => {
            let sent = Sent::new("confirm", &form, text(who.lang, "login-code-wrong", &[]));
            page::draw(&house, &who, StatusCode::UNPROCESSABLE_ENTITY, Shown { sent, offered: Offered::again(&form), ..Shown::default() })
                .await
        }
        Err(error) => Err(error.into()),
    }
}

/// New recovery codes; the old ones no longer hold.
pub(crate) async fn codes(State(house): State<Shared>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    if let Err(turned) = prove(&house, &who, &form).await? {
        return page::draw(&house, &who, turned.status, Shown { sent: Sent::new("codes", &form, turned.text), ..Shown::default() }).await;
    }
    match house.console.ledger.new_recovery_codes(&who.secret).await {
        Ok(codes) => page::draw(&house, &who, StatusCode::OK, Shown { codes, ..Shown::default() }).await,
        Err(error) => {
            let turned = turned(who.lang, error)?;
            page::draw(&house, &who, turned.status, Shown { sent: Sent::new("codes", &form, turned.text), ..Shown::default() }).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_drawn_up_to_a_limit() {
        for (length, drawn) in [(URI_BYTES - 1, true), (URI_BYTES, true), (URI_BYTES + 1, false)] {
            let uri = format!("otpauth://totp/{}", "a".repeat(length - 15));
            let offered = Offered::of("SECRET".to_owned(), uri.clone());
            assert_eq!((!offered.path.is_empty(), offered.side > 0), (drawn, drawn), "{length}");
            let form = Pairs(vec![("secret".into(), "SECRET".into()), ("uri".into(), uri)]);
            assert_eq!(!Offered::again(&form).secret.is_empty(), drawn);
        }
        let foreign = Pairs(vec![("secret".into(), "S".into()), ("uri".into(), "https://evil.example".into())]);
        assert!(Offered::again(&foreign).uri.is_empty());
    }
}
