//! Packs made from the spec: sound ones are sound, and every way in which one can be wrong is found, signed with the right key or not.
#![allow(clippy::unwrap_used, reason = "tests")]

mod forge;

use anlan_assure::pack::{CLASSES, Period};
use anlan_assure::{Anchor, Outcome, Report, Verdict, verify_bytes};
use anlan_base::text::{self, Lang};
use anlan_base::{Instant, Piece};
use anlan_tlog::Frontier;
use anlan_tlog::checkpoint::Checkpoint;
use anlan_tlog::envelope::Body;
use anlan_tlog::note::Signer;
use anlan_vault::Scope;
use forge::wrong::{self, Wrong};
use forge::{FIRST_DAY, HOUR, Log, ORIGIN, line, source};

fn verify(log: &Log, pack: &[u8]) -> Report {
    verify_bytes(pack, &log.key(), None)
}

fn told(report: &Report) -> String {
    report.lines(Lang::En).join("\n")
}

fn failed(report: &Report) -> Vec<&'static str> {
    report.checks.iter().filter(|check| check.outcome == Outcome::Failed).map(|check| check.key).collect()
}

// PACK-14 PACK-15 PACK-16 PACK-17 PACK-18 PACK-19
#[test]
fn every_way_in_which_a_pack_of_version_2_can_be_wrong_is_found() {
    let mut differ = Vec::new();
    for (log, Wrong { what, code, key, edit }) in wrong::second() {
        let (log, pack) = wrong::forged_of(log(), &edit);
        let report = verify(&log, &pack);
        let found = failed(&report);
        if report.verdict.code() != code || !(key.is_empty() || found.contains(&key)) || told(&report).contains(['‹', '{']) {
            differ.push((what, code, key, found));
        }
    }
    assert!(differ.is_empty(), "{differ:#?}");
}

#[test]
fn a_sound_pack_is_sound_and_says_how_far_it_is_anchored() {
    let log = Log::sample();
    let report = verify(&log, &log.pack());
    assert_eq!((report.verdict.code(), &report.anchor), (0, &Anchor::SelfOnly), "{}", told(&report));
    let keys: Vec<_> = report.checks.iter().map(|check| check.key).collect();
    let order = [
        "verify-pack-form",
        "verify-pack-manifest",
        "verify-pack-digests",
        "verify-checkpoint",
        "verify-pack-tiles",
        "verify-pack-entries",
        "verify-pack-lines",
        "verify-pack-text",
        "verify-pack-days",
    ];
    assert_eq!(keys, order);
    for lang in [Lang::Zh, Lang::En] {
        let lines = report.lines(lang);
        assert_eq!(lines.len(), keys.len() + 2);
        assert!(lines.last().unwrap().contains("仅自证") && !lines.iter().any(|line| line.contains(['‹', '{'])), "{lines:#?}");
    }
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(
        (&json["verdict"], &json["code"], &json["anchor"], &json["checks"][0]["outcome"]),
        (&"sound".into(), &0.into(), &"self".into(), &"held".into())
    );
}

