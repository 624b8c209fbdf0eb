//! A data folder is sound as the product leaves it, and no byte of it changes unseen (FOLDER-1).
#![allow(clippy::unwrap_used, reason = "tests")]

mod place;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anlan_assure::{Anchor, Outcome, Report, Verdict, verify_folder};
use anlan_base::text::Lang;
use anlan_journal::{DiskFs, Fs, Journal};
use anlan_ledger::Ledger;
use anlan_tlog::envelope::{Body, Dropped};
use anlan_vault::VaultOptions;
use place::{FIRST_DAY, Files, HOUR, Place, key};

fn told(report: &Report) -> String {
    report.lines(Lang::En).join("\n")
}

fn failed(report: &Report) -> Vec<&'static str> {
    report.checks.iter().filter(|check| check.outcome == Outcome::Failed).map(|check| check.key).collect()
}

fn has(report: &Report, key: &str) -> bool {
    report.checks.iter().any(|check| check.key == key)
}

/// A sealed folder of two days without a ledger.
fn sealed(dir: &Path) -> Place {
    let place = Place::begin(dir);
    place.fill();
    place.next_day();
    place.fill();
    place.next_day();
    place.vault.seal_all().unwrap();
    place
}

#[test]
fn a_folder_is_sound_at_every_stage() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::begin(folder.path());
    let sound = |what: &str| {
        let report = place.verify();
        assert_eq!(report.verdict, Verdict::Sound, "{what}: {}", told(&report));
        assert_eq!(report.anchor, Anchor::SelfOnly);
        for lang in [Lang::Zh, Lang::En] {
            let lines = report.lines(lang);
            assert!(lines.last().unwrap().contains("仅自证") && !lines.iter().any(|line| line.contains(['‹', '{'])), "{lines:#?}");
        }
        report
    };
    sound("only the key leaf");
    place.fill();
    assert!(has(&sound("unsealed lines"), "verify-wal-open"));
    place.next_day();
    sound("a day closed");
    place.fill();
    sound("sealed and unsealed lines");
    place.vault.seal_all().unwrap();
    let report = sound("everything sealed");
    let keys: Vec<_> = report.checks.iter().map(|check| check.key).collect();
    let order = ["verify-folder-key", "verify-log", "verify-segments", "verify-batches", "verify-wal", "verify-days", "verify-ledger-none"];
    assert_eq!(keys, order);
}

#[test]
fn a_folder_found_after_a_kill_is_sound_and_says_what_is_open() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::begin(folder.path());
    place.fill();
    place.lines("network", "ip:192.0.2.1", &["the last line before the kill"]);
    drop(place);
    let files = Files::of(folder.path());
    let report = files.verify(folder.path());
    assert!(report.verdict == Verdict::Sound && has(&report, "verify-wal-open"), "{}", told(&report));
    // WAL-4: a torn tail is said, not called damage.
    let wal = files.under(&folder.path().join("wal")).pop().unwrap();
    let whole = files.files[&wal].to_vec();
    for cut in 1..20 {
        let report = files.with(&wal, whole[..whole.len() - cut].to_vec()).verify(folder.path());
        assert!(report.verdict == Verdict::Sound && has(&report, "verify-wal-torn"), "{cut}: {}", told(&report));
    }
    let report = files.with(&wal, [&whole[..], &[0; 9]].concat()).verify(folder.path());
    assert!(report.verdict == Verdict::Sound && has(&report, "verify-wal-torn"), "{}", told(&report));
}

/// Verifies with each byte of these files flipped in turn, on two threads.
fn flip_all(files: &Files, dir: &Path, paths: &[PathBuf], judge: impl Fn(&Path, usize, &Report) + Sync) {
    let work: Vec<(&PathBuf, usize)> = paths.iter().flat_map(|path| (0..files.files[path].len()).map(move |at| (path, at))).collect();
    std::thread::scope(|scope| {
        for half in 0..2 {
            let (work, judge) = (&work, &judge);
            scope.spawn(move || {
                for (path, at) in work.iter().skip(half).step_by(2) {
                    let mut bytes = files.files[*path].to_vec();
                    bytes[*at] ^= 1 << (at % 8);
                    judge(path, *at, &files.with(path, bytes).verify(dir));
                }
            });
        }
    });
}

