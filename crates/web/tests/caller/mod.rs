//! A program that calls the API with a token.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "a test may; each test file uses its own part")]

use anlan_ledger::{Actor, NewToken, Scope};
use axum::body::Body;
use axum::http::{Request, header};
use serde_json::Value;

use crate::house::{Answer, House};

/// A token of each scope, all of one owner.
#[derive(Clone, Debug)]
pub struct Tokens {
    pub logs: String,
    pub searches: String,
    pub reads: String,
    pub writes: String,
}

impl House {
    pub async fn tokens_of(&self, owner: &str) -> Tokens {
        Tokens {
            logs: self.token_of(owner, Scope::LogsWrite).await,
            searches: self.token_of(owner, Scope::LogsRead).await,
            reads: self.token_of(owner, Scope::RecordsRead).await,
            writes: self.token_of(owner, Scope::RecordsWrite).await,
        }
    }

    pub async fn token_of(&self, owner: &str, scope: Scope) -> String {
        let count = self.ledger.tokens().await.unwrap().len();
        let name = format!("{owner}.{count}");
        let new = NewToken { name: &name, owner: Some(owner), scopes: &[scope], expires: None };
        self.ledger.make_token(&Actor::System, &new).await.unwrap()
    }

    /// A reading call.
    pub async fn read(&self, token: &str, path: &str) -> Answer {
        self.ask(asking("GET", token, path).body(Body::empty()).unwrap()).await
    }

    /// A changing call with JSON.
    pub async fn change(&self, token: &str, path: &str, body: &Value) -> Answer {
        self.change_raw(token, path, body.to_string(), &[]).await
    }

    pub async fn change_raw(&self, token: &str, path: &str, body: impl Into<Body>, headers: &[(&str, &str)]) -> Answer {
        let mut request = asking("POST", token, path).header(header::CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.ask(request.body(body.into()).unwrap()).await
    }

    /// A file as a program sends it.
    pub async fn send_file(&self, token: &str, name: &str, bytes: impl Into<Body>) -> Answer {
        let request = asking("POST", token, &format!("/api/v1/files?name={}", crate::house::percent(name)));
        self.ask(request.body(bytes.into()).unwrap()).await
    }

    pub async fn entry_count(&self) -> u64 {
        let mut last = 0;
        loop {
            let page = self.ledger.entries(last + 1, 1000).await.unwrap();
            match page.last() {
                Some(entry) => last = entry.number,
                None => return last,
            }
        }
    }

    /// Files that lie beside records, half ones among them.
    pub fn files_kept(&self) -> usize {
        fn count(folder: &std::path::Path) -> usize {
            let Ok(list) = std::fs::read_dir(folder) else { return 0 };
            list.flatten().map(|entry| if entry.path().is_dir() { count(&entry.path()) } else { 1 }).sum()
        }
        count(&self.folder().join("attachments"))
    }
}

pub fn asking(method: &str, token: &str, path: &str) -> axum::http::request::Builder {
    let request = Request::builder().method(method).uri(path).header(header::HOST, crate::house::HOST);
    if token.is_empty() { request } else { request.header(header::AUTHORIZATION, format!("Bearer {token}")) }
}

/// The smallest picture there is, and one that differs.
pub fn picture(n: u8) -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    png.push(n);
    png
}
