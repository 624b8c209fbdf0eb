//! Changes of records: opening one, making a move, the acts that every record knows.
//!
//! Invariants: one call is one command, which the ledger takes whole or not at all; `seen` guards against what changed meanwhile (409); what takes a
//! fresh proof of the person (grave moves, unsealing, erasing) is not done here.

use anlan_base::{Day, parse_time};
use anlan_law::kind::AskWhat;
use anlan_ledger::engine::{Command, HandTo, Refusal, Urging, Verb};
use anlan_ledger::records::{Done, Opened};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::asker::Changer;
use super::body::{Members, Sent};
use super::refused::Refused;
use super::values::typed;
use crate::console::Shared;

/// Acts on a record beside its moves, as addresses name them.
pub(crate) const ACTS: [&str; 12] =
    ["approve", "object", "withdraw", "correct", "void", "note", "hand", "delegate", "urge", "supervise", "ask", "answer"];
pub(crate) const KEY_HEADER: &str = "idempotency-key";

/// The names that the body of an act may have.
pub(crate) fn names(act: &str) -> &'static [&'static str] {
    match act {
        "approve" | "object" | "void" => &["seen", "reason"],
        "correct" => &["seen", "values", "reason"],
        "note" | "urge" | "supervise" => &["seen", "text"],
        "hand" => &["seen", "person", "unit", "reason"],
        "delegate" => &["seen", "person", "until", "reason"],
        "ask" => &["seen", "people", "what", "text"],
        "answer" => &["seen", "agrees", "text"],
        _ => &["seen"],
    }
}

/// Those of them that must be there.
pub(crate) fn needs(act: &str) -> &'static [&'static str] {
    match act {
        "approve" => &["seen"],
        "object" | "void" => &["reason"],
        "correct" => &["values", "reason"],
        "note" | "urge" | "supervise" => &["text"],
        "hand" => &["reason"],
        "delegate" => &["person", "until", "reason"],
        "ask" => &["people", "what"],
        "answer" => &["agrees"],
        _ => &[],
    }
}

fn done(done: &Done) -> Value {
    json!({ "number": done.number, "version": done.version, "proposed": done.proposed, "opened": done.opened })
}

pub(crate) async fn open(
    State(house): State<Shared>,
    caller: Changer,
    Path(id): Path<String>,
    headers: HeaderMap,
    sent: Sent,
) -> Result<Response, Refused> {
    let kinds = house.console.ledger.kinds();
    let kind = kinds.get(&id).filter(|kind| house.console.ledger.may_see(&caller.rights, kind)).ok_or(Refused::NotFound)?;
    let members = sent.members(&["unit", "values", "happened"])?;
    let happened =
        members.text("happened")?.map(|text| parse_time(&text).map_err(|_| Refused::member("happened", "2026-10-09T08:30"))).transpose()?;
    let values = typed(kind, members.object("values")?)?;
    let unit = Members::needed("unit", members.unit("unit")?)?;
    let key = match headers.get(KEY_HEADER) {
        None => None,
        Some(value) => Some(
            value
                .to_str()
                .map_err(|_| Refused::Refusal(Refusal::new("once-key").with("most", anlan_ledger::records::KEY_BYTES.to_string())))?,
        ),
    };
    let opened = house.console.ledger.open_once(&caller.rights, &kind.id, Command::Open { unit, values, happened }, key).await?;
    let status = if matches!(opened, Opened::Now(_)) { StatusCode::CREATED } else { StatusCode::OK };
    let opened = opened.done();
    let place = format!("/api/v1/records/{}", opened.number);
    Ok((status, [(header::LOCATION, place)], Json(done(&opened))).into_response())
}

pub(crate) async fn make_move(
    State(house): State<Shared>,
    caller: Changer,
    Path((number, name)): Path<(String, String)>,
    sent: Sent,
) -> Result<Json<Value>, Refused> {
    let shown = house.console.ledger.record(&caller.rights, &number).await?.ok_or(Refused::NotFound)?;
    let kinds = house.console.ledger.kinds();
    let kind = kinds.get(&shown.record.kind).ok_or(Refused::NotFound)?;
    let a_move = kind.a_move(&name).ok_or(Refused::NotFound)?;
    let members = sent.members(&["seen", "values", "reason"])?;
    let values = typed(kind, members.object("values")?)?;
    let (seen, reason) = (members.number("seen")?, members.text("reason")?);
    if a_move.grave {
        return Err(Refused::Person);
    }
    let command = Command::Move { name, values, reason };
    Ok(Json(done(&house.console.ledger.act_on(&caller.rights, &number, seen, command).await?)))
}

