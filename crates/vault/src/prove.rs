//! Batches with their lines, keys and leaves: what proofs and packs are made of.
//!
//! Invariant: only batches whose leaves stand in the log are given out, with exactly the lines that their roots were made of.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use anlan_base::{Class, Day, Instant, Seq};
use anlan_tlog::envelope::{Batch, Body};
use anlan_tlog::line::BatchKey;

use crate::day::LEAVES_PER_SCAN;
use crate::line::{BatchLines, Line};
use crate::segment::{Segment, SegmentBatch};
use crate::store::{Vault, VaultError};
use crate::turn::lines_between;

/// Segments whose lines are kept decoded while batches are visited in log order: classes interleave there.
const DECODED_SEGMENTS: usize = 4;

/// A batch that is known to the vault, without its lines.
#[derive(Clone)]
struct Known {
    batch: Batch,
    key: BatchKey,
}

impl Vault {
    /// The batch of a line with all its lines and key; closes an open batch first (and sequences its leaf).
    pub fn batch_of(&self, seq: Seq) -> Result<Option<BatchLines>, VaultError> {
        let unsealed = self.shelf()?.class_of(seq);
        if let Some(class) = unsealed
            && let Some(found) = self.unsealed_batch(&class, seq)?
        {
            return Ok(Some(found));
        }
        self.sealed_batch(seq)
    }

    /// `None` when the line was sealed meanwhile.
    fn unsealed_batch(&self, class: &Class, seq: Seq) -> Result<Option<BatchLines>, VaultError> {
        let (closed, frames) = {
            let mut keeper = self.keeper()?;
            let closed = |keeper: &crate::turn::Keeper| keeper.books.get(class).and_then(|book| book.batch_with(seq)).cloned();
            if closed(&keeper).is_none_or(|closed| closed.leaf.is_none()) {
                let done = self.close_class(&mut keeper, class);
                self.fatal(done)?;
            }
            let Some(closed) = closed(&keeper) else { return Ok(None) };
            let frames = self.shelf()?.frames_between(class, closed.batch.first, closed.batch.last);
            (closed, frames)
        };
        let Some(leaf) = closed.leaf else { return Ok(None) };
        let lines = lines_between(&frames, closed.batch.first, closed.batch.last);
        Ok(Some(BatchLines { leaf, batch: closed.batch, key: closed.key, lines }))
    }

    fn sealed_batch(&self, seq: Seq) -> Result<Option<BatchLines>, VaultError> {
        for segment in self.shelf()?.segments_between(seq, seq) {
            let Some(batch) = batch_with(&segment, seq) else { continue };
            let lines = segment.lines(batch.first, batch.last)?;
            if lines.binary_search_by_key(&seq, |line| line.seq).is_err() {
                continue;
            }
            let known = known(&segment, batch);
            let leaf = self.leaf_of(&known.batch)?;
            return Ok(Some(BatchLines { leaf, batch: known.batch, key: known.key, lines }));
        }
        Ok(None)
    }

    /// The index of a batch's leaf. It was sequenced after its last line came, so the search begins there; only a clock that was set back makes it earlier.
    fn leaf_of(&self, batch: &Batch) -> Result<u64, VaultError> {
        let start = self.journal.first_at(batch.last.received())?;
        let size = self.journal.size();
        for (from, to) in [(start, size), (0, start)] {
            let mut found = None;
            self.scan_until(from, to, &mut |index, body| {
                if matches!(&body, Body::Batch(leaf) if leaf == batch) {
                    found = Some(index);
                }
                Ok(found.is_none())
            })?;
            if let Some(index) = found {
                return Ok(index);
            }
        }
        Err(VaultError::Inconsistent(format!("the log has no leaf of batch {} {}", batch.class, batch.first)))
    }

    /// Calls `each` for leaves in order until it answers `false`.
    fn scan_until(&self, from: u64, to: u64, each: &mut dyn FnMut(u64, Body) -> Result<bool, VaultError>) -> Result<(), VaultError> {
        let mut at = from;
        while at < to {
            let end = to.min(at + LEAVES_PER_SCAN);
            let mut leaves = VecDeque::new();
            self.journal.scan(at..end, &mut |index, envelope| leaves.push_back((index, envelope.body)))?;
            for (index, body) in leaves {
                if !each(index, body)? {
                    return Ok(());
                }
            }
            at = end;
        }
        Ok(())
    }

    /// Batches with a line received in `since..until` whose leaves are sequenced, in log order, one at a time.
    pub fn batches(
        &self,
        since: Instant,
        until: Instant,
        each: &mut dyn FnMut(BatchLines) -> Result<(), VaultError>,
    ) -> Result<(), VaultError> {
        let mut wanted = self.known_batches(since, until)?;
        // Where the clock was set back, leaves may be older than their lines: then the log is read from its beginning.
        let start = self.journal.first_at(since)?;
        let order = self.leaves_of(&mut wanted, start)?;
        let mut decoded = Decoded::default();
        for (leaf, Known { batch, key }) in order {
            let lines = self.lines_of(&batch, &mut decoded)?;
            each(BatchLines { leaf, batch, key, lines })?;
        }
        Ok(())
    }

