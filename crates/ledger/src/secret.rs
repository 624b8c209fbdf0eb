//! Random bytes, and the forms in which secrets are shown once and kept hashed.
//!
//! Invariant: a secret of 256 random bits is kept as its SHA-256 only; entries carry no more than a [`commitment`] to what a table keeps.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::error::LedgerError;

/// Characters of 32 bytes in base64url without padding.
pub(crate) const SECRET_CHARS: usize = 43;

pub(crate) fn random<const N: usize>() -> Result<[u8; N], LedgerError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// A new secret of 256 bits, as shown.
pub(crate) fn new_secret() -> Result<String, LedgerError> {
    Ok(URL_SAFE_NO_PAD.encode(random::<32>()?))
}

/// How a secret is kept: the SHA-256 of its text.
pub(crate) fn kept(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// What an entry says of a kept secret: hex of SHA-256("anlan-kept" ‖ kept bytes). It binds the row without repeating it.
pub(crate) fn commitment(kept: &[u8]) -> String {
    hex(&Sha256::new_with_prefix(b"anlan-kept").chain_update(kept).finalize())
}

/// A text bound to a secret, for another use than the secret's own.
pub(crate) fn derived(purpose: &str, secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::new_with_prefix(purpose.as_bytes()).chain_update(secret.as_bytes()).finalize())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
