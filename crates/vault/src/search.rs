//! Search over sealed segments and unsealed frames, newest first.
//!
//! Invariants: the [`Scope`] decides before anything is counted; a part whose lines are all older than what is wanted is not opened; memory
//! is one page and the hits.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::ops::Range;
use std::sync::Arc;

use anlan_base::{Instant, Seq, SourceKey};

use crate::line::{Line, Scope};
use crate::query::{Asked, Block, Matcher, Place, Query, facts};
use crate::segment::{Rows, Segment, SegmentError, Wanted};
use crate::store::VaultError;
use crate::unsealed::{Frame, FrameLine};

/// Buckets of one histogram.
pub const HISTOGRAM_BUCKETS: u64 = 10_000;
/// Unsealed lines that are looked at in one go.
const BLOCK_LINES: usize = 4_096;

/// What a search runs over: a snapshot. No line stands both in a frame and in a segment.
pub(crate) struct View {
    pub frames: Vec<Arc<Frame>>,
    pub segments: Vec<Arc<Segment>>,
}

/// A search. `since` (inclusive) and `until` (exclusive) are receive times; `limit` bounds `search` only.
#[derive(Clone, Debug)]
pub struct Search {
    pub query: Query,
    pub since: Option<Instant>,
    pub until: Option<Instant>,
    pub scope: Scope,
    pub limit: usize,
}

/// `more`: there are older matches beyond the limit. Pages are those of the sealed segments.
#[derive(Clone, Debug, Default)]
pub struct Found {
    pub lines: Vec<Hit>,
    pub more: bool,
    pub pages_opened: u64,
    pub pages_total: u64,
}

/// A line that matched, with what it says. `fields` are flat ECS names, `@timestamp` first.
#[derive(Clone, Debug)]
pub struct Hit {
    pub line: Line,
    pub fields: Vec<(String, String)>,
    pub message: String,
    pub notes: Vec<&'static str>,
}

impl Hit {
    fn of(line: Line) -> Self {
        let asked = Asked { seq: line.seq, source: line.source.as_str(), origin: line.origin.as_str(), piece: line.piece, raw: &line.raw };
        let event = anlan_wire::parse(&line.raw, line.seq.received());
        let message = anlan_wire::line_text(line.raw.get(event.message.clone()).unwrap_or_default()).into_owned();
        let fields = facts(&asked, &event);
        let notes = event.notes.iter().map(|note| note.code()).collect();
        Self { line, fields, message, notes }
    }
}

/// The newest `limit` lines that match, newest first.
pub(crate) fn search(view: &View, s: &Search) -> Result<Found, VaultError> {
    let mut newest = Newest { limit: s.limit, lines: BTreeMap::new(), more: false };
    let (pages_opened, pages_total) = Walk::new(s).over(view, &mut newest)?;
    let lines = newest.lines.into_values().rev().map(Hit::of).collect();
    Ok(Found { lines, more: newest.more, pages_opened, pages_total })
}

pub(crate) fn count(view: &View, s: &Search) -> Result<u64, VaultError> {
    let mut counter = Counter(0);
    Walk::new(s).over(view, &mut counter)?;
    Ok(counter.0)
}

/// Matching lines per bucket of `bucket_nanos`, from `since` (without one: from the bucket of the oldest line), zeros between included,
/// until the bucket of the newest match. At most [`HISTOGRAM_BUCKETS`].
pub(crate) fn histogram(view: &View, s: &Search, bucket_nanos: u64) -> Result<Vec<(Instant, u64)>, VaultError> {
    if bucket_nanos == 0 {
        return Err(wrong_buckets());
    }
    let oldest = || parts(view).iter().map(|p| p.first().0).min().unwrap_or(0) / bucket_nanos * bucket_nanos;
    let from = s.since.map_or_else(oldest, |since| since.0);
    let mut buckets = Buckets { from, nanos: bucket_nanos, counts: BTreeMap::new() };
    Walk::new(s).over(view, &mut buckets)?;
    let Some((&last, _)) = buckets.counts.last_key_value() else { return Ok(Vec::new()) };
    if last >= HISTOGRAM_BUCKETS {
        return Err(wrong_buckets());
    }
    let at = |bucket: u64| Instant(from.saturating_add(bucket * bucket_nanos));
    Ok((0..=last).map(|bucket| (at(bucket), buckets.counts.get(&bucket).copied().unwrap_or(0))).collect())
}

fn wrong_buckets() -> VaultError {
    io::Error::new(io::ErrorKind::InvalidInput, format!("a histogram has 1 to {HISTOGRAM_BUCKETS} buckets")).into()
}

