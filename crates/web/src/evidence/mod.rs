//! `/evidence`: a pack for an inspector is chosen, built beside the reactor, and fetched by who asked for it.
//!
//! Invariants: a person exports sources of units in which they hold one of [`PACKERS`] only, and is refused, not served less, where they ask for more (I10); the
//! building and the fetching are entries (I7).

pub(crate) mod jobs;
mod wish;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use anlan_assure::pack::CHOICE_BYTES;
use anlan_assure::{Choices, Form, Heading, Label};
use anlan_base::text::{Lang, text};
use anlan_base::{Day, Instant, Seq, SourceKey, parse_time};
use anlan_law::kind::Role;
use anlan_vault::Scope;
use askama::Template;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::channel::{Channel, Sender};

use crate::address::address;
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::logs;
use crate::page::{Page, Section, grouped, see_other, show};
use crate::records::form::Choice;
use crate::session::{Signed, SignedForm};

pub use wish::{PackFault, PackWish};

/// Who may make a pack of the sources of their units.
pub(crate) const PACKERS: &[Role] = &[Role::Head, Role::Leader, Role::Security, Role::Handler];
/// Sources that the page lists.
const LISTED: usize = 500;
/// Bytes read at once when a pack is fetched.
const PIECE: usize = 1 << 18;

/// A source that may be chosen.
struct Offered {
    key: String,
    name: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "evidence.html")]
struct EvidencePage {
    page: Page,
    wrong: String,
    /// Whether all sources may be exported.
    all: bool,
    sources: Vec<Offered>,
    since: String,
    until: String,
    purpose: String,
    visit: String,
    proofs: String,
    labels: Vec<Choice>,
    headings: Vec<Choice>,
    forms: Vec<Choice>,
    langs: Vec<Choice>,
    masked: bool,
    most: String,
}

#[derive(Template)]
#[template(path = "evidence_job.html")]
struct JobPage {
    page: Page,
    /// Empty while it is being built, or where it was refused.
    fetch: String,
    name: String,
    bytes: String,
    wrong: String,
    building: bool,
    vkey: String,
}

/// What somebody may export: of the sources whose logs they read, those of units where they hold one of the roles.
fn exportable(house: &Shared, who: &Signed) -> Scope {
    let ledger = &house.console.ledger;
    let directory = ledger.directory();
    let holds = |path: &str| PACKERS.iter().any(|role| who.rights.reaches(*role, path));
    let readable = logs::scope(house, &who.rights);
    if directory.root().is_some_and(|root| holds(&root.path)) {
        return readable;
    }
    match readable {
        Scope::All => Scope::Sources(BTreeSet::new()),
        Scope::Sources(keys) => {
            Scope::Sources(keys.into_iter().filter(|key| directory.unit_of_source(key).is_some_and(|unit| holds(&unit.path))).collect())
        }
    }
}

/// The page with the visit filled in; empty for who may make no pack.
pub(crate) fn link(who: &Signed, visit: &str) -> String {
    if !PACKERS.iter().any(|role| who.rights.has(*role)) {
        return String::new();
    }
    if visit.is_empty() { "/evidence".to_owned() } else { address("/evidence", &[("visit", visit)]) }
}

async fn draw(house: &Shared, who: &Signed, status: StatusCode, form: &Pairs, wrong: String) -> Result<Response, Failure> {
    let may = exportable(house, who);
    let names = logs::source_names(house).await?;
    let heard = house.beside(|console| Ok(console.vault.sources()?)).await?;
    let chosen: BTreeSet<&str> = form.0.iter().filter(|(name, _)| name == "source").map(|(_, value)| value.as_str()).collect();
    let mut sources: Vec<Offered> = heard
        .into_iter()
        .filter(|source| may.allows(&source.source))
        .map(|source| Offered {
            name: names.get(&source.source).cloned().unwrap_or_default(),
            chosen: chosen.contains(source.source.as_str()),
            key: source.source.to_string(),
        })
        .collect();
    sources.sort_by(|a, b| a.key.cmp(&b.key));
    sources.truncate(LISTED);
    let today = Day::of(house.console.clock.now());
    let or = |name: &str, value: String| if form.get(name).is_empty() { value } else { form.get(name).to_owned() };
    let lang = who.lang;
    let choice =
        |id: &str, key: String, chosen: bool| Choice { id: id.to_owned(), title: text(lang, &key, &[]), group: String::new(), chosen };
    let label = Label::parse(form.get("label")).unwrap_or_default();
    let (asked, papers) = (headings(form), forms(form));
    let template = EvidencePage {
        page: Page::signed(house, who, Section::Inspection, "evidence-title"),
        wrong,
        all: may == Scope::All,
        sources,
        since: or("since", crate::period::months_back(today, 6).to_string()),
        until: or("until", today.next().to_string()),
        purpose: form.get("purpose").to_owned(),
        visit: form.get("visit").to_owned(),
        proofs: form.get("proofs").to_owned(),
        labels: Label::ALL.iter().map(|one| choice(one.code(), format!("evidence-label-{}", one.code()), *one == label)).collect(),
        headings: Heading::ALL
            .iter()
            .map(|one| choice(one.code(), format!("evidence-heading-{}", one.code()), asked.contains(one)))
            .collect(),
        forms: Form::ALL.iter().map(|one| choice(one.code(), format!("forms-{}", one.code()), papers.contains(one))).collect(),
        langs: [Lang::Zh, Lang::En]
            .iter()
            .map(|one| choice(one.tag(), format!("evidence-lang-{}", one.tag().to_lowercase()), *one == doc_lang(form)))
            .collect(),
        masked: form.get("masked") == "yes",
        most: CHOICE_BYTES.to_string(),
    };
    show(status, &template)
}

