//! The review of a sheet that was brought: each row with what it would do or did, narrowed and in pages.

use anlan_base::text::{Lang, text};
use anlan_law::kind::Kind;
use anlan_ledger::Directory;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::form::say;
use super::plan::{Deed, Plan, PlannedRow};
use super::sheets::{Brought, Outcome, Stage};
use super::words;
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::{Page, Section, grouped, show};
use crate::session::Signed;

/// Rows of one page of a review.
const ROWS: usize = 100;
/// What the rows of a review are narrowed to.
const SHOWN: [&str; 4] = ["wrong", "new", "change", "same"];

struct Tab {
    title: String,
    href: String,
    on: bool,
    count: String,
}

struct Line {
    line: usize,
    title: String,
    state: (&'static str, String),
    href: String,
    number: String,
    /// Title, before, after.
    changes: Vec<(String, String, String)>,
    /// Where, what stood there, why not.
    wrongs: Vec<(String, String, String)>,
}

#[derive(Template)]
#[template(path = "sheet_review.html")]
struct ReviewPage {
    page: Page,
    wrong: String,
    back: String,
    back_title: String,
    name: String,
    notes: Vec<String>,
    tabs: Vec<Tab>,
    lines: Vec<Line>,
    next: String,
    /// Empty where there is nothing to import any more.
    action: String,
    takes: String,
    all: bool,
    good: bool,
    ask_reason: bool,
    again: String,
}

pub(super) fn sort_of(deed: &Deed) -> &'static str {
    match deed {
        Deed::Wrong(_) => "wrong",
        Deed::New { .. } => "new",
        Deed::Change { .. } => "change",
        Deed::Same { .. } => "same",
    }
}

pub(super) fn draw_review(
    house: &Shared,
    who: &Signed,
    kind: &Kind,
    brought: &Brought,
    pairs: &Pairs,
    status: StatusCode,
    wrong: String,
) -> Result<Response, Failure> {
    let (lang, plan) = (who.lang, &brought.plan);
    let directory = house.console.ledger.directory();
    let base = format!("/records/{}/import/{}", kind.id, brought.id);
    let outcomes = if let Stage::Done(outcomes) = &brought.stage { Some(outcomes.clone()) } else { None };
    let count = |sort: &str| plan.rows.iter().filter(|row| sort_of(&row.deed) == sort).count();
    let number = |count: usize| grouped(u64::try_from(count).unwrap_or(u64::MAX));
    let show_only = pairs.get("show");
    let tab = |sort: &str, n: usize| Tab {
        title: text(lang, &format!("sheet-{}", if sort.is_empty() { "every" } else { sort }), &[]),
        href: if sort.is_empty() { base.clone() } else { format!("{base}?show={sort}") },
        on: show_only == sort,
        count: number(n),
    };
    let mut tabs = vec![tab("", plan.rows.len())];
    tabs.extend(SHOWN.iter().map(|sort| (sort, count(sort))).filter(|(_, n)| *n > 0).map(|(sort, n)| tab(sort, n)));
    let from: usize = pairs.get("from").parse().unwrap_or(0);
    let wanted = plan.rows.iter().enumerate().filter(|(_, row)| show_only.is_empty() || sort_of(&row.deed) == show_only);
    let mut rows = wanted.skip(from).take(ROWS + 1).collect::<Vec<_>>();
    let more = rows.len() > ROWS;
    rows.truncate(ROWS);
    let drawing = Drawing { kind, plan, directory: &directory, lang };
    let lines = rows.into_iter().map(|(at, row)| drawing.line(row, outcomes.as_ref().and_then(|all| all.get(at)))).collect();
    let good = count("new") + count("change");
    let waiting = brought.stage == Stage::Waiting;
    let title = say(&kind.title, lang).to_owned();
    let page = Page::records(house, who, kind.place, &format!("{} · {title}", text(lang, "sheet-import", &[])));
    show(
        status,
        &ReviewPage {
            page,
            wrong,
            back: format!("/records/{}", kind.id),
            back_title: title,
            name: brought.name.clone(),
            notes: notes(plan, outcomes.as_deref().map(Vec::as_slice), lang),
            tabs,
            lines,
            next: if more { format!("{base}?show={show_only}&from={}", from + ROWS) } else { String::new() },
            action: if waiting && good > 0 { format!("{base}/keep") } else { String::new() },
            takes: number(good),
            all: count("wrong") == 0,
            good: count("wrong") > 0,
            ask_reason: count("change") > 0,
            again: format!("/records/{}/import", kind.id),
        },
    )
}

