//! Values of fields as JSON: numbers, yes and no, lists and rows have the types that JSON has for them; everything else is text.
//!
//! Invariant: what is shown can be sent back as it is.

use anlan_law::kind::{Cell, Column, Kind, Shape};
use anlan_ledger::engine::{Refusal, Values};
use serde_json::{Map, Value, json};

use super::refused::Refused;

/// Values by field as somebody sent them, in the texts that the engine reads. Null or an empty text empties a field.
pub(crate) fn typed(kind: &Kind, sent: Option<&Map<String, Value>>) -> Result<Values, Refused> {
    let mut values = Values::new();
    for (name, value) in sent.into_iter().flatten() {
        let shown = || name.chars().take(60).collect::<String>();
        let field = kind.field(name).ok_or_else(|| Refused::Refusal(Refusal::new("field-unknown").at(&shown())))?;
        let text = text_of(&field.shape, value).map_err(|wanted| Refused::member(field.name.as_str(), wanted))?;
        values.insert(name.clone(), text);
    }
    Ok(values)
}

/// The type that a value of this shape has.
fn wanted(shape: &Shape) -> &'static str {
    match shape {
        Shape::Number { .. } => "integer",
        Shape::Yes => "true | false",
        Shape::People { .. } => "[\"p12\", …]",
        Shape::Units { .. } => "[\"u3\", …]",
        Shape::Attachment { .. } => "[{name, digest, size, type}, …]",
        Shape::Table { .. } => "[{column: value, …}, …]",
        _ => "string",
    }
}

fn text_of(shape: &Shape, value: &Value) -> Result<String, &'static str> {
    let wrong = wanted(shape);
    if value.is_null() {
        return Ok(String::new());
    }
    match shape {
        Shape::Number { .. } => value.as_i64().map(|number| number.to_string()).ok_or(wrong),
        Shape::Yes => value.as_bool().map(|yes| if yes { "yes" } else { "no" }.to_owned()).ok_or(wrong),
        Shape::People { .. } | Shape::Units { .. } => {
            let ids = value.as_array().filter(|ids| ids.iter().all(Value::is_string)).ok_or(wrong)?;
            Ok(if ids.is_empty() { String::new() } else { value.to_string() })
        }
        Shape::Attachment { .. } => {
            let files = value.as_array().filter(|files| files.iter().all(Value::is_object)).ok_or(wrong)?;
            Ok(if files.is_empty() { String::new() } else { value.to_string() })
        }
        Shape::Table { columns, .. } => rows(columns, value).ok_or(wrong),
        _ => value.as_str().map(str::to_owned).ok_or(wrong),
    }
}

fn rows(columns: &[Column], value: &Value) -> Option<String> {
    let mut rows = Vec::new();
    for row in value.as_array()? {
        let row = row.as_object()?;
        if row.keys().any(|name| !columns.iter().any(|column| column.name == *name)) {
            return None;
        }
        let cells = columns.iter().map(|column| cell(column.shape, row.get(&column.name).unwrap_or(&Value::Null)));
        rows.push(cells.collect::<Option<Vec<String>>>()?);
    }
    if rows.is_empty() { Some(String::new()) } else { serde_json::to_string(&rows).ok() }
}

fn cell(shape: Cell, value: &Value) -> Option<String> {
    match (shape, value) {
        (_, Value::Null) => Some(String::new()),
        (Cell::Number, value) => value.as_i64().map(|number| number.to_string()),
        (Cell::Yes, value) => value.as_bool().map(|yes| if yes { "yes" } else { "no" }.to_owned()),
        (Cell::Text | Cell::Date, value) => value.as_str().map(str::to_owned),
    }
}

/// Kept values as JSON. A field that the kind has no more is text.
pub(crate) fn shown(kind: Option<&Kind>, values: &Values) -> Value {
    let one = |(name, value): (&String, &String)| {
        let shape = kind.and_then(|kind| kind.field(name)).map(|field| &field.shape);
        (name.clone(), shape.map_or_else(|| json!(value), |shape| json_of(shape, value)))
    };
    Value::Object(values.iter().map(one).collect())
}

/// One value; null where there is none.
pub(crate) fn shown_one(kind: Option<&Kind>, field: &str, value: Option<&str>) -> Value {
    let Some(value) = value else { return Value::Null };
    let shape = kind.and_then(|kind| kind.field(field)).map(|field| &field.shape);
    shape.map_or_else(|| json!(value), |shape| json_of(shape, value))
}

fn json_of(shape: &Shape, value: &str) -> Value {
    let as_text = || json!(value);
    match shape {
        Shape::Number { .. } => value.parse::<i64>().map_or_else(|_| as_text(), |number| json!(number)),
        Shape::Yes => json!(value == "yes"),
        Shape::People { .. } | Shape::Units { .. } | Shape::Attachment { .. } => serde_json::from_str(value).unwrap_or_else(|_| as_text()),
        Shape::Table { columns, .. } => match serde_json::from_str::<Vec<Vec<String>>>(value) {
            Ok(rows) => rows.iter().map(|row| row_json(columns, row)).collect(),
            Err(_) => as_text(),
        },
        _ => as_text(),
    }
}

fn row_json(columns: &[Column], row: &[String]) -> Value {
    let filled = columns.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
    let one = |(column, cell): (&Column, &String)| {
        let value = match column.shape {
            Cell::Number => cell.parse::<i64>().map_or_else(|_| json!(cell), |number| json!(number)),
            Cell::Yes => json!(cell == "yes"),
            Cell::Text | Cell::Date => json!(cell),
        };
        (column.name.clone(), value)
    };
    Value::Object(filled.map(one).collect())
}
