//! A real rsyslog forwards the sample logs over TCP, TLS and RELP: what Anlan keeps equals, byte for byte, what the same rsyslog writes to a
//! file with the same template (I3). `logger` over UDP likewise.
//!
//! `ANLAN_WHOLE=1` (set by `cargo xtask soak`) takes the large file whole; otherwise its first part.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "tests")]

#[path = "../../intake/tests/support/rsyslog_peer.rs"]
mod rsyslog_peer;
mod server;

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use rsyslog_peer::{Forward, RsyslogPeer, Template, is_installed};
use server::{Server, anlan_ok, lines, run, samples, vkey};

/// Bytes of the large sample that a plain test run forwards.
const PART: usize = 12 << 20;

#[test]
fn what_is_kept_equals_what_rsyslog_writes() {
    let Some(samples) = samples() else { return };
    let mut files: Vec<_> = std::fs::read_dir(samples.join("logs")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        let text = whole_lines(&file);
        for way in ["tcp", "tls", "relp"] {
            forward(&file, &text, way);
        }
    }
}

/// The file's lines, each ended by LF.
fn whole_lines(file: &Path) -> Vec<u8> {
    let mut text = if file.extension().is_some_and(|e| e == "zst") {
        let out = Command::new("zstd").args(["-dcq", file.to_str().unwrap()]).output().unwrap();
        out.stdout
    } else {
        std::fs::read(file).unwrap()
    };
    if text.len() > PART && std::env::var_os("ANLAN_WHOLE").is_none() {
        text.truncate(PART);
        let end = text.iter().rposition(|&b| b == b'\n').unwrap();
        text.truncate(end + 1);
    }
    if text.last() != Some(&b'\n') {
        text.push(b'\n');
    }
    text
}

fn forward(file: &Path, text: &[u8], way: &str) {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("data");
    let server = Server::start(&dir);
    let (how, port) = match way {
        "tcp" => (Forward::TcpLineFeed, server.syslog),
        "tls" => (Forward::Tls { certificate: std::fs::read_to_string(dir.join("tls/cert.pem")).unwrap() }, server.tls),
        _ => (Forward::Relp, server.relp),
    };
    if !is_installed(&how) {
        return;
    }
    let count = text.iter().filter(|&&b| b == b'\n').count() as u64;
    let begun = Instant::now();
    let peer = RsyslogPeer::start(text, Template::Syslog, &how, SocketAddr::from(([127, 0, 0, 1], port)));
    while server.count("*") < count {
        assert!(
            begun.elapsed() < Duration::from_secs(600),
            "{} of {count} lines; rsyslog says {}; the server says {}",
            server.count("*"),
            peer.complaints(),
            server.said()
        );
        std::thread::sleep(Duration::from_millis(200));
    }
    let seconds = begun.elapsed().as_secs_f64();
    let written = peer.written();
    drop(peer);
    let key = vkey(&dir);
    server.stop();
    let kept: Vec<u8> = lines(&dir, "*").into_iter().flat_map(|(_, raw)| [raw, b"\n".to_vec()].concat()).collect();
    assert!(kept == written, "{} over {way}: {} bytes kept, {} written by rsyslog", file.display(), kept.len(), written.len());
    anlan_ok(&["verify", "--key", &key, dir.to_str().unwrap()]);
    println!("{} over {way}: {count} lines, {} bytes, equal ({seconds:.1} s)", file.file_name().unwrap().display(), kept.len());
}

#[test]
fn what_logger_sends_over_udp_is_kept_as_sent() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("data");
    let server = Server::start(&dir);
    let port = server.syslog.to_string();
    let messages = ["plain", "登录失败 用户 张", "tab\there", "quote \" and \\ backslash", "%percent%"];
    let mut sent = Vec::new();
    for message in messages {
        // `--stderr` shows what is sent, behind no header of its own when the RFC 3164 format is asked for.
        run("logger", &["-n", "127.0.0.1", "-P", &port, "-d", "--rfc3164", "-t", "probe", message]);
        sent.push(message);
    }
    server.wait_for("probe", sent.len() as u64);
    let kept = lines(&dir, "probe");
    for (message, (_, raw)) in sent.iter().zip(&kept) {
        let text = String::from_utf8(raw.clone()).unwrap();
        assert!(text.starts_with("<13>") && text.ends_with(&format!("probe: {message}")), "{text:?}");
    }
    server.stop();
}
