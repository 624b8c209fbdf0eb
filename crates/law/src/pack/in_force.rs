//! The lawbook that is in force, and what was refused since.
//!
//! Invariant: a faulty pack never replaces a sound one; its faults stay to be seen until a sound one comes.

use std::sync::Arc;

use super::Lawbook;
use crate::fault::Fault;

/// Holds the last good lawbook. Readers take an `Arc`, so that a change never tears what they look at.
#[derive(Clone, Debug)]
pub struct InForce {
    book: Arc<Lawbook>,
    refused: Vec<Fault>,
}

impl InForce {
    #[must_use]
    pub fn new(book: Lawbook) -> Self {
        Self { book: Arc::new(book), refused: Vec::new() }
    }

    #[must_use]
    pub fn book(&self) -> &Arc<Lawbook> {
        &self.book
    }

    /// The faults for which the newest packs were refused; empty where they are in force.
    #[must_use]
    pub fn refused(&self) -> &[Fault] {
        &self.refused
    }

    /// Puts newly read packs in force, or keeps the last good ones and the faults. True where the new ones are in force.
    pub fn replace(&mut self, read: Result<Lawbook, Vec<Fault>>) -> bool {
        match read {
            Ok(book) => {
                *self = Self::new(book);
                true
            }
            Err(faults) => {
                self.refused = faults;
                false
            }
        }
    }
}
