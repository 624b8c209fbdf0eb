//! Syslog over UDP (RFC 5426): one datagram is one line.
//!
//! Kept is the datagram as it came, less one line feed at its end (as rsyslog does, so that a sender's bytes are the same whatever carries them); other
//! control characters and NULs stay. A datagram of nothing else is no line. Invariants: the socket is never left unread for the sake of one source: what a
//! source's full share does not take is dropped and counted under that source; what the kernel drops is counted under the listener.

use std::io;
use std::net::IpAddr;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use anlan_base::{Instant, Origin, Piece};
use anlan_vault::Chunk;
use bytes::{Bytes, BytesMut};
use tokio::net::UdpSocket;

use crate::connections::Rarely;
use crate::desk::Desk;
use crate::kernel_drops::KernelDrops;
use crate::limits::{DATAGRAM_BYTES, LAST_BYTES, LAST_SILENCE, UDP_CHUNK_BYTES, UDP_TURN_BYTES, UDP_TURN_DATAGRAMS};
use crate::losses::{LossReason, Losses};

/// Counts what the kernel dropped of one listener's datagrams.
pub(crate) struct DropWatch {
    listener: String,
    state: Mutex<(KernelDrops, Instant)>,
}

impl DropWatch {
    pub(crate) fn new(socket: &UdpSocket, listener: String, now: Instant) -> Self {
        Self { listener, state: Mutex::new((KernelDrops::of(socket), now)) }
    }

    pub(crate) fn count(&self, losses: &Losses) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = losses.now();
        let (drops, since) = &mut *state;
        let new = drops.since_last();
        if new > 0 {
            tracing::warn!(listener = self.listener, datagrams = new, "the kernel dropped datagrams");
            losses.count_since(LossReason::Kernel, &self.listener, u64::from(new), *since);
        }
        *since = now;
    }
}

/// Datagrams taken from the socket and not yet handed over.
struct Turn {
    buffer: Vec<u8>,
    used: usize,
    arrived: Vec<(IpAddr, Range<usize>)>,
}

/// Receives until the receivers stop, then takes what the kernel still holds.
pub(crate) async fn receive(socket: UdpSocket, watch: Arc<DropWatch>, desk: Arc<Desk>) {
    let mut turn = Turn { buffer: vec![0; UDP_TURN_BYTES + DATAGRAM_BYTES], used: 0, arrived: Vec::with_capacity(UDP_TURN_DATAGRAMS) };
    let rarely = Rarely::default();
    loop {
        tokio::select! {
            biased;
            () = desk.stopping() => break,
            ready = socket.readable() => {
                if let Err(error) = ready.and_then(|()| turn.fill(&socket))
                    && let Some(more) = rarely.may_say()
                {
                    tracing::error!(%error, listener = watch.listener, more, "receiving datagrams failed");
                }
                turn.hand_over(&desk, Room::Try).await;
            }
        }
        // A full socket must not keep others from this thread.
        tokio::task::yield_now().await;
    }
    drain(&socket, &mut turn, &desk).await;
    watch.count(&desk.losses);
}

async fn drain(socket: &UdpSocket, turn: &mut Turn, desk: &Desk) {
    let mut taken = 0;
    while taken < LAST_BYTES {
        let Ok(Ok(())) = tokio::time::timeout(LAST_SILENCE, socket.readable()).await else { return };
        let filled = turn.fill(socket);
        taken += turn.used;
        turn.hand_over(desk, Room::Wait).await;
        if filled.is_err() {
            return;
        }
    }
}

/// What to do when the queue has no room.
#[derive(Clone, Copy)]
enum Room {
    Try,
    Wait,
}

impl Turn {
    /// Takes what is there, up to the limits of a turn.
    fn fill(&mut self, socket: &UdpSocket) -> io::Result<()> {
        while self.arrived.len() < UDP_TURN_DATAGRAMS && self.used < UDP_TURN_BYTES {
            let Some(room) = self.buffer.get_mut(self.used..self.used + DATAGRAM_BYTES) else { break };
            match socket.try_recv_from(room) {
                Ok((length, sender)) => {
                    let end = self.used + length;
                    let line = self.used..end - usize::from(self.buffer.get(self.used..end).is_some_and(|d| d.ends_with(b"\n")));
                    if !line.is_empty() {
                        self.arrived.push((sender.ip().to_canonical(), line));
                    }
                    self.used = end;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Hands over chunks, each of one source, in the order in which its datagrams came.
    async fn hand_over(&mut self, desk: &Desk, room: Room) {
        self.arrived.sort_by_key(|(sender, _)| *sender);
        for of_one in self.arrived.chunk_by(|a, b| a.0 == b.0) {
            let Some((address, _)) = of_one.first() else { continue };
            let sender = desk.senders.of(*address).await;
            let mut rest = of_one;
            while !rest.is_empty() {
                let (now, later) = rest.split_at(chunk_length(rest));
                let lines = self.copy(now);
                rest = later;
                let count = lines.len() as u64;
                let chunk = Chunk { class: sender.class.clone(), source: sender.source.clone(), origin: Origin::Udp, lines };
                if !enqueue(desk, chunk, room).await {
                    desk.losses.count(LossReason::Queue, sender.source.as_str(), count);
                }
            }
        }
        self.arrived.clear();
        self.used = 0;
    }

    /// The lines in memory of their own size: what waits in the queue holds nothing else.
    fn copy(&self, datagrams: &[(IpAddr, Range<usize>)]) -> Vec<(Piece, Bytes)> {
        let mut bytes = BytesMut::with_capacity(datagrams.iter().map(|(_, range)| range.len()).sum());
        for (_, range) in datagrams {
            bytes.extend_from_slice(self.buffer.get(range.clone()).unwrap_or_default());
        }
        let mut bytes = bytes.freeze();
        datagrams.iter().map(|(_, range)| (Piece::WHOLE, bytes.split_to(range.len()))).collect()
    }
}

async fn enqueue(desk: &Desk, chunk: Chunk, room: Room) -> bool {
    match room {
        Room::Try => desk.inlet.try_enqueue(chunk).is_ok(),
        Room::Wait => tokio::select! {
            biased;
            taken = desk.inlet.enqueue(chunk) => taken.is_ok(),
            () = desk.out_of_patience() => false,
        },
    }
}

/// How many of these datagrams make one chunk: at least one.
fn chunk_length(datagrams: &[(IpAddr, Range<usize>)]) -> usize {
    let mut bytes = 0;
    let fits = datagrams.iter().take_while(|(_, range)| {
        bytes += range.len();
        bytes <= UDP_CHUNK_BYTES
    });
    fits.count().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunk_has_a_limit_but_holds_one_datagram() {
        let chunk = |sizes: &[usize]| chunk_length(&sizes.iter().map(|size| (IpAddr::from([192, 0, 2, 1]), 0..*size)).collect::<Vec<_>>());
        for (sizes, length) in
            [(&[1, UDP_CHUNK_BYTES - 2][..], 2), (&[1, UDP_CHUNK_BYTES - 1], 2), (&[1, UDP_CHUNK_BYTES], 1), (&[65_507, 1], 1), (&[1], 1)]
        {
            assert_eq!(chunk(sizes), length, "{sizes:?}");
        }
    }
}
