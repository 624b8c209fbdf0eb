//! `/compliance`: duties and fines by law and article, the check of citations, and legal clocks, as the packs in the box have them.
//!
//! Invariants:
//! - a duty without a fresh verdict is unknown and counted as such (I9); a page reads verdicts and measures nothing;
//! - what packs call likely or unsure says so in every row;
//! - a document that is checked is neither stored nor logged.

mod bar;
pub(crate) mod beside;
pub(crate) mod book;
mod check;
mod cite;
mod clocks;
mod condition;
mod duties;
mod duty;
mod fines;
mod measure;
mod money;
pub(crate) mod stand;
mod stricter;
mod verdict;
mod words;

use anlan_law::kind::Role;

pub(crate) use bar::{Bar, bar, first_day};
pub(crate) use check::{check, form as check_form};
pub(crate) use clocks::clocks;
pub(crate) use duties::{cites, duties};
pub(crate) use duty::duty;
pub(crate) use fines::fines;
pub(crate) use measure::measure;
pub use verdict::HISTORY_ROWS;
pub(crate) use verdict::days;

/// Who may have everything measured now.
pub(crate) const MEASURERS: &[Role] = &[Role::Head, Role::Leader, Role::Security, Role::Handler];

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
