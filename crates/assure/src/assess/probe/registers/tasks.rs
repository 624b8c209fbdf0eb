//! `tasks.answered`: what comes again and again (meetings, reports, patrols), and what was ordered from outside.
//!
//! Invariants: what was skipped or left undone is due and not answered; a series that is switched on nowhere answers nothing; before anything
//! was due for the first time nothing is known.

use anlan_base::Instant;
use anlan_ledger::engine::{ClockState, Record, Running, SERIES_CLOCK};
use anlan_ledger::records::StateAsk;

use super::clocks::is_soon;
use super::question::{Question, Recent, both, ever, kind_name, kind_of, title_of};
use crate::assess::{AssessError, Measured, Site};

/// Where the answers to what a duty names are found.
enum Where {
    /// Records that a series opens. Those that ended in one of `undone` were not done.
    Series { kind: &'static str, series: &'static [&'static str], undone: &'static [&'static str] },
    /// A clock of each record, with a filter. Those that ended in one of `undone` do not count.
    Each {
        kind: &'static str,
        by: Option<(&'static str, &'static [&'static str])>,
        clocks: &'static [&'static str],
        undone: &'static [&'static str],
    },
    /// A clock that starts anew each time it was done.
    Again { kind: &'static str, clocks: &'static [&'static str] },
}

fn find(name: &str) -> Option<Where> {
    let series = |kind, series, undone| Some(Where::Series { kind, series, undone });
    match name {
        "monthly_meeting" => series("meeting", &["monthly"], &["not_held"]),
        "monthly_report" => series("duty-report", &["monthly"], &[]),
        "weekly_sweep" => series("patrol", &["monday", "weekly"], &["missed"]),
        "daily_patrol" => series("patrol", &["daily", "workday"], &["missed"]),
        "summons" => Some(Where::Each { kind: "rectification", by: Some(("form", &["talk"])), clocks: &["order"], undone: &["withdrawn"] }),
        "authority_order" => Some(Where::Each {
            kind: "rectification",
            by: Some(("form", &["order", "reminder", "circular", "other"])),
            clocks: &["order"],
            undone: &["withdrawn"],
        }),
        "content_order" => Some(Where::Each { kind: "content-case", by: Some(("came", &["order"])), clocks: &["order"], undone: &[] }),
        "grid_task" => Some(Where::Each { kind: "task-answer", by: None, clocks: &["due", "redo"], undone: &["excused"] }),
        "grading_test" => Some(Where::Again { kind: "graded-system", clocks: &["test_3", "test_2"] }),
        _ => None,
    }
}

#[derive(Default)]
struct Counted {
    due: usize,
    answered: usize,
    overdue: usize,
    /// Nothing says how many there should have been.
    unknown: bool,
    overdue_told: Vec<(Instant, String, String)>,
    undone_told: Vec<(Instant, String, String)>,
    soon_told: Vec<(Instant, String, String)>,
}

/// What one clock of one record says.
enum Stands {
    Answered,
    Undone(Instant),
    Overdue(Instant),
    Soon(Instant),
    NotYet,
}

pub(in crate::assess) async fn tasks_answered(site: &Site, of: &[String]) -> Result<Option<Measured>, AssessError> {
    let found: Option<Vec<Where>> = of.iter().map(|name| find(name)).collect();
    let Some(found) = found.filter(|found| !found.is_empty()) else { return Ok(None) };
    let (mut measured, mut counted, mut whole) = (Measured::default(), Counted::default(), true);
    for place in &found {
        if kind_of(site, place.kind()).is_none() {
            return Ok(None);
        }
        whole &= place.read(site, &mut measured, &mut counted).await?;
    }
    say(&mut measured, &mut counted);
    if !whole {
        measured.reason("reg-cut", &[]);
    }
    if !whole || counted.unknown {
        measured.asked.retain(|one| one.facts.is_empty());
    }
    if whole && !counted.unknown {
        measured = measured.count("due", counted.due).count("answered", counted.answered).count("overdue", counted.overdue);
    } else if counted.overdue > 0 {
        measured = measured.count("overdue", counted.overdue);
    }
    Ok(Some(measured))
}

impl Where {
    fn kind(&self) -> &'static str {
        match self {
            Self::Series { kind, .. } | Self::Each { kind, .. } | Self::Again { kind, .. } => kind,
        }
    }

    /// Whether everything that is open was read.
    async fn read(&self, site: &Site, measured: &mut Measured, counted: &mut Counted) -> Result<bool, AssessError> {
        let entered = Question::of(self.kind(), StateAsk::All).asked(site, measured).await?;
        // That nothing was entered is not that nothing was asked for.
        counted.unknown |= entered == 0 && !matches!(self, Self::Series { .. });
        match self {
            Self::Series { kind, series, undone } => series_of(site, kind, series, undone, measured, counted).await,
            Self::Each { kind, by, clocks, undone } => {
                let asked: Vec<Vec<(&str, &str)>> = match by {
                    None => vec![Vec::new()],
                    Some((field, values)) => values.iter().map(|value| vec![(*field, *value)]).collect(),
                };
                let (before, mut whole) = (counted.due, true);
                for by in asked {
                    let recent = Recent::read(site, kind, &by).await?;
                    whole &= recent.whole;
                    measured.since = measured.since.max(Some(recent.since));
                    for record in &recent.records {
                        clocks.iter().for_each(|clock| counted.add(site, record, stands(site, record, clock, undone)));
                    }
                    for clock in *clocks {
                        ask(site, &recent, clock, &[], undone, measured)?;
                    }
                }
                if counted.due == before {
                    measured.reason("reg-none-due", &[("kind", &kind_name(site, kind))]);
                }
                Ok(whole)
            }
            Self::Again { kind, clocks } => again(site, kind, clocks, measured, counted).await,
        }
    }
}

async fn series_of(
    site: &Site,
    kind: &str,
    series: &[&str],
    undone: &[&str],
    measured: &mut Measured,
    counted: &mut Counted,
) -> Result<bool, AssessError> {
    let runs = site.ledger.series_of_kind(kind).await?;
    let title =
        |name: &str| kind_of(site, kind).and_then(|kind| kind.series.into_iter().find(|one| one.name == name)).map(|one| both(&one.title));
    if !runs.iter().any(|run| series.contains(&run.series.as_str())) {
        let name = series.first().and_then(|name| title(name)).unwrap_or_default();
        measured.reason("reg-task-no-series", &[("kind", &kind_name(site, kind)), ("series", &name)]);
        return Ok(true);
    }
    let recent = Recent::read(site, kind, &[]).await?;
    measured.since = measured.since.max(Some(recent.since));
    let before = counted.due;
    for record in &recent.records {
        if record.series.as_ref().is_some_and(|(name, _)| series.contains(&name.as_str())) {
            counted.add(site, record, stands(site, record, SERIES_CLOCK, undone));
        }
    }
    ask(site, &recent, SERIES_CLOCK, &[format!("series:{}", series.join(","))], undone, measured)?;
    if counted.due == before {
        counted.unknown = true;
        measured.reason("reg-task-not-yet", &[("kind", &kind_name(site, kind))]);
    }
    Ok(recent.whole)
}

/// Of what is done again and again: done, as long as its clock still runs and it was done once.
async fn again(site: &Site, kind: &str, clocks: &[&str], measured: &mut Measured, counted: &mut Counted) -> Result<bool, AssessError> {
    if ever(site, kind).await? == 0 {
        counted.unknown = true;
        measured.reason("reg-task-no-systems", &[("kind", &kind_name(site, kind))]);
        return Ok(true);
    }
    let all = Question::of(kind, StateAsk::Open);
    let open = all.records(site, None).await?;
    for clock in clocks.iter().filter(|_| open.whole) {
        let (late, soon) = (vec![format!("late:{clock}")], vec![format!("soon:{clock}")]);
        let done = vec![format!("intime:{clock}"), format!("!soon:{clock}"), "made:test,no_findings".to_owned()];
        for (facts, only) in [(["due", "overdue"].as_slice(), late), (&["due"], soon), (&["due", "answered"], done)] {
            let asked = all.clone().only(only)?;
            asked.told(measured, facts, asked.picked(site, &open.rows).len());
        }
    }
    for record in &open.rows {
        for clock in clocks {
            let running = match record.clocks.get(*clock) {
                Some(ClockState::Running(running)) => running,
                Some(ClockState::Paused { running, .. }) if running.missed => running,
                _ => continue,
            };
            let is_done = record.made.contains_key("test") || record.made.contains_key("no_findings");
            let stands = match open_clock(site, record, clock, running) {
                Stands::NotYet if is_done => Stands::Answered,
                other => other,
            };
            counted.add(site, record, stands);
        }
    }
    Ok(open.whole)
}

/// The lists that give the same numbers.
fn ask(site: &Site, recent: &Recent, clock: &str, of: &[String], undone: &[&str], measured: &mut Measured) -> Result<(), AssessError> {
    let (stopped, late, soon) = (format!("stopped:{clock}"), format!("late:{clock}"), format!("soon:{clock}"));
    let (left, done) = (format!("in:{}", undone.join(",")), format!("!in:{}", undone.join(",")));
    let is_left = !undone.is_empty();
    let mut pick = |facts: &[&str], only: &[&str]| {
        let only: Vec<&str> = of.iter().map(String::as_str).chain(only.iter().copied()).collect();
        recent.pick(site, measured, facts, &only).map(drop)
    };
    pick(&["due", "overdue"], &[&late])?;
    pick(&["due"], &[&soon])?;
    let in_time: Vec<&str> = [stopped.as_str()].into_iter().chain(is_left.then_some(done.as_str())).collect();
    pick(&["due", "answered"], &in_time)?;
    if is_left && clock == SERIES_CLOCK {
        pick(&["due"], &[&stopped, &left])?;
    }
    Ok(())
}

fn stands(site: &Site, record: &Record, clock: &str, undone: &[&str]) -> Stands {
    match record.clocks.get(clock) {
        None => Stands::NotYet,
        Some(ClockState::Stopped { due, .. }) if undone.contains(&record.state.as_str()) => match clock {
            // Skipped: it was due, and nobody did it.
            SERIES_CLOCK => Stands::Undone(*due),
            _ => Stands::NotYet,
        },
        Some(ClockState::Stopped { .. }) => Stands::Answered,
        Some(ClockState::Running(running)) => open_clock(site, record, clock, running),
        // It stands still by law: late only where it was before.
        Some(ClockState::Paused { running, .. }) if running.missed => Stands::Overdue(running.due),
        Some(ClockState::Paused { .. }) => Stands::NotYet,
    }
}

fn open_clock(site: &Site, record: &Record, clock: &str, running: &Running) -> Stands {
    if running.missed || running.due < site.now {
        return Stands::Overdue(running.due);
    }
    let kinds = site.ledger.kinds();
    let soon = kinds.get(&record.kind).and_then(|kind| kind.clock(clock)).is_some_and(|clock| is_soon(site.now, running, clock));
    if soon { Stands::Soon(running.due) } else { Stands::NotYet }
}

impl Counted {
    fn add(&mut self, site: &Site, record: &Record, stands: Stands) {
        let told = |due: Instant| (due, record.number.clone(), title_of(site, record));
        match stands {
            Stands::NotYet => return,
            Stands::Answered => self.answered += 1,
            Stands::Undone(due) => self.undone_told.push(told(due)),
            Stands::Overdue(due) => {
                self.overdue += 1;
                self.overdue_told.push(told(due));
            }
            Stands::Soon(due) => self.soon_told.push(told(due)),
        }
        self.due += 1;
    }
}

fn say(measured: &mut Measured, counted: &mut Counted) {
    for (code, told) in [
        ("reg-task-overdue", &mut counted.overdue_told),
        ("reg-task-undone", &mut counted.undone_told),
        ("reg-task-soon", &mut counted.soon_told),
    ] {
        told.sort();
        for (due, number, title) in told {
            measured.reason(code, &[("record", number), ("title", title), ("due", &due.to_civil())]);
            measured.saw(number.as_str(), format!("/r/{number}"));
        }
    }
}