pub(crate) async fn act(
    State(house): State<Shared>,
    caller: Changer,
    Path((number, act)): Path<(String, String)>,
    sent: Sent,
) -> Result<Json<Value>, Refused> {
    let shown = house.console.ledger.record(&caller.rights, &number).await?.ok_or(Refused::NotFound)?;
    let verb = Verb::from_id(&act).ok_or(Refused::NotFound)?;
    if matches!(verb, Verb::Erase | Verb::Unseal) {
        return Err(Refused::Person);
    }
    let members = sent.members(names(&act))?;
    let seen = members.number("seen")?;
    let values = if verb == Verb::Correct {
        let kinds = house.console.ledger.kinds();
        typed(kinds.get(&shown.record.kind).ok_or(Refused::NotFound)?, members.object("values")?)?
    } else {
        Default::default()
    };
    let command = match verb {
        Verb::Correct => Command::Correct { values, reason: members.said("reason")? },
        _ => command(verb, &members, seen)?,
    };
    Ok(Json(done(&house.console.ledger.act_on(&caller.rights, &number, seen, command).await?)))
}

fn command(verb: Verb, members: &Members, seen: Option<u64>) -> Result<Command, Refused> {
    let needed = |name: &'static str, value| Members::needed(name, value);
    Ok(match verb {
        Verb::Approve => {
            let seen = seen.ok_or(Refused::MemberMissing { name: "seen".to_owned() })?;
            Command::Approve { seen, reason: members.text("reason")?.filter(|reason| !reason.trim().is_empty()) }
        }
        Verb::Object => Command::Object { reason: members.said("reason")? },
        Verb::Withdraw => Command::Withdraw,
        Verb::Void => Command::Void { reason: members.said("reason")? },
        Verb::Note => Command::Note { text: members.said("text")? },
        Verb::HandOver => Command::HandOver { to: hand_to(members)?, reason: members.said("reason")? },
        Verb::Delegate => {
            let until = members.text("until")?.map(|day| last_moment(&day)).transpose()?;
            let until = until.ok_or(Refused::MemberMissing { name: "until".to_owned() })?;
            Command::Delegate { to: needed("person", members.person("person")?)?, until, reason: members.said("reason")? }
        }
        Verb::Urge => Command::Urge { text: members.said("text")?, weight: Urging::Remind },
        Verb::Supervise => Command::Urge { text: members.said("text")?, weight: Urging::Supervise },
        Verb::Ask => Command::Ask { people: members.people("people")?, what: what(members)?, text: members.said("text")? },
        Verb::Answer => Command::Answer { agrees: members.flag("agrees")?, text: members.said("text")? },
        Verb::Correct | Verb::Erase | Verb::Unseal => return Err(Refused::NotFound),
    })
}

fn hand_to(members: &Members) -> Result<HandTo, Refused> {
    match (members.person("person")?, members.unit("unit")?) {
        (Some(person), None) => Ok(HandTo::Person(person)),
        (None, Some(unit)) => Ok(HandTo::Unit(unit)),
        (None, None) => Err(Refused::MemberMissing { name: "person".to_owned() }),
        (Some(_), Some(_)) => Err(Refused::member("unit", "person | unit")),
    }
}

fn what(members: &Members) -> Result<AskWhat, Refused> {
    let said = Members::needed("what", members.text("what")?)?;
    AskWhat::from_id(&said).ok_or_else(|| Refused::member("what", "read | sign | opinion"))
}

/// The end of a day in Beijing.
fn last_moment(day: &str) -> Result<anlan_base::Instant, Refused> {
    let wrong = || Refused::member("until", "2026-10-09");
    let at = parse_time(&format!("{day}T12:00")).map_err(|_| wrong())?;
    Ok(Day::of(at).last_moment())
}
