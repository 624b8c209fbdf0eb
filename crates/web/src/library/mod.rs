//! `/library`: the texts of the law with their versions and damage, read, compared, searched and brought in.

use axum::Router;

use crate::console::Shared;

/// The pages under `/library`.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
}
