//! A fixed workload is crashed at every one of its writing calls, with three kinds of tearing, and failed at every one: whatever was acknowledged is found,
//! nothing stands twice, and log, segments and write-ahead log fit together.

#![allow(clippy::unwrap_used, reason = "test code")]

mod folder;

use std::collections::BTreeSet;
use std::sync::Arc;

use anlan_base::{Instant, Seq, parse_time};
use anlan_journal::faulty::{Fault, FaultyFs, Tearing};
use anlan_tlog::envelope::{Loss, LossReason};
use anlan_vault::{Chunk, Vault, VaultOptions};
use folder::{Folder, Sound, chunk};

fn options() -> VaultOptions {
    VaultOptions { seal_rows: 7, wal_file_bytes: 700, wal_bytes: 4_000, ..VaultOptions::default() }
}

/// What was acknowledged: seq and raw bytes of each line, and losses.
#[derive(Clone, Debug, Default)]
struct Acknowledged {
    lines: Vec<(Seq, String)>,
    losses: Vec<Loss>,
}

struct Run<'a> {
    folder: &'a Folder,
    vault: Vault,
    acknowledged: &'a mut Acknowledged,
    written: usize,
}

impl Run<'_> {
    fn text(&mut self) -> String {
        self.written += 1;
        format!("<13>line {} of the workload", self.written)
    }

    /// One group of both classes.
    fn append(&mut self, network: usize, audit: usize) -> Option<()> {
        let texts: Vec<Vec<String>> = [network, audit].map(|count| (0..count).map(|_| self.text()).collect()).into();
        let chunk = |of: &str, from: &str, texts: &[String]| chunk(of, from, &texts.iter().map(String::as_str).collect::<Vec<_>>());
        let chunks: Vec<Chunk> = vec![chunk("network", "ip:192.0.2.1", &texts[0]), chunk("audit", "token:web01", &texts[1])];
        let seqs = self.vault.append(&chunks).ok()?;
        for ((first, last), texts) in seqs.iter().zip(texts) {
            assert!(texts.is_empty() || last.0 - first.0 + 1 == texts.len() as u64);
            self.acknowledged.lines.extend((first.0..).map(Seq).zip(texts));
        }
        Some(())
    }

    fn lose(&mut self, count: u64) -> Option<()> {
        let loss =
            Loss { reason: LossReason::Queue, source: "ip:192.0.2.1".into(), count, from: Instant(count), until: Instant(count + 1) };
        self.vault.note_losses(std::slice::from_ref(&loss)).ok()?;
        self.acknowledged.losses.push(loss);
        Some(())
    }

    fn turn_after(&self, seconds: u64) -> Option<()> {
        self.folder.clock.advance_seconds(seconds);
        self.vault.turn().ok()
    }

    /// Two classes, batches closed by age and for a proof, segments, losses, a change of day, an orderly end.
    fn work(&mut self) -> Option<()> {
        for round in 0..3 {
            self.append(3, 1)?;
            self.append(1, 0)?;
            self.turn_after(30)?;
            self.append(0, 2)?;
            self.turn_after(30)?;
            self.lose(round)?;
            self.turn_after(1)?;
        }
        let last = self.acknowledged.lines.last().unwrap().0;
        self.vault.batch_of(last).ok()??;
        self.folder.clock.set(parse_time("2026-11-22T00:00:01").unwrap());
        self.append(2, 2)?;
        self.turn_after(1)?;
        self.turn_after(1)?;
        self.append(5, 5)?;
        self.turn_after(61)?;
        self.append(1, 1)?;
        self.vault.seal_all().ok()?;
        self.append(1, 0)
    }
}

/// Runs the workload on a folder as far as it goes.
fn run(folder: &Folder, acknowledged: &mut Acknowledged) -> Option<()> {
    let journal = folder::open_journal(&folder.fs, &folder.dir, folder.clock.clone()).ok()?;
    let vault = Vault::open(folder.fs.clone(), folder.dir.clone(), Arc::new(journal), folder.clock.clone(), options()).ok()?;
    Run { folder, vault, acknowledged, written: 0 }.work()
}

fn fresh() -> (FaultyFs, Folder) {
    let faulty = FaultyFs::new();
    faulty.put(std::path::Path::new("/data/format"), b"anlan-data/1\n");
    let folder = Folder::on(Arc::new(faulty.clone()), folder::clock());
    (faulty, folder)
}

/// Opens what a crash left and looks for everything acknowledged.
fn recovered(folder: &Folder, acknowledged: &Acknowledged, what: &str) -> (Vault, Sound) {
    let (vault, journal) = folder.open_with(options()).unwrap_or_else(|error| panic!("{what}: {error}"));
    for (seq, text) in &acknowledged.lines {
        let line = vault.line(*seq).unwrap().unwrap_or_else(|| panic!("{what}: {text} is lost"));
        assert_eq!(line.raw, text.as_bytes(), "{what}");
    }
    let sound = folder::check(&folder.fs, &folder.dir, &journal);
    let texts: BTreeSet<_> = sound.lines.values().map(|line| line.raw.clone()).collect();
    assert_eq!(texts.len(), sound.lines.len(), "{what}: a line stands twice");
    assert_eq!(vault.status().lines, sound.lines.len() as u64, "{what}");
    for loss in &acknowledged.losses {
        assert_eq!(sound.losses.iter().filter(|known| *known == loss).count(), 1, "{what}: {loss:?}");
    }
    (vault, sound)
}

