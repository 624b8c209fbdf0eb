//! The stylesheets, the script and the icon: compiled in, named by their content, kept by browsers for a year. A page links one stylesheet: the core with what its pages need beyond.

use std::fmt::Write;
use std::sync::LazyLock;

use axum::http::header;
use axum::response::IntoResponse;
use sha2::{Digest, Sha256};

const CSS: &str = concat!(include_str!("../assets/core.css"), include_str!("../assets/ledger.css"), include_str!("../assets/screens.css"));
const LAW_CSS: &str = concat!(
    include_str!("../assets/core.css"),
    include_str!("../assets/compliance.css"),
    include_str!("../assets/law.css"),
    include_str!("../assets/screens.css")
);
const DUTY_CSS: &str = concat!(
    include_str!("../assets/core.css"),
    include_str!("../assets/compliance.css"),
    include_str!("../assets/duty.css"),
    include_str!("../assets/screens.css")
);
const SOURCES_CSS: &str =
    concat!(include_str!("../assets/core.css"), include_str!("../assets/sources.css"), include_str!("../assets/screens.css"));
/// Printed forms: alone on its pages.
const PAPER_CSS: &str = include_str!("../assets/paper.css");
const JS: &str = include_str!("../assets/anlan.js");
const ICON: &str = include_str!("../assets/anlan.svg");
const KEEP: &str = "public, max-age=31536000, immutable";

static CSS_ADDRESS: LazyLock<String> = LazyLock::new(|| named("/assets/anlan.css", CSS));
static LAW_CSS_ADDRESS: LazyLock<String> = LazyLock::new(|| named("/assets/law.css", LAW_CSS));
static DUTY_CSS_ADDRESS: LazyLock<String> = LazyLock::new(|| named("/assets/duty.css", DUTY_CSS));
static SOURCES_CSS_ADDRESS: LazyLock<String> = LazyLock::new(|| named("/assets/sources.css", SOURCES_CSS));
static PAPER_CSS_ADDRESS: LazyLock<String> = LazyLock::new(|| named("/assets/paper.css", PAPER_CSS));
static JS_ADDRESS: LazyLock<String> = LazyLock::new(|| named("/assets/anlan.js", JS));

fn named(path: &str, content: &str) -> String {
    format!("{path}?v={}", &hex(&Sha256::digest(content.as_bytes()))[..16])
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

pub(crate) fn css_address() -> &'static str {
    &CSS_ADDRESS
}

pub(crate) fn law_css_address() -> &'static str {
    &LAW_CSS_ADDRESS
}

pub(crate) fn duty_css_address() -> &'static str {
    &DUTY_CSS_ADDRESS
}

pub(crate) fn sources_css_address() -> &'static str {
    &SOURCES_CSS_ADDRESS
}

pub(crate) fn paper_css_address() -> &'static str {
    &PAPER_CSS_ADDRESS
}

pub(crate) fn js_address() -> &'static str {
    &JS_ADDRESS
}

pub(crate) async fn css() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, KEEP)], CSS)
}

pub(crate) async fn law_css() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, KEEP)], LAW_CSS)
}

pub(crate) async fn duty_css() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, KEEP)], DUTY_CSS)
}

pub(crate) async fn sources_css() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, KEEP)], SOURCES_CSS)
}

pub(crate) async fn paper_css() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, KEEP)], PAPER_CSS)
}

pub(crate) async fn js() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, KEEP)], JS)
}

pub(crate) async fn icon() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, KEEP)], ICON)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assets_stay_in_their_budgets() {
        for css in [CSS, LAW_CSS, DUTY_CSS, SOURCES_CSS, PAPER_CSS] {
            assert!(css.len() < 20 * 1024, "stylesheet {}", css.len());
        }
        assert!(JS.len() < 40 * 1024, "script {}", JS.len());
        assert_ne!(css_address(), js_address());
    }
}
