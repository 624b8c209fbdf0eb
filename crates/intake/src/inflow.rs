//! Bytes of one connection, from its socket to whole frames.
//!
//! Invariants: a silent connection holds no buffer (each worker thread has one to read into); what is handed on has memory of its own size; an
//! unfinished frame beyond [`LONG_FRAME_BYTES`] is read on only from a place of [`crate::long_frames`], and not for ever. Dropping a future of
//! [`Inflow::next`] loses nothing.

use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::time::Instant;

use crate::connections::Seat;
use crate::desk::Desk;
use crate::limits::{LONG_FRAME_BYTES, READ_BYTES};
use crate::long_frames::LongFrame;

thread_local! {
    static READ_INTO: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// What came of one read.
#[derive(Debug)]
pub(crate) enum Next {
    /// The bytes that were used, perhaps none yet.
    Used(Bytes),
    /// The peer closed its side.
    Ended,
    Failed(io::Error),
    /// A long frame was not finished in its time.
    Stalled,
}

pub(crate) struct Inflow<'a, S> {
    desk: &'a Desk,
    seat: &'a Seat,
    stream: S,
    held: Vec<u8>,
    long: Option<LongFrame>,
    /// When the present frame last got on.
    progress: Instant,
}

impl<'a, S: AsyncRead + Unpin> Inflow<'a, S> {
    pub(crate) fn new(stream: S, desk: &'a Desk, seat: &'a Seat) -> Self {
        Self { desk, seat, stream, held: Vec::new(), long: None, progress: Instant::now() }
    }

    /// Bytes that came and were not used.
    pub(crate) fn held(&self) -> &[u8] {
        &self.held
    }

    /// Reads once. `using` gets all unused bytes, and says how many of them it used.
    pub(crate) async fn next(&mut self, mut using: impl FnMut(&[u8]) -> usize) -> Next {
        self.keep_place().await;
        let limit = self.desk.read_bytes();
        let read = std::future::poll_fn(|cx| poll_next(Pin::new(&mut self.stream), cx, &mut self.held, limit, &mut using));
        let next = match &self.long {
            None => read.await,
            Some(_) => match tokio::time::timeout_at(self.progress + self.desk.limits.long_frame_patience, read).await {
                Ok(next) => next,
                Err(_) => return Next::Stalled,
            },
        };
        match next {
            Ok(None) => Next::Ended,
            Ok(Some(used)) => {
                self.seat.heard();
                if !used.is_empty() {
                    self.progress = Instant::now();
                }
                Next::Used(used)
            }
            Err(error) => Next::Failed(error),
        }
    }

    async fn keep_place(&mut self) {
        if self.held.len() <= LONG_FRAME_BYTES {
            self.long = None;
        } else if self.long.is_none() {
            self.long = Some(self.desk.long_frames.place(self.seat.peer()).await);
            self.progress = Instant::now();
        }
    }
}

/// Reads all there is, up to `limit`, and lets it be used. `None`: the stream ended.
fn poll_next<S: AsyncRead>(
    stream: Pin<&mut S>,
    cx: &mut Context<'_>,
    held: &mut Vec<u8>,
    limit: usize,
    using: &mut impl FnMut(&[u8]) -> usize,
) -> Poll<io::Result<Option<Bytes>>> {
    READ_INTO.with_borrow_mut(|buffer| {
        buffer.resize(READ_BYTES, 0);
        let Some(room) = buffer.get_mut(..limit) else { return Poll::Ready(Err(io::ErrorKind::InvalidInput.into())) };
        let mut read = ReadBuf::new(room);
        ready!(poll_fill(stream, cx, &mut read))?;
        if read.filled().is_empty() {
            return Poll::Ready(Ok(None));
        }
        Poll::Ready(Ok(Some(use_bytes(held, read.filled(), using))))
    })
}

/// Fills `read` as far as bytes are there (a TLS stream gives one record at a time). An error or end after some bytes shows itself again next time.
fn poll_fill<S: AsyncRead>(mut stream: Pin<&mut S>, cx: &mut Context<'_>, read: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
    ready!(stream.as_mut().poll_read(cx, read))?;
    while read.remaining() > 0 && !read.filled().is_empty() {
        let before = read.filled().len();
        match stream.as_mut().poll_read(cx, read) {
            Poll::Ready(Ok(())) if read.filled().len() > before => {}
            _ => break,
        }
    }
    Poll::Ready(Ok(()))
}

/// Joins `new` to what was held, takes off what is used, and holds the rest.
fn use_bytes(held: &mut Vec<u8>, new: &[u8], using: &mut impl FnMut(&[u8]) -> usize) -> Bytes {
    if held.is_empty() {
        let (used, rest) = new.split_at(using(new).min(new.len()));
        *held = rest.to_vec();
        return Bytes::copy_from_slice(used);
    }
    if held.capacity() - held.len() < new.len() {
        // A quarter more, not double: long frames are the bulk of the memory.
        held.reserve_exact(new.len().max(held.len() / 4));
    }
    held.extend_from_slice(new);
    let used = using(held).min(held.len());
    if used == 0 {
        return Bytes::new();
    }
    let rest = held.get(used..).unwrap_or_default().to_vec();
    let mut whole = std::mem::replace(held, rest);
    whole.truncate(used);
    Bytes::from(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Uses whole groups of three.
    fn threes(bytes: &[u8]) -> usize {
        bytes.len() / 3 * 3
    }

    #[test]
    fn used_bytes_are_the_stream_however_it_is_cut() {
        let stream: Vec<u8> = (0..100).collect();
        for size in [1, 2, 3, 4, 7, 99, 100] {
            let mut held = Vec::new();
            let mut used = Vec::new();
            for new in stream.chunks(size) {
                used.extend_from_slice(&use_bytes(&mut held, new, &mut threes));
                assert!(held.len() < 3);
            }
            assert_eq!(used, stream[..99], "{size}");
            assert_eq!(held, stream[99..]);
        }
    }

    #[test]
    fn nothing_is_held_between_frames() {
        let mut held = Vec::new();
        for new in [&b"ab"[..], b"c", b"def"] {
            use_bytes(&mut held, new, &mut threes);
        }
        assert_eq!((held.len(), held.capacity()), (0, 0));
    }
}
