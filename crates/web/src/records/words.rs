//! How records are told: due times absolute and relative, states, names of people and units, values of fields.
//!
//! Invariants: a state is told by shape, word and colour; a due time by its Beijing time and by what is left; a sealed value is never told here.

use anlan_base::text::{Lang, text};
use anlan_base::{Instant, parse_time};
use anlan_law::clock::remaining;
use anlan_law::kind::{Cell, Field, Kind, Shape};
use anlan_ledger::engine::{People, PersonId, UnitId};

use super::form::{Kept, listed, rows, say};

/// Due within this long is told as soon.
const SOON_SECONDS: u64 = 3 * 24 * 3600;
/// Characters of a value in a list.
const CELL_CHARS: usize = 60;

/// `2026-10-09 17:30`.
pub(crate) fn moment(at: Instant) -> String {
    at.to_civil().chars().take(16).collect()
}

/// Class and words: 剩 2 天 3 小时.
pub(crate) fn left(lang: Lang, now: Instant, due: Instant) -> (&'static str, String) {
    let rest = remaining(now, due);
    let (days, hours, minutes) = (rest.days.to_string(), rest.hours.to_string(), rest.minutes.to_string());
    let (key, args): (&str, &[(&str, &str)]) = match (rest.overdue, rest.days, rest.hours) {
        (false, 0, 0) => ("left-minutes", &[("minutes", &minutes)]),
        (false, 0, _) => ("left-hours", &[("hours", &hours), ("minutes", &minutes)]),
        (false, ..) => ("left-days", &[("days", &days), ("hours", &hours)]),
        (true, 0, 0) => ("late-minutes", &[("minutes", &minutes)]),
        (true, 0, _) => ("late-hours", &[("hours", &hours), ("minutes", &minutes)]),
        (true, ..) => ("late-days", &[("days", &days), ("hours", &hours)]),
    };
    let words = text(lang, key, args);
    let class = match rest.overdue {
        true => "late",
        false if due.since(now) <= SOON_SECONDS * Instant::SECOND => "soon",
        false => "faint",
    };
    (class, words)
}

pub(crate) fn person(people: &dyn People, id: Option<PersonId>, lang: Lang) -> String {
    match id {
        None => text(lang, "nobody", &[]),
        Some(id) => people.person(id).map_or_else(|| id.to_string(), |person| person.name.clone()),
    }
}

pub(crate) fn unit(people: &dyn People, id: UnitId) -> String {
    people.unit(id).map_or_else(|| id.to_string(), |unit| unit.name.clone())
}

/// A clock's title. A run that was missed before the clock started anew is kept as `NAME.1`.
pub(crate) fn clock<'a>(kind: &'a Kind, name: &'a str, lang: Lang) -> &'a str {
    let plain = name.split('.').next().unwrap_or(name);
    let title = kind.clock(plain).map(|clock| &clock.title).or_else(|| kind.series.first().map(|series| &series.title));
    title.map_or(name, |title| say(title, lang))
}

/// The state's class and words.
pub(crate) fn state(kind: Option<&Kind>, name: &str, ended: bool, overdue: bool, lang: Lang) -> (&'static str, String) {
    let words = kind.and_then(|kind| kind.state(name)).map_or(name, |state| say(&state.title, lang)).to_owned();
    let class = match (ended, overdue) {
        (true, _) => "met",
        (false, true) => "fail",
        (false, false) => "risk",
    };
    (class, words)
}

/// A value as one line of text.
pub(crate) fn value(field: &Field, value: &str, people: &dyn People, lang: Lang) -> String {
    match &field.shape {
        _ if value.is_empty() => String::new(),
        Shape::Choice { options } => options.iter().find(|o| o.id == value).map_or(value, |o| say(&o.title, lang)).to_owned(),
        Shape::Yes => text(lang, if value == "yes" { "word-yes" } else { "word-no" }, &[]),
        Shape::Time => parse_time(value).map_or_else(|_| value.to_owned(), moment),
        Shape::Person => PersonId::parse(value).map_or_else(|| value.to_owned(), |id| person(people, Some(id), lang)),
        Shape::Unit => UnitId::parse(value).map_or_else(|| value.to_owned(), |id| unit(people, id)),
        Shape::People { .. } => {
            joined(listed(value).iter().map(|id| PersonId::parse(id).map_or_else(|| id.clone(), |p| person(people, Some(p), lang))), lang)
        }
        Shape::Units { .. } => {
            joined(listed(value).iter().map(|id| UnitId::parse(id).map_or_else(|| id.clone(), |u| unit(people, u))), lang)
        }
        Shape::Attachment { .. } => joined(Kept::list(value).into_iter().map(|file| file.name), lang),
        Shape::Table { columns, .. } => {
            let row = |cells: &Vec<String>| {
                let told = cells.iter().zip(columns).map(|(cell, column)| cell_text(column.shape, cell, lang));
                told.filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join(" ")
            };
            rows(value).iter().map(row).collect::<Vec<_>>().join(if lang == Lang::Zh { "；" } else { "; " })
        }
        _ => value.to_owned(),
    }
}

pub(crate) fn cell_text(shape: Cell, cell: &str, lang: Lang) -> String {
    match (shape, cell) {
        (Cell::Yes, "yes") => text(lang, "word-yes", &[]),
        (Cell::Yes, "no") => text(lang, "word-no", &[]),
        _ => cell.to_owned(),
    }
}

fn joined(parts: impl Iterator<Item = String>, lang: Lang) -> String {
    parts.collect::<Vec<_>>().join(if lang == Lang::Zh { "、" } else { ", " })
}

/// Cut for a list.
pub(crate) fn short(words: &str) -> String {
    if words.chars().count() <= CELL_CHARS {
        return words.to_owned();
    }
    let mut cut: String = words.chars().take(CELL_CHARS - 1).collect();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_told_in_its_largest_units() {
        let due = parse_time("2026-10-09T23:59").unwrap();
        for (now, class, words) in [
            ("2026-10-01T20:00", "faint", "剩 8 天 3 小时"),
            ("2026-10-08T23:59", "soon", "剩 1 天 0 小时"),
            ("2026-10-09T20:57", "soon", "剩 3 小时 2 分"),
            ("2026-10-09T23:50", "soon", "剩 9 分"),
            ("2026-10-10T00:09", "late", "逾期 10 分"),
            ("2026-10-12T00:59", "late", "逾期 2 天 1 小时"),
        ] {
            assert_eq!(left(Lang::Zh, parse_time(now).unwrap(), due), (class, words.to_owned()), "{now}");
        }
    }

    #[test]
    fn long_values_are_cut() {
        for (length, cut) in [(CELL_CHARS - 1, false), (CELL_CHARS, false), (CELL_CHARS + 1, true)] {
            let told = short(&"字".repeat(length));
            assert_eq!(told.ends_with('…'), cut);
            assert!(told.chars().count() <= CELL_CHARS);
        }
    }
}
