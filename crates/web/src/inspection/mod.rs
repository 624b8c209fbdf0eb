//! `/inspection` 监督检查配合: what an inspector asks, point by point, with our facts, what is missing and the plan; the original lines of a device and
//! a day, shown live and handed over with digests.
//!
//! Invariants:
//! - nothing is shown or handed over beyond the asker's own rights; what is outside them is answered as if there were none;
//! - handing over is an entry before the first byte goes out (I7); with a visit chosen, what is shown and handed over is noted in its record;
//! - unknown stays unknown (I9), and every page says that this is a self-check and how far it is anchored.

mod day;
mod export;
mod first;
mod points;
mod show;
mod view;
mod visit;

use anlan_law::kind::Role;

pub(crate) use day::{DayFile, DeviceDay, day, read as read_day};
pub use day::{EXPORT_BYTES, EXPORT_LINES};
pub(crate) use export::export;
pub(crate) use show::show;
pub(crate) use view::inspection;

/// Who answers an inspector, and the inspector.
pub(crate) const INSPECTED: &[Role] =
    &[Role::Handler, Role::Head, Role::Leader, Role::Duty, Role::Security, Role::Audit, Role::Reader, Role::Inspector];
