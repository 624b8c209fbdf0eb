//! The demo's time: set by hand while the folder is made, running with the machine's afterwards.
//!
//! Invariant: once it runs it never goes back.

use std::sync::{Mutex, PoisonError};
use std::time::Instant as Running;

use anlan_base::{Clock, Instant};

/// A simulated clock.
pub struct DemoClock(Mutex<State>);

struct State {
    at: Instant,
    since: Option<Running>,
}

impl DemoClock {
    /// Stands still at this moment.
    pub fn at(at: Instant) -> Self {
        Self(Mutex::new(State { at, since: None }))
    }

    /// Stands still at this moment from now on.
    pub fn set(&self, at: Instant) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = State { at, since: None };
    }

    /// Runs on from this moment.
    pub fn run_from(&self, at: Instant) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = State { at, since: Some(Running::now()) };
    }
}

impl Clock for DemoClock {
    fn now(&self) -> Instant {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let gone = state.since.map_or(0, |since| u64::try_from(since.elapsed().as_nanos()).unwrap_or(u64::MAX));
        state.at.plus_nanos(gone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stands_until_it_is_told_to_run() {
        let clock = DemoClock::at(Instant(7));
        assert_eq!(clock.now(), Instant(7));
        clock.set(Instant(9));
        assert_eq!(clock.now(), Instant(9));
        clock.run_from(Instant(11));
        let first = clock.now();
        assert!(first >= Instant(11) && clock.now() >= first);
    }
}
