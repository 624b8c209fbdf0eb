//! A school with a head and an IT teacher, a real vault, journal and ledger, and a clock that is set: days pass as fast as they are written.
#![allow(dead_code, reason = "each test uses its part")]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use anlan_assure::assess::{BUILT, Measured, Site, measure};
use anlan_base::{Class, Clock, Day, Instant, ManualClock, Origin, Piece, SourceKey};
use anlan_journal::faulty::FaultyFs;
use anlan_journal::{Fs, Journal};
use anlan_law::duty::{Known, Standing};
use anlan_law::kind::Role;
use anlan_law::pack::Lawbook;
use anlan_law::probe::Probe;
use anlan_ledger::engine::{Command, UnitId, Values};
use anlan_ledger::{Actor, HashCost, Ledger, LedgerOptions, NewPerson};
use anlan_tlog::note::Signer;
use anlan_vault::{Chunk, Loss, Vault, VaultOptions};

/// 2026-11-20 in Beijing.
pub const TODAY: Day = Day(20_777);
const HOUR: u64 = 3_600;

pub struct School {
    _folder: tempfile::TempDir,
    pub dir: PathBuf,
    pub fs: Arc<dyn Fs>,
    pub clock: Arc<ManualClock>,
    pub journal: Arc<Journal>,
    pub vault: Arc<Vault>,
    pub ledger: Arc<Ledger>,
    pub book: Arc<Lawbook>,
    pub unit: UnitId,
}

fn signer() -> Signer {
    Signer::from_seed("anlan.local/00112233445566aa", [7; 32]).unwrap()
}

