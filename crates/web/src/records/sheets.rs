//! Turns of exports and imports, and sheets that were read and wait in memory for a person's word.
//!
//! Invariants: a sheet is shown to the person who brought it alone; there are at most [`SHEETS_WAITING`] of all people and [`SHEETS_OF_ONE`] of one, the oldest go first;
//! after [`SHEET_SECONDS`] it is gone; it is imported once.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use anlan_base::Instant;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::export::SHEETS_AT_ONCE;
use super::plan::{Plan, Why};
use crate::failure::Failure;

/// Exports and imports that wait for a turn; the next one is told that the server is busy.
pub(crate) const SHEETS_IN_LINE: usize = 16;
pub(crate) const SHEETS_WAITING: usize = 8;
pub(crate) const SHEETS_OF_ONE: usize = 2;
pub(crate) const SHEET_SECONDS: u64 = 3600;

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Opened(String),
    /// By an import of the same file before.
    OpenedBefore(String),
    Changed(String),
    Failed(Why),
    /// Not come to, or not wanted.
    Left,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Waiting,
    Running,
    /// In the order of the plan's rows.
    Done(Arc<Vec<Outcome>>),
}

#[derive(Clone, Debug)]
pub(crate) struct Brought {
    pub(crate) user: String,
    pub(crate) kind: String,
    /// Random; where the sheet is reviewed.
    pub(crate) id: String,
    /// SHA-256 of the file, lower-case hex.
    pub(crate) digest: String,
    pub(crate) name: String,
    pub(crate) plan: Arc<Plan>,
    pub(crate) stage: Stage,
    pub(crate) at: Instant,
}

pub(crate) struct Sheets {
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
    /// Held while an XLSX file is made: a large one takes some hundreds of megabytes.
    pub(super) writing: tokio::sync::Mutex<()>,
    brought: Mutex<VecDeque<Brought>>,
}

impl Default for Sheets {
    fn default() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(SHEETS_AT_ONCE)),
            places: Arc::new(Semaphore::new(SHEETS_AT_ONCE + SHEETS_IN_LINE)),
            writing: tokio::sync::Mutex::default(),
            brought: Mutex::default(),
        }
    }
}

impl Sheets {
    /// One of [`SHEETS_AT_ONCE`] turns: the tables are in memory meanwhile. Where [`SHEETS_IN_LINE`] wait already, none.
    pub(crate) async fn turn(&self) -> Result<[OwnedSemaphorePermit; 2], Failure> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Failure::Busy)?;
        Ok([Arc::clone(&self.turns).acquire_owned().await.map_err(|_| Failure::Busy)?, place])
    }

    fn all(&self) -> std::sync::MutexGuard<'_, VecDeque<Brought>> {
        self.brought.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn put(&self, sheet: Brought) {
        let mut all = self.all();
        all.retain(|other| is_alive(other, sheet.at));
        let own = all.iter().filter(|other| other.user == sheet.user).count();
        if own >= SHEETS_OF_ONE
            && let Some(oldest) = all.iter().position(|other| other.user == sheet.user)
        {
            all.remove(oldest);
        }
        if all.len() >= SHEETS_WAITING {
            all.pop_front();
        }
        all.push_back(sheet);
    }

    pub(crate) fn get(&self, user: &str, id: &str, now: Instant) -> Option<Brought> {
        self.all().iter().find(|sheet| sheet.user == user && sheet.id == id && is_alive(sheet, now)).cloned()
    }

    /// Takes a waiting sheet for its import; nobody else gets it.
    pub(crate) fn begin(&self, user: &str, id: &str, now: Instant) -> Option<Brought> {
        let mut all = self.all();
        let sheet = all.iter_mut().find(|sheet| sheet.user == user && sheet.id == id && is_alive(sheet, now))?;
        if sheet.stage != Stage::Waiting {
            return None;
        }
        sheet.stage = Stage::Running;
        Some(sheet.clone())
    }

    pub(crate) fn finish(&self, id: &str, outcomes: Vec<Outcome>) {
        if let Some(sheet) = self.all().iter_mut().find(|sheet| sheet.id == id) {
            sheet.stage = Stage::Done(Arc::new(outcomes));
        }
    }
}

