//! `GET /api/v1/duties`: how every duty stands, as `anlan duty status --json` prints it; reasons in the language that is asked for.
//!
//! Invariant: a duty without a fresh verdict is unknown, never met (I9); names in reasons are told to whom the pages tell them.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::asker::Reader;
use super::records::moment;
use super::refused::Refused;
use crate::compliance::book::law;
use crate::compliance::stand::{self, Stands};
use crate::console::Shared;

/// What `state` and `kind` may be.
pub(crate) const STATES: [&str; 4] = ["met", "at_risk", "failing", "unknown"];
pub(crate) const KINDS: [&str; 2] = ["computed", "attested"];

pub(crate) async fn duties(State(house): State<Shared>, reader: Reader) -> Result<Json<Value>, Refused> {
    let law = law()?;
    let stands = Stands::load(&house).await?;
    let names = stand::sees_names(&house, &reader.rights);
    let told = law.book.duties.iter().map(|duty| {
        let stand = stands.of(duty);
        json!({
            "id": duty.id,
            "title": duty.title.show(reader.lang),
            "state": stand::code(stand.state),
            "kind": if stand.computed { "computed" } else { "attested" },
            "reason": stand.sentence(reader.lang, duty, names),
            "at": stand.verdict.map(|verdict| moment(verdict.at)),
            "stale": stand.stale,
        })
    });
    Ok(Json(Value::Array(told.collect())))
}
