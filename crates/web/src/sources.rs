//! `/sources`: who sends, since when, how much, and on which days nothing came.

use std::cmp::Ordering;

use anlan_base::{Day, Instant, SourceKey};
use anlan_ledger::{SOURCE_NAME_CHARS, SourceRow};
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
use crate::page::{Page, Section, ago, grouped, see_other, show};
use crate::period::months_back;
use crate::session::{Signed, SignedForm};
use crate::shown;

/// Sources of one page.
pub(crate) const PAGE_SOURCES: usize = 25;
/// A source that was not heard for this long is called quiet, and after the second while, silent. How the page speaks, not a duty.
const QUIET_NANOS: u64 = 24 * 3600 * Instant::SECOND;
const SILENT_NANOS: u64 = 7 * QUIET_NANOS;
const BEAT_MONTHS: u32 = 6;

struct Row {
    key: String,
    name: String,
    class: String,
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
    /// What went wrong with a name.
    wrong: String,
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

impl Row {
    fn new(known: &Known, lang: anlan_base::text::Lang, now: Instant) -> Self {
        let activity = known.activity.as_ref();
        let last = activity.map(|a| a.last.received());
        let today = Day::of(now);
        let days = activity.map_or(&[][..], |a| &a.days);
        let first = activity.map_or(today.next(), |a| Day::of_seq(a.first));
        Self {
            key: known.key.to_string(),
            name: known.row.as_ref().and_then(|r| r.name.clone()).unwrap_or_default(),
            class: known.row.as_ref().map_or_else(String::new, |r| r.class.to_string()),
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
    let all = known(house).await?;
    let now = house.console.clock.now();
    let count = |state: &str| all.iter().filter(|k| state_of(k.activity.as_ref().map(|a| a.last.received()), now).0 == state).count();
    let rest: Vec<&Known> = all.iter().filter(|k| k.key.as_str() > after).collect();
    let shown = &rest[..rest.len().min(PAGE_SOURCES)];
    let next = shown.last().filter(|_| rest.len() > PAGE_SOURCES);
    let page = SourcesPage {
        page: Page::signed(house, who, Section::Sources, "sources-title"),
        rows: shown.iter().map(|k| Row::new(k, who.lang, now)).collect(),
        total: all.len(),
        met: count("met"),
        quiet: count("risk"),
        silent: count("fail"),
        never: count("unknown"),
        beat_from: months_back(Day::of(now), BEAT_MONTHS).to_string(),
        next: next.map_or_else(String::new, |k| address("/sources", &[("after", k.key.as_str())])),
        first: if after.is_empty() { String::new() } else { "/sources".to_owned() },
        wrong,
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
    house.console.ledger.name_source(&who.actor(), &key, name).await?;
    Ok(see_other("/sources"))
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
