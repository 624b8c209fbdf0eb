//! Decimal numbers as our texts write them: digits only, no leading zero.

/// Reads a number that `to_string` would write the same way.
#[must_use]
pub fn parse_u64(text: &str) -> Option<u64> {
    let plain = text == "0" || (!text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit()));
    if plain { text.parse().ok() } else { None }
}
