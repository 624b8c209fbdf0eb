//! Every limit of the receivers, by name. [`Limits`] carries those that tests make small; its default is the constants.

use std::time::Duration;

/// Connections waiting in the kernel to be accepted.
pub const BACKLOG: i32 = 1_024;
/// Connections that are open at once, all listeners together.
pub const CONNECTIONS: usize = 12_000;
/// Connections that one address may hold, so that room is left for others.
pub const CONNECTIONS_OF_ONE_SOURCE: usize = 11_000;
/// How long a connection must have been silent before it may be closed to make room for a newcomer. Below [`CONNECTIONS`] silence is
/// never a reason to close: a syslog sender that does not notice loses what it writes next.
pub const IDLE_GIVES_WAY: Duration = Duration::from_secs(600);
/// File descriptors that stay free for the rest of the process when its limit is lower than [`CONNECTIONS`].
pub const SPARE_DESCRIPTORS: usize = 512;
/// A TLS handshake that takes longer is given up.
pub const HANDSHAKE: Duration = Duration::from_secs(10);
/// Bytes taken from one connection in one read, and so in one chunk, while connections are few.
pub const READ_BYTES: usize = 256 * 1024;
/// Bytes taken in one read at least, however many connections there are.
pub const READ_BYTES_MIN: usize = 4 * 1024;
/// Bytes in hand between socket and queue, all connections together: each reads at most its part of it at once.
pub const READING_BYTES: usize = 128 << 20;
/// An unfinished frame longer than this is a long one, and needs one of [`LONG_FRAMES`] places to be read on.
pub const LONG_FRAME_BYTES: usize = 4 * 1024;
/// Connections that are inside a long frame at once (each holds somewhat over 1 MiB at most). Others wait with reading.
pub const LONG_FRAMES: usize = 64;
/// Of these, connections of one address.
pub const LONG_FRAMES_OF_ONE_SOURCE: usize = 16;
/// A connection inside a long frame must finish it, or a piece of it, in this time, or it is closed.
pub const LONG_FRAME_PATIENCE: Duration = Duration::from_secs(60);
/// Segment size asked of RELP peers. librelp corks its socket while it sends a batch, and waits for answers with the cork in: whatever does not fill a segment
/// then stays with it for 200 ms. With the 64 KiB segments of the loopback, or jumbo frames, that is a whole window each time.
pub const RELP_SEGMENT_BYTES: u32 = 1_440;
/// RELP frames of one connection that wait for their answer; then reading stops.
pub const RELP_WINDOW: usize = 128;
/// Socket buffer asked of the kernel for UDP (it grants what `net.core.rmem_max` allows).
pub const UDP_BUFFER_BYTES: usize = 32 << 20;
/// Room for one datagram; none is longer.
pub const DATAGRAM_BYTES: usize = 64 * 1024;
/// Datagrams taken from the socket before they are handed over.
pub const UDP_TURN_DATAGRAMS: usize = 1_024;
/// Bytes of datagrams taken from the socket before they are handed over.
pub const UDP_TURN_BYTES: usize = 1 << 20;
/// Bytes of one UDP chunk (a longer datagram is a chunk of its own); what a full queue drops is counted by chunk.
pub const UDP_CHUNK_BYTES: usize = 32 * 1024;
/// Addresses whose source is remembered between two look-ups.
pub const REMEMBERED_SOURCES: usize = 16_384;
/// After this time a source is looked up again, so that a changed class takes effect on open connections too.
pub const SOURCE_REMEMBERED: Duration = Duration::from_secs(60);
/// (reason, source) pairs with losses that are not noted yet; what comes after shares one without a source.
pub const COUNTED_LOSSES: usize = 16_384;
/// Losses are noted at most this often for each reason and source.
pub const NOTE_LOSSES_EVERY: Duration = Duration::from_secs(60);
/// At shutdown, how long lines that were read may wait for room in the queue, and answers to be taken by their peer.
pub const SHUTDOWN_PATIENCE: Duration = Duration::from_secs(10);
/// At shutdown a socket that gives nothing for so long is taken to be empty.
pub const LAST_SILENCE: Duration = Duration::from_millis(50);
/// At shutdown, bytes still taken from one socket's buffer.
pub const LAST_BYTES: usize = 8 << 20;

/// The limits that a caller may set otherwise.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub connections: usize,
    pub connections_of_one_source: usize,
    pub idle_gives_way: Duration,
    pub handshake: Duration,
    pub long_frames: usize,
    pub long_frames_of_one_source: usize,
    pub long_frame_patience: Duration,
    pub relp_window: usize,
    pub udp_buffer_bytes: usize,
    pub note_losses_every: Duration,
    pub shutdown_patience: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: CONNECTIONS,
            connections_of_one_source: CONNECTIONS_OF_ONE_SOURCE,
            idle_gives_way: IDLE_GIVES_WAY,
            handshake: HANDSHAKE,
            long_frames: LONG_FRAMES,
            long_frames_of_one_source: LONG_FRAMES_OF_ONE_SOURCE,
            long_frame_patience: LONG_FRAME_PATIENCE,
            relp_window: RELP_WINDOW,
            udp_buffer_bytes: UDP_BUFFER_BYTES,
            note_losses_every: NOTE_LOSSES_EVERY,
            shutdown_patience: SHUTDOWN_PATIENCE,
        }
    }
}