/// After recovery the folder goes on: it seals everything, and all is still there.
fn goes_on(folder: &Folder, vault: Vault, before: &Sound, acknowledged: &Acknowledged, what: &str) {
    folder.clock.advance_seconds(1);
    vault.append(&[chunk("network", "ip:192.0.2.7", &["afterwards"])]).unwrap_or_else(|error| panic!("{what}: {error}"));
    vault.turn().unwrap();
    vault.seal_all().unwrap_or_else(|error| panic!("{what}: {error}"));
    drop(vault);
    assert!(folder.wal_files().is_empty(), "{what}");
    let (_, sound) = recovered(folder, acknowledged, what);
    assert_eq!(sound.lines.len(), before.lines.len() + 1, "{what}");
    assert_eq!(sound.unsealed, 0);
    // Batches that were in the log stay what they were.
    assert_eq!(sound.batches[..before.batches.len()], before.batches[..], "{what}");
}

fn calls_of_the_workload() -> u64 {
    let (faulty, folder) = fresh();
    let mut acknowledged = Acknowledged::default();
    run(&folder, &mut acknowledged).unwrap();
    assert!(acknowledged.lines.len() > 35);
    let (vault, sound) = recovered(&folder, &acknowledged, "no crash");
    assert!(sound.seals.len() >= 4 && sound.days.len() == 1, "{} {}", sound.seals.len(), sound.days.len());
    drop(vault);
    faulty.calls()
}

fn crash_everywhere(tearing: fn(u64) -> Tearing) {
    let calls = calls_of_the_workload();
    assert!(calls > 300, "{calls}");
    for at in 1..=calls {
        let what = format!("crash at call {at} of {calls}, {:?}", tearing(at));
        let (faulty, folder) = fresh();
        let mut acknowledged = Acknowledged::default();
        faulty.arm(at, Fault::Crash(tearing(at)));
        run(&folder, &mut acknowledged);
        if !faulty.crashed() {
            faulty.crash(tearing(at));
        }
        faulty.restart();
        // The power fails again while the folder is being recovered.
        faulty.arm(at * 7 % 31 + 1, Fault::Crash(tearing(at + 1)));
        if let Ok(journal) = folder::open_journal(&folder.fs, &folder.dir, folder.clock.clone()) {
            let _ = Vault::open(folder.fs.clone(), folder.dir.clone(), Arc::new(journal), folder.clock.clone(), options());
        }
        if !faulty.crashed() {
            faulty.crash(tearing(at + 1));
        }
        faulty.restart();
        let (vault, sound) = recovered(&folder, &acknowledged, &what);
        goes_on(&folder, vault, &sound, &acknowledged, &what);
    }
}

#[test]
fn crash_at_every_call_unsynced_lost() {
    crash_everywhere(|_| Tearing::DropUnsynced);
}

#[test]
fn crash_at_every_call_random_prefix_kept() {
    crash_everywhere(Tearing::RandomPrefix);
}

#[test]
fn crash_at_every_call_reordered() {
    crash_everywhere(Tearing::Reordered);
}

/// A call fails, the process stops, starts again on what it can read, and then the power fails: what it found and built on is still there.
fn fail_everywhere(fault: Fault) {
    let calls = calls_of_the_workload();
    for at in 1..=calls {
        let what = format!("{fault:?} at call {at} of {calls}");
        let (faulty, folder) = fresh();
        let mut acknowledged = Acknowledged::default();
        faulty.arm(at, fault);
        let stopped = run(&folder, &mut acknowledged).is_none();
        faulty.restart();
        let (vault, found) = recovered(&folder, &acknowledged, &what);
        drop(vault);
        faulty.crash(Tearing::DropUnsynced);
        faulty.restart();
        let (vault, sound) = recovered(&folder, &acknowledged, &what);
        assert_eq!(sound.lines, found.lines, "{what} (stopped: {stopped})");
        goes_on(&folder, vault, &sound, &acknowledged, &what);
    }
}

#[test]
fn fail_at_every_call_without_effect() {
    fail_everywhere(Fault::ErrorNotPersisted);
}

#[test]
fn fail_at_every_call_with_effect() {
    fail_everywhere(Fault::ErrorButPersisted);
}

/// After an error of the disk nothing is appended any more.
#[test]
fn a_failed_vault_stays_failed() {
    let (faulty, folder) = fresh();
    let (vault, _) = folder.open_with(options()).unwrap();
    vault.append(&[chunk("network", "ip:192.0.2.1", &["one"])]).unwrap();
    faulty.arm(2, Fault::ErrorButPersisted);
    assert!(vault.append(&[chunk("network", "ip:192.0.2.1", &["two"])]).is_err());
    assert!(vault.failure().is_some());
    for _ in 0..2 {
        assert!(vault.append(&[chunk("network", "ip:192.0.2.1", &["three"])]).is_err());
        assert!(vault.turn().is_err());
        assert!(vault.seal_all().is_err());
    }
}
