//! Writes proofs and packs, sound and wrong, with the code that each must get: for comparing another verifier with this one.
//!
//! `cargo run -p anlan-assure --example samples -- DIR [COUNT]` (without COUNT, the vectors of `spec/vectors/pack`) makes `DIR/vkey`, the files, and `DIR/expected.tsv` with a row for each:
//! code TAB file TAB older checkpoint or `-` TAB what it is. The same COUNT makes the same bytes.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a tool for developers")]

#[path = "../tests/forge/mod.rs"]
mod forge;

use std::path::PathBuf;

use anlan_journal::{DiskFs, Fs};
use forge::samples::{Sample, samples};

fn main() {
    let mut args = std::env::args().skip(1);
    let Some(dir) = args.next().map(PathBuf::from) else {
        println!("usage: samples DIR [COUNT]");
        std::process::exit(2);
    };
    let count = args.next().and_then(|count| count.parse().ok());
    DiskFs.create_dir_all(&dir).unwrap();
    let write = |name: &str, bytes: &[u8]| DiskFs.replace(&dir.join(name), bytes).unwrap();
    let set = samples(count);
    write("vkey", format!("{}\n", set.vkey).as_bytes());
    for (name, bytes) in &set.older {
        write(name, bytes);
    }
    let mut expected = String::new();
    for Sample { name, bytes, against, code, what } in &set.samples {
        write(name, bytes);
        expected.push_str(&format!("{code}\t{name}\t{}\t{what}\n", against.unwrap_or("-")));
    }
    write("expected.tsv", expected.as_bytes());
    println!("{} files in {}", set.samples.len(), dir.display());
}
