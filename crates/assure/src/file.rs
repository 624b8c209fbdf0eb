//! Verifies a file: tells a proof from a pack by its first bytes (PACK-1).

use std::fs::File;
use std::io;
use std::path::Path;

use anlan_tlog::note::VerifyingKey;
use anlan_tlog::proof::{FIRST_LINE, PROOF_BYTES};

use crate::pack::{MANIFEST, verify_pack};
use crate::proof::verify_proof;
use crate::report::{Check, Report, Verdict};
use crate::zip::{ReadAt, SizedFile};

/// Bytes that tell a format: a local header up to the name `manifest.txt`.
const TELLING_BYTES: usize = 42;

enum Kind {
    Proof,
    Pack,
}

/// Checks a proof or a pack (told by its first bytes). `against` is the text of a checkpoint that the reader kept.
#[must_use]
pub fn verify_file(path: &Path, key: &VerifyingKey, against: Option<&[u8]>) -> Report {
    match File::open(path).and_then(SizedFile::new) {
        Ok(file) => verify_bytes(&file, key, against),
        Err(error) => match crate::against::open(against, key) {
            Err(report) => report,
            Ok(_) => unreadable(&error),
        },
    }
}

/// As [`verify_file`], for bytes wherever they are.
pub fn verify_bytes<S: ReadAt + ?Sized>(source: &S, key: &VerifyingKey, against: Option<&[u8]>) -> Report {
    let older = match crate::against::open(against, key) {
        Ok(older) => older,
        Err(report) => return report,
    };
    match kind(source) {
        Err(error) => unreadable(&error),
        Ok(None) => Report::refused(Verdict::NotOurs, Check::failed("verify-file-not-ours", vec![])),
        Ok(Some(Kind::Pack)) => verify_pack(source, key, older.as_ref()),
        Ok(Some(Kind::Proof)) if older.is_some() => Report::refused(Verdict::Usage, Check::failed("verify-against-proof", vec![])),
        Ok(Some(Kind::Proof)) => proof(source, key),
    }
}

fn unreadable(error: &io::Error) -> Report {
    Report::refused(Verdict::NotOurs, Check::failed("verify-file-unreadable", vec![("why", error.to_string())]))
}

fn kind<S: ReadAt + ?Sized>(source: &S) -> io::Result<Option<Kind>> {
    let length = source.size().min(TELLING_BYTES as u64);
    let mut head = vec![0; usize::try_from(length).unwrap_or(TELLING_BYTES)];
    source.read_exact_at(&mut head, 0)?;
    if head.starts_with(FIRST_LINE.as_bytes()) {
        return Ok(Some(Kind::Proof));
    }
    let pack = head.starts_with(b"PK\x03\x04") && head.get(30..) == Some(MANIFEST.as_bytes());
    Ok(pack.then_some(Kind::Pack))
}

fn proof<S: ReadAt + ?Sized>(source: &S, key: &VerifyingKey) -> Report {
    // One byte over the limit is enough for the parser to refuse it.
    let length = source.size().min(PROOF_BYTES as u64 + 1);
    let mut bytes = vec![0; usize::try_from(length).unwrap_or(PROOF_BYTES)];
    match source.read_exact_at(&mut bytes, 0) {
        Ok(()) => verify_proof(&bytes, key),
        Err(error) => unreadable(&error),
    }
}
