//! `/settings/anchors`: what lies outside, where the newest checkpoint goes each day, and sending it now.
//!
//! Invariants: what is listed as outside was taken by a server, written on another disk or filed as a record; who changes where checkpoints go proves themselves first;
//! a checkpoint says nothing of what is stored but its size and hash.

use std::future::Future;
use std::pin::Pin;

use anlan_assure::assess::{Anchor, Anchored, anchored, anchors as all_anchors};
use anlan_base::Day;
use anlan_base::text::{Lang, text};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::{Page, Section, see_other, show};
use crate::people::choose::Sent;
use crate::people::proof::{Asks, prove};
use crate::session::{Signed, SignedForm};

/// Addresses that checkpoints are mailed to, at most.
pub const ANCHOR_ADDRESSES: usize = 10;
/// Characters of an address, and of a folder's path.
const SETTING_CHARS: usize = 300;
/// Anchors that the page lists.
const ROWS: usize = 60;

/// Where the newest checkpoint goes each day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnchorSettings {
    /// Addresses; none: it is not mailed.
    pub mail: Vec<String>,
    /// An absolute path on another disk or host; empty: it is written nowhere.
    pub folder: String,
}

/// Why settings are not kept, or a checkpoint did not go out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnchorFault {
    /// A setting that cannot be right, by its name: `mail`, `folder`.
    Setting(&'static str),
    /// The folder is on the disk of the data folder: that is not outside.
    SameDisk,
    /// Neither an address nor a folder is set.
    Nothing,
    /// No mail server is set.
    MailOff,
    /// What the mail server, the network or the other disk answered, as it came.
    Refused(String),
    /// The settings could not be written.
    Disk(String),
}

/// How many checkpoints went out.
pub type AnchorFuture<'a> = Pin<Box<dyn Future<Output = Result<usize, AnchorFault>> + Send + 'a>>;

/// Keeps the settings and takes checkpoints outside. The binary wires it in.
pub trait Anchors: Send + Sync {
    /// The settings; empty where none are kept.
    fn settings(&self) -> AnchorSettings;
    /// Keeps settings.
    ///
    /// # Errors
    /// A setting that cannot be right; a disk that does not take it.
    fn set(&self, settings: AnchorSettings) -> Result<(), AnchorFault>;
    /// Takes the newest checkpoint to every place that is set, now.
    fn take_out(&self) -> AnchorFuture<'_>;
}

struct Row {
    at: String,
    way: String,
    place: String,
    size: String,
    /// Until when it speaks; empty where the log does not continue it.
    until: String,
    record: String,
}

impl Row {
    fn new(anchor: &Anchor, lang: Lang) -> Self {
        Self {
            at: anchor.at.to_civil().chars().take(16).collect(),
            way: text(lang, &format!("anchor-way-{}", anchor.way.id()), &[]),
            place: anchor.place.clone(),
            size: anchor.size.to_string(),
            until: anchor.until.map(|until| until.to_civil().chars().take(16).collect()).unwrap_or_default(),
            record: anchor.record.clone().unwrap_or_default(),
        }
    }
}

#[derive(Template)]
#[template(path = "settings_anchors.html")]
struct AnchorsPage {
    page: Page,
    asks: Asks,
    told: String,
    wrong: String,
    /// 仅自证 or 已外部存证, and until when.
    standing: String,
    rows: Vec<Row>,
    mail: String,
    folder: String,
    is_set: bool,
    vkey: String,
}

/// One line: how far what is stored is anchored, 仅自证 or 已外部存证, for any page or paper that says so.
#[must_use]
pub fn anchored_words(found: &Anchored, lang: Lang) -> String {
    match found {
        Anchored::SelfOnly => text(lang, "anchored-self", &[]),
        Anchored::Outside { size, until, way, place } => {
            let (day, size, way) = (Day::of(*until).to_string(), size.to_string(), text(lang, &format!("anchor-way-{}", way.id()), &[]));
            text(lang, "anchored-outside", &[("day", &day), ("size", &size), ("way", &way), ("place", place)])
        }
    }
}

pub(crate) async fn anchors(State(house): State<Shared>, who: Signed, pairs: Pairs) -> Result<Response, Failure> {
    let told = match pairs.get("told") {
        known @ ("kept" | "sent") => text(who.lang, &format!("anchors-{known}"), &[]),
        _ => String::new(),
    };
    draw(&house, &who, StatusCode::OK, told, &Sent::default()).await
}

