//! JSON Schema of values and calls, from the kinds.
//!
//! Invariant: what a schema allows is what `values.rs` reads, but for what only the ledger knows: who and what is there.

use anlan_law::kind::{Cell, Column, Field, Kind, Shape};
use serde_json::{Map, Value, json};

use super::acts;

pub(crate) const DAY: &str = r"^\d{4}-\d{2}-\d{2}$";
pub(crate) const MINUTE: &str = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$";
pub(crate) const NUMBER: &str = r"^[A-Z]{2,6}-\d{4}-\d{4,}$";
pub(crate) const PERSON: &str = r"^p[1-9]\d*$";
pub(crate) const UNIT: &str = r"^u[1-9]\d*$";
pub(crate) const DIGEST: &str = r"^[0-9a-f]{64}$";

/// As kinds write the type of a field.
pub(crate) fn shape_id(shape: &Shape) -> &'static str {
    match shape {
        Shape::Text { .. } => "text",
        Shape::Number { .. } => "number",
        Shape::Choice { .. } => "choice",
        Shape::Date => "date",
        Shape::Time => "time",
        Shape::Yes => "yes",
        Shape::Person => "person",
        Shape::People { .. } => "people",
        Shape::Unit => "unit",
        Shape::Units { .. } => "units",
        Shape::Source => "source",
        Shape::Asset => "asset",
        Shape::Attachment { .. } => "attachment",
        Shape::Table { .. } => "table",
        Shape::Link { .. } => "link",
    }
}

pub(crate) fn text_like(pattern: &str) -> Value {
    json!({ "type": "string", "pattern": pattern })
}

fn list_of(items: &Value, most: u32) -> Value {
    json!({ "type": "array", "items": items, "maxItems": most })
}

pub(crate) fn file() -> Value {
    json!({
        "type": "object",
        "properties": {
            "name": { "type": "string" },
            "digest": text_like(DIGEST),
            "size": { "type": "integer", "minimum": 1 },
            "type": { "type": "string" },
        },
        "required": ["name", "digest", "size", "type"],
        "additionalProperties": false,
    })
}

pub(crate) fn of_shape(shape: &Shape) -> Value {
    match shape {
        Shape::Text { most, .. } => json!({ "type": "string", "maxLength": most }),
        Shape::Number { least, most } => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Shape::Choice { options } => json!({ "type": "string", "enum": options.iter().map(|option| &option.id).collect::<Vec<_>>() }),
        Shape::Date => text_like(DAY),
        Shape::Time => text_like(MINUTE),
        Shape::Yes => json!({ "type": "boolean" }),
        Shape::Person => text_like(PERSON),
        Shape::People { most } => list_of(&text_like(PERSON), *most),
        Shape::Unit => text_like(UNIT),
        Shape::Units { most } => list_of(&text_like(UNIT), *most),
        Shape::Source => json!({ "type": "string" }),
        Shape::Asset | Shape::Link { .. } => text_like(NUMBER),
        Shape::Attachment { most } => list_of(&json!({ "$ref": "#/components/schemas/file" }), *most),
        Shape::Table { columns, most } => list_of(&row(columns), *most),
    }
}

fn row(columns: &[Column]) -> Value {
    let one = |column: &Column| {
        let mut schema = match column.shape {
            Cell::Text => json!({ "type": "string" }),
            Cell::Number => json!({ "type": "integer" }),
            Cell::Date => text_like(DAY),
            Cell::Yes => json!({ "type": "boolean" }),
        };
        schema["title"] = json!(format!("{} / {}", column.title.zh, column.title.en));
        (column.name.clone(), schema)
    };
    json!({ "type": "object", "properties": columns.iter().map(one).collect::<Map<_, _>>(), "additionalProperties": false })
}

fn field(field: &Field) -> Value {
    let mut schema = of_shape(&field.shape);
    schema["title"] = json!(format!("{} / {}", field.title.zh, field.title.en));
    if !field.sealed.is_empty() {
        schema["writeOnly"] = json!(true);
    }
    schema
}

/// Values of a kind of which these must be there, and no others than `known`, where it says some.
fn values_of(kind: &Kind, required: &[&str], known: Option<&[&str]>) -> Value {
    let mut more = json!({ "required": required });
    if let Some(known) = known {
        more["propertyNames"] = json!({ "enum": known });
    }
    json!({ "allOf": [{ "$ref": format!("#/components/schemas/values.{}", kind.id) }, more] })
}

/// `values.KIND`: what a record of the kind holds.
pub(crate) fn of_kind(kind: &Kind) -> Value {
    let properties: Map<String, Value> = kind.fields.iter().map(|one| (one.name.clone(), field(one))).collect();
    json!({
        "title": format!("{} / {}", kind.title.zh, kind.title.en),
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    })
}

/// `open.KIND`: what opens one.
pub(crate) fn of_opening(kind: &Kind) -> Value {
    let required: Vec<&str> = kind.fields.iter().filter(|field| field.required).map(|field| field.name.as_str()).collect();
    json!({
        "title": format!("{} / {}", kind.title.zh, kind.title.en),
        "type": "object",
        "properties": {
            "unit": text_like(UNIT),
            "happened": text_like(MINUTE),
            "values": values_of(kind, &required, None),
        },
        "required": ["unit", "values"],
        "additionalProperties": false,
    })
}

/// `moves.KIND`: one of the kind's moves; its name stands in the path and in `title`.
pub(crate) fn of_moves(kind: &Kind) -> Value {
    let one = |a_move: &anlan_law::kind::Move| {
        let known: Vec<&str> = a_move.needs.iter().chain(&a_move.asks).map(String::as_str).collect();
        let needs: Vec<&str> = a_move.needs.iter().map(String::as_str).collect();
        let mut required = Vec::new();
        if !a_move.needs.is_empty() {
            required.push("values");
        }
        if a_move.reason {
            required.push("reason");
        }
        json!({
            "title": format!("{}: {} / {}", a_move.name, a_move.title.zh, a_move.title.en),
            "type": "object",
            "properties": { "seen": { "type": "integer" }, "values": values_of(kind, &needs, Some(&known)), "reason": { "type": "string" } },
            "required": required,
            "additionalProperties": false,
        })
    };
    json!({ "anyOf": kind.moves.iter().filter(|a_move| !a_move.grave).map(one).collect::<Vec<_>>() })
}

/// `act.NAME`: the body of an act that every record knows.
pub(crate) fn of_act(act: &str) -> Value {
    let member = |name: &str| match name {
        "seen" => json!({ "type": "integer" }),
        "values" => json!({ "type": "object" }),
        "person" => text_like(PERSON),
        "unit" => text_like(UNIT),
        "people" => list_of(&text_like(PERSON), 500),
        "until" => text_like(DAY),
        "what" => json!({ "type": "string", "enum": ["read", "sign", "opinion"] }),
        "agrees" => json!({ "type": "boolean" }),
        _ => json!({ "type": "string", "maxLength": anlan_ledger::engine::REASON_CHARS }),
    };
    let properties: Map<String, Value> = acts::names(act).iter().map(|name| ((*name).to_owned(), member(name))).collect();
    json!({ "title": act, "type": "object", "properties": properties, "required": acts::needs(act), "additionalProperties": false })
}
