//! `/compliance/clocks`: the legal clocks, when one of them is due from a start that a person gives, and terms of retention per day.
//!
//! Invariant: nothing is counted here; the law room counts, and says why.

use anlan_base::text::{Lang, text};
use anlan_base::{Day, DayKind, Instant, TimeOfDay, Weekday, WorkCalendar, parse_time};
use anlan_law::clock::{Asked, Clock, Due, NoDue, Span, Term as Length, due, held_from, kept_through, occurrences, remaining, term_days};
use anlan_law::term::{Sense, Term, Value};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::Tab;
use super::book::{Law, Sure, law};
use super::condition::in_words;
use super::words::{self, joined, span, weekday, when};
use crate::address::address;
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::{Page, Section, show};
use crate::session::Signed;

/// Days that the strip under an answer shows at most; a longer term shows none.
pub(crate) const STRIP_DAYS: u32 = 70;
/// Due times shown of days that come again.
const NEXT: usize = 4;

/// A clock in the list, and beside a duty.
pub(super) struct ClockRow {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) start: String,
    pub(super) lengths: Vec<String>,
    pub(super) applies: String,
    pub(super) recipients: String,
    pub(super) basis: String,
    pub(super) duties: Vec<String>,
    pub(super) link: String,
    pub(super) sure: Sure,
}

struct Group {
    title: &'static str,
    rows: Vec<ClockRow>,
}

/// A day of the strip.
struct Cell {
    number: u8,
    date: String,
    class: &'static str,
    word: &'static str,
    sign: &'static str,
    edge: &'static str,
}

/// One due time, or why there is none.
#[derive(Default)]
struct Answer {
    row: String,
    none: String,
    due: String,
    weekday: String,
    left: String,
    overdue: bool,
    why: Vec<String>,
    last_working: String,
    guessed: bool,
    next: String,
    strip: Vec<Cell>,
    /// Monday to Sunday, short.
    heads: Vec<String>,
}

/// What was asked of the calculator, as it is shown again.
#[derive(Default)]
struct Asking {
    clock: String,
    start: String,
    ordered: String,
    day: String,
    wrong: String,
}

/// A term of retention on a day.
struct Kept {
    /// The longer term that covers it; empty where it is the strictest itself.
    covered: String,
    what: String,
    floor: String,
    days: String,
    through: String,
    held: String,
    sure: Sure,
}

#[derive(Template)]
#[template(path = "compliance_clocks.html")]
struct ClocksPage {
    page: Page,
    tab: Tab,
    groups: Vec<Group>,
    asking: Asking,
    chosen: Option<ClockRow>,
    answers: Vec<Answer>,
    kept: Vec<Kept>,
}

pub(crate) async fn clocks(State(house): State<Shared>, who: Signed, pairs: Pairs) -> Result<Response, Failure> {
    let law = law()?;
    let (lang, now) = (who.lang, house.console.clock.now());
    let mut asking = Asking::read(&pairs, now);
    let clock = law.book.clocks.get(&asking.clock);
    if clock.is_none() && !asking.clock.is_empty() {
        return Err(Failure::NotFound);
    }
    let (answers, wrong) = match clock.map(|clock| answers(law, lang, clock, &asking, now)) {
        Some(Ok(answers)) => (answers, String::new()),
        Some(Err(written)) => (Vec::new(), text(lang, "legalclock-start-wrong", &[("written", &written)])),
        None => (Vec::new(), String::new()),
    };
    let day: Result<Day, _> = asking.day.parse();
    asking.wrong = if day.is_err() { text(lang, "legalclock-start-wrong", &[("written", &asking.day)]) } else { wrong };
    let status = if asking.wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = ClocksPage {
        page: Page::signed(&house, &who, Section::Compliance, "legalclock-title"),
        tab: Tab::Clocks,
        groups: groups(law, lang),
        asking,
        chosen: clock.map(|clock| row(lang, clock)),
        answers,
        kept: day.map_or_else(|_| Vec::new(), |day| kept(law, lang, day, Day::of(now))),
    };
    show(status, &page)
}

impl Asking {
    fn read(pairs: &Pairs, now: Instant) -> Self {
        let short = |name: &str| pairs.get(name).trim().chars().take(40).collect::<String>();
        let or = |written: String, other: String| if written.is_empty() { other } else { written };
        Self {
            clock: short("clock"),
            start: or(short("start"), now.to_civil().get(..16).unwrap_or_default().replace(' ', "T")),
            ordered: short("until"),
            day: or(short("day"), Day::of(now).to_string()),
            wrong: String::new(),
        }
    }
}

