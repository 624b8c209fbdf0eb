//! What a log gives to its readers, and what it does not take.
#![allow(clippy::unwrap_used, reason = "a test")]

mod parts;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anlan_base::{Class, Day, Instant, ManualClock, Seq};
use anlan_journal::faulty::FaultyFs;
use anlan_journal::{APPEND_LEAVES, Journal, JournalError};
use anlan_tlog::checkpoint::Checkpoint;
use anlan_tlog::envelope::{Batch, Body, DayLeaf};
use anlan_tlog::{leaf_hash, root_from_inclusion, tile};
use parts::{create, day, dir, entries, open, signer};

fn size_on_disk(journal: &Journal) -> u64 {
    Checkpoint::parse(journal.verifying_key().open(&journal.checkpoint()).unwrap()).unwrap().size
}

#[test]
fn any_number_of_leaves_is_appended_in_steps() {
    let limit = APPEND_LEAVES as u64;
    for count in [0, 1, limit - 1, limit, limit + 1] {
        let fs = FaultyFs::new();
        let journal = create(&fs).unwrap();
        assert_eq!(journal.append(&entries(1..count + 1)).unwrap(), 1..count + 1);
        assert_eq!((journal.size(), size_on_disk(&journal)), (count + 1, count + 1));
        assert_eq!(open(&fs).unwrap().checkpoint(), journal.checkpoint());
        let report = journal.check(&mut |_, _| {});
        assert!(report.sound(), "{count}: {:?}", report.findings);
    }
}

/// One fsync for each file and folder that changed, however many leaves.
#[test]
fn many_leaves_cost_few_calls() {
    let fs = FaultyFs::new();
    let journal = create(&fs).unwrap();
    journal.append(&entries(1..5)).unwrap();
    let before = fs.calls();
    journal.append(&entries(5..6)).unwrap();
    assert!(fs.calls() - before <= 15, "{}", fs.calls() - before);
    let before = fs.calls();
    journal.append(&entries(6..4_102)).unwrap();
    assert!(fs.calls() - before <= 3 * 2 * 18 + 25, "{}", fs.calls() - before);
}

/// TLOG-9: exactly the tiles of the size are there after every append.
#[test]
fn tlog_9_superseded_tiles_go_at_once() {
    let fs = FaultyFs::new();
    let journal = create(&fs).unwrap();
    for number in 1..600 {
        journal.append(&entries(number..number + 1)).unwrap();
        let mut found: Vec<String> =
            fs.files().into_iter().map(|(path, _)| path.strip_prefix(dir()).unwrap().to_str().unwrap().to_owned()).collect();
        let mut expected: Vec<String> =
            tile::all(journal.size()).into_iter().map(|(level, n, width)| tile::path(level, n, width)).collect();
        expected.push("checkpoint".to_owned());
        found.sort();
        expected.sort();
        assert_eq!(found, expected);
    }
}

#[test]
fn tiles_are_served_and_cut() {
    let fs = FaultyFs::new();
    let journal = create(&fs).unwrap();
    journal.append(&entries(1..600)).unwrap();
    for (level, n, width) in tile::all(600) {
        let whole = journal.tile(level, n, width).unwrap();
        assert_eq!(whole, fs.files().into_iter().find(|(path, _)| *path == dir().join(tile::path(level, n, width))).unwrap().1);
        let narrow = journal.tile(level, n, 1).unwrap();
        assert!(whole.starts_with(&narrow) && !narrow.is_empty());
        if level.is_some() {
            assert_eq!(narrow.len(), 32);
        }
        assert!(matches!(journal.tile(level, n, 0), Err(JournalError::NoSuchTile)));
        if width < 256 {
            assert!(matches!(journal.tile(level, n, width + 1), Err(JournalError::NoSuchTile)));
        }
    }
    for (level, n) in [(None, 3), (Some(0), 3), (Some(1), 1), (Some(2), 0), (Some(9), 0), (Some(255), u64::MAX)] {
        assert!(matches!(journal.tile(level, n, 1), Err(JournalError::NoSuchTile)), "{level:?} {n}");
    }
}

#[test]
fn questions_beyond_the_log_are_refused() {
    let journal = create(&FaultyFs::new()).unwrap();
    journal.append(&entries(1..10)).unwrap();
    assert!(matches!(journal.entry(10), Err(JournalError::NoSuchLeaf { index: 10, size: 10 })));
    assert!(matches!(journal.entry(u64::MAX), Err(JournalError::NoSuchLeaf { .. })));
    assert!(matches!(journal.scan(0..11, &mut |_, _| {}), Err(JournalError::NoSuchLeaf { .. })));
    assert!(matches!(journal.inclusion(3, 11), Err(JournalError::NoSuchLeaf { .. })));
    assert!(matches!(journal.inclusion(3, 3), Err(JournalError::NoSuchLeaf { .. })));
    assert!(matches!(journal.consistency(3, 11), Err(JournalError::NoSuchLeaf { .. })));
    assert!(matches!(journal.consistency(4, 3), Err(JournalError::NoSuchLeaf { .. })));
    assert!(matches!(journal.root_at(11), Err(JournalError::NoSuchLeaf { .. })));
    let mut seen = Vec::new();
    journal.scan(8..10, &mut |index, _| seen.push(index)).unwrap();
    journal.scan(4..4, &mut |index, _| seen.push(index)).unwrap();
    assert_eq!(seen, [8, 9]);
}

