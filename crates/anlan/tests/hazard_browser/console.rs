//! The console as somebody at a browser uses it: signing in step by step, forms, people and what is given to them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::clock::Clock;
use crate::server::browser::Browser;

pub const PASSWORD: &str = "five calm words for today";
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Console<'a> {
    pub browser: &'a Browser,
    pub base: String,
    pub clock: &'a Clock,
    /// Where pictures of pages are kept for looking at; named by an environment variable.
    pub pictures: Option<PathBuf>,
}

impl Console<'_> {
    pub fn open(&self, path: &str) {
        self.browser.open(&format!("{}{path}", self.base));
    }

    /// The path that the browser is at.
    pub fn path(&self) -> String {
        self.browser.url().trim_start_matches(&self.base).to_owned()
    }

    pub fn text(&self) -> String {
        self.browser.text("main")
    }

    /// Fills in a form that need not be in sight, sends it, and waits for the next page.
    pub fn send(&self, form: &str, fields: &[(&str, &str)]) {
        let fields: Vec<Value> = fields.iter().map(|(name, value)| json!([name, value])).collect();
        self.browser.wait_for(form);
        let script = format!(
            "const form = document.querySelector({}); window.before = true;
             for (const [name, value] of {}) form.elements[name].value = value;
             if (!form.checkValidity()) return [...form.elements].filter(e => !e.validity.valid).map(e => e.name + '=' + e.value).join();
             form.requestSubmit(); return '';",
            json!(form),
            json!(fields)
        );
        let wrong = self.browser.script(&script);
        assert_eq!(wrong, "", "{form} on {} is not filled in well", self.path());
        self.next_page();
    }

    /// Presses a button that sends a form, and waits for the next page.
    pub fn press(&self, css: &str) {
        self.browser.script("window.before = true");
        self.browser.click(css);
        self.next_page();
    }

    fn next_page(&self) {
        let begun = Instant::now();
        while self.browser.script("return window.before === undefined && document.readyState === 'complete'") != Value::Bool(true) {
            assert!(begun.elapsed() < PATIENCE, "still on {}:\n{}", self.path(), self.text());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// What somebody was told was wrong; nothing where nothing was.
    pub fn wrong(&self) -> String {
        let wrong = self.browser.script("return [...document.querySelectorAll('.wrong')].map(e => e.innerText).join(' ')");
        wrong.as_str().unwrap_or_default().to_owned()
    }

    /// Signs in with the password everybody has here.
    pub fn sign_in(&self, name: &str) {
        self.enter(name, PASSWORD);
        self.browser.wait_for("nav.rail");
    }

    pub fn enter(&self, name: &str, password: &str) {
        self.browser.forget();
        self.open("/login");
        self.browser.fill("input[name=name]", name);
        self.browser.fill("input[name=password]", password);
        self.press("main button.act.main");
    }

    /// The first time with a one-time password: it is changed.
    pub fn sign_in_first(&self, name: &str, once: &str) {
        self.enter(name, once);
        self.browser.fill("input[name=password]", PASSWORD);
        self.browser.fill("input[name=again]", PASSWORD);
        self.press("main button.act.main");
    }

    /// An administrator enrols an authenticator, and keeps the recovery codes.
    pub fn enrol(&self) {
        let secret = self.browser.text("#factor-secret");
        let code = one_time_code(&secret, self.clock.seconds());
        self.browser.fill("input[name=code]", &code);
        self.press("form[action='/login/factor'] button");
        assert!(self.browser.text("#recovery").lines().count() >= 8, "{}", self.text());
        self.browser.click("a.act.main");
        self.browser.wait_for("nav.rail");
    }

    /// Adds somebody with an account; returns their id and one-time password.
    pub fn add_person(&self, name: &str, unit: &str, account: &str) -> (String, String) {
        self.open("/people");
        self.send("form[action='/people/add']", &[("name", name), ("unit", unit), ("account", account)]);
        let once = self.browser.text("#once");
        let id = self.browser.script("return document.querySelector(\"form[action^='/people/p']\").getAttribute('action').split('/')[2]");
        (id.as_str().unwrap().to_owned(), once)
    }

    pub fn grant(&self, person: &str, role: &str, unit: &str) {
        self.open(&format!("/people/{person}"));
        self.send(&format!("form[action='/people/{person}/grant']"), &[("role", role), ("unit", unit)]);
        assert_eq!(self.wrong(), "", "{person} is given {role}");
    }

    /// Chooses from a list by what stands there.
    pub fn choose(&self, css: &str, words: &str) {
        let find = format!("return [...document.querySelector({}).options].find(o => o.text.includes({})).value", json!(css), json!(words));
        let value = self.browser.script(&find);
        self.browser.put(css, value.as_str().unwrap());
    }

    pub fn picture(&self, name: &str) {
        if let Some(folder) = &self.pictures {
            self.browser.picture(&folder.join(format!("{name}.png")));
        }
    }

    /// The whole page, as long as it is.
    pub fn whole_picture(&self, name: &str) {
        if let Some(folder) = &self.pictures {
            self.browser.whole_picture(&folder.join(format!("{name}.png")));
        }
    }
}

/// The code that an authenticator app shows (RFC 6238).
fn one_time_code(secret: &str, seconds: u64) -> String {
    const APP: &str = "import base64, hashlib, hmac, struct, sys
key = base64.b32decode(sys.argv[1].replace(' ', '') + '=' * (-len(sys.argv[1].replace(' ', '')) % 8))
tag = hmac.new(key, struct.pack('>Q', int(sys.argv[2]) // 30), hashlib.sha1).digest()
at = tag[-1] & 15
print('%06d' % ((struct.unpack('>I', tag[at:at + 4])[0] & 0x7fffffff) % 1000000))";
    let out = Command::new("/usr/bin/python3").args(["-c", APP, secret, &seconds.to_string()]).output().unwrap();
    String::from_utf8(out.stdout).unwrap().trim().to_owned()
}

/// Somebody with the disk in hands: SQL behind the server's back.
pub fn sql(dir: &Path, statement: &str) {
    const RUN: &str = "import sqlite3, sys
base = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
done = base.execute(sys.argv[2])
print(done.rowcount)";
    let out = Command::new("/usr/bin/python3").args(["-c", RUN]).arg(dir.join("ledger.db")).arg(statement).output().unwrap();
    assert!(out.status.success(), "{statement}: {}", String::from_utf8_lossy(&out.stderr));
    assert_eq!(String::from_utf8_lossy(&out.stdout).trim(), "1", "{statement} changes one row");
}
