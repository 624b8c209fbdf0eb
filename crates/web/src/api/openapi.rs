//! `GET /api/v1/openapi.json`: the OpenAPI 3.1 document of this API, made from the table of routes and the kinds in force.
//!
//! Invariant: every route under `/api/v1/` stands in it and nothing else does; a test holds both against each other, and the document of the kinds
//! that ship against `spec/openapi.json`.

use std::collections::BTreeSet;

use anlan_law::kind::Kinds;
use anlan_ledger::records::{KEY_BYTES, LIST_ROWS, TODO_ROWS};
use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value, json};

use super::acts::{ACTS, KEY_HEADER};
use super::agenda::TODO_VIEWS;
use super::asker::Reader;
use super::directory::DIRECTORY_ROWS;
use super::records::{ORDERS, VIEWS};
use super::refused::Refused;
use super::schema;
use super::search::API_LINES;
use crate::console::Shared;
use crate::routes::{Need, ROUTES, Route};

const PREFIX: &str = "/api/v1/";

/// What a parameter may be.
enum Of {
    Text,
    Words(&'static [&'static str]),
    Rows(u32),
    Unit,
    Moment,
}

struct Parameter {
    name: &'static str,
    of: Of,
    must: bool,
}

const fn may(name: &'static str, of: Of) -> Parameter {
    Parameter { name, of, must: false }
}

const fn must(name: &'static str, of: Of) -> Parameter {
    Parameter { name, of, must: true }
}

/// What is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sends {
    Nothing,
    Opening,
    Moving,
    Acting,
    Bytes,
    Lines,
}

/// One operation, in words.
struct Operation {
    method: &'static str,
    /// Below [`PREFIX`].
    path: &'static str,
    id: &'static str,
    zh: &'static str,
    en: &'static str,
    asks: &'static [Parameter],
    sends: Sends,
    /// Status and the schema of what is answered.
    answers: (&'static str, &'static str),
}

const fn read(
    path: &'static str,
    id: &'static str,
    words: (&'static str, &'static str),
    asks: &'static [Parameter],
    schema: &'static str,
) -> Operation {
    Operation { method: "get", path, id, zh: words.0, en: words.1, asks, sends: Sends::Nothing, answers: ("200", schema) }
}

const fn change(
    path: &'static str,
    id: &'static str,
    words: (&'static str, &'static str),
    sends: Sends,
    answers: (&'static str, &'static str),
) -> Operation {
    Operation { method: "post", path, id, zh: words.0, en: words.1, asks: &[], sends, answers }
}

const LIST: &[Parameter] = &[
    may("kind", Of::Text),
    may("unit", Of::Unit),
    may("view", Of::Text),
    may("q", Of::Text),
    may("where", Of::Text),
    may("order", Of::Words(&ORDERS)),
    may("after", Of::Text),
    may("limit", Of::Rows(LIST_ROWS)),
];
const SEARCH: &[Parameter] =
    &[may("q", Of::Text), may("since", Of::Moment), may("until", Of::Moment), may("limit", Of::Rows(API_LINES as u32))];
const TODO: &[Parameter] = &[may("view", Of::Words(&TODO_VIEWS)), may("after", Of::Text), may("limit", Of::Rows(TODO_ROWS))];
const DEADLINES: &[Parameter] = &[must("from", Of::Moment), must("until", Of::Moment), may("limit", Of::Rows(LIST_ROWS))];
const UNITS: &[Parameter] = &[may("after", Of::Text), may("limit", Of::Rows(DIRECTORY_ROWS))];
const PEOPLE: &[Parameter] = &[may("unit", Of::Unit), may("after", Of::Text), may("limit", Of::Rows(DIRECTORY_ROWS))];

