//! What a sign-in may wait for after the password: a code, a new password, a first authenticator.
//!
//! Invariant: each step is drawn from what the ledger says the sign-in waits for, never from the address.

use anlan_base::text::text;
use anlan_ledger::{LedgerError, Step, Wanted, WhyPassword};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::{STEP_COOKIE, door, set_step, turned_away, went, with_cookie};
use crate::account::factor::Offered;
use crate::account::rules;
use crate::address::{address, own};
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::{Page, see_other, show};
use crate::session::{self, Visitor, VisitorForm, cookie};

#[derive(Template)]
#[template(path = "login_step.html")]
struct StepPage {
    page: Page,
    /// `code`, `password`, `factor` or `codes`.
    step: &'static str,
    why: String,
    rules: Vec<String>,
    offered: Offered,
    codes: Vec<String>,
    next: String,
    wrong: String,
}

/// The sign-in of the browser's cookie, and what it waits for.
fn waiting<'h>(house: &Shared, headers: &'h HeaderMap) -> Option<(&'h str, Wanted)> {
    let pending = cookie(headers, STEP_COOKIE).filter(|pending| !pending.is_empty())?;
    Some((pending, house.console.ledger.pending(pending)?))
}

/// It took too long, or there was none.
fn late(next: &str) -> Response {
    see_other(&address("/login", &[("next", next), ("late", "1")]))
}

pub(crate) async fn step_page(State(house): State<Shared>, who: Visitor, pairs: Pairs, headers: HeaderMap) -> Result<Response, Failure> {
    let next = own(pairs.get("next")).unwrap_or("/");
    let Some((pending, what)) = waiting(&house, &headers) else { return Ok(late(next)) };
    let offered = match what {
        Wanted::SecondFactor => Offered::new(&house, &house.console.ledger.offer_first_authenticator(pending).await?),
        _ => Offered::default(),
    };
    draw(&house, &who, what, StatusCode::OK, offered, next, String::new())
}

fn draw(
    house: &Shared,
    who: &Visitor,
    what: Wanted,
    status: StatusCode,
    offered: Offered,
    next: &str,
    wrong: String,
) -> Result<Response, Failure> {
    let lang = who.lang;
    let (step, why) = match what {
        Wanted::Code => ("code", text(lang, "login-code-why", &[])),
        Wanted::Password(WhyPassword::OneTime) => ("password", text(lang, "login-password-one-time", &[])),
        Wanted::Password(WhyPassword::Age { days }) => ("password", text(lang, "login-password-age", &[("days", &days.to_string())])),
        Wanted::SecondFactor => ("factor", text(lang, "login-factor-why", &[])),
    };
    let rules = if step == "password" { rules::told(lang, &house.console.ledger.account_rules()) } else { Vec::new() };
    finish(
        who,
        step,
        status,
        StepPage {
            page: Page::entrance(who, "", "login-title"),
            step,
            why,
            rules,
            offered,
            codes: Vec::new(),
            next: next.to_owned(),
            wrong,
        },
    )
}

fn finish(who: &Visitor, step: &str, status: StatusCode, mut template: StepPage) -> Result<Response, Failure> {
    let (token, cookie) = door(who)?;
    template.page.token = token;
    template.page.title = text(who.lang, &format!("login-step-{step}"), &[]);
    template.page.here = address("/login/step", &[("next", &template.next)]);
    with_cookie(show(status, &template)?, cookie)
}

/// The step again, where it was turned away and still waits.
fn again(house: &Shared, who: &Visitor, headers: &HeaderMap, form: &Pairs, error: LedgerError, refused: &str) -> Result<Response, Failure> {
    let next = own(form.get("next")).unwrap_or("/");
    let Some((_, what)) = waiting(house, headers) else { return Ok(late(next)) };
    let wrong = turned_away(who.lang, error, refused)?;
    draw(house, who, what, StatusCode::UNAUTHORIZED, Offered::again(form), next, wrong)
}

fn next_of(form: &Pairs) -> &str {
    own(form.get("next")).unwrap_or("/")
}

/// A code of the authenticator, or a recovery code.
pub(crate) async fn code(State(house): State<Shared>, headers: HeaderMap, visit: VisitorForm) -> Result<Response, Failure> {
    let VisitorForm { who, form } = visit;
    let Some((pending, Wanted::Code)) = waiting(&house, &headers) else { return Ok(late(next_of(&form))) };
    match house.console.ledger.enter_code(pending, form.get("code").trim(), &who.peer).await {
        Ok(step) => went(&house, &headers, step, next_of(&form)).await,
        Err(error) => again(&house, &who, &headers, &form, error, "login-code-wrong"),
    }
}

/// A new password in place of a one-time or an old one.
pub(crate) async fn password(State(house): State<Shared>, headers: HeaderMap, visit: VisitorForm) -> Result<Response, Failure> {
    let VisitorForm { who, form } = visit;
    let Some((pending, what @ Wanted::Password(_))) = waiting(&house, &headers) else { return Ok(late(next_of(&form))) };
    if form.get("password") != form.get("again") {
        let wrong = text(who.lang, "first-run-passwords-differ", &[]);
        return draw(&house, &who, what, StatusCode::UNPROCESSABLE_ENTITY, Offered::default(), next_of(&form), wrong);
    }
    match house.console.ledger.choose_password(pending, form.get("password")).await {
        Ok(step) => went(&house, &headers, step, next_of(&form)).await,
        Err(error) => again(&house, &who, &headers, &form, error, "login-refused"),
    }
}

/// The first code of a first authenticator; then the recovery codes are shown, once.
pub(crate) async fn factor(State(house): State<Shared>, headers: HeaderMap, visit: VisitorForm) -> Result<Response, Failure> {
    let VisitorForm { who, form } = visit;
    let Some((pending, Wanted::SecondFactor)) = waiting(&house, &headers) else { return Ok(late(next_of(&form))) };
    let (codes, step) = match house.console.ledger.confirm_first_authenticator(pending, form.get("code").trim()).await {
        Ok(done) => done,
        Err(error) => return again(&house, &who, &headers, &form, error, "login-code-wrong"),
    };
    let (next, cookie) = match &step {
        Step::Open(secret) => (next_of(&form).to_owned(), session::set_session(secret)),
        Step::Wanted { pending, .. } => (address("/login/step", &[("next", next_of(&form))]), set_step(pending)),
    };
    let page = Page::entrance(&who, "", "login-title");
    let template = StepPage {
        page,
        step: "codes",
        why: String::new(),
        rules: Vec::new(),
        offered: Offered::default(),
        codes,
        next,
        wrong: String::new(),
    };
    with_cookie(finish(&who, "codes", StatusCode::OK, template)?, cookie)
}
