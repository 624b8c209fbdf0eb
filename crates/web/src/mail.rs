//! `/settings/mail`: the server that takes our letters, and a letter to try it.
//!
//! Invariants: the password is shown to nobody and stands in no entry; letters go to the server that is set here and to no other; who changes it proves themselves first.

use std::future::Future;
use std::pin::Pin;

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
use crate::records::form::Choice;
use crate::session::{Signed, SignedForm};

/// Characters of each setting.
const SETTING_CHARS: usize = 200;

/// How the way to the server is kept from others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MailTls {
    /// TLS from the first byte, usually on port 465.
    #[default]
    Tls,
    /// Begins in the clear and must change to TLS, usually on port 587.
    StartTls,
    /// In the clear, password too: for a server on the same machine or network segment.
    Off,
}

impl MailTls {
    pub const ALL: [Self; 3] = [Self::Tls, Self::StartTls, Self::Off];

    /// As files and forms write it.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::StartTls => "starttls",
            Self::Off => "off",
        }
    }

    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tls| tls.id() == id)
    }
}

/// Where letters go, without the password.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailSettings {
    /// A name or address; empty: no letters go out.
    pub host: String,
    pub port: u16,
    pub tls: MailTls,
    /// Empty: the server asks for none.
    pub user: String,
    /// The sender's address.
    pub from: String,
    /// How people reach the console, `https://anlan.example:8443`; empty: letters carry no link.
    pub console: String,
}

/// Why settings are not kept, or a letter did not go out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailFault {
    /// A setting that cannot be right, by its name: `host`, `port`, `from`, `console`.
    Setting(&'static str),
    /// No server is set.
    Off,
    /// What the server or the network answered, as it came.
    Refused(String),
    /// The settings could not be written or read.
    Disk(String),
}

pub type MailFuture<'a> = Pin<Box<dyn Future<Output = Result<(), MailFault>> + Send + 'a>>;

/// Keeps the settings and sends letters. The binary wires it in.
pub trait Mail: Send + Sync {
    /// The settings; empty where none are kept.
    fn settings(&self) -> MailSettings;
    /// Keeps settings and, where one is given, the password.
    ///
    /// # Errors
    /// A setting that cannot be right; a disk that does not take it.
    fn set(&self, settings: MailSettings, password: Option<String>) -> Result<(), MailFault>;
    /// Sends a letter to try the settings.
    fn try_out<'a>(&'a self, to: &'a str, lang: Lang) -> MailFuture<'a>;
}

/// A console without mail: for tests of other things.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoMail;

impl Mail for NoMail {
    fn settings(&self) -> MailSettings {
        MailSettings::default()
    }

    fn set(&self, _: MailSettings, _: Option<String>) -> Result<(), MailFault> {
        Err(MailFault::Off)
    }

    fn try_out<'a>(&'a self, _: &'a str, _: Lang) -> MailFuture<'a> {
        Box::pin(async { Err(MailFault::Off) })
    }
}

#[derive(Template)]
#[template(path = "settings_mail.html")]
struct MailPage {
    page: Page,
    asks: Asks,
    told: String,
    wrong: String,
    host: String,
    port: String,
    modes: Vec<Choice>,
    user: String,
    from: String,
    console: String,
    is_set: bool,
    to: String,
}

pub(crate) async fn mail(State(house): State<Shared>, who: Signed, pairs: Pairs) -> Result<Response, Failure> {
    let told = match pairs.get("told") {
        known @ ("kept" | "tried") => text(who.lang, &format!("mail-{known}"), &[]),
        _ => String::new(),
    };
    draw(&house, &who, StatusCode::OK, told, String::new(), &Sent::default())
}

fn draw(house: &Shared, who: &Signed, status: StatusCode, told: String, wrong: String, sent: &Sent) -> Result<Response, Failure> {
    let now = house.console.mail.settings();
    let mode = sent.or("mail", "tls", now.tls.id());
    let option = |tls: MailTls| Choice {
        id: tls.id().to_owned(),
        title: text(who.lang, &format!("mail-tls-{}", tls.id()), &[]),
        group: String::new(),
        chosen: tls.id() == mode,
    };
    let port = if now.port == 0 { "465".to_owned() } else { now.port.to_string() };
    let template = MailPage {
        page: Page::signed(house, who, Section::Settings, "mail-title"),
        asks: Asks::of(house, who),
        told,
        wrong,
        host: sent.or("mail", "host", &now.host),
        port: sent.or("mail", "port", &port),
        modes: MailTls::ALL.into_iter().map(option).collect(),
        user: sent.or("mail", "user", &now.user),
        from: sent.or("mail", "from", &now.from),
        console: sent.or("mail", "console", &now.console),
        is_set: !now.host.is_empty(),
        to: sent.or("try", "to", &own_address(house, who)),
    };
    show(status, &template)
}

