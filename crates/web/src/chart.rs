//! Charts drawn here as SVG geometry: the histogram over time, the heartbeat bar (one cell a day), the small line of a rate.
//!
//! Invariant: geometry only; colours come from the stylesheet, words from the locale files.

use std::fmt::Write;

use anlan_base::{Day, Instant};

use crate::page::grouped;
use crate::period::Axis;

const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 88.0;

pub(crate) struct Bar {
    /// Which step of the axis it stands on.
    pub(crate) step: usize,
    pub(crate) x: String,
    pub(crate) y: String,
    pub(crate) width: String,
    pub(crate) height: String,
    pub(crate) title: String,
}

pub(crate) struct Histogram {
    pub(crate) bars: Vec<Bar>,
    pub(crate) total: u64,
    pub(crate) highest: u64,
    pub(crate) labels: Vec<String>,
    /// For the script: start and step in whole seconds.
    pub(crate) start_seconds: u64,
    pub(crate) step_seconds: u64,
}

#[allow(clippy::cast_precision_loss, reason = "pixels")]
pub(crate) fn histogram(axis: Axis, counts: &[(Instant, u64)]) -> Histogram {
    let steps = axis.bars().max(1);
    let mut heights = vec![0_u64; steps];
    for (at, n) in counts {
        let step = usize::try_from(at.since(axis.start) / axis.step).unwrap_or(usize::MAX);
        heights[step.min(steps - 1)] += n;
    }
    let highest = heights.iter().copied().max().unwrap_or(0);
    let pitch = WIDTH / steps as f64;
    let filled = heights.iter().enumerate().filter(|(_, n)| **n > 0);
    let bars = filled.map(|(step, &n)| {
        let height = (n as f64 / highest as f64 * HEIGHT).max(2.0);
        Bar {
            step,
            x: short(step as f64 * pitch),
            y: short(HEIGHT - height),
            width: short((pitch - 1.5).max(pitch * 0.7)),
            height: short(height),
            title: format!("{} · {}", axis.label(axis.start.plus_nanos(step as u64 * axis.step)), grouped(n)),
        }
    });
    Histogram {
        bars: bars.collect(),
        total: heights.iter().sum(),
        highest,
        labels: labels(axis),
        start_seconds: axis.start.0 / Instant::SECOND,
        step_seconds: axis.step.div_ceil(Instant::SECOND),
    }
}

fn labels(axis: Axis) -> Vec<String> {
    let bars = axis.bars() as u64;
    (0..=4).map(|quarter| axis.label(axis.start.plus_nanos(bars * quarter / 4 * axis.step).min(axis.end))).collect()
}

fn short(value: f64) -> String {
    let written = format!("{value:.1}");
    written.strip_suffix(".0").map_or(written.clone(), str::to_owned)
}

/// A run of equal cells is one stroke; the stylesheet's dashes cut it into days.
pub(crate) struct Beat {
    pub(crate) width: u32,
    pub(crate) none: String,
    pub(crate) met: String,
    pub(crate) fail: String,
    pub(crate) days_with: u32,
    pub(crate) days_without: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Cell {
    None,
    Met,
    Fail,
}

/// One cell a day from `from` to `today`. Days before the first line and a today without lines yet are neither good nor bad.
pub(crate) fn beat(days: &[(Day, u64)], first: Day, from: Day, today: Day) -> Beat {
    let mut beat = Beat { width: 0, none: String::new(), met: String::new(), fail: String::new(), days_with: 0, days_without: 0 };
    let mut run: Option<(Cell, u32)> = None;
    for day in from.0..=today.0 {
        let heard = days.iter().any(|(d, n)| d.0 == day && *n > 0);
        let cell = match heard {
            true => Cell::Met,
            false if day < first.0 || day == today.0 => Cell::None,
            false => Cell::Fail,
        };
        beat.days_with += u32::from(cell == Cell::Met);
        beat.days_without += u32::from(cell == Cell::Fail);
        if run.is_none_or(|(kind, _)| kind != cell) {
            beat.stroke(run, beat.width);
            run = Some((cell, beat.width));
        }
        beat.width += 3;
    }
    beat.stroke(run, beat.width);
    beat
}

impl Beat {
    fn stroke(&mut self, run: Option<(Cell, u32)>, to: u32) {
        let Some((cell, from)) = run else { return };
        let (path, y) = match cell {
            Cell::None => (&mut self.none, 9),
            Cell::Met => (&mut self.met, 9),
            Cell::Fail => (&mut self.fail, 9),
        };
        let _ = write!(path, "M{from} {y}H{to}");
    }
}

/// Days that the small line of a rate shows.
pub(crate) const RATE_DAYS: u32 = 30;

/// A line through the counts of the last [`RATE_DAYS`] days, in a box of 90 × 20.
#[allow(clippy::cast_precision_loss, reason = "pixels")]
pub(crate) fn rate_line(days: &[(Day, u64)], today: Day) -> String {
    let from = today.0.saturating_sub(RATE_DAYS - 1);
    let count = |day: u32| days.iter().find(|(d, _)| d.0 == day).map_or(0, |(_, n)| *n);
    let highest = (from..=today.0).map(count).max().unwrap_or(0).max(1);
    let mut path = String::new();
    for (i, day) in (from..=today.0).enumerate() {
        let x = i as f64 * 90.0 / f64::from(RATE_DAYS - 1);
        let y = 19.0 - count(day) as f64 / highest as f64 * 18.0;
        let _ = write!(path, "{}{} {}", if i == 0 { 'M' } else { 'L' }, short(x), short(y));
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_stand_on_their_steps_and_none_is_lost() {
        let axis = Axis { start: Instant(1000), end: Instant(1100), step: 10 };
        let chart = histogram(axis, &[(Instant(1000), 4), (Instant(1050), 2), (Instant(1990), 1)]);
        assert_eq!(chart.total, 7);
        assert_eq!(chart.bars.iter().map(|b| (b.step, b.x.as_str())).collect::<Vec<_>>(), [(0, "0"), (5, "500"), (9, "900")]);
        assert_eq!(chart.bars[0].height, "88");
        assert_eq!(chart.bars[1].height, "44");
        assert!(histogram(axis, &[]).bars.is_empty());
    }

    #[test]
    fn a_day_is_a_cell() {
        let days = [(Day(102), 5), (Day(103), 1), (Day(105), 0), (Day(106), 9)];
        let beat = beat(&days, Day(102), Day(100), Day(107));
        assert_eq!((beat.none.as_str(), beat.met.as_str(), beat.fail.as_str()), ("M0 9H6M21 9H24", "M6 9H12M18 9H21", "M12 9H18"));
        assert_eq!((beat.width, beat.days_with, beat.days_without), (24, 3, 2));
    }

    #[test]
    fn a_heartbeat_of_half_a_year_is_small_even_at_its_worst() {
        let days: Vec<(Day, u64)> = (0..184).filter(|d| d % 2 == 0).map(|d| (Day(d), 1)).collect();
        let beat = beat(&days, Day(0), Day(0), Day(183));
        assert!(beat.met.len() + beat.fail.len() < 2600);
    }
}
