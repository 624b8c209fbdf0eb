//! The door for receivers.

use std::sync::Arc;

use anlan_base::Seq;

use crate::line::Chunk;
use crate::store::Vault;

pub struct InletOptions {
    pub queue_bytes: usize,
    pub source_bytes: usize,
}

/// The door for receivers: one fair queue, one writer thread, group commit. Cloneable.
#[derive(Clone)]
pub struct Inlet {
    _p: (),
}

#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum InletError {
    #[error("queue full")]
    Full,
    #[error("closed")]
    Closed,
}

impl Inlet {
    pub fn start(_vault: Arc<Vault>, _options: InletOptions) -> Self {
        todo!()
    }

    /// Waits for room (back-pressure), then for the fsync.
    pub async fn submit(&self, _chunk: Chunk) -> Result<(Seq, Seq), InletError> {
        todo!()
    }

    /// Waits for room only; the ticket resolves after fsync. RELP keeps many in flight.
    pub async fn enqueue(&self, _chunk: Chunk) -> Result<Ticket, InletError> {
        todo!()
    }

    /// Never waits: `Full` when the source's share or the queue is full (UDP counts it as a loss).
    pub fn try_enqueue(&self, _chunk: Chunk) -> Result<(), InletError> {
        todo!()
    }
}

pub struct Ticket {
    _p: (),
}

impl Ticket {
    pub async fn wait(self) -> Result<(Seq, Seq), InletError> {
        todo!()
    }
}
