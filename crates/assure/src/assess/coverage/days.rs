//! What each day of a device was: covered, silent, lost; how long it may be quiet; where the holes are.
//!
//! Invariants: pure; loss is told from silence (VERDICT-6); what is quiet for no longer than usual is no silence; days count by receipt alone.

use std::collections::BTreeMap;

use anlan_base::{Day, Instant, SourceKey};

use super::gone::Gone;
use super::{Cell, Gap};

const DAY_SECONDS: u64 = 86_400;
/// Days between lines that count as a habit (weekends) where nothing is declared: at most so many,
const HABIT_DAYS: u32 = 4;
/// seen at least so often,
const HABIT_TIMES: usize = 4;
/// and at least once in so many pauses.
const HABIT_SHARE: usize = 8;

/// What the days of a device are judged by.
pub(super) struct Judge<'a> {
    pub source: &'a SourceKey,
    /// Lines of the device by day.
    pub lines: &'a BTreeMap<Day, u64>,
    /// Lines of all sources by day.
    pub of_all: &'a BTreeMap<Day, u64>,
    pub gone: &'a Gone,
    pub first: Option<Instant>,
    pub last: Option<Instant>,
    pub expected_seconds: u64,
    pub now: Instant,
}

/// Seconds after which silence counts, where nothing is declared: a day, or as many as it is usually quiet for.
pub(super) fn learned(lines: &BTreeMap<Day, u64>, gone: &Gone, source: &SourceKey) -> u64 {
    let heard: Vec<Day> = lines.keys().copied().collect();
    let lost = |from: Day, until: Day| (from.0 + 1..until.0).any(|day| gone.of(Day(day), source).explains_nothing());
    let pause = |pair: &[Day]| match pair {
        [from, until] => Some(until.days_since(*from)).filter(|days| *days == 1 || (*days <= HABIT_DAYS && !lost(*from, *until))),
        _ => None,
    };
    let pauses: Vec<u32> = heard.windows(2).filter_map(pause).collect();
    let is_habit = |days: &u32| {
        let times = pauses.iter().filter(|pause| *pause >= days).count();
        times >= HABIT_TIMES && times * HABIT_SHARE >= pauses.len()
    };
    let days = (2..=HABIT_DAYS).rev().find(is_habit).unwrap_or(1);
    u64::from(days) * DAY_SECONDS
}

impl Judge<'_> {
    /// A cell for each day from `oldest` to today, which is open.
    pub(super) fn cells(&self, oldest: Day) -> Vec<(Day, Cell)> {
        let today = Day::of(self.now);
        let mut cells: Vec<(Day, Cell)> = (oldest.0..today.0).map(|day| (Day(day), self.cell(Day(day)))).collect();
        self.excuse_short_pauses(&mut cells, oldest);
        cells.push((today, Cell::Open));
        cells
    }

    /// As it looks by itself: a day without lines is silent.
    fn cell(&self, day: Day) -> Cell {
        if self.first.is_none_or(|first| day < Day::of(first)) {
            return Cell::Before;
        }
        let of_all = self.of_all.get(&day).copied().unwrap_or(0);
        let loss = self.gone.of(day, self.source);
        match self.lines.get(&day) {
            Some(lines) if loss.is_hole(*lines, of_all) => Cell::Lost,
            Some(_) => Cell::Covered,
            None if loss.explains_nothing() => Cell::Lost,
            None => Cell::Silent,
        }
    }

    /// Runs of silent days that are no longer than it may be quiet for are covered: nothing was due.
    fn excuse_short_pauses(&self, cells: &mut [(Day, Cell)], oldest: Day) {
        // A run that began before the first cell is measured whole.
        let mut run = u64::from(self.silent_before(oldest));
        let mut start = 0;
        for at in 0..=cells.len() {
            if cells.get(at).is_some_and(|(_, cell)| *cell == Cell::Silent) {
                run += 1;
                continue;
            }
            if run.saturating_mul(DAY_SECONDS) < self.expected_seconds {
                cells.iter_mut().take(at).skip(start).filter(|(_, cell)| *cell == Cell::Silent).for_each(|(_, cell)| *cell = Cell::Covered);
            }
            (run, start) = (0, at + 1);
        }
    }

    /// Silent days in a row right before a day.
    fn silent_before(&self, day: Day) -> u32 {
        let last = self.lines.range(..day).next_back().map(|(last, _)| *last);
        last.map_or(0, |last| day.days_since(last).saturating_sub(1))
    }

    /// Runs of lost or silent days, to the moment where it is known.
    pub(super) fn gaps(&self, cells: &[(Day, Cell)]) -> Vec<Gap> {
        let mut gaps: Vec<Gap> = Vec::new();
        for (day, cell) in cells.iter().filter(|(_, cell)| matches!(cell, Cell::Lost | Cell::Silent)) {
            let (since, until) = (day.start(), day.next().start());
            match gaps.last_mut() {
                Some(gap) if gap.cause == *cell && gap.until == since => gap.until = until,
                _ => gaps.push(Gap { cause: *cell, since, until }),
            }
        }
        gaps.iter_mut().for_each(|gap| self.sharpen(gap));
        gaps
    }

    fn sharpen(&self, gap: &mut Gap) {
        if gap.cause == Cell::Lost {
            if let Some((since, until)) = self.gone.edges(gap.since, gap.until) {
                (gap.since, gap.until) = (since, until);
            }
        } else if let Some(last) = self.last.filter(|last| *last < gap.since) {
            // Silent to this day: it began with its last line.
            (gap.since, gap.until) = (last.plus_nanos(1), self.now);
        }
    }

    /// Silent since, where it has been quiet for longer than it may; our own downtime does not count.
    pub(super) fn silent_since(&self) -> Option<Instant> {
        let last = self.last?;
        let listened = self.gone.up_since(self.now).map_or(last, |up| up.max(last));
        (self.now.since(listened) / Instant::SECOND > self.expected_seconds).then_some(last)
    }
}

/// Covered days without a hole, counted back from yesterday, and the first of them (today where there is none).
pub(super) fn complete(cells: &[(Day, Cell)], today: Day) -> (u32, Day) {
    let whole = cells.iter().rev().skip(1).take_while(|(_, cell)| *cell == Cell::Covered);
    let first = whole.clone().last().map_or(today, |(day, _)| *day);
    (u32::try_from(whole.count()).unwrap_or(u32::MAX), first)
}
