//! `/settings`: the log's public key and the API tokens.

use anlan_base::text::text;
use anlan_ledger::LedgerError;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::console::Shared;
use crate::failure::Failure;
use crate::page::{Page, Section, see_other, show};
use crate::session::{Signed, SignedForm};

/// Characters of a token's name; `token:NAME` is the source of what it sends.
pub(crate) const TOKEN_NAME: usize = 64;

struct Row {
    name: String,
    created: String,
    last_used: String,
    revoked: bool,
}

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage {
    page: Page,
    vkey: String,
    rows: Vec<Row>,
    /// Shown once, right after it was made.
    secret: String,
    wrong: String,
}

async fn draw(house: &Shared, who: &Signed, status: StatusCode, secret: String, wrong: String) -> Result<Response, Failure> {
    let tokens = house.console.ledger.tokens().await?;
    let rows = tokens.into_iter().map(|t| Row {
        name: t.name,
        created: t.created.to_civil(),
        last_used: t.last_used.map_or_else(String::new, anlan_base::Instant::to_civil),
        revoked: t.revoked,
    });
    let page = Page::signed(house, who, Section::Settings, "settings-title");
    show(status, &SettingsPage { page, vkey: house.console.prover.vkey(), rows: rows.collect(), secret, wrong })
}

pub(crate) async fn settings(State(house): State<Shared>, who: Signed) -> Result<Response, Failure> {
    draw(&house, &who, StatusCode::OK, String::new(), String::new()).await
}

fn is_token_name(name: &str) -> bool {
    (1..=TOKEN_NAME).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

pub(crate) async fn add_token(State(house): State<Shared>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let name = form.get("name").trim();
    if !is_token_name(name) {
        let wrong = text(who.lang, "token-name-wrong", &[("max", &TOKEN_NAME.to_string())]);
        return draw(&house, &who, StatusCode::UNPROCESSABLE_ENTITY, String::new(), wrong).await;
    }
    let wrong = match house.console.ledger.add_token(&who.actor(), name).await {
        Ok(secret) => return draw(&house, &who, StatusCode::OK, secret, String::new()).await,
        Err(LedgerError::Exists { .. }) => text(who.lang, "token-name-taken", &[("name", name)]),
        Err(LedgerError::Full { limit, .. }) => text(who.lang, "tokens-full", &[("max", &limit.to_string())]),
        Err(error) => return Err(error.into()),
    };
    draw(&house, &who, StatusCode::UNPROCESSABLE_ENTITY, String::new(), wrong).await
}

pub(crate) async fn revoke_token(State(house): State<Shared>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let name = form.get("name");
    house.console.ledger.revoke_token(&who.actor(), name).await?;
    Ok(see_other("/settings"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_name_has_a_limit() {
        for (len, fits) in [(0, false), (1, true), (TOKEN_NAME - 1, true), (TOKEN_NAME, true), (TOKEN_NAME + 1, false)] {
            assert_eq!(is_token_name(&"t".repeat(len)), fits, "{len}");
        }
        assert!(!is_token_name("a b"));
    }
}
