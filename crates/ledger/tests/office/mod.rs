//! An office in a room: a bureau with two schools, its people, and three small kinds, for the tests of records.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "a test may; each test file uses its own part")]

use std::collections::BTreeMap;
use std::sync::Arc;

use anlan_journal::DiskFs;
use anlan_law::kind::Role;
use anlan_law::pack::Lawbook;
use anlan_law::shipped;
use anlan_ledger::engine::{Command, PersonId, Rights, UnitId, Values};
use anlan_ledger::records::Done;
use anlan_ledger::{LedgerError, NewPerson};

use crate::room::{Room, admin, room_with_user};

const PACK: &str =
    "schema = \"anlan-lawpack/1\"\nid = \"office\"\nversion = \"1\"\ntitle = { zh = \"试\", en = \"test\" }\nneeds = [\"cn\"]\n";

pub struct Office {
    pub room: Room,
    pub root: UnitId,
    pub first: UnitId,
    pub second: UnitId,
    /// By account.
    pub people: BTreeMap<&'static str, PersonId>,
}

/// The lawbook of the box with the office's kinds; `leak` may be another text.
pub fn book_with(leak: &str) -> Arc<Lawbook> {
    let own = [
        ("office/pack.toml", PACK),
        ("office/kinds/leak.toml", leak),
        ("office/kinds/chore.toml", include_str!("chore.toml")),
        ("office/kinds/reply.toml", include_str!("reply.toml")),
    ];
    let files: Vec<_> = shipped::FILES.iter().copied().chain(own).collect();
    Arc::new(Lawbook::load(&files, &["cn", "office"], None).unwrap())
}

pub const LEAK: &str = include_str!("leak.toml");

pub fn book() -> Arc<Lawbook> {
    static BOOK: std::sync::OnceLock<Arc<Lawbook>> = std::sync::OnceLock::new();
    BOOK.get_or_init(|| book_with(LEAK)).clone()
}

pub async fn office() -> Office {
    let room = room_with_user().await;
    let ledger = &room.ledger;
    ledger.set_book(book()).await.unwrap();
    ledger.keep_files_in(&room.dir.path().join("attachments"), Arc::new(DiskFs));
    let system = ledger.rights_of("zhang.wei");
    let root = ledger.directory().root().unwrap().id;
    let first = ledger.add_unit(&system, "第一中学", "", Some(root)).await.unwrap();
    let second = ledger.add_unit(&system, "第二小学", "", Some(root)).await.unwrap();
    let mut people = BTreeMap::from([("zhang.wei", system.person.unwrap())]);
    for (account, unit) in
        [("li.na", root), ("wang.fang", root), ("sun.li", first), ("qian.jin", first), ("zhou.yun", second), ("wu.di", second)]
    {
        ledger.add_account(&admin(), account).await.unwrap();
        let person = NewPerson { name: account.into(), unit, phone: String::new(), email: String::new(), account: Some(account.into()) };
        people.insert(account, ledger.add_person(&system, &person).await.unwrap());
    }
    ledger.grant(&system, people["li.na"], Role::Security, root).await.unwrap();
    let security = ledger.rights_of("li.na");
    for (unit, head) in [(root, "wang.fang"), (first, "sun.li"), (second, "zhou.yun")] {
        ledger.set_head(&security, unit, Some(people[head])).await.unwrap();
    }
    ledger.grant(&security, people["qian.jin"], Role::Handler, first).await.unwrap();
    ledger.grant(&security, people["wu.di"], Role::Staff, second).await.unwrap();
    Office { room, root, first, second, people }
}

impl Office {
    pub fn who(&self, account: &str) -> Rights {
        self.room.ledger.rights_of(account)
    }

    pub async fn open(&self, account: &str, kind: &str, unit: UnitId, values: &[(&str, &str)]) -> Result<Done, LedgerError> {
        let command = Command::Open { unit, values: filled(values), happened: None };
        self.room.ledger.open_record(&self.who(account), kind, command).await
    }

    pub async fn make(&self, account: &str, number: &str, name: &str, values: &[(&str, &str)]) -> Result<Done, LedgerError> {
        let command = Command::Move { name: name.into(), values: filled(values), reason: None };
        self.room.ledger.act_on(&self.who(account), number, None, command).await
    }

    pub async fn leak(&self, title: &str) -> String {
        self.open("qian.jin", "leak", self.first, &[("title", title)]).await.unwrap().number
    }

    pub fn now(&self) -> anlan_base::Instant {
        anlan_base::Clock::now(&*self.room.clock)
    }

    pub fn advance(&self, seconds: u64) {
        self.room.clock.advance_seconds(seconds);
    }

    /// A column of texts, as somebody with the disk in hands reads it.
    pub async fn texts(&self, sql: &'static str) -> Vec<String> {
        sqlx::query_scalar(sql).fetch_all(&mut self.room.intruder().await).await.unwrap()
    }

    pub async fn findings(&self) -> Vec<String> {
        self.room.ledger.check_projections().await.unwrap()
    }

    pub async fn assert_sound(&self) {
        assert_eq!(self.findings().await, Vec::<String>::new());
    }
}

pub fn filled(values: &[(&str, &str)]) -> Values {
    values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

pub fn code(error: &LedgerError) -> String {
    match error {
        LedgerError::Refusal(refusal) => refusal.code.to_owned(),
        LedgerError::Stale { .. } => "stale".into(),
        LedgerError::NotFound { .. } => "404".into(),
        other => format!("{other:?}"),
    }
}
