//! The shape of a message: what rows are clustered by.
//!
//! Lines that say the same with other numbers lie beside each other, so that the compressor finds what they share within a page.

use crate::token;

/// Bytes of a message that count towards its shape.
const SHAPE_BYTES: usize = 256;

/// A number that is the same for messages that differ only in their digits.
#[must_use]
pub(crate) fn shape(message: &[u8]) -> u64 {
    let mut kept = [0; SHAPE_BYTES];
    let mut len = 0;
    for (place, &b) in kept.iter_mut().zip(message.iter().filter(|b| !b.is_ascii_digit())) {
        *place = b;
        len += 1;
    }
    token::hash(kept.get(..len).unwrap_or_default())
}
