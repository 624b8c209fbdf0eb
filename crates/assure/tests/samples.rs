//! The samples for other verifiers get the codes they are handed out with, and the vectors of `spec/vectors/pack` are theirs.
#![allow(clippy::unwrap_used, reason = "tests")]

mod forge;

use std::path::{Path, PathBuf};

use anlan_assure::verify_bytes;
use anlan_journal::{DiskFs, Fs};
use anlan_tlog::note::VerifyingKey;
use forge::samples::{Sample, samples};

/// What may say anything under a new signature.
const FREE: [&str; 1] = ["README.txt"];

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/vectors/pack")
}

#[test]
fn samples_are_the_same_in_every_run_and_mutants_are_found() {
    let (one, two) = (samples(Some(40)), samples(Some(40)));
    assert!(one.samples.iter().zip(&two.samples).all(|(a, b)| a.bytes == b.bytes && a.code == b.code));
    for Sample { name, code, what, .. } in &one.samples {
        // What a mutation left as it was has the name of a sound one; a readme may say anything under a new signature.
        assert!(!name.contains("mutant") || *code != 0 || FREE.iter().any(|free| what.contains(free)), "{name} {what}");
    }
}

#[test]
fn vectors_are_the_samples() {
    let set = samples(None);
    for Sample { name, bytes, .. } in &set.samples {
        assert!(DiskFs.read(&vectors().join(name)).unwrap() == *bytes, "{name}: run the example `samples` on spec/vectors/pack");
    }
}

/// `expected.tsv`: code, file, older checkpoint or `-`, what it is.
#[test]
fn vectors_get_their_codes() {
    let dir = vectors();
    let read = |name: &str| DiskFs.read(&dir.join(name)).unwrap();
    let vkey = String::from_utf8(read("vkey")).unwrap();
    let key = VerifyingKey::parse(vkey.trim_end()).unwrap();
    let expected = String::from_utf8(read("expected.tsv")).unwrap();
    let mut count = 0;
    for row in expected.lines() {
        let [code, name, against, what] = row.split('\t').collect::<Vec<_>>().try_into().unwrap();
        let older = (against != "-").then(|| read(against));
        let report = verify_bytes(read(name).as_slice(), &key, older.as_deref());
        assert_eq!(report.verdict.code().to_string(), code, "{name} {what}");
        count += 1;
    }
    assert!(count > 20);
}
