//! Letters: where they go (`DIR/secrets/mail.json`, 0600), what they say, and one at a time to the server.
//!
//! Invariants: the password stands in that file and nowhere else; no letter goes to another host than the one that is set; a letter says number, kind, deadline and link,
//! never what a record holds; sent again it has the same Message-ID.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anlan_base::text::{Lang, text};
use anlan_base::{Clock, Instant};
use anlan_journal::Fs;
use anlan_law::kind::Kinds;
use anlan_ledger::Letter;
use anlan_web::{Mail, MailFault, MailFuture, MailSettings, MailTls};
use lettre::message::Mailbox;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Attachment, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::{AsyncSmtpTransport, Error as SmtpError};
use lettre::{Address, AsyncTransport, Message, Tokio1Executor};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::anchor::Newest;
use crate::instance::Instance;

const FOLDER: &str = "secrets";
const FILE: &str = "mail.json";
/// Bytes of that file.
const FILE_BYTES: u64 = 16 << 10;
/// How long a server may take for one answer.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Characters of a server's answer that are repeated.
const ANSWER_CHARS: usize = 300;
/// Answers that speak of the connection or of us, not of one letter: the server closes, or wants or refuses a sign-in.
const OF_SERVER: [u16; 6] = [421, 454, 530, 534, 535, 538];

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    host: String,
    port: u16,
    tls: String,
    user: String,
    password: String,
    from: String,
    console: String,
}

/// Keeps the settings and sends.
pub struct Post {
    folder: PathBuf,
    fs: Arc<dyn Fs>,
    clock: Arc<dyn Clock>,
    /// The log's name, for Message-IDs.
    origin: String,
}

/// Why a letter did not go out.
#[derive(Debug)]
pub enum Failed {
    /// The server cannot be talked to: others would fare no better.
    Server(String),
    /// This letter alone was refused.
    Letter(String),
    /// There is no such address: it will never go out.
    Address,
}

/// `Auto-Submitted: auto-generated`, so that no absence notice answers.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

impl Post {
    pub fn new(instance: &Instance) -> Self {
        let origin = instance.journal.verifying_key().name.to_string().replace('/', ".");
        Self { folder: instance.dir.join(FOLDER), fs: instance.fs.clone(), clock: instance.clock.clone(), origin }
    }

    fn kept(&self) -> Option<Kept> {
        let path = self.folder.join(FILE);
        if self.fs.len(&path).ok()? > FILE_BYTES {
            return None;
        }
        let read = self.fs.read(&path).ok()?;
        let kept = serde_json::from_slice(&read);
        kept.inspect_err(|error| tracing::error!(%error, file = %path.display(), "the settings of mail cannot be read: set them again"))
            .ok()
    }

    /// Whether there is a server to send to.
    pub fn is_set(&self) -> bool {
        self.kept().is_some_and(|kept| !kept.host.is_empty())
    }

    /// Sends the letter of a notice.
    pub async fn send(&self, letter: &Letter, kinds: &Kinds) -> Result<(), Failed> {
        let kept = self.kept().filter(|kept| !kept.host.is_empty()).ok_or_else(|| Failed::Server(String::new()))?;
        let to: Address = letter.email.as_deref().and_then(|to| to.parse().ok()).ok_or(Failed::Address)?;
        let (subject, body) = words(letter, kinds, &kept.console);
        let id = format!("<notice.{}.{}@{}>", letter.notice.entry, letter.notice.person, self.origin);
        self.hand_over(&kept, to, &subject, Content::Words(body), id).await
    }

    /// Sends a checkpoint of the log, with its file; the same one again has the same Message-ID.
    pub async fn send_checkpoint(&self, to: &str, newest: &Newest, lang: Lang) -> Result<(), Failed> {
        let kept = self.kept().filter(|kept| !kept.host.is_empty()).ok_or_else(|| Failed::Server(String::new()))?;
        let address: Address = to.parse().map_err(|_| Failed::Address)?;
        let (day, size) = (newest.day.to_string(), newest.size.to_string());
        let subject = text(lang, "anchor-letter-subject", &[("day", &day)]);
        let name = newest.file_name();
        let command = format!("    anlan verify DIR --key VKEY --against {name}");
        let lines = [
            text(lang, "anchor-letter-body", &[("origin", &newest.origin), ("day", &day), ("size", &size)]),
            command,
            text(lang, "anchor-letter-key", &[]),
            format!("    {}", newest.vkey),
            String::new(),
            text(lang, "letter-foot", &[]),
        ];
        let whom = anlan_tlog::hex(&Sha256::digest(to.as_bytes())[..8]);
        let id = format!("<checkpoint.{size}.{whom}@{}>", self.origin);
        let content = Content::WithFile { words: lines.join("\n"), name, bytes: newest.note.clone() };
        self.hand_over(&kept, address, &subject, content, id).await
    }

