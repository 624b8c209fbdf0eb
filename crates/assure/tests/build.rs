//! Proofs and packs made from a real folder verify, cut where they should be cut, and show nothing out of scope.
#![allow(clippy::unwrap_used, reason = "tests")]

mod place;

use std::collections::BTreeSet;

use anlan_assure::{AssureError, Outcome, Report, Verdict, build_pack, prove, verify_bytes};
use anlan_base::text::Lang;
use anlan_base::{Instant, Seq, SourceKey};
use anlan_journal::Fs as _;
use anlan_tlog::proof::LineProof;
use anlan_vault::{Scope, VaultOptions};
use place::{FIRST_DAY, HOUR, Place, key};

fn told(report: &Report) -> String {
    report.lines(Lang::En).join("\n")
}

fn sound(pack: &[u8]) -> Report {
    let report = verify_bytes(pack, &key(), None);
    assert_eq!(report.verdict, Verdict::Sound, "{}", told(&report));
    report
}

fn sources(keys: &[&str]) -> Scope {
    Scope::Sources(keys.iter().map(|key| SourceKey::new(key).unwrap()).collect())
}

fn arg(report: &Report, key: &str, name: &str) -> String {
    let check = report.checks.iter().find(|check| check.key == key && check.outcome == Outcome::Held).unwrap();
    check.args.iter().find(|(known, _)| *known == name).unwrap().1.clone()
}

fn contains(pack: &[u8], text: &str) -> bool {
    pack.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn a_line_is_proven_sealed_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::begin(folder.path());
    let (first, last) = place.lines("network", "ip:192.0.2.1", &["one", "two", "three"]);
    let proof = prove(&place.vault, &place.journal, last, &Scope::All).unwrap();
    sound(&proof);
    assert_eq!(LineProof::parse(&proof).unwrap().raw, b"three");
    place.fill();
    place.next_day();
    place.vault.seal_all().unwrap();
    let later = prove(&place.vault, &place.journal, first, &Scope::All).unwrap();
    sound(&later);
    assert_eq!(LineProof::parse(&later).unwrap().position, 0);
    // The proof that was given out before still holds.
    sound(&proof);
}

#[test]
fn a_line_out_of_scope_does_not_exist_and_nothing_is_done_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::begin(folder.path());
    let (seq, _) = place.lines("network", "ip:192.0.2.1", &["one"]);
    let size = place.journal.size();
    for (seq, scope) in
        [(seq, sources(&["ip:192.0.2.2"])), (seq, Scope::Sources(BTreeSet::new())), (Seq(seq.0 + 1), Scope::All), (Seq(0), Scope::All)]
    {
        assert!(matches!(prove(&place.vault, &place.journal, seq, &scope), Err(AssureError::NoSuchLine(no)) if no == seq));
    }
    assert_eq!(place.journal.size(), size, "no batch was closed for it");
    sound(&prove(&place.vault, &place.journal, seq, &sources(&["ip:192.0.2.1"])).unwrap());
}

#[test]
fn packs_of_every_shape_verify() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::begin(folder.path());
    let empty = sound(&place.pack(Instant(0), Instant(u64::MAX), Scope::All));
    assert_eq!(arg(&empty, "verify-pack-lines", "lines"), "0");
    place.fill();
    place.next_day();
    place.fill();
    place.next_day();
    place.fill();
    let lines = place.vault.status().lines;
    let day = |days: u32| Instant(anlan_base::Day(FIRST_DAY.0 + days).start().0);
    let nine = day(1).plus_seconds(9 * HOUR);
    for (what, since, until) in [
        ("everything", Instant(0), Instant(u64::MAX)),
        ("a whole day", day(1), day(2)),
        ("two whole days", day(0), day(2)),
        ("the morning", day(0), day(0).plus_seconds(9 * HOUR + 9)),
        ("borders inside batches", nine.plus_seconds(6), nine.plus_seconds(14)),
        ("empty", day(1), day(1)),
        ("empty, inside a batch", nine.plus_seconds(9), nine.plus_seconds(9)),
        ("before the log", Instant(1), Instant(2)),
        ("after the log", day(9), day(10)),
    ] {
        for scope in [Scope::All, sources(&["ip:192.0.2.1"]), sources(&["ip:2001:db8::1", "token:web"]), sources(&["ip:203.0.113.99"])] {
            let report = sound(&place.pack(since, until, scope.clone()));
            let shown = arg(&report, "verify-pack-lines", "lines");
            if what == "everything" && scope == Scope::All {
                assert_eq!(shown, lines.to_string(), "open batches were closed for it");
            }
        }
    }
    place.vault.seal_all().unwrap();
    let report = sound(&place.pack(Instant(0), Instant(u64::MAX), Scope::All));
    assert_eq!(arg(&report, "verify-pack-lines", "lines"), lines.to_string());
    assert_eq!(arg(&report, "verify-pack-days", "days"), "2");
}

