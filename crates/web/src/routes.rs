//! The table of routes.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{get, post};

use crate::console::{Console, House};
use crate::failure::Failure;
use crate::form::FORM_BYTES;
use crate::{api, assets, compliance, entrance, headers, library, logs, settings, sources};

/// Everything the console and the API answer. The listener (HTTPS) is the binary's.
pub fn router(console: Console) -> Router {
    let house = House::new(console, api::events::BODIES);
    let pages = Router::new()
        .route("/", get(entrance::root))
        .route("/first-run", get(entrance::first_run_page).post(entrance::first_run))
        .route("/login", get(entrance::login_page).post(entrance::login))
        .route("/logout", post(entrance::logout))
        .route("/language", post(entrance::language))
        .route("/logs", get(logs::search::logs))
        .route("/logs/live", get(logs::live::live))
        .route("/logs/{seq}", get(logs::line::line))
        .route("/logs/{seq}/raw", get(logs::line::raw))
        .route("/logs/{seq}/proof", get(logs::line::proof))
        .route("/sources", get(sources::sources))
        .route("/sources/name", post(sources::rename))
        .route("/settings", get(settings::settings))
        .route("/settings/tokens", post(settings::add_token))
        .route("/settings/tokens/revoke", post(settings::revoke_token))
        .route("/assets/anlan.css", get(assets::css))
        .route("/assets/anlan.js", get(assets::js))
        .route("/assets/anlan.svg", get(assets::icon))
        .layer(DefaultBodyLimit::max(FORM_BYTES));
    let programs = Router::new()
        .route("/health", get(api::health))
        .route("/api/v1/search", get(api::search::search))
        .route("/api/v1/events", post(api::events::events))
        .layer(DefaultBodyLimit::disable());
    pages
        .merge(library::routes())
        .merge(compliance::routes())
        .merge(programs)
        .fallback(|| async { Failure::NotFound })
        .layer(middleware::from_fn(headers::guard))
        .with_state(house)
}
