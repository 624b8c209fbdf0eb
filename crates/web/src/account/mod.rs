//! One's own account: password, authenticator, sessions, language, tokens, and who does one's work meanwhile.
//!
//! Invariants: everything here is about the person who is signed in, whatever the form says; secrets are shown once, in the answer to the form that made them.

mod acts;
pub(crate) mod factor;
mod page;
pub(crate) mod rules;
pub(crate) mod tokens;

pub(crate) use acts::{add_token, away, back, end_session, password, revoke_token};
pub(crate) use factor::{codes, confirm, offer};
pub(crate) use page::account;
