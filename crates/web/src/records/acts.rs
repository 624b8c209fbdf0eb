//! `/r/{number}/act/{verb}`: what can be done with a record of any kind: approving, correcting, voiding, notes, handing over, urging, asking, unsealing.

use anlan_base::parse_time;
use anlan_base::text::{Lang, text};
use anlan_law::kind::{AskWhat, Kind, Kinds, Who};
use anlan_ledger::LedgerError;
use anlan_ledger::engine::{Command, HandTo, PersonId, Refusal, UnitId, Urging, Values, Verb};
use anlan_ledger::records::{RecordRow, Shown};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::Chosen;
use super::form::{Choice, Drawn, Input, Offers, input, say, sent};
use super::open::{FormTemplate, Typed, refusals, told as refusal_text};
use super::record;
use super::sent::RecordForm;
use crate::address::encode;
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::{Page, see_other, show};
use crate::session::{Signed, SignedForm};

/// Records that one request acts on.
const BULK_RECORDS: usize = 200;
/// Refusals that are named after such a request.
const BULK_TOLD: usize = 5;

/// How a built-in act is asked for.
trait Asked {
    fn has_form(self) -> bool;
    fn asks_reason(self) -> bool;
    /// Whether somebody proves themselves once more.
    fn asks_proof(self) -> bool;
}

impl Asked for Verb {
    fn has_form(self) -> bool {
        !matches!(self, Self::Approve | Self::Object | Self::Withdraw | Self::Answer)
    }

    fn asks_reason(self) -> bool {
        matches!(self, Self::Correct | Self::Void | Self::Erase | Self::HandOver | Self::Delegate | Self::Unseal)
    }

    fn asks_proof(self) -> bool {
        matches!(self, Self::Erase | Self::Unseal)
    }
}

/// The acts that the page of a record offers, with their words; erasing where there is something to erase and the asker may propose it.
pub(crate) fn verbs(may: &[Verb], erases: bool, lang: Lang) -> Vec<(&'static str, String)> {
    may.iter()
        .chain(erases.then_some(&Verb::Erase))
        .filter(|verb| verb.has_form())
        .map(|verb| (verb.id(), text(lang, &format!("act-{}", verb.id()), &[])))
        .collect()
}

/// What an address says was just done: `?told=done:fix`.
pub(crate) fn told(pairs: &Pairs, lang: Lang) -> String {
    let (how, what) = pairs.get("told").split_once(':').unwrap_or((pairs.get("told"), ""));
    match how {
        "open" => text(lang, "told-open", &[]),
        "done" | "proposed" => text(lang, if how == "done" { "told-done" } else { "told-proposed" }, &[]),
        "bulk" => {
            let mut parts = what.splitn(3, ':');
            let mut next = || parts.next().unwrap_or_default().chars().take(BULK_TOLD * 24).collect::<String>();
            text(lang, "bulk-done", &[("done", &next()), ("failed", &next()), ("why", &next())])
        }
        "urged" => text(lang, "urge-done", &[("n", what.get(..6).unwrap_or(what))]),
        "kept" => text(lang, "told-kept", &[]),
        _ => String::new(),
    }
}

/// Asks for the password, and the code where one is used, unless they were given a moment ago.
pub(crate) async fn prove(house: &Shared, who: &Signed, form: &Pairs) -> Result<Option<Refusal>, Failure> {
    if who.session.is_fresh(house.console.clock.now()) {
        return Ok(None);
    }
    let code = Some(form.get("code").trim()).filter(|code| !code.is_empty());
    match house.console.ledger.step_up(&who.secret, form.get("password"), code, &who.peer).await {
        Ok(()) => Ok(None),
        Err(LedgerError::Refused) => Ok(Some(Refusal::new("step-up"))),
        Err(LedgerError::Wait { seconds }) => Ok(Some(Refusal::new("wait").with("seconds", seconds.to_string()))),
        Err(error) => Err(error.into()),
    }
}

async fn found(house: &Shared, who: &Signed, number: &str, verb: &str) -> Result<(Shown, Kind, Verb), Failure> {
    let verb = Verb::from_id(verb).ok_or(Failure::NotFound)?;
    let shown = house.console.ledger.record(&who.rights, number).await?.ok_or(Failure::NotFound)?;
    let kinds = house.console.ledger.kinds();
    let kind = house.kind(&kinds, &shown.record.kind)?;
    Ok((shown, kind, verb))
}

