//! The few parts of the tar format that a backup uses (POSIX ustar): one header for each name and size, so that a reader can hold it against the one it expects.

use std::io::{self, Read, Write};

use sha2::{Digest as _, Sha256};

use super::MEMBER_BYTES;
use super::manifest::Entry;

pub const BLOCK: usize = 512;
const BLOCK_BYTES: u64 = BLOCK as u64;
/// Two empty blocks end a tar.
pub const TRAILER: usize = 2 * BLOCK;
const NAME: usize = 100;
const PREFIX: usize = 155;
const COPY: usize = 1 << 18;

/// The header of a member: always the same bytes for the same name and size. `None` when the name or the size is too long for it.
pub fn header(name: &str, size: u64) -> Option<[u8; BLOCK]> {
    let (prefix, rest) = split(name)?;
    if size > MEMBER_BYTES {
        return None;
    }
    let mut block = [0_u8; BLOCK];
    let mut put = |at: usize, bytes: &[u8]| {
        if let Some(place) = block.get_mut(at..at + bytes.len()) {
            place.copy_from_slice(bytes);
        }
    };
    put(0, rest.as_bytes());
    put(100, b"0000600\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{size:011o}\0").as_bytes());
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, b"0");
    put(257, b"ustar\x0000");
    put(345, prefix.as_bytes());
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    Some(block)
}

/// Prefix and name, cut at a `/` where the name is long.
fn split(name: &str) -> Option<(&str, &str)> {
    if name.len() <= NAME {
        return Some(("", name));
    }
    let cuts = name.match_indices('/').map(|(at, _)| (&name[..at], &name[at + 1..]));
    cuts.into_iter().find(|(prefix, rest)| prefix.len() <= PREFIX && rest.len() <= NAME && !rest.is_empty())
}

/// The size that a header says.
pub fn size_of(header: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(header.get(124..135)?).ok()?;
    u64::from_str_radix(text, 8).ok()
}

/// Bytes of a member with its header and padding.
pub fn whole(size: u64) -> u64 {
    BLOCK_BYTES + size.div_ceil(BLOCK_BYTES) * BLOCK_BYTES
}

/// Bytes of padding after the content.
pub fn padding(size: u64) -> usize {
    usize::try_from(size.div_ceil(BLOCK_BYTES) * BLOCK_BYTES - size).unwrap_or(0)
}

/// Writes members one after the other and remembers what they are.
pub struct Writer<'a> {
    out: &'a mut dyn Write,
    at: u64,
    pub entries: Vec<Entry>,
}

impl<'a> Writer<'a> {
    pub fn new(out: &'a mut dyn Write) -> Self {
        Self { out, at: 0, entries: Vec::new() }
    }

    /// Where the next header begins.
    pub fn at(&self) -> u64 {
        self.at
    }

    pub fn bytes(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.stream(name, bytes.len() as u64, &mut &bytes[..])
    }

    /// Exactly `size` bytes of `from`; an error where it has fewer.
    pub fn stream(&mut self, name: &str, size: u64, from: &mut dyn Read) -> io::Result<()> {
        let unfit = || io::Error::other(format!("{name}: the name or the file is too long for a backup"));
        if self.entries.len() >= super::FILES {
            return Err(io::Error::other("too many files for one backup"));
        }
        self.out.write_all(&header(name, size).ok_or_else(unfit)?)?;
        let (mut left, mut hash, mut part) = (size, Sha256::new(), vec![0; COPY]);
        while left > 0 {
            let want = usize::try_from(left).map_or(COPY, |left| left.min(COPY));
            let Some(part) = part.get_mut(..want) else { break };
            from.read_exact(part).map_err(|error| io::Error::new(error.kind(), format!("{name}: {error}")))?;
            hash.update(&*part);
            self.out.write_all(part)?;
            left -= want as u64;
        }
        self.out.write_all(&[0; BLOCK][..padding(size)])?;
        self.at += whole(size);
        self.entries.push(Entry { name: name.to_owned(), size, digest: hash.finalize().into() });
        Ok(())
    }

    pub fn finish(self) -> io::Result<()> {
        self.out.write_all(&[0; TRAILER])?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_say_name_and_size_within_limits() {
        let long = |prefix: usize, name: usize| format!("{}/{}", "p".repeat(prefix), "n".repeat(name));
        for (name, size, fits) in [
            ("a".to_owned(), 0, true),
            ("n".repeat(NAME - 1), 1, true),
            ("n".repeat(NAME), 1, true),
            ("n".repeat(NAME + 1), 1, false),
            (long(PREFIX - 1, NAME), 1, true),
            (long(PREFIX, NAME), 1, true),
            (long(PREFIX + 1, NAME), 1, false),
            (long(PREFIX, NAME + 1), 1, false),
            ("a".to_owned(), MEMBER_BYTES - 1, true),
            ("a".to_owned(), MEMBER_BYTES, true),
            ("a".to_owned(), MEMBER_BYTES + 1, false),
        ] {
            let header = header(&name, size);
            assert_eq!(header.is_some(), fits, "{} {size}", name.len());
            assert_eq!(header.and_then(|header| size_of(&header)), fits.then_some(size));
        }
        assert_eq!([0, 1, 511, 512, 513].map(whole), [512, 1024, 1024, 1024, 1536]);
        assert_eq!([0, 1, 511, 512, 513].map(padding), [0, 511, 1, 0, 511]);
    }
}
