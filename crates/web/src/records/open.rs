//! `/records/{kind}/new`: a record is entered.

use anlan_base::parse_time;
use anlan_base::text::text;
use anlan_law::kind::{Kind, Shape};
use anlan_ledger::LedgerError;
use anlan_ledger::engine::{Command, Refusal, UnitId, Values};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::form::{Choice, Drawn, Input, Offers, input, say, sent};
use super::sent::RecordForm;
use super::{Chosen, unit_of};
use crate::address::encode;
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::{Page, Section, see_other, show};
use crate::session::Signed;

/// A form for a record: opening it, a move, a built-in act.
#[derive(Template)]
#[template(path = "record_form.html")]
pub(crate) struct FormTemplate {
    pub(crate) page: Page,
    pub(crate) wrong: String,
    pub(crate) back: String,
    pub(crate) back_title: String,
    pub(crate) action: String,
    pub(crate) seen: String,
    pub(crate) about: String,
    pub(crate) inputs: Vec<Input>,
    pub(crate) ask_reason: bool,
    pub(crate) reason: String,
    pub(crate) step_up: bool,
    pub(crate) submit: String,
    pub(crate) second: String,
}

/// What was typed, and what is wrong with it.
#[derive(Default)]
pub(crate) struct Typed {
    pub(crate) values: Values,
    pub(crate) refusals: Vec<Refusal>,
    pub(crate) files: Vec<(String, String)>,
}

impl Typed {
    pub(crate) fn value(&self, field: &str) -> &str {
        self.values.get(field).map_or("", String::as_str)
    }

    /// Why a field was refused, in the reader's language.
    pub(crate) fn wrong(&self, field: &str, lang: anlan_base::text::Lang) -> String {
        let file = self.files.iter().find(|(name, _)| name.strip_prefix("f.") == Some(field)).map(|(_, why)| why.clone());
        let refused = || self.refusals.iter().find(|refusal| refusal.field.as_deref() == Some(field)).map(|refusal| told(refusal, lang));
        file.or_else(refused).unwrap_or_default()
    }

    /// What belongs to no field, or how many fields are to be mended.
    pub(crate) fn lead(&self, lang: anlan_base::text::Lang) -> String {
        if let Some(refusal) = self.refusals.iter().find(|refusal| refusal.field.is_none()) {
            return told(refusal, lang);
        }
        match self.refusals.len() + self.files.len() {
            0 => String::new(),
            n => text(lang, "form-wrong", &[("n", &n.to_string())]),
        }
    }
}

/// A refusal in the reader's language.
pub(crate) fn told(refusal: &Refusal, lang: anlan_base::text::Lang) -> String {
    let args: Vec<(&str, &str)> = refusal.args.iter().map(|(name, value)| (*name, value.as_str())).collect();
    text(lang, &format!("refusal-{}", refusal.code), &args)
}

/// What went wrong with an act, as refusals that a form can show; everything else is a failure of the server.
pub(crate) fn refusals(error: LedgerError) -> Result<Vec<Refusal>, Failure> {
    match error {
        LedgerError::Refusal(refusal) => Ok(vec![refusal]),
        LedgerError::Stale { .. } => Ok(vec![Refusal::new("stale")]),
        other => Err(other.into()),
    }
}

pub(crate) async fn open_form(
    State(house): State<Shared>,
    who: Signed,
    Path(kind): Path<String>,
    pairs: Pairs,
) -> Result<Response, Failure> {
    let kinds = house.console.ledger.kinds();
    let kind = house.kind(&kinds, &kind)?;
    if house.console.ledger.units_to_open(&who.rights, &kind).is_empty() {
        return Err(Failure::NotFound);
    }
    // An address may fill fields in: `?f.asset=SB-2026-0003`.
    let mut values: Values =
        kind.fields.iter().map(|field| (field.name.clone(), sent(field, &pairs, &[]))).filter(|(_, value)| !value.is_empty()).collect();
    for field in kind.fields.iter().filter(|field| field.required && field.shape == Shape::Time) {
        values
            .entry(field.name.clone())
            .or_insert_with(|| house.console.clock.now().to_civil().replace(' ', "T").chars().take(16).collect());
    }
    draw(&house, &who, &kind, StatusCode::OK, pairs.get("unit"), pairs.get("happened"), &Typed { values, ..Typed::default() }).await
}

