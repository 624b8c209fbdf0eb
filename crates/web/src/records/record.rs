//! `/r/{number}`: one record: where it stands, its clocks, what can be done and by whom, its facts, files, children, and how it came here.

use anlan_base::Instant;
use anlan_base::text::{Lang, text};
use anlan_law::kind::{Kind, Role};
use anlan_ledger::Directory;
use anlan_ledger::engine::People as _;
use anlan_ledger::engine::{AskState, ClockState, MayMove, Record, Running, Urging, Verb};
use anlan_ledger::records::{Children, Shown, StateTotal};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::acts::{self, verbs};
use super::facts::{Fact, FileFact, facts, files, told};
use super::form::say;
use super::history::{Step, steps};
use super::list::{Row, drawn};
use super::open;
use super::words;
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::{Page, Section, grouped, show};
use crate::session::Signed;

/// The refusal of a move whose condition the facts do not meet.
const RULED_OUT: &str = "move-when";

struct MoveButton {
    name: String,
    title: String,
    may: bool,
    asks: bool,
    second: bool,
    /// The first that may be made.
    main: bool,
    why: String,
}

struct ClockCard {
    title: String,
    tone: &'static str,
    left: String,
    /// From when and until when.
    span: Vec<String>,
    note: String,
}

struct AskRow {
    person: String,
    what: String,
    state: (&'static str, String),
    text: String,
    at: String,
}

#[derive(Template)]
#[template(path = "record.html")]
struct RecordTemplate {
    page: Page,
    wrong: String,
    told: String,
    list: String,
    kind: String,
    number: String,
    version: u64,
    state: (&'static str, String),
    tags: Vec<(&'static str, String)>,
    holder: String,
    forms: Vec<(String, String)>,
    pending: String,
    proposed: Vec<Fact>,
    may_approve: bool,
    may_withdraw: bool,
    moves: Vec<MoveButton>,
    clocks: Vec<ClockCard>,
    unit: String,
    facts: Vec<Fact>,
    happened: String,
    opened: String,
    parent: String,
    /// Whether the reader may see it.
    parent_seen: bool,
    files: Vec<FileFact>,
    asks: Vec<AskRow>,
    asked_me: bool,
    children: Vec<Row>,
    child_totals: Vec<(&'static str, String, String)>,
    verbs: Vec<(&'static str, String)>,
    history: Vec<Step>,
}

pub(crate) async fn record(
    State(house): State<Shared>,
    who: Signed,
    Path(number): Path<String>,
    pairs: Pairs,
) -> Result<Response, Failure> {
    let shown = house.console.ledger.record(&who.rights, &number).await?.ok_or(Failure::NotFound)?;
    draw(&house, &who, &shown, StatusCode::OK, String::new(), acts::told(&pairs, who.lang)).await
}

/// The page of a record, with what went wrong or what was done.
pub(crate) async fn draw(
    house: &Shared,
    who: &Signed,
    shown: &Shown,
    status: StatusCode,
    wrong: String,
    told: String,
) -> Result<Response, Failure> {
    let ledger = &house.console.ledger;
    let kinds = ledger.kinds();
    let directory = ledger.directory();
    let record = &shown.record;
    let kind = kinds.get(&record.kind).ok_or(Failure::NotFound)?;
    let history = ledger.history(&who.rights, &record.number).await?.unwrap_or_default();
    let below = ledger.children(&who.rights, &record.number).await?.unwrap_or_default();
    let urged = ledger.urgings(&below.rows).await?;
    let parent_seen = match &record.parent {
        Some(parent) => ledger.record(&who.rights, parent).await?.is_some(),
        None => false,
    };
    let now = house.console.clock.now();
    let lang = who.lang;
    let overdue = !record.ended && record.due().is_some_and(|due| now > due);
    let title = record.values.get(&kind.title_field).map_or_else(|| say(&kind.title, lang).to_owned(), Clone::clone);
    let (pending, proposed) = pending(kind, record, &directory, lang);
    let page = Page::records(house, who, kind.place, &title);
    let mut children: Vec<_> = below.rows.iter().map(|row| drawn(row, kinds.get(&row.kind), &[], &directory, now, lang)).collect();
    super::list::mark(&mut children, &urged, lang);
    show(
        status,
        &RecordTemplate {
            page,
            wrong,
            told,
            list: format!("/records/{}", kind.id),
            kind: say(&kind.title, lang).to_owned(),
            number: record.number.clone(),
            version: record.version,
            state: words::state(Some(kind), &record.state, record.ended, overdue, lang),
            tags: tags(record, overdue, lang),
            holder: words::person(&*directory, record.acting(), lang),
            forms: forms(kind, record, lang),
            pending,
            proposed,
            may_approve: shown.may_do.contains(&Verb::Approve),
            may_withdraw: shown.may_do.contains(&Verb::Withdraw),
            moves: if record.pending.is_some() || record.voided { Vec::new() } else { buttons(kind, &shown.may, lang) },
            clocks: clocks(kind, record, now, lang),
            unit: words::unit(&*directory, record.unit),
            facts: facts(kind, record, &shown.sealed, &directory, lang),
            happened: words::moment(record.happened),
            opened: words::moment(record.opened),
            parent: record.parent.clone().unwrap_or_default(),
            parent_seen,
            files: files(kind, record, &shown.sealed, lang),
            asked_me: shown.may_do.contains(&Verb::Answer),
            asks: asks(record, &directory, lang),
            child_totals: child_totals(&below, &kinds, lang),
            children,
            verbs: verbs(&shown.may_do, erases(kind, shown, who, &directory), lang),
            history: steps(kind, &history, &directory, lang),
        },
    )
}

/// Whether personal fields are filled, and the asker may propose to erase them.
fn erases(kind: &Kind, shown: &Shown, who: &Signed, directory: &Directory) -> bool {
    let filled = |name: &String| shown.sealed.contains(name) || shown.record.values.contains_key(name);
    let path = directory.unit(shown.record.unit).map_or("", |unit| unit.path.as_str());
    kind.fields.iter().any(|field| field.personal && filled(&field.name))
        && [Role::Head, Role::Security].iter().any(|role| who.rights.reaches(*role, path))
}

fn tags(record: &Record, overdue: bool, lang: Lang) -> Vec<(&'static str, String)> {
    let missed = record.clocks.values().any(|clock| match clock {
        ClockState::Running(running) => running.missed,
        ClockState::Stopped { late, .. } => *late,
        ClockState::Paused { running, .. } => running.missed,
    });
    let supervised = record.urged.iter().any(|(weight, _)| *weight == Urging::Supervise);
    let all = [
        (overdue, "bad", "tag-overdue"),
        (missed && !overdue, "warn", "tag-missed"),
        (record.pending.is_some(), "accent", "tag-pending"),
        (record.late_entry, "warn", "tag-late-entry"),
        (record.voided, "", "tag-voided"),
        (supervised, "bad", "tag-supervised"),
        (!record.urged.is_empty() && !supervised, "warn", "tag-urged"),
    ];
    all.into_iter().filter(|(is, ..)| *is).map(|(_, class, key)| (class, text(lang, key, &[]))).collect()
}

fn forms(kind: &Kind, record: &Record, lang: Lang) -> Vec<(String, String)> {
    let of_record = kind.print.iter().filter(|form| matches!(form.of, anlan_law::kind::PrintOf::Record { .. }));
    of_record.map(|form| (format!("/r/{}/print/{}", record.number, form.name), say(&form.title, lang).to_owned())).collect()
}

fn pending(kind: &Kind, record: &Record, directory: &Directory, lang: Lang) -> (String, Vec<Fact>) {
    let Some(pending) = &record.pending else { return (String::new(), Vec::new()) };
    let name = kind.a_move(&pending.name).map_or(pending.name.as_str(), |a_move| say(&a_move.title, lang));
    let args = [
        ("who", words::person(directory, Some(pending.proposer), lang)),
        ("move", name.to_owned()),
        ("approver", words::person(directory, Some(pending.approver), lang)),
    ];
    let args: Vec<(&str, &str)> = args.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut facts: Vec<Fact> =
        pending.values.iter().filter_map(|(name, value)| Some(told(kind.field(name)?, value, directory, lang))).collect();
    if let Some(reason) = &pending.reason {
        facts.push(Fact {
            label: text(lang, "form-reason", &[]),
            text: reason.clone(),
            href: String::new(),
            class: "text",
            heads: Vec::new(),
            rows: Vec::new(),
            sealed: false,
        });
    }
    (text(lang, "pending-what", &args), facts)
}

/// Moves of the state: those that may be made first; what the facts of the record rule out is not shown.
fn buttons(kind: &Kind, may: &[MayMove], lang: Lang) -> Vec<MoveButton> {
    let fitting = may.iter().filter(|may| may.refusal.as_ref().is_none_or(|refusal| refusal.code != RULED_OUT));
    let mut all: Vec<MoveButton> = fitting.filter_map(|may| button(kind, may, lang)).collect();
    all.sort_by_key(|button| !button.may);
    if let Some(first) = all.first_mut() {
        first.main = first.may;
    }
    all
}

fn button(kind: &Kind, may: &MayMove, lang: Lang) -> Option<MoveButton> {
    let a_move = kind.a_move(&may.name)?;
    Some(MoveButton {
        name: a_move.name.clone(),
        title: say(&a_move.title, lang).to_owned(),
        may: may.refusal.is_none(),
        asks: !a_move.needs.is_empty() || !a_move.asks.is_empty() || a_move.reason || a_move.grave,
        main: false,
        second: matches!(a_move.eyes, anlan_law::kind::Eyes::Four { .. }),
        why: may.refusal.as_ref().map_or_else(String::new, |refusal| open::told(refusal, lang)),
    })
}

fn clocks(kind: &Kind, record: &Record, now: Instant, lang: Lang) -> Vec<ClockCard> {
    let card = |(name, clock): (&String, &ClockState)| {
        let title = words::clock(kind, name, lang).to_owned();
        match clock {
            ClockState::Running(running) => running_card(title, running, now, lang),
            ClockState::Paused { running, .. } => {
                ClockCard { tone: "done", left: text(lang, "clock-paused", &[]), ..running_card(title, running, now, lang) }
            }
            ClockState::Stopped { started, due, at, late } => ClockCard {
                title,
                tone: if *late { "bad" } else { "done" },
                left: text(lang, if *late { "clock-done-late" } else { "clock-done" }, &[]),
                span: span(*started, *due, lang),
                note: words::moment(*at),
            },
        }
    };
    let mut cards: Vec<(bool, Instant, ClockCard)> =
        record.clocks.iter().map(|entry| (matches!(entry.1, ClockState::Stopped { .. }), due_of(entry.1), card(entry))).collect();
    cards.sort_by_key(|(stopped, due, _)| (*stopped, *due));
    cards.into_iter().map(|(_, _, card)| card).collect()
}

fn due_of(clock: &ClockState) -> Instant {
    match clock {
        ClockState::Running(running) | ClockState::Paused { running, .. } => running.due,
        ClockState::Stopped { due, .. } => *due,
    }
}

fn span(from: Instant, until: Instant, lang: Lang) -> Vec<String> {
    let whole = text(lang, "clock-started", &[("from", &words::moment(from)), ("until", &words::moment(until))]);
    whole.split(" · ").map(str::to_owned).collect()
}

fn running_card(title: String, running: &Running, now: Instant, lang: Lang) -> ClockCard {
    let (class, left) = words::left(lang, now, running.due);
    let tone = match class {
        "late" => "bad",
        "soon" => "warn",
        _ => "",
    };
    let note = match (running.missed, running.guessed) {
        (true, _) => "clock-missed",
        (false, true) => "clock-guessed",
        (false, false) => "",
    };
    let note = if note.is_empty() { String::new() } else { text(lang, note, &[]) };
    ClockCard { title, tone, left, span: span(running.started, running.due, lang), note }
}

fn asks(record: &Record, directory: &Directory, lang: Lang) -> Vec<AskRow> {
    let row = |ask: &anlan_ledger::engine::Ask| {
        let (state, words_of, at) = match &ask.state {
            AskState::Open => (("risk", text(lang, "ask-open", &[])), String::new(), ask.asked),
            AskState::Answered { agrees: true, text: told, at } => (("met", text(lang, "ask-agrees", &[])), told.clone(), *at),
            AskState::Answered { agrees: false, text: told, at } => (("fail", text(lang, "ask-refuses", &[])), told.clone(), *at),
        };
        AskRow {
            person: words::person(directory, Some(ask.person), lang),
            what: text(lang, &format!("ask-{}", ask.what.id()), &[]),
            state,
            text: words_of,
            at: words::moment(at),
        }
    };
    record.asks.iter().map(row).collect()
}

fn child_totals(below: &Children, kinds: &anlan_law::kind::Kinds, lang: Lang) -> Vec<(&'static str, String, String)> {
    let total = |total: &StateTotal| {
        let (class, words) = words::state(kinds.get(&total.kind), &total.state, total.ended, false, lang);
        (class, words, grouped(total.records))
    };
    below.totals.iter().map(total).collect()
}