/// Lines that hardly compress: hex digits of hashes.
fn fill_to_64_kib(place: &Place) {
    let lines: Vec<String> = (0_u32..48)
        .map(|n| (0_u32..32).map(|i| anlan_tlog::hex(&anlan_tlog::sha256(&[n.to_be_bytes(), i.to_be_bytes()].concat()))).collect())
        .collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    place.lines("network", "ip:192.0.2.64", &lines);
    place.vault.seal_all().unwrap();
}

// FOLDER-1
#[test]
fn every_flipped_byte_is_found_folder_1() {
    let folder = tempfile::tempdir().unwrap();
    let place = sealed(folder.path());
    fill_to_64_kib(&place);
    drop(place);
    // Without the private key, whose check would take longer than the rest.
    let files = Files::of(folder.path()).without(&folder.path().join("key"));
    assert_eq!(files.verify(folder.path()).verdict, Verdict::Sound);
    let paths: Vec<PathBuf> = ["log", "events", "wal"].iter().flat_map(|part| files.under(&folder.path().join(part))).collect();
    let bytes: usize = paths.iter().map(|path| files.files[path].len()).sum();
    assert!(bytes >= 64 << 10 && paths.len() > 8, "{bytes} bytes in {} files", paths.len());
    flip_all(&files, folder.path(), &paths, |path, at, report| {
        assert_eq!(report.verdict, Verdict::Damaged, "byte {at} of {}", path.display());
    });
}

// FOLDER-1 FOLDER-2 WAL-1 WAL-5
#[test]
fn every_flipped_byte_of_a_write_ahead_log_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::begin_on(Arc::new(DiskFs), folder.path(), VaultOptions { wal_file_bytes: 700, ..VaultOptions::default() });
    place.fill();
    drop(place);
    let files = Files::of(folder.path());
    let paths = files.under(&folder.path().join("wal"));
    assert!(paths.len() > 2 && files.verify(folder.path()).verdict == Verdict::Sound);
    let last = paths.last().unwrap();
    flip_all(&files, folder.path(), &paths, |path, at, report| {
        // Only in the last frame of the last file a flip cannot be told from a torn write, which is said.
        let said = path == last.as_path() && has(report, "verify-wal-torn");
        assert!(report.verdict == Verdict::Damaged || said, "byte {at} of {}: {}", path.display(), told(report));
    });
    for (a, b) in paths.iter().zip(paths.iter().skip(1)) {
        let swapped = files.with(a, files.files[b].to_vec()).with(b, files.files[a].to_vec());
        assert_eq!(swapped.verify(folder.path()).verdict, Verdict::Damaged);
        assert_eq!(files.without(a).verify(folder.path()).verdict, Verdict::Damaged, "{}", a.display());
    }
}

