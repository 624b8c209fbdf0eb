//! The story of the demo, read from data: scenes that are played once for each row of their cast, each a list of steps on days and hours.
//!
//! Invariants: a step's moment is fixed by the story alone; steps of a scene come in their order; what would lie after the demo's present is left out.

use std::collections::BTreeMap;

use anlan_base::{CivilDate, Day, Instant, TimeOfDay, WorkCalendar};
use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::devices::{DEVICES, Device};
use super::span::Span;

/// The files of the story.
const FILES: [(&str, &str); 4] = [
    ("papers.toml", include_str!("story/papers.toml")),
    ("hazards.toml", include_str!("story/hazards.toml")),
    ("inspection.toml", include_str!("story/inspection.toml")),
    ("logs.toml", include_str!("story/logs.toml")),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    scene: Vec<Scene>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scene {
    name: String,
    /// A row for each time that it is played. It is left out where it begins before the span; days `S+n` count from the span's first.
    #[serde(default)]
    cast: Vec<BTreeMap<String, String>>,
    #[serde(default)]
    cast_of: Option<CastOf>,
    step: Vec<Step>,
}

/// Rows that are not written out.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum CastOf {
    Devices,
}

impl Scene {
    fn rows(&self) -> Vec<BTreeMap<String, String>> {
        match self.cast_of {
            None => self.cast.clone(),
            Some(CastOf::Devices) => DEVICES.iter().enumerate().map(|(nth, device)| row_of(nth, device)).collect(),
        }
    }
}

fn row_of(nth: usize, device: &Device) -> BTreeMap<String, String> {
    let who = if device.unit == "bureau" { "keyuan".to_owned() } else { format!("{}-laoshi", device.unit) };
    // Twenty on the first afternoon and twenty on the next morning.
    let (on, hour) = if nth < DEVICES.len() / 2 { ("S+0", 14) } else { ("S+1", 9) };
    let at = format!("{hour}:{:02}", nth % 20 * 2);
    let row = [
        ("on", on.to_owned()),
        ("at", if hour < 10 { format!("0{at}") } else { at }),
        ("title", device.title.to_owned()),
        ("address", device.address.to_owned()),
        ("unit", device.unit.to_owned()),
        ("category", device.make.category().to_owned()),
        ("place", "机房或弱电间（演示）".to_owned()),
        ("who", who),
    ];
    row.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// What one person does. Texts may hold `{names}` of the cast's row and days, see [`Row::fill`].
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Step {
    /// Working days after the scene's first day.
    after: String,
    /// `HH:MM`.
    at: String,
    /// An account; several, separated by commas, do the same after each other.
    pub who: String,
    /// The record it is about: a name given by `into`; the scene's own where it is empty.
    pub record: String,
    /// A name for what is opened; several for several.
    pub into: String,
    /// Only where the row has this name.
    only: String,
    /// Only where the row lacks it.
    unless: String,
    /// Kind of the record that is opened, and the unit where it is not the opener's.
    pub open: String,
    pub unit: String,
    /// Kind whose newest open record of the opener's unit is named: one that a series opened.
    pub take: String,
    /// `KIND/SERIES` that is switched on in the unit.
    pub switch_on: String,
    #[serde(rename = "move")]
    pub make: String,
    pub approve: bool,
    pub answer: String,
    pub urge: String,
    pub supervise: String,
    pub note: String,
    pub reason: String,
    pub values: BTreeMap<String, String>,
}

/// A step at its moment.
#[derive(Clone, Debug)]
pub struct Cue {
    pub at: Instant,
    /// Which playing of which scene: names of records belong to it.
    pub playing: usize,
    /// For messages: scene, row, step.
    pub place: String,
    pub step: Step,
}

/// All steps in the order of time.
pub fn cues(span: Span, calendar: &WorkCalendar) -> Result<Vec<Cue>> {
    let mut cues = Vec::new();
    let mut playing = 0;
    for (name, text) in FILES {
        let file: File = toml::from_str(text).with_context(|| format!("demo/story/{name}"))?;
        for scene in &file.scene {
            for (nth, row) in scene.rows().iter().enumerate() {
                playing += 1;
                let row = Row { row, span, calendar };
                let place = format!("{name}: {} {}", scene.name, nth + 1);
                play(scene, &row, playing, &place, &mut cues).with_context(|| place.clone())?;
            }
        }
    }
    // Stable: what happens at one moment happens as it is written.
    cues.sort_by_key(|cue| cue.at);
    Ok(cues)
}

fn play(scene: &Scene, row: &Row<'_>, playing: usize, place: &str, cues: &mut Vec<Cue>) -> Result<()> {
    let first = row.first_day()?;
    if first < row.span.first {
        return Ok(());
    }
    let steps: usize = row.row.get("steps").map_or(Ok(usize::MAX), |steps| steps.parse()).context("steps")?;
    let mut before = Instant::default();
    for (nth, step) in scene.step.iter().take(steps).enumerate() {
        let place = format!("{place}, step {}", nth + 1);
        if (!step.only.is_empty() && !row.row.contains_key(&step.only)) || row.row.contains_key(&step.unless) {
            continue;
        }
        let after: u32 = row.fill(&step.after, first).and_then(|after| if after.is_empty() { Ok(0) } else { Ok(after.parse()?) })?;
        let day = if after == 0 { first } else { row.working(first, after)? };
        let time: TimeOfDay = row.fill(&step.at, day)?.parse().with_context(|| place.clone())?;
        let at = day.at(time).max(before.plus_seconds(1));
        before = at;
        if at > row.span.present() {
            break;
        }
        cues.push(Cue { at, playing, place: place.clone(), step: row.filled(step, day).with_context(|| place.clone())? });
    }
    Ok(())
}

/// A row of a scene's cast.
struct Row<'a> {
    row: &'a BTreeMap<String, String>,
    span: Span,
    calendar: &'a WorkCalendar,
}

