//! `/sources`: who sends, since when, how much, on which days nothing came, and to which unit each belongs.
//!
//! Invariant: a source of a unit that is not the reader's is neither shown nor counted.

use std::cmp::Ordering;

use anlan_base::{Day, Instant, SourceKey};
use anlan_law::kind::Role;
use anlan_ledger::engine::UnitId;
use anlan_ledger::{Directory, SOURCE_NAME_CHARS, SourceRow, SourceScope};
use anlan_vault::SourceActivity;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::address::address;
use crate::chart::{self, Beat};
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::logs::scope;
use crate::page::{Page, Section, ago, grouped, see_other, show};
use crate::people::choose::{self, chosen};
use crate::people::told::turned;
use crate::period::months_back;
use crate::records::form::Choice;
use crate::session::{Signed, SignedForm};
use crate::shown;

/// Sources of one page.
pub(crate) const PAGE_SOURCES: usize = 25;
/// A source that was not heard for this long is called quiet, and after the second while, silent. How the page speaks, not a duty.
const QUIET_NANOS: u64 = 24 * 3600 * Instant::SECOND;
const SILENT_NANOS: u64 = 7 * QUIET_NANOS;
const BEAT_MONTHS: u32 = 6;
/// Who says what a source is called.
const KEEPERS: [Role; 3] = [Role::Duty, Role::Handler, Role::Security];

struct Row {
    key: String,
    name: String,
    class: String,
    unit: String,
    /// Units that the reader may say it belongs to; empty where it is not theirs to say.
    units: Vec<Choice>,
    may_name: bool,
    /// Class of the state in the stylesheet, and the key of its word.
    state: (&'static str, &'static str),
    last: String,
    last_ago: String,
    today: String,
    total: String,
    rate: String,
    beat: Beat,
}

#[derive(Template)]
#[template(path = "sources.html")]
struct SourcesPage {
    page: Page,
    rows: Vec<Row>,
    total: usize,
    met: usize,
    quiet: usize,
    silent: usize,
    never: usize,
    beat_from: String,
    next: String,
    first: String,
    /// What went wrong with a name or a unit.
    wrong: String,
    may_place: bool,
}

/// A source as the two rooms know it.
struct Known {
    key: SourceKey,
    row: Option<SourceRow>,
    activity: Option<SourceActivity>,
}

fn state_of(last: Option<Instant>, now: Instant) -> (&'static str, &'static str) {
    let Some(last) = last else { return ("unknown", "source-never") };
    let silence = now.since(last);
    match () {
        () if silence <= QUIET_NANOS => ("met", "source-heard"),
        () if silence <= SILENT_NANOS => ("risk", "source-quiet"),
        () => ("fail", "source-silent"),
    }
}

/// Joins what was registered and what was heard, by rising key.
fn join(mut rows: Vec<SourceRow>, mut heard: Vec<SourceActivity>) -> Vec<Known> {
    rows.sort_by(|a, b| a.key.cmp(&b.key));
    heard.sort_by(|a, b| a.source.cmp(&b.source));
    let (mut rows, mut heard) = (rows.into_iter().peekable(), heard.into_iter().peekable());
    let mut out = Vec::new();
    loop {
        let order = match (rows.peek(), heard.peek()) {
            (Some(row), Some(activity)) => row.key.cmp(&activity.source),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return out,
        };
        let row = if order.is_le() { rows.next() } else { None };
        let activity = if order.is_ge() { heard.next() } else { None };
        let Some(key) = row.as_ref().map(|r| r.key.clone()).or_else(|| activity.as_ref().map(|a| a.source.clone())) else { return out };
        out.push(Known { key, row, activity });
    }
}

/// What a reader may see and do of sources.
struct Reach<'a> {
    directory: &'a Directory,
    who: &'a Signed,
    logs: SourceScope,
    units: Vec<Choice>,
}

impl Reach<'_> {
    fn reads(&self, key: &SourceKey) -> bool {
        match &self.logs {
            SourceScope::All => true,
            SourceScope::Only(keys) => keys.contains(key),
        }
    }

    /// Whether it is the reader's to say where it belongs.
    fn places(&self, key: &SourceKey) -> bool {
        self.directory.unit_of_source(key).is_some_and(|unit| self.who.rights.reaches(Role::System, &unit.path))
    }

    fn sees(&self, key: &SourceKey) -> bool {
        self.reads(key) || self.places(key)
    }
}

impl Row {
    fn new(known: &Known, reach: &Reach<'_>, now: Instant) -> Self {
        let lang = reach.who.lang;
        let unit = reach.directory.unit_of_source(&known.key);
        let places = known.row.is_some() && reach.places(&known.key);
        let activity = known.activity.as_ref();
        let last = activity.map(|a| a.last.received());
        let today = Day::of(now);
        let days = activity.map_or(&[][..], |a| &a.days);
        let first = activity.map_or(today.next(), |a| Day::of_seq(a.first));
        Self {
            key: known.key.to_string(),
            name: known.row.as_ref().and_then(|r| r.name.clone()).unwrap_or_default(),
            class: known.row.as_ref().map_or_else(String::new, |r| r.class.to_string()),
            unit: unit.map_or_else(String::new, |unit| unit.name.clone()),
            units: if places {
                chosen(reach.units.clone(), &unit.map_or_else(String::new, |unit| unit.id.to_string()))
            } else {
                Vec::new()
            },
            may_name: reach.reads(&known.key) && KEEPERS.iter().any(|role| reach.who.rights.has(*role)),
            state: state_of(last, now),
            last: last.map_or_else(String::new, Instant::to_civil),
            last_ago: last.map_or_else(String::new, |last| ago(lang, now.since(last))),
            today: grouped(days.iter().filter(|(day, _)| *day == today).map(|(_, n)| n).sum()),
            total: grouped(activity.map_or(0, |a| a.lines)),
            rate: chart::rate_line(days, today),
            beat: chart::beat(days, first, months_back(today, BEAT_MONTHS), today),
        }
    }
}

