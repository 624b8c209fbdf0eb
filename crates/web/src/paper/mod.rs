//! `/paper` 表单打印: the forms that offices sign and seal, computed from facts or printed from registers, and official letters (spec/forms.md).
//!
//! Invariants:
//! - nothing is told beyond the asker's rights; a register or record outside them is as if there were none;
//! - unknown is never met (I9), and what nobody knows (who, by when) is a blank, never made up;
//! - every sheet carries what it is, the checkpoint under which it stands, and how far that is anchored (I4).

mod check;
mod extraction;
mod foot;
mod forms;
mod going;
mod index;
mod letter;
mod plan;
mod register;
mod report;
mod sheet;

use anlan_law::kind::Role;

pub(crate) use foot::{Foot, foot};
pub(crate) use index::index;
pub(crate) use letter::letter;
pub(crate) use report::report;
pub(crate) use sheet::paper;

/// Who prints what is computed.
pub(crate) const PRINTERS: &[Role] = &[Role::Head, Role::Leader, Role::Handler, Role::Duty, Role::Security, Role::Audit];