fn doc_lang(form: &Pairs) -> Lang {
    if form.get("lang") == Lang::En.tag() { Lang::En } else { Lang::Zh }
}

/// All, where the form was not sent yet.
fn headings(form: &Pairs) -> Vec<Heading> {
    if form.get("sent").is_empty() {
        return Heading::ALL.to_vec();
    }
    form.0.iter().filter(|(name, _)| name == "heading").filter_map(|(_, code)| Heading::parse(code)).collect()
}

/// All, where the form was not sent yet.
fn forms(form: &Pairs) -> Vec<Form> {
    if form.get("sent").is_empty() {
        return Form::ALL.to_vec();
    }
    let mut forms: Vec<Form> = form.0.iter().filter(|(name, _)| name == "form").filter_map(|(_, code)| Form::parse(code)).collect();
    forms.sort_unstable();
    forms.dedup();
    forms
}

pub(crate) async fn evidence(State(house): State<Shared>, who: Signed, pairs: Pairs) -> Result<Response, Failure> {
    draw(&house, &who, StatusCode::OK, &pairs, String::new()).await
}

/// Starts the building. What is wrong comes back with the form.
pub(crate) async fn build(State(house): State<Shared>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let mut wish = match wished(&house, &who, &form) {
        Ok(wish) => wish,
        Err((status, key)) => return draw(&house, &who, status, &form, text(who.lang, key, &[])).await,
    };
    let (now, owner) = (house.console.clock.now(), who.session.user.name.clone());
    let name = format!("anlan-evidence-{}-{}.zip", Day::of(wish.since), Day::of(wish.until));
    let Some(id) = house.evidence.begin(&owner, name, now) else {
        return draw(&house, &who, StatusCode::SERVICE_UNAVAILABLE, &form, text(who.lang, "evidence-busy", &[])).await;
    };
    let (house, actor, lang) = (Arc::clone(&house), who.actor(), who.lang);
    let fields = wish.fields();
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let noted = house.console.ledger.note_numbered(&actor, PackWish::ACT, &fields).await;
    if noted.is_err() {
        house.evidence.end(id, jobs::State::Refused(text(lang, "evidence-failed", &[])), now);
    }
    wish.made = Some(noted?);
    tokio::spawn(async move {
        let prover = Arc::clone(&house.console.prover);
        let made = tokio::task::spawn_blocking(move || prover.pack(&actor, &wish)).await;
        let state = match made {
            Ok(Ok(file)) => ready(file),
            Ok(Err(PackFault::Refused(why))) => jobs::State::Refused(why),
            Ok(Err(PackFault::Failed(why))) => failed(&why, lang),
            Err(error) => failed(&error.to_string(), lang),
        };
        house.evidence.end(id, state, house.console.clock.now());
    });
    Ok(see_other(&format!("/evidence/{id}")))
}

fn ready(mut file: File) -> jobs::State {
    let bytes = file.seek(SeekFrom::End(0)).unwrap_or(0);
    jobs::State::Ready { file: Arc::new(file), bytes }
}

fn failed(why: &str, lang: Lang) -> jobs::State {
    tracing::error!(why, "a pack could not be built");
    jobs::State::Refused(text(lang, "evidence-failed", &[]))
}