pub(crate) async fn open(State(house): State<Shared>, Path(kind): Path<String>, sent_form: RecordForm) -> Result<Response, Failure> {
    let kinds = house.console.ledger.kinds();
    let kind = house.kind(&kinds, &kind)?;
    let RecordForm { who, form, files, refused, .. } = sent_form;
    let values: Values =
        kind.fields.iter().map(|field| (field.name.clone(), sent(field, &form, &files))).filter(|(_, v)| !v.is_empty()).collect();
    let mut typed = Typed { values: values.clone(), refusals: Vec::new(), files: refused };
    let unit = unit_of(form.get("unit")).or_else(|| own_unit(&house, &who));
    let happened = parse_time(form.get("happened")).ok();
    if typed.files.is_empty() {
        let Some(unit) = unit else { return Err(Failure::BadForm) };
        match house.console.ledger.open_record(&who.rights, &kind.id, Command::Open { unit, values, happened }).await {
            Ok(done) => return Ok(see_other(&format!("/r/{}?told={}", done.number, encode("open")))),
            Err(error) => typed.refusals = refusals(error)?,
        }
    }
    draw(&house, &who, &kind, StatusCode::UNPROCESSABLE_ENTITY, form.get("unit"), form.get("happened"), &typed).await
}

/// The unit of the person who is signed in.
pub(crate) fn own_unit(house: &Shared, who: &Signed) -> Option<UnitId> {
    use anlan_ledger::engine::People as _;
    house.console.ledger.directory().person(who.rights.person?).map(|person| person.unit)
}

async fn draw(
    house: &Shared,
    who: &Signed,
    kind: &Kind,
    status: StatusCode,
    unit: &str,
    happened: &str,
    typed: &Typed,
) -> Result<Response, Failure> {
    let lang = who.lang;
    let directory = house.console.ledger.directory();
    let offers = Chosen::load(house, &directory, &who.rights).await?;
    let mut inputs = Vec::new();
    let own = own_unit(house, who).map_or_else(String::new, |id| id.to_string());
    let reach = house.console.ledger.units_to_open(&who.rights, kind);
    let reached: Vec<Choice> =
        offers.units().into_iter().filter(|choice| unit_of(&choice.id).is_some_and(|unit| reach.contains(&unit))).collect();
    if reached.len() > 1 {
        let wanted = if unit.is_empty() { own.as_str() } else { unit };
        let options = reached.into_iter().map(|choice| Choice { chosen: choice.id == wanted, ..choice }).collect();
        inputs.push(Input {
            name: "unit".into(),
            label: text(lang, "form-unit", &[]),
            hint: String::new(),
            required: true,
            sealed: false,
            wrong: String::new(),
            drawn: Drawn::One { options },
        });
    }
    inputs.extend(
        kind.asked_at_opening()
            .into_iter()
            .map(|field| input(field, typed.value(&field.name), field.required, typed.wrong(&field.name, lang), lang, &offers)),
    );
    if kind.field("happened").is_none() {
        let drawn = Drawn::Line { kind: "datetime-local", value: happened.to_owned(), most: 16 };
        inputs.push(Input {
            name: "happened".into(),
            label: text(lang, "form-happened", &[]),
            hint: String::new(),
            required: false,
            sealed: false,
            wrong: String::new(),
            drawn,
        });
    }
    let title = say(&kind.title, lang);
    let page = Page::records(house, who, kind.place, &format!("{} · {}", text(lang, "form-open", &[]), title));
    show(
        status,
        &FormTemplate {
            page,
            wrong: typed.lead(lang),
            back: format!("/records/{}", kind.id),
            back_title: title.to_owned(),
            action: format!("/records/{}/new", kind.id),
            seen: String::new(),
            about: kind.about.as_ref().map_or_else(String::new, |about| say(about, lang).to_owned()),
            inputs,
            ask_reason: false,
            reason: String::new(),
            step_up: false,
            submit: text(lang, "form-submit", &[]),
            second: String::new(),
        },
    )
}
