//! The checkpoint of the day goes out by mail and into a folder of another disk: nothing is claimed before the mail server took it, and what arrived shows later that
//! the log was not rewritten. The daily verification, the clock and the stops of the server stand in the ledger and in `doctor`.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "tests")]

mod server;

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anlan_ledger::{EntryRow, Ledger};
use base64::Engine as _;
use server::{Server, anlan, code, vkey};

const PATIENCE: Duration = Duration::from_secs(120);
const TO: &str = "li@example.com";

/// A mail server on TCP that says "not now" so often, then takes letters and keeps them.
struct Peer {
    port: u16,
    refused: Arc<AtomicUsize>,
    letters: Arc<Mutex<Vec<String>>>,
}

impl Peer {
    fn start(refuse: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let peer = Self { port: listener.local_addr().unwrap().port(), refused: Arc::default(), letters: Arc::default() };
        let (refused, letters) = (peer.refused.clone(), peer.letters.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (refused, letters) = (refused.clone(), letters.clone());
                std::thread::spawn(move || serve(&stream, refuse, &refused, &letters));
            }
        });
        peer
    }

    fn letter(&self) -> String {
        wait_for("a letter", || self.letters.lock().unwrap().first().cloned())
    }
}

fn serve(stream: &TcpStream, refuse: usize, refused: &AtomicUsize, letters: &Mutex<Vec<String>>) {
    let mut out = stream.try_clone().unwrap();
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let _ = out.write_all(b"220 peer\r\n");
    while let Some(line) = lines.next() {
        let answer = match line.split(' ').next().unwrap_or_default().to_ascii_uppercase().as_str() {
            "EHLO" => "250 peer",
            "RCPT" if refused.load(Ordering::SeqCst) < refuse => {
                refused.fetch_add(1, Ordering::SeqCst);
                "451 4.7.1 not now"
            }
            "DATA" => {
                let _ = out.write_all(b"354 go on\r\n");
                let letter: Vec<String> = lines.by_ref().take_while(|line| line != ".").collect();
                letters.lock().unwrap().push(letter.join("\n"));
                "250 taken"
            }
            "QUIT" => return,
            _ => "250 OK",
        };
        let _ = out.write_all(format!("{answer}\r\n").as_bytes());
    }
}

fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "{what} did not come");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn set(dir: &Path, port: u16, folder: &str) {
    std::fs::create_dir_all(dir.join("secrets")).unwrap();
    let mail = serde_json::json!({ "host": "127.0.0.1", "port": port, "tls": "off", "user": "", "password": "", "from": "anlan@example.com", "console": "" });
    std::fs::write(dir.join("secrets/mail.json"), mail.to_string()).unwrap();
    let anchors = serde_json::json!({ "mail": [TO], "folder": folder });
    std::fs::write(dir.join("secrets/anchors.json"), anchors.to_string()).unwrap();
}

fn acts(dir: &Path, act: &str) -> Vec<EntryRow> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let ledger = Ledger::open_readonly(&dir.join("ledger.db")).await.unwrap();
        let found = ledger.upkeep(&[act], anlan_base::Instant(0)).await.unwrap();
        ledger.close().await;
        found
    })
}

