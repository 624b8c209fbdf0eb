//! Packs that are being built or wait to be fetched.
//!
//! Invariants: one pack is built at a time, at most [`KEPT`] wait for [`FETCH_SECONDS`]; only who asked for a pack sees it; a pack that nobody fetches is gone by itself.

use std::fs::File;
use std::sync::{Arc, Mutex, PoisonError};

use anlan_base::Instant;

/// Packs that wait to be fetched; the oldest goes for a new one.
pub(crate) const KEPT: usize = 4;
/// How long a pack waits to be fetched, in seconds.
pub(crate) const FETCH_SECONDS: u64 = 3_600;

/// How far a pack is.
#[derive(Clone)]
pub(crate) enum State {
    Building,
    Ready {
        file: Arc<File>,
        bytes: u64,
    },
    /// Why there is none, in words for the asker.
    Refused(String),
}

struct Job {
    id: u64,
    owner: String,
    since: Instant,
    name: String,
    state: State,
}

#[derive(Default)]
pub(crate) struct Jobs {
    jobs: Mutex<Vec<Job>>,
}

impl Jobs {
    fn with<T>(&self, now: Instant, work: impl FnOnce(&mut Vec<Job>) -> T) -> T {
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.retain(|job| matches!(job.state, State::Building) || now.since(job.since) < FETCH_SECONDS * Instant::SECOND);
        work(&mut jobs)
    }

    /// A new place; none while another pack is being built.
    pub(crate) fn begin(&self, owner: &str, name: String, now: Instant) -> Option<u64> {
        self.with(now, |jobs| {
            if jobs.iter().any(|job| matches!(job.state, State::Building)) {
                return None;
            }
            while jobs.len() >= KEPT {
                jobs.remove(0);
            }
            let id = now.0.max(jobs.iter().map(|job| job.id + 1).max().unwrap_or(0));
            jobs.push(Job { id, owner: owner.to_owned(), since: now, name, state: State::Building });
            Some(id)
        })
    }

    pub(crate) fn end(&self, id: u64, state: State, now: Instant) {
        self.with(now, |jobs| {
            if let Some(job) = jobs.iter_mut().find(|job| job.id == id) {
                (job.state, job.since) = (state, now);
            }
        });
    }

    /// Name and state of somebody's own pack.
    pub(crate) fn of(&self, id: u64, owner: &str, now: Instant) -> Option<(String, State)> {
        self.with(now, |jobs| jobs.iter().find(|job| job.id == id && job.owner == owner).map(|job| (job.name.clone(), job.state.clone())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Instant {
        Instant(1_000 * Instant::SECOND).plus_seconds(seconds)
    }

    #[test]
    fn one_at_a_time_and_only_for_its_owner() {
        let jobs = Jobs::default();
        let id = jobs.begin("a", "x.zip".to_owned(), at(0)).unwrap();
        assert!(jobs.begin("b", String::new(), at(1)).is_none());
        assert!(jobs.of(id, "b", at(1)).is_none());
        assert!(matches!(jobs.of(id, "a", at(1)), Some((_, State::Building))));
        jobs.end(id, State::Refused("no".to_owned()), at(2));
        assert!(jobs.begin("b", String::new(), at(2)).is_some());
    }

    #[test]
    fn packs_wait_for_a_while_and_few_of_them() {
        let jobs = Jobs::default();
        let mut ids = Vec::new();
        for n in 0..=KEPT as u64 {
            let id = jobs.begin("a", String::new(), at(n)).unwrap();
            jobs.end(id, State::Refused(String::new()), at(n));
            ids.push(id);
        }
        let there = |now: u64| ids.iter().filter(|id| jobs.of(**id, "a", at(now)).is_some()).count();
        assert_eq!((there(10), there(FETCH_SECONDS), there(FETCH_SECONDS + KEPT as u64)), (KEPT, KEPT, 0));
    }
}
