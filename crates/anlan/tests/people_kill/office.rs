//! A bureau with eight schools and fifty people, each with a token of their own, in a folder that nobody serves yet.

use std::io::BufRead as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use anlan_base::SystemClock;
use anlan_law::kind::Role;
use anlan_ledger::engine::{PersonId, UnitId};
use anlan_ledger::{Actor, HashCost, Ledger, LedgerOptions, NewPerson, NewToken, Place, Scope};

use crate::server::{ANLAN, free_port, run, token};

pub const SCHOOLS: usize = 8;
/// With two people of the bureau: fifty.
const EACH_SCHOOL: usize = 6;
const ADMIN: &str = "admin";

pub struct Person {
    pub id: PersonId,
    pub unit: UnitId,
    /// Sends tasks down to the schools.
    pub is_bureau: bool,
    pub token: String,
}

pub struct Office {
    pub dir: PathBuf,
    pub schools: Vec<UnitId>,
    pub people: Vec<Person>,
}

impl Office {
    pub fn settle(dir: &Path, database: Option<&str>) -> Self {
        match database {
            Some(url) => begin_on(dir, url),
            None => drop(token(dir, "begun")),
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(Self::fill(dir))
    }

    async fn fill(dir: &Path) -> Self {
        let cost = HashCost { memory_kib: 8, passes: 1, lanes: 1 };
        let options = LedgerOptions { hash_cost: cost, ..LedgerOptions::default() };
        let place = Place::of_folder(dir).unwrap();
        let ledger = Ledger::open_database(&place, Arc::new(SystemClock), options).await.unwrap();
        let code = ledger.first_run_code().await.unwrap();
        ledger.redeem_first_run(&code, ADMIN, "five calm words for today").await.unwrap();
        let system = ledger.rights_of(ADMIN);
        let bureau = ledger.directory().root().unwrap().id;
        let mut schools = Vec::new();
        for n in 1..=SCHOOLS {
            schools.push(ledger.add_unit(&system, &format!("第{n}小学"), "", Some(bureau)).await.unwrap());
        }
        let security = hire(&ledger, "anquan", bureau, false).await;
        ledger.grant(&system, security.id, Role::Security, bureau).await.unwrap();
        let security = ledger.rights_of("anquan");
        let mut people = Vec::new();
        let seats = schools.iter().flat_map(|school| std::iter::repeat_n((*school, false), EACH_SCHOOL)).chain([(bureau, true); 2]);
        for (seat, (unit, is_bureau)) in seats.enumerate() {
            let person = hire(&ledger, &format!("worker{seat}"), unit, is_bureau).await;
            ledger.grant(&security, person.id, Role::Handler, unit).await.unwrap();
            people.push(person);
        }
        for person in people.iter().step_by(EACH_SCHOOL) {
            ledger.set_head(&security, person.unit, Some(person.id)).await.unwrap();
        }
        ledger.close().await;
        assert_eq!(people.len(), 50);
        Self { dir: dir.to_owned(), schools, people }
    }
}

async fn hire(ledger: &Ledger, account: &str, unit: UnitId, is_bureau: bool) -> Person {
    let system = ledger.rights_of(ADMIN);
    ledger.add_account(&Actor::User(ADMIN.into()), account).await.unwrap();
    let new = NewPerson { name: account.into(), unit, phone: String::new(), email: String::new(), account: Some(account.into()) };
    let id = ledger.add_person(&system, &new).await.unwrap();
    let new = NewToken { name: account, owner: Some(account), scopes: &[Scope::RecordsRead, Scope::RecordsWrite], expires: None };
    let token = ledger.make_token(&Actor::System, &new).await.unwrap();
    Person { id, unit, is_bureau, token }
}

/// `anlan serve --database URL` until it is ready, then SIGTERM: the folder remembers.
fn begin_on(dir: &Path, url: &str) {
    let port = free_port();
    let mut child = Command::new(ANLAN)
        .args(["serve", "--data", dir.to_str().unwrap(), "--syslog", &format!("127.0.0.1:{port}"), "--database", url])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    for line in std::io::BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok) {
        if line == "ready" {
            run("kill", &["-TERM", &child.id().to_string()]);
        }
    }
    assert!(child.wait().unwrap().success());
}