impl Row<'_> {
    /// `on`: `MM-DD` of the year of the span, or `S+n`, days after its first one; the next working day where it is none.
    fn first_day(&self) -> Result<Day> {
        let on = self.row.get("on").context("a row says on which day")?;
        let day = match on.strip_prefix("S+") {
            Some(after) => self.span.first.plus_days(after.parse()?),
            None => on.split_once('-').and_then(|(month, day)| {
                CivilDate::new(self.span.last.civil().year(), month.parse().ok()?, day.parse().ok()?).map(CivilDate::day)
            }),
        };
        let day = day.with_context(|| format!("no day: {on}"))?;
        Ok(self.calendar.this_or_next_working(day).map_or(day, |counted| counted.value))
    }

    fn working(&self, from: Day, count: u32) -> Result<Day> {
        self.calendar.add_working_days(from, count).map(|walk| walk.value.day).context("a working day")
    }

    fn filled(&self, step: &Step, day: Day) -> Result<Step> {
        let fill = |text: &String| self.fill(text, day);
        Ok(Step {
            who: fill(&step.who)?,
            record: fill(&step.record)?,
            into: fill(&step.into)?,
            open: fill(&step.open)?,
            unit: fill(&step.unit)?,
            make: fill(&step.make)?,
            answer: fill(&step.answer)?,
            urge: fill(&step.urge)?,
            supervise: fill(&step.supervise)?,
            note: fill(&step.note)?,
            reason: fill(&step.reason)?,
            values: step.values.iter().map(|(name, value)| Ok((name.clone(), fill(value)?))).collect::<Result<_>>()?,
            ..step.clone()
        })
    }

    /// Puts in what stands in braces: a name of the row; `day`, `day+3`, `day-3`: a date by calendar days from the step's; `work+3`: by working days;
    /// `month`, `month-1`: 2026年11月.
    fn fill(&self, text: &str, day: Day) -> Result<String> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').with_context(|| format!("no end: {text}"))?;
            out.push_str(before);
            match self.row.get(name) {
                // A row's words may name days themselves.
                Some(value) => out.push_str(&self.fill(value, day)?),
                None => out.push_str(&self.date(name, day)?),
            }
            rest = after;
        }
        out.push_str(rest);
        Ok(out)
    }

    fn date(&self, name: &str, day: Day) -> Result<String> {
        let (what, by) = match name.split_once(['+', '-']) {
            Some((what, by)) => (what, by.parse::<u32>()?),
            None => (name, 0),
        };
        let back = name.contains('-');
        let moved = match (what, back) {
            ("day", false) => day.plus_days(by),
            ("day", true) => day.minus_days(by),
            ("work", false) => Some(self.working(day, by)?),
            ("month", true) => day.minus_months(by),
            ("month", false) => day.plus_months(by),
            _ => bail!("the row has no {name}"),
        };
        let moved = moved.with_context(|| name.to_owned())?;
        Ok(match what {
            "month" => format!("{}年{}月", moved.civil().year(), moved.civil().month()),
            _ => moved.to_string(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar() -> WorkCalendar {
        anlan_law::pack::Lawbook::shipped(&["cn", "campus", "government", "enterprise", "grid"]).unwrap().calendars.work
    }

    #[test]
    fn the_story_reads_and_the_small_variant_has_a_part_of_it() {
        let calendar = calendar();
        let whole = cues(Span::of(1), &calendar).unwrap();
        let small = cues(Span::of(0), &calendar).unwrap();
        assert!(whole.is_sorted_by_key(|cue| cue.at));
        assert!(whole.len() > 2 * small.len() && small.len() > 50, "{} {}", whole.len(), small.len());
        let span = Span::of(1);
        assert!(whole.iter().all(|cue| span.birth() < cue.at && cue.at <= span.present()));
    }

    #[test]
    fn braces_are_filled() {
        let (calendar, row) = (calendar(), BTreeMap::from([("title".to_owned(), "至{day+1}".to_owned())]));
        let row = Row { row: &row, span: Span::of(1), calendar: &calendar };
        let day = CivilDate::new(2026, 9, 30).unwrap().day();
        for (text, filled) in [
            ("{title}：{day} {day+2} {day-30}", "至2026-10-01：2026-09-30 2026-10-02 2026-08-31"),
            ("{work+1}", "2026-10-08"),
            ("{month} {month-1}", "2026年9月 2026年8月"),
            ("无", "无"),
        ] {
            assert_eq!(row.fill(text, day).unwrap(), filled);
        }
        for wrong in ["{", "{nobody}", "{day+x}"] {
            assert!(row.fill(wrong, day).is_err(), "{wrong}");
        }
    }
}
