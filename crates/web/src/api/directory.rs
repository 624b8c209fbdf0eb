//! `GET /api/v1/units` and `/api/v1/people`: who there is, in the units one has to do with.
//!
//! Invariant: phones, addresses and accounts stand in no answer; units and people outside one's units are not there.

use anlan_ledger::Directory;
use anlan_ledger::engine::{People as _, PersonId, Rights, UnitId};
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::asker::Reader;
use super::records::{known, limit};
use super::refused::Refused;
use crate::console::Shared;
use crate::form::Pairs;

/// Rows of one page.
pub(crate) const DIRECTORY_ROWS: u32 = 1_000;

/// Units that a role of theirs reaches, and their own.
fn sees(directory: &Directory, who: &Rights, unit: UnitId) -> bool {
    let own = who.person.and_then(|person| directory.person(person)).is_some_and(|person| person.unit == unit);
    own || directory.unit(unit).is_some_and(|unit| who.touches(&unit.path))
}

/// A page of what is there, behind the one that `after` names.
fn page<T>(all: Vec<T>, id: impl Fn(&T) -> String, pairs: &Pairs) -> Result<(Vec<T>, Option<String>), Refused> {
    let rows = usize::try_from(limit(pairs, DIRECTORY_ROWS)?).unwrap_or(1);
    let skipped = match pairs.get("after") {
        "" => 0,
        after => all.iter().position(|row| id(row) == after).map(|at| at + 1).ok_or_else(|| Refused::query("after", "next"))?,
    };
    let more = all.len() > skipped + rows;
    let rows: Vec<T> = all.into_iter().skip(skipped).take(rows).collect();
    let next = rows.last().map(&id).filter(|_| more);
    Ok((rows, next))
}

pub(crate) async fn units(State(house): State<Shared>, reader: Reader, pairs: Pairs) -> Result<Json<Value>, Refused> {
    known(&pairs, &["after", "limit"])?;
    let directory = house.console.ledger.directory();
    let seen = directory.units().filter(|row| sees(&directory, &reader.rights, row.unit.id)).collect();
    let (rows, next) = page(seen, |row| row.unit.id.to_string(), &pairs)?;
    let told = rows.iter().map(|row| {
        json!({
            "unit": row.unit.id.to_string(),
            "name": row.unit.name,
            "label": row.label,
            "parent": row.unit.parent.map(|parent| parent.to_string()),
            "head": row.unit.head.map(|head| head.to_string()),
            "closed": row.unit.closed,
        })
    });
    Ok(Json(json!({ "units": told.collect::<Vec<_>>(), "next": next })))
}

pub(crate) async fn people(State(house): State<Shared>, reader: Reader, pairs: Pairs) -> Result<Json<Value>, Refused> {
    known(&pairs, &["unit", "after", "limit"])?;
    let directory = house.console.ledger.directory();
    let within = match pairs.get("unit") {
        "" => None,
        id => Some(UnitId::parse(id).filter(|unit| sees(&directory, &reader.rights, *unit)).ok_or(Refused::NotFound)?),
    };
    let of_unit = |unit: UnitId| within.is_none_or(|wanted| wanted == unit);
    let seen =
        directory.people().map(|row| &row.person).filter(|person| of_unit(person.unit) && sees(&directory, &reader.rights, person.unit));
    let (rows, next) = page(seen.collect(), |person| PersonId::to_string(&person.id), &pairs)?;
    let told = rows.iter().map(
        |person| json!({ "person": person.id.to_string(), "name": person.name, "unit": person.unit.to_string(), "left": person.left }),
    );
    Ok(Json(json!({ "people": told.collect::<Vec<_>>(), "next": next })))
}
