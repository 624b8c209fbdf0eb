//! `/compliance`: duties and fines by law and article, the check of citations, and legal clocks, as the packs in the box have them.
//!
//! Invariants:
//! - nothing here is a verdict: no probe is built, so every duty is unknown and counted as such (I9);
//! - what packs call likely or unsure says so in every row;
//! - a document that is checked is neither stored nor logged.

pub(crate) mod beside;
mod book;
mod check;
mod cite;
mod clocks;
mod condition;
mod duties;
mod duty;
mod fines;
mod money;
mod stricter;
mod words;

use axum::Router;
use axum::routing::get;

use crate::console::Shared;
use crate::upload;

/// Whether the rail names these pages.
pub(crate) const IS_BUILT: bool = true;

/// The pages under `/compliance`.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/compliance", get(duties::duties))
        .route("/compliance/duties/{id}", get(duty::duty))
        .route("/compliance/fines", get(fines::fines))
        .route("/compliance/clocks", get(clocks::clocks))
        .route("/compliance/check", get(check::form).post(check::check).layer(upload::limit()))
}

/// The pages of this section, for the line of tabs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tab {
    Duties,
    Fines,
    Check,
    Clocks,
}