fn show(dir: &Path, name: &str) -> String {
    let out = anlan(&["doctor", "--data", dir.to_str().unwrap(), "--show", name]);
    assert_eq!(code(&out), 0, "{name}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap().trim().to_owned()
}

/// The attachment's bytes, as the reader's mail program saves them.
fn attached(letter: &str) -> Vec<u8> {
    let part = letter.split("\nContent-Disposition: attachment").nth(1).unwrap();
    let body = part.split("\n\n").nth(1).unwrap().split("\n--").next().unwrap();
    base64::engine::general_purpose::STANDARD.decode(body.replace('\n', "")).unwrap()
}

#[test]
fn a_checkpoint_lies_outside_once_it_was_taken_and_shows_that_the_log_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("data");
    Server::start(&dir).stop();
    let shares = tempfile::tempdir_in("/dev/shm").ok();
    let is_outside = |path: &Path| path.metadata().unwrap().dev() != dir.metadata().unwrap().dev();
    let share = shares.as_ref().map(tempfile::TempDir::path).filter(|share| is_outside(share));
    if share.is_none() {
        println!("left out: there is no other disk to write to");
    }
    let share_name = share.map(|share| share.display().to_string()).unwrap_or_default();

    // The server says "not now": nothing is claimed.
    let peer = Peer::start(usize::MAX);
    set(&dir, peer.port, &share_name);
    let server = Server::start(&dir);
    wait_for("a try", || (peer.refused.load(Ordering::SeqCst) > 0).then_some(()));
    wait_for("a warning", || server.said().contains("was not taken out").then_some(()));
    if share.is_some() {
        wait_for("the file's entry", || (!acts(&dir, "anchor.kept").is_empty()).then_some(()));
    }
    server.kill();
    assert!(acts(&dir, "anchor.sent").is_empty(), "nothing is claimed before it was taken");

    // It takes the letter: that is an entry.
    let peer = Peer::start(0);
    set(&dir, peer.port, &share_name);
    let server = Server::start(&dir);
    let letter = peer.letter();
    wait_for("the letter's entry", || (!acts(&dir, "anchor.sent").is_empty()).then_some(()));
    assert_eq!(show(&dir, "anchors.count"), if share.is_some() { "2" } else { "1" });
    assert_eq!(show(&dir, "collector_stops"), "1", "the kill above");
    assert_eq!(show(&dir, "verified.failed"), "0");
    assert!(["yes", "no", "unknown"].contains(&show(&dir, "time_sync.kept").as_str()));
    server.stop();
    assert_eq!(peer.letters.lock().unwrap().len(), 1, "one a day");

    let sent = acts(&dir, "anchor.sent");
    assert_eq!((sent.len(), sent[0].text("to")), (1, Some(TO)));
    assert!(letter.contains("Message-ID: <checkpoint.") && letter.contains("Auto-Submitted: auto-generated"), "{letter}");
    let checkpoint = folder.path().join("received.txt");
    std::fs::write(&checkpoint, attached(&letter)).unwrap();
    let text = std::fs::read_to_string(&checkpoint).unwrap();
    assert_eq!(text.lines().nth(1), sent[0].text("size"));
    let key = vkey(&dir);
    let verify = |dir: &Path| anlan(&["verify", dir.to_str().unwrap(), "--key", &key, "--against", checkpoint.to_str().unwrap()]);
    let sound = verify(&dir);
    assert_eq!(code(&sound), 0, "{}", String::from_utf8_lossy(&sound.stdout));
    if let Some(share) = share {
        let kept = acts(&dir, "anchor.kept");
        assert_eq!((kept.len(), kept[0].text("to")), (1, Some(share_name.as_str())));
        let file = std::fs::read_to_string(share.join(kept[0].text("file").unwrap())).unwrap();
        assert_eq!(file.lines().nth(1), kept[0].text("size"));
    }
    // A log that was begun anew under the same key is not the one of the letter.
    let other = folder.path().join("other");
    std::fs::create_dir(&other).unwrap();
    for name in ["format", "key"] {
        std::fs::copy(dir.join(name), other.join(name)).unwrap();
    }
    Server::start(&other).stop();
    assert_eq!(code(&verify(&other)), 1);

    // What is sealed of the clock and of the daily look stands there from the first day.
    assert!(!acts(&dir, "time.sync").is_empty() && !acts(&dir, "store.verify").is_empty());
}

#[test]
fn a_backup_counts_once_it_was_written_whole() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("data");
    Server::start(&dir).stop();
    let (data, file) = (dir.to_str().unwrap(), folder.path().join("anlan.tar"));
    let nowhere = folder.path().join("nowhere/anlan.tar");
    assert_ne!(code(&anlan(&["backup", "make", "--data", data, "-o", nowhere.to_str().unwrap()])), 0);
    assert!(acts(&dir, "backup.kept").is_empty());
    assert_eq!(code(&anlan(&["backup", "make", "--data", data, "-o", file.to_str().unwrap()])), 0);
    let kept = acts(&dir, "backup.kept");
    assert!(kept.len() == 1 && kept[0].text("made").is_some() && kept[0].text("log_size").is_some());
}
