//! The way in and out: first run, signing in step by step, signing out, and the language of the pages.
//!
//! Invariants: a sign-in on its way is known by a cookie of its own, which opens no page but its next step; what failed is told without saying what was right.

mod steps;

use anlan_base::text::{Lang, text};
use anlan_ledger::{Actor, LedgerError, PENDING_SECONDS, Step};
use askama::Template;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;

use crate::account::rules;
use crate::address::{address, own};
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::{Page, see_other, show};
use crate::people::told::turned;
use crate::session::{self, DOOR_COOKIE, SESSION_COOKIE, Signed, SignedForm, Visitor, VisitorForm};

pub(crate) use steps::{code, factor, password, step_page};

const DOOR_SECONDS: u64 = 3600;
/// The secret of a sign-in on its way.
const STEP_COOKIE: &str = "__Host-anlan-step";

fn set_step(pending: &str) -> (header::HeaderName, String) {
    session::set_cookie(STEP_COOKIE, pending, PENDING_SECONDS)
}

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    page: Page,
    name: String,
    next: String,
    wrong: String,
}

#[derive(Template)]
#[template(path = "first_run.html")]
struct FirstRunPage {
    page: Page,
    rules: Vec<String>,
    vkey: String,
    code: String,
    name: String,
    wrong: String,
}

fn with_cookie(mut response: Response, cookie: (header::HeaderName, String)) -> Result<Response, Failure> {
    let value = HeaderValue::from_str(&cookie.1).map_err(Failure::internal)?;
    response.headers_mut().append(cookie.0, value);
    Ok(response)
}

/// The visitor's door token, made where there is none, and the cookie that keeps it.
fn door(who: &Visitor) -> Result<(String, (header::HeaderName, String)), Failure> {
    let token = who.door.clone().map_or_else(session::random_token, Ok)?;
    let cookie = session::set_cookie(DOOR_COOKIE, &token, DOOR_SECONDS);
    Ok((token, cookie))
}

/// What to tell a person whom the ledger turned away; other errors are ours. Whether the name or the password was wrong is not told.
fn turned_away(lang: Lang, error: LedgerError, refused: &str) -> Result<String, Failure> {
    match error {
        LedgerError::Refused => Ok(text(lang, refused, &[])),
        LedgerError::OneTimeLate => Ok(text(lang, "login-one-time-late", &[])),
        LedgerError::Unfit { .. } => Ok(text(lang, "first-run-name-wrong", &[])),
        other => turned(lang, other).map(|turned| turned.text),
    }
}

pub(crate) async fn root() -> Response {
    see_other("/overview")
}

pub(crate) async fn login_page(State(house): State<Shared>, who: Visitor, pairs: Pairs, headers: HeaderMap) -> Result<Response, Failure> {
    let next = own(pairs.get("next")).unwrap_or("/");
    if Signed::find(&headers, String::new(), String::new(), &house).await?.is_some() {
        return Ok(see_other(next));
    }
    if !house.console.ledger.has_users().await? {
        return Ok(see_other("/first-run"));
    }
    let late = if pairs.get("late").is_empty() { String::new() } else { text(who.lang, "login-late", &[]) };
    draw_login(&who, StatusCode::OK, "", next, late)
}

fn draw_login(who: &Visitor, status: StatusCode, name: &str, next: &str, wrong: String) -> Result<Response, Failure> {
    let (token, cookie) = door(who)?;
    let page = Page::entrance(who, &token, "login-title");
    with_cookie(show(status, &LoginPage { page, name: name.to_owned(), next: next.to_owned(), wrong })?, cookie)
}

pub(crate) async fn login(State(house): State<Shared>, headers: HeaderMap, visit: VisitorForm) -> Result<Response, Failure> {
    let VisitorForm { mut who, form } = visit;
    let (name, password) = (form.get("name").trim(), form.get("password"));
    let next = own(form.get("next")).unwrap_or("/");
    who.here = "/login".to_owned();
    let standing = house.console.ledger.standing_of(name);
    match house.console.ledger.sign_in(name, password, &who.peer, standing).await {
        Ok(step) => went(&house, &headers, step, next).await,
        Err(error) => {
            let wrong = turned_away(who.lang, error, "login-refused")?;
            draw_login(&who, StatusCode::UNAUTHORIZED, name, next, wrong)
        }
    }
}

