//! Segments from outside: what goes in comes out, any Parquet reader reads it, damage is an error and never a panic.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test, with a folder of its own")]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use anlan_base::{Class, Day, Instant, Origin, Piece, Seq, SourceKey};
use anlan_journal::DiskFs;
use anlan_tlog::envelope::Batch;
use anlan_tlog::line::{LineRef, line_leaf, salt};
use anlan_tlog::{hex, root, sha256};
use anlan_vault::{Line, SealBatch, Segment, SegmentError, encode_segment};
use arrow_array::cast::AsArray;
use arrow_array::types::UInt64Type;
use bytes::Bytes;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::basic::{LogicalType, Type};
use parquet::file::metadata::PageIndexPolicy;
use proptest::prelude::*;

const START: u64 = 1_795_190_400 * Instant::SECOND;
const KEY: [u8; 32] = [7; 32];
const PAGE_ROWS: usize = 16_384;

fn line(seq: u64, raw: impl Into<Bytes>) -> Line {
    let source = SourceKey::new(if seq.is_multiple_of(3) { "token:web" } else { "ip:192.0.2.1" }).unwrap();
    let origin = Origin::from_code((seq % 5) as u8 + 1).unwrap();
    let piece = if seq.is_multiple_of(7) { Piece::part(2, true) } else { Piece::WHOLE };
    Line { seq: Seq(START + seq), class: Class::network(), source, origin, piece, raw: raw.into() }
}

fn root_of(lines: &[Line]) -> [u8; 32] {
    let leaf = |(i, l): (u32, &Line)| {
        line_leaf(&salt(&KEY, i), LineRef { seq: l.seq, origin: l.origin, piece: l.piece, source: &l.source, raw: &l.raw })
    };
    root(&(0..).zip(lines).map(leaf).collect::<Vec<_>>())
}

fn batch(lines: &[Line]) -> SealBatch {
    let (first, last) = (lines[0].seq, lines[lines.len() - 1].seq);
    let batch = Batch { class: Class::network(), day: Day::of_seq(first), count: lines.len() as u32, first, last, root: root_of(lines) };
    SealBatch { batch, key: KEY, lines: lines.to_vec() }
}

fn encode(lines: &[Line], batch_lines: usize) -> Vec<u8> {
    let batches: Vec<SealBatch> = lines.chunks(batch_lines).map(batch).collect();
    encode_segment(&Class::network(), Day::of_seq(lines[0].seq), &batches).unwrap()
}

struct Stored {
    dir: tempfile::TempDir,
}

impl Stored {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    fn open(&self, bytes: &[u8]) -> Result<Segment, SegmentError> {
        let path: PathBuf = self.dir.path().join("a.parquet");
        std::fs::write(&path, bytes).unwrap();
        Segment::open(Arc::new(DiskFs), path)
    }
}

fn syslog(i: u64) -> String {
    format!(
        "<38>1 2026-11-21T00:00:{:02}.{:06}Z srv{:02} sshd {i} - - Failed password for root from 203.0.113.{} port {i}",
        i % 60,
        i * 7,
        i % 9,
        i % 250
    )
}

#[test]
fn what_goes_in_comes_out() {
    let odd: [&[u8]; 8] = [b"", b"\0", b"\xff\xfe", b"a\nb\r\n", "登录失败".as_bytes(), b"\xc4\xe3\xba\xc3", b"<", b"{\"a\":1}"];
    let mut lines: Vec<Line> = (0..).zip(odd).map(|(i, raw)| line(i * 3, raw.to_vec())).collect();
    lines.extend([line(100, vec![b'x'; 1 << 20]), line(101, vec![0xe4; 1 << 20]), line(102, vec![0; 1 << 20])]);
    let stored = Stored::new();
    let bytes = encode(&lines, 4);
    let segment = stored.open(&bytes).unwrap();
    assert_eq!(segment.lines(Seq(0), Seq(u64::MAX)).unwrap(), lines);
    assert_eq!((segment.class(), segment.day().to_string().as_str()), (&Class::network(), "2026-11-21"));
    assert_eq!((segment.first(), segment.last(), segment.rows()), (lines[0].seq, lines[10].seq, 11));
    assert_eq!(segment.file_size(), bytes.len() as u64);
    let sources: Vec<(&str, u32)> = segment.sources().iter().map(|s| (s.source.as_str(), s.lines)).collect();
    assert_eq!(sources, [("ip:192.0.2.1", 2), ("token:web", 9)]);
    assert_eq!(segment.sources().iter().map(|s| s.bytes).sum::<u64>(), lines.iter().map(|l| l.raw.len() as u64).sum::<u64>());
    assert_eq!((segment.sources()[0].first, segment.sources()[0].last), (Seq(START + 100), Seq(START + 101)));
    assert_eq!(encode(&lines, 4), bytes, "the same lines give the same file");
}

