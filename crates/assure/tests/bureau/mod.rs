//! A bureau with two schools over a real vault, journal and ledger, its people, and whatever they do; the clock stands still until it is moved.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "a test may; each test file uses its own part")]

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use anlan_assure::assess::{How, Measured, Site, measure};
use anlan_base::{Clock, Day, Instant, ManualClock, parse_time};
use anlan_journal::{DiskFs, Fs, Journal};
use anlan_law::condition::Fact;
use anlan_law::kind::{Kind, Role, Shape};
use anlan_law::pack::Lawbook;
use anlan_law::probe::Probe;
use anlan_ledger::engine::{Command, PersonId, Record, Rights, UnitId, Values};
use anlan_ledger::records::{Attachment, ListAsk, StateAsk};
use anlan_ledger::{Actor, HashCost, Ledger, LedgerOptions, NewPerson};
use anlan_tlog::note::Signer;
use anlan_vault::{Vault, VaultOptions};

pub const ORIGIN: &str = "anlan.local/00112233445566aa";
/// A Monday.
pub const START: &str = "2026-09-07T09:00:00+08:00";
pub const DAY: u64 = 86_400;

pub struct Bureau {
    pub dir: tempfile::TempDir,
    pub clock: Arc<ManualClock>,
    pub ledger: Arc<Ledger>,
    pub vault: Arc<Vault>,
    pub journal: Arc<Journal>,
    pub root: UnitId,
    pub first: UnitId,
    pub second: UnitId,
    pub people: BTreeMap<&'static str, PersonId>,
    file: String,
}

pub fn book() -> Arc<Lawbook> {
    static BOOK: OnceLock<Arc<Lawbook>> = OnceLock::new();
    BOOK.get_or_init(|| Arc::new(Lawbook::shipped(&["cn", "campus"]).unwrap())).clone()
}

/// Who tries a move, in this order: whoever does the work first.
const WORKERS: [&str; 7] = ["teacher", "clerk", "head", "chief", "security", "other", "system"];

impl Bureau {
    pub async fn begin() -> Self {
        Self::begin_with(&["system", "security", "audit"]).await
    }

    /// With these administrators, of whom the one of the system is always there.
    pub async fn begin_with(administrators: &[&str]) -> Self {
        let mut bureau = Self::alone().await;
        let system = bureau.who("system");
        bureau.first = bureau.ledger.add_unit(&system, "第一中学", "", Some(bureau.root)).await.unwrap();
        bureau.second = bureau.ledger.add_unit(&system, "第二小学", "", Some(bureau.root)).await.unwrap();
        bureau.staff(administrators).await;
        bureau.file = bureau.file("照片.txt", "整改后的情况。".as_bytes()).await;
        bureau
    }

