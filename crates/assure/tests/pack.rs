//! Packs made from the spec: sound ones are sound, and every way in which one can be wrong is found, signed with the right key or not.

mod forge;

use anlan_assure::pack::{CLASSES, Period};
use anlan_assure::{Anchor, Outcome, Report, Verdict, verify_bytes};
use anlan_base::text::{self, Lang};
use anlan_base::{Day, Instant, Piece};
use anlan_tlog::Frontier;
use anlan_tlog::checkpoint::Checkpoint;
use anlan_tlog::envelope::Body;
use anlan_tlog::note::Signer;
use anlan_vault::Scope;
use forge::{FIRST_DAY, HOUR, Log, Members, ORIGIN, line, lines_member, source};

fn verify(log: &Log, pack: &[u8]) -> Report {
    verify_bytes(pack, &log.key(), None)
}

fn told(report: &Report) -> String {
    report.lines(Lang::En).join("\n")
}

fn failed(report: &Report) -> Vec<&'static str> {
    report.checks.iter().filter(|check| check.outcome == Outcome::Failed).map(|check| check.key).collect()
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

/// One way of being wrong. Each edit is made before the manifest is signed with the right key, so that only the later checks can find it.
enum Edit {
    Log(fn(&mut Log)),
    Members(fn(&Log, &mut Members)),
    Manifest(fn(String) -> String),
    Note(fn(Vec<u8>) -> Vec<u8>),
    File(fn(Vec<u8>) -> Vec<u8>),
}

fn forged(edit: &Edit) -> (Log, Vec<u8>) {
    let mut log = Log::sample();
    if let Edit::Log(edit) = edit {
        edit(&mut log);
    }
    let mut members = log.members();
    if let Edit::Members(edit) = edit {
        edit(&log, &mut members);
    }
    let mut text = log.manifest(&members).render();
    if let Edit::Manifest(edit) = edit {
        text = edit(text);
    }
    let mut note = log.signer.sign(&text);
    if let Edit::Note(edit) = edit {
        note = edit(note);
    }
    let mut pack = forge::zip(&note, &members);
    if let Edit::File(edit) = edit {
        pack = edit(pack);
    }
    (log, pack)
}

fn member<'a>(members: &'a mut Members, start: &str) -> &'a mut Vec<u8> {
    members.iter_mut().find(|(name, _)| name.starts_with(start)).unwrap().1
}

fn rename(members: &mut Members, from: &str, to: &str) {
    let name = members.keys().find(|name| name.starts_with(from)).unwrap().clone();
    let content = members.remove(&name).unwrap();
    members.insert(to.to_owned(), content);
}

fn drop_member(members: &mut Members, start: &str) {
    let name = members.keys().find(|name| name.starts_with(start)).unwrap().clone();
    members.remove(&name);
}

fn body<'a>(log: &'a mut Log, wanted: fn(&Body) -> bool) -> &'a mut Body {
    &mut log.leaves.iter_mut().find(|leaf| wanted(&leaf.body)).unwrap().body
}

/// Leaf of the sample's batch of two days' border, whose first lines lie before the period.
const CUT: u64 = 1;
const SECOND: u64 = 5;

fn hide(log: &Log, members: &mut Members, leaf: u64, position: usize) {
    let kept = &log.kept[&leaf];
    let shown = (0..kept.lines.len()).filter(|i| *i != position && log.period.holds(anlan_base::Seq(kept.lines[*i].seq))).collect();
    members.insert(format!("lines/{leaf:020}.lines"), lines_member(leaf, kept, &shown));
}

const WITNESS: &str = "— witness.example/w AAAAAAE=\n";

fn with_witnesses(note: Vec<u8>, count: usize) -> Vec<u8> {
    [note, WITNESS.repeat(count).into_bytes()].concat()
}