#[test]
fn ranges_of_lines_are_inclusive() {
    let lines: Vec<Line> = (0..20_000).map(|i| line(i * 2, syslog(i))).collect();
    let stored = Stored::new();
    let segment = stored.open(&encode(&lines, 4096)).unwrap();
    for (from, to) in [(0, 0), (0, 1), (1, 1), (1, 2), (5_000, 5_010), (39_998, 39_998), (39_999, 50_000), (0, 39_998), (10, 9)] {
        let expected: Vec<Line> = lines.iter().filter(|l| l.seq.0 >= START + from && l.seq.0 <= START + to).cloned().collect();
        assert_eq!(segment.lines(Seq(START + from), Seq(START + to)).unwrap(), expected, "{from}..={to}");
    }
}

/// SEG-2
#[test]
fn seg_2_rows_in_the_range_of_a_batch_hash_to_its_root() {
    let lines: Vec<Line> = (0..10_000).map(|i| line(i, syslog(i))).collect();
    let stored = Stored::new();
    let segment = stored.open(&encode(&lines, 4096)).unwrap();
    assert_eq!(segment.batches().len(), 3);
    for batch in segment.batches() {
        let rows = segment.lines(batch.first, batch.last).unwrap();
        assert_eq!((rows.len() as u32, root_of(&rows), batch.key), (batch.count, batch.root, KEY));
    }
}

/// SEG-1
#[test]
fn seg_1_pages_of_raw_begin_at_multiples_of_16384() {
    let sizes = [1, PAGE_ROWS - 1, PAGE_ROWS, PAGE_ROWS + 1, 3 * PAGE_ROWS, 3 * PAGE_ROWS + 1];
    for rows in sizes {
        // Long lines, lines that differ much in length, and many different values: nothing but rows may cut a page.
        let raw = |i: u64| if i % 16384 == 7 { "y".repeat(1 << 20) } else { format!("{} {}", syslog(i), "z".repeat(i as usize % 500)) };
        let lines: Vec<Line> = (0..rows as u64).map(|i| line(i, raw(i))).collect();
        let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Required);
        let reader = ParquetRecordBatchReaderBuilder::try_new_with_options(Bytes::from(encode(&lines, 4096)), options).unwrap();
        let metadata = reader.metadata();
        let starts: Vec<usize> = (0..rows).step_by(PAGE_ROWS).collect();
        assert_eq!(metadata.num_row_groups(), 1);
        for (column, pages) in metadata.row_group(0).columns().iter().zip(&metadata.offset_index().unwrap()[0]) {
            let found: Vec<usize> = pages.page_locations().iter().map(|p| p.first_row_index as usize).collect();
            assert_eq!(found, starts, "{} of {rows}", column.column_path().string());
        }
    }
}

#[test]
fn a_standard_reader_sees_the_documented_columns() {
    let lines: Vec<Line> = (0..100).map(|i| line(i, syslog(i))).collect();
    let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(encode(&lines, 4096))).unwrap();
    let columns: Vec<(String, Type, bool)> =
        reader.parquet_schema().columns().iter().map(|c| (c.path().string(), c.physical_type(), c.max_def_level() > 0)).collect();
    let text = |name: &str, optional: bool| (name.to_owned(), Type::BYTE_ARRAY, optional);
    let mut expected = vec![("seq".to_owned(), Type::INT64, false), ("@timestamp".to_owned(), Type::INT64, false)];
    expected.extend([text("anlan.source", false), text("anlan.origin", false), ("anlan.piece".to_owned(), Type::INT32, false)]);
    expected.push(text("log.source.address", true));
    expected.extend(["host.name", "process.name", "user.name", "source.ip", "event.action", "event.outcome"].map(|name| text(name, true)));
    expected.extend([("log.syslog.priority".to_owned(), Type::INT32, true), text("anlan.notes", true)]);
    expected.extend([("anlan.message.start".to_owned(), Type::INT32, false), ("anlan.message.length".to_owned(), Type::INT32, true)]);
    expected.push(text("raw", false));
    assert_eq!(columns, expected);
    let descriptors = reader.parquet_schema().columns();
    assert!(descriptors[..16].iter().all(|c| c.logical_type_ref().is_some() || c.name() == "log.syslog.priority"));
    assert_eq!(descriptors[2].logical_type_ref(), Some(&LogicalType::String));
    assert_eq!(descriptors[16].logical_type_ref(), None);

    let mut rows = BTreeMap::new();
    for batch in reader.build().unwrap() {
        let batch = batch.unwrap();
        let column = |name: &str| batch.column_by_name(name).unwrap().clone();
        for row in 0..batch.num_rows() {
            assert_eq!(column("process.name").as_string::<i32>().value(row), "sshd");
            assert_eq!(column("user.name").as_string::<i32>().value(row), "root");
            assert_eq!(column("event.outcome").as_string::<i32>().value(row), "failure");
            let raw = column("raw").as_binary::<i32>().value(row).to_vec();
            let start = column("anlan.message.start").as_primitive::<arrow_array::types::UInt32Type>().value(row) as usize;
            assert!(raw[start..].starts_with(b"Failed password"));
            assert!(column("anlan.message.length").is_null(row));
            rows.insert(column("seq").as_primitive::<UInt64Type>().value(row), raw);
        }
    }
    assert_eq!(rows, lines.iter().map(|l| (l.seq.0, l.raw.to_vec())).collect());
}