    /// Batches of segments and unsealed ones that overlap `since..until`, by class and first seq.
    fn known_batches(&self, since: Instant, until: Instant) -> Result<BTreeMap<(Class, Seq), Known>, VaultError> {
        let overlaps = |first: Seq, last: Seq| last.received() >= since && first.received() < until;
        let keeper = self.keeper()?;
        let closed = keeper.books.values().flat_map(|book| &book.closed).filter(|closed| closed.leaf.is_some());
        let unsealed = closed.map(|closed| Known { batch: closed.batch.clone(), key: closed.key });
        let segments = self.shelf()?.segments_between(Seq(since.0), Seq(until.0));
        let sealed = segments.iter().flat_map(|segment| segment.batches().iter().map(|batch| known(segment, batch)));
        let all = sealed.chain(unsealed).filter(|known| overlaps(known.batch.first, known.batch.last));
        Ok(all.map(|known| ((known.batch.class.clone(), known.batch.first), known)).collect())
    }

    /// The wanted batches with the indexes of their leaves, in log order.
    fn leaves_of(&self, wanted: &mut BTreeMap<(Class, Seq), Known>, start: u64) -> Result<Vec<(u64, Known)>, VaultError> {
        let mut order = Vec::with_capacity(wanted.len());
        let size = self.journal.size();
        for (from, to) in [(start, size), (0, start)] {
            if wanted.is_empty() {
                break;
            }
            self.scan_until(from, to, &mut |index, body| {
                if let Body::Batch(leaf) = body
                    && let Some(known) = wanted.remove(&(leaf.class.clone(), leaf.first))
                {
                    if known.batch != leaf {
                        return Err(VaultError::Inconsistent(format!("batch {} {} has another leaf", leaf.class, leaf.first)));
                    }
                    order.push((index, known));
                }
                Ok(!wanted.is_empty())
            })?;
        }
        if let Some((class, first)) = wanted.keys().next() {
            return Err(VaultError::Inconsistent(format!("the log has no leaf of batch {class} {first}")));
        }
        order.sort_by_key(|(index, _)| *index);
        Ok(order)
    }

    /// The lines of a batch, from memory or from its segment, whichever holds them now.
    fn lines_of(&self, batch: &Batch, decoded: &mut Decoded) -> Result<Vec<Line>, VaultError> {
        let (frames, segments) = {
            let shelf = self.shelf()?;
            (shelf.frames_between(&batch.class, batch.first, batch.last), shelf.segments_between(batch.first, batch.last))
        };
        if !frames.is_empty() {
            return Ok(lines_between(&frames, batch.first, batch.last));
        }
        let segment = segments.iter().find(|segment| *segment.class() == batch.class && batch_with(segment, batch.first).is_some());
        let Some(segment) = segment else {
            return Err(VaultError::Inconsistent(format!("no segment holds batch {} {}", batch.class, batch.first)));
        };
        decoded.between(segment, batch.first, batch.last)
    }
}

/// Lines of the segments visited last: a batch's rows lie all over its segment, so a segment is decoded once, not once a batch.
#[derive(Default)]
struct Decoded {
    segments: VecDeque<(Arc<Segment>, Vec<Line>)>,
}

impl Decoded {
    fn between(&mut self, segment: &Arc<Segment>, first: Seq, last: Seq) -> Result<Vec<Line>, VaultError> {
        let at = match self.segments.iter().position(|(known, _)| Arc::ptr_eq(known, segment)) {
            Some(at) => at,
            None => {
                if self.segments.len() >= DECODED_SEGMENTS {
                    self.segments.pop_front();
                }
                self.segments.push_back((Arc::clone(segment), segment.lines(segment.first(), segment.last())?));
                self.segments.len() - 1
            }
        };
        let Some((_, lines)) = self.segments.get(at) else { return Ok(Vec::new()) };
        let start = lines.partition_point(|line| line.seq < first);
        let end = lines.partition_point(|line| line.seq <= last);
        Ok(lines.get(start..end).unwrap_or_default().to_vec())
    }
}

fn batch_with(segment: &Segment, seq: Seq) -> Option<&SegmentBatch> {
    let batches = segment.batches();
    let at = batches.partition_point(|batch| batch.last < seq);
    batches.get(at).filter(|batch| batch.first <= seq)
}

fn known(segment: &Segment, batch: &SegmentBatch) -> Known {
    let SegmentBatch { count, first, last, key, root } = *batch;
    let (class, day) = (segment.class().clone(), Day::of_seq(first));
    Known { batch: Batch { class, day, count, first, last, root }, key }
}