const OPERATIONS: &[Operation] = &[
    read("openapi.json", "openapi", ("本文档", "This document"), &[], "object"),
    read("search", "searchLines", ("检索日志行", "Search lines of the log"), SEARCH, "line"),
    read("coverage", "coverage", ("应接日志源的留存情况", "How far the listed devices cover their terms"), &[], "coverage"),
    change("events", "sendLines", ("送入日志行，每行一条", "Send lines, one event each"), Sends::Lines, ("200", "accepted")),
    read("kinds", "listKinds", ("台账种类", "Registers"), &[], "kinds"),
    read("kinds/{kind}", "kind", ("一种台账的字段、状态、动作和时限", "Fields, states, moves and clocks of a register"), &[], "kind"),
    change("kinds/{kind}/records", "open", ("新建记录", "Open a record"), Sends::Opening, ("201", "done")),
    read("records", "listRecords", ("记录列表，筛选与页面相同", "Records, with the filters of the page"), LIST, "list"),
    read("records/{number}", "record", ("一条记录和可办的事", "A record and what may be done"), &[], "record"),
    read("records/{number}/history", "history", ("一条记录的历史", "The history of a record"), &[], "history"),
    read("records/{number}/children", "children", ("下发到各单位的记录", "Records it was sent down as"), &[], "children"),
    read("records/{number}/summary", "summary", ("下发记录的汇总，含全部字段", "The same in full"), &[], "summary"),
    change("records/{number}/moves/{move}", "move", ("办理一个动作", "Make a move"), Sends::Moving, ("200", "done")),
    change("records/{number}/acts/{act}", "act", ("各种记录通用的办理", "Acts that every record knows"), Sends::Acting, ("200", "done")),
    read("records/{number}/files/{digest}", "file", ("下载附件", "An attachment"), &[], "bytes"),
    Operation {
        method: "post",
        path: "files",
        id: "sendFile",
        zh: "上传附件，再在记录的字段中引用",
        en: "Send a file, then name it in a field of a record",
        asks: &[must("name", Of::Text)],
        sends: Sends::Bytes,
        answers: ("201", "file"),
    },
    read("duties", "duties", ("各项义务的自查结论", "How the duties stand"), &[], "duties"),
    read("todo", "todo", ("我的待办", "What is to be done"), TODO, "todo"),
    read("deadlines", "deadlines", ("一段时间内的到期", "What is due in a stretch of time"), DEADLINES, "deadlines"),
    read("units", "units", ("单位", "Units"), UNITS, "units"),
    read("people", "people", ("人员", "People"), PEOPLE, "people"),
];

pub(crate) async fn openapi(State(house): State<Shared>, _reader: Reader) -> Json<Value> {
    Json(document(&house.console.ledger.kinds()))
}

/// The document for these kinds.
#[must_use]
pub fn document(kinds: &Kinds) -> Value {
    let mut paths = Map::new();
    for route in ROUTES.iter().filter(|route| route.path.starts_with(PREFIX)) {
        let described = OPERATIONS.iter().find(|one| one.method == route.method && Some(one.path) == route.path.strip_prefix(PREFIX));
        if let Some(described) = described {
            let path = paths.entry(route.path).or_insert_with(|| json!({}));
            path[route.method] = operation(described, route, kinds);
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Anlan 安澜",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "台账、日志与待办的接口。令牌以其所属账号的权限办事；会话只能读取。说明见 docs/api.md。 / Registers, logs and tasks. A token acts with the rights of the account that owns it; a session only reads. See docs/api.en.md.",
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "schemas": schemas(kinds),
            "responses": responses(),
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer", "description": "anlan_… ; scopes: logs:write, logs:read, records:read, records:write" },
                "session": { "type": "apiKey", "in": "cookie", "name": "__Host-anlan" },
            },
        },
    })
}