#[test]
fn what_is_no_segment_is_refused() {
    let lines = [line(1, "a"), line(2, "b")];
    let stored = Stored::new();
    let sound = encode(&lines, 4096);
    for cut in [0, 1, 4, 11, 12, 100, sound.len() - 1] {
        assert!(stored.open(&sound[..cut]).is_err(), "{cut}");
    }
    assert!(stored.open(&[&sound[..], b"PAR1"].concat()).is_err());
    let day = Day::of_seq(lines[0].seq);
    let encode = |batches: &[SealBatch]| encode_segment(&Class::network(), day, batches);
    assert!(encode(&[]).is_err());
    assert!(encode(&[batch(&lines[1..]), batch(&lines[..1])]).is_err(), "not in rising seq");
    assert!(encode(&[SealBatch { lines: lines[..1].to_vec(), ..batch(&lines) }]).is_err(), "a line is missing");
    assert!(encode_segment(&Class::new("audit").unwrap(), day, &[batch(&lines)]).is_err(), "another class");
    assert!(encode_segment(&Class::network(), day.next(), &[batch(&lines)]).is_err(), "another day");
}

/// Seals hold the digest of the whole file; here it only matters that a damaged file neither panics nor eats memory.
#[test]
fn a_changed_byte_never_panics() {
    let lines: Vec<Line> = (0..40).map(|i| line(i, syslog(i))).collect();
    let stored = Stored::new();
    let sound = encode(&lines, 20);
    for at in 0..sound.len() {
        let mut bytes = sound.clone();
        bytes[at] ^= 1 << (at % 8);
        let _ = stored.open(&bytes).and_then(|segment| segment.lines(Seq(0), Seq(u64::MAX)));
    }
}

/// `one.parquet` holds the lines of `one.lines` (seq TAB source TAB origin TAB piece TAB raw in hex); a later release must read it too.
#[test]
fn the_vector_reads() {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../spec/vectors/segment");
    let parse = |row: &str| {
        let cells: Vec<&str> = row.split('\t').collect();
        let raw: Vec<u8> = (0..cells[4].len()).step_by(2).map(|i| u8::from_str_radix(&cells[4][i..i + 2], 16).unwrap()).collect();
        Line {
            seq: cells[0].parse().unwrap(),
            class: Class::network(),
            source: SourceKey::new(cells[1]).unwrap(),
            origin: (1..=5).filter_map(Origin::from_code).find(|o| o.as_str() == cells[2]).unwrap(),
            piece: Piece::from_code(cells[3].parse().unwrap()),
            raw: raw.into(),
        }
    };
    let text = std::fs::read_to_string(dir.join("one.lines")).unwrap();
    let lines: Vec<Line> = text.lines().map(parse).collect();
    let file = std::fs::read(dir.join("one.parquet")).unwrap();
    assert_eq!(format!("{}  one.parquet\n", hex(&sha256(&file))), std::fs::read_to_string(dir.join("one.sha256")).unwrap());
    let segment = Segment::open(Arc::new(DiskFs), dir.join("one.parquet")).unwrap();
    assert_eq!(segment.lines(Seq(0), Seq(u64::MAX)).unwrap(), lines);
    assert_eq!(segment.batches().iter().map(|b| b.root).collect::<Vec<_>>(), lines.chunks(5).map(root_of).collect::<Vec<_>>());
}

/// Writes the vector anew: only when the format changes.
#[test]
#[ignore = "writes spec/vectors/segment"]
fn write_the_vector() {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../spec/vectors/segment");
    let mut lines: Vec<Line> = (0..9).map(|i| line(i, syslog(i))).collect();
    lines.extend([line(9, "用户登录失败 2001:db8::1"), line(10, b"\xc4\xe3\xba\xc3".to_vec()), line(11, b"\0\xff".to_vec()), line(12, "")]);
    let row = |l: &Line| format!("{}\t{}\t{}\t{}\t{}\n", l.seq, l.source, l.origin.as_str(), l.piece.code(), hex(&l.raw));
    let file = encode(&lines, 5);
    std::fs::write(dir.join("one.lines"), lines.iter().map(row).collect::<String>()).unwrap();
    std::fs::write(dir.join("one.sha256"), format!("{}  one.parquet\n", hex(&sha256(&file)))).unwrap();
    std::fs::write(dir.join("one.parquet"), file).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_come_back(raws in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 1..60), batch_lines in 1..20_usize) {
        let lines: Vec<Line> = (0..).zip(raws).map(|(i, raw)| line(i, raw)).collect();
        let stored = Stored::new();
        let segment = stored.open(&encode(&lines, batch_lines)).unwrap();
        prop_assert_eq!(segment.lines(Seq(0), Seq(u64::MAX)).unwrap(), lines.clone());
    }
}