/// What is told of the sheet as a whole.
fn notes(plan: &Plan, outcomes: Option<&[Outcome]>, lang: Lang) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(outcomes) = outcomes {
        let count = |is: fn(&Outcome) -> bool| outcomes.iter().filter(|outcome| is(outcome)).count().to_string();
        let args = [
            ("opened", count(|o| matches!(o, Outcome::Opened(_)))),
            ("before", count(|o| matches!(o, Outcome::OpenedBefore(_)))),
            ("changed", count(|o| matches!(o, Outcome::Changed(_)))),
            ("failed", count(|o| matches!(o, Outcome::Failed(_)))),
        ];
        let args: Vec<(&str, &str)> = args.iter().map(|(name, value)| (*name, value.as_str())).collect();
        notes.push(text(lang, "sheet-done", &args));
    }
    let join = |heads: &[String]| heads.join(if lang == Lang::Zh { "、" } else { ", " });
    if !plan.unknown.is_empty() {
        notes.push(text(lang, "sheet-unknown-columns", &[("columns", &join(&plan.unknown))]));
    }
    if !plan.passed.is_empty() {
        notes.push(text(lang, "sheet-passed-columns", &[("columns", &join(&plan.passed))]));
    }
    notes
}

/// Draws rows of a review.
struct Drawing<'a> {
    kind: &'a Kind,
    plan: &'a Plan,
    directory: &'a Directory,
    lang: Lang,
}

impl Drawing<'_> {
    fn line(&self, row: &PlannedRow, outcome: Option<&Outcome>) -> Line {
        let (state, number) = self.state(row, outcome);
        let mut wrongs = match &row.deed {
            Deed::Wrong(wrongs) => {
                wrongs.iter().map(|wrong| (self.place(wrong.column, row.line), wrong.cell.clone(), wrong.why.say(self.lang))).collect()
            }
            _ => Vec::new(),
        };
        if let Some(Outcome::Failed(why)) = outcome {
            wrongs.push((String::new(), String::new(), why.say(self.lang)));
        }
        Line {
            line: row.line,
            title: row.title.clone(),
            state,
            href: if number.is_empty() { String::new() } else { format!("/r/{number}") },
            number,
            changes: if matches!(row.deed, Deed::Change { .. }) { self.changes(row) } else { Vec::new() },
            wrongs,
        }
    }

    fn state(&self, row: &PlannedRow, outcome: Option<&Outcome>) -> ((&'static str, String), String) {
        let told = |class, key: &str| (class, text(self.lang, key, &[]));
        let known = match &row.deed {
            Deed::Change { number, .. } | Deed::Same { number } => number.clone(),
            Deed::New { .. } | Deed::Wrong(_) => String::new(),
        };
        match (outcome, &row.deed) {
            (Some(Outcome::Opened(number)), _) => (told("met", "sheet-was-opened"), number.clone()),
            (Some(Outcome::OpenedBefore(number)), _) => (told("met", "sheet-was-opened-before"), number.clone()),
            (Some(Outcome::Changed(number)), _) => (told("met", "sheet-was-changed"), number.clone()),
            (Some(Outcome::Failed(_)), _) => (told("fail", "sheet-was-refused"), known),
            (_, Deed::New { .. }) => (told("risk", "sheet-new"), known),
            (_, Deed::Change { .. }) => (told("risk", "sheet-change"), known),
            (_, Deed::Same { .. }) => (told("met", "sheet-same"), known),
            (_, Deed::Wrong(_)) => (told("fail", "sheet-wrong"), known),
        }
    }

    /// Where something is wrong: the head of its column and the cell as programs name it.
    fn place(&self, column: Option<usize>, line: usize) -> String {
        let Some(column) = column else { return String::new() };
        format!("{} {}{line}", self.plan.heads.get(column).map_or("", String::as_str), letters(column))
    }

    fn changes(&self, row: &PlannedRow) -> Vec<(String, String, String)> {
        let fields = self.kind.fields.iter().filter_map(|field| Some((field, row.values.get(&field.name)?)));
        let told = |(field, after): (&anlan_law::kind::Field, &String)| {
            let value = |value: &str| words::short(&words::value(field, value, self.directory, self.lang));
            let before = row.before.get(&field.name).map_or("", String::as_str);
            (say(&field.title, self.lang).to_owned(), value(before), value(after))
        };
        fields.map(told).collect()
    }
}

/// `A`, `Z`, `AA`.
fn letters(column: usize) -> String {
    let (mut left, mut name) = (column + 1, String::new());
    while left > 0 {
        let letter = u8::try_from((left - 1) % 26).unwrap_or(0);
        name.insert(0, char::from(b'A' + letter));
        left = (left - 1) / 26;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_as_programs_name_them() {
        for (column, name) in [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!(letters(column), name);
        }
    }
}