fn operation(described: &Operation, route: &Route, kinds: &Kinds) -> Value {
    let mut parameters: Vec<Value> = in_path(route.path).map(|name| path_parameter(name, kinds)).collect();
    parameters.extend(described.asks.iter().map(query_parameter));
    if described.id == "listRecords" {
        parameters.extend(filters(kinds));
    }
    if described.sends == Sends::Opening {
        let schema = json!({ "type": "string", "minLength": 1, "maxLength": KEY_BYTES, "pattern": "^[!-~]+$" });
        parameters.push(json!({ "name": KEY_HEADER, "in": "header", "schema": schema,
            "description": "同一个键只新建一次，24 小时内有效 / the same key opens one record only, for 24 hours" }));
    }
    let mut told = json!({
        "operationId": described.id,
        "summary": format!("{} / {}", described.zh, described.en),
        "parameters": parameters,
        "responses": answers(described, route),
        "security": security(route),
    });
    if let Some(act) = route.act {
        told["x-anlan-act"] = json!(act);
    }
    if described.sends != Sends::Nothing {
        told["requestBody"] = body(described.sends, kinds);
    }
    told
}

fn security(route: &Route) -> Value {
    let scope = match route.need {
        Need::Token(scope) => scope,
        _ => return json!([]),
    };
    match route.method {
        "get" => json!([{ "token": [scope] }, { "session": [] }]),
        _ => json!([{ "token": [scope] }]),
    }
}

