//! The log on a real disk.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::path::Path;
use std::sync::Arc;

use anlan_base::{Instant, ManualClock};
use anlan_journal::{DiskFs, Fs as _, Journal, JournalError};
use anlan_tlog::checkpoint::Checkpoint;
use anlan_tlog::envelope::{Body, Envelope};
use anlan_tlog::note::Signer;
use anlan_tlog::{consistent, leaf_hash, root, root_from_inclusion};

fn signer() -> Signer {
    Signer::from_seed("anlan.local/0123456789abcdef", [7; 32]).unwrap()
}

fn entry(number: u64) -> Body {
    Body::Entry { number, digest: [3; 32] }
}

#[test]
fn leaves_stay_and_proofs_lead_to_the_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("log");
    let clock = Arc::new(ManualClock::at(Instant(1_000)));
    let journal = Journal::create(Arc::new(DiskFs), dir.clone(), signer(), clock.clone()).unwrap();
    let mut number = 0;
    for (step, count) in [1_u64, 254, 1, 1, 300, 700, 3].into_iter().enumerate() {
        clock.set(Instant(2_000 - step as u64));
        let size = journal.size();
        let bodies: Vec<Body> = (0..count)
            .map(|_| {
                number += 1;
                entry(number)
            })
            .collect();
        assert_eq!(journal.append(&bodies).unwrap(), size..size + count);
    }
    let size = journal.size();
    let mut leaves = Vec::new();
    let mut last = Instant(0);
    journal
        .scan(0..size, &mut |index, envelope| {
            assert_eq!(index, leaves.len() as u64);
            assert!(envelope.at >= last);
            last = envelope.at;
            leaves.push(leaf_hash(&envelope.encode()));
        })
        .unwrap();
    let key = journal.verifying_key();
    let checkpoint = Checkpoint::parse(key.open(&journal.checkpoint()).unwrap()).unwrap();
    assert_eq!((checkpoint.size, checkpoint.root), (size, root(&leaves)));
    for (index, leaf) in leaves.iter().enumerate().step_by(13) {
        for size in [index as u64 + 1, size.min(index as u64 + 257), size] {
            let path = journal.inclusion(index as u64, size).unwrap();
            assert_eq!(root_from_inclusion(index as u64, size, *leaf, &path), Some(root(&leaves[..size as usize])));
            let path = journal.consistency(size, checkpoint.size).unwrap();
            assert!(consistent(size, &journal.root_at(size).unwrap(), checkpoint.size, &checkpoint.root, &path));
        }
    }
    assert_eq!(journal.first_at(Instant(0)).unwrap(), 0);
    assert_eq!(journal.first_at(Instant(2_000)).unwrap(), 1);
    assert_eq!(journal.first_at(Instant(2_001)).unwrap(), size);
    let before = journal.checkpoint();
    drop(journal);
    assert!(matches!(Journal::create(Arc::new(DiskFs), dir.clone(), signer(), clock.clone()), Err(JournalError::Exists(_))));
    let journal = Journal::open(Arc::new(DiskFs), dir, signer(), clock).unwrap();
    assert_eq!(journal.checkpoint(), before);
    assert_eq!(journal.entry(size - 1).unwrap(), Envelope { at: Instant(2_000), body: entry(number) });
    assert!(matches!(journal.entry(size), Err(JournalError::NoSuchLeaf { .. })));
}

#[test]
fn files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let deep = folder.path().join("a/b/c");
    DiskFs.create_dir_all(&deep).unwrap();
    DiskFs.create_dir_all(&deep).unwrap();
    DiskFs.create(&deep.join("f")).unwrap();
    DiskFs.replace(&deep.join("g"), b"x").unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&deep), mode(&deep.join("f")), mode(&deep.join("g"))), (0o700, 0o600, 0o600));
}

#[test]
fn files_grow_are_cut_replaced_renamed_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f");
    let mut file = DiskFs.create(&path).unwrap();
    file.append(b"abc").unwrap();
    file.append(b"def").unwrap();
    file.sync().unwrap();
    assert!(DiskFs.create(&path).is_err());
    assert!(DiskFs.reopen(&path, 7).is_err());
    let mut file = DiskFs.reopen(&path, 2).unwrap();
    file.append(b"XY").unwrap();
    file.sync().unwrap();
    assert_eq!(DiskFs.read(&path).unwrap(), b"abXY");
    assert_eq!(DiskFs.read_at(&path, 1, 2).unwrap(), b"bX");
    assert!(DiskFs.read_at(&path, 3, 2).is_err() && DiskFs.read_at(&path, u64::MAX, usize::MAX).is_err());
    assert_eq!(DiskFs.len(&path).unwrap(), 4);
    DiskFs.replace(&path, b"new").unwrap();
    DiskFs.rename(&path, &folder.path().join("g")).unwrap();
    DiskFs.create_dir_all(&folder.path().join("d/e")).unwrap();
    DiskFs.sync_dir(folder.path()).unwrap();
    let names: Vec<(String, bool)> = DiskFs.list(folder.path()).unwrap().into_iter().map(|entry| (entry.name, entry.is_dir)).collect();
    assert_eq!(names, [("d".to_owned(), true), ("g".to_owned(), false)]);
    assert!(DiskFs.remove(&folder.path().join("d")).is_err(), "not empty");
    DiskFs.remove(&folder.path().join("d/e")).unwrap();
    DiskFs.remove(&folder.path().join("d")).unwrap();
    DiskFs.remove(&folder.path().join("g")).unwrap();
    assert_eq!(DiskFs.list(folder.path()).unwrap(), []);
    assert_eq!(DiskFs.list(&folder.path().join("nowhere")).unwrap(), []);
    assert!(!DiskFs.exists(&path));
}