fn own_address(house: &Shared, who: &Signed) -> String {
    let directory = house.console.ledger.directory();
    let own = who.rights.person.and_then(|id| directory.people().find(|row| row.person.id == id).and_then(|row| row.email.clone()));
    own.unwrap_or_default()
}

fn told(fault: &MailFault, lang: Lang) -> String {
    match fault {
        MailFault::Setting(name) => text(lang, &format!("mail-wrong-{name}"), &[]),
        MailFault::Off => text(lang, "mail-off", &[]),
        MailFault::Refused(answer) => text(lang, "mail-refused", &[("answer", answer)]),
        MailFault::Disk(why) => {
            tracing::error!(why, "the settings of mail could not be kept");
            text(lang, "mail-disk", &[])
        }
    }
}

/// The settings of a form, as far as they can be told from it.
fn settings_of(form: &Pairs) -> Result<MailSettings, MailFault> {
    let text_of = |name: &'static str| {
        let value = form.get(name).trim();
        let fits = value.chars().count() <= SETTING_CHARS && !value.chars().any(|c| c.is_control());
        if fits { Ok(value.to_owned()) } else { Err(MailFault::Setting(name)) }
    };
    Ok(MailSettings {
        host: text_of("host")?,
        port: form.get("port").trim().parse().ok().filter(|port| *port > 0).ok_or(MailFault::Setting("port"))?,
        tls: MailTls::from_id(form.get("tls")).ok_or(MailFault::Setting("tls"))?,
        user: text_of("user")?,
        from: text_of("from")?,
        console: text_of("console")?.trim_end_matches('/').to_owned(),
    })
}

pub(crate) async fn set_mail(State(house): State<Shared>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { mut who, form } = signed;
    "/settings/mail".clone_into(&mut who.here);
    if let Err(turned) = prove(&house, &who, &form).await? {
        return draw(&house, &who, turned.status, String::new(), turned.text.clone(), &Sent::new("mail", &form, turned.text));
    }
    // A password that was left empty stays as it is; without a name there is none.
    let password = Some(form.get("secret").to_owned()).filter(|typed| !typed.is_empty() || form.get("user").trim().is_empty());
    let kept = settings_of(&form).and_then(|settings| {
        house.console.mail.set(settings.clone(), password.clone())?;
        Ok(settings)
    });
    match kept {
        Ok(settings) => {
            let (port, new) = (settings.port.to_string(), if password.is_some() { "yes" } else { "no" });
            let fields = [
                ("host", settings.host.as_str()),
                ("port", &port),
                ("tls", settings.tls.id()),
                ("login", &settings.user),
                ("from", &settings.from),
                ("console", &settings.console),
                ("password_changed", new),
            ];
            house.console.ledger.note_act(&who.actor(), "mail.set", &fields).await?;
            Ok(see_other("/settings/mail?told=kept"))
        }
        Err(fault) => {
            let wrong = told(&fault, who.lang);
            draw(&house, &who, StatusCode::UNPROCESSABLE_ENTITY, String::new(), wrong.clone(), &Sent::new("mail", &form, wrong))
        }
    }
}

pub(crate) async fn try_mail(State(house): State<Shared>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { mut who, form } = signed;
    "/settings/mail".clone_into(&mut who.here);
    let to: String = form.get("to").trim().chars().take(SETTING_CHARS).collect();
    let host = house.console.mail.settings().host;
    house.console.ledger.note_act(&who.actor(), "mail.try", &[("host", &host), ("to", &to)]).await?;
    match house.console.mail.try_out(&to, who.lang).await {
        Ok(()) => Ok(see_other("/settings/mail?told=tried")),
        Err(fault) => {
            let wrong = told(&fault, who.lang);
            draw(&house, &who, StatusCode::UNPROCESSABLE_ENTITY, String::new(), wrong.clone(), &Sent::new("try", &form, wrong))
        }
    }
}
