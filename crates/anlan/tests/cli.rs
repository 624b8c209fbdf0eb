//! The shell's fixed spellings, codes and outputs, on the real binary.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "tests")]

mod server;

use std::io::Write;
use std::net::{TcpStream, UdpSocket};

use server::https::post_events;
use server::{Server, anlan, anlan_ok, code, count, lines, token, verify_py, vkey};

#[test]
fn a_line_walks_from_the_socket_to_a_proof_checked_twice() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("data");
    let server = Server::start(&dir);
    let sent = b"<38>Nov 21 09:00:00 core01 sshd[991]: Failed password for root from 203.0.113.77 port 40000 ssh2";
    UdpSocket::bind("127.0.0.1:0").unwrap().send_to(sent, ("127.0.0.1", server.syslog)).unwrap();
    TcpStream::connect(("127.0.0.1", server.syslog))
        .unwrap()
        .write_all("<30>Nov 21 09:00:01 core02 app: 登录失败 用户 张\n".as_bytes())
        .unwrap();
    let token = token(&dir, "web01");
    let answer = post_events(&dir, server.console, &token, b"{\"message\":\"over http\",\"user.name\":\"li\"}\nsecond line").unwrap();
    assert_eq!(answer.status / 100, 2, "{}", answer.text());
    server.wait_for("*", 4);
    for (query, found) in [
        ("203.0.113.77", 1),
        ("03.0.113.77", 0),
        ("failed", 1),
        ("fail", 0),
        ("\"Failed password\"", 1),
        ("\"password failed\"", 0),
        ("登录", 1),
        ("source.ip:203.0.113.77", 1),
        ("user.name:root AND event.outcome:failure", 1),
        ("sshd OR second", 2),
        ("NOT sshd", 3),
    ] {
        assert_eq!(server.count(query), found, "{query}");
    }
    let (seq, raw) = lines(&dir, "203.0.113.77").remove(0);
    assert_eq!(raw, sent);
    let key = vkey(&dir);
    let proof = temp.path().join("line.tlog-proof");
    let proof = proof.to_str().unwrap();
    anlan_ok(&["log", "prove", "--data", dir.to_str().unwrap(), &seq.to_string(), "-o", proof]);
    let pack = temp.path().join("pack.zip");
    let pack = pack.to_str().unwrap();
    anlan_ok(&["pack", "build", "--data", dir.to_str().unwrap(), "--since", "2020-01-01", "--until", "2100-01-01", "-o", pack]);
    anlan_ok(&["verify", "--key", &key, dir.to_str().unwrap()]);
    let checkpoint = std::fs::read(dir.join("log/checkpoint")).unwrap();
    server.stop();
    assert_eq!(std::fs::read_dir(dir.join("wal")).unwrap().count(), 0, "SIGTERM empties the write-ahead log");
    let older = temp.path().join("older");
    std::fs::write(&older, checkpoint).unwrap();
    let older = older.to_str().unwrap();
    for file in [proof, pack] {
        anlan_ok(&["verify", "--key", &key, file]);
        let second = verify_py(&["--key", &key, file]);
        assert_eq!(code(&second), 0, "{file}: {}{}", String::from_utf8_lossy(&second.stdout), String::from_utf8_lossy(&second.stderr));
    }
    let folder = anlan_ok(&["verify", "--key", &key, "--against", older, dir.to_str().unwrap()]);
    assert!(folder.contains("已外部存证") || folder.to_lowercase().contains("anchored"), "{folder}");
    assert_eq!(code(&anlan(&["verify", "--key", &key, "--against", older, proof])), 2);
    assert_eq!(count(&dir, "*"), 4, "commands work with no server too");
}

/// I7: what was done at the shell stands in the ledger and in the log, with the uid that did it.
#[test]
fn acts_at_the_shell_are_entries_under_leaves() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("data");
    token(&dir, "web01");
    let before = log_size(&dir);
    count(&dir, "anything");
    assert!(log_size(&dir) > before, "a search is an entry, and so a leaf");
    let server = Server::start(&dir);
    let before = log_size(&dir);
    count(&dir, "anything");
    assert!(log_size(&dir) > before, "through the server too");
    server.stop();
    anlan_ok(&["verify", "--key", &vkey(&dir), dir.to_str().unwrap()]);
}

fn log_size(dir: &std::path::Path) -> u64 {
    let checkpoint = std::fs::read_to_string(dir.join("log/checkpoint")).unwrap();
    checkpoint.lines().nth(1).unwrap().parse().unwrap()
}

#[test]
fn exit_codes_and_errors_say_what_to_do() {
    let temp = tempfile::tempdir().unwrap();
    let absent = temp.path().join("absent");
    let absent = absent.to_str().unwrap();
    let text = temp.path().join("text");
    std::fs::write(&text, "not ours").unwrap();
    let text = text.to_str().unwrap();
    let dir = temp.path().join("data");
    token(&dir, "first");
    let dir = dir.to_str().unwrap();
    let key = vkey(std::path::Path::new(dir));
    for (args, expected, says) in [
        (vec!["log", "search", "--data", absent, "*"], 3, "anlan serve"),
        (vec!["log", "search", "--data", dir, "(a", "--count"], 2, "column"),
        (vec!["log", "search", "--data", dir, "*", "--since", "yesterday"], 2, "YYYY-MM-DD"),
        (vec!["log", "prove", "--data", dir, "17", "-o", "/dev/null/x"], 1, ""),
        (vec!["verify", text], 2, "--key"),
        (vec!["verify", "--key", "nonsense", text], 2, "vkey"),
        (vec!["verify", "--key", &key, text], 3, ""),
        (vec!["verify", "--key", &key, absent], 3, ""),
        (vec!["nonsense"], 2, "Usage"),
    ] {
        let out = anlan(&args);
        assert_eq!(code(&out), expected, "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
        let said = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
        assert!(said.contains(says), "{args:?} said: {said}");
    }
}