pub fn filled(values: &[(&str, &str)]) -> Values {
    values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

impl School {
    /// Opens its books so many days before [`TODAY`], at nine.
    pub async fn begin(days_ago: u32, packs: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().to_owned();
        // In memory, which takes no time; the ledger lies on the disk.
        let fs: Arc<dyn Fs> = Arc::new(FaultyFs::new());
        fs.create_dir_all(&dir).unwrap();
        let clock = Arc::new(ManualClock::at(TODAY.minus_days(days_ago).unwrap().start().plus_seconds(9 * HOUR)));
        let journal = Arc::new(Journal::create(Arc::clone(&fs), dir.join("log"), signer(), clock.clone()).unwrap());
        let vault = Vault::open(Arc::clone(&fs), dir.clone(), Arc::clone(&journal), clock.clone(), VaultOptions::default()).unwrap();
        let options = LedgerOptions { hash_cost: HashCost { memory_kib: 8, passes: 1, lanes: 1 }, ..LedgerOptions::default() };
        let ledger = Ledger::open_with(&dir.join("ledger.db"), clock.clone(), options).await.unwrap();
        let book = Arc::new(Lawbook::shipped(packs).unwrap());
        ledger.set_book(Arc::clone(&book)).await.unwrap();
        let unit = staff(&ledger).await;
        Self { _folder: folder, dir, fs, clock, journal, vault: Arc::new(vault), ledger: Arc::new(ledger), book, unit }
    }

    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    pub fn site(&self) -> Site {
        Site {
            ledger: Arc::clone(&self.ledger),
            vault: Arc::clone(&self.vault),
            journal: Arc::clone(&self.journal),
            fs: Arc::clone(&self.fs),
            dir: Arc::from(self.dir.as_path()),
            book: Arc::clone(&self.book),
            now: self.now(),
            coverage: anlan_assure::assess::coverage::Remembered::default(),
        }
    }

    pub async fn open(&self, account: &str, kind: &str, values: &[(&str, &str)]) -> String {
        let command = Command::Open { unit: self.unit, values: filled(values), happened: None };
        self.ledger.open_record(&self.ledger.rights_of(account), kind, command).await.unwrap().number
    }

    pub async fn act(&self, account: &str, number: &str, name: &str, values: &[(&str, &str)]) {
        let command = Command::Move { name: name.into(), values: filled(values), reason: Some("按要求办理".into()) };
        self.ledger.act_on(&self.ledger.rights_of(account), number, None, command).await.unwrap();
    }

    /// Lists a device; answers its number.
    pub async fn list(&self, name: &str, category: &str, address: &str) -> String {
        self.open("teacher", "log-source", &[("title", name), ("category", category), ("address", address)]).await
    }

    /// The head confirms the list.
    pub async fn confirm(&self) -> String {
        let number = self.open("teacher", "log-list", &[("title", "应接日志源清单")]).await;
        self.act("teacher", &number, "submit", &[("scope", "全校")]).await;
        self.act("head", &number, "confirm", &[]).await;
        number
    }

    pub fn lines(&self, sources: &[(&str, &str)]) {
        let chunk = |(source, line): &(&str, &str)| Chunk {
            class: Class::network(),
            source: SourceKey::new(source).unwrap(),
            origin: Origin::Udp,
            lines: vec![(Piece::WHOLE, line.as_bytes().to_vec().into())],
        };
        self.vault.append(&sources.iter().map(chunk).collect::<Vec<_>>()).unwrap();
    }

    /// Lets days pass until `until`, at nine; `speaks` says who speaks on a day.
    pub fn live(&self, until: Day, sources: &[&str], speaks: impl Fn(Day, &str) -> bool) {
        let first = Day::of(self.now());
        for day in (first.0..until.0).map(Day) {
            self.clock.set(day.start().plus_seconds(9 * HOUR));
            self.vault.turn().unwrap();
            let line = |source: &&&str| speaks(day, source);
            let lines: Vec<(&str, &str)> =
                sources.iter().filter(line).map(|source| (*source, "<190>switch %%01SHELL/5/CMD: display version")).collect();
            if !lines.is_empty() {
                self.lines(&lines);
            }
        }
        self.clock.set(until.start().plus_seconds(9 * HOUR));
        self.vault.turn().unwrap();
    }

    pub fn lose(&self, losses: &[Loss]) {
        self.vault.note_losses(losses).unwrap();
        self.clock.advance_seconds(70);
        self.vault.turn().unwrap();
    }

    /// The machine is off until then; what is opened again knows how long it was.
    pub fn off_until(self, at: Instant) -> Self {
        let Self { _folder, dir, fs, clock, journal, vault, ledger, book, unit } = self;
        drop((journal, vault));
        clock.set(at);
        let journal = Arc::new(Journal::open(Arc::clone(&fs), dir.join("log"), signer(), clock.clone()).unwrap());
        let vault = Vault::open(Arc::clone(&fs), dir.clone(), Arc::clone(&journal), clock.clone(), VaultOptions::default()).unwrap();
        Self { _folder, dir, fs, clock, journal, vault: Arc::new(vault), ledger, book, unit }
    }

    /// The store was looked at today, and is sound.
    pub async fn verified(&self) {
        let day = Day::of(self.now()).to_string();
        let counts = ["stored", "segments", "lines", "failed", "log_failed", "log_size", "collector_stops"].map(|name| (name, "0"));
        let fields: Vec<(&str, &str)> = [("day", day.as_str()), ("names", ""), ("failed_days", "")].into_iter().chain(counts).collect();
        self.ledger.note_act(&Actor::System, "store.verify", &fields).await.unwrap();
    }

    pub async fn measure(&self, probe: Probe, of: &[&str]) -> Measured {
        let of: Vec<String> = of.iter().map(|of| (*of).to_owned()).collect();
        measure(&self.site(), probe, &of).await.unwrap().unwrap()
    }

    pub fn standing(&self, duty: &str, measured: &Measured) -> Standing {
        self.book.duty(duty).unwrap().standing(BUILT, Known::Facts(&measured.facts))
    }
}

/// The school with its head and teacher; answers its unit.
async fn staff(ledger: &Ledger) -> UnitId {
    let code = ledger.first_run_code().await.unwrap();
    ledger.redeem_first_run(&code, "admin", "correct horse battery").await.unwrap();
    let system = ledger.rights_of("admin");
    let unit = ledger.directory().root().unwrap().id;
    let mut people = BTreeMap::new();
    for account in ["head", "teacher", "security"] {
        ledger.add_account(&Actor::User("admin".into()), account).await.unwrap();
        let person = NewPerson { name: account.into(), unit, phone: String::new(), email: String::new(), account: Some(account.into()) };
        people.insert(account, ledger.add_person(&system, &person).await.unwrap());
    }
    ledger.grant(&system, people["security"], Role::Security, unit).await.unwrap();
    let security = ledger.rights_of("security");
    ledger.set_head(&security, unit, Some(people["head"])).await.unwrap();
    ledger.grant(&security, people["teacher"], Role::Handler, unit).await.unwrap();
    unit
}

/// The codes of the reasons, each once, in order.
pub fn codes(measured: &Measured) -> Vec<&str> {
    let mut codes: Vec<&str> = measured.reasons.iter().map(|reason| reason.code.as_str()).collect();
    codes.dedup();
    codes
}
