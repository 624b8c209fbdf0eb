//! The door for receivers: limits, fairness, tickets, shutdown.

#![allow(clippy::unwrap_used, reason = "test code")]

mod folder;

use std::sync::Arc;

use anlan_base::{Piece, limits};
use anlan_vault::{Chunk, Housekeeper, Inlet, InletError, InletOptions, Ticket, Vault, VaultOptions};
use bytes::Bytes;
use folder::{Folder, chunk, numbered, source};

fn sized(from: &str, bytes: usize) -> Chunk {
    let mut chunk = chunk("network", from, &[]);
    chunk.lines.push((Piece::WHOLE, Bytes::from(vec![b'x'; bytes])));
    chunk
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap()
}

#[test]
fn a_submitted_chunk_is_on_disk_and_visible() {
    let folder = Folder::on_disk();
    let vault = Arc::new(folder.open().0);
    let inlet = Inlet::start(Arc::clone(&vault), InletOptions::default());
    let runtime = runtime();
    let (first, last) = runtime.block_on(inlet.submit(chunk("network", "ip:192.0.2.1", &["one", "two"]))).unwrap();
    assert_eq!(vault.line(first).unwrap().unwrap().raw, "one");
    assert_eq!(last.0, first.0 + 1);
    let tickets: Vec<Ticket> =
        runtime.block_on(async { futures_in_order((0..50).map(|n| inlet.enqueue(numbered("network", "ip:192.0.2.1", n, 1)))).await });
    let mut before = last;
    for ticket in tickets {
        let (seq, _) = runtime.block_on(ticket.wait()).unwrap();
        assert!(seq > before);
        before = seq;
    }
    inlet.try_enqueue(chunk("network", "ip:192.0.2.2", &["late"])).unwrap();
    // What was taken in is written before the writer ends.
    inlet.shutdown();
    assert_eq!(vault.status().lines, 53);
    assert_eq!(inlet.try_enqueue(chunk("network", "ip:192.0.2.2", &["too late"])), Err(InletError::Closed));
    assert_eq!(runtime.block_on(inlet.submit(chunk("network", "ip:192.0.2.9", &["too late"]))), Err(InletError::Closed));
}

async fn futures_in_order<F: Future<Output = Result<Ticket, InletError>>>(all: impl Iterator<Item = F>) -> Vec<Ticket> {
    let mut done = Vec::new();
    for one in all {
        done.push(one.await.unwrap());
    }
    done
}

/// A vault whose appends wait, because its memory is full: the inlet's queue fills up behind it.
fn stuck() -> (Folder, Arc<Vault>) {
    let folder = Folder::on_disk();
    let full = VaultOptions { unsealed_bytes: 1, ..VaultOptions::default() };
    let vault = Arc::new(folder.open_with(full).unwrap().0);
    vault.append(&[chunk("network", "ip:192.0.2.250", &["full"])]).unwrap();
    (folder, vault)
}

/// Occupies the writer: it waits in `append` with this chunk. Answers when the queue is empty behind it.
fn occupy(inlet: &Inlet) {
    inlet.try_enqueue(chunk("network", "ip:192.0.2.251", &["writer"])).unwrap();
    while inlet.waiting() > 0 {
        std::thread::yield_now();
    }
}

/// Sealing makes room, and the queue empties.
fn release(vault: Arc<Vault>, inlet: &Inlet) {
    let keeper = Housekeeper::start(vault);
    inlet.shutdown();
    keeper.stop();
}

