//! The door for receivers: a fair queue, one writer thread, group commit.
//!
//! Invariants:
//! - what waits is committed as soon as the last fsync returned: no timer;
//! - a chunk occupies its bytes from the moment it is taken in until its group is on disk, in its source's share and in the whole queue: memory is bounded;
//! - a ticket answers only after fsync, or that it never will (`Closed`).

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use anlan_base::{Seq, SourceKey};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::fair::FairQueue;
use crate::line::Chunk;
use crate::store::Vault;
use crate::unsealed::{FRAME_WEIGHT, LINE_WEIGHT};
use crate::writer::check_lines;

/// Bytes that wait to be written, over all sources.
pub const QUEUE_BYTES: usize = 64 << 20;
/// Bytes of one source that wait to be written.
pub const SOURCE_BYTES: usize = 8 << 20;

pub struct InletOptions {
    /// [`QUEUE_BYTES`].
    pub queue_bytes: usize,
    /// [`SOURCE_BYTES`].
    pub source_bytes: usize,
}

impl Default for InletOptions {
    fn default() -> Self {
        Self { queue_bytes: QUEUE_BYTES, source_bytes: SOURCE_BYTES }
    }
}

#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum InletError {
    #[error("queue full")]
    Full,
    #[error("closed")]
    Closed,
    /// A line above `limits::LINE_BYTES`: it must be cut into pieces first.
    #[error("line too long")]
    LineTooLong,
}

/// The door for receivers: one fair queue, one writer thread, group commit. Cloneable.
#[derive(Clone)]
pub struct Inlet {
    shared: Arc<Shared>,
}

/// What was taken in and will be on disk, or is lost with the process.
pub struct Ticket {
    done: oneshot::Receiver<(Seq, Seq)>,
}

impl Ticket {
    /// First and last seq of the chunk, once it is on disk. A chunk without lines answers the last seq before it, twice.
    pub async fn wait(self) -> Result<(Seq, Seq), InletError> {
        self.done.await.map_err(|_| InletError::Closed)
    }
}

/// A chunk that waits; dropping it makes room.
struct Waiting {
    chunk: Chunk,
    done: Option<oneshot::Sender<(Seq, Seq)>>,
    _room: [OwnedSemaphorePermit; 2],
}

struct Shared {
    queue: Mutex<Queue>,
    work: Condvar,
    room: Arc<Semaphore>,
    shares: Mutex<HashMap<SourceKey, Arc<Semaphore>>>,
    options: InletOptions,
    writer: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Default)]
struct Queue {
    fair: FairQueue<Waiting>,
    closed: bool,
}

impl Inlet {
    /// Starts the writer thread. It ends with [`Inlet::shutdown`], or when the vault fails.
    #[must_use]
    pub fn start(vault: Arc<Vault>, options: InletOptions) -> Self {
        let inlet = Self::idle(options);
        let shared = Arc::clone(&inlet.shared);
        let writer = std::thread::spawn(move || {
            while shared.write_group(&vault) {}
            shared.close();
            shared.queue().fair = FairQueue::default();
        });
        *inlet.shared.writer.lock().unwrap_or_else(PoisonError::into_inner) = Some(writer);
        inlet
    }

    /// Without a writer.
    fn idle(options: InletOptions) -> Self {
        let room = Arc::new(Semaphore::new(options.queue_bytes.min(u32::MAX as usize)));
        let (queue, shares, writer) = (Mutex::default(), Mutex::default(), Mutex::default());
        Self { shared: Arc::new(Shared { queue, work: Condvar::new(), room, shares, options, writer }) }
    }

    /// Waits for room (back-pressure), then for the fsync.
    pub async fn submit(&self, chunk: Chunk) -> Result<(Seq, Seq), InletError> {
        self.enqueue(chunk).await?.wait().await
    }

    /// Waits for room only; the ticket resolves after fsync. RELP keeps many in flight.
    pub async fn enqueue(&self, chunk: Chunk) -> Result<Ticket, InletError> {
        let bytes = self.shared.occupied(&chunk)?;
        let closed = |_| InletError::Closed;
        // The source's own share first: who exceeds it waits there, and holds nothing of the room that all share.
        let share = self.shared.share(&chunk.source).acquire_many_owned(bytes).await.map_err(closed)?;
        let room = Arc::clone(&self.shared.room).acquire_many_owned(bytes).await.map_err(closed)?;
        let (done, wait) = oneshot::channel();
        self.shared.push(Waiting { chunk, done: Some(done), _room: [share, room] })?;
        Ok(Ticket { done: wait })
    }

