//! The growing delay after failed sign-ins, for each account and each peer address.
//!
//! Invariants: an attempt is charged before the password is looked at, so that attempts at once cannot slip by; a delay never lasts longer than
//! [`DELAY_LONGEST_SECONDS`]; memory is bounded by [`DELAY_KEYS`]; time comes from the caller.

use std::collections::HashMap;
use std::net::IpAddr;

use anlan_base::Instant;

/// Failures that cost nothing: people mistype.
pub const FREE_FAILURES: u32 = 3;
/// The longest delay. The fourth failure costs 1 s, each further one twice as much, up to this.
pub const DELAY_LONGEST_SECONDS: u64 = 15 * 60;
/// Accounts and addresses remembered; then the one that failed longest ago is forgotten.
pub const DELAY_KEYS: usize = 10_000;
/// Bytes of a name or address that tell keys apart.
const KEY_BYTES: usize = 64;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    Account(String),
    Peer(String),
    /// Codes of an account's authenticator.
    Code(String),
}

impl Key {
    pub(crate) fn account(name: &str) -> Self {
        Self::Account(cut(name))
    }

    pub(crate) fn code(name: &str) -> Self {
        Self::Code(cut(name))
    }

    /// IPv6 hosts get a whole /64, so that one counts as one.
    pub(crate) fn peer(peer: &str) -> Self {
        let address = peer.parse::<std::net::SocketAddr>().map(|socket| socket.ip()).or_else(|_| peer.parse::<IpAddr>());
        match address.map(|address| address.to_canonical()) {
            Ok(IpAddr::V6(address)) => Self::Peer(format!("{:x}/64", address.to_bits() >> 64)),
            Ok(IpAddr::V4(address)) => Self::Peer(address.to_string()),
            Err(_) => Self::Peer(cut(peer)),
        }
    }
}

fn cut(text: &str) -> String {
    let end = (0..=KEY_BYTES.min(text.len())).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    text[..end].to_owned()
}

#[derive(Clone, Copy, Debug)]
struct Failures {
    count: u32,
    last: Instant,
}

impl Failures {
    fn open_at(self) -> Instant {
        self.last.plus_seconds(delay_seconds(self.count))
    }
}

fn delay_seconds(failures: u32) -> u64 {
    let Some(doublings) = failures.checked_sub(FREE_FAILURES + 1) else { return 0 };
    1_u64.checked_shl(doublings.min(32)).unwrap_or(u64::MAX).min(DELAY_LONGEST_SECONDS)
}

#[derive(Debug, Default)]
pub(crate) struct Delays {
    failures: HashMap<Key, Failures>,
    turned_away: u64,
}

impl Delays {
    /// Charges an attempt to all keys, or says how many seconds to wait (and charges nothing).
    pub(crate) fn charge(&mut self, keys: &[Key], now: Instant) -> Result<(), u64> {
        let wait = keys.iter().filter_map(|key| self.failures.get(key)).map(|failures| self::wait(*failures, now)).max().unwrap_or(0);
        if wait > 0 {
            self.turned_away += 1;
            return Err(wait.div_ceil(Instant::SECOND));
        }
        for key in keys {
            self.make_room(key);
            let failures = self.failures.entry(key.clone()).or_insert(Failures { count: 0, last: now });
            failures.count = failures.count.saturating_add(1);
            failures.last = now;
        }
        Ok(())
    }

