//! Builds and checks evidence: the proof of a line, packs, a whole folder. Formats in `spec/pack.md` and `spec/folder.md`.
//!
//! Invariants: no HTML, no sockets; a verifier trusts nothing but the key it is given; its checks are those of the spec, in that order;
//! every length from a file is checked against what is there before anything is done with it.
#![forbid(unsafe_code)]

mod against;
pub mod assess;
pub mod digests;
pub mod docx;
mod file;
mod folder;
pub mod pack;
mod proof;
mod prove;
mod report;
mod rules;
pub mod sheet;
pub mod zip;

use std::io;

use anlan_base::Seq;
use anlan_journal::JournalError;
use anlan_vault::VaultError;

pub use file::{verify_bytes, verify_file};
pub use folder::{Broken, LOOKS, Recheck, Rechecked, recheck, verify_folder};
pub use pack::{
    BROWSER_VERIFIER, Choices, Form, Heading, Label, Mask, OpenTold, PackRequest, Told, VisitTold, Words, build_pack, verify_pack,
};
pub use proof::verify_proof;
pub use prove::prove;
pub use report::{Anchor, Check, FINDINGS_SHOWN, Outcome, Report, Verdict};

/// Why evidence could not be made.
#[derive(Debug, thiserror::Error)]
pub enum AssureError {
    /// No line of this number, or none that the asker may see.
    #[error("no line {0}")]
    NoSuchLine(Seq),
    #[error("the period ends before it begins")]
    PeriodBackwards,
    #[error("the scope names no source")]
    EmptyScope,
    #[error("a pack has at most 1,000 proofs and 1,000 other papers")]
    TooManyChosen,
    #[error("the purpose, the visit or the name of a paper is too long or has control characters")]
    UnfitChoice,
    /// A proof shows a line as it is; in a masked pack this one would be covered.
    #[error("line {0} is covered in a masked pack, so its proof cannot stand in it")]
    ProofOfMasked(Seq),
    #[error("entry {0}, which records the making of this pack, is not in the log")]
    NotRecorded(u64),
    #[error("the list of members could not be made: {0}")]
    Table(String),
    /// The log holds the leaf of a batch whose lines are gone.
    #[error("the lines of the batch at leaf {leaf} are no longer kept")]
    LinesGone { leaf: u64 },
    /// What is stored does not check: nothing made of it is handed out.
    #[error("the stored {0} does not check; run `anlan verify` on the data folder")]
    Unsound(&'static str),
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Zip(#[from] zip::ZipError),
    #[error(transparent)]
    Io(#[from] io::Error),
}
