//! `GET /api/v1/todo` and `/api/v1/deadlines`: what is to be done by whoever asks, and what is due when.

use anlan_base::parse_time;
use anlan_ledger::records::{LIST_ROWS, TODO_ROWS, TodoAsk, TodoOf, WhyTodo};
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::asker::Reader;
use super::records::{after, known, limit, moment, row_json};
use super::refused::Refused;
use crate::console::Shared;
use crate::form::Pairs;

/// What `view` may be.
pub(crate) const TODO_VIEWS: [&str; 5] = ["all", "late", "soon", "approve", "asked"];
const SOON_DAYS: u32 = 3;

pub(crate) async fn todo(State(house): State<Shared>, reader: Reader, pairs: Pairs) -> Result<Json<Value>, Refused> {
    known(&pairs, &["view", "after", "limit"])?;
    let of = match pairs.get("view") {
        "" | "all" => TodoOf::All,
        "late" => TodoOf::Overdue,
        "soon" => TodoOf::DueSoon(SOON_DAYS),
        "approve" => TodoOf::ToApprove,
        "asked" => TodoOf::Asked,
        _ => return Err(Refused::query("view", TODO_VIEWS.join(", "))),
    };
    let ask = TodoAsk { of, after: after(&pairs), limit: limit(&pairs, TODO_ROWS)? };
    let page = house.console.ledger.todo(&reader.rights, &ask).await?;
    let kinds = house.console.ledger.kinds();
    let rows = page.rows.iter().map(|row| {
        let why = match row.why {
            WhyTodo::Holds => "holds",
            WhyTodo::Approves => "approves",
            WhyTodo::Asked => "asked",
            WhyTodo::Escalated => "escalated",
        };
        json!({ "why": why, "person": row.person.to_string(), "record": row_json(&row.record, &kinds) })
    });
    let counts = &page.counts;
    Ok(Json(json!({
        "todo": rows.collect::<Vec<_>>(),
        "next": page.next,
        "counts": { "all": counts.all, "late": counts.overdue, "approve": counts.to_approve, "asked": counts.asked },
    })))
}

pub(crate) async fn deadlines(State(house): State<Shared>, reader: Reader, pairs: Pairs) -> Result<Json<Value>, Refused> {
    known(&pairs, &["from", "until", "limit"])?;
    let bound = |name: &str| parse_time(pairs.get(name)).map_err(|_| Refused::query(name, "2026-10-09T08:30"));
    let (from, until) = (bound("from")?, bound("until")?);
    let rows = house.console.ledger.deadlines(&reader.rights, from, until, limit(&pairs, LIST_ROWS)?).await?;
    let kinds = house.console.ledger.kinds();
    let told = rows.iter().map(|row| json!({ "due": moment(row.due), "record": row_json(&row.record, &kinds) }));
    Ok(Json(json!({ "deadlines": told.collect::<Vec<_>>() })))
}
