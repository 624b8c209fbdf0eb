//! Places for connections that are inside a long frame, so that many peers that begin one and never end it cannot fill the memory.
//!
//! Invariant: at most as many places are taken as there are, and at most a part of them by one address; who waits is served in order.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits::Limits;

/// Addresses after which the map is swept of those that hold no place.
const SWEEP: usize = 1_024;

pub(crate) struct LongFrames {
    all: Arc<Semaphore>,
    of_one_source: usize,
    sources: Mutex<HashMap<IpAddr, Arc<Semaphore>>>,
}

/// A place, until it is dropped.
pub(crate) struct LongFrame {
    _of_source: Option<OwnedSemaphorePermit>,
    _of_all: Option<OwnedSemaphorePermit>,
}

impl LongFrames {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            all: Arc::new(Semaphore::new(limits.long_frames)),
            of_one_source: limits.long_frames_of_one_source,
            sources: Mutex::default(),
        }
    }

    /// Waits for a place. (The semaphores are never closed.)
    pub(crate) async fn place(&self, peer: IpAddr) -> LongFrame {
        let of_source = self.of_source(peer).acquire_owned().await.ok();
        let of_all = Arc::clone(&self.all).acquire_owned().await.ok();
        LongFrame { _of_source: of_source, _of_all: of_all }
    }

    fn of_source(&self, peer: IpAddr) -> Arc<Semaphore> {
        let mut sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        if sources.len() >= SWEEP {
            sources.retain(|_, places| Arc::strong_count(places) > 1);
        }
        Arc::clone(sources.entry(peer).or_insert_with(|| Arc::new(Semaphore::new(self.of_one_source))))
    }
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Poll, Waker};

    use super::*;

    /// A place, if one is free now.
    fn taken(frames: &LongFrames, peer: u8) -> Option<LongFrame> {
        let place = std::pin::pin!(frames.place(IpAddr::from([192, 0, 2, peer])));
        match place.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(place) => Some(place),
            Poll::Pending => None,
        }
    }

    #[test]
    fn places_have_a_limit_for_all_and_for_one() {
        let frames = LongFrames::new(&Limits { long_frames: 3, long_frames_of_one_source: 2, ..Limits::default() });
        let mut held = Vec::new();
        for (peer, gets) in [(1, true), (1, true), (1, false), (2, true), (2, false), (3, false)] {
            let place = taken(&frames, peer);
            assert_eq!(place.is_some(), gets, "{peer}");
            held.extend(place);
        }
        held.clear();
        assert!(taken(&frames, 3).is_some());
    }

    #[test]
    fn addresses_without_a_place_are_forgotten() {
        let frames = LongFrames::new(&Limits::default());
        let _kept = taken(&frames, 1);
        for (n, held) in [(SWEEP - 1, SWEEP), (1, 2)] {
            for address in 0..n {
                frames.of_source(IpAddr::from(u32::try_from(0x0a00_0000 + address).unwrap().to_be_bytes()));
            }
            assert_eq!(frames.sources.lock().unwrap().len(), held);
        }
    }
}
