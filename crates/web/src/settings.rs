//! `/settings`: the log's public key, and all API tokens.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::account::tokens::{self, Token};
use crate::console::Shared;
use crate::failure::Failure;
use crate::page::{Page, Section, see_other, show};
use crate::people::choose::Sent;
use crate::people::proof::{Asks, prove};
use crate::records::form::Choice;
use crate::session::{Signed, SignedForm};

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage {
    page: Page,
    sent: Sent,
    asks: Asks,
    vkey: String,
    rows: Vec<Token>,
    scopes: Vec<Choice>,
    days: String,
    most: String,
    /// Shown once, right after it was made.
    secret: String,
}

async fn draw(house: &Shared, who: &Signed, status: StatusCode, secret: String, sent: Sent) -> Result<Response, Failure> {
    let (ledger, now) = (&house.console.ledger, house.console.clock.now());
    let rules = ledger.account_rules();
    let template = SettingsPage {
        page: Page::signed(house, who, Section::Settings, "settings-title"),
        asks: Asks::of(house, who),
        vkey: house.console.prover.vkey(),
        rows: ledger.tokens().await?.into_iter().map(|token| Token::new(token, now, who.lang)).collect(),
        scopes: tokens::scopes(&who.rights, who.lang),
        days: sent.or("token", "days", &rules.token_days.min(rules.token_longest_days).to_string()),
        most: rules.token_longest_days.to_string(),
        secret,
        sent,
    };
    show(status, &template)
}

pub(crate) async fn settings(State(house): State<Shared>, who: Signed) -> Result<Response, Failure> {
    draw(&house, &who, StatusCode::OK, String::new(), Sent::default()).await
}

pub(crate) async fn add_token(State(house): State<Shared>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let made = match prove(&house, &who, &form).await? {
        Ok(()) => tokens::make(&house, &who, &form).await?,
        Err(turned) => Err(turned),
    };
    match made {
        Ok(secret) => draw(&house, &who, StatusCode::OK, secret, Sent::default()).await,
        Err(turned) => draw(&house, &who, turned.status, String::new(), Sent::new("token", &form, turned.text)).await,
    }
}

pub(crate) async fn revoke_token(State(house): State<Shared>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let name = form.get("name");
    house.console.ledger.revoke_token(&who.actor(), name).await?;
    Ok(see_other("/settings"))
}
