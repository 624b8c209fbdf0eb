//! The evidence pack (`spec/pack.md`): built in bounded memory, verified with nothing but a key.
//!
//! Invariants: a pack's bytes follow from the log, the lines, the period and the scope; the builder and the verifier share the codecs of
//! manifest and lines, the names of members, and the order in which lines are joined.

mod build;
mod content;
mod days;
mod entries;
pub mod forms;
mod lines;
mod manifest;
pub mod mask;
mod masked;
mod merge;
pub mod open;
mod paper;
mod people;
mod period;
mod proofs;
mod spool;
mod sums;
mod table;
pub mod told;
mod verify;

use anlan_base::{Day, Seq, SourceKey};
use anlan_tlog::{Hash, hex, tile};

pub use build::{PackRequest, build_pack};
pub use forms::Form;
pub use manifest::{CHOICE_BYTES, Choices, FileLine, Label, Manifest};
pub use mask::Mask;
pub use people::BROWSER_VERIFIER;
pub use period::Period;
pub use told::{Heading, OpenTold, Told, VisitTold, Words};
pub use verify::verify_pack;

/// Name of the first member.
pub const MANIFEST: &str = "manifest.txt";
pub const README: &str = "README.txt";
pub const CHECKPOINT: &str = "checkpoint";
pub const ENTRIES: &str = "log/entries";
/// Members of version 2 that have one name.
pub const GUIDE: &str = "说明.txt";
pub const PAPER: &str = "检查佐证材料.html";
pub const VERDICTS: &str = "verdicts.json";
pub const VERIFIER: &str = "verify.html";
pub const TABLE: &str = "目录.xlsx";
pub const SUMS: &str = "校验值.txt";
/// Folders of version 2.
pub const PROOFS: &str = "proofs/";
pub const PAPERS: &str = "papers/";
/// Members of either folder.
pub const CHOSEN: usize = 1_000;
/// Bytes of `manifest.txt`.
pub const MANIFEST_BYTES: u64 = 256 << 20;
/// Bytes of `README.txt`.
pub const README_BYTES: u64 = 1 << 20;
/// Bytes of the guide, and of the verifier.
pub const GUIDE_BYTES: u64 = 1 << 20;
/// Bytes of the paper, and of the verdicts.
pub const PAPER_BYTES: u64 = 16 << 20;
/// Bytes of the list of members, and of another paper.
pub const TABLE_BYTES: u64 = 64 << 20;
/// Bytes of the digests for people.
pub const SUMS_BYTES: u64 = 256 << 20;
/// Bytes of a checkpoint, in a pack or given to compare with.
pub const CHECKPOINT_BYTES: u64 = 64 << 10;
/// Bytes of a member with the lines of one batch.
pub const LINES_BYTES: u64 = 16 << 20;
/// Bytes of a day's detail.
pub const DETAIL_BYTES: u64 = 64 << 20;
/// Retention classes among the batches of a pack: as many batches may have to be held at once.
pub const CLASSES: usize = 64;

pub(crate) fn tile_name(n: u64, width: u16) -> String {
    format!("log/{}", tile::path(Some(0), n, width))
}

pub(crate) fn detail_name(digest: &Hash) -> String {
    format!("log/detail/{}", hex(digest))
}

pub(crate) fn lines_name(leaf: u64) -> String {
    format!("lines/{leaf:020}.lines")
}

pub(crate) fn masked_name(leaf: u64) -> String {
    format!("masked/{leaf:020}.txt")
}

pub(crate) fn proof_name(seq: Seq) -> String {
    format!("{PROOFS}{:020}.tlog-proof", seq.0)
}

/// Whether a member may be another paper.
pub(crate) fn is_paper(name: &str) -> bool {
    let fits = |name: &str| !matches!(name, "" | "." | "..") && !name.chars().any(|c| c == '/' || c.is_control());
    name.strip_prefix(PAPERS).is_some_and(fits)
}

/// `text/<source>/<YYYY-MM-DD>.log`; no source can name a folder above or beside its own.
pub(crate) fn text_name(source: &SourceKey, day: Day) -> String {
    use std::fmt::Write as _;
    let mut name = String::from("text/");
    for (i, byte) in source.as_str().bytes().enumerate() {
        let plain = byte.is_ascii_alphanumeric() || byte == b'-' || (byte == b'.' && i > 0);
        if plain {
            name.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(name, "%{byte:02X}");
        }
    }
    let _ = write!(name, "/{day}.log");
    name
}
