//! `/compliance`: duties and fines by law and article, the check of citations, and legal clocks, as the packs in the box have them.
//!
//! Invariants:
//! - nothing here is a verdict: no probe is built, so every duty is unknown and counted as such (I9);
//! - what packs call likely or unsure says so in every row;
//! - a document that is checked is neither stored nor logged.

pub(crate) mod beside;
mod book;
mod check;
mod cite;
mod clocks;
mod condition;
mod duties;
mod duty;
mod fines;
mod money;
mod stricter;
mod words;

pub(crate) use check::{check, form as check_form};
pub(crate) use clocks::clocks;
pub(crate) use duties::duties;
pub(crate) use duty::duty;
pub(crate) use fines::fines;

/// Whether the rail names these pages.
pub(crate) const IS_BUILT: bool = true;

/// The pages of this section, for the line of tabs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tab {
    Duties,
    Fines,
    Check,
    Clocks,
}
