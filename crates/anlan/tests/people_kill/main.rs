//! kill -9 while fifty people work at once over the API (I1, I2, REC-2, REC-11, REC-12, ENT-2): what was acknowledged is there after the restart with number,
//! version and value; no number is given twice; no command is there by halves; ledger and log agree; files that entries name are on disk.
//!
//! A few kills by default; `cargo xtask soak people` asks for more through `ANLAN_PEOPLE_ROUNDS` and `ANLAN_PEOPLE_SEED`.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "tests")]

mod caller;
mod check;
#[path = "../../../ledger/tests/room/cluster.rs"]
mod cluster;
mod many;
mod office;
#[path = "../server/mod.rs"]
mod server;
mod work;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use office::Office;
use server::{Ports, Server, anlan, code, vkey};
use work::{Desk, Done};

/// Kills on SQLite; PostgreSQL has half as many.
const ROUNDS: u32 = 6;
/// Rounds on one folder before a fresh one.
const ROUNDS_A_FOLDER: u32 = 6;

fn setting(name: &str, otherwise: u32) -> u32 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

// REC-2, REC-11, REC-12, ENT-2
#[test]
fn nothing_that_fifty_people_were_told_is_lost_on_sqlite() {
    walk("SQLite", setting("ANLAN_PEOPLE_ROUNDS", ROUNDS), &|| None);
}

// REC-2, REC-11, REC-12, ENT-2
#[test]
fn nothing_that_fifty_people_were_told_is_lost_on_postgresql() {
    let Some(cluster) = cluster::cluster() else { return };
    walk("PostgreSQL", setting("ANLAN_PEOPLE_ROUNDS", ROUNDS).div_ceil(2), &|| Some(cluster.database()));
}

fn walk(engine: &str, rounds: u32, database: &dyn Fn() -> Option<String>) {
    let mut moments = Moments(u64::from(setting("ANLAN_PEOPLE_SEED", 1)).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut told = 0;
    let mut round = 0;
    while round < rounds {
        let temp = tempfile::tempdir().unwrap();
        let office = Office::settle(&temp.path().join("data"), database().as_deref());
        let mut desks: Vec<Desk> = office.people.iter().enumerate().map(|(seat, person)| Desk::new(seat, person)).collect();
        let done = Done::default();
        for _ in 0..ROUNDS_A_FOLDER.min(rounds - round) {
            let before = done.count();
            work_until_killed(&office, &mut desks, &done, moments.next_millis());
            check_after(&office, &mut desks, &done);
            round += 1;
            println!("{engine}: round {round}, {} commands acknowledged", done.count() - before);
        }
        told += done.count();
    }
    println!("{engine}: kill -9 in {rounds} rounds of fifty people, {told} commands acknowledged, none lost");
    assert!(told > rounds as usize * 20, "the people did not come to work");
}

/// Fifty people work; at some moment after the first was told that something is done, the server dies.
fn work_until_killed(office: &Office, desks: &mut [Desk], done: &Done, after: Duration) {
    let server = Server::start_on(&office.dir, Ports::free());
    let (port, over) = (server.console, AtomicBool::new(false));
    let told = done.count();
    std::thread::scope(|scope| {
        for desk in desks {
            let over = &over;
            scope.spawn(move || desk.work(office, port, over, done));
        }
        let begun = Instant::now();
        while done.count() == told {
            assert!(begun.elapsed() < Duration::from_secs(60), "nobody is answered; the server said:\n{}", server.said());
            std::thread::sleep(Duration::from_millis(5));
        }
        std::thread::sleep(after);
        server.kill();
        over.store(true, Ordering::SeqCst);
    });
}

/// Restarts; what people were not told about they send once more; then everything is held against the ledger and the log.
fn check_after(office: &Office, desks: &mut [Desk], done: &Done) {
    let server = Server::start_on(&office.dir, Ports::free());
    for desk in desks.iter_mut() {
        desk.send_again(office, server.console, done);
    }
    check::asked_again(office, server.console, done);
    check::ledger(office, done, desks);
    verify(&office.dir);
    server.kill();
}

fn verify(dir: &Path) {
    let dir: PathBuf = dir.to_owned();
    let out = anlan(&["verify", "--key", &vkey(&dir), "--data", dir.to_str().unwrap()]);
    assert_eq!(code(&out), 0, "{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
}

/// Random moments from one seed (xorshift): between 10 and 2,500 ms after the first answer.
struct Moments(u64);

impl Moments {
    fn next_millis(&mut self) -> Duration {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        Duration::from_millis(10 + self.0 % 2_490)
    }
}