    /// Never waits: `Full` when the source's share or the queue is full (UDP counts it as a loss).
    pub fn try_enqueue(&self, chunk: Chunk) -> Result<(), InletError> {
        let bytes = self.shared.occupied(&chunk)?;
        let refused = |error| if error == tokio::sync::TryAcquireError::Closed { InletError::Closed } else { InletError::Full };
        let share = self.shared.share(&chunk.source).try_acquire_many_owned(bytes).map_err(refused)?;
        let room = Arc::clone(&self.shared.room).try_acquire_many_owned(bytes).map_err(refused)?;
        self.shared.push(Waiting { chunk, done: None, _room: [share, room] })
    }

    /// Chunks that wait to be written.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.shared.queue().fair.len()
    }

    /// Takes nothing more in, writes what waits, and ends the writer. Blocks until then; the housekeeper must still run, since what waits may need room that only sealing makes.
    pub fn shutdown(&self) {
        self.shared.close();
        let writer = self.shared.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Err(_)) = writer.map(JoinHandle::join) {
            tracing::error!("the writer of the inlet panicked");
        }
    }
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes that a chunk occupies. One that is larger than a share waits until the whole share is free.
    fn occupied(&self, chunk: &Chunk) -> Result<u32, InletError> {
        if check_lines(std::slice::from_ref(chunk)).is_err() {
            return Err(InletError::LineTooLong);
        }
        let raw: usize = chunk.lines.iter().map(|(_, raw)| raw.len()).sum();
        let bytes = FRAME_WEIGHT + raw + LINE_WEIGHT * chunk.lines.len();
        Ok(u32::try_from(bytes.min(self.options.source_bytes).min(self.options.queue_bytes)).unwrap_or(u32::MAX))
    }

    /// The share of a source. Shares that nobody uses are forgotten when there are many.
    fn share(&self, source: &SourceKey) -> Arc<Semaphore> {
        let mut shares = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(share) = shares.get(source) {
            return Arc::clone(share);
        }
        if shares.len() >= anlan_base::limits::SOURCES {
            shares.retain(|_, share| Arc::strong_count(share) > 1);
        }
        let share = Arc::new(Semaphore::new(self.options.source_bytes.min(u32::MAX as usize)));
        if self.room.is_closed() {
            share.close();
        }
        shares.insert(source.clone(), Arc::clone(&share));
        share
    }

    fn push(&self, waiting: Waiting) -> Result<(), InletError> {
        let mut queue = self.queue();
        if queue.closed {
            return Err(InletError::Closed);
        }
        let source = waiting.chunk.source.clone();
        let bytes = waiting.chunk.lines.iter().map(|(_, raw)| raw.len()).sum();
        queue.fair.push(&source, waiting, bytes);
        drop(queue);
        self.work.notify_one();
        Ok(())
    }

    /// Refuses whatever comes from now on and wakes all who wait for room.
    fn close(&self) {
        self.queue().closed = true;
        self.room.close();
        self.shares.lock().unwrap_or_else(PoisonError::into_inner).values().for_each(|share| share.close());
        self.work.notify_all();
    }

    /// Waits for work and writes one group. Answers whether there can be more.
    fn write_group(&self, vault: &Vault) -> bool {
        let group = {
            let queue = self.queue();
            let idle = |queue: &mut Queue| queue.fair.is_empty() && !queue.closed;
            let mut queue = self.work.wait_while(queue, idle).unwrap_or_else(PoisonError::into_inner);
            queue.fair.take_group()
        };
        if group.is_empty() {
            return false;
        }
        let (mut chunks, mut rest) = (Vec::with_capacity(group.len()), Vec::with_capacity(group.len()));
        for Waiting { chunk, done, _room } in group {
            chunks.push(chunk);
            rest.push((done, _room));
        }
        // An error was logged by the vault; the tickets answer `Closed` as they are dropped.
        let Ok(seqs) = vault.append(&chunks) else { return false };
        for ((done, _), seqs) in rest.into_iter().zip(seqs) {
            // Nobody may be waiting any more.
            let _ = done.map(|done| done.send(seqs));
        }
        true
    }
}
