//! Random flips, and segments dropped, swapped and cut, in the folder of a real server after SIGTERM: each is found (I4).
//!
//! 1,000 flips by default; `cargo xtask soak` makes 10,000 through `ANLAN_FLIPS`.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "tests")]

mod server;

use std::io::Write;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anlan_assure::{Verdict, verify_folder};
use anlan_journal::DiskFs;
use anlan_tlog::note::VerifyingKey;
use server::{Server, vkey};

const LINES: u64 = 40_000;

/// A folder with two sealed segments and a log of many leaves.
fn folder(dir: &Path) -> VerifyingKey {
    for part in 0..2 {
        let server = Server::start(dir);
        let mut tcp = TcpStream::connect(("127.0.0.1", server.syslog)).unwrap();
        let mut text = Vec::new();
        for n in 0..LINES / 2 {
            writeln!(text, "<38>Nov 21 09:00:00 host{} sshd[{n}]: Failed password for user{n} from 192.0.2.{} part {part}", n % 7, n % 250)
                .unwrap();
        }
        tcp.write_all(&text).unwrap();
        drop(tcp);
        server.wait_for("*", LINES / 2 * (part + 1));
        server.stop();
    }
    VerifyingKey::parse(&vkey(dir)).unwrap()
}

fn files_under(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_under(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

fn is_sound(dir: &Path, key: &VerifyingKey) -> bool {
    verify_folder(Arc::new(DiskFs), dir, key, None, false).verdict == Verdict::Sound
}

#[test]
fn flips_and_moved_segments_are_found() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("data");
    let key = folder(&dir);
    assert!(is_sound(&dir, &key), "{:?}", verify_folder(Arc::new(DiskFs), &dir, &key, None, false));
    let files: Vec<PathBuf> = [dir.join("log"), dir.join("events")].iter().flat_map(|dir| files_under(dir)).collect();
    let sizes: Vec<u64> = files.iter().map(|file| std::fs::metadata(file).unwrap().len()).collect();
    let all: u64 = sizes.iter().sum();
    let flips: u64 = std::env::var("ANLAN_FLIPS").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000);
    let seed: u64 = std::env::var("ANLAN_FLIP_SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(1);
    let mut chance = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    for n in 0..flips {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        // Every other flip falls on the log, which is small beside the segments.
        let (file, at) =
            place(&files, &sizes, if n % 2 == 0 { chance % all } else { chance % log_bytes(&files, &sizes, &dir) }, &dir, n % 2 == 1);
        let mut bytes = std::fs::read(&file).unwrap();
        bytes[at] ^= 1 << (chance >> 60 & 7);
        std::fs::write(&file, &bytes).unwrap();
        assert!(!is_sound(&dir, &key), "a flip at byte {at} of {} is not found", file.display());
        bytes[at] ^= 1 << (chance >> 60 & 7);
        std::fs::write(&file, &bytes).unwrap();
    }
    assert!(is_sound(&dir, &key), "put back, it is sound again");
    moved_segments(&dir, &key);
    println!("{flips} flips in {all} bytes, all found");
}

fn log_bytes(files: &[PathBuf], sizes: &[u64], dir: &Path) -> u64 {
    files.iter().zip(sizes).filter(|(file, _)| file.starts_with(dir.join("log"))).map(|(_, size)| size).sum()
}

fn place(files: &[PathBuf], sizes: &[u64], mut at: u64, dir: &Path, only_log: bool) -> (PathBuf, usize) {
    for (file, size) in files.iter().zip(sizes).filter(|(file, _)| !only_log || file.starts_with(dir.join("log"))) {
        if at < *size {
            return (file.clone(), at as usize);
        }
        at -= size;
    }
    unreachable!("the place lies in some file")
}

fn moved_segments(dir: &Path, key: &VerifyingKey) {
    let segments = files_under(&dir.join("events"));
    assert!(segments.len() >= 2, "{segments:?}");
    let (first, second) = (std::fs::read(&segments[0]).unwrap(), std::fs::read(&segments[1]).unwrap());
    let put_back = || {
        std::fs::write(&segments[0], &first).unwrap();
        std::fs::write(&segments[1], &second).unwrap();
    };
    std::fs::remove_file(&segments[0]).unwrap();
    assert!(!is_sound(dir, key), "a dropped segment is not found");
    put_back();
    std::fs::write(&segments[0], &second).unwrap();
    std::fs::write(&segments[1], &first).unwrap();
    assert!(!is_sound(dir, key), "swapped segments are not found");
    put_back();
    for cut in [0, 1, first.len() / 2, first.len() - 1] {
        std::fs::write(&segments[0], &first[..cut]).unwrap();
        assert!(!is_sound(dir, key), "a segment cut to {cut} bytes is not found");
    }
    put_back();
    std::fs::write(segments[0].with_file_name("09999999999999999999.parquet"), &first).unwrap();
    assert!(!is_sound(dir, key), "a foreign segment is not found");
    std::fs::remove_file(segments[0].with_file_name("09999999999999999999.parquet")).unwrap();
    assert!(is_sound(dir, key));
}
