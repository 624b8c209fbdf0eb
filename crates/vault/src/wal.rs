//! The format of the write-ahead log (`spec/wal.md`): files of checked frames, encoded and decoded. Pure.
//!
//! Invariants: a frame is bound to its file and offset by its checksum (WAL-1); nothing is allocated by a length that was not checked against what is there;
//! what does not check may be a torn tail, what checks and cannot be read is damage.

use anlan_base::{Class, Day, Instant, Origin, Piece, Seq, SourceKey, limits};
use anlan_tlog::envelope::{Batch, Loss, LossReason, LossSource};
use anlan_tlog::line::{BATCH_LINES, BatchKey};
use bytes::Bytes;

pub use crate::unsealed::{Frame, FrameLine};

/// Bytes of a file's header.
pub const HEADER_BYTES: usize = 24;
/// Value of a frame's `length` at most (WAL-2).
pub const FRAME_LENGTH: u32 = 67_108_864;
/// Bytes of lines after which the writer begins another frame; well below [`FRAME_LENGTH`], so that a frame with one more line of any size still fits.
pub(crate) const FRAME_FULL: usize = 8 << 20;
/// Bytes before the lines of a line: seq, piece, length.
const LINE_HEAD: usize = 8 + 4 + 4;
/// `length` and `crc`, which `length` does not count.
const FRAME_HEAD: usize = 8;
const MAGIC: &[u8; 8] = b"ANLANWAL";
const VERSION: u32 = 1;

const LINES: u8 = 1;
const BATCH: u8 = 2;
const LOSS: u8 = 3;

#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum WalError {
    #[error("the header of a write-ahead file is damaged")]
    Header,
    #[error("a write-ahead file of version {0} is not known")]
    Version(u32),
    #[error("a frame does not check at byte {offset}")]
    Torn { offset: u64 },
    #[error("a frame checks but cannot be read at byte {offset}")]
    Frame { offset: u64 },
}

/// One frame of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    Lines(Frame),
    Batch { batch: Batch, key: BatchKey },
    Loss(Loss),
}

/// The name of the file whose first seq this is, 20 digits.
#[must_use]
pub fn file_name(first: Seq) -> String {
    format!("{:020}.wal", first.0)
}

/// The first seq in a file's name; `None` when it is no name of ours.
#[must_use]
pub fn parse_file_name(name: &str) -> Option<Seq> {
    let digits = name.strip_suffix(".wal")?;
    if digits.len() != 20 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().map(Seq)
}

/// The header of a file begun when the transparency log had `log_size` leaves.
#[must_use]
pub fn encode_header(log_size: u64) -> [u8; HEADER_BYTES] {
    let mut header = [0; HEADER_BYTES];
    header[..8].copy_from_slice(MAGIC);
    header[8..12].copy_from_slice(&VERSION.to_be_bytes());
    header[12..20].copy_from_slice(&log_size.to_be_bytes());
    let crc = crc32fast::hash(&header[..20]);
    header[20..].copy_from_slice(&crc.to_be_bytes());
    header
}

/// `log_size` of the header that `file` begins with.
pub fn decode_header(file: &[u8]) -> Result<u64, WalError> {
    let header = file.get(..HEADER_BYTES).ok_or(WalError::Header)?;
    let mut fields = Fields(header);
    let magic: [u8; 8] = fields.array().ok_or(WalError::Header)?;
    let version = fields.u32().ok_or(WalError::Header)?;
    let log_size = fields.u64().ok_or(WalError::Header)?;
    let crc = fields.u32().ok_or(WalError::Header)?;
    if &magic != MAGIC || crc != crc32fast::hash(&header[..HEADER_BYTES - 4]) {
        return Err(WalError::Header);
    }
    if version == VERSION { Ok(log_size) } else { Err(WalError::Version(version)) }
}

fn checksum(file: Seq, offset: u64, kind_and_body: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&file.0.to_be_bytes());
    crc.update(&offset.to_be_bytes());
    crc.update(kind_and_body);
    crc.finalize()
}

/// Writes frames one after the other into a buffer that will stand at `offset` of the file `file`.
pub struct Encoder<'a> {
    file: Seq,
    offset: u64,
    out: &'a mut Vec<u8>,
}

impl<'a> Encoder<'a> {
    /// `out` is emptied.
    pub fn new(file: Seq, offset: u64, out: &'a mut Vec<u8>) -> Self {
        out.clear();
        Self { file, offset, out }
    }

    /// Begins a frame; the answer is where it begins in the buffer.
    fn begin(&mut self, kind: u8) -> usize {
        let start = self.out.len();
        self.out.extend_from_slice(&[0; FRAME_HEAD]);
        self.out.push(kind);
        start
    }

