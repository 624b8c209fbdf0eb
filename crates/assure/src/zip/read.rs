//! Reads a canonical ZIP from front to back: each local header must be what the writer would have written, then the central directory
//! and the end records must be exactly those of the members found, up to the file's last byte.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use super::{MEMBERS, Member, NAME_BYTES, Zip64From, header};

/// Bytes that can be read at any place. A file, or bytes in memory.
pub trait ReadAt: Sync {
    /// Bytes there are.
    fn size(&self) -> u64;
    /// Fills `buffer` from `offset`; an error when there are fewer.
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()>;
}

/// A regular file with the length it had when it was opened.
pub struct SizedFile {
    file: File,
    size: u64,
}

impl SizedFile {
    /// An error for anything but a regular file.
    pub fn new(file: File) -> io::Result<Self> {
        let meta = file.metadata()?;
        if !meta.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        Ok(Self { file, size: meta.len() })
    }
}

impl ReadAt for SizedFile {
    fn size(&self) -> u64 {
        self.size
    }
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.file.read_exact_at(buffer, offset)
    }
}

impl ReadAt for [u8] {
    fn size(&self) -> u64 {
        self.len() as u64
    }
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let from = usize::try_from(offset).ok();
        let range = from.and_then(|from| self.get(from..from.checked_add(buffer.len())?));
        let bytes = range.ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?;
        buffer.copy_from_slice(bytes);
        Ok(())
    }
}

/// Why a file is not a canonical ZIP; `offset` is where in the file.
#[derive(Debug, thiserror::Error)]
pub enum ZipFault {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("the member header at byte {offset} has not the canonical form")]
    Header { offset: u64 },
    #[error("the member name at byte {offset} is too long, not UTF-8, or out of order")]
    Name { offset: u64 },
    #[error("the member at byte {offset} is longer than the file")]
    Beyond { offset: u64 },
    #[error("more than {MEMBERS} members")]
    TooMany,
    #[error("the directory at byte {offset} is not that of the members")]
    Directory { offset: u64 },
}

/// The members of a canonical ZIP. Contents are not read, CRCs not checked.
#[derive(Clone, Debug)]
pub struct Directory {
    pub members: Vec<Member>,
    from: Zip64From,
}

impl Directory {
    pub fn read(source: &(impl ReadAt + ?Sized)) -> Result<Self, ZipFault> {
        Self::read_with(source, Zip64From::default())
    }

    pub fn read_with(source: &(impl ReadAt + ?Sized), from: Zip64From) -> Result<Self, ZipFault> {
        let mut members: Vec<Member> = Vec::new();
        let mut position = 0_u64;
        while let Some(member) = read_member(source, position, from)? {
            if !may_follow(members.len(), members.last(), &member.name) {
                return Err(ZipFault::Name { offset: position });
            }
            if members.len() >= MEMBERS {
                return Err(ZipFault::TooMany);
            }
            position = content_offset(&member, from) + member.size;
            members.push(member);
        }
        check_tail(source, position, &members, from)?;
        Ok(Self { members, from })
    }

    /// Where the content of `member` begins in the file.
    #[must_use]
    pub fn content_offset(&self, member: &Member) -> u64 {
        content_offset(member, self.from)
    }
}

/// `manifest.txt` first, then names in rising byte order. A later `manifest.txt` is refused as an unknown member.
pub(super) fn may_follow(count: usize, last: Option<&Member>, name: &str) -> bool {
    let fits = !name.is_empty() && name.len() <= NAME_BYTES;
    fits && (count < 2 || last.is_some_and(|last| last.name.as_str() < name))
}

fn content_offset(member: &Member, from: Zip64From) -> u64 {
    let extra = if member.size >= from.size { header::ZIP64_LOCAL_EXTRA_BYTES } else { 0 };
    member.offset + (header::LOCAL_BYTES + member.name.len() + extra) as u64
}

/// The member whose local header stands at `offset`; none when no local header begins there.
fn read_member(source: &(impl ReadAt + ?Sized), offset: u64, from: Zip64From) -> Result<Option<Member>, ZipFault> {
    let Some(head) = read_some(source, offset, header::LOCAL_BYTES)? else { return Ok(None) };
    if head.get(..4) != Some(&header::LOCAL_MAGIC) {
        return Ok(None);
    }
    let name_bytes = usize::from(u16_at(&head, 26));
    if name_bytes > NAME_BYTES {
        return Err(ZipFault::Name { offset });
    }
    let mut length = header::LOCAL_BYTES + name_bytes;
    let short = u32_at(&head, 18);
    let zip64 = short == u32::MAX;
    if zip64 {
        length += header::ZIP64_LOCAL_EXTRA_BYTES;
    }
    let Some(whole) = read_some(source, offset, length)? else { return Err(ZipFault::Header { offset }) };
    let name = whole.get(header::LOCAL_BYTES..header::LOCAL_BYTES + name_bytes).unwrap_or_default();
    let name = std::str::from_utf8(name).map_err(|_| ZipFault::Name { offset })?.to_owned();
    let size = if zip64 { u64_at(&whole, length - 16) } else { u64::from(short) };
    let member = Member { name, size, crc: u32_at(&head, 14), offset };
    if header::local(&member, from) != whole {
        return Err(ZipFault::Header { offset });
    }
    let end = (offset + length as u64).checked_add(size);
    if end.is_none_or(|end| end > source.size()) {
        return Err(ZipFault::Beyond { offset });
    }
    Ok(Some(member))
}

/// `length` bytes at `offset`; none when the file ends before.
fn read_some(source: &(impl ReadAt + ?Sized), offset: u64, length: usize) -> Result<Option<Vec<u8>>, ZipFault> {
    if source.size().saturating_sub(offset) < length as u64 {
        return Ok(None);
    }
    let mut bytes = vec![0; length];
    source.read_exact_at(&mut bytes, offset)?;
    Ok(Some(bytes))
}

/// From `offset` to its end the file must be the directory and end records of `members`, and nothing else.
fn check_tail(source: &(impl ReadAt + ?Sized), offset: u64, members: &[Member], from: Zip64From) -> Result<(), ZipFault> {
    let mut position = offset;
    let mut expect = |bytes: &[u8]| {
        let found = read_some(source, position, bytes.len())?;
        if found.as_deref() != Some(bytes) {
            return Err(ZipFault::Directory { offset: position });
        }
        position += bytes.len() as u64;
        Ok(position)
    };
    let mut end = offset;
    for member in members {
        end = expect(&header::central(member, from))?;
    }
    end = expect(&header::end(members.len() as u64, offset, end - offset, from))?;
    if end != source.size() {
        return Err(ZipFault::Directory { offset: end });
    }
    Ok(())
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes.get(at..at + N).and_then(|slice| slice.try_into().ok()).unwrap_or([0; N])
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(array(bytes, at))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(array(bytes, at))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(array(bytes, at))
}
