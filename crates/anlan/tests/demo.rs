//! The demo by the real binary: made quickly, sound, the same for the same seed, marked on every page, gone when it shall go.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "tests")]

mod server;

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use anlan_ledger::{EntryRow, Ledger, authenticator_code};
use server::{ANLAN, anlan, anlan_ok, code, count, free_port, https, lines, verify_py, vkey};

/// Generous: what is measured is a debug build on a busy machine.
const QUICK: Duration = Duration::from_secs(90);
const DEADLINE: Duration = Duration::from_secs(120);

/// One small demo, made once; each test opens a copy of its own.
static SMALL: LazyLock<PathBuf> = LazyLock::new(|| {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("demo-small");
    let _ = std::fs::remove_dir_all(&dir);
    make(&dir, "1");
    dir
});

struct Copied {
    temp: tempfile::TempDir,
    dir: PathBuf,
}

impl Copied {
    fn of_small() -> Self {
        let temp = tempfile::tempdir().unwrap();
        let dir = temp.path().join("demo");
        copy(&SMALL, &dir);
        Self { temp, dir }
    }
}

fn make(dir: &Path, seed: &str) {
    let began = Instant::now();
    let out = anlan(&["demo", "--data", dir.to_str().unwrap(), "--make-only", "--scale", "0", "--seed", seed]);
    assert_eq!(code(&out), 0, "{}", String::from_utf8_lossy(&out.stderr));
    println!("the small demo took {:?}", began.elapsed());
    assert!(began.elapsed() < QUICK);
    assert!(String::from_utf8_lossy(&out.stderr).contains("Demo data made"));
}

/// A copy to open: files and folders.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (path, name) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() { copy(&path, &name) } else { std::fs::copy(&path, &name).map(drop).unwrap() }
    }
}

#[test]
fn it_is_sound_and_says_that_it_is_a_demo() {
    let Copied { dir, temp: _temp } = Copied::of_small();
    let key = vkey(&dir);
    assert!(key.starts_with("demo.anlan.local/"), "{key}");
    let said = anlan_ok(&["verify", "--key", &key, dir.to_str().unwrap()]);
    assert!(said.contains("Demo data") && said.contains("Verdict: sound"), "{said}");
    let zh = Command::new(ANLAN).args(["verify", "--key", &key, dir.to_str().unwrap()]).env("ANLAN_LANG", "zh").output().unwrap();
    assert!(String::from_utf8_lossy(&zh.stdout).contains("演示数据"));
    // Another's key does not open it.
    let other = tempfile::tempdir().unwrap();
    anlan_ok(&["token", "add", "--data", other.path().join("real").to_str().unwrap(), "--name", "x"]);
    let out = anlan(&["verify", "--key", &vkey(&other.path().join("real")), dir.to_str().unwrap()]);
    assert_ne!(code(&out), 0);
    assert!(!String::from_utf8_lossy(&out.stdout).contains("Demo data"));
}

// PACK-20
#[test]
fn a_pack_of_it_says_so_too() {
    let Copied { dir, temp } = Copied::of_small();
    let pack = temp.path().join("pack.zip");
    let (data, file) = (dir.to_str().unwrap(), pack.to_str().unwrap());
    anlan_ok(&["pack", "build", "--data", data, "--since", "2026-11-10", "--until", "2026-11-12", "-o", file]);
    let key = vkey(&dir);
    let said = anlan_ok(&["verify", "--key", &key, file]);
    assert!(said.contains("Demo data"), "{said}");
    let out = verify_py(&["--key", &key, file]);
    assert_eq!(code(&out), 0, "{}", String::from_utf8_lossy(&out.stderr));
    assert!(String::from_utf8_lossy(&out.stdout).contains("演示数据"), "{}", String::from_utf8_lossy(&out.stdout));
}