#[test]
fn a_pack_shows_nothing_out_of_scope_or_period() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::begin(folder.path());
    place.lines("network", "ip:192.0.2.1", &["a secret of the first hour"]);
    place.clock.advance_seconds(20);
    let since = anlan_base::Clock::now(&*place.clock);
    place.lines("network", "ip:192.0.2.1", &["shown to everybody"]);
    place.lines("network", "ip:192.0.2.2", &["a secret of another source"]);
    let pack = place.pack(since, Instant(u64::MAX), sources(&["ip:192.0.2.1"]));
    assert_eq!(arg(&sound(&pack), "verify-pack-lines", "lines"), "1");
    assert!(contains(&pack, "shown to everybody") && !contains(&pack, "secret"));
    let all = place.pack(Instant(0), Instant(u64::MAX), Scope::All);
    assert!(contains(&all, "a secret of the first hour") && contains(&all, "a secret of another source"));
}

#[test]
fn several_segments_and_tiles_make_one_pack_twice_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let options = VaultOptions { seal_rows: 40, ..VaultOptions::default() };
    let place = Place::begin_on(std::sync::Arc::new(anlan_journal::DiskFs), folder.path(), options);
    for _ in 0..30 {
        place.fill();
        place.clock.advance_seconds(61);
    }
    place.vault.seal_all().unwrap();
    assert!(place.journal.size() > 64 && place.vault.status().segments > 3);
    let pack = place.pack(Instant(0), Instant(u64::MAX), Scope::All);
    sound(&pack);
    assert_eq!(pack, place.pack(Instant(0), Instant(u64::MAX), Scope::All), "a pack follows from its folder, period and scope");
}

#[test]
fn requests_that_make_no_sense_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::begin(folder.path());
    let ask = |since, until, scope| {
        let request = place.request(Instant(since), Instant(until), scope);
        build_pack(&place.vault, &place.journal, &request, &place.fs, folder.path(), std::io::Cursor::new(Vec::new()))
    };
    assert!(matches!(ask(2, 1, Scope::All), Err(AssureError::PeriodBackwards)));
    assert!(matches!(ask(1, 2, Scope::Sources(BTreeSet::new())), Err(AssureError::EmptyScope)));
}

#[test]
fn a_pack_of_damaged_lines_is_not_handed_out() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::begin(folder.path());
    place.fill();
    place.vault.seal_all().unwrap();
    drop(place);
    let segment = place::Files::of(folder.path()).under(&folder.path().join("events")).remove(0);
    anlan_journal::DiskFs.remove(&segment).unwrap();
    let place = Place::reopen(folder.path(), FIRST_DAY.start().plus_seconds(12 * HOUR));
    let request = place.request(Instant(0), Instant(u64::MAX), Scope::All);
    let spool = tempfile::tempdir().unwrap();
    let made = build_pack(&place.vault, &place.journal, &request, &place.fs, spool.path(), std::io::Cursor::new(Vec::new()));
    assert!(matches!(made, Err(AssureError::LinesGone { .. })), "{made:?}");
}
