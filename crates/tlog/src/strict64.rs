//! Base64 of RFC 4648 section 4 with padding. Refuses every text that does not encode back to itself (FMT-1).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("not strict base64")]
pub struct Base64Error;

#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// `STANDARD` refuses missing padding, white space and trailing bits that are not zero.
pub fn decode(text: &str) -> Result<Vec<u8>, Base64Error> {
    STANDARD.decode(text).map_err(|_| Base64Error)
}

/// A hash: exactly 32 bytes.
pub(crate) fn decode_hash(text: &str) -> Option<[u8; 32]> {
    if text.len() != 44 {
        return None;
    }
    decode(text).ok()?.try_into().ok()
}