async fn draw(house: &Shared, who: &Signed, status: StatusCode, told: String, sent: &Sent) -> Result<Response, Failure> {
    let site = house.console.assessor.site();
    let found = anchored(&site).await.map_err(Failure::internal)?;
    let rows = all_anchors(&site).await.map_err(Failure::internal)?;
    let now = house.console.anchors.settings();
    let template = AnchorsPage {
        page: Page::signed(house, who, Section::Settings, "anchors-title"),
        asks: Asks::of(house, who),
        told,
        wrong: sent.wrong.clone(),
        standing: anchored_words(&found, who.lang),
        rows: rows.iter().take(ROWS).map(|anchor| Row::new(anchor, who.lang)).collect(),
        mail: sent.or("anchors", "mail", &now.mail.join("\n")),
        folder: sent.or("anchors", "folder", &now.folder),
        is_set: !now.mail.is_empty() || !now.folder.is_empty(),
        vkey: house.console.prover.vkey(),
    };
    show(status, &template)
}

fn told(fault: &AnchorFault, lang: Lang) -> String {
    match fault {
        AnchorFault::Setting(name) => text(lang, &format!("anchors-wrong-{name}"), &[]),
        AnchorFault::SameDisk => text(lang, "anchors-same-disk", &[]),
        AnchorFault::Nothing => text(lang, "anchors-nothing", &[]),
        AnchorFault::MailOff => text(lang, "anchors-mail-off", &[]),
        AnchorFault::Refused(answer) => text(lang, "anchors-refused", &[("answer", answer)]),
        AnchorFault::Disk(why) => {
            tracing::error!(why, "the settings of anchors could not be kept");
            text(lang, "mail-disk", &[])
        }
    }
}

/// The settings of a form, as far as they can be told from it.
fn settings_of(form: &Pairs) -> Result<AnchorSettings, AnchorFault> {
    let fits = |value: &str| value.chars().count() <= SETTING_CHARS && !value.chars().any(char::is_control);
    let words = form.get("mail").split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '，' | '；')).filter(|word| !word.is_empty());
    let mail: Vec<String> = words.take(ANCHOR_ADDRESSES + 1).map(str::to_owned).collect();
    if mail.len() > ANCHOR_ADDRESSES || !mail.iter().all(|address| fits(address)) {
        return Err(AnchorFault::Setting("mail"));
    }
    let folder = form.get("folder").trim();
    if !fits(folder) {
        return Err(AnchorFault::Setting("folder"));
    }
    Ok(AnchorSettings { mail, folder: folder.to_owned() })
}

async fn turned(house: &Shared, who: &Signed, form: &Pairs, fault: &AnchorFault) -> Result<Response, Failure> {
    let wrong = told(fault, who.lang);
    draw(house, who, StatusCode::UNPROCESSABLE_ENTITY, String::new(), &Sent::new("anchors", form, wrong)).await
}

pub(crate) async fn set_anchors(State(house): State<Shared>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { mut who, form } = signed;
    "/settings/anchors".clone_into(&mut who.here);
    if let Err(turned) = prove(&house, &who, &form).await? {
        return draw(&house, &who, turned.status, String::new(), &Sent::new("anchors", &form, turned.text)).await;
    }
    let kept = settings_of(&form).and_then(|settings| {
        house.console.anchors.set(settings.clone())?;
        Ok(settings)
    });
    match kept {
        Ok(settings) => {
            let fields = [("mail", settings.mail.join("\n")), ("folder", settings.folder)];
            let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
            house.console.ledger.note_act(&who.actor(), "anchor.set", &fields).await?;
            Ok(see_other("/settings/anchors?told=kept"))
        }
        Err(fault) => turned(&house, &who, &form, &fault).await,
    }
}

pub(crate) async fn send_now(State(house): State<Shared>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { mut who, .. } = signed;
    "/settings/anchors".clone_into(&mut who.here);
    house.console.ledger.note_act(&who.actor(), "anchor.ask", &[]).await?;
    match house.console.anchors.take_out().await {
        Ok(_) => Ok(see_other("/settings/anchors?told=sent")),
        Err(fault) => {
            let wrong = told(&fault, who.lang);
            draw(&house, &who, StatusCode::UNPROCESSABLE_ENTITY, String::new(), &Sent { wrong, ..Sent::default() }).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_addresses_are_taken_and_no_more() {
        for (count, fits) in [(0, true), (ANCHOR_ADDRESSES - 1, true), (ANCHOR_ADDRESSES, true), (ANCHOR_ADDRESSES + 1, false)] {
            let mail = (0..count).map(|nth| format!("a{nth}@example.com")).collect::<Vec<_>>().join(" ，\r\n");
            let form = Pairs(vec![("mail".into(), mail), ("folder".into(), " /mnt/share ".into())]);
            let settings = settings_of(&form);
            assert_eq!(settings.is_ok(), fits, "{count}");
            if let Ok(settings) = settings {
                assert_eq!((settings.mail.len(), settings.folder.as_str()), (count, "/mnt/share"));
            }
        }
    }
}