// FOLDER-1 TLOG-9 SEG-3
#[test]
fn files_dropped_swapped_cut_or_added_are_found() {
    let folder = tempfile::tempdir().unwrap();
    drop(sealed(folder.path()));
    let files = Files::of(folder.path());
    let paths: Vec<PathBuf> = ["log", "events"].iter().flat_map(|part| files.under(&folder.path().join(part))).collect();
    let segments = files.under(&folder.path().join("events"));
    assert!(segments.len() >= 4);
    for path in &paths {
        let whole = files.files[path].to_vec();
        let at = path.display();
        assert_eq!(files.without(path).verify(folder.path()).verdict, Verdict::Damaged, "without {at}");
        for length in [0, 1, whole.len() / 2, whole.len() - 1] {
            assert_eq!(files.with(path, whole[..length].to_vec()).verify(folder.path()).verdict, Verdict::Damaged, "{at} cut to {length}");
        }
        assert_eq!(files.with(path, [&whole[..], b"\0"].concat()).verify(folder.path()).verdict, Verdict::Damaged, "{at} and a byte");
        let copy = path.with_file_name(format!("{}x", path.file_name().unwrap().to_string_lossy()));
        assert_eq!(files.with(&copy, whole).verify(folder.path()).verdict, Verdict::Damaged, "a copy of {at}");
    }
    for a in &segments {
        for b in segments.iter().filter(|b| *b != a) {
            let swapped = files.with(a, files.files[b].to_vec()).with(b, files.files[a].to_vec());
            assert_eq!(swapped.verify(folder.path()).verdict, Verdict::Damaged);
            assert_eq!(files.with(a, files.files[b].to_vec()).verify(folder.path()).verdict, Verdict::Damaged);
        }
    }
    for added in [
        "events/x",
        "events/class=network/x",
        "events/class=network/date=2026-11-20/00000000000000000001.parquet",
        "wal/x",
        "log/x",
        "log/tile/0/001",
        "log/detail/x",
        "wal/00000000000000000001.wal.tmp",
    ] {
        let report = files.with(&folder.path().join(added), vec![1, 2, 3]).verify(folder.path());
        assert!(report.verdict == Verdict::Damaged && failed(&report) == ["verify-file-foreign"], "{added}: {}", told(&report));
    }
    let report = files.with(&folder.path().join("notes.txt"), vec![]).verify(folder.path());
    assert!(report.verdict == Verdict::Sound && has(&report, "verify-folder-unknown"));
}

#[test]
fn what_is_no_folder_and_another_key_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let files = || Files::of(folder.path());
    assert_eq!(files().verify(folder.path()).verdict, Verdict::NotOurs);
    drop(sealed(folder.path()));
    let (format, private) = (folder.path().join("format"), folder.path().join("key"));
    assert_eq!(files().without(&format).verify(folder.path()).verdict, Verdict::NotOurs);
    assert_eq!(files().with(&format, b"anlan-data/2\n".to_vec()).verify(folder.path()).verdict, Verdict::NotOurs);
    assert_eq!(files().without(&private).verify(folder.path()).verdict, Verdict::Sound);
    let other = anlan_tlog::note::Signer::from_seed(place::ORIGIN, [8; 32]).unwrap();
    let report = files().with(&private, other.render_private().into_bytes()).verify(folder.path());
    assert_eq!(failed(&report), ["verify-folder-other-key"]);
    let report = verify_folder(Arc::new(files()), folder.path(), &other.verifying_key(), None, false);
    assert!(report.verdict == Verdict::Damaged && failed(&report).contains(&"verify-checkpoint-signature"), "{}", told(&report));
}

/// A second folder made with the same key holds another history: sound by itself, refused by an older checkpoint of the first.
#[test]
fn a_history_forged_with_the_right_key_is_only_self_proven() {
    let (truth, lie) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let place = Place::begin(truth.path());
    place.fill();
    let kept = place.journal.checkpoint();
    place.next_day();
    place.vault.seal_all().unwrap();
    let forged = Place::begin(lie.path());
    forged.lines("network", "ip:192.0.2.1", &["nothing happened here"]);
    for _ in 0..4 {
        forged.next_day();
    }
    forged.vault.seal_all().unwrap();
    assert!(forged.journal.size() > 4);
    assert_eq!(forged.verify().verdict, Verdict::Sound);
    assert_eq!(forged.verify().anchor, Anchor::SelfOnly);
    let against = |dir: &Path, older: &[u8]| verify_folder(Arc::new(DiskFs), dir, &key(), Some(older), false);
    let report = against(lie.path(), &kept);
    assert_eq!(report.verdict, Verdict::Damaged, "{}", told(&report));
    assert!(failed(&report).iter().all(|key| key.starts_with("verify-against-")));
    let size = anlan_tlog::checkpoint::Checkpoint::parse(key().open(&kept).unwrap()).unwrap().size;
    let report = against(truth.path(), &kept);
    assert_eq!((report.verdict.clone(), report.anchor.clone()), (Verdict::Sound, Anchor::Against { size }), "{}", told(&report));
    let now = place.journal.checkpoint();
    assert_eq!(against(truth.path(), &now).verdict, Verdict::Sound);
    place.clock.advance_seconds(60);
    place.lines("network", "ip:192.0.2.1", &["later"]);
    place.vault.seal_all().unwrap();
    let newer = place.journal.checkpoint();
    let old_copy = Files::of(truth.path());
    assert_eq!(against(truth.path(), &newer).verdict, Verdict::Sound);
    assert_eq!(against(truth.path(), b"garbage").verdict, Verdict::Usage);
    assert_eq!(against(truth.path(), &place.journal.sign("hello\n")).verdict, Verdict::Usage);
    place.clock.advance_seconds(60);
    place.lines("network", "ip:192.0.2.1", &["still later"]);
    place.vault.seal_all().unwrap();
    let report = verify_folder(Arc::new(old_copy), truth.path(), &key(), Some(&place.journal.checkpoint()), false);
    assert_eq!(failed(&report), ["verify-against-larger"], "{}", told(&report));
}

