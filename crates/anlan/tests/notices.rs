//! Letters of notices to a mail server that is down, then up, then says "not now", with a kill in between: each arrives, once, and says nothing of what a record holds.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "tests")]

mod server;

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command as Program, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anlan_base::SystemClock;
use anlan_law::kind::Role;
use anlan_law::pack::Lawbook;
use anlan_ledger::engine::{Command, Urging, Values};
use anlan_ledger::{Actor, HashCost, Ledger, LedgerOptions, NewPerson, Notice};
use server::{Ports, Server, anlan, code, free_port, token, vkey};

const PYTHON: &str = "/usr/bin/python3";
const PATIENCE: Duration = Duration::from_secs(180);
/// A mail server that asks for a sign-in, refuses some letters for now, and keeps the others.
const PEER: &str = r"
import email, json, os, sys
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
port, file, refuse = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
class Peer:
    refused = 0
    async def handle_RCPT(self, server, session, envelope, address, options):
        if Peer.refused < refuse:
            Peer.refused += 1
            return '451 4.7.1 not now'
        envelope.rcpt_tos.append(address)
        return '250 OK'
    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content)
        line = json.dumps({'to': envelope.rcpt_tos, 'from': envelope.mail_from, 'id': message['Message-ID'],
            'subject': str(email.header.make_header(email.header.decode_header(message['Subject']))),
            'auto': message['Auto-Submitted'], 'body': message.get_payload(decode=True).decode('utf-8')})
        with open(file, 'a') as out:
            out.write(line + '\n')
            out.flush()
            os.fsync(out.fileno())
        return '250 taken'
def known(server, session, envelope, mechanism, data):
    return AuthResult(success=(data.login, data.password) == (b'anlan', b'a secret of mail'))
Controller(Peer(), hostname='127.0.0.1', port=port, authenticator=known, auth_required=True, auth_require_tls=False).start()
print('ready', flush=True)
sys.stdin.read()
";

struct Peer(Child);

