//! The life of lines: appended, found, batched, sequenced, sealed, found again after a restart.

#![allow(clippy::unwrap_used, reason = "test code")]

mod folder;

use anlan_base::{Day, Instant, Seq, parse_time};
use anlan_tlog::envelope::{Loss, LossReason};
use anlan_vault::{Chunk, Opening, Vault, VaultError, VaultOptions};
use bytes::Bytes;
use folder::{Folder, chunk, class, numbered, root_of, source};

fn small() -> VaultOptions {
    VaultOptions { seal_rows: 5000, ..VaultOptions::default() }
}

fn raw_of(vault: &Vault, seq: Seq) -> Bytes {
    vault.line(seq).unwrap().unwrap().raw
}

#[test]
fn a_line_is_there_after_append_after_sealing_and_after_a_restart() {
    let folder = Folder::on_disk();
    let (vault, _) = folder.open();
    let seqs = vault.append(&[chunk("network", "ip:192.0.2.1", &["one", "", "three"]), chunk("audit", "token:a", &["four"])]).unwrap();
    assert_eq!(seqs[0].1.0 - seqs[0].0.0, 2);
    assert_eq!(seqs[1].0.0, seqs[0].1.0 + 1);
    let last = seqs[1].0;
    assert_eq!(raw_of(&vault, seqs[0].0), "one");
    assert_eq!(*vault.watch().borrow(), last);
    assert!(vault.line(Seq(last.0 + 1)).unwrap().is_none());
    drop(vault);

    let (vault, _) = folder.open();
    assert_eq!(raw_of(&vault, Seq(seqs[0].0.0 + 1)), "");
    vault.seal_all().unwrap();
    assert_eq!(raw_of(&vault, last), "four");
    assert_eq!(vault.status().unsealed_lines, 0);
    assert_eq!(vault.status().segments, 2);
    assert!(folder.wal_files().is_empty());
    drop(vault);

    let (vault, _) = folder.open();
    assert_eq!(raw_of(&vault, last), "four");
    assert_eq!(vault.status().lines, 4);
    // The clock stands still: seqs go on rising all the same.
    let next = vault.append(&[chunk("network", "ip:192.0.2.1", &["five"])]).unwrap()[0].0;
    assert!(next > last);
    drop(vault);
    let sound = folder.check();
    assert_eq!(sound.lines.len(), 5);
    assert_eq!(sound.unsealed, 1);
}

#[test]
fn batches_close_at_4096_lines_and_segments_at_their_rows() {
    for (lines, batches) in [(4095, 0), (4096, 1), (4097, 1), (8192, 2)] {
        let folder = Folder::on_disk();
        let (vault, _) = folder.open();
        vault.append(&[numbered("network", "ip:192.0.2.1", 0, lines)]).unwrap();
        vault.turn().unwrap();
        // TLOG-2
        assert_eq!(folder.check().batches.len(), batches, "{lines}");
    }
    for (lines, seals) in [(4096, 0), (8191, 0), (8192, 1), (8193, 1)] {
        let folder = Folder::on_disk();
        let (vault, _) = folder.open_with(small()).unwrap();
        vault.append(&[numbered("network", "ip:192.0.2.1", 0, lines)]).unwrap();
        vault.turn().unwrap();
        let sound = folder.check();
        assert_eq!((sound.seals.len(), sound.lines.len()), (seals, lines), "{lines}");
    }
}

