//! Every byte of every file under the log's folder is seen when it changes (FOLDER-1, TLOG-9), and so are files that come or go.
#![allow(clippy::unwrap_used, reason = "a test")]

mod parts;

use std::path::Path;
use std::sync::Arc;

use anlan_base::{Class, Day, Instant, Seq};
use anlan_journal::check::{CHECKPOINT_BYTES, DETAIL_BYTES, Finding, Reason, Report, check_tree, root_at};
use anlan_journal::faulty::FaultyFs;
use anlan_journal::{Fs, Journal, JournalError};
use anlan_tlog::checkpoint::Checkpoint;
use anlan_tlog::envelope::{Body, DayLeaf, Envelope, EnvelopeError};
use anlan_tlog::note::Signer;
use anlan_tlog::{leaf_hash, root, sha256};
use parts::{ORIGIN, create, day, dir, entries, open, signer};

fn check(fs: &FaultyFs) -> Report {
    check_tree(fs, &dir(), &signer().verifying_key(), &mut |_, _| {})
}

fn log() -> (FaultyFs, Journal) {
    let fs = FaultyFs::new();
    let journal = create(&fs).unwrap();
    for (at, number) in [(20_000, 1), (20_001, 90), (20_002, 179)] {
        let (detail, body) = day(at);
        journal.put_detail(detail.as_bytes()).unwrap();
        journal.append(&[entries(number..number + 89), vec![body]].concat()).unwrap();
    }
    (fs, journal)
}

#[test]
fn a_sound_log_has_no_findings_and_gives_every_envelope() {
    let (fs, journal) = log();
    let mut seen = Vec::new();
    let report = journal.check(&mut |index, envelope| seen.push((index, envelope.clone())));
    assert!(report.sound(), "{:?}", report.findings);
    assert_eq!((seen.len() as u64, report.envelopes, report.days.len()), (journal.size(), journal.size(), 3));
    assert_eq!(report.note, journal.checkpoint());
    let leaves: Vec<_> = seen.iter().map(|(_, envelope)| leaf_hash(&envelope.encode())).collect();
    for size in [0, 1, 255, 256, 257, journal.size()] {
        let expected = root(&leaves[..usize::try_from(size).unwrap()]);
        assert_eq!(root_at(&fs, &dir(), journal.size(), size).unwrap(), expected);
        assert_eq!(journal.root_at(size).unwrap(), expected);
    }
    assert!(root_at(&fs, &dir(), journal.size(), journal.size() + 1).is_err());
}

/// FOLDER-1: every byte, under log/.
#[test]
fn every_flipped_byte_is_found() {
    let (fs, _) = log();
    let mut flips = 0;
    for (path, bytes) in fs.files() {
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 1 << (place % 8);
            fs.put(&path, &changed);
            assert!(!check(&fs).sound(), "{} byte {place}", path.display());
            flips += 1;
        }
        fs.put(&path, &bytes);
    }
    assert!(flips > 20_000 && check(&fs).sound());
}

#[test]
fn files_that_are_cut_grown_taken_swapped_or_added_are_found() {
    let (fs, _) = log();
    let files = fs.files();
    for (path, bytes) in &files {
        let longer = [bytes.as_slice(), b"\0"].concat();
        let doubled = [bytes.as_slice(), bytes].concat();
        for changed in [&bytes[..bytes.len() - 1], &longer, &doubled, b""] {
            fs.put(path, changed);
            assert!(!check(&fs).sound(), "{}", path.display());
        }
        fs.take(path);
        assert!(!check(&fs).sound(), "{} taken", path.display());
        for (_, other) in files.iter().filter(|(_, other)| other != bytes) {
            fs.put(path, other);
            assert!(!check(&fs).sound(), "{} swapped", path.display());
        }
        fs.put(path, bytes);
    }
    assert!(check(&fs).sound());
}

/// TLOG-9: any other file under `tile/`, and anywhere else in the folder.
#[test]
fn tlog_9_foreign_files_are_reported() {
    let (fs, journal) = log();
    let partial = format!("tile/0/001.p/{}", journal.size() % 256 - 1);
    for name in [
        partial.as_str(),
        "tile/0/000.p/255",
        "tile/0/001",
        "tile/0/002",
        "tile/1/000",
        "tile/2/000.p/1",
        "tile/entries/001",
        "tile/entries/x001/000",
        "tile/0/0001",
        "tile/00/000",
        "tile/x",
        "checkpoint.tmp",
        "other",
        "detail/other",
        "detail/0000000000000000000000000000000000000000000000000000000000000000",
        "detail/0000000000000000000000000000000000000000000000000000000000000000.new",
        "tile/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p",
    ] {
        fs.put(&dir().join(name), b"x");
        let findings = check(&fs).findings;
        assert_eq!(findings.len(), 1, "{name}: {findings:?}");
        assert_eq!(findings[0].reason, Reason::Foreign, "{name}");
        assert!(name.starts_with(findings[0].path.to_str().unwrap()), "{name}: {findings:?}");
        fs.take(&dir().join(name));
    }
}

