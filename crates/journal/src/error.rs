//! What can go wrong with the log.

use std::io;
use std::path::PathBuf;

use anlan_tlog::envelope::EnvelopeError;
use anlan_tlog::note::NoteError;

#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("there is no log in {}", .0.display())]
    NoLog(PathBuf),
    #[error("there is a log in {} already", .0.display())]
    Exists(PathBuf),
    #[error("{} has tiles but no checkpoint: bring the checkpoint back from a copy", .0.display())]
    LostCheckpoint(PathBuf),
    #[error("the checkpoint: {0}")]
    Note(#[from] NoteError),
    #[error("the checkpoint is of the log `{found}`, the key is that of `{expected}`")]
    Origin { found: String, expected: String },
    #[error("the log's first leaf is not the key's")]
    FirstLeaf,
    #[error("the log is damaged: {} {what}", path.display())]
    Damaged { path: PathBuf, what: &'static str },
    #[error("a leaf that could not be read back: {0}")]
    Body(#[from] EnvelopeError),
    #[error("a day's leaf names a detail that was not stored")]
    NoDetail,
    #[error("the log has no leaf {index}: its size is {size}")]
    NoSuchLeaf { index: u64, size: u64 },
    #[error("the log has no such tile")]
    NoSuchTile,
    #[error("an earlier write failed; the log takes no more leaves until it is opened again")]
    Failed,
}