    /// Seconds until all keys are open again; 0 where none waits.
    pub(crate) fn seconds_left<'a>(&self, keys: impl Iterator<Item = &'a Key>, now: Instant) -> u64 {
        let left = keys.filter_map(|key| self.failures.get(key)).map(|failures| self::wait(*failures, now)).max();
        left.unwrap_or(0).div_ceil(Instant::SECOND)
    }

    /// The attempt was good: its keys begin anew.
    pub(crate) fn clear(&mut self, keys: &[Key]) {
        for key in keys {
            self.failures.remove(key);
        }
    }

    /// The attempt was never judged (no place to hash): it does not count.
    pub(crate) fn refund(&mut self, keys: &[Key]) {
        for key in keys {
            if let Some(failures) = self.failures.get_mut(key) {
                failures.count = failures.count.saturating_sub(1);
            }
        }
    }

    /// Attempts turned away since the last call; the next entry names them, so that none is passed over in silence.
    pub(crate) fn take_turned_away(&mut self) -> u64 {
        std::mem::take(&mut self.turned_away)
    }

    fn make_room(&mut self, key: &Key) {
        if self.failures.len() < DELAY_KEYS || self.failures.contains_key(key) {
            return;
        }
        let oldest = self.failures.iter().min_by_key(|(_, failures)| failures.last).map(|(key, _)| key.clone());
        if let Some(oldest) = oldest {
            self.failures.remove(&oldest);
        }
    }
}

/// Nanoseconds to wait. A clock set back cannot stretch a delay beyond its own length.
fn wait(failures: Failures, now: Instant) -> u64 {
    failures.open_at().since(now).min(delay_seconds(failures.count).saturating_mul(Instant::SECOND))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_the_longest() {
        let table = [
            (0, 0),
            (FREE_FAILURES - 1, 0),
            (FREE_FAILURES, 0),
            (FREE_FAILURES + 1, 1),
            (FREE_FAILURES + 2, 2),
            (13, 512),
            (14, 900),
            (15, 900),
            (u32::MAX, 900),
        ];
        for (failures, seconds) in table {
            assert_eq!(delay_seconds(failures), seconds, "{failures}");
        }
    }

    #[test]
    fn memory_is_bounded_and_the_oldest_is_forgotten() {
        let mut delays = Delays::default();
        for (number, size) in [(DELAY_KEYS - 1, DELAY_KEYS - 1), (DELAY_KEYS, DELAY_KEYS), (DELAY_KEYS + 1, DELAY_KEYS)] {
            while delays.failures.len() < number.min(DELAY_KEYS) {
                let n = delays.failures.len() as u64;
                delays.charge(&[Key::Account(n.to_string())], Instant(n)).unwrap();
            }
            if number > DELAY_KEYS {
                delays.charge(&[Key::account("one more")], Instant(u64::MAX / 2)).unwrap();
            }
            assert_eq!(delays.failures.len(), size);
        }
        assert!(!delays.failures.contains_key(&Key::account("0")));
        assert!(delays.failures.contains_key(&Key::account("1")));
    }

    #[test]
    fn attempts_at_once_are_charged_before_they_are_judged() {
        let mut delays = Delays::default();
        let keys = [Key::account("root"), Key::peer("192.0.2.1")];
        let let_in = (0..20).filter(|_| delays.charge(&keys, Instant(5)).is_ok()).count();
        assert_eq!(let_in, FREE_FAILURES as usize + 1);
        assert_eq!(delays.take_turned_away(), 20 - u64::from(FREE_FAILURES) - 1);
        assert_eq!(delays.take_turned_away(), 0);
        delays.refund(&keys);
        assert!(delays.charge(&keys, Instant(5)).is_ok());
    }

    #[test]
    fn a_clock_set_back_does_not_stretch_a_delay() {
        let mut delays = Delays::default();
        let keys = [Key::account("a")];
        let noon = Instant::from_unix_seconds(1_000_000);
        for _ in 0..=FREE_FAILURES {
            delays.charge(&keys, noon).unwrap();
        }
        assert_eq!(delays.charge(&keys, Instant(0)), Err(1));
    }

    #[test]
    fn peers_are_told_apart_by_host_and_ipv6_by_network() {
        let same = [
            ("192.0.2.1", "192.0.2.1:514"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("2001:db8::1", "2001:db8::ffff:2"),
            ("[2001:db8::1]:9", "2001:db8::3"),
        ];
        for (a, b) in same {
            assert_eq!(Key::peer(a), Key::peer(b), "{a} {b}");
        }
        assert_ne!(Key::peer("2001:db8:0:1::1"), Key::peer("2001:db8:0:2::1"));
        assert_eq!(Key::peer(&"名".repeat(60)), Key::Peer("名".repeat(21)));
    }
}
