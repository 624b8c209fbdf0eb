//! What lies in the data folder: the write-ahead log and sealed segments.

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use anlan_base::{Seq, limits};
use anlan_journal::Fs;
use anlan_journal::faulty::FaultyFs;
use anlan_vault::wal::{Decoder, Encoder, HEADER_BYTES, Record, WalError, encode_header, file_name, parse_file_name};
use anlan_vault::{Segment, SegmentError};
use bytes::Bytes;

use crate::made::{index_range, sound_segment};

/// The name of every write-ahead file here.
pub const WAL_FIRST: Seq = Seq(1_763_686_800_000_000_000);
static SEGMENT: LazyLock<Vec<u8>> = LazyLock::new(sound_segment);

/// The frames before the first that does not check encode back to the bytes they were read from.
pub fn wal_file(data: &[u8]) -> bool {
    let (mut decoder, log_size) = match Decoder::new(WAL_FIRST, Bytes::copy_from_slice(data)) {
        Ok(begun) => begun,
        Err(error) => {
            assert!(matches!(error, WalError::Header | WalError::Version(_)));
            return false;
        }
    };
    assert_eq!(data.get(..HEADER_BYTES), Some(&encode_header(log_size)[..]));
    let mut again = Vec::new();
    let mut encoder = Encoder::new(WAL_FIRST, HEADER_BYTES as u64, &mut again);
    let (mut sound, mut end) = (HEADER_BYTES, None);
    while let Some(step) = decoder.next() {
        match step {
            Ok(record) => {
                check_record(&record);
                encoder.record(&record);
                sound = usize::try_from(decoder.offset()).unwrap_or(usize::MAX);
            }
            Err(error) => end = Some(error),
        }
    }
    assert_eq!(Some(again.as_slice()), data.get(HEADER_BYTES..sound));
    match &end {
        None => assert_eq!(sound, data.len()),
        Some(WalError::Torn { offset } | WalError::Frame { offset }) => assert_eq!(*offset, sound as u64),
        Some(other) => panic!("{other} after the header"),
    }
    end.is_none()
}

fn check_record(record: &Record) {
    match record {
        Record::Lines(frame) => {
            assert!(!frame.lines.is_empty() && frame.lines.is_sorted_by(|a, b| a.seq < b.seq));
            assert!(frame.lines.iter().all(|line| line.raw.len() <= limits::LINE_BYTES));
        }
        Record::Batch { batch, .. } => assert!(batch.count > 0 && batch.first <= batch.last),
        Record::Loss(loss) => assert!(loss.source.as_str().len() <= limits::SOURCE_KEY_BYTES),
    }
}

/// As [`wal_file`], for `type ‖ body` of one frame, whose length and checksum are made right first.
pub fn wal_frame(data: &[u8]) -> bool {
    let mut file = encode_header(7).to_vec();
    let offset = file.len() as u64;
    let bound = [&WAL_FIRST.0.to_be_bytes(), &offset.to_be_bytes(), data].concat();
    file.extend_from_slice(&u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes());
    file.extend_from_slice(&crc32fast::hash(&bound).to_be_bytes());
    file.extend_from_slice(data);
    if let Some(Err(WalError::Torn { .. })) = Decoder::new(WAL_FIRST, Bytes::copy_from_slice(&file)).ok().and_then(|(mut d, _)| d.next()) {
        assert!(data.is_empty(), "the frame checks");
    }
    wal_file(&file)
}

/// A file's name is written as it was read.
pub fn wal_name(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let first = parse_file_name(text);
    assert!(first.is_none_or(|first| file_name(first) == text));
    first.is_some()
}

/// A segment that opens agrees with itself, and whatever range of its lines is asked for is that part of all of them.
pub fn segment_file(data: &[u8]) -> bool {
    let Ok(segment) = open(data) else { return false };
    check_index(&segment);
    assert_eq!(segment.file_size(), data.len() as u64);
    let Ok(all) = segment.lines(Seq(0), Seq(u64::MAX)) else { return false };
    assert_eq!(all.len() as u64, segment.rows());
    assert!(all.is_sorted_by_key(|line| line.seq) && all.iter().all(|line| line.class == *segment.class()));
    let middle = all[all.len() / 2].seq;
    let expected: Vec<_> = all.iter().filter(|line| line.seq >= middle).cloned().collect();
    if middle >= segment.first() && middle <= segment.last() && expected.iter().all(|line| line.seq <= segment.last()) {
        assert_eq!(segment.lines(middle, segment.last()).ok(), Some(expected));
    }
    true
}

fn open(bytes: &[u8]) -> Result<Segment, SegmentError> {
    let (fs, path) = (FaultyFs::new(), PathBuf::from("/a.parquet"));
    fs.put(&path, bytes);
    let fs: Arc<dyn Fs> = Arc::new(fs);
    Segment::open(fs, path)
}

fn check_index(segment: &Segment) {
    let (batches, sources) = (segment.batches(), segment.sources());
    assert!(batches.iter().all(|b| b.count > 0 && b.first <= b.last) && batches.is_sorted_by(|a, b| a.last < b.first));
    assert!(sources.iter().all(|s| s.lines > 0 && s.first <= s.last) && sources.is_sorted_by(|a, b| a.source < b.source));
    assert_eq!(batches.iter().map(|b| u64::from(b.count)).sum::<u64>(), segment.rows());
    assert_eq!(sources.iter().map(|s| u64::from(s.lines)).sum::<u64>(), segment.rows());
}

/// Bytes laid over the index of a sound segment: what opens has read them as they are written.
pub fn segment_index(data: &[u8]) -> bool {
    let place = index_range(&SEGMENT);
    let (at, laid) = (place.start, data.len().min(place.len()));
    let mut file = SEGMENT.clone();
    file[at..at + laid].copy_from_slice(&data[..laid]);
    let Ok(segment) = open(&file) else { return false };
    check_index(&segment);
    let head = index_head(&segment);
    let (read, counts) = file[at..].split_at(head.len());
    assert_eq!(read, head);
    let count = |at: usize| counts[at..at + 4].iter().fold(0, |n, byte| n << 8 | u64::from(*byte));
    assert_eq!(count(4), segment.rows().div_ceil(count(0)), "a filter for each page");
    let lines = segment.lines(Seq(0), Seq(u64::MAX)).map(|lines| lines.len() as u64);
    assert!(lines.is_ok_and(|lines| lines == segment.rows()), "the rows are not in the index");
    true
}

/// The index up to its rows of a page (`spec/segment.md`), from what was read.
fn index_head(segment: &Segment) -> Vec<u8> {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).to_be_bytes();
    let mut out = b"ALSX\x01".to_vec();
    out.extend(count(segment.batches().len()));
    for b in segment.batches() {
        out.extend([&b.count.to_be_bytes()[..], &b.first.0.to_be_bytes(), &b.last.0.to_be_bytes(), &b.key, &b.root].concat());
    }
    out.extend(count(segment.sources().len()));
    for s in segment.sources() {
        let name = s.source.as_str().as_bytes();
        out.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
        out.extend_from_slice(name);
        out.extend([&s.lines.to_be_bytes()[..], &s.bytes.to_be_bytes(), &s.first.0.to_be_bytes(), &s.last.0.to_be_bytes()].concat());
    }
    out
}