type Refusal = (StatusCode, &'static str);

/// The form as a wish. What lies beyond somebody's rights is refused whole.
fn wished(house: &Shared, who: &Signed, form: &Pairs) -> Result<PackWish, Refusal> {
    const WRONG: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;
    let time = |name: &str| parse_time(form.get(name)).map_err(|_| (WRONG, "evidence-bad-time"));
    let (since, until): (Instant, Instant) = (time("since")?, time("until")?);
    if since > until {
        return Err((WRONG, "evidence-period-backwards"));
    }
    let may = exportable(house, who);
    let scope = chosen_scope(form).ok_or((WRONG, "evidence-no-sources"))?;
    match (&scope, &may) {
        (_, Scope::All) => {}
        (Scope::Sources(wanted), Scope::Sources(allowed)) if wanted.is_subset(allowed) => {}
        _ => return Err((StatusCode::FORBIDDEN, "evidence-beyond-rights")),
    }
    let words = |name: &str| Some(form.get(name).trim().to_owned()).filter(|text| Choices::fits(text)).ok_or((WRONG, "evidence-unfit"));
    let proofs = form.get("proofs").split([' ', ',', '\n', '\r', '，']).filter(|part| !part.is_empty());
    let proofs: Result<Vec<Seq>, _> = proofs.map(str::parse).collect();
    Ok(PackWish {
        since,
        until,
        scope,
        label: Label::parse(form.get("label")).ok_or((WRONG, "evidence-unfit"))?,
        masked: form.get("masked") == "yes",
        names: may == Scope::All,
        lang: doc_lang(form),
        purpose: words("purpose")?,
        visit: words("visit")?,
        headings: headings(form),
        forms: forms(form),
        proofs: proofs.map_err(|_| (WRONG, "evidence-bad-proofs"))?,
        made: None,
    })
}

/// All sources, or those that were ticked; none where none was.
fn chosen_scope(form: &Pairs) -> Option<Scope> {
    if form.get("scope") == "all" {
        return Some(Scope::All);
    }
    let keys = form.0.iter().filter(|(name, _)| name == "source").map(|(_, key)| SourceKey::new(key).ok());
    let keys: BTreeSet<SourceKey> = keys.collect::<Option<_>>()?;
    (!keys.is_empty()).then_some(Scope::Sources(keys))
}

fn job(house: &Shared, who: &Signed, id: &str) -> Result<(String, jobs::State), Failure> {
    let id: u64 = id.parse().map_err(|_| Failure::NotFound)?;
    house.evidence.of(id, &who.session.user.name, house.console.clock.now()).ok_or(Failure::NotFound)
}

/// How far it is. The page asks again by itself while it is being built.
pub(crate) async fn progress(State(house): State<Shared>, who: Signed, Path(id): Path<String>) -> Result<Response, Failure> {
    let (name, state) = job(&house, &who, &id)?;
    let (fetch, bytes, wrong, building) = match state {
        jobs::State::Building => (String::new(), String::new(), String::new(), true),
        jobs::State::Ready { bytes, .. } => (format!("/evidence/{id}/pack.zip"), grouped(bytes), String::new(), false),
        jobs::State::Refused(why) => (String::new(), String::new(), why, false),
    };
    let page = Page::signed(&house, &who, Section::Inspection, "evidence-title");
    let drawn = show(StatusCode::OK, &JobPage { page, fetch, name, bytes, wrong, building, vkey: house.console.prover.vkey() })?;
    if building {
        return Ok(([(header::REFRESH, "2")], drawn).into_response());
    }
    Ok(drawn)
}

pub(crate) async fn fetch(State(house): State<Shared>, who: Signed, Path(id): Path<String>) -> Result<Response, Failure> {
    let (name, state) = job(&house, &who, &id)?;
    let jobs::State::Ready { file, bytes } = state else { return Err(Failure::NotFound) };
    house.console.ledger.note_act(&who.actor(), "pack.fetch", &[("pack", &id), ("bytes", &bytes.to_string())]).await?;
    let (send, body) = Channel::<Bytes, io::Error>::new(2);
    tokio::spawn(stream(file, bytes, send));
    let head = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CONTENT_LENGTH, bytes.to_string()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((StatusCode::OK, head, Body::new(body)).into_response())
}

/// Piece by piece, each from its own place: the same file may be fetched twice at a time. A reader who goes away ends it.
async fn stream(file: Arc<File>, bytes: u64, mut send: Sender<Bytes, io::Error>) {
    let mut at = 0;
    while at < bytes {
        let length = usize::try_from(bytes - at).unwrap_or(PIECE).min(PIECE);
        let file = Arc::clone(&file);
        let reading = tokio::task::spawn_blocking(move || {
            let mut piece = vec![0; length];
            file.read_exact_at(&mut piece, at).map(|()| piece)
        });
        match reading.await {
            Ok(Ok(piece)) => {
                if send.send_data(Bytes::from(piece)).await.is_err() {
                    return;
                }
                at += length as u64;
            }
            Ok(Err(error)) => return send.abort(error),
            Err(_) => return,
        }
    }
}
