//! How many connections there are, and who gives way when there are too many.
//!
//! Invariant: at most [`Limits::connections`] seats are taken, and at most [`Limits::connections_of_one_source`] by one address. A full house asks
//! the connection that has been silent longest to leave, if it has been silent for [`Limits::idle_gives_way`]; else the newcomer is refused.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::limits::Limits;

/// Why a connection was not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    #[error("as many connections as there may be are open")]
    Full,
    #[error("this address holds as many connections as one may")]
    FullForSource,
}

pub(crate) struct Connections {
    limits: Limits,
    begun: Instant,
    open: AtomicUsize,
    room: Mutex<Room>,
}

#[derive(Default)]
struct Room {
    next: u64,
    places: HashMap<u64, Arc<Place>>,
    of_source: HashMap<IpAddr, usize>,
}

struct Place {
    peer: IpAddr,
    /// Milliseconds since `Connections::begun`.
    heard: AtomicU64,
    leave: Notify,
}

/// A connection's seat; dropping it frees it.
pub(crate) struct Seat {
    connections: Arc<Connections>,
    number: u64,
    place: Arc<Place>,
}

impl Connections {
    pub(crate) fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self { limits, begun: Instant::now(), open: AtomicUsize::new(0), room: Mutex::default() })
    }

    pub(crate) fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    pub(crate) fn admit(self: &Arc<Self>, peer: IpAddr) -> Result<Seat, Refused> {
        self.admit_at(peer, self.millis())
    }

    fn admit_at(self: &Arc<Self>, peer: IpAddr, now: u64) -> Result<Seat, Refused> {
        let peer = peer.to_canonical();
        let mut room = self.room.lock().unwrap_or_else(PoisonError::into_inner);
        let idle = u64::try_from(self.limits.idle_gives_way.as_millis()).unwrap_or(u64::MAX);
        let held = room.of_source.get(&peer).copied().unwrap_or(0);
        if held >= self.limits.connections_of_one_source && !room.free_longest_idle(now, idle, Some(peer)) {
            return Err(Refused::FullForSource);
        }
        if room.places.len() >= self.limits.connections && !room.free_longest_idle(now, idle, None) {
            return Err(Refused::Full);
        }
        let place = Arc::new(Place { peer, heard: AtomicU64::new(now), leave: Notify::new() });
        let number = room.next;
        room.next += 1;
        room.places.insert(number, Arc::clone(&place));
        *room.of_source.entry(peer).or_insert(0) += 1;
        self.open.store(room.places.len(), Ordering::Relaxed);
        Ok(Seat { connections: Arc::clone(self), number, place })
    }

    fn millis(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

impl Room {
    /// Asks the longest silent connection (of `peer`, if given) to leave; its seat is free at once.
    fn free_longest_idle(&mut self, now: u64, idle: u64, peer: Option<IpAddr>) -> bool {
        let candidates = self.places.iter().filter(|(_, place)| peer.is_none_or(|peer| place.peer == peer));
        let longest = candidates.map(|(number, place)| (place.heard.load(Ordering::Relaxed), *number)).min();
        let Some((heard, number)) = longest.filter(|(heard, _)| now.saturating_sub(*heard) >= idle) else { return false };
        if let Some(place) = self.free(number) {
            tracing::warn!(peer = %place.peer, silent_seconds = now.saturating_sub(heard) / 1_000, "an idle connection gives way to a new one");
            place.leave.notify_one();
        }
        true
    }

    fn free(&mut self, number: u64) -> Option<Arc<Place>> {
        let place = self.places.remove(&number)?;
        if let Some(held) = self.of_source.get_mut(&place.peer) {
            *held -= 1;
            if *held == 0 {
                self.of_source.remove(&place.peer);
            }
        }
        Some(place)
    }
}

impl Seat {
    pub(crate) fn peer(&self) -> IpAddr {
        self.place.peer
    }

    /// The peer was heard just now.
    pub(crate) fn heard(&self) {
        self.heard_at(self.connections.millis());
    }

    fn heard_at(&self, millis: u64) {
        self.place.heard.store(millis, Ordering::Relaxed);
    }

    /// Resolves when this connection has to give way.
    pub(crate) async fn asked_to_leave(&self) {
        self.place.leave.notified().await;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut room = self.connections.room.lock().unwrap_or_else(PoisonError::into_inner);
        room.free(self.number);
        self.connections.open.store(room.places.len(), Ordering::Relaxed);
    }
}

/// Lets a log line through at most every ten seconds, and counts those it held back.
#[derive(Default)]
pub(crate) struct Rarely {
    state: Mutex<Option<(Instant, u64)>>,
}

impl Rarely {
    const PAUSE: Duration = Duration::from_secs(10);

    /// How many were held back since the last one, when this one may be said.
    pub(crate) fn may_say(&self) -> Option<u64> {
        self.may_say_at(Instant::now())
    }

    fn may_say_at(&self, now: Instant) -> Option<u64> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match state.as_mut() {
            Some((last, held_back)) if now.saturating_duration_since(*last) < Self::PAUSE => {
                *held_back += 1;
                None
            }
            other => {
                let held_back = other.map_or(0, |(_, held_back)| *held_back);
                *state = Some((now, 0));
                Some(held_back)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(n: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, n])
    }

    fn house(connections: usize, connections_of_one_source: usize) -> Arc<Connections> {
        Connections::new(Limits { connections, connections_of_one_source, idle_gives_way: Duration::from_secs(600), ..Limits::default() })
    }

    #[test]
    fn the_house_has_a_limit() {
        let house = house(3, 3);
        let mut seats = Vec::new();
        for (n, let_in) in [(1, true), (2, true), (3, true), (4, false)] {
            let seat = house.admit(ip(n));
            assert_eq!(seat.as_ref().err().copied(), (!let_in).then_some(Refused::Full), "connection {n}");
            seats.extend(seat);
        }
        assert_eq!(house.open(), 3);
        seats.clear();
        assert_eq!(house.open(), 0);
    }

    #[test]
    fn one_address_has_a_limit() {
        let house = house(10, 2);
        let _seats = [house.admit(ip(1)).unwrap(), house.admit(ip(1)).unwrap()];
        assert_eq!(house.admit(ip(1)).err(), Some(Refused::FullForSource));
        assert!(house.admit(ip(2)).is_ok());
    }

    #[tokio::test]
    async fn the_longest_silent_gives_way_but_not_before_its_time() {
        let house = house(2, 2);
        let first = house.admit_at(ip(1), 0).unwrap();
        let second = house.admit_at(ip(2), 0).unwrap();
        first.heard_at(1_000);
        assert_eq!(house.admit_at(ip(3), 599_999).err(), Some(Refused::Full));
        let _third = house.admit_at(ip(3), 600_000).unwrap();
        second.asked_to_leave().await;
        assert_eq!(house.open(), 2);
        drop(second);
        assert_eq!(house.open(), 2, "a seat is not freed twice");
        assert_eq!(house.admit_at(ip(3), 600_001).err(), Some(Refused::Full), "the other was heard since");
    }

    #[test]
    fn an_address_that_holds_too_many_gives_way_to_itself_only() {
        let house = house(3, 1);
        let _other = house.admit_at(ip(1), 0).unwrap();
        let _own = house.admit_at(ip(2), 1).unwrap();
        assert_eq!(house.admit_at(ip(2), 600_000).err(), Some(Refused::FullForSource));
        let _again = house.admit_at(ip(2), 600_001).unwrap();
        assert_eq!(house.open(), 2);
    }

    #[test]
    fn a_log_line_is_held_back_for_a_while() {
        let (rarely, now) = (Rarely::default(), Instant::now());
        assert_eq!([0, 0, 9_999].map(|millis| rarely.may_say_at(now + Duration::from_millis(millis))), [Some(0), None, None]);
        assert_eq!(rarely.may_say_at(now + Rarely::PAUSE), Some(2));
    }
}
