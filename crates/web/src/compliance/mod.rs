//! `/compliance`: duties and fines by law, and the check of citations.

use axum::Router;

use crate::console::Shared;

/// Whether the rail names these pages.
pub(crate) const IS_BUILT: bool = false;

/// The pages under `/compliance`.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
}