/// A clock in words.
pub(super) fn row(lang: Lang, clock: &Clock) -> ClockRow {
    let applies = clock.applies.as_ref().map_or_else(String::new, |condition| {
        let lines = in_words(lang, "clock", condition.text());
        lines.map_or_else(|| condition.text().to_owned(), |lines| joined(lang, lines))
    });
    ClockRow {
        id: clock.id.clone(),
        name: clock.name.show(lang).to_owned(),
        start: clock.start.as_deref().map_or_else(String::new, |fact| when(lang, fact)),
        lengths: words::term(lang, clock),
        applies,
        recipients: joined(lang, clock.recipients.iter().map(|to| to.show(lang).to_owned())),
        basis: joined(lang, clock.basis.iter().map(|basis| basis.show(lang).to_owned())),
        duties: clock.duties.clone(),
        link: address("/compliance/clocks", &[("clock", &clock.id)]),
        sure: Sure::of(lang, clock.sureness, clock.unsure.as_ref()),
    }
}

fn groups(law: &Law, lang: Lang) -> Vec<Group> {
    let of = |clock: &Clock| match clock.term {
        Length::Within { .. } | Length::Table { .. } | Length::Ahead { .. } => 0,
        Length::Every { .. } => 1,
        Length::Recurs(_) | Length::On { .. } => 2,
        Length::Keep { .. } => 3,
    };
    let titles = ["legalclock-group-report", "legalclock-group-again", "legalclock-group-days", "legalclock-group-keep"];
    let mut clocks: Vec<&Clock> = law.book.clocks.iter().collect();
    clocks.sort_by_key(|clock| (&clock.file, clock.line));
    let rows = |group: usize| clocks.iter().filter(|clock| of(clock) == group).map(|clock| row(lang, clock)).collect();
    titles.into_iter().enumerate().map(|(group, title)| Group { title, rows: rows(group) }).collect()
}

/// The due times of a clock, one for each row of its table; or the time that cannot be read.
fn answers(law: &Law, lang: Lang, clock: &Clock, asking: &Asking, now: Instant) -> Result<Vec<Answer>, String> {
    let start = parse_time(&asking.start).map_err(|wrong| wrong.0)?;
    let ordered = match asking.ordered.as_str() {
        "" => None,
        written => Some(parse_time(written).map_err(|wrong| wrong.0)?),
    };
    let calendar = &law.book.calendars.work;
    let asked = Asked { ordered, ..Asked::at(start) };
    if let Length::Table { rows, .. } = &clock.term {
        let of_row = |row: &String| {
            let found = due(clock, &Asked { row: Some(row), ..asked.clone() }, calendar);
            Answer { row: words::value(lang, row), ..answer(lang, &found, start, now, calendar) }
        };
        return Ok(rows.keys().map(of_row).collect());
    }
    let found = due(clock, &asked, calendar);
    let mut answer = answer(lang, &found, start, now, calendar);
    if matches!(clock.term, Length::Recurs(_)) {
        let next = occurrences(clock, start, NEXT, calendar).unwrap_or_default();
        let days = joined(lang, next.iter().skip(1).map(|due| due.day.to_string()));
        answer.next = text(lang, "legalclock-next", &[("days", &days)]);
    }
    Ok(vec![answer])
}

fn answer(lang: Lang, found: &Result<Due, NoDue>, start: Instant, now: Instant, calendar: &WorkCalendar) -> Answer {
    let due = match found {
        Ok(due) => due,
        Err(none) => return Answer { none: none.say(lang), ..Answer::default() },
    };
    let last_working = due.last_working_day.filter(|counted| counted.value != due.day).map(|counted| counted.value);
    let left = remaining(now, due.at);
    Answer {
        due: moment(due.at),
        weekday: weekday(lang, due.day.weekday()),
        left: text(lang, if left.overdue { "legalclock-past" } else { "legalclock-left" }, &[("left", &left_words(lang, &left))]),
        overdue: left.overdue,
        why: due.why.iter().map(|why| why.say(lang)).collect(),
        last_working: last_working.map_or_else(String::new, |day| text(lang, "legalclock-last-working", &[("day", &day.to_string())])),
        guessed: due.guessed.is_some(),
        strip: strip(Day::of(start), due.day, calendar),
        heads: Weekday::ALL.into_iter().map(|day| head(lang, day)).collect(),
        ..Answer::default()
    }
}

/// `2026-12-11 18:30`; the end of a day is its 24:00.
fn moment(at: Instant) -> String {
    let day = Day::of(at);
    if at == day.last_moment() { format!("{day} 24:00") } else { format!("{day} {}", TimeOfDay::of(at)) }
}

