//! Proofs and packs as a stranger's verifier meets them: nothing is sound but what was made.

use anlan_assure::pack::Manifest;
use anlan_assure::zip::{Directory, Zip64From, ZipError, ZipWriter};
use anlan_assure::{Anchor, Outcome, Report, Verdict, verify_bytes};
use anlan_base::text::{Lang, text};
use anlan_tlog::note::{Note, VerifyingKey};
use anlan_tlog::proof::{FIRST_LINE, LineProof};

use crate::log::{only_the_true_proof, signer};

/// Sound packs by [`signer`]'s key.
const PACKS: [&[u8]; 2] = [include_bytes!("../corpus/pack_zip/good-empty"), include_bytes!("../corpus/pack_zip/good-lines")];
/// So small that members of a few bytes need ZIP64.
const TINY: Zip64From = Zip64From { size: 100, members: 3 };

fn key() -> VerifyingKey {
    signer().verifying_key()
}

/// Sound exactly when no check failed; every check has its words in both languages.
fn check_report(report: &Report) {
    let failed = report.checks.iter().any(|check| check.outcome == Outcome::Failed);
    assert_eq!(report.verdict == Verdict::Sound, !failed);
    for check in &report.checks {
        assert!([Lang::Zh, Lang::En].iter().all(|lang| !text(*lang, check.key, &[]).starts_with('‹')), "no words for {}", check.key);
    }
    assert_eq!(report.lines(Lang::Zh).len(), report.checks.len() + 2);
}

fn is_pack(data: &[u8]) -> bool {
    data.starts_with(b"PK\x03\x04") && data.get(30..42) == Some(b"manifest.txt")
}

/// A pack that is sound is one that was made.
pub fn pack_zip(data: &[u8]) -> bool {
    let report = verify_bytes(data, &key(), None);
    check_report(&report);
    assert!(report.verdict != Verdict::Usage);
    assert_eq!(report.verdict == Verdict::NotOurs, !is_pack(data) && !data.starts_with(FIRST_LINE.as_bytes()));
    if report.verdict == Verdict::Sound && is_pack(data) {
        assert!(PACKS.iter().any(|pack| same_pack(pack, data)), "a pack that was never made is sound");
    }
    report.verdict == Verdict::Sound
}

/// The same members; of the manifest the same text, since lines by other keys may follow our signature.
fn same_pack(one: &[u8], other: &[u8]) -> bool {
    let (one, other) = (members(one, Zip64From::default()), members(other, Zip64From::default()));
    let text = |members: &[(String, u32, Vec<u8>)]| Note::parse(&members.first()?.2).ok().map(|note| note.text.to_owned());
    text(&one).is_some() && text(&one) == text(&other) && one.get(1..) == other.get(1..)
}

/// Name, announced CRC and content of each member; none when it is no canonical ZIP.
fn members(data: &[u8], from: Zip64From) -> Vec<(String, u32, Vec<u8>)> {
    let Ok(directory) = Directory::read_with(data, from) else { return Vec::new() };
    let content = |member| {
        let start = usize::try_from(directory.content_offset(member)).expect("a place in memory");
        let size = usize::try_from(member.size).expect("a length in memory");
        (member.name.clone(), member.crc, data[start..start + size].to_vec())
    };
    directory.members.iter().map(content).collect()
}

/// A proof that is sound is the one that was made.
pub fn proof_file(data: &[u8]) -> bool {
    let report = verify_bytes(data, &key(), None);
    check_report(&report);
    assert!(report.anchor == Anchor::SelfOnly);
    if report.verdict == Verdict::Sound && !is_pack(data) {
        only_the_true_proof(LineProof::parse(data).expect("what is sound parses"));
    }
    report.verdict == Verdict::Sound
}

/// An older checkpoint is the key's own, or it is refused; whatever it says, a sound pack is sound only when it is a checkpoint of this log.
pub fn against(data: &[u8]) -> bool {
    let report = verify_bytes(PACKS[1], &key(), Some(data));
    check_report(&report);
    let opened = key().open(data).map(str::to_owned);
    match report.verdict {
        Verdict::Sound => {
            let text = opened.expect("signed by the key");
            assert!(data.starts_with(&signer().sign(&text)) && matches!(report.anchor, Anchor::Against { .. }));
        }
        Verdict::Damaged => assert!(opened.is_ok()),
        Verdict::Usage => assert!(report.anchor == Anchor::SelfOnly),
        Verdict::NotOurs => panic!("it is a pack"),
    }
    report.verdict == Verdict::Sound
}

/// A manifest is written as it was read; an error names one of its lines.
pub fn manifest(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let manifest = Manifest::parse(text);
    match &manifest {
        Ok(manifest) => assert_eq!(manifest.render(), text),
        Err(line) => assert!(*line <= text.split('\n').count()),
    }
    manifest.is_ok()
}

/// A canonical ZIP that is read is written again to the same bytes, with and without ZIP64.
pub fn zip_directory(data: &[u8]) -> bool {
    let mut read = false;
    for from in [Zip64From::default(), TINY] {
        let members = members(data, from);
        if members.is_empty() {
            continue;
        }
        read = true;
        match write(&members, from) {
            Ok(again) => assert_eq!(again, data),
            // A wrong CRC is found where the content is read.
            Err(ZipError::Content(_)) => {}
            Err(other) => panic!("{other}"),
        }
    }
    read
}

fn write(members: &[(String, u32, Vec<u8>)], from: Zip64From) -> Result<Vec<u8>, ZipError> {
    let mut zip = ZipWriter::with_zip64_from(Vec::new(), from);
    for (name, crc, content) in members {
        zip.member::<ZipError>(name, content.len() as u64, *crc, |put| put(content))?;
    }
    zip.finish()
}