#[test]
fn a_log_replaced_by_an_older_one_is_found_by_the_write_ahead_log() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::begin(folder.path());
    let old = Files::of(folder.path());
    place.fill();
    place.vault.seal_all().unwrap();
    place.fill();
    drop(place);
    let mut mixed = Files::of(folder.path());
    mixed.files.retain(|path, _| !path.starts_with(folder.path().join("log")));
    mixed.files.extend(
        old.files.iter().filter(|(path, _)| path.starts_with(folder.path().join("log"))).map(|(path, bytes)| (path.clone(), bytes.clone())),
    );
    let report = mixed.verify(folder.path());
    assert!(failed(&report).contains(&"verify-wal-log-behind"), "{}", told(&report));
}

#[test]
fn a_dropped_segment_is_missed_only_when_its_drop_is_a_leaf() {
    let folder = tempfile::tempdir().unwrap();
    let place = sealed(folder.path());
    let mut seals = Vec::new();
    place
        .journal
        .scan(0..place.journal.size(), &mut |_, envelope| {
            if let Body::Seal(seal) = envelope.body {
                seals.push(seal)
            }
        })
        .unwrap();
    let seal = seals[0].clone();
    let path = folder.path().join(format!("events/class={}/date={}/{:020}.parquet", seal.class, seal.day, seal.first.0));
    DiskFs.remove(&path).unwrap();
    assert_eq!(place.verify().verdict, Verdict::Damaged);
    let dropped = Dropped { class: seal.class, day: seal.day, first: seal.first, digest: seal.digest };
    place.journal.append(&[Body::Drop(dropped)]).unwrap();
    let report = place.verify();
    assert_eq!(report.verdict, Verdict::Sound, "{}", told(&report));
}

/// ENT-1 ENT-2 and the projections: the ledger is judged by its rows.
#[test]
fn ledger_rows_are_what_their_leaves_say() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let place = Place::begin(folder.path());
    place.fill();
    let before = runtime.block_on(async {
        let ledger = place.ledger().await;
        let open = place.verify();
        assert_eq!(open.verdict, Verdict::Sound, "with its write-ahead file: {}", told(&open));
        ledger.note_act(&anlan_ledger::Actor::System, "waiting", &[]).await.unwrap();
        let report = place.verify();
        assert!(report.verdict == Verdict::Sound && has(&report, "verify-ledger-waiting"), "{}", told(&report));
        place.pump(&ledger).await;
        ledger.close().await;
        DiskFs.read(&folder.path().join("ledger.db")).unwrap()
    });
    place.vault.seal_all().unwrap();
    let report = place.verify();
    assert!(report.verdict == Verdict::Sound && has(&report, "verify-ledger"), "{}", told(&report));
    let db = folder.path().join("ledger.db");
    for (what, sql, expected) in [
        ("bytes changed", "UPDATE entry SET body = zeroblob(60) WHERE number = 2", "verify-ledger-row"),
        ("another's fields", "UPDATE entry SET body = (SELECT body FROM entry WHERE number = 2) WHERE number = 3", "verify-ledger-row"),
        ("an entry removed", "DELETE FROM entry WHERE number = 2", "verify-ledger-hole"),
        ("the last entry removed", "DELETE FROM entry WHERE number = 4", "verify-ledger-missing"),
        ("a leaf that is another's", "UPDATE entry SET leaf = 0 WHERE number = 2", "verify-ledger-row"),
        ("a projection changed", "UPDATE source SET name = 'other'", "verify-ledger-projection"),
    ] {
        DiskFs.replace(&db, &before).unwrap();
        if !run_sql(&db, sql) {
            println!("left out: no python3 with sqlite3 here");
            continue;
        }
        let report = place.verify();
        assert!(failed(&report).contains(&expected), "{what}: {}", told(&report));
    }
    DiskFs.remove(&db).unwrap();
    assert_eq!(failed(&place.verify()), ["verify-file-missing"]);
    DiskFs.replace(&db, b"no database").unwrap();
    assert_eq!(failed(&place.verify()), ["verify-ledger-unreadable"]);
}

