//! What was lost by our own doing, by Beijing day: downtime and steps of the clock as spans, dropped lines as counts (I5).
//!
//! Invariants: spans do not overlap; a drop counts on the day on which it ended, for its own source where it names one, else for everybody.

use std::collections::{BTreeMap, HashMap};

use anlan_base::{Day, Instant, SourceKey};
use anlan_vault::{Loss, LossReason};

/// Seconds of downtime on a day that leave it whole: a restart, an update. `log.heard` counts them all the same.
pub(in crate::assess) const BRIEF_SECONDS: u64 = 600;
/// Dropped lines of a day that leave it whole, and per cent of its lines that do.
pub(in crate::assess) const BRIEF_LINES: u64 = 10;
const BRIEF_PERCENT: u64 = 1;

const DAY_SECONDS: u64 = 86_400;

#[derive(Clone, Debug, Default)]
struct Drops {
    /// Not told apart by source.
    shared: u64,
    own: HashMap<String, u64>,
}

#[derive(Clone, Debug, Default)]
pub(in crate::assess) struct Gone {
    /// We were down: from, until.
    down: Vec<(Instant, Instant)>,
    /// Down, or the clock ran twice over the same time.
    blind: Vec<(Instant, Instant)>,
    drops: BTreeMap<Day, Drops>,
}

/// What a day lost for one source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::assess) struct DayLoss {
    pub seconds: u64,
    pub own: u64,
    pub shared: u64,
}

impl DayLoss {
    /// Whether it makes a hole into a day with so many lines of the source and of all sources.
    pub(in crate::assess) fn is_hole(self, lines: u64, of_all: u64) -> bool {
        let many = |dropped: u64, lines: u64| dropped > BRIEF_LINES.max(lines.saturating_mul(BRIEF_PERCENT) / 100);
        self.seconds > BRIEF_SECONDS || many(self.own, lines) || many(self.shared, of_all)
    }

    /// Whether it is why nothing came at all: its lines were dropped, or we were down for most of the day.
    pub(in crate::assess) fn explains_nothing(self) -> bool {
        self.own > 0 || self.seconds >= DAY_SECONDS / 2
    }
}

impl Gone {
    /// `sources` are those that a loss may name; any other name in a loss is a listener's, and concerns everybody.
    pub(in crate::assess) fn new(losses: &[Loss]) -> Self {
        let mut gone = Self::default();
        for loss in losses {
            match loss.reason {
                LossReason::Down => gone.down.push((loss.from, loss.until)),
                LossReason::ClockBack => gone.blind.push((loss.until, loss.from)),
                LossReason::Kernel | LossReason::Queue | LossReason::CutFrame => gone.drop(loss),
            }
        }
        gone.down = merged(std::mem::take(&mut gone.down));
        gone.blind = merged(gone.blind.iter().chain(&gone.down).copied().collect());
        gone
    }

    fn drop(&mut self, loss: &Loss) {
        let drops = self.drops.entry(Day::of(loss.until)).or_default();
        // Listeners are named `udp:ADDRESS`; senders as sources are.
        if loss.source.starts_with("ip:") || loss.source.starts_with("token:") {
            let own = drops.own.entry(loss.source.to_string()).or_default();
            *own = own.saturating_add(loss.count);
        } else {
            drops.shared = drops.shared.saturating_add(loss.count);
        }
    }

    pub(in crate::assess) fn of(&self, day: Day, source: &SourceKey) -> DayLoss {
        let drops = self.drops.get(&day);
        DayLoss {
            seconds: overlap(&self.blind, day.start(), day.next().start()),
            own: drops.and_then(|drops| drops.own.get(source.as_str())).copied().unwrap_or(0),
            shared: drops.map_or(0, |drops| drops.shared),
        }
    }

    /// Seconds of downtime in a period.
    pub(in crate::assess) fn down_seconds(&self, since: Instant, until: Instant) -> u64 {
        overlap(&self.down, since, until)
    }

    /// Lines dropped on the days of a period.
    pub(in crate::assess) fn dropped(&self, since: Day, until: Day) -> u64 {
        let of_day = |drops: &Drops| drops.own.values().fold(drops.shared, |sum, own| sum.saturating_add(*own));
        self.drops.range(since..=until).map(|(_, drops)| of_day(drops)).fold(0, u64::saturating_add)
    }

    /// When the last downtime before `now` ended.
    pub(in crate::assess) fn up_since(&self, now: Instant) -> Option<Instant> {
        self.down.iter().map(|(_, until)| *until).filter(|until| *until <= now).max()
    }

    /// The first and last moment of what was lost in a period, where it is known to the moment.
    pub(in crate::assess) fn edges(&self, since: Instant, until: Instant) -> Option<(Instant, Instant)> {
        let mut inside = self.blind.iter().filter(|(from, to)| *from < until && *to > since);
        let first = inside.next()?;
        let last = inside.next_back().unwrap_or(first);
        Some((first.0.max(since), last.1.min(until)))
    }
}

/// Spans in order, those that touch joined.
fn merged(mut spans: Vec<(Instant, Instant)>) -> Vec<(Instant, Instant)> {
    spans.retain(|(from, until)| from < until);
    spans.sort_unstable();
    let mut joined: Vec<(Instant, Instant)> = Vec::with_capacity(spans.len());
    for (from, until) in spans {
        match joined.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(until),
            _ => joined.push((from, until)),
        }
    }
    joined
}

/// Seconds of a period that the spans cover.
fn overlap(spans: &[(Instant, Instant)], since: Instant, until: Instant) -> u64 {
    let start = spans.partition_point(|(_, end)| *end <= since);
    let inside = spans.iter().skip(start).take_while(|(from, _)| *from < until);
    let nanos: u64 = inside.map(|(from, end)| (*end).min(until).since((*from).max(since))).sum();
    nanos / Instant::SECOND
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brief_losses_leave_a_day_whole() {
        for (seconds, own, lines, hole) in [
            (BRIEF_SECONDS - 1, 0, 100, false),
            (BRIEF_SECONDS, 0, 100, false),
            (BRIEF_SECONDS + 1, 0, 100, true),
            (0, BRIEF_LINES - 1, 100, false),
            (0, BRIEF_LINES, 100, false),
            (0, BRIEF_LINES + 1, 100, true),
            (0, 100, 10_000, false),
            (0, 101, 10_000, true),
        ] {
            let loss = DayLoss { seconds, own, shared: 0 };
            assert_eq!(loss.is_hole(lines, lines), hole, "{seconds} s, {own} of {lines}");
        }
    }

    #[test]
    fn downtime_is_counted_once() {
        let at = |second: u64| Instant(second * Instant::SECOND);
        let down = |from, until| Loss { reason: LossReason::Down, source: "".into(), count: 0, from: at(from), until: at(until) };
        let gone = Gone::new(&[down(100, 200), down(150, 250), down(400, 500)]);
        assert_eq!(gone.down_seconds(at(0), at(1_000)), 250);
        assert_eq!(gone.down_seconds(at(240), at(410)), 20);
        assert_eq!(gone.up_since(at(450)), Some(at(250)));
        assert_eq!(gone.edges(at(0), at(1_000)), Some((at(100), at(500))));
    }
}