#[rustfmt::skip]
fn edits() -> Vec<(&'static str, u8, &'static str, Edit)> {
    use Edit::{File, Log as InLog, Manifest, Members, Note};
    vec![
        // PACK-2, PACK-3
        ("a witness signs the manifest", 0, "", Note(|n| with_witnesses(n, 1))),
        ("fifteen witnesses sign the manifest", 0, "", Note(|n| with_witnesses(n, 15))),
        ("sixteen witnesses sign the manifest", 1, "verify-pack-manifest-signature", Note(|n| with_witnesses(n, 16))),
        ("our signature twice", 1, "verify-pack-manifest-signature", Note(|n| {
            let line = n.windows(3).rposition(|w| w == "—".as_bytes()).unwrap();
            [&n[..], &n[line..]].concat()
        })),
        ("a witness before us", 1, "verify-pack-manifest-signature", Note(|n| {
            let line = n.windows(3).rposition(|w| w == "—".as_bytes()).unwrap();
            [&n[..line], WITNESS.as_bytes(), &n[line..]].concat()
        })),
        ("a line that is no signature", 1, "verify-pack-manifest-signature", Note(|n| [&n[..], b"hello\n"].concat())),
        ("a signature of four bytes", 1, "verify-pack-manifest-signature", Note(|n| [&n[..], "— w AAAAAA==\n".as_bytes()].concat())),
        ("text that is not UTF-8", 1, "verify-pack-manifest-signature", Note(|n| [b"\xff", &n[..]].concat())),
        ("bytes after the note", 1, "verify-pack-manifest-signature", Note(|n| [&n[..], b" "].concat())),
        // The manifest
        ("period backwards", 1, "verify-pack-manifest-form", Manifest(|t| t.replacen("until 17", "until 10", 1))),
        ("another format", 1, "verify-pack-manifest-form", Manifest(|t| t.replacen("anlan-pack/1", "anlan-pack/2", 1))),
        ("another origin", 1, "verify-pack-manifest-origin", Manifest(|t| t.replacen("66aa", "66ab", 1))),
        ("another size", 1, "verify-pack-checkpoint-other", Manifest(|t| t.replacen("size 11", "size 10", 1))),
        ("a file line left out", 1, "verify-pack-manifest-count", Manifest(|t| t[..t[..t.len() - 1].rfind('\n').unwrap() + 1].to_owned())),
        ("another digest", 1, "verify-pack-digest", Manifest(|t| { let at = t.find("file ").unwrap() + 5; let d = if &t[at..=at] == "0" { "1" } else { "0" }; format!("{}{d}{}", &t[..at], &t[at + 1..]) })),
        ("another length", 1, "verify-pack-manifest-member", Manifest(|t| t.replacen(" README.txt", "0 README.txt", 1))),
        ("scope of sources over a pack of all", 1, "verify-pack-lines-line", Manifest(|t| t.replacen("scope all", "scope sources ip:192.0.2.1", 1))),
        ("a period that begins later", 1, "verify-pack-lines-line", Manifest(|t| { let at = t.find("since ").unwrap() + 6; let end = t.find("\nuntil").unwrap(); format!("{}{}{}", &t[..at], FIRST_DAY.next().start().0 + HOUR + 5, &t[end..]) })),
        // Members
        ("no readme", 1, "verify-pack-member-missing", Members(|_, m| drop_member(m, "README.txt"))),
        ("a readme that is no text", 1, "verify-pack-readme-encoding", Members(|_, m| member(m, "README.txt").push(0xFF))),
        ("no checkpoint", 1, "verify-pack-member-missing", Members(|_, m| drop_member(m, "checkpoint"))),
        ("no entries", 1, "verify-pack-member-missing", Members(|_, m| drop_member(m, "log/entries"))),
        ("a tile missing", 1, "verify-pack-tiles-count", Members(|_, m| drop_member(m, "log/tile/"))),
        ("a tile with another name", 1, "verify-pack-member-missing", Members(|_, m| rename(m, "log/tile/0/000.p/", "log/tile/0/000"))),
        ("a tile too many", 1, "verify-pack-tiles-count", Members(|_, m| _ = m.insert("log/tile/1/000.p/1".to_owned(), vec![0; 32]))),
        ("a tile changed", 1, "verify-pack-tiles-root", Members(|_, m| member(m, "log/tile/")[5] ^= 1)),
        ("a tile cut", 1, "verify-pack-member-missing", Members(|_, m| _ = member(m, "log/tile/").pop())),
        ("a detail missing", 1, "verify-pack-member-missing", Members(|_, m| drop_member(m, "log/detail/"))),
        ("a detail changed", 1, "verify-day-detail", Members(|_, m| member(m, "log/detail/").push(b'\n'))),
        ("a detail too many", 1, "verify-pack-member-unknown", Members(|_, m| _ = m.insert(format!("log/detail/{}", "0".repeat(64)), vec![]))),
        ("a batch missing", 1, "verify-pack-member-missing", Members(|_, m| drop_member(m, "lines/"))),
        ("a batch too many", 1, "verify-pack-member-unknown", Members(|_, m| _ = m.insert(format!("lines/{:020}.lines", 900), vec![]))),
        ("two batches swapped", 1, "verify-pack-lines-head", Members(|_, m| {
            let (a, b) = (format!("lines/{CUT:020}.lines"), format!("lines/{SECOND:020}.lines"));
            let (x, y) = (m[&a].clone(), m[&b].clone());
            m.insert(a, y);
            m.insert(b, x);
        })),
        ("a batch's bytes changed", 1, "verify-pack-lines-root", Members(|_, m| *member(m, &format!("lines/{SECOND:020}")).last_mut().unwrap() ^= 1)),
        ("a byte after a batch", 1, "verify-pack-lines-form", Members(|_, m| member(m, &format!("lines/{SECOND:020}")).push(0))),
        ("a batch cut", 1, "verify-pack-lines-form", Members(|_, m| _ = member(m, &format!("lines/{SECOND:020}")).pop())),
        ("an item of another kind", 1, "verify-pack-lines-form", Members(|_, m| member(m, &format!("lines/{SECOND:020}"))[17] = 2)),
        ("a length that lies", 1, "verify-pack-lines-form", Members(|_, m| member(m, &format!("lines/{SECOND:020}"))[17 + 1 + 16 + 8 + 1 + 4 + 1 + 14..][..4].fill(0xFF))),
        ("an origin that does not exist", 1, "verify-pack-lines-form", Members(|_, m| member(m, &format!("lines/{SECOND:020}"))[17 + 1 + 16 + 8] = 6)),
        // PACK-8
        ("a line hidden in the middle", 1, "verify-pack-lines-hidden", Members(|l, m| hide(l, m, SECOND, 4))),
        ("the first line hidden", 1, "verify-pack-lines-hidden", Members(|l, m| hide(l, m, SECOND, 0))),
        ("the last line hidden", 1, "verify-pack-lines-hidden", Members(|l, m| hide(l, m, SECOND, 11))),
        ("a line before the period shown", 1, "verify-pack-lines-line", Members(|l, m| {
            m.insert(format!("lines/{CUT:020}.lines"), lines_member(CUT, &l.kept[&CUT], &(0..5).collect()));
        })),
        ("text missing", 1, "verify-pack-member-missing", Members(|_, m| drop_member(m, "text/"))),
        ("text without its last LF", 1, "verify-pack-text-differs", Members(|_, m| _ = member(m, "text/ip%3A2001").pop())),
        ("text with a line more", 1, "verify-pack-text-differs", Members(|_, m| member(m, "text/ip%3A2001").extend(b"forged\n"))),
        ("LF after a piece", 1, "verify-pack-text-differs", Members(|_, m| member(m, "text/ip%3A192.0.2.9").insert(6, b'\n'))),
        ("text of a source that was not heard", 1, "verify-pack-member-unknown", Members(|_, m| _ = m.insert("text/ip%3A9/2026-11-21.log".to_owned(), vec![]))),
        ("text under a name not escaped", 1, "verify-pack-member-missing", Members(|_, m| rename(m, "text/ip%3A192.0.2.9", "text/ip:192.0.2.9/2026-11-21.log"))),
        ("a member nobody knows", 1, "verify-pack-member-unknown", Members(|_, m| _ = m.insert("x".to_owned(), vec![]))),
        ("a second manifest", 1, "verify-pack-member-unknown", Members(|_, m| _ = m.insert("manifest.txt".to_owned(), vec![]))),
        // Entries: PACK-6, PACK-10, PACK-11
        ("entries from the very first", 0, "", InLog(|l| l.first = Some(0))),
        ("entries that begin too late", 1, "verify-pack-entries-late", InLog(|l| l.first = Some(SECOND))),
        ("no entries at all", 1, "verify-pack-entries-late", InLog(|l| l.first = Some(l.leaves.len() as u64))),
        ("entries that begin after the end", 1, "verify-pack-entries-form", Members(|_, m| member(m, "log/entries")[5] = 1)),
        ("a byte after the entries", 1, "verify-pack-entries-form", Members(|_, m| member(m, "log/entries").push(0))),
        ("entries cut", 1, "verify-pack-entries-form", Members(|_, m| _ = member(m, "log/entries").pop())),
        ("an entry changed", 1, "verify-pack-entry-tile", Members(|_, m| *member(m, "log/entries").last_mut().unwrap() ^= 1)),
        ("an entry's length changed", 1, "verify-pack-entries-form", Members(|_, m| member(m, "log/entries")[13] = 1)),
        ("time falls", 1, "verify-log-at-falls", InLog(|l| l.leaves[6].at.0 -= 30 * HOUR)),
        ("first leaf is no key", 1, "verify-log-first-leaf", InLog(|l| { l.leaves[0].body = Body::Entry { number: 1, digest: [0; 32] }; l.first = Some(0); })),
        ("first leaf is another key", 1, "verify-log-first-leaf", InLog(|l| { if let Body::Key { public, .. } = body(l, |b| matches!(b, Body::Key { .. })) { public[0] ^= 1; } l.first = Some(0); })),
        ("a batch of another day", 1, "verify-log-batch-range", InLog(|l| if let Body::Batch(b) = &mut l.leaves[5].body { b.day = FIRST_DAY; })),
        ("a batch that claims more lines than its range has room for", 1, "verify-log-batch-range", InLog(|l| if let Body::Batch(b) = &mut l.leaves[7].body { b.count = 4096; })),
        ("batches of a class overlap", 1, "verify-log-batch-overlap", InLog(|l| { let at = l.kept[&7].lines[0].seq; l.batch("network", 8, vec![line(at, "ip:192.0.2.7", "late")]); })),
        ("batches of a class out of order", 1, "verify-log-batch-overlap", InLog(|l| { l.batch("network", 8, vec![line(FIRST_DAY.next().start().0 + 7, "ip:192.0.2.7", "late")]); })),
        ("a day left out", 1, "verify-log-day-hole", InLog(|l| if let Body::Day(d) = &mut l.leaves[9].body { d.day = Day(FIRST_DAY.0 + 2); })),
        ("a day twice", 1, "verify-log-day-hole", InLog(|l| if let Body::Day(d) = &mut l.leaves[9].body { d.day = FIRST_DAY; })),
        ("entry numbers that stand still", 1, "verify-log-entry-order", InLog(|l| if let Body::Entry { number, .. } = &mut l.leaves[10].body { *number = 3; })),
        ("entry number 0", 1, "verify-log-entry-order", InLog(|l| if let Body::Entry { number, .. } = &mut l.leaves[3].body { *number = 0; })),
        // PACK-12
        ("a seq in two classes", 1, "verify-lines-twice", InLog(|l| { let at = l.kept[&7].lines[0].seq; l.batch("web", 8, vec![line(at, "ip:192.0.2.7", "twin")]); })),
        // PACK-7
        ("another root", 1, "verify-pack-lines-root", InLog(|l| if let Body::Batch(b) = &mut l.leaves[5].body { b.root[0] ^= 1; })),
        ("last_seq that is not the last line's", 1, "verify-pack-lines-line", InLog(|l| if let Body::Batch(b) = &mut l.leaves[5].body { b.last.0 += 1; })),
        ("lines out of order", 1, "verify-pack-lines-line", InLog(|l| l.kept.get_mut(&5).unwrap().lines.swap(3, 4))),
        // PACK-9
        ("a day counted wrong", 1, "verify-pack-day-counts", InLog(|l| { l.leaves.truncate(9); let mut rows = l.rows(FIRST_DAY.next()); rows[0].lines += 1; l.day_of(FIRST_DAY.next(), FIRST_DAY.next().next().start().0, &rows); })),
        ("a day with a source not heard", 1, "verify-pack-day-counts", InLog(|l| { l.leaves.truncate(9); let mut rows = l.rows(FIRST_DAY.next()); rows[0].source = source("ip:203.0.113.1"); l.day_of(FIRST_DAY.next(), FIRST_DAY.next().next().start().0, &rows); })),
        ("a day said to be silent", 1, "verify-pack-day-counts", InLog(|l| { l.leaves.truncate(9); l.day_of(FIRST_DAY.next(), FIRST_DAY.next().next().start().0, &[]); })),
        ("lines of a day said to have none", 1, "verify-pack-day-counts", InLog(|l| { let rows = l.rows(FIRST_DAY.next()); let day = Day(FIRST_DAY.0 + 2); l.day_of(day, day.next().start().0, &rows); l.period.until = day.next().start(); })),
        ("sums that are not the rows'", 1, "verify-day-detail", InLog(|l| if let Body::Day(d) = &mut l.leaves[9].body { d.bytes += 1; })),
        // The file
        ("a byte before", 3, "verify-file-not-ours", File(|f| [b"\0", &f[..]].concat())),
        ("a byte after", 1, "verify-pack-form-directory", File(|f| [&f[..], b"\0"].concat())),
        ("a second file after", 1, "verify-pack-form-directory", File(|f| [&f[..], &f[..]].concat())),
    ]
}

// PACK-2 PACK-3 PACK-6 PACK-7 PACK-8 PACK-9 PACK-10 PACK-11 PACK-12: each with its cases in `edits`.
#[test]
fn what_the_right_key_signs_wrongly_is_found() {
    for (what, code, key, edit) in edits() {
        let (log, pack) = forged(&edit);
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
    for (zh, en) in [("verify-verdict-sound", "verify-verdict-sound"), ("verify-pack-readme", "verify-pack-readme")] {
        assert_ne!(text::text(Lang::Zh, zh, &[]), text::text(Lang::En, en, &[]));
    }
}
