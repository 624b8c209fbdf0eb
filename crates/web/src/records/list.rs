//! `/records/{kind}`: the one list of every kind. Every question stands in the address.

use std::collections::BTreeMap;

use anlan_base::Instant;
use anlan_base::text::text;
use anlan_law::kind::{Kind, Shape};
use anlan_ledger::Directory;
use anlan_ledger::engine::Urging;
use anlan_ledger::records::{ListAsk, ListPage, Order, RecordRow, StateAsk};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::form::{Choice, Offers, say};
use super::narrow::{self, Narrowed};
use super::{Chosen, unit_of, words};
use crate::address::encode;
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::{Page, Section, grouped, show};
use crate::session::Signed;

/// Rows of one page.
const ROWS: u32 = 50;
/// Columns that a list shows where nobody chose any; the others can be chosen.
const COLUMNS: usize = 5;
/// Days within which a record counts as due soon.
const SOON_DAYS: u32 = 3;

pub(crate) struct View {
    pub(crate) title: String,
    pub(crate) href: String,
    pub(crate) on: bool,
    pub(crate) count: String,
}

struct Filter {
    name: String,
    label: String,
    options: Vec<Choice>,
}

struct Column {
    id: String,
    title: String,
    chosen: bool,
}

pub(crate) struct Row {
    pub(crate) number: String,
    pub(crate) href: String,
    pub(crate) title: String,
    pub(crate) state: (&'static str, String),
    pub(crate) tags: Vec<(&'static str, String)>,
    pub(crate) cells: Vec<String>,
    pub(crate) unit: String,
    pub(crate) holder: String,
    pub(crate) due: String,
    pub(crate) left: (&'static str, String),
    pub(crate) voided: bool,
    pub(crate) sealed: bool,
}

struct BulkAct {
    id: String,
    title: String,
}

#[derive(Template)]
#[template(path = "records_list.html")]
struct ListTemplate {
    page: Page,
    about: String,
    wrong: String,
    told: String,
    base: String,
    views: Vec<View>,
    hiddens: Vec<(String, String)>,
    words: String,
    filters: Vec<Filter>,
    columns: Vec<Column>,
    heads: Vec<String>,
    rows: Vec<Row>,
    /// Whether records of more than one unit can be seen.
    has_units: bool,
    bulk: Vec<BulkAct>,
    by_number: String,
    by_due: String,
    print: String,
    xlsx: String,
    csv: String,
    import: String,
    new: String,
    first: String,
    next: String,
    /// The saved view that this is.
    kept_view: String,
    narrowed: Narrowed,
}

/// What an address asks for.
pub(crate) struct Question {
    pub(crate) ask: ListAsk,
    pub(crate) view: String,
    pub(crate) columns: Vec<String>,
}

/// # Errors
/// A condition that cannot be read.
pub(crate) fn question(kind: &Kind, pairs: &Pairs, who: &Signed) -> Result<Question, Failure> {
    let view = pairs.get("view").to_owned();
    let state = match view.as_str() {
        "all" => StateAsk::All,
        "ended" => StateAsk::Ended,
        "overdue" => StateAsk::Overdue,
        "soon" => StateAsk::DueSoon(SOON_DAYS),
        "late" => StateAsk::LateEntry,
        "voided" => StateAsk::Voided,
        other => other.strip_prefix("is:").map_or(StateAsk::Open, |name| StateAsk::Is(name.to_owned())),
    };
    let filters = kind.fields.iter().filter(|field| field.filter);
    let filters =
        filters.map(|field| (field.name.clone(), pairs.get(&format!("by.{}", field.name)).to_owned())).filter(|(_, v)| !v.is_empty());
    let columns: Vec<String> = pairs.0.iter().filter(|(name, _)| name == "col").map(|(_, value)| value.clone()).collect();
    let order = match pairs.get("order") {
        "due" => Order::Due,
        "changed" => Order::Changed,
        _ => Order::Number,
    };
    let ask = ListAsk {
        kind: Some(kind.id.clone()),
        unit: unit_of(pairs.get("unit")),
        state,
        words: pairs.get("q").to_owned(),
        holder: (view == "mine").then_some(who.rights.person).flatten(),
        filters: filters.collect(),
        conditions: narrow::conditions(pairs)?,
        order,
        after: Some(pairs.get("after").to_owned()).filter(|after| !after.is_empty()),
        limit: ROWS,
    };
    Ok(Question { ask, view, columns: if columns.is_empty() { kind.list.iter().take(COLUMNS).cloned().collect() } else { columns } })
}

/// This page's address with one thing changed; a page's place is dropped.
pub(crate) fn address(base: &str, pairs: &Pairs, change: &[(&str, &str)]) -> String {
    let kept = pairs
        .0
        .iter()
        .filter(|(name, value)| !value.is_empty() && name != "after" && name != "told" && !change.iter().any(|(n, _)| n == name));
    let kept = kept.map(|(name, value)| (name.as_str(), value.as_str()));
    let all: Vec<String> = kept
        .chain(change.iter().copied().filter(|(_, value)| !value.is_empty()))
        .map(|(n, v)| format!("{}={}", encode(n), encode(v)))
        .collect();
    if all.is_empty() { base.to_owned() } else { format!("{base}?{}", all.join("&")) }
}

pub(crate) async fn list(State(house): State<Shared>, who: Signed, Path(kind): Path<String>, pairs: Pairs) -> Result<Response, Failure> {
    let kinds = house.console.ledger.kinds();
    let kind = house.kind(&kinds, &kind)?;
    let directory = house.console.ledger.directory();
    let asked = question(&kind, &pairs, &who)?;
    let found = house.console.ledger.list(&who.rights, &asked.ask).await?;
    let chosen = Chosen::load(&house, &directory, &who.rights).await?;
    let saved = house.console.ledger.saved_views(&who.session.user.name).await?;
    let base = format!("/records/{}", kind.id);
    let lang = who.lang;
    let mut views = views(&kind, &pairs, &asked, &found, &who);
    let kept_view = saved.iter().find(|view| view.query == who.here).map_or_else(String::new, |view| view.name.clone());
    views.extend(saved.into_iter().filter(|view| view.query.starts_with(&base)).map(|view| View {
        on: view.query == who.here,
        title: view.name,
        href: view.query,
        count: String::new(),
    }));
    let now = house.console.clock.now();
    let mut rows: Vec<Row> = found.rows.iter().map(|row| drawn(row, Some(&kind), &asked.columns, &directory, now, lang)).collect();
    mark(&mut rows, &house.console.ledger.urgings(&found.rows).await?, lang);
    let shown = !house.console.ledger.units_to_open(&who.rights, &kind).is_empty();
    let change = |name: &str, value: &str| address(&base, &pairs, &[(name, value)]);
    let told = super::acts::told(&pairs, lang);
    let page = Page::records(&house, &who, kind.place, say(&kind.title, lang));
    show(
        StatusCode::OK,
        &ListTemplate {
            about: kind.about.as_ref().map_or_else(String::new, |about| say(about, lang).to_owned()),
            wrong: if found.cut { text(lang, "list-cut", &[]) } else { String::new() },
            told,
            views,
            hiddens: [("view", asked.view.clone()), ("order", pairs.get("order").to_owned())]
                .into_iter()
                .chain(asked.ask.conditions.iter().map(|condition| (narrow::NAME, condition.to_string())))
                .filter(|(_, v)| !v.is_empty())
                .map(|(n, v)| (n.to_owned(), v))
                .collect(),
            words: asked.ask.words.clone(),
            filters: filters(&kind, &pairs, &chosen, lang),
            columns: columns(&kind, &asked.columns, lang),
            heads: heads(&kind, &asked.columns, lang),
            has_units: directory.scope(&who.rights).len() > 1,
            rows,
            bulk: bulk(&kind, lang),
            by_number: change("order", ""),
            by_due: change("order", "due"),
            print: format!("/records/{}/print{}", kind.id, question_of(&who.here)),
            xlsx: format!("/records/{}/list.xlsx{}", kind.id, question_of(&who.here)),
            csv: format!("/records/{}/list.csv{}", kind.id, question_of(&who.here)),
            import: if shown { format!("{base}/import") } else { String::new() },
            new: if shown { format!("{base}/new") } else { String::new() },
            first: if asked.ask.after.is_some() { change("after", "") } else { String::new() },
            next: found.next.as_deref().map_or_else(String::new, |next| change("after", next)),
            base: base.clone(),
            kept_view,
            narrowed: narrow::shown(&kind, &pairs, &asked.ask.conditions, found.total, &*directory, lang),
            page,
        },
    )
}

fn question_of(here: &str) -> &str {
    here.find('?').map_or("", |at| &here[at..])
}

fn views(kind: &Kind, pairs: &Pairs, asked: &Question, found: &ListPage, who: &Signed) -> Vec<View> {
    let base = format!("/records/{}", kind.id);
    let open: u64 = found.totals.iter().filter(|total| !total.ended).map(|total| total.records).sum();
    let ended: u64 = found.totals.iter().filter(|total| total.ended).map(|total| total.records).sum();
    let view = |id: &str, key: &str, count: String| View {
        title: text(who.lang, key, &[]),
        href: address(&base, pairs, &[("view", id)]),
        on: asked.view == id,
        count,
    };
    let mut views = vec![
        view("", "list-open", grouped(open)),
        view("mine", "list-mine", String::new()),
        view("soon", "list-soon", String::new()),
        view("overdue", "list-overdue", String::new()),
    ];
    for total in &found.totals {
        let Some(state) = kind.state(&total.state) else { continue };
        let id = format!("is:{}", state.name);
        views.push(View {
            title: say(&state.title, who.lang).to_owned(),
            href: address(&base, pairs, &[("view", &id)]),
            on: asked.view == id,
            count: grouped(total.records),
        });
    }
    views.push(view("ended", "list-ended", grouped(ended)));
    views.push(view("late", "list-late-entry", String::new()));
    views.push(view("voided", "list-voided", String::new()));
    views.push(view("all", "list-all", grouped(open + ended)));
    views
}

fn filters(kind: &Kind, pairs: &Pairs, offers: &dyn Offers, lang: anlan_base::text::Lang) -> Vec<Filter> {
    let units = Filter { name: "unit".to_owned(), label: text(lang, "col-unit", &[]), options: marked(offers.units(), pairs.get("unit")) };
    let by = kind.fields.iter().filter(|field| field.filter).filter_map(|field| {
        let name = format!("by.{}", field.name);
        let options = match &field.shape {
            Shape::Choice { options } => options
                .iter()
                .map(|o| Choice { id: o.id.clone(), title: say(&o.title, lang).to_owned(), group: String::new(), chosen: false })
                .collect(),
            Shape::Person => offers.people(),
            Shape::Unit => offers.units(),
            _ => return None,
        };
        Some(Filter { options: marked(options, pairs.get(&name)), label: say(&field.title, lang).to_owned(), name })
    });
    std::iter::once(units).filter(|filter| filter.options.len() > 1).chain(by).collect()
}

fn marked(mut options: Vec<Choice>, value: &str) -> Vec<Choice> {
    for option in &mut options {
        option.chosen = option.id == value;
    }
    options
}

fn columns(kind: &Kind, chosen: &[String], lang: anlan_base::text::Lang) -> Vec<Column> {
    let list = kind.list.iter().filter_map(|name| kind.field(name));
    list.map(|field| Column { id: field.name.clone(), title: say(&field.title, lang).to_owned(), chosen: chosen.contains(&field.name) })
        .collect()
}

fn heads(kind: &Kind, chosen: &[String], lang: anlan_base::text::Lang) -> Vec<String> {
    chosen.iter().filter_map(|name| kind.field(name)).map(|field| say(&field.title, lang).to_owned()).collect()
}

/// Built-in acts, and moves that ask for nothing, can be done with many records at once.
fn bulk(kind: &Kind, lang: anlan_base::text::Lang) -> Vec<BulkAct> {
    let moves = kind.moves.iter().filter(|a_move| a_move.needs.is_empty() && a_move.asks.is_empty() && !a_move.grave);
    let moves = moves.map(|a_move| BulkAct { id: format!("do:{}", a_move.name), title: say(&a_move.title, lang).to_owned() });
    let built = ["urge", "note", "void"].map(|verb| BulkAct { id: format!("act:{verb}"), title: text(lang, &format!("act-{verb}"), &[]) });
    moves.chain(built).collect()
}

/// Rows with the marks of those that were urged.
pub(crate) fn mark(rows: &mut [Row], urged: &BTreeMap<String, Urging>, lang: anlan_base::text::Lang) {
    for row in rows {
        match urged.get(&row.number) {
            Some(Urging::Supervise) => row.tags.push(("bad", text(lang, "tag-supervised", &[]))),
            Some(Urging::Remind) => row.tags.push(("warn", text(lang, "tag-urged", &[]))),
            None => {}
        }
    }
}

/// A record as lists show it; also used for children and for what is to be done.
pub(crate) fn drawn(
    row: &RecordRow,
    kind: Option<&Kind>,
    columns: &[String],
    directory: &Directory,
    now: Instant,
    lang: anlan_base::text::Lang,
) -> Row {
    let overdue = !row.ended && row.due.is_some_and(|due| now > due);
    let mut tags: Vec<(&'static str, &str)> = Vec::new();
    if overdue {
        tags.push(("bad", "tag-overdue"));
    } else if row.missed {
        tags.push(("warn", "tag-missed"));
    }
    for (is, class, key) in
        [(row.pending, "accent", "tag-pending"), (row.late_entry, "warn", "tag-late-entry"), (row.voided, "", "tag-voided")]
    {
        if is {
            tags.push((class, key));
        }
    }
    let cell = |name: &String| {
        let field = kind.and_then(|kind| kind.field(name));
        let value = row.values.get(name).map_or("", String::as_str);
        words::short(&field.map_or_else(|| value.to_owned(), |field| words::value(field, value, directory, lang)))
    };
    Row {
        number: row.number.clone(),
        href: format!("/r/{}", row.number),
        title: row.title.clone(),
        state: words::state(kind, &row.state, row.ended, overdue, lang),
        tags: tags.into_iter().map(|(class, key)| (class, text(lang, key, &[]))).collect(),
        cells: columns.iter().filter(|name| kind.is_none_or(|kind| kind.field(name).is_some())).map(cell).collect(),
        unit: words::unit(directory, row.unit),
        holder: if row.ended { String::new() } else { words::person(directory, row.holder, lang) },
        due: row.due.map_or_else(String::new, words::moment),
        left: row.due.map_or(("", String::new()), |due| words::left(lang, now, due)),
        voided: row.voided,
        sealed: row.leaf.is_some(),
    }
}
