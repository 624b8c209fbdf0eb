//! Records as JSON: lists with the filters of the page and stable cursors, one record with what may be done, its history, whom it was sent down to.
//!
//! Invariant: the rights are the ledger's; a record that one may not see is not there; no sealed value stands in any answer.

use anlan_base::Instant;
use anlan_base::text::Lang;
use anlan_law::kind::{Kind, Kinds};
use anlan_ledger::engine::{AskState, ClockState, MayMove, Pending, Running, UnitId};
use anlan_ledger::records::{HistoryRow, LIST_ROWS, ListAsk, ListPage, Order, RecordRow, Shown, StateAsk, StateTotal, SummaryRow};
use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Map, Value, json};

use super::asker::Reader;
use super::refused::Refused;
use super::values::{shown, shown_one};
use crate::console::Shared;
use crate::form::Pairs;

/// Days within which a record counts as due soon, as on the page.
const SOON_DAYS: u32 = 3;
/// Names of a list's question; beside them `by.FIELD`.
pub(crate) const LIST_NAMES: [&str; 8] = ["kind", "unit", "view", "q", "where", "order", "after", "limit"];
/// What `view` may be; beside them `is:STATE`.
pub(crate) const VIEWS: [&str; 8] = ["open", "all", "ended", "overdue", "soon", "late", "voided", "mine"];
pub(crate) const ORDERS: [&str; 3] = ["number", "due", "changed"];

pub(crate) fn moment(at: Instant) -> Value {
    json!(at.to_rfc3339())
}

fn maybe<T: ToString>(value: Option<T>) -> Value {
    value.map_or(Value::Null, |value| json!(value.to_string()))
}

/// How many rows are asked for.
pub(crate) fn limit(pairs: &Pairs, most: u32) -> Result<u32, Refused> {
    match pairs.get("limit") {
        "" => Ok(most),
        written => match written.parse() {
            Ok(rows) if (1..=most).contains(&rows) => Ok(rows),
            _ => Err(Refused::query("limit", format!("1–{most}"))),
        },
    }
}

/// Refuses a name that means nothing here: a filter that is not applied would show too much.
pub(crate) fn known(pairs: &Pairs, names: &[&str]) -> Result<(), Refused> {
    match pairs.0.iter().find(|(name, _)| !names.contains(&name.as_str())) {
        Some((name, _)) => Err(Refused::query(name, names.join(", "))),
        None => Ok(()),
    }
}

pub(crate) fn after(pairs: &Pairs) -> Option<String> {
    Some(pairs.get("after").to_owned()).filter(|after| !after.is_empty())
}

fn question(pairs: &Pairs, kinds: &Kinds, reader: &Reader) -> Result<ListAsk, Refused> {
    let (by, plain): (Vec<_>, Vec<_>) = pairs.0.iter().cloned().partition(|(name, _)| name.starts_with("by."));
    let only = pairs.0.iter().filter(|(name, value)| name == "where" && !value.is_empty());
    let conditions = only.map(|(_, value)| value.parse()).collect::<Result<_, anlan_ledger::LedgerError>>()?;
    known(&Pairs(plain), &LIST_NAMES)?;
    let kind = match pairs.get("kind") {
        "" => None,
        id => Some(kinds.get(id).ok_or(Refused::NotFound)?),
    };
    let unit = match pairs.get("unit") {
        "" => None,
        id => Some(UnitId::parse(id).ok_or_else(|| Refused::query("unit", "u3"))?),
    };
    let order = match pairs.get("order") {
        "" | "number" => Order::Number,
        "due" => Order::Due,
        "changed" => Order::Changed,
        _ => return Err(Refused::query("order", ORDERS.join(", "))),
    };
    let filters =
        by.into_iter().map(|(name, value)| (name.trim_start_matches("by.").to_owned(), value)).filter(|(_, value)| !value.is_empty());
    Ok(ListAsk {
        kind: kind.map(|kind| kind.id.clone()),
        unit,
        state: state(pairs.get("view"))?,
        words: pairs.get("q").to_owned(),
        holder: if pairs.get("view") == "mine" { reader.rights.person } else { None },
        filters: filters.collect(),
        conditions,
        order,
        after: after(pairs),
        limit: limit(pairs, LIST_ROWS)?,
    })
}

