//! The lines of one day: what the plain text of each source must be, and the counts that the day's detail must tell.
//!
//! Invariant: lines come in rising `seq`, so at most one day is open.

use std::collections::BTreeMap;
use std::collections::HashMap;

use anlan_base::{Class, Day, Piece, Seq, SourceKey};
use anlan_tlog::envelope::DayRow;

use super::lines::Shown;
use super::masked::MARK;

/// What follows the raw bytes in a plain text member: LF, but nothing after a piece that is not the last of its frame.
pub(crate) fn line_end(piece: Piece) -> &'static [u8] {
    if piece.is_whole() || piece.is_last() { b"\n" } else { b"" }
}

/// Where the plain text of a source goes, piece by piece: into a digest (verifier) or a spool (builder).
pub(crate) trait Text {
    fn put(&mut self, bytes: &[u8]);
}

/// One day with its sources.
pub(crate) struct OpenDay<T> {
    pub(crate) day: Day,
    pub(crate) sources: HashMap<SourceKey, SourceDay<T>>,
}

pub(crate) struct SourceDay<T> {
    pub(crate) text: T,
    /// One count for each class; a source is rarely in more than one.
    counts: Vec<(Class, Counts)>,
}

#[derive(Clone, Copy)]
struct Counts {
    lines: u64,
    bytes: u64,
    first: Seq,
    last: Seq,
}

impl<T: Text + Default> OpenDay<T> {
    pub(crate) fn new(day: Day) -> Self {
        Self { day, sources: HashMap::new() }
    }

    pub(crate) fn line(&mut self, class: &Class, line: &Shown, raw: &[u8]) {
        if !self.sources.contains_key(&line.source) {
            self.sources.insert(line.source.clone(), SourceDay { text: T::default(), counts: Vec::new() });
        }
        let Some(source) = self.sources.get_mut(&line.source) else { return };
        match line.covered {
            None => [raw, line_end(line.piece)].into_iter().for_each(|bytes| source.text.put(bytes)),
            Some(_) => [MARK.as_bytes(), raw, b"\n"].into_iter().for_each(|bytes| source.text.put(bytes)),
        }
        source.count(class, line.seq, line.covered.unwrap_or(raw.len() as u64));
    }

    /// The rows that the day's detail has when these are all lines of the day, sorted by class, then source.
    pub(crate) fn rows(&self) -> Vec<DayRow> {
        let mut rows = BTreeMap::new();
        for (source, day) in &self.sources {
            for (class, Counts { lines, bytes, first, last }) in &day.counts {
                let row = DayRow { class: class.clone(), source: source.clone(), lines: *lines, bytes: *bytes, first: *first, last: *last };
                rows.insert((class.as_str(), source.as_str()), row);
            }
        }
        rows.into_values().collect()
    }
}

impl<T> SourceDay<T> {
    pub(crate) fn lines(&self) -> u64 {
        self.counts.iter().map(|(_, counts)| counts.lines).sum()
    }

    fn count(&mut self, class: &Class, seq: Seq, bytes: u64) {
        if let Some((_, counts)) = self.counts.iter_mut().find(|(known, _)| known == class) {
            counts.lines += 1;
            counts.bytes += bytes;
            counts.last = seq;
            return;
        }
        self.counts.push((class.clone(), Counts { lines: 1, bytes, first: seq, last: seq }));
    }
}