/// On to the session, or to what the sign-in still waits for.
async fn went(house: &Shared, headers: &HeaderMap, step: Step, next: &str) -> Result<Response, Failure> {
    match step {
        Step::Open(secret) => signed_in(house, headers, &secret, next).await,
        Step::Wanted { pending, .. } => with_cookie(see_other(&address("/login/step", &[("next", next)])), set_step(&pending)),
    }
}

/// A new session: an old one of the same browser ends, the person's language is remembered.
async fn signed_in(house: &Shared, headers: &HeaderMap, secret: &str, next: &str) -> Result<Response, Failure> {
    if let Some(old) = session::cookie(headers, SESSION_COOKIE) {
        house.console.ledger.logout(old).await?;
    }
    let lang = house.console.ledger.session(secret).await?.and_then(|session| session.user.lang);
    let response = with_cookie(see_other(next), session::set_session(secret))?;
    let response = with_cookie(response, session::set_cookie(DOOR_COOKIE, "", 0))?;
    let response = with_cookie(response, session::set_cookie(STEP_COOKIE, "", 0))?;
    match lang {
        Some(lang) => with_cookie(response, session::set_lang(lang)),
        None => Ok(response),
    }
}

pub(crate) async fn logout(State(house): State<Shared>, signed: SignedForm) -> Result<Response, Failure> {
    house.console.ledger.logout(&signed.who.secret).await?;
    with_cookie(see_other("/login"), session::set_cookie(SESSION_COOKIE, "", 0))
}

pub(crate) async fn first_run_page(State(house): State<Shared>, who: Visitor) -> Result<Response, Failure> {
    if house.console.ledger.has_users().await? {
        return Ok(see_other("/login"));
    }
    draw_first_run(&house, &who, StatusCode::OK, &Pairs::default(), String::new())
}

fn draw_first_run(house: &Shared, who: &Visitor, status: StatusCode, form: &Pairs, wrong: String) -> Result<Response, Failure> {
    let (token, cookie) = door(who)?;
    let page = Page::entrance(who, &token, "first-run-title");
    let template = FirstRunPage {
        page,
        rules: rules::told(who.lang, &house.console.ledger.account_rules()),
        vkey: house.console.prover.vkey(),
        code: form.get("code").to_owned(),
        name: form.get("name").to_owned(),
        wrong,
    };
    with_cookie(show(status, &template)?, cookie)
}

pub(crate) async fn first_run(State(house): State<Shared>, headers: HeaderMap, visit: VisitorForm) -> Result<Response, Failure> {
    let VisitorForm { mut who, form } = visit;
    who.here = "/first-run".to_owned();
    if house.console.ledger.has_users().await? {
        return Ok(see_other("/login"));
    }
    let (code, name, password) = (form.get("code").trim(), form.get("name").trim(), form.get("password"));
    if password != form.get("again") {
        let wrong = text(who.lang, "first-run-passwords-differ", &[]);
        return draw_first_run(&house, &who, StatusCode::UNPROCESSABLE_ENTITY, &form, wrong);
    }
    if let Err(error) = house.console.ledger.redeem_first_run(code, name, password).await {
        let wrong = turned_away(who.lang, error, "first-run-code-wrong")?;
        return draw_first_run(&house, &who, StatusCode::UNPROCESSABLE_ENTITY, &form, wrong);
    }
    house.console.ledger.set_lang(&Actor::User(name.to_owned()), name, who.lang).await?;
    let step = house.console.ledger.sign_in(name, password, &who.peer, house.console.ledger.standing_of(name)).await?;
    went(&house, &headers, step, "/units").await
}

/// Changes the language: of the person where one is signed in, else of the browser.
pub(crate) async fn language(State(house): State<Shared>, request: Request) -> Result<Response, Failure> {
    let signed = Signed::find(request.headers(), String::new(), String::new(), &house).await?.is_some();
    let form = if signed {
        let SignedForm { who, form } = SignedForm::from_request(request, &house).await?;
        let lang = Lang::from_preference(form.get("lang"));
        house.console.ledger.set_lang(&who.actor(), &who.session.user.name, lang).await?;
        form
    } else {
        VisitorForm::from_request(request, &house).await?.form
    };
    let lang = Lang::from_preference(form.get("lang"));
    with_cookie(see_other(own(form.get("here")).unwrap_or("/")), session::set_lang(lang))
}
