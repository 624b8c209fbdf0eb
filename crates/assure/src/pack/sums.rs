//! `校验值.txt`: SHA-256 and SM3 of what people open, for their own tools (PACK-19).
//!
//! Invariant: the verifier accepts exactly what [`Sums`] writes of the members there are.

use std::fmt::Write as _;
use std::io;

use anlan_tlog::{Hash, hex};

use super::content::Content;
use super::manifest::FileLine;
use super::{MANIFEST, SUMS};
use crate::zip::{Member, ReadAt};
use sm3::Digest as _;

const MAGIC: &str = "anlan-sums/1\n";

/// SM3 of bytes that come piece by piece.
#[derive(Clone, Default)]
pub(crate) struct Sm3(sm3::Sm3);

impl Sm3 {
    pub(crate) fn of(bytes: &[u8]) -> Hash {
        sm3::Sm3::digest(bytes).into()
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub(crate) fn finish(self) -> Hash {
        self.0.finalize().into()
    }
}

/// Whether a member has a line.
pub(crate) fn is_listed(name: &str) -> bool {
    name != MANIFEST && name != SUMS && !name.starts_with("log/") && !name.starts_with("lines/")
}

pub(crate) struct Sums {
    text: String,
}

impl Sums {
    pub(crate) fn new() -> Self {
        Self { text: MAGIC.to_owned() }
    }

    pub(crate) fn line(&mut self, sha256: &Hash, sm3: &Hash, length: u64, name: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "{} {} {length} {name}", hex(sha256), hex(sm3));
    }

    pub(crate) fn finish(self) -> String {
        self.text
    }
}

/// The first member whose line is not what it must be, or the member itself where lines are too many. The SHA-256 of contents was compared with the manifest before.
pub(crate) fn first_fault<S: ReadAt + ?Sized>(
    content: &Content<'_, S>,
    files: &[FileLine],
    members: &[Member],
    text: &[u8],
) -> io::Result<Option<String>> {
    let Some(mut rest) = text.strip_prefix(MAGIC.as_bytes()) else { return Ok(Some(SUMS.to_owned())) };
    for (file, member) in files.iter().zip(members).filter(|(file, _)| is_listed(&file.name)) {
        let mut hash = Sm3::default();
        content.each_piece(member, |piece| hash.update(piece))?;
        let mut sums = Sums { text: String::new() };
        sums.line(&file.digest, &hash.finish(), file.length, &file.name);
        let Some(after) = rest.strip_prefix(sums.text.as_bytes()) else { return Ok(Some(file.name.clone())) };
        rest = after;
    }
    Ok((!rest.is_empty()).then(|| SUMS.to_owned()))
}
