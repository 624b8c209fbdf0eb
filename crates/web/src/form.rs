//! Names and values as they come in query strings and forms.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;

use crate::console::Shared;
use crate::failure::Failure;

/// Bytes of a form. Ours are a few hundred.
pub(crate) const FORM_BYTES: usize = 64 * 1024;

/// Name-value pairs; of a name that stands twice the last counts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pairs(pub(crate) Vec<(String, String)>);

impl Pairs {
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.iter().rev().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }
}

impl FromRequestParts<Shared> for Pairs {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Result<Self, Failure> {
        let Query(pairs) = Query::<Vec<(String, String)>>::from_request_parts(parts, state).await.map_err(|_| Failure::BadForm)?;
        Ok(Self(pairs))
    }
}
