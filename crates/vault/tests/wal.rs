//! The format of the write-ahead log, and what a start makes of damage in it.

#![allow(clippy::unwrap_used, reason = "test code")]

mod folder;

use anlan_base::{Day, Instant, Origin, Piece, Seq, limits};
use anlan_tlog::envelope::{Batch, Loss, LossReason};
use anlan_vault::wal::{self, Decoder, Encoder, FRAME_LENGTH, Frame, FrameLine, HEADER_BYTES, Record, WalError};
use anlan_vault::{VaultError, VaultOptions};
use bytes::Bytes;
use folder::{Folder, chunk, class, numbered, source};
use proptest::prelude::*;

const FILE: Seq = Seq(1_763_686_800_000_000_000);

fn lines(raws: &[&[u8]]) -> Record {
    let line = |(n, raw): (u64, &&[u8])| FrameLine { seq: Seq(FILE.0 + n), piece: Piece::WHOLE, raw: Bytes::copy_from_slice(raw) };
    Record::Lines(Frame {
        class: class("network"),
        source: source("ip:192.0.2.1"),
        origin: Origin::Udp,
        lines: (0..).zip(raws).map(line).collect(),
    })
}

fn batch() -> Record {
    let (first, last) = (FILE, Seq(FILE.0 + 1));
    let batch = Batch { class: class("network"), day: Day::of_seq(first), count: 2, first, last, root: [0xcc; 32] };
    Record::Batch { batch, key: [0xbb; 32] }
}

fn loss() -> Record {
    let (from, until) = (Instant(FILE.0), Instant(FILE.0 + 5));
    Record::Loss(Loss { reason: LossReason::Kernel, source: "udp:0.0.0.0:514".into(), count: 7, from, until })
}

/// A whole file with these frames.
fn file(first: Seq, log_size: u64, records: &[Record]) -> Vec<u8> {
    let mut frames = Vec::new();
    let mut encoder = Encoder::new(first, HEADER_BYTES as u64, &mut frames);
    records.iter().for_each(|record| encoder.record(record));
    [wal::encode_header(log_size).as_slice(), &frames].concat()
}

fn read(first: Seq, bytes: &[u8]) -> Result<Vec<Record>, WalError> {
    Decoder::new(first, Bytes::copy_from_slice(bytes))?.0.collect()
}

#[test]
fn what_is_written_is_read() {
    let records = [lines(&[b"<13>one", b"", b"\x00\xff"]), batch(), loss()];
    let bytes = file(FILE, 42, &records);
    assert_eq!(Decoder::new(FILE, Bytes::from(bytes.clone())).unwrap().1, 42);
    assert_eq!(read(FILE, &bytes).unwrap(), records);
}

/// The vectors of the specification: made anew they are the same bytes.
#[test]
fn the_vectors_are_what_the_writer_writes() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/vectors/wal");
    let whole = std::fs::read(folder.join("01763686800000000000.wal")).unwrap();
    let records = [lines(&[b"<13>one", "<13>\u{4e8c}".as_bytes()]), batch(), loss()];
    assert_eq!(whole, file(FILE, 42, &records));
    assert_eq!(read(FILE, &whole).unwrap(), records);
    for (name, error) in [
        ("moved-frame.wal", WalError::Torn { offset: 24 }),
        ("unknown-type.wal", WalError::Frame { offset: 24 }),
        ("torn.wal", WalError::Torn { offset: 24 }),
    ] {
        assert_eq!(read(FILE, &std::fs::read(folder.join(name)).unwrap()), Err(error), "{name}");
    }
}

/// WAL-1: a frame that stands in another file or at another offset is no frame.
#[test]
fn a_frame_counts_only_where_it_was_written() {
    let bytes = file(FILE, 42, &[loss()]);
    assert_eq!(read(Seq(FILE.0 + 1), &bytes), Err(WalError::Torn { offset: 24 }));
    let twice = [&bytes[..], &bytes[HEADER_BYTES..]].concat();
    assert_eq!(read(FILE, &twice), Err(WalError::Torn { offset: bytes.len() as u64 }));
}

#[test]
fn every_flipped_bit_is_found() {
    let bytes = file(FILE, 42, &[lines(&[b"<13>one", b"two"]), batch(), loss()]);
    for at in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[at / 8] ^= 1 << (at % 8);
        assert!(read(FILE, &flipped).is_err(), "bit {at}");
    }
}

fn raw_frame(length: u32, body: &[u8]) -> Vec<u8> {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&FILE.0.to_be_bytes());
    crc.update(&(HEADER_BYTES as u64).to_be_bytes());
    crc.update(body);
    let header = wal::encode_header(0);
    [&header[..], &length.to_be_bytes(), &crc.finalize().to_be_bytes(), body].concat()
}

