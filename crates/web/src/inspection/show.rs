//! `POST /inspection/show`: notes in the visit what is shown, then shows it.
//!
//! Invariant: nothing is shown under the name of a visit that has no note of it.

use anlan_base::text::text;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::day::{self, DeviceDay, QUERY_BYTES};
use super::view;
use super::visit::{self, Visit};
use crate::address::address;
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::see_other;
use crate::session::{Signed, SignedForm};
use crate::shown;

pub(crate) async fn show(State(house): State<Shared>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let visit = visit::chosen(&house, &who, form.get("visit")).await?.ok_or(Failure::BadForm)?;
    match form.get("what") {
        "lines" => lines(&house, &who, &form, &visit).await,
        "point" => point(&house, &who, &form, &visit).await,
        _ => Err(Failure::BadForm),
    }
}

/// The lines of a device-day, as a query finds them.
async fn lines(house: &Shared, who: &Signed, form: &Pairs, visit: &Visit) -> Result<Response, Failure> {
    let asked = DeviceDay::read(house, who, form)?;
    let query = form.get("q").trim();
    if query.len() > QUERY_BYTES || shown::plain(query, usize::MAX) != query {
        return Err(Failure::BadForm);
    }
    let size = house.console.prover.checkpoint_size().to_string();
    let day = asked.day.to_string();
    let told = if query.is_empty() { "*" } else { query };
    let words = text(who.lang, "inspect-note-shown", &[("source", asked.key.as_str()), ("day", &day), ("query", told), ("size", &size)]);
    if let Some(wrong) = visit::refused(house, who, visit, &words).await? {
        return day::draw(house, who, form, StatusCode::UNPROCESSABLE_ENTITY, wrong).await;
    }
    visit::note(house, who, visit, words).await?;
    Ok(see_other(&asked.logs(query)))
}

/// What the screen says of one point.
async fn point(house: &Shared, who: &Signed, form: &Pairs, visit: &Visit) -> Result<Response, Failure> {
    let book = house.console.ledger.lawbook()?;
    let stands = view::stands(house).await?;
    let mut reading = super::points::Reading::new(house, who, &book, &stands);
    let all = reading.points().await?;
    let point = all.iter().find(|point| point.id == form.get("point")).ok_or(Failure::NotFound)?;
    let (met, of) = (point.met.to_string(), point.duties.len().to_string());
    let number = point.number.to_string();
    let state = text(who.lang, point.state.1, &[]);
    let args = [("number", number.as_str()), ("title", &point.title), ("state", &state), ("met", &met), ("of", &of)];
    let words = text(who.lang, "inspect-note-point", &args);
    if let Some(wrong) = visit::refused(house, who, visit, &words).await? {
        return view::draw(house, who, form, StatusCode::UNPROCESSABLE_ENTITY, wrong).await;
    }
    visit::note(house, who, visit, words).await?;
    let back = address("/inspection", &[("visit", &visit.number), ("told", "shown")]);
    Ok(see_other(&format!("{back}#{}", point.id)))
}
