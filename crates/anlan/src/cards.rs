//! The network cards of this machine and whether port 514 may be opened, read from `/proc`: for the first run's advice.
//!
//! Invariant: what cannot be read is left out; nothing here decides anything.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;

/// Cards told at most.
pub const CARDS: usize = 16;
/// Where devices send syslog to unless told otherwise.
pub const SYSLOG_PORT: u16 = 514;
/// The capability to open ports below 1024, as a bit.
const NET_BIND_SERVICE: u64 = 1 << 10;
/// The scope of an address that is routed, in `/proc/net/if_inet6`.
const GLOBAL: &str = "00";

/// An address that other machines may reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    pub name: String,
    pub address: IpAddr,
}

/// Addresses of cards under `root` (`/`), without loopback.
pub fn cards(root: &Path) -> Vec<Card> {
    let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap_or_default();
    let mut cards = ipv4(&read("proc/net/fib_trie"), &read("proc/net/route"));
    cards.extend(ipv6(&read("proc/net/if_inet6")));
    cards.truncate(CARDS);
    cards
}

/// `|-- 192.0.2.7` followed by `/32 host LOCAL`; the card is the one whose directly reached network holds the address.
fn ipv4(trie: &str, routes: &str) -> Vec<Card> {
    let networks: Vec<(String, u32, u32)> = routes.lines().filter_map(network).collect();
    let mut found: Vec<Card> = Vec::new();
    let mut before: Option<Ipv4Addr> = None;
    for line in trie.lines() {
        if line.contains("/32 host LOCAL") {
            let Some(address) = before.filter(|address| !address.is_loopback()) else { continue };
            let name = networks.iter().find(|(_, network, mask)| u32::from(address) & mask == *network).map(|(name, ..)| name.clone());
            let card = Card { name: name.unwrap_or_else(|| "?".to_owned()), address: address.into() };
            if !found.contains(&card) {
                found.push(card);
            }
        } else if let Some((_, written)) = line.split_once("|-- ") {
            before = written.trim().parse().ok();
        }
    }
    found
}

/// `eth0 0002A8C0 00000000 0001 … 00FFFFFF …`: numbers in the machine's byte order, a gateway of zero is a network of the card itself.
fn network(line: &str) -> Option<(String, u32, u32)> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [name, network, gateway, _, _, _, _, mask, ..] = words.as_slice() else { return None };
    let number = |hex: &str| u32::from_str_radix(hex, 16).ok().map(u32::swap_bytes);
    let mask = number(mask).filter(|mask| *mask != 0)?;
    (number(gateway)? == 0).then_some(((*name).to_owned(), number(network)?, mask))
}

/// `fe80…32 digits 02 40 20 80 eth0`.
fn ipv6(table: &str) -> Vec<Card> {
    let card = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [address, _, _, GLOBAL, _, name] = words.as_slice() else { return None };
        let address = Ipv6Addr::from(u128::from_str_radix(address, 16).ok().filter(|_| address.len() == 32)?);
        (!address.is_loopback()).then(|| Card { name: (*name).to_owned(), address: address.into() })
    };
    table.lines().filter_map(card).collect()
}

/// Whether this process may open `port`.
pub fn may_bind(root: &Path, port: u16) -> bool {
    let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap_or_default();
    let first: u16 = read("proc/sys/net/ipv4/ip_unprivileged_port_start").trim().parse().unwrap_or(1024);
    let status = read("proc/self/status");
    let capabilities =
        status.lines().find_map(|line| line.strip_prefix("CapEff:")).and_then(|hex| u64::from_str_radix(hex.trim(), 16).ok());
    port >= first || capabilities.is_some_and(|bits| bits & NET_BIND_SERVICE != 0)
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "a test makes its files")]
mod tests {
    use super::*;

    const TRIE: &str = "Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 0.0.0.0\n        /0 universe UNICAST\n     |-- 192.168.2.9\n        /32 host LOCAL\n     |-- 127.0.0.1\n        /32 host LOCAL\nLocal:\n     |-- 192.168.2.9\n        /32 host LOCAL\n     |-- 192.168.2.255\n        /32 link BROADCAST\n     |-- 203.0.113.4\n        /32 host LOCAL\n";
    const ROUTES: &str = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\neth0\t00000000\t0102A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\neth0\t0002A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n";

    #[test]
    fn cards_are_read_from_the_kernels_tables() {
        let shown = |cards: Vec<Card>| cards.into_iter().map(|card| format!("{} {}", card.name, card.address)).collect::<Vec<_>>();
        assert_eq!(shown(ipv4(TRIE, ROUTES)), ["eth0 192.168.2.9", "? 203.0.113.4"]);
        let six = "00000000000000000000000000000001 01 80 10 80 lo\nfe80000000000000000000000000000a 02 40 20 80 eth0\n20010db8000000000000000000000005 02 40 00 80 eth0\n";
        assert_eq!(shown(ipv6(six)), ["eth0 2001:db8::5"]);
        for hostile in ["", "|-- x\n/32 host LOCAL", "\u{0}", "eth0 1 2"] {
            assert!(ipv4(hostile, hostile).is_empty() && ipv6(hostile).is_empty(), "{hostile}");
        }
    }

    #[test]
    fn cards_have_a_limit() {
        for (many, told) in [(CARDS - 1, CARDS - 1), (CARDS, CARDS), (CARDS + 1, CARDS)] {
            let root = tempfile::tempdir().unwrap();
            std::fs::create_dir_all(root.path().join("proc/net")).unwrap();
            let trie: String = (0..many).map(|n| format!("|-- 192.0.2.{}\n/32 host LOCAL\n", n + 1)).collect();
            std::fs::write(root.path().join("proc/net/fib_trie"), trie).unwrap();
            assert_eq!(cards(root.path()).len(), told, "{many}");
        }
    }

    #[test]
    fn a_port_takes_the_capability_or_a_machine_that_gives_it_away() {
        let root = tempfile::tempdir().unwrap();
        for folder in ["proc/self", "proc/sys/net/ipv4"] {
            std::fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        for (capabilities, first, may) in [
            ("0000000000000400", "1024", true),
            ("0000000000000000", "1024", false),
            ("0", "514", true),
            ("0", "515", false),
            ("", "", false),
        ] {
            std::fs::write(root.path().join("proc/self/status"), format!("Name:\tanlan\nCapEff:\t{capabilities}\n")).unwrap();
            std::fs::write(root.path().join("proc/sys/net/ipv4/ip_unprivileged_port_start"), first).unwrap();
            assert_eq!(may_bind(root.path(), SYSLOG_PORT), may, "{capabilities} {first}");
        }
    }
}
