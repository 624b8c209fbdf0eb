//! A console over a real vault and ledger in a temporary folder, asked without a socket.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "a test may; each test file uses its own part")]

pub mod staff;

use std::path::Path;
use std::sync::Arc;

use anlan_assure::assess::{Assessor, Site};
use anlan_base::text::Lang;
use anlan_base::{Class, Clock, ManualClock, Origin, Piece, Seq, SourceKey, parse_time};
use anlan_journal::{DiskFs, Fs, Journal};
use anlan_law::pack::Lawbook;
use anlan_ledger::{HashCost, Ledger, LedgerOptions};
use anlan_tlog::note::Signer;
use anlan_vault::{Chunk, Inlet, InletOptions, Scope, Vault, VaultOptions};
use anlan_web::{
    AnchorFault, AnchorFuture, AnchorSettings, Anchors, Console, Mail, MailFault, MailFuture, MailSettings, ProveError, Prover, Receivers,
};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use bytes::Bytes;
use http_body_util::BodyExt;
use tower::ServiceExt;

pub const NOW: &str = "2026-11-21T14:07:31+08:00";
pub const USER: &str = "chen.lin";
pub const PASSWORD: &str = "five calm words for today";
pub const HOST: &str = "anlan.example:8443";
pub const DOOR: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// Keeps settings in memory; what is taken out goes nowhere.
#[derive(Default)]
struct Shelf(std::sync::Mutex<AnchorSettings>);

impl Anchors for Shelf {
    fn settings(&self) -> AnchorSettings {
        self.0.lock().unwrap().clone()
    }

    fn set(&self, settings: AnchorSettings) -> Result<(), AnchorFault> {
        *self.0.lock().unwrap() = settings;
        Ok(())
    }

    fn take_out(&self) -> AnchorFuture<'_> {
        let is_set = self.settings() != AnchorSettings::default();
        Box::pin(async move { if is_set { Ok(1) } else { Err(AnchorFault::Nothing) } })
    }
}

/// Proves nothing; says which line it was asked for.
struct Paper {
    vault: Arc<Vault>,
    journal: Arc<Journal>,
}

impl Prover for Paper {
    fn prove(&self, seq: Seq, scope: &Scope) -> Result<Vec<u8>, ProveError> {
        let line = self.vault.line(seq).map_err(|e| ProveError::Failed(e.to_string()))?.filter(|line| scope.allows(&line.source));
        line.map(|line| format!("proof of {}\n", line.seq).into_bytes()).ok_or(ProveError::NoSuchLine(seq))
    }

    fn pack(&self, actor: &anlan_ledger::Actor, wish: &anlan_web::PackWish) -> Result<std::fs::File, anlan_web::PackFault> {
        if wish.purpose == "impossible" {
            return Err(anlan_web::PackFault::Refused("so not".to_owned()));
        }
        let mut file = tempfile::tempfile().unwrap();
        std::io::Write::write_all(&mut file, format!("pack for {actor} {:?} made {:?}", wish.scope, wish.made).as_bytes()).unwrap();
        Ok(file)
    }

    fn vkey(&self) -> String {
        self.journal.verifying_key().render()
    }

    fn checkpoint_size(&self) -> u64 {
        self.journal.size()
    }
}

/// Takes settings and letters; sends none.
#[derive(Default)]
struct Letterbox(std::sync::Mutex<MailSettings>);

impl Mail for Letterbox {
    fn settings(&self) -> MailSettings {
        self.0.lock().unwrap().clone()
    }

    fn set(&self, settings: MailSettings, _: Option<String>) -> Result<(), MailFault> {
        *self.0.lock().unwrap() = settings;
        Ok(())
    }

    fn try_out<'a>(&'a self, _: &'a str, _: Lang) -> MailFuture<'a> {
        let there = !self.settings().host.is_empty();
        Box::pin(async move { if there { Ok(()) } else { Err(MailFault::Off) } })
    }
}

pub struct House {
    pub router: Router,
    pub clock: Arc<ManualClock>,
    pub vault: Arc<Vault>,
    pub ledger: Arc<Ledger>,
    pub assessor: Arc<Assessor>,
    _folder: tempfile::TempDir,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |l| l.to_str().unwrap())
    }

    /// The value that this answer gives to a cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let lines = self.headers.get_all(header::SET_COOKIE).iter().map(|line| line.to_str().unwrap());
        let mut values = lines.filter_map(|line| line.split(';').next()?.strip_prefix(name)?.strip_prefix('='));
        values.next_back().map(str::to_owned)
    }
}

