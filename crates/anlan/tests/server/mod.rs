//! The real binary, driven as a user would: started on a fresh folder, spoken to over real sockets, stopped or killed.
//!
//! Invariants: every server has its own folder and ports; a server is killed when its handle is dropped.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "tests; each test file uses a part"
)]

pub mod browser;
pub mod https;
pub mod relp;

use std::io::{BufRead, BufReader, Read};
use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

pub const ANLAN: &str = env!("CARGO_BIN_EXE_anlan");
/// A debug build on a busy machine: generous, and only waited for when something is wrong.
const PATIENCE: Duration = Duration::from_secs(120);

pub struct Server {
    pub dir: PathBuf,
    pub syslog: u16,
    pub tls: u16,
    pub relp: u16,
    pub console: u16,
    child: Child,
    talk: Arc<Mutex<String>>,
}

/// Ports for one server: free for TCP and UDP when asked.
#[derive(Clone, Copy)]
pub struct Ports {
    pub syslog: u16,
    pub tls: u16,
    pub relp: u16,
    pub console: u16,
}

impl Ports {
    pub fn free() -> Self {
        Self { syslog: free_port(), tls: free_port(), relp: free_port(), console: free_port() }
    }
}

/// Below the range from which the kernel takes ports of outgoing connections: such a port is free now and taken a moment later, or after a restart.
const PORTS: std::ops::Range<u16> = 10_240..32_000;

pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Test programs that run at once begin far from each other.
    let begin = u16::try_from(std::process::id() * 97 % 20_000).unwrap();
    loop {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = PORTS.start + begin.wrapping_add(step) % (PORTS.end - PORTS.start);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() && UdpSocket::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

impl Server {
    pub fn start(dir: &Path) -> Self {
        Self::start_on(dir, Ports::free())
    }

    /// Starts and waits for `ready`.
    pub fn start_on(dir: &Path, ports: Ports) -> Self {
        Self::start_with(dir, ports, &[])
    }

    /// As [`Self::start_on`], with these variables in its environment.
    pub fn start_with(dir: &Path, ports: Ports, environment: &[(&str, &str)]) -> Self {
        let address = |port: u16| format!("127.0.0.1:{port}");
        let mut child = Command::new(ANLAN)
            .args(["serve", "--data", dir.to_str().unwrap()])
            .args(["--syslog", &address(ports.syslog), "--syslog-tls", &address(ports.tls)])
            .args(["--relp", &address(ports.relp), "--console", &address(ports.console)])
            .env("ANLAN_LANG", "en")
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let talk = Arc::new(Mutex::new(String::new()));
        let (heard, stderr) = (talk.clone(), child.stderr.take().unwrap());
        let (ready, is_ready) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                heard.lock().unwrap().push_str(&format!("{line}\n"));
                if line == "ready" {
                    let _ = ready.send(());
                }
            }
        });
        let server =
            Self { dir: dir.to_owned(), syslog: ports.syslog, tls: ports.tls, relp: ports.relp, console: ports.console, child, talk };
        if is_ready.recv_timeout(PATIENCE).is_err() {
            panic!("not ready; it said:\n{}", server.said());
        }
        server
    }

    /// What the server has said on stderr so far.
    pub fn said(&self) -> String {
        self.talk.lock().unwrap().clone()
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM, and the end. Panics when the server does not end well.
    pub fn stop(mut self) -> String {
        run("kill", &["-TERM", &self.child.id().to_string()]);
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(begun.elapsed() < PATIENCE, "does not stop; it said:\n{}", self.said());
            std::thread::sleep(Duration::from_millis(20));
        };
        assert!(status.success(), "{status}; it said:\n{}", self.said());
        self.said()
    }

    pub fn data(&self) -> &str {
        self.dir.to_str().unwrap()
    }

    pub fn count(&self, query: &str) -> u64 {
        count(&self.dir, query)
    }

    /// Waits until so many lines match; panics when patience runs out.
    pub fn wait_for(&self, query: &str, lines: u64) {
        let begun = Instant::now();
        loop {
            let found = self.count(query);
            if found >= lines {
                assert_eq!(found, lines, "more lines than were sent");
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "{found} of {lines} lines; the server said:\n{}", self.said());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Peak resident memory so far, in KiB.
    pub fn peak_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches("kB").trim().parse().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs `anlan` in English and returns what it answered.
pub fn anlan(args: &[&str]) -> Output {
    Command::new(ANLAN).args(args).env("ANLAN_LANG", "en").stdin(Stdio::null()).output().unwrap()
}

/// Runs `anlan`, expects exit code 0, returns stdout.
pub fn anlan_ok(args: &[&str]) -> String {
    let out = anlan(args);
    assert!(out.status.success(), "anlan {args:?}: {}\n{}", out.status, String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

pub fn code(out: &Output) -> i32 {
    out.status.code().unwrap()
}

pub fn count(dir: &Path, query: &str) -> u64 {
    anlan_ok(&["log", "search", "--data", dir.to_str().unwrap(), query, "--count"]).trim().parse().unwrap()
}

/// All lines that match, oldest first, as (seq, raw bytes).
pub fn lines(dir: &Path, query: &str) -> Vec<(u64, Vec<u8>)> {
    let text = anlan_ok(&["log", "search", "--data", dir.to_str().unwrap(), query, "--json"]);
    let mut lines: Vec<(u64, Vec<u8>)> = text.lines().map(|line| seq_and_raw(&serde_json::from_str(line).unwrap())).collect();
    lines.sort_unstable();
    lines
}

pub fn seq_and_raw(hit: &serde_json::Value) -> (u64, Vec<u8>) {
    let seq = hit["seq"].as_str().unwrap().parse().unwrap();
    let raw = match hit.get("raw_b64") {
        Some(b64) => base64_decode(b64.as_str().unwrap()),
        None => hit["raw"].as_str().unwrap().as_bytes().to_vec(),
    };
    (seq, raw)
}

fn base64_decode(text: &str) -> Vec<u8> {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.decode(text).unwrap()
}

pub fn vkey(dir: &Path) -> String {
    anlan_ok(&["key", "show", "--data", dir.to_str().unwrap()]).lines().last().unwrap().to_owned()
}

pub fn token(dir: &Path, name: &str) -> String {
    anlan_ok(&["token", "add", "--data", dir.to_str().unwrap(), "--name", name]).lines().last().unwrap().to_owned()
}

/// Runs a program of the machine, expects success, returns stdout.
pub fn run(program: &str, args: &[&str]) -> String {
    let out = Command::new(program).args(args).stdin(Stdio::null()).output().unwrap();
    assert!(out.status.success(), "{program} {args:?}: {}\n{}", out.status, String::from_utf8_lossy(&out.stderr));
    String::from_utf8_lossy(&out.stdout).into_owned()
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The samples beside the checkout, or one line that they are left out.
pub fn samples() -> Option<PathBuf> {
    let dir = root().join("../shared/samples");
    if dir.is_dir() {
        return Some(dir);
    }
    println!("left out: ../shared/samples is not there");
    None
}

/// The second verifier, run by the Debian Python that has `cryptography`.
pub fn verify_py(args: &[&str]) -> Output {
    let script = root().join("verify/verify.py");
    Command::new("/usr/bin/python3").arg(script).args(args).stdin(Stdio::null()).output().unwrap()
}

pub fn read_all(mut from: impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    let _ = from.read_to_end(&mut bytes);
    bytes
}