#[test]
fn a_detail_that_waits_for_its_leaf_is_no_finding_of_a_running_log() {
    let (fs, journal) = log();
    journal.put_detail(b"waiting").unwrap();
    assert!(journal.check(&mut |_, _| {}).sound());
    assert_eq!(check(&fs).findings.len(), 1);
    drop(journal);
    let journal = open(&fs).unwrap();
    assert!(check(&fs).sound());
    assert!(journal.detail(&sha256(b"waiting")).is_err());
}

/// A log made by whoever holds the key, with these leaves.
fn forged(envelopes: &[Envelope]) -> FaultyFs {
    let fs = FaultyFs::new();
    let mut bundle = Vec::new();
    let mut hashes = Vec::new();
    for envelope in envelopes {
        let bytes = envelope.encode();
        bundle.extend_from_slice(&u16::try_from(bytes.len()).unwrap().to_be_bytes());
        bundle.extend_from_slice(&bytes);
        hashes.push(leaf_hash(&bytes));
    }
    let size = hashes.len() as u64;
    fs.put(&dir().join(format!("tile/entries/000.p/{size}")), &bundle);
    fs.put(&dir().join(format!("tile/0/000.p/{size}")), &hashes.concat());
    let note = signer().sign(&Checkpoint { origin: ORIGIN.to_owned(), size, root: root(&hashes) }.render());
    fs.put(&dir().join("checkpoint"), &note);
    fs.create_dir_all(&dir().join("detail")).unwrap();
    fs
}

fn leaf(at: u64, body: Body) -> Envelope {
    Envelope { at: Instant(at), body }
}

fn key_leaf() -> Envelope {
    let key = signer().verifying_key();
    leaf(1, Body::Key { public: key.public, origin: key.name })
}

fn reasons(envelopes: &[Envelope]) -> Vec<Reason> {
    check(&forged(envelopes))
        .findings
        .into_iter()
        .map(|Finding { reason, .. }| reason)
        .filter(|reason| *reason != Reason::Missing)
        .collect()
}

/// TLOG-5, TLOG-7, TLOG-8, ENT-2: what even the key's holder must not write.
#[test]
fn a_signed_log_that_breaks_its_own_rules_is_found() {
    let entry = |at, number| leaf(at, Body::Entry { number, digest: [1; 32] });
    let day_leaf = |at, n| leaf(at, day(n).1);
    assert_eq!(reasons(&[key_leaf(), entry(2, 1), entry(2, 2)]), []);
    // TLOG-7
    assert_eq!(reasons(&[entry(2, 1)]), [Reason::FirstLeaf]);
    let other = Signer::from_seed(ORIGIN, [8; 32]).unwrap().verifying_key();
    assert_eq!(reasons(&[leaf(1, Body::Key { public: other.public, origin: other.name })]), [Reason::FirstLeaf]);
    // TLOG-5
    assert_eq!(reasons(&[key_leaf(), entry(3, 1), entry(2, 2), entry(2, 3)]), [Reason::TimeFalls { index: 2 }]);
    // TLOG-8
    assert_eq!(reasons(&[key_leaf(), day_leaf(2, 5), day_leaf(3, 6)]), []);
    assert_eq!(reasons(&[key_leaf(), day_leaf(2, 5), day_leaf(3, 7)]), [Reason::DayOrder { index: 2, day: Day(7) }]);
    assert_eq!(reasons(&[key_leaf(), day_leaf(2, 5), day_leaf(3, 5)]), [Reason::DayOrder { index: 2, day: Day(5) }]);
    // ENT-2
    assert_eq!(reasons(&[key_leaf(), entry(2, 2), entry(3, 2)]), [Reason::EntryOrder { index: 2, number: 2 }]);
    // TLOG-2, a batch of no lines
    let batch = anlan_tlog::envelope::Batch { class: Class::network(), day: Day(1), count: 0, first: Seq(1), last: Seq(1), root: [0; 32] };
    assert_eq!(reasons(&[key_leaf(), leaf(2, Body::Batch(batch))]), [Reason::Envelope { index: 1, error: EnvelopeError::Body }]);
}

#[test]
fn details_must_be_those_of_their_leaves() {
    let (detail, body) = day(9);
    let Body::Day(leaf_of_day) = body else { panic!() };
    let digest = anlan_tlog::hex(&leaf_of_day.detail);
    let with = |text: &str, day_leaf: DayLeaf| {
        let fs = forged(&[key_leaf(), leaf(2, Body::Day(day_leaf.clone()))]);
        fs.put(&dir().join("detail").join(anlan_tlog::hex(&day_leaf.detail)), text.as_bytes());
        check(&fs).findings.into_iter().map(|finding| finding.reason).collect::<Vec<_>>()
    };
    assert_eq!(with(&detail, leaf_of_day.clone()), [], "{digest}");
    assert_eq!(with("anlan-day/1\n", leaf_of_day.clone()), [Reason::Digest]);
    assert_eq!(with(&detail, DayLeaf { lines: 13, ..leaf_of_day.clone() }), [Reason::Sums { day: Day(9) }]);
    assert_eq!(with(&detail, DayLeaf { bytes: 0, ..leaf_of_day.clone() }), [Reason::Sums { day: Day(9) }]);
    assert_eq!(with(&detail, DayLeaf { day: Day(10), ..leaf_of_day }), [Reason::Detail { day: Day(10) }]);
}

