//! Contents of members, read by range: whole where a limit bounds them, in pieces otherwise.

use std::io::{self, BufReader, Read};

use anlan_tlog::{Digest, Hash};

use crate::zip::{Directory, Member, ReadAt};

/// Bytes read at once.
const PIECE_BYTES: usize = 1 << 20;

/// A pack's file with its directory.
pub(crate) struct Content<'a, S: ReadAt + ?Sized> {
    pub(crate) source: &'a S,
    pub(crate) directory: &'a Directory,
}

impl<S: ReadAt + ?Sized> Clone for Content<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: ReadAt + ?Sized> Copy for Content<'_, S> {}

impl<'a, S: ReadAt + ?Sized> Content<'a, S> {
    /// The whole content; none when it is longer than `limit`.
    pub(crate) fn whole(&self, member: &Member, limit: u64) -> io::Result<Option<Vec<u8>>> {
        if member.size > limit {
            return Ok(None);
        }
        // Checked: `size` lies within the file, and within `limit`.
        let mut bytes = vec![0; usize::try_from(member.size).map_err(io::Error::other)?];
        self.source.read_exact_at(&mut bytes, self.directory.content_offset(member))?;
        Ok(Some(bytes))
    }

    pub(crate) fn reader(&self, member: &Member) -> BufReader<Range<'a, S>> {
        let offset = self.directory.content_offset(member);
        let range = Range { source: self.source, at: offset, end: offset + member.size };
        BufReader::with_capacity(PIECE_BYTES.min(usize::try_from(member.size).unwrap_or(PIECE_BYTES)).max(1), range)
    }

    /// Hands over the content piece by piece.
    pub(crate) fn each_piece(&self, member: &Member, mut take: impl FnMut(&[u8])) -> io::Result<()> {
        let offset = self.directory.content_offset(member);
        let mut buffer = Vec::new();
        let mut done = 0;
        while done < member.size {
            let length = usize::try_from(member.size - done).unwrap_or(PIECE_BYTES).min(PIECE_BYTES);
            buffer.resize(length, 0);
            self.source.read_exact_at(&mut buffer, offset + done)?;
            take(&buffer);
            done += length as u64;
        }
        Ok(())
    }

    /// SHA-256 and CRC-32 of the content. `buffer` is used again for every member.
    pub(crate) fn digest(&self, member: &Member, buffer: &mut Vec<u8>) -> io::Result<(Hash, u32)> {
        let (mut digest, mut crc) = (Digest::new(), crc32fast::Hasher::new());
        let offset = self.directory.content_offset(member);
        let mut done = 0;
        while done < member.size {
            let length = usize::try_from(member.size - done).unwrap_or(PIECE_BYTES).min(PIECE_BYTES);
            buffer.resize(length, 0);
            self.source.read_exact_at(buffer, offset + done)?;
            digest.update(buffer);
            crc.update(buffer);
            done += length as u64;
        }
        Ok((digest.finish(), crc.finalize()))
    }
}

/// A member's content as a stream.
pub(crate) struct Range<'a, S: ReadAt + ?Sized> {
    source: &'a S,
    at: u64,
    end: u64,
}

impl<S: ReadAt + ?Sized> Read for Range<'_, S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = usize::try_from(self.end - self.at).unwrap_or(usize::MAX).min(buffer.len());
        let Some(part) = buffer.get_mut(..length) else { return Ok(0) };
        if length > 0 {
            self.source.read_exact_at(part, self.at)?;
        }
        self.at += length as u64;
        Ok(length)
    }
}