#[test]
fn batches_close_at_8_mib_and_after_a_minute() {
    let mib = |count: usize, rest: usize| {
        let mut sized = chunk("network", "ip:192.0.2.1", &[]);
        sized.lines = (0..count).map(|_| (anlan_base::Piece::WHOLE, Bytes::from(vec![b'x'; 1 << 20]))).collect();
        sized.lines.push((anlan_base::Piece::WHOLE, Bytes::from(vec![b'x'; rest])));
        sized
    };
    for (rest, batches) in [((1 << 20) - 1, 0), (1 << 20, 1)] {
        let folder = Folder::on_disk();
        let (vault, _) = folder.open();
        vault.append(&[mib(7, rest)]).unwrap();
        vault.turn().unwrap();
        assert_eq!(folder.check().batches.len(), batches, "{rest}");
    }
    let folder = Folder::on_disk();
    let (vault, _) = folder.open();
    vault.append(&[chunk("network", "ip:192.0.2.1", &["slow"])]).unwrap();
    for (seconds, batches) in [(59, 0), (1, 1)] {
        folder.clock.advance_seconds(seconds);
        vault.turn().unwrap();
        assert_eq!(folder.check().batches.len(), batches);
    }
}

#[test]
fn a_line_too_long_is_refused_and_the_vault_goes_on() {
    let folder = Folder::on_disk();
    let (vault, _) = folder.open();
    let limit = anlan_base::limits::LINE_BYTES;
    for (len, fits) in [(limit - 1, true), (limit, true), (limit + 1, false)] {
        let mut long = chunk("network", "ip:192.0.2.1", &[]);
        long.lines.push((anlan_base::Piece::WHOLE, Bytes::from(vec![b'x'; len])));
        let done = vault.append(&[long]);
        assert_eq!(done.is_ok(), fits, "{len}");
        assert!(fits || matches!(done, Err(VaultError::LineTooLong(_))));
    }
    assert!(vault.failure().is_none());
}

/// TLOG-8: every day has its leaf, days without lines too, and lines never share a batch across midnight.
#[test]
fn days_close_one_after_the_other() {
    let folder = Folder::on_disk();
    let (vault, _) = folder.open();
    folder.clock.set(Instant(parse_time("2026-11-22").unwrap().0 - 2));
    // The group crosses midnight: two lines fall on the 21st, two on the 22nd.
    let seqs = vault.append(&[chunk("network", "ip:192.0.2.1", &["a", "b", "c", "d"])]).unwrap();
    assert_ne!(Day::of_seq(seqs[0].0), Day::of_seq(seqs[0].1));
    folder.clock.advance_seconds(2);
    vault.turn().unwrap();
    let sound = folder.check();
    assert_eq!(sound.days.iter().map(|day| (day.day.to_string(), day.lines)).collect::<Vec<_>>(), [("2026-11-21".to_owned(), 2)]);
    assert_eq!(sound.seals.len(), 1);
    assert_eq!(sound.unsealed, 2);
    drop(vault);

    folder.clock.set(parse_time("2026-11-26T12:00").unwrap());
    let (vault, _) = folder.open();
    folder.clock.advance_seconds(1);
    vault.turn().unwrap();
    drop(vault);
    let sound = folder.check();
    assert_eq!(sound.days.iter().map(|day| day.lines).collect::<Vec<_>>(), [2, 2, 0, 0, 0]);
    assert_eq!(sound.losses.iter().map(|loss| loss.reason).collect::<Vec<_>>(), [LossReason::Down]);

    // Nothing is closed twice.
    let (vault, _) = folder.open();
    vault.turn().unwrap();
    assert_eq!(folder.check().days.len(), 5);
}

#[test]
fn a_line_cannot_fall_on_a_closed_day() {
    let folder = Folder::on_disk();
    let (vault, _) = folder.open();
    vault.append(&[chunk("network", "ip:192.0.2.1", &["a"])]).unwrap();
    folder.clock.set(parse_time("2026-11-22T00:00:01").unwrap());
    vault.turn().unwrap();
    folder.clock.set(parse_time("2026-11-21T23:59:59").unwrap());
    let seq = vault.append(&[chunk("network", "ip:192.0.2.1", &["b"])]).unwrap()[0].0;
    assert_eq!(Day::of_seq(seq).to_string(), "2026-11-22");
    vault.seal_all().unwrap();
    drop(vault);
    let (vault, _) = folder.open();
    let seq = vault.append(&[chunk("network", "ip:192.0.2.1", &["c"])]).unwrap()[0].0;
    assert_eq!(Day::of_seq(seq).to_string(), "2026-11-22");
    drop(vault);
    folder.check();
}

