//! The law as data: statutes and rule texts with their versions and damage, citations, duties, clocks, packs.
//!
//! Invariants:
//! - pure after loading: no files, no network, no clock; the callers hand in bytes and instants;
//! - no deadline, fine, term or grade stands in code (I8): they come from `packs/`;
//! - nothing that was read is corrected in silence: what differs from what stood there is a finding;
//! - what is likely or unsure says so wherever it is shown.
#![forbid(unsafe_code)]

pub mod accounts;
pub mod citation;
pub mod clock;
pub mod concordance;
pub mod condition;
mod cursor;
pub mod decode;
pub mod difference;
pub mod duty;
mod fault;
pub mod grade;
pub mod heading;
pub mod kind;
pub mod letter;
pub mod liability;
pub mod library;
pub mod numeral;
pub mod pack;
pub mod place;
pub mod probe;
pub mod reading;
pub mod shipped;
pub mod system;
pub mod term;
mod tree;
pub mod version;
mod words;

pub use citation::{Citation, Found, Law};
pub use concordance::{Carried, Change, Ending, Landing};
pub use difference::{Compared, Difference, Piece, Row};
pub use fault::{Fault, line_at};
pub use letter::file::LetterError;
pub use letter::{Asked, Extent, LetterCitation, LetterKind, LetterReading, LetterReason, LetterReport};
pub use library::lookup::{Hit, Origin, SearchError, Shown, Spot};
pub use library::{Certainty, ImportError, Library, Resolved, Statute, Stop, Trace, Unresolved};
pub use place::{CiteError, Place};
pub use tree::{Article, Item, Paragraph};
pub use version::{Body, Entry, Force, Imported, Lost, Paragraphs, Provenance, Version, VersionId};
pub use words::{Bilingual, Sureness};
