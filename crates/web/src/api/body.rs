//! What a call sends as JSON: an object whose names are known and whose values have the types that are asked for.
//!
//! Invariant: nothing is guessed and nothing is passed over: a name that is not known, or a value of another type, is refused by its name.

use anlan_ledger::engine::{PersonId, UnitId};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde_json::{Map, Value};

use super::refused::Refused;
use crate::console::Shared;

/// Bytes of a body of JSON.
pub const JSON_BYTES: usize = 4 << 20;

/// An object, not looked at yet.
pub(crate) struct Sent(Map<String, Value>);

fn is_json(request: &Request) -> bool {
    let media = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

impl FromRequest<Shared> for Sent {
    type Rejection = Refused;

    async fn from_request(request: Request, house: &Shared) -> Result<Self, Refused> {
        if !is_json(&request) {
            return Err(Refused::Media);
        }
        let bytes = Bytes::from_request(request, house).await.map_err(|rejection| match rejection.into_response().status() {
            StatusCode::PAYLOAD_TOO_LARGE => Refused::TooLarge { most: JSON_BYTES as u64 },
            _ => Refused::Cut,
        })?;
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(members)) => Ok(Self(members)),
            Ok(_) => Err(Refused::member("body", "object")),
            Err(error) => Err(Refused::Json { line: error.line(), column: error.column() }),
        }
    }
}

impl Sent {
    /// The members, all of which are known.
    pub(crate) fn members(self, known: &[&str]) -> Result<Members, Refused> {
        match self.0.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(Refused::unknown(name, known)),
            None => Ok(Members(self.0)),
        }
    }
}

/// Members of an object; one that is null is not there.
pub(crate) struct Members(Map<String, Value>);

impl Members {
    fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    fn must<T>(name: &str, value: Option<T>) -> Result<T, Refused> {
        value.ok_or_else(|| Refused::MemberMissing { name: name.to_owned() })
    }

    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, Refused> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(Refused::member(name, "string")),
        }
    }

    /// A text; where it is absent, empty: whether it must be filled is the ledger's to say.
    pub(crate) fn said(&self, name: &str) -> Result<String, Refused> {
        Ok(self.text(name)?.unwrap_or_default())
    }

    pub(crate) fn flag(&self, name: &str) -> Result<bool, Refused> {
        let flag = self.get(name).map(|value| value.as_bool().ok_or_else(|| Refused::member(name, "true | false"))).transpose()?;
        Self::must(name, flag)
    }

    pub(crate) fn number(&self, name: &str) -> Result<Option<u64>, Refused> {
        self.get(name).map(|value| value.as_u64().ok_or_else(|| Refused::member(name, "integer"))).transpose()
    }

    pub(crate) fn object(&self, name: &str) -> Result<Option<&Map<String, Value>>, Refused> {
        self.get(name).map(|value| value.as_object().ok_or_else(|| Refused::member(name, "object"))).transpose()
    }

    pub(crate) fn person(&self, name: &str) -> Result<Option<PersonId>, Refused> {
        let read = |text: String| PersonId::parse(&text).ok_or_else(|| Refused::member(name, "p12"));
        self.text(name)?.map(read).transpose()
    }

    pub(crate) fn unit(&self, name: &str) -> Result<Option<UnitId>, Refused> {
        let read = |text: String| UnitId::parse(&text).ok_or_else(|| Refused::member(name, "u3"));
        self.text(name)?.map(read).transpose()
    }

    pub(crate) fn people(&self, name: &str) -> Result<Vec<PersonId>, Refused> {
        let wrong = || Refused::member(name, "[\"p12\", …]");
        let Some(list) = self.get(name) else { return Ok(Vec::new()) };
        let ids = list.as_array().ok_or_else(wrong)?.iter();
        ids.map(|id| id.as_str().and_then(PersonId::parse).ok_or_else(wrong)).collect()
    }

    /// What must be there.
    pub(crate) fn needed<T>(name: &str, value: Option<T>) -> Result<T, Refused> {
        Self::must(name, value)
    }
}
