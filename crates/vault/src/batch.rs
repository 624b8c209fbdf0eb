//! Cutting runs of unsealed lines into batches and computing their roots (`spec/tlog.md`, Batches).
//!
//! Invariants: a batch is of one class and one Beijing day, holds 1 to 4,096 lines (TLOG-2), and ends with the line that brings its raw bytes to 8 MiB.

use std::collections::VecDeque;
use std::sync::Arc;

use anlan_base::{Class, Day, Instant, Seq};
use anlan_tlog::envelope::Batch;
use anlan_tlog::line::{BATCH_BYTES, BATCH_LINES, BatchKey, LineRef, line_leaf, salt};
use anlan_tlog::{Hash, root};

use crate::store::VaultError;
use crate::unsealed::Frame;

/// Nanoseconds after its first line at which a batch is closed.
pub(crate) const BATCH_AGE: u64 = 60 * Instant::SECOND;

/// A closed batch whose lines are not sealed yet.
#[derive(Clone, Debug)]
pub(crate) struct Closed {
    pub batch: Batch,
    pub key: BatchKey,
    /// Raw bytes of its lines.
    pub bytes: u64,
    /// Index of its leaf, once sequenced.
    pub leaf: Option<u64>,
}

/// What is known of the unsealed lines of a class: closed batches, and how far they go.
#[derive(Debug, Default)]
pub(crate) struct ClassBook {
    pub closed: VecDeque<Closed>,
    /// Lines up to it are in a batch.
    pub batched: Seq,
    /// First line of the open batch, and since when it is open by a clock that was not set back meanwhile.
    pub open: Option<(Seq, Instant)>,
}

impl ClassBook {
    /// Notes the open batch; answers whether it is old enough to be closed.
    pub(crate) fn is_aged(&mut self, first: Seq, now: Instant) -> bool {
        let since = match self.open {
            Some((known, since)) if known == first => since,
            _ => first.received(),
        };
        // After the clock was set back the first line lies in the future: the age counts from now.
        let since = since.min(now);
        self.open = Some((first, since));
        now.since(since) >= BATCH_AGE
    }

    pub(crate) fn push(&mut self, closed: Closed) {
        self.batched = closed.batch.last;
        self.open = None;
        self.closed.push_back(closed);
    }

    pub(crate) fn set_leaf(&mut self, first: Seq, leaf: u64) {
        let at = self.closed.partition_point(|closed| closed.batch.first < first);
        if let Some(closed) = self.closed.get_mut(at).filter(|closed| closed.batch.first == first) {
            closed.leaf = Some(leaf);
        }
    }

    pub(crate) fn batch_with(&self, seq: Seq) -> Option<&Closed> {
        let at = self.closed.partition_point(|closed| closed.batch.last < seq);
        self.closed.get(at).filter(|closed| closed.batch.first <= seq)
    }
}

/// Whether a cut may still grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ends {
    /// Full, or a line of a later day follows.
    Full,
    Open,
}

/// A run of lines that makes a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cut {
    pub first: Seq,
    pub last: Seq,
    pub count: u32,
    pub bytes: u64,
    pub ends: Ends,
}

impl Cut {
    fn begin(first: Seq) -> Self {
        Self { first, last: first, count: 0, bytes: 0, ends: Ends::Open }
    }

    fn add(&mut self, seq: Seq, bytes: usize) {
        self.last = seq;
        self.count += 1;
        self.bytes += bytes as u64;
        if self.count as usize >= BATCH_LINES || self.bytes >= BATCH_BYTES as u64 {
            self.ends = Ends::Full;
        }
    }

    pub(crate) fn day(&self) -> Day {
        Day::of_seq(self.first)
    }
}

/// Cuts the lines after `after` of the frames of one class. Only the last cut can be open.
pub(crate) fn cut(frames: &[Arc<Frame>], after: Seq) -> Vec<Cut> {
    let mut cuts = Vec::new();
    let mut open: Option<Cut> = None;
    for frame in frames {
        if let Some(before) = open.take_if(|cut| cut.day() != frame.day()) {
            cuts.push(Cut { ends: Ends::Full, ..before });
        }
        for line in frame.lines.iter().filter(|line| line.seq > after) {
            let cut = open.get_or_insert_with(|| Cut::begin(line.seq));
            cut.add(line.seq, line.raw.len());
            if cut.ends == Ends::Full {
                cuts.extend(open.take());
            }
        }
    }
    cuts.extend(open);
    cuts
}

/// Root over the lines of `first..=last` in the frames, and how many there are.
pub(crate) fn root_of(frames: &[Arc<Frame>], first: Seq, last: Seq, key: &BatchKey) -> (Hash, u32) {
    let mut leaves = Vec::new();
    let start = frames.partition_point(|frame| frame.last() < first);
    for frame in frames.iter().skip(start).take_while(|frame| frame.first() <= last) {
        for line in frame.between(first, last) {
            let position = u32::try_from(leaves.len()).unwrap_or(u32::MAX);
            let line = LineRef { seq: line.seq, origin: frame.origin, piece: line.piece, source: &frame.source, raw: &line.raw };
            leaves.push(line_leaf(&salt(key, position), line));
        }
    }
    (root(&leaves), u32::try_from(leaves.len()).unwrap_or(u32::MAX))
}

/// Closes a cut: draws its key, computes its root.
pub(crate) fn close(class: &Class, frames: &[Arc<Frame>], cut: &Cut) -> Result<Closed, VaultError> {
    let mut key: BatchKey = [0; 32];
    getrandom::fill(&mut key).map_err(|error| VaultError::Random(error.to_string()))?;
    let (root, count) = root_of(frames, cut.first, cut.last, &key);
    let batch = Batch { class: class.clone(), day: cut.day(), count, first: cut.first, last: cut.last, root };
    Ok(Closed { batch, key, bytes: cut.bytes, leaf: None })
}
