//! `/sources`: the list of what must log with how far each device covers its term, who else sends, and how to connect one more.
//!
//! Invariant: a source of a unit that is not the reader's is neither shown nor counted ([`reach`]).

mod bar;
pub(crate) mod connect;
pub(crate) mod device;
mod list;
pub(crate) mod reach;
mod vendors;

use anlan_base::SourceKey;
use anlan_ledger::SOURCE_NAME_CHARS;
use anlan_ledger::engine::UnitId;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

pub(crate) use connect::{TRIERS, connect, try_line};
pub(crate) use list::{coverage_for, sources};

use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::logs::scope;
use crate::page::see_other;
use crate::people::told::turned;
use crate::session::SignedForm;
use crate::shown;

/// A name that a person gives to a source: one line of visible text; nothing takes the name away.
fn is_name(name: &str) -> bool {
    name.chars().count() <= SOURCE_NAME_CHARS && shown::plain(name, usize::MAX) == name
}

pub(crate) async fn rename(State(house): State<Shared>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let key = SourceKey::new(form.get("key")).map_err(|_| Failure::BadForm)?;
    let name = form.get("name").trim();
    if !is_name(name) {
        return list::draw(&house, &who, &Pairs::default(), StatusCode::UNPROCESSABLE_ENTITY, list::name_wrong(&who)).await;
    }
    if !scope(&house, &who.rights).allows(&key) {
        return Err(Failure::NotFound);
    }
    house.console.ledger.name_source(&who.actor(), &key, name).await?;
    Ok(see_other("/sources"))
}

/// Says to which unit a source belongs; who reads that unit's logs sees it from now on, and nobody else.
pub(crate) async fn set_unit(State(house): State<Shared>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let key = SourceKey::new(form.get("key")).map_err(|_| Failure::BadForm)?;
    let unit = UnitId::parse(form.get("unit")).ok_or(Failure::BadForm)?;
    match house.console.ledger.set_source_unit(&who.rights, &key, unit).await {
        Ok(()) => Ok(see_other("/sources")),
        Err(error) => {
            let turned = turned(who.lang, error)?;
            list::draw(&house, &who, &Pairs::default(), turned.status, turned.text).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_visible_text_of_limited_length() {
        for (len, fits) in [(0, true), (SOURCE_NAME_CHARS - 1, true), (SOURCE_NAME_CHARS, true), (SOURCE_NAME_CHARS + 1, false)] {
            assert_eq!(is_name(&"名".repeat(len)), fits, "{len}");
        }
        assert!(is_name("教学楼三层交换机 <1>"));
        assert!(!is_name("a\u{202e}b"));
        assert!(!is_name("a\nb"));
    }
}
