//! The operator's one transparency log on disk (single sequencer, tiles, checkpoints), and all durable writes behind the [`Fs`] trait.
//!
//! Invariants: nothing else in the project writes to disk, but for the SQLite pool of `ledger`; a leaf has its index when its checkpoint
//! is on disk; knows no product nouns.
#![forbid(unsafe_code)]

pub mod check;
mod disk;
mod edge;
mod error;
pub mod faulty;
mod files;
mod fs;
mod log;
mod recover;

pub use disk::DiskFs;
pub use error::JournalError;
pub use fs::{Appender, DirEntry, Fs};
pub use log::{APPEND_LEAVES, Journal};
