//! Lengths, occasions and the names that packs use, in the reader's language.
//!
//! Invariant: a name that has no words is shown as it is written, never hidden.

use anlan_base::Weekday;
use anlan_base::text::{Lang, text};
use anlan_law::clock::{Clock, Each, Length, MonthDay, Recurrence, Roll, Span, Term};
use anlan_law::duty::{By, Deadline, Due, Occasion};

use crate::page::grouped;

/// A name that packs use as the part of a key: `log.coverage` as `log-coverage`.
pub(super) fn part(written: &str) -> String {
    written.replace(['.', '_'], "-")
}

/// The words of a name that packs use, by their key.
pub(super) fn named(lang: Lang, key: &str, written: &str) -> String {
    let words = text(lang, key, &[]);
    if words.starts_with('‹') { written.to_owned() } else { words }
}

/// What starts a clock or brings a duty about.
pub(super) fn when(lang: Lang, fact: &str) -> String {
    named(lang, &format!("duty-when-{}", part(fact)), fact)
}

/// A value of a fact, such as the row of a clock's table.
pub(super) fn value(lang: Lang, written: &str) -> String {
    named(lang, &format!("duty-value-{}", part(written)), written)
}

pub(super) fn joined(lang: Lang, parts: impl IntoIterator<Item = String>) -> String {
    parts.into_iter().collect::<Vec<_>>().join(&text(lang, "span-or", &[]))
}

/// `6 个月`, `15 working days`.
pub(super) fn span(lang: Lang, span: Span) -> String {
    let (key, n) = match span {
        Span::Minutes(n) if n % 60 == 0 => ("span-hours", n / 60),
        Span::Minutes(n) => ("span-minutes", n),
        Span::Days(1) => ("span-day", 1),
        Span::Days(n) => ("span-days", n),
        Span::WorkingDays(1) => ("span-working-day", 1),
        Span::WorkingDays(n) => ("span-working-days", n),
        Span::Months(12) => ("span-year", 1),
        Span::Months(n) if n % 12 == 0 => ("span-years", n / 12),
        Span::Months(1) => ("span-month", 1),
        Span::Months(n) => ("span-months", n),
    };
    text(lang, key, &[("n", &grouped(n.into()))])
}

/// `每年`, `every 3 months`.
pub(super) fn each(lang: Lang, length: Span) -> String {
    match length {
        Span::Months(12) => text(lang, "each-year", &[]),
        Span::Months(1) => text(lang, "each-month", &[]),
        other => text(lang, "each-span", &[("span", &span(lang, other))]),
    }
}

pub(super) fn length(lang: Lang, length: Length) -> String {
    match length {
        Length::Span(one) => span(lang, one),
        Length::AtOnce => text(lang, "span-at-once", &[]),
        Length::AsOrdered => text(lang, "span-as-ordered", &[]),
        Length::AsRequested => text(lang, "span-as-requested", &[]),
        Length::Configurable => text(lang, "span-unset", &[]),
    }
}

pub(super) fn weekday(lang: Lang, day: Weekday) -> String {
    text(lang, &format!("weekday-{}", day.code().to_ascii_lowercase()), &[])
}

/// When a duty is due, in one line.
pub(super) fn occasion(lang: Lang, occasion: &Occasion) -> String {
    let plain = |key| text(lang, key, &[]);
    match occasion {
        Occasion::State => plain("duty-time-state"),
        Occasion::Continuous => plain("duty-time-continuous"),
        Occasion::Daily => plain("duty-time-daily"),
        Occasion::Monthly => plain("duty-time-monthly"),
        Occasion::Yearly(length) => text(lang, "duty-time-yearly", &[("each", &each(lang, *length))]),
        Occasion::Review(length) => text(lang, "duty-time-review", &[("each", &each(lang, *length))]),
        Occasion::Retention(length) => text(lang, "duty-time-retention", &[("span", &span(lang, *length))]),
        Occasion::Event(event) => text(lang, "duty-time-event", &[("event", &when(lang, event))]),
        Occasion::Calendar { weekdays, days } => calendar(lang, weekdays, days),
        Occasion::Deadline(deadline) => due_after(lang, deadline),
    }
}

fn calendar(lang: Lang, weekdays: &[Weekday], days: &[u8]) -> String {
    let mut parts = Vec::new();
    if !weekdays.is_empty() {
        let names = joined(lang, weekdays.iter().map(|day| weekday(lang, *day)));
        parts.push(text(lang, "duty-time-weekdays", &[("days", &names)]));
    }
    if !days.is_empty() {
        let numbers = joined(lang, days.iter().map(u8::to_string));
        parts.push(text(lang, "duty-time-days", &[("days", &numbers)]));
    }
    parts.join(&text(lang, "duty-time-and", &[]))
}