fn state(view: &str) -> Result<StateAsk, Refused> {
    Ok(match view {
        "" | "open" | "mine" => StateAsk::Open,
        "all" => StateAsk::All,
        "ended" => StateAsk::Ended,
        "overdue" => StateAsk::Overdue,
        "soon" => StateAsk::DueSoon(SOON_DAYS),
        "late" => StateAsk::LateEntry,
        "voided" => StateAsk::Voided,
        other => match other.strip_prefix("is:") {
            Some(name) if !name.is_empty() => StateAsk::Is(name.to_owned()),
            _ => return Err(Refused::query("view", format!("{}, is:STATE", VIEWS.join(", ")))),
        },
    })
}

pub(crate) async fn list(State(house): State<Shared>, reader: Reader, pairs: Pairs) -> Result<Json<Value>, Refused> {
    let kinds = house.console.ledger.kinds();
    let ask = question(&pairs, &kinds, &reader)?;
    // Nobody's list is empty, not everybody's.
    let nobody = pairs.get("view") == "mine" && reader.rights.person.is_none();
    let page = if nobody { ListPage::default() } else { house.console.ledger.list(&reader.rights, &ask).await? };
    Ok(Json(json!({
        "records": page.rows.iter().map(|row| row_json(row, &kinds)).collect::<Vec<_>>(),
        "total": page.total,
        "totals": page.totals.iter().map(total).collect::<Vec<_>>(),
        "next": page.next,
        "cut": page.cut,
    })))
}

fn total(total: &StateTotal) -> Value {
    json!({ "kind": total.kind, "state": total.state, "ended": total.ended, "records": total.records })
}

pub(crate) fn row_json(row: &RecordRow, kinds: &Kinds) -> Value {
    let mut told = json!({
        "number": row.number,
        "kind": row.kind,
        "unit": row.unit.to_string(),
        "state": row.state,
        "ended": row.ended,
        "title": row.title,
        "holder": maybe(row.holder),
        "due": row.due.map(moment),
        "missed": row.missed,
        "pending": row.pending,
        "late_entry": row.late_entry,
        "voided": row.voided,
        "opened": moment(row.opened),
        "happened": moment(row.happened),
        "changed": moment(row.changed),
        "parent": row.parent,
        "version": row.version,
        "leaf": row.leaf,
    });
    told["values"] = shown(kinds.get(&row.kind), &row.values);
    told
}

pub(crate) async fn one(State(house): State<Shared>, reader: Reader, Path(number): Path<String>) -> Result<Json<Value>, Refused> {
    let kinds = house.console.ledger.kinds();
    let found = house.console.ledger.record(&reader.rights, &number).await?.ok_or(Refused::NotFound)?;
    Ok(Json(whole(&found, kinds.get(&found.record.kind), &kinds, reader.lang)))
}

fn whole(found: &Shown, kind: Option<&Kind>, kinds: &Kinds, lang: Lang) -> Value {
    let record = &found.record;
    let asks = record.asks.iter().map(|ask| {
        let (agrees, text, at) = match &ask.state {
            AskState::Open => (None, None, None),
            AskState::Answered { agrees, text, at } => (Some(*agrees), Some(text.as_str()), Some(moment(*at))),
        };
        json!({ "person": ask.person.to_string(), "what": ask.what.id(), "asked": moment(ask.asked), "agrees": agrees, "text": text, "answered": at })
    });
    let mut told = json!({
        "number": record.number,
        "kind": record.kind,
        "unit": record.unit.to_string(),
        "parent": record.parent,
        "state": record.state,
        "ended": record.ended,
        "voided": record.voided,
        "title": kind.and_then(|kind| record.values.get(&kind.title_field)),
        "holder": maybe(record.holder),
        "opener": maybe(record.opener),
        "delegate": record.delegate.map(|(person, until)| json!({ "person": person.to_string(), "until": moment(until) })),
        "opened": moment(record.opened),
        "happened": moment(record.happened),
        "changed": moment(record.changed),
        "late_entry": record.late_entry,
        "version": record.version,
        "leaf": found.leaf,
        "due": record.due().map(moment),
    });
    told["sealed"] = json!(found.sealed);
    told["erased"] = json!(record.erased);
    told["values"] = shown(kind, &record.values);
    told["clocks"] = record.clocks.iter().map(|(name, clock)| clock_json(name, clock)).collect();
    told["pending"] = record.pending.as_ref().map_or(Value::Null, |pending| pending_json(pending, kind));
    told["asks"] = asks.collect();
    told["moves"] = found.may.iter().map(|may| may_json(may, kind, lang)).collect();
    told["acts"] = found.may_do.iter().filter(|verb| super::acts::ACTS.contains(&verb.id())).map(|verb| json!(verb.id())).collect();
    told["children"] = found.children.iter().map(total).collect();
    told["links"] = found.links.iter().map(|row| row_json(row, kinds)).collect();
    told
}

