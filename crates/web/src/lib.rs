//! Console and REST API: routes, sessions, rights, server-rendered pages.
//!
//! Invariants:
//! - a page needs a session, a change needs a session, the page's own origin and the session's form token; the API needs a token or a session;
//! - log content is hostile: it reaches a page only through the templates' escaping, control characters made visible, and cut to a named length;
//! - no script or style stands in a page (the Content-Security-Policy forbids both), and every page works without JavaScript;
//! - HTTP 2xx on events only after fsync (I1); reads of single lines and proofs are ledger entries (I7);
//! - no SQL and no business rules; blocking calls of the vault run beside the reactor, a bounded number at a time.
#![forbid(unsafe_code)]

mod account;
mod address;
mod anchors;
mod api;
mod assets;
mod chart;
mod compliance;
mod console;
mod demo;
mod entrance;
mod evidence;
mod failure;
mod form;
mod headers;
mod inspection;
mod library;
mod logs;
mod mail;
mod notices;
mod overview;
mod page;
mod paper;
mod people;
mod period;
mod proposals;
mod records;
mod routes;
mod session;
mod settings;
mod shown;
mod sources;
mod units;
mod upload;

pub use anchors::{ANCHOR_ADDRESSES, AnchorFault, AnchorFuture, AnchorSettings, Anchors, anchored_words};
pub use api::events::{BODIES, BODY_BYTES};
pub use api::openapi::document as openapi;
pub use api::search::{API_LINES, hit_json};
pub use api::{API_CALLS, API_FILES, JSON_BYTES};
pub use compliance::HISTORY_ROWS;
pub use console::{Console, Peer, ProveError, Prover, Receivers};
pub use evidence::{PackFault, PackWish};
pub use inspection::{EXPORT_BYTES, EXPORT_LINES};
pub use logs::PAGE_ROWS;
pub use mail::{Mail, MailFault, MailFuture, MailSettings, MailTls, NoMail};
pub use overview::OVERVIEW_CLOCKS;
pub use routes::{Body, Need, ROUTES, Route, router};