fn due_after(lang: Lang, deadline: &Deadline) -> String {
    let from = when(lang, &deadline.from);
    let key = match &deadline.due {
        Due::Within(_) => "duty-time-within",
        Due::By(By::Immediate) => "duty-time-immediate",
        Due::By(By::Order) => "duty-time-order",
        Due::By(By::Request) => "duty-time-request",
        Due::By(By::Grade) => "duty-time-grade",
        Due::By(By::Severity) => "duty-time-severity",
        Due::By(By::Setting) => "duty-time-setting",
    };
    let lengths = match &deadline.due {
        Due::Within(spans) => joined(lang, spans.iter().map(|one| span(lang, *one))),
        Due::By(_) => String::new(),
    };
    let first = text(lang, key, &[("from", &from), ("span", &lengths)]);
    match deadline.then {
        Some(then) => text(lang, "duty-time-then", &[("first", &first), ("span", &span(lang, then))]),
        None => first,
    }
}

/// How long a clock runs or on which days it is due, one line for each of its cases.
pub(super) fn term(lang: Lang, clock: &Clock) -> Vec<String> {
    let with = |key, value: &str| text(lang, key, &[("span", value)]);
    match &clock.term {
        Term::Within { length: Length::Span(one), roll } => vec![rolled(lang, with("legalclock-length-within", &span(lang, *one)), *roll)],
        Term::Within { length: other, .. } => vec![length(lang, *other)],
        Term::Every { length: Length::Span(one), roll } => vec![rolled(lang, each(lang, *one), *roll)],
        Term::Every { length: other, .. } => vec![length(lang, *other)],
        Term::Table { rows, .. } => rows.iter().map(|(row, one)| row_line(lang, row, &length(lang, *one))).collect(),
        Term::Ahead { span: one } => vec![with("legalclock-length-ahead", &span(lang, *one))],
        Term::Keep { span: one } => vec![with("legalclock-length-keep", &span(lang, *one))],
        Term::Recurs(recurrence) => vec![recurs(lang, recurrence)],
        Term::On { day, roll, .. } => vec![rolled(lang, text(lang, "legalclock-on-day", &[("day", &day.to_string())]), *roll)],
    }
}

/// `社区自办：3 个工作日`.
fn row_line(lang: Lang, row: &str, length: &str) -> String {
    text(lang, "legalclock-length-row", &[("row", &value(lang, row)), ("span", length)])
}

fn rolled(lang: Lang, words: String, roll: Roll) -> String {
    let key = match roll {
        Roll::Stay => return words,
        Roll::NextWorkingDay => "legalclock-moves-on",
        Roll::PreviousWorkingDay => "legalclock-moves-back",
    };
    text(lang, "legalclock-and-moves", &[("days", &words), ("moves", &text(lang, key, &[]))])
}

fn recurs(lang: Lang, recurrence: &Recurrence) -> String {
    let day = |one: &MonthDay| match one {
        MonthDay::Number(number) => text(lang, "legalclock-month-day", &[("day", &number.to_string())]),
        MonthDay::Last => text(lang, "legalclock-month-last", &[]),
    };
    let pair = |key, month: u8, of: &MonthDay| text(lang, key, &[("month", &month.to_string()), ("day", &day(of))]);
    let with = |key, days: String| text(lang, key, &[("days", &days)]);
    let days = match &recurrence.each {
        Each::Day => text(lang, "legalclock-each-day", &[]),
        Each::WorkingDay => text(lang, "legalclock-each-working-day", &[]),
        Each::Week(days) => with("legalclock-each-week", joined(lang, days.iter().map(|one| weekday(lang, *one)))),
        Each::Month(days) => with("legalclock-each-month", joined(lang, days.iter().map(day))),
        Each::Quarter(days) => {
            with("legalclock-each-quarter", joined(lang, days.iter().map(|(month, of)| pair("legalclock-quarter-day", *month, of))))
        }
        Each::Year(days) => {
            with("legalclock-each-year", joined(lang, days.iter().map(|(month, of)| pair("legalclock-year-day", *month, of))))
        }
    };
    let days = match recurrence.time {
        Some(time) => text(lang, "legalclock-by-time", &[("days", &days), ("time", &time.to_string())]),
        None => days,
    };
    rolled(lang, days, recurrence.roll)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_told_in_both_languages() {
        for (length, zh, en) in [
            (Span::Minutes(30), "30 分钟", "30 min"),
            (Span::Minutes(24 * 60), "24 小时", "24 h"),
            (Span::Days(1), "1 日", "1 day"),
            (Span::WorkingDays(15), "15 个工作日", "15 working days"),
            (Span::Months(6), "6 个月", "6 months"),
            (Span::Months(36), "3 年", "3 years"),
        ] {
            assert_eq!((span(Lang::Zh, length).as_str(), span(Lang::En, length).as_str()), (zh, en));
        }
        assert_eq!((each(Lang::Zh, Span::Months(12)), each(Lang::En, Span::Months(3))), ("每年".to_owned(), "every 3 months".to_owned()));
    }

    #[test]
    fn a_name_without_words_is_shown_as_it_is() {
        assert_eq!(when(Lang::Zh, "no_such_fact"), "no_such_fact");
        assert_eq!(when(Lang::En, "discovered_or_learned"), "discovery or learning of it");
    }
}
