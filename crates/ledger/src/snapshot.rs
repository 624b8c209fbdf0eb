//! Reads a SQLite file whose write-ahead file still holds pages, without touching either: the pages are laid over the file in memory.
//!
//! SQLite itself would make or remove files beside the database to do this; a verifier must not. Format: <https://www.sqlite.org/fileformat2.html#walformat>.
//! Invariant: frames are taken up to the last commit whose chain of checksums holds, as SQLite's own recovery does.

use std::io;
use std::path::Path;

use sqlx::ConnectOptions as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteOwnedBuf, SqlitePool};

use crate::database::{beside, pool};
use crate::error::LedgerError;

/// Bytes of database and write-ahead file that are laid together in memory, at most.
const IMAGE_BYTES: u64 = 2 << 30;
/// How often reading begins again because a running server began a new write-ahead file meanwhile.
const TRIES: usize = 5;
const WAL_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// The database as of the last commit; `None` when no write-ahead file stands beside it (or an empty one), so that the file alone is all.
pub(crate) fn image(file: &Path) -> Result<Option<Vec<u8>>, LedgerError> {
    let wal_file = beside(file, "-wal");
    for _ in 0..TRIES {
        let Some(before) = read_wal(&wal_file)? else { return Ok(None) };
        if std::fs::metadata(file)?.len().saturating_add(before.len() as u64) > IMAGE_BYTES {
            return Err(LedgerError::Io(io::Error::other(
                "the write-ahead file is too large to read beside it: stop the server, then try again",
            )));
        }
        let mut pages = std::fs::read(file)?;
        let Some(after) = read_wal(&wal_file)? else { continue };
        // Same header: nothing was reset, so whatever a checkpoint wrote into the file meanwhile stands in `after` too.
        if before.get(..WAL_HEADER) == after.get(..WAL_HEADER) {
            lay_over(&mut pages, &after);
            leave_wal_mode(&mut pages);
            return Ok(Some(pages));
        }
    }
    Err(LedgerError::Io(io::Error::other("the ledger is being written too fast to read beside it: try again")))
}

fn read_wal(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match std::fs::read(path) {
        Ok(bytes) if bytes.is_empty() => Ok(None),
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e),
    }
}

/// One connection over the image; it lives as long as the pool.
pub(crate) async fn pool_of(image: Vec<u8>) -> Result<SqlitePool, LedgerError> {
    let image = std::sync::Arc::new(std::sync::Mutex::new(Some(image)));
    let options = SqliteConnectOptions::new().in_memory(true).disable_statement_logging();
    let laid = pool(1).after_connect(move |conn, _| {
        let image = image.clone();
        Box::pin(async move {
            let bytes = image.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
            let bytes = bytes.ok_or_else(|| sqlx::Error::Io(io::Error::other("the image is opened once only")))?;
            conn.deserialize(None, SqliteOwnedBuf::try_from(bytes.as_slice())?, true).await
        })
    });
    Ok(laid.connect_with(options).await?)
}