/// What becomes of the lines that match.
trait Sink {
    /// Whether the lines themselves are wanted, not only their number and time.
    fn wants_lines(&self) -> bool;
    /// Nothing at or before this is of interest any more.
    fn floor(&self) -> Option<Seq>;
    fn take(&mut self, seq: Seq, line: &mut dyn FnMut() -> Result<Line, SegmentError>) -> Result<(), SegmentError>;
    /// Takes `lines` lines at once without reading them; false when it must see them.
    fn take_all(&mut self, lines: u64) -> bool;
}

/// Keeps the newest matches.
struct Newest {
    limit: usize,
    lines: BTreeMap<Seq, Line>,
    more: bool,
}

impl Sink for Newest {
    fn wants_lines(&self) -> bool {
        true
    }

    fn floor(&self) -> Option<Seq> {
        if !self.more {
            return None;
        }
        Some(self.lines.first_key_value().map_or(Seq(u64::MAX), |(seq, _)| *seq))
    }

    fn take(&mut self, seq: Seq, line: &mut dyn FnMut() -> Result<Line, SegmentError>) -> Result<(), SegmentError> {
        if self.lines.len() < self.limit {
            self.lines.insert(seq, line()?);
            return Ok(());
        }
        self.more = true;
        if self.lines.first_key_value().is_some_and(|(oldest, _)| *oldest < seq) {
            self.lines.insert(seq, line()?);
            self.lines.pop_first();
        }
        Ok(())
    }

    fn take_all(&mut self, _lines: u64) -> bool {
        false
    }
}

struct Counter(u64);

impl Sink for Counter {
    fn wants_lines(&self) -> bool {
        false
    }

    fn floor(&self) -> Option<Seq> {
        None
    }

    fn take(&mut self, _seq: Seq, _line: &mut dyn FnMut() -> Result<Line, SegmentError>) -> Result<(), SegmentError> {
        self.0 += 1;
        Ok(())
    }

    fn take_all(&mut self, lines: u64) -> bool {
        self.0 += lines;
        true
    }
}

struct Buckets {
    from: u64,
    nanos: u64,
    counts: BTreeMap<u64, u64>,
}

impl Sink for Buckets {
    fn wants_lines(&self) -> bool {
        false
    }

    fn floor(&self) -> Option<Seq> {
        None
    }

    fn take(&mut self, seq: Seq, _line: &mut dyn FnMut() -> Result<Line, SegmentError>) -> Result<(), SegmentError> {
        let bucket = seq.0.saturating_sub(self.from) / self.nanos;
        // What lies beyond the limit only makes the whole an error; it need not be told apart.
        *self.counts.entry(bucket.min(HISTOGRAM_BUCKETS)).or_insert(0) += 1;
        Ok(())
    }

    fn take_all(&mut self, _lines: u64) -> bool {
        false
    }
}

/// Something that holds lines: a segment, or a frame.
enum Part<'a> {
    Frame(&'a Frame),
    Segment(&'a Segment),
}

impl Part<'_> {
    fn first(&self) -> Seq {
        match self {
            Self::Frame(frame) => frame.lines.first().map_or(Seq(u64::MAX), |l| l.seq),
            Self::Segment(segment) => segment.first(),
        }
    }

    fn last(&self) -> Seq {
        match self {
            Self::Frame(frame) => frame.lines.last().map_or(Seq(0), |l| l.seq),
            Self::Segment(segment) => segment.last(),
        }
    }
}

fn parts(view: &View) -> Vec<Part<'_>> {
    let frames = view.frames.iter().map(|frame| Part::Frame(frame));
    frames.chain(view.segments.iter().map(|segment| Part::Segment(segment))).collect()
}

/// One search on its way through frames and segments.
struct Walk<'a> {
    matcher: Matcher,
    times: Range<u64>,
    allowed: Option<BTreeSet<&'a str>>,
    block: Block,
    pages_opened: u64,
    pages_total: u64,
}

impl<'a> Walk<'a> {
    fn new(s: &'a Search) -> Self {
        let allowed = match &s.scope {
            Scope::All => None,
            Scope::Sources(sources) => Some(sources.iter().map(SourceKey::as_str).collect()),
        };
        let times = s.since.map_or(0, |t| t.0)..s.until.map_or(u64::MAX, |t| t.0);
        Self { matcher: Matcher::new(&s.query), times, allowed, block: Block::default(), pages_opened: 0, pages_total: 0 }
    }

    /// Pages opened and pages there are.
    fn over(mut self, view: &View, sink: &mut dyn Sink) -> Result<(u64, u64), VaultError> {
        let mut parts = parts(view);
        parts.sort_by_key(|part| std::cmp::Reverse(part.last()));
        self.pages_total = view.segments.iter().map(|s| s.pages() as u64).sum();
        for part in parts {
            if sink.floor().is_some_and(|floor| part.last() <= floor) {
                break;
            }
            if part.last().0 < self.times.start || part.first().0 >= self.times.end {
                continue;
            }
            match part {
                Part::Frame(frame) => self.frame(frame, sink)?,
                Part::Segment(segment) => self.segment(segment, sink)?,
            }
        }
        Ok((self.pages_opened, self.pages_total))
    }