#[test]
fn losses_are_sequenced_once() {
    let folder = Folder::on_disk();
    let (vault, _) = folder.open();
    let at = parse_time(folder::START).unwrap();
    let loss = |count| Loss { reason: LossReason::Queue, source: "ip:192.0.2.9".into(), count, from: at, until: at.plus_seconds(1) };
    vault.note_losses(&[loss(3)]).unwrap();
    vault.turn().unwrap();
    vault.note_losses(&[loss(4)]).unwrap();
    drop(vault);
    for _ in 0..3 {
        drop(folder.open());
    }
    assert_eq!(folder.check().losses, [loss(3), loss(4)]);
}

#[test]
fn downtime_and_clock_steps_are_noted() {
    let folder = Folder::on_disk();
    let start = parse_time(folder::START).unwrap();
    let (vault, _) = folder.open();
    let last = vault.append(&[chunk("network", "ip:192.0.2.1", &["a"])]).unwrap()[0].0;
    for (step, noted) in [(10, 0), (11, 1)] {
        folder.clock.set(last.received().plus_seconds(step));
        let visit = VaultOptions { opening: Opening::Visit, ..VaultOptions::default() };
        drop(folder.open_with(visit).unwrap());
        drop(folder.open());
        let losses = folder.check().losses;
        assert_eq!(losses.len(), noted, "{step}");
        assert!(losses.iter().all(|loss| loss.reason == LossReason::Down && loss.from == last.received()));
    }
    drop(vault);

    // Somebody else knows better since when; what lies in the future is not believed.
    for (served, from) in [(15, last.received().plus_seconds(15)), (1_000, last.received().plus_seconds(26))] {
        folder.clock.set(last.received().plus_seconds(26));
        let before = folder.check().losses.len();
        let options = VaultOptions { served_until: Some(last.received().plus_seconds(served)), ..VaultOptions::default() };
        drop(folder.open_with(options).unwrap());
        let more: Vec<_> = folder.check().losses.into_iter().skip(before).map(|loss| (loss.from, loss.until)).collect();
        let expected = if served == 15 { vec![(from, last.received().plus_seconds(26))] } else { Vec::new() };
        assert_eq!(more, expected, "{served}");
    }

    let (vault, _) = folder.open();
    let high = start.plus_seconds(100);
    folder.clock.set(high);
    vault.turn().unwrap();
    for (back, noted) in [(5, 0), (6, 1)] {
        folder.clock.set(high.minus_seconds(back));
        vault.turn().unwrap();
        vault.turn().unwrap();
        folder.clock.set(high);
        vault.turn().unwrap();
        let steps: Vec<_> = folder.check().losses.into_iter().filter(|loss| loss.reason == LossReason::ClockBack).collect();
        assert_eq!(steps.len(), noted, "{back}");
        assert!(steps.iter().all(|step| step.from == high && step.until < step.from));
    }
}

#[test]
fn an_open_batch_closes_by_age_even_when_the_clock_was_set_back() {
    let folder = Folder::on_disk();
    let (vault, _) = folder.open();
    vault.append(&[chunk("network", "ip:192.0.2.1", &["a"])]).unwrap();
    folder.clock.set(parse_time("2026-11-21T08:00:00+08:00").unwrap());
    vault.turn().unwrap();
    for (seconds, batches) in [(59, 0), (1, 1)] {
        folder.clock.advance_seconds(seconds);
        vault.turn().unwrap();
        vault.turn().unwrap();
        assert_eq!(folder.check().batches.len(), batches);
    }
}

