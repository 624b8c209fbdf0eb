//! Registers and cases: hazards, clocks, tasks, rules, approvals, completeness.
//!
//! Invariants: a probe reads the ledger as the list of the console does, so each of its counts can be asked by hand (VERDICT-7); what it reads is bounded,
//! and where the bound was met a fact is left out, or the period made shorter and told (VERDICT-1); an empty register is no proof that nothing happened.

mod acts;
mod cases;
mod clocks;
mod complete;
mod hazards;
pub(super) mod question;
mod rules;
mod tasks;

pub(in crate::assess) use acts::acts_approved;
pub(in crate::assess) use cases::cases_complete;
pub(in crate::assess) use clocks::clocks_missed;
pub(in crate::assess) use complete::registers_complete;
pub(in crate::assess) use hazards::hazards_overdue;
pub(in crate::assess) use rules::rules_reviewed;
pub(in crate::assess) use tasks::tasks_answered;
