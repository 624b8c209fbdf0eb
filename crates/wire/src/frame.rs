//! Where one line ends and the next begins: syslog over a stream (RFC 6587), and over-long frames cut into pieces.
//!
//! Invariants: pure and without a buffer of its own: the caller keeps what was not used and hands it in again, grown. The lines do not depend on how the
//! stream was cut into reads. No byte of a message is lost or changed: only octet counts, the line feed after a line, empty lines and one NUL after a counted
//! frame are framing. What the caller must keep is at most [`PENDING_BYTES`].

use std::ops::Range;

use anlan_base::Piece;
use anlan_base::limits::LINE_BYTES;
use memchr::memchr;

/// The longest frame an octet count may announce; a greater count is taken for text.
pub const FRAME_BYTES: usize = 64 << 20;
/// Digits of an octet count; more are taken for text.
pub const COUNT_DIGITS: usize = 10;
/// The most that [`StreamSplitter::split`] leaves unused: an octet count with its space, a line, and the byte that says whether it goes on.
pub const PENDING_BYTES: usize = COUNT_DIGITS + 1 + LINE_BYTES + 1;

/// The line feed ends a line; a carriage return before it stays in the line.
const LF: u8 = b'\n';

/// Cuts a frame into the pieces it is kept as: itself, whole, up to [`LINE_BYTES`]; else numbered pieces of that size, the last one shorter.
pub fn pieces(length: usize) -> impl Iterator<Item = (Piece, Range<usize>)> {
    let count = length.div_ceil(LINE_BYTES).max(1);
    (0..count).map(move |i| {
        let start = i * LINE_BYTES;
        let end = length.min(start + LINE_BYTES);
        let piece = if count == 1 { Piece::WHOLE } else { part(i, i + 1 == count) };
        (piece, start..end)
    })
}

/// Piece number `before + 1`.
pub(crate) fn part(before: usize, last: bool) -> Piece {
    Piece::part(u32::try_from(before + 1).unwrap_or(u32::MAX), last)
}

/// How a stream ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamEnd {
    /// Between two frames: nothing is missing.
    Between,
    /// After a line without its line feed; the line was handed over.
    InsideLine,
    /// Inside a counted frame, `missing` bytes before its end; what had come was handed over, if anything.
    InsideCounted { missing: usize },
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Start,
    /// In a line of which `pieces` were handed over.
    Line { pieces: usize },
    /// In a counted frame: `left` bytes to come, `pieces` handed over.
    Counted { left: usize, pieces: usize },
}

/// Splits one connection's stream, telling octet counting (`LEN SP`) from line feeds frame by frame (RFC 6587 section 3.4).
///
/// A frame is counted when it begins with a number that an octet count can be and a space, and then a `<`, or comes after a counted frame. A first frame
/// without a `<` is counted when its end, as counted, holds no line feed before it and another count after it.
#[derive(Debug, Default)]
pub struct StreamSplitter {
    state: State,
    /// Bytes of the present frame that were searched for a line feed already.
    scanned: usize,
    after_counted: bool,
    nul_may_follow: bool,
}

enum Head {
    Unknown,
    Line,
    Counted { header: usize, count: usize },
}

enum Step {
    More,
    /// Framing alone.
    Skip(usize),
    Line {
        piece: Piece,
        line: Range<usize>,
        used: usize,
    },
}

impl StreamSplitter {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Hands over every line that `buffer` completes, as ranges of it, and says how many bytes at its beginning were used.
    /// The next call's buffer begins with the first unused byte.
    pub fn split(&mut self, buffer: &[u8], mut each: impl FnMut(Piece, Range<usize>)) -> usize {
        let mut at = 0;
        while let Some(rest) = buffer.get(at..) {
            match self.step(rest) {
                Step::More => break,
                Step::Skip(used) => at += used,
                Step::Line { piece, line, used } => {
                    each(piece, at + line.start..at + line.end);
                    at += used;
                }
            }
        }
        at
    }

    /// The stream ended with `rest` unused: hands over what is left of the last frame.
    pub fn finish(mut self, rest: &[u8], mut each: impl FnMut(Piece, Range<usize>)) -> StreamEnd {
        let at = self.split(rest, &mut each);
        let left = rest.get(at..).unwrap_or_default();
        let (header, pieces, end) = self.remainder(left);
        if left.len() > header {
            let piece = if pieces == 0 { Piece::WHOLE } else { part(pieces, true) };
            each(piece, at + header..rest.len());
        }
        end
    }

    /// Of a last frame that is not complete: length of its octet count, pieces handed over before, and what to call its end.
    fn remainder(&self, left: &[u8]) -> (usize, usize, StreamEnd) {
        match self.state {
            State::Line { pieces } => (0, pieces, StreamEnd::InsideLine),
            State::Counted { left: due, pieces } => (0, pieces, StreamEnd::InsideCounted { missing: due.saturating_sub(left.len()) }),
            State::Start if left.is_empty() => (0, 0, StreamEnd::Between),
            State::Start => match self.head(left) {
                Head::Counted { header, count } => {
                    (header, 0, StreamEnd::InsideCounted { missing: (header + count).saturating_sub(left.len()) })
                }
                Head::Unknown => match counted_header(left) {
                    // The one frame of a stream that ends exactly where it was counted to end.
                    Some((header, count)) if header + count == left.len() => (header, 0, StreamEnd::Between),
                    _ => (0, 0, StreamEnd::InsideLine),
                },
                Head::Line => (0, 0, StreamEnd::InsideLine),
            },
        }
    }

