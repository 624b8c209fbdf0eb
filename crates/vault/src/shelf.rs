//! What can be searched now: unsealed frames and sealed segments, with what was counted of them.
//!
//! Invariants: a line stands in a frame or in a segment, never in both; frames of a class rise in seq; what is counted is never counted twice.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use anlan_base::{Class, Day, Instant, Seq, SourceKey};
use anlan_tlog::envelope::DayRow;

use crate::line::SourceActivity;
use crate::search::View;
use crate::segment::Segment;
use crate::unsealed::Frame;

/// Lines of one source on some day or days.
#[derive(Clone, Copy, Debug)]
struct Heard {
    lines: u64,
    bytes: u64,
    first: Seq,
    last: Seq,
}

impl Heard {
    fn add(&mut self, more: Self) {
        self.lines += more.lines;
        self.bytes += more.bytes;
        self.first = self.first.min(more.first);
        self.last = self.last.max(more.last);
    }
}

#[derive(Debug)]
struct Activity {
    all: Heard,
    days: BTreeMap<Day, u64>,
}

#[derive(Default)]
pub(crate) struct Shelf {
    frames: BTreeMap<Class, VecDeque<Arc<Frame>>>,
    /// In rising first seq.
    segments: Vec<Arc<Segment>>,
    activity: HashMap<SourceKey, Activity>,
    /// Rows of the days that are not closed yet.
    days: BTreeMap<Day, HashMap<(Class, SourceKey), Heard>>,
    /// Days up to this one are closed: nothing of them is counted by day any more.
    closed: Option<Day>,
    pub(crate) unsealed_lines: u64,
    pub(crate) unsealed_bytes: u64,
    pub(crate) lines: u64,
    pub(crate) raw_bytes: u64,
    pub(crate) segment_bytes: u64,
}

impl Shelf {
    /// An empty shelf of a log whose days are closed up to `closed`.
    pub(crate) fn new(closed: Option<Day>) -> Self {
        Self { closed, ..Self::default() }
    }

    fn count(&mut self, class: &Class, day: Day, source: &SourceKey, heard: Heard) {
        self.lines += heard.lines;
        self.raw_bytes += heard.bytes;
        match self.activity.get_mut(source) {
            Some(activity) => {
                activity.all.add(heard);
                *activity.days.entry(day).or_default() += heard.lines;
            }
            None => {
                self.activity.insert(source.clone(), Activity { all: heard, days: BTreeMap::from([(day, heard.lines)]) });
            }
        }
        if self.closed.is_some_and(|closed| day <= closed) {
            return;
        }
        let rows = self.days.entry(day).or_default();
        rows.entry((class.clone(), source.clone())).and_modify(|row| row.add(heard)).or_insert(heard);
    }

    /// Frames just made durable, in rising seq.
    pub(crate) fn add_frames(&mut self, frames: Vec<Arc<Frame>>) {
        for frame in frames {
            let heard = Heard { lines: frame.lines.len() as u64, bytes: frame.raw_bytes(), first: frame.first(), last: frame.last() };
            self.count(&frame.class, frame.day(), &frame.source, heard);
            self.unsealed_lines += heard.lines;
            self.unsealed_bytes += heard.bytes;
            match self.frames.get_mut(&frame.class) {
                Some(of_class) => of_class.push_back(frame),
                None => {
                    self.frames.insert(frame.class.clone(), VecDeque::from([frame]));
                }
            }
        }
    }

    /// A segment found at start: its lines were never in a frame of this process.
    pub(crate) fn add_segment(&mut self, segment: Arc<Segment>) {
        for heard in segment.sources() {
            let sum = Heard { lines: u64::from(heard.lines), bytes: heard.bytes, first: heard.first, last: heard.last };
            self.count(segment.class(), segment.day(), &heard.source, sum);
        }
        self.place(segment);
    }

    fn place(&mut self, segment: Arc<Segment>) {
        self.segment_bytes += segment.file_size();
        let at = self.segments.partition_point(|other| other.first() <= segment.first());
        self.segments.insert(at, segment);
    }