/// A person at a browser: cookies and form token.
#[derive(Clone, Default)]
pub struct Person {
    pub cookie: String,
    pub token: String,
}

impl House {
    pub async fn new() -> Self {
        Self::new_at(NOW).await
    }

    pub async fn new_at(start: &str) -> Self {
        Self::new_with(start, Arc::new(Letterbox::default())).await
    }

    pub async fn with_mail(mail: Arc<dyn anlan_web::Mail>) -> Self {
        Self::new_with(NOW, mail).await
    }

    async fn new_with(start: &str, mail: Arc<dyn anlan_web::Mail>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(parse_time(start).unwrap()));
        let cost = HashCost { memory_kib: 8, passes: 1, lanes: 1 };
        let options = LedgerOptions { hash_cost: cost, ..LedgerOptions::default() };
        let ledger = Arc::new(Ledger::open_with(&folder.path().join("ledger.db"), clock.clone(), options).await.unwrap());
        ledger.set_book(book()).await.unwrap();
        ledger.keep_files_in(&folder.path().join("attachments"), Arc::new(DiskFs));
        let (vault, journal) = storage(folder.path(), &clock);
        Self::over(folder, clock, ledger, vault, journal, mail)
    }

    /// A console over what is there already.
    pub fn over(
        folder: tempfile::TempDir,
        clock: Arc<ManualClock>,
        ledger: Arc<Ledger>,
        vault: Arc<Vault>,
        journal: Arc<Journal>,
        mail: Arc<dyn anlan_web::Mail>,
    ) -> Self {
        let receivers = Receivers {
            syslog: Some("0.0.0.0:5514".parse().unwrap()),
            syslog_tls: Some("0.0.0.0:6514".parse().unwrap()),
            relp: Some("127.0.0.1:20514".parse().unwrap()),
        };
        let assessor = assessor(folder.path(), &ledger, &vault, &journal, &clock);
        let router = anlan_web::router(Console {
            vault: vault.clone(),
            ledger: ledger.clone(),
            inlet: Inlet::start(vault.clone(), InletOptions::default()),
            prover: Arc::new(Paper { vault: vault.clone(), journal }),
            clock: clock.clone(),
            receivers,
            mail,
            anchors: Arc::new(Shelf::default()),
            assessor: assessor.clone(),
        });
        Self { router, clock, vault, ledger, assessor, _folder: folder }
    }

    /// A console over a ledger that somebody else filled.
    pub fn over_ledger(clock: Arc<ManualClock>, ledger: Arc<Ledger>, vault: Arc<Vault>, journal: Arc<Journal>) -> Self {
        Self::over(tempfile::tempdir().unwrap(), clock, ledger, vault, journal, Arc::new(Letterbox::default()))
    }

    /// Where its ledger and files lie.
    pub fn folder(&self) -> &Path {
        self._folder.path()
    }

    /// A house with its first user, who is signed in.
    pub async fn with_person() -> (Self, Person) {
        let house = Self::new().await;
        house.first_run().await;
        let person = house.person().await;
        (house, person)
    }

    /// Makes the first user.
    pub async fn first_run(&self) {
        let code = self.ledger.first_run_code().await.unwrap();
        self.ledger.redeem_first_run(&code, USER, PASSWORD).await.unwrap();
    }

    /// A new session of the first user.
    pub async fn person(&self) -> Person {
        let secret = self.ledger.login(USER, PASSWORD, "192.0.2.7").await.unwrap();
        let token = self.ledger.session(&secret).await.unwrap().unwrap().csrf;
        Person { cookie: format!("__Host-anlan={secret}"), token }
    }

    pub async fn token(&self, name: &str) -> String {
        self.ledger.add_token(&anlan_ledger::Actor::System, name).await.unwrap()
    }

    /// Keeps lines of one source as if received now; returns the first seq.
    pub fn keep(&self, source: &str, lines: &[&[u8]]) -> Seq {
        let lines = lines.iter().map(|raw| (Piece::WHOLE, Bytes::copy_from_slice(raw))).collect();
        let chunk = Chunk { class: Class::network(), source: SourceKey::new(source).unwrap(), origin: Origin::Tls, lines };
        self.vault.append(&[chunk]).unwrap()[0].0
    }

    pub async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Answer { status: parts.status, headers: parts.headers, body: body.collect().await.unwrap().to_bytes() }
    }

    pub async fn get(&self, path: &str, person: &Person) -> Answer {
        let request = Request::get(path).header(header::HOST, HOST).header(header::COOKIE, &person.cookie);
        self.ask(request.body(Body::empty()).unwrap()).await
    }

    pub async fn get_in(&self, path: &str, person: &Person, lang: &str) -> Answer {
        let request =
            Request::get(path).header(header::HOST, HOST).header(header::COOKIE, &person.cookie).header(header::ACCEPT_LANGUAGE, lang);
        self.ask(request.body(Body::empty()).unwrap()).await
    }

    /// A form as a browser sends it from one of our pages.
    pub async fn post(&self, path: &str, person: &Person, fields: &[(&str, &str)]) -> Answer {
        self.ask(form(path, person, fields, Some("same-origin"))).await
    }

    pub async fn send_events(&self, token: &str, body: impl Into<Body>) -> Answer {
        let request = Request::post("/api/v1/events").header(header::AUTHORIZATION, format!("Bearer {token}"));
        self.ask(request.body(body.into()).unwrap()).await
    }

    /// What the ledger recorded, oldest first.
    pub async fn acts(&self) -> Vec<String> {
        let entries = self.ledger.entries(1, 1000).await.unwrap();
        let act = |e: &anlan_ledger::EntryRow| e.fields.iter().find(|f| f.name == "act").and_then(|f| f.value.clone());
        entries.iter().filter_map(act).map(|v| String::from_utf8(v).unwrap()).collect()
    }
}

