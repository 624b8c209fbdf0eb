//! What the kernel dropped of a UDP socket because its buffer was full, read from `/proc/net/udp` and `/proc/net/udp6`.
//!
//! The last column (`drops`) counts for the life of the socket, as 32 bits that wrap; the row is found by the socket's inode.

use std::os::fd::AsRawFd;

/// Follows the counter of one socket.
#[derive(Debug)]
pub(crate) struct KernelDrops {
    inode: Option<u64>,
    seen: u32,
}

impl KernelDrops {
    /// A socket whose inode cannot be read (no `/proc`) is followed without ever a drop.
    pub(crate) fn of(socket: &impl AsRawFd) -> Self {
        let link = std::fs::read_link(format!("/proc/self/fd/{}", socket.as_raw_fd())).ok();
        let inode = link.as_deref().and_then(|link| link.to_str()).and_then(inode_of_link);
        if inode.is_none() {
            tracing::warn!("the kernel's count of dropped datagrams cannot be read; such drops stay unknown");
        }
        Self { inode, seen: 0 }
    }

    /// Datagrams dropped since the last call.
    pub(crate) fn since_last(&mut self) -> u32 {
        let Some(inode) = self.inode else { return 0 };
        let tables = ["/proc/net/udp", "/proc/net/udp6"];
        let Some(drops) = tables.iter().find_map(|table| drops_of(&std::fs::read_to_string(table).ok()?, inode)) else { return 0 };
        let new = drops.wrapping_sub(self.seen);
        self.seen = drops;
        new
    }
}

/// `socket:[18738]`
fn inode_of_link(link: &str) -> Option<u64> {
    link.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
}

/// Columns as the kernel's `udp4_seq_show` writes them: `sl local rem st tx:rx tr:when retrnsmt uid timeout inode ref pointer drops`.
fn drops_of(table: &str, inode: u64) -> Option<u32> {
    table.lines().skip(1).find_map(|row| {
        let columns: Vec<&str> = row.split_ascii_whitespace().collect();
        let is_ours = columns.get(9)?.parse() == Ok(inode);
        if is_ours { columns.get(12)?.parse().ok() } else { None }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops            \n \
        2476: 00000000:C52C 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 18739 2 0000000014fa3db2 0         \n \
        2526: 0100007F:C55E 00000000:0000 07 00000000:00001E00 00:00000000 00000000     0        0 18738 2 00000000ce09f4b1 994       \n";

    #[test]
    fn the_row_is_found_by_its_inode() {
        for (inode, drops) in [(18_738, Some(994)), (18_739, Some(0)), (1, None)] {
            assert_eq!(drops_of(TABLE, inode), drops, "{inode}");
        }
        assert_eq!(drops_of("garbage\n1 2 3\n\n", 3), None);
        assert_eq!(inode_of_link("socket:[18738]"), Some(18_738));
        assert_eq!(inode_of_link("/dev/null"), None);
    }

    #[test]
    fn the_kernel_counts_what_a_small_buffer_cannot_take() {
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        socket2::SockRef::from(&socket).set_recv_buffer_size(4_096).unwrap();
        let mut drops = KernelDrops::of(&socket);
        assert_eq!(drops.since_last(), 0);
        let sender = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        for _ in 0..500 {
            sender.send_to(&[b'x'; 200], socket.local_addr().unwrap()).unwrap();
        }
        socket.set_nonblocking(true).unwrap();
        let kept = std::iter::from_fn(|| socket.recv(&mut [0; 300]).ok()).count();
        assert_eq!(drops.since_last() as usize + kept, 500);
        assert_eq!(drops.since_last(), 0);
    }
}