#[test]
fn packs_of_odd_shapes_are_sound() {
    let day = FIRST_DAY.next();
    let at = |nanos: u64| Instant(day.start().0 + nanos);
    let mut shapes: Vec<(&str, Log)> = vec![("nothing but the key leaf", Log::new())];
    for (what, since, until) in [
        ("empty period", at(5), at(5)),
        ("empty period inside a batch", at(HOUR + 15), at(HOUR + 15)),
        ("one nanosecond inside a batch", at(HOUR + 20), at(HOUR + 21)),
        ("a gap inside a batch", at(HOUR + 21), at(HOUR + 29)),
        ("everything", Instant(0), Instant(u64::MAX)),
        ("before the log", Instant(1), Instant(2)),
        ("after the log", Instant(u64::MAX - 1), Instant(u64::MAX)),
        ("borders inside batches", at(HOUR + 30), at(HOUR + 101)),
    ] {
        let mut log = Log::sample();
        log.period = Period { since, until };
        shapes.push((what, log));
    }
    for keys in [vec!["ip:192.0.2.1"], vec!["ip:2001:db8::1", "token:web"], vec!["ip:203.0.113.7"]] {
        let mut log = Log::sample();
        log.scope = Scope::Sources(keys.into_iter().map(source).collect());
        shapes.push(("some sources", log));
    }
    let mut many = Log::sample();
    let start = FIRST_DAY.next().next().start().0 + 2 * HOUR;
    for i in 0..600 {
        many.batch("network", 9, vec![line(start + i, "ip:192.0.2.1", "x")]);
    }
    many.period.until = Instant(start + 550);
    shapes.push(("several tiles", many));
    let mut dots = Log::new();
    dots.batch(
        "network",
        1,
        [".", "..", "../../etc", "a b".trim_end_matches(" b"), "组%/x"]
            .iter()
            .zip(FIRST_DAY.start().0 + HOUR..)
            .map(|(key, at)| line(at, key, "x"))
            .collect(),
    );
    shapes.push(("sources that look like paths", dots));
    for (what, log) in shapes {
        let pack = log.pack();
        let report = verify(&log, &pack);
        assert_eq!(report.verdict.code(), 0, "{what}: {}", told(&report));
        let names = String::from_utf8_lossy(&pack);
        assert!(!names.contains("text/..") && !names.contains("text/./"), "{what}");
    }
}

#[test]
fn an_empty_log_makes_a_pack() {
    let mut log = Log::new();
    log.leaves.clear();
    let report = verify(&log, &log.pack());
    assert_eq!(report.verdict.code(), 0, "{}", told(&report));
}

// PACK-2 PACK-3 PACK-6 PACK-7 PACK-8 PACK-9 PACK-10 PACK-11 PACK-12: each with its cases in `forge/wrong.rs`.
#[test]
fn what_the_right_key_signs_wrongly_is_found() {
    for Wrong { what, code, key, edit } in wrong::all() {
        let (log, pack) = wrong::forged(&edit);
        let report = verify(&log, &pack);
        assert_eq!(report.verdict.code(), code, "{what}: {}", told(&report));
        assert!(key.is_empty() || failed(&report).contains(&key), "{what}: wanted {key}: {}", told(&report));
        for lang in [Lang::Zh, Lang::En] {
            let lines = report.lines(lang).join("\n");
            assert!(!lines.contains(['‹', '{']), "{what}: {lines}");
        }
    }
}

#[test]
fn another_key_finds_nothing_sound() {
    let log = Log::sample();
    let other = Signer::from_seed(ORIGIN, [8; 32]).unwrap().verifying_key();
    assert_eq!(verify_bytes(log.pack().as_slice(), &other, None).verdict, Verdict::Damaged);
}

// PACK-5
#[test]
fn every_flipped_byte_and_every_cut_is_found_pack_5() {
    let log = Log::sample();
    let pack = log.pack();
    for at in 0..pack.len() {
        let mut bad = pack.clone();
        bad[at] ^= 1 << (at % 8);
        let code = verify(&log, &bad).verdict.code();
        // The bytes that tell the format make it none of ours.
        let expected = if at < 4 || (30..42).contains(&at) { 3 } else { 1 };
        assert_eq!(code, expected, "byte {at}");
    }
    for length in (0..pack.len()).rev().step_by(3).chain(0..60) {
        let code = verify(&log, &pack[..length]).verdict.code();
        assert_eq!(code, if length < 42 { 3 } else { 1 }, "cut to {length}");
    }
    for at in (0..=pack.len()).step_by(7) {
        let bad = [&pack[..at], b"\0", &pack[at..]].concat();
        assert_ne!(verify(&log, &bad).verdict, Verdict::Sound, "a byte at {at}");
    }
}

#[test]
fn classes_have_a_limit() {
    for count in [CLASSES - 1, CLASSES, CLASSES + 1] {
        let mut log = Log::new();
        for i in 0..count as u64 {
            log.batch(&format!("class-{i}"), 1, vec![line(FIRST_DAY.start().0 + 2 * HOUR + i, "ip:192.0.2.1", "x")]);
        }
        assert_eq!(verify(&log, &log.pack()).verdict.code(), u8::from(count > CLASSES), "{count}");
    }
}

