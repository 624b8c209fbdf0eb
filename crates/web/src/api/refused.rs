//! Why a call of the API was not answered as asked: a status, a code for programs, a sentence in the caller's language, the field it is about.
//!
//! Invariants: what a caller may not see is answered as what is not there (404); a failure of the server says nothing of its inside;
//! every answer under `/api/` that is no success has this form, see [`dress`].

use anlan_base::text::{Lang, text};
use anlan_ledger::engine::Refusal;
use anlan_ledger::{LedgerError, Scope};
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::failure::Failure;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// No token, or one that is wrong, revoked, at its end, or whose owner is disabled.
    Token,
    Scope(Scope),
    /// A token without an owner.
    Owner,
    NotFound,
    Method,
    Media,
    Json {
        line: usize,
        column: usize,
    },
    MemberUnknown {
        name: String,
        known: String,
    },
    MemberMissing {
        name: String,
    },
    MemberType {
        name: String,
        wanted: &'static str,
    },
    Query {
        name: String,
        wanted: String,
    },
    TooLarge {
        most: u64,
    },
    Busy,
    Internal,
    NoBook,
    /// What a person does in the console, with a fresh proof of who they are.
    Person,
    Full {
        limit: usize,
    },
    /// A file that broke off.
    Cut,
    Stale {
        number: String,
    },
    Refusal(Refusal),
}

/// Of a name or value in a message, no more than this.
const TOLD_CHARS: usize = 60;

