//! Who asks: cookies, sessions, and the three checks of a form (origin, session, token).
//!
//! Invariant: a handler that changes something takes a [`SignedForm`] or a [`VisitorForm`]; there is no other way to read a form.

use anlan_base::text::Lang;
use anlan_ledger::engine::Rights;
use anlan_ledger::{Actor, Session};
use axum::extract::{Form, FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};

use crate::assets::hex;
use crate::console::{Peer, Shared};
use crate::failure::Failure;
use crate::form::Pairs;

pub(crate) const SESSION_COOKIE: &str = "__Host-anlan";
pub(crate) const LANG_COOKIE: &str = "__Host-anlan-lang";
/// Before there is a session: a random value that a form must repeat.
pub(crate) const DOOR_COOKIE: &str = "__Host-anlan-door";
/// The hidden field of every form.
pub(crate) const TOKEN_FIELD: &str = "token";

/// Seconds a session cookie lives; the ledger may end the session earlier.
const SESSION_SECONDS: u64 = anlan_ledger::ABSOLUTE_SECONDS;
const LANG_SECONDS: u64 = 365 * 24 * 3600;

pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// A `Set-Cookie` value: this host only, TLS only, out of scripts' reach.
pub(crate) fn set_cookie(name: &str, value: &str, seconds: u64) -> (header::HeaderName, String) {
    (header::SET_COOKIE, format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={seconds}"))
}

pub(crate) fn set_session(secret: &str) -> (header::HeaderName, String) {
    set_cookie(SESSION_COOKIE, secret, SESSION_SECONDS)
}

pub(crate) fn set_lang(lang: Lang) -> (header::HeaderName, String) {
    set_cookie(LANG_COOKIE, lang.tag(), LANG_SECONDS)
}

/// The language before anybody is known: the cookie's, else the browser's.
pub(crate) fn lang_of(headers: &HeaderMap) -> Lang {
    let wanted = cookie(headers, LANG_COOKIE).or_else(|| headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok());
    Lang::from_preference(wanted.unwrap_or_default())
}

/// 256 random bits as hex.
pub(crate) fn random_token() -> Result<String, Failure> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(Failure::internal)?;
    Ok(hex(&bytes))
}

/// Compares without telling by its time how much was right.
pub(crate) fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && !a.is_empty() && a.bytes().zip(b.bytes()).fold(0, |seen, (x, y)| seen | (x ^ y)) == 0
}

/// Whether a form was sent by one of our own pages. Browsers say so in `Sec-Fetch-Site`; older ones in `Origin`, which must name
/// the host that was asked. A request with neither is refused.
fn of_our_origin(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site.as_bytes() == b"same-origin";
    }
    let Some(origin) = headers.get(header::ORIGIN).and_then(|o| o.to_str().ok()) else { return false };
    let Some(host) = headers.get(header::HOST).and_then(|h| h.to_str().ok()) else { return false };
    origin.split_once("://").is_some_and(|(scheme, rest)| scheme == "https" && rest == host)
}

/// Refuses what another site makes a browser send, before anything else is looked at.
pub(crate) fn refuse_foreign(request: &Request) -> Result<(), Failure> {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if reads || of_our_origin(request.headers()) { Ok(()) } else { Err(Failure::Forged) }
}

/// A person with a session.
#[derive(Clone, Debug)]
pub(crate) struct Signed {
    pub(crate) session: Session,
    pub(crate) secret: String,
    pub(crate) lang: Lang,
    /// Path and query of the request.
    pub(crate) here: String,
    pub(crate) rights: Rights,
    pub(crate) peer: String,
    /// How much is to be done, for the rail; empty where nothing is, or where no page is drawn.
    pub(crate) todo: String,
}

impl Signed {
    pub(crate) fn actor(&self) -> Actor {
        Actor::User(self.session.user.name.clone())
    }

    /// The session behind the request's cookie, if there is a living one.
    pub(crate) async fn find(headers: &HeaderMap, here: String, peer: String, state: &Shared) -> Result<Option<Self>, Failure> {
        let Some(secret) = cookie(headers, SESSION_COOKIE) else { return Ok(None) };
        let Some(session) = state.console.ledger.session(secret).await? else { return Ok(None) };
        let lang = session.user.lang.unwrap_or_else(|| lang_of(headers));
        let rights = state.console.ledger.rights_of(&session.user.name);
        Ok(Some(Self { session, secret: secret.to_owned(), lang, here, rights, peer, todo: String::new() }))
    }

    /// The session of a request, or the way to sign in.
    pub(crate) async fn of(parts: &Parts, state: &Shared) -> Result<Self, Failure> {
        let here = here(parts);
        if let Some(signed) = Self::find(&parts.headers, here.clone(), peer(parts), state).await? {
            return Ok(signed);
        }
        let next = if parts.method == Method::GET { here } else { "/".to_owned() };
        Err(Failure::SignIn { next })
    }
}

/// The address that a request came from.
fn peer(parts: &Parts) -> String {
    parts.extensions.get::<Peer>().map_or_else(|| "unknown".to_owned(), |peer| peer.0.to_canonical().to_string())
}