    /// The operator before anything: one unit, the first user.
    pub async fn alone() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(parse_time(START).unwrap()));
        let fs: Arc<dyn Fs> = Arc::new(DiskFs);
        let signer = Signer::from_seed(ORIGIN, [7; 32]).unwrap();
        let journal = Arc::new(Journal::create(Arc::clone(&fs), dir.path().join("log"), signer, clock.clone()).unwrap());
        let vault =
            Vault::open(Arc::clone(&fs), dir.path().to_owned(), Arc::clone(&journal), clock.clone(), VaultOptions::default()).unwrap();
        let options = LedgerOptions { hash_cost: HashCost { memory_kib: 8, passes: 1, lanes: 1 }, ..LedgerOptions::default() };
        let ledger = Arc::new(Ledger::open_with(&dir.path().join("ledger.db"), clock.clone(), options).await.unwrap());
        let code = ledger.first_run_code().await.unwrap();
        ledger.redeem_first_run(&code, "system", "correct horse battery").await.unwrap();
        ledger.set_book(book()).await.unwrap();
        ledger.keep_files_in(&dir.path().join("attachments"), fs);
        let root = ledger.directory().root().unwrap().id;
        let people = BTreeMap::from([("system", ledger.rights_of("system").person.unwrap())]);
        let vault = Arc::new(vault);
        Self { dir, clock, ledger, vault, journal, root, first: root, second: root, people, file: String::new() }
    }

    async fn staff(&mut self, administrators: &[&str]) {
        for (account, unit) in [
            ("security", self.root),
            ("audit", self.root),
            ("chief", self.root),
            ("clerk", self.root),
            ("head", self.first),
            ("teacher", self.first),
            ("other", self.second),
        ] {
            self.hire(account, unit).await;
        }
        let system = self.who("system");
        self.ledger.grant(&system, self.people["security"], Role::Security, self.root).await.unwrap();
        let security = self.who("security");
        if administrators.contains(&"audit") {
            self.ledger.grant(&security, self.people["audit"], Role::Audit, self.root).await.unwrap();
        }
        for (unit, head) in [(self.root, "chief"), (self.first, "head"), (self.second, "other")] {
            self.ledger.set_head(&security, unit, Some(self.people[head])).await.unwrap();
        }
        for (account, unit, roles) in [
            ("clerk", self.root, [Role::Handler, Role::Duty, Role::Staff].as_slice()),
            ("teacher", self.first, &[Role::Handler, Role::Duty, Role::Staff]),
            ("chief", self.root, &[Role::Approver]),
            ("head", self.first, &[Role::Approver]),
        ] {
            for role in roles {
                self.ledger.grant(&security, self.people[account], *role, unit).await.unwrap();
            }
        }
    }

    pub async fn hire(&mut self, account: &'static str, unit: UnitId) -> PersonId {
        self.ledger.add_account(&Actor::System, account).await.unwrap();
        let person = NewPerson { name: account.into(), unit, phone: String::new(), email: String::new(), account: Some(account.into()) };
        let id = self.ledger.add_person(&self.who("system"), &person).await.unwrap();
        self.people.insert(account, id);
        id
    }

    pub fn who(&self, account: &str) -> Rights {
        self.ledger.rights_of(account)
    }

    pub fn p(&self, account: &str) -> String {
        self.people[account].to_string()
    }

    pub fn today(&self) -> Day {
        Day::of(self.clock.now())
    }

    /// So many days from today; earlier where it is negative.
    pub fn day(&self, days: i64) -> String {
        let by = u32::try_from(days.unsigned_abs()).unwrap();
        if days < 0 { self.today().minus_days(by).unwrap().to_string() } else { self.today().plus_days(by).unwrap().to_string() }
    }

    /// Time passes, hour by hour at work, and what it brings is done.
    pub async fn pass(&self, days: u64) {
        self.clock.advance_seconds(days * DAY);
        for _ in 0..50 {
            self.ledger.tick().await.unwrap();
        }
    }

    pub fn site(&self) -> Site {
        Site {
            ledger: Arc::clone(&self.ledger),
            vault: Arc::clone(&self.vault),
            journal: Arc::clone(&self.journal),
            fs: Arc::new(DiskFs),
            dir: self.dir.path().into(),
            book: book(),
            now: self.clock.now(),
            coverage: anlan_assure::assess::coverage::Remembered::default(),
        }
    }

    pub async fn file(&self, name: &str, bytes: &[u8]) -> String {
        let kept = self.ledger.keep_attachment(name, bytes).await.unwrap();
        Attachment::value_of(&[kept])
    }

    /// Something that fits into the field.
    fn some(&self, field: &anlan_law::kind::Field) -> String {
        match &field.shape {
            Shape::Text { .. } => "情况属实".to_owned(),
            Shape::Number { least, .. } => least.max(&2).to_string(),
            Shape::Choice { options } => options[0].id.clone(),
            Shape::Date => self.day(30),
            Shape::Time => format!("{}T08:00", self.today()),
            Shape::Yes => "yes".to_owned(),
            Shape::Person => self.p("teacher"),
            Shape::People { .. } => format!("[\"{}\"]", self.p("head")),
            Shape::Unit => self.first.to_string(),
            Shape::Units { .. } => format!("[\"{}\",\"{}\"]", self.first, self.second),
            Shape::Table { columns, .. } => {
                let cell = |cell: &anlan_law::kind::Column| match cell.shape {
                    anlan_law::kind::Cell::Text => "\"一项\"".to_owned(),
                    anlan_law::kind::Cell::Number => "\"3\"".to_owned(),
                    anlan_law::kind::Cell::Date => format!("\"{}\"", self.day(30)),
                    anlan_law::kind::Cell::Yes => "\"yes\"".to_owned(),
                };
                format!("[[{}]]", columns.iter().map(cell).collect::<Vec<_>>().join(","))
            }
            Shape::Attachment { .. } => self.file.clone(),
            Shape::Source | Shape::Asset | Shape::Link { .. } => String::new(),
        }
    }

    fn filled(&self, kind: &Kind, names: &[String], known: &Values, given: &[(&str, &str)]) -> Values {
        let mut values: Values = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        for name in names.iter().filter(|name| !known.contains_key(*name)) {
            values.entry(name.clone()).or_insert_with(|| self.some(kind.field(name).unwrap()));
        }
        values
    }

    /// Opens a record with whatever it asks for.
    pub async fn open(&self, kind: &str, unit: UnitId, given: &[(&str, &str)]) -> String {
        let kind = self.ledger.kinds().get(kind).unwrap().clone();
        let required: Vec<String> = kind.fields.iter().filter(|field| field.required).map(|field| field.name.clone()).collect();
        let values = self.filled(&kind, &required, &Values::new(), given);
        let mut refused = Vec::new();
        for account in WORKERS {
            let command = Command::Open { unit, values: values.clone(), happened: None };
            match self.ledger.open_record(&self.who(account), &kind.id, command).await {
                Ok(done) => return done.number,
                Err(error) => refused.push(format!("{account}: {error:?}")),
            }
        }
        panic!("nobody opens {}: {}", kind.id, refused.join("\n"));
    }

    pub async fn record(&self, number: &str) -> Record {
        self.ledger.survey_full(&[number]).await.unwrap().remove(0)
    }

    /// Makes a move with whatever it needs, by whoever may, and has it approved where it takes two.
    pub async fn make(&self, number: &str, name: &str, given: &[(&str, &str)]) {
        let record = self.record(number).await;
        let kind = self.ledger.kinds().get(&record.kind).unwrap().clone();
        let needs = &kind.a_move(name).unwrap_or_else(|| panic!("{} has no move {name}", kind.id)).needs;
        let values = self.filled(&kind, needs, &record.values, given);
        let mut refused = Vec::new();
        for account in WORKERS {
            let command = Command::Move { name: name.to_owned(), values: values.clone(), reason: Some("按要求办理".to_owned()) };
            match self.ledger.act_on(&self.who(account), number, None, command).await {
                Ok(_) => return self.approve(number).await,
                Err(error) => refused.push(format!("{account}: {error:?}")),
            }
        }
        panic!("{number} in {}: nobody makes {name}:\n{}", record.state, refused.join("\n"));
    }

    async fn approve(&self, number: &str) {
        let record = self.record(number).await;
        let Some(pending) = &record.pending else { return };
        let account = self.people.iter().find(|(_, id)| **id == pending.approver).unwrap().0;
        let command = Command::Approve { seen: record.version, reason: None };
        self.ledger.act_on(&self.who(account), number, None, command).await.unwrap();
    }

    pub async fn correct(&self, number: &str, values: &[(&str, &str)]) {
        let values: Values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut refused = Vec::new();
        for account in WORKERS {
            let command = Command::Correct { values: values.clone(), reason: "更正".to_owned() };
            match self.ledger.act_on(&self.who(account), number, None, command).await {
                Ok(_) => return,
                Err(error) => refused.push(format!("{account}: {error:?}")),
            }
        }
        panic!("nobody corrects {number}:\n{}", refused.join("\n"));
    }

    /// Runs the probe; every number that it asked is asked by hand too (VERDICT-7), every reason has its words.
    pub async fn measure(&self, probe: &str, of: &[&str]) -> Option<Measured> {
        let of: Vec<String> = of.iter().map(|name| (*name).to_owned()).collect();
        let probe = Probe::named(probe).unwrap();
        let measured = measure(&self.site(), probe, &of).await.unwrap()?;
        for fact in measured.facts.keys() {
            assert!(probe.fact(fact).is_some(), "{} does not declare {fact}", probe.name());
        }
        for asked in measured.asked.iter().filter(|asked| asked.how == How::Records && asked.text.starts_with("/records/")) {
            assert_eq!(self.by_hand(&asked.text).await, asked.number, "{}", asked.text);
        }
        // What the questions of one fact gave is the fact.
        let asked_for: std::collections::BTreeSet<&String> = measured.asked.iter().flat_map(|asked| &asked.facts).collect();
        for fact in asked_for {
            let parts = measured.asked.iter().filter(|asked| asked.facts.contains(fact));
            let sum = i64::try_from(parts.map(|asked| asked.number).sum::<u64>()).unwrap();
            if let Some(number) = measured.facts.get(fact) {
                assert_eq!(number, &Fact::Int(sum), "{} {of:?}: {fact}: {:?}", probe.name(), measured.asked);
            }
        }
        for reason in &measured.reasons {
            for lang in [anlan_base::text::Lang::Zh, anlan_base::text::Lang::En] {
                let said = reason.say(lang);
                assert!(!said.is_empty() && !said.contains(&reason.code) && !said.contains("{$"), "{reason:?}: {said}");
            }
        }
        Some(measured)
    }

    /// How many rows the list of the console has, over all its pages, for somebody who may see everything.
    async fn by_hand(&self, address: &str) -> u64 {
        let (kind, query) = address.strip_prefix("/records/").unwrap().split_once('?').unwrap_or((&address["/records/".len()..], ""));
        let mut ask = ListAsk { kind: Some(kind.to_owned()), ..ListAsk::default() };
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            match (name, value) {
                ("view", "all") => ask.state = StateAsk::All,
                ("view", "ended") => ask.state = StateAsk::Ended,
                ("view", "overdue") => ask.state = StateAsk::Overdue,
                ("where", written) => ask.conditions.push(written.parse().unwrap()),
                ("view", other) => ask.state = StateAsk::Is(other.strip_prefix("is:").unwrap().to_owned()),
                (by, value) => ask.filters.push((by.strip_prefix("by.").unwrap().to_owned(), value.to_owned())),
            }
        }
        let mut rows = 0;
        loop {
            let page = self.ledger.list(&self.who("audit"), &ask).await.unwrap();
            rows += page.rows.len() as u64;
            match page.next {
                Some(next) => ask.after = Some(next),
                None => return rows,
            }
        }
    }

    /// Asserts facts; a number below zero stands for a fact that must be left out.
    #[track_caller]
    pub fn assert_facts(measured: &Measured, expected: &[(&str, i64)], what: &str) {
        for (name, number) in expected {
            let found = measured.facts.get(*name);
            let wanted = (*number >= 0).then_some(Fact::Int(*number));
            assert_eq!(found, wanted.as_ref(), "{what}: {name}; {:?}", measured.reasons);
        }
    }

    pub fn at(&self) -> Instant {
        self.clock.now()
    }
}

pub fn codes(measured: &Measured) -> Vec<&str> {
    measured.reasons.iter().map(|reason| reason.code.as_str()).collect()
}

pub const OUT: i64 = -1;

/// What the probe says: facts that must be so, and the first reason.
pub async fn expect(bureau: &Bureau, probe: &str, of: &[&str], facts: &[(&str, i64)], first: Option<&str>) {
    let measured = bureau.measure(probe, of).await.unwrap_or_else(|| panic!("{probe} {of:?} is not measured"));
    Bureau::assert_facts(&measured, facts, &format!("{probe} {of:?}"));
    if let Some(first) = first {
        assert_eq!(codes(&measured).first(), Some(&first), "{probe} {of:?}: {:?}", measured.reasons);
    }
}