/// What follows from the seed: when, who, what, on which record; secrets and salts do not.
fn told(entries: &[EntryRow]) -> Vec<String> {
    let secret = ["session", "password_kept", "code_kept", "codes_kept", "token_kept", "secret_kept", "f.checkpoint", "c.checkpoint"];
    let of_record = |entry: &&EntryRow| entry.text("act").is_some_and(|act| act.starts_with("record.") || act.starts_with("unit."));
    let one = |entry: &EntryRow| {
        let fields = entry.fields.iter().filter(|field| !secret.contains(&field.name.as_str()));
        let field =
            |name: &str, value: &Option<Vec<u8>>| format!("{name}={}", String::from_utf8_lossy(value.as_deref().unwrap_or_default()));
        fields.map(|f| field(&f.name, &f.value)).collect::<Vec<_>>().join("\n")
    };
    entries.iter().filter(of_record).map(one).collect()
}

fn entries(dir: &Path) -> Vec<EntryRow> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let ledger = Ledger::open_readonly(&dir.join("ledger.db")).await.unwrap();
        let mut all = Vec::new();
        loop {
            let mut part = ledger.entries(all.len() as u64 + 1, 500).await.unwrap();
            if part.is_empty() {
                return all;
            }
            all.append(&mut part);
        }
    })
}

#[test]
fn the_same_seed_gives_the_same_lines_and_records() {
    let Copied { dir, temp } = Copied::of_small();
    let again = temp.path().join("again");
    make(&again, "1");
    let (one, two) = (told(&entries(&dir)), told(&entries(&again)));
    assert!(one.len() > 300, "{}", one.len());
    assert_eq!(one.len(), two.len());
    for (one, two) in one.iter().zip(&two) {
        assert_eq!(one, two);
    }
    let (one, two) = (lines(&dir, "*"), lines(&again, "*"));
    assert!(one.len() > 5_000, "{}", one.len());
    assert!(one == two, "lines differ");
    assert_eq!(vkey(&dir), vkey(&again));
}

#[test]
fn what_happened_to_the_devices_is_found() {
    let Copied { dir, temp: _temp } = Copied::of_small();
    let asked = |query: &str, since: &str, until: &str| {
        let out = anlan_ok(&["log", "search", query, "--data", dir.to_str().unwrap(), "--since", since, "--until", until, "--count"]);
        out.trim().parse::<u64>().unwrap()
    };
    // The silent switch, and the one that paused.
    assert!(asked("host.name:SW-YZ-J3", "2026-11-07", "2026-11-08") > 0);
    assert_eq!(asked("host.name:SW-YZ-J3", "2026-11-08", "2026-11-21"), 0);
    assert_eq!(asked("host.name:SW-EZ-S1", "2026-10-27", "2026-10-30"), 0);
    assert!(asked("host.name:SW-EZ-S1", "2026-10-30", "2026-10-31") > 0);
    // Nothing was received while the power was out; the night of failed logins.
    assert_eq!(asked("*", "2026-11-01T02:11:00", "2026-11-01T07:39:00"), 0);
    assert_eq!(asked("203.0.113.77 AND event.outcome:failure", "2026-11-14", "2026-11-15"), 120);
    assert_eq!(count(&dir, "203.0.113.77"), 120);
    // The duty to keep logs is not met, for there are holes.
    let out = anlan(&["duty", "status", "--data", dir.to_str().unwrap(), "--json"]);
    assert_eq!(code(&out), 1);
    let all: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    let state = |id: &str| all.as_array().unwrap().iter().find(|duty| duty["id"] == id).unwrap()["state"].as_str().unwrap().to_owned();
    assert_eq!((state("D019").as_str(), state("D010").as_str(), state("D088").as_str()), ("failing", "failing", "met"), "{all}");
}

/// A demo that is looked at.
struct Shown {
    child: Child,
    said: String,
}

impl Shown {
    fn open(arguments: &[&str], temporary: &Path) -> Self {
        let mut child = Self::spawn(arguments, temporary);
        let mut said = String::new();
        for line in BufReader::new(child.stderr.as_mut().unwrap()).lines().map_while(Result::ok) {
            said.push_str(&format!("{line}\n"));
            if line == "ready" {
                return Self { child, said };
            }
        }
        let _ = child.wait();
        panic!("not ready; it said:\n{said}");
    }