pub(crate) async fn act_form(
    State(house): State<Shared>,
    who: Signed,
    Path((number, verb)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let (shown, kind, verb) = found(&house, &who, &number, &verb).await?;
    // Lawful erasure takes two people: it is proposed.
    if verb == Verb::Erase {
        return Ok(see_other(&format!("/proposals/erase?record={number}")));
    }
    if !verb.has_form() {
        return Ok(see_other(&format!("/r/{number}")));
    }
    if !shown.may_do.contains(&verb) {
        let wrong = text(who.lang, "act-not-now", &[("act", &text(who.lang, &format!("act-{}", verb.id()), &[]))]);
        return record::draw(&house, &who, &shown, StatusCode::FORBIDDEN, wrong, String::new()).await;
    }
    draw(
        &house,
        &who,
        &shown,
        &kind,
        verb,
        StatusCode::OK,
        &Typed { values: shown.record.values.clone(), ..Typed::default() },
        &Pairs::default(),
    )
    .await
}

pub(crate) async fn act(
    State(house): State<Shared>,
    Path((number, verb)): Path<(String, String)>,
    sent_form: RecordForm,
) -> Result<Response, Failure> {
    let (shown, kind, verb) = found(&house, &sent_form.who, &number, &verb).await?;
    let seen = sent_form.seen();
    let RecordForm { who, form, files, refused, .. } = sent_form;
    let mut typed = Typed { values: Values::new(), refusals: Vec::new(), files: refused };
    if verb == Verb::Correct {
        typed.values = kind
            .fields
            .iter()
            .filter(|field| field.sealed.is_empty())
            .map(|field| (field.name.clone(), sent(field, &form, &files)))
            .collect();
    }
    if verb.asks_proof() {
        typed.refusals.extend(prove(&house, &who, &form).await?);
    }
    let command = command(verb, &shown, &form, &typed, seen);
    if typed.refusals.is_empty() && typed.files.is_empty() {
        match (verb, command) {
            (_, Err(refusal)) => typed.refusals.push(refusal),
            (Verb::Unseal, Ok(Command::Unseal { fields, reason })) => {
                match house.console.ledger.unseal(&who.rights, &number, &fields, &reason).await {
                    Ok(values) => {
                        return record::draw(
                            &house,
                            &who,
                            &unsealed(shown, values),
                            StatusCode::OK,
                            String::new(),
                            text(who.lang, "told-unsealed", &[]),
                        )
                        .await;
                    }
                    Err(error) => typed.refusals = refusals(error)?,
                }
            }
            (_, Ok(command)) => match house.console.ledger.act_on(&who.rights, &number, seen, command).await {
                Ok(done) => return Ok(see_other(&format!("/r/{number}?told={}", if done.proposed { "proposed" } else { "done" }))),
                Err(error) => typed.refusals = refusals(error)?,
            },
        }
    }
    if verb.has_form() {
        return draw(&house, &who, &shown, &kind, verb, StatusCode::UNPROCESSABLE_ENTITY, &typed, &form).await;
    }
    let wrong = typed.refusals.first().map_or_else(String::new, |refusal| refusal_text(refusal, who.lang));
    record::draw(&house, &who, &shown, StatusCode::UNPROCESSABLE_ENTITY, wrong, String::new()).await
}

fn unsealed(mut shown: Shown, values: Values) -> Shown {
    shown.sealed.retain(|name| !values.contains_key(name));
    shown.record.values.extend(values);
    shown
}

/// What the form asks of the ledger.
fn command(verb: Verb, shown: &Shown, form: &Pairs, typed: &Typed, seen: Option<u64>) -> Result<Command, Refusal> {
    let reason = || form.get("reason").trim().to_owned();
    let words = || form.get("text").trim().to_owned();
    let fields = || form.0.iter().filter(|(name, _)| name == "fields").map(|(_, value)| value.clone()).collect();
    let person = |name: &str| PersonId::parse(form.get(name)).ok_or_else(|| Refusal::new("missing").at(name));
    Ok(match verb {
        Verb::Approve => {
            Command::Approve { seen: seen.unwrap_or(shown.record.version), reason: Some(reason()).filter(|reason| !reason.is_empty()) }
        }
        Verb::Object => Command::Object { reason: reason() },
        Verb::Withdraw => Command::Withdraw,
        Verb::Correct => Command::Correct { values: changed(shown, typed), reason: reason() },
        Verb::Void => Command::Void { reason: reason() },
        Verb::Erase => Command::Erase { fields: fields(), reason: reason() },
        Verb::Note => Command::Note { text: words() },
        Verb::HandOver => {
            let to = UnitId::parse(form.get("unit")).map(HandTo::Unit).or_else(|| PersonId::parse(form.get("person")).map(HandTo::Person));
            Command::HandOver { to: to.ok_or_else(|| Refusal::new("missing").at("person"))?, reason: reason() }
        }
        Verb::Delegate => {
            let until = parse_time(&format!("{}T23:59:59", form.get("until"))).map_err(|_| Refusal::new("missing").at("until"))?;
            Command::Delegate { to: person("person")?, until, reason: reason() }
        }
        Verb::Urge => Command::Urge { text: words(), weight: Urging::Remind },
        Verb::Supervise => Command::Urge { text: words(), weight: Urging::Supervise },
        Verb::Ask => {
            let people = form.0.iter().filter(|(name, _)| name == "people").filter_map(|(_, id)| PersonId::parse(id)).collect();
            Command::Ask { people, what: AskWhat::from_id(form.get("what")).unwrap_or(AskWhat::Opinion), text: words() }
        }
        Verb::Answer => Command::Answer { agrees: form.get("agrees") == "yes", text: words() },
        Verb::Unseal => Command::Unseal { fields: fields(), reason: reason() },
    })
}

/// Only what differs is a correction.
fn changed(shown: &Shown, typed: &Typed) -> Values {
    let differs = |(name, value): &(&String, &String)| shown.record.values.get(*name).map_or("", String::as_str) != value.as_str();
    typed.values.iter().filter(differs).map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn plain(name: &str, label: &str, required: bool, wrong: String, drawn: Drawn) -> Input {
    Input { name: name.to_owned(), label: label.to_owned(), hint: String::new(), required, sealed: false, wrong, drawn }
}

fn inputs(verb: Verb, kind: &Kind, shown: &Shown, typed: &Typed, form: &Pairs, offers: &dyn Offers, lang: Lang) -> Vec<Input> {
    let t = |key: &str| text(lang, key, &[]);
    let wrong = |name: &str| typed.wrong(name, lang);
    let people = |name: &str, must: bool| plain(name, &t("form-person"), must, wrong(name), Drawn::One { options: offers.people() });
    let words =
        || plain("text", &t("form-text"), true, wrong("text"), Drawn::Lines { value: form.get("text").to_owned(), rows: 3, most: 2_000 });
    let pick = |wanted: fn(&anlan_law::kind::Field) -> bool| {
        let fields = kind
            .fields
            .iter()
            .filter(|field| wanted(field) && (shown.sealed.contains(&field.name) || shown.record.values.contains_key(&field.name)));
        let options = fields
            .map(|field| Choice { id: field.name.clone(), title: say(&field.title, lang).to_owned(), group: String::new(), chosen: true })
            .collect();
        plain("fields", &t("form-fields"), true, String::new(), Drawn::Many { options })
    };
    match verb {
        Verb::Correct => kind
            .fields
            .iter()
            .filter(|field| field.sealed.is_empty())
            .map(|field| input(field, typed.value(&field.name), false, wrong(&field.name), lang, offers))
            .collect(),
        Verb::Note | Verb::Urge | Verb::Supervise => vec![words()],
        Verb::HandOver => {
            vec![people("person", false), plain("unit", &t("form-to-unit"), false, String::new(), Drawn::One { options: offers.units() })]
        }
        Verb::Delegate => vec![
            people("person", true),
            plain(
                "until",
                &t("form-until"),
                true,
                wrong("until"),
                Drawn::Line { kind: "date", value: form.get("until").to_owned(), most: 10 },
            ),
        ],
        Verb::Ask => {
            let whats = AskWhat::ALL.map(|what| Choice {
                id: what.id().to_owned(),
                title: t(&format!("ask-{}", what.id())),
                group: String::new(),
                chosen: what == AskWhat::Opinion,
            });
            vec![
                plain("people", &t("form-people"), true, wrong("people"), Drawn::Many { options: offers.people() }),
                plain("what", &t("form-what"), true, String::new(), Drawn::One { options: whats.into() }),
                words(),
            ]
        }
        Verb::Unseal => vec![pick(|field| !field.sealed.is_empty())],
        Verb::Erase => vec![pick(|field| field.personal)],
        _ => Vec::new(),
    }
}

#[allow(clippy::too_many_arguments, reason = "what one form shows")]
async fn draw(
    house: &Shared,
    who: &Signed,
    shown: &Shown,
    kind: &Kind,
    verb: Verb,
    status: StatusCode,
    typed: &Typed,
    form: &Pairs,
) -> Result<Response, Failure> {
    let lang = who.lang;
    let directory = house.console.ledger.directory();
    let offers = Chosen::load(house, &directory, &who.rights).await?;
    let title = text(lang, &format!("act-{}", verb.id()), &[]);
    let number = &shown.record.number;
    show(
        status,
        &FormTemplate {
            page: Page::records(house, who, kind.place, &title),
            wrong: typed.lead(lang),
            back: format!("/r/{number}"),
            back_title: number.clone(),
            action: format!("/r/{number}/act/{}", verb.id()),
            seen: shown.record.version.to_string(),
            about: text(lang, &format!("act-{}-why", verb.id()), &[]),
            inputs: inputs(verb, kind, shown, typed, form, &offers, lang),
            ask_reason: verb.asks_reason(),
            reason: form.get("reason").to_owned(),
            step_up: verb.asks_proof() && !who.session.is_fresh(house.console.clock.now()),
            submit: title,
            second: if verb == Verb::Erase { text(lang, "move-second", &[]) } else { String::new() },
        },
    )
}

/// One act on many records of a list; each is judged for itself.
pub(crate) async fn bulk(State(house): State<Shared>, Path(kind): Path<String>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let numbers: Vec<String> =
        form.0.iter().filter(|(name, _)| name == "number").map(|(_, value)| value.clone()).take(BULK_RECORDS).collect();
    let reason = form.get("reason").trim().to_owned();
    let back =
        Some(form.get("back")).filter(|back| back.starts_with("/records/")).map_or_else(|| format!("/records/{kind}"), str::to_owned);
    let command = match form.get("verb").split_once(':') {
        _ if numbers.is_empty() || reason.is_empty() => return Ok(see_other(&back)),
        Some(("do", name)) => Command::Move { name: name.to_owned(), values: Values::new(), reason: Some(reason) },
        Some(("act", "urge")) => Command::Urge { text: reason, weight: Urging::Remind },
        Some(("act", "note")) => Command::Note { text: reason },
        Some(("act", "void")) => Command::Void { reason },
        _ => return Err(Failure::BadForm),
    };
    let done = house.console.ledger.act_on_many(&who.rights, &numbers, command).await;
    let failed: Vec<&str> = done.iter().filter(|(_, result)| result.is_err()).map(|(number, _)| number.as_str()).collect();
    let named = failed.iter().take(BULK_TOLD).copied().collect::<Vec<_>>().join(" ");
    let told = format!("bulk:{}:{}:{named}", done.len() - failed.len(), failed.len());
    let back = back.split("&told=").next().unwrap_or_default();
    let sign = if back.contains('?') { '&' } else { '?' };
    Ok(see_other(&format!("{back}{sign}told={}", encode(&told))))
}

/// Whether the record lies with the unit above: what was handed in is not missing.
fn is_with_those_above(kinds: &Kinds, row: &RecordRow) -> bool {
    let state = kinds.get(&row.kind).and_then(|kind| kind.state(&row.state));
    state.is_some_and(|state| !state.holder.is_empty() && state.holder.iter().all(|who| matches!(who, Who::Above(_))))
}

/// 催办 of every unit whose answer is still missing.
pub(crate) async fn urge_missing(
    State(house): State<Shared>,
    Path(number): Path<String>,
    sent_form: RecordForm,
) -> Result<Response, Failure> {
    let RecordForm { who, form, .. } = sent_form;
    let below = house.console.ledger.children(&who.rights, &number).await?.ok_or(Failure::NotFound)?;
    let kinds = house.console.ledger.kinds();
    let missing = |row: &&RecordRow| !row.ended && !row.voided && !is_with_those_above(&kinds, row);
    let open: Vec<String> = below.rows.iter().filter(missing).map(|row| row.number.clone()).collect();
    let done = house
        .console
        .ledger
        .act_on_many(&who.rights, &open, Command::Urge { text: form.get("text").trim().to_owned(), weight: Urging::Remind })
        .await;
    let urged = done.iter().filter(|(_, result)| result.is_ok()).count();
    Ok(see_other(&format!("/r/{number}?told=urged:{urged}")))
}
