//! The OpenAPI document: the same routes as the table, sound references, examples that work, and the checked-in copy.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may; it leaves what it saw beside the build for whoever accepts it"
)]

mod caller;
mod house;

use std::collections::BTreeSet;

use anlan_web::{Need, ROUTES, openapi};
use house::House;
use serde_json::{Value, json};

async fn document() -> (House, Value) {
    let house = House::new().await;
    house.first_run().await;
    let document = openapi(&house.ledger.kinds());
    (house, document)
}

/// The references in a value, and how many values it holds.
fn references<'v>(value: &'v Value, found: &mut BTreeSet<&'v str>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(to)) = members.get("$ref") {
                found.insert(to);
            }
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[tokio::test]
async fn the_checked_in_document_is_the_one_that_is_served() {
    let (house, made) = document().await;
    let person = house.person().await;
    assert_eq!(house.get("/api/v1/openapi.json", &person).await.json(), made);
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let kept = std::fs::read_to_string(format!("{folder}/spec/openapi.json")).unwrap_or_default();
    if serde_json::from_str::<Value>(&kept).ok() != Some(made.clone()) {
        std::fs::create_dir_all(format!("{folder}/target/accept")).unwrap();
        std::fs::write(format!("{folder}/target/accept/openapi.json"), serde_json::to_string_pretty(&made).unwrap() + "\n").unwrap();
        panic!(
            "spec/openapi.json is not what the routes and the shipped kinds say. Read the difference (diff spec/openapi.json target/accept/openapi.json); where it is meant so: cp target/accept/openapi.json spec/openapi.json"
        );
    }
}

