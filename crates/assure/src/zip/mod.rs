//! The canonical ZIP of a pack (`spec/pack.md`): members stored, one fixed form, so that a file's bytes follow from names and contents alone.
//!
//! Invariants: [`ZipWriter`] and [`Directory`] render headers by the same functions, so the reader accepts exactly what the writer writes
//! (PACK-5); no size or count from a file is trusted before it is checked against the file's length.

mod header;
mod read;
mod write;

pub use read::{Directory, ReadAt, SizedFile, ZipFault};
pub use write::{ZipError, ZipWriter};

/// Members of a pack, `manifest.txt` among them.
pub const MEMBERS: usize = 1_000_000;
/// Bytes of a member's name.
pub const NAME_BYTES: usize = 512;

/// One stored member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub name: String,
    /// Bytes of its content.
    pub size: u64,
    /// CRC-32 (IEEE) of its content.
    pub crc: u32,
    /// Where its local header begins in the file.
    pub offset: u64,
}

/// From which values on ZIP64 fields are used. Tests make them small, so that the ZIP64 paths run without files of 4 GiB.
#[derive(Clone, Copy, Debug)]
pub struct Zip64From {
    pub size: u64,
    pub members: u64,
}

impl Default for Zip64From {
    fn default() -> Self {
        Self { size: 0xFFFF_FFFF, members: 0xFFFF }
    }
}