fn run_sql(db: &Path, sql: &str) -> bool {
    let program = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('PRAGMA foreign_keys=OFF'); c.executescript(sys.argv[2]); c.commit(); c.execute('PRAGMA wal_checkpoint(TRUNCATE)'); c.close()";
    let output = std::process::Command::new("python3").args(["-c", program]).arg(db).arg(sql).output();
    output.is_ok_and(|output| {
        assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
        true
    })
}

/// A folder of a ledger entry whose leaf was forged into the log, or an entry forged into the ledger.
#[test]
fn a_ledger_ahead_of_its_log_is_found() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let place = Place::begin(folder.path());
    runtime.block_on(async {
        let ledger: Ledger = place.ledger().await;
        ledger.note_act(&anlan_ledger::Actor::System, "forged", &[]).await.unwrap();
        ledger.sequenced(&[(4, 900)]).await.unwrap();
        ledger.close().await;
    });
    assert_eq!(failed(&place.verify()), ["verify-ledger-leaf"]);
    place.journal.append(&[Body::Entry { number: 9, digest: [9; 32] }]).unwrap();
    assert!(failed(&place.verify()).contains(&"verify-ledger-missing"));
}

/// While a server writes, a verifier beside it calls nothing damage.
#[test]
fn a_running_folder_is_sound() {
    let folder = tempfile::tempdir().unwrap();
    let options = VaultOptions { seal_rows: 64, wal_file_bytes: 4096, ..VaultOptions::default() };
    let place = Place::begin_on(Arc::new(DiskFs), folder.path(), options);
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for round in 0..60 {
                place.fill();
                place.clock.advance_seconds(61);
                if round % 7 == 0 {
                    place.next_day();
                }
            }
            done.store(true, std::sync::atomic::Ordering::SeqCst);
        });
        let mut looks = 0;
        while !done.load(std::sync::atomic::Ordering::SeqCst) || looks == 0 {
            let report = verify_folder(Arc::new(DiskFs), folder.path(), &key(), None, true);
            assert_eq!(report.verdict, Verdict::Sound, "look {looks}: {}", told(&report));
            looks += 1;
        }
    });
    // Damage is damage beside a running server too.
    let segment = Files::of(folder.path()).under(&folder.path().join("events")).pop().unwrap();
    let mut bytes = DiskFs.read(&segment).unwrap();
    bytes[100] ^= 1;
    DiskFs.replace(&segment, &bytes).unwrap();
    let report = verify_folder(Arc::new(DiskFs), folder.path(), &key(), None, true);
    assert_eq!(failed(&report)[0], "verify-file-digest", "{}", told(&report));
}

#[test]
fn a_folder_without_lines_is_sound() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::begin(folder.path());
    place.vault.seal_all().unwrap();
    for _ in 0..3 {
        place.next_day();
    }
    assert_eq!(place.verify().verdict, Verdict::Sound, "{}", told(&place.verify()));
    assert_eq!(anlan_base::Day::of(FIRST_DAY.start().plus_seconds(HOUR)), FIRST_DAY);
    let _: Option<Journal> = None;
}
