//! Writes a canonical ZIP from front to back. The caller knows each member's size and CRC before it writes the first byte.

use std::io::{self, Write};

use super::{MEMBERS, Member, NAME_BYTES, Zip64From, header};

#[derive(Debug, thiserror::Error)]
pub enum ZipError {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("a pack has at most {MEMBERS} members")]
    TooManyMembers,
    #[error("the name `{0}` is empty, longer than {NAME_BYTES} bytes, or not in rising order")]
    Name(String),
    #[error("the content of `{0}` is not what was announced")]
    Content(String),
}

/// Members come in the order in which they stand: `manifest.txt`, then rising names.
pub struct ZipWriter<W: Write> {
    out: W,
    position: u64,
    members: Vec<Member>,
    from: Zip64From,
}

impl<W: Write> ZipWriter<W> {
    pub fn new(out: W) -> Self {
        Self::with_zip64_from(out, Zip64From::default())
    }

    pub fn with_zip64_from(out: W, from: Zip64From) -> Self {
        Self { out, position: 0, members: Vec::new(), from }
    }

    /// Writes a member whose content `fill` writes piece by piece; the content is checked against `size` and `crc`.
    pub fn member<E: From<ZipError>>(
        &mut self,
        name: &str,
        size: u64,
        crc: u32,
        fill: impl FnOnce(&mut dyn FnMut(&[u8]) -> Result<(), ZipError>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.check_name(name)?;
        let member = Member { name: name.to_owned(), size, crc, offset: self.position };
        let head = header::local(&member, self.from);
        self.put(&head)?;
        let mut hasher = crc32fast::Hasher::new();
        let mut written = 0_u64;
        let (out, position) = (&mut self.out, &mut self.position);
        fill(&mut |bytes| {
            hasher.update(bytes);
            written += bytes.len() as u64;
            *position += bytes.len() as u64;
            out.write_all(bytes).map_err(ZipError::Io)
        })?;
        if written != size || hasher.finalize() != crc {
            return Err(ZipError::Content(name.to_owned()).into());
        }
        self.members.push(member);
        Ok(())
    }

    /// A member whose content is at hand.
    pub fn whole(&mut self, name: &str, content: &[u8]) -> Result<(), ZipError> {
        self.member(name, content.len() as u64, crc32fast::hash(content), |put| put(content))
    }

    pub fn finish(mut self) -> Result<W, ZipError> {
        let offset = self.position;
        for member in std::mem::take(&mut self.members) {
            let head = header::central(&member, self.from);
            self.put(&head)?;
            self.members.push(member);
        }
        let end = header::end(self.members.len() as u64, offset, self.position - offset, self.from);
        self.put(&end)?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn check_name(&self, name: &str) -> Result<(), ZipError> {
        if self.members.len() >= MEMBERS {
            return Err(ZipError::TooManyMembers);
        }
        if !super::read::may_follow(self.members.len(), self.members.last(), name) {
            return Err(ZipError::Name(name.to_owned()));
        }
        Ok(())
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), ZipError> {
        self.position += bytes.len() as u64;
        Ok(self.out.write_all(bytes)?)
    }
}
