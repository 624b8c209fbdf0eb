//! The log on a real disk.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::sync::Arc;

use anlan_base::{Instant, ManualClock};
use anlan_journal::{DiskFs, Journal, JournalError};
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