#[test]
fn a_wrong_key_or_origin_is_refused() {
    let (fs, journal) = log();
    drop(journal);
    let shared: Arc<dyn Fs> = Arc::new(fs.clone());
    for (name, seed) in [(ORIGIN, 8), ("anlan.local/ffffffffffffffff", 7)] {
        let other = Signer::from_seed(name, [seed; 32]).unwrap();
        let report = check_tree(&fs, &dir(), &other.verifying_key(), &mut |_, _| {});
        assert!(matches!(report.findings[..], [Finding { reason: Reason::Note(_), .. }]));
        assert!(matches!(Journal::open(shared.clone(), dir(), other, parts::clock()), Err(JournalError::Note(_))));
    }
    // The right key under another log's text.
    let note = signer().sign(&Checkpoint { origin: "other".to_owned(), size: 1, root: [0; 32] }.render());
    fs.put(&dir().join("checkpoint"), &note);
    assert!(matches!(open(&fs), Err(JournalError::Origin { .. })));
    assert_eq!(check(&fs).findings[0].reason, Reason::Origin { found: "other".to_owned() });
}

#[test]
fn a_second_signature_line_does_not_belong_into_the_folder() {
    let (fs, journal) = log();
    let note = [journal.checkpoint().as_slice(), "— witness.example AAAAAAA=\n".as_bytes()].concat();
    fs.put(&dir().join("checkpoint"), &note);
    assert_eq!(check(&fs).findings, [Finding { path: "checkpoint".into(), reason: Reason::MoreSignatures }]);
}

#[test]
fn a_log_whose_right_edge_is_damaged_does_not_open() {
    let (fs, journal) = log();
    let width = journal.size() % 256;
    drop(journal);
    for name in [format!("tile/0/001.p/{width}"), format!("tile/entries/001.p/{width}"), "tile/1/000.p/1".to_owned()] {
        let path = dir().join(&name);
        let bytes = fs.read(&path).unwrap();
        let mut flipped = bytes.clone();
        flipped[5] ^= 4;
        for changed in [&flipped, &bytes[1..].to_vec(), &[bytes.as_slice(), &[0]].concat()] {
            fs.put(&path, changed);
            assert!(matches!(open(&fs), Err(JournalError::Damaged { .. })), "{name}");
        }
        fs.take(&path);
        assert!(matches!(open(&fs), Err(JournalError::Damaged { .. })), "{name}");
        fs.put(&path, &bytes);
    }
    open(&fs).unwrap();
}

#[test]
fn a_log_that_lost_its_checkpoint_is_not_begun_anew() {
    let (fs, journal) = log();
    drop(journal);
    fs.take(&dir().join("checkpoint"));
    assert!(matches!(open(&fs), Err(JournalError::NoLog(_))));
    let files = fs.files();
    assert!(matches!(create(&fs), Err(JournalError::LostCheckpoint(_))));
    assert_eq!(fs.files(), files);
}

#[test]
fn findings_are_listed_up_to_a_limit() {
    for extra in [0, 1, 2] {
        let (fs, _) = log();
        for n in 0..anlan_journal::check::FINDINGS - 1 + extra {
            fs.put(&dir().join(format!("detail/{n}")), b"");
        }
        let report = check(&fs);
        assert_eq!(report.findings.len(), anlan_journal::check::FINDINGS - 1 + extra.min(1));
        assert_eq!(report.unlisted, extra.saturating_sub(1) as u64);
    }
}

#[test]
fn nothing_at_all_is_a_missing_checkpoint() {
    let report = check(&FaultyFs::new());
    assert_eq!(report.findings, [Finding { path: Path::new("checkpoint").to_owned(), reason: Reason::Missing }]);
    assert!(!report.sound());
}

#[test]
fn a_checkpoint_and_a_detail_have_limits() {
    let (fs, _) = log();
    let checkpoint = dir().join("checkpoint");
    let most = usize::try_from(CHECKPOINT_BYTES).unwrap();
    for (len, fits) in [(most - 1, true), (most, true), (most + 1, false)] {
        fs.put(&checkpoint, &vec![b'x'; len]);
        assert_eq!(check(&fs).findings[0].reason == Reason::Length, !fits, "{len}");
    }
    let (fs, _) = log();
    let (path, _) = fs.files().into_iter().find(|(path, _)| path.starts_with(dir().join("detail"))).unwrap();
    let most = usize::try_from(DETAIL_BYTES).unwrap();
    for (len, reason) in [(most - 1, Reason::Digest), (most, Reason::Digest), (most + 1, Reason::Length)] {
        fs.put(&path, &vec![b'x'; len]);
        assert_eq!(check(&fs).findings[0].reason, reason, "{len}");
    }
}