#[test]
fn members_have_limits() {
    use anlan_assure::pack::{CHECKPOINT_BYTES, README_BYTES};
    for (over, code) in [(false, 0), (true, 1)] {
        let log = Log::sample();
        let mut members = log.members();
        members.insert("README.txt".to_owned(), vec![b' '; usize::try_from(README_BYTES).unwrap() + usize::from(over)]);
        assert_eq!(verify(&log, &log.pack_of(&members)).verdict.code(), code);
    }
    for (over, code) in [(false, 0), (true, 1)] {
        let log = Log::sample();
        let mut members = log.members();
        let note = log.checkpoint(log.leaves.len());
        let room = usize::try_from(CHECKPOINT_BYTES).unwrap() + usize::from(over) - note.len();
        // One witness line fills the rest: dash, name, space, base64, LF.
        let head = "— w ".len() + 1;
        let base64 = (room - head) / 4 * 4;
        let name = "w".repeat(1 + (room - head) % 4);
        let line = format!("— {name} {}\n", "A".repeat(base64));
        let checkpoint = [note, line.into_bytes()].concat();
        assert_eq!(checkpoint.len(), usize::try_from(CHECKPOINT_BYTES).unwrap() + usize::from(over));
        members.insert("checkpoint".to_owned(), checkpoint);
        assert_eq!(verify(&log, &log.pack_of(&members)).verdict.code(), code, "{over}");
    }
}

#[test]
fn a_batch_member_has_a_limit() {
    use anlan_assure::pack::LINES_BYTES;
    for (over, code) in [(0, 0), (1, 1)] {
        let mut log = Log::new();
        let head = 17 + 1 + 16 + 8 + 1 + 4 + 1 + 12 + 4;
        let raw = vec![b'x'; usize::try_from(LINES_BYTES).unwrap() - head + over];
        log.batch("network", 1, vec![line(FIRST_DAY.start().0 + 2 * HOUR, "ip:192.0.2.1", raw)]);
        let report = verify(&log, &log.pack());
        assert_eq!(report.verdict.code(), code, "{}", told(&report));
    }
}

// PACK-13
#[test]
fn an_older_checkpoint_anchors_or_refuses_pack_13() {
    let log = Log::sample();
    let pack = log.pack();
    let size = log.leaves.len();
    let rewritten = {
        let mut other = Log::sample();
        other.leaves[3].at.0 += 1;
        other
    };
    let sign = |origin: &str, size: u64, root| log.signer.sign(&Checkpoint { origin: origin.to_owned(), size, root }.render());
    let root = Frontier::default().root();
    let stranger = Signer::from_seed(ORIGIN, [9; 32]).unwrap();
    let cases: Vec<(&str, Vec<u8>, u8, Option<u64>)> = vec![
        ("the same size", log.checkpoint(size), 0, Some(size as u64)),
        ("older", log.checkpoint(4), 0, Some(4)),
        ("of no leaves", sign(ORIGIN, 0, root), 0, Some(0)),
        ("of no leaves with another root", sign(ORIGIN, 0, [0; 32]), 1, None),
        ("of another history, before it parts", rewritten.checkpoint(3), 0, Some(3)),
        ("of another history", rewritten.checkpoint(4), 1, None),
        ("larger", sign(ORIGIN, size as u64 + 1, root), 1, None),
        ("of another origin", sign("anlan.local/ffffffffffffffff", 4, root), 1, None),
        ("by another key", stranger.sign(&Checkpoint { origin: ORIGIN.to_owned(), size: 4, root }.render()), 2, None),
        ("signed, but no checkpoint", log.signer.sign("hello\n"), 2, None),
        ("garbage", b"hello".to_vec(), 2, None),
        ("nothing", vec![], 2, None),
        ("too long", [log.checkpoint(4), vec![b'\n'; 70_000]].concat(), 2, None),
    ];
    for (what, older, code, anchored) in cases {
        let report = verify_bytes(pack.as_slice(), &log.key(), Some(&older));
        assert_eq!(report.verdict.code(), code, "{what}: {}", told(&report));
        let anchor = anchored.map_or(Anchor::SelfOnly, |size| Anchor::Against { size });
        assert_eq!(report.anchor, anchor, "{what}");
        assert_eq!(report.lines(Lang::Zh).last().unwrap().contains("已外部存证"), anchored.is_some(), "{what}");
    }
}