async fn known(house: &Shared) -> Result<Vec<Known>, Failure> {
    let heard = house.beside(|console| Ok(console.vault.sources()?)).await?;
    Ok(join(house.console.ledger.sources().await?, heard))
}

pub(crate) async fn sources(State(house): State<Shared>, who: Signed, pairs: Pairs) -> Result<Response, Failure> {
    draw(&house, &who, pairs.get("after"), StatusCode::OK, String::new()).await
}

async fn draw(house: &Shared, who: &Signed, after: &str, status: StatusCode, wrong: String) -> Result<Response, Failure> {
    let directory = house.console.ledger.directory();
    let units = choose::units(&directory, &who.rights, &[Role::System]);
    let reach = Reach { directory: &directory, who, logs: house.console.ledger.sources_in_scope(&who.rights), units };
    // The scope comes before every count.
    let all: Vec<Known> = known(house).await?.into_iter().filter(|known| reach.sees(&known.key)).collect();
    let now = house.console.clock.now();
    let count = |state: &str| all.iter().filter(|k| state_of(k.activity.as_ref().map(|a| a.last.received()), now).0 == state).count();
    let rest: Vec<&Known> = all.iter().filter(|k| k.key.as_str() > after).collect();
    let shown = &rest[..rest.len().min(PAGE_SOURCES)];
    let next = shown.last().filter(|_| rest.len() > PAGE_SOURCES);
    let page = SourcesPage {
        page: Page::signed(house, who, Section::Sources, "sources-title"),
        rows: shown.iter().map(|k| Row::new(k, &reach, now)).collect(),
        total: all.len(),
        met: count("met"),
        quiet: count("risk"),
        silent: count("fail"),
        never: count("unknown"),
        beat_from: months_back(Day::of(now), BEAT_MONTHS).to_string(),
        next: next.map_or_else(String::new, |k| address("/sources", &[("after", k.key.as_str())])),
        first: if after.is_empty() { String::new() } else { "/sources".to_owned() },
        wrong,
        may_place: reach.units.len() > 1,
    };
    show(status, &page)
}

/// A name that a person gives to a source: one line of visible text; nothing takes the name away.
fn is_name(name: &str) -> bool {
    name.chars().count() <= SOURCE_NAME_CHARS && shown::plain(name, usize::MAX) == name
}

pub(crate) async fn rename(State(house): State<Shared>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let key = SourceKey::new(form.get("key")).map_err(|_| Failure::BadForm)?;
    let name = form.get("name").trim();
    if !is_name(name) {
        let wrong = anlan_base::text::text(who.lang, "source-name-wrong", &[("max", &SOURCE_NAME_CHARS.to_string())]);
        return draw(&house, &who, "", StatusCode::UNPROCESSABLE_ENTITY, wrong).await;
    }
    if !scope(&house, &who.rights).allows(&key) {
        return Err(Failure::NotFound);
    }
    house.console.ledger.name_source(&who.actor(), &key, name).await?;
    Ok(see_other("/sources"))
}

/// Says to which unit a source belongs; who reads that unit's logs sees it from now on, and nobody else.
pub(crate) async fn set_unit(State(house): State<Shared>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let key = SourceKey::new(form.get("key")).map_err(|_| Failure::BadForm)?;
    let unit = UnitId::parse(form.get("unit")).ok_or(Failure::BadForm)?;
    match house.console.ledger.set_source_unit(&who.rights, &key, unit).await {
        Ok(()) => Ok(see_other("/sources")),
        Err(error) => {
            let turned = turned(who.lang, error)?;
            draw(&house, &who, "", turned.status, turned.text).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_grows_by_steps() {
        let now = Instant(SILENT_NANOS * 3);
        for (back, state) in
            [(0, "met"), (QUIET_NANOS, "met"), (QUIET_NANOS + 1, "risk"), (SILENT_NANOS, "risk"), (SILENT_NANOS + 1, "fail")]
        {
            assert_eq!(state_of(Some(Instant(now.0 - back)), now).0, state, "{back}");
        }
        assert_eq!(state_of(None, now).0, "unknown");
    }

    #[test]
    fn a_name_is_visible_text_of_limited_length() {
        for (len, fits) in [(0, true), (SOURCE_NAME_CHARS - 1, true), (SOURCE_NAME_CHARS, true), (SOURCE_NAME_CHARS + 1, false)] {
            assert_eq!(is_name(&"名".repeat(len)), fits, "{len}");
        }
        assert!(is_name("教学楼三层交换机 <1>"));
        assert!(!is_name("a\u{202e}b"));
        assert!(!is_name("a\nb"));
    }
}