fn in_path(path: &'static str) -> impl Iterator<Item = &'static str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

fn path_parameter(name: &str, kinds: &Kinds) -> Value {
    let schema = match name {
        "number" => schema::text_like(schema::NUMBER),
        "digest" => schema::text_like(schema::DIGEST),
        "kind" => json!({ "type": "string", "examples": kinds.iter().map(|kind| &kind.id).collect::<Vec<_>>() }),
        "act" => json!({ "type": "string", "enum": ACTS }),
        _ => json!({ "type": "string" }),
    };
    json!({ "name": name, "in": "path", "required": true, "schema": schema })
}

fn query_parameter(parameter: &Parameter) -> Value {
    let schema = match &parameter.of {
        Of::Text if parameter.name == "view" => {
            json!({ "type": "string", "examples": VIEWS, "pattern": format!("^({}|is:.+)$", VIEWS.join("|")) })
        }
        Of::Text => json!({ "type": "string" }),
        Of::Words(words) => json!({ "type": "string", "enum": words }),
        Of::Rows(most) => json!({ "type": "integer", "minimum": 1, "maximum": most }),
        Of::Unit => schema::text_like(schema::UNIT),
        Of::Moment => json!({ "type": "string", "examples": ["2026-10-09T08:30"] }),
    };
    json!({ "name": parameter.name, "in": "query", "required": parameter.must, "schema": schema })
}

/// `by.FIELD`, where any kind has such a filter.
fn filters(kinds: &Kinds) -> Vec<Value> {
    let names: BTreeSet<&str> =
        kinds.iter().flat_map(|kind| &kind.fields).filter(|field| field.filter).map(|field| field.name.as_str()).collect();
    let one = |name| json!({ "name": format!("by.{name}"), "in": "query", "required": false, "schema": { "type": "string" } });
    names.into_iter().map(one).collect()
}

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

fn any_of(prefix: &str, names: impl Iterator<Item = String>) -> Value {
    json!({ "anyOf": names.map(|name| reference(&format!("{prefix}.{name}"))).collect::<Vec<_>>() })
}

fn body(sends: Sends, kinds: &Kinds) -> Value {
    let ids = || kinds.iter().map(|kind| kind.id.clone());
    let json_body = |schema: Value, examples: Value| json!({ "required": true, "content": { "application/json": { "schema": schema, "examples": examples } } });
    match sends {
        Sends::Opening => json_body(any_of("open", ids()), opening_examples(kinds)),
        Sends::Moving => {
            let movable = kinds.iter().filter(|kind| kind.moves.iter().any(|a_move| !a_move.grave)).map(|kind| kind.id.clone());
            json_body(any_of("moves", movable), json!({ "plain": { "value": { "seen": 12, "values": {}, "reason": "…" } } }))
        }
        Sends::Acting => json_body(
            any_of("act", ACTS.iter().map(|act| (*act).to_owned())),
            json!({ "note": { "value": { "text": "已电话核实" } }, "urge": { "value": { "text": "请今日内上报" } } }),
        ),
        Sends::Lines => json!({ "required": true, "content": { "text/plain": { "schema": { "type": "string" } } } }),
        Sends::Bytes => json!({ "required": true, "content": { "application/octet-stream": {} } }),
        Sends::Nothing => Value::Null,
    }
}

/// For the kind of hazards, where it is in force.
fn opening_examples(kinds: &Kinds) -> Value {
    if kinds.get("hazard").is_none() {
        return json!({});
    }
    json!({ "hazard": { "value": {
        "unit": "u2",
        "values": {
            "title": "机房交换机使用默认口令", "happened": "2026-11-20T09:30", "category": "network", "level": "general", "handling": "at_once",
        },
    } } })
}

fn answers(described: &Operation, route: &Route) -> Value {
    let (status, schema) = described.answers;
    let content = match schema {
        "bytes" => json!({ "application/octet-stream": {} }),
        "line" => json!({ "application/x-ndjson": { "schema": reference(schema) } }),
        "object" => json!({ "application/json": { "schema": { "type": "object" } } }),
        _ => json!({ "application/json": { "schema": reference(schema) } }),
    };
    let mut all = Map::new();
    all.insert(status.to_owned(), json!({ "description": format!("{} / {}", described.zh, described.en), "content": content }));
    if described.sends == Sends::Opening {
        let again = json!({ "description": "这个键先前已新建 / opened before with this key", "content": { "application/json": { "schema": reference(schema) } } });
        all.insert("200".to_owned(), again);
    }
    let mut failures = vec!["401", "429", "500"];
    let of_records = !matches!(described.id, "searchLines" | "sendLines" | "coverage");
    if of_records {
        failures.extend(["403", "503"]);
    }
    if in_path(route.path).next().is_some() {
        failures.push("404");
    }
    if !described.asks.is_empty() || described.sends != Sends::Nothing {
        failures.push("400");
    }
    match described.sends {
        Sends::Opening => failures.extend(["413", "415", "422"]),
        Sends::Moving | Sends::Acting => failures.extend(["409", "413", "415", "422"]),
        Sends::Bytes => failures.extend(["413", "422"]),
        Sends::Lines => failures.extend(["408", "413", "503"]),
        Sends::Nothing => {}
    }
    for failure in failures {
        all.insert(failure.to_owned(), json!({ "$ref": format!("#/components/responses/{failure}") }));
    }
    Value::Object(all)
}

fn responses() -> Value {
    let all = [
        ("400", "请求看不懂 / the request cannot be read"),
        ("401", "没有有效令牌 / no valid token"),
        ("403", "令牌范围不够，或须由本人办理 / the token lacks the scope, or a person does this"),
        ("404", "没有，或不在权限之内 / not there, or outside one's rights"),
        ("408", "内容中断 / the body stopped"),
        ("409", "记录刚刚变过 / the record has changed meanwhile"),
        ("413", "太大 / too large"),
        ("415", "不是 JSON / no JSON"),
        ("422", "不能这样办，field 指出是哪一项 / refused; `field` says what it is about"),
        ("429", "同时的请求太多，见 Retry-After / too many at once, see Retry-After"),
        ("500", "服务器出错 / the server failed"),
        ("503", "暂时不能服务，见 Retry-After / not now, see Retry-After"),
    ];
    let one = |(status, words): (&str, &str)| {
        (status.to_owned(), json!({ "description": words, "content": { "application/json": { "schema": reference("error") } } }))
    };
    Value::Object(all.into_iter().map(one).collect())
}

fn object(properties: Value) -> Value {
    json!({ "type": "object", "properties": properties })
}

fn list(items: &str) -> Value {
    json!({ "type": "array", "items": reference(items) })
}

fn schemas(kinds: &Kinds) -> Value {
    let text = || json!({ "type": "string" });
    let maybe_text = || json!({ "type": ["string", "null"] });
    let number = || json!({ "type": "integer" });
    let flag = || json!({ "type": "boolean" });
    let mut all = Map::new();
    let mut put = |name: &str, schema: Value| {
        all.insert(name.to_owned(), schema);
    };
    put(
        "error",
        json!({
            "type": "object",
            "properties": {
                "status": number(),
                "error": { "type": "string", "description": "a code; a refusal's own, or one of these", "examples": Refused::CODES },
                "message": text(),
                "field": text(),
            },
            "required": ["error", "message"],
            "examples": [{ "status": 422, "error": "field-required", "message": "需要填写", "field": "title" }],
        }),
    );
    put("file", schema::file());
    put("line", json!({ "type": "object", "additionalProperties": true }));
    put("device", device_schema());
    put(
        "coverage",
        object(
            json!({ "confirmed": flag(), "devices": list("device"), "unlisted": list("device"), "unverified": { "type": ["integer", "null"] }, "cut": flag() }),
        ),
    );
    put("accepted", object(json!({ "accepted": number(), "first_seq": maybe_text(), "last_seq": maybe_text() })));
    put(
        "done",
        object(
            json!({ "number": schema::text_like(schema::NUMBER), "version": number(), "proposed": flag(), "opened": { "type": "array", "items": text() } }),
        ),
    );
    put("words", object(json!({ "zh": text(), "en": text() })));
    put("kinds", object(json!({ "kinds": list("kind") })));
    put(
        "kind",
        object(json!({
            "kind": text(), "title": reference("words"), "number": text(), "place": text(), "asset": flag(),
            "opens_in": { "type": "array", "items": schema::text_like(schema::UNIT) },
            "fields": { "type": "array", "items": { "type": "object" } }, "states": { "type": "array", "items": { "type": "object" } },
            "moves": { "type": "array", "items": { "type": "object" } }, "clocks": { "type": "array", "items": { "type": "object" } },
        })),
    );
    put("row", row_schema());
    put("total", object(json!({ "kind": text(), "state": text(), "ended": flag(), "records": number() })));
    put(
        "list",
        object(
            json!({ "records": list("row"), "totals": list("total"), "total": { "type": ["integer", "null"] }, "next": maybe_text(), "cut": flag() }),
        ),
    );
    put("record", record_schema());
    put("history", object(json!({ "number": text(), "entries": { "type": "array", "items": { "type": "object" } } })));
    put("children", object(json!({ "totals": list("total"), "records": list("row"), "more": flag() })));
    put("summary", object(json!({ "records": list("row") })));
    put("duty", duty_schema());
    put("duties", list("duty"));
    put(
        "todo",
        object(
            json!({ "todo": { "type": "array", "items": object(json!({ "why": text(), "person": text(), "record": reference("row") })) }, "next": maybe_text(), "counts": { "type": "object" } }),
        ),
    );
    put(
        "deadlines",
        object(json!({ "deadlines": { "type": "array", "items": object(json!({ "due": text(), "record": reference("row") })) } })),
    );
    put(
        "units",
        object(
            json!({ "units": { "type": "array", "items": object(json!({ "unit": text(), "name": text(), "label": maybe_text(), "parent": maybe_text(), "head": maybe_text(), "closed": flag() })) }, "next": maybe_text() }),
        ),
    );
    put(
        "people",
        object(
            json!({ "people": { "type": "array", "items": object(json!({ "person": text(), "name": text(), "unit": text(), "left": flag() })) }, "next": maybe_text() }),
        ),
    );
    for kind in kinds.iter() {
        put(&format!("values.{}", kind.id), schema::of_kind(kind));
        put(&format!("open.{}", kind.id), schema::of_opening(kind));
        if kind.moves.iter().any(|a_move| !a_move.grave) {
            put(&format!("moves.{}", kind.id), schema::of_moves(kind));
        }
    }
    for act in ACTS {
        put(&format!("act.{act}"), schema::of_act(act));
    }
    Value::Object(all)
}

/// A moment as RFC 3339 in Beijing time.
fn moment() -> Value {
    json!({ "type": "string", "format": "date-time" })
}

fn duty_schema() -> Value {
    object(json!({
        "id": { "type": "string" }, "title": { "type": "string" }, "state": { "type": "string", "enum": super::duties::STATES },
        "kind": { "type": "string", "enum": super::duties::KINDS }, "reason": { "type": "string" },
        "at": { "anyOf": [moment(), { "type": "null" }] }, "stale": { "type": "boolean" },
    }))
}

fn device_schema() -> Value {
    let (text, number) = (|| json!({ "type": "string" }), || json!({ "type": "integer" }));
    let maybe = || json!({ "type": ["string", "null"] });
    let day = || schema::text_like(schema::DAY);
    let cell = || json!({ "type": "string", "enum": super::coverage::CELLS });
    let run = object(json!({ "from": day(), "days": number(), "cell": cell() }));
    let gap = object(json!({ "cause": cell(), "since": moment(), "until": moment() }));
    object(json!({
        "record": maybe(), "name": text(), "source": text(), "unit": schema::text_like(schema::UNIT), "category": text(),
        "standing": { "type": "string", "enum": super::coverage::STANDINGS }, "first": maybe(), "last": maybe(), "term": text(),
        "days_required": number(), "days_complete": number(), "complete_on": maybe(), "expected_seconds": { "type": ["integer", "null"] },
        "silent_since": maybe(), "cells": { "type": "array", "items": run }, "gaps": { "type": "array", "items": gap },
    }))
}

fn row_schema() -> Value {
    let maybe = || json!({ "type": ["string", "null"] });
    object(json!({
        "number": schema::text_like(schema::NUMBER), "kind": { "type": "string" }, "unit": schema::text_like(schema::UNIT),
        "state": { "type": "string" }, "ended": { "type": "boolean" }, "title": { "type": "string" }, "holder": maybe(), "due": maybe(),
        "missed": { "type": "boolean" }, "pending": { "type": "boolean" }, "late_entry": { "type": "boolean" }, "voided": { "type": "boolean" },
        "opened": moment(), "happened": moment(), "changed": moment(), "parent": maybe(), "version": { "type": "integer" },
        "leaf": { "type": ["integer", "null"] }, "values": { "type": "object" },
    }))
}

fn record_schema() -> Value {
    let maybe = || json!({ "type": ["string", "null"] });
    let objects = || json!({ "type": "array", "items": { "type": "object" } });
    let texts = || json!({ "type": "array", "items": { "type": "string" } });
    object(json!({
        "number": schema::text_like(schema::NUMBER), "kind": { "type": "string" }, "unit": schema::text_like(schema::UNIT), "parent": maybe(),
        "state": { "type": "string" }, "ended": { "type": "boolean" }, "voided": { "type": "boolean" }, "title": maybe(), "holder": maybe(),
        "opener": maybe(), "delegate": { "type": ["object", "null"] }, "opened": moment(), "happened": moment(), "changed": moment(),
        "late_entry": { "type": "boolean" }, "version": { "type": "integer" }, "leaf": { "type": ["integer", "null"] }, "due": maybe(),
        "sealed": texts(), "erased": texts(), "values": { "type": "object" }, "clocks": objects(), "pending": { "type": ["object", "null"] },
        "asks": objects(), "moves": objects(), "acts": texts(), "children": list("total"), "links": list("row"),
    }))
}