    fn end(&mut self, start: usize) {
        let body = start + FRAME_HEAD;
        let crc = checksum(self.file, self.offset + start as u64, &self.out[body..]);
        let length = u32::try_from(self.out.len() - body).unwrap_or(u32::MAX);
        debug_assert!(length <= FRAME_LENGTH);
        self.out[start..start + 4].copy_from_slice(&length.to_be_bytes());
        self.out[start + 4..body].copy_from_slice(&crc.to_be_bytes());
    }

    fn str8(&mut self, text: &str) {
        debug_assert!(text.len() <= usize::from(u8::MAX));
        self.out.push(u8::try_from(text.len()).unwrap_or(u8::MAX));
        self.out.extend_from_slice(text.as_bytes());
    }

    fn u32(&mut self, value: u32) {
        self.out.extend_from_slice(&value.to_be_bytes());
    }

    fn u64(&mut self, value: u64) {
        self.out.extend_from_slice(&value.to_be_bytes());
    }

    /// Begins a frame of lines, to be filled by [`Encoder::line`] and closed by [`Encoder::end_lines`].
    pub(crate) fn begin_lines(&mut self, class: &Class, source: &SourceKey, origin: Origin) -> OpenLines {
        let start = self.begin(LINES);
        self.str8(class.as_str());
        self.str8(source.as_str());
        self.out.push(origin.code());
        let count_at = self.out.len();
        self.u32(0);
        OpenLines { start, count_at, marks: Vec::new() }
    }

    pub(crate) fn line(&mut self, open: &mut OpenLines, seq: Seq, piece: Piece, raw: &[u8]) {
        self.u64(seq.0);
        self.u32(piece.code());
        self.u32(u32::try_from(raw.len()).unwrap_or(u32::MAX));
        open.marks.push((seq, piece, self.out.len() - open.count_at, raw.len()));
        self.out.extend_from_slice(raw);
    }

    /// Bytes of lines in the open frame so far.
    pub(crate) fn lines_len(&self, open: &OpenLines) -> usize {
        self.out.len() - open.count_at
    }

    /// Closes the frame and gives back its lines as they are kept in memory.
    pub(crate) fn end_lines(&mut self, open: OpenLines) -> Vec<FrameLine> {
        let count = u32::try_from(open.marks.len()).unwrap_or(u32::MAX);
        self.out[open.count_at..open.count_at + 4].copy_from_slice(&count.to_be_bytes());
        self.end(open.start);
        // One copy for the frame: the buffers that receivers read into, and this one, are then free to be used again.
        let shared = Bytes::copy_from_slice(&self.out[open.count_at..]);
        let line = |(seq, piece, at, len)| FrameLine { seq, piece, raw: shared.slice(at..at + len) };
        open.marks.into_iter().map(line).collect()
    }

    /// A whole record. The frame must not be longer than [`FRAME_LENGTH`].
    pub fn record(&mut self, record: &Record) {
        match record {
            Record::Lines(frame) => {
                let mut open = self.begin_lines(&frame.class, &frame.source, frame.origin);
                for line in &frame.lines {
                    self.line(&mut open, line.seq, line.piece, &line.raw);
                }
                self.end_lines(open);
            }
            Record::Batch { batch, key } => self.batch(batch, key),
            Record::Loss(loss) => self.loss(loss),
        }
    }

    fn batch(&mut self, batch: &Batch, key: &BatchKey) {
        let start = self.begin(BATCH);
        self.str8(batch.class.as_str());
        self.u32(batch.day.0);
        self.u32(batch.count);
        self.u64(batch.first.0);
        self.u64(batch.last.0);
        self.out.extend_from_slice(key);
        self.out.extend_from_slice(&batch.root);
        self.end(start);
    }

    fn loss(&mut self, loss: &Loss) {
        let start = self.begin(LOSS);
        self.out.push(loss.reason.code());
        self.str8(&loss.source);
        self.u64(loss.count);
        self.u64(loss.from.0);
        self.u64(loss.until.0);
        self.end(start);
    }
}

/// A frame of lines that is being written: where it and its count stand in the buffer, and its lines as (seq, piece, start, length).
pub(crate) struct OpenLines {
    start: usize,
    count_at: usize,
    marks: Vec<(Seq, Piece, usize, usize)>,
}

/// The frames of a file, one after the other. Ends after the first error.
pub struct Decoder {
    file: Seq,
    bytes: Bytes,
    offset: usize,
}

