//! What every receiver needs, in one place: the queue, the senders, the losses, the limits, and the word to stop.

use std::ops::Range;
use std::sync::Arc;

use anlan_base::{Origin, Piece};
use anlan_vault::{Chunk, Inlet, InletError, Ticket};
use bytes::Bytes;
use tokio::sync::watch;

use crate::connections::{Connections, Seat};
use crate::limits::{Limits, READ_BYTES, READ_BYTES_MIN, READING_BYTES};
use crate::long_frames::LongFrames;
use crate::losses::{LossReason, Losses};
use crate::sources::{Sender, Senders};

pub(crate) struct Desk {
    pub(crate) inlet: Inlet,
    pub(crate) senders: Senders,
    pub(crate) losses: Arc<Losses>,
    pub(crate) connections: Arc<Connections>,
    pub(crate) long_frames: LongFrames,
    pub(crate) limits: Limits,
    pub(crate) stop: watch::Receiver<bool>,
}

impl Desk {
    /// Resolves when the receivers are to stop.
    pub(crate) async fn stopping(&self) {
        // An error means that the receivers are gone, which is a stop too.
        let _ = self.stop.clone().wait_for(|stop| *stop).await;
    }

    /// Resolves some time after the receivers are to stop, when nothing may be waited for any longer.
    pub(crate) async fn out_of_patience(&self) {
        self.stopping().await;
        tokio::time::sleep(self.limits.shutdown_patience).await;
    }

    /// Bytes that one connection may take at once.
    pub(crate) fn read_bytes(&self) -> usize {
        share_of_reading(self.connections.open())
    }
}

fn share_of_reading(connections: usize) -> usize {
    (READING_BYTES / connections.max(1)).clamp(READ_BYTES_MIN, READ_BYTES)
}

/// Hands one connection's lines to the queue under its source.
pub(crate) struct Clerk<'a> {
    desk: &'a Desk,
    seat: &'a Seat,
    origin: Origin,
    sender: Sender,
}

impl<'a> Clerk<'a> {
    pub(crate) async fn new(desk: &'a Desk, seat: &'a Seat, origin: Origin) -> Self {
        let sender = desk.senders.of(seat.peer()).await;
        Self { desk, seat, origin, sender }
    }

    /// Waits for room in the queue. When the queue closes, or no room comes in time at a shutdown, the lines are lost to Anlan.
    pub(crate) async fn hand_over(&mut self, lines: Vec<(Piece, Bytes)>) -> Result<Ticket, InletError> {
        if !self.sender.is_fresh() {
            self.sender = self.desk.senders.of(self.seat.peer()).await;
        }
        let chunk = Chunk { class: self.sender.class.clone(), source: self.sender.source.clone(), origin: self.origin, lines };
        tokio::select! {
            biased;
            taken = self.desk.inlet.enqueue(chunk) => taken,
            () = self.desk.out_of_patience() => Err(InletError::Full),
        }
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.desk.limits
    }

    /// Counts what this connection lost now.
    pub(crate) fn lost(&self, reason: LossReason, count: u64) {
        self.desk.losses.count(reason, self.sender.source.as_str(), count);
    }
}

/// The lines that `cuts` show in `bytes`, sharing its memory.
///
/// One line feed at the end of a counted frame is framing too (senders whose template ends in one count it), so that a line is the same whatever carried it.
pub(crate) fn lines_of(bytes: &Bytes, cuts: &[(Piece, Range<usize>)]) -> Vec<(Piece, Bytes)> {
    let lines = cuts.iter().map(|(piece, range)| {
        let line = bytes.slice(range.clone());
        let is_end = piece.is_whole() || (piece.is_last() && line.len() > 1);
        let length = line.len() - usize::from(is_end && line.ends_with(b"\n"));
        (*piece, line.slice(..length))
    });
    lines.filter(|(_, line)| !line.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_connections_together_read_at_most_their_limit() {
        for (connections, bytes) in
            [(0, READ_BYTES), (1, READ_BYTES), (512, READ_BYTES), (1_024, READ_BYTES / 2), (12_000, READING_BYTES / 12_000)]
        {
            assert_eq!(share_of_reading(connections), bytes, "{connections}");
        }
        assert_eq!(share_of_reading(1_000_000), READ_BYTES_MIN);
    }
}
