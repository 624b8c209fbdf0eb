//! A crash, or an error, at every writing call of a fixed workload: what was committed stays, and the log is sound after the next start.
#![allow(clippy::unwrap_used, reason = "a test")]

mod parts;

use anlan_journal::faulty::{Fault, FaultyFs, Tearing};
use anlan_journal::{Journal, JournalError};
use anlan_tlog::envelope::Body;
use parts::{create, day, dir, entries, open, signer};

/// Appends that cross the ends of tiles, with details between them.
fn steps() -> Vec<Vec<Body>> {
    vec![
        entries(1..4),
        vec![day(20_000).1],
        entries(4..250),
        entries(250..257),
        [entries(257..300), vec![day(20_001).1, day(20_002).1], entries(300..900)].concat(),
        entries(900..1_018),
        entries(1_018..1_020),
        vec![day(20_003).1],
    ]
}

fn details() -> Vec<(String, Body)> {
    (20_000..20_004).map(day).collect()
}

/// Runs the workload from where the log stands; gives the size up to which it was told that leaves are committed.
fn run(fs: &FaultyFs, committed: &mut u64) -> Result<(), JournalError> {
    let journal = match open(fs) {
        Err(JournalError::NoLog(_)) => create(fs)?,
        journal => journal?,
    };
    *committed = (*committed).max(journal.size());
    let mut at = 1;
    for step in steps() {
        let end = at + step.len() as u64;
        let rest = step.into_iter().skip(usize::try_from(journal.size().saturating_sub(at)).unwrap());
        let rest: Vec<Body> = if journal.size() >= end { vec![] } else { rest.collect() };
        for (detail, body) in details() {
            if rest.contains(&body) {
                journal.put_detail(detail.as_bytes())?;
            }
        }
        journal.append(&rest)?;
        *committed = (*committed).max(journal.size());
        at = end;
    }
    Ok(())
}

/// The log holds a prefix of the workload, at least `committed` of it, and is sound to the last byte.
fn verify(journal: &Journal, fs: &FaultyFs, committed: u64, what: &str) {
    assert!(journal.size() >= committed, "{what}: {} of {committed}", journal.size());
    let expected: Vec<Body> = steps().concat();
    let mut bodies = Vec::new();
    journal.scan(1..journal.size(), &mut |_, envelope| bodies.push(envelope.body)).unwrap();
    assert!(expected.starts_with(&bodies), "{what}");
    for body in &bodies {
        if let Body::Day(day) = body {
            journal.detail(&day.detail).unwrap();
        }
    }
    let report = anlan_journal::check::check_tree(fs, &dir(), &signer().verifying_key(), &mut |_, _| {});
    assert!(report.sound(), "{what}: {:?}", report.findings);
}

fn recovers(fs: &FaultyFs, committed: u64, what: &str) {
    match open(fs) {
        Ok(journal) => {
            verify(&journal, fs, committed, what);
            let checkpoint = journal.checkpoint();
            drop(journal);
            let calls = fs.calls();
            assert_eq!(open(fs).unwrap().checkpoint(), checkpoint, "{what}");
            assert!(fs.calls() - calls <= 2, "{what}: a second start has nothing to clean");
        }
        Err(JournalError::NoLog(_)) => assert_eq!(committed, 0, "{what}"),
        Err(error) => panic!("{what}: {error}"),
    }
    let mut all = committed;
    run(fs, &mut all).unwrap();
    assert_eq!(all, 1 + steps().concat().len() as u64, "{what}");
    verify(&open(fs).unwrap(), fs, all, what);
}

fn tearings(seed: u64) -> [Tearing; 3] {
    [Tearing::DropUnsynced, Tearing::RandomPrefix(seed), Tearing::Reordered(seed)]
}

fn calls_of_workload() -> u64 {
    let fs = FaultyFs::new();
    run(&fs, &mut 0).unwrap();
    fs.calls()
}

#[test]
fn a_crash_at_every_call_loses_nothing_committed() {
    for nth in 1..=calls_of_workload() {
        for seed in 0..2 {
            for tearing in tearings(nth * 1_000 + seed) {
                let fs = FaultyFs::new();
                fs.arm(nth, Fault::Crash(tearing));
                let mut committed = 0;
                // A crash while a superseded tile is removed is not seen by the append that did it.
                let _ = run(&fs, &mut committed);
                assert!(fs.crashed());
                fs.restart();
                recovers(&fs, committed, &format!("call {nth}, {tearing:?}"));
            }
        }
    }
}

#[test]
fn a_crash_during_recovery_loses_nothing_either() {
    for nth in (1..=calls_of_workload()).step_by(11) {
        for again in (1..25).step_by(2) {
            for tearing in tearings(nth * 1_000 + again) {
                let fs = FaultyFs::new();
                fs.arm(nth, Fault::Crash(Tearing::Reordered(nth * 77 + again)));
                let mut committed = 0;
                let _ = run(&fs, &mut committed);
                fs.restart();
                fs.arm(again, Fault::Crash(tearing));
                let _ = run(&fs, &mut committed);
                fs.crash(tearing);
                fs.restart();
                recovers(&fs, committed, &format!("call {nth}, then {again}, {tearing:?}"));
            }
        }
    }
}

#[test]
fn an_error_at_every_call_stops_the_log_and_loses_nothing_committed() {
    for nth in 1..=calls_of_workload() {
        for fault in [Fault::ErrorNotPersisted, Fault::ErrorButPersisted] {
            for power_cut in [false, true] {
                let fs = FaultyFs::new();
                fs.arm(nth, fault);
                let mut committed = 0;
                let _ = run(&fs, &mut committed);
                if power_cut {
                    fs.crash(Tearing::DropUnsynced);
                }
                fs.restart();
                recovers(&fs, committed, &format!("call {nth}, {fault:?}, power cut {power_cut}"));
            }
        }
    }
}

#[test]
fn after_an_error_no_leaf_is_taken_until_the_log_is_opened_again() {
    let fs = FaultyFs::new();
    let journal = create(&fs).unwrap();
    fs.arm(2, Fault::ErrorNotPersisted);
    assert!(matches!(journal.append(&entries(1..2)), Err(JournalError::Io(_))));
    assert!(matches!(journal.append(&entries(1..2)), Err(JournalError::Failed)));
    assert!(matches!(journal.put_detail(b"x"), Err(JournalError::Failed)));
    assert_eq!(journal.size(), 1);
    drop(journal);
    assert_eq!(open(&fs).unwrap().append(&entries(1..2)).unwrap(), 1..2);
}
