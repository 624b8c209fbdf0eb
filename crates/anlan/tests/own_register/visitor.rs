//! A browser without a screen: keeps cookies, follows redirects, fills in the forms that a page shows.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anlan_base::{Clock as _, SystemClock};

use crate::server::https::{Answer, request};

pub const PASSWORD: &str = "five calm words for today";
const BOUNDARY: &str = "----the-file-begins-here";
/// Redirects that are followed.
const HOPS: usize = 5;

pub struct Visitor<'a> {
    dir: &'a Path,
    pub port: u16,
    cookies: BTreeMap<String, String>,
    /// The page that is open.
    pub page: String,
    pub status: u16,
}

fn percent(value: &str) -> String {
    value.bytes().map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

impl<'a> Visitor<'a> {
    pub fn new(dir: &'a Path, port: u16) -> Self {
        Self { dir, port, cookies: BTreeMap::new(), page: String::new(), status: 0 }
    }

    fn ask(&mut self, method: &str, path: &str, media: &str, body: &[u8]) -> Answer {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let lines = [
            format!("Cookie: {}", cookies.join("; ")),
            format!("Origin: https://localhost:{}", self.port),
            format!("Content-Type: {media}"),
            "Accept-Language: zh-CN".to_owned(),
        ];
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let answer = request(self.dir, self.port, method, path, &lines, body).unwrap();
        for line in answer.head.lines().filter(|line| line.to_ascii_lowercase().starts_with("set-cookie:")) {
            let (name, value) = line.split_once(':').unwrap().1.trim().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        answer
    }

    /// Shows the answer, or what it leads to.
    fn show(&mut self, mut answer: Answer) {
        for _ in 0..HOPS {
            let place = answer.head.lines().find_map(|line| line.strip_prefix("location: ").or_else(|| line.strip_prefix("Location: ")));
            let Some(place) = place.map(str::to_owned) else { break };
            answer = self.ask("GET", &place, "text/plain", b"");
        }
        (self.status, self.page) = (answer.status, answer.text());
    }

    pub fn open(&mut self, path: &str) -> &str {
        let answer = self.ask("GET", path, "text/plain", b"");
        self.show(answer);
        &self.page
    }

    /// A page that is there and says all of this.
    #[track_caller]
    pub fn sees(&mut self, path: &str, words: &[&str]) {
        self.open(path);
        self.shows(words);
    }

    #[track_caller]
    pub fn shows(&self, words: &[&str]) {
        assert_eq!(self.status, 200, "{}", self.page);
        for word in words {
            assert!(self.page.contains(word), "{word} does not stand in:\n{}", self.page);
        }
    }

    pub fn download(&mut self, path: &str) -> Vec<u8> {
        let answer = self.ask("GET", path, "text/plain", b"");
        assert_eq!(answer.status, 200, "{path}");
        answer.body
    }

    fn token(&self) -> String {
        attribute(&self.page, "name=\"token\" value=\"")
    }

    /// Fills in the form of the open page that goes there.
    #[track_caller]
    pub fn send(&mut self, action: &str, fields: &[(&str, &str)]) {
        self.has_form(action, fields);
        let body: Vec<String> =
            [("token", self.token().as_str())].iter().chain(fields).map(|(name, value)| format!("{name}={}", percent(value))).collect();
        let answer = self.ask("POST", action, "application/x-www-form-urlencoded", body.join("&").as_bytes());
        self.show(answer);
        self.is_well(action);
    }

    /// As [`Self::send`], for forms that may bring files.
    #[track_caller]
    pub fn send_parts(&mut self, action: &str, fields: &[(&str, &str)], file: Option<(&str, &[u8])>) {
        self.has_form(action, fields);
        self.try_parts(action, fields, file);
        self.is_well(action);
    }

    /// Whether the open page offers it or not, and whatever comes of it.
    pub fn try_parts(&mut self, action: &str, fields: &[(&str, &str)], file: Option<(&str, &[u8])>) {
        let mut body = Vec::new();
        for (name, value) in [("token", self.token().as_str())].iter().chain(fields) {
            let part = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend(part.bytes());
        }
        if let Some((name, bytes)) = file {
            let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
            body.extend([head.as_bytes(), bytes, b"\r\n"].concat());
        }
        body.extend(format!("--{BOUNDARY}--\r\n").bytes());
        let answer = self.ask("POST", action, &format!("multipart/form-data; boundary={BOUNDARY}"), &body);
        self.show(answer);
    }

    #[track_caller]
    fn has_form(&self, action: &str, fields: &[(&str, &str)]) {
        let form = self.page.split(&format!("action=\"{action}\"")).nth(1).unwrap_or_else(|| panic!("no form {action} in:\n{}", self.page));
        let form = form.split("</form>").next().unwrap();
        for (name, _) in fields {
            assert!(form.contains(&format!("name=\"{name}\"")), "{action} does not ask for {name}:\n{form}");
        }
    }

    #[track_caller]
    fn is_well(&self, action: &str) {
        assert!(self.status == 200 && !self.page.contains("role=\"alert\""), "{action}: {}\n{}", self.status, self.page);
    }

    /// What stands under an id of the open page.
    #[track_caller]
    pub fn told(&self, id: &str) -> String {
        attribute(&self.page, &format!("id=\"{id}\" tabindex=\"0\">"))
    }

    /// Signs in for the first time: the one-time password gives way to one's own; an administrator enrols an authenticator.
    pub fn sign_in_first(&mut self, name: &str, once: &str) {
        self.open("/login");
        self.send("/login", &[("name", name), ("password", once)]);
        self.send("/login/password", &[("password", PASSWORD), ("again", PASSWORD)]);
        if self.page.contains("factor-secret") {
            self.enrol();
        }
    }

    pub fn enrol(&mut self) {
        let code = one_time_code(&self.told("factor-secret"));
        let (secret, uri) = (attribute(&self.page, "name=\"secret\" value=\""), attribute(&self.page, "name=\"uri\" value=\""));
        self.send("/login/factor", &[("secret", &secret), ("uri", &uri), ("code", &code)]);
        assert!(self.told("recovery").lines().count() >= 8, "{}", self.page);
    }

    /// Adds somebody with an account; returns their id and one-time password.
    pub fn add_person(&mut self, name: &str, unit: &str, account: &str) -> (String, String) {
        self.open("/people");
        self.send("/people/add", &[("name", name), ("unit", unit), ("account", account)]);
        (attribute(&self.page, "action=\"/people/").split('/').next().unwrap().to_owned(), self.told("once"))
    }
}

/// What follows these words, up to the end of the attribute or element.
#[track_caller]
pub fn attribute(page: &str, before: &str) -> String {
    let rest = page.split(before).nth(1).unwrap_or_else(|| panic!("{before} does not stand in:\n{page}"));
    rest.split(['"', '<']).next().unwrap().replace("&#38;", "&")
}

/// The code that an authenticator app shows (RFC 6238).
fn one_time_code(secret: &str) -> String {
    const APP: &str = "import base64, hashlib, hmac, struct, sys
secret = sys.argv[1].replace(' ', '')
tag = hmac.new(base64.b32decode(secret + '=' * (-len(secret) % 8)), struct.pack('>Q', int(sys.argv[2]) // 30), hashlib.sha1).digest()
at = tag[-1] & 15
print('%06d' % ((struct.unpack('>I', tag[at:at + 4])[0] & 0x7fffffff) % 1000000))";
    let seconds = (SystemClock.now().0 / anlan_base::Instant::SECOND).to_string();
    let out = Command::new("/usr/bin/python3").args(["-c", APP, secret, &seconds]).output().unwrap();
    String::from_utf8(out.stdout).unwrap().trim().to_owned()
}
