//! A person at a real browser: first run, login, lines appear, search, prove; the downloaded proof is checked by `verify.py`.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "tests")]

mod server;

use std::io::Write;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use server::browser::Browser;
use server::{Server, code, verify_py, vkey};

const PASSWORD: &str = "a long enough passphrase";

#[test]
fn from_first_run_to_a_proof_that_a_stranger_checks() {
    for language in ["zh-CN", "en"] {
        walk(language);
    }
}

fn walk(language: &str) {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("data");
    let downloads = temp.path().join("downloads");
    std::fs::create_dir(&downloads).unwrap();
    let server = Server::start(&dir);
    let Some(browser) = Browser::start(&downloads, language) else { return };
    let base = format!("https://localhost:{}", server.console);

    browser.open(&base);
    browser.wait_for("input[name=code]");
    assert_eq!(browser.attribute("html", "lang"), language);
    browser.fill("input[name=code]", &one_time_code(&server.said()));
    browser.fill("input[name=name]", "admin");
    browser.fill("input[name=password]", PASSWORD);
    browser.fill("input[name=again]", PASSWORD);
    browser.click("main button.act.main");

    // The first user is an administrator, who enrols an authenticator.
    browser.wait_for("#factor-secret");
    let secret = browser.text("#factor-secret");
    browser.fill("input[name=code]", &app_code(&secret));
    browser.click("form[action='/login/factor'] button");
    browser.wait_for("#recovery");
    browser.click("a.act.main");
    browser.wait_for("nav.rail");
    let mut tcp = TcpStream::connect(("127.0.0.1", server.syslog)).unwrap();
    writeln!(tcp, "<38>Nov 21 09:00:00 core01 sshd[991]: Failed password for root from 203.0.113.77 port 40000 ssh2").unwrap();
    writeln!(tcp, "<30>Nov 21 09:00:01 core02 app: 登录成功 <script>alert(1)</script>").unwrap();
    drop(tcp);
    server.wait_for("*", 2);

    browser.open(&format!("{base}/logs"));
    browser.fill("input[name=q]", "203.0.113.77");
    browser.script("document.querySelector('input[name=q]').form.requestSubmit()");
    browser.wait_for("a[href^='/logs/1']");
    assert!(browser.url().contains("q=203.0.113.77"), "the query stands in the address: {}", browser.url());
    let page = browser.source();
    assert!(page.contains("Failed password") || page.contains("<mark>"), "{page}");
    assert!(!page.contains("alert(1)"), "the other line is not shown");
    browser.click("a[href^='/logs/1']");
    browser.wait_for("a[href$='/proof']");
    browser.click("a[href$='/proof']");
    let proof = downloaded(&downloads);
    let checked = verify_py(&["--key", &vkey(&dir), proof.to_str().unwrap()]);
    assert_eq!(code(&checked), 0, "{}{}", String::from_utf8_lossy(&checked.stdout), String::from_utf8_lossy(&checked.stderr));

    browser.open(&format!("{base}/logs?q=%E7%99%BB%E5%BD%95"));
    assert!(browser.source().contains("&lt;script&gt;"), "hostile text is shown, not run");
    browser.open(&format!("{base}/sources"));
    assert!(browser.source().contains("ip:127.0.0.1"));
    server.stop();
}

/// The code that an authenticator app shows (RFC 6238).
fn app_code(secret: &str) -> String {
    const APP: &str = "import base64, hashlib, hmac, struct, sys, time
tag = hmac.new(base64.b32decode(sys.argv[1]), struct.pack('>Q', int(time.time()) // 30), hashlib.sha1).digest()
at = tag[-1] & 15
print('%06d' % ((struct.unpack('>I', tag[at:at + 4])[0] & 0x7fffffff) % 1000000))";
    let out = std::process::Command::new("/usr/bin/python3").args(["-c", APP, secret.trim()]).output().unwrap();
    String::from_utf8(out.stdout).unwrap().trim().to_owned()
}

/// The code as the server printed it: three groups of four.
fn one_time_code(said: &str) -> String {
    let is_code = |word: &&str| {
        word.len() == 14 && word.bytes().enumerate().all(|(i, b)| if i % 5 == 4 { b == b'-' } else { b.is_ascii_alphanumeric() })
    };
    said.split_whitespace().find(is_code).unwrap_or_else(|| panic!("no code in:\n{said}")).to_owned()
}

fn downloaded(downloads: &Path) -> PathBuf {
    let begun = Instant::now();
    loop {
        let found = std::fs::read_dir(downloads)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.extension().is_some_and(|e| e == "tlog-proof"));
        if let Some(path) = found {
            return path;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "no proof was downloaded");
        std::thread::sleep(Duration::from_millis(100));
    }
}