fn left_words(lang: Lang, left: &anlan_law::clock::Remaining) -> String {
    let key = match (left.days, left.hours) {
        (0, 0) => "legalclock-left-minutes",
        (0, _) => "legalclock-left-hours",
        _ => "legalclock-left-days",
    };
    let numbers = [left.days, left.hours, left.minutes].map(|n| n.to_string());
    text(lang, key, &[("days", &numbers[0]), ("hours", &numbers[1]), ("minutes", &numbers[2])])
}

/// The whole weeks from the start to the due day; nothing where they are too many or both are one day.
fn strip(start: Day, end: Day, calendar: &WorkCalendar) -> Vec<Cell> {
    let (Some(first), Some(last)) = (start.minus_days(from_monday(start)), end.plus_days(6 - from_monday(end))) else { return Vec::new() };
    let days = last.days_since(first) + 1;
    if end <= start || days > STRIP_DAYS {
        return Vec::new();
    }
    (0..days).filter_map(|ahead| first.plus_days(ahead)).map(|day| cell(day, start, end, calendar)).collect()
}

fn head(lang: Lang, day: Weekday) -> String {
    match lang {
        Lang::Zh => weekday(lang, day),
        Lang::En => weekday(lang, day).chars().take(3).collect(),
    }
}

/// Days since Monday.
fn from_monday(day: Day) -> u32 {
    // 1970-01-01 was a Thursday.
    (day.0 + 3) % 7
}

fn cell(day: Day, start: Day, end: Day, calendar: &WorkCalendar) -> Cell {
    let (class, word, sign) = match calendar.kind(day).value {
        DayKind::Workday => ("work", "legalclock-day-work", ""),
        DayKind::MadeUp => ("made", "legalclock-day-made-up", "legalclock-sign-made-up"),
        DayKind::Weekend => ("off", "legalclock-day-weekend", ""),
        DayKind::Holiday => ("holiday", "legalclock-day-holiday", "legalclock-sign-holiday"),
    };
    let edge = match day {
        day if day == end => "legalclock-day-due",
        day if day == start => "legalclock-day-start",
        _ => "",
    };
    let class = if day < start || day > end { "beyond" } else { class };
    Cell { number: day.civil().day_of_month(), date: day.to_string(), class, word, sign, edge }
}

/// The floors of retention, with what they come to for a day.
fn kept(law: &Law, lang: Lang, day: Day, today: Day) -> Vec<Kept> {
    let floors = law.book.terms.iter().filter(|term| term.sense == Sense::AtLeast);
    let mut told: Vec<Kept> = floors.filter_map(|term| kept_term(law, lang, term, day, today)).collect();
    told.sort_by_key(|kept| !kept.covered.is_empty());
    told
}

fn kept_term(law: &Law, lang: Lang, term: &Term, day: Day, today: Day) -> Option<Kept> {
    let Value::Length(length @ (Span::Days(_) | Span::Months(_))) = term.value else { return None };
    let strictest = law.book.effective(&term.subject, Sense::AtLeast)?;
    let covered = match strictest.value {
        Value::Length(longer) if longer != length => text(lang, "legalclock-covered", &[("span", &span(lang, longer))]),
        _ => String::new(),
    };
    Some(Kept {
        covered,
        what: term.what.show(lang).to_owned(),
        floor: span(lang, length),
        days: term_days(day, length)?.to_string(),
        through: kept_through(day, length)?.to_string(),
        held: held_from(today, length)?.to_string(),
        sure: Sure::of(lang, term.sureness, term.unsure.as_ref()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strip_holds_whole_weeks_up_to_a_limit() {
        let calendar = WorkCalendar::new();
        let monday: Day = "2026-11-02".parse().unwrap();
        for (days, cells) in [(0, 0), (1, 7), (6, 7), (7, 14), (STRIP_DAYS - 1, STRIP_DAYS), (STRIP_DAYS, 0)] {
            let end = monday.plus_days(days).unwrap();
            assert_eq!(strip(monday, end, &calendar).len(), cells as usize, "{days}");
        }
        assert!(strip(monday, Day(monday.0 - 1), &calendar).is_empty());
    }

    #[test]
    fn the_end_of_a_day_is_its_24_00() {
        let day: Day = "2026-11-22".parse().unwrap();
        assert_eq!(moment(day.last_moment()), "2026-11-22 24:00");
        assert_eq!(moment(day.start()), "2026-11-22 00:00");
    }
}