#[test]
fn leaves_that_would_damage_the_log_are_refused() {
    let journal = create(&FaultyFs::new()).unwrap();
    let batch = Batch { class: Class::network(), day: Day(1), count: 0, first: Seq(1), last: Seq(1), root: [0; 32] };
    assert!(matches!(journal.append(&[Body::Batch(batch)]), Err(JournalError::Body(_))));
    let unknown = Body::Day(DayLeaf { day: Day(1), lines: 0, bytes: 0, detail: [1; 32] });
    assert!(matches!(journal.append(&[unknown]), Err(JournalError::NoDetail)));
    assert_eq!(journal.append(&entries(1..2)).unwrap(), 1..2);
}

#[test]
fn details_stay_with_their_leaves_and_go_without() {
    let fs = FaultyFs::new();
    let journal = create(&fs).unwrap();
    let details: Vec<_> = (1..4).map(day).collect();
    let digests: Vec<_> = details.iter().map(|(text, _)| journal.put_detail(text.as_bytes()).unwrap()).collect();
    assert_eq!(journal.put_detail(details[0].0.as_bytes()).unwrap(), digests[0]);
    journal.append(&[details[0].1.clone(), details[1].1.clone()]).unwrap();
    for (digest, (text, _)) in digests.iter().zip(&details) {
        assert_eq!(journal.detail(digest).unwrap(), text.as_bytes());
    }
    drop(journal);
    let journal = open(&fs).unwrap();
    assert!(journal.detail(&digests[0]).is_ok() && journal.detail(&digests[1]).is_ok() && journal.detail(&digests[2]).is_err());
    // Stored again after the start, its leaf may follow.
    journal.put_detail(details[2].0.as_bytes()).unwrap();
    journal.append(&[details[2].1.clone()]).unwrap();
    assert!(journal.check(&mut |_, _| {}).sound());
    let path = dir().join("detail").join(anlan_tlog::hex(&digests[2]));
    fs.put(&path, b"other");
    assert!(matches!(journal.detail(&digests[2]), Err(JournalError::Damaged { .. })));
}

/// TLOG-5: `at` never falls, whatever the clock does.
#[test]
fn tlog_5_at_never_falls() {
    let fs = FaultyFs::new();
    let clock = Arc::new(ManualClock::at(Instant(100)));
    let mut journal = Journal::create(Arc::new(fs.clone()), dir(), signer(), clock.clone()).unwrap();
    for (number, (now, at)) in [(100, 100), (50, 100), (200, 200), (1, 200), (300, 300), (0, 300)].into_iter().enumerate() {
        clock.set(Instant(now));
        journal.append(&entries(number as u64..number as u64 + 1)).unwrap();
        assert_eq!(journal.entry(journal.size() - 1).unwrap().at, Instant(at));
        journal = Journal::open(Arc::new(fs.clone()), dir(), signer(), clock.clone()).unwrap();
    }
    for (at, index) in [(0, 0), (100, 0), (101, 3), (200, 3), (201, 5), (300, 5), (301, 7)] {
        assert_eq!(journal.first_at(Instant(at)).unwrap(), index, "{at}");
    }
    // The last leaf of a full bundle counts too.
    journal.append(&entries(10..259)).unwrap();
    assert_eq!(journal.size(), 256);
    let journal = Journal::open(Arc::new(fs.clone()), dir(), signer(), clock).unwrap();
    journal.append(&entries(259..260)).unwrap();
    assert_eq!(journal.entry(256).unwrap().at, Instant(300));
}

/// TLOG-7: leaf 0 is the key's.
#[test]
fn tlog_7_leaf_0_is_the_key() {
    let journal = create(&FaultyFs::new()).unwrap();
    let key = signer().verifying_key();
    assert_eq!(journal.entry(0).unwrap().body, Body::Key { public: key.public, origin: key.name });
    assert_eq!(journal.size(), 1);
}

#[test]
fn readers_see_whole_commits_while_leaves_are_appended() {
    let journal = Arc::new(create(&FaultyFs::new()).unwrap());
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut last = 0;
                while !done.load(Ordering::SeqCst) {
                    let checkpoint = Checkpoint::parse(journal.verifying_key().open(&journal.checkpoint()).unwrap()).unwrap();
                    assert!(checkpoint.size >= last);
                    last = checkpoint.size;
                    let index = last / 2;
                    let leaf = leaf_hash(&journal.entry(index).unwrap().encode());
                    let path = journal.inclusion(index, last).unwrap();
                    assert_eq!(root_from_inclusion(index, last, leaf, &path), Some(checkpoint.root));
                }
            });
        }
        for number in (1..1_500).step_by(7) {
            journal.append(&entries(number..number + 7)).unwrap();
        }
        done.store(true, Ordering::SeqCst);
    });
}
