//! `GET /api/v1/kinds`, `/api/v1/kinds/{kind}`: the registers one may see, with their fields, states, moves and clocks.

use anlan_law::Bilingual;
use anlan_law::kind::{Eyes, Field, Kind, KindClock, Move, State};
use axum::Json;
use axum::extract::{Path, State as FromState};
use serde_json::{Value, json};

use super::asker::Reader;
use super::refused::Refused;
use super::schema;
use crate::console::Shared;

pub(crate) fn words(words: &Bilingual) -> Value {
    json!({ "zh": words.zh, "en": words.en })
}

/// A kind's head, as the list has it.
fn head(kind: &Kind) -> Value {
    json!({
        "kind": kind.id,
        "title": words(&kind.title),
        "about": kind.about.as_ref().map(words),
        "number": kind.number,
        "place": kind.place.id(),
        "asset": kind.asset,
        "pack": kind.pack,
    })
}

pub(crate) async fn list(FromState(house): FromState<Shared>, reader: Reader) -> Json<Value> {
    let kinds = house.console.ledger.kinds();
    let seen = kinds.iter().filter(|kind| house.console.ledger.may_see(&reader.rights, kind));
    Json(json!({ "kinds": seen.map(head).collect::<Vec<_>>() }))
}

pub(crate) async fn one(FromState(house): FromState<Shared>, reader: Reader, Path(id): Path<String>) -> Result<Json<Value>, Refused> {
    let kinds = house.console.ledger.kinds();
    let kind = kinds.get(&id).filter(|kind| house.console.ledger.may_see(&reader.rights, kind)).ok_or(Refused::NotFound)?;
    let mut whole = head(kind);
    if let Value::Object(whole) = &mut whole {
        let units = house.console.ledger.units_to_open(&reader.rights, kind);
        let asked: Vec<&str> = kind.asked_at_opening().iter().map(|field| field.name.as_str()).collect();
        whole.insert("title_field".into(), json!(kind.title_field));
        whole.insert("list".into(), json!(kind.list));
        whole.insert("opens_in".into(), units.iter().map(|unit| json!(unit.to_string())).collect());
        whole.insert("asked_at_opening".into(), json!(asked));
        whole.insert("fields".into(), kind.fields.iter().map(field).collect());
        whole.insert("states".into(), kind.states.iter().map(state).collect());
        whole.insert("moves".into(), kind.moves.iter().map(a_move).collect());
        whole.insert("clocks".into(), kind.clocks.iter().map(clock).collect());
    }
    Ok(Json(whole))
}

fn field(field: &Field) -> Value {
    json!({
        "name": field.name,
        "title": words(&field.title),
        "hint": field.hint.as_ref().map(words),
        "type": schema::shape_id(&field.shape),
        "schema": schema::of_shape(&field.shape),
        "required": field.required,
        "required_sometimes": field.required_when.is_some(),
        "personal": field.personal,
        "sealed": !field.sealed.is_empty(),
        "filter": field.filter,
    })
}

fn state(state: &State) -> Value {
    json!({ "name": state.name, "title": words(&state.title), "ends": state.ends })
}

fn a_move(a_move: &Move) -> Value {
    json!({
        "name": a_move.name,
        "title": words(&a_move.title),
        "from": a_move.from,
        "to": a_move.to,
        "needs": a_move.needs,
        "asks": a_move.asks,
        "reason": a_move.reason,
        "second_person": matches!(a_move.eyes, Eyes::Four { .. }),
        "in_console_only": a_move.grave,
    })
}

fn clock(clock: &KindClock) -> Value {
    json!({ "name": clock.name, "title": words(&clock.title), "start": clock.start, "stop": clock.stop, "own": clock.own })
}