    async fn hand_over(&self, kept: &Kept, to: Address, subject: &str, content: Content, id: String) -> Result<(), Failed> {
        let from: Address = kept.from.parse().map_err(|_| Failed::Server(kept.from.clone()))?;
        let at = std::time::UNIX_EPOCH + Duration::from_nanos(self.clock.now().0);
        let headed = Message::builder()
            .from(Mailbox::new(None, from))
            .to(Mailbox::new(None, to))
            .date(at)
            .message_id(Some(id))
            .subject(subject)
            .header(AutoSubmitted);
        let message = match content {
            Content::Words(words) => headed.header(ContentType::TEXT_PLAIN).body(words),
            Content::WithFile { words, name, bytes } => {
                let file = Attachment::new(name).body(bytes, ContentType::TEXT_PLAIN);
                headed.multipart(MultiPart::mixed().singlepart(SinglePart::plain(words)).singlepart(file))
            }
        };
        let message = message.map_err(|error| Failed::Letter(error.to_string()))?;
        let transport = transport(kept).map_err(|error| Failed::Server(told(&error)))?;
        transport.send(message).await.map(drop).map_err(|error| failed(&error))
    }
}

/// What a letter holds.
enum Content {
    Words(String),
    WithFile { words: String, name: String, bytes: Vec<u8> },
}

/// Whether letters can go there.
pub fn is_address(address: &str) -> bool {
    address.parse::<Address>().is_ok()
}

fn transport(kept: &Kept) -> Result<AsyncSmtpTransport<Tokio1Executor>, SmtpError> {
    let parameters = || TlsParameters::new(kept.host.clone());
    let tls = match MailTls::from_id(&kept.tls).unwrap_or_default() {
        MailTls::Tls => Tls::Wrapper(parameters()?),
        MailTls::StartTls => Tls::Required(parameters()?),
        MailTls::Off => Tls::None,
    };
    let mut builder =
        AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(kept.host.clone()).port(kept.port).tls(tls).timeout(Some(TIMEOUT));
    if !kept.user.is_empty() {
        builder = builder.credentials(Credentials::new(kept.user.clone(), kept.password.clone()));
    }
    Ok(builder.build())
}

fn failed(error: &SmtpError) -> Failed {
    match error.status().map(u16::from) {
        Some(code) if !OF_SERVER.contains(&code) => Failed::Letter(told(error)),
        _ => Failed::Server(told(error)),
    }
}

/// An error with its causes, in one line.
fn told(error: &SmtpError) -> String {
    let mut line = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        line.push_str(": ");
        line.push_str(&inner.to_string());
        cause = inner.source();
    }
    line.chars().map(|c| if c.is_control() { ' ' } else { c }).take(ANSWER_CHARS).collect()
}

/// `2026-10-09 17:30`
fn moment(at: Instant) -> String {
    at.to_civil().chars().take(16).collect()
}

/// Subject and body, in the person's language.
fn words(letter: &Letter, kinds: &Kinds, console: &str) -> (String, String) {
    let (notice, lang) = (&letter.notice, letter.lang);
    let why = text(lang, &format!("notice-{}", notice.why.id()), &[]);
    let title = kinds.get(&notice.kind).map(|kind| if lang == Lang::Zh { kind.title.zh.as_str() } else { kind.title.en.as_str() });
    let args = [("why", why.as_str()), ("number", &notice.record), ("kind", title.unwrap_or(&notice.kind))];
    let mut lines = vec![text(lang, "letter-body", &args)];
    if let Some(due) = notice.due {
        lines.push(text(lang, "letter-due", &[("due", &moment(due))]));
    }
    if !console.is_empty() {
        lines.push(text(lang, "letter-link", &[("link", &format!("{console}/r/{}", notice.record))]));
    }
    lines.push(String::new());
    lines.push(text(lang, "letter-foot", &[]));
    (text(lang, "letter-subject", &args[..2]), lines.join("\n"))
}

fn check(settings: &MailSettings) -> Result<(), MailFault> {
    if settings.host.is_empty() {
        return Ok(());
    }
    let is_host = settings.host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':'));
    let console = settings.console.strip_prefix("https://");
    let is_console = settings.console.is_empty() || console.is_some_and(|host| !host.is_empty() && !host.contains(['/', '?', '#', ' ']));
    for (name, fits) in [("host", is_host), ("from", settings.from.parse::<Address>().is_ok()), ("console", is_console)] {
        if !fits {
            return Err(MailFault::Setting(name));
        }
    }
    Ok(())
}

impl Mail for Post {
    fn settings(&self) -> MailSettings {
        let Some(kept) = self.kept() else { return MailSettings::default() };
        let tls = MailTls::from_id(&kept.tls).unwrap_or_default();
        MailSettings { host: kept.host, port: kept.port, tls, user: kept.user, from: kept.from, console: kept.console }
    }

