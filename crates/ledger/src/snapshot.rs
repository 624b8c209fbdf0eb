//! Reads a SQLite file whose write-ahead file still holds pages, without touching either: the pages are laid over the file in memory.
//!
//! SQLite itself would make or remove files beside the database to do this; a verifier must not. Format: <https://www.sqlite.org/fileformat2.html#walformat>.
//! Invariant: frames are taken up to the last commit whose chain of checksums holds, as SQLite's own recovery does.

use std::io;
use std::path::Path;

use anlan_base::Instant;
use sqlx::sqlite::{SqliteConnectOptions, SqliteOwnedBuf};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

use crate::database::{Conn, READERS, Readers, SQLITE_READER, beside, migrate, newest_schema, pool, quiet};
use crate::error::LedgerError;
use crate::place::sqlite_url;
use crate::secret::{hex, random};

/// Bytes of database and write-ahead file that are laid together in memory, at most.
const IMAGE_BYTES: u64 = 1 << 30;
/// How often reading begins again because a running server began a new write-ahead file meanwhile.
const TRIES: usize = 5;
const WAL_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// Connections that read the ledger as of its last commit, in the schema of this release.
pub(crate) async fn readers(file: &Path, now: Instant) -> Result<Readers, LedgerError> {
    readers_within(file, now, IMAGE_BYTES).await
}

async fn readers_within(file: &Path, now: Instant, image_bytes: u64) -> Result<Readers, LedgerError> {
    let unopened = |error| LedgerError::Open { file: file.to_owned(), error };
    // A file is not even looked at as a database before it is known to be there.
    let len = std::fs::metadata(file).map_err(|error| unopened(sqlx::Error::Io(error)))?.len();
    let wal = match std::fs::metadata(beside(file, "-wal")) {
        Ok(wal) => wal.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
        Err(error) => return Err(LedgerError::Io(error)),
    };
    let options = |query: &str| sqlite_url(file, query).map_err(sqlx::Error::Io).and_then(|url| quiet(&url)).map_err(unopened);
    if len.saturating_add(wal) > image_bytes {
        // Too large for memory. SQLite then reads beside the writer itself; no row changes, but it may touch `-shm`.
        let query = if wal == 0 { "mode=ro&immutable=true" } else { "mode=ro" };
        return pool(READERS, SQLITE_READER).connect_with(options(query)?).await.map_err(unopened);
    }
    if wal == 0 {
        let alone = pool(READERS, SQLITE_READER).connect_with(options("mode=ro&immutable=true")?).await.map_err(unopened)?;
        let is_old =
            sqlx::query_scalar::<_, i64>("SELECT COALESCE(MAX(version), 0) FROM migration").fetch_one(&alone).await? < newest_schema();
        if !is_old {
            return Ok(alone);
        }
        alone.close().await;
    }
    in_memory(image(file)?, now).await
}

/// The database as of the last commit.
fn image(file: &Path) -> Result<Vec<u8>, LedgerError> {
    let wal_file = beside(file, "-wal");
    for _ in 0..TRIES {
        let before = read_wal(&wal_file)?;
        let mut pages = std::fs::read(file)?;
        let after = read_wal(&wal_file)?;
        // Same header: nothing was reset, so whatever a checkpoint wrote into the file meanwhile stands in `after` too.
        if before.get(..WAL_HEADER) == after.get(..WAL_HEADER) {
            lay_over(&mut pages, &after);
            leave_wal_mode(&mut pages);
            return Ok(pages);
        }
    }
    Err(LedgerError::Io(io::Error::other("the ledger is being written too fast to read beside it: try again")))
}

/// Empty when there is none.
fn read_wal(path: &Path) -> io::Result<Vec<u8>> {
    match std::fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        read => read,
    }
}

/// Connections to a copy of the image in memory, which goes when they are closed.
async fn in_memory(image: Vec<u8>, now: Instant) -> Result<Readers, LedgerError> {
    // SQLite shares a database in memory among connections of one process by a name that begins with `/`.
    let name = format!("/anlan-{}", hex(&random::<16>()?));
    let readers = pool(READERS, SQLITE_READER).min_connections(1).connect_lazy_with(quiet(&format!("sqlite://{name}?vfs=memdb&mode=rw"))?);
    let mut keeper = quiet(&format!("sqlite://{name}?vfs=memdb&mode=rwc"))?.connect().await?;
    // Not `in_memory`: a connection opened so attaches nothing but memory of its own.
    let mut given = SqliteConnectOptions::new().disable_statement_logging().connect().await?;
    given.deserialize(None, SqliteOwnedBuf::try_from(image.as_slice())?, true).await?;
    drop(image);
    sqlx::query(AssertSqlSafe(format!("VACUUM INTO 'file:{name}?vfs=memdb'"))).execute(&mut given).await?;
    given.close().await?;
    migrate_copy(&mut keeper, now).await?;
    readers.acquire().await?;
    keeper.close().await?;
    Ok(readers)
}

/// A copy of a newer release is left as it is: whoever opens it says so.
async fn migrate_copy(keeper: &mut Conn, now: Instant) -> Result<(), LedgerError> {
    match migrate(keeper, now, newest_schema()).await {
        Err(LedgerError::Newer { .. }) => Ok(()),
        done => done,
    }
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

    /// Beside a writer, above and below the limit: the same rows; only what fits is laid together in memory.
    #[tokio::test]
    async fn a_ledger_too_large_for_memory_is_read_beside_its_writer() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("ledger.db");
        let clock = std::sync::Arc::new(anlan_base::ManualClock::at(Instant(1_795_000_000_000_000_000)));
        let ledger = crate::Ledger::open(&file, clock).await.unwrap();
        for n in 0..10 {
            ledger.note_act(&crate::Actor::System, "count", &[("n", &n.to_string())]).await.unwrap();
        }
        let size = |name: &str| std::fs::metadata(dir.path().join(name)).unwrap().len();
        let both = size("ledger.db") + size("ledger.db-wal");
        for (limit, in_memory) in [(both - 1, false), (both, true), (both + 1, true)] {
            let readers = readers_within(&file, Instant(0), limit).await.unwrap();
            let entries: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM entry").fetch_one(&readers).await.unwrap();
            let name: String = sqlx::query_scalar("SELECT file FROM pragma_database_list").fetch_one(&readers).await.unwrap();
            assert_eq!((entries, name.ends_with("ledger.db")), (10, !in_memory), "{limit}");
            assert!(sqlx::query("DELETE FROM entry").execute(&readers).await.is_err());
            readers.close().await;
        }
        assert_eq!(ledger.entries(1, 100).await.unwrap().len(), 10);
        assert!(size("ledger.db-wal") > 0, "the writer's file stands");
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
