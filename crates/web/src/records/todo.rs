//! `/todo`: what is in one's hands, awaits one's approval or one's answer; the nearest deadline first.

use anlan_base::text::{Lang, text};
use anlan_ledger::records::{TODO_COUNTED, TodoAsk, TodoOf, TodoPage, TodoRow, WhyTodo};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::form::say;
use super::list::{View, address};
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::{Page, Section, grouped, show};
use crate::session::Signed;

const ROWS: u32 = 50;
/// Days of the view of what is due soon.
const SOON_DAYS: u32 = 3;
/// Views, and the keys of their words.
const VIEWS: [(&str, &str); 5] =
    [("", "todo-all"), ("late", "todo-late"), ("soon", "todo-soon"), ("approve", "todo-approve"), ("asked", "todo-asked")];

struct Row {
    number: String,
    href: String,
    title: String,
    kind: String,
    why: String,
    due: String,
    left: (&'static str, String),
    state: (&'static str, String),
    tags: Vec<(&'static str, String)>,
    unit: String,
}

#[derive(Template)]
#[template(path = "todo.html")]
struct TodoTemplate {
    page: Page,
    lead: String,
    views: Vec<View>,
    rows: Vec<Row>,
    next: String,
}

pub(crate) async fn todo(State(house): State<Shared>, who: Signed, pairs: Pairs) -> Result<Response, Failure> {
    let asked = pairs.get("view").to_owned();
    let ask = |view: &str, after: Option<String>| TodoAsk { of: of(view), after, limit: ROWS };
    let found: TodoPage =
        house.console.ledger.todo(&who.rights, &ask(&asked, Some(pairs.get("after").to_owned()).filter(|a| !a.is_empty()))).await?;
    let kinds = house.console.ledger.kinds();
    let directory = house.console.ledger.directory();
    let now = house.console.clock.now();
    let lang = who.lang;
    let views = VIEWS.map(|(id, key)| View {
        title: text(lang, key, &[]),
        href: address("/todo", &pairs, &[("view", id)]),
        on: asked == id,
        count: count(&found, id),
    });
    let records: Vec<_> = found.rows.iter().map(|row| row.record.clone()).collect();
    let urged = house.console.ledger.urgings(&records).await?;
    let drawn = |row: &TodoRow| {
        let kind = kinds.get(&row.record.kind);
        let mut record = super::list::drawn(&row.record, kind, &[], &directory, now, lang);
        super::list::mark(std::slice::from_mut(&mut record), &urged, lang);
        Row {
            number: record.number,
            href: record.href,
            title: record.title,
            kind: kind.map_or_else(|| row.record.kind.clone(), |kind| say(&kind.title, lang).to_owned()),
            why: why(row, &who, lang),
            due: record.due,
            left: record.left,
            state: record.state,
            tags: record.tags,
            unit: record.unit,
        }
    };
    let lead = text(lang, "todo-lead", &[("due", &told(found.counts.all)), ("late", &told(found.counts.overdue))]);
    let next = found.next.as_deref().map_or_else(String::new, |next| address("/todo", &pairs, &[("after", next)]));
    let page = Page::signed(&house, &who, Section::Todo, "todo-title");
    show(StatusCode::OK, &TodoTemplate { page, lead, views: views.into(), rows: found.rows.iter().map(drawn).collect(), next })
}

fn of(view: &str) -> TodoOf {
    match view {
        "late" => TodoOf::Overdue,
        "soon" => TodoOf::DueSoon(SOON_DAYS),
        "approve" => TodoOf::ToApprove,
        "asked" => TodoOf::Asked,
        _ => TodoOf::All,
    }
}

/// A count, or that there are more.
fn told(count: u64) -> String {
    if count > TODO_COUNTED { format!("{}+", grouped(TODO_COUNTED)) } else { grouped(count) }
}

fn count(found: &TodoPage, view: &str) -> String {
    match view {
        "" => told(found.counts.all),
        "late" => told(found.counts.overdue),
        "approve" => told(found.counts.to_approve),
        "asked" => told(found.counts.asked),
        _ => String::new(),
    }
}

fn why(row: &TodoRow, who: &Signed, lang: Lang) -> String {
    let key = match row.why {
        _ if Some(row.person) != who.rights.person => "why-delegate",
        WhyTodo::Holds => "why-holder",
        WhyTodo::Approves => "why-approve",
        WhyTodo::Asked => "why-ask",
        WhyTodo::Escalated => "why-escalated",
    };
    text(lang, key, &[])
}

/// How much is to be done, for the rail; empty where nothing is, or before a lawbook is in force.
pub(crate) async fn todo_count(house: &Shared, who: &Signed) -> Result<String, Failure> {
    match house.console.ledger.todo(&who.rights, &TodoAsk { limit: 1, ..TodoAsk::default() }).await {
        Ok(found) if found.counts.all > 0 => Ok(told(found.counts.all)),
        Ok(_) | Err(anlan_ledger::LedgerError::NoBook) => Ok(String::new()),
        Err(error) => Err(error.into()),
    }
}