fn told(value: &str) -> String {
    value.chars().take(TOLD_CHARS).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

impl Refused {
    pub(crate) fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(%cause, "a call of the API failed");
        Self::Internal
    }

    pub(crate) fn query(name: &str, wanted: impl Into<String>) -> Self {
        Self::Query { name: told(name), wanted: wanted.into() }
    }

    pub(crate) fn member(name: impl Into<String>, wanted: &'static str) -> Self {
        Self::MemberType { name: told(&name.into()), wanted }
    }

    pub(crate) fn unknown(name: &str, known: &[&str]) -> Self {
        Self::MemberUnknown { name: told(name), known: known.join(", ") }
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Token => StatusCode::UNAUTHORIZED,
            Self::Scope(_) | Self::Owner | Self::Person => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Media => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Json { .. } | Self::Query { .. } | Self::Cut => StatusCode::BAD_REQUEST,
            Self::MemberUnknown { .. } | Self::MemberMissing { .. } | Self::MemberType { .. } | Self::Full { .. } => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Busy => StatusCode::TOO_MANY_REQUESTS,
            Self::NoBook => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Stale { .. } => StatusCode::CONFLICT,
            Self::Refusal(refusal) => match refusal.code {
                "attachment-too-large" => StatusCode::PAYLOAD_TOO_LARGE,
                "attachment-cut" => StatusCode::BAD_REQUEST,
                "once-full" => StatusCode::TOO_MANY_REQUESTS,
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            },
        }
    }

    /// The code for programs; a refusal's own, as `refusal-…` of the locale files names it.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Scope(_) => "scope",
            Self::Owner => "owner",
            Self::NotFound => "not-found",
            Self::Method => "method",
            Self::Media => "media",
            Self::Json { .. } => "json",
            Self::MemberUnknown { .. } => "member-unknown",
            Self::MemberMissing { .. } => "member-missing",
            Self::MemberType { .. } => "member-type",
            Self::Query { .. } => "query",
            Self::TooLarge { .. } => "too-large",
            Self::Busy => "busy",
            Self::Internal => "internal",
            Self::NoBook => "no-book",
            Self::Person => "person",
            Self::Full { .. } => "full",
            Self::Cut => "cut",
            Self::Stale { .. } => "stale",
            Self::Refusal(refusal) => refusal.code,
        }
    }

    /// All codes but those of refusals.
    pub(crate) const CODES: [&'static str; 19] = [
        "token",
        "scope",
        "owner",
        "not-found",
        "method",
        "media",
        "json",
        "member-unknown",
        "member-missing",
        "member-type",
        "query",
        "too-large",
        "busy",
        "internal",
        "no-book",
        "person",
        "full",
        "cut",
        "stale",
    ];

    fn field(&self) -> Option<&str> {
        match self {
            Self::MemberUnknown { name, .. } | Self::MemberMissing { name } | Self::MemberType { name, .. } | Self::Query { name, .. } => {
                Some(name)
            }
            Self::Refusal(refusal) => refusal.field.as_deref(),
            _ => None,
        }
    }

    pub(crate) fn message(&self, lang: Lang) -> String {
        let say = |args: &[(&str, &str)]| text(lang, &format!("api-{}", self.code()), args);
        match self {
            Self::Refusal(refusal) => refusal.say(lang),
            Self::Scope(scope) => say(&[("scope", scope.as_str())]),
            Self::Json { line, column } => say(&[("line", &line.to_string()), ("column", &column.to_string())]),
            Self::MemberUnknown { name, known } => say(&[("name", name), ("known", known)]),
            Self::MemberMissing { name } => say(&[("name", name)]),
            Self::MemberType { name, wanted } => say(&[("name", name), ("wanted", wanted)]),
            Self::Query { name, wanted } => say(&[("name", name), ("wanted", wanted)]),
            Self::TooLarge { most } => say(&[("most", &most.to_string())]),
            Self::Full { limit } => say(&[("most", &limit.to_string())]),
            Self::Stale { number } => say(&[("number", number)]),
            _ => say(&[]),
        }
    }

    /// `status`, `error`, `message`, `field`.
    pub(crate) fn json(&self, lang: Lang) -> Value {
        let mut body = Map::new();
        body.insert("status".into(), json!(self.status().as_u16()));
        body.insert("error".into(), json!(self.code()));
        body.insert("message".into(), json!(self.message(lang)));
        if let Some(field) = self.field() {
            body.insert("field".into(), json!(field));
        }
        Value::Object(body)
    }

    fn respond(&self, lang: Lang) -> Response {
        let mut response = (self.status(), Json(self.json(lang))).into_response();
        let extra = match self.status() {
            StatusCode::UNAUTHORIZED => Some((header::WWW_AUTHENTICATE, "Bearer")),
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => Some((header::RETRY_AFTER, "1")),
            _ => None,
        };
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(lang.tag()));
        if let Some((name, value)) = extra {
            headers.insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

impl From<LedgerError> for Refused {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Refusal(refusal) => Self::Refusal(refusal),
            LedgerError::Stale { number } => Self::Stale { number },
            LedgerError::NotFound { .. } => Self::NotFound,
            LedgerError::Unfit { what, rule, .. } => Self::query(what, rule),
            LedgerError::Busy => Self::Busy,
            LedgerError::NoBook => Self::NoBook,
            LedgerError::Full { limit, .. } => Self::Full { limit },
            other => Self::internal(other),
        }
    }
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::SignIn { .. } => Self::Token,
            Failure::NotFound => Self::NotFound,
            Failure::Busy => Self::Busy,
            Failure::BadForm => Self::query("?", "name=value&…"),
            _ => Self::Internal,
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Tells what went wrong under `/api/` in the caller's language.
pub(crate) fn dress(mut response: Response, lang: Lang) -> Response {
    if let Some(refused) = response.extensions_mut().remove::<Refused>() {
        return refused.respond(lang);
    }
    if let Some(failure) = response.extensions_mut().remove::<Failure>() {
        return Refused::from(failure).respond(lang);
    }
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        let allowed = response.headers().get(header::ALLOW).cloned();
        let mut told = Refused::Method.respond(lang);
        allowed.map(|allowed| told.headers_mut().insert(header::ALLOW, allowed));
        return told;
    }
    response
}