/// Bytes 18 and 19 of the file say "write-ahead" (2), which an image in memory cannot be.
fn leave_wal_mode(pages: &mut [u8]) {
    if let Some(versions) = pages.get_mut(18..20) {
        versions.fill(1);
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// The running checksum of the format: pairs of 32-bit words, in the byte order the header's magic names.
#[derive(Clone, Copy, PartialEq)]
struct Checksum(u32, u32);

impl Checksum {
    fn over(mut self, bytes: &[u8], big_endian: bool) -> Self {
        let read = |word: &[u8]| {
            let word = [word[0], word[1], word[2], word[3]];
            if big_endian { u32::from_be_bytes(word) } else { u32::from_le_bytes(word) }
        };
        for pair in bytes.chunks_exact(8) {
            self.0 = self.0.wrapping_add(read(&pair[..4])).wrapping_add(self.1);
            self.1 = self.1.wrapping_add(read(&pair[4..])).wrapping_add(self.0);
        }
        self
    }
}

/// Lays the committed frames over the pages. A write-ahead file that does not check from its header on holds nothing.
fn lay_over(pages: &mut Vec<u8>, wal: &[u8]) {
    let Some(frames) = committed(wal) else { return };
    for (offset, page) in &frames.pages {
        let end = offset + page.len();
        if pages.len() < end {
            pages.resize(end, 0);
        }
        pages[*offset..end].copy_from_slice(page);
    }
    pages.resize(frames.len, 0);
}

struct Committed<'a> {
    pages: Vec<(usize, &'a [u8])>,
    /// Bytes of the database after the last commit.
    len: usize,
}

fn committed(wal: &[u8]) -> Option<Committed<'_>> {
    let magic = word(wal, 0)?;
    let big_endian = match magic {
        0x377f_0682 => false,
        0x377f_0683 => true,
        _ => return None,
    };
    let page_size = word(wal, 8)? as usize;
    if !(512..=65_536).contains(&page_size) || !page_size.is_power_of_two() {
        return None;
    }
    let mut sum = Checksum(0, 0).over(wal.get(..24)?, big_endian);
    if sum != Checksum(word(wal, 24)?, word(wal, 28)?) {
        return None;
    }
    let salts = wal.get(16..24)?;
    let mut pages = Vec::new();
    let mut last = None;
    for frame in wal.get(WAL_HEADER..)?.chunks_exact(FRAME_HEADER + page_size) {
        let (head, page) = frame.split_at(FRAME_HEADER);
        sum = sum.over(&head[..8], big_endian).over(page, big_endian);
        let number = word(head, 0)? as usize;
        if head[8..16] != *salts || number == 0 || sum != Checksum(word(head, 16)?, word(head, 20)?) {
            break;
        }
        pages.push(((number - 1) * page_size, page));
        let size = word(head, 4)? as usize;
        if size > 0 {
            last = Some((pages.len(), size * page_size));
        }
    }
    let (count, len) = last?;
    pages.truncate(count);
    // A page beyond the size of the last commit was cut off by it.
    pages.retain(|(offset, _)| offset + page_size <= len);
    Some(Committed { pages, len })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PAGE: usize = 512;

    /// A write-ahead file of frames (page number, size after commit or 0), each page filled with its frame's place.
    fn wal(frames: &[(u32, u32)], big_endian: bool) -> Vec<u8> {
        let mut bytes = Vec::new();
        let magic = if big_endian { 0x377f_0683_u32 } else { 0x377f_0682 };
        for word in [magic, 3_007_000, PAGE as u32, 1, 0xAAAA_5555, 0x1234_5678] {
            bytes.extend(word.to_be_bytes());
        }
        let mut sum = Checksum(0, 0).over(&bytes, big_endian);
        let push = |bytes: &mut Vec<u8>, sum: Checksum| {
            bytes.extend(sum.0.to_be_bytes());
            bytes.extend(sum.1.to_be_bytes());
        };
        push(&mut bytes, sum);
        for (place, (page, commit)) in frames.iter().enumerate() {
            let mut head = page.to_be_bytes().to_vec();
            head.extend(commit.to_be_bytes());
            let body = vec![place as u8 + 1; PAGE];
            sum = sum.over(&head, big_endian).over(&body, big_endian);
            bytes.extend(&head);
            bytes.extend(0xAAAA_5555_u32.to_be_bytes());
            bytes.extend(0x1234_5678_u32.to_be_bytes());
            push(&mut bytes, sum);
            bytes.extend(body);
        }
        bytes
    }

    fn laid(frames: &[(u32, u32)], big_endian: bool) -> Vec<u8> {
        let mut pages = vec![0; 2 * PAGE];
        lay_over(&mut pages, &wal(frames, big_endian));
        pages.chunks(PAGE).map(|page| page[0]).collect()
    }

    #[test]
    fn frames_up_to_the_last_commit_are_laid_over() {
        type Case = (&'static [(u32, u32)], &'static [u8]);
        let table: [Case; 7] = [
            (&[], &[0, 0]),
            (&[(1, 0)], &[0, 0]),
            (&[(1, 2)], &[1, 0]),
            (&[(1, 0), (2, 2), (1, 0)], &[1, 2]),
            (&[(3, 3), (1, 3)], &[2, 0, 1]),
            (&[(3, 3), (1, 1)], &[2]),
            (&[(0, 2), (1, 2)], &[0, 0]),
        ];
        for (frames, expected) in table {
            for big_endian in [false, true] {
                assert_eq!(laid(frames, big_endian), expected, "{frames:?}");
            }
        }
    }

    #[test]
    fn a_changed_byte_ends_the_chain_where_it_stands() {
        let frames = [(1, 2), (2, 2)];
        let good = wal(&frames, false);
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            let mut pages = vec![0; 2 * PAGE];
            lay_over(&mut pages, &bad);
            let first = pages.chunks(PAGE).map(|page| page[0]).collect::<Vec<_>>();
            let expected: &[u8] = if at < WAL_HEADER + FRAME_HEADER + PAGE { &[0, 0] } else { &[1, 0] };
            assert_eq!(first, expected, "byte {at}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2_000), cut in 0_usize..2_000) {
            let mut pages = vec![0; PAGE];
            lay_over(&mut pages, &bytes);
            lay_over(&mut pages, &wal(&[(1, 2), (2, 3), (7, 0), (9, 9)], false)[..cut]);
        }
    }
}