    /// The frames of the segment's class up to its last seq give way to it. Answers the memory that is free now.
    pub(crate) fn seal(&mut self, segment: Arc<Segment>) -> usize {
        let mut freed = 0;
        let mut gone = (0, 0);
        if let Some(frames) = self.frames.get_mut(segment.class()) {
            while let Some(frame) = frames.pop_front_if(|frame| frame.first() <= segment.last()) {
                let rest = frame.after(segment.last());
                let left = rest.as_ref().map_or((0, 0, 0), |rest| (rest.weight(), rest.lines.len() as u64, rest.raw_bytes()));
                freed += frame.weight() - left.0;
                gone = (gone.0 + frame.lines.len() as u64 - left.1, gone.1 + frame.raw_bytes() - left.2);
                if let Some(rest) = rest {
                    frames.push_front(Arc::new(rest));
                    break;
                }
            }
        }
        self.unsealed_lines -= gone.0;
        self.unsealed_bytes -= gone.1;
        self.place(segment);
        freed
    }

    /// Classes with unsealed lines.
    pub(crate) fn classes(&self) -> Vec<Class> {
        self.frames.iter().filter(|(_, frames)| !frames.is_empty()).map(|(class, _)| class.clone()).collect()
    }

    /// The class whose unsealed frames weigh most.
    pub(crate) fn heaviest(&self) -> Option<Class> {
        let weight = |frames: &VecDeque<Arc<Frame>>| frames.iter().map(|frame| frame.weight()).sum::<usize>();
        self.frames.iter().filter(|(_, frames)| !frames.is_empty()).max_by_key(|(_, frames)| weight(frames)).map(|(class, _)| class.clone())
    }

    /// Frames of a class with lines in `from..=to`.
    pub(crate) fn frames_between(&self, class: &Class, from: Seq, to: Seq) -> Vec<Arc<Frame>> {
        let Some(frames) = self.frames.get(class) else { return Vec::new() };
        let start = frames.partition_point(|frame| frame.last() < from);
        let end = frames.partition_point(|frame| frame.first() <= to);
        if start >= end { Vec::new() } else { frames.range(start..end).cloned().collect() }
    }

    /// The class whose unsealed line this is.
    pub(crate) fn class_of(&self, seq: Seq) -> Option<Class> {
        let stands = |class: &&Class| self.frames_between(class, seq, seq).iter().any(|frame| !frame.between(seq, seq).is_empty());
        self.frames.keys().find(stands).cloned()
    }

    /// What overlaps `since..until`, frames and segments in rising first seq.
    pub(crate) fn view(&self, since: Option<Instant>, until: Option<Instant>) -> View {
        let from = since.map_or(Seq(0), |at| Seq(at.0));
        let to = until.map_or(Seq(u64::MAX), |at| Seq(at.0.saturating_sub(1)));
        let mut frames: Vec<_> = self.frames.keys().flat_map(|class| self.frames_between(class, from, to)).collect();
        frames.sort_by_key(|frame| frame.first());
        View { frames, segments: self.segments_between(from, to) }
    }

    pub(crate) fn segments_between(&self, from: Seq, to: Seq) -> Vec<Arc<Segment>> {
        let end = self.segments.partition_point(|segment| segment.first() <= to);
        let early = self.segments.get(..end).unwrap_or_default();
        early.iter().filter(|segment| segment.last() >= from).cloned().collect()
    }

    pub(crate) fn segment_count(&self) -> u64 {
        self.segments.len() as u64
    }

    pub(crate) fn sources(&self) -> Vec<SourceActivity> {
        let mut all: Vec<_> = self.activity.iter().map(|(source, heard)| activity(source, heard)).collect();
        all.sort_by(|a, b| a.source.cmp(&b.source));
        all
    }

    /// The rows of a day's detail.
    pub(crate) fn day_rows(&self, day: Day) -> Vec<DayRow> {
        let rows = self.days.get(&day).into_iter().flatten();
        let row = |((class, source), heard): (&(Class, SourceKey), &Heard)| {
            let Heard { lines, bytes, first, last } = *heard;
            DayRow { class: class.clone(), source: source.clone(), lines, bytes, first, last }
        };
        let mut rows: Vec<_> = rows.map(row).collect();
        rows.sort_by(|a, b| (&a.class, &a.source).cmp(&(&b.class, &b.source)));
        rows
    }

    pub(crate) fn closed_day(&self) -> Option<Day> {
        self.closed
    }

    /// Days up to `day` have their leaf.
    pub(crate) fn close_day(&mut self, day: Day) {
        self.closed = self.closed.max(Some(day));
        self.days = self.days.split_off(&day.next());
    }
}

fn activity(source: &SourceKey, heard: &Activity) -> SourceActivity {
    let days = heard.days.iter().map(|(day, lines)| (*day, *lines)).collect();
    SourceActivity { source: source.clone(), last: heard.all.last, first: heard.all.first, days, lines: heard.all.lines }
}
