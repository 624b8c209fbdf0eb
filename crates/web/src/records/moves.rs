//! `/r/{number}/do/{move}`: a move is made, or proposed where it takes two people.

use anlan_base::text::text;
use anlan_law::kind::{Eyes, Kind, Move};
use anlan_ledger::engine::{Command, Refusal, Values};
use anlan_ledger::records::Shown;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::Chosen;
use super::acts::prove;
use super::form::{input, say, sent};
use super::open::{FormTemplate, Typed, refusals};
use super::sent::RecordForm;
use crate::console::Shared;
use crate::failure::Failure;
use crate::page::{Page, see_other, show};
use crate::session::Signed;

async fn found(house: &Shared, who: &Signed, number: &str, name: &str) -> Result<(Shown, Kind, Move), Failure> {
    let shown = house.console.ledger.record(&who.rights, number).await?.ok_or(Failure::NotFound)?;
    let kinds = house.console.ledger.kinds();
    let kind = house.kind(&kinds, &shown.record.kind)?;
    let a_move = kind.a_move(name).cloned().ok_or(Failure::NotFound)?;
    Ok((shown, kind, a_move))
}

/// Refusals that speak of the right to make a move, not of the record.
const NOT_YOURS: [&str; 2] = ["not-yours", "no-person"];

/// Why the asker cannot make the move now, where they cannot: no form is drawn that leads nowhere.
fn refusal(shown: &Shown, name: &str) -> Option<Refusal> {
    match shown.may.iter().find(|may| may.name == name) {
        Some(may) => may.refusal.clone(),
        None => Some(Refusal::new("move-not-now")),
    }
}

pub(crate) async fn move_form(
    State(house): State<Shared>,
    who: Signed,
    Path((number, name)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let (shown, kind, a_move) = found(&house, &who, &number, &name).await?;
    if let Some(refusal) = refusal(&shown, &name) {
        let status = if NOT_YOURS.contains(&refusal.code) { StatusCode::FORBIDDEN } else { StatusCode::CONFLICT };
        return super::record::draw(&house, &who, &shown, status, super::open::told(&refusal, who.lang), String::new()).await;
    }
    let typed = Typed { values: shown.record.values.clone(), ..Typed::default() };
    draw(&house, &who, &shown, &kind, &a_move, StatusCode::OK, &typed, "").await
}

pub(crate) async fn make_move(
    State(house): State<Shared>,
    Path((number, name)): Path<(String, String)>,
    sent_form: RecordForm,
) -> Result<Response, Failure> {
    let (shown, kind, a_move) = found(&house, &sent_form.who, &number, &name).await?;
    let seen = sent_form.seen();
    let RecordForm { who, form, files, refused, .. } = sent_form;
    let asked = a_move.needs.iter().chain(&a_move.asks).filter_map(|name| kind.field(name));
    let values: Values = asked.map(|field| (field.name.clone(), sent(field, &form, &files))).collect();
    let reason = Some(form.get("reason").trim().to_owned()).filter(|reason| !reason.is_empty());
    let mut typed = Typed { values: values.clone(), refusals: Vec::new(), files: refused };
    if a_move.grave {
        typed.refusals.extend(prove(&house, &who, &form).await?);
    }
    if typed.files.is_empty() && typed.refusals.is_empty() {
        match house.console.ledger.act_on(&who.rights, &number, seen, Command::Move { name, values, reason: reason.clone() }).await {
            Ok(done) => {
                let told = if done.proposed { "proposed" } else { "done" };
                return Ok(see_other(&format!("/r/{number}?told={told}:{}", a_move.name)));
            }
            Err(error) => typed.refusals = refusals(error)?,
        }
    }
    draw(&house, &who, &shown, &kind, &a_move, StatusCode::UNPROCESSABLE_ENTITY, &typed, reason.as_deref().unwrap_or_default()).await
}

#[allow(clippy::too_many_arguments, reason = "what one form shows")]
async fn draw(
    house: &Shared,
    who: &Signed,
    shown: &Shown,
    kind: &Kind,
    a_move: &Move,
    status: StatusCode,
    typed: &Typed,
    reason: &str,
) -> Result<Response, Failure> {
    let lang = who.lang;
    let directory = house.console.ledger.directory();
    let offers = Chosen::load(house, &directory, &who.rights).await?;
    let of = |name: &String, required: bool| {
        let field = kind.field(name)?;
        Some(input(field, typed.value(name), required, typed.wrong(name, lang), lang, &offers))
    };
    let needs = a_move.needs.iter().filter_map(|name| of(name, true));
    let inputs = needs.chain(a_move.asks.iter().filter_map(|name| of(name, false))).collect();
    let record = &shown.record;
    let title = record.values.get(&kind.title_field).map_or_else(|| record.number.clone(), |title| format!("{} {title}", record.number));
    let four = matches!(a_move.eyes, Eyes::Four { .. });
    show(
        status,
        &FormTemplate {
            page: Page::records(house, who, kind.place, say(&a_move.title, lang)),
            wrong: typed.lead(lang),
            back: format!("/r/{}", record.number),
            back_title: title,
            action: format!("/r/{}/do/{}", record.number, a_move.name),
            seen: record.version.to_string(),
            about: String::new(),
            inputs,
            ask_reason: a_move.reason,
            reason: reason.to_owned(),
            step_up: a_move.grave && !who.session.is_fresh(house.console.clock.now()),
            submit: say(&a_move.title, lang).to_owned(),
            second: if four { text(lang, "move-second", &[]) } else { String::new() },
        },
    )
}
