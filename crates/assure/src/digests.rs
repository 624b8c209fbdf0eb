//! The two digests that stand beside what is handed over: SHA-256, and SM3 (GB/T 32905-2016), which offices in China ask for.
//!
//! Invariant: both are of the same bytes, in the same order.

use anlan_tlog::hex;
use sm3::{Digest as _, Sm3};

/// Both digests as lower-case hex, and how many bytes they are of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digests {
    pub sha256: String,
    pub sm3: String,
    pub bytes: u64,
}

/// Takes bytes piece by piece.
#[derive(Clone, Default)]
pub struct Digester {
    sha256: anlan_tlog::Digest,
    sm3: Sm3,
    bytes: u64,
}

impl Digester {
    pub fn update(&mut self, piece: &[u8]) {
        self.sha256.update(piece);
        self.sm3.update(piece);
        self.bytes += piece.len() as u64;
    }

    #[must_use]
    pub fn finish(self) -> Digests {
        Digests { sha256: hex(&self.sha256.finish()), sm3: hex(&self.sm3.finalize()), bytes: self.bytes }
    }
}

/// The digests of bytes that are at hand.
#[must_use]
pub fn digests(bytes: &[u8]) -> Digests {
    let mut digester = Digester::default();
    digester.update(bytes);
    digester.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digests_are_those_of_the_standards() {
        let abc = digests(b"abc");
        assert_eq!(abc.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(abc.sm3, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
        let long = digests(&b"abcd".repeat(16));
        assert_eq!(long.sm3, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
        assert_eq!(long.bytes, 64);
    }

    #[test]
    fn pieces_give_what_the_whole_gives() {
        let mut pieces = Digester::default();
        b"one line\nand another\n".chunks(3).for_each(|piece| pieces.update(piece));
        assert_eq!(pieces.finish(), digests(b"one line\nand another\n"));
    }
}