    fn step(&mut self, buffer: &[u8]) -> Step {
        match self.state {
            State::Line { pieces } => self.step_line(buffer, pieces),
            State::Counted { left, pieces } => self.step_counted(buffer, 0, left, pieces),
            State::Start => self.step_start(buffer),
        }
    }

    fn step_start(&mut self, buffer: &[u8]) -> Step {
        let skip = self.framing_before(buffer);
        if skip > 0 {
            return Step::Skip(skip);
        }
        if buffer.is_empty() {
            return Step::More;
        }
        match self.head(buffer) {
            Head::Line => self.step_line(buffer, 0),
            Head::Counted { header, count } => self.step_counted(buffer, header, count, 0),
            Head::Unknown => {
                self.scanned = buffer.len();
                Step::More
            }
        }
    }

    /// Empty lines, and the NUL that some senders put after a counted frame.
    fn framing_before(&mut self, buffer: &[u8]) -> usize {
        let Some(first) = buffer.first() else { return 0 };
        let nul = usize::from(std::mem::take(&mut self.nul_may_follow) && *first == 0);
        nul + buffer.iter().skip(nul).take_while(|b| **b == LF).count()
    }

    fn head(&self, buffer: &[u8]) -> Head {
        let digits = count_digits(buffer);
        if digits == buffer.len() && (1..=COUNT_DIGITS).contains(&digits) {
            return Head::Unknown;
        }
        let Some((header, count)) = counted_header(buffer) else { return Head::Line };
        if self.after_counted {
            return Head::Counted { header, count };
        }
        match buffer.get(header) {
            None => Head::Unknown,
            Some(b'<') => Head::Counted { header, count },
            Some(_) => self.unproven(buffer, header, count),
        }
    }

    /// A number and a space, but no `<`: counted only when no line feed stands inside and the next count follows.
    fn unproven(&self, buffer: &[u8], header: usize, count: usize) -> Head {
        if count > LINE_BYTES {
            return Head::Line;
        }
        let end = header + count;
        let unseen = buffer.get(self.scanned.min(end)..end.min(buffer.len())).unwrap_or_default();
        if memchr(LF, unseen).is_some() {
            return Head::Line;
        }
        match buffer.get(end) {
            None => Head::Unknown,
            Some(b'1'..=b'9') => Head::Counted { header, count },
            Some(_) => Head::Line,
        }
    }

    fn step_line(&mut self, buffer: &[u8], pieces: usize) -> Step {
        let window = buffer.len().min(LINE_BYTES + 1);
        // While the head was unknown, `scanned` counted bytes that nobody searched.
        let from = if pieces == 0 && self.state == State::Start { 0 } else { self.scanned.min(window) };
        let found = buffer.get(from..window).and_then(|unseen| memchr(LF, unseen));
        if let Some(offset) = found {
            let end = from + offset;
            self.frame_ends(false);
            let piece = if pieces == 0 { Piece::WHOLE } else { part(pieces, true) };
            return Step::Line { piece, line: 0..end, used: end + 1 };
        }
        if window <= LINE_BYTES {
            self.state = State::Line { pieces };
            self.scanned = window;
            return Step::More;
        }
        self.state = State::Line { pieces: pieces + 1 };
        self.scanned = 1;
        Step::Line { piece: part(pieces, false), line: 0..LINE_BYTES, used: LINE_BYTES }
    }

    fn step_counted(&mut self, buffer: &[u8], header: usize, count: usize, pieces: usize) -> Step {
        let here = buffer.len().saturating_sub(header);
        if count <= LINE_BYTES {
            if here < count {
                return Step::More;
            }
            self.frame_ends(true);
            let piece = if pieces == 0 { Piece::WHOLE } else { part(pieces, true) };
            return Step::Line { piece, line: header..header + count, used: header + count };
        }
        // One byte more than the piece must be here, so that a stream that ends has a last piece to end with.
        if here <= LINE_BYTES {
            return Step::More;
        }
        self.state = State::Counted { left: count - LINE_BYTES, pieces: pieces + 1 };
        let end = header + LINE_BYTES;
        Step::Line { piece: part(pieces, false), line: header..end, used: end }
    }

    fn frame_ends(&mut self, counted: bool) {
        self.state = State::Start;
        self.scanned = 0;
        self.after_counted = counted;
        self.nul_may_follow = counted;
    }
}

/// Digits at the beginning that an octet count may have; 0 where it begins with a zero or none, more than [`COUNT_DIGITS`] where it is too long.
fn count_digits(buffer: &[u8]) -> usize {
    if !matches!(buffer.first(), Some(b'1'..=b'9')) {
        return 0;
    }
    buffer.iter().take(COUNT_DIGITS + 1).take_while(|b| b.is_ascii_digit()).count()
}

/// Length of `LEN SP` and LEN, where the buffer begins with one that may be.
fn counted_header(buffer: &[u8]) -> Option<(usize, usize)> {
    let digits = count_digits(buffer);
    if digits == 0 || digits > COUNT_DIGITS || buffer.get(digits) != Some(&b' ') {
        return None;
    }
    let count = buffer.get(..digits)?.iter().fold(0_u64, |n, b| n * 10 + u64::from(b - b'0'));
    let count = usize::try_from(count).ok().filter(|n| *n <= FRAME_BYTES)?;
    Some((digits + 1, count))
}