/// WAL-2: `length` is 1 to 67,108,864. A body of that length that checks is read (and is no record, being zeros of type 9).
#[test]
fn a_frame_has_a_limit() {
    assert_eq!(read(FILE, &raw_frame(0, &[])), Err(WalError::Torn { offset: 24 }));
    assert_eq!(read(FILE, &raw_frame(1, &[9])), Err(WalError::Frame { offset: 24 }));
    for (length, error) in [
        (FRAME_LENGTH - 1, WalError::Frame { offset: 24 }),
        (FRAME_LENGTH, WalError::Frame { offset: 24 }),
        (FRAME_LENGTH + 1, WalError::Torn { offset: 24 }),
    ] {
        let body = vec![9; length as usize];
        assert_eq!(read(FILE, &raw_frame(length, &body)), Err(error), "{length}");
    }
}

/// Counts and lengths that promise more than is there, or what no writer writes.
#[test]
fn bodies_that_check_but_lie_are_damage() {
    let seq = FILE.0.to_be_bytes();
    let line = |length: u32, raw: &[u8]| [&seq[..], &0_u32.to_be_bytes(), &length.to_be_bytes(), raw].concat();
    let of = |count: u32, lines: &[u8]| [b"\x01\x07network\x01s\x01".as_slice(), &count.to_be_bytes(), lines].concat();
    let long = vec![b'x'; limits::LINE_BYTES + 1];
    for (what, body) in [
        ("no line", of(0, &[])),
        ("more lines than bytes", of(u32::MAX, &line(1, b"a"))),
        ("a line past the end", of(1, &line(2, b"a"))),
        ("bytes behind the lines", of(1, &line(1, b"ab"))),
        ("the same seq twice", of(2, &[line(1, b"a"), line(1, b"b")].concat())),
        ("a line above the limit", of(1, &line(u32::try_from(long.len()).unwrap(), &long))),
        ("an unknown origin", b"\x01\x07network\x01s\x09\x00\x00\x00\x00".to_vec()),
        ("an unknown loss", b"\x03\x09\x00".to_vec()),
    ] {
        assert_eq!(read(FILE, &raw_frame(u32::try_from(body.len()).unwrap(), &body)), Err(WalError::Frame { offset: 24 }), "{what}");
    }
    let body = of(1, &line(1 << 20, &long[..1 << 20]));
    assert!(read(FILE, &raw_frame(u32::try_from(body.len()).unwrap(), &body)).is_ok());
}

#[test]
fn names_of_files() {
    assert_eq!(wal::file_name(Seq(7)), "00000000000000000007.wal");
    for (name, seq) in [
        ("00000000000000000007.wal", Some(Seq(7))),
        ("18446744073709551615.wal", Some(Seq(u64::MAX))),
        ("18446744073709551616.wal", None),
        ("7.wal", None),
        ("0000000000000000000x.wal", None),
        ("+0000000000000000007.wal", None),
        ("00000000000000000007", None),
    ] {
        assert_eq!(wal::parse_file_name(name), seq, "{name}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_stumble(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(FILE, &bytes);
        let _ = read(FILE, &[&wal::encode_header(1)[..], &bytes].concat());
        if !bytes.is_empty() {
            let _ = read(FILE, &raw_frame(u32::try_from(bytes.len()).unwrap(), &bytes));
        }
    }

    #[test]
    fn lines_of_any_bytes_come_back(raws in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..50), 1..20)) {
        let raws: Vec<&[u8]> = raws.iter().map(Vec::as_slice).collect();
        let record = lines(&raws);
        prop_assert_eq!(read(FILE, &file(FILE, 0, std::slice::from_ref(&record))).unwrap(), [record]);
    }
}

/// A folder with three acknowledged groups in one file; answers the file's path, its bytes and where the last frame begins.
fn three_groups(folder: &Folder) -> (std::path::PathBuf, Vec<u8>, usize) {
    let (vault, _) = folder.open();
    vault.append(&[chunk("network", "ip:192.0.2.1", &["one"])]).unwrap();
    vault.append(&[chunk("audit", "token:a", &["two", "three"])]).unwrap();
    let path = folder.dir.join("wal").join(folder.wal_files().pop().unwrap());
    let before = folder.fs.read(&path).unwrap().len();
    vault.append(&[chunk("network", "ip:192.0.2.1", &["four"])]).unwrap();
    let bytes = folder.fs.read(&path).unwrap();
    (path, bytes, before)
}