fn is_alive(sheet: &Brought, now: Instant) -> bool {
    now.since(sheet.at) <= SHEET_SECONDS * Instant::SECOND
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(user: &str, id: &str) -> Brought {
        Brought {
            user: user.to_owned(),
            kind: String::new(),
            id: id.to_owned(),
            digest: String::new(),
            name: String::new(),
            plan: Arc::default(),
            stage: Stage::Waiting,
            at: Instant(0),
        }
    }

    #[test]
    fn sheets_that_wait_have_limits() {
        for (count, first_is_there) in [(SHEETS_OF_ONE - 1, true), (SHEETS_OF_ONE, true), (SHEETS_OF_ONE + 1, false)] {
            let sheets = Sheets::default();
            for n in 0..count {
                sheets.put(sheet("a", &n.to_string()));
            }
            assert_eq!(sheets.get("a", "0", Instant(0)).is_some(), first_is_there, "{count}");
        }
        for (count, first_is_there) in [(SHEETS_WAITING - 1, true), (SHEETS_WAITING, true), (SHEETS_WAITING + 1, false)] {
            let sheets = Sheets::default();
            for n in 0..count {
                sheets.put(sheet(&n.to_string(), &n.to_string()));
            }
            assert_eq!(sheets.get("0", "0", Instant(0)).is_some(), first_is_there, "{count}");
        }
    }

    #[test]
    fn a_sheet_waits_for_its_own_person_and_not_for_ever() {
        let sheets = Sheets::default();
        sheets.put(sheet("a", "x"));
        let later = |seconds| Instant(seconds * Instant::SECOND);
        for (user, seconds, is_there) in
            [("a", SHEET_SECONDS - 1, true), ("a", SHEET_SECONDS, true), ("a", SHEET_SECONDS + 1, false), ("b", 0, false)]
        {
            assert_eq!(sheets.get(user, "x", later(seconds)).is_some(), is_there, "{user} {seconds}");
        }
    }

    #[test]
    fn a_sheet_is_imported_once() {
        let sheets = Sheets::default();
        sheets.put(sheet("a", "x"));
        assert!(sheets.begin("b", "x", Instant(0)).is_none());
        assert!(sheets.begin("a", "x", Instant(0)).is_some());
        assert!(sheets.begin("a", "x", Instant(0)).is_none());
        sheets.finish("x", vec![Outcome::Left]);
        assert!(sheets.begin("a", "x", Instant(0)).is_none());
        assert_eq!(sheets.get("a", "x", Instant(0)).unwrap().stage, Stage::Done(Arc::new(vec![Outcome::Left])));
    }

    #[tokio::test]
    async fn exports_and_imports_at_once_and_in_line_have_a_limit() {
        let sheets = Sheets::default();
        let mut turns = Vec::new();
        for _ in 0..SHEETS_AT_ONCE {
            turns.push(sheets.turn().await.unwrap());
        }
        let mut line: Vec<_> = (0..SHEETS_IN_LINE).map(|_| Box::pin(sheets.turn())).collect();
        for waiting in &mut line {
            assert!(futures_pending(waiting.as_mut()).await);
        }
        assert_eq!(sheets.turn().await.err(), Some(Failure::Busy));
        line.pop();
        let mut next = Box::pin(sheets.turn());
        assert!(futures_pending(next.as_mut()).await, "a place came free, no turn");
        drop(turns);
        assert!(line.remove(0).await.is_ok());
    }

    /// Whether a future is not ready at its first poll.
    async fn futures_pending<F: Future>(mut future: std::pin::Pin<&mut F>) -> bool {
        std::future::poll_fn(|context| std::task::Poll::Ready(future.as_mut().poll(context).is_pending())).await
    }
}