#[test]
fn a_proof_closes_the_open_batch_and_is_the_same_after_sealing() {
    let folder = Folder::on_disk();
    let (vault, journal) = folder.open();
    let seqs = vault.append(&[chunk("audit", "token:a", &["x"]), numbered("network", "ip:192.0.2.1", 0, 5000)]).unwrap();
    let seq = seqs[1].1;
    assert!(vault.batch_of(Seq(seq.0 + 1)).unwrap().is_none());
    let before = vault.batch_of(seq).unwrap().unwrap();
    assert_eq!(before.lines.len(), 5000 - 4096);
    assert_eq!(root_of(&before.lines, &before.key), before.batch.root);
    assert_eq!(journal.entry(before.leaf).unwrap().body, anlan_tlog::envelope::Body::Batch(before.batch.clone()));
    vault.seal_all().unwrap();
    drop(vault);
    let (vault, _) = folder.open();
    let after = vault.batch_of(seq).unwrap().unwrap();
    assert_eq!((after.leaf, after.key, &after.batch, &after.lines), (before.leaf, before.key, &before.batch, &before.lines));
    assert!(vault.batch_of(Seq(seq.0 + 1)).unwrap().is_none());
}

#[test]
fn batches_of_a_period_come_in_log_order_sealed_or_not() {
    let folder = Folder::on_disk();
    let (vault, _) = folder.open_with(small()).unwrap();
    let groups: Vec<Chunk> = vec![numbered("network", "ip:192.0.2.1", 0, 9000), numbered("audit", "token:a", 0, 4500)];
    let start = folder.clock();
    vault.append(&groups).unwrap();
    vault.turn().unwrap();
    folder.clock.advance_seconds(120);
    vault.append(&[numbered("audit", "token:a", 4500, 10)]).unwrap();
    vault.turn().unwrap();
    let visit = |since: Instant, until: Instant| {
        let mut seen = Vec::new();
        vault
            .batches(since, until, &mut |batch| {
                assert_eq!(root_of(&batch.lines, &batch.key), batch.batch.root);
                assert_eq!(batch.lines.len(), batch.batch.count as usize);
                seen.push((batch.leaf, batch.batch.class.clone(), batch.batch.count));
                Ok(())
            })
            .unwrap();
        seen
    };
    let all = visit(Instant(0), Instant(u64::MAX));
    // The last ten lines are in the batch that was closed by its age, with the 404 before them.
    assert_eq!(all.len(), folder.check().batches.len());
    assert!(all.is_sorted());
    assert!(all.iter().any(|(_, of, count)| *of == class("audit") && *count == 414));
    assert!(visit(start.plus_seconds(1), Instant(u64::MAX)).len() < all.len());
    assert!(visit(Instant(0), start).is_empty());
}

impl Folder {
    fn clock(&self) -> Instant {
        anlan_base::Clock::now(&*self.clock)
    }
}

#[test]
fn sources_are_counted_once_whether_sealed_or_not() {
    let folder = Folder::on_disk();
    let (vault, _) = folder.open_with(small()).unwrap();
    let seqs = vault.append(&[numbered("network", "ip:192.0.2.1", 0, 9000), numbered("audit", "token:a", 0, 5)]).unwrap();
    let check = |vault: &Vault| {
        let sources = vault.sources().unwrap();
        assert_eq!(sources.len(), 2);
        assert_eq!(sources[0].source, source("ip:192.0.2.1"));
        assert_eq!((sources[0].first, sources[0].last, sources[0].lines), (seqs[0].0, seqs[0].1, 9000));
        assert_eq!(sources[1].days, [(Day::of_seq(seqs[1].0), 5)]);
        assert_eq!(vault.status().lines, 9005);
    };
    check(&vault);
    vault.turn().unwrap();
    check(&vault);
    drop(vault);
    let (vault, _) = folder.open();
    check(&vault);
    vault.seal_all().unwrap();
    check(&vault);
    drop(vault);
    check(&folder.open().0);
}

