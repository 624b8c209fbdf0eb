//! Addresses of our own pages: percent-encoding, query strings, and where to go after signing in.

use std::fmt::Write;

/// Bytes of an address kept for going back to.
pub(crate) const NEXT_BYTES: usize = 2048;

/// Percent-encodes everything but RFC 3986 unreserved characters.
pub(crate) fn encode(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// `path?name=value&…`, pairs with an empty value left out.
pub(crate) fn address(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut out = path.to_owned();
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        out.push(if out.contains('?') { '&' } else { '?' });
        out.push_str(name);
        out.push('=');
        out.push_str(&encode(value));
    }
    out
}

/// An address that was handed in, if it is one of ours: an absolute path that a browser cannot read as another host.
pub(crate) fn own(next: &str) -> Option<&str> {
    let plain = next.len() <= NEXT_BYTES && next.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    (plain && next.starts_with('/') && !next.starts_with("//")).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_encoded_and_empty_ones_left_out() {
        assert_eq!(
            address("/logs", &[("q", "a&b=\"错误\""), ("since", ""), ("range", "7d")]),
            "/logs?q=a%26b%3D%22%E9%94%99%E8%AF%AF%22&range=7d"
        );
    }

    #[test]
    fn only_our_own_addresses_are_gone_back_to() {
        for (next, ours) in [
            ("/logs?q=a", true),
            ("/", true),
            ("//evil.example", false),
            ("/\\evil.example", false),
            ("https://evil.example", false),
            ("/a\r\nSet-Cookie: x", false),
            ("", false),
            ("logs", false),
        ] {
            assert_eq!(own(next).is_some(), ours, "{next}");
        }
        for (len, ours) in [(NEXT_BYTES - 1, true), (NEXT_BYTES, true), (NEXT_BYTES + 1, false)] {
            assert_eq!(own(&format!("/{}", "a".repeat(len - 1))).is_some(), ours, "{len}");
        }
    }
}
