//! What can go wrong with a page, told to a person in their language, or to a program as JSON.

use anlan_base::text::{Lang, text};
use anlan_law::kind::Role;
use anlan_ledger::LedgerError;
use anlan_vault::VaultError;
use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::address::encode;
use crate::assets;

/// Why a request was not answered as asked. The page is drawn by [`dress`], which knows the language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// No session: sign in, then go on to this address of ours.
    SignIn {
        next: String,
    },
    NotFound,
    /// Signed in, but without any of these roles.
    Forbidden {
        roles: &'static [Role],
    },
    /// The request did not come from one of our own pages, or its form is of another session.
    Forged,
    BadForm,
    TooLarge,
    Busy,
    Internal,
}

impl Failure {
    /// Tells the operator's log what a page does not tell.
    pub(crate) fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(%cause, "a request failed");
        Self::Internal
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::SignIn { .. } => StatusCode::SEE_OTHER,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forged | Self::Forbidden { .. } => StatusCode::FORBIDDEN,
            Self::BadForm => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn key(&self) -> &'static str {
        match self {
            Self::SignIn { .. } => "fail-sign-in",
            Self::NotFound => "fail-not-found",
            Self::Forbidden { .. } => "fail-forbidden",
            Self::Forged => "fail-forged",
            Self::BadForm => "fail-bad-form",
            Self::TooLarge => "fail-too-large",
            Self::Busy => "fail-busy",
            Self::Internal => "fail-internal",
        }
    }

    /// Why, and what to do next.
    fn reason(&self, lang: Lang) -> String {
        let key = format!("{}-why", self.key());
        let Self::Forbidden { roles } = self else { return text(lang, &key, &[]) };
        let names: Vec<String> = roles.iter().map(|role| text(lang, &format!("role-{}", role.id()), &[])).collect();
        text(lang, &key, &[("roles", &names.join(if lang == Lang::Zh { "、" } else { ", " }))])
    }
}

impl From<VaultError> for Failure {
    fn from(error: VaultError) -> Self {
        Self::internal(error)
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Busy => Self::Busy,
            LedgerError::NotFound { .. } => Self::NotFound,
            LedgerError::Unfit { .. } => Self::BadForm,
            other => Self::internal(other),
        }
    }
}

impl From<askama::Error> for Failure {
    fn from(error: askama::Error) -> Self {
        Self::internal(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        if let Self::SignIn { next } = &self {
            let to = if next == "/" { "/login".to_owned() } else { format!("/login?next={}", encode(next)) };
            return (self.status(), [(header::LOCATION, to)]).into_response();
        }
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[derive(Template)]
#[template(path = "failure.html")]
struct FailurePage {
    lang: Lang,
    title: String,
    reason: String,
    back: String,
    css: &'static str,
}

/// Draws the page of a failure that a handler returned.
pub(crate) fn dress(mut response: Response, lang: Lang) -> Response {
    let Some(failure) = response.extensions_mut().remove::<Failure>() else { return response };
    let key = failure.key();
    let page = FailurePage {
        lang,
        title: text(lang, key, &[]),
        reason: failure.reason(lang),
        back: text(lang, "fail-back", &[]),
        css: assets::css_address(),
    };
    match page.render() {
        Ok(html) => (response.status(), [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response(),
        Err(_) => response,
    }
}
