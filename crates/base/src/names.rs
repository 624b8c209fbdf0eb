//! Names that stand in proofs and file names: checked once, trusted afterwards.

use std::fmt;
use std::sync::Arc;

use thiserror::Error;

use crate::limits;

#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum NameError {
    #[error("a class is 1 to {max} of a-z, 0-9 and -, not `{got}`", max = limits::CLASS_BYTES)]
    Class { got: String },
    #[error("a source key is 1 to {max} bytes without control characters or spaces, not `{got}`", max = limits::SOURCE_KEY_BYTES)]
    SourceKey { got: String },
}

/// A retention class, such as `network`: lines of one class are kept for one term.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Class(Arc<str>);

impl Class {
    pub fn new(name: &str) -> Result<Self, NameError> {
        let fits = !name.is_empty() && name.len() <= limits::CLASS_BYTES;
        if fits && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
            return Ok(Self(name.into()));
        }
        Err(NameError::Class { got: name.to_owned() })
    }

    /// The class of lines whose source was not given another.
    #[must_use]
    pub fn network() -> Self {
        Self("network".into())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who sent a line, as far as Anlan itself saw it: `ip:192.0.2.1`, `token:web01`, `overflow`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceKey(Arc<str>);

impl SourceKey {
    pub fn new(key: &str) -> Result<Self, NameError> {
        let fits = !key.is_empty() && key.len() <= limits::SOURCE_KEY_BYTES;
        if fits && !key.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Ok(Self(key.into()));
        }
        Err(NameError::SourceKey { got: key.to_owned() })
    }

    /// The source of a sender's address; IPv4 addresses mapped into IPv6 are unmapped.
    #[must_use]
    pub fn of_address(address: std::net::IpAddr) -> Self {
        Self(format!("ip:{}", address.to_canonical()).into())
    }

    #[must_use]
    pub fn overflow() -> Self {
        Self("overflow".into())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address in `ip:ADDRESS`, for `log.source.address`.
    #[must_use]
    pub fn address(&self) -> Option<&str> {
        self.0.strip_prefix("ip:")
    }
}

impl fmt::Display for SourceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a line reached Anlan. The number stands in the write-ahead log and in every line's leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Origin {
    Udp = 1,
    Tcp = 2,
    Tls = 3,
    Relp = 4,
    Http = 5,
}

impl Origin {
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            1 => Self::Udp,
            2 => Self::Tcp,
            3 => Self::Tls,
            4 => Self::Relp,
            5 => Self::Http,
            _ => return None,
        })
    }

    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Relp => "relp",
            Self::Http => "http",
        }
    }
}

/// Which part of a frame a line is: whole, or piece 1, 2, … of a frame longer than [`limits::LINE_BYTES`].
/// Encoded as u32: 0 whole; k the k-th piece; the last piece has bit 31 set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Piece(u32);

impl Piece {
    pub const WHOLE: Self = Self(0);
    const LAST: u32 = 1 << 31;

    /// `number` counts from 1.
    #[must_use]
    pub fn part(number: u32, last: bool) -> Self {
        Self((number & !Self::LAST) | if last { Self::LAST } else { 0 })
    }

    #[must_use]
    pub fn from_code(code: u32) -> Self {
        Self(code)
    }

    #[must_use]
    pub fn code(self) -> u32 {
        self.0
    }

    #[must_use]
    pub fn is_whole(self) -> bool {
        self.0 == 0
    }

    #[must_use]
    pub fn number(self) -> u32 {
        self.0 & !Self::LAST
    }

    #[must_use]
    pub fn is_last(self) -> bool {
        self.0 & Self::LAST != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_name_has_a_limit() {
        for (len, fits) in
            [(0, false), (1, true), (limits::CLASS_BYTES - 1, true), (limits::CLASS_BYTES, true), (limits::CLASS_BYTES + 1, false)]
        {
            assert_eq!(Class::new(&"a".repeat(len)).is_ok(), fits, "{len}");
        }
        assert!(Class::new("../etc").is_err());
    }

    #[test]
    fn a_source_key_has_a_limit() {
        for (len, fits) in [
            (0, false),
            (1, true),
            (limits::SOURCE_KEY_BYTES - 1, true),
            (limits::SOURCE_KEY_BYTES, true),
            (limits::SOURCE_KEY_BYTES + 1, false),
        ] {
            assert_eq!(SourceKey::new(&"k".repeat(len)).is_ok(), fits, "{len}");
        }
        assert!(SourceKey::new("a b").is_err());
        assert!(SourceKey::new("a\nb").is_err());
    }

    #[test]
    fn mapped_addresses_are_one_source() {
        let v4 = SourceKey::of_address("192.0.2.1".parse().unwrap());
        assert_eq!(SourceKey::of_address("::ffff:192.0.2.1".parse().unwrap()), v4);
        assert_eq!(v4.address(), Some("192.0.2.1"));
    }
}
