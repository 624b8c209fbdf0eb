//! A program that calls the API over one TLS connection that it keeps open.

use std::io::{Read, Write};
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::server::https::{Stream, connect};

/// Waits between attempts where the server is busy.
const BREATH: Duration = Duration::from_millis(20);
const TOO_MANY: u16 = 429;

pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

pub struct Caller {
    stream: Stream,
    token: String,
}

impl Caller {
    pub fn new(dir: &Path, port: u16, token: &str) -> std::io::Result<Self> {
        Ok(Self { stream: connect(dir, port)?, token: token.to_owned() })
    }

    pub fn get(&mut self, path: &str) -> std::io::Result<Answer> {
        self.call("GET", path, "", b"")
    }

    pub fn post(&mut self, path: &str, body: &Value) -> std::io::Result<Answer> {
        self.call("POST", path, "Content-Type: application/json\r\n", body.to_string().as_bytes())
    }

    /// With a key under which it may be sent again.
    pub fn post_once(&mut self, path: &str, key: &str, body: &Value) -> std::io::Result<Answer> {
        let head = format!("Content-Type: application/json\r\nIdempotency-Key: {key}\r\n");
        self.call("POST", path, &head, body.to_string().as_bytes())
    }

    pub fn send_file(&mut self, name: &str, bytes: &[u8]) -> std::io::Result<Answer> {
        self.call("POST", &format!("/api/v1/files?name={name}"), "Content-Type: application/octet-stream\r\n", bytes)
    }

    /// The answer; a server that is busy is asked again.
    fn call(&mut self, method: &str, path: &str, head: &str, body: &[u8]) -> std::io::Result<Answer> {
        loop {
            let token = &self.token;
            let start = format!(
                "{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nContent-Length: {}\r\n",
                body.len()
            );
            self.stream.write_all(&[start.as_bytes(), head.as_bytes(), b"\r\n", body].concat())?;
            self.stream.flush()?;
            let answer = self.answer()?;
            if answer.status != TOO_MANY {
                return Ok(answer);
            }
            std::thread::sleep(BREATH);
        }
    }

    fn answer(&mut self) -> std::io::Result<Answer> {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            self.stream.read_exact(&mut byte)?;
            head.push(byte[0]);
        }
        let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:")).map(|length| length.trim().parse().unwrap());
        let mut body = vec![0; length.unwrap_or_else(|| panic!("an answer without a length: {head}"))];
        self.stream.read_exact(&mut body)?;
        Ok(Answer { status, body })
    }
}
