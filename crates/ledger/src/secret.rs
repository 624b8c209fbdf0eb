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

/// Crockford's base 32: no I, L, O, U.
const TYPED_ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of the longest code that people type: 80 bits.
const TYPED_CHARS: usize = 16;

/// A code of 80 bits that people type from paper: `7Q4K-9M2T-XW6P-3FHD`.
pub(crate) fn new_typed_code() -> Result<String, LedgerError> {
    new_typed::<TYPED_CHARS>()
}

/// A code of `N` characters with 5 bits each, in groups of four.
pub(crate) fn new_typed<const N: usize>() -> Result<String, LedgerError> {
    let mut code = String::with_capacity(N + N / 4);
    for (place, byte) in random::<N>()?.into_iter().enumerate() {
        if place > 0 && place % 4 == 0 {
            code.push('-');
        }
        code.push(char::from(TYPED_ALPHABET[usize::from(byte & 31)]));
    }
    Ok(code)
}

/// A code as people type it: any case, with or without dashes, `O` for 0, `I` and `L` for 1. One that is too long stays too long.
pub(crate) fn typed_plain(code: &str) -> String {
    let kept = code.chars().filter(|c| !c.is_whitespace() && *c != '-').take(TYPED_CHARS + 1);
    kept.map(|c| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        c => c,
    })
    .collect()
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