fn here(parts: &Parts) -> String {
    parts.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string)
}

impl FromRequestParts<Shared> for Signed {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Result<Self, Failure> {
        match parts.extensions.get::<Self>() {
            Some(signed) => Ok(signed.clone()),
            None => Self::of(parts, state).await,
        }
    }
}

/// Anybody, before signing in.
#[derive(Clone, Debug)]
pub(crate) struct Visitor {
    pub(crate) lang: Lang,
    pub(crate) here: String,
    /// The door cookie's value, where the browser has one.
    pub(crate) door: Option<String>,
    pub(crate) peer: String,
}

/// Whether a door cookie has the form that [`random_token`] gives it; another is not sent back.
fn is_door(value: &str) -> bool {
    value.len() == 64 && value.bytes().all(|b| b.is_ascii_hexdigit())
}

impl FromRequestParts<Shared> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Self, Failure> {
        let door = cookie(&parts.headers, DOOR_COOKIE).filter(|d| is_door(d)).map(str::to_owned);
        Ok(Self { lang: lang_of(&parts.headers), here: here(parts), door, peer: peer(parts) })
    }
}

async fn read(request: Request, state: &Shared) -> Result<Pairs, Failure> {
    let Form(pairs) = Form::<Vec<(String, String)>>::from_request(request, state).await.map_err(|_| Failure::BadForm)?;
    Ok(Pairs(pairs))
}

/// Who sends a form from our own pages, and the form, still unread. Its token is the caller's to check.
pub(crate) async fn signed_from_us(request: Request, state: &Shared) -> Result<(Signed, Request), Failure> {
    if !of_our_origin(request.headers()) {
        return Err(Failure::Forged);
    }
    let (mut parts, body) = request.into_parts();
    let who = Signed::from_request_parts(&mut parts, state).await?;
    Ok((who, Request::from_parts(parts, body)))
}

/// A form of a signed-in person: from our origin, with the session's token.
pub(crate) struct SignedForm {
    pub(crate) who: Signed,
    pub(crate) form: Pairs,
}

impl FromRequest<Shared> for SignedForm {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &Shared) -> Result<Self, Failure> {
        let (who, request) = signed_from_us(request, state).await?;
        let form = read(request, state).await?;
        if !same(form.get(TOKEN_FIELD), &who.session.csrf) {
            return Err(Failure::Forged);
        }
        Ok(Self { who, form })
    }
}

/// A form before signing in: from our origin, repeating the door cookie.
pub(crate) struct VisitorForm {
    pub(crate) who: Visitor,
    pub(crate) form: Pairs,
}

impl FromRequest<Shared> for VisitorForm {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &Shared) -> Result<Self, Failure> {
        if !of_our_origin(request.headers()) {
            return Err(Failure::Forged);
        }
        let (mut parts, body) = request.into_parts();
        let who = Visitor::from_request_parts(&mut parts, state).await?;
        let form = read(Request::from_parts(parts, body), state).await?;
        if !same(form.get(TOKEN_FIELD), who.door.as_deref().unwrap_or_default()) {
            return Err(Failure::Forged);
        }
        Ok(Self { who, form })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn forms_come_from_our_own_pages() {
        for (site, origin, ours) in [
            (Some("same-origin"), None, true),
            (Some("same-origin"), Some("null"), true),
            (Some("same-site"), Some("https://anlan.example"), false),
            (Some("cross-site"), Some("https://anlan.example"), false),
            (Some("none"), None, false),
            (None, Some("https://anlan.example"), true),
            (None, Some("http://anlan.example"), false),
            (None, Some("https://anlan.example.evil"), false),
            (None, Some("null"), false),
            (None, None, false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static("anlan.example"));
            site.map(|s| headers.insert("sec-fetch-site", HeaderValue::from_static(s)));
            origin.map(|o| headers.insert(header::ORIGIN, HeaderValue::from_static(o)));
            assert_eq!(of_our_origin(&headers), ours, "{site:?} {origin:?}");
        }
    }

    #[test]
    fn cookies_are_found_by_their_whole_name() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("__Host-anlan-lang=en; __Host-anlan=secret"));
        assert_eq!(cookie(&headers, SESSION_COOKIE), Some("secret"));
        assert_eq!(cookie(&headers, LANG_COOKIE), Some("en"));
        assert_eq!(cookie(&headers, DOOR_COOKIE), None);
        assert_eq!(lang_of(&headers), Lang::En);
    }

    #[test]
    fn only_our_own_door_tokens_are_taken() {
        for (value, ours) in [("f".repeat(63), false), ("f".repeat(64), true), ("f".repeat(65), false), ("\"".repeat(64), false)] {
            assert_eq!(is_door(&value), ours, "{value}");
        }
        assert!(is_door(&random_token().unwrap()));
    }

    #[test]
    fn an_empty_token_is_no_token() {
        assert!(!same("", ""));
        assert!(!same("a", "ab"));
        assert!(!same("aa", "ab"));
        assert!(same("ab", "ab"));
    }
}
