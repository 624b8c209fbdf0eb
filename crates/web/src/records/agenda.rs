//! `/calendar`: deadlines of a month, on days that say whether they are worked.

use std::collections::BTreeMap;

use anlan_base::text::{Lang, text};
use anlan_base::{CivilDate, Day, DayKind};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::words;
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::{Page, Section, show};
use crate::session::Signed;

/// Deadlines of one month that are read.
const MONTH_ROWS: u32 = 1_000;
/// Deadlines named on one day.
const DAY_ROWS: usize = 4;

struct Deadline {
    href: String,
    title: String,
    time: String,
    class: &'static str,
}

struct DayCell {
    number: String,
    off: bool,
    today: bool,
    mark: String,
    deadlines: Vec<Deadline>,
    more: String,
    empty: bool,
}

#[derive(Template)]
#[template(path = "calendar.html")]
struct CalendarTemplate {
    page: Page,
    month: String,
    earlier: String,
    later: String,
    weekdays: Vec<String>,
    blanks: usize,
    days: Vec<DayCell>,
}

/// `2026-11`, else the month of today.
fn month_of(asked: &str, today: CivilDate) -> CivilDate {
    let read = || {
        let (year, month) = asked.split_once('-')?;
        CivilDate::new(year.parse().ok()?, month.parse().ok()?, 1)
    };
    read().or_else(|| CivilDate::new(today.year(), today.month(), 1)).unwrap_or(today)
}

fn written(day: Option<Day>) -> String {
    day.map_or_else(String::new, |day| {
        let date = day.civil();
        format!("/calendar?month={}-{:02}", date.year(), date.month())
    })
}

pub(crate) async fn agenda(State(house): State<Shared>, who: Signed, pairs: Pairs) -> Result<Response, Failure> {
    let now = house.console.clock.now();
    let today = Day::of(now);
    let first = month_of(pairs.get("month"), today.civil());
    let start = first.day();
    let last = start.plus_months(1).and_then(|next| next.minus_days(1)).ok_or(Failure::NotFound)?;
    let count = u32::from(last.civil().day_of_month());
    let rows = house.console.ledger.deadlines(&who.rights, start.start(), last.last_moment(), MONTH_ROWS).await?;
    let mut by_day: BTreeMap<Day, Vec<Deadline>> = BTreeMap::new();
    for row in rows {
        let class = words::left(who.lang, now, row.due).0;
        let time = words::moment(row.due).split_off(11);
        by_day.entry(Day::of(row.due)).or_default().push(Deadline {
            href: format!("/r/{}", row.record.number),
            title: format!("{} {}", row.record.number, row.record.title),
            time,
            class,
        });
    }
    let book = house.console.ledger.lawbook()?;
    let calendar = &book.calendars.work;
    let days = (0..count)
        .filter_map(|n| start.plus_days(n))
        .map(|day| cell(day, today, calendar.kind(day).value, by_day.remove(&day).unwrap_or_default(), who.lang))
        .collect();
    let lang = who.lang;
    let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map(|day| text(lang, &format!("weekday-{day}"), &[]));
    let page = Page::signed(&house, &who, Section::Calendar, "calendar-title");
    let blanks = start.weekday() as usize;
    show(
        StatusCode::OK,
        &CalendarTemplate {
            page,
            month: format!("{}-{:02}", first.year(), first.month()),
            earlier: written(start.minus_days(1)),
            later: written(last.plus_days(1)),
            weekdays: weekdays.into(),
            blanks,
            days,
        },
    )
}

fn cell(day: Day, today: Day, kind: DayKind, mut deadlines: Vec<Deadline>, lang: Lang) -> DayCell {
    let more = deadlines.len().saturating_sub(DAY_ROWS);
    deadlines.truncate(DAY_ROWS);
    let mark = match kind {
        DayKind::MadeUp => text(lang, "calendar-work", &[]),
        DayKind::Holiday => text(lang, "calendar-rest", &[]),
        _ => String::new(),
    };
    DayCell {
        number: day.civil().day_of_month().to_string(),
        off: !kind.is_working(),
        today: day == today,
        mark,
        empty: deadlines.is_empty(),
        more: if more == 0 { String::new() } else { text(lang, "calendar-more", &[("n", &more.to_string())]) },
        deadlines,
    }
}