    fn allows(&self, source: &str) -> bool {
        self.allowed.as_ref().is_none_or(|allowed| allowed.contains(source))
    }

    fn frame(&mut self, frame: &Frame, sink: &mut dyn Sink) -> Result<(), SegmentError> {
        let source = frame.source.as_str();
        let heard = |wanted: &str| source.eq_ignore_ascii_case(wanted);
        if !self.allows(source) || !self.matcher.may_match(&Place { filter: None, heard: &heard }) {
            return Ok(());
        }
        let start = frame.lines.partition_point(|l| l.seq.0 < self.times.start);
        let end = frame.lines.partition_point(|l| l.seq.0 < self.times.end);
        for lines in frame.lines.get(start..end).unwrap_or_default().rchunks(BLOCK_LINES) {
            if sink.floor().zip(lines.last()).is_some_and(|(floor, newest)| newest.seq <= floor) {
                return Ok(());
            }
            self.frame_lines(frame, lines, sink)?;
        }
        Ok(())
    }

    fn frame_lines(&mut self, frame: &Frame, lines: &[FrameLine], sink: &mut dyn Sink) -> Result<(), SegmentError> {
        if self.matcher.is_all() && sink.take_all(lines.len() as u64) {
            return Ok(());
        }
        self.block.clear();
        if self.matcher.has_text() {
            lines.iter().for_each(|line| self.block.push(&line.raw));
        }
        let found = self.matcher.find(&self.block);
        for (row, line) in lines.iter().enumerate().rev() {
            let asked =
                || Asked { seq: line.seq, source: frame.source.as_str(), origin: frame.origin.as_str(), piece: line.piece, raw: &line.raw };
            if sink.floor().is_some_and(|floor| line.seq <= floor) || !self.matcher.matches(row, &found, asked) {
                continue;
            }
            sink.take(line.seq, &mut || {
                let (class, source) = (frame.class.clone(), frame.source.clone());
                Ok(Line { seq: line.seq, class, source, origin: frame.origin, piece: line.piece, raw: line.raw.clone() })
            })?;
        }
        Ok(())
    }

    fn segment(&mut self, segment: &Segment, sink: &mut dyn Sink) -> Result<(), SegmentError> {
        let allowed: Vec<_> = segment.sources().iter().filter(|s| self.allows(s.source.as_str())).collect();
        if allowed.is_empty() {
            return Ok(());
        }
        let whole = segment.first().0 >= self.times.start && segment.last().0 < self.times.end;
        let counted = allowed.iter().map(|s| u64::from(s.lines)).sum();
        if self.matcher.is_all() && whole && sink.take_all(counted) {
            return Ok(());
        }
        let heard = |wanted: &str| allowed.iter().any(|s| s.source.as_str().eq_ignore_ascii_case(wanted));
        if !self.matcher.may_match(&Place { filter: None, heard: &heard }) {
            return Ok(());
        }
        let pages = if self.matcher.has_text() {
            segment.pages_that_may(&|filter| self.matcher.may_match(&Place { filter, heard: &heard }))?
        } else {
            segment.all_pages()
        };
        let wanted = if self.matcher.is_all() && !sink.wants_lines() { Wanted::Times } else { Wanted::Lines };
        for page in segment.read(pages, wanted)? {
            self.pages_opened += 1;
            self.page(segment, &page?, sink)?;
        }
        Ok(())
    }

    fn page(&mut self, segment: &Segment, page: &Rows, sink: &mut dyn Sink) -> Result<(), SegmentError> {
        self.block.clear();
        if self.matcher.has_text() {
            (0..page.len()).for_each(|row| self.block.push(page.raw(row)));
        }
        let found = self.matcher.find(&self.block);
        let mut rows: Vec<(Seq, usize)> = (0..page.len()).map(|row| (page.seq(row), row)).collect();
        rows.retain(|&(seq, row)| {
            self.times.contains(&seq.0) && sink.floor().is_none_or(|floor| seq > floor) && self.allows(page.source(row))
        });
        if sink.wants_lines() {
            rows.sort_unstable_by(|a, b| b.cmp(a));
        }
        for (seq, row) in rows {
            if sink.floor().is_some_and(|floor| seq <= floor) {
                break;
            }
            if self.matcher.is_all() || self.matcher.matches(row, &found, || page.asked(row)) {
                sink.take(seq, &mut || page.line(row, segment.class()))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