#[test]
fn a_source_has_a_share_and_the_queue_has_a_limit() {
    // A chunk of one line of 1,000 bytes occupies these.
    const CHUNK: usize = 1_000 + 64 + 208;
    for (share, taken) in [(3 * CHUNK - 1, 2), (3 * CHUNK, 3), (3 * CHUNK + 1, 3)] {
        let (_folder, vault) = stuck();
        let inlet = Inlet::start(Arc::clone(&vault), InletOptions { queue_bytes: 100 * CHUNK, source_bytes: share });
        occupy(&inlet);
        let fits = (0..5).take_while(|_| inlet.try_enqueue(sized("ip:192.0.2.1", 1_000)).is_ok()).count();
        assert_eq!(fits, taken, "{share}");
        assert_eq!(inlet.try_enqueue(sized("ip:192.0.2.1", 1_000)), Err(InletError::Full));
        // Another source has its own.
        assert_eq!(inlet.try_enqueue(sized("ip:192.0.2.2", 1_000)), Ok(()));
        release(vault, &inlet);
    }
    for (queue, taken) in [(9 * CHUNK - 1, 8), (9 * CHUNK, 9), (9 * CHUNK + 1, 9)] {
        let (_folder, vault) = stuck();
        // The chunk the writer holds counts too.
        let inlet = Inlet::start(Arc::clone(&vault), InletOptions { queue_bytes: queue + 6 + 64 + 208, source_bytes: 2 * CHUNK });
        occupy(&inlet);
        let fits = (0..20).filter(|n| inlet.try_enqueue(sized(&format!("ip:192.0.2.{n}"), 1_000)).is_ok()).count();
        assert_eq!(fits, taken, "{queue}");
        release(vault, &inlet);
    }
}

#[test]
fn a_source_over_its_share_waits_and_others_do_not() {
    let (_folder, vault) = stuck();
    let inlet = Inlet::start(Arc::clone(&vault), InletOptions { queue_bytes: 1 << 20, source_bytes: 10_000 });
    occupy(&inlet);
    let runtime = runtime();
    let noisy = inlet.clone();
    let flood = runtime.spawn(async move {
        for _ in 0..1_000 {
            noisy.submit(sized("ip:192.0.2.1", 900)).await?;
        }
        Ok::<_, InletError>(())
    });
    let many: Vec<_> = (0..50)
        .map(|_| {
            let noisy = inlet.clone();
            runtime.spawn(async move { noisy.submit(sized("ip:192.0.2.1", 900)).await })
        })
        .collect();
    let ticket = runtime.block_on(inlet.enqueue(chunk("network", "token:quiet", &["quiet"]))).unwrap();
    let keeper = Housekeeper::start(Arc::clone(&vault));
    assert!(runtime.block_on(ticket.wait()).is_ok());
    for one in many {
        runtime.block_on(one).unwrap().unwrap();
    }
    flood.abort();
    inlet.shutdown();
    keeper.stop();
    let quiet = vault.sources().unwrap().into_iter().find(|heard| heard.source == source("token:quiet")).unwrap();
    assert_eq!(quiet.lines, 1);
}

#[test]
fn a_chunk_larger_than_the_share_passes_alone_and_one_with_too_long_a_line_does_not() {
    let folder = Folder::on_disk();
    let vault = Arc::new(folder.open().0);
    let inlet = Inlet::start(Arc::clone(&vault), InletOptions { queue_bytes: 5_000, source_bytes: 2_000 });
    let runtime = runtime();
    for (bytes, fits) in [(limits::LINE_BYTES - 1, true), (limits::LINE_BYTES, true), (limits::LINE_BYTES + 1, false)] {
        let done = runtime.block_on(inlet.submit(sized("ip:192.0.2.1", bytes)));
        assert_eq!(done.is_ok(), fits, "{bytes}");
        assert!(fits || done == Err(InletError::LineTooLong));
    }
    assert!(runtime.block_on(inlet.submit(chunk("network", "ip:192.0.2.1", &[]))).is_ok());
    inlet.shutdown();
    assert_eq!(vault.status().lines, 2);
}

#[test]
fn tickets_of_a_failed_vault_say_closed() {
    let faulty = anlan_journal::faulty::FaultyFs::new();
    let folder = Folder::on(Arc::new(faulty.clone()), folder::clock());
    let vault = Arc::new(folder.open().0);
    let inlet = Inlet::start(Arc::clone(&vault), InletOptions::default());
    let runtime = runtime();
    runtime.block_on(inlet.submit(chunk("network", "ip:192.0.2.1", &["one"]))).unwrap();
    faulty.arm(2, anlan_journal::faulty::Fault::ErrorNotPersisted);
    assert_eq!(runtime.block_on(inlet.submit(chunk("network", "ip:192.0.2.1", &["two"]))), Err(InletError::Closed));
    assert!(!runtime.block_on(vault.failed()).is_empty());
    assert_eq!(runtime.block_on(inlet.submit(chunk("network", "ip:192.0.2.1", &["three"]))), Err(InletError::Closed));
    inlet.shutdown();
}
