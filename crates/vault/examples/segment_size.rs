//! Bytes a line and lines a second of sealing: `cargo run --release -p anlan-vault --example segment_size -- FILE`, one line of the file a line of the log.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::{Duration, Instant as Stopwatch};

use anlan_base::{Class, Day, Instant, Origin, Piece, Seq, SourceKey};
use anlan_tlog::envelope::Batch;
use anlan_tlog::line::BATCH_LINES;
use anlan_vault::{Line, SealBatch, SegmentError, encode_segment};
use bytes::Bytes;
use parquet::file::reader::{FileReader, SerializedFileReader};

const SEGMENT_ROWS: usize = 262_144;

fn main() -> ExitCode {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: segment_size FILE");
        return ExitCode::from(2);
    };
    match std::fs::read(&path) {
        Ok(text) => measure(&Bytes::from(text)),
        Err(error) => {
            eprintln!("{path}: {error}");
            ExitCode::from(3)
        }
    }
}

fn measure(text: &Bytes) -> ExitCode {
    let lines = lines(text);
    if let Err(error) = encode_all(&lines) {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn encode_all(lines: &[Line]) -> Result<(), SegmentError> {
    let mut files = Vec::new();
    let mut spent = Duration::ZERO;
    for rows in lines.chunks(SEGMENT_ROWS) {
        let batches: Vec<SealBatch> = rows.chunks(BATCH_LINES).map(batch).collect();
        let start = Stopwatch::now();
        files.push(Bytes::from(encode_segment(&Class::network(), Day::of_seq(rows[0].seq), &batches)?));
        spent += start.elapsed();
    }
    report(lines, &files, spent);
    Ok(())
}

/// Lines numbered without a gap, as in a busy moment, from 2026-11-21 on.
fn lines(text: &Bytes) -> Vec<Line> {
    let start = Instant::from_unix_seconds(1_795_190_400).0;
    let source = SourceKey::of_address([192, 0, 2, 1].into());
    let split = text.split(|&b| b == b'\n').filter(|line| !line.is_empty());
    let line = |(i, raw): (u64, &[u8])| Line {
        seq: Seq(start + i),
        class: Class::network(),
        source: source.clone(),
        origin: Origin::Tcp,
        piece: Piece::WHOLE,
        raw: text.slice_ref(raw),
    };
    (0..).zip(split).map(line).collect()
}

fn batch(lines: &[Line]) -> SealBatch {
    let (first, last) = (lines[0].seq, lines[lines.len() - 1].seq);
    let count = u32::try_from(lines.len()).unwrap_or(u32::MAX);
    let batch = Batch { class: Class::network(), day: Day::of_seq(first), count, first, last, root: [0; 32] };
    SealBatch { batch, key: [0; 32], lines: lines.to_vec() }
}

fn report(lines: &[Line], files: &[Bytes], spent: Duration) {
    let count = lines.len().max(1) as f64;
    let size: usize = files.iter().map(Bytes::len).sum();
    let raw: usize = lines.iter().map(|l| l.raw.len()).sum();
    let mut columns: BTreeMap<String, i64> = BTreeMap::new();
    for file in files {
        let Ok(reader) = SerializedFileReader::new(file.clone()) else { continue };
        for column in reader.metadata().row_groups().iter().flat_map(|group| group.columns()) {
            *columns.entry(column.column_path().string()).or_default() += column.compressed_size();
        }
    }
    let stored: i64 = columns.values().sum();
    println!("{} lines of {:.1} bytes in {} segments", lines.len(), raw as f64 / count, files.len());
    for (name, bytes) in &columns {
        println!("{:8.3} {name}", *bytes as f64 / count);
    }
    println!("{:8.3} index and footer", (size as f64 - stored as f64) / count);
    println!(
        "{:8.3} bytes a line; {:.0} lines/s, {:.0} MB/s",
        size as f64 / count,
        count / spent.as_secs_f64(),
        raw as f64 / 1e6 / spent.as_secs_f64()
    );
}
