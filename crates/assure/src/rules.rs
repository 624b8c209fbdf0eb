//! What must hold from leaf to leaf of the log (`spec/tlog.md`), for a pack's entries and a folder's bundles alike.
//!
//! Invariants: leaves come in order, each once; a finding names the leaf. Memory grows with the number of classes only.

use std::collections::HashMap;

use anlan_base::{Class, Day, Instant, Seq};
use anlan_tlog::envelope::{Batch, Body, Envelope};
use anlan_tlog::note::VerifyingKey;

use crate::report::Findings;

pub(crate) struct LogRules<'a> {
    key: &'a VerifyingKey,
    at: Option<Instant>,
    batches: BatchRules,
    day: Option<Day>,
    entry: Option<u64>,
}

impl<'a> LogRules<'a> {
    pub(crate) fn new(key: &'a VerifyingKey) -> Self {
        Self { key, at: None, batches: BatchRules::default(), day: None, entry: None }
    }

    /// Classes among the batches so far.
    pub(crate) fn classes(&self) -> usize {
        self.batches.ends.len()
    }

    pub(crate) fn step(&mut self, index: u64, envelope: &Envelope, findings: &mut Findings) {
        let leaf = || vec![("leaf", index.to_string())];
        if self.at.is_some_and(|before| envelope.at < before) {
            findings.add("verify-log-at-falls", leaf());
        }
        self.at = Some(envelope.at);
        let is_key = matches!(&envelope.body, Body::Key { public, origin } if *public == self.key.public && *origin == self.key.name);
        if index == 0 && !is_key {
            findings.add("verify-log-first-leaf", leaf());
        }
        match &envelope.body {
            Body::Batch(batch) => self.batches.batch(index, batch, findings),
            Body::Day(day) => {
                if self.day.is_some_and(|before| u64::from(before.0) + 1 != u64::from(day.day.0)) {
                    findings.add("verify-log-day-hole", leaf());
                }
                self.day = Some(day.day);
            }
            Body::Entry { number, .. } => {
                if *number == 0 || self.entry.is_some_and(|before| *number <= before) {
                    findings.add("verify-log-entry-order", leaf());
                }
                self.entry = Some(*number);
            }
            _ => {}
        }
    }
}

/// A batch is of one day and has room for its lines; the batches of a class do not overlap (TLOG-1).
#[derive(Default)]
pub(crate) struct BatchRules {
    /// The last seq of each class.
    ends: HashMap<Class, Seq>,
}

impl BatchRules {
    pub(crate) fn batch(&mut self, index: u64, batch: &Batch, findings: &mut Findings) {
        if !is_sound(batch) {
            findings.add("verify-log-batch-range", vec![("leaf", index.to_string())]);
        }
        if let Some(end) = self.ends.get_mut(&batch.class) {
            if batch.first <= *end {
                findings.add("verify-log-batch-overlap", vec![("leaf", index.to_string()), ("class", batch.class.to_string())]);
            }
            *end = batch.last;
        } else {
            self.ends.insert(batch.class.clone(), batch.last);
        }
    }
}

/// One day, and room in its range of seq for its count.
fn is_sound(batch: &Batch) -> bool {
    let span = batch.last.0 - batch.first.0;
    Day::of_seq(batch.first) == batch.day
        && Day::of_seq(batch.last) == batch.day
        && span >= u64::from(batch.count) - 1
        && (span == 0) == (batch.count == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(first: u64, last: u64, count: u32) -> Batch {
        Batch { class: Class::network(), day: Day::of_seq(Seq(first)), count, first: Seq(first), last: Seq(last), root: [0; 32] }
    }

    #[test]
    fn a_batch_has_room_for_its_lines() {
        for (first, last, count, sound) in
            [(5, 5, 1, true), (5, 6, 1, false), (5, 5, 2, false), (5, 6, 2, true), (5, 6, 3, false), (5, 90_000_000_000_000, 2, false)]
        {
            assert_eq!(is_sound(&batch(first, last, count)), sound, "{first} {last} {count}");
        }
    }
}
