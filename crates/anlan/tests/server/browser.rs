//! A headless Chromium, driven through chromedriver by the WebDriver protocol: enough of it for the tests.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(60);

pub struct Browser {
    driver: Child,
    port: u16,
    session: String,
}

impl Browser {
    /// `None`, and one line that says so, where the machine has no chromedriver.
    pub fn start(downloads: &Path, language: &str) -> Option<Self> {
        let port = super::free_port();
        let driver = Command::new("chromedriver").arg(format!("--port={port}")).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let Ok(driver) = driver else {
            println!("left out: chromedriver is not there");
            return None;
        };
        let mut browser = Self { driver, port, session: String::new() };
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < PATIENCE, "chromedriver does not listen");
            std::thread::sleep(Duration::from_millis(50));
        }
        let profile = downloads.join("profile");
        let args = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--window-size=1366,768",
        ];
        let mut args: Vec<String> = args.iter().map(ToString::to_string).collect();
        args.push(format!("--user-data-dir={}", profile.display()));
        args.push(format!("--accept-lang={language}"));
        let prefs =
            json!({"download.default_directory": downloads, "download.prompt_for_download": false, "intl.accept_languages": language});
        let options =
            json!({"capabilities": {"alwaysMatch": {"acceptInsecureCerts": true, "goog:chromeOptions": {"args": args, "prefs": prefs}}}});
        let made = browser.call("POST", "/session", &options);
        browser.session = made["sessionId"].as_str().unwrap_or_else(|| panic!("no session: {made}")).to_owned();
        Some(browser)
    }

    pub fn open(&self, url: &str) {
        self.act("url", &json!({"url": url}));
    }

    pub fn url(&self) -> String {
        self.get("url").as_str().unwrap().to_owned()
    }

    pub fn source(&self) -> String {
        self.get("source").as_str().unwrap().to_owned()
    }

    pub fn text(&self, css: &str) -> String {
        let id = self.find(css);
        self.get(&format!("element/{id}/text")).as_str().unwrap().to_owned()
    }

    pub fn attribute(&self, css: &str, name: &str) -> String {
        let id = self.find(css);
        self.get(&format!("element/{id}/attribute/{name}")).as_str().unwrap_or_default().to_owned()
    }

    pub fn click(&self, css: &str) {
        let id = self.find(css);
        self.act(&format!("element/{id}/click"), &json!({}));
    }

    /// Replaces what stands in a field.
    pub fn fill(&self, css: &str, text: &str) {
        let id = self.find(css);
        self.act(&format!("element/{id}/clear"), &json!({}));
        self.act(&format!("element/{id}/value"), &json!({"text": text}));
    }

    pub fn exists(&self, css: &str) -> bool {
        !self.act("elements", &json!({"using": "css selector", "value": css})).as_array().unwrap().is_empty()
    }

    pub fn script(&self, script: &str) -> Value {
        self.act("execute/sync", &json!({"script": script, "args": []}))
    }

    /// A screen as large as a phone's, touched with fingers; a window cannot be made so narrow.
    pub fn phone(&self) {
        self.screen(&json!({"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": true}));
    }

    pub fn desktop(&self) {
        self.screen(&json!({"width": 1366, "height": 768, "deviceScaleFactor": 1, "mobile": false}));
    }

    fn screen(&self, metrics: &Value) {
        self.devtools("Emulation.setDeviceMetricsOverride", metrics);
    }

    /// A command of the browser's own protocol, for what WebDriver has no words for.
    pub fn devtools(&self, command: &str, params: &Value) -> Value {
        self.act("goog/cdp/execute", &json!({"cmd": command, "params": params}))
    }

    /// Runs a script that answers by calling its last argument.
    pub fn answer(&self, script: &str) -> Value {
        self.act("execute/async", &json!({"script": script, "args": []}))
    }

    /// Puts a value where typing depends on the language: dates, choices.
    pub fn put(&self, css: &str, value: &str) {
        self.wait_for(css);
        let put = format!(
            "const e = document.querySelector({}); e.value = {}; e.dispatchEvent(new Event('change', {{bubbles: true}})); return e.value;",
            json!(css),
            json!(value)
        );
        assert_eq!(self.script(&put), value, "{css} does not take {value}");
    }

    /// Chooses a file of this machine.
    pub fn upload(&self, css: &str, file: &Path) {
        let id = self.find(css);
        self.act(&format!("element/{id}/value"), &json!({"text": file.to_str().unwrap()}));
    }

    /// Saves the whole page, beyond what the window shows.
    pub fn whole_picture(&self, path: &Path) {
        use base64::Engine;
        let params = json!({"format": "png", "captureBeyondViewport": true});
        let png = self.act("goog/cdp/execute", &json!({"cmd": "Page.captureScreenshot", "params": params}));
        std::fs::write(path, base64::engine::general_purpose::STANDARD.decode(png["data"].as_str().unwrap()).unwrap()).unwrap();
    }

    /// Forgets who is signed in.
    pub fn forget(&self) {
        self.call("DELETE", &format!("/session/{}/cookie", self.session), &Value::Null);
    }

    /// Saves what the printer would get.
    pub fn pdf(&self, path: &Path) {
        use base64::Engine;
        let pdf = self.act("print", &json!({"page": {"width": 21.0, "height": 29.7}}));
        std::fs::write(path, base64::engine::general_purpose::STANDARD.decode(pdf.as_str().unwrap()).unwrap()).unwrap();
    }

    pub fn resize(&self, width: u32, height: u32) {
        self.act("window/rect", &json!({"width": width, "height": height}));
    }

    /// Saves what the window shows.
    pub fn picture(&self, path: &Path) {
        use base64::Engine;
        let png = self.get("screenshot");
        std::fs::write(path, base64::engine::general_purpose::STANDARD.decode(png.as_str().unwrap()).unwrap()).unwrap();
    }

    /// Waits until the element is there.
    pub fn wait_for(&self, css: &str) {
        let begun = Instant::now();
        while !self.exists(css) {
            assert!(begun.elapsed() < PATIENCE, "{css} does not appear on {}:\n{}", self.url(), self.source());
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn find(&self, css: &str) -> String {
        self.wait_for(css);
        let found = self.act("element", &json!({"using": "css selector", "value": css}));
        found.as_object().and_then(|o| o.values().next()).and_then(Value::as_str).unwrap_or_else(|| panic!("no {css}")).to_owned()
    }

    fn act(&self, path: &str, body: &Value) -> Value {
        self.call("POST", &format!("/session/{}/{path}", self.session), body)
    }

    fn get(&self, path: &str) -> Value {
        self.call("GET", &format!("/session/{}/{path}", self.session), &Value::Null)
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            self.port,
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body.as_bytes()).unwrap();
        let text = read_answer(&mut stream);
        let json = text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let value: Value = serde_json::from_str(json.trim()).unwrap_or_else(|_| panic!("{method} {path}: {text}"));
        let value = value["value"].clone();
        assert!(value.get("error").is_none(), "{method} {path} {body}: {value}");
        value
    }
}

/// Head and body by Content-Length: chromedriver keeps the connection open whatever it is asked.
fn read_answer(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let mut part = [0; 1 << 14];
    loop {
        let text = String::from_utf8_lossy(&answer).into_owned();
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:").and_then(|n| n.trim().parse::<usize>().ok()));
            if answer.len() >= head.len() + 4 + length.unwrap_or(0) {
                return text;
            }
        }
        match stream.read(&mut part) {
            Ok(0) | Err(_) => return text,
            Ok(read) => answer.extend_from_slice(&part[..read]),
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                self.call("DELETE", &format!("/session/{}", self.session), &Value::Null)
            }));
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