pub fn form(path: &str, person: &Person, fields: &[(&str, &str)], site: Option<&str>) -> Request<Body> {
    let mut body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", percent(value))).collect();
    body.push(format!("token={}", percent(&person.token)));
    let mut request = Request::post(path).header(header::HOST, HOST).header(header::COOKIE, &person.cookie);
    if let Some(site) = site {
        request = request.header("sec-fetch-site", site);
    }
    request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(Body::from(body.join("&"))).unwrap()
}

/// Somebody before signing in, with a door cookie.
pub fn visitor() -> Person {
    Person { cookie: format!("__Host-anlan-door={DOOR}"), token: DOOR.to_owned() }
}

pub fn percent(value: &str) -> String {
    value.bytes().map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// All packs of the box, read once for all tests of a program.
fn book() -> Arc<Lawbook> {
    static BOOK: std::sync::LazyLock<Arc<Lawbook>> = std::sync::LazyLock::new(|| {
        Arc::new(Lawbook::shipped(&["cn", "campus", "government", "enterprise", "grid"]).expect("the packs in the box are sound"))
    });
    BOOK.clone()
}

fn assessor(folder: &Path, ledger: &Arc<Ledger>, vault: &Arc<Vault>, journal: &Arc<Journal>, clock: &Arc<ManualClock>) -> Arc<Assessor> {
    let (ledger, vault, journal, clock) = (ledger.clone(), vault.clone(), journal.clone(), clock.clone());
    let dir: Arc<Path> = folder.into();
    Arc::new(Assessor::new(move || Site {
        ledger: ledger.clone(),
        vault: vault.clone(),
        journal: journal.clone(),
        fs: Arc::new(DiskFs),
        dir: dir.clone(),
        book: ledger.lawbook().unwrap(),
        now: clock.now(),
        coverage: anlan_assure::assess::coverage::Remembered::default(),
    }))
}

fn storage(folder: &Path, clock: &Arc<ManualClock>) -> (Arc<Vault>, Arc<Journal>) {
    let fs: Arc<dyn Fs> = Arc::new(DiskFs);
    let clock: Arc<dyn Clock> = clock.clone();
    let signer = Signer::from_seed("anlan.local/0123456789abcdef", [7; 32]).unwrap();
    let journal = Arc::new(Journal::create(fs.clone(), folder.join("log"), signer, clock.clone()).unwrap());
    let vault = Vault::open(fs, folder.to_owned(), journal.clone(), clock, VaultOptions::default()).unwrap();
    (Arc::new(vault), journal)
}