#[test]
fn tight_memory_and_many_write_ahead_files_seal_early() {
    let folder = Folder::on_disk();
    let tight = VaultOptions { unsealed_bytes: 1 << 20, ..VaultOptions::default() };
    let (vault, _) = folder.open_with(tight).unwrap();
    vault.append(&[numbered("network", "ip:192.0.2.1", 0, 3000), chunk("audit", "token:a", &["x"])]).unwrap();
    vault.turn().unwrap();
    assert_eq!(folder.check().seals.len(), 0);
    vault.append(&[numbered("network", "ip:192.0.2.1", 3000, 3000)]).unwrap();
    vault.turn().unwrap();
    let sound = folder.check();
    assert_eq!(sound.seals.iter().map(|seal| (seal.class.as_str(), seal.rows)).collect::<Vec<_>>(), [("network", 6000)]);
    drop(vault);

    let folder = Folder::on_disk();
    let short = VaultOptions { wal_file_bytes: 100_000, wal_bytes: 400_000, seal_rows: 4096, ..VaultOptions::default() };
    let (vault, _) = folder.open_with(short).unwrap();
    // One rare line must not keep the write-ahead log of all others.
    vault.append(&[chunk("audit", "token:a", &["x"])]).unwrap();
    for n in 0..10 {
        vault.append(&[numbered("network", "ip:192.0.2.1", n * 1000, 1000)]).unwrap();
        folder.clock.advance_seconds(1);
        vault.turn().unwrap();
    }
    assert!(vault.status().wal_bytes < 600_000, "{}", vault.status().wal_bytes);
    assert!(folder.check().seals.iter().any(|seal| seal.class == class("audit")));
}

#[test]
fn days_are_caught_up_with_400_in_a_turn() {
    for (days, closed) in [(399, 399), (400, 400), (401, 400)] {
        let faulty = anlan_journal::faulty::FaultyFs::new();
        let folder = Folder::on(std::sync::Arc::new(faulty), folder::clock());
        let (vault, journal) = folder.open();
        folder.clock.advance_seconds(days * 86_400);
        vault.turn().unwrap();
        assert_eq!(folder::check(&folder.fs, &folder.dir, &journal).days.len(), closed, "{days}");
        vault.turn().unwrap();
        assert_eq!(folder::check(&folder.fs, &folder.dir, &journal).days.len() as u64, days);
    }
}

#[test]
fn another_write_ahead_file_is_begun_when_one_is_full() {
    let group = chunk("network", "ip:192.0.2.1", &["one line"]);
    let folder = Folder::on_disk();
    let (vault, _) = folder.open();
    vault.append(std::slice::from_ref(&group)).unwrap();
    let len = vault.status().wal_bytes;
    for (limit, files) in [(len - 1, 2), (len, 2), (len + 1, 1)] {
        let folder = Folder::on_disk();
        let (vault, _) = folder.open_with(VaultOptions { wal_file_bytes: limit, ..VaultOptions::default() }).unwrap();
        vault.append(std::slice::from_ref(&group)).unwrap();
        vault.append(std::slice::from_ref(&group)).unwrap();
        assert_eq!(folder.wal_files().len(), files, "{limit}");
    }
}

/// A frame is closed long before its limit: what one append carries may be longer than a frame.
#[test]
fn a_group_longer_than_a_frame_is_read_back() {
    let folder = Folder::on_disk();
    let (vault, _) = folder.open();
    let mut long = chunk("network", "ip:192.0.2.1", &[]);
    long.lines = (0..80_u8).map(|n| (anlan_base::Piece::WHOLE, Bytes::from(vec![n; 1 << 20]))).collect();
    let (first, last) = vault.append(&[long]).unwrap()[0];
    drop(vault);
    let (vault, _) = folder.open();
    assert_eq!(vault.status().lines, 80);
    assert_eq!((raw_of(&vault, first)[0], raw_of(&vault, last)[0]), (0, 79));
}