/// A history forged with the right key is sound by itself, and refused by who kept a checkpoint of the true one.
#[test]
fn a_history_forged_with_the_right_key_is_only_self_proven() {
    let truth = Log::sample();
    let mut lie = Log::sample();
    lie.leaves.clear();
    lie.kept.clear();
    let fresh = Log::new();
    lie.leaves = fresh.leaves;
    lie.batch("network", 1, vec![line(FIRST_DAY.start().0 + 9 * HOUR, "ip:192.0.2.1", "nothing happened")]);
    lie.period = Period { since: Instant(0), until: Instant(u64::MAX) };
    for _ in 0..12 {
        let at = lie.leaves.last().unwrap().at.0;
        lie.push(at, Body::Restore { size: 1, root: [0; 32] });
    }
    let pack = lie.pack();
    let alone = verify(&lie, &pack);
    assert_eq!((alone.verdict.code(), alone.anchor.clone()), (0, Anchor::SelfOnly), "{}", told(&alone));
    let kept = truth.checkpoint(truth.leaves.len());
    let compared = verify_bytes(pack.as_slice(), &truth.key(), Some(&kept));
    assert_eq!((compared.verdict.code(), compared.anchor.clone()), (1, Anchor::SelfOnly), "{}", told(&compared));
    assert!(failed(&compared).contains(&"verify-against-rewritten"));
}

// PACK-1
#[test]
fn what_is_none_of_our_formats_is_said_to_be_none_pack_1() {
    let key = Log::new().key();
    let old = Log::new().checkpoint(1);
    for bytes in [&b""[..], b"PK", b"PK\x03\x04", b"c2sp.org/tlog-proof@v1", b"c2sp.org/tlog-proof@v2\n", b"hello", &[0; 64]] {
        assert_eq!(verify_bytes(bytes, &key, None).verdict, Verdict::NotOurs);
        assert_eq!(verify_bytes(bytes, &key, Some(&old)).verdict, Verdict::NotOurs);
        assert_eq!(verify_bytes(bytes, &key, Some(b"x")).verdict, Verdict::Usage);
    }
    let folder = tempfile::tempdir().unwrap();
    for path in [folder.path().to_owned(), folder.path().join("missing")] {
        assert_eq!(anlan_assure::verify_file(&path, &key, None).verdict, Verdict::NotOurs);
    }
}

#[test]
fn a_report_of_a_ruined_pack_stays_short() {
    let mut log = Log::sample();
    for i in 0..50 {
        log.batch("network", 1, vec![line(FIRST_DAY.next().start().0 + 20 * HOUR + i, "ip:192.0.2.1", "x")]);
    }
    let mut members = log.members();
    for (_, bytes) in members.iter_mut().filter(|(name, _)| name.starts_with("lines/")) {
        *bytes = vec![];
    }
    let report = verify(&log, &log.pack_of(&members));
    assert_eq!(report.verdict, Verdict::Damaged);
    assert!(report.checks.len() < 30, "{}", told(&report));
    assert!(failed(&report).contains(&"verify-more"));
}

#[test]
fn pieces_have_no_line_end_but_the_last() {
    for (piece, end) in [(Piece::WHOLE, "x\n"), (Piece::part(1, false), "x"), (Piece::part(7, true), "x\n")] {
        let mut log = Log::new();
        log.batch("network", 1, vec![forge::Line { piece, ..line(FIRST_DAY.start().0 + 2 * HOUR, "ip:192.0.2.1", "x") }]);
        let members = log.members();
        assert_eq!(members["text/ip%3A192.0.2.1/2026-11-20.log"], end.as_bytes());
        assert_eq!(verify(&log, &log.pack_of(&members)).verdict.code(), 0);
    }
}

#[test]
fn keys_and_placeholders_stand_in_both_languages() {
    for (zh, en) in [("verify-verdict-sound", "verify-verdict-sound"), ("pack-guide", "pack-guide")] {
        assert_ne!(text::text(Lang::Zh, zh, &[]), text::text(Lang::En, en, &[]));
    }
}