    fn set(&self, settings: MailSettings, password: Option<String>) -> Result<(), MailFault> {
        check(&settings)?;
        let before = self.kept();
        // A password is for one server: it does not follow to another.
        let same = before.filter(|kept| kept.host == settings.host && kept.user == settings.user).map(|kept| kept.password);
        let kept = Kept {
            host: settings.host,
            port: settings.port,
            tls: settings.tls.id().to_owned(),
            user: settings.user,
            password: password.or(same).unwrap_or_default(),
            from: settings.from,
            console: settings.console,
        };
        let bytes = serde_json::to_vec_pretty(&kept).map_err(|error| MailFault::Disk(error.to_string()))?;
        let write = || {
            self.fs.create_dir_all(&self.folder)?;
            self.fs.replace(&self.folder.join(FILE), &bytes)
        };
        write().map_err(|error| MailFault::Disk(error.to_string()))
    }

    fn try_out<'a>(&'a self, to: &'a str, lang: Lang) -> MailFuture<'a> {
        Box::pin(async move {
            let kept = self.kept().filter(|kept| !kept.host.is_empty()).ok_or(MailFault::Off)?;
            let to: Address = to.parse().map_err(|_| MailFault::Setting("to"))?;
            let id = format!("<try.{}@{}>", self.clock.now().0, self.origin);
            let (subject, body) = (text(lang, "letter-try-subject", &[]), text(lang, "letter-try", &[]));
            match self.hand_over(&kept, to, &subject, Content::Words(body), id).await {
                Ok(()) => Ok(()),
                Err(Failed::Server(answer) | Failed::Letter(answer)) => Err(MailFault::Refused(answer)),
                Err(Failed::Address) => Err(MailFault::Setting("to")),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use anlan_ledger::engine::PersonId;
    use anlan_ledger::{Notice, NoticeWhy};

    use super::*;

    fn letter(lang: Lang, due: Option<Instant>) -> Letter {
        let notice = Notice {
            entry: 7,
            person: PersonId(3),
            record: "YH-2026-0012".into(),
            kind: "hazard".into(),
            why: NoticeWhy::Late,
            due,
            at: Instant(0),
            sent: None,
        };
        Letter { notice, tries: 0, email: Some("li@example.com".into()), lang }
    }

    #[test]
    fn a_letter_says_number_deadline_and_link_in_both_languages() {
        let due = anlan_base::parse_time("2026-10-09T17:30").ok();
        for (lang, subject, lines) in [
            (
                Lang::Zh,
                "【安澜】已逾期：YH-2026-0012",
                ["编号：YH-2026-0012", "时限：2026-10-09 17:30", "https://a.example/r/YH-2026-0012"],
            ),
            (
                Lang::En,
                "[Anlan] Overdue: YH-2026-0012",
                ["Number: YH-2026-0012", "Due: 2026-10-09 17:30", "https://a.example/r/YH-2026-0012"],
            ),
        ] {
            let (told, body) = words(&letter(lang, due), &Kinds::default(), "https://a.example");
            assert_eq!(told.replace(['\u{2068}', '\u{2069}'], ""), subject);
            let body = body.replace(['\u{2068}', '\u{2069}'], "");
            for line in lines {
                assert!(body.contains(line), "{line}: {body}");
            }
        }
        let (_, body) = words(&letter(Lang::Zh, None), &Kinds::default(), "");
        assert!(!body.contains("时限") && !body.contains("http"), "{body}");
    }

    #[test]
    fn each_way_to_a_server_can_be_taken() {
        for tls in MailTls::ALL {
            let kept = Kept {
                host: "smtp.example.com".into(),
                port: 465,
                tls: tls.id().into(),
                user: "anlan".into(),
                password: String::new(),
                from: String::new(),
                console: String::new(),
            };
            assert!(transport(&kept).is_ok(), "{tls:?}");
        }
    }

    #[test]
    fn settings_that_cannot_be_right_are_refused() {
        let right = MailSettings {
            host: "smtp.example.com".into(),
            port: 465,
            tls: MailTls::Tls,
            user: String::new(),
            from: "anlan@example.com".into(),
            console: "https://anlan.example:8443".into(),
        };
        assert_eq!(check(&right), Ok(()));
        assert_eq!(check(&MailSettings::default()), Ok(()), "no server is set");
        for (name, wrong) in [
            ("host", MailSettings { host: "a b".into(), ..right.clone() }),
            ("host", MailSettings { host: "http://x/".into(), ..right.clone() }),
            ("from", MailSettings { from: "anlan".into(), ..right.clone() }),
            ("console", MailSettings { console: "http://anlan.example".into(), ..right.clone() }),
            ("console", MailSettings { console: "https://a/b".into(), ..right.clone() }),
        ] {
            assert_eq!(check(&wrong), Err(MailFault::Setting(name)), "{wrong:?}");
        }
    }
}