impl Decoder {
    /// Reads the header of `bytes`, the whole file whose name says `file`; the second value is `log_size`.
    pub fn new(file: Seq, bytes: Bytes) -> Result<(Self, u64), WalError> {
        let log_size = decode_header(&bytes)?;
        Ok((Self { file, bytes, offset: HEADER_BYTES }, log_size))
    }

    /// Where the next frame begins: all before it was sound.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset as u64
    }

    /// The range of the next frame's type and body; `None` when it does not check.
    fn check(&self) -> Option<std::ops::Range<usize>> {
        let mut head = Fields(self.bytes.get(self.offset..)?);
        let length = head.u32()?;
        let crc = head.u32()?;
        if length == 0 || length > FRAME_LENGTH {
            return None;
        }
        let start = self.offset + FRAME_HEAD;
        let range = start..start.checked_add(usize::try_from(length).ok()?)?;
        let body = self.bytes.get(range.clone())?;
        (checksum(self.file, self.offset as u64, body) == crc).then_some(range)
    }

    fn step(&mut self) -> Result<Record, WalError> {
        let offset = self.offset as u64;
        let range = self.check().ok_or(WalError::Torn { offset })?;
        self.offset = range.end;
        // A copy for each frame: its lines then hold their own bytes, not the whole file's.
        let body = Bytes::copy_from_slice(&self.bytes[range]);
        decode(&body).ok_or(WalError::Frame { offset })
    }
}

impl Iterator for Decoder {
    type Item = Result<Record, WalError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.offset >= self.bytes.len() {
            return None;
        }
        let step = self.step();
        if step.is_err() {
            self.bytes.truncate(0);
        }
        Some(step)
    }
}

fn decode(kind_and_body: &Bytes) -> Option<Record> {
    let (kind, body) = kind_and_body.split_first()?;
    let mut fields = Fields(body);
    let record = match *kind {
        LINES => lines(&mut fields, kind_and_body).map(Record::Lines),
        BATCH => batch(&mut fields),
        LOSS => loss(&mut fields).map(Record::Loss),
        _ => None,
    }?;
    fields.0.is_empty().then_some(record)
}

fn lines(fields: &mut Fields<'_>, shared: &Bytes) -> Option<Frame> {
    let class = Class::new(fields.str8()?).ok()?;
    let source = SourceKey::new(fields.str8()?).ok()?;
    let origin = Origin::from_code(fields.u8()?)?;
    let count = usize::try_from(fields.u32()?).ok()?;
    if count == 0 || count > fields.0.len() / LINE_HEAD {
        return None;
    }
    let mut lines: Vec<FrameLine> = Vec::with_capacity(count);
    for _ in 0..count {
        let line = FrameLine { seq: Seq(fields.u64()?), piece: Piece::from_code(fields.u32()?), raw: raw(fields, shared)? };
        if lines.last().is_some_and(|before| before.seq >= line.seq) {
            return None;
        }
        lines.push(line);
    }
    let frame = Frame { class, source, origin, lines };
    (Day::of_seq(frame.first()) == Day::of_seq(frame.last())).then_some(frame)
}

fn raw(fields: &mut Fields<'_>, shared: &Bytes) -> Option<Bytes> {
    let length = usize::try_from(fields.u32()?).ok()?;
    if length > limits::LINE_BYTES {
        return None;
    }
    fields.take(length).map(|raw| shared.slice_ref(raw))
}

fn batch(fields: &mut Fields<'_>) -> Option<Record> {
    let class = Class::new(fields.str8()?).ok()?;
    let (day, count) = (Day(fields.u32()?), fields.u32()?);
    let (first, last) = (Seq(fields.u64()?), Seq(fields.u64()?));
    let (key, root) = (fields.array()?, fields.array()?);
    let counted = (1..=BATCH_LINES as u64).contains(&u64::from(count)) && last.0.checked_sub(first.0)? >= u64::from(count) - 1;
    let of_day = Day::of_seq(first) == day && Day::of_seq(last) == day;
    (counted && of_day).then_some(Record::Batch { batch: Batch { class, day, count, first, last, root }, key })
}

fn loss(fields: &mut Fields<'_>) -> Option<Loss> {
    let reason = LossReason::from_code(fields.u8()?)?;
    let text = fields.str8()?;
    let source = LossSource::new(text);
    if source.as_str() != text {
        return None;
    }
    Some(Loss { reason, source, count: fields.u64()?, from: Instant(fields.u64()?), until: Instant(fields.u64()?) })
}

/// Big-endian fields; never reads past its end.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn u8(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }

    fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    fn str8(&mut self) -> Option<&'a str> {
        let len = self.u8()?;
        std::str::from_utf8(self.take(usize::from(len))?).ok()
    }
}
