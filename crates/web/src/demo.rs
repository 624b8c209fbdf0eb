//! The mark of made-up data: on every page, printed form and failure of a demo's console 演示数据 stands across the sheet.
//!
//! Invariant: the mark is put in behind all pages, so that none can be without it.

use anlan_base::text::text;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::session;

const CSS: &str = include_str!("../assets/demo.css");
const ADDRESS: &str = "/assets/demo.css";
/// Bytes of the largest page that is marked; a larger one is not shown.
const PAGE_BYTES: usize = 64 << 20;

/// Marks each page; everything else goes by as it is.
pub(crate) async fn mark(request: Request, next: Next) -> Response {
    if request.uri().path() == ADDRESS {
        return ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")], CSS).into_response();
    }
    let lang = session::lang_of(request.headers());
    let response = next.run(request).await;
    let is_page = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if !is_page {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, PAGE_BYTES).await else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    parts.headers.remove(header::CONTENT_LENGTH);
    let marked = marked(&String::from_utf8_lossy(&bytes), &text(lang, "demo-mark", &[]));
    Response::from_parts(parts, Body::from(marked))
}

/// The page with the sheet of the mark in its head and the mark at the end of its body.
fn marked(page: &str, words: &str) -> String {
    let link = format!("<link rel=\"stylesheet\" href=\"{ADDRESS}\">");
    let note = format!("<p class=\"demo-mark\" role=\"note\">{words}</p>");
    let (before, after) = page.split_once("</head>").map_or(("", page), |(before, after)| (before, after));
    let (body, end) = after.rsplit_once("</body>").unwrap_or((after, ""));
    if before.is_empty() {
        return format!("{link}{body}{note}{end}");
    }
    format!("{before}{link}</head>{body}{note}</body>{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_pages_and_pieces_are_marked() {
        let link = "<link rel=\"stylesheet\" href=\"/assets/demo.css\">";
        let note = "<p class=\"demo-mark\" role=\"note\">演示</p>";
        for (page, expected) in [
            ("<html><head></head><body>x</body></html>", format!("<html><head>{link}</head><body>x{note}</body></html>")),
            ("<main>x</main>", format!("{link}<main>x</main>{note}")),
            ("", format!("{link}{note}")),
        ] {
            assert_eq!(marked(page, "演示"), expected);
        }
    }
}
