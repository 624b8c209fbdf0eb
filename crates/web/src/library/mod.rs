//! `/library`: the texts of the law with their versions and damage, read, compared, searched and brought in.
//!
//! Invariants:
//! - the words of the law are shown as the library has them, never translated; what is ours (summaries, notes) says that it is ours;
//! - what the box does not have is a visible gap with its reason, never an empty place;
//! - a text that somebody brought in is hostile: escaped by the templates, hidden characters visible, cut to named lengths with a word about the rest.

mod annotated;
mod article;
mod compare;
mod found;
mod import;
mod index;
mod pending;
mod reading;
mod search;
mod shelf;
mod side;
mod texts;
mod words;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::console::Shared;
use crate::form::FORM_BYTES;
use crate::upload;

pub(crate) use pending::PendingTexts;
pub(crate) use shelf::Shelf;

/// The pages under `/library`.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/library", get(index::index))
        .route("/library/compare", get(compare::compare))
        .route("/library/search", get(search::search))
        .route("/library/import", get(import::form).post(import::upload).layer(upload::limit()))
        .route("/library/import/{digest}", get(import::review))
        .route("/library/import/{digest}/keep", post(import::keep).layer(DefaultBodyLimit::max(FORM_BYTES)))
        .route("/library/texts/{entry}", get(texts::text))
        .route("/library/{version}", get(reading::reading))
}
