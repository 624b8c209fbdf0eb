//! How fast lines go through the vault: `cargo run --release -p anlan-vault --example pace -- [FOLDER]`.
//! On a folder in memory (`/dev/shm`) fsync costs nothing, and what is left is our own work.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement, run by hand")]

use std::sync::Arc;
use std::time::Instant;

use anlan_base::{Class, Origin, Piece, SourceKey, SystemClock};
use anlan_journal::{DiskFs, Fs, Journal};
use anlan_tlog::note::Signer;
use anlan_vault::{Chunk, Vault, VaultOptions};
use bytes::Bytes;

const LINES: usize = 2_000_000;
const CHUNK: usize = 500;

fn chunk(start: usize) -> Chunk {
    let text = |n: usize| {
        let (port, serial) = (n % 48, n * 7919 % 1_000_003);
        format!(
            "<189>Nov 21 09:{:02}:{:02} core-sw{:02} {serial}: %LINEPROTO-5-UPDOWN: Line protocol on Interface GigabitEthernet1/0/{port}, changed state to up by user u{} from 10.{}.{}.{}",
            n / 60 % 60,
            n % 60,
            n % 13,
            n % 211,
            n % 250,
            n / 250 % 250,
            n % 97
        )
    };
    let lines = (start..start + CHUNK).map(|n| (Piece::WHOLE, Bytes::from(text(n)))).collect();
    let source = SourceKey::new(&format!("ip:192.0.2.{}", start / CHUNK % 200)).unwrap();
    Chunk { class: Class::network(), source, origin: Origin::Tcp, lines }
}

fn main() {
    let folder = tempfile::tempdir_in(std::env::args().nth(1).unwrap_or_else(|| "/dev/shm".to_owned())).unwrap();
    let fs: Arc<dyn Fs> = Arc::new(DiskFs);
    let clock = Arc::new(SystemClock);
    let signer = Signer::from_seed("anlan.local/0123456789abcdef", [7; 32]).unwrap();
    let journal = Arc::new(Journal::create(fs.clone(), folder.path().join("log"), signer, clock.clone()).unwrap());
    let options = VaultOptions { unsealed_bytes: usize::MAX, ..VaultOptions::default() };
    let vault = Vault::open(fs, folder.path().to_owned(), journal, clock, options).unwrap();
    let chunks: Vec<Chunk> = (0..LINES).step_by(CHUNK).map(chunk).collect();
    let raw: usize = chunks.iter().flat_map(|chunk| &chunk.lines).map(|(_, raw)| raw.len()).sum();

    let begin = Instant::now();
    for group in chunks.chunks(20) {
        vault.append(group).unwrap();
    }
    let append = begin.elapsed();
    drop(chunks);
    println!("append: {:.0} lines/s, {:.0} MB/s", LINES as f64 / append.as_secs_f64(), raw as f64 / 1e6 / append.as_secs_f64());

    let begin = Instant::now();
    while vault.status().unsealed_lines > 262_144 {
        vault.turn().unwrap();
    }
    let turn = begin.elapsed();
    let sealed = LINES as u64 - vault.status().unsealed_lines;
    println!(
        "turn: {:.0} lines/s ({sealed} lines sealed, {:.1} bytes each)",
        sealed as f64 / turn.as_secs_f64(),
        vault.status().segment_bytes as f64 / sealed as f64
    );
    vault.seal_all().unwrap();
}
