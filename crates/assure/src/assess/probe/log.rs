//! Logs of the listed devices: coverage, fields, time, silence.
//!
//! Invariants: what a line claims never counts, only when and from where it came (VERDICT-2); each number of lines stands beside the search that gives it (VERDICT-7).

mod asked;
mod coverage;
mod fields;
mod heard;
mod sample;
mod time;

pub(super) use coverage::coverage;
pub(super) use fields::fields;
pub(super) use heard::heard;
pub(super) use time::time;