/// WAL-4: from the first frame that does not check on, the last file is cut; what was acknowledged before stays.
#[test]
fn a_torn_tail_is_cut_at_every_byte() {
    let faulty = anlan_journal::faulty::FaultyFs::new();
    let folder = Folder::on(std::sync::Arc::new(faulty.clone()), folder::clock());
    let (path, bytes, last_frame) = three_groups(&folder);
    let log = faulty.files();
    for end in last_frame..=bytes.len() {
        for (path, bytes) in &log {
            faulty.put(path, bytes);
        }
        for tail in [&bytes[..end], &[&bytes[..end], &vec![0; bytes.len() - end]].concat()] {
            faulty.put(&path, tail);
            let (vault, _) = folder.open();
            let whole = end == bytes.len();
            assert_eq!(vault.status().lines, if whole { 4 } else { 3 }, "{end}");
            drop(vault);
            assert_eq!(folder.fs.read(&path).unwrap().len(), if whole { end } else { last_frame });
        }
        // What comes after is written where the torn frame was, and found at the next start.
        let (vault, _) = folder.open();
        let seq = vault.append(&[chunk("network", "ip:192.0.2.1", &["five"])]).unwrap()[0].0;
        drop(vault);
        assert_eq!(folder.open().0.line(seq).unwrap().unwrap().raw, "five");
    }
}

/// WAL-5: damage in an earlier file stops the start.
#[test]
fn damage_in_an_earlier_file_stops_the_start() {
    let faulty = anlan_journal::faulty::FaultyFs::new();
    let folder = Folder::on(std::sync::Arc::new(faulty.clone()), folder::clock());
    let (vault, _) = folder.open_with(VaultOptions { wal_file_bytes: 200, ..VaultOptions::default() }).unwrap();
    for n in 0..3 {
        vault.append(&[numbered("network", "ip:192.0.2.1", n * 10, 10)]).unwrap();
    }
    drop(vault);
    let files = folder.wal_files();
    assert_eq!(files.len(), 3);
    let path = folder.dir.join("wal").join(&files[0]);
    let bytes = folder.fs.read(&path).unwrap();
    for at in (0..bytes.len()).step_by(7) {
        let mut flipped = bytes.clone();
        flipped[at] ^= 0x10;
        faulty.put(&path, &flipped);
        assert!(matches!(folder.open_with(VaultOptions::default()), Err(VaultError::Wal { .. })), "{at}");
    }
    faulty.put(&path, &bytes[..bytes.len() - 1]);
    assert!(matches!(folder.open_with(VaultOptions::default()), Err(VaultError::Wal { .. })));
    faulty.put(&path, &bytes);
    assert_eq!(folder.open().0.status().lines, 30);
}

/// WAL-3: after a restart the same batches have the same keys and roots, whether their leaves were sequenced or not.
#[test]
fn replay_gives_the_same_roots() {
    let folder = Folder::on_disk();
    let (vault, _) = folder.open();
    let first = vault.append(&[numbered("network", "ip:192.0.2.1", 0, 5000)]).unwrap()[0].0;
    vault.turn().unwrap();
    let before = vault.batch_of(first).unwrap().unwrap();
    drop(vault);
    let sequenced = folder.check();
    for _ in 0..2 {
        let (vault, _) = folder.open();
        vault.turn().unwrap();
        let after = vault.batch_of(first).unwrap().unwrap();
        assert_eq!((after.leaf, after.key, &after.batch), (before.leaf, before.key, &before.batch));
    }
    assert_eq!(folder.check().batches, sequenced.batches);
}

/// A log that is older than the write-ahead log was put back from a copy: the start says so.
#[test]
fn a_log_that_lost_leaves_stops_the_start() {
    let faulty = anlan_journal::faulty::FaultyFs::new();
    let folder = Folder::on(std::sync::Arc::new(faulty.clone()), folder::clock());
    let (vault, journal) = folder.open();
    let young: Vec<_> = faulty.files().into_iter().filter(|(path, _)| path.starts_with(folder.dir.join("log"))).collect();
    vault.note_losses(&[Loss { reason: LossReason::Queue, source: "".into(), count: 1, from: Instant(1), until: Instant(2) }]).unwrap();
    vault.turn().unwrap();
    assert_eq!(journal.size(), 2);
    vault.seal_all().unwrap();
    vault.append(&[chunk("network", "ip:192.0.2.1", &["one"])]).unwrap();
    drop((vault, journal));
    for (path, _) in faulty.files().into_iter().filter(|(path, _)| path.starts_with(folder.dir.join("log"))) {
        faulty.take(&path);
    }
    young.iter().for_each(|(path, bytes)| faulty.put(path, bytes));
    assert!(matches!(folder.open_with(VaultOptions::default()), Err(VaultError::LogBehind { size: 1, expected: 2 })));
}