impl Peer {
    fn start(port: u16, file: &Path, refuse: u32) -> Self {
        let arguments = ["-c", PEER, &port.to_string(), file.to_str().unwrap(), &refuse.to_string()];
        let mut child = Program::new(PYTHON).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line.trim(), "ready");
        Self(child)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn peer_is_there() -> bool {
    let there = Program::new(PYTHON).args(["-c", "import aiosmtpd"]).stderr(Stdio::null()).status().is_ok_and(|status| status.success());
    if !there {
        println!("left out: python3-aiosmtpd is not there");
    }
    there
}

async fn open(dir: &Path) -> Ledger {
    let cost = HashCost { memory_kib: 8, passes: 1, lanes: 1 };
    let options = LedgerOptions { hash_cost: cost, ..LedgerOptions::default() };
    Ledger::open_with(&dir.join("ledger.db"), Arc::new(SystemClock), options).await.unwrap()
}

/// A bureau whose officer has an address; answers how many letters wait.
async fn settle(dir: &Path, letters: usize) -> usize {
    let ledger = open(dir).await;
    ledger.set_book(Arc::new(Lawbook::shipped(&["cn", "campus", "government", "enterprise", "grid"]).unwrap())).await.unwrap();
    let code = ledger.first_run_code().await.unwrap();
    ledger.redeem_first_run(&code, "admin", "five calm words for today").await.unwrap();
    let system = ledger.rights_of("admin");
    let bureau = ledger.directory().root().unwrap().id;
    let mut people = Vec::new();
    for account in ["anquan", "juzhang", "keyuan"] {
        ledger.add_account(&Actor::User("admin".into()), account).await.unwrap();
        let email = format!("{account}@example.com");
        let new = NewPerson { name: account.into(), unit: bureau, phone: String::new(), email, account: Some(account.into()) };
        people.push(ledger.add_person(&system, &new).await.unwrap());
    }
    ledger.grant(&system, people[0], Role::Security, bureau).await.unwrap();
    let security = ledger.rights_of("anquan");
    ledger.set_head(&security, bureau, Some(people[1])).await.unwrap();
    ledger.grant(&security, people[2], Role::Handler, bureau).await.unwrap();
    for nth in 0..letters {
        let values: Values = [
            ("title", format!("绝密标题{nth}")),
            ("category", "network".to_owned()),
            ("level", "general".to_owned()),
            ("handling", "at_once".to_owned()),
            ("happened", "2026-01-01T09:00".to_owned()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        let command = Command::Open { unit: bureau, values, happened: None };
        let number = ledger.open_record(&ledger.rights_of("keyuan"), "hazard", command).await.unwrap().number;
        let urge = Command::Urge { text: "绝密".into(), weight: Urging::Remind };
        ledger.act_on(&ledger.rights_of("juzhang"), &number, None, urge).await.unwrap();
    }
    let waiting = ledger.letters().await.unwrap().iter().filter(|letter| letter.email.is_some()).count();
    ledger.close().await;
    waiting
}

/// What everybody was told.
async fn notices(dir: &Path) -> Vec<Notice> {
    let ledger = Ledger::open_readonly(&dir.join("ledger.db")).await.unwrap();
    let mut all = Vec::new();
    for row in ledger.directory().people() {
        all.extend(ledger.notices(row.person.id, None).await.unwrap());
    }
    ledger.close().await;
    all
}

fn arrived(file: &Path) -> Vec<serde_json::Value> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn until(what: &str, server: &Server, mut is: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is() {
        assert!(begun.elapsed() < PATIENCE, "{what}; it said:\n{}", server.said());
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn no_letter_is_lost_and_none_comes_twice() {
    if !peer_is_there() {
        return;
    }
    let temp = tempfile::tempdir().unwrap();
    let (dir, kept, port) = (temp.path().join("data"), temp.path().join("letters"), free_port());
    token(&dir, "begun");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let waiting = runtime.block_on(settle(&dir, 12));
    assert!(waiting >= 12, "{waiting}");
    let settings = format!(
        r#"{{"host":"127.0.0.1","port":{port},"tls":"off","user":"anlan","password":"a secret of mail","from":"anlan@example.com","console":"https://anlan.example"}}"#
    );
    std::fs::create_dir_all(dir.join("secrets")).unwrap();
    std::fs::write(dir.join("secrets/mail.json"), settings).unwrap();
    // Nobody listens.
    let server = Server::start_on(&dir, Ports::free());
    until("letters wait", &server, || server.said().contains("letters wait"));
    server.kill();
    // One is put off, some are taken, and the server dies among them.
    let peer = Peer::start(port, &kept, 1);
    let server = Server::start_on(&dir, Ports::free());
    until("some arrive", &server, || arrived(&kept).len() >= 3);
    server.kill();
    drop(peer);
    let _peer = Peer::start(port, &kept, 0);
    let server = Server::start_on(&dir, Ports::free());
    let ids = || arrived(&kept).iter().map(|letter| letter["id"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>();
    // Time has brought more of them meanwhile.
    until("all are crossed off", &server, || {
        let notices = runtime.block_on(notices(&dir));
        ids().len() >= waiting && notices.iter().all(|notice| notice.sent.is_some())
    });
    server.stop();
    let letters = arrived(&kept);
    let all = runtime.block_on(notices(&dir)).len();
    assert_eq!(ids().len(), all);
    assert!(letters.len() <= all + 1, "a kill between the server's word and ours doubles one letter at most: {}", letters.len());
    for letter in &letters {
        let (subject, body) = (letter["subject"].as_str().unwrap(), letter["body"].as_str().unwrap());
        assert!(subject.contains("YH-20") && body.contains("https://anlan.example/r/YH-20"), "{subject} {body}");
        assert!(!subject.contains("绝密") && !body.contains("绝密"), "{body}");
        assert_eq!((letter["from"].as_str(), letter["auto"].as_str()), (Some("anlan@example.com"), Some("auto-generated")));
    }
    let checked = anlan(&["verify", dir.to_str().unwrap(), "--key", &vkey(&dir)]);
    assert_eq!(code(&checked), 0, "{}", String::from_utf8_lossy(&checked.stdout));
}