#[tokio::test]
async fn every_route_of_the_api_is_described_and_no_other() {
    let (_, made) = document().await;
    let described: BTreeSet<(String, String)> = made["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, operations)| operations.as_object().unwrap().keys().map(move |method| (method.clone(), path.clone())))
        .collect();
    let served: BTreeSet<(String, String)> = ROUTES
        .iter()
        .filter(|route| route.path.starts_with("/api/"))
        .map(|route| (route.method.to_owned(), route.path.to_owned()))
        .collect();
    assert_eq!(described, served, "describe a new route of the API in OPERATIONS of crates/web/src/api/openapi.rs");
    for route in ROUTES.iter().filter(|route| route.path.starts_with("/api/")) {
        let Need::Token(scope) = route.need else { panic!("{} takes no token", route.path) };
        let operation = &made["paths"][route.path][route.method];
        assert_eq!(operation["security"][0]["token"], json!([scope]), "{}", route.path);
        assert_eq!(operation["security"].as_array().unwrap().len() == 2, route.method == "get", "{}: a session only reads", route.path);
        assert_eq!(operation["x-anlan-act"], json!(route.act), "{}", route.path);
        let mut told: Vec<&str> = operation["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["in"] == "path")
            .map(|one| one["name"].as_str().unwrap())
            .collect();
        let mut asked: Vec<&str> = route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
        told.sort_unstable();
        asked.sort_unstable();
        assert_eq!(told, asked, "{}", route.path);
    }
}

#[tokio::test]
async fn the_document_is_sound() {
    let (house, made) = document().await;
    assert_eq!(made["openapi"], "3.1.0");
    let mut found = BTreeSet::new();
    references(&made, &mut found);
    assert!(found.len() > 60);
    for to in found {
        let pointer = to.strip_prefix('#').unwrap();
        assert!(made.pointer(pointer).is_some(), "{to} leads nowhere");
    }
    let mut ids = BTreeSet::new();
    for operation in made["paths"].as_object().unwrap().values().flat_map(|operations| operations.as_object().unwrap().values()) {
        assert!(ids.insert(operation["operationId"].as_str().unwrap()), "ids stand once");
        let statuses: Vec<&str> = operation["responses"].as_object().unwrap().keys().map(String::as_str).collect();
        assert!(
            statuses.iter().any(|status| status.starts_with('2')) && statuses.contains(&"401") && statuses.contains(&"429"),
            "{statuses:?}"
        );
    }
    for kind in house.ledger.kinds().iter() {
        let schemas = &made["components"]["schemas"];
        assert_eq!(schemas[format!("values.{}", kind.id)]["properties"].as_object().unwrap().len(), kind.fields.len(), "{}", kind.id);
        assert_eq!(schemas[format!("open.{}", kind.id)]["required"], json!(["unit", "values"]));
        let moves = kind.moves.iter().filter(|a_move| !a_move.grave).count();
        assert_eq!(schemas[format!("moves.{}", kind.id)]["anyOf"].as_array().map_or(0, Vec::len), moves, "{}", kind.id);
    }
}

/// Whether a value fits a schema, as far as our document uses schemas.
fn fits(root: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    if let Some(to) = schema["$ref"].as_str() {
        return fits(root, root.pointer(to.trim_start_matches('#')).ok_or(to)?, value);
    }
    let any = schema["anyOf"].as_array();
    if any.is_some_and(|any| !any.iter().any(|one| fits(root, one, value).is_ok())) {
        return Err(format!("{value} fits none"));
    }
    for one in schema["allOf"].as_array().into_iter().flatten() {
        fits(root, one, value)?;
    }
    let is = |name: &str| match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        _ => value.is_null(),
    };
    let named = match &schema["type"] {
        Value::String(name) => is(name),
        Value::Array(names) => names.iter().any(|name| is(name.as_str().unwrap())),
        _ => true,
    };
    if !named || schema["enum"].as_array().is_some_and(|known| !known.contains(value)) {
        return Err(format!("{value} is no {schema}"));
    }
    for name in schema["required"].as_array().into_iter().flatten() {
        value.get(name.as_str().unwrap()).ok_or_else(|| format!("{value} lacks {name}"))?;
    }
    for (name, member) in value.as_object().into_iter().flatten() {
        match schema["properties"].get(name) {
            Some(schema) => fits(root, schema, member).map_err(|why| format!("{name}: {why}"))?,
            None if schema["additionalProperties"] == json!(false) => return Err(format!("{name} is not known")),
            None => {}
        }
    }
    for item in value.as_array().into_iter().flatten() {
        fits(root, schema.get("items").unwrap_or(&Value::Null), item)?;
    }
    Ok(())
}

#[tokio::test]
async fn examples_work_and_answers_are_as_described() {
    let (house, made) = document().await;
    let staff = house.staff().await;
    let tokens = house.tokens_of(staff.teacher.account).await;
    let open = &made["paths"]["/api/v1/kinds/{kind}/records"]["post"]["requestBody"]["content"]["application/json"];
    let mut example = open["examples"]["hazard"]["value"].clone();
    assert_eq!(fits(&made, &open["schema"], &example), Ok(()));
    assert!(fits(&made, &open["schema"], &json!({ "unit": "u2", "values": { "titel": "x" } })).is_err());
    example["unit"] = json!(staff.teacher.unit.to_string());
    let opened = house.change(&tokens.writes, "/api/v1/kinds/hazard/records", &example).await;
    assert_eq!(opened.status.as_u16(), 201, "{}", opened.text());
    let number = opened.json()["number"].as_str().unwrap().to_owned();
    let acts = &made["paths"]["/api/v1/records/{number}/acts/{act}"]["post"]["requestBody"]["content"]["application/json"];
    for (act, example) in acts["examples"].as_object().unwrap() {
        let schema = json!({ "$ref": format!("#/components/schemas/act.{act}") });
        assert_eq!(fits(&made, &schema, &example["value"]), Ok(()), "{act}");
    }
    for path in [
        "kinds",
        "kinds/hazard",
        "records",
        "records/N",
        "records/N/history",
        "records/N/children",
        "records/N/summary",
        "todo",
        "units",
        "people",
        "deadlines?from=2026-01-01&until=2027-01-01",
    ] {
        let answer = house.read(&tokens.reads, &format!("/api/v1/{}", path.replace("/N", &format!("/{number}")))).await;
        assert_eq!(answer.status.as_u16(), 200, "{path} {}", answer.text());
        let described = format!("/api/v1/{}", path.split('?').next().unwrap().replace("/N", "/{number}").replace("/hazard", "/{kind}"));
        let schema = &made["paths"][&described]["get"]["responses"]["200"]["content"]["application/json"]["schema"];
        assert_eq!(fits(&made, schema, &answer.json()), Ok(()), "{path}");
    }
    let error = house.change(&tokens.writes, "/api/v1/kinds/hazard/records", &json!({})).await;
    assert_eq!(fits(&made, &made["components"]["schemas"]["error"], &error.json()), Ok(()));
}