    fn spawn(arguments: &[&str], temporary: &Path) -> Child {
        Command::new(ANLAN)
            .arg("demo")
            .args(arguments)
            .env("ANLAN_LANG", "en")
            .env("TMPDIR", temporary)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// SIGTERM, and the end.
    fn end(mut self) {
        server::run("kill", &["-TERM", &self.child.id().to_string()]);
        let until = Instant::now() + DEADLINE;
        while self.child.try_wait().unwrap().is_none() {
            assert!(Instant::now() < until, "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Cookies that an answer sets, as the next request sends them.
fn cookies(answer: &https::Answer) -> String {
    let set = answer.head.lines().filter_map(|line| line.split_once(": ").filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie")));
    set.filter_map(|(_, value)| value.split(';').next().map(str::to_owned)).collect::<Vec<_>>().join("; ")
}

fn hidden(page: &str, name: &str) -> String {
    let (_, after) = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("no {name} in {page}"));
    after.split('"').next().unwrap().to_owned()
}

#[test]
fn every_page_is_marked_and_people_sign_in_by_what_is_printed() {
    let Copied { dir, temp } = Copied::of_small();
    let port = free_port();
    let shown = Shown::open(&["--data", dir.to_str().unwrap(), "--console", &format!("127.0.0.1:{port}")], temp.path());
    for part in ["keyuan", "juzhang", "yizhong-laoshi", "xitong", "Password of all", "stay"] {
        assert!(shown.said.contains(part), "{part}: {}", shown.said);
    }
    let get = |path: &str, cookie: &str| https::request(&dir, port, "GET", path, &[&format!("Cookie: {cookie}")], b"").unwrap();
    let door = get("/login", "");
    let form = format!("token={}&next=/&name=keyuan&password=three+quiet+schools+2026", hidden(&door.text(), "token"));
    let headers = [
        format!("Cookie: {}", cookies(&door)),
        "Content-Type: application/x-www-form-urlencoded".to_owned(),
        "Sec-Fetch-Site: same-origin".to_owned(),
    ];
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    let entered = https::request(&dir, port, "POST", "/login", &headers, form.as_bytes()).unwrap();
    assert_eq!(entered.status, 303, "{}", entered.text());
    let cookie = cookies(&entered);
    for path in ["/login", "/", "/todo", "/records?place=hazards", "/records/hazard/print", "/compliance", "/logs", "/nowhere"] {
        let page = get(path, &cookie);
        if page.status == 303 {
            continue;
        }
        let text = page.text();
        assert!(text.contains("演示数据 DEMO") && text.contains("/assets/demo.css"), "{path} {}: {text}", page.status);
    }
    let sheet = get("/assets/demo.css", "");
    assert!(sheet.status == 200 && sheet.text().contains("演示数据 DEMO"));
    shown.end();
    assert!(dir.join("demo.json").exists(), "a folder that was asked for stays");
    let page: serde_json::Value = serde_json::from_slice(&std::fs::read(dir.join("demo.json")).unwrap()).unwrap();
    let xitong = page["accounts"].as_array().unwrap().iter().find(|account| account["account"] == "xitong").unwrap();
    let secret = xitong["authenticator"].as_str().unwrap();
    assert!(authenticator_code(secret, anlan_base::Instant(0)).is_some());
    assert_eq!(xitong["recovery"].as_array().unwrap().len(), 10);
}

#[test]
fn its_own_folder_goes_at_the_end_and_no_other_folder_is_taken() {
    let temp = tempfile::tempdir().unwrap();
    let temporary = temp.path().join("tmp");
    std::fs::create_dir(&temporary).unwrap();
    let shown = Shown::open(&["--scale", "0", "--console", &format!("127.0.0.1:{}", free_port())], &temporary);
    assert_eq!(std::fs::read_dir(&temporary).unwrap().count(), 1);
    assert!(shown.said.contains("deleted at the end"), "{}", shown.said);
    shown.end();
    assert_eq!(std::fs::read_dir(&temporary).unwrap().count(), 0);
    let real = temp.path().join("real");
    anlan_ok(&["token", "add", "--data", real.to_str().unwrap(), "--name", "x"]);
    let out = anlan(&["demo", "--data", real.to_str().unwrap(), "--make-only"]);
    assert_eq!(code(&out), 3);
}