fn may_json(may: &MayMove, kind: Option<&Kind>, lang: Lang) -> Value {
    let a_move = kind.and_then(|kind| kind.a_move(&may.name));
    let console_only = a_move.is_some_and(|a_move| a_move.grave);
    let why = may.refusal.as_ref().map(|refusal| Refused::Refusal(refusal.clone()));
    let why = why.or_else(|| console_only.then_some(Refused::Person));
    json!({
        "move": may.name,
        "may": why.is_none(),
        "proposes": may.proposes,
        "people": may.people.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "why": why.map(|why| json!({ "error": why.code(), "message": why.message(lang) })),
    })
}

fn pending_json(pending: &Pending, kind: Option<&Kind>) -> Value {
    json!({
        "move": pending.name,
        "values": shown(kind, &pending.values),
        "reason": pending.reason,
        "proposer": pending.proposer.to_string(),
        "approver": pending.approver.to_string(),
        "at": moment(pending.at),
    })
}

fn clock_json(name: &str, clock: &ClockState) -> Value {
    let running = |running: &Running, state: &str, since: Option<Instant>| {
        json!({
            "clock": name, "state": state, "started": moment(running.started), "due": moment(running.due),
            "missed": running.missed, "guessed": running.guessed, "at": since.map(moment),
        })
    };
    match clock {
        ClockState::Running(now) => running(now, "running", None),
        ClockState::Paused { running: now, since } => running(now, "paused", Some(*since)),
        ClockState::Stopped { started, due, at, late } => json!({
            "clock": name, "state": "stopped", "started": moment(*started), "due": moment(*due),
            "missed": late, "guessed": false, "at": moment(*at),
        }),
    }
}

pub(crate) async fn history(State(house): State<Shared>, reader: Reader, Path(number): Path<String>) -> Result<Json<Value>, Refused> {
    let ledger = &house.console.ledger;
    let rows = ledger.history(&reader.rights, &number).await?.ok_or(Refused::NotFound)?;
    let kinds = ledger.kinds();
    let kind = kinds.numbered(&number);
    Ok(Json(json!({ "number": number, "entries": rows.iter().map(|row| entry_json(row, kind)).collect::<Vec<_>>() })))
}

fn entry_json(row: &HistoryRow, kind: Option<&Kind>) -> Value {
    let mut told = Map::new();
    let mut put = |name: &str, value: Value| {
        if !value.is_null() {
            told.insert(name.to_owned(), value);
        }
    };
    put("entry", json!(row.entry));
    put("at", moment(row.at));
    put("person", maybe(row.person));
    put("actor", json!(row.actor));
    put("act", json!(row.act));
    put("move", json!(row.made));
    put("to", json!(row.to));
    put("reason", json!(row.reason));
    put("text", json!(row.text));
    put("clock", json!(row.clock));
    put("people", row.people.iter().map(|person| json!(person.to_string())).collect());
    let change = |change: &anlan_ledger::records::FieldChange| {
        let value = |value: &Option<String>| shown_one(kind, &change.field, value.as_deref());
        json!({ "field": change.field, "before": value(&change.before), "after": value(&change.after), "sealed": change.sealed })
    };
    put("changes", row.changes.iter().map(change).collect());
    put("leaf", json!(row.leaf));
    Value::Object(told)
}

pub(crate) async fn children(State(house): State<Shared>, reader: Reader, Path(number): Path<String>) -> Result<Json<Value>, Refused> {
    let found = house.console.ledger.children(&reader.rights, &number).await?.ok_or(Refused::NotFound)?;
    let kinds = house.console.ledger.kinds();
    Ok(Json(json!({
        "totals": found.totals.iter().map(total).collect::<Vec<_>>(),
        "records": found.rows.iter().map(|row| row_json(row, &kinds)).collect::<Vec<_>>(),
        "more": found.more,
    })))
}

pub(crate) async fn summary(State(house): State<Shared>, reader: Reader, Path(number): Path<String>) -> Result<Json<Value>, Refused> {
    let rows = house.console.ledger.summary_of_children(&reader.rights, &number).await?.ok_or(Refused::NotFound)?;
    let kinds = house.console.ledger.kinds();
    let full = |row: &SummaryRow| {
        let mut told = row_json(&row.row, &kinds);
        told["values"] = shown(kinds.get(&row.row.kind), &row.values);
        told
    };
    Ok(Json(json!({ "records": rows.iter().map(full).collect::<Vec<_>>() })))
}
