//! The demo's county, open to be looked at: made once for each test program, copied for each who opens it, gone with its handle.
//!
//! Invariants: nobody waits on a clock, only on what the page or the program shows; the server is killed when its handle is dropped.
#![allow(dead_code, clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "tests; each test file uses a part")]

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::server::browser::Browser;
use crate::server::{ANLAN, anlan, anlan_ok, code, free_port, vkey};

pub const PASSWORD: &str = "three quiet schools 2026";
const PATIENCE: Duration = Duration::from_secs(60);

static SMALL: LazyLock<PathBuf> = LazyLock::new(|| {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("county-{}", env!("CARGO_CRATE_NAME")));
    let _ = std::fs::remove_dir_all(&dir);
    make(&dir, "0");
    dir
});

fn make(dir: &Path, scale: &str) {
    let out = anlan(&["demo", "--data", dir.to_str().unwrap(), "--make-only", "--scale", scale]);
    assert_eq!(code(&out), 0, "{}", String::from_utf8_lossy(&out.stderr));
}

pub struct County {
    pub base: String,
    pub vkey: String,
    /// The number of a line that it keeps.
    pub line: String,
    /// What the demo printed before it was ready.
    pub said: String,
    child: Child,
    temp: tempfile::TempDir,
}

impl County {
    /// With thirty days of lines.
    pub fn open() -> Self {
        let temp = tempfile::tempdir().unwrap();
        crate::server::run("cp", &["-r", SMALL.to_str().unwrap(), temp.path().join("demo").to_str().unwrap()]);
        Self::serve(temp)
    }

    /// With all its days, as people get it; a program that is not optimised makes them in minutes.
    pub fn whole() -> Self {
        let temp = tempfile::tempdir().unwrap();
        make(&temp.path().join("demo"), "1");
        Self::serve(temp)
    }

    fn serve(temp: tempfile::TempDir) -> Self {
        let dir = temp.path().join("demo");
        let console = format!("127.0.0.1:{}", free_port());
        let key = vkey(&dir);
        let found = anlan_ok(&["log", "search", "203.0.113.77", "--data", dir.to_str().unwrap()]);
        let line = found.split_whitespace().next().unwrap().to_owned();
        let child = Command::new(ANLAN)
            .args(["demo", "--data", dir.to_str().unwrap(), "--console", &console])
            .env("ANLAN_LANG", "en")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut county = Self { base: format!("https://{console}"), vkey: key, line, said: String::new(), child, temp };
        let mut talk = BufReader::new(county.child.stderr.take().unwrap());
        let mut line = String::new();
        while talk.read_line(&mut line).unwrap() > 0 {
            if line.trim_end() == "ready" {
                std::thread::spawn(move || std::io::copy(&mut talk, &mut std::io::sink()));
                return county;
            }
            county.said.push_str(&std::mem::take(&mut line));
        }
        panic!("not ready; it said:\n{}", county.said);
    }

    /// A folder for downloads and pictures, gone with the county.
    pub fn folder(&self, name: &str) -> PathBuf {
        let dir = self.temp.path().join(name);
        std::fs::create_dir_all(&dir).unwrap();
        dir
    }

    /// Codes with which an administrator signs in, each once.
    pub fn recovery_codes(&self, account: &str) -> Vec<String> {
        let page: Value = serde_json::from_slice(&std::fs::read(self.temp.path().join("demo/demo.json")).unwrap()).unwrap();
        let one = page["accounts"].as_array().unwrap().iter().find(|one| one["account"] == account).unwrap();
        one["recovery"].as_array().map_or_else(Vec::new, |codes| codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect())
    }
}

impl Drop for County {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Somebody of the county at a browser.
pub struct Visitor<'a> {
    pub browser: &'a Browser,
    pub base: &'a str,
}

impl Visitor<'_> {
    pub fn go(&self, path: &str) {
        self.browser.open(&format!("{}{path}", self.base));
    }

    pub fn path(&self) -> String {
        self.browser.url().trim_start_matches(self.base).to_owned()
    }

    /// Signs in with the password that the demo prints, and with a recovery code where one is wanted.
    pub fn sign_in(&self, name: &str, code: Option<&str>) {
        self.browser.forget();
        self.go("/login");
        self.browser.fill("input[name=name]", name);
        self.browser.fill("input[name=password]", PASSWORD);
        self.leave("document.querySelector('main button.act.main').click()");
        if let Some(code) = code {
            self.browser.fill("input[name=code]", code);
            self.leave("document.querySelector('main button.act.main').click()");
        }
        self.browser.wait_for("nav.rail");
    }

    /// Runs what leads to another page, and waits for it.
    pub fn leave(&self, script: &str) {
        self.browser.script(&format!("window.here = true; {script}"));
        self.arrive();
    }

    /// Waits until the page that `window.here` marked is no longer shown.
    pub fn arrive(&self) {
        self.until("another page", || {
            self.browser.script("return window.here === undefined && document.readyState === 'complete'") == Value::Bool(true)
        });
    }

    pub fn until(&self, what: &str, is_so: impl Fn() -> bool) {
        let begun = Instant::now();
        while !is_so() {
            assert!(begun.elapsed() < PATIENCE, "no {what} on {}:\n{}", self.path(), self.browser.text("body"));
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    /// A key of the keyboard, as the window gets it.
    pub fn key(&self, key: &str) {
        let (code, text) = match key {
            "Tab" => (9, ""),
            "Enter" => (13, "\r"),
            "Escape" => (27, ""),
            _ => (0, key),
        };
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" { text } else { "" };
            self.browser
                .devtools("Input.dispatchKeyEvent", &json!({"type": kind, "key": key, "text": text, "windowsVirtualKeyCode": code}));
        }
    }
}
