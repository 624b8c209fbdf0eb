//! Syslog over a byte stream: plain TCP and TLS (RFC 6587, RFC 5425), told frame by frame.
//!
//! Invariant: every byte of a message that was read reaches the queue or is counted as a loss.

use anlan_base::{Origin, Piece};
use anlan_vault::InletError;
use anlan_wire::frame::{StreamEnd, StreamSplitter};
use bytes::Bytes;
use tokio::io::AsyncRead;

use crate::connections::Seat;
use crate::desk::{Clerk, Desk, lines_of};
use crate::inflow::{Inflow, Next};
use crate::limits::{LAST_BYTES, LAST_SILENCE};
use crate::losses::LossReason;

struct Lines<'a, S> {
    inflow: Inflow<'a, S>,
    splitter: StreamSplitter,
    clerk: Clerk<'a>,
}

/// Why a connection is no longer read.
enum Why {
    Ended,
    Idle,
    Stopping,
    QueueClosed,
}

/// Receives lines until the peer ends, or the connection has to.
pub(crate) async fn receive<S: AsyncRead + Unpin>(stream: S, origin: Origin, seat: &Seat, desk: &Desk) {
    let mut lines =
        Lines { inflow: Inflow::new(stream, desk, seat), splitter: StreamSplitter::new(), clerk: Clerk::new(desk, seat, origin).await };
    let why = loop {
        let why = tokio::select! {
            biased;
            () = desk.stopping() => Some(Why::Stopping),
            () = seat.asked_to_leave() => Some(Why::Idle),
            read = lines.read() => match read {
                Read::Lines(new) => lines.hand_over(new).await.err().map(|_| Why::QueueClosed),
                Read::Ended => Some(Why::Ended),
            },
        };
        if let Some(why) = why {
            break why;
        }
    };
    if matches!(why, Why::Stopping | Why::Idle) {
        lines.drain().await;
    }
    lines.finish().await;
}

enum Read {
    Lines(Vec<(Piece, Bytes)>),
    Ended,
}

impl<S: AsyncRead + Unpin> Lines<'_, S> {
    async fn read(&mut self) -> Read {
        let mut cuts = Vec::new();
        let Self { inflow, splitter, .. } = self;
        match inflow.next(|bytes| splitter.split(bytes, |piece, line| cuts.push((piece, line)))).await {
            Next::Used(bytes) => Read::Lines(lines_of(&bytes, &cuts)),
            Next::Ended => Read::Ended,
            Next::Failed(error) => {
                tracing::debug!(%error, "a connection broke");
                Read::Ended
            }
            Next::Stalled => {
                tracing::warn!("a connection was closed because a long frame was not finished in time");
                Read::Ended
            }
        }
    }

    async fn hand_over(&mut self, lines: Vec<(Piece, Bytes)>) -> Result<(), InletError> {
        if lines.is_empty() {
            return Ok(());
        }
        let count = lines.len() as u64;
        let taken = self.clerk.hand_over(lines).await;
        if taken.is_err() {
            self.clerk.lost(LossReason::Queue, count);
        }
        taken.map(drop)
    }

    /// Takes what the kernel has already received for this connection: its sender believes it delivered.
    async fn drain(&mut self) {
        let mut taken = 0;
        while taken < LAST_BYTES {
            let Ok(Read::Lines(lines)) = tokio::time::timeout(LAST_SILENCE, self.read()).await else { return };
            taken += lines.iter().map(|(_, line)| line.len() + 1).sum::<usize>().max(1);
            if self.hand_over(lines).await.is_err() {
                return;
            }
        }
    }

    /// Keeps what came of a last unfinished frame, and counts that it was cut.
    async fn finish(mut self) {
        let rest = Bytes::copy_from_slice(self.inflow.held());
        let mut cuts = Vec::new();
        let end = std::mem::take(&mut self.splitter).finish(&rest, |piece, line| cuts.push((piece, line)));
        if self.hand_over(lines_of(&rest, &cuts)).await.is_err() {
            return;
        }
        if end != StreamEnd::Between {
            self.clerk.lost(LossReason::CutFrame, 1);
        }
    }
}
