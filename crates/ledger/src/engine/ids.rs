//! Ids of people and units: numbers given once, written `p12` and `u3`.

use std::fmt;

/// A person of the operator, with an account or without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonId(pub u64);

/// A unit of the operator: 单位, 部门, 网格.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitId(pub u64);

fn number(text: &str, letter: char) -> Option<u64> {
    let digits = text.strip_prefix(letter)?;
    let canonical = !digits.is_empty() && !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit());
    canonical.then(|| digits.parse().ok()).flatten()
}

impl PersonId {
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        number(text, 'p').map(Self)
    }
}

impl UnitId {
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        number(text, 'u').map(Self)
    }
}

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "p{}", self.0)
    }
}

impl fmt::Display for UnitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "u{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_back_and_nothing_else_is_one() {
        for id in [1, 12, u64::MAX] {
            assert_eq!(PersonId::parse(&PersonId(id).to_string()), Some(PersonId(id)));
            assert_eq!(UnitId::parse(&UnitId(id).to_string()), Some(UnitId(id)));
        }
        for wrong in ["", "p", "p0", "p01", "u1", "p-1", "p1 ", "p18446744073709551616"] {
            assert_eq!(PersonId::parse(wrong), None, "{wrong}");
        }
    }
}
