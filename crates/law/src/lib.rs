//! The law as data: statutes and rule texts with their versions and damage, citations, duties, clocks, packs.
//!
//! Invariants:
//! - pure after loading: no files, no network, no clock; the callers hand in bytes and instants;
//! - no deadline, fine, term or grade stands in code (I8): they come from `packs/`;
//! - nothing that was read is corrected in silence: what differs from what stood there is a finding;
//! - what is likely or unsure says so wherever it is shown.
#![forbid(unsafe_code)]

mod fault;
pub mod numeral;
pub mod system;
mod tree;
mod words;

pub use fault::{Fault, line_at};
pub use tree::{Article, Item, Paragraph};
pub use words::{Bilingual, Sureness};
