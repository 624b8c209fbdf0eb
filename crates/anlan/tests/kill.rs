//! kill -9 at random moments under RELP and HTTP load (I1, I2): no acknowledged line is lost, each is found right after the restart, the folder verifies.
//!
//! 50 rounds by default; `cargo xtask soak` runs more through `ANLAN_KILL_ROUNDS` and `ANLAN_KILL_SEED`.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "tests")]

mod server;

use std::collections::HashSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use server::https::post_events;
use server::relp::{Sender, WINDOW};
use server::{Ports, Server, anlan_ok, count, lines, token, vkey};

/// Rounds on one folder before a fresh one: recovery of a recovered folder is tried too.
const ROUNDS_A_FOLDER: u32 = 10;

fn setting(name: &str, otherwise: u32) -> u32 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn no_acknowledged_line_is_lost_by_kill_minus_nine() {
    let rounds = setting("ANLAN_KILL_ROUNDS", 50);
    let mut moments = Moments(u64::from(setting("ANLAN_KILL_SEED", 1)).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut acknowledged_in_all = 0;
    let mut round = 0;
    while round < rounds {
        let temp = tempfile::tempdir().unwrap();
        let dir = temp.path().join("data");
        let token = token(&dir, "load");
        let mut of_this_folder = HashSet::new();
        for _ in 0..ROUNDS_A_FOLDER.min(rounds - round) {
            let acknowledged = Arc::new(Mutex::new(HashSet::new()));
            let server = Server::start_on(&dir, Ports::free());
            load_until_killed(server, &dir, &token, round, &acknowledged, moments.next_millis());
            let acknowledged = std::mem::take(&mut *acknowledged.lock().unwrap());
            check(&dir, &acknowledged, round);
            of_this_folder.extend(acknowledged);
            round += 1;
        }
        let kept = texts(&dir, "load");
        assert!(of_this_folder.is_subset(&kept), "lines that survived one kill are gone after a later one");
        acknowledged_in_all += of_this_folder.len();
    }
    println!("kill -9: {rounds} rounds, {acknowledged_in_all} lines acknowledged, none lost");
    assert!(acknowledged_in_all > rounds as usize, "the load did not reach the server");
}

/// Restarts, then: everything acknowledged is found, and nothing is found twice; the folder verifies while the server runs and after it ended.
fn check(dir: &Path, acknowledged: &HashSet<String>, round: u32) {
    let server = Server::start(dir);
    let texts = texts(dir, &format!("load r{round}"));
    let lost: Vec<&String> = acknowledged.difference(&texts).collect();
    assert!(lost.is_empty(), "round {round}: {} acknowledged lines are lost, such as {:?}", lost.len(), lost.first());
    if let Some(one) = acknowledged.iter().next() {
        assert_eq!(count(dir, &format!("\"{one}\"")), 1, "{one}");
    }
    let key = vkey(dir);
    anlan_ok(&["verify", "--key", &key, dir.to_str().unwrap()]);
    if round.is_multiple_of(5) {
        server.stop();
        anlan_ok(&["verify", "--key", &key, dir.to_str().unwrap()]);
    } else {
        server.kill();
    }
}

fn texts(dir: &Path, query: &str) -> HashSet<String> {
    let kept = lines(dir, query);
    let texts: HashSet<String> = kept.iter().map(|(_, raw)| String::from_utf8(raw.clone()).unwrap()).collect();
    assert_eq!(texts.len(), kept.len(), "a line is found twice");
    texts
}

fn load_until_killed(server: Server, dir: &Path, token: &str, round: u32, acknowledged: &Arc<Mutex<HashSet<String>>>, after: Duration) {
    let over = Arc::new(AtomicBool::new(false));
    let mut senders = Vec::new();
    for lane in 0..2 {
        let (over, acknowledged, port) = (over.clone(), acknowledged.clone(), server.relp);
        senders.push(std::thread::spawn(move || relp_load(port, round, lane, &over, &acknowledged)));
    }
    let (http_over, http_acknowledged, port, dir, token) =
        (over.clone(), acknowledged.clone(), server.console, dir.to_owned(), token.to_owned());
    senders.push(std::thread::spawn(move || http_load(&dir, port, &token, round, &http_over, &http_acknowledged)));
    std::thread::sleep(after);
    server.kill();
    over.store(true, Ordering::SeqCst);
    for sender in senders {
        sender.join().unwrap();
    }
}

/// Keeps a window of frames open; a line counts as acknowledged when its `200` was read.
fn relp_load(port: u16, round: u32, lane: u32, over: &AtomicBool, acknowledged: &Mutex<HashSet<String>>) {
    let Ok(mut sender) = Sender::open(port) else { return };
    let mut open = std::collections::HashMap::new();
    for n in 0.. {
        if over.load(Ordering::SeqCst) {
            return;
        }
        let text = format!("<30>Nov 21 09:00:00 host{lane} load: relp r{round} l{lane} n{n}");
        let Ok(number) = sender.send("syslog", text.as_bytes()) else { return };
        open.insert(number, text);
        if open.len() < WINDOW {
            continue;
        }
        let Ok((number, true)) = sender.answer() else { return };
        acknowledged.lock().unwrap().extend(open.remove(&number));
    }
}

fn http_load(dir: &Path, port: u16, token: &str, round: u32, over: &AtomicBool, acknowledged: &Mutex<HashSet<String>>) {
    for n in 0.. {
        if over.load(Ordering::SeqCst) {
            return;
        }
        let texts: Vec<String> = (0..20).map(|i| format!("load http r{round} n{n} i{i}")).collect();
        let Ok(answer) = post_events(dir, port, token, texts.join("\n").as_bytes()) else { return };
        if answer.status / 100 == 2 {
            acknowledged.lock().unwrap().extend(texts);
        }
    }
}

/// Random moments from one seed (xorshift): between 10 and 600 ms after the load began.
struct Moments(u64);

impl Moments {
    fn next_millis(&mut self) -> Duration {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        Duration::from_millis(10 + self.0 % 590)
    }
}
